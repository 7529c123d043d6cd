/** A policy of the centre's own as its form has it: hours of the day, caps one a line. */
import { limitLine } from '../../centre/gate-words.ts'
import type { Limit, Policy } from '../../centre/policy/policy.ts'
import { readLimits } from '../../records/limit-lines.ts'
import { listOf, numberOf, type Typed, textOf } from '../typed.ts'

/** Fields that the form names otherwise than the records do. */
export const policyFieldNames = { hours: 'to', 'hours.from': 'from', 'hours.to': 'to' }
/** Words of what is allowed that another form has under the same name. */
export const policyFieldWords = { id: 'policyId', business: 'businesses' }

/**
 * `former`: the version in force of the same name. What the form does not show stays as it was there: weekdays, the limit of abandonment, who
 * needs consent besides sales, what a cap says beyond its line. A program had a reason to set them. Throws InvalidInput for a line that cannot be read.
 */
export function policyGiven(typed: Typed, former: Policy | undefined): Record<string, unknown> {
  const holidays = textOf(typed, 'holidays').toUpperCase()
  const {
    version: _,
    own: _own,
    labOnly: _lab,
    holidays: _days,
    consentFor,
    ...kept
  } = former ?? ({} as Partial<Policy>)
  const limits = readLimits(textOf(typed, 'limits')) as Limit[]
  return {
    ...(former?.own ? kept : {}),
    id: textOf(typed, 'id').toUpperCase(),
    source: textOf(typed, 'source'),
    business: listOf(typed, 'business'),
    hours: { from: numberOf(typed, 'from', 60), to: numberOf(typed, 'to', 60) },
    relations: listOf(typed, 'relations'),
    ...(holidays === '' ? {} : { holidays }),
    ...(textOf(typed, 'consent') === 'true' ? { consentFor: consentFor?.length ? consentFor : ['sales'] } : {}),
    limits: limits.map(limit => former?.limits?.find(other => limitLine(other) === limitLine(limit)) ?? limit),
  }
}

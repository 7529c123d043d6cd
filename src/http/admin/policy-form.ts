/** A policy as the form of the page has it, and back: what is wrong stands beside the field that it was typed into. */
import type { Filled } from '../../../web/parts/form.ts'
import { clock, limitLine } from '../../centre/policy/gate-words.ts'
import type { Limit, Policy } from '../../centre/policy/policy.ts'
import { readLimits } from '../../records/gate/limit-lines.ts'
import { isChecked, listOf, numberOf, type Typed, textOf } from '../typed.ts'

/** Words of what is allowed that another form has under the same name. */
export const policyFieldWords = { id: 'policyId', business: 'businesses' }
/** Fields that the form names otherwise than the records do. */
export const policyFieldNames = {
  hours: 'to',
  'hours.from': 'from',
  'hours.to': 'to',
  'abandon.max': 'abandonMax',
  'abandon.days': 'abandonDays',
  consentFor: 'consent',
}

/**
 * What `savePolicy` is given; it says what is wrong with it. `former`: the version in force of the same name. What the form does not show stays
 * as it was there: confidence, who needs consent besides sales, the note of a cap; and all that a form of before has no field for. Throws
 * InvalidInput for caps that cannot be read.
 */
export function policyGiven(typed: Typed, former: Policy | undefined): Record<string, unknown> {
  const isWhole = typed['abandonMax'] !== undefined
  const own = former?.own ? former : undefined
  const limits = readLimits(textOf(typed, 'limits')) as Limit[]
  return {
    ...(own === undefined ? {} : { confidence: own.confidence }),
    ...(isWhole || own === undefined ? {} : partsOf(own)),
    id: textOf(typed, 'id').toUpperCase(),
    source: textOf(typed, 'source'),
    business: listOf(typed, 'business'),
    hours: { from: minuteOf(textOf(typed, 'from')), to: minuteOf(textOf(typed, 'to')) },
    relations: listOf(typed, 'relations'),
    ...(isWhole ? partsTyped(typed) : {}),
    ...(textOf(typed, 'holidays') === '' ? {} : { holidays: textOf(typed, 'holidays').toUpperCase() }),
    ...(isChecked(typed, 'consent') ? { consentFor: own?.consentFor?.length ? own.consentFor : ['sales'] } : {}),
    limits: limits.map(limit => own?.limits?.find(other => isSameCap(other, limit, isWhole)) ?? limit),
  }
}

/** A cap that stays keeps its note; a form of before shows five words of it and no more. */
function isSameCap(one: Limit, other: Limit, isWhole: boolean): boolean {
  const shown = (limit: Limit) => (isWhole ? limitLine(limit) : limitLine(limit).split(' ').slice(0, 5).join(' '))
  return shown(one) === shown(other)
}

/** Fields that were added to the form later. */
function partsTyped(typed: Typed): Record<string, unknown> {
  const weekdays = listOf(typed, 'weekdays')
  const hasAbandon = textOf(typed, 'abandonMax') !== '' || textOf(typed, 'abandonDays') !== ''
  const note = textOf(typed, 'note')
  return {
    ...(isChecked(typed, 'hoursUnlessAgreed') ? { hoursUnlessAgreed: true } : {}),
    ...(weekdays.length === everyDay.length ? {} : { weekdays: weekdays.map(wholeOf) }),
    ...(hasAbandon
      ? { abandon: { max: numberOf(typed, 'abandonMax', 0.01), days: numberOf(typed, 'abandonDays') } }
      : {}),
    ...(note === '' ? {} : { note }),
  }
}

function partsOf({ hoursUnlessAgreed, weekdays, abandon, note }: Policy): Partial<Policy> {
  return {
    ...(hoursUnlessAgreed === undefined ? {} : { hoursUnlessAgreed }),
    ...(weekdays === undefined ? {} : { weekdays }),
    ...(abandon === undefined ? {} : { abandon }),
    ...(note === undefined ? {} : { note }),
  }
}

/** The form filled with a policy that is there: one of the centre's own to edit, a shipped one to copy under a name of one's own. */
export function filledWith(policy: Policy): Filled {
  const { hours, abandon } = policy
  return {
    values: {
      id: policy.own ? policy.id : '',
      source: policy.source,
      business: [...policy.business],
      from: clock(hours.from),
      to: clock(hours.to),
      relations: [...policy.relations],
      hoursUnlessAgreed: policy.hoursUnlessAgreed ? 'true' : '',
      weekdays: (policy.weekdays ?? everyDay).map(String),
      holidays: policy.holidays ?? '',
      consent: policy.consentFor?.length ? 'true' : '',
      limits: (policy.limits ?? []).map(limitLine).join('\n'),
      abandonMax: abandon === undefined ? '' : String(Number((abandon.max * 100).toFixed(4))),
      abandonDays: abandon === undefined ? '' : String(abandon.days),
      note: policy.note ?? '',
    },
    errors: {},
  }
}

/** The form as it is offered for a new policy. */
export const newPolicy: Filled = {
  values: { from: '08:00', to: '21:00', relations: ['SELF'], weekdays: ['0', '1', '2', '3', '4', '5', '6'] },
  errors: {},
}
const everyDay = [0, 1, 2, 3, 4, 5, 6]

/** `9`, `9.5` and `09:30` as minutes since midnight; other text as it is, so that the schema says what was found. */
function minuteOf(text: string): number | string {
  if (/^\d{1,2}(\.\d{1,4})?$/.test(text)) return Math.round(Number(text) * 60)
  const parts = /^(\d{1,2}):([0-5]\d)$/.exec(text)
  return parts === null ? text : Number(parts[1]) * 60 + Number(parts[2])
}

function wholeOf(text: string): number | string {
  return /^\d$/.test(text) ? Number(text) : text
}

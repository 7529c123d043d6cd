/** What was written down beside outcome and note: fields of the place, a grade, a promise; read as strictly as they were asked for. */
import { type DeskWriteUp, fieldName, type Promisable } from '../../../web/pages/agent/write-props.ts'
import { money } from '../../../web/parts/money.ts'
import type { Words } from '../../../web/words/words.ts'
import type { Actor } from '../../centre/facts.ts'
import { isDate } from '../../lender/dates.ts'
import { readFields } from '../../lender/fields.ts'
import { amountOf, currencyDefault, minorDigits } from '../../lender/money.ts'
import { definitionOf, fieldsFor, grades } from '../../lender/write-up.ts'
import type { CallId, UserId } from '../../lib/ids.ts'
import { cancelPromise, makePromise } from '../../records/collections/promises.ts'
import type { RecordsDoor } from '../../records/door.ts'
import { InvalidInput, NotNow } from '../../records/errors.ts'
import { normalNumber } from '../../records/numbers-e164.ts'
import { type Typed, textOf } from '../typed.ts'

export type WrittenUp = {
  fields: Record<string, string>
  /** Minor units. */
  promise: { amount: number; dueOn: string } | null
  errors: Record<string, string>
}

export function readWriteUp(typed: Typed, writeUp: DeskWriteUp, code: string, w: Words): WrittenUp {
  const words = w.agent.write
  const asked = fieldsFor(writeUp, code)
  const given = Object.fromEntries(asked.map(({ key }) => [key, textOf(typed, fieldName(key))]))
  const { values, faults } = readFields(asked.map(definitionOf), given, normalNumber)
  const errors: Record<string, string> = {}
  for (const { field } of faults) errors[fieldName(field)] = words.wanted[asked.find(({ key }) => key === field)!.type]
  const fields = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, String(value)]))
  if (writeUp.grade.includes(code)) {
    const grade = grades.find(each => each === textOf(typed, 'grade'))
    if (grade === undefined) errors['grade'] = words.chooseGrade
    else fields['grade'] = grade
  }
  const promise =
    writeUp.promise.includes(code) && writeUp.promisable ? readPromise(typed, errors, writeUp.promisable, w) : null
  return { fields, promise, errors }
}

function readPromise(
  typed: Typed,
  errors: Record<string, string>,
  { currency }: Promisable,
  w: Words,
): WrittenUp['promise'] {
  const amount = amountOf(textOf(typed, 'promiseAmount'), currency || currencyDefault)
  const dueOn = textOf(typed, 'promiseDate')
  const words = w.agent.write
  if (amount === null || amount < 1)
    errors['promiseAmount'] = minorDigits(currency) === 0 ? words.wholeAmount : words.wanted.money
  if (!isDate(dueOn)) errors['promiseDate'] = words.wanted.date
  return errors['promiseAmount'] || errors['promiseDate'] ? null : { amount: amount!, dueOn }
}

type Made = { ok: true; id: string; undo: () => Promise<unknown> } | { ok: false; errors: Record<string, string> }

/** A call has one promise: saved again after a lost answer it is the same one, and another one takes the place of the first. */
export async function keepPromise(
  door: RecordsDoor,
  actor: Actor,
  given: {
    party: string
    promise: NonNullable<WrittenUp['promise']>
    promisable: Promisable
    call: CallId
    agent: UserId
  },
  w: Words,
): Promise<Made> {
  const { party, promise, promisable, call, agent } = given
  const { currency } = promisable
  const open = await door.store.read('promises.ofParty', { party, state: 'OPEN' })
  const before = open.filter(each => each.call === call)
  const same = before.find(({ amount, dueOn }) => amount === promise.amount && dueOn === promise.dueOn)
  if (same !== undefined) return { ok: true, id: same.id, undo: async () => {} }
  try {
    const made = await makePromise(door, actor, { party, ...promise, currency, agent, call })
    for (const { id } of before) await cancelPromise(door, actor, id, { reason: 'written_anew' })
    return { ok: true, id: made.id, undo: () => cancelPromise(door, actor, made.id, { reason: 'not_saved' }) }
  } catch (error) {
    if (error instanceof NotNow)
      return { ok: false, errors: { promiseAmount: w.domain.rules[error.rule] ?? error.message } }
    if (!(error instanceof InvalidInput)) throw error
    const errors: Record<string, string> = {}
    for (const { field, allowed } of error.problems)
      if (field === 'dueOn')
        errors['promiseDate'] = w.agent.write.promiseWhen(allowed.match(/\d{4}-\d\d-\d\d/g)?.join(' – ') ?? '')
      else errors['promiseAmount'] = w.agent.write.promiseMost(money(promisable.owed, currency || currencyDefault))
    return { ok: false, errors }
  }
}

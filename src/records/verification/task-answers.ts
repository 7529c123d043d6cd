/** Answers of a checklist: held against what was expected, bound to the call and to how far into it they were given, and kept before anything is shown. */

import type { Actor } from '../../centre/facts.ts'
import type { RecordFact } from '../../centre/records/record-facts.ts'
import type { Application } from '../../lender/application.ts'
import { answerKey, type ChecklistAnswer, type ChecklistItem, judgeAnswer, offeredFor } from '../../lender/checklist.ts'
import { amountTyped, currencyDefault } from '../../lender/money.ts'
import type { Sealed } from '../../lender/sealed.ts'
import type { CallId } from '../../lib/ids.ts'
import type { PartyRecord } from '../../store/lender/parties.ts'
import type { Sealer } from '../../store/sealer.ts'
import { keep, type RecordsDoor } from '../door.ts'
import { InvalidInput, NotFound, NotNow } from '../errors.ts'
import { parseInput } from '../parse.ts'
import { inTurn } from '../turn.ts'
import { applicationField } from './applications.ts'
import { factOfMove, userOf, type WholeTask, wholeTask } from './tasks.ts'
import { answerInput } from './verification-schemas.ts'

/** Throws InvalidInput, NotFound, and NotNow with the rule that says no. Answers the answer as it was kept. */
export function answerItem(door: RecordsDoor, actor: Actor, id: string, given: unknown): Promise<ChecklistAnswer> {
  return inTurn(door, async () => {
    const input = parseInput(answerInput, given)
    const whole = await wholeTask(door, id)
    const by = userOf(actor)
    const item = whole.checklist.items.find(({ key }) => key === input.item)
    if (item === undefined) throw new NotFound('question of this checklist', input.item)
    const place = item.asked === 'contact' ? input.place : 0
    if (item.asked === 'contact' && whole.application.contacts[place] === undefined)
      throw new NotFound('contact', String(place))
    if (whole.task.agent !== by) throw new NotNow('task-not-yours', 'This task is another verifier’s.')
    const call = await callOf(door, whole, { item, place, by, named: input.call })
    const facts: RecordFact[] = []
    if (!call.linked) {
      facts.push(await factOfMove(door, id, { type: 'call', by }))
      facts.push({ type: 'task.called', task: id, party: whole.party.ref, call: call.id, who: item.asked, place, by })
    } else if (whole.task.state === 'ASSIGNED' && call.endedAt === null)
      facts.push(await factOfMove(door, id, { type: 'call', by }))
    else if (whole.task.state !== 'CALLING' && whole.task.state !== 'RECALL')
      throw new NotNow(
        'task-not-there',
        `The task is in the state ${whole.task.state}; answers are taken while it calls.`,
      )
    const key = answerKey(item, place)
    const no = whole.answers.filter(each => each.item === key).length + 1
    if (no > answersOfItemMax)
      throw new NotNow('answers-over', `${answersOfItemMax} answers to one question are enough.`)
    if (no > 1 && input.note === '')
      throw new InvalidInput([{ field: 'note', found: 'nothing', allowed: 'why the answer is another one now' }])
    const told = expectedOf(door.store.sealer, whole, item, place)
    // What the lender calls a secret is sealed as an answer too, where the application did not say it.
    const expected = { ...told, secret: told.secret || (await isSecret(door, item)) }
    const answer: ChecklistAnswer = {
      ...{ item: key, no, note: input.note, by, call: call.id },
      offsetMs: Math.max(0, Math.min(door.clock.now(), call.endedAt ?? Number.POSITIVE_INFINITY) - call.answeredAt),
      ...judged(door.store.sealer, whole, { item, key, no, expected }, input),
    }
    await keep(door, actor, [...facts, { type: 'task.answered', task: id, party: whole.party.ref, answer }])
    return answer
  })
}

async function isSecret(door: RecordsDoor, { expected }: ChecklistItem): Promise<boolean> {
  if (expected?.type !== 'field' || !expected.field.startsWith('fields.')) return false
  const { verification = [] } = await door.store.read('fields.all', {})
  return verification.some(({ key, type }) => type === 'secret' && `fields.${key}` === expected.field)
}

const answersOfItemMax = 20

type Judged = Pick<ChecklistAnswer, 'given' | 'offered' | 'result' | 'why' | 'figure'>
type Said = { result: 'ANSWERED' | 'REFUSED' | 'NOT_ASKED'; said: string; judged: 'MATCH' | 'MISMATCH' | null }

function judged(
  sealer: Sealer,
  { party, task }: WholeTask,
  { item, key, no, expected }: { item: ChecklistItem; key: string; no: number; expected: ExpectedValue },
  { result, said, judged }: Said,
): Judged {
  const offered = offeredFor(item, expected.value)
  if (result === 'REFUSED') return { given: null, offered, result: 'REFUSED', why: 'refused', figure: null }
  if (result === 'NOT_ASKED') return { given: null, offered: null, result: 'NOT_ASKED', why: 'not-asked', figure: null }
  if (said === '') throw new InvalidInput([{ field: 'said', found: 'nothing', allowed: 'what was answered' }])
  if (item.kind === 'choice' && !item.choices.includes(said))
    throw new InvalidInput([{ field: 'said', found: said.slice(0, 60), allowed: item.choices.join(', ') }])
  if (item.kind === 'yes-no' && said !== 'yes' && said !== 'no')
    throw new InvalidInput([{ field: 'said', found: said.slice(0, 60), allowed: 'yes, no' }])
  if (expected.value === null && judged === null)
    throw new InvalidInput([
      { field: 'judged', found: 'nothing', allowed: 'MATCH, MISMATCH: nothing is there to hold it against' },
    ])
  return {
    given: expected.secret ? sealer.seal({ party: party.ref, field: answerField(task.id, key, no) }, said) : said,
    offered,
    ...judgeAnswer(item, { expected: expected.value, offered }, { said, judged }),
  }
}

/** What a secret answer is sealed under, beside its party. */
export function answerField(task: string, key: string, no: number): string {
  return `answer.${task}.${key}.${no}`
}

export type ExpectedValue = { value: string | null; secret: boolean }

/** In clear, as an answer is compared with it. `value` null: the application says nothing of it. */
export function expectedOf(
  sealer: Sealer,
  { application, party }: { application: Application; party: PartyRecord },
  { expected, kind }: Pick<ChecklistItem, 'expected' | 'kind'>,
  place: number,
): ExpectedValue {
  if (expected === null) return { value: null, secret: false }
  if (expected.type === 'fixed') return { value: expected.value, secret: false }
  const plain = (value: string | number | null | undefined) => ({
    value: value === null || value === undefined ? null : String(value),
    secret: false,
  })
  const opened = (field: string, sealed: Sealed | null) => ({
    value: sealed === null ? null : sealer.open({ party: party.ref, field }, sealed),
    secret: true,
  })
  switch (expected.field) {
    case 'party.name':
      return plain(party.name)
    case 'party.idNo':
      return opened('idNo', party.idNo)
    case 'party.number':
      return plain(party.phones.find(({ relation }) => relation === 'SELF')?.number.replace(/^\+86/, ''))
    case 'product':
      return plain(application.product)
    case 'amount':
      return plain(amountTyped(application.amount, application.currency))
    case 'term':
      return plain(application.term)
    case 'employer.name':
      return plain(application.employer?.name)
    case 'employer.number':
      return plain(application.employer?.statedNumber?.replace(/^\+86/, ''))
    case 'contact.name':
      return plain(application.contacts[place]?.name)
    case 'contact.relation':
      return plain(application.contacts[place]?.relation)
    default: {
      const key = expected.field.replace(/^fields\./, '')
      const value = application.fields[key]
      if (typeof value === 'object') return opened(applicationField(application.ref, key), value)
      if (typeof value === 'boolean') return plain(value ? 'yes' : 'no')
      return plain(kind === 'money' && typeof value === 'number' ? amountTyped(value, currencyDefault) : value)
    }
  }
}

type AnsweredCall = { id: CallId; answeredAt: number; endedAt: number | null; linked: boolean }

/**
 * The call on which this one was asked: the last that the task placed to this party and that was answered; or the one named, where the dialler or
 * the party itself brought it, of this verifier with this applicant.
 */
async function callOf(
  door: RecordsDoor,
  { application, party, calls }: WholeTask,
  { item, place, by, named }: { item: ChecklistItem; place: number; by: string; named: string | null },
): Promise<AnsweredCall> {
  const own = calls
    .filter(each => each.by === by && each.who === item.asked && each.place === place && each.answeredAt !== null)
    .at(-1)
  const found =
    named === null || named === own?.call ? null : await door.store.read('calls.byId', { id: named as CallId })
  if (found !== null && !calls.some(({ call }) => call === found.id)) {
    const numbers = {
      applicant: party.phones.filter(({ relation }) => relation === 'SELF').map(({ number }) => number),
      employer: [application.employer?.line?.number],
      contact: [application.contacts[place]?.number],
    }[item.asked]
    if (found.party === party.ref && found.agent === by && found.answeredAt !== null && numbers.includes(found.number))
      return { id: found.id, answeredAt: found.answeredAt, endedAt: found.endedAt, linked: false }
  }
  if (own === undefined)
    throw new NotNow(
      'answer-without-call',
      'This is asked on a call: nobody of this party has been reached for this task yet.',
    )
  return { id: own.call as CallId, answeredAt: own.answeredAt!, endedAt: own.endedAt, linked: true }
}

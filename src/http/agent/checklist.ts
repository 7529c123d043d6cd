/**
 * The checklist of a verification as a verifier sees it, on the desk and on the task's page. What is expected leaves the records for questions that
 * were answered alone. The desk asks `taskOfCall`; answers are posted to `/agent/tasks/:id/answers`.
 */
import { Hono } from 'hono'
import { type AnsweredRow, type ChecklistProps, checklistId, checklistPart } from '../../../web/parts/checklist.ts'
import { type Frame, textsOf } from '../../../web/parts/frame.ts'
import { partials } from '../../../web/parts/html.ts'
import type { User } from '../../centre/entities.ts'
import { answerKey, type ChecklistAnswer, type ChecklistItem, lastAnswers, offeredFor } from '../../lender/checklist.ts'
import type { PhoneRelation } from '../../lender/party.ts'
import { maskSecret } from '../../lender/sealed.ts'
import { maskNumber, maskNumbersIn } from '../../lib/mask.ts'
import { answerField, answerItem, expectedOf } from '../../records/verification/task-answers.ts'
import { type WholeTask, wholeTask } from '../../records/verification/tasks.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'
import { refusedFor } from '../refused.ts'
import { textOf, typedOf } from '../typed.ts'

export function checklistRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()

  /** Answered with the checklist painted anew; without script with the page of the task. */
  route.post('/agent/tasks/:id/answers', allow('agent', 'supervisor'), async c => {
    const id = c.req.param('id')
    const typed = await typedOf(c)
    const place = Number(/^\d{1,2}$/.exec(textOf(typed, 'place'))?.[0] ?? 0)
    const given = {
      ...{ item: textOf(typed, 'item'), place, said: textOf(typed, 'said'), note: textOf(typed, 'note') },
      result: textOf(typed, 'result') || 'ANSWERED',
      judged: textOf(typed, 'judged') || null,
      call: textOf(typed, 'call') || null,
    }
    const frame = await frameOf(c, deps)
    const w = textsOf(frame)
    try {
      await answerItem(deps.records, actorOf(c), id, given)
    } catch (error) {
      const errors = refusedFor(error, w, { words: { note: 'taskNote' } })
      const said = errors[''] === undefined ? null : { tone: 'red' as const, words: errors[''] }
      return painted(
        c,
        frame,
        id,
        { filled: { row: `${given.item}@${place}`, filled: { values: typed, errors } }, said },
        422,
      )
    }
    return painted(c, frame, id, { filled: null, said: null }, 200)
  })

  async function painted(
    c: Ctx,
    frame: Frame,
    id: string,
    more: Pick<ChecklistProps, 'filled' | 'said'>,
    status: 200 | 422,
  ): Promise<Response> {
    if (c.req.header('hx-request') !== 'true' && status === 200)
      return c.redirect(`/agent/tasks/${encodeURIComponent(id)}`, 303)
    const whole = await wholeTask(deps.records, id)
    const { numbersMasked: masked } = c.var.user
    const all = checklistOf(deps, whole, frame, { call: callNow(deps, c.var.user)?.id ?? null, masked })
    // Whoever posts to a task that is not theirs, or no longer, sees nothing of it but the refusal.
    const props = whole.task.agent === c.var.user.id ? all : { ...all, groups: [], task: { id, application: '' } }
    return c.html(partials([{ id: checklistId(id), body: checklistPart({ ...props, ...more }) }]), status)
  }

  return route
}

function callNow(deps: Deps, user: User) {
  const { agents, calls } = deps.engine.state
  const call = agents.get(user.id)?.call
  return call === null || call === undefined ? undefined : calls.get(call)
}

/** For the desk: of the party that the agent talks with now the task that is this agent's; null: there is none. */
export async function taskOfCall(deps: Deps, user: User): Promise<WholeTask | null> {
  const call = callNow(deps, user)
  if (call === undefined || call.party === null) return null
  const { party } = call
  const tasks = await deps.store.read('tasks.openOfParty', { party })
  const task = tasks.find(({ agent, state }) => agent === user.id && state !== 'SUBMITTED' && state !== 'REVIEW')
  return task === undefined ? null : wholeTask(deps.records, task.id)
}

/** Of these parties those whose task this agent has in hand, with what is still to be asked of each: no card or list of the desk tells it. */
export async function hiddenOf(deps: Deps, user: User, parties: readonly string[]): Promise<Map<string, Set<string>>> {
  const hidden = new Map<string, Set<string>>()
  if (parties.length === 0) return hidden
  for (const { id, party } of await deps.store.read('tasks.worklist', { agent: user.id, now: deps.clock.now() })) {
    if (!parties.includes(party)) continue
    hidden.set(party, new Set([...(hidden.get(party) ?? []), ...hiddenFields(await wholeTask(deps.records, id))]))
  }
  return hidden
}

/** A party without what is still to be asked: neither its name nor those of who is reached at its other numbers. */
export function unasked<P extends { name: string; phones: { name: string; relation: PhoneRelation }[] }>(
  party: P,
  hidden: ReadonlySet<string>,
): P {
  const hides = (start: string) => [...hidden].some(field => field.startsWith(start))
  const unnamed = { SELF: false, GUARANTOR: false, CONTACT: hides('contact.name'), WORKPLACE: hides('employer.name') }
  const phones = party.phones.map(phone => (unnamed[phone.relation] ? { ...phone, name: '' } : phone))
  return { ...party, name: hidden.has('party.name') ? '' : party.name, phones }
}

/** `call`: the one that is on now. */
export function checklistOf(
  deps: Deps,
  whole: WholeTask,
  frame: Frame,
  { call, masked }: { call: string | null; masked: boolean },
): ChecklistProps {
  const { task, application, checklist, calls } = whole
  const w = textsOf(frame)
  const takes = task.state === 'CALLING' || task.state === 'RECALL'
  const groups = whole.targets
    .filter(({ state }) => state.type !== 'no-line')
    .map(({ who, place }) => {
      const contact = who === 'contact' ? application.contacts[place] : undefined
      const answeredCall = calls.some(each => each.who === who && each.place === place && each.answeredAt !== null)
      return {
        ...{ who, place, name: contact === undefined ? '' : `${place + 1}` },
        open:
          (takes && answeredCall) ||
          (call !== null && !calls.some(each => each.call === call) && who === whoOf(deps, whole, call)),
        rows: checklist.items
          .filter(({ asked }) => asked === who)
          .map(item => rowOf(deps, whole, item, place, { frame, masked })),
      }
    })
    .filter(({ rows }) => rows.length > 0)
  const mine = calls.some(each => each.call === call)
  const known = task.agent === null ? w.verification.nobody : null
  return {
    frame,
    task: { id: task.id, application: application.ref },
    groups,
    call: mine ? null : call,
    filled: null,
    said: known === null ? null : { tone: 'red', words: known },
  }
}

/** Of a call that the dialler or the party brought: who it is with, by the number. */
function whoOf(deps: Deps, { application, party }: WholeTask, id: string): 'applicant' | 'employer' | 'contact' | null {
  const number = deps.engine.state.calls.get(id as never)?.number
  if (number === undefined) return null
  if (party.phones.some(phone => phone.number === number && phone.relation === 'SELF')) return 'applicant'
  if (application.employer?.line?.number === number) return 'employer'
  return application.contacts.some(contact => contact.number === number) ? 'contact' : null
}

function rowOf(
  deps: Deps,
  whole: WholeTask,
  item: ChecklistItem,
  place: number,
  { frame, masked }: { frame: Frame; masked: boolean },
): ChecklistProps['groups'][number]['rows'][number] {
  const { sealer } = deps.store
  const expected = expectedOf(sealer, whole, item, place)
  const last = lastAnswers(whole.answers).get(answerKey(item, place)) ?? null
  const offered = offeredFor(item, expected.value)
  return {
    key: item.key,
    question: item.question[frame.language].replaceAll('{offered}', offered ?? '…'),
    ...{ kind: item.kind, choices: item.choices, required: item.required },
    judged: expected.value === null,
    answer: last === null ? null : shownAnswer(deps, whole, item, place, { answer: last, masked }),
  }
}

/** An answer beside what was expected; secrets of both are masked, and telephone numbers for who may not see them (`masked`). */
export function shownAnswer(
  { store }: Pick<Deps, 'store'>,
  whole: WholeTask,
  item: ChecklistItem,
  place: number,
  { answer, masked }: { answer: ChecklistAnswer; masked: boolean },
): AnsweredRow {
  const { no, given, offered, result, why, figure, note } = answer
  const expected = expectedOf(store.sealer, whole, item, place)
  const field = answerField(whole.task.id, answer.item, no)
  const said =
    given !== null && typeof given === 'object'
      ? maskSecret(store.sealer.open({ party: whole.party.ref, field }, given) ?? '******')
      : given
  // Of a question that was passed over nothing is told: it may be asked yet.
  const told = result === 'NOT_ASKED' ? null : expected.value
  const shown = (text: string | null) => (masked && text !== null ? maskedSaid(item, text) : text)
  return {
    ...{ no, said: shown(said), result, why, figure, note: masked ? maskNumbersIn(note) : note, offered },
    expected: told === null ? null : expected.secret ? maskSecret(told) : shown(told),
  }
}

/** A telephone number that was asked for may be said in any form; in other answers it stands within a text. */
export function maskedSaid({ kind, expected }: Pick<ChecklistItem, 'kind' | 'expected'>, text: string): string {
  const asksNumber = kind === 'phone' || (expected?.type === 'field' && expected.field.endsWith('.number'))
  return asksNumber && !text.includes('*') ? maskNumber(text.replaceAll(/[^+\d]/g, '')) : maskNumbersIn(text)
}

/** Fields of the application that a question asks for and has no answer yet: no page of the verifier shows them. */
export function hiddenFields({ checklist, answers, application, targets }: WholeTask): Set<string> {
  const last = lastAnswers(answers)
  const hidden = new Set<string>()
  for (const item of checklist.items) {
    if (item.expected?.type !== 'field') continue
    const { field } = item.expected
    const places = item.asked === 'contact' ? application.contacts.map((_, place) => place) : [0]
    const asks =
      item.asked !== 'employer' || targets.some(({ who, state }) => who === 'employer' && state.type !== 'no-line')
    for (const place of asks ? places : [])
      if ((last.get(answerKey(item, place))?.result ?? 'NOT_ASKED') === 'NOT_ASKED')
        hidden.add(item.asked === 'contact' ? `${field}@${place}` : field)
  }
  return hidden
}

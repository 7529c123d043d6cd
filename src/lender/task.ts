/**
 * A verification task: one application on its way through phone checks.
 *
 *   NEW → ASSIGNED → CALLING ⇄ RECALL          the verifier calls; nobody there: later again, by the rules of its checklist
 *   CALLING, RECALL → SUBMITTED → REVIEW       the verifier proposes; another person takes it for review
 *   REVIEW → PASS, REJECT, FRAUD               decided, with reasons
 *   REVIEW → SUPPLEMENT → ASSIGNED             something is missing (补件); what arrives reopens it
 *   REVIEW → RECALL                            the reviewer wants somebody called again
 *   any open one → CANCEL
 *
 * Four eyes: whoever verified never reviews. It is a rule of the machine and not of a page.
 */
import type { PlainDate } from './dates.ts'

export const taskStates = [
  'NEW',
  'ASSIGNED',
  'CALLING',
  'RECALL',
  'SUBMITTED',
  'REVIEW',
  'PASS',
  'REJECT',
  'SUPPLEMENT',
  'FRAUD',
  'CANCEL',
] as const
export type TaskState = (typeof taskStates)[number]
export const decidedStates = ['PASS', 'REJECT', 'FRAUD', 'CANCEL'] as const
export type DecidedState = (typeof decidedStates)[number]

/** What the verifier thinks. `CANNOT_VERIFY`: nobody was reached though every attempt of the rules was made. */
export const proposals = ['PASS', 'REJECT', 'SUPPLEMENT', 'FRAUD', 'CANNOT_VERIFY'] as const
export type Proposal = (typeof proposals)[number]

export const missingMax = 20

export type VerificationTask = {
  id: string
  application: string
  party: string
  state: TaskState
  /** Of the checklist that it is worked through by: a later version changes nothing of a task that is open. */
  checklist: string
  version: number
  /** The verifier's user id. */
  agent: string | null
  /** Everyone who has verified on it; none of them reviews it. */
  verifiers: string[]
  reviewer: string | null
  recallAt: number | null
  proposal: Proposal | null
  /** Codes, of the proposal and then of the decision. */
  reasons: string[]
  note: string
  /** 补件: what is missing, and until when. */
  missing: string[]
  dueOn: PlainDate | null
}

export type TaskCommand =
  | { type: 'assign'; agent: string }
  /** Somebody is called. */
  | { type: 'call'; by: string }
  | { type: 'recall'; by: string; at: number; note: string }
  | { type: 'submit'; by: string; proposal: Proposal; reasons: string[]; note: string }
  | { type: 'review'; by: string }
  | { type: 'decide'; by: string; as: 'PASS' | 'REJECT' | 'FRAUD'; reasons: string[]; note: string }
  | { type: 'supplement'; by: string; missing: string[]; dueOn: PlainDate; note: string }
  /** What was missing has come. */
  | { type: 'arrive'; note: string }
  | { type: 'cancel'; note: string }

export type TaskRule =
  | 'task-decided'
  | 'task-not-there'
  | 'task-not-yours'
  | 'four-eyes'
  | 'task-not-your-review'
  | 'task-no-reason'
export type TaskMove = { ok: true; task: VerificationTask } | { ok: false; rule: TaskRule; words: string }

export function isDecided(state: TaskState): state is DecidedState {
  return (decidedStates as readonly TaskState[]).includes(state)
}

/** The task after the command; or the rule that says no, with its words. */
export function moveTask(given: VerificationTask, command: TaskCommand): TaskMove {
  const { state } = given
  const to = (next: TaskState, more: Partial<VerificationTask> = {}): TaskMove => ({
    ok: true,
    task: { ...given, state: next, recallAt: null, ...more },
  })
  if (isDecided(state)) return no('task-decided', `The task is decided (${state}).`)
  switch (command.type) {
    case 'assign':
      if (!isIn(state, ['NEW', 'ASSIGNED', 'CALLING', 'RECALL']))
        return notThere(state, 'NEW, ASSIGNED, CALLING, RECALL')
      return { ok: true, task: { ...given, state: state === 'NEW' ? 'ASSIGNED' : state, agent: command.agent } }
    case 'call':
      if (!isIn(state, ['ASSIGNED', 'CALLING', 'RECALL'])) return notThere(state, 'ASSIGNED, CALLING, RECALL')
      if (given.agent !== command.by) return notYours
      return to('CALLING', { verifiers: withOne(given.verifiers, command.by) })
    case 'recall':
      if (state === 'REVIEW') {
        if (given.reviewer !== command.by) return notYourReview
        return to('RECALL', { recallAt: command.at, reviewer: null, proposal: null, note: command.note })
      }
      if (!isIn(state, ['CALLING', 'RECALL'])) return notThere(state, 'CALLING, RECALL, REVIEW')
      if (given.agent !== command.by) return notYours
      return to('RECALL', { recallAt: command.at, note: command.note })
    case 'submit':
      if (!isIn(state, ['CALLING', 'RECALL'])) return notThere(state, 'CALLING, RECALL')
      if (given.agent !== command.by) return notYours
      if (command.proposal !== 'PASS' && command.reasons.length === 0 && command.note === '') return noReason
      return to('SUBMITTED', {
        ...{ proposal: command.proposal, reasons: command.reasons, note: command.note },
        verifiers: withOne(given.verifiers, command.by),
      })
    case 'review':
      // In review already, another one takes it over.
      if (state !== 'SUBMITTED' && state !== 'REVIEW') return notThere(state, 'SUBMITTED, REVIEW')
      return verified(given, command.by) ? fourEyes : to('REVIEW', { reviewer: command.by })
    case 'decide':
    case 'supplement':
      if (state !== 'REVIEW') return notThere(state, 'REVIEW')
      if (verified(given, command.by)) return fourEyes
      if (given.reviewer !== command.by) return notYourReview
      if (command.type === 'supplement') {
        const { missing, dueOn, note } = command
        return to('SUPPLEMENT', { missing, dueOn, note })
      }
      if (command.as !== 'PASS' && command.reasons.length === 0) return noReason
      return to(command.as, { reasons: command.reasons, note: command.note })
    case 'arrive':
      if (state !== 'SUPPLEMENT') return notThere(state, 'SUPPLEMENT')
      return to(given.agent === null ? 'NEW' : 'ASSIGNED', {
        ...{ reviewer: null, proposal: null, missing: [], dueOn: null, note: command.note },
      })
    case 'cancel':
      return to('CANCEL', { note: command.note })
    default:
      return command satisfies never
  }
}

/** Whether this person has had a hand in the verification. */
function verified(task: VerificationTask, user: string): boolean {
  return task.agent === user || task.verifiers.includes(user)
}

function isIn(state: TaskState, states: readonly TaskState[]): boolean {
  return states.includes(state)
}

function withOne(all: readonly string[], one: string): string[] {
  return all.includes(one) ? [...all] : [...all, one]
}

function no(rule: TaskRule, words: string): TaskMove {
  return { ok: false, rule, words }
}

function notThere(state: TaskState, allowed: string): TaskMove {
  return no('task-not-there', `The task is in the state ${state}; this can be done in ${allowed}.`)
}

const notYours = no('task-not-yours', 'This task is another verifier’s; have it assigned to you first.')
const notYourReview = no('task-not-your-review', 'Another person reviews this task; take it for review first.')
const fourEyes = no('four-eyes', 'Whoever verified a task does not review it: another person has to.')
const noReason = no('task-no-reason', 'Say why: at least one reason.')

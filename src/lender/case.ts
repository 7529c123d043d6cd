/**
 * A case: one party with its overdue loans, and where the work on it stands.
 *
 *   IMPORTED → ASSIGNED → WORKING ⇄ PTP        HOLD is entered from each of them and left to where it was entered from
 *   any of these → OUTSOURCED, LEGAL           away: others work on it; recalled it is ASSIGNED (or IMPORTED) again
 *   placed with an agency it is OUTSOURCED, and whatever ends that gives it back to whom, and to where, it was placed from
 *   any open one → CURED, SETTLED, RETURNED, WRITTEN_OFF     closed: nobody is called about it any more
 *   closed → reopened, when the repayment that closed it is reversed
 */
import type { AgencyId } from '../lib/ids.ts'
import type { LenderFact } from './facts.ts'
import type { PartyFlag } from './party.ts'

export const caseStates = [
  'IMPORTED',
  'ASSIGNED',
  'WORKING',
  'PTP',
  'HOLD',
  'CURED',
  'SETTLED',
  'RETURNED',
  'OUTSOURCED',
  'LEGAL',
  'WRITTEN_OFF',
] as const
export type CaseState = (typeof caseStates)[number]

export const closedStates = ['CURED', 'SETTLED', 'RETURNED', 'WRITTEN_OFF'] as const
export type ClosedState = (typeof closedStates)[number]
export const awayStates = ['OUTSOURCED', 'LEGAL'] as const
export type AwayState = (typeof awayStates)[number]

export const holdReasons = [
  'dispute',
  'complaint',
  'hardship',
  'bankrupt',
  'deceased',
  'minor',
] as const satisfies readonly PartyFlag[]
export type HoldReason = (typeof holdReasons)[number]

export type Case = {
  id: string
  party: string
  state: CaseState
  /** Where HOLD was entered from. */
  before: CaseState | null
  /** The collector's user id. */
  agent: string | null
  /** Refs of the loans that were overdue when it was opened, or became so since. */
  loans: string[]
  holdReason: HoldReason | null
  /** With which agency it is; null or left out: none. */
  placed?: PlacedCase | null
}

/** The agency and batch that have a case, and where it stood and whose it was before. */
export type PlacedCase = { agency: AgencyId; batch: string; state: CaseState; agent: string | null }

export type CaseCommand =
  /** `agency`: that of the agent; null or left out: one of the lender's own. */
  | { type: 'assign'; agent: string; agency?: AgencyId | null }
  /** Somebody worked on it: a call, a note. */
  | { type: 'work' }
  | { type: 'promise' }
  /** No promise is open any more. */
  | { type: 'promisesOver' }
  | { type: 'hold'; reason: HoldReason }
  | { type: 'release' }
  | { type: 'close'; as: ClosedState }
  | { type: 'send'; to: AwayState }
  | { type: 'place'; agency: AgencyId; batch: string; agent: string | null }
  | { type: 'recall' }
  | { type: 'reopen' }

export type CaseMove = { ok: true; case: Case } | { ok: false; rule: CaseRule; words: string }

export const caseRules = ['case-closed', 'case-on-hold', 'case-not-there', 'case-placed', 'agent-of-agency'] as const
export type CaseRule = (typeof caseRules)[number]

/** Whether calls about it are over: nothing that is queued or rings for this party may go on. */
export function stopsCalls(state: CaseState): boolean {
  return isClosed(state) || isAway(state) || state === 'HOLD'
}

export function isClosed(state: CaseState): state is ClosedState {
  return (closedStates as readonly CaseState[]).includes(state)
}

export function isAway(state: CaseState): state is AwayState {
  return (awayStates as readonly CaseState[]).includes(state)
}

/** The case as it is after the command, which may be as it was. */
export function moveCase(given: Case, command: CaseCommand): CaseMove {
  const { state } = given
  const to = (next: CaseState, more: Partial<Case> = {}): CaseMove => ({
    ok: true,
    // Wherever it goes from an agency, it is the lender's again, and whoever had it has it.
    case: {
      ...given,
      ...(given.placed ? { agent: given.placed.agent } : {}),
      ...{ state: next, before: null, holdReason: null, placed: null },
      ...more,
    },
  })
  const same: CaseMove = { ok: true, case: given }
  if (isClosed(state) && command.type !== 'reopen')
    return { ok: false, rule: 'case-closed', words: `The case is closed (${state}).` }
  switch (command.type) {
    case 'assign':
      if ((command.agency ?? null) !== (given.placed?.agency ?? null)) return given.placed ? isPlaced : ofAgency
      // Who takes over a promise or a hold finds it as it was.
      return state === 'PTP' || state === 'HOLD' || isAway(state)
        ? { ok: true, case: { ...given, agent: command.agent } }
        : to('ASSIGNED', { agent: command.agent })
    case 'work':
      if (state === 'HOLD') return onHold
      return state === 'IMPORTED' || state === 'ASSIGNED' ? to('WORKING') : same
    case 'promise':
      if (state === 'HOLD') return onHold
      if (given.placed && given.placed.state !== 'PTP')
        return { ok: true, case: { ...given, placed: { ...given.placed, state: 'PTP' } } }
      // Others work on it, and their promise is theirs to follow.
      return isAway(state) ? same : to('PTP')
    case 'promisesOver':
      if (given.placed?.state === 'PTP')
        return { ok: true, case: { ...given, placed: { ...given.placed, state: 'WORKING' } } }
      if (state === 'HOLD' && given.before === 'PTP') return { ok: true, case: { ...given, before: 'WORKING' } }
      return state === 'PTP' ? to('WORKING') : same
    case 'hold':
      if (state === 'HOLD') return { ok: true, case: { ...given, holdReason: command.reason } }
      return to('HOLD', { before: given.placed?.state ?? state, holdReason: command.reason })
    case 'release':
      return state === 'HOLD' ? to(given.before ?? 'WORKING') : notThere('HOLD')
    case 'close':
      return to(command.as)
    case 'send':
      if (state === 'HOLD') return onHold
      if (given.placed && command.to === 'OUTSOURCED') return isPlaced
      return to(command.to)
    case 'place': {
      if (state === 'HOLD') return onHold
      if (given.placed) return isPlaced
      if (isAway(state)) return notThere('IMPORTED, ASSIGNED, WORKING or PTP')
      const { agency, batch, agent } = command
      return to('OUTSOURCED', { agent, placed: { agency, batch, state, agent: given.agent } })
    }
    case 'recall':
      if (given.placed) return to(given.placed.state)
      return isAway(state) ? to(backTo(given)) : notThere('OUTSOURCED or LEGAL')
    case 'reopen':
      return isClosed(state) ? to(backTo(given)) : notThere(closedStates.join(', '))
    default:
      return command satisfies never
  }
}

function backTo({ agent }: Case): CaseState {
  return agent === null ? 'IMPORTED' : 'ASSIGNED'
}

const isPlaced: CaseMove = {
  ok: false,
  rule: 'case-placed',
  words: 'The case is placed with an agency: recall it first.',
}
const ofAgency: CaseMove = {
  ok: false,
  rule: 'agent-of-agency',
  words: 'This person belongs to an agency, which gets cases by placement only.',
}
const onHold: CaseMove = { ok: false, rule: 'case-on-hold', words: 'The case is on hold; release it first.' }

function notThere(allowed: string): CaseMove {
  return { ok: false, rule: 'case-not-there', words: `This can be done in the state ${allowed} only.` }
}

/** The fact that a case moved; none when it is as it was. */
export function movedFact(
  before: Case,
  after: Case,
  reason: string,
  by?: { rule: string; group: string },
): LenderFact[] {
  const { id, party, agent, holdReason } = after
  const same =
    before.state === after.state &&
    before.before === after.before &&
    before.agent === agent &&
    before.holdReason === holdReason &&
    JSON.stringify(before.placed ?? null) === JSON.stringify(after.placed ?? null)
  if (same) return []
  const moved = {
    case: id,
    party,
    from: before.state,
    to: after.state,
    agent,
    before: after.before,
    holdReason,
    reason,
    ...(by === undefined ? {} : { by }),
    ...(after.placed ? { placed: after.placed } : {}),
    ...(before.placed && before.placed.batch !== after.placed?.batch
      ? { left: { agency: before.placed.agency, batch: before.placed.batch } }
      : {}),
  }
  return [{ type: 'case.moved', ...moved }]
}

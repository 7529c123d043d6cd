/**
 * What the floor does next by itself, one step at a time: an instant that has come, then a waiting call and an agent, then the next call
 * to start. Asked after every input until it answers null, so that the next match happens in the decision that made it possible. While the
 * disk is slow, or what was said waits to be heard, no call starts, and nothing is held against phones and people who have not heard yet what is asked of them. While the house closes
 * what has begun is brought to its end, and nothing begins.
 */

import { isAtFault } from './campaigns/hold.ts'
import { changeMode } from './campaigns/mode.ts'
import type { Decision, Moment } from './decision.ts'
import { decidePhone } from './desk/open-phone.ts'
import { pace } from './dialler/pacing.ts'
import { Draft } from './draft.ts'
import { decideDue } from './due.ts'
import { hasWaited } from './evolve-clock.ts'
import { type AtHand, NotDecided } from './not-decided.ts'
import { assign, nextMatch } from './queues/acd.ts'
import type { Due, FloorState } from './state.ts'
import { followAppeals } from './supervision/appeal.ts'
import { followSupervisions } from './supervision/supervision-follow.ts'
import { tieUp } from './transfer/loose-ends.ts'

/** Throws `NotDecided`, which says what it was at. */
export function proceed(state: FloorState, moment: Moment): Decision | null {
  let at: AtHand = { of: 'loose' }
  try {
    return next(state, moment, what => {
      at = what
    })
  } catch (cause) {
    throw new NotDecided(at, cause)
  }
}

/** `at` is told of each step before it is taken. */
function next(state: FloorState, moment: Moment, at: (what: AtHand) => void): Decision | null {
  const end = state.loose[0]
  if (end !== undefined) {
    const d = new Draft(state, moment)
    tieUp(d, end)
    return d.decision()
  }
  if (state.supervisions.size > 0) {
    const difference = followSupervisions(state, moment, by => at({ of: 'supervision', by }))
    if (difference !== null) return difference
  }
  if (state.appeals.size > 0) {
    const over = followAppeals(state, moment, call => at({ of: 'appeal', call }))
    if (over !== null) return over
  }
  const due = state.deadlines[0]
  if (due !== undefined && due.at <= moment.now) {
    at({ of: 'due', due })
    const d = new Draft(state, moment)
    if (isHeldUp(state) && isUnheard(state, due)) d.note({ type: 'note.deferred' })
    else decideDue(d, due)
    return d.decision()
  }
  if (state.counters.lacks(moment.now)) {
    at({ of: 'history' })
    const asked = askHistory(state, moment)
    if (asked !== null) return asked
  }
  if (state.isClosing) return null
  for (const agent of state.phonesDue) {
    at({ of: 'phone', agent })
    return decidePhone(state, agent, moment)
  }
  const match = nextMatch(state, (call, agent) => at({ of: 'search', call, agent }))
  if (match !== null) {
    at({ of: 'match', match })
    const d = new Draft(state, moment)
    assign(d, match.call, match.agent)
    return d.decision()
  }
  if (isHeldUp(state)) return null
  for (const floor of state.dialOrder) {
    at({ of: 'campaign', id: floor.campaign.id })
    if (isAtFault(floor, moment.now)) continue
    const decision = changeMode(state, floor, moment) ?? pace(state, floor, moment)
    if (decision !== null) return decision
  }
  return null
}

/** What was asked has not been done, or what was said has not been heard. */
function isHeldUp({ isDiskSlow, isBehind }: FloorState): boolean {
  return isDiskSlow || isBehind
}

/** An instant of what was asked of a phone or a person. Who waits for an agent, or talks, has waited indeed. */
function isUnheard(state: FloorState, { of, id }: Due): boolean {
  if (of === 'agent') return true
  const call = of === 'call' ? state.calls.get(id) : undefined
  return call !== undefined && call.dismissed === null && !hasWaited(call)
}

const historyTimeoutMs = 30_000

/** A policy with longer windows came into use: the counters ask the store for what they lack. */
function askHistory(state: FloorState, moment: Moment): Decision | null {
  const { askedAt, needMs } = state.counters
  if (askedAt !== null && moment.now < askedAt + historyTimeoutMs) return null
  const d = new Draft(state, moment)
  d.note({ type: 'note.historyAsked' })
  d.effect({ type: 'leads.history', since: moment.now - needMs })
  return d.decision()
}

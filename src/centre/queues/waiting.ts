/** Calls without an agent yet: a caller enters a queue, waits too long, gives up; an answered customer whom nobody could take. */

import type { LegId, UserId } from '../../lib/ids.ts'
import type { Call } from '../call-state.ts'
import { abandonedDueAt, callBack } from '../calls/after-call.ts'
import { endCall } from '../calls/ending.ts'
import type { Draft } from '../draft.ts'
import type { PromptId } from '../effects.ts'
import type { EndCause, Ending } from '../entities.ts'
import { abandonAfterMs, parkedMaxMs } from '../evolve-call.ts'
import { normaliseNumber } from '../numbers/number.ts'
import { playMusic } from './music.ts'

/** Prompts are a few seconds long; the call is hung up after this. */
const farewellMs = 8_000

/** The caller waits for one person. */
export function enterPerson(d: Draft, call: Call, user: UserId): void {
  const agent = d.state.agents.get(user)
  if (agent === undefined) return leadsNowhere(d, call)
  if (agent.phase === 'signed_off') {
    callBack(d, call, 'overflow', { agent: agent.user.id })
    return dismiss(d, call, 'overflow', 'we-call-back')
  }
  d.fact({ type: 'call.parked', call: call.id, agent: agent.user.id, until: d.now + parkedMaxMs })
  playMusic(d, call)
}

/** Whom or what the number or the menu names was removed: nobody is there to wait for, and somebody calls back. */
export function leadsNowhere(d: Draft, call: Call): void {
  callBack(d, call, 'overflow', {})
  dismiss(d, call, 'no_route', normaliseNumber(call.number) === null ? 'all-agents-busy' : 'we-call-back')
}

/** The last instant of a wait has come. */
export function waitedTooLong(d: Draft, call: Call): void {
  if (call.direction === 'out' && call.connectedAt === null) {
    abandon(d, call)
    return dismiss(d, call, 'abandoned', 'abandoned-apology')
  }
  callBack(d, call, 'overflow', { campaign: call.campaign, agent: call.parkedFor })
  dismiss(d, call, 'overflow', 'we-call-back')
}

/** The caller, or an answered customer, hung up while waiting. */
export function gaveUp(d: Draft, call: Call, leg: LegId, ending: Pick<Ending, 'sipStatus' | 'q850'>): void {
  if (call.dismissed !== null) {
    return endCall(d, call, { by: 'party', cause: call.dismissed, result: dismissedAs(call), ...ending }, leg)
  }
  if (call.passed !== null || (call.direction === 'out' && call.connectedAt !== null))
    return gaveUpPassed(d, call, leg, ending)
  if (call.direction === 'out') {
    // Within the two seconds of the law's clock nobody was kept waiting. Beyond them waits whom a desk phone is rung for, too.
    const since = call.notice === null ? call.answeredAt : call.notice.askedAt
    const isLate = d.now - (since ?? d.now) >= abandonAfterMs
    if (isLate && call.notice === null) {
      abandon(d, call)
      return endCall(d, call, { by: 'party', cause: 'abandoned', result: 'ABANDONED', ...ending }, leg)
    }
    if (isLate) abandonAsker(d, call)
    return endCall(d, call, { by: 'party', cause: 'hangup', result: 'ANSWERED', ...ending }, leg)
  }
  const waitedMs = abandonCaller(d, call)
  const queue = call.queue === null ? undefined : d.state.queues.get(call.queue)?.queue
  // Who was not answered has proved nothing: addresses of UDP are forged, and what is owed is dialled.
  const isLong = call.backAt !== null || waitedMs >= (queue?.callbackAfterMs ?? 0)
  const isOwed = call.answeredAt !== null && isLong
  if (isOwed) callBack(d, call, 'abandoned', { agent: call.parkedFor })
  endCall(d, call, { by: 'party', cause: 'caller_gave_up', result: 'ABANDONED', ...ending }, leg)
}

/** Somebody was talked to, so nobody was abandoned in the sense of the law; who waited for the next agent is called back all the same. */
function gaveUpPassed(d: Draft, call: Call, leg: LegId, ending: Pick<Ending, 'sipStatus' | 'q850'>): void {
  callBack(d, call, 'overflow', { campaign: call.campaign, agent: call.passed?.by ?? null })
  endCall(d, call, { by: 'party', cause: 'caller_gave_up', result: 'ANSWERED', ...ending }, leg)
}

/** What a call comes to that hears its last prompt. */
export function dismissedAs(call: Call): Ending['result'] {
  return call.notice === null && call.connectedAt === null ? 'ABANDONED' : 'ANSWERED'
}

/** A customer whom we called and for whom nobody was there in time. */
export function abandon(d: Draft, call: Call): void {
  const { campaign } = call
  const waitedMs = d.now - (call.answeredAt ?? d.now)
  d.fact({ type: 'call.abandoned', call: call.id, campaign, queue: null, waitedMs })
  const owed = { campaign, lead: call.lead?.id ?? null, at: abandonedDueAt(d, call) }
  if (call.promise === null) callBack(d, call, 'abandoned', owed) // else what was promised still is
}

/** Whoever pressed 1 in a notice and found nobody. */
export function abandonAsker(d: Draft, call: Call): void {
  const waitedMs = d.now - (call.notice?.askedAt ?? d.now)
  d.fact({ type: 'call.abandoned', call: call.id, campaign: call.campaign, queue: null, waitedMs })
}

/** A caller who waited for a person. Answers for how long; who is back since an agent was lost has not waited while they talked. */
export function abandonCaller(d: Draft, call: Call): number {
  const waitedMs = d.now - (call.backAt ?? call.queuedAt ?? d.now)
  d.fact({ type: 'call.abandoned', call: call.id, campaign: null, queue: call.queue, waitedMs })
  return waitedMs
}

/** The house hangs up on who waits for a person, or is on the way to one: they are owed a call, as they are when the process dies (recover.ts). */
export function oweWaiting(d: Draft, call: Call): void {
  const { phase, direction, passed, connectedAt, campaign } = call
  const isUnderWay = phase === 'waiting' || phase === 'assigned' || phase === 'menu' || phase === 'passing'
  if (!isUnderWay || call.dismissed !== null) return
  if (passed !== null || (direction === 'out' && connectedAt !== null))
    callBack(d, call, 'overflow', { campaign, agent: passed?.by ?? null })
  else if (direction === 'in') callBack(d, call, 'abandoned', { agent: call.parkedFor })
}

/** Plays a last prompt; the call ends when it is over. `prompt` null: the caller says something of its own. */
export function dismiss(d: Draft, call: Call, cause: EndCause, prompt: PromptId | null): void {
  d.fact({ type: 'call.dismissed', call: call.id, cause, until: d.now + farewellMs })
  if (prompt !== null) d.effect({ type: 'media.play', leg: call.leg, prompt, loop: false })
}

/** Back to the queue, in front, when the agent was lost in mid-call. */
export function requeue(d: Draft, call: Call): void {
  if (call.queue === null) return
  const maxWaitMs = d.state.queues.get(call.queue)?.queue.maxWaitMs ?? parkedMaxMs
  d.fact({ type: 'call.queued', call: call.id, queue: call.queue, until: d.now + maxWaitMs })
}

export function enterQueue(d: Draft, call: Call, queue: NonNullable<Call['queue']>): void {
  const floor = d.state.queues.get(queue)
  if (floor === undefined) return leadsNowhere(d, call)
  if (floor.signedOn === 0) {
    // Nobody is there to wait for: say so at once, and let someone call back.
    callBack(d, call, 'overflow', { queue })
    return dismiss(d, call, 'overflow', 'all-agents-busy')
  }
  d.fact({ type: 'call.queued', call: call.id, queue, until: d.now + floor.queue.maxWaitMs })
  playMusic(d, call, queue)
}

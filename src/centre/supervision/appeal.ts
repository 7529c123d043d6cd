/**
 * An agent on a call asks the supervisors to come. One of those who lead the agent takes it, and the agent sees who comes; what that person then
 * does (listens, whispers, barges in, walks over) is their own, and where they begin to speak on the call it counts as taken.
 *
 *     none ── ask ──▶ asked ── take ──▶ taken (another may take it from there)
 *                        │                │
 *                        ▼                ▼
 *           none  ◀── taken back by the agent; done, says a supervisor; the call is over, or in other hands
 */
import type { CallId, UserId } from '../../lib/ids.ts'
import { hasUnseen } from '../../lib/unseen.ts'
import { agentOf } from '../agents/settle.ts'
import { seesAgent, sightOf } from '../agents/team.ts'
import type { AppealEnd } from '../calls/ends.ts'
import type { Decision, Moment } from '../decision.ts'
import { Draft } from '../draft.ts'
import type { Input } from '../inputs.ts'
import type { FloorState } from '../state.ts'

export const appealReasonMax = 100

export function appeal(d: Draft, { agent, call: id, reason: typed }: Extract<Input, { type: 'agent.appeal' }>): void {
  const call = d.state.calls.get(id)
  const who = call === undefined ? null : agentOf(d, call)
  if (call === undefined || who?.user.id !== agent || who.call !== id || call.phase !== 'talking')
    return d.refuse('not_talking', 'Help is asked for while you talk on a call.')
  if (who.user.role !== 'agent')
    return d.refuse('appeal_not_agent', 'Supervisors are asked by agents: consult a colleague instead.')
  if (d.state.appeals.has(id)) return d.refuse('appealed', 'You have asked for help on this call already.')
  const reason = typed.trim()
  if (reason.length > appealReasonMax)
    return d.refuse('appeal_too_long', `A reason has at most ${appealReasonMax} characters.`)
  if (hasUnseen(reason))
    return d.refuse('appeal_unseen', 'The reason has characters that cannot be seen: type it again.')
  d.fact({ type: 'call.appealed', call: id, agent, reason })
}

export function withdrawAppeal(d: Draft, agent: UserId, call: CallId): void {
  if (d.state.appeals.get(call)?.agent !== agent) return refuseNone(d)
  endAppeal(d, call, 'withdrawn', agent)
}

/** `from`: who had taken it as the supervisor saw it, so that of two who come at once one is told of the other. */
export function takeAppeal(d: Draft, { by, call, from }: Extract<Input, { type: 'supervisor.takeAppeal' }>): void {
  const appeal = appealFor(d, by, call)
  if (appeal === null) return
  if (appeal.takenBy === by) return
  if (appeal.takenBy !== from) return d.refuse('appeal_taken', 'A colleague has taken this already.')
  d.fact({ type: 'call.appealTaken', call, by, waitedMs: Math.max(0, d.now - appeal.askedAt) })
}

export function closeAppeal(d: Draft, by: UserId, call: CallId): void {
  if (appealFor(d, by, call) !== null) endAppeal(d, call, 'done', by)
}

/** Whoever is heard by the agent has come: not while a phone only rings for it. Who only listens may do so unseen, and has not. */
export function comeTo(d: Draft, by: UserId, call: CallId): void {
  const appeal = d.state.appeals.get(call)
  const who = d.state.users.get(by)
  if (appeal === undefined || appeal.takenBy !== null || who?.role !== 'supervisor') return
  d.fact({ type: 'call.appealTaken', call, by, waitedMs: Math.max(0, d.now - appeal.askedAt) })
}

/** The next whose call is in other hands than who asked, or null. That a call is over ends its own with it. */
export function followAppeals(state: FloorState, moment: Moment, at: (call: CallId) => void): Decision | null {
  for (const [id, { agent }] of state.appeals) {
    at(id)
    const call = state.calls.get(id)
    if (call?.phase === 'talking' && call.agent === agent) continue
    const d = new Draft(state, moment)
    endAppeal(d, id, 'passed_on', null)
    return d.decision()
  }
  return null
}

export function endAppeal(d: Draft, call: CallId, how: AppealEnd, by: UserId | null): void {
  const appeal = d.state.appeals.get(call)
  if (appeal !== undefined)
    d.fact({ type: 'call.appealEnded', call, how, by, lastedMs: Math.max(0, d.now - appeal.askedAt) })
}

/** Supervisors who lead the agent: who only listens (quality) can help nobody. */
function appealFor(d: Draft, by: UserId, call: CallId) {
  const appeal = d.state.appeals.get(call)
  const who = d.state.users.get(by)
  if (who === undefined || !who.enabled || who.role !== 'supervisor')
    d.refuse('appeal_not_supervisor', 'Supervisors take what agents ask for.')
  else if (appeal === undefined) refuseNone(d)
  else if (!seesAgent(sightOf(d.state, who), appeal.agent))
    d.refuse('other_team', 'This agent is of a team that you do not lead.')
  else return appeal
  return null
}

function refuseNone(d: Draft): void {
  d.refuse('appeal_none', 'Nobody asks for help on this call any more.')
}

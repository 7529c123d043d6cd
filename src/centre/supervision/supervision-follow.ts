/**
 * What a supervisor hears follows from the floor: after each change it is compared with what the bay was told and what the journal says, and the
 * difference is made good. So a call that is put on hold, passed on or lost needs no word about who listens, and nothing is forgotten.
 */
import type { LegId, UserId } from '../../lib/ids.ts'
import { seesAgent, sightOf } from '../agents/team.ts'
import type { Call } from '../call-state.ts'
import type { SupervisionEnd } from '../calls/ends.ts'
import type { Decision, Moment } from '../decision.ts'
import { Draft } from '../draft.ts'
import type { Agent, FloorState, Supervision } from '../state.ts'
import { comeTo } from './appeal.ts'
import {
  besides,
  endSupervision,
  isPrivate,
  maySupervise,
  stopHearing,
  supervisorLeg,
  supervisorsMax,
} from './supervision.ts'

/** The next difference, or null when all is as it should be. `at` is told whose is looked at. */
export function followSupervisions(state: FloorState, moment: Moment, at: (by: UserId) => void): Decision | null {
  for (const supervision of state.supervisions.values()) {
    at(supervision.by)
    const d = new Draft(state, moment)
    follow(d, supervision)
    if (!d.isEmpty) return d.decision()
  }
  return null
}

function follow(d: Draft, supervision: Supervision): void {
  const over = endOf(d, supervision)
  if (over !== null) return endSupervision(d, supervision, over)
  const scene = sceneOf(d, supervision)
  const other = scene === null ? null : bar(d, supervision, scene.agent)
  if (other !== null) return endSupervision(d, supervision, other)
  const leg = supervisorLeg(d, supervision)
  const { by, mode, gainDb, heard, told, reason } = supervision
  if (scene === null || leg === null) {
    if (told !== null || heard !== null)
      stopHearing(d, supervision, scene !== null ? 'audio_lost' : supervision.stays ? 'call_over' : 'agent_changed')
    return
  }
  const { call, agent, target } = scene
  if (heard !== null && heard.call !== call.id) return stopHearing(d, supervision, 'call_over')
  if (told?.leg !== leg || told.target !== target || told.mode !== mode || told.gainDb !== gainDb) {
    d.effect({ type: 'media.supervise', leg, target, mode, ...(gainDb === 0 ? {} : { gainDb }) })
    d.note({ type: 'note.supervisionTold', by, told: { leg, target, mode, gainDb } })
  }
  // Of a call that was passed on to another agent the journal says so too.
  if (heard?.call !== call.id || heard.mode !== mode || supervision.agent !== agent.user.id) {
    d.fact({ type: 'call.monitored', call: call.id, agent: agent.user.id, by, mode, reason })
    if (mode !== 'listen') comeTo(d, by, call.id)
  }
}

function endOf(d: Draft, { by, agent: id, call, mode, stays }: Supervision): SupervisionEnd | null {
  const who = d.state.agents.get(by)
  if (who === undefined || !who.user.enabled || !maySupervise(who.user.role, mode)) return 'not_allowed'
  if (who.call !== null) return 'own_call'
  if (stays) return (d.state.agents.get(id)?.phase ?? 'signed_off') === 'signed_off' ? 'agent_left' : null
  const live = call === null ? undefined : d.state.calls.get(call)
  return live === undefined || live.phase === 'ended' ? 'call_over' : null
}

/** The call has come to somebody whom this person may not hear, or whom as many as may hear already. */
function bar(d: Draft, { by, agent: before }: Supervision, agent: Agent): SupervisionEnd | null {
  const who = d.state.users.get(by)
  if (who !== undefined && !seesAgent(sightOf(d.state, who), agent.user.id)) return 'other_team'
  return agent.user.id !== before && besides(d, by, agent.user.id) >= supervisorsMax ? 'room_full' : null
}

/** Whose leg is stayed with now, and for which call; null: nobody talks at the moment. */
function sceneOf(
  d: Draft,
  { agent: id, call: callId, stays }: Supervision,
): { call: Call; agent: Agent; target: LegId } | null {
  const stayedWith = d.state.agents.get(id)
  const current = stays ? (stayedWith?.phase === 'talking' ? stayedWith.call : null) : callId
  const call = current === null ? undefined : d.state.calls.get(current)
  if (call?.phase !== 'talking' || call.agent === null) return null
  if (isPrivate(d, call)) return null // it was passed to a supervisor, or a supervisor asks the agent who is stayed with
  const agent = d.state.agents.get(stays ? id : call.agent)
  if (agent === undefined || agent.user.role !== 'agent') return null
  const second = call.consult?.with === 'other' ? call.consult.own : null // the line of the phone that the agent talks on
  const own = second ?? call.agentLeg ?? agent.stationLeg
  const asked = call.consult?.agent === agent.user.id ? call.consult.leg : null // the phone rung for whom is consulted
  const target = call.agent === agent.user.id ? own : (asked ?? agent.stationLeg)
  return target === null ? null : { call, agent, target }
}

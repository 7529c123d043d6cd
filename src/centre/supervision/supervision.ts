/**
 * A supervisor beside a call: listens, whispers to the agent alone, barges in, takes the call over, stops; one call at a time, and with `stays`
 * an agent through all calls. Who hears whom follows from the floor as it stands (see supervision-follow.ts), so hold, consultation and transfer
 * know nothing of it.
 *
 *     none ── begin ──▶ (desk phone rings) ──▶ listen ◀──▶ whisper ◀──▶ barge ── take over ──▶ the supervisor's own call
 *                              │                        │
 *                              ▼                        ▼
 *           none  ◀── not picked up; stopped, hung up; the call is over (unless it stays); the agent signs off
 */
import type { UserId } from '../../lib/ids.ts'
import { agentRingMs } from '../agents/ring.ts'
import { takeState } from '../agents/settle.ts'
import { hasAudio } from '../agents/station-now.ts'
import { seesAgent, sightOf } from '../agents/team.ts'
import type { Call } from '../call-state.ts'
import { isCallForHelp } from '../calls/emergency.ts'
import type { SupervisionEnd } from '../calls/ends.ts'
import { refusedAsClosing } from '../closing.ts'
import type { Draft } from '../draft.ts'
import type { SupervisionMode } from '../entities.ts'
import type { Input } from '../inputs.ts'
import type { Agent, Supervision } from '../state.ts'

const reasonMax = 200
/** How much louder, or softer, a supervisor may be heard than they speak, dB. */
export const gainDbMax = 12
const gainWords = `From −${gainDbMax} to ${gainDbMax} dB.`
/** Who listen to one agent at once. With those of a colleague who is consulted, and all who talk, they fit into one room of the bay. */
export const supervisorsMax = 20

export function beginSupervision(d: Draft, input: Extract<Input, { type: 'supervisor.begin' }>): void {
  const { by, mode, stays, gainDb } = input
  const who = supervisorOf(d, by, mode)
  if (who === null) return
  const target = targetOf(d, input)
  if (target === null) return
  const { agent, call } = target
  if (!seesAgent(sightOf(d.state, who.user), agent.user.id))
    return d.refuse('other_team', 'This agent is of a team that you do not lead.')
  if (besides(d, by, agent.user.id) >= supervisorsMax)
    return d.refuse('room_full', `${supervisorsMax} people listen to this agent already: more do not fit in.`)
  const reason = input.reason.trim()
  if (reason.length > reasonMax) return d.refuse('reason_too_long', `A reason has at most ${reasonMax} characters.`)
  if (gainDb !== undefined && !isGain(gainDb)) return d.refuse('gain_range', gainWords)
  const old = d.state.supervisions.get(by)
  if (old?.agent === agent.user.id && old.call === (call?.id ?? null) && old.reason === reason)
    return changeSupervision(d, {
      type: 'supervisor.change',
      by,
      mode,
      stays,
      ...(gainDb === undefined ? {} : { gainDb }),
    })
  const ringing = old === undefined ? phoneFor(d, who) : old.leg
  if (ringing === undefined) return
  const isForHelp = call !== null && isCallForHelp(d.state, call.id)
  if (old === undefined && ringing !== null && !isForHelp && refusedAsClosing(d)) return
  if (old !== undefined) stopHearing(d, old, 'switched')
  const about = { by, agent: agent.user.id, call: call?.id ?? null, mode, stays, reason }
  d.fact({ type: 'supervision.began', ...about, leg: ringing, ...(gainDb ? { gainDb } : {}) })
  if (old === undefined && who.phase === 'ready') takeState(d, who, 'break', 'supervising')
  if (old !== undefined || ringing === null) return
  d.effect({ type: 'phone.ring', leg: ringing, agent: by, call: call?.id ?? null, from: '', ringMs: agentRingMs })
}

export function changeSupervision(d: Draft, input: Extract<Input, { type: 'supervisor.change' }>): void {
  const supervision = d.state.supervisions.get(input.by)
  if (supervision === undefined) return d.refuse('not_supervising', 'You are not listening to anybody.')
  const { mode = supervision.mode, stays = supervision.stays, gainDb = supervision.gainDb, by } = input
  if (supervisorOf(d, by, mode) === null) return
  if (!isGain(gainDb)) return d.refuse('gain_range', gainWords)
  if (mode === supervision.mode && stays === supervision.stays && gainDb === supervision.gainDb) return
  d.fact({ type: 'supervision.changed', by, mode, stays, ...(gainDb === 0 ? {} : { gainDb }) })
}

export function stopSupervision(d: Draft, by: UserId): void {
  const supervision = d.state.supervisions.get(by)
  if (supervision === undefined) return d.refuse('not_supervising', 'You are not listening to anybody.')
  endSupervision(d, supervision, 'stopped')
}

/** `phoneGone`: the supervisor's desk phone ended by itself and needs no hanging up. */
export function endSupervision(d: Draft, supervision: Supervision, cause: SupervisionEnd, phoneGone = false): void {
  const { by, leg } = supervision
  stopHearing(d, supervision, cause)
  d.fact({ type: 'supervision.ended', by, cause })
  if (leg !== null && !phoneGone) d.effect({ type: 'phone.hangUp', leg, q850: 16 })
}

/** The supervisor's desk phone was picked up. */
export function supervisorPickedUp(d: Draft, by: UserId): void {
  const supervision = d.state.supervisions.get(by)
  if (supervision !== undefined && !supervision.up) d.fact({ type: 'supervision.answered', by })
}

export function supervisorPhoneEnded(d: Draft, by: UserId): void {
  const supervision = d.state.supervisions.get(by)
  if (supervision !== undefined) endSupervision(d, supervision, supervision.up ? 'hung_up' : 'not_answered', true)
}

/** The phone that is up for the shift was put down: whoever listened with it is through with that. */
export function supervisorPutDown(d: Draft, by: UserId): void {
  const supervision = d.state.supervisions.get(by)
  if (supervision !== undefined && supervision.leg === null) endSupervision(d, supervision, 'hung_up', true)
}

/** Nothing is heard of the call any more; the journal says so once. */
export function stopHearing(d: Draft, { by, heard, told }: Supervision, cause: SupervisionEnd): void {
  if (told !== null) {
    d.effect({ type: 'media.supervise', leg: told.leg, target: null, mode: told.mode })
    d.note({ type: 'note.supervisionTold', by, told: null })
  }
  if (heard !== null) d.fact({ type: 'call.unmonitored', call: heard.call, by, cause })
}

/** Where a supervisor is heard: the phone rung for it, else the leg of the shift; null: nowhere now. */
export function supervisorLeg(d: Pick<Draft, 'state'>, supervision: Supervision): Supervision['leg'] {
  if (supervision.leg !== null) return supervision.up ? supervision.leg : null
  return d.state.agents.get(supervision.by)?.stationLeg ?? null
}

function isGain(gainDb: number): boolean {
  return Number.isInteger(gainDb) && Math.abs(gainDb) <= gainDbMax
}

/** Others who listen to this agent, or are about to. */
export function besides(d: Pick<Draft, 'state'>, by: UserId, agent: UserId): number {
  let others = 0
  for (const other of d.state.supervisions.values()) others += Number(other.by !== by && other.agent === agent)
  return others
}

/** Who may, in this mode: quality listens, supervisors do everything; nobody with a call of their own. */
function supervisorOf(d: Draft, by: UserId, mode: SupervisionMode): Agent | null {
  const no = (rule: string, words: string) => {
    d.refuse(rule, words)
    return null
  }
  const who = d.state.agents.get(by)
  if (who === undefined || !who.user.enabled || !maySupervise(who.user.role, mode))
    return no('not_supervisor', 'Supervisors listen, whisper and barge in; quality listens.')
  if (who.call !== null) return no('busy', 'You have a call of your own: finish it first.')
  if (isAboutToTalk(who)) return no('busy', aboutToTalkWords)
  return who
}

export const aboutToTalkWords = 'You are about to have a call of your own: finish it first.'

export function isAboutToTalk({ phase }: Agent): boolean {
  return phase === 'ringing' || phase === 'dialing' || phase === 'preview'
}

export function maySupervise(role: Agent['user']['role'], mode: SupervisionMode): boolean {
  return role === 'supervisor' || (role === 'quality' && mode === 'listen')
}

function targetOf(
  d: Draft,
  { call: id, agent: agentId, stays }: Extract<Input, { type: 'supervisor.begin' }>,
): { agent: Agent; call: Call | null } | null {
  const no = (rule: string, words: string) => {
    d.refuse(rule, words)
    return null
  }
  const named = agentId === null ? undefined : d.state.agents.get(agentId)
  if (agentId !== null && named === undefined) return no('agent_unknown', 'There is no such agent.')
  const callId = id ?? (named?.phase === 'talking' ? named.call : null)
  const call = callId === null ? undefined : d.state.calls.get(callId)
  if (id !== null && call === undefined) return no('call_over', 'This call is over.')
  if (call !== undefined && call.phase !== 'talking')
    return no('not_talking', 'Nobody talks on this call now: there is nothing to hear.')
  const agent = named ?? (call?.agent ? d.state.agents.get(call.agent) : undefined)
  if (agent === undefined) return no('not_talking', 'No agent talks on this call now.')
  if (agent.user.role !== 'agent' || (call !== undefined && isPrivate(d, call)))
    return no('private_call', 'The calls of supervisors are their own: only calls of agents can be listened to.')
  if (call === undefined && !stays)
    return no('not_talking', 'This agent does not talk now: stay with the agent instead.')
  if (call === undefined && agent.phase === 'signed_off') return no('agent_signed_off', 'This agent is not signed on.')
  return { agent, call: call ?? null }
}

/** A supervisor's, also while an agent is consulted in it. */
export function isPrivate(d: Pick<Draft, 'state'>, { agent }: Call): boolean {
  return agent !== null && d.state.agents.get(agent)?.user.role !== 'agent'
}

/** A desk phone is rung, unless it is up for the shift; a browser is heard as soon as its page is open. undefined: refused. */
function phoneFor(d: Draft, who: Agent): Supervision['leg'] | undefined {
  const { station, extension } = who.user
  if (who.stationLeg !== null || station === 'browser') return null
  if (extension !== null) return d.id<'leg'>('l')
  if (!hasAudio(who))
    d.refuse('no_audio', 'You have no audio: ask an administrator for an extension, or use the browser.')
  return undefined
}

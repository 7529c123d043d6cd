/**
 * Emergency numbers always pass: no gate, no guard, no cap and no rate of a trunk stands in the way of a person who needs help. They are dialled
 * on the desk page, by the API, and on a desk phone without signing on. Each is recorded like any call, and told at once.
 */
import type { CallId, LegId, TrunkId, UserId } from '../../lib/ids.ts'
import type { Call } from '../call-state.ts'
import type { Draft } from '../draft.ts'
import type { CheckedRule, Verdict } from '../gate/verdict.ts'
import type { Input } from '../inputs.ts'
import { shareNow } from '../lines/ease.ts'
import { roomOf } from '../lines/line.ts'
import type { FloorState, TrunkFloor } from '../state.ts'
import { emergencyOf } from '../toll/rules.ts'
import type { DialIntent } from './dial-intent.ts'
import { helpProgressMs, helpSilentAt } from './help-silence.ts'

/** Nobody is told to hang up on the police: it rings for as long as networks let it. */
export const emergencyRingMs = 120_000
const rules: CheckedRule[] = ['emergency']
const verdict: Verdict = { policy: 'EMERGENCY', version: '1', rules }

export type EmergencyWay = {
  verdict: Verdict
  line: { ok: true; trunk: TrunkId; callerId: string }
  /** How long nothing beyond a 100 is waited for; left out: there is no other trunk, or it goes round for long enough. */
  progressMs?: number
}

/** What an agent means who dials an emergency number; null: it is none. */
export function emergencyIntent(state: FloorState, dialled: string): DialIntent | null {
  const number = emergencyOf(state.toll.rules, state.zone, dialled)
  if (number === null) return null
  const nobody = { campaign: null, lead: null, party: null, name: null, relation: null, callback: null }
  return { number, ...nobody, mode: 'manual' }
}

/**
 * A trunk that is up and has room; else one that is up; else any that is switched on: of these the one that is eased least; of those that are down
 * one where somebody is there and refuses OPTIONS before one that lacks its registration or connection, and that before one where nobody answers.
 * Behind them all those that left a call for help at a 100, the last one last; those that did so in this call are gone round again when the others
 * refused. null: none is left that has a number to show.
 */
export function emergencyWay(
  state: FloorState,
  now: number,
  { tries, startedAt }: Pick<Call, 'tries' | 'startedAt'> = { tries: [], startedAt: now },
): EmergencyWay | null {
  const isSilent = ({ why }: TrunkFloor) =>
    why === 'calls_silent' || why === 'options_silent' || why === 'registration_silent'
  const rank = (floor: TrunkFloor) => {
    if (!floor.up) return isSilent(floor) ? 0 : floor.why === 'options_refused' ? 2 : 1
    return (roomOf(floor) > 0 ? 5 : 3) + shareNow(floor.ease, now)
  }
  const refused = new Set(tries.flatMap(({ trunk, why }) => (why === 'no_progress' ? [] : [trunk])))
  const silences = ({ trunk }: TrunkFloor) => tries.filter(each => each.trunk === trunk.id).length
  const silentAt = (floor: TrunkFloor) =>
    Math.max(helpSilentAt(floor, now), tries.findLast(({ trunk }) => trunk === floor.trunk.id)?.at ?? 0)
  const left = [...state.trunks.values()].filter(
    ({ trunk }) => trunk.enabled && trunk.callerIds.length > 0 && !refused.has(trunk.id),
  )
  // Sorting keeps the order of those that are alike.
  const [best] = left.sort((a, b) => silences(a) - silences(b) || silentAt(a) - silentAt(b) || rank(b) - rank(a))
  if (best === undefined) return null
  const { id: trunk, callerIds } = best.trunk
  const goesRound = left.length > 1 && now - startedAt < emergencyRingMs
  const line = { ok: true, trunk, callerId: callerIds[0]! } as const
  return { verdict, line, ...(goesRound ? { progressMs: helpProgressMs(silences(best)) } : {}) }
}

/** Whether this begins a call for help, or is a step of one that is under way. */
export function isForHelp(state: FloorState, input: Input): boolean {
  if (input.type === 'desk.dialled') return isEmergency(state, input.to)
  if (input.type === 'agent.dial') return isEmergency(state, input.number)
  if ('call' in input && typeof input.call === 'string') return isCallForHelp(state, input.call)
  return 'leg' in input && isLegForHelp(state, input.leg)
}

/** A leg of a call for help, or the phone of who calls for it. */
export function isLegForHelp(state: FloorState, leg: LegId): boolean {
  const what = state.legs.get(leg)
  if (what === undefined) return false
  if ('call' in what) return isCallForHelp(state, what.call)
  const { rung, call } = state.agents.get(what.agent) ?? { rung: null, call: null }
  if (what.side === 'rung') return rung !== null && isEmergency(state, rung.intent.number)
  return call !== null && isCallForHelp(state, call)
}

export function isCallForHelp(state: FloorState, id: CallId): boolean {
  const call = state.calls.get(id)
  return call !== undefined && call.direction === 'out' && isEmergency(state, call.number)
}

export function isEmergency(state: FloorState, number: string): boolean {
  return emergencyOf(state.toll.rules, state.zone, number) !== null
}

/** The far end of a call that a desk phone placed by itself has answered. */
export function joinDesk(d: Draft, call: Call, desk: UserId): void {
  if (call.agentLeg === null) return
  d.fact({ type: 'call.connected', call: call.id, agent: desk })
  d.effect({ type: 'media.stopPlay', leg: call.agentLeg })
  d.effect({ type: 'media.patch', a: call.leg, b: call.agentLeg })
}

export function emergencyWords(number: string): string {
  return `The emergency number ${number} is being called.`
}

/**
 * Park slots: the party waits with music until an agent takes the call from the slot. Slots need no setting up: an agent names one, or gets the
 * lowest number that is free. Nobody comes for two minutes: it falls back to whoever parked it (transfer.ts). And picking up: a free agent takes
 * a call that waits in a slot or a queue, or that rings at a colleague; who passed it on and still writes it up takes it back. A desk phone parks with
 * its transfer key (transfer-key.ts), and picks up from a slot by dialling it.
 */
import type { CallId, LegId } from '../../lib/ids.ts'
import { ringFor } from '../agents/ring.ts'
import { settle, takeState } from '../agents/settle.ts'
import { areColleagues, seesCall, sightOf } from '../agents/team.ts'
import type { Call } from '../call-state.ts'
import { refusedAsClosing } from '../closing.ts'
import type { Draft } from '../draft.ts'
import { mayHear } from '../gate/agencies.ts'
import type { Input } from '../inputs.ts'
import { assign, mayTake } from '../queues/acd.ts'
import { playMusic } from '../queues/music.ts'
import type { Agent, FloorState } from '../state.ts'
import { talkingOn } from './consultation.ts'
import { giveAway, writeUp } from './transfer.ts'

export const slotMaxMs = 2 * 60_000
/** Slots in use at once. */
export const slotsMax = 100
const firstSlot = 701

export function park(d: Draft, { agent: id, call: of, slot: wanted }: Extract<Input, { type: 'agent.park' }>): void {
  const hand = talkingOn(d, id, of)
  if (hand === null) return
  const { call, agent } = hand
  if (call.consult !== null) return d.refuse('consulting', 'You are consulting somebody: end that first.')
  const slot = wanted === null ? freeSlot(d) : wanted.trim()
  if (!isSlotName(slot)) return d.refuse('slot_invalid', 'A slot is named with 1 to 12 letters or digits.')
  if (d.state.slots.has(slot)) return d.refuse('slot_taken', `Slot ${slot} is taken: choose another.`)
  if (d.state.slots.size >= slotsMax)
    return d.refuse('slots_full', `All ${slotsMax} slots are taken: pass the call on instead.`)
  giveAway(d, call, agent)
  d.fact({ type: 'call.slotted', call: of, agent: id, slot, until: d.now + slotMaxMs })
  writeUp(d, call, agent)
  playMusic(d, call)
}

export function pickUp(d: Draft, { agent: id, call: of }: Extract<Input, { type: 'agent.pickUp' }>): void {
  take(d, d.state.agents.get(id), d.state.calls.get(of), null)
}

/** A desk phone has dialled a slot: its user takes the call there, by the same rules, and hears it on that line. */
export function pickUpByPhone(d: Draft, agent: Agent, call: CallId, leg: LegId): void {
  take(d, agent, d.state.calls.get(call), leg)
}

function take(d: Draft, agent: Agent | undefined, call: Call | undefined, own: LegId | null): void {
  // Who still writes up this very call takes it back as it is; to be ready first might bring the next one instead.
  const isFree = agent !== undefined && (call === undefined ? agent.phase === 'ready' : mayTake(agent, call))
  const holdsToDial = agent !== undefined && own !== null && isHeldToDial(agent, call)
  if (!isFree && !holdsToDial) return d.refuse('not_ready', 'Be ready first: only who is free picks up a call.')
  if (call === undefined || call.phase === 'ended') return d.refuse('call_over', 'This call is over.')
  if (!mayPickUp(d.state, call, agent))
    return d.refuse('not_your_queue', 'This call belongs to a campaign, queue or team that you are not in.')
  const from = whereItWaits(d, call)
  if (from === null) return d.refuse('not_waiting', 'This call does not wait: somebody has it already.')
  if (refusedAsClosing(d)) return
  if (from === 'agent') takeFrom(d, call)
  if (agent.phase === 'break') takeState(d, agent, 'ready', null)
  d.fact({ type: 'call.pickedUp', call: call.id, agent: agent.user.id, from })
  if (own === null) assign(d, call, agent)
  else ringFor(d, call, agent, own)
}

/** Free, but that a phone which is up for the shift holds that line while its user dials on another. */
function isHeldToDial(agent: Agent, call: Call | undefined): boolean {
  if (agent.phase === 'break') return agent.reason === 'phone_holds'
  return agent.phase === 'wrapping' && agent.call === call?.id && agent.stationHeld
}

/**
 * Whom a call's party may be talked to by: the people of its campaign or queue, and supervisors who see it. A caller who dialled a person's own
 * number asked for that person, so it is the person's colleagues who answer in their place.
 */
export function mayPickUp(state: FloorState, call: Call, agent: Agent): boolean {
  const { id, role } = agent.user
  if (call.passed?.by === id || call.parkedFor === id || call.agent === id) return true
  if (!mayHear(state, agent.user, call)) return false
  if (role === 'supervisor') return seesCall(sightOf(state, agent.user), call)
  if (call.campaign !== null) return agent.campaigns.includes(call.campaign)
  if (call.queue !== null) return agent.queues.includes(call.queue)
  const owner = call.parkedFor ?? call.agent ?? call.passed?.by ?? call.lastAgent
  return owner == null || areColleagues(state, owner, agent)
}

/** One of those that are given out when none is named: what a desk phone means by such a number when nobody has it. */
export function isSlotNumber(dialled: string): boolean {
  const number = Number(dialled)
  return /^\d{3}$/.test(dialled) && number >= firstSlot && number < firstSlot + slotsMax
}

export function isSlotName(slot: string): boolean {
  return /^[\p{L}\p{N}]{1,12}$/u.test(slot)
}

function whereItWaits(d: Draft, call: Call): 'slot' | 'queue' | 'agent' | null {
  if (call.phase === 'assigned' && call.agent !== null)
    return d.state.agents.get(call.agent)?.phase === 'ringing' ? 'agent' : null
  if (call.phase !== 'waiting' || call.dismissed !== null) return null
  if (call.slot !== null) return 'slot'
  return call.direction === 'in' || call.passed !== null ? 'queue' : null // a campaign's own calls find their agent by law and rule
}

/** It rings at a colleague, whose phone falls silent, and who is as free as before. */
function takeFrom(d: Draft, call: Call): void {
  const colleague = d.state.agents.get(call.agent!)
  if (colleague === undefined) return
  d.fact({ type: 'call.unassigned', call: call.id, agent: colleague.user.id, reason: 'picked_up' })
  if (call.agentLeg !== null) d.effect({ type: 'phone.hangUp', leg: call.agentLeg, q850: 16 })
  settle(d, colleague, colleague.before)
}

function freeSlot(d: Draft): string {
  let slot = firstSlot
  while (d.state.slots.has(String(slot))) slot++
  return String(slot)
}

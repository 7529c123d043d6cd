/** What the legs of calls tell: ringing, early media, answered, held, digits, ended. A leg that is not known any more tells nothing. */
import type { LegId } from '../lib/ids.ts'
import { agentLegOf, agentOf, isHeldAtPhone } from './agents/settle.ts'
import type { Call } from './call-state.ts'
import { isByParty } from './calls/call-results.ts'
import { dialAfterPickUp } from './calls/dial.ts'
import { divertedTo } from './calls/diverted.ts'
import { earlyMediaOf, hearsEarly, isEarlyHeard } from './calls/early-media.ts'
import { joinDesk } from './calls/emergency.ts'
import { endCall } from './calls/ending.ts'
import { listen } from './calls/heard.ts'
import { hiddenKey } from './calls/hidden-key.ts'
import { reroute } from './calls/reroute.ts'
import { reasonTextMax, resultBy } from './calls/result-rules.ts'
import { phoneTurned } from './desk/phone-hold.ts'
import { goesOnWithout, stationDown, stationUp } from './desk/station.ts'
import { beginNotice, noticeKey } from './dialler/notice.ts'
import type { Draft } from './draft.ts'
import type { EndCause, EndedBy, Ending } from './entities.ts'
import { enter } from './inbound.ts'
import type { Input } from './inputs.ts'
import { roomOf, takesOffer } from './lines/line.ts'
import { menuKey } from './menu/menu-call.ts'
import { numberKey } from './numbers/number.ts'
import { connect, mute, partyStillHolds, unmute } from './queues/acd.ts'
import { gaveUp } from './queues/waiting.ts'
import { isUnrecordable, openRecording } from './recording/recording.ts'
import type { TrunkFloor } from './state.ts'
import { supervisorPhoneEnded, supervisorPickedUp } from './supervision/supervision.ts'
import { consultPickedUp, hearOutside, otherLegOf, phoneRefused, takeBack } from './transfer/consultation.ts'
import { lineTurned, secondLineGone } from './transfer/second-line.ts'
import { takenOn } from './transfer/transfer.ts'
import { mayMiss } from './trunks/missed.ts'
import { rulesOf } from './trunks/trunk-rules.ts'

type LegInput<T extends Input['type']> = Extract<Input, { type: T }>

/**
 * A call comes in. It is let in when the number is ours and the trunk has room; else it is turned away with the truth.
 * One too many who may be forged is counted, and is no call: they cost a forger nothing. Who is surely there is a caller that was missed, so many a minute,
 * and at a trunk without a free line a few of the others.
 */
export function legOffered(d: Draft, input: LegInput<'leg.offered'>): void {
  const { leg, trunk, from, to, isProved = false } = input
  if (d.state.legs.has(leg)) return d.refuse('leg_known', 'This leg is in use already.')
  const floor = d.state.trunks.get(trunk)
  if (floor === undefined || !floor.trunk.enabled) return d.effect({ type: 'phone.reject', leg, sipStatus: 403 })
  const why = shutFor(d, floor)
  const isOurs = d.state.numberIndex.has(numberKey(to))
  const isMore = isOurs && why !== null && !mayMiss(floor, d.now, isProved)
  // At a trunk that carries all it may most are honest; where lines are free it is a flood that keeps them out.
  if (isMore || (!isProved && !takesOffer(floor) && !(isOurs && roomOf(floor) <= 0)))
    return d.effect({ type: 'phone.reject', leg, sipStatus: 503, untold: true })
  const call = d.id<'call'>('c')
  const number = numberKey(from) === '' ? 'anonymous' : numberKey(from)
  const diverted = input.diverted && divertedTo(to, input.diverted)
  d.fact({ type: 'call.offered', call, trunk, leg, from: number, to: to.slice(0, 40), ...(diverted && { diverted }) })
  const turnAway = (ending: Pick<Ending, 'by' | 'cause' | 'result' | 'text'>, sipStatus: number) => {
    d.fact({ type: 'call.ended', call, ending: { ...ending, sipStatus, q850: null } })
    d.effect({ type: 'phone.reject', leg, sipStatus })
  }
  if (!isOurs) return turnAway({ by: 'system', cause: 'no_route', result: 'VACANT' }, 404)
  if (why !== null) return turnAway({ by: 'system', cause: 'trunk_fault', result: 'CONGESTION', ...why }, 503)
  d.effect({ type: 'phone.answer', leg })
}

/** Why nobody is let in, as the ending says it; null: somebody is. */
function shutFor(d: Draft, floor: TrunkFloor): Pick<Ending, 'text'> | null {
  if (d.state.isClosing) return { text: 'the house closes' }
  if (isUnrecordable(d.state)) return { text: 'no recording can be made' }
  return takesOffer(floor) ? null : {}
}

export function legRespondedLate(d: Draft, input: LegInput<'leg.respondedLate'>): void {
  const call = partyCall(d, input.leg)
  if (call?.phase === 'dialing') d.note({ type: 'note.respondedLate', call: call.id })
}

export function legRinging(d: Draft, input: LegInput<'leg.ringing'>): void {
  const call = partyCall(d, input.leg)
  if (call?.phase !== 'dialing') return
  d.fact({ type: 'call.ringing', call: call.id })
  if (call.of !== null) return // whoever waits for it hears our own ring-back
  const leg = agentLegOf(d, call)
  if (leg !== null && !isEarlyHeard(d.state, call)) ringBack(d, leg)
}

/**
 * Early media: the agent who dials hears what the network says, be it a ring-back tone or an announcement; by the rules of the trunk our own
 * ring-back, or nothing. Whoever hears it, it is listened to and recorded.
 */
export function legEarly(d: Draft, input: LegInput<'leg.early'>): void {
  const call = partyCall(d, input.leg)
  if (call === null || call.early || call.answeredAt !== null || call.direction === 'in') return
  d.fact({ type: 'call.early', call: call.id })
  listen(d, call, 'early')
  openRecording(d, call, call.leg) // what the network says is evidence too; see `endRecording` for what is kept of it
  const policy = earlyMediaOf(d.state, call)
  if (policy === 'ringback') legRinging(d, { type: 'leg.ringing', leg: input.leg })
  if (call.of !== null) return policy === 'pass' ? outsideHeard(d, call, false) : undefined
  const leg = agentLegOf(d, call)
  if (leg === null) return
  if (policy !== 'pass') return
  d.effect({ type: 'media.stopPlay', leg })
  d.effect({ type: 'media.patch', a: call.leg, b: leg })
}

function ringBack(d: Draft, leg: LegId): void {
  d.effect({ type: 'media.play', leg, prompt: 'ringback', loop: true })
}

export function legAnswered(d: Draft, { leg }: LegInput<'leg.answered'>): void {
  const what = d.state.legs.get(leg)
  if (what === undefined) return
  if ('agent' in what) {
    const agent = d.state.agents.get(what.agent)
    if (what.side === 'supervision') return supervisorPickedUp(d, what.agent)
    if (what.side === 'station') stationUp(d, { type: 'station.up', agent: what.agent, leg, phone: true })
    else if (agent !== undefined) dialAfterPickUp(d, agent, leg)
    return
  }
  const call = d.state.calls.get(what.call)
  if (call === undefined) return
  const agent = agentOf(d, call)
  if (what.side === 'consult') return consultPickedUp(d, call, leg)
  if (what.side === 'agent') {
    if (call.phase === 'assigned' && agent?.phase === 'ringing') connect(d, call, agent, leg)
    return
  }
  if (call.answeredAt !== null || call.phase === 'ended') return
  d.fact({ type: 'call.answered', call: call.id })
  listen(d, call, 'answered')
  // Every answered second is recorded, from the answer on.
  if (call.recording === null || !d.state.recordings.has(call.recording)) openRecording(d, call, call.leg)
  if (call.of !== null) outsideHeard(d, call, true)
  else if (call.direction === 'in') enter(d, call)
  else if (agent !== null) connect(d, call, agent, agentLegOf(d, call))
  else if (call.mode === 'notice') beginNotice(d, call)
  else if (call.desk !== null) joinDesk(d, call, call.desk)
}

export function legEnded(d: Draft, input: LegInput<'leg.ended'>): void {
  const { leg, cause } = input
  const what = d.state.legs.get(leg)
  if (what === undefined) return
  if ('agent' in what) {
    const agent = d.state.agents.get(what.agent)
    if (agent === undefined) return
    if (what.side === 'supervision') return supervisorPhoneEnded(d, what.agent)
    if (what.side === 'rung') return phoneRefused(d, agent, cause === 'rejected' ? 'declined' : 'no_answer', true)
    return stationDown(d, what.agent, leg, cause, cause === 'bye')
  }
  const call = d.state.calls.get(what.call)
  if (call === undefined) return
  if (what.side === 'party') return partyLeft(d, call, input)
  if (what.side === 'consult') return consultLegGone(d, call, input)
  if (what.side === 'second') return secondLineGone(d, call)
  const agent = agentOf(d, call)
  // Of a phone that dialled help by itself the agent is its user, whose phone may ring for another call.
  if (agent?.phase === 'ringing' && agent.call === call.id) {
    return phoneRefused(d, agent, cause === 'rejected' ? 'declined' : 'no_answer', true)
  }
  const { sipStatus, q850 } = input
  const lost = cause === 'fault' || cause === 'rtp_timeout'
  if (agent !== null && goesOnWithout(d, call, agent, lost)) return
  const result = call.answeredAt === null ? 'CANCELLED' : 'ANSWERED'
  const why: EndCause = lost ? 'agent_lost' : call.answeredAt === null ? 'cancelled' : 'hangup'
  endCall(d, call, { by: 'agent', cause: why, result, sipStatus, q850 }, leg)
}

/** Music on hold is ours to play when the agent's own phone holds; when the party holds, their music is heard. */
export function legHeld(d: Draft, { leg }: LegInput<'leg.held'>): void {
  phoneTurned(d, leg, true)
  const at = talkingAt(d, leg)
  if (at?.line) return lineTurned(d, at.call, { line: at.line, held: true })
  if (at === null || at.call.heldBy !== null || at.call.consult !== null) return
  d.fact({ type: 'call.held', call: at.call.id, by: at.by })
  if (at.by === 'agent') mute(d, at.call)
}

export function legResumed(d: Draft, { leg }: LegInput<'leg.resumed'>): void {
  phoneTurned(d, leg, false)
  const at = talkingAt(d, leg)
  if (at?.line) return lineTurned(d, at.call, { line: at.line, held: false })
  if (at === null || at.call.heldBy !== at.by || at.call.consult !== null) return
  d.fact({ type: 'call.resumed', call: at.call.id, by: at.by })
  if (at.by === 'agent') {
    unmute(d, at.call)
    partyStillHolds(d, at.call)
  } else if (isHeldAtPhone(d, at.call)) {
    d.fact({ type: 'call.held', call: at.call.id, by: 'agent' }) // has been, meanwhile
    mute(d, at.call)
  }
}

export function legDigit(d: Draft, { leg, digit }: LegInput<'leg.digit'>): void {
  const at = talkingAt(d, leg) ?? hearingAt(d, leg)
  const call = at?.call ?? partyCall(d, leg)
  if (call === null || !/^[0-9*#A-D]$/.test(digit)) return
  if (call.phase === 'menu') return menuKey(d, call, digit)
  const from = at?.by ?? 'party'
  d.fact({ type: 'call.digit', call: call.id, from, digit: call.phase === 'notice' ? digit : hiddenKey })
  if (call.phase === 'notice') return noticeKey(d, call, digit)
  if (from === 'agent') d.effect({ type: 'phone.sendDigits', call: call.id, leg: keypadLeg(d, call), digits: digit })
}

/** Whom the keys of the agent are for: the party, or the outside number that is consulted (its menu, its voice mail). */
export function keypadLeg(d: Draft, call: Call): Call['leg'] {
  const { consult } = call
  return (consult?.other && consult.with !== 'party' ? otherLegOf(d, consult) : null) ?? call.leg
}

/** Whoever waits for the outside number hears it, before its answer and after. */
function outsideHeard(d: Draft, outside: Call, answered: boolean): void {
  const call = outside.of === null ? undefined : d.state.calls.get(outside.of)
  if (call === undefined || call.phase === 'ended') return
  if (call.consult?.other === outside.id) return hearOutside(d, call, outside, answered)
  if (call.phase !== 'passing' || call.other !== outside.id) return
  if (answered) return takenOn(d, call, outside)
  d.effect({ type: 'media.stopPlay', leg: call.leg })
  d.effect({ type: 'media.patch', a: call.leg, b: outside.leg })
}

/** The desk phone of whom is consulted was declined, rang in vain, or was put down. */
function consultLegGone(d: Draft, call: Call, { leg, cause }: LegInput<'leg.ended'>): void {
  const { consult } = call
  const colleague = consult?.agent ? d.state.agents.get(consult.agent) : undefined
  if (consult?.leg !== leg || colleague === undefined) return
  if (!consult.answered) return phoneRefused(d, colleague, cause === 'rejected' ? 'declined' : 'no_answer', true)
  takeBack(d, call, 'left', leg)
}

function partyLeft(d: Draft, call: Call, input: LegInput<'leg.ended'>): void {
  const { leg, cause, sipStatus, q850 } = input
  const said = { sipStatus, q850 }
  if (call.answeredAt === null) {
    if (call.direction === 'in') return gaveUp(d, call, leg, said)
    if (reroute(d, call, input)) return
    return endCall(d, call, { ...unanswered(d, call, input), ...said }, leg)
  }
  if (call.phase === 'waiting') return gaveUp(d, call, leg, said)
  const agent = agentOf(d, call)
  if (call.phase === 'assigned' && agent?.phase === 'ringing') return gaveUp(d, call, leg, said)
  const by: EndedBy = cause === 'rtp_timeout' || cause === 'fault' ? 'system' : input.by === 'near' ? 'system' : 'party'
  const why: EndCause = cause === 'rtp_timeout' ? 'rtp_timeout' : cause === 'fault' ? 'trunk_fault' : 'hangup'
  endCall(d, call, { by, cause: why, result: 'ANSWERED', ...said }, leg)
}

function unanswered(
  d: Draft,
  call: Call,
  input: LegInput<'leg.ended'>,
): Pick<Ending, 'by' | 'cause' | 'result' | 'text' | 'rule'> {
  switch (input.cause) {
    case 'timeout':
      return { by: 'system', cause: 'ring_timeout', result: 'NO_ANSWER' }
    case 'cancel':
      return { by: 'system', cause: 'cancelled', result: 'CANCELLED' }
    case 'fault':
    case 'unreachable':
    case 'rtp_timeout': {
      return { by: 'carrier', cause: 'trunk_fault', ...signalled(d, call, input) }
    }
    case 'no_progress':
    case 'no_response': // nothing is known of the callee: as when the network is congested
      return { by: 'carrier', cause: 'trunk_fault', result: 'CONGESTION' }
    case 'rejected':
    case 'bye': {
      const what = signalled(d, call, input)
      return { by: isByParty(what.result) ? 'party' : 'carrier', cause: 'not_answered', ...what }
    }
    default:
      return input.cause satisfies never
  }
}

/** By the trunk's own table, then the common one. */
function signalled(
  d: Draft,
  call: Call,
  { sipStatus, q850, text }: LegInput<'leg.ended'>,
): Pick<Ending, 'result' | 'text' | 'rule'> {
  const trunk = d.state.trunks.get(call.trunk)?.trunk
  const words = text === undefined ? {} : { text: text.slice(0, reasonTextMax) }
  return { ...resultBy(rulesOf(trunk ?? {}).results, { sipStatus, q850, ...words }), ...words }
}

function partyCall(d: Draft, leg: Call['leg']): Call | null {
  const what = d.state.legs.get(leg)
  return what?.side === 'party' ? (d.state.calls.get(what.call) ?? null) : null
}

type At = {
  call: Call
  by: 'agent' | 'party'
  /** Which line of a desk phone that consults on two; null: it does not. */
  line: 'first' | 'second' | null
}

/** The call that is under way to its answer while the agent hears the network on this leg. */
function hearingAt(d: Draft, leg: Call['leg']): At | null {
  const what = d.state.legs.get(leg)
  if (what?.side !== 'station' && what?.side !== 'agent') return null
  const id = 'agent' in what ? d.state.agents.get(what.agent)?.call : what.call
  const call = id ? d.state.calls.get(id) : undefined
  return call !== undefined && hearsEarly(d.state, call) ? { call, by: 'agent', line: null } : null
}

/** The talking call that this leg belongs to, and whose leg it is; a leg of the shift belongs to the call in hand. */
function talkingAt(d: Draft, leg: Call['leg']): At | null {
  const what = d.state.legs.get(leg)
  if (what === undefined || what.side === 'rung' || what.side === 'supervision') return null
  if (what.side === 'consult') return null
  const id = 'agent' in what ? d.state.agents.get(what.agent)?.call : what.call
  const call = id ? d.state.calls.get(id) : undefined
  if (call?.phase !== 'talking') return null
  if ('agent' in what && call.agent !== what.agent) return null // who is consulted has no say over the call
  if (what.side === 'party') return { call, by: 'party', line: null }
  const line = what.side === 'second' ? 'second' : 'first'
  return { call, by: 'agent', line: call.consult?.own == null ? null : line }
}

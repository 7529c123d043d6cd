/**
 * The agent's second leg: while the party waits with music, the agent asks a colleague (one by name, or whoever of a queue is free) or an outside
 * number, talks to either of the two or to both, and then takes the party back or gives the call away (transfer.ts).
 *
 *     none ── consult ──▶ called ── picks up ──▶ other ◀── turn ──▶ party
 *                           │                      ▲  ╲            ╱  ▲
 *                           │                      │   ╲▶  both  ◀╱   │          both: three hear each other
 *                           │                      └──────┴──┴────────┘
 *                           ▼                                │
 *            none, the party is back  ◀── ends it, declines, puts down, cannot be reached, loses the audio
 *                                                            │
 *                                        transfer 'consulted': the other has the call, and this agent writes up
 *
 * The party never waits for nobody: whatever ends a consultation gives the party back to the agent at that instant; when it is the agent who is
 * lost, the colleague has the call, or it falls back (transfer.ts). While the agent talks to the other the call counts as held, by the agent. A
 * colleague who is consulted is `talking` with this call in hand, and free again at its end, without an outcome to write: only who talked to the
 * party has one. What the two say is recorded, as a recording of its own. An outside number that is consulted is a call of its own, with the gate's verdict, a line and a recording (outside-leg.ts).
 */
import type { CallId, LegId, QueueId, UserId } from '../../lib/ids.ts'
import { agentRingMs, enterRinging, notPickedUp } from '../agents/ring.ts'
import { agentLegOf, isHeldAtPhone, settle, takeState } from '../agents/settle.ts'
import { hasAudio, phoneHoldsWords, ringsFirst, stationOf } from '../agents/station-now.ts'
import type { Call, Consult } from '../call-state.ts'
import { isCallForHelp } from '../calls/emergency.ts'
import { endCall } from '../calls/ending.ts'
import type { ConsultEnd } from '../calls/ends.ts'
import { placeOutside } from '../calls/outside-leg.ts'
import { refusedAsClosing } from '../closing.ts'
import type { Draft } from '../draft.ts'
import { mayAsk } from '../gate/agencies.ts'
import type { Input } from '../inputs.ts'
import { mute, partyStillHolds, unmute } from '../queues/acd.ts'
import { openRecording } from '../recording/recording.ts'
import type { Agent } from '../state.ts'

/** `second`: the line of the agent's desk phone on which it was dialled; the leg of the call is not used then. */
export function consult(
  d: Draft,
  { agent: id, call: of, target }: Extract<Input, { type: 'agent.consult' }>,
  second: LegId | null = null,
): void {
  const hand = talkingOn(d, id, of)
  if (hand === null) return
  const { call } = hand
  if (call.consult !== null) return d.refuse('consulting', 'You are consulting somebody already: end that first.')
  if (!isCallForHelp(d.state, of) && refusedAsClosing(d)) return
  const own = second ?? agentLegOf(d, call)
  if (own === null) return d.refuse('no_audio', 'Your audio is not connected: check the microphone or desk phone.')
  if (second === null && isHeldAtPhone(d, call)) return d.refuse('phone_holds', phoneHoldsWords)
  const line = second === null ? {} : { own: second, phoneHolds: call.heldBy === 'agent' }
  const asks = { type: 'call.consulted', call: of, agent: id, target, ...line } as const
  if ('number' in target) {
    const other = placeOutside(d, call, hand.agent, target.number, 'consultation')
    if (other === null) return
    putAside(d, call)
    d.fact({ ...asks, to: null, leg: null, other })
    return d.effect({ type: 'media.play', leg: own, prompt: 'ringback', loop: true })
  }
  if ('ivr' in target) return d.refuse('menu_not_asked', 'A menu cannot be asked: pass the call on to it.')
  const colleague = colleagueFor(d, hand.agent, target)
  if (colleague === null) return
  putAside(d, call)
  if (ringsFirst(colleague)) {
    const leg = d.id<'leg'>('l')
    d.fact({ ...asks, to: colleague.user.id, leg, other: null })
    enterRinging(d, colleague, call)
    d.effect({ type: 'phone.ring', leg, agent: colleague.user.id, call: of, from: call.number, ringMs: agentRingMs })
    return d.effect({ type: 'media.play', leg: own, prompt: 'ringback', loop: true })
  }
  d.fact({ ...asks, to: colleague.user.id, leg: null, other: null })
  answer(d, call, colleague, colleague.stationLeg, own)
}

/** The colleague's desk phone was picked up. */
export function consultPickedUp(d: Draft, call: Call, leg: LegId): void {
  const { consult } = call
  const colleague = consult?.agent ? d.state.agents.get(consult.agent) : undefined
  if (consult?.leg !== leg || consult.answered || colleague?.phase !== 'ringing') return
  answer(d, call, colleague, leg, mouthOf(d, call))
}

/** The outside number picked up, or lets something be heard before. */
export function hearOutside(d: Draft, call: Call, outside: Call, answered: boolean): void {
  if (answered) d.fact({ type: 'call.consultAnswered', call: call.id })
  patchOther(d, outside.leg, mouthOf(d, call))
}

/** Whom the agent talks to. */
export function turn(d: Draft, { agent: id, call: of, to }: Extract<Input, { type: 'agent.turn' }>): void {
  const hand = talkingOn(d, id, of)
  if (hand === null) return
  const { call } = hand
  const { consult } = call
  if (consult === null) return d.refuse('not_consulting', 'You are consulting nobody.')
  if (consult.own !== null)
    return d.refuse('second_line', 'You consult on the second line of your desk phone: turn with its keys.')
  if (!consult.answered) return d.refuse('consult_unanswered', 'Whom you consult has not picked up yet.')
  if (consult.with === to) return
  if (isHeldAtPhone(d, call)) return d.refuse('phone_holds', phoneHoldsWords)
  const other = otherLegOf(d, consult)
  const own = agentLegOf(d, call)
  if (other === null || own === null) return d.refuse('no_audio', 'The audio is not connected: a moment, please.')
  stopPrivate(d, consult)
  if (consult.with === 'other') d.fact({ type: 'call.resumed', call: of, by: 'agent' })
  if (to === 'other') d.fact({ type: 'call.held', call: of, by: 'agent' })
  d.fact({ type: 'call.consultTurned', call: of, to })
  if (to === 'both') {
    for (const leg of [call.leg, other]) d.effect({ type: 'media.stopPlay', leg })
    return conference(d, call, [call.leg, own, other])
  }
  if (consult.with === 'both') conference(d, call, [])
  if (to === 'other') {
    mute(d, call)
    patchOther(d, other, own)
    if (consult.other === null) recordPrivate(d, call, own)
  } else {
    wait(d, other)
    unmute(d, call)
  }
}

/** The agent takes the party back. */
export function endConsult(d: Draft, { agent: id, call: of }: Extract<Input, { type: 'agent.endConsult' }>): void {
  const hand = talkingOn(d, id, of)
  if (hand === null) return
  if (hand.call.consult === null) return d.refuse('not_consulting', 'You are consulting nobody.')
  takeBack(d, hand.call, 'cancelled')
}

/** The consultation is over and the call goes on: the party and the agent hear each other. `gone`: the leg that ended by itself. */
export function takeBack(d: Draft, call: Call, how: ConsultEnd, gone: LegId | null = null): void {
  const { consult } = call
  if (consult === null) return
  const own = agentLegOf(d, call)
  closeConsult(d, call, how, gone)
  if (own !== null) d.effect({ type: 'media.stopPlay', leg: own })
  // The party waits on until the phone takes up its first line again.
  if (consult.phoneHolds && consult.with === 'other') return
  if (isHeldAtPhone(d, call)) return waitForPhone(d, call)
  if (consult.with === 'other' && call.heldBy === 'agent') d.fact({ type: 'call.resumed', call: call.id, by: 'agent' })
  partyStillHolds(d, call)
  if (consult.with === 'party') return
  if (own === null) return mute(d, call)
  unmute(d, call)
}

/** The agent's desk phone has held meanwhile: the party hears music until it is taken up. */
function waitForPhone(d: Draft, call: Call): void {
  if (call.heldBy !== 'agent') d.fact({ type: 'call.held', call: call.id, by: 'agent' })
  mute(d, call)
}

/** A desk phone was not picked up, or was declined: by whom is consulted, or by whom a call was given. */
export function phoneRefused(d: Draft, agent: Agent, reason: 'no_answer' | 'declined', legGone: boolean): void {
  const call = agent.call === null ? undefined : d.state.calls.get(agent.call)
  if (call?.consult?.agent !== agent.user.id) return notPickedUp(d, agent, reason, legGone)
  takeBack(d, call, reason, legGone ? call.consult.leg : null)
}

/** Lets go of whom was consulted, and of nothing else. */
function closeConsult(d: Draft, call: Call, how: ConsultEnd, gone: LegId | null): void {
  const { consult } = call
  if (consult === null) return
  d.fact({ type: 'call.consultEnded', call: call.id, how })
  release(d, call, consult, how, gone)
}

/** The agent is lost for good, and so is the consultation. */
export function letGo(d: Draft, call: Call): void {
  closeConsult(d, call, 'audio_lost', null)
}

/** The call is over, and with it the consultation. */
export function releaseConsulted(d: Draft, call: Call, consult: Consult): void {
  release(d, call, consult, 'call_over', null)
}

function release(d: Draft, call: Call, consult: Consult, how: ConsultEnd, gone: LegId | null): void {
  const outside = consult.other === null ? undefined : d.state.calls.get(consult.other)
  const other = otherLegOf(d, consult)
  stopPrivate(d, consult)
  if (other !== null && consult.answered && other !== gone) {
    d.effect({ type: 'media.unpatch', leg: other })
    d.effect({ type: 'media.stopPlay', leg: other })
  }
  if (consult.with === 'both') conference(d, call, [])
  if (consult.own !== null && consult.own !== gone) d.effect({ type: 'phone.hangUp', leg: consult.own, q850: 16 })
  if (outside !== undefined) {
    const result = outside.answeredAt === null ? 'CANCELLED' : 'ANSWERED'
    const cause = outside.answeredAt === null ? 'cancelled' : 'hangup'
    return endCall(d, outside, { by: 'agent', cause, result, sipStatus: null, q850: 16 }, gone)
  }
  if (consult.leg !== null && consult.leg !== gone) d.effect({ type: 'phone.hangUp', leg: consult.leg, q850: 16 })
  const colleague = consult.agent === null ? undefined : d.state.agents.get(consult.agent)
  if (colleague?.call !== call.id) return
  const unmoved = how === 'no_answer' || how === 'declined'
  if (unmoved && colleague.next === null) takeState(d, colleague, 'break', how)
  else settle(d, colleague, unmoved ? 'break' : colleague.before)
}

/** These hear each other, in the room of the call; none: there is no room any more. */
export function conference(d: Draft, call: Call, legs: LegId[]): void {
  const members = legs.map(leg => ({ leg, hears: legs.filter(other => other !== leg) }))
  d.effect({ type: 'media.mix', room: call.id, members })
}

/** Where whom is consulted is heard. */
export function otherLegOf(d: Draft, consult: Consult): LegId | null {
  if (consult.other !== null) return d.state.calls.get(consult.other)?.leg ?? null
  if (consult.leg !== null) return consult.leg
  return consult.agent === null ? null : (d.state.agents.get(consult.agent)?.stationLeg ?? null)
}

/** The agent's audio went away: the other waits with music too, until it is back. */
export function waitForAgent(d: Draft, call: Call): void {
  const { consult } = call
  const other = consult?.answered ? otherLegOf(d, consult) : null
  if (consult?.with === 'both' && consult.own === null) return // the two hear each other meanwhile
  if (consult?.with !== 'other') mute(d, call)
  if (other !== null && consult?.with === 'other' && consult.own === null) wait(d, other)
}

/** The agent's audio is back: what was heard before is heard again. */
export function resumeWith(d: Draft, call: Call, own: LegId): void {
  const { consult } = call
  if (consult === null) return
  const other = otherLegOf(d, consult)
  if (consult.with === 'party' || (consult.own !== null && consult.with === 'both')) return unmute(d, call, own)
  if (other === null || consult.own !== null) return
  if (consult.with === 'both') return conference(d, call, [call.leg, own, other])
  if (!consult.answered) return d.effect({ type: 'media.play', leg: own, prompt: 'ringback', loop: true })
  patchOther(d, other, own)
  if (consult.other !== null) return
  stopPrivate(d, consult) // of the leg that is no more
  recordPrivate(d, call, own)
}

/** Whom the agent consults is heard elsewhere from now on, and hears what was heard until now. */
export function hearConsulted(d: Draft, call: Call, leg: LegId): void {
  const { consult } = call
  if (consult === null || !consult.answered) return
  const own = mouthOf(d, call)
  if (consult.with === 'party') return wait(d, leg)
  if (consult.with === 'both' && consult.own === null)
    return conference(d, call, own === null ? [call.leg, leg] : [call.leg, own, leg])
  patchOther(d, leg, own)
}

/** The call and its agent when they talk; else a refusal. A colleague who is consulted has no say over the call. */
export function talkingOn(d: Draft, id: UserId, of: CallId): { call: Call; agent: Agent } | null {
  const call = d.state.calls.get(of)
  const agent = d.state.agents.get(id)
  if (call === undefined || agent === undefined || agent.call !== of || call.agent !== id || call.phase === 'ended')
    d.refuse('not_your_call', 'This call is over, or in other hands.')
  else if (call.phase !== 'talking') d.refuse('not_talking', 'The call is not answered yet.')
  else return { call, agent }
  return null
}

/** Who is asked: the one named, or who of the queue is free for longest. */
export function colleagueFor(d: Draft, asks: Agent, target: { agent: UserId } | { queue: QueueId }): Agent | null {
  const no = (rule: string, words: string) => {
    d.refuse(rule, words)
    return null
  }
  if ('queue' in target) {
    const floor = d.state.queues.get(target.queue)
    if (floor === undefined) return no('queue_unknown', 'This queue does not exist.')
    for (const id of floor.ready) {
      const agent = id === asks.user.id ? undefined : d.state.agents.get(id)
      if (agent !== undefined) return agent
    }
    return no('queue_busy', 'Nobody in this queue is free now: pass the call on to the queue, or ask somebody else.')
  }
  const agent = d.state.agents.get(target.agent)
  const call = asks.call === null ? undefined : d.state.calls.get(asks.call)
  if (agent === undefined || !mayAsk(d.state, asks.user, agent.user, call))
    return no('agent_unknown', 'There is no such agent.')
  if (agent === asks) return no('transfer_to_self', 'That is yourself: choose somebody else.')
  if (agent.phase !== 'ready' || !hasAudio(agent)) {
    const name = agent.user.displayName
    return no('colleague_not_free', `${name} is not free now: ask somebody else, or pass the call on to a queue.`)
  }
  return agent
}

function answer(d: Draft, call: Call, colleague: Agent, leg: LegId | null, own: LegId | null): void {
  const talking = { agent: colleague.user.id, state: 'talking', reason: null, call: call.id, until: null } as const
  d.fact({ type: 'agent.stateChanged', ...talking })
  d.fact({ type: 'call.consultAnswered', call: call.id })
  if (leg === null) return
  patchOther(d, leg, own)
  recordPrivate(d, call, own)
  if (stationOf(colleague) === 'phone-nailed')
    d.effect({ type: 'media.play', leg, prompt: 'connect-beep', loop: false })
}

/** Where the agent talks to whom is consulted. */
function mouthOf(d: Draft, call: Call): LegId | null {
  return call.consult?.own ?? agentLegOf(d, call)
}

/** `own` null: the agent's audio is away for a moment. */
export function patchOther(d: Draft, other: LegId, own: LegId | null): void {
  if (own === null) return wait(d, other)
  for (const leg of [own, other]) d.effect({ type: 'media.stopPlay', leg })
  d.effect({ type: 'media.patch', a: other, b: own })
}

/**
 * What colleagues say to each other about a party who hears music is a part of the call that the party's leg knows nothing of: a recording of its
 * own, the agent left, the colleague right. An outside number that is consulted is recorded as the call it is.
 */
function recordPrivate(d: Draft, call: Call, own: LegId | null): void {
  if (own !== null) openRecording(d, call, own, 'consultation')
}

function stopPrivate(d: Draft, { recording }: Consult): void {
  if (recording !== null) d.effect({ type: 'media.stopRecording', recording })
}

export function wait(d: Draft, leg: LegId): void {
  d.effect({ type: 'media.unpatch', leg })
  d.effect({ type: 'media.play', leg, prompt: 'comfort-music', loop: true })
}

/** The party waits with music while the agent asks. */
function putAside(d: Draft, call: Call): void {
  if (call.heldBy !== 'agent') d.fact({ type: 'call.held', call: call.id, by: 'agent' })
  mute(d, call)
}

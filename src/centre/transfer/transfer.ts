/**
 * Giving a call away: blind (to a colleague, a queue, an outside number), to whom was consulted, or into a park slot (slot.ts). The agent writes
 * up from that instant on; whoever takes the call on has their own talk time and their own outcome to write.
 *
 *     talking ── blind, to a colleague ──▶ waiting (for that person, 30 s) ──▶ assigned ──▶ talking
 *             ── blind, to a queue ──────▶ waiting (its place by when it first waited) ──▶ assigned ──▶ talking
 *             ── parked ─────────────────▶ waiting (in the slot, two minutes) ──▶ picked up: assigned ──▶ talking
 *             ── blind, to a menu ───────▶ menu ── a key, or none ──▶ any of these
 *             ── blind, outside ─────────▶ passing ── answered ──▶ away ── either hangs up, or the limit ──▶ ended
 *             ── consulted, a colleague ─▶ talking
 *             ── consulted, outside ─────▶ away
 *
 * Whoever does not take it on (declines, is not there, is busy; waited too long) leads to `fellBack`: to the agent who passed it on, if still
 * there (30 s; at once when that agent is still writing up this very call), else to its queue, else the party is told that we call back, and is
 * owed that. A voice menu is gone through before it
 * waits anywhere (menu/menu-call.ts).
 */

import { agentLegOf, wrapDefaultMs } from '../agents/settle.ts'
import type { Call } from '../call-state.ts'
import { callBack } from '../calls/after-call.ts'
import type { FallBack } from '../calls/ends.ts'
import { campaignOf } from '../calls/give-back.ts'
import { placeOutside } from '../calls/outside-leg.ts'
import type { Draft } from '../draft.ts'
import type { TransferTarget } from '../entities.ts'
import { parkedMaxMs } from '../evolve-call.ts'
import { mayAsk } from '../gate/agencies.ts'
import type { Input } from '../inputs.ts'
import { enterMenu, menuOutsideFailed } from '../menu/menu-call.ts'
import { partyStillHolds } from '../queues/acd.ts'
import { playMusic } from '../queues/music.ts'
import { dismiss } from '../queues/waiting.ts'
import type { Agent } from '../state.ts'
import { colleagueFor, conference, otherLegOf, talkingOn } from './consultation.ts'

export function transfer(d: Draft, { agent: id, call: of, target }: Extract<Input, { type: 'agent.transfer' }>): void {
  const hand = talkingOn(d, id, of)
  if (hand === null) return
  const { call, agent } = hand
  if (target === 'consulted') return complete(d, call, agent)
  if (call.consult !== null)
    return d.refuse('consulting', 'You are consulting somebody: pass the call on to them, or end that first.')
  if (!mayGo(d, call, agent, target)) return
  if ('number' in target) {
    const other = placeOutside(d, call, agent, target.number, 'transfer')
    if (other === null) return
    giveAway(d, call, agent)
    d.fact({ type: 'call.transferred', call: of, from: id, target, how: 'blind', other })
  } else {
    giveAway(d, call, agent)
    d.fact({ type: 'call.transferred', call: of, from: id, target, how: 'blind', other: null })
    if ('ivr' in target) {
      writeUp(d, call, agent)
      return enterMenu(d, call, target.ivr)
    }
    if ('queue' in target)
      d.fact({ type: 'call.queued', call: of, queue: target.queue, until: waitIn(d, target.queue) })
    else d.fact({ type: 'call.parked', call: of, agent: target.agent, until: d.now + parkedMaxMs })
  }
  writeUp(d, call, agent)
  // Who waits for one person hears it ring there; who waits in a queue hears that it may take a while.
  if ('queue' in target) playMusic(d, call, target.queue)
  else d.effect({ type: 'media.play', leg: call.leg, prompt: 'ringback', loop: true })
}

/** What a call leaves behind with the agent who gives it away: no hold, no leg. `transferred` or `slotted` comes next. */
export function giveAway(d: Draft, call: Call, agent: Agent): void {
  if (call.heldBy !== null) d.fact({ type: 'call.resumed', call: call.id, by: call.heldBy })
  d.effect({ type: 'media.unpatch', leg: call.leg })
  const own = agentLegOf(d, call)
  if (own !== null && agent.stationLeg === own) d.effect({ type: 'media.stopPlay', leg: own })
  if (call.agentLeg !== null) d.effect({ type: 'phone.hangUp', leg: call.agentLeg, q850: 16 })
}

/** The agent writes down what was talked about; the call goes on. */
export function writeUp(d: Draft, call: Call, agent: Agent): void {
  const until = d.now + (campaignOf(d, call)?.wrapMs ?? wrapDefaultMs)
  const wrapping = { agent: agent.user.id, state: 'wrapping', reason: null, call: call.id, until } as const
  d.fact({ type: 'agent.stateChanged', ...wrapping })
}

/** The outside number that it was passed on to picked up. */
export function takenOn(d: Draft, call: Call, outside: Call): void {
  d.fact({ type: 'call.takenOn', call: call.id, other: outside.id, until: d.now + d.state.awayMaxMs })
  d.effect({ type: 'media.stopPlay', leg: call.leg })
  d.effect({ type: 'media.patch', a: call.leg, b: outside.leg })
}

/** The agent who talks is gone for good: whom was consulted has the call. */
export function handOver(d: Draft, call: Call, agent: Agent): boolean {
  const { consult } = call
  if (consult === null || !consult.answered) return false
  pass(d, call, agent)
  return true
}

/** Nobody took it on where it was sent: to the agent who did, else to the queue, else an apology and a callback. */
export function fallBack(d: Draft, call: Call, reason: FallBack): void {
  const { passed } = call
  if (call.dismissed !== null || (passed === null && call.menu === null)) return
  d.fact({ type: 'call.fellBack', call: call.id, reason })
  if (passed === null) return menuOutsideFailed(d, call)
  onwards(d, call, passed)
}

function onwards(d: Draft, call: Call, { by: id, agentTried, queueTried }: NonNullable<Call['passed']>): void {
  const by = d.state.agents.get(id)
  if (!agentTried && by !== undefined && isThere(by)) {
    d.fact({ type: 'call.parked', call: call.id, agent: id, until: d.now + parkedMaxMs })
    return playMusic(d, call)
  }
  if (!queueTried && call.queue !== null && isOpen(d, call.queue)) {
    d.fact({ type: 'call.queued', call: call.id, queue: call.queue, until: waitIn(d, call.queue) })
    return playMusic(d, call)
  }
  callBack(d, call, 'overflow', { campaign: call.campaign, agent: id })
  dismiss(d, call, 'overflow', 'we-call-back')
}

/** The agent who talks is gone, and nobody has taken it on: the queue, or an apology and a callback. */
export function fallBackFrom(d: Draft, call: Call, agent: Agent): void {
  if (call.heldBy !== null) d.fact({ type: 'call.resumed', call: call.id, by: call.heldBy })
  d.fact({ type: 'call.fellBack', call: call.id, reason: 'agent_lost' })
  onwards(d, call, { by: agent.user.id, agentTried: true, queueTried: false })
}

function complete(d: Draft, call: Call, agent: Agent): void {
  const { consult } = call
  if (consult === null) return d.refuse('not_consulting', 'You are consulting nobody.')
  if (!consult.answered)
    return d.refuse(
      'consult_unanswered',
      'Whom you consult has not picked up yet: wait, or end it and pass the call on blind.',
    )
  pass(d, call, agent)
  writeUp(d, call, agent)
}

/** The party and whom was consulted hear each other, and the agent is out. */
function pass(d: Draft, call: Call, agent: Agent): void {
  const consult = call.consult!
  const other = otherLegOf(d, consult)
  const colleague = consult.agent === null ? undefined : d.state.agents.get(consult.agent)
  giveAway(d, call, agent)
  if (consult.recording !== null) d.effect({ type: 'media.stopRecording', recording: consult.recording })
  if (consult.with === 'both') conference(d, call, [])
  if (consult.own !== null) d.effect({ type: 'phone.hangUp', leg: consult.own, q850: 16 })
  d.fact({ type: 'call.consultEnded', call: call.id, how: 'completed' })
  const { target } = consult
  const from = agent.user.id
  d.fact({ type: 'call.transferred', call: call.id, from, target, how: 'consulted', other: consult.other })
  if (colleague !== undefined)
    d.fact({
      type: 'call.connected',
      call: call.id,
      agent: colleague.user.id,
      ...(consult.leg === null ? {} : { leg: consult.leg }),
    })
  else d.fact({ type: 'call.takenOn', call: call.id, other: consult.other!, until: d.now + d.state.awayMaxMs })
  for (const leg of [call.leg, other]) if (leg !== null) d.effect({ type: 'media.stopPlay', leg })
  const isHeld =
    colleague !== undefined && (consult.leg === null ? d.isStationHeld(colleague.user.id) : d.isLegHeld(consult.leg))
  if (isHeld) d.fact({ type: 'call.held', call: call.id, by: 'agent' }) // by the desk phone, until it is taken up
  if (isHeld && consult.leg !== null) d.turnLeg(consult.leg, true) // it is another's leg from here on
  if (isHeld && other !== null) d.effect({ type: 'media.unpatch', leg: other }) // from the agent who is out
  if (other !== null && !isHeld) d.effect({ type: 'media.patch', a: call.leg, b: other })
  else playMusic(d, call)
  if (!isHeld) partyStillHolds(d, call)
}

/** Refused before the party is moved, where nobody would take it. */
function mayGo(d: Draft, call: Call, agent: Agent, target: TransferTarget): boolean {
  if ('number' in target) return true // placeOutside asks
  if ('ivr' in target) {
    if (d.state.menus.has(target.ivr)) return true
    d.refuse('menu_unknown', 'This menu does not exist.')
    return false
  }
  if ('queue' in target) {
    if (isOpen(d, target.queue)) return true
    d.refuse('queue_closed', 'Nobody is signed on in this queue: choose another.')
    return false
  }
  const colleague = d.state.agents.get(target.agent)
  const waits = colleague !== undefined && colleague !== agent && colleague.call !== call.id && isThere(colleague)
  return (waits && mayAsk(d.state, agent.user, colleague.user, call)) || colleagueFor(d, agent, target) !== null
}

/** Signed on, at work, and so free in a while. */
function isThere({ phase }: Agent): boolean {
  return phase !== 'signed_off' && phase !== 'break'
}

function isOpen(d: Draft, queue: NonNullable<Call['queue']>): boolean {
  return (d.state.queues.get(queue)?.signedOn ?? 0) > 0
}

function waitIn(d: Draft, queue: NonNullable<Call['queue']>): number {
  return d.now + (d.state.queues.get(queue)?.queue.maxWaitMs ?? parkedMaxMs)
}

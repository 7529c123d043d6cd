/** What facts about calls do to the floor. Answers whether the change was about a call. */
import type { CallbackId, CallId } from '../lib/ids.ts'
import { coverLine, releaseClaim } from './agents/ready.ts'
import { stationGraceMs } from './agents/station-now.ts'
import type { Call } from './call-state.ts'
import { isEmergency } from './calls/emergency.ts'
import { countNumber, countParty } from './calls/in-call.ts'
import { setDeadline } from './deadlines.ts'
import type { Note } from './decision.ts'
import { noteTurn } from './dialler/dial-order.ts'
import { enterNotice, evolveNotice } from './dialler/evolve-notice.ts'
import { diallingDue, silenceMaxMs } from './dialling-due.ts'
import type { Ending, Lead, Promised } from './entities.ts'
import type { Fact } from './facts.ts'
import { talkedTo } from './leads/evolve-lead.ts'
import { noteStart } from './lines/line.ts'
import { evolveMenu } from './menu/evolve-menu.ts'
import { armPlace, evolvePlace } from './queues/queue-place.ts'
import type { FloorState } from './state.ts'
import { evolveTransfer, leaveAgent, noteLooseEnd } from './transfer/evolve-transfer.ts'
import { isMissed, noteMissed } from './trunks/missed.ts'
import { noteTried } from './trunks/trunk-trial.ts'

/** An answered customer hears an agent within this time, or the call is abandoned (47 CFR 64.1200(a)(7): two seconds). */
export const abandonAfterMs = 2_000
/** How long a caller waits for one person. */
export const parkedMaxMs = 30_000

export function evolveCall(state: FloorState, change: Fact | Note, at: number): boolean {
  if (change.type === 'call.refused') return true
  const isNoted = change.type === 'note.menuKeys' || change.type === 'note.placeSkipped'
  if (!change.type.startsWith('call.') && !isNoted) return false
  if (!('call' in change) || change.call === null) return false
  if (change.type === 'call.dialed') dialed(state, change, at)
  else if (change.type === 'call.offered') offered(state, change, at)
  else {
    const call = state.calls.get(change.call)
    if (call !== undefined) evolveLive(state, call, change, at)
  }
  return true
}

function evolveLive(state: FloorState, call: Call, change: Fact | Note, at: number): void {
  switch (change.type) {
    case 'call.ringing':
      if (call.phase === 'dialing') call.phase = 'ringing'
      break
    case 'call.early':
      call.early = true
      break
    case 'call.announced': {
      const { by, what, result, confidence, afterMs } = change
      call.announced = { by, what, result, confidence, afterMs }
      break
    }
    case 'call.overtaken':
      call.overtaken = change.by
      break
    case 'call.faxHeard': {
      const { signal, confidence, afterMs } = change
      call.fax = { signal, confidence, afterMs }
      break
    }
    case 'call.judged':
      call.judged = true
      break
    case 'call.rerouted':
      rerouted(state, call, change, at)
      break
    case 'call.answered':
      answered(state, call, at)
      break
    case 'call.queued': {
      leaveWaiting(state, call)
      if (call.queuedAt === null) state.queues.get(change.queue)?.arrivals.note(at)
      call.queue = change.queue
      call.parkedFor = null
      call.slot = null
      wait(state, call, at, change.until)
      if (call.passed !== null) call.passed.queueTried = true
      queueUp(state, call, at)
      armPlace(state, call, at)
      break
    }
    case 'call.parked':
      leaveWaiting(state, call)
      call.parkedFor = change.agent
      call.slot = null
      wait(state, call, at, change.until)
      if (call.passed?.by === change.agent) call.passed.agentTried = true
      state.agents.get(change.agent)?.waiting.push(call.id)
      state.parked.add(call.id)
      break
    case 'call.slotted':
      leaveAgent(state, call)
      call.passed = { by: change.agent, agentTried: false, queueTried: false }
      wait(state, call, at, change.until)
      call.slot = change.slot
      state.slots.set(change.slot, call.id)
      break
    case 'call.assigned':
      leaveWaiting(state, call)
      call.slot = null // somebody else may have the place meanwhile
      call.agent = change.agent
      releaseClaim(state, call)
      call.phase = 'assigned'
      setDeadline(state, call, null)
      if (change.leg) {
        call.agentLeg = change.leg
        state.legs.set(change.leg, { call: call.id, side: 'agent' })
      }
      break
    case 'call.unassigned':
      unassigned(state, call, at)
      if (call.passed !== null && change.reason !== 'picked_up')
        state.loose.push({ of: 'unassigned', call: call.id, reason: change.reason })
      break
    case 'call.connected': {
      call.phase = 'talking'
      call.agent = change.agent
      call.lastAgent = change.agent
      call.passed = null
      call.written = null
      call.parkedFor = null
      call.slot = null
      setDeadline(state, call, awaitedUntil(state, call, at))
      if (change.leg !== undefined) {
        call.agentLeg = change.leg
        state.legs.set(change.leg, { call: call.id, side: 'agent' })
      }
      if (call.connectedAt === null) {
        call.connectedAt = at
        const floor = call.campaign === null ? undefined : state.campaigns.get(call.campaign)
        if (floor !== undefined) floor.connected++
        if (floor !== undefined && call.lead !== null) talkedTo(floor, call.lead)
      }
      break
    }
    case 'call.noticeBegan':
    case 'call.noticeSaid':
    case 'call.noticeHeard':
    case 'call.agentAsked':
      evolveNotice(state, call, change, at)
      break
    case 'call.held':
      call.heldBy = change.by
      break
    case 'call.resumed':
      call.heldBy = null
      break
    case 'call.abandoned': {
      const floor = change.campaign === null ? undefined : state.campaigns.get(change.campaign)
      if (floor !== undefined) floor.abandoned++
      break
    }
    case 'call.dismissed':
      leaveWaiting(state, call)
      if (call.phase === 'notice' || call.phase === 'menu') call.phase = 'waiting'
      releaseClaim(state, call)
      call.dismissed = change.cause
      call.slot = null
      setDeadline(state, call, change.until)
      break
    case 'call.ended':
      ended(state, call, change.ending, at)
      break
    default: // call.digit, call.keysUnsent: the store's to keep
      if (evolveMenu(state, call, change, at) || evolvePlace(state, call, change, at)) break
      evolveTransfer(state, call, change, at)
  }
}

/**
 * By when the agent of a call that has been answered is to be back, whose audio went while it rang; null: the agent is there. Whoever answers a call
 * for help, which rang for as long as it could, waits for as long as anybody does.
 */
function awaitedUntil(state: FloorState, call: Call, at: number): number | null {
  if (call.agentLeg !== null || call.agent === null) return null
  const lostAt = state.agents.get(call.agent)?.stationLostAt ?? null
  if (lostAt === null) return null
  return (isEmergency(state, call.number) ? at : lostAt) + stationGraceMs
}

function dialed(state: FloorState, change: Extract<Fact, { type: 'call.dialed' }>, at: number): void {
  const floor = change.campaign === null ? undefined : state.campaigns.get(change.campaign)
  const known = change.lead === null ? undefined : floor?.reserved.get(change.lead)
  const call = blankCall(change.call, 'out', 'dialing', change.trunk, change.number, change.callerId, change.leg, at)
  call.mode = change.mode
  call.campaign = change.campaign
  call.lead = change.lead === null ? null : (known ?? leadOf(change))
  call.party = change.party
  call.name = change.name
  call.relation = change.relation
  call.agent = change.agent
  call.agentLeg = change.agentLeg ?? null
  call.desk = change.desk ?? null
  call.promise = change.callback ? promiseOf(change.callback, change.promised) : null
  call.owedBy = change.owedBy ?? null
  call.of = change.of?.call ?? null
  state.calls.set(call.id, call)
  state.legs.set(call.leg, { call: call.id, side: 'party' })
  if (call.agentLeg !== null) state.legs.set(call.agentLeg, { call: call.id, side: 'agent' })
  setDeadline(state, call, diallingDue(state, call, null))
  countNumber(state, call.number, 1)
  countParty(state, call, 1)
  const trunk = state.trunks.get(call.trunk)
  if (trunk !== undefined) {
    trunk.calls++
    noteStart(trunk, at)
    noteTried(trunk, at)
  }
  if (floor === undefined) return
  floor.dialled++
  if (call.agent !== null) return
  floor.lines.set(call.id, call)
  noteTurn(state, floor)
  const wanted = known?.callbackAgent ? (state.agents.get(known.callbackAgent) ?? null) : null
  coverLine(state, call, wanted)
}

/** The same attempt on another trunk: it leaves the one and takes a place on the other. */
function rerouted(state: FloorState, call: Call, change: Extract<Fact, { type: 'call.rerouted' }>, at: number): void {
  const before = state.trunks.get(call.trunk)
  if (before !== undefined) before.calls--
  state.legs.delete(call.leg)
  call.tries.push(change.failed)
  call.trunk = change.trunk
  call.ourNumber = change.callerId
  call.leg = change.leg
  call.phase = 'dialing'
  state.legs.set(call.leg, { call: call.id, side: 'party' })
  const trunk = state.trunks.get(call.trunk)
  if (trunk !== undefined) {
    trunk.calls++
    noteStart(trunk, at)
    noteTried(trunk, at)
  }
  const agent = call.agent === null ? null : (state.agents.get(call.agent) ?? null)
  setDeadline(state, call, diallingDue(state, call, agent))
}

function promiseOf(callback: CallbackId, promised: Promised | null = null): Call['promise'] {
  return { callback, reason: promised?.reason ?? 'agreed', tries: (promised?.tries ?? 0) + 1 }
}

/** A lead that an agent dials by hand need not be in the buffer; the call then holds what the fact says of it. */
function leadOf(change: Extract<Fact, { type: 'call.dialed' }>): (Lead & { attempts?: number }) | null {
  if (change.lead === null || change.campaign === null) return null
  return {
    ...(change.attempts === undefined ? {} : { attempts: change.attempts }),
    id: change.lead,
    campaign: change.campaign,
    ref: change.party ?? '',
    name: change.name ?? '',
    phones: [{ number: change.number, relation: change.relation ?? 'SELF' }],
    fields: {},
  }
}

function offered(state: FloorState, change: Extract<Fact, { type: 'call.offered' }>, at: number): void {
  const call = blankCall(change.call, 'in', 'offered', change.trunk, change.from, change.to, change.leg, at)
  if (change.diverted !== undefined) call.diverted = change.diverted
  state.calls.set(call.id, call)
  state.legs.set(call.leg, { call: call.id, side: 'party' })
  setDeadline(state, call, at + silenceMaxMs)
  countNumber(state, call.number, 1)
  const trunk = state.trunks.get(call.trunk)
  if (trunk !== undefined) trunk.offers++
}

function answered(state: FloorState, call: Call, at: number): void {
  const trunk = state.trunks.get(call.trunk)
  if (call.phase === 'offered' && trunk !== undefined) {
    trunk.offers--
    trunk.calls++
  }
  call.answeredAt = at
  call.phase = call.agent === null ? 'waiting' : 'assigned'
  setDeadline(state, call, null)
  if (call.of !== null) {
    call.phase = 'away'
    return
  }
  const floor = call.campaign === null ? undefined : state.campaigns.get(call.campaign)
  if (floor === undefined) return
  floor.answered++
  if (call.agent !== null) return
  if (call.mode === 'notice') return enterNotice(state, call, at)
  floor.waiting.push(call.id)
  setDeadline(state, call, at + abandonAfterMs)
}

function wait(state: FloorState, call: Call, at: number, until: number): void {
  if (call.agentLeg !== null) state.legs.delete(call.agentLeg)
  if (call.phase === 'talking') call.backAt = at
  call.phase = 'waiting'
  call.agent = null
  call.agentLeg = null
  call.heldBy = null
  call.queuedAt ??= at
  call.waitsUntil = until
  setDeadline(state, call, until)
}

/**
 * By when callers first waited: who comes back, because the agent was lost or passed the call on, has kept the place. Nobody waits in a queue that
 * was removed meanwhile.
 */
function queueUp(state: FloorState, call: Call, at: number): void {
  const waiting = state.queues.get(call.queue!)?.waiting
  if (waiting === undefined) return setDeadline(state, call, at)
  const place = waiting.findIndex(id => (state.calls.get(id)?.queuedAt ?? 0) > call.queuedAt!)
  waiting.splice(place < 0 ? waiting.length : place, 0, call.id)
}

function unassigned(state: FloorState, call: Call, at: number): void {
  if (call.agentLeg !== null) state.legs.delete(call.agentLeg)
  call.agent = null
  call.agentLeg = null
  call.phase = 'waiting'
  const queue = call.queue === null ? undefined : state.queues.get(call.queue)
  const floor = call.campaign === null ? undefined : state.campaigns.get(call.campaign)
  const goesOn = Math.max(at + 1, call.waitsUntil ?? at)
  if (call.parkedFor !== null) {
    state.agents.get(call.parkedFor)?.waiting.unshift(call.id)
    state.parked.add(call.id)
    setDeadline(state, call, goesOn)
  } else if (queue !== undefined) {
    queueUp(state, call, at)
    armPlace(state, call, at)
    setDeadline(state, call, goesOn)
  } else if (floor === undefined) setDeadline(state, call, at)
  else {
    floor.waiting.unshift(call.id)
    setDeadline(state, call, Math.max(at + abandonAfterMs, call.notice?.waitsUntil ?? 0))
  }
}

function ended(state: FloorState, call: Call, ending: Ending, at: number): void {
  if (call.phase === 'ended') return
  leaveWaiting(state, call)
  noteLooseEnd(state, call)
  const wasOffered = call.phase === 'offered'
  call.phase = 'ended'
  releaseClaim(state, call)
  call.endedAt = at
  setDeadline(state, call, null)
  state.legs.delete(call.leg)
  if (call.agentLeg !== null) state.legs.delete(call.agentLeg)
  countNumber(state, call.number, -1)
  countParty(state, call, -1)
  const trunk = state.trunks.get(call.trunk)
  if (trunk !== undefined && wasOffered) trunk.offers--
  else if (trunk !== undefined) trunk.calls--
  if (trunk !== undefined && wasOffered && isMissed(ending)) noteMissed(trunk, at)
  // A call that was talked on stays in hand through wrap-up; `enterPhase` lets it go.
  if (call.hands === 0) state.calls.delete(call.id)
}

/** Out of whatever it waits in. */
export function leaveWaiting(state: FloorState, call: Call): void {
  if (call.phase !== 'waiting' || call.dismissed !== null) return
  if (call.slot !== null) state.slots.delete(call.slot)
  if (call.queue !== null) drop(state.queues.get(call.queue)?.waiting, call.id)
  if (call.parkedFor !== null && state.parked.delete(call.id)) drop(state.agents.get(call.parkedFor)?.waiting, call.id)
  if (call.campaign !== null) drop(state.campaigns.get(call.campaign)?.waiting, call.id)
}

function drop(list: CallId[] | undefined, id: CallId): void {
  const at = list?.indexOf(id) ?? -1
  if (at >= 0) list!.splice(at, 1)
}

/** Written out as one shape: spread together, it was the costliest line of a large floor. */
function blankCall(
  id: CallId,
  direction: Call['direction'],
  phase: Call['phase'],
  trunk: Call['trunk'],
  number: string,
  ourNumber: string,
  leg: Call['leg'],
  at: number,
): Call {
  return {
    id,
    direction,
    phase,
    mode: null,
    campaign: null,
    lead: null,
    party: null,
    name: null,
    relation: null,
    queue: null,
    agent: null,
    trunk,
    number,
    ourNumber,
    leg,
    agentLeg: null,
    desk: null,
    recording: null,
    heldBy: null,
    startedAt: at,
    answeredAt: null,
    queuedAt: null,
    backAt: null,
    connectedAt: null,
    endedAt: null,
    deadlineAt: null,
    dismissed: null,
    parkedFor: null,
    claim: null,
    early: false,
    announced: null,
    judged: false,
    notice: null,
    menu: null,
    speech: 0,
    placeAt: null,
    minutesSaid: null,
    promise: null,
    owedBy: null,
    tries: [],
    consult: null,
    of: null,
    other: null,
    passed: null,
    slot: null,
    waitsUntil: null,
    lastAgent: null,
    written: null,
    hands: 0,
  }
}

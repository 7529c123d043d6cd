/**
 * What must hold on the floor whatever happens, asked after every step; what the gate must hold stands in gate-watch.ts. The watch keeps its
 * own books from the facts and compares them with the state; it throws a sentence that says what is broken.
 */

import { isDialledAheadFor, stationOf } from '../../centre/agents/station-now.ts'
import type { Call } from '../../centre/call-state.ts'
import { isCallForHelp } from '../../centre/calls/emergency.ts'
import type { AgentPhase, Fact } from '../../centre/facts.ts'
import { isCounted } from '../../centre/gate/abandonment.ts'
import { isAboutDebt } from '../../centre/leads/settled.ts'
import type { FloorState } from '../../centre/state.ts'
import type { Step } from '../../centre/step.ts'
import type { CallId, LeadId, TrunkId, UserId } from '../../lib/ids.ts'
import { AppealWatch } from './appealing.ts'
import { claim } from './claim.ts'
import { MenuWatch } from './menus.ts'
import { checkPassing, PassingWatch } from './passing-watch.ts'
import { SupervisionWatch } from './supervising.ts'

export class Watch {
  readonly #ended = new Set<CallId>()
  readonly #known = new Set<CallId>()
  readonly #phases = new Map<UserId, AgentPhase>()
  readonly #starts = new Map<TrunkId, number[]>()
  /** Whose call each is. */
  readonly #openRecordings = new Map<string, string>()
  readonly #passing = new PassingWatch()
  readonly #menus = new MenuWatch()
  readonly #supervision = new SupervisionWatch()
  readonly #appeals = new AppealWatch()
  readonly counts = new Map<Fact['type'], number>()

  /** `step` has been applied to `state` at `now`. */
  check(state: FloorState, step: Step, now: number): void {
    for (const { fact } of step.recorded) {
      this.#follow(state, fact, now)
      this.#supervision.follow(fact)
      this.#appeals.follow(fact)
      this.#menus.follow(fact)
    }
    this.#effects(step)
    checkCalls(state)
    checkAgents(state)
    checkOpenPhones(state)
    checkLegs(state)
    checkLists(state)
    checkTrunks(state)
    checkLeads(state)
    checkSettled(state)
    checkDeadlines(state)
    checkPassing(state)
    this.#supervision.check(state)
    this.#appeals.check(state)
    this.#menus.check(state)
  }

  /** The process died and is there again: these facts closed what was in hand. */
  restart(facts: readonly Fact[]): void {
    for (const fact of facts) {
      this.counts.set(fact.type, (this.counts.get(fact.type) ?? 0) + 1)
      if (fact.type === 'call.ended') {
        claim(this.#known.has(fact.call) && !this.#ended.has(fact.call), 'a start ends a call that was in hand, once')
        this.#ended.add(fact.call)
      } else if (fact.type === 'recording.sealed' || fact.type === 'recording.discarded')
        this.#openRecordings.delete(fact.recording)
      else if (fact.type === 'recording.missing' && fact.recording !== null) this.#openRecordings.delete(fact.recording)
    }
    claim(this.#known.size === this.#ended.size, 'a start ends every call that was in hand')
    claim(this.#openRecordings.size === 0, 'a start seals or misses every recording')
    this.#phases.clear()
    this.#passing.restart()
    this.#supervision.restart()
    this.#appeals.restart()
    this.#menus.restart()
    this.#starts.clear() // what a trunk has started is not kept: a restart takes longer than a carrier looks back
  }

  /** The day is over: nothing may be left in hand. */
  checkEmpty(state: FloorState): void {
    claim(state.calls.size === 0, `no call is left: ${[...state.calls.values()].map(call => call.phase)}`)
    claim(state.leadsInHand.size === 0, 'no lead is left in hand')
    claim(this.#known.size === this.#ended.size, 'every call that began has ended')
    claim(this.#openRecordings.size === 0 && state.recordings.size === 0, 'every recording is sealed or missed')
    for (const what of state.legs.values())
      claim('agent' in what && what.side === 'station', 'only legs of the shift are left')
  }

  #follow(state: FloorState, fact: Fact, now: number): void {
    this.counts.set(fact.type, (this.counts.get(fact.type) ?? 0) + 1)
    this.#passing.follow(fact)
    const follows = fact.type === 'call.disposed' || fact.type === 'call.unmonitored'
    if ('call' in fact && fact.call !== null && fact.type.startsWith('call.') && !follows) {
      claim(!this.#ended.has(fact.call), `${fact.type} comes after the end of its call`)
    }
    switch (fact.type) {
      case 'agent.stateChanged': {
        const before = this.#phases.get(fact.agent) ?? 'signed_off'
        claim(mayFollow(before, fact.state), `an agent goes from ${before} to ${fact.state}`)
        this.#phases.set(fact.agent, fact.state)
        return
      }
      case 'call.assigned':
        claim(
          this.#phases.get(fact.agent) === 'ready' || this.#passing.wroteUp(fact.agent) === fact.call,
          'a call is given to who is ready, or back to who still writes it up',
        )
        return
      case 'call.dialed': {
        this.#known.add(fact.call)
        const isHeldUp = state.isDiskSlow || state.isBehind
        claim(
          !isHeldUp || fact.mode !== 'predictive',
          'no campaign dials while the disk is slow, or what was said waits',
        )
        claim(fact.callerId !== '' && fact.verdict.rules.length > 0, 'a call shows its number and its verdict')
        const trunk = state.trunks.get(fact.trunk)?.trunk
        claim(trunk?.callerIds.includes(fact.callerId) ?? true, 'the number shown is one assigned to that trunk')
        if (fact.verdict.policy !== 'EMERGENCY') this.#started(fact.trunk, trunk?.callsPerSecond ?? 1, now)
        return
      }
      case 'call.rerouted': {
        const call = state.calls.get(fact.call)
        const before = [fact.failed.trunk, ...(call?.tries ?? []).map(each => each.trunk)]
        const refused = [fact.failed, ...(call?.tries ?? [])].filter(({ why }) => why !== 'no_progress')
        const tried = isCallForHelp(state, fact.call) ? refused.map(each => each.trunk) : before
        claim(!tried.includes(fact.trunk), 'no trunk is tried twice for one call, but for help that it left at a 100')
        const trunk = state.trunks.get(fact.trunk)?.trunk
        claim(trunk?.callerIds.includes(fact.callerId) ?? true, 'the number shown is one assigned to that trunk')
        if (call !== undefined && !isCallForHelp(state, call.id))
          this.#started(fact.trunk, trunk?.callsPerSecond ?? 1, now)
        return
      }
      case 'call.offered':
        this.#known.add(fact.call)
        return
      case 'call.ended':
        this.#ended.add(fact.call)
        return
      case 'recording.opened':
        this.#openRecordings.set(fact.recording, fact.call)
        return
      case 'recording.sealed':
      case 'recording.discarded':
      case 'recording.missing':
        if (fact.recording !== null) this.#openRecordings.delete(fact.recording)
        return
      default:
        return
    }
  }

  /** 3 a second are 3 starts in any second, 0.5 are one in any two. */
  #started(trunk: TrunkId, perSecond: number, now: number): void {
    const most = Math.ceil(perSecond)
    const starts = (this.#starts.get(trunk) ?? []).filter(at => at > now - (most * 1000) / perSecond)
    starts.push(now)
    this.#starts.set(trunk, starts)
    claim(starts.length <= most, `a trunk that starts ${perSecond} calls a second has started ${starts.length}`)
  }

  #effects(step: Step): void {
    const of = (type: Fact['type']) => step.recorded.filter(({ fact }) => fact.type === type).length
    const dials = step.effects.filter(effect => effect.type === 'phone.dial').length
    const records = step.effects.filter(effect => effect.type === 'media.record').length
    const started = of('call.dialed') + of('call.rerouted')
    claim(started === dials, 'each dialled call is one dial effect, and none goes out without its fact')
    claim(of('recording.opened') === records, 'each recording that is opened is one that is begun')
    const recorded = new Set(this.#openRecordings.values())
    for (const { fact } of step.recorded)
      if (fact.type === 'call.answered')
        claim(recorded.has(fact.call), 'each answered call is recorded from its answer on')
  }
}

function mayFollow(before: AgentPhase, after: AgentPhase): boolean {
  const next: Record<AgentPhase, AgentPhase[]> = {
    signed_off: ['break', 'talking'], // a supervisor who takes a call over
    break: ['break', 'ready', 'dialing', 'ringing', 'signed_off', 'talking'], // the last: likewise
    ready: ['break', 'preview', 'dialing', 'ringing', 'talking', 'signed_off'],
    preview: ['ready', 'break', 'dialing', 'ringing', 'signed_off'],
    dialing: ['talking', 'ready', 'break', 'signed_off'],
    ringing: ['talking', 'dialing', 'ready', 'break', 'signed_off'],
    talking: ['wrapping', 'ready', 'break', 'signed_off'], // at once: who was only consulted
    wrapping: ['wrapping', 'ready', 'break', 'signed_off', 'talking', 'ringing', 'dialing'], // the last three: it fell back, or help is dialled
  }
  return next[before].includes(after)
}

function checkCalls(state: FloorState): void {
  const byAgent = new Map<UserId, CallId>()
  const numbers = new Map<string, number>()
  for (const call of state.calls.values()) {
    if (call.phase === 'ended') continue
    if (call.direction === 'out' && !isCallForHelp(state, call.id)) {
      numbers.set(call.number, (numbers.get(call.number) ?? 0) + 1)
      claim(numbers.get(call.number) === 1, 'no number is dialled twice at once')
    }
    if (call.answeredAt !== null) checkRecorded(state, call)
    const isConsulted = call.of !== null && call.phase === 'away' // it lasts as long as the call that it is the leg of
    if (call.phase !== 'talking' && call.phase !== 'assigned' && !isConsulted)
      claim(call.deadlineAt !== null, `a call that is ${call.phase} ends by itself`)
    if (call.agent === null || call.desk !== null) continue // a phone that dialled help by itself takes its user from nothing
    claim(!byAgent.has(call.agent), 'an agent has one call')
    byAgent.set(call.agent, call.id)
    claim(state.agents.get(call.agent)?.call === call.id, 'the agent of a call has that call in hand')
  }
}

function checkRecorded(state: FloorState, { id, recording }: Call): void {
  claim(recording !== null, 'an answered call has its recording')
  if (state.recordings.has(recording)) return
  const at = state.unrecorded.get(id)?.at ?? null
  const isDue = state.deadlines.some(due => due.of === 'recording' && due.id === id && due.at === at)
  claim(isDue, 'an answered call is recorded, or will be again')
}

function checkAgents(state: FloorState): void {
  for (const agent of state.agents.values()) {
    const call = agent.call === null ? undefined : state.calls.get(agent.call)
    switch (agent.phase) {
      case 'talking':
        claim(
          call?.phase === 'talking' && (call.agent === agent.user.id || isConsulted(call, agent.user.id, true)),
          'who talks has a call that talks',
        )
        break
      case 'wrapping':
        claim(
          call !== undefined && (call.phase === 'ended' || call.agent !== agent.user.id) && agent.until !== null,
          'who wraps up has a call that is over or passed on, and a limit',
        )
        break
      case 'dialing':
        claim(call?.phase === 'dialing' || call?.phase === 'ringing', 'who dials has a call that is on its way')
        break
      case 'ringing':
        claim(
          (agent.rung !== null) !== (call?.phase === 'assigned' || isConsulted(call, agent.user.id, false)),
          'a rung phone is for a call or before one',
        )
        break
      case 'preview':
        claim(agent.preview !== null && agent.until !== null, 'who previews has a lead, and a limit')
        break
      case 'ready':
        claim(agent.call === null && agent.preview === null, 'who is ready has nothing in hand')
        claim(
          stationOf(agent) === 'phone-rung' || (agent.stationLeg !== null && !agent.stationHeld),
          'who is ready can hear',
        )
        break
      default:
        claim(agent.call === null, `who is on ${agent.phase} has no call`)
    }
  }
}

/** Nobody who was dialled ahead for a person waits for a phone to be taken up (two seconds by law). */
function checkOpenPhones(state: FloorState): void {
  for (const call of state.calls.values())
    claim(
      call.phase !== 'assigned' || !isCounted(call) || call.connectedAt !== null,
      'who answered a call that was dialled ahead is heard at once by whom the call is given to',
    )
  if (state.isClosing) return
  claim(state.phonesDue.size === 0, 'every phone that may have to be opened was looked at')
  for (const agent of state.agents.values()) {
    if (agent.user.station !== 'phone-rung' || (agent.phase !== 'ready' && agent.phase !== 'break')) continue
    claim(
      agent.phoneOpen === (isDialledAheadFor(state, agent) || (agent.phoneOpen && agent.stationHeld)),
      'a rung phone is open while its user is dialled ahead for, and until its user takes it up who holds it',
    )
    const isWanted = agent.phase === 'break' && agent.reason === 'phone_ringing'
    const isHeard = agent.stationLeg !== null // at the page, until the phone is up
    claim(isHeard || isWanted || agent.stationRinging === null, 'an open phone rings for who wants to be ready')
    claim(isHeard || !isWanted || agent.stationRinging !== null, 'who waits for the phone hears it ring')
  }
}

function checkLegs(state: FloorState): void {
  for (const [leg, what] of state.legs) {
    if ('call' in what) {
      const call = state.calls.get(what.call)
      claim(call !== undefined && call.phase !== 'ended', 'a leg of a call leads to a live call')
      const own = { party: call!.leg, agent: call!.agentLeg, consult: call!.consult?.leg, second: call!.consult?.own }
      claim(own[what.side] === leg, 'a call knows its leg')
    } else {
      const agent = state.agents.get(what.agent)
      const own =
        what.side === 'rung'
          ? [agent?.rung?.leg]
          : what.side === 'supervision'
            ? [state.supervisions.get(what.agent)?.leg]
            : [agent?.stationLeg, agent?.stationRinging]
      claim(own.includes(leg), 'an agent knows the leg')
    }
  }
  for (const call of state.calls.values()) {
    if (call.phase === 'ended') continue
    claim(state.legs.has(call.leg), 'a live call has its leg')
    if (call.agentLeg !== null) claim(state.legs.has(call.agentLeg), "a live call has its agent's leg")
  }
}

function checkLists(state: FloorState): void {
  const waiting = new Set<CallId>()
  const add = (id: CallId) => {
    claim(!waiting.has(id), 'a call waits in one place')
    waiting.add(id)
  }
  for (const floor of state.queues.values()) floor.waiting.forEach(add)
  state.parked.forEach(add)
  for (const id of state.slots.values()) add(id)
  for (const floor of state.campaigns.values()) floor.waiting.forEach(add)
  for (const call of state.calls.values()) {
    const waits = call.phase === 'waiting' && call.dismissed === null
    claim(
      waits === waiting.has(call.id),
      `a call waits exactly when it is in a list (${call.phase}, ${call.dismissed})`,
    )
  }
  for (const floor of state.campaigns.values()) {
    const members = new Set(floor.campaign.agents)
    for (const agent of state.agents.values()) {
      const ready = agent.phase === 'ready' && members.has(agent.user.id)
      claim(floor.ready.has(agent.user.id) === ready, 'the ready list of a campaign is true')
      claim(
        floor.free.has(agent.user.id) === (ready && agent.claimedBy === null),
        'the free list of a campaign is true',
      )
      if (agent.claimedBy !== null)
        claim(state.calls.get(agent.claimedBy)?.claim === agent.user.id, 'a claim has two ends')
    }
    claim(floor.uncovered.size === 0 || floor.free.size === 0, 'no line lacks an agent while one is free')
    for (const [id, line] of floor.lines) {
      claim(
        state.calls.get(id) === line && line.phase !== 'ended' && line.agent === null,
        'a line is a call without an agent',
      )
      const covered = line.claim !== null || line.mode === 'predictive' || line.mode === 'notice'
      claim(!covered === floor.uncovered.has(id), 'a progressive line is claimed or known to be uncovered')
    }
    const waiting = [...floor.buffer]
    claim(waiting.length === floor.buffer.length, 'the buffer counts its leads')
    claim(
      waiting.every(lead => floor.buffer.has(lead.id) && !floor.reserved.has(lead.id)),
      'the buffer holds each lead once',
    )
    claim(floor.signedOn === floor.campaign.agents.filter(id => isSignedOn(state, id)).length, 'the head count is true')
  }
  for (const floor of state.queues.values()) {
    for (const id of floor.queue.members) {
      claim(floor.ready.has(id) === (state.agents.get(id)?.phase === 'ready'), 'the ready list of a queue is true')
    }
    claim(floor.signedOn === floor.queue.members.filter(id => isSignedOn(state, id)).length, 'the head count is true')
  }
}

function isSignedOn(state: FloorState, id: UserId): boolean {
  return (state.agents.get(id)?.phase ?? 'signed_off') !== 'signed_off'
}

function checkTrunks(state: FloorState): void {
  const counts = new Map<TrunkId, number>()
  const offers = new Map<TrunkId, number>()
  const placed = new Map<TrunkId, number>()
  const came = new Map<TrunkId, number>()
  for (const { id, direction, phase, trunk } of state.calls.values()) {
    if (phase === 'ended') continue
    const isOffered = phase === 'offered'
    const count = isOffered ? offers : counts
    count.set(trunk, (count.get(trunk) ?? 0) + 1)
    if (direction === 'in') came.set(trunk, (came.get(trunk) ?? 0) + 1)
    else if (!isCallForHelp(state, id)) placed.set(trunk, (placed.get(trunk) ?? 0) + 1)
  }
  for (const [id, floor] of state.trunks) {
    claim(floor.calls === (counts.get(id) ?? 0), 'the count of calls on a trunk is true')
    claim(floor.offers === (offers.get(id) ?? 0), 'the count of callers not yet answered on a trunk is true')
    // Help passes a trunk that is full; and who came in before we dialled on its last line, and is answered after, is on it too.
    // So both together are at most twice what is allowed, and no less would hold (see `takesOffer`).
    const { maxCalls } = floor.trunk
    const ours = (placed.get(id) ?? 0) + floor.tests
    claim(ours <= maxCalls, 'a trunk carries no more calls that we placed, and tests of it, than allowed')
    claim((came.get(id) ?? 0) <= maxCalls, 'a trunk carries no more calls that came in than allowed')
  }
}

/** Invariant 6 of the domain: a repayment removes the debtor's ringing calls, HOLD does so by the gate's own watch. */
function checkSettled(state: FloorState): void {
  for (const { direction, answeredAt, phase, party, campaign, startedAt } of state.calls.values()) {
    const rings = direction === 'out' && answeredAt === null && phase !== 'ended' && party !== null
    if (rings && isAboutDebt(state, campaign))
      claim(
        !state.settled.isNewerThan(startedAt + 1, party),
        `${party} paid while a call about the debt rang, and it rings on`,
      )
  }
}

function checkLeads(state: FloorState): void {
  const inHand = new Set<LeadId>()
  const add = (id: LeadId | null | undefined) => {
    if (!id) return
    claim(!inHand.has(id), 'a lead is in one hand')
    inHand.add(id)
  }
  for (const call of state.calls.values()) if (call.phase !== 'ended' || isWrapped(state, call)) add(call.lead?.id)
  for (const agent of state.agents.values()) {
    add(agent.preview?.lead.id)
    add(agent.rung?.intent.lead)
  }
  for (const id of inHand) claim(state.leadsInHand.has(id), 'a lead in a call is known to be in hand')
  claim(inHand.size === state.leadsInHand.size, 'no lead is kept in hand for nothing')
}

function isWrapped(state: FloorState, call: Call): boolean {
  return call.lastAgent !== null && state.agents.get(call.lastAgent)?.call === call.id
}

/** While the disk is slow, or what was said waits, what has come is put off. */
function checkDeadlines(state: FloorState): void {
  if (state.isDiskSlow || state.isBehind) return
  const named = new Set(state.deadlines.map(due => `${due.of} ${due.id} ${due.at}`))
  for (const { user, until } of state.agents.values()) {
    claim(until === null || named.has(`agent ${user.id} ${until}`), 'an instant that an agent names is kept')
  }
  for (const { id, deadlineAt } of state.calls.values()) {
    claim(deadlineAt === null || named.has(`call ${id} ${deadlineAt}`), 'an instant that a call names is kept')
  }
}

function isConsulted(call: Call | undefined, agent: UserId, answered: boolean): boolean {
  return call?.consult?.agent === agent && call.consult.answered === answered
}

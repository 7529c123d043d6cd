/** What saved records mean for the floor: people, lines, queues, campaigns, numbers that may not be called. */

import { AllowList } from '../../lib/allow-list.ts'
import type { CampaignId, QueueId, UserId } from '../../lib/ids.ts'
import { enterReady, leaveReady } from '../agents/ready.ts'
import { isAtRest, isDialledAheadFor, lookAtPhone, lookAtPhones } from '../agents/station-now.ts'
import { setLeaderless } from '../agents/team.ts'
import { identified } from '../calls/in-call.ts'
import { setTransfer } from '../calls/outside.ts'
import { setMode } from '../campaigns/evolve-mode.ts'
import { setDeadline } from '../deadlines.ts'
import type { Note } from '../decision.ts'
import { sortDialOrder } from '../dialler/dial-order.ts'
import type { Campaign, Queue, Trunk, User } from '../entities.ts'
import type { Fact } from '../facts.ts'
import { Abandonment } from '../gate/abandonment.ts'
import { countFor, evolveGate, limitAbandonment } from '../gate/evolve-gate.ts'
import { evolveLead } from '../leads/evolve-lead.ts'
import { markNumber } from '../leads/lead.ts'
import { LeadBuffer } from '../leads/lead-buffer.ts'
import { emptySupply } from '../leads/lead-supply.ts'
import { evolveSettled, settledBy } from '../leads/settled.ts'
import { noEase } from '../lines/ease.ts'
import { numberKey } from '../numbers/number.ts'
import { localDay, zoneOr } from '../numbers/zone.ts'
import { Arrivals } from '../pacing/arrivals.ts'
import { Pacer } from '../pacing/pacer.ts'
import { HandlingTime } from '../queues/queue-place.ts'
import { changedRules } from '../recording/recording-rules.ts'
import type { Agent, FloorState } from '../state.ts'
import { setSupervisionShown } from '../supervision/evolve-supervision.ts'
import { nameTollEnds } from '../toll/follow.ts'
import { placeOf } from '../trunks/trunk-connection.ts'
import { noteMoved } from '../trunks/trunk-trial.ts'

export function evolveRecord(state: FloorState, change: Fact | Note, at: number): void {
  if (evolveGate(state, change)) return
  switch (change.type) {
    case 'user.saved':
      saveUser(state, change.user, at)
      break
    case 'trunk.saved': {
      const known = state.trunks.get(change.trunk.id)
      if (known !== undefined) {
        if (placeOf(known.trunk) !== placeOf(change.trunk)) {
          noteMoved(known, at)
          known.ease = noEase()
          known.helpSilentAt = null
        }
        known.trunk = change.trunk
      } else {
        const idle = {
          up: false,
          reason: '',
          why: null,
          answersAt: null,
          trial: null,
          lastTrial: null,
          helpSilentAt: null,
          ease: noEase(),
          ...callsOn(state, change.trunk.id),
          tests: 0,
          nextCallerId: 0,
        }
        state.trunks.set(change.trunk.id, { trunk: change.trunk, ...idle, recent: [], missed: [], fault: null })
      }
      state.lines.saveTrunk(change.trunk)
      break
    }
    case 'trunk.removed':
      state.trunks.delete(change.trunk)
      state.lines.removeTrunk(change.trunk)
      break
    case 'trunkGroup.saved':
      state.trunkGroups.set(change.group.id, change.group)
      break
    case 'trunkGroup.removed':
      state.trunkGroups.delete(change.group)
      break
    case 'team.saved':
      state.teams.set(change.team.id, change.team)
      break
    case 'team.removed':
      state.teams.delete(change.team)
      break
    case 'number.saved': {
      dropNumber(state, change.number.id)
      state.numbers.set(change.number.id, change.number)
      state.numberIndex.set(numberKey(change.number.number), change.number.id)
      break
    }
    case 'number.removed':
      dropNumber(state, change.number)
      break
    case 'queue.saved':
      saveQueue(state, change.queue)
      break
    case 'queue.removed':
      removeQueue(state, change.queue, at)
      break
    case 'menu.saved':
      state.menus.set(change.menu.id, change.menu)
      break
    case 'menu.removed':
      state.menus.delete(change.menu)
      break
    case 'campaign.saved':
      saveCampaign(state, change.campaign, at)
      countFor(state)
      limitAbandonment(state, state.campaigns.get(change.campaign.id)!)
      break
    case 'message.sent':
      state.counters.follow(change, at)
      return
    case 'leads.added':
    case 'leads.imported':
    case 'leads.recycled':
    case 'list.saved':
      evolveLead(state, change, at)
      break
    case 'party.numberMarked':
      markNumber(state, change)
      break
    case 'suppression.added':
      if (isDigits(change.number)) state.suppressed.add(change.number, change.until ?? Number.POSITIVE_INFINITY)
      break
    case 'suppression.removed':
      if (isDigits(change.number)) state.suppressed.delete(change.number)
      break
    case 'setting.saved':
      setSupervisionShown(state, change.key, change.value)
      setLeaderless(state, change.key, change.value)
      if (change.key === 'centre.zone') {
        state.zone = zoneOr(change.value)
        state.toll.moved(state.zone)
      }
      if (change.key === 'allow.phones') state.allowed.phones = AllowList.kept(change.value)
      if (change.key === 'allow.staff') state.allowed.staff = AllowList.kept(change.value)
      setTransfer(state, change.key, change.value)
      state.recorder.rules = changedRules(state.recorder.rules, change)
      break
    case 'repayment.recorded':
    case 'case.moved': {
      state.agencies.learn(change)
      const party = settledBy(change)
      if (party !== null) evolveSettled(state, party, at)
      break
    }
    case 'agency.saved':
    case 'agency.removed':
      state.agencies.learn(change)
      for (const floor of state.campaigns.values()) floor.heldUntil = null
      break
    case 'call.identified':
      identified(state, change)
      break
    case 'phrase.used':
      state.phrases.set(change.name, change.version)
      break
    case 'attribution.added':
      state.lines.learnAreas(change.rows, trunksOf(state))
      break
    case 'attribution.cleared':
      state.lines.forgetAreas(trunksOf(state))
      break
    case 'lines.rulesSaved':
      state.lines.rules = change.rules
      break
    case 'toll.rulesSaved':
      state.toll.setRules(change.rules, state.zone)
      nameTollEnds(state)
      break
    default: // sessions, tokens, settings, exports: no matter of the floor
      break
  }
}

function* trunksOf(state: FloorState): Generator<Trunk> {
  for (const floor of state.trunks.values()) yield floor.trunk
}

function isDigits(number: string): boolean {
  return /^\+?\d{1,15}$/.test(number)
}

function callsOn(state: FloorState, trunk: string): { calls: number; offers: number } {
  const count = { calls: 0, offers: 0 }
  for (const call of state.calls.values())
    if (call.trunk === trunk && call.phase !== 'ended') count[call.phase === 'offered' ? 'offers' : 'calls']++
  return count
}

function saveUser(state: FloorState, user: User, at: number): void {
  state.users.set(user.id, user)
  const known = state.agents.get(user.id)
  if (known !== undefined) {
    // Who has something in hand is rung for it already (record.ts); who is at rest is looked at in this turn.
    if (known.user.station !== user.station)
      known.phoneOpen = user.station === 'phone-rung' && !isAtRest(known) && isDialledAheadFor(state, known)
    known.user = user
    lookAtPhone(state, known)
    return
  }
  // Quality takes no calls, but listens to them, and so has audio.
  if (user.role !== 'agent' && user.role !== 'supervisor' && user.role !== 'quality') return
  const campaigns = [...state.campaigns.values()].filter(({ campaign }) => campaign.agents.includes(user.id))
  const queues = [...state.queues.values()].filter(({ queue }) => queue.members.includes(user.id))
  state.agents.set(user.id, {
    user,
    phase: 'signed_off',
    phaseSince: at,
    until: null,
    reason: null,
    call: null,
    next: null,
    stationLeg: null,
    stationIsPhone: false,
    stationHeld: false,
    phoneOpen: false,
    stationLostAt: null,
    stationRinging: null,
    stationMissed: null,
    preview: null,
    readySince: at,
    before: 'break',
    claimedBy: null,
    rung: null,
    waiting: [],
    campaigns: campaigns.map(({ campaign }) => campaign.id),
    queues: queues.map(({ queue }) => queue.id),
  })
}

function dropNumber(state: FloorState, id: Parameters<FloorState['numbers']['get']>[0]): void {
  const old = state.numbers.get(id)
  if (old === undefined) return
  state.numbers.delete(id)
  const key = numberKey(old.number)
  if (state.numberIndex.get(key) === id) state.numberIndex.delete(key)
}

function saveQueue(state: FloorState, queue: Queue): void {
  const known = state.queues.get(queue.id)
  const floor = known ?? {
    queue,
    waiting: [],
    ready: new Set<UserId>(),
    signedOn: 0,
    arrivals: new Arrivals(),
    handling: new HandlingTime(),
  }
  const people = membersOf(state, floor.queue.members, queue.members)
  floor.queue = queue
  state.queues.set(queue.id, floor)
  rejoin(state, people, agent => {
    agent.queues = withOrWithout<QueueId>(agent.queues, queue.id, queue.members.includes(agent.user.id))
  })
  floor.signedOn = signedOn(state, queue.members)
}

/** Whoever waits there still is owed a callback at once: nobody comes any more. */
function removeQueue(state: FloorState, id: QueueId, at: number): void {
  const floor = state.queues.get(id)
  if (floor === undefined) return
  for (const member of floor.queue.members) {
    const agent = state.agents.get(member)
    if (agent !== undefined) agent.queues = agent.queues.filter(queue => queue !== id)
  }
  state.queues.delete(id)
  for (const waits of floor.waiting) {
    const call = state.calls.get(waits)
    if (call !== undefined) setDeadline(state, call, at)
  }
}

function saveCampaign(state: FloorState, campaign: Campaign, at: number): void {
  const known = state.campaigns.get(campaign.id)
  const floor = known ?? {
    campaign,
    mode: campaign.mode,
    ruled: { rule: null, since: null, lookedAt: Number.NEGATIVE_INFINITY, calls: 0, answers: 0 },
    buffer: new LeadBuffer(),
    supply: emptySupply(),
    fetching: false,
    exhausted: false,
    nextFetchAt: at,
    dialled: 0,
    answered: 0,
    connected: 0,
    abandoned: 0,
    held: null,
    heldUntil: null,
    releasedSinceFetch: new Set(),
    reserved: new Map(),
    fetchAskedAt: 0,
    ready: new Set(),
    free: new Set(),
    signedOn: 0,
    lines: new Map(),
    uncovered: new Set(),
    waiting: [],
    pacer: new Pacer(campaign.abandonRateMax),
    advice: null,
    lookedAt: Number.NEGATIVE_INFINITY,
    changed: true,
    sharesWith: [],
    turn: state.turn,
    abandonment: new Abandonment(),
    day: localDay(state.zone, at),
    loggedAt: at,
    loggedDialled: 0,
  }
  const people = membersOf(state, floor.campaign.agents, campaign.agents)
  floor.campaign = campaign
  floor.changed = true
  floor.heldUntil = null
  floor.nextFetchAt = at
  floor.supply.closed.clear() // the policy may be another
  const uncounted = (campaign.quotas ?? []).length > 0 && floor.supply.reached === null
  if (campaign.state !== 'running' || uncounted) floor.buffer.clear() // the store sends them with what was reached
  state.campaigns.set(campaign.id, floor)
  if (known === undefined) state.dialOrder.push(floor)
  sortDialOrder(state)
  rejoin(state, people, agent => {
    agent.campaigns = withOrWithout<CampaignId>(agent.campaigns, campaign.id, campaign.agents.includes(agent.user.id))
  })
  floor.signedOn = signedOn(state, campaign.agents)
  lookAtPhones(state)
  // Rules are asked again at once; without any the campaign's own mode is in force.
  floor.ruled = { ...floor.ruled, since: null, lookedAt: Number.NEGATIVE_INFINITY }
  if (campaign.modeRules?.length) return
  floor.ruled.rule = null
  setMode(state, floor, campaign.mode)
}

/** Those who belong before or after, longest idle first, so that leaving and entering again keeps their order. */
function membersOf(state: FloorState, before: readonly UserId[], after: readonly UserId[]): Agent[] {
  const agents: Agent[] = []
  for (const id of new Set([...before, ...after])) {
    const agent = state.agents.get(id)
    if (agent !== undefined) agents.push(agent)
  }
  return agents.sort((a, b) => a.readySince - b.readySince)
}

/** Takes the ready ones out, changes what they belong to, and puts them back. */
function rejoin(state: FloorState, agents: Agent[], change: (agent: Agent) => void): void {
  for (const agent of agents) if (agent.phase === 'ready') leaveReady(state, agent)
  for (const agent of agents) change(agent)
  for (const agent of agents) if (agent.phase === 'ready') enterReady(state, agent)
}

function withOrWithout<T extends string>(ids: T[], id: T, belongs: boolean): T[] {
  const others = ids.filter(other => other !== id)
  return belongs ? [...others, id] : others
}

function signedOn(state: FloorState, members: readonly UserId[]): number {
  return members.filter(id => (state.agents.get(id)?.phase ?? 'signed_off') !== 'signed_off').length
}

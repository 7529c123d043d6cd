import { AllowList } from '../lib/allow-list.ts'
import { idSeries } from '../lib/ids.ts'
import { NumberSet } from '../lib/number-set.ts'
import { setLeaderless } from './agents/team.ts'
import { awayDefaultMs, setTransfer } from './calls/outside.ts'
import { resumeMode } from './campaigns/evolve-mode.ts'
import { evolve } from './evolve.ts'
import { Agencies } from './gate/agencies.ts'
import { Counters } from './gate/counters.ts'
import { countFor, limitAbandonment, setCalendar } from './gate/evolve-gate.ts'
import { Stops } from './gate/stops.ts'
import { Settled } from './leads/settled.ts'
import { noteStart } from './lines/line.ts'
import { LineBook } from './lines/line-book.ts'
import { localDay, zoneOr } from './numbers/zone.ts'
import { shippedHolidays } from './policy/holidays.ts'
import { policyPresets } from './policy/presets.ts'
import { recordingRules } from './recording/recording-rules.ts'
import type { Setup } from './records/setup.ts'
import type { FloorState } from './state.ts'
import { setSupervisionShown, shownByDefault } from './supervision/evolve-supervision.ts'
import { TollBook } from './toll/book.ts'

/**
 * The floor as it is set up, with nobody on it; trunks are down until the phone layer says otherwise. Ids are made of `bootAt`, which lies ahead
 * of `now` when the clock was set back since the last line of the journal.
 */
export function floorFrom(setup: Setup, bootAt: number, now = bootAt): FloorState {
  const state: FloorState = {
    ids: idSeries(bootAt),
    agents: new Map(),
    users: new Map(),
    calls: new Map(),
    legs: new Map(),
    queues: new Map(),
    menus: new Map(),
    numbers: new Map(),
    numberIndex: new Map(),
    trunks: new Map(),
    trunkGroups: new Map(),
    teams: new Map(setup.teams?.map(team => [team.id, team])),
    leaderlessSeeAll: true,
    campaigns: new Map(),
    lines: new LineBook(bootAt | 0, setup.mobileAreas ?? null),
    dialOrder: [],
    turn: 0,
    zone: zoneOr(setup.zone),
    policies: new Map(policyPresets),
    textPolicy: setup.textPolicy ?? '',
    holidays: shippedHolidays(),
    counters: new Counters(),
    stops: new Stops(),
    agencies: new Agencies(setup.agencies, setup.placed),
    settled: new Settled(),
    toll: new TollBook(),
    allowed: { phones: AllowList.kept(setup.allowed?.phones), staff: AllowList.kept(setup.allowed?.staff) },
    suppressed: new NumberSet(setup.suppressed.length + 1024),
    leadsInHand: new Set(),
    recordings: new Map(),
    unrecorded: new Map(),
    recorder: { disk: 'well', rules: recordingRules(setup.recordingRules ?? {}) },
    numbersInCall: new Map(),
    partiesInCall: new Map(),
    parked: new Set(),
    loose: [],
    phonesDue: new Set(),
    slots: new Map(),
    outside: new Map(),
    awayMaxMs: awayDefaultMs,
    deadlines: [],
    isDiskSlow: false,
    isBehind: false,
    givenTo: 0,
    isClosing: false,
    appeals: new Map(),
    supervisions: new Map(),
    supervisionShown: { ...shownByDefault },
    phrases: new Map(setup.phrases?.map(({ name, version }) => [name, version])),
    lab: setup.lab ?? false,
  }
  for (const { recording, call, path } of setup.openRecordings ?? [])
    state.recordings.set(recording, { call, path, openedAt: 0 })
  for (const [key, value] of Object.entries(setup.supervision ?? {})) {
    setSupervisionShown(state, key, value)
    setLeaderless(state, key, value)
  }
  for (const { number, until } of setup.suppressed) state.suppressed.add(number, until ?? Number.POSITIVE_INFINITY)
  for (const policy of setup.policies ?? []) state.policies.set(policy.id, policy)
  for (const [code, text] of Object.entries(setup.calendars ?? {})) setCalendar(state, code, text)
  for (const [key, value] of Object.entries(setup.transfers ?? {})) setTransfer(state, key, value)
  for (const stop of setup.stops ?? []) state.stops.add(stop)
  for (const party of setup.unsold ?? []) state.stops.setSold(party, false)
  for (const user of setup.users) evolve(state, { type: 'user.saved', user }, now)
  for (const trunk of setup.trunks) evolve(state, { type: 'trunk.saved', trunk }, now)
  for (const { trunk, answersAt } of setup.answering ?? []) {
    const floor = state.trunks.get(trunk)
    if (floor !== undefined) floor.answersAt = answersAt
  }
  for (const group of setup.trunkGroups ?? []) state.trunkGroups.set(group.id, group)
  for (const { trunk, at } of setup.starts ?? []) {
    const floor = state.trunks.get(trunk)
    if (floor !== undefined) noteStart(floor, Math.min(at, now))
  }
  state.lines.rules = setup.lineRules ?? state.lines.rules
  state.toll.setRules(setup.tollRules, state.zone)
  state.toll.resume(setup.tollSpent ?? [], state.zone, now)
  for (const { at, trunk, callerId, ...counts } of setup.lines ?? []) {
    if (state.trunks.get(trunk)?.trunk.callerIds.includes(callerId)) state.lines.resume(trunk, callerId, at, counts)
  }
  for (const queue of setup.queues) evolve(state, { type: 'queue.saved', queue }, now)
  for (const menu of setup.menus ?? []) state.menus.set(menu.id, menu)
  for (const number of setup.numbers) evolve(state, { type: 'number.saved', number }, now)
  for (const campaign of setup.campaigns) evolve(state, { type: 'campaign.saved', campaign }, now)
  for (const resumed of setup.modes ?? []) resumeMode(state, resumed)
  countFor(state)
  if (setup.history) state.counters.load(setup.history.contacts, setup.history.since, () => false)
  for (const { campaign, at, ...count } of setup.abandonment ?? [])
    state.campaigns.get(campaign)?.abandonment.add(localDay(state.zone, at), count)
  for (const floor of state.campaigns.values()) {
    floor.day = localDay(state.zone, now)
    const { answered, abandoned } = floor.abandonment.of(floor.day, 1)
    floor.pacer.account.resume(answered, abandoned)
    limitAbandonment(state, floor)
  }
  return state
}

/** When the floor must be asked again (a `tick`) even if nothing happens; null: only when something does. */
export function nextDeadline(state: FloorState): number | null {
  return state.deadlines[0]?.at ?? null
}

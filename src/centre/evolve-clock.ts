/**
 * The clock of the machine was set: what the floor remembers is told in the new time, so that a minute that was half over is half over still,
 * and nobody wraps up, waits or is looked at an hour too long. Hours of the clock on the wall (callbacks, contact hours, caps) stay what they are.
 */

import type { Call } from './call-state.ts'
import { pushDue, setDeadline, shiftDue } from './deadlines.ts'
import { shiftRecordings } from './recording/unrecorded.ts'
import type { Agent, CampaignFloor, FloorState } from './state.ts'

/** The clock went on by `byMs` at once and reads `now`. */
export function shiftClock(state: FloorState, byMs: number, now: number): void {
  for (const agent of state.agents.values()) shiftAgent(agent, byMs)
  for (const call of state.calls.values()) shiftCall(call, byMs)
  for (const floor of state.campaigns.values()) shiftCampaign(floor, byMs)
  for (const appeal of state.appeals.values()) appeal.askedAt += byMs
  for (const floor of state.queues.values()) floor.arrivals.shift(byMs)
  for (const floor of state.trunks.values()) {
    floor.recent = floor.recent.map(start => start + byMs)
    if (floor.trial !== null) floor.trial.at += byMs
    if (floor.lastTrial !== null) floor.lastTrial.upAt += byMs
    floor.missed = floor.missed.map(missedAt => missedAt + byMs)
    if (floor.helpSilentAt !== null) floor.helpSilentAt += byMs
    floor.ease = { ...floor.ease, at: floor.ease.at + byMs, since: floor.ease.since + byMs }
  }
  if (state.counters.askedAt !== null) state.counters.askedAt += byMs
  state.givenTo += byMs
  state.toll.shift(byMs)
  state.settled.shift(byMs)
  shiftRecordings(state, byMs)
  shiftDue(state, byMs, now)
}

/** A shorter wait for the disk takes nothing from anybody; of a longer one than the second nobody waits for what was asked. */
const [givenMsMin, givenMsMax] = [3_000, 120_000]

/**
 * What was asked of phones and people while the disk was slow has reached them only now, and what they said while the inbox waited is heard only now:
 * they have the time that they would have had, and once where it was both. Their instants, of which those that came meanwhile were put off, are
 * named anew.
 */
export function giveTime(state: FloorState, afterMs: number, now: number): void {
  const lostMs = Math.min(afterMs, Math.max(0, now - state.givenTo))
  const mostMs = afterMs < givenMsMin ? 0 : Math.min(lostMs, givenMsMax)
  if (mostMs > 0) state.givenTo = now
  const given = (since: number) => Math.min(mostMs, Math.max(0, now - since))
  for (const agent of state.agents.values()) {
    if (agent.until === null) continue
    const byMs = given(agent.phaseSince)
    agent.phaseSince += byMs
    agent.until += byMs
    pushDue(state, { at: agent.until, of: 'agent', id: agent.user.id })
  }
  for (const call of state.calls.values()) {
    if (call.deadlineAt === null || hasWaited(call)) continue
    const byMs = given(call.startedAt)
    if (call.phase === 'dialing') call.startedAt += byMs // or it were withdrawn as one that has rung for long
    setDeadline(state, call, call.deadlineAt + byMs)
  }
}

/** Was heard, whatever the disk did: the wait is the party's own. */
export function hasWaited({ phase, dismissed }: Call): boolean {
  return dismissed === null && (phase === 'waiting' || phase === 'talking' || phase === 'away')
}

function shiftAgent(agent: Agent, byMs: number): void {
  agent.phaseSince += byMs
  agent.readySince += byMs
  if (agent.stationLostAt !== null) agent.stationLostAt += byMs
}

function shiftCall(call: Call, byMs: number): void {
  call.startedAt += byMs
  for (const each of call.tries) each.at += byMs
  if (call.answeredAt !== null) call.answeredAt += byMs
  if (call.queuedAt !== null) call.queuedAt += byMs
  if (call.backAt !== null) call.backAt += byMs
  if (call.connectedAt !== null) call.connectedAt += byMs
  if (call.endedAt !== null) call.endedAt += byMs
  if (call.waitsUntil !== null) call.waitsUntil += byMs
  const { notice } = call
  if (notice === null) return
  if (notice.begunAt !== null) notice.begunAt += byMs
  if (notice.askedAt !== null) notice.askedAt += byMs
  if (notice.waitsUntil !== null) notice.waitsUntil += byMs
}

function shiftCampaign(floor: CampaignFloor, byMs: number): void {
  floor.nextFetchAt += byMs
  floor.fetchAskedAt += byMs
  if (floor.fetching) {
    // Its answer names the instant of the question as it was: the store is asked anew, callbacks included.
    floor.fetching = false
    floor.supply.callbacksDue = true
  }
  floor.lookedAt += byMs
  floor.loggedAt += byMs
  floor.ruled.lookedAt += byMs
  if (floor.ruled.since !== null) floor.ruled.since += byMs
  floor.pacer.shift(byMs)
}

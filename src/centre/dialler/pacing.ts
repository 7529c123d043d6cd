/**
 * When the next call starts. Predictive: as many as the dialler's look at the floor advises (pacing/pacer.ts); progressive: one line for
 * each free agent of the campaign, no more; preview: an offer to each free agent; manual: agents dial. What holds a campaign back is kept in words for the page.
 */

import { placeForCampaign } from '../calls/dial.ts'
import { endCall } from '../calls/ending.ts'
import { type Hold, hold, keepHold, sameHold } from '../campaigns/hold.ts'
import { modeNow } from '../campaigns/mode.ts'
import type { Decision, Moment } from '../decision.ts'
import { Draft } from '../draft.ts'
import { chooseLead, freeAgentFor, noLeads } from '../leads/lead-choice.ts'
import { fetchLeads } from '../leads/lead-fetch.ts'
import { pickOnRoute, routeOf } from '../lines/route.ts'
import { adviceWords } from '../pacing/advice-words.ts'
import type { Advice } from '../pacing/pacer.ts'
import type { CampaignFloor, FloorState } from '../state.ts'
import { dialAgentFirst } from './agent-first.ts'
import { nextNotice } from './notice.ts'
import { isLogDue, logPace } from './pacing-log.ts'
import { offerPreview } from './preview.ts'

/** A line whose agent is gone may be withdrawn after the least ring time. */
const withdrawAfterMs = 15_000
const lookAtLeastMs = 1_000
const lookAtMostMs = 500

/** The next step of one campaign; null when it has nothing to do now. */
export function pace(state: FloorState, floor: CampaignFloor, moment: Moment): Decision | null {
  const d = new Draft(state, moment)
  if (floor.uncovered.size > 0) withdrawUncovered(d, floor)
  if (!d.isEmpty) return d.decision()
  if (isLogDue(floor, d.now)) logPace(d, floor)
  if (!d.isEmpty) return d.decision()
  const isHeld = floor.heldUntil !== null && floor.heldUntil > d.now
  // What rings is looked after whatever holds the next call back: the hours are over, and people go home.
  if (modeNow(floor) === 'predictive' && (!isHeld || floor.lines.size > 0)) {
    if (isLookDue(floor, d.now)) d.note({ type: 'note.looked', campaign: floor.campaign.id })
    else withdrawSurplus(d, floor)
    if (!d.isEmpty) return d.decision()
  }
  if (isHeld) return null
  fetchLeads(d, floor)
  if (!d.isEmpty) return d.decision()
  const held = nextStart(d, floor)
  if (!d.isEmpty) {
    if (held === null && floor.held !== null) keepHold(d, floor, null)
    return d.decision()
  }
  if (held === 'same' || sameHold(floor, held)) return null
  keepHold(d, floor, held)
  return d.decision()
}

/** Starts one call or offer, and answers null; or answers what holds the campaign back. */
function nextStart(d: Draft, floor: CampaignFloor): Hold | null | 'same' {
  const { campaign } = floor
  const mode = modeNow(floor)
  if (campaign.state !== 'running') return hold(campaign.state, `The campaign is ${campaign.state}.`)
  if (mode === 'manual') return hold('manual_mode', 'Agents dial by hand in this campaign.')
  if (mode === 'notice') return nextNotice(d, floor)
  if (floor.signedOn === 0) return hold('nobody_signed_on', 'No agent of this campaign is signed on.')
  if (mode === 'predictive') {
    const paced = pacedHold(floor)
    if (paced !== null) return paced
  } else if (floor.free.size === 0) {
    if (floor.lines.size > 0) return null
    return hold('no_free_agent', 'Every agent is on a call, in wrap-up or on a break.')
  }
  if (floor.buffer.length === 0) {
    if (floor.fetching) return floor.held === null ? null : 'same'
    return noLeads(floor, d.now)
  }
  const choice = chooseLead(d, floor)
  if (!('lead' in choice)) return choice.hold
  const first = dialAgentFirst(d, floor, choice)
  if (first !== 'for_anyone') return first
  const agent = mode === 'predictive' ? null : freeAgentFor(d.state, floor, choice.lead)
  if (agent === null && mode !== 'predictive')
    return hold('no_free_agent', 'Every agent is on a call, in wrap-up or on a break.')
  const line = pickOnRoute(
    d.state,
    routeOf(d.state, { campaign: campaign.id, agent: null }),
    d.now,
    choice.phone.number,
  )
  if (!line.ok) return { ...line.refusal, until: line.retryAt }
  if (mode === 'preview' && agent !== null) offerPreview(d, floor, agent, choice.lead)
  else placeForCampaign(d, floor, choice.lead, choice.phone, { verdict: choice.verdict, line })
  return null
}

/** Small floors are looked at after every event, large ones twice a second; each at least once a second, while it dials or something rings. */
function isLookDue(floor: CampaignFloor, now: number): boolean {
  if (floor.lines.size === 0 && (floor.campaign.state !== 'running' || floor.signedOn === 0)) return false
  const sinceMs = now - floor.lookedAt
  if (sinceMs >= lookAtLeastMs) return true
  return floor.changed && sinceMs >= Math.min(lookAtMostMs, floor.signedOn)
}

/** What the dialler says to the next call; null: go on. */
function pacedHold(floor: CampaignFloor): Hold | null {
  const { advice } = floor
  if (advice === null) return hold('pacing_starting', 'The dialler has not looked at the floor yet.')
  if (advice.starts > 0) return null
  let said = holdOf.get(advice)
  if (said === undefined) holdOf.set(advice, (said = hold(`pacing_${advice.limiter}`, adviceWords(advice))))
  return said
}

/** One look is asked for its words after every event until the next one. */
const holdOf = new WeakMap<Advice, Hold>()

/** Too many calls ring for those who will be free (agents left, talks got longer): the oldest beyond the least ring time are withdrawn. */
function withdrawSurplus(d: Draft, floor: CampaignFloor): void {
  let surplus = floor.advice?.surplus ?? 0
  if (surplus <= 0) return
  for (const call of floor.lines.values()) {
    if (surplus <= 0) return
    if (call.answeredAt !== null || call.claim !== null) continue
    if (call.startedAt + withdrawAfterMs > d.now) return // lines are in the order in which they were started
    endCall(d, call, { by: 'system', cause: 'cancelled', result: 'CANCELLED', sipStatus: null, q850: null })
    surplus--
  }
}

/** A line rings and its agent is gone (a break, a caller served first): after the least ring time it is withdrawn, before it can abandon. */
function withdrawUncovered(d: Draft, floor: CampaignFloor): void {
  for (const id of floor.uncovered) {
    const call = d.state.calls.get(id)
    if (call === undefined || call.answeredAt !== null || call.startedAt + withdrawAfterMs > d.now) continue
    return endCall(d, call, { by: 'system', cause: 'cancelled', result: 'CANCELLED', sipStatus: null, q850: null })
  }
}

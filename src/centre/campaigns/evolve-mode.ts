/** What a change of mode does to the floor. */

import { coverLine } from '../agents/ready.ts'
import { lookAtPhones } from '../agents/station-now.ts'
import type { Note } from '../decision.ts'
import type { CampaignMode } from '../entities.ts'
import type { Fact } from '../facts.ts'
import type { CampaignFloor, FloorState } from '../state.ts'
import { noteOutcome, type ResumedMode } from './mode.ts'

/** Answers whether the change was about a mode. */
export function evolveMode(state: FloorState, change: Fact | Note, at: number): boolean {
  if (change.type === 'note.modeLooked') {
    const floor = state.campaigns.get(change.campaign)
    if (floor !== undefined) floor.ruled.lookedAt = at
    return true
  }
  if (change.type !== 'campaign.modeChanged') return false
  const floor = state.campaigns.get(change.campaign)
  if (floor === undefined) return true
  floor.ruled.rule = change.rule
  floor.ruled.since = at
  floor.heldUntil = null
  setMode(state, floor, change.mode)
  return true
}

/**
 * After a restart the mode is the one that was in force, and stays for what is left of its time. A rule that has been changed since, or is
 * gone, is not resumed: the rules are asked at the first look anyway.
 */
export function resumeMode(state: FloorState, { campaign, changed, calls, answers }: ResumedMode): void {
  const floor = state.campaigns.get(campaign)
  const rules = floor?.campaign.modeRules ?? []
  if (floor === undefined || rules.length === 0) return
  floor.ruled.calls = calls
  floor.ruled.answers = answers
  if (changed === null) return
  const wanted = changed.rule === null ? floor.campaign.mode : rules[changed.rule - 1]?.mode
  if (wanted !== changed.mode) return
  floor.ruled.rule = changed.rule
  floor.ruled.since = changed.since
  floor.mode = changed.mode
}

/** Lines that rang for whoever would be free are each for one agent from now on; those that find none are withdrawn as any. */
export function setMode(state: FloorState, floor: CampaignFloor, mode: CampaignMode): void {
  const former = floor.mode
  floor.mode = mode
  lookAtPhones(state)
  if (former !== 'predictive' || mode === 'predictive') return
  floor.advice = null
  for (const line of floor.lines.values()) {
    if (line.mode !== 'predictive' || line.answeredAt !== null || line.claim !== null) continue
    line.mode = 'progressive'
    coverLine(state, line)
  }
}

/** A call we placed is over: its list is as good as its answers. */
export function learnQuality(state: FloorState, change: Fact | Note): void {
  if (change.type !== 'call.ended') return
  const call = state.calls.get(change.call)
  if (call === undefined || call.phase === 'ended' || call.direction === 'in' || call.campaign === null) return
  const floor = state.campaigns.get(call.campaign)
  if (floor !== undefined) noteOutcome(floor, call.answeredAt !== null)
}

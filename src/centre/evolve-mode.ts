/** What a change of mode does to the floor. */
import type { Note } from './decision.ts'
import type { CampaignMode } from './entities.ts'
import type { Fact } from './facts.ts'
import { noteOutcome } from './mode.ts'
import { coverLine } from './ready.ts'
import type { CampaignFloor, FloorState } from './state.ts'

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

/** Lines that rang for whoever would be free are each for one agent from now on; those that find none are withdrawn as any. */
export function setMode(state: FloorState, floor: CampaignFloor, mode: CampaignMode): void {
  const former = floor.mode
  floor.mode = mode
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

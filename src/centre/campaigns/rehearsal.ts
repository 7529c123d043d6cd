/**
 * What a campaign would have come to, or will come to, with other settings: worked out on a virtual clock by the real floor. Types only, so that
 * the pages, the commands and the simulation speak of the same thing.
 */
import type { CampaignId } from '../../lib/ids.ts'
import type { CampaignMode } from '../entities.ts'

/** What may be changed. Left out: as it was. */
export type RehearsalChange = {
  mode?: Exclude<CampaignMode, 'notice'>
  occupancyMax?: number
  abandonRateMax?: number
  linesPerAgentMax?: number
}

/** Rates and utilisation from 0 to 1; null: there was nothing to divide by. */
export type RehearsalFigures = {
  utilisation: number | null
  abandonRate: number | null
  worst15MinAbandonRate: number | null
  idleMsMean: number | null
  /** Conversations an hour, all agents together. */
  connectedPerHour: number | null
  dialled: number
  answered: number
  connected: number
  abandoned: number
  linesPeak: number
}

/** Too little is known, or the mode is of another kind: `rule` has words on pages; `found` and `needed` go into them. */
export type RehearsalRefusal = {
  rule: 'few_calls' | 'few_answers' | 'few_talks' | 'few_minutes' | 'notice'
  found: number
  needed: number
}

/** What a replay leaves out or takes as it is now; each has words on pages. `share`: how much of the day it concerns. */
export type RehearsalNote = {
  note:
    | 'settings_changed'
    | 'mode_changed'
    | 'list_ended'
    | 'shared_agents'
    | 'network_faults'
    | 'look_unknown'
    | 'withdrawn'
  share: number
}

export type RehearsalPart = {
  /** `as_was`, `changed`, or the ceiling of a prediction as `0.85`. */
  name: string
  /** One for each seed that is through. */
  runs: RehearsalFigures[]
}

export type Rehearsal = {
  id: string
  kind: 'replay' | 'prediction'
  campaign: CampaignId
  state: 'waiting' | 'running' | 'done' | 'cancelled' | 'failed'
  /** 0 to 1. */
  progress: number
  startedAt: number
  /** Of a replay: the day's span and its real figures. */
  day: { from: number; to: number; real: RehearsalFigures } | null
  asWas: Required<RehearsalChange>
  change: RehearsalChange
  /** How many agents at most. */
  agents: number
  /** Of each run, and how many of them are left out as a warm-up. */
  hours: number
  warmHours: number
  answerChance: number
  talkMsMean: number
  wrapMsMean: number
  notes: RehearsalNote[]
  parts: RehearsalPart[]
}

/** Asked for by pages; one runs at a time. */
export type Rehearsals = {
  /** A past day of the campaign again, as it was and with the change. */
  replay(given: {
    campaign: CampaignId
    from: number
    to: number
    change: RehearsalChange
  }): Promise<Rehearsal | RehearsalRefusal | 'too_many'>
  /** The hours to come with `agents`, under several ceilings of occupancy. */
  predict(given: {
    campaign: CampaignId
    agents: number
    from: number
    to: number
  }): Promise<Rehearsal | RehearsalRefusal | 'too_many'>
  find(id: string): Rehearsal | null
  /** The newest prediction of a campaign that was not cancelled. */
  predictionOf(campaign: CampaignId): Rehearsal | null
  cancel(id: string): void
}

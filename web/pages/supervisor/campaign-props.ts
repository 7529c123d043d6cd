/** One campaign as its page shows it: this instant, today by the minute, and the log of pacing. */
import type { CampaignMode } from '../../../src/centre/entities.ts'
import type { Frame } from '../../parts/frame.ts'
import type { Why } from '../../parts/state.ts'
import type { FilterProps } from '../admin/lists.ts'
import type { OccupancyProps } from './occupancy.ts'

export type CampaignNow = {
  id: string
  name: string
  mode: CampaignMode
  state: 'running' | 'paused' | 'closed'
  /** What holds the next call back; `paced`: it dials as fast as it may. null: nothing does. */
  why: Why | null
  /** The dialler's last look; null: this mode does not look, or it has not yet. */
  look: { limiter: string; risk: number; theta: number; answerChance: number; freeSoon: number; withinS: number } | null
  agents: {
    all: number
    talking: number
    wrapping: number
    idle: number
    dialing: number
    onBreak: number
    signedOff: number
  }
  lines: { ringing: number; waiting: number; talking: number; most: number | null }
  abandonRateMax: number
  /** null: no ceiling. */
  occupancyMax: number | null
}

/** Sums of today; rates are null when there is nothing to divide by. */
export type CampaignToday = {
  dialled: number
  answered: number
  connected: number
  abandoned: number
  abandonRate: number | null
  worst: { at: number; rate: number } | null
  utilisation: number | null
  idleMsMean: number | null
  /** ms; null: nobody was connected since the start. */
  patch: { p50: number; p99: number; ownP99: number } | null
}

/** A minute, or several put together; see `campaigns.minutes` of the store. */
export type Span = {
  minuteAt: number
  dialled: number
  answered: number
  connected: number
  abandoned: number
  lines: number
  busyMs: number
  presentMs: number
  idleMs: number
  idles: number
}

export type PatchPoint = { at: number; p50: number; p99: number }

export type CampaignCharts = {
  /** Spans of `stepMinutes`, and of 15 minutes. */
  points: readonly Span[]
  stepMinutes: number
  quarters: readonly Span[]
  patches: readonly PatchPoint[]
  dayStartAt: number
}

export type LogRow = {
  at: number
  agents: number
  free: number
  talking: number | null
  wrapping: number | null
  ringing: number
  lines: number | null
  dialled: number | null
  risk: number
  theta: number
  /** What held the next call back, in words. */
  why: string
}

export type CampaignPageProps = {
  frame: Frame
  now: CampaignNow
  today: CampaignToday
  filters: FilterProps
  charts: CampaignCharts
  log: LogRow[]
  /** null: this campaign is not paced by its occupancy. */
  occupancy: OccupancyProps | null
  /** Whether past days can be run again here. */
  replays: boolean
}

export type PacingPageProps = {
  frame: Frame
  campaign: { id: string; name: string }
  /** YYYY-MM-DD; '' for all days. */
  day: string
  /** What was typed is no day. */
  wrong: boolean
  log: LogRow[]
  next: string | null
}

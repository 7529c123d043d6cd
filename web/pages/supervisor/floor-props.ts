import type { OneWay } from '../../../src/centre/audio/leg-audio.ts'
import type { CallPhase } from '../../../src/centre/call-state.ts'
import type { Diverted } from '../../../src/centre/calls/diverted.ts'
import type { CampaignMode, Direction, SupervisionMode } from '../../../src/centre/entities.ts'
import type { AgentPhase } from '../../../src/centre/facts.ts'
import type { RecorderDisk } from '../../../src/centre/recording/recording-rules.ts'
import type { Frame } from '../../parts/frame.ts'
import type { Why } from '../../parts/state.ts'
import type { TeamChoice } from '../../parts/team-chooser.ts'
import type { TrunkSeen } from '../../parts/trunk-state.ts'
import type { OpenAppeal } from './appeals.ts'

/** The live floor as a supervisor sees it. Sums are since the process started, except where a name says otherwise. */
export type FloorProps = {
  frame: Frame
  choice: TeamChoice
  figures: {
    agentsOn: number
    agents: number
    talking: number
    ready: number
    waiting: number
    longestWaitSince: number | null
    answered: number
    abandoned: number
    dialled: number
    /** The tightest limit of the running campaigns, 0..1; null: none runs. */
    abandonRateMax: number | null
    recordingsMissing: number
    /** Sound that today's recordings lack. */
    recordingsLostMs: number
    recordingsDisk: RecorderDisk
    /** Safety alarms of the last hour. */
    alarms: number
    callbacks: { open: number; overdue: number }
    /** And disputes: `overdue` are past the day on which they had to be resolved. */
    complaints: { open: number; overdue: number }
    /** `open`: nobody comes yet; the others since midnight, `waitedMs` the mean until somebody came, null: nobody did. */
    appeals: { open: number; asked: number; waitedMs: number | null }
  }
  /** Agents who ask for help. */
  appeals: OpenAppeal[]
  agents: AgentTile[]
  campaigns: CampaignRow[]
  queues: { id: string; name: string; waiting: number; longestWaitSince: number | null; free: number }[]
  trunks: (TrunkSeen & { id: string; name: string; calls: number; maxCalls: number })[]
}

/** What the floor looks like, without whom one may choose or answer. */
export type BoardProps = Omit<FloorProps, 'choice' | 'appeals'>

export type AgentTile = {
  id: string
  displayName: string
  phase: AgentPhase
  since: number
  reason: string | null
  /** Signed on without audio. */
  noAudio: boolean
  /** Whom the agent talks to. */
  party: string | null
  /** `consulting`: asks somebody while the party waits; `asked`: is the one who is asked. */
  consult: 'consulting' | 'asked' | null
}

export type CampaignRow = {
  id: string
  name: string
  mode: CampaignMode
  state: 'running' | 'paused' | 'closed'
  why: Why | null
  agents: number
  dialled: number
  answered: number
  connected: number
  abandoned: number
  abandonRateMax: number
  buffer: number
}

export type LiveCall = {
  id: string
  phase: CallPhase
  direction: Direction
  name: string | null
  isForHelp: boolean
  number: string
  /** Who sent it on to us; left out or null: nobody. */
  diverted?: Diverted | null
  agent: string | null
  /** Where it is parked; null: it is not. */
  slot: string | null
  /** Who parked it there. */
  parkedBy: string | null
  campaign: string | null
  trunk: string
  since: number
  /** An agent talks on it, so that it can be listened to. */
  mayHear: boolean
  /** Who supervises it, in which mode. */
  supervisors: { name: string; mode: SupervisionMode }[]
  /** How it sounds now; left out or null: not known. */
  sound?: { mos: number | null; oneWay: OneWay | null } | null
}

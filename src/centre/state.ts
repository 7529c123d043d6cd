/**
 * The live floor in memory: bounded by people, lines and buffers, never by the number of leads or calls of the past. Only `evolve` (in
 * `evolve.ts`) changes it, by applying facts.
 */
import type {
  CallId,
  CampaignId,
  IdSeries,
  LeadId,
  LegId,
  NumberId,
  QueueId,
  RecordingId,
  TrunkId,
  UserId,
} from '../lib/ids.ts'
import type { NumberSet } from '../lib/number-set.ts'
import type {
  BufferedLead,
  Campaign,
  CampaignMode,
  Direction,
  InboundNumber,
  Lead,
  Queue,
  Relation,
  Trunk,
  User,
} from './entities.ts'
import type { AgentPhase } from './facts.ts'

export type CallPhase = 'dialing' | 'ringing' | 'offered' | 'waiting' | 'assigned' | 'talking' | 'ended'

export type Call = {
  id: CallId
  direction: Direction
  phase: CallPhase
  mode: CampaignMode | null
  campaign: CampaignId | null
  lead: Lead | null
  party: string | null
  name: string | null
  relation: Relation | null
  queue: QueueId | null
  /** The agent talking, ringing or wrapping this call; for manual and preview also while it is being dialled. */
  agent: UserId | null
  trunk: TrunkId
  number: string
  /** Our number on this call: the caller ID shown, or the number that was dialled. */
  ourNumber: string
  leg: LegId
  /** The rung desk phone's leg for this call only. */
  agentLeg: LegId | null
  recording: RecordingId | null
  heldBy: 'agent' | 'party' | null
  startedAt: number
  answeredAt: number | null
  queuedAt: number | null
  connectedAt: number | null
  endedAt: number | null
  /** The instant at which something must be decided for this call (overflow, abandonment, agent lost); null: none. */
  deadlineAt: number | null
}

export type Agent = {
  user: User
  phase: AgentPhase
  phaseSince: number
  /** When this phase runs out (wrap-up, preview, ringing); null: never. */
  until: number | null
  reason: string | null
  /** The call in hand, through wrap-up. */
  call: CallId | null
  /** A break or sign-off asked for during a call; honoured after wrap-up. */
  next: { phase: 'break'; reason: string } | { phase: 'signed_off' } | null
  /** Leg of the shift: browser or nailed desk phone; null while there is none. */
  stationLeg: LegId | null
  /** Since when the audio is gone, while a call is in hand; null: it is there. */
  stationLostAt: number | null
  preview: { campaign: CampaignId; lead: BufferedLead } | null
  readySince: number
}

export type CampaignFloor = {
  campaign: Campaign
  buffer: BufferedLead[]
  fetching: boolean
  exhausted: boolean
  nextFetchAt: number
  /** Numbers since start-up, for the live pages; history is in the store. */
  dialled: number
  answered: number
  connected: number
  abandoned: number
  /** Why it does not dial now, for the page; null while it does. */
  held: { rule: string; words: string } | null
}

export type TrunkFloor = {
  trunk: Trunk
  up: boolean
  reason: string
  calls: number
  tokens: number
  tokensAt: number
  nextCallerId: number
}

export type FloorState = {
  ids: IdSeries
  agents: Map<UserId, Agent>
  users: Map<UserId, User>
  calls: Map<CallId, Call>
  legs: Map<LegId, { call: CallId; side: 'party' | 'agent' } | { agent: UserId; side: 'station' }>
  queues: Map<QueueId, { queue: Queue; waiting: CallId[] }>
  numbers: Map<NumberId, InboundNumber>
  trunks: Map<TrunkId, TrunkFloor>
  campaigns: Map<CampaignId, CampaignFloor>
  /** Numbers that may not be called, for good or until an instant. */
  suppressed: NumberSet
  /** Leads that are in a call or a preview now. */
  leadsInHand: Set<LeadId>
  recordings: Map<RecordingId, { call: CallId; path: string }>
}

/** What the store loads at start: the floor as it is set up, with nobody on it. */
export type Setup = {
  users: User[]
  trunks: Trunk[]
  numbers: InboundNumber[]
  queues: Queue[]
  campaigns: Campaign[]
  suppressed: { number: string; until: number | null }[]
}

/**
 * The live floor in memory: bounded by people, lines and buffers, never by the number of leads or calls of the past. Only `evolve` (in
 * `evolve.ts`) changes it, by applying facts.
 */

import type { AllowList } from '../lib/allow-list.ts'
import type {
  CallId,
  CampaignId,
  IdSeries,
  LeadId,
  LegId,
  MenuId,
  NumberId,
  QueueId,
  RecordingId,
  TeamId,
  TrunkGroupId,
  TrunkId,
  UserId,
} from '../lib/ids.ts'
import type { NumberSet } from '../lib/number-set.ts'
import type { Call, LooseEnd } from './call-state.ts'
import type { DialIntent } from './calls/dial-intent.ts'
import type {
  BufferedLead,
  Campaign,
  CampaignMode,
  InboundNumber,
  Queue,
  Role,
  SupervisionMode,
  Team,
  Trunk,
  TrunkGroup,
  User,
} from './entities.ts'
import type { AgentPhase } from './facts.ts'
import type { Abandonment } from './gate/abandonment.ts'
import type { Agencies } from './gate/agencies.ts'
import type { Counters } from './gate/counters.ts'
import type { Stops } from './gate/stops.ts'
import type { LeadBuffer } from './leads/lead-buffer.ts'
import type { LeadSupply } from './leads/lead-supply.ts'
import type { Settled } from './leads/settled.ts'
import type { TrunkEase } from './lines/ease.ts'
import type { LineBook } from './lines/line-book.ts'
import type { Menu } from './menu/menu.ts'
import type { Arrivals } from './pacing/arrivals.ts'
import type { Advice, Pacer } from './pacing/pacer.ts'
import type { Policy } from './policy/policy.ts'
import type { HandlingTime } from './queues/queue-place.ts'
import type { RecorderDisk, RecordingRules } from './recording/recording-rules.ts'
import type { Unrecorded } from './recording/unrecorded.ts'
import type { TollBook } from './toll/book.ts'
import type { TrunkFault } from './trunks/trunk-now.ts'
import type { TrunkTrouble } from './trunks/trunk-trouble.ts'

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
  /** Whether that is the desk phone: for somebody who moved to the page until the page is up. */
  stationIsPhone: boolean
  /** The desk phone holds that leg: nothing is heard there (phone-hold.ts). */
  stationHeld: boolean
  /** A rung phone that is to be up while a campaign dials ahead for its user: see open-phone.ts. */
  phoneOpen: boolean
  /** Since when the audio is gone, while a call is in hand; null: it is there. */
  stationLostAt: number | null
  preview: { campaign: CampaignId; lead: BufferedLead } | null
  readySince: number
  /** Where the agent was before dialling by hand: an unanswered call leads back there. */
  before: 'ready' | 'break'
  /** The progressive line that was started for this agent while ready; null: free. */
  claimedBy: CallId | null
  /** A rung desk phone being called first, and what is dialled once it is picked up. */
  rung: { leg: LegId; call: CallId; intent: DialIntent } | null
  /** Callers who dialled this person and wait. */
  waiting: CallId[]
  /** Campaigns and queues this person belongs to. */
  campaigns: CampaignId[]
  queues: QueueId[]
  /** Nailed desk phone: the leg for the shift that rings, or is rung again by the phone layer until it is hung up. */
  stationRinging: LegId | null
  /** Why that phone is not up, as told last; null: it rings for the first time, or does not ring. */
  stationMissed: string | null
}

/**
 * Somebody who supervises: a call until it ends (`stays` false), or an agent through all calls (`stays` true; `call` is the one in hand, or null
 * between two).
 */
export type Supervision = {
  by: UserId
  agent: UserId
  call: CallId | null
  mode: SupervisionMode
  stays: boolean
  reason: string
  since: number
  /** The supervisor's desk phone, rung for this; null: the leg of the shift is used. `up`: picked up. */
  leg: LegId | null
  up: boolean
  /** What the journal says is being heard, and in which mode; null: nothing. */
  heard: { call: CallId; mode: SupervisionMode } | null
  /** How much louder or softer others hear this supervisor, dB; 0: as it comes. */
  gainDb: number
  /** What the bay was told last; in memory only. */
  told: { leg: LegId; target: LegId; mode: SupervisionMode; gainDb: number } | null
}

/** The agent of a call asks the supervisors to come; `takenBy`: who does. */
export type Appeal = { agent: UserId; reason: string; askedAt: number; takenBy: UserId | null }

export type CampaignFloor = {
  campaign: Campaign
  /** The mode in force: the campaign's, or a rule's (see mode.ts). */
  mode: CampaignMode
  /** What the rules of its mode go by: which holds since when, and how the last calls were answered. */
  ruled: { rule: number | null; since: number | null; lookedAt: number; calls: number; answers: number }
  buffer: LeadBuffer
  supply: LeadSupply
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
  /** Nothing changes before this instant (contact hours); null: look again at each step. */
  heldUntil: number | null
  /** Leads given back since the last fetch was asked for: what a late answer may not bring again. */
  releasedSinceFetch: Set<LeadId>
  /** Leads in a call or preview of this campaign, with what the buffer knew of them. */
  reserved: Map<LeadId, BufferedLead>
  fetchAskedAt: number
  /** Ready agents of this campaign, longest idle first; `free`: those for whom no line was started. */
  ready: Set<UserId>
  free: Set<UserId>
  signedOn: number
  /** Lines started and not answered yet; `uncovered`: those without a free agent any more. */
  lines: Map<CallId, Call>
  uncovered: Set<CallId>
  /** Answered and waiting for an agent, oldest first. */
  waiting: CallId[]
  /** What the dialler of this campaign has learned; in memory only, and soon learned again. */
  pacer: Pacer
  /** The dialler's last look at the floor; `starts` counts down as calls are started. null: it has not looked yet. */
  advice: Advice | null
  lookedAt: number
  /** Something has happened since that changes what it would see. */
  changed: boolean
  /** Campaigns that agents of this one serve too, as of the last look. */
  sharesWith: CampaignId[]
  /** Its clock among those that share agents and lines: see dial-order.ts. */
  turn: number
  /** Live-answered and abandoned calls by day, for the windows of policies. */
  abandonment: Abandonment
  /** Day of the centre (days since 1970) that the account of abandonment is of. */
  day: number
  /** When what it paced was last put down in the journal, and `dialled` then. */
  loggedAt: number
  loggedDialled: number
}

export type TrunkFloor = {
  trunk: Trunk
  up: boolean
  /** What was seen when it went down; empty while it is up, or was not heard of yet. */
  reason: string
  why: TrunkTrouble | null
  /** The place (`placeOf`) where it has answered OPTIONS, in this run or an earlier one; null: nowhere. */
  answersAt: string | null
  /** While it is down and only a call can tell when it is back: when the next one may try it, and the pause until then. */
  trial: { at: number; pauseMs: number } | null
  /** When it came up last from being tried, and the pause that it had then. */
  lastTrial: { pauseMs: number; upAt: number } | null
  /** How much of `callsPerSecond` it is asked for. */
  ease: TrunkEase
  /** Calls that have a line of it. */
  calls: number
  /** Calls that came in and are not answered for us (over UDP: not acknowledged) yet: they have no line. See `takesOffer` for their bound. */
  offers: number
  /** Tests of it under way that call: each has a line, as a call has. */
  tests: number
  nextCallerId: number
  /** Instants of the last calls started, at most `callsPerSecond` of them, rounded up: see `line.ts`. */
  recent: number[]
  /** Instants of the last callers of it who were turned away and are kept as missed calls: see `trunks/missed.ts`. */
  missed: number[]
  /** When a call for help got nothing of it but a 100, if that; null: never, or the last one rang. See `calls/help-silence.ts`. */
  helpSilentAt: number | null
  /** The last thing that went wrong on it since the start; null: nothing did. */
  fault: TrunkFault | null
}

export type QueueFloor = {
  queue: Queue
  waiting: CallId[]
  /** Ready members, longest idle first. */
  ready: Set<UserId>
  signedOn: number
  arrivals: Arrivals
  handling: HandlingTime
}

export type Due =
  | { at: number; of: 'agent'; id: UserId }
  | { at: number; of: 'call'; id: CallId }
  | { at: number; of: 'campaign'; id: CampaignId }
  | { at: number; of: 'callbacks'; id: CampaignId }
  /** A call by hand abroad has gone on for as long as one may. */
  | { at: number; of: 'toll'; id: CallId }
  /** A caller is told the place in the queue. */
  | { at: number; of: 'place'; id: CallId }
  /** A call whose recording failed is recorded again. */
  | { at: number; of: 'recording'; id: CallId }

/** `staff`: administrators, security and auditors, on pages and by token. */
export type AllowedFrom = { phones: AllowList; staff: AllowList }

export type FloorState = {
  ids: IdSeries
  agents: Map<UserId, Agent>
  users: Map<UserId, User>
  calls: Map<CallId, Call>
  legs: Map<
    LegId,
    /** `held`: by the phone itself; of a leg of the shift `stationHeld` says so. */
    | { call: CallId; side: 'party' | 'agent' | 'consult' | 'second'; held?: boolean }
    | { agent: UserId; side: 'station' | 'rung' | 'supervision'; held?: boolean }
  >
  queues: Map<QueueId, QueueFloor>
  menus: Map<MenuId, Menu>
  numbers: Map<NumberId, InboundNumber>
  /** Dialled number in its plainest form (see number.ts) → our number. */
  numberIndex: Map<string, NumberId>
  trunks: Map<TrunkId, TrunkFloor>
  trunkGroups: Map<TrunkGroupId, TrunkGroup>
  teams: Map<TeamId, Team>
  /** Supervisors who lead no team see all: see team.ts. */
  leaderlessSeeAll: boolean
  /** How trunks, caller IDs, prefixes and hours have been doing. */
  lines: LineBook
  campaigns: Map<CampaignId, CampaignFloor>
  /** The campaigns in the order in which they may start the next call. */
  dialOrder: CampaignFloor[]
  turn: number
  /** IANA time zone of the centre: its day is the day of the abandonment account. */
  zone: string
  /** Policies shipped and the centre's own, by id: the version in force. */
  policies: Map<string, Policy>
  /** What texts keep to; empty: what calls outside any campaign do. */
  textPolicy: string
  /** Days without contact, by calendar. */
  holidays: Map<string, Set<string>>
  /** Who was contacted, for caps. */
  counters: Counters
  /** People whom no channel may reach. */
  stops: Stops
  /** Agencies, and whose cases are placed with them. */
  agencies: Agencies
  /** Who paid, or whose case was closed, a moment ago. */
  settled: Settled
  /** What may be dialled at all, and how much was talked abroad today. */
  toll: TollBook
  /** Where phones, and people with rights over others, may come from. */
  allowed: AllowedFrom
  /** Numbers that may not be called, for good or until an instant. */
  suppressed: NumberSet
  /** Leads that are in a call or a preview now. */
  leadsInHand: Set<LeadId>
  recordings: Map<RecordingId, { call: CallId; path: string; openedAt: number }>
  /** Calls whose recording failed, and what is known of that until they end. */
  unrecorded: Map<CallId, Unrecorded>
  /** The disk that recordings go to, and what is done when none can be made. */
  recorder: { disk: RecorderDisk; rules: RecordingRules }
  /** Numbers on a live call, with how many calls (one, by rule; inbound may add). */
  numbersInCall: Map<string, number>
  /** People whom we are calling or talk to, with how many calls (one, by rule): the same person at two numbers is still one. */
  partiesInCall: Map<string, number>
  /** Callers who wait for one person. */
  parked: Set<CallId>
  /** What an ending leaves to do, in the same turn: see loose-ends.ts. */
  loose: LooseEnd[]
  /** Rung phones that may have to be opened, or let go, in the same turn: see open-phone.ts. */
  phonesDue: Set<UserId>
  /** Park slots in use. */
  slots: Map<string, CallId>
  /** Outside numbers that a role may pass calls on to, as patterns: see outside.ts. */
  outside: Map<Role, readonly string[]>
  /** How long a call may go on with an outside number and no agent. */
  awayMaxMs: number
  /** On which calls the agent asks for help; none outlasts its call. */
  appeals: Map<CallId, Appeal>
  /** Who supervises now, by supervisor. */
  supervisions: Map<UserId, Supervision>
  /** Whether an agent sees that a supervisor listens, whispers, barges in. */
  supervisionShown: Record<SupervisionMode, boolean>
  /** Binary heap of instants; its top is always a live one. */
  deadlines: Due[]
  /** What was decided is not on disk since a second: see `proceed.ts`. */
  isDiskSlow: boolean
  /** What was said more than a second ago is not decided yet: likewise. */
  isBehind: boolean
  /** Up to when what was not heard has been given its time: see `giveTime`. */
  givenTo: number
  /** The house closes: nothing begins any more, see `proceed.ts`. */
  isClosing: boolean
  /** Which version of each of the lender's own recordings is said. */
  phrases: Map<string, number>
  /** A laboratory floor (demo, tests): the policy `LAB-ANY-HOUR` is accepted. */
  lab: boolean
}

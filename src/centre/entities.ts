/**
 * What the centre is set up with: people, lines, queues, campaigns, leads. Plain values; the records door writes them, the floor reads
 * them. Instants are Unix milliseconds and end in `At`; durations end in `Ms`; numbers are E.164 (`+8613812345678`), extensions are digits.
 */
import type {
  AgencyId,
  CallbackId,
  CampaignId,
  FilterId,
  ImportId,
  LeadId,
  MenuId,
  NumberId,
  QueueId,
  TeamId,
  TrunkGroupId,
  TrunkId,
  UserId,
} from '../lib/ids.ts'
import type { QueueAnnouncement } from './queues/queue-place.ts'
import type { SrtpUse, TrunkConnection } from './trunks/trunk-connection.ts'
import type { TrunkRules } from './trunks/trunk-rules.ts'

export const roles = ['agent', 'supervisor', 'quality', 'admin', 'security', 'auditor'] as const
export type Role = (typeof roles)[number]

/** What a campaign makes of the judgement who answered. */
export const machineUses = ['off', 'tell', 'end', 'end_likely'] as const

/** How an agent is heard: in the browser, or at a desk phone whose leg stays up for the shift (`nailed`) or is rung for each call. */
export const stationKinds = ['browser', 'phone-nailed', 'phone-rung'] as const
export type StationKind = (typeof stationKinds)[number]

export type User = {
  id: UserId
  name: string
  displayName: string
  role: Role
  /** Digits that the desk phone registers with; null when the person has none. */
  extension: string | null
  station: StationKind
  skills: string[]
  numbersMasked: boolean
  language: 'zh-CN' | 'en'
  enabled: boolean
  /** The agency that this agent works for; null or left out: the lender. Such a person never sees a number in clear. */
  agency?: AgencyId | null
  /** Trunks of the calls that this person dials outside campaigns; left out or null: any. */
  trunkGroup?: TrunkGroupId | null
  /** What the person's desk phone can; left out: what every phone can. */
  device?: DeskDevice
}

/** `sha256`: SHA-256 is offered beside MD5; some phones give up when they see it. */
export type DeskDevice = { sha256: boolean; srtp: SrtpUse }

export type Codec = 'pcma' | 'pcmu'

export type Trunk = {
  id: TrunkId
  name: string
  host: string
  port: number
  transport: 'udp' | 'tcp' | 'tls'
  /** TLS, SRTP, outbound proxy and their like; what is left out is plain. */
  connection?: Partial<TrunkConnection>
  /** When true we register with the carrier using `username` and the stored secret. */
  register: boolean
  username: string | null
  callerIds: string[]
  /** Calls at once, both directions. */
  maxCalls: number
  callsPerSecond: number
  /** In order of preference. */
  codecs: Codec[]
  enabled: boolean
  /** Share of the calls of those trunks it stands beside, at least and at most, 0 to 1; left out: 0 and 1. */
  minShare?: number
  maxShare?: number
  /** The same for caller IDs among those of this trunk; at most 20. */
  callerIdShares?: { callerId: string; minShare: number; maxShare: number }[]
  /** What is particular about it; what is left out is as `defaultTrunkRules` says. */
  rules?: Partial<TrunkRules>
}

/** Trunks in the order in which a call tries them; one that is down or full is passed over. */
export type TrunkGroup = {
  id: TrunkGroupId
  name: string
  trunks: TrunkId[]
  /** Roles whose own calls go out through it when their person has no group; left out: none. */
  defaultFor?: Role[]
}

/**
 * A trunk that could not take a call. `no_response`: it said nothing at all; `no_progress`: it took a call for help and said nothing beyond a 100;
 * `unreachable`: the request did not get there.
 */
export type TrunkTry = {
  trunk: TrunkId
  at: number
  why: 'refused' | 'no_response' | 'no_progress' | 'unreachable'
  sipStatus: number | null
  q850: number | null
}

/** A list as one person looks at it again and again: the page, and what its URL says. Nothing that was searched for by name or number. */
export type SavedFilter = { id: FilterId; owner: UserId; page: string; name: string; query: string }

/** Who works together, and who leads them: supervisors and quality see and hear the members of the teams that they lead (team.ts). */
export type Team = { id: TeamId; name: string; members: UserId[]; leaders: UserId[] }

/** `ivr`: a voice menu, see menu/menu.ts. */
export type InboundTarget = { queue: QueueId } | { user: UserId } | { ivr: MenuId }

/** A dialled number of ours and where it leads. */
export type InboundNumber = { id: NumberId; number: string; target: InboundTarget }

export type Queue = {
  id: QueueId
  name: string
  strategy: 'longest-idle'
  members: UserId[]
  /** A caller who waited this long hears a farewell and becomes a callback. */
  maxWaitMs: number
  serviceLevelMs: number
  /** From this wait on, a caller who hangs up becomes a callback; 0 means every abandoned caller does. */
  callbackAfterMs: number
  /** The lender's own recording that callers hear who wait; left out or null: the music that is shipped. */
  music?: string | null
  /** The way of its outbound work: callbacks it owes, and outside numbers that its calls are passed on to; null: that of whoever dials. */
  trunkGroup?: TrunkGroupId | null
  /** Our numbers that such calls show, as in a campaign. */
  callerIds?: string[]
  /** What is said to who waits, between the music; left out or null: nothing. */
  announce?: QueueAnnouncement | null
}

export const businesses = ['verification', 'sales', 'collections'] as const
export type Business = (typeof businesses)[number]

export const campaignModes = ['predictive', 'progressive', 'preview', 'manual', 'notice'] as const
export type CampaignMode = (typeof campaignModes)[number]

/**
 * After `result` a lead is tried again no sooner than `delayMs`, until it has had `max` attempts (of `FAX`: until it was heard that often
 * at the number). `then` says which number is next (left out:
 * the person's own take turns), `otherSlot` that the next attempt falls in another part of the callee's day (morning, afternoon, evening).
 */
export type RetryRule = {
  result: CallResult
  delayMs: number
  max: number
  then?: 'same' | 'next_number'
  otherSlot?: boolean
}

/** No more than `max` leads of a segment (null: of each) are dialled until they are `done`, or until someone was talked to. */
export type Quota = { segment: string | null; count: 'done' | 'connected'; max: number }

/** A piece of a message: a phrase (`own/NAME`: the lender's recording), or a value of the lead read aloud. */
export const readAs = ['money', 'number', 'digits', 'date', 'tail'] as const
export type MessagePart = { prompt: string } | { field: string; as: (typeof readAs)[number] }

/** Robot notice: what is said to whoever answers, without an agent. */
export type Notice = {
  language: 'zh-CN' | 'en'
  parts: MessagePart[]
  /** Calls of this campaign at once; the trunks' own bounds come on top. */
  maxLines: number
  /** Who pressed 1 waits this long for a person, then is called back. */
  waitMs: number
}

/** When all that it names holds, a campaign dials in `mode`. Hours are HH:MM in `zone` (left out: the centre's), over midnight when `to` is earlier. */
export type ModeRule = {
  when: {
    from?: string
    to?: string
    zone?: string
    /** Agents of the campaign who are signed on. */
    agentsBelow?: number
    agentsFrom?: number
    /** Answered of the last few hundred calls, 0 to 1. */
    answerRateBelow?: number
    answerRateFrom?: number
  }
  mode: CampaignMode
}

export type Campaign = {
  id: CampaignId
  name: string
  business: Business
  mode: CampaignMode
  state: 'running' | 'paused' | 'closed'
  trunks: TrunkId[]
  /** Its calls go out through this group, in its order, and `trunks` waits; left out or null: through `trunks`, the best first. */
  trunkGroup?: TrunkGroupId | null
  /** Our numbers that its calls show, on trunks that they are assigned to; left out or []: any of the trunk's (see shown-number.ts). */
  callerIds?: string[]
  agents: UserId[]
  /** The agency whose people these are, and whose placed cases its leads; left out or null: the lender's own. */
  agency?: AgencyId | null
  /** Id of a policy or a named stack, or several joined with `+`: the strictest wins. Unknown means no call is allowed. */
  policy: string
  /** How long a customer's phone rings; never below 15,000. */
  ringMs: number
  wrapMs: number
  /** Preview: how long an agent may look before the lead goes back. */
  previewMs: number
  abandonRateMax: number
  /** Predictive: share of their time that agents are kept busy at most, 0.5 to 1 (1: no ceiling); left out: 0.9. */
  occupancyMax?: number
  /** Predictive: lines that ring for each agent present, at most; left out: 3. */
  linesPerAgentMax?: number
  /** Campaigns that share agents start calls in this order, the lower first, 1 to 9; left out: 5. */
  priority?: number
  /** Of campaigns with one priority: what part of the calls is started for this one, 1 to 100; left out: 1. */
  share?: number
  retries: RetryRule[]
  quotas?: Quota[]
  /** Which of the leads that are equal otherwise come first; left out: those that are due longest. */
  order?: 'oldest' | 'newest'
  /** Segments that answer better than usual at this hour come first; left out: true. */
  bestTime?: boolean
  /** The first that holds sets the mode; when none does it is `mode`. */
  modeRules?: ModeRule[]
  /**
   * Progressive: an agent is taken first and hears the customer's phone ring, so that an answer finds a person at once. In preview and by hand
   * that is so anyway, from the moment at which the agent accepts; the other modes do not know it.
   */
  reserved?: boolean
  /** Whom we abandoned: rests for 72 hours, or is called back soon with an agent guaranteed; left out: `rest`. */
  abandoned?: 'rest' | 'callback'
  /**
   * What the network says before the answer (关机, 空号 …) is kept with the call. `retry`: the next attempt goes by it where it is sure; `end`:
   * besides, the attempt ends as soon as it is sure, if no agent listens. Left out: `note`, it is only kept.
   */
  announcements?: 'note' | 'retry' | 'end'
  /**
   * Predictive and progressive: who answered is judged, and kept; `end`: what is certainly a machine is hung up on (a beep, a known recording, a fax);
   * `end_likely`: whoever talks on and on is too. Left out: `off`.
   */
  machines?: (typeof machineUses)[number]
  /** What a robot says in mode `notice`; left out: nothing is said, and nobody is dialled in that mode. */
  notice?: Notice | null
  /**
   * Outside numbers that calls of this campaign may be passed on to, and that its agents may consult on them: `+862155551234`, `+8621*`. Left
   * out: those that the role may (see outside.ts), which are none unless an administrator names some.
   */
  transferNumbers?: string[]
  /** The lender's own recording that a party hears who is held; left out or null: the music that is shipped. */
  music?: string | null
  /** What an agent may write down; the first word is stored, `words` are shown. */
  dispositions: DispositionChoice[]
}

export type DispositionChoice = {
  code: string
  words: { 'zh-CN': string; en: string }
  /** What happens to the lead. `callback` asks for a time; `dnc` also suppresses the number for good. */
  followUp: 'done' | 'retry' | 'callback' | 'dnc'
}

export const relations = ['SELF', 'GUARANTOR', 'CONTACT', 'WORKPLACE'] as const
export type Relation = (typeof relations)[number]
export type LeadPhone = { number: string; relation: Relation }

export type Lead = {
  id: LeadId
  campaign: CampaignId
  /** The lender's own reference, unique within the campaign. */
  ref: string
  name: string
  phones: LeadPhone[]
  fields: Record<string, string>
  /** What quotas and the best time to call go by, e.g. a city or a product; left out: ''. */
  segment?: string
  /** 0 to 9 within its list, higher first; left out: 5. */
  priority?: number
  /** A lead with the same number or reference that was there before. */
  duplicateOf?: LeadId
  /** Proof that the person agreed to be called; absent or null: not known. */
  consent?: Consent | null
  /** The lender's reference of the loan, for caps by debt; absent or null: not known. */
  debt?: string | null
}

/** On what a call is based (a form, a contract, a recorded word) and where that can be read again. */
export type Consent = { basis: string; evidence: string }

/** An import of a campaign. Lists of the highest priority are dialled first; those of the same are mixed by weight. */
export type LeadList = {
  id: ImportId
  campaign: CampaignId
  name: string
  /** 0 to 9. */
  priority: number
  /** 1 to 100. */
  weight: number
  paused: boolean
}

export const leadStates = ['ready', 'in_call', 'callback', 'done', 'exhausted', 'dnc'] as const
export type LeadState = (typeof leadStates)[number]

/** A lead as the floor holds it in its buffer: with its history so far. */
export type BufferedLead = Lead & {
  attempts: number
  dueAt: number
  callback: CallbackId | null
  callbackAgent: UserId | null
  /** The number on which the callback was agreed. */
  callbackNumber?: string | null
  /** The instant that the party agreed on for a call; null: none was. */
  agreedAt?: number | null
  /** What is known of its callback; absent or null: it is owed none. */
  promised?: Promised | null
  list?: ImportId
  /** Priority of its list, 0 to 9; left out: 5. */
  rank?: number
  /** Numbers of it that are not there: never dialled again. */
  bad?: string[]
  /** Where attempts came to a fax, a number as often as it did. */
  faxes?: string[]
  /** The number that is tried first next time; null: the own ones take turns. */
  next?: string | null
}

/** What the store knows of a campaign's leads beyond those that it sends. */
export type LeadOutlook = {
  /** The next callback that is not due yet. */
  nextCallbackAt: number | null
  /** In how many places (see zone.ts) leads are ready. */
  places: number
  /** Of campaigns with quotas. */
  reached: { segment: string; done: number; connected: number }[]
}

export type Callback = {
  id: CallbackId
  at: number
  number: string
  /** null: anyone's. */
  agent: UserId | null
  campaign: CampaignId | null
  lead: LeadId | null
  queue: QueueId | null
  reason: 'agreed' | 'abandoned' | 'overflow'
}

/** A callback that is being kept: how often it was tried before, and why it is owed. */
export type Promised = { tries: number; reason: Callback['reason'] }

/** Where an agent takes a call, or whom an agent asks (a voice menu cannot be asked). `number` is E.164, outside. */
export type TransferTarget = { agent: UserId } | { queue: QueueId } | { ivr: MenuId } | { number: string }

/** Who hears a supervisor: nobody, the agent alone, or all. */
export const supervisionModes = ['listen', 'whisper', 'barge'] as const
export type SupervisionMode = (typeof supervisionModes)[number]

export type Direction = 'out' | 'in'

/** Result of an attempt (`reference/call_results.json`). */
export const callResults = [
  'ANSWERED',
  'POWER_OFF',
  'VACANT',
  'SUSPENDED',
  'BUSY',
  'REJECTED',
  'UNREACHABLE',
  'NO_ANSWER',
  'CALL_BARRED',
  'VOICEMAIL',
  'FAX',
  'INVALID',
  'NUMBER_CHANGED',
  'CONGESTION',
  'ABANDONED',
  'CANCELLED',
  'FAILED',
] as const
export type CallResult = (typeof callResults)[number]

export type EndedBy = 'party' | 'agent' | 'supervisor' | 'carrier' | 'system'
export type EndCause =
  | 'hangup' // someone hung up after answer
  | 'not_answered' // busy, declined, unreachable …: `result` says which
  | 'ring_timeout'
  | 'announced' // the network said before the answer why it would not come: `result` says what
  | 'machine' // an answering machine or a fax had picked up
  | 'cancelled' // we withdrew it while ringing
  | 'abandoned' // answered and no agent was there in time
  | 'caller_gave_up' // inbound, before an agent
  | 'overflow' // inbound, waited too long
  | 'menu_over' // a voice menu hung up, or promised a callback, as it is set up
  | 'notice_over' // a notice was heard, and nobody asked for a person
  | 'rtp_timeout'
  | 'no_route' // inbound number unknown, queue closed
  | 'trunk_fault'
  | 'agent_lost' // the agent's audio did not come back
  | 'toll_limit' // a call by hand abroad, for as long as one may be
  | 'transfer_limit' // passed on to an outside number, and talked on for as long as is allowed
  | 'bug'
  | 'restarted'

/** How a call ended; a value decided where it happened. */
export type Ending = {
  by: EndedBy
  cause: EndCause
  result: CallResult
  sipStatus: number | null
  q850: number | null
  /** The carrier's words for it, and the rule that made the result of it (result-rules.ts); left out: it was not the carrier's answer. */
  text?: string
  rule?: string
}

/** A rule that said no, and the same in words a person can act on (English; pages translate by rule). */
export type Refusal = { rule: string; words: string }

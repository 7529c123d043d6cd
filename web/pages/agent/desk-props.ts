import type { CallPhase, MenuChoice } from '../../../src/centre/call-state.ts'
import type { Diverted } from '../../../src/centre/calls/diverted.ts'
import type { Announced } from '../../../src/centre/calls/heard.ts'
import type {
  Business,
  CallResult,
  CampaignMode,
  Direction,
  DispositionChoice,
  EndCause,
  EndedBy,
  Relation,
  StationKind,
  SupervisionMode,
} from '../../../src/centre/entities.ts'
import type { AgentPhase } from '../../../src/centre/facts.ts'
import type { Overtaken } from '../../../src/centre/leads/settled.ts'
import type { CaseState } from '../../../src/lender/case.ts'
import type { ChecklistProps } from '../../parts/checklist.ts'
import type { Choice, Filled } from '../../parts/form.ts'
import type { Frame } from '../../parts/frame.ts'
import type { OpenCallback } from '../supervisor/callbacks.ts'
import type { DeskRecord, HistoryLine, Identified } from './party-props.ts'
import type { DeskSales } from './sales-props.ts'
import type { DeskSay } from './say-props.ts'
import type { DeskWriteUp } from './write-props.ts'

/** Everything on the desk. Numbers are masked already where this agent may not see them. */
export type DeskProps = {
  frame: Frame
  agent: {
    /** The name one signs in with, said in scripts. */
    name: string
    phase: AgentPhase
    since: number
    until: number | null
    reason: string | null
    next: 'break' | 'signed_off' | null
  }
  station: {
    kind: StationKind
    extension: string | null
    up: boolean
    /** What is up is the desk phone. */
    byPhone: boolean
    /** The desk phone is rung for the shift. */
    rings: boolean
    /** A phone that is rung for each call is kept open for calls that the dialler makes ahead. */
    open: boolean
    /** A desk phone is registered with the extension. */
    registered: boolean
    lostAt: number | null
  }
  today: { calls: number; effectiveMs: number; utilisation: number | null }
  call: DeskCall | null
  /** Of the call in hand that is over, or at rest of the last one; null: there is nothing to say of it. */
  last: DeskLast | null
  preview: { campaign: string; until: number | null } | null
  /** Of the call or the preview. */
  party: DeskParty | null
  business: Business | null
  /** What to say on the call, or in the preview. */
  say: DeskSay | null
  history: HistoryLine[]
  /** Parties that this agent may look at while no call is in hand. */
  near: NearParty[]
  dispositions: DispositionChoice[]
  /** What is asked for with them. */
  writeUp: DeskWriteUp
  /** Of the verification that the call is for; left out or null: it is for none. */
  checklist?: ChecklistProps | null
  /** On calls that sell; left out or null on others. */
  sales?: DeskSales | null
  /** What was typed into the disposition form and refused. */
  form: Filled
  /** Campaigns in which this agent may dial by hand. */
  dialIn: Choice[]
  dialPad: Filled
  /** Several have the number that was typed: which of them is to be said. */
  dialWhom: { ref: string; name: string }[]
  /** Who works for an agency: the dial pad is there for emergency numbers alone. */
  clickOnly: boolean
  /** Why no outbound call comes although the agent is ready. */
  held: string | null
  callbacks: DeskCallback[]
  notice: { tone: 'green' | 'amber' | 'red' | 'blue'; words: string } | null
}

export type DeskCall = {
  id: string
  phase: CallPhase
  direction: Direction
  mode: CampaignMode | null
  name: string | null
  number: string
  place: string
  relation: Relation | null
  ourNumber: string
  /** Who sent it on to us; left out or null: nobody. */
  diverted?: Diverted | null
  heldBy: 'agent' | 'party' | null
  /** What happened to the party while this call went on. */
  overtaken: Overtaken | null
  /** Who supervises it, where agents may see that. */
  supervisors: { name: string; mode: SupervisionMode }[]
  /** Since when help is asked for, and who comes; left out or null: it is not. */
  appeal?: { askedAt: number; by: string | null } | null
  /** It is this agent's to ask. */
  mayAppeal?: boolean
  recorded: boolean
  startedAt: number
  connectedAt: number | null
  endedAt: number | null
  /** `asks`: this agent consults somebody; `asked`: is consulted, and has no say over the call. */
  consult: {
    side: 'asks' | 'asked'
    name: string
    state: 'called' | 'other' | 'party' | 'both'
    outside: boolean
  } | null
  /** A fax was heard on the line; left out: none. */
  fax?: boolean
  /** What the network was understood to say before the answer. */
  announced: (Pick<Announced, 'by' | 'result'> & { sure: boolean }) | null
  /** A sound of the network is heard by who dials, be it a ring-back tone or an announcement; keys go there. */
  early: boolean
  /** Since when nothing is heard from the other side, Unix ms, once that is worth saying; null: it is heard. */
  quietSince: number | null
  /** It went on to somebody else; this agent writes down their part. */
  passedOn: boolean
  /** Where this agent parked it, while it waits there. */
  slot: string | null
  /** Nobody has taken it yet: this agent may take it back. */
  waits: boolean
}

/** What became of a call. `talked`: somebody had been talked to. */
export type DeskLast = {
  name: string | null
  number: string
  direction: Direction
  endedAt: number
  talked: boolean
  result: CallResult
  by: EndedBy
  cause: EndCause
  announced: DeskCall['announced']
  /** What the carrier answered, where the result says little; null: nothing more. */
  carrier: string | null
  /** What is sent to dial it again; null: it cannot be dialled from here. */
  redial: { again: string } | { callback: string } | null
  /** A call for help: asked once more before it is dialled again by one key. */
  isForHelp: boolean
}

export type DeskParty = {
  name: string | null
  ref: string | null
  campaign: string | null
  queue: string | null
  /** How the caller came here, e.g. the menu's name and the key. */
  menus: { name: string; why: MenuChoice['why']; key: string | null }[]
  attempts: number | null
  numbers: { number: string; relation: Relation; current: boolean }[]
  /** null: they must not be seen on this call (a contact's). */
  fields: [string, string][] | null
  /** What the lender's records have of it; null: nothing. */
  record: DeskRecord | null
  identified: Identified
  /** Looked at without a call or a preview: it can be put away. */
  opened: boolean
}

/** `why`: it is the agent's own case, or was on one of today's calls. */
export type NearParty = { ref: string; name: string; why: 'case' | 'call'; state: CaseState | null }

/** `name`: the party's; null: nobody knows, or it is still to be asked for. `whose`: in words, unless it is this agent's. `mine`: promised by this agent, who may close it. */
export type DeskCallback = Omit<OpenCallback, 'agent'> & { name: string | null; whose: string | null; mine: boolean }

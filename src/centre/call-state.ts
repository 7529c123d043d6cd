/** One call in memory, from its first line to its last word written down. Only `evolve` changes it; what the whole floor is stands in `state.ts`. */

import type {
  CallbackId,
  CallId,
  CampaignId,
  LegId,
  MenuId,
  QueueId,
  RecordingId,
  TrunkId,
  UserId,
} from '../lib/ids.ts'
import type { Diverted } from './calls/diverted.ts'
import type { NotTaken } from './calls/ends.ts'
import type { Fax } from './calls/fax.ts'
import type { Announced } from './calls/heard.ts'
import type {
  CampaignMode,
  Direction,
  DispositionChoice,
  EndCause,
  Lead,
  Promised,
  Relation,
  TransferTarget,
  TrunkTry,
} from './entities.ts'
import type { Overtaken } from './leads/settled.ts'

/**
 * `passing`: passed on to an outside number that is being dialled. `away`: talks on with an outside number and no agent; and so is, from its
 * answer on, the outside call itself (`of`), be it consulted or talked on with.
 */
export type CallPhase =
  | 'dialing'
  | 'ringing'
  | 'offered'
  | 'notice'
  | 'menu'
  | 'waiting'
  | 'assigned'
  | 'talking'
  | 'passing'
  | 'away'
  | 'ended'

/** A menu, why it led on, and the key that was pressed. */
export type MenuChoice = { menu: MenuId; why: 'key' | 'extension' | 'fallback' | 'closed'; key: string | null }

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
  /** Whose desk phone placed this call by itself; such a call is in nobody's hand. */
  desk: UserId | null
  recording: RecordingId | null
  heldBy: 'agent' | 'party' | null
  startedAt: number
  answeredAt: number | null
  queuedAt: number | null
  /** Since when a caller waits again whose agent was lost in mid-call; stays when somebody else has come. */
  backAt: number | null
  connectedAt: number | null
  endedAt: number | null
  /** The instant at which something must be decided for this call (overflow, abandonment, agent lost); null: none. */
  deadlineAt: number | null
  /** A last prompt is being played; at `deadlineAt` the call ends with this cause. */
  dismissed: EndCause | null
  /** Inbound for one person: the caller waits for this agent only. */
  parkedFor: UserId | null
  /** Progressive: the free agent that this line was started for; null when that agent is no longer free. */
  claim: UserId | null
  /** Early media or a ring-back tone is being heard by the agent who dials. */
  early: boolean
  /** What the network said before the answer, as far as it was understood. */
  announced: Announced | null
  /** What became true of the party while it was being talked to. */
  overtaken?: Overtaken
  /** Who answered has been judged. */
  judged: boolean
  /** Who sent it on to us; left out: nobody. */
  diverted?: Diverted
  /** A fax is on the line; left out: none was heard. */
  fax?: Fax
  /** Mode notice, once answered. */
  notice: CallNotice | null
  /**
   * The voice menu that it is in, or came through last: how far it is, how often any menu was said to this call, the keys of an extension so far,
   * and whether a key is waited for.
   */
  menu: { menu: MenuId; hop: number; tries: number; said: number; keys: string; waits: boolean } | null
  /** How the caller came through menus, the newest choices last; left out: through none. */
  menuPath?: MenuChoice[]
  /** Counts what menus and queues said to it. */
  speech: number
  /** When it is told its place in the queue next, and the minutes that it was told last. */
  placeAt: number | null
  minutesSaid: number | null
  /** The callback that this call is to keep; `tries` counts this one. */
  promise: (Promised & { callback: CallbackId }) | null
  /** The queue that owes that callback. */
  owedBy: QueueId | null
  /** Trunks that could not take it, in order; it goes out on `trunk` now. */
  tries: TrunkTry[]
  /** The agent's second leg: see consultation.ts. */
  consult: Consult | null
  /** The call that this one is the outside leg of. */
  of: CallId | null
  /** Passing or away: the outside call that takes it on. */
  other: CallId | null
  /** On its way from one agent to the next: who passed it on, and where it fell back to already. null: it is in hand, or was never passed on. */
  passed: { by: UserId; agentTried: boolean; queueTried: boolean } | null
  /** Parked there: see slot.ts. */
  slot: string | null
  /** When the wait that is under way, or was last, is over. */
  waitsUntil: number | null
  /** Who talked to the party last; that agent's outcome is what counts for the lead. */
  lastAgent: UserId | null
  /** What that agent wrote down while the call went on without them; done when it ends. */
  written: Written | null
  /** Agents who have it in hand (talking, consulted, writing up): it stays in memory for them. */
  hands: number
}

/** Whom the agent of a call consults: a colleague, or an outside number (a call of its own). */
export type Consult = {
  target: TransferTarget
  /** The colleague; null: outside. */
  agent: UserId | null
  /** The colleague's desk phone, rung for this. */
  leg: LegId | null
  /** The outside call. */
  other: CallId | null
  answered: boolean
  /** Whom the agent hears and is heard by. */
  with: 'party' | 'other' | 'both'
  /** The second line of the agent's desk phone: see second-line.ts. null: one leg serves both. */
  own: LegId | null
  /** The phone itself holds its first line. */
  phoneHolds: boolean
  /** The phone holds its second line. */
  otherWaits: boolean
  /** Of the talk with a colleague that the party does not hear; null: none is open. */
  recording: RecordingId | null
}

/** `outside`: it is over, and was the leg of `call`. `call`: it is over, and had others with it. `unassigned`: whom it was given did not take it. */
export type LooseEnd =
  | { of: 'outside'; call: CallId; outside: Call }
  | { of: 'call'; call: Call; consult: Consult | null }
  | { of: 'unassigned'; call: CallId; reason: Exclude<NotTaken, 'picked_up'> }

/** An outcome that waits for the end of its call. `none`: nothing was written in time. */
export type Written = {
  agent: UserId
  code: string
  followUp: DispositionChoice['followUp'] | 'none'
  callbackAt: number | null
  callbackMine: boolean
}

/** How the notice of a call goes: which saying of it, since when (null: not now), what was heard before, and the key. */
export type CallNotice = {
  speech: number
  begunAt: number | null
  heardMs: number
  whole: boolean
  digit: '1' | '2' | null
  /** Who asked for a person waits since then, until then. */
  askedAt: number | null
  waitsUntil: number | null
}

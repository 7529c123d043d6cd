/**
 * Facts: what is now true. Past tense, named by their noun. They are written to the journal before anything is done about them, and
 * every table except secrets and sessions is a projection of them. A fact never holds a secret.
 */

import type { TaskCall } from '../lender/verification-facts.ts'
import type {
  CallbackId,
  CallId,
  CampaignId,
  LeadId,
  LegId,
  MenuId,
  QueueId,
  RecordingId,
  TrunkId,
  UserId,
} from '../lib/ids.ts'
import type { Measured } from './audio/measured.ts'
import type { DialIntent } from './calls/dial-intent.ts'
import type { Diverted } from './calls/diverted.ts'
import type { AppealEnd, CallbackEnd, ConsultEnd, FallBack, NotTaken, SupervisionEnd } from './calls/ends.ts'
import type { Fax } from './calls/fax.ts'
import type { Announced, Judged, Told } from './calls/heard.ts'
import type {
  Callback,
  CallResult,
  CampaignMode,
  DispositionChoice,
  EndCause,
  Ending,
  LeadState,
  Promised,
  Refusal,
  Relation,
  SupervisionMode,
  TransferTarget,
  TrunkTry,
} from './entities.ts'
import type { RefusedUnder, Verdict } from './gate/verdict.ts'
import type { Overtaken } from './leads/settled.ts'
import type { MenuTarget } from './menu/menu.ts'
import type { AcceptedMisfit, MissingCause, RecorderDisk } from './recording/recording-rules.ts'
import type { RecordFact } from './records/record-facts.ts'
import type { TrunkTrouble } from './trunks/trunk-trouble.ts'

/** Counts of this instant; `answered` and `abandoned` since midnight; chances from 0 to 1, and 0 in modes that reckon with none. */
export type Paced = {
  agents: number
  free: number
  ringing: number
  waiting: number
  answerChance: number
  risk: number
  theta: number
  limiter: string
  answered: number
  abandoned: number
  // Absent in lines of before they were noted.
  mode?: CampaignMode
  /** Calls started since the fact before. */
  dialled?: number
  lines?: number
  talking?: number
  wrapping?: number
  /** Agents who will likely be free within `withinS` seconds. */
  freeSoon?: number
  withinS?: number
  /** The rule that held the next call; null: none did. */
  held?: string | null
}

/** Facts of the live floor: written by `engine.dispatch` only. */
export type FloorFact =
  | { type: 'system.started'; bootId: string; version: string }
  | { type: 'system.stopped' }
  /** The clock of this machine was set, back where `byMs` is below 0, as the one that never steps tells; seen within a second. */
  | { type: 'system.clockStepped'; byMs: number }
  /** `why` is left out of facts that are older than it, and of a trunk that is up. */
  | {
      type: 'trunk.stateChanged'
      trunk: TrunkId
      state: 'up' | 'down'
      reason: string
      why?: TrunkTrouble
      /** The place (`placeOf`) where it has answered OPTIONS, once it has; null: calls were taken there while OPTIONS were not answered any more. */
      answersAt?: string | null
    }
  | { type: 'agent.signedOn'; agent: UserId }
  | { type: 'agent.signedOff'; agent: UserId; reason: string }
  /** Asked for during a call, honoured after wrap-up; null takes it back. */
  | {
      type: 'agent.nextPlanned'
      agent: UserId
      next: { phase: 'break'; reason: string } | { phase: 'signed_off' } | null
    }
  /** A rung desk phone is called first; when it is picked up, `intent` is dialled as `call` (and the gate asked then). */
  | { type: 'agent.rung'; agent: UserId; leg: LegId; call: CallId; intent: DialIntent }
  /** `phone`: what is up is the desk phone that was rung for the shift. */
  | { type: 'agent.stationChanged'; agent: UserId; up: boolean; leg: LegId | null; reason: string; phone?: true }
  /** `state` as in domain.md; `reason` names the break, or why the system put the agent there. */
  | {
      type: 'agent.stateChanged'
      agent: UserId
      state: AgentPhase
      reason: string | null
      call: CallId | null
      until: number | null
    }
  /** Once a minute while a campaign runs and people are there for it: what its dialler saw and did, so that a day can be explained and replayed. */
  | ({ type: 'campaign.paced'; campaign: CampaignId } & Paced)
  | { type: 'lead.reserved'; lead: LeadId; campaign: CampaignId; agent: UserId | null }
  | {
      type: 'lead.released'
      lead: LeadId
      campaign: CampaignId
      state: LeadState
      dueAt: number | null
      reason: string
      /** The number that is tried first next time; left out: none in particular. */
      next?: string | null
      /** A number of the lead that is not there, and is not dialled again. */
      bad?: string
    }
  | { type: 'preview.offered'; agent: UserId; campaign: CampaignId; lead: LeadId; until: number }
  | {
      type: 'preview.closed'
      agent: UserId
      campaign: CampaignId
      lead: LeadId
      how: 'accepted' | 'skipped' | 'timed_out' | 'withdrawn'
      reason: string | null
    }
  /** A rule of the campaign set its mode (`rule` counts from 1), or none holds any more. */
  | { type: 'campaign.modeChanged'; campaign: CampaignId; from: CampaignMode; mode: CampaignMode; rule: number | null }
  /** A contact that the gate did not allow; nothing was dialled. */
  | {
      type: 'call.refused'
      campaign: CampaignId | null
      lead: LeadId | null
      agent: UserId | null
      number: string
      refusal: Refusal
      /** Left out: what said no was not the gate, or the line is older than this field. */
      under?: RefusedUnder
    }
  | {
      type: 'call.dialed'
      call: CallId
      mode: CampaignMode
      campaign: CampaignId | null
      lead: LeadId | null
      party: string | null
      name: string | null
      relation: Relation | null
      agent: UserId | null
      number: string
      trunk: TrunkId
      callerId: string
      leg: LegId
      /** The agent's rung desk phone, picked up already. */
      agentLeg?: LegId | null
      /** Whose desk phone dialled by itself (an emergency number); then `agentLeg` is that phone. */
      desk?: UserId
      debt?: string | null
      /** The callback that this call is to keep. It stays open until someone was talked to (journals of before closed it here). */
      callback?: CallbackId | null
      promised?: Promised | null
      /** The queue that owes the callback, whose way the call takes; left out: none. */
      owedBy?: QueueId
      /** Attempts of the lead before this one, where an agent dials it by hand. */
      attempts?: number
      /** The verification that this call is part of, and whom of it. */
      task?: TaskCall
      verdict: Verdict
      /** The outside leg of another call: whom that call's agent consults, or passes it on to; `agent` null: a voice menu does. */
      of?: { call: CallId; agent: UserId | null; why: 'consultation' | 'transfer' }
    }
  /** A trunk could not take the call, which nobody has heard ring: it goes on, within the same attempt, on the next of its route. */
  | { type: 'call.rerouted'; call: CallId; failed: TrunkTry; trunk: TrunkId; callerId: string; leg: LegId }
  /** `diverted`: by whom it was sent on to us; left out: by nobody, or the line is older than this field. */
  | { type: 'call.offered'; call: CallId; trunk: TrunkId; leg: LegId; from: string; to: string; diverted?: Diverted }
  | { type: 'call.ringing'; call: CallId }
  /** Early media began (183 with SDP). */
  | { type: 'call.early'; call: CallId }
  /** What the network said before the answer; a later one of a call is nearer the truth. Kept apart from what was signalled. */
  | ({ type: 'call.announced'; call: CallId } & Announced)
  | { type: 'call.answered'; call: CallId }
  /** Who answered, as the sound says, and what that rests on. */
  | ({ type: 'call.judged'; call: CallId } & Judged)
  /** A fax is on the line. */
  | ({ type: 'call.faxHeard'; call: CallId } & Fax)
  /** Who answered, as somebody heard it: on the line, or in the recording. */
  | ({ type: 'call.answererTold'; call: CallId } & Told)
  /** Later again: the agent was lost, or it was passed on; the place in the queue is by when the caller first waited. */
  | { type: 'call.queued'; call: CallId; queue: QueueId; until: number }
  /** The caller dialled a person and waits for that person. */
  | { type: 'call.parked'; call: CallId; agent: UserId; until: number }
  /** An agent was chosen; with a rung desk phone `ringing` is true until it is picked up, and `leg` is that phone's. */
  | { type: 'call.assigned'; call: CallId; agent: UserId; ringing: boolean; leg?: LegId | null }
  /** The chosen agent's phone was not picked up: the call waits again. */
  | { type: 'call.unassigned'; call: CallId; agent: UserId; reason: NotTaken }
  /** `leg`: the desk phone that was rung when this agent was consulted. */
  | { type: 'call.connected'; call: CallId; agent: UserId; leg?: LegId }
  /** A notice begins to be said, for the first time or again; `speech` counts. */
  /** `own`: the lender's recordings in it, each with its version. */
  | { type: 'call.noticeBegan'; call: CallId; speech: number; own?: string[] }
  | { type: 'call.noticeSaid'; call: CallId }
  /** What came of the notice: how much of it was heard, all of it or not, and the key that was pressed. */
  | { type: 'call.noticeHeard'; call: CallId; heardMs: number; whole: boolean; digit: '1' | '2' | null }
  /** The party of a notice wants a person and waits for one. */
  | { type: 'call.agentAsked'; call: CallId; until: number }
  /** A voice menu begins to be said, for the first time or again; `hop` counts the menus of this call, `own` are the lender's recordings in it. */
  | {
      type: 'call.menuBegan'
      call: CallId
      menu: MenuId
      hop: number
      speech: number
      why: 'entered' | 'repeat' | 'no_key' | 'wrong_key'
      until: number
      own?: string[]
    }
  /** It was said: a key is waited for until then. */
  | { type: 'call.menuSaid'; call: CallId; until: number }
  /** Where it leads the call, and why; `other`: the outside call, when it goes to one. */
  | {
      type: 'call.menuChose'
      call: CallId
      menu: MenuId
      why: 'key' | 'extension' | 'fallback' | 'closed'
      key: string | null
      target: MenuTarget
      other: CallId | null
      /** Which of the call's menus it was, from 1; journals of before 0.1.0's end lack it. */
      hop?: number
    }
  /** A caller in a queue is told the place, and about how many minutes are left (0: more than are said; null: not known, or not wanted). */
  | { type: 'call.placeSaid'; call: CallId; queue: QueueId; place: number; minutes: number | null; speech: number }
  | { type: 'call.held'; call: CallId; by: 'agent' | 'party' }
  | { type: 'call.resumed'; call: CallId; by: 'agent' | 'party' }
  /** Of a talk `digit` is hidden (`hidden-key.ts`); journals of before have it. */
  | { type: 'call.digit'; call: CallId; from: 'party' | 'agent'; digit: string }
  /** Of the keys that its agent pressed before so many were not sent: the disk had kept them for too long, and who pressed has pressed again. */
  | { type: 'call.keysUnsent'; call: CallId; keys: number }
  | { type: 'call.abandoned'; call: CallId; campaign: CampaignId | null; queue: QueueId | null; waitedMs: number }
  /**
   * The agent of the call consults: a colleague (`to`, whose desk phone is rung as `leg`) or an outside number (`other`, a call of its own). The
   * party waits with music.
   */
  | {
      type: 'call.consulted'
      call: CallId
      agent: UserId
      target: TransferTarget
      to: UserId | null
      leg: LegId | null
      other: CallId | null
      /** The second line of the agent's desk phone, on which the agent asks; left out: asked on the leg of the call. */
      own?: LegId
      /** The phone itself holds its first line meanwhile. */
      phoneHolds?: boolean
    }
  | { type: 'call.consultAnswered'; call: CallId }
  /** Whom of the two the agent talks to from here on; `both`: all three hear each other. */
  | {
      type: 'call.consultTurned'
      call: CallId
      to: 'party' | 'other' | 'both'
      /** The phone holds its second line too, for a moment: the agent talks to neither. */
      otherWaits?: boolean
    }
  | { type: 'call.consultEnded'; call: CallId; how: ConsultEnd }
  /** The agent gave the call away: blind, or after a consultation; or a supervisor took it over. What comes next is a fact of its own. */
  | {
      type: 'call.transferred'
      call: CallId
      from: UserId
      target: TransferTarget
      how: 'blind' | 'consulted' | 'taken_over'
      /** The outside call, when it is to go to one. */
      other: CallId | null
    }
  /** An outside number has taken the call on; it may last until then. */
  | { type: 'call.takenOn'; call: CallId; other: CallId; until: number }
  /** Nobody took it there: the party falls back to the agent, else to the queue, else is told that we call back. */
  | { type: 'call.fellBack'; call: CallId; reason: FallBack }
  /** Parked in a slot, from which an agent takes it. */
  | { type: 'call.slotted'; call: CallId; agent: UserId; slot: string; until: number }
  | { type: 'call.pickedUp'; call: CallId; agent: UserId; from: 'slot' | 'queue' | 'agent' }
  /** Something became true of the party while it was being talked to: the agent is told, and the talk goes on. */
  | { type: 'call.overtaken'; call: CallId; agent: UserId | null; by: Overtaken }
  /** A last prompt is played; the call is hung up at `until` with this cause. */
  | { type: 'call.dismissed'; call: CallId; cause: EndCause; until: number }
  | { type: 'call.ended'; call: CallId; ending: Ending }
  /** `kept`: the call goes on without this agent; what follows from the outcome is done when it ends. */
  | {
      type: 'call.disposed'
      call: CallId
      agent: UserId
      code: string
      note: string
      fields: Record<string, string>
      kept?: { followUp: DispositionChoice['followUp'] | 'none'; callbackAt: number | null; callbackMine: boolean }
    }
  /** The agent on the call asks the supervisors to come; `reason` may be empty. It is over with the call at the latest. */
  | { type: 'call.appealed'; call: CallId; agent: UserId; reason: string }
  /** A supervisor comes, or takes it from the one who did; `waitedMs`: since it was asked. */
  | { type: 'call.appealTaken'; call: CallId; by: UserId; waitedMs: number }
  /** `by` null: the floor saw it. */
  | { type: 'call.appealEnded'; call: CallId; how: AppealEnd; by: UserId | null; lastedMs: number }
  /**
   * A supervisor begins to hear, or to be heard on, this call in this mode; again with each change of mode. What it is about stands in
   * `supervision.began`.
   */
  | { type: 'call.monitored'; call: CallId; agent: UserId; by: UserId; mode: SupervisionMode; reason: string }
  | { type: 'call.unmonitored'; call: CallId; by: UserId; cause: SupervisionEnd }
  /** `call` null: the agent has none now, and the next one is waited for. `leg`: the supervisor's desk phone, which is rung. */
  | {
      type: 'supervision.began'
      by: UserId
      agent: UserId
      call: CallId | null
      mode: SupervisionMode
      /** Through the agent's next calls too. */
      stays: boolean
      reason: string
      leg: LegId | null
      /** As in `supervision.changed`. */
      gainDb?: number
    }
  /** The supervisor's desk phone was picked up. */
  | { type: 'supervision.answered'; by: UserId }
  /** `gainDb`: how much louder or softer the supervisor is heard; left out: neither. */
  | { type: 'supervision.changed'; by: UserId; mode: SupervisionMode; stays: boolean; gainDb?: number }
  | { type: 'supervision.ended'; by: UserId; cause: SupervisionEnd }
  /** How a leg of the call sounded; told when its media is over, which may be after the call. */
  | ({ type: 'leg.measured' } & Measured)
  | { type: 'callback.scheduled'; callback: Callback }
  /** A call that was to keep it reached nobody; `nextAt`: when it is tried again, null: by a person only. */
  | { type: 'callback.tried'; callback: CallbackId; call: CallId; result: CallResult; nextAt: number | null }
  | { type: 'callback.closed'; callback: CallbackId; how: CallbackEnd; reason?: string }
  /** `kind` left out: of the call itself. */
  | { type: 'recording.opened'; recording: RecordingId; call: CallId; path: string; kind?: RecordingKind }
  | {
      type: 'recording.sealed'
      recording: RecordingId
      call: CallId
      sha256: string
      bytes: number
      durationMs: number
      /** Silence stands in it for so long where sound was lost (a full disk, a thread that died); left out: nothing was. */
      lostMs?: number
      /** Where in it, at most 100 places: from when and for how long, ms. */
      lost?: [fromMs: number, forMs: number][]
      salvaged: boolean
      /** It had been told as missing, and its file was there after all; left out: it had not. */
      wasMissing?: true
      /** So long after its call; left out: the call went on, or it was never missing. */
      foundAfterMs?: number
      /** It fits its call by the clock of its disk as that was when the call ended, so many ms ahead of ours, and was set right since; left out: as it is now. */
      clockAheadMs?: number
      /** A person took it for the recording of the call, which by what is told here it cannot be; left out: it fits. */
      accepted?: AcceptedMisfit
    }
  /** While it goes on, so that it is known also when it is salvaged: silence stands in it for so long by now. Told every few seconds at most. */
  | {
      type: 'recording.soundLost'
      recording: RecordingId
      call: CallId
      lostMs: number
      lost: [fromMs: number, forMs: number][]
    }
  /**
   * Something that people must hear of at once: an emergency number was dialled, or the guard against toll fraud said no (`rule`). A refusal
   * is told once a day for each rule and person. `address`: where somebody is who guesses, of phones or at sign-in; `trunk`: the one that it
   * is about; `calls`: so many came from there that are in no fact of their own; `goOn`, `cut`: what became of the work of a thread
   * that died: calls, recordings or browsers; left out of the others.
   */
  | {
      type: 'safety.alarmed'
      rule: string
      user: UserId | null
      call: CallId | null
      number: string
      words: string
      address?: string
      trunk?: TrunkId
      calls?: number
      goOn?: number
      cut?: number
    }
  /** How the disk of the recordings is from now on; full or unwritable: an alarm. */
  | { type: 'recorder.diskChanged'; disk: RecorderDisk }
  /**
   * An answered call, or a part of one, has no audio on disk: an alarm. `reason`: what the system said, for whoever looks after it; `cause` left
   * out: a journal of before has none.
   */
  | { type: 'recording.missing'; recording: RecordingId | null; call: CallId; cause?: MissingCause; reason: string }
  /** Nobody answered, and nothing was said that is worth keeping: the file is deleted. */
  | { type: 'recording.discarded'; recording: RecordingId; call: CallId }

/** `consultation`: the talk of those who look after a party, who waits meanwhile. */
export type RecordingKind = 'call' | 'consultation'

export type Fact = FloorFact | RecordFact
export type FactType = Fact['type']

/**
 * signed_off → break ⇄ ready; ready → preview → dialing; ready → ringing (desk phone) → talking ⇄ held → wrapping → ready | break.
 * `dialing`: the agent waits for a manual, preview or assigned call to be answered.
 */
export const agentPhases = [
  'signed_off',
  'break',
  'ready',
  'preview',
  'dialing',
  'ringing',
  'talking',
  'wrapping',
] as const
export type AgentPhase = (typeof agentPhases)[number]

/** Who did it: `user:u_1`, `token:t_1`, `trunk:t_2`, `system`. */
export type Actor = 'system' | `user:${string}` | `token:${string}` | `trunk:${string}`

/** A fact with its author and instant, as it goes to the journal. */
export type Recorded = { at: number; actor: Actor; fact: Fact }

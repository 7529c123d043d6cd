/** Inputs: everything that happens to the live floor. They name the port they came through. A refused input changes nothing and says why. */
import type { TaskCall } from '../lender/verification-facts.ts'
import type {
  CallbackId,
  CallId,
  CampaignId,
  LeadId,
  LegId,
  QueueId,
  RecordingId,
  TrunkId,
  UserId,
} from '../lib/ids.ts'
import type { Measured } from './audio/measured.ts'
import type { FormerLead } from './calls/dial-intent.ts'
import type { Diverted } from './calls/diverted.ts'
import type { HeardOnLine } from './calls/heard.ts'
import type {
  BufferedLead,
  Consent,
  LeadOutlook,
  Promised,
  Relation,
  SupervisionMode,
  TransferTarget,
} from './entities.ts'
import type { Actor } from './facts.ts'
import type { ContactPack } from './gate/contact-columns.ts'
import type { MissingCause, RecorderDisk } from './recording/recording-rules.ts'
import type { RecordFact } from './records/record-facts.ts'
import type { TrunkTrouble } from './trunks/trunk-trouble.ts'

export type Input =
  /** Time passes: sent every 250 ms, and at each deadline that `state` names. */
  | { type: 'tick' }
  /** The machine's clock was set: what comes next is told in the new time. What waits goes on for as long as was left of it. */
  | { type: 'clock.stepped'; byMs: number }
  /** What was decided more than a second ago is not on disk, so that nothing of it has been done. */
  | { type: 'disk.slow' }
  | { type: 'disk.caughtUp'; afterMs: number }
  /** What phones and people said more than a second ago has not been decided yet. */
  | { type: 'floor.behind' }
  | { type: 'floor.caughtUp'; afterMs: number }
  /** The process was told to stop: nothing begins any more but calls for help, and there is no way back. */
  | { type: 'house.closing' }
  /** Facts that the records door has committed already; the floor takes note (and withdraws, repaints, re-plans). */
  | { type: 'records.committed'; facts: RecordFact[] }
  | {
      type: 'leads.loaded'
      campaign: CampaignId
      leads: BufferedLead[]
      exhausted: boolean
      outlook?: LeadOutlook
      /** Of the question that it answers; left out: of the last. */
      askedAt?: number
    }
  // the agent's desk
  | { type: 'agent.signOn'; agent: UserId }
  | { type: 'agent.signOff'; agent: UserId; reason: string }
  | { type: 'agent.ready'; agent: UserId }
  | { type: 'agent.break'; agent: UserId; reason: string }
  | {
      type: 'agent.dial'
      agent: UserId
      number: string
      campaign: CampaignId | null
      lead: LeadId | null
      party: string | null
      name: string | null
      relation: Relation | null
      /** The callback that this call keeps; it is closed when the call is dialled. */
      callback?: CallbackId | null
      /** What the records know of the lead, for the gate. */
      consent?: Consent | null
      debt?: string | null
      /** A supervisor's reason to go past a rule of effect WARN; the door checks who may. */
      override?: string | null
      agreedAt?: number | null
      promised?: Promised | null
      /** The queue that owes the callback. */
      owedBy?: QueueId | null
      /** Attempts of the lead so far. */
      attempts?: number
      /** How the lead stands, as the store says. */
      former?: FormerLead | null
      /** Of a verification: whom it calls. The call is the task's in the fact that dials it, whatever happens after. */
      task?: TaskCall | null
    }
  /** A person closes a callback that was not kept; `lead`: who is still owed it, as the store says. */
  | {
      type: 'callback.close'
      callback: CallbackId
      campaign: CampaignId | null
      lead: LeadId | null
      reason: string
    }
  /** The store's answer to `leads.history`: outgoing calls since `since`. */
  | { type: 'contacts.loaded'; contacts: ContactPack; since: number }
  /** `phone`: which of the lead's numbers, counted from 0; left out: the first that may be called. */
  | { type: 'agent.acceptPreview'; agent: UserId; phone?: number | null }
  | { type: 'agent.skipPreview'; agent: UserId; reason: string }
  | { type: 'agent.hangUp'; agent: UserId; call: CallId }
  /** An answering machine answered; see heard.ts. */
  | { type: 'agent.metMachine'; agent: UserId; call: CallId }
  | { type: 'agent.hold'; agent: UserId; call: CallId }
  | { type: 'agent.resume'; agent: UserId; call: CallId }
  | { type: 'agent.sendDigits'; agent: UserId; call: CallId; digits: string }
  // a call is passed on: see consultation.ts, transfer.ts and slot.ts
  | { type: 'agent.consult'; agent: UserId; call: CallId; target: TransferTarget }
  /** Whom of the two the agent talks to. */
  | { type: 'agent.turn'; agent: UserId; call: CallId; to: 'party' | 'other' | 'both' }
  | { type: 'agent.endConsult'; agent: UserId; call: CallId }
  /** `consulted`: to whom is being consulted; else blind. */
  | { type: 'agent.transfer'; agent: UserId; call: CallId; target: TransferTarget | 'consulted' }
  /** `slot` null: the lowest that is free. */
  | { type: 'agent.park'; agent: UserId; call: CallId; slot: string | null }
  /** Takes a call from a slot or a queue, or one that rings at a colleague. */
  | { type: 'agent.pickUp'; agent: UserId; call: CallId }
  | {
      type: 'agent.dispose'
      agent: UserId
      call: CallId
      code: string
      note: string
      fields: Record<string, string>
      callbackAt: number | null
      callbackMine: boolean
      next: 'ready' | 'break'
    }
  // an agent asks for help: see appeal.ts
  | { type: 'agent.appeal'; agent: UserId; call: CallId; reason: string }
  | { type: 'agent.withdrawAppeal'; agent: UserId; call: CallId }
  /** `from`: who had taken it before, as this supervisor saw it; null: nobody. */
  | { type: 'supervisor.takeAppeal'; by: UserId; call: CallId; from: UserId | null }
  | { type: 'supervisor.closeAppeal'; by: UserId; call: CallId }
  // supervisors beside a call: see supervision.ts
  /** `call`, or `agent` when it is the agent who is to be stayed with. */
  | {
      type: 'supervisor.begin'
      by: UserId
      call: CallId | null
      agent: UserId | null
      mode: SupervisionMode
      stays: boolean
      reason: string
      /** Left out: as they speak. */
      gainDb?: number
    }
  /** Left out: as it is. */
  | { type: 'supervisor.change'; by: UserId; mode?: SupervisionMode; stays?: boolean; gainDb?: number }
  | { type: 'supervisor.takeOver'; by: UserId }
  | { type: 'supervisor.stop'; by: UserId }
  // supervisor and administrator
  /** `user`: who orders it, if a person of the centre does: their teams are asked. */
  | { type: 'call.end'; call: CallId; by: 'supervisor' | 'system'; user?: UserId }
  // the agent's audio
  /** `phone`: it is the desk phone that was rung for the shift, else the page. */
  | { type: 'station.up'; agent: UserId; leg: LegId; phone?: true }
  | { type: 'station.down'; agent: UserId; leg: LegId; reason: string }
  // customers' legs and rung desk phones
  /** `isProved`: who calls is surely there, by a connection or a password; over UDP an address is forged easily. */
  /** `diverted`: who sent it on to us, as the carrier says. */
  | {
      type: 'leg.offered'
      leg: LegId
      trunk: TrunkId
      from: string
      to: string
      diverted?: Diverted
      isProved?: boolean
    }
  /** So many callers were turned away `untold`. */
  | { type: 'callers.turnedAway'; trunk: TrunkId; calls: number }
  /** So many calls to numbers that nobody has were refused at the door, since too many came; `last`: the last of them, masked. */
  | { type: 'numbers.tried'; trunk: TrunkId; calls: number; last: string }
  /** Somebody guesses the password of a desk phone and was locked out for a while. */
  | { type: 'phones.guessed'; extension: string; source: string }
  /** Somebody guesses passwords at sign-in: that of `user`, or from one address those of many (null). */
  | { type: 'signIns.guessed'; user: UserId | null; address: string; tries: number }
  /** A desk phone dialled by itself: an emergency number, or whom its user asks on a second line; all else is dialled on the desk page. */
  | { type: 'desk.dialled'; leg: LegId; user: UserId; to: string }
  /** The trunk’s first response is late, by what it takes as a rule, and may never come: what it, or we, have to read piles up. */
  | { type: 'leg.respondedLate'; leg: LegId }
  | { type: 'leg.ringing'; leg: LegId }
  | { type: 'leg.early'; leg: LegId }
  | { type: 'leg.answered'; leg: LegId }
  | {
      type: 'leg.ended'
      leg: LegId
      by: 'far' | 'near' | 'carrier' | 'system'
      sipStatus: number | null
      q850: number | null
      /**
       * `unreachable`: the request did not get to the trunk; `no_response`: the trunk said nothing at all; `no_progress`: nothing beyond a 100 came
       * within the `progressMs` of its `phone.dial`; `fault`: of our own machine, or of
       * what both sides could not agree on.
       */
      cause:
        | 'bye'
        | 'cancel'
        | 'rejected'
        | 'timeout'
        | 'fault'
        | 'rtp_timeout'
        | 'unreachable'
        | 'no_response'
        | 'no_progress'
      /** How far an unanswered call had come: no response, a 100, or a sign that the callee is being reached. */
      heard?: 'nothing' | 'trying' | 'progress'
      /** Why, in the carrier's words: of its Reason (RFC 3326), else of its status line. */
      text?: string
    }
  | { type: 'leg.held'; leg: LegId }
  | { type: 'leg.resumed'; leg: LegId }
  | { type: 'leg.digit'; leg: LegId; digit: string }
  /** So many keys of its agent waited too long for the disk, and were not sent. */
  | { type: 'call.keysLate'; call: CallId; keys: number }
  /** An ear heard something on a leg that `media.hear` has it listen to. */
  | { type: 'leg.heard'; leg: LegId; heard: HeardOnLine }
  /**
   * The transfer key of an agent's desk phone (SIP REFER): whom this leg talks to is to go to `to`, a number or extension as the telephone says
   * it, unchecked. `with`: the agent's other leg, whose far end is meant (an attended transfer). Answered with `phone.answerTransfer`.
   */
  | { type: 'leg.transferAsked'; leg: LegId; refer: string; to: string; with: LegId | null }
  /** The media of this leg of a call is over: how it sounded. */
  | { type: 'leg.measured'; measured: Measured }
  /** What `media.say` was told to say is over. */
  | { type: 'leg.played'; leg: LegId; speech: number }
  // trunks
  /** `answersAt`: the place where it has answered OPTIONS; null: calls told better than OPTIONS; left out: nothing new is known of that. */
  | { type: 'trunk.up'; trunk: TrunkId; answersAt?: string | null }
  /** `why` left out: not known by name. */
  | { type: 'trunk.down'; trunk: TrunkId; reason: string; why?: TrunkTrouble; answersAt?: string | null }
  /** Refreshing its registration fails, once for each that holds yet; `reply`: what the carrier said last. */
  | { type: 'trunk.lapsing'; trunk: TrunkId; reply: string }
  /** A person tests it with a call: refused where a call would be, down or not; a test that is over gives its line back. */
  | { type: 'trunk.test'; trunk: TrunkId; isOver: boolean }
  // media
  /** A media thread died. `moved`: legs that another one goes on with; `lost`: those that none does, whose ends are told after this. */
  | { type: 'media.died'; moved: readonly LegId[]; lost: readonly LegId[] }
  /** The thread of recordings, or that of browsers' handshakes, died: so many of them go on by the next one, so many do not. */
  | { type: 'thread.died'; thread: 'recording' | 'dtls'; goOn: number; cut: number }
  // recorder
  | {
      type: 'recording.closed'
      recording: RecordingId
      sha256: string
      bytes: number
      durationMs: number
      /** Silence stands in it for so long where sound was lost; left out: 0. */
      lostMs?: number
      /** Where, at most 100 places. */
      lost?: [fromMs: number, forMs: number][]
      salvaged: boolean
    }
  /** While it goes on: so much of it is silence by now where sound was lost, and where. */
  | { type: 'recording.lost'; recording: RecordingId; lostMs: number; lost: [fromMs: number, forMs: number][] }
  | { type: 'recording.failed'; recording: RecordingId; cause: MissingCause; reason: string }
  /** How the disk of the recordings is, whenever that changes. */
  | { type: 'recorder.disk'; disk: RecorderDisk }

export type InputType = Input['type']

/** An input with its author. `at` is set by the engine when it takes it from the inbox. */
export type Posted = { input: Input; actor: Actor }

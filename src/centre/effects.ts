/**
 * Effects: what to do, imperative, named by the port that does it. They run only after the facts of the same decision are on disk. Ports
 * return void; what comes of an effect comes back as an Input.
 */
import type { CallId, CampaignId, LegId, RecordingId, TrunkId, UserId } from '../lib/ids.ts'
import type { SupervisionMode } from './entities.ts'

/** Built-in sounds; each a WAV the administrator may replace. */
export type PromptId =
  | 'comfort-music'
  | 'all-agents-busy'
  | 'abandoned-apology'
  | 'we-call-back'
  | 'ringback'
  | 'connect-beep'

export type Effect =
  /**
   * Place a call on a trunk; the leg answers, ends or times out (CANCEL) after `ringMs`, or after `progressMs` without any sign that the callee is
   * being reached (`no_progress`); left out: it is waited for.
   */
  | {
      type: 'phone.dial'
      leg: LegId
      call: CallId
      trunk: TrunkId
      number: string
      callerId: string
      ringMs: number
      progressMs?: number
    }
  /** Ring an agent's desk phone (`rung`), or bring up the leg for the shift (`nailed`, which auto-answers where the phone can). */
  /** `forShift`: it stays up between calls, and is rung again when it is lost. */
  | {
      type: 'phone.ring'
      leg: LegId
      agent: UserId
      call: CallId | null
      forShift?: true
      from: string
      ringMs: number
    }
  | { type: 'phone.answer'; leg: LegId }
  /** `untold`: no fact says that this caller came; they are counted, and told of together (`callers.turnedAway`). */
  | { type: 'phone.reject'; leg: LegId; sipStatus: number; untold?: true }
  /** End a leg whatever its state: CANCEL, BYE or a final response. */
  | { type: 'phone.hangUp'; leg: LegId; q850: number }
  /** `call`: whose agent pressed them. */
  | { type: 'phone.sendDigits'; call: CallId; leg: LegId; digits: string }
  /** How a transfer by the phone's own key goes: 1xx accepts it or says that it goes on, 200 that it is done, 4xx to 6xx that it is not. */
  | { type: 'phone.answerTransfer'; leg: LegId; refer: string; status: number }
  | { type: 'media.patch'; a: LegId; b: LegId }
  /** Both sides of whatever this leg is patched to fall silent. */
  | { type: 'media.unpatch'; leg: LegId }
  /**
   * Who is in the room of a call from now on and who hears whom; says the whole, and `[]` ends it (`Bay.mix` in rtp/bay.ts). Two who hear
   * only each other cost what a patch costs, so a call that ever had a third member needs no `media.patch` to go back to two.
   */
  | { type: 'media.mix'; room: CallId; members: { leg: LegId; hears: LegId[]; gainDb?: number }[] }
  /** From now on `leg` hears what `target` says and hears, whatever that is patched to; null: no longer (`Bay.supervise`). */
  | { type: 'media.supervise'; leg: LegId; target: LegId | null; mode: SupervisionMode; gainDb?: number }
  | { type: 'media.play'; leg: LegId; prompt: PromptId | `own/${string}`; loop: boolean }
  /** Prompts by name one after the other; `leg.played` comes with the same number when all have been heard. */
  | { type: 'media.say'; leg: LegId; speech: number; parts: string[] }
  | { type: 'media.stopPlay'; leg: LegId }
  /**
   * Listen to what the leg says: for what the network tells before the answer, for who answered, or no more. `place` is the country calling
   * code, whose tones are meant.
   */
  | { type: 'media.hear'; leg: LegId; call: CallId; what: 'carrier' | 'answerer' | 'fax' | 'nothing'; place: string }
  /** Record what `leg` says (left) and what it hears (right) to `path`, relative to the recordings folder, until stopped. */
  | { type: 'media.record'; recording: RecordingId; call: CallId; leg: LegId; path: string }
  | { type: 'media.stopRecording'; recording: RecordingId }
  /** Stop it, and delete its file: nothing is told of it any more. */
  | { type: 'media.discardRecording'; recording: RecordingId; path: string }
  /**
   * Ask the store for up to `want` due leads, or callbacks alone; the answer is `leads.loaded`. Not wanted now: leads in the places `closed`
   * and of the segments `full`.
   */
  | {
      type: 'leads.fetch'
      campaign: CampaignId
      want: number
      callbacksOnly: boolean
      closed: string[]
      full: string[]
      /** Comes back with the answer: an answer to an earlier question may know less than the floor. */
      askedAt: number
    }
  /** Ask the store for the outgoing calls since an instant, which the counters of the gate lack; the answer is `contacts.loaded`. */
  | { type: 'leads.history'; since: number }

export type EffectType = Effect['type']

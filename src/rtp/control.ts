/** What the main thread, the media worker and the recording thread say to each other. All of it is structured-cloned; packets are not in it. */

import type { Heard, Wants } from '../hear/heard.ts'
import type { BayEvent, LegFigures, Member, RtpParameters, SupervisionMode, WebRtcParameters } from './bay.ts'
import type { Sealed } from './recording-file.ts'
import type { RingMemory } from './recording-ring.ts'
import type { IceCredentials, SrtpKeys } from './secure-leg.ts'

/** The media worker's `workerData`. */
export type MediaWorkerData = {
  wire: 'libc' | 'dgram'
  /** The eventfd that wakes the loop; -1 for dgram. */
  wakeFd: number
  /** Ask the kernel for real-time priority. */
  takesPrecedence: boolean
  address: string
  ports: { from: number; to: number }
  /** Octets of each prompt in both laws. */
  prompts: Record<string, PromptOctets>
}

export type PromptOctets = { pcma: Uint8Array; pcmu: Uint8Array }

export type MediaRequest =
  | { type: 'open'; leg: string; silenceMs: number; secure: SecureSpec | null }
  | { type: 'configure'; leg: string; parameters: RtpParameters }
  | { type: 'patch'; a: string; b: string }
  | { type: 'unpatch'; leg: string }
  /** Who is in a room from now on, and who hears whom; [] ends it. */
  /** Who hears what another leg says and hears; null: nobody's any more. */
  | { type: 'supervise'; leg: string; target: string | null; mode: SupervisionMode }
  | { type: 'mix'; room: string; members: Member[] }
  | { type: 'play'; leg: string; prompt: string; loop: boolean }
  /** Prompts one after the other without a gap; `speech` names it in the report of its end. */
  | { type: 'say'; leg: string; speech: number; parts: string[] }
  /** A prompt that was added, or recorded anew, since the start. */
  | { type: 'learn'; prompt: string; octets: PromptOctets }
  | { type: 'stopPlay'; leg: string }
  | { type: 'sendDigits'; leg: string; digits: string }
  | { type: 'record'; recording: string; leg: string; file: string; memory: RingMemory }
  | { type: 'stopRecording'; recording: string }
  /** What the leg says is written to this ring too, until told otherwise. */
  | { type: 'listen'; leg: string; memory: RingMemory }
  | { type: 'stopListening'; leg: string }
  | { type: 'close'; leg: string }
  | { type: 'figures'; ask: number }
  /** From the DTLS thread. */
  | { type: 'dtls.packet'; leg: string; packet: Uint8Array }
  | { type: 'ice.restart'; leg: string; credentials: IceCredentials }
  | { type: 'dtls.keys'; leg: string; keys: SrtpKeys }
  | { type: 'dtls.lost'; leg: string; reason: string }
  | { type: 'stop' }

export type SecureSpec = { parameters: WebRtcParameters; localUfrag: string; localPassword: string }

export type MediaReport =
  /** `problem` is an errno name, or words; null when bound. */
  | { type: 'opened'; leg: string; port: number; problem: string | null }
  | { type: 'event'; event: BayEvent }
  | { type: 'figures'; ask: number; figures: LegFigures[] }
  | { type: 'tap.begun'; request: Extract<RecorderRequest, { type: 'record' }> }
  | { type: 'tap.ended'; request: Extract<RecorderRequest, { type: 'stop' }> }
  | { type: 'ear.begun'; leg: string; memory: RingMemory; payloadType: number; startMs: number }
  /** Nothing is written to this leg's ring any more; told too where nothing ever was. */
  | { type: 'ear.ended'; leg: string }
  | { type: 'dtls.packet'; leg: string; packet: Uint8Array }
  /** A bug met on one leg's packet, which was dropped; told once a leg. */
  | { type: 'fault'; leg: string; words: string }
  /** The loop has ended and every socket is closed. */
  | { type: 'stopped' }

export type RecorderRequest =
  /** Instants are ms of `processMonotonic`. */
  | { type: 'record'; recording: string; file: string; memory: RingMemory; payloadType: number; startMs: number }
  | { type: 'stop'; recording: string; endMs: number }

export type RecorderReport =
  | ({ type: 'closed'; recording: string; lostMs: number } & Sealed)
  | { type: 'failed'; recording: string; reason: string }

export type EarRequest =
  /** All recordings that may be recognised; sound is A-law. */
  | { type: 'library'; known: { id: string; label: string | null; sound: Uint8Array }[] }
  | { type: 'listen'; leg: string; memory: RingMemory; payloadType: number; startMs: number; wants: Wants }
  | { type: 'want'; leg: string; wants: Wants }
  | { type: 'stop'; leg: string /** It was answered: what went before was no announcement. */; isAnswered: boolean }

export type EarReport =
  | { type: 'heard'; leg: string; heard: Heard }
  /** Sound before the answer that is in no recording of the library, A-law. */
  | { type: 'unknown'; leg: string; sound: Uint8Array }
  | { type: 'stopped'; leg: string }

/** What the main thread, the media worker and the recording thread say to each other. All of it is structured-cloned; packets are not in it. */

import type { Heard, Wants } from '../hear/heard.ts'
import type { Fit, Left, Seen } from '../lib/fit.ts'
import type {
  BayEvent,
  Identified,
  LegFigures,
  Member,
  RecordingFault,
  RtpParameters,
  SupervisionMode,
  WebRtcParameters,
} from './bay.ts'
import type { IoRingPlace } from './io-ring.ts'
import type { LostToldMs } from './lost-sound.ts'
import type { Sealed } from './recording-file.ts'
import type { RingMemory } from './recording-ring.ts'
import type { SavedLeg } from './saved-leg.ts'
import type { IceCredentials, SrtpKeys } from './secure-leg.ts'

/** The media worker's `workerData`. */
export type MediaWorkerData = {
  wire: 'libc' | 'dgram'
  /** The eventfd that wakes the loop, and an empty epoll set; -1 for dgram. Both are the main thread's, and outlive this one. */
  wakeFd: number
  epollFd: number
  /** Also the main thread's; null: none, each packet is a call. */
  ring: IoRingPlace | null
  /** Written by this thread, read by the main one; see `heart.ts`. */
  heart: SharedArrayBuffer
  /** Ask the kernel for real-time priority. */
  takesPrecedence: boolean
  address: string
  ports: { from: number; to: number }
  /** Octets of each prompt in both laws. */
  prompts: Record<string, PromptOctets>
}

export type PromptOctets = { pcma: Uint8Array; pcmu: Uint8Array }

export type MediaRequest =
  /** `number`: the leg's own, above 0. `memory`: where its figures are noted, see `saved-leg.ts`. */
  | {
      type: 'open'
      leg: string
      /** Its sockets are bound to it. */
      address: string
      silenceMs: number
      secure: SecureSpec | null
      number: number
      memory: SharedArrayBuffer
    }
  /** Gives the leg away with its sockets, to be adopted by another thread. */
  | { type: 'release'; leg: string }
  /** Takes a leg that another thread has released (`saved`), or that outlived its thread (null), with all that was asked of it. */
  | {
      type: 'adopt'
      leg: string
      silenceMs: number
      secure: SecureSpec | null
      number: number
      memory: SharedArrayBuffer
      sockets: LegSockets
      saved: SavedLeg | null
      standing: Standing
    }
  | { type: 'configure'; leg: string; parameters: RtpParameters }
  | { type: 'patch'; a: string; b: string }
  | { type: 'unpatch'; leg: string }
  /** Who hears what another leg says and hears; null: nobody's any more. */
  | { type: 'supervise'; leg: string; target: string | null; mode: SupervisionMode; gainDb?: number }
  /** Who is in a room from now on, and who hears whom; [] ends it. */
  | { type: 'mix'; room: string; members: Member[] }
  | { type: 'play'; leg: string; prompt: string; loop: boolean }
  /** Prompts one after the other without a gap; `speech` names it in the report of its end. */
  | { type: 'say'; leg: string; speech: number; parts: string[] }
  /** A prompt that was added, or recorded anew, since the start. */
  | { type: 'learn'; prompt: string; octets: PromptOctets }
  | { type: 'stopPlay'; leg: string }
  | { type: 'expectSound'; leg: string }
  | { type: 'sendDigits'; leg: string; digits: string }
  | { type: 'record'; recording: string; leg: string; file: string; memory: RingMemory }
  | { type: 'stopRecording'; recording: string }
  /** What the leg says is written to this ring too, until told otherwise. */
  | { type: 'listen'; leg: string; memory: RingMemory }
  | { type: 'stopListening'; leg: string }
  | { type: 'close'; leg: string }
  | { type: 'figures'; ask: number; legs: string[] }
  /** From the DTLS thread. */
  | { type: 'dtls.packet'; leg: string; packet: Uint8Array }
  | { type: 'ice.restart'; leg: string; credentials: IceCredentials }
  | { type: 'dtls.keys'; leg: string; keys: SrtpKeys }
  | { type: 'dtls.lost'; leg: string; reason: string }
  | { type: 'stop' }

/** An order to one leg. */
export type LegOrder = Extract<MediaRequest, { leg: string }>

/** As the kernel calls them; -1: none, or one that cannot go to another thread. */
export type LegSockets = { rtp: number; rtcp: number }

/** What was asked of a leg and holds until something else is asked. */
export type Standing = {
  parameters: RtpParameters | null
  keys: SrtpKeys | null
  playing: Extract<MediaRequest, { type: 'play' | 'say' }> | null
  tap: StandingTap | null
  ear: StandingEar | null
  /** Of the last two restarts, the older first. */
  ice: IceCredentials[]
}

export type StandingTap = {
  recording: string
  file: string
  memory: RingMemory
  /** Null until a media thread has begun it. */
  begun: { payloadType: number; startMs: number } | null
}

/** `begun`: null until a media thread has begun it. */
export type StandingEar = { memory: RingMemory; begun: { payloadType: number; startMs: number } | null }

export type SecureSpec = { parameters: WebRtcParameters; localUfrag: string; localPassword: string }

export type MediaReport =
  /** `problem` is an errno name, or words; null when bound. */
  | { type: 'opened'; leg: string; port: number; sockets: LegSockets; problem: string | null }
  /** `saved`: null where it could not be written down; what was noted of it last is what is known then. */
  | { type: 'released'; leg: string; saved: SavedLeg | null }
  | { type: 'event'; event: BayEvent }
  | { type: 'figures'; ask: number; figures: LegFigures[] }
  | { type: 'tap.begun'; request: Extract<RecorderRequest, { type: 'record' }> }
  | { type: 'tap.missed'; request: Extract<RecorderRequest, { type: 'missed' }> }
  | { type: 'tap.ended'; request: Extract<RecorderRequest, { type: 'stop' }> }
  | { type: 'ear.begun'; leg: string; memory: RingMemory; payloadType: number; startMs: number }
  /** Nothing is written to this leg's ring any more; told too where nothing ever was. */
  | { type: 'ear.ended'; leg: string }
  | { type: 'dtls.packet'; leg: string; packet: Uint8Array }
  /** A bug met on one leg's packet, which was dropped, or in an order to it; told once a leg. */
  | { type: 'fault'; leg: string; words: string }
  /** The loop has ended and every socket is closed. */
  | { type: 'stopped' }

export type RecorderRequest =
  /** Instants are ms of `processMonotonic`. */
  | {
      type: 'record'
      recording: string
      file: string
      memory: RingMemory
      payloadType: number
      startMs: number
      /** A recording thread died over it, and this one goes on with its file; left out: it begins. */
      goesOn?: LostToldMs
    }
  /** A media thread died, and for so long, until then, nobody wrote: silence stands there. */
  | { type: 'missed'; recording: string; lostMs: number; untilMs: number }
  | { type: 'stop'; recording: string; endMs: number }
  /** Makes a file whole that was left open by a thread or a process that is no more; `ask` names the question in its answer. */
  | { type: 'salvage'; ask: number; file: string; fit?: Fit | Seen }
  /** The mark of the folder that recordings are kept in. */
  | { type: 'keepIn'; mark: string }

/** The recording worker's `workerData`: recordings are begun only while the folder bears the mark (null: not known yet, none is). Null: anywhere. */
export type RecordingHome = { folder: string; mark: string | null } | null

/**
 * `slow`: it is more than two seconds behind. `full`: what is said now may be lost; recordings go on when there is room. `unwritable`: so too when
 * it takes writes again, of which it refused one (mounted read-only, an error of the medium, gone).
 */
export type DiskState = 'well' | 'slow' | 'full' | 'unwritable'

export type RecorderReport =
  | ({ type: 'closed'; recording: string; lostMs: number; lost: [fromMs: number, forMs: number][] } & Sealed)
  /** So much of it is silence by now where sound was lost: told while it goes on, since what has told nothing is forgotten when this thread ends. */
  | ({ type: 'lost'; recording: string } & LostToldMs)
  | { type: 'failed'; recording: string; cause: RecordingFault; reason: string }
  /** `problem`: why it could not be made whole; `code` as the file system calls it, null: it is no recording of ours. */
  | { type: 'salvaged'; ask: number; sealed: Sealed }
  | { type: 'unsalvaged'; ask: number; problem: { code: string | null; words: string } & Left }
  | { type: 'disk'; state: DiskState }

export type EarRequest =
  /** All recordings that may be recognised; sound is A-law. */
  | { type: 'library'; known: { id: string; label: string | null; sound: Uint8Array }[] }
  | { type: 'listen'; leg: string; memory: RingMemory; payloadType: number; startMs: number; wants: Wants }
  | { type: 'want'; leg: string; wants: Wants }
  /** `isAnswered`: what went before was no announcement. */
  | { type: 'stop'; leg: string; isAnswered: boolean }
  /** What is this A-law sound? */
  | { type: 'ask'; ask: number; sound: Uint8Array }

export type EarReport =
  | { type: 'heard'; leg: string; heard: Heard }
  /** Sound before the answer that is in no recording of the library, A-law. */
  | { type: 'unknown'; leg: string; sound: Uint8Array }
  | { type: 'stopped'; leg: string }
  | { type: 'answer'; ask: number; known: Identified | null }

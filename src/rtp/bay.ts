/**
 * The patch bay as the main thread sees it: legs are ports, and a port is opened, configured, patched, played to, recorded and closed. The
 * packets themselves never come to this thread. Every method but `open` returns at once; what happens is told through `onEvent`.
 */

import type { Heard, Wants } from '../hear/heard.ts'
import type { FileFault } from '../lib/file-fault.ts'
import type { Fit, Seen } from '../lib/fit.ts'
import type { LegId, RecordingId } from '../lib/ids.ts'
import type { Sealed } from './recording-file.ts'
import type { SrtpKeys } from './secure-leg.ts'
import type { VoipHeard } from './voip-heard.ts'

export { tonePlanOf } from '../hear/tone-plans.ts'
export type { Heard, Wants }

/** A recording that ears know again: A-law at 8 kHz, and what it is called by whoever labelled it. */
export type Recording = { id: string; label: string | null; sound: Uint8Array }

/** Which recording of the library a sound is. */
export type Identified = { id: string; label: string | null; confidence: number; afterMs: number }

export type MediaCodec = 'pcma' | 'pcmu'
export type Endpoint = { address: string; port: number }

/** What the signalling agreed on for an RTP leg. Sent again at each re-offer. */
export type RtpParameters = {
  codec: MediaCodec
  /** RFC 4733 payload type both ways, or null when the far end has none. */
  dtmfPayloadType: number | null
  /**
   * Its keys are told and go no further: who is told sends them to where they are meant, in the way that is understood there. Left out: telephone
   * events also go on to whom it is patched to.
   */
  keepsKeys?: boolean
  /**
   * From the SDP. With `latch` the first valid packet from `allowedSources` (default: the SDP's address) moves it, until one comes from exactly there,
   * which takes it back.
   */
  remote: Endpoint
  latch: boolean
  /** Addresses that media may come from; [] means the SDP's address only. Everything else is dropped and counted. */
  allowedSources: string[]
  /** What we may do: hold takes away `send` or `receive`. */
  send: boolean
  receive: boolean
  ptimeMs: number
  /** The far end asks for VoIP metrics in extended reports (RFC 3611); left out: it does not. */
  wantsVoip?: boolean
  /** SRTP by keys from the SDP; null or left out: in the clear. A leg that was encrypted once is not sent to in the clear any more. */
  srtp?: SrtpKeys | null
  /** In place of what the leg was opened with, until parameters come that have none: who holds may be silent for longer, and is waited for anew then. */
  silenceMs?: number
}

/**
 * A member of a room (see `Bay.mix`). `hears`: which of the other members; those who are none are passed over. `gainDb`: how much louder or
 * softer than as said this member is heard by all, −40 to 12; left out: as said.
 */
export type Member = { leg: LegId; hears: LegId[]; gainDb?: number }

/** Who hears a supervisor: nobody, the one who is supervised, or all. */
export type SupervisionMode = 'listen' | 'whisper' | 'barge'

/** What ICE and DTLS agreed on for a browser's leg (see `webrtc/`). */
export type WebRtcParameters = {
  remoteUfrag: string
  remotePassword: string
  /** Certificate fingerprint the browser's SDP named, `sha-256 AB:CD:…`. */
  remoteFingerprint: string
  codec: MediaCodec
  payloadType: number
  dtmfPayloadType: number | null
  /** What we send with: our answer announced it. */
  ssrc: number
}

export type OpenSpec =
  | {
      kind: 'rtp'
      /** ms without a packet until `silent`; 0: never */
      silenceMs: number
      /** Of the far end's media address; default 4. */
      family?: 4 | 6
    }
  | { kind: 'webrtc'; parameters: WebRtcParameters; localUfrag: string; localPassword: string; silenceMs: number }

export type LegFigures = {
  leg: LegId
  received: number
  sent: number
  lost: number
  /** RFC 3550 interarrival jitter, ms. */
  jitterMs: number
  /** Came before the signalling had named anybody: nobody's yet, and not heard. */
  early: number
  /** From sources that the signalling never named. */
  foreign: number
  /** Malformed, wrong payload type, SRTP authentication failed. */
  dropped: number
  audio: AudioFigures
}

/** What a leg heard and what its far end says it heard; counts of its whole life. */
export type AudioFigures = {
  codec: MediaCodec
  /** How much sound its packets hold. */
  packetMs: number
  received: number
  /** Numbers of the sequence that never came. */
  missing: number
  reordered: number
  duplicates: number
  /** More than 60 ms behind the fastest: too late for a listener's buffer. */
  late: number
  ssrcChanges: number
  /** Of a second source from the right address, or from another port of it than the one that is heard, reports among them: not heard. */
  rivals: number
  /** Sum and count of the differences between packets' transit times, ms. */
  jitterSum: number
  jitterCount: number
  sampled: number
  silent: number
  power: number
  clipped: number
  /** Their reports about what we send: how many, sums of their loss (0 to 1) and jitter (ms), all that was lost; round trips, ms. */
  reports: number
  lossSum: number
  theirJitterSum: number
  theirLost: number
  roundTrips: number
  roundTripSum: number
  roundTripMax: number
  /** They report, and hear nothing of what we send. */
  isDeaf: boolean
  /** Their extended report, where they send one. */
  voip: VoipHeard | null
  /** Where media comes from now, and where the signalling said: `10.0.0.5:4000`; '' while that is not known. */
  from: string
  named: string
  /** The last source that was not named; null: there was none. */
  foreignFrom: string | null
}

/**
 * Why a recording failed. `not_ours`: what lies there is no recording; `thread`: the recording or the media thread died; `leg`: it has ended, or is
 * being recorded already; `fault`: ours.
 */
export type RecordingFault = FileFault | 'not_ours' | 'thread' | 'leg' | 'unsealed' | 'fault'

export type BayEvent =
  /** The first packet from a source that the signalling never named; how many there were is in the figures. */
  | { type: 'leg.foreign'; leg: LegId; source: string }
  /** The leg is closed: its last figures. */
  | { type: 'leg.closed'; leg: LegId; figures: LegFigures }
  /** First media packet after `open` or a change of remote. */
  | { type: 'leg.media'; leg: LegId }
  /** No packet for `silenceMs` although we may receive; once per silence. */
  | { type: 'leg.silent'; leg: LegId }
  | { type: 'leg.digit'; leg: LegId; digit: string }
  /** WebRTC: ICE and DTLS are done, SRTP flows both ways. */
  | { type: 'leg.secure'; leg: LegId }
  /** WebRTC: consent or DTLS lost. Of any leg: a fault in the program, it is neither heard nor sent to any more. It is to be closed. */
  | { type: 'leg.lost'; leg: LegId; reason: string }
  /** An ear heard something on this leg. */
  | { type: 'leg.heard'; leg: LegId; heard: Heard }
  /** Before it ended unanswered, the leg said what is in no recording of the library: A-law, at most 8 s. */
  | { type: 'leg.unknown'; leg: LegId; sound: Uint8Array }
  | { type: 'prompt.finished'; leg: LegId; prompt: string }
  /** All parts of a `say` have been sent. Not told of one that was replaced or stopped. */
  | { type: 'speech.finished'; leg: LegId; speech: number }
  | {
      type: 'recording.closed'
      recording: RecordingId
      sha256: string
      bytes: number
      durationMs: number
      /** Silence stands where the disk stalled for more than 4 s, or a media thread died, and sound was lost; usually 0. */
      lostMs?: number
      /** Where, at most 100 places. */
      lost?: [fromMs: number, forMs: number][]
    }
  /** So much of it is silence by now where sound was lost, and where; told some seconds after the sound goes on. */
  | { type: 'recording.lost'; recording: RecordingId; lostMs: number; lost: [fromMs: number, forMs: number][] }
  /** `reason`: what the system said, for whoever looks after it. */
  | { type: 'recording.failed'; recording: RecordingId; cause: RecordingFault; reason: string }
  /** The disk of the recordings is slow, full, refuses writes, or is well again: recordings go on, `lostMs` of each will tell what is missing. */
  | { type: 'disk'; state: 'well' | 'slow' | 'full' | 'unwritable' }
  /**
   * A media thread died. A fresh one has taken up the legs `moved`: they are not heard for some tenths of a second, and their recordings go on
   * with silence in the gap. `legs` are gone, with the recordings named here, each of which is told by itself. `Bay.failed` tells when no
   * fresh one is started.
   */
  | { type: 'worker.died'; legs: LegId[]; moved: LegId[]; recordings: RecordingId[]; reason: string }
  /**
   * The recording or the DTLS thread died, and was started again unless that has happened too often. So many recordings, or browsers, go on;
   * so many have failed, or must shake hands anew, each of which is told by itself.
   */
  | { type: 'thread.died'; thread: 'recording' | 'dtls'; goOn: number; cut: number; reason: string }

export type PacketWay = 'batch' | 'single' | 'dgram'

export type Bay = {
  /** Binds a socket from the port range. Rejects with MediaError when no port is free or the leg exists. */
  open(leg: LegId, spec: OpenSpec): Promise<Endpoint>
  configure(leg: LegId, parameters: RtpParameters): void
  /** A browser's leg: ICE begins anew, perhaps from another address of the browser; DTLS, SRTP and what the leg is patched to go on. */
  restartIce(leg: LegId, credentials: { localUfrag: string; localPassword: string; remoteUfrag: string }): void
  /** Two-way relay; a leg is in at most one patch or room, a former one is left. A-law and µ-law are converted by table. */
  patch(a: LegId, b: LegId): void
  /** Out of its patch, or out of its room: it hears nobody, and nobody hears it. The others of a room talk on. */
  unpatch(leg: LegId): void
  /**
   * Seats legs in a room, each hearing those of the others that it names: a conference, a whisper, somebody who listens. Says the whole: called
   * again it changes who is there and who hears whom, and `[]` ends it; legs that are named no more hear nobody. A leg is in one room or one
   * patch at a time, the last order counts; a leg that closes leaves. The room's name is the caller's, e.g. the call's id.
   *
   * Nobody hears themself. Who hears exactly one other gets that one's packets relayed without decoding, as in a patch: two who hear each
   * other cost what a patch costs, also while a third listens. Going from a patch to a room and back loses no sample, does not click, and
   * neither the RTP stream nor a recording notices. A recording of a leg holds what that leg hears: a whisper to the agent is not in the
   * customer's. Both laws may be in one room. At most 64 legs; more are told as a fault and change nothing.
   */
  mix(room: string, members: Member[]): void
  /**
   * From now on `leg` hears what `target` says and hears, and is heard by nobody (`listen`), by `target` alone (`whisper`), or by all who hear
   * `target` (`barge`). It stays with `target` whatever that is patched to, put on hold or seated with next: the orders of a call need not know
   * of it. Another order for the same leg takes its place; null ends it, and so does the end of either leg. Those who talk are relayed as
   * before while somebody listens, and everybody who listens to the same costs one packet each 20 ms. `gainDb`: how much louder or softer
   * `leg` is heard, as a member's of a room.
   */
  supervise(leg: LegId, target: LegId | null, mode: SupervisionMode, gainDb?: number): void
  /** Plays a prompt by id (loaded at start from WAV); replaces what was playing. While it plays, a patch is not heard. */
  play(leg: LegId, prompt: string, loop: boolean): void
  /**
   * Plays prompts one after the other without a gap, like `play` in all else; `speech.finished` tells its end with the number given here. A
   * part that is not known is left out, and told as a fault.
   */
  say(leg: LegId, speech: number, parts: string[]): void
  /** Adds a prompt, or replaces it from its next playing on; samples at 8 kHz. */
  learn(prompt: string, samples: Int16Array): void
  stopPlay(leg: LegId): void
  /** The far end has answered: what it said or did not say before tells nothing, and from now on its silence counts (`leg.silent`). */
  expectSound(leg: LegId): void
  /** RFC 4733 events, 0-9 * # A-D. */
  sendDigits(leg: LegId, digits: string): void
  /** Records what comes from the leg (left) and what is sent to it (right). `file` is an absolute path; its folder is made. */
  record(recording: RecordingId, leg: LegId, file: string): void
  /** The mark of the folder that recordings are kept in: see `BayOptions.recordingsDir`. While it bears another none is begun, as on a disk that refuses. */
  keepIn(mark: string): void
  /** Answers with `recording.closed` after the file is whole and synced. Closing a leg stops its recording too. */
  stopRecording(recording: RecordingId): void
  /**
   * Makes a file whole that a recording left open, which nobody writes to any more: cuts a partial frame, corrects the header, syncs and hashes, on
   * the recording thread. Safe to repeat. Rejects with the file system's error (its `code`), or with MediaError alone when it is no recording;
   * with `fit`, and without a change to the file, with one that `isMisfit` knows where it does not fit, `isOther` where it is not as it was seen.
   */
  salvage(file: string, fit?: Fit | Seen): Promise<Sealed>
  /**
   * What to listen for in what the leg says; null: no more. `leg.heard` tells. Where more legs are listened to than ears allow, or the ear
   * thread is given up, nothing is heard and nothing else changes.
   */
  listen(leg: LegId, wants: Wants | null): void
  /** All recordings that are known from now on. */
  teach(library: readonly Recording[]): void
  /** What an A-law sound would be recognised as; null: nothing that is known. Rejects with MediaError while there is no ear thread. */
  identify(sound: Uint8Array): Promise<Identified | null>
  close(leg: LegId): void
  /**
   * Of all legs, or of `legs` only, as they stand when the question comes to the media thread, which is asked for some at a time. Rejects with
   * MediaError when the media thread died, or was given up.
   */
  figures(legs?: readonly LegId[]): Promise<LegFigures[]>
  /** How many legs each media thread carries. */
  loads(): readonly number[]
  /** A thread stands ready to follow one that dies; without one it takes some tenths of a second longer. */
  hasSpare(): boolean
  /** How packets pass: by the batch (`io-ring.ts`), a call of the C library each, or on node:dgram. */
  way(): PacketWay
  onEvent(listener: (event: BayEvent) => void): void
  /**
   * Resolves, never rejects, when the media or the recording thread died so often that it is given up. From then on `open` rejects and a
   * recording is told as failed at once; only a new process helps.
   */
  readonly failed: Promise<Error>
  [Symbol.asyncDispose](): Promise<void>
}

/** A media fault that the caller can do something about; `words` say what. */
export class MediaError extends Error {
  override name = 'MediaError'
}

/**
 * The shared memory between the relay loop, which writes what it hears as it comes, and the recording thread, which reads it 0.4 s later. The
 * loop only ever stores octets: no lock, no message, no allocation, no file. Both channels are placed on one timeline of 8,000 frames a
 * second that begins with the recording, so they stay aligned; where nothing arrived the ring already holds silence.
 */
import { lawTable, payloadTypeOf, silenceOf } from './g711.ts'

/** 4.096 s: how long the disk may stall before anything is lost. A power of two. */
export const ringFrames = 32_768
const mask = ringFrames - 1
const sameLaw = Uint8Array.from({ length: 256 }, (_, octet) => octet)
export const framesPerMs = 8

export const customer = 0
export const agent = 1
export type Channel = typeof customer | typeof agent

export type RingMemory = { readonly frames: SharedArrayBuffer; readonly bounds: SharedArrayBuffer }

/** Indices into `bounds`: frames in [low, high) may be written. */
const low = 0
const high = 1
/** Frames before this one have been written, at least in one channel. */
const written = 2

export function ringMemory(): RingMemory {
  return { frames: new SharedArrayBuffer(ringFrames * 2), bounds: new SharedArrayBuffer(12) }
}

export function silenceFor(payloadType: number): number {
  return payloadType === payloadTypeOf.pcma ? silenceOf.pcma : silenceOf.pcmu
}

type TrackPlace = { ssrc: number; shift: number }
export type Places = [TrackPlace, TrackPlace]

/** The relay loop's end. */
export class RingWriter {
  readonly #frames: Uint8Array
  readonly #bounds: Int32Array
  readonly #startMs: number
  readonly #payloadType: number
  readonly #tracks: [Track, Track] = [new Track(), new Track()]

  /** Goes on with a recording that another writer began; call `begin` for a fresh one. */
  constructor(memory: RingMemory, payloadType: number, startMs: number) {
    this.#frames = new Uint8Array(memory.frames)
    this.#bounds = new Int32Array(memory.bounds)
    this.#payloadType = payloadType
    this.#startMs = startMs
  }

  static begin(memory: RingMemory, payloadType: number, startMs: number): RingWriter {
    const writer = new RingWriter(memory, payloadType, startMs)
    writer.#frames.fill(silenceFor(payloadType)) // it may have held another recording
    writer.#bounds[low] = writer.#bounds[written] = 0
    writer.#bounds[high] = ringFrames
    return writer
  }

  /** How the streams of both channels lie on the recording's timeline, for a writer that goes on. */
  get places(): Places {
    const [left, right] = this.#tracks
    return [left.save(), right.save()]
  }

  restore(places: Places): void {
    this.#tracks.forEach((track, channel) => {
      track.restore(places[channel]!)
    })
  }

  /** ms for which nobody has written. */
  gapMs(nowMs: number): number {
    return Math.max(0, nowMs - this.#startMs - this.#bounds[written]! / framesPerMs)
  }

  /** Stores one packet's octets, `bytes[from, to)` in the law of `payloadType`, and leaves `bytes` as they were. */
  write(
    channel: Channel,
    ssrc: number,
    timestamp: number,
    bytes: Uint8Array,
    from: number,
    to: number,
    payloadType: number,
    nowMs: number,
  ): void {
    const frame = this.#tracks[channel].place(ssrc, timestamp, Math.round((nowMs - this.#startMs) * framesPerMs))
    if (frame < Atomics.load(this.#bounds, low) || frame + to - from > Atomics.load(this.#bounds, high)) return
    if (frame + to - from > this.#bounds[written]!) this.#bounds[written] = frame + to - from
    const law = payloadType === this.#payloadType ? sameLaw : lawTable(this.#payloadType)
    const frames = this.#frames
    let at = ((frame & mask) << 1) | channel
    for (let i = from; i < to; i++) {
      frames[at] = law[bytes[i]!]!
      at += 2
      if (at >= ringFrames * 2) at -= ringFrames * 2
    }
  }
}

/** A packet may come this much later than its neighbours and still find its place; the reader stays further behind than that. */
const lateFramesMax = 350 * framesPerMs
/** A packet that seems this early shows that the first one was late. */
const earlyFramesMax = 100 * framesPerMs
export const guardMs = 400

/** Turns RTP timestamps of one channel into frames of the recording: smooth within a stream, tied to the arrival time across streams. */
class Track {
  #ssrc = -1
  #shift = 0

  save(): TrackPlace {
    return { ssrc: this.#ssrc, shift: this.#shift }
  }

  restore({ ssrc, shift }: TrackPlace): void {
    this.#ssrc = ssrc
    this.#shift = shift
  }

  place(ssrc: number, timestamp: number, expectedFrame: number): number {
    const frame = (timestamp + this.#shift) | 0
    const early = frame - expectedFrame
    if (ssrc === this.#ssrc && early < earlyFramesMax && early > -lateFramesMax) return frame
    this.#ssrc = ssrc
    this.#shift = (expectedFrame - timestamp) | 0
    return expectedFrame
  }
}

/** The recording thread's end. */
export class RingReader {
  readonly #frames: Uint8Array
  readonly #bounds: Int32Array
  readonly #silence: number
  #read = 0

  constructor(memory: RingMemory, payloadType: number) {
    this.#frames = new Uint8Array(memory.frames)
    this.#bounds = new Int32Array(memory.bounds)
    this.#silence = silenceFor(payloadType)
  }

  /** Frames read so far. */
  get position(): number {
    return this.#read
  }

  /**
   * Copies the frames up to `untilFrame` (at most a ring's length) to `into` and clears them for the next lap. Answers how many. First the
   * lower bound moves, so that nothing is written behind our back; the upper one when the copy is done.
   */
  take(untilFrame: number, into: Uint8Array): number {
    const count = Math.min(untilFrame - this.#read, ringFrames)
    if (count <= 0) return 0
    Atomics.store(this.#bounds, low, this.#read + count)
    const begin = (this.#read & mask) * 2
    const first = Math.min(count * 2, ringFrames * 2 - begin)
    into.set(this.#frames.subarray(begin, begin + first))
    into.set(this.#frames.subarray(0, count * 2 - first), first)
    this.#frames.fill(this.#silence, begin, begin + first)
    this.#frames.fill(this.#silence, 0, count * 2 - first)
    this.#read += count
    Atomics.store(this.#bounds, high, this.#read + ringFrames)
    return count
  }
}

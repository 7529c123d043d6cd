/**
 * The shared memory between the relay loop, which writes what it hears as it comes, and the recording thread, which reads it 0.4 s later. The
 * loop only ever stores octets: no lock, no message, no allocation, no file. Both channels are placed on one timeline of 8,000 frames a
 * second that begins with the recording, so they stay aligned; where nothing arrived the ring already holds silence. Each channel lies by
 * itself: a packet is 160 octets in a row, half the memory that the loop would touch if the channels took turns octet by octet.
 */
import { lawTable, payloadTypeOf, silenceOf } from './g711.ts'

/** 4.096 s: how long the disk may stall before anything is lost. A power of two. */
export const ringFrames = 32_768
const mask = ringFrames - 1
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
  readonly #lanes: Lanes
  readonly #bounds: Int32Array
  readonly #startMs: number
  readonly #payloadType: number
  readonly #tracks: [Track, Track] = [new Track(), new Track()]

  /** Goes on with a recording that another writer began; call `begin` for a fresh one. */
  constructor(memory: RingMemory, payloadType: number, startMs: number) {
    this.#lanes = lanesOf(memory)
    this.#bounds = new Int32Array(memory.bounds)
    this.#payloadType = payloadType
    this.#startMs = startMs
  }

  static begin(memory: RingMemory, payloadType: number, startMs: number): RingWriter {
    const writer = new RingWriter(memory, payloadType, startMs)
    for (const { octets } of writer.#lanes) octets.fill(silenceFor(payloadType)) // it may have held another recording
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
    const bounds = this.#bounds
    // Read as they are: the reader keeps 400 ms behind, and an atomic read is a call.
    if (frame < bounds[low]! || frame + to - from > bounds[high]!) return
    if (frame + to - from > bounds[written]!) bounds[written] = frame + to - from
    const into = this.#lanes[channel]
    const at = frame & mask
    const untilEnd = Math.min(to, from + ringFrames - at)
    if (payloadType === this.#payloadType) {
      copy(bytes, from, untilEnd, into, at)
      copy(bytes, untilEnd, to, into, 0)
    } else {
      const law = lawTable(this.#payloadType)
      translate(law, bytes, from, untilEnd, into, at)
      translate(law, bytes, untilEnd, to, into, 0)
    }
  }
}

/** One channel, and the same memory four at a time: that is what a copy costs least by (all our machines are little-endian). */
type Lane = { readonly octets: Uint8Array; readonly words: Int32Array }
type Lanes = [customer: Lane, agent: Lane]

function lanesOf({ frames }: RingMemory): Lanes {
  const laneAt = (at: number) => ({
    octets: new Uint8Array(frames, at, ringFrames),
    words: new Int32Array(frames, at, ringFrames / 4),
  })
  return [laneAt(0), laneAt(ringFrames)]
}

/** `set` would need a view of the part, and the relay loop allocates nothing. */
function copy(bytes: Uint8Array, from: number, to: number, { octets, words }: Lane, at: number): void {
  while ((at & 3) !== 0 && from < to) octets[at++] = bytes[from++]!
  for (; from + 4 <= to; from += 4, at += 4)
    words[at >> 2] = bytes[from]! | (bytes[from + 1]! << 8) | (bytes[from + 2]! << 16) | (bytes[from + 3]! << 24)
  while (from < to) octets[at++] = bytes[from++]!
}

function translate(law: Uint8Array, bytes: Uint8Array, from: number, to: number, { octets }: Lane, at: number): void {
  for (let i = from; i < to; i++) octets[at++] = law[bytes[i]!]!
}

function wordsOf({ buffer, byteOffset, byteLength }: Uint8Array): Int32Array {
  return new Int32Array(buffer, byteOffset, byteLength >> 2)
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
  readonly #lanes: Lanes
  readonly #bounds: Int32Array
  readonly #silence: number
  #read = 0

  constructor(memory: RingMemory, payloadType: number) {
    this.#lanes = lanesOf(memory)
    this.#bounds = new Int32Array(memory.bounds)
    this.#silence = silenceFor(payloadType)
  }

  /** Frames read so far. */
  get position(): number {
    return this.#read
  }

  /**
   * Takes the frames up to `untilFrame` (at most a ring's length) to `into`, customer and agent in turn, and clears them for the next lap.
   * Answers how many. First the lower bound moves, so that nothing is written behind our back; the upper one when the copy is done.
   */
  take(untilFrame: number, into: Uint8Array): number {
    const count = Math.min(untilFrame - this.#read, ringFrames)
    if (count <= 0) return 0
    Atomics.store(this.#bounds, low, this.#read + count)
    const begin = this.#read & mask
    const first = Math.min(count, ringFrames - begin)
    this.#takePiece(begin, first, into, 0)
    this.#takePiece(0, count - first, into, first * 2)
    this.#read += count
    Atomics.store(this.#bounds, high, this.#read + ringFrames)
    return count
  }

  /** Whole words where both sides lie so; `count` is a whole number of milliseconds nearly always, and so they do. */
  #takePiece(begin: number, count: number, into: Uint8Array, at: number): void {
    const isAligned = ((begin | count) & 3) === 0 && ((into.byteOffset + at) & 3) === 0
    if (isAligned) this.#takeWords(begin >> 2, count >> 2, wordsOf(into), at >> 2)
    else this.#takeOctets(begin, count, into, at)
  }

  #takeWords(begin: number, count: number, into: Int32Array, at: number): void {
    const [{ words: left }, { words: right }] = this.#lanes
    const silence = Math.imul(this.#silence, 0x01010101)
    for (let word = begin; word < begin + count; word++, at += 2) {
      const l = left[word]!
      const r = right[word]!
      into[at] = (l & 0xff) | ((r & 0xff) << 8) | ((l & 0xff00) << 8) | ((r & 0xff00) << 16)
      into[at + 1] = ((l >>> 16) & 0xff) | ((r >>> 8) & 0xff00) | ((l >>> 8) & 0xff0000) | (r & ~0xffffff)
      left[word] = right[word] = silence
    }
  }

  #takeOctets(begin: number, count: number, into: Uint8Array, at: number): void {
    const [{ octets: left }, { octets: right }] = this.#lanes
    const silence = this.#silence
    for (let frame = begin; frame < begin + count; frame++, at += 2) {
      into[at] = left[frame]!
      into[at + 1] = right[frame]!
      left[frame] = right[frame] = silence
    }
  }
}

/**
 * The shared memory between the relay loop, which writes what it hears as it comes, and the recording thread, which reads it 0.4 s later. The
 * loop only ever stores octets: no lock, no message, no allocation, no file. Both channels are placed on one timeline of 8,000 frames a
 * second that begins with the recording, so they stay aligned; where nothing arrived the ring already holds silence. Each channel lies by
 * itself: a packet is 160 octets in a row, half the memory that the loop would touch if the channels took turns octet by octet.
 */
import { lawTable, payloadTypeOf, silenceOf } from './g711.ts'
import type { Octets } from './wire.ts'

/** 4.096 s: how long the disk may stall before anything is lost. A power of two. */
export const ringFrames = 32_768
const mask = ringFrames - 1
export const framesPerMs = 8

export const customer = 0
export const agent = 1
export type Channel = typeof customer | typeof agent

/** Where a ring stands and how its streams lie, then both channels. */
export type RingMemory = SharedArrayBuffer

/**
 * Indices into the ring's words. What a packet is placed by stands together, in a line of the processor's cache or two: when the next packet of this
 * call comes, everything has left the caches, and each object that would have to be looked up for it costs as much as a copy.
 */
const headWords = 16
/** Frames in [low, high) may be written. */
const low = 0
const high = 1
/** Frames before this one have been written, at least in one channel. */
const written = 2
/** 1 while the recording thread works on this recording: when it dies meanwhile, it may have died of it. */
const inHand = 3
/** Of the customer's stream and, two words on, of the agent's: the source and, from its timestamps to the recording's frames, the shift. */
const source = 4
const shift = 5
/** Up to this frame came what there was no room for. */
const refused = 8
/** The shift before a stall, of the customer's stream and then of the agent's. */
const shiftBefore = 9
/** No stream yet. */
const nobody = -1

export function ringMemory(): RingMemory {
  return new SharedArrayBuffer(headWords * 4 + ringFrames * 2)
}

export function silenceFor(payloadType: number): number {
  return payloadType === payloadTypeOf.pcma ? silenceOf.pcma : silenceOf.pcmu
}

/** Whether the recording thread, which is dead, had this recording in hand; what it says is forgotten then. */
export function wasInHand(memory: RingMemory): boolean {
  return Atomics.exchange(new Int32Array(memory), inHand, 0) === 1
}

/** The relay loop's end. */
export class RingWriter {
  readonly #words: Int32Array
  readonly #octets: Uint8Array
  readonly #startMs: number
  readonly #payloadType: number

  /** Goes on where another writer, which ended or died, left the recording; call `begin` for a fresh one. */
  constructor(memory: RingMemory, payloadType: number, startMs: number) {
    this.#words = new Int32Array(memory)
    this.#octets = new Uint8Array(memory)
    this.#payloadType = payloadType
    this.#startMs = startMs
  }

  static begin(memory: RingMemory, payloadType: number, startMs: number): RingWriter {
    const writer = new RingWriter(memory, payloadType, startMs)
    writer.#octets.fill(silenceFor(payloadType), headWords * 4) // it may have held another recording
    const words = writer.#words
    words[low] = words[written] = words[refused] = 0
    words[high] = ringFrames
    words[source] = words[source + 2] = nobody
    words[shift] = words[shift + 2] = 0
    return writer
  }

  /**
   * What the agent's leg was sent until now tells nothing of what it is sent next: a thread that takes up a leg from a dead one jumps ahead in
   * its timestamps (`saved-leg.ts`), while the sound goes on. So its next packet is placed by its arrival.
   */
  anchorAgentAnew(): void {
    this.#words[source + 2 * agent] = nobody
  }

  /** ms for which nobody has written. */
  gapMs(nowMs: number): number {
    return Math.max(0, nowMs - this.#startMs - this.#words[written]! / framesPerMs)
  }

  /** Stores one packet's octets, [from, to) of `octets` in the law of `payloadType`, and leaves them as they were. */
  write(
    channel: Channel,
    ssrc: number,
    timestamp: number,
    octets: Octets,
    from: number,
    to: number,
    payloadType: number,
    nowMs: number,
  ): void {
    const frame = this.#place(channel, ssrc, timestamp, Math.round((nowMs - this.#startMs) * framesPerMs))
    const words = this.#words
    // Read as they are: the reader keeps 400 ms behind, and an atomic read is a call.
    const end = frame + to - from
    if (frame < words[low]!) return
    if (end > words[high]!) {
      if (end > words[refused]!) words[refused] = end
      return
    }
    if (end > words[written]!) words[written] = end
    const lane = laneAt(channel)
    const at = lane + (frame & mask)
    const untilEnd = Math.min(to, from + lane + ringFrames - at)
    if (payloadType === this.#payloadType) {
      this.#copy(octets, from, untilEnd, at)
      this.#copy(octets, untilEnd, to, lane)
    } else {
      const law = lawTable(this.#payloadType)
      this.#translate(law, octets.bytes, from, untilEnd, at)
      this.#translate(law, octets.bytes, untilEnd, to, lane)
    }
  }

  /**
   * The frame of the recording where an RTP timestamp lies: smooth within a stream, tied to the arrival time across streams. What comes after a stall
   * all at once is too late at first, and is placed by its arrival in case the sender set its clock back; what comes behind it shows that it did not.
   */
  #place(channel: Channel, ssrc: number, timestamp: number, expectedFrame: number): number {
    const words = this.#words
    const frame = (timestamp + words[shift + 2 * channel]!) | 0
    const isSame = ssrc === words[source + 2 * channel]
    if (isSame && isNear(frame - expectedFrame)) return frame
    const meant = (timestamp + words[shiftBefore + channel]!) | 0
    if (isSame && isNear(meant - expectedFrame)) {
      words[shift + 2 * channel] = words[shiftBefore + channel]!
      return meant
    }
    const wholeWord = expectedFrame & ~3 // half a millisecond, so that its packets are copied by words
    const byArrival = (wholeWord - timestamp) | 0
    if (!isSame) words[shiftBefore + channel] = byArrival
    else if (frame < expectedFrame) words[shiftBefore + channel] = words[shift + 2 * channel]!
    words[shift + 2 * channel] = byArrival
    words[source + 2 * channel] = ssrc
    return wholeWord
  }

  /** By words wherever both sides lie so, which they nearly always do: `set` would need a view of the part, and the relay loop allocates nothing. */
  #copy({ bytes, words: from32 }: Octets, from: number, to: number, at: number): void {
    const octets = this.#octets
    if (((from | to | at) & 3) === 0) {
      const words = this.#words
      let target = at >> 2
      for (let i = from >> 2, end = to >> 2; i < end; i++) words[target++] = from32[i]!
    } else while (from < to) octets[at++] = bytes[from++]!
  }

  #translate(law: Uint8Array, bytes: Uint8Array, from: number, to: number, at: number): void {
    const octets = this.#octets
    for (let i = from; i < to; i++) octets[at++] = law[bytes[i]!]!
  }
}

/** Where a channel begins, in octets of the ring's memory. */
function laneAt(channel: Channel): number {
  return headWords * 4 + channel * ringFrames
}

function wordsOf({ buffer, byteOffset, byteLength }: Uint8Array): Int32Array {
  return new Int32Array(buffer, byteOffset, byteLength >> 2)
}

/** A packet may come this much later than its neighbours and still find its place; the reader stays further behind than that. */
const lateFramesMax = 350 * framesPerMs
/** A packet that seems this early shows that the first one was late. */
const earlyFramesMax = 100 * framesPerMs
export const guardMs = 400

function isNear(early: number): boolean {
  return early < earlyFramesMax && early > -lateFramesMax
}

/** The recording thread's end. */
export class RingReader {
  readonly #words: Int32Array
  readonly #octets: Uint8Array
  readonly #silence: number
  #read = 0

  /** `goesOn`: another reader died, and this one begins where that one had taken all. */
  constructor(memory: RingMemory, payloadType: number, goesOn = false) {
    this.#words = new Int32Array(memory)
    this.#octets = new Uint8Array(memory)
    this.#silence = silenceFor(payloadType)
    if (goesOn) this.#read = Math.max(0, this.#words[high]! - ringFrames)
  }

  /** Told before and after each piece of work on this recording. */
  hold(isInHand: boolean): void {
    Atomics.store(this.#words, inHand, isInHand ? 1 : 0)
  }

  /** Frames from here on that the reader before this one died over: some of them are cleared already. */
  get begun(): number {
    return Math.max(0, this.#words[low]! - this.#read)
  }

  /** The end of what came while the ring was full, from `position` and a ring's length on; below that: nothing did since. */
  get refusedUntil(): number {
    return this.#words[refused]!
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
    Atomics.store(this.#words, low, this.#read + count)
    const begin = this.#read & mask
    const first = Math.min(count, ringFrames - begin)
    this.#takePiece(begin, first, into, 0)
    this.#takePiece(0, count - first, into, first * 2)
    this.#read += count
    Atomics.store(this.#words, high, this.#read + ringFrames)
    return count
  }

  /** Whole words where both sides lie so; `count` is a whole number of milliseconds nearly always, and so they do. */
  #takePiece(begin: number, count: number, into: Uint8Array, at: number): void {
    const isAligned = ((begin | count) & 3) === 0 && ((into.byteOffset + at) & 3) === 0
    if (isAligned) this.#takeWords(begin >> 2, count >> 2, wordsOf(into), at >> 2)
    else this.#takeOctets(begin, count, into, at)
  }

  #takeWords(begin: number, count: number, into: Int32Array, at: number): void {
    const words = this.#words
    const silence = Math.imul(this.#silence, 0x01010101)
    let left = (laneAt(customer) >> 2) + begin
    let right = (laneAt(agent) >> 2) + begin
    for (const end = left + count; left < end; left++, right++, at += 2) {
      const l = words[left]!
      const r = words[right]!
      into[at] = (l & 0xff) | ((r & 0xff) << 8) | ((l & 0xff00) << 8) | ((r & 0xff00) << 16)
      into[at + 1] = ((l >>> 16) & 0xff) | ((r >>> 8) & 0xff00) | ((l >>> 8) & 0xff0000) | (r & ~0xffffff)
      words[left] = words[right] = silence
    }
  }

  #takeOctets(begin: number, count: number, into: Uint8Array, at: number): void {
    const octets = this.#octets
    const silence = this.#silence
    let left = laneAt(customer) + begin
    let right = laneAt(agent) + begin
    for (const end = left + count; left < end; left++, right++, at += 2) {
      into[at] = octets[left]!
      into[at + 1] = octets[right]!
      octets[left] = octets[right] = silence
    }
  }
}

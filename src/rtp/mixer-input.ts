/**
 * What one member says, on its way into a mix: a small jitter buffer that gives one frame of linear samples each 20 ms, whatever the network
 * does. Packets find their place by RTP timestamp. A frame that is lost, or late, is made up from the last pitch period, fading; a packet that
 * came too late moves the play-out back by a frame, and delay that is not needed for two seconds is taken away again. A far end whose clock
 * is off is followed by the same two means. Nothing is allocated after the constructor.
 */
import { linearTable } from './g711.ts'
import { framePeriodMs, frameSamples } from './pacer.ts'

/** 320 ms: what lies further ahead is a sender that began anew. A power of two. */
const slots = 16
const ringSamples = slots * frameSamples
/** A first packet this close to the tick gives the next one a hard time: play-out begins a frame later. */
const marginMs = 5
/** Ticks: two seconds. What was never needed meanwhile is delay that can go. */
const windowTicks = 100
/** Ticks for which a quiet frame is waited for, before a loud one is left out. */
const patienceTicks = 50
/** Mean magnitude of a frame below which leaving it out is not heard. */
const quiet = 60
/** Samples of the fade from made-up sound back to real sound: 5 ms. */
const returnSamples = 40
/** So many packets of the past, one after the other, are a sender that set its clock back. */
const lateInRowMax = 5
/** A lost frame fades from `gains[n]` to `gains[n + 1]`; after the last there is silence. */
const gains = [1, 0.75, 0.4, 0]
const lagMin = 40
const lagMax = 240
const templateSamples = 80

export type InputFigures = { concealed: number; late: number; inserted: number; dropped: number; restarts: number }

export class MixerInput {
  /** This tick's frame, after `next`. */
  frame = new Int16Array(frameSamples)
  /** Nothing is heard: `frame` is all zero. */
  isSilent = true
  /** The first frame has been played. */
  hasBegun = false
  readonly figures: InputFigures = { concealed: 0, late: 0, inserted: 0, dropped: 0, restarts: 0 }

  #before = new Int16Array(frameSamples)
  /** A frame each; it changes places with `frame` when it is played, so that no sample is copied. */
  readonly #frames = Array.from({ length: slots }, () => new Int16Array(frameSamples))
  /** Samples that each slot holds; what an empty one holds is left over from earlier. */
  readonly #filled = new Int16Array(slots)
  readonly #period = new Int16Array(lagMax)
  /** The pacer's slot of the room: tells how far the next tick is. */
  readonly #tickSlot: number
  /** A factor on what is said; 1 leaves it alone. */
  gain = 1

  #isRunning = false
  #ssrc = 0
  /** The slot that is played next, and the RTP timestamp of its first sample. */
  #slot = 0
  #playTimestamp = 0
  /** RTP timestamps: of the newest packet, and behind it. */
  #newest = 0
  #newestEnd = 0
  #lateInRow = 0
  /** Frames made up since the last real one. */
  #made = 0
  #lag = 0
  #phase = 0
  #window = 0
  #leastDepth = ringSamples
  #tooDeepTicks = 0

  constructor(tickSlot: number) {
    this.#tickSlot = tickSlot
  }

  /** Samples that wait to be played. */
  get depth(): number {
    return this.#isRunning ? Math.max(0, (this.#newestEnd - this.#playTimestamp) | 0) : 0
  }

  /** A packet's octets, `bytes[from, to)`, which stay as they were. */
  put(
    ssrc: number,
    timestamp: number,
    bytes: Uint8Array,
    from: number,
    to: number,
    payloadType: number,
    nowMs: number,
  ): void {
    const length = to - from
    if (length <= 0 || length > ringSamples / 2) return
    if (!this.#isRunning || ssrc !== this.#ssrc) this.#begin(ssrc, timestamp, nowMs)
    let at = (timestamp - this.#playTimestamp) | 0
    if (at + length > ringSamples || at < -ringSamples * 8) {
      this.#begin(ssrc, timestamp, nowMs)
      at = (timestamp - this.#playTimestamp) | 0
    }
    if (at < 0) {
      if (((timestamp - this.#newest) | 0) <= 0) {
        this.figures.late++ // out of order, and its turn is over
        if (++this.#lateInRow < lateInRowMax) return
        this.#begin(ssrc, timestamp, nowMs)
        at = (timestamp - this.#playTimestamp) | 0
      }
      // The stream itself comes later than it used to: play-out goes on from here.
      const frames = Math.max(0, Math.ceil(-at / frameSamples))
      this.#playTimestamp = (this.#playTimestamp - frames * frameSamples) | 0
      this.figures.inserted += frames
      at += frames * frameSamples
    }
    this.#lateInRow = 0
    if (((timestamp - this.#newest) | 0) >= 0) {
      this.#newest = timestamp
      this.#newestEnd = (timestamp + length) | 0
    }
    this.#write(at, bytes, from, length, linearTable(payloadType))
  }

  /** Moves on by 20 ms and leaves the frame of this tick in `frame`. */
  next(): void {
    const spare = this.#before
    this.#before = this.frame
    this.frame = spare
    if (!this.#isRunning) return this.#beSilent()
    const isWaiting = this.#filled[this.#slot]! === 0 || this.#isPartial()
    if (isWaiting) {
      this.#makeUp()
      if (this.#filled[this.#slot]! > 0 && this.#made < gains.length) return // half a frame is there: its other half is on its way
      if (this.#filled[this.#slot]! > 0) this.#clear()
    } else {
      this.#watchDepth()
      this.#take()
    }
    this.#advance()
  }

  /** The frames that are whole and wait, one after the other, from the next on; `each` gets samples that hold until it returns. */
  flush(into: Int32Array, each: () => void): void {
    for (let ahead = 0; ahead < slots; ahead++) {
      const slot = (this.#slot + ahead) % slots
      if (this.#filled[slot]! < frameSamples) return
      into.set(this.#frames[slot]!)
      each()
    }
  }

  #begin(ssrc: number, timestamp: number, nowMs: number): void {
    if (this.#isRunning) this.figures.restarts++
    const toTickMs = (this.#tickSlot - (Math.floor(nowMs) % framePeriodMs) + framePeriodMs) % framePeriodMs
    this.#isRunning = true
    this.#ssrc = ssrc
    this.#filled.fill(0)
    this.#playTimestamp = (timestamp - (toTickMs < marginMs ? frameSamples : 0)) | 0
    this.#newest = timestamp
    this.#newestEnd = timestamp
    this.#startWindow()
  }

  #write(at: number, bytes: Uint8Array, from: number, length: number, linear: Int16Array): void {
    let slot = (this.#slot + Math.floor(at / frameSamples)) % slots
    let to = at % frameSamples
    for (let read = from, left = length; left > 0; to = 0, slot = (slot + 1) % slots) {
      const count = Math.min(left, frameSamples - to)
      const frame = this.#frames[slot]!
      if (this.#filled[slot] === 0 && count < frameSamples) frame.fill(0)
      for (let i = 0; i < count; i++) frame[to + i] = linear[bytes[read + i]!]!
      this.#filled[slot] = this.#filled[slot]! + count
      read += count
      left -= count
    }
  }

  /** Packets of 30 ms fill every other frame by halves: when nothing newer lies behind it, the rest is still to come. */
  #isPartial(): boolean {
    return this.#filled[this.#slot]! < frameSamples && ((this.#newestEnd - this.#playTimestamp) | 0) < frameSamples
  }

  #take(): void {
    const frame = this.#frames[this.#slot]!
    this.#frames[this.#slot] = this.frame
    this.frame = frame
    this.#clear()
    if (this.gain !== 1) for (let i = 0; i < frameSamples; i++) frame[i] = limited(frame[i]! * this.gain)
    if (this.#made > 0) this.#returnTo(frame)
    this.#made = 0
    this.isSilent = false
    this.hasBegun = true
  }

  #clear(): void {
    this.#filled[this.#slot] = 0
  }

  #advance(): void {
    this.#slot = (this.#slot + 1) % slots
    this.#playTimestamp = (this.#playTimestamp + frameSamples) | 0
  }

  #beSilent(): void {
    this.frame.fill(0)
    this.isSilent = true
  }

  /** The last period of what was said, over and over, ever softer. */
  #makeUp(): void {
    if (!this.hasBegun || this.#made >= gains.length - 1) {
      this.#made = Math.min(this.#made + 1, gains.length)
      return this.#beSilent()
    }
    if (this.#made === 0) this.#findPeriod()
    this.figures.concealed++
    const from = gains[this.#made]!
    const step = (gains[this.#made + 1]! - from) / frameSamples
    for (let i = 0; i < frameSamples; i++) this.frame[i] = this.#nextOfPeriod() * (from + step * i)
    this.#made++
  }

  /** What was made up goes over into what is real within 5 ms. */
  #returnTo(frame: Int16Array): void {
    const gain = gains[Math.min(this.#made, gains.length - 1)]!
    for (let i = 0; i < returnSamples; i++) {
      const share = (i + 1) / returnSamples
      const made = gain === 0 || this.#lag === 0 ? 0 : this.#nextOfPeriod() * gain
      frame[i] = made * (1 - share) + frame[i]! * share
    }
  }

  #nextOfPeriod(): number {
    const sample = this.#period[this.#phase]!
    if (++this.#phase >= this.#lag) this.#phase = 0
    return sample
  }

  /** The lag at which the last 10 ms look most like what was before: the pitch of a voice, or a multiple of a tone's period. */
  #findPeriod(): void {
    // `next` has swapped the buffers: the last frame said is `#before`, and `frame` still holds the one before that.
    history.set(this.frame, 0)
    history.set(this.#before, frameSamples)
    const end = 2 * frameSamples
    let best = lagMin
    let least = Number.POSITIVE_INFINITY
    for (let lag = lagMin; lag <= lagMax; lag++) {
      let difference = 0
      for (let i = end - templateSamples; i < end && difference < least; i += 2)
        difference += Math.abs(history[i]! - history[i - lag]!)
      if (difference < least) {
        least = difference
        best = lag
      }
    }
    this.#lag = best
    this.#phase = 0
    this.#period.set(history.subarray(end - best, end))
  }

  #startWindow(): void {
    this.#window = 0
    this.#leastDepth = ringSamples
  }

  /** Depth that was never used for two seconds goes: a frame is left out, at a quiet moment when one comes within a second. */
  #watchDepth(): void {
    this.#leastDepth = Math.min(this.#leastDepth, this.depth)
    if (++this.#window < windowTicks) return
    const isTooDeep = this.#leastDepth >= 2 * frameSamples
    if (!isTooDeep) {
      this.#tooDeepTicks = 0
      return this.#startWindow()
    }
    if (++this.#tooDeepTicks < patienceTicks && !this.#isQuiet()) return
    this.#tooDeepTicks = 0
    this.#leaveOut()
    this.#startWindow()
  }

  #isQuiet(): boolean {
    const frame = this.#frames[this.#slot]!
    let sum = 0
    for (let i = 0; i < frameSamples; i++) sum += Math.abs(frame[i]!)
    return sum < quiet * frameSamples
  }

  /** Two frames become one that begins as the first and ends as the second. */
  #leaveOut(): void {
    const next = (this.#slot + 1) % slots
    if (this.#filled[next]! < frameSamples) return
    const from = this.#frames[this.#slot]!
    const into = this.#frames[next]!
    for (let i = 0; i < frameSamples; i++) {
      const share = (i + 1) / frameSamples
      into[i] = from[i]! * (1 - share) + into[i]! * share
    }
    this.#clear()
    this.#advance()
    this.figures.dropped++
  }
}

/** Used within one call; one for all inputs of a thread. */
const history = new Int16Array(2 * frameSamples)

function limited(sample: number): number {
  return sample > 32767 ? 32767 : sample < -32768 ? -32768 : sample
}

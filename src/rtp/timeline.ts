/**
 * The one continuous RTP stream that a leg hears, whatever speaks: the relayed peer, then a prompt, then another peer. SSRC never changes,
 * sequence numbers have no gap that the source did not have, and the timestamp goes on with the time that really passed. A browser whose
 * stream restarts falls silent for 0.3–1.8 s; this one never restarts.
 */
export type SavedTimeline = {
  ssrc: number
  lastSequence: number
  lastTimestamp: number
  /** ms of `processMonotonic`, which all threads share. */
  lastAt: number
  lastSamples: number
  source: number
  sequenceShift: number
  timestampShift: number
  firstOfSource: number
  newestOfSource: number
  keySource: number
  keyFrom: number
  keyAt: number
}

export class Timeline {
  /** This and timestamps are signed 32-bit numbers, as `packet.ts` reads and writes them. */
  ssrc: number
  /** The result of the last `follow`, `speak` or `repeat`. */
  sequence: number
  timestamp: number
  marker = false

  /** Highest sequence number and latest timestamp given out, and when. */
  #lastSequence: number
  /** Before what was placed last. */
  #sequenceBefore = 0
  #lastTimestamp: number
  #lastAt = 0
  #lastSamples = 0
  #source = nobody
  #sequenceShift = 0
  #timestampShift = 0
  #firstOfSource = 0
  #newestOfSource = 0
  /** The key that was passed on last: its source and timestamp there, and the one it has here. */
  #keySource = nobody
  #keyFrom = 0
  #keyAt = 0

  constructor(ssrc: number, sequence: number, timestamp: number) {
    this.ssrc = ssrc | 0
    this.sequence = this.#lastSequence = sequence & 0xffff
    this.timestamp = this.#lastTimestamp = timestamp | 0
  }

  /** Places a packet of a relayed source. False: it is older than the moment this source was switched to, and is dropped. */
  follow(source: number, sequence: number, timestamp: number, samples: number, nowMs: number): boolean {
    const ahead = ((sequence - this.#newestOfSource) << 16) >> 16
    const drift = (timestamp + this.#timestampShift - this.#lastTimestamp) | 0
    const isSame = this.#source === source && Math.abs(ahead) < jumpMax && Math.abs(drift) < driftMax
    if (!isSame) {
      this.marker = true
      this.#sequenceShift = this.#lastSequence + 1 - sequence
      this.#timestampShift = (this.#resumeAt(nowMs) - timestamp) | 0
      this.#source = source
      this.#firstOfSource = this.#newestOfSource = sequence
    } else {
      if (((sequence - this.#firstOfSource) << 16) >> 16 < 0 && ahead <= 0) return false
      this.marker = false
      if (ahead > 0) this.#newestOfSource = sequence
      // The first sequence number walks along, or it would look like the future after 32,768 packets.
      if (((sequence - this.#firstOfSource) & 0xffff) > 0x4000 && ahead > 0) this.#firstOfSource = sequence - 0x2000
    }
    this.sequence = (sequence + this.#sequenceShift) & 0xffff
    this.timestamp = (timestamp + this.#timestampShift) | 0
    this.#sequenceBefore = this.#lastSequence
    if (!isSame || ahead > 0) this.#remember(samples, nowMs)
    return true
  }

  /**
   * Places a packet of a key. `isAside`: it is of a source of its own, beside the voice that is followed, as some gateways send them:
   * it takes a number and no time, and the voice keeps its place. False: it began before this stream passed it on, and would be one more key there.
   */
  key(source: number, sequence: number, timestamp: number, isNew: boolean, isAside: boolean, nowMs: number): boolean {
    if (!isNew && (source !== this.#keySource || timestamp !== this.#keyFrom)) return false
    if (isAside) this.#stepAside(nowMs)
    else if (!this.follow(source, sequence, timestamp, 0, nowMs)) return false
    if (isNew) {
      this.#keySource = source
      this.#keyFrom = timestamp
      this.#keyAt = this.timestamp
    }
    this.timestamp = this.#keyAt // one for the whole of it (section 2.5.1.2)
    return true
  }

  #stepAside(nowMs: number): void {
    this.marker = false
    const at = this.#resumeAt(nowMs)
    // Two that come in one go are two.
    this.timestamp = this.#keySource !== nobody && ((at - this.#keyAt) | 0) <= 0 ? (this.#keyAt + 1) | 0 : at
    this.#sequenceBefore = this.#lastSequence
    this.sequence = this.#lastSequence = (this.#lastSequence + 1) & 0xffff
    this.#sequenceShift++
    this.#firstOfSource = this.#newestOfSource + 1 // what comes late of the voice has no number any more
  }

  /**
   * Places a packet of our own (prompt, silence, digit). `fresh`: after a pause, so the timestamp jumps to the present; otherwise it goes on
   * where the last packet ended.
   */
  speak(samples: number, nowMs: number, fresh: boolean): void {
    this.marker = fresh || this.#source !== ourselves
    this.timestamp = this.marker ? this.#resumeAt(nowMs) : (this.#lastTimestamp + this.#lastSamples) | 0
    this.sequence = (this.#lastSequence + 1) & 0xffff
    this.#source = ourselves
    this.#sequenceBefore = this.#lastSequence
    this.#remember(samples, nowMs)
  }

  /**
   * Places a frame of the same sound that came another way until now (relayed, then mixed): it goes on where the last packet ended, however
   * late it is, or the listener would hear a gap where there is none.
   */
  carryOn(samples: number, nowMs: number): void {
    const isPause = nowMs - this.#lastAt > carryMs
    this.marker = isPause
    this.timestamp = isPause ? this.#resumeAt(nowMs) : (this.#lastTimestamp + this.#lastSamples) | 0
    this.sequence = (this.#lastSequence + 1) & 0xffff
    this.#source = ourselves
    this.#sequenceBefore = this.#lastSequence
    this.#remember(samples, nowMs)
  }

  /** Whoever was followed is not any more: should the same source come back, what was missed meanwhile is no loss. */
  interrupt(): void {
    if (this.#source !== ourselves) this.#source = nobody
  }

  /** The next packet with the timestamp of the last: RFC 4733 section 2.5.1.2, an event is one timestamp in many packets. */
  repeat(samples: number): void {
    this.marker = false
    this.#sequenceBefore = this.#lastSequence
    this.sequence = this.#lastSequence = (this.#lastSequence + 1) & 0xffff
    this.#lastSamples = samples
  }

  /**
   * What was placed last is not sent (the far end holds): its number goes to the next that is, or a minute of hold were 3,000 packets lost, and one of
   * eleven minutes half a turn, after which SRTP takes every number for one that was used. Time goes on.
   */
  withhold(): void {
    this.#sequenceShift -= (this.#lastSequence - this.#sequenceBefore) & 0xffff
    this.#lastSequence = this.#sequenceBefore
    this.#firstOfSource = this.#newestOfSource + 1
  }

  get lastSequence(): number {
    return this.#lastSequence
  }

  get lastTimestamp(): number {
    return this.#lastTimestamp
  }

  /** ms. */
  get lastAt(): number {
    return this.#lastAt
  }

  /** All of it, for a thread that goes on with this stream. */
  save(): SavedTimeline {
    return {
      ssrc: this.ssrc,
      lastSequence: this.#lastSequence,
      lastTimestamp: this.#lastTimestamp,
      lastAt: this.#lastAt,
      lastSamples: this.#lastSamples,
      source: this.#source,
      sequenceShift: this.#sequenceShift,
      timestampShift: this.#timestampShift,
      firstOfSource: this.#firstOfSource,
      newestOfSource: this.#newestOfSource,
      keySource: this.#keySource,
      keyFrom: this.#keyFrom,
      keyAt: this.#keyAt,
    }
  }

  /** Goes on where another thread's ended. */
  restore(saved: SavedTimeline): void {
    this.ssrc = saved.ssrc | 0
    this.sequence = this.#lastSequence = saved.lastSequence
    this.timestamp = this.#lastTimestamp = saved.lastTimestamp
    this.#lastAt = saved.lastAt
    this.#lastSamples = saved.lastSamples
    this.#source = saved.source
    this.#sequenceShift = saved.sequenceShift
    this.#timestampShift = saved.timestampShift
    this.#firstOfSource = saved.firstOfSource
    this.#newestOfSource = saved.newestOfSource
    this.#keySource = saved.keySource
    this.#keyFrom = saved.keyFrom
    this.#keyAt = saved.keyAt
  }

  /** Goes on after one that died, of which little is known: `sequence` is surely behind all that it sent. */
  resume(ssrc: number, sequence: number, timestamp: number, atMs: number): void {
    this.ssrc = ssrc | 0
    this.sequence = this.#lastSequence = sequence & 0xffff
    this.timestamp = this.#lastTimestamp = timestamp | 0
    this.#lastAt = atMs
    this.#lastSamples = 0
    this.#source = nobody
  }

  #resumeAt(nowMs: number): number {
    const passed = Math.min(silenceMax, Math.round((nowMs - this.#lastAt) * 8))
    return (this.#lastTimestamp + Math.max(this.#lastSamples, passed)) | 0
  }

  #remember(samples: number, nowMs: number): void {
    this.#lastSequence = this.sequence
    this.#lastTimestamp = this.timestamp
    this.#lastSamples = samples
    this.#lastAt = nowMs
  }
}

/** Values no SSRC has. */
const nobody = 0x1_0000_0000
const ourselves = 0x1_0000_0001
/** Packets; a sender that jumps further began anew. */
const jumpMax = 500
/** Samples: 10 s. */
const driftMax = 80_000
/** A frame that comes later than this is no continuation. */
const carryMs = 120
/** Samples: an hour; longer pauses are all alike. */
const silenceMax = 28_800_000

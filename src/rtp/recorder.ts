/**
 * What the recording thread does, without the thread: takes from the rings what the relay loop left there, in turn so that the disk is never
 * asked for everything at once, and seals what has ended. A disk that stalls costs nothing for 4 s, which is what a ring holds; after that
 * silence stands for what was lost. A disk that is full, or refuses a write, ends no recording: it goes on where it stopped as soon as the disk
 * takes it again, with silence for what did not fit into the ring meanwhile, and what is lost is told with the recording. So it goes on too
 * when the thread of another recorder has died over it.
 */
import type { Fit, Left, Seen } from '../lib/fit.ts'
import type { DiskState, RecorderReport, RecorderRequest } from './control.ts'
import { type DiskTrouble, isGone, troubleOf, whyFailed } from './disk-trouble.ts'
import { LostSound } from './lost-sound.ts'
import type { Sealed } from './recording-file.ts'
import { framesPerMs, guardMs, RingReader, ringFrames, silenceFor } from './recording-ring.ts'
import { Seals } from './seals.ts'

/** How often each recording is written. */
const flushMs = 400
/** How often the recorder has a turn; each takes those that are due, the longest waiting first. */
export const turnMs = 50
/** A recording that is this far behind shows a slow disk: more than half of what its ring holds. */
const slowMs = 2200
/** After an attempt that the disk refused. */
const retryMs = 1000
/** What a recording lacks is told so often at most while it goes on. */
const lostToldMs = 5000
/** A recording whose call has ended waits this long for its disk, then it is sealed with what is there. */
const roomWaitMs = 30_000

export type RecordingOnDisk = {
  /** Throws the file system's error, and may then be called again with the same frames. `sizes`: the header is put right too. */
  append(frames: Uint8Array, length: number, sizes: boolean): void
  /** Written so far. */
  readonly frames: number
  seal(): Promise<Sealed>
  abandon(): void
}

export type RecorderPorts = {
  /** ms of `processMonotonic`. */
  now(): number
  create(file: string, payloadType: number): RecordingOnDisk
  /** Goes on with the file that lies there, with so many of its frames at most. */
  goOn(file: string, payloadType: number, frames: number): RecordingOnDisk
  /** Rejects with the file system's error, or with one that has no code when the file is none of ours. */
  salvage(file: string, fit?: Fit | Seen): Promise<Sealed>
  report(message: RecorderReport): void
}

type Recording = {
  id: string
  path: string
  payloadType: number
  ring: RingReader
  startMs: number
  lost: LostSound
  /** Of it, frames that are told, and when. */
  toldFrames: number
  toldAt: number
  /** Null while the disk refuses it. */
  file: RecordingOnDisk | null
  /** It has been written to, or it was tried: there may be something already. */
  mayLie: boolean
  /** Frames taken from the ring that did not fit on the disk. */
  pending: Uint8Array | null
  dueAt: number
  /** What the last attempt met. */
  trouble: DiskTrouble | null
  problem: ReturnType<typeof whyFailed> | null
  /** When the disk refused it last; 0: it does not. */
  refusedAt: number
  isSlow: boolean
  /** Of the call; null while it goes on. */
  endMs: number | null
}

export class Recorder {
  readonly #ports: RecorderPorts
  readonly #recordings = new Map<string, Recording>()
  readonly #frames = new Uint8Array(ringFrames * 2)
  readonly #seals = new Seals()
  #disk: DiskState = 'well'
  #begun = 0
  /** A disk that refuses may take seconds to say so: of those that it refused, the longest waiting finds out for all whether it still does. */
  #tryAt = 0

  constructor(ports: RecorderPorts) {
    this.#ports = ports
  }

  /** Recordings that go on or are not sealed yet. */
  get count(): number {
    return this.#recordings.size + this.#seals.count
  }

  take(request: Exclude<RecorderRequest, { type: 'keepIn' }>): void {
    switch (request.type) {
      case 'record':
        return this.#begin(request)
      case 'missed': {
        const recording = this.#recordings.get(request.recording)
        if (recording) {
          const frames = request.lostMs * framesPerMs
          const untilFrame = Math.round((request.untilMs - recording.startMs) * framesPerMs)
          recording.lost.add(Math.max(0, untilFrame - frames), frames)
        }
        return
      }
      case 'stop':
        return this.#stop(request.recording, request.endMs)
      case 'salvage':
        return void this.#salvage(request)
      default:
        request satisfies never
    }
  }

  /** Writes what is due. */
  turn(): void {
    const now = this.#ports.now()
    const due = [...this.#recordings.values()].filter(({ dueAt }) => dueAt <= now)
    const lag = ({ ring, startMs }: Recording) => ring.position - startMs * framesPerMs
    for (const recording of due.sort((a, b) => a.refusedAt - b.refusedAt || lag(a) - lag(b)))
      this.#serve(recording, recording.refusedAt === 0 || now >= this.#tryAt)
    this.#tellDisk()
  }

  #begin({
    recording: id,
    file: path,
    memory,
    payloadType,
    startMs,
    goesOn,
  }: Extract<RecorderRequest, { type: 'record' }>): void {
    const ring = new RingReader(memory, payloadType, goesOn !== undefined)
    const lost = new LostSound(goesOn)
    const toldFrames = lost.frames
    lost.add(ring.position, ring.begun)
    // Those that begin together are not written together.
    const dueAt = this.#ports.now() + ((this.#begun++ * turnMs) % flushMs)
    const state = {
      lost,
      toldFrames,
      toldAt: Number.NEGATIVE_INFINITY,
      file: null,
      pending: null,
      trouble: null,
      problem: null,
      refusedAt: 0,
      isSlow: false,
      endMs: null,
    }
    const mayLie = goesOn !== undefined
    const recording: Recording = { id, path, payloadType, ring, startMs, dueAt, mayLie, ...state }
    this.#recordings.set(id, recording)
    this.#guarded(recording, () => this.#open(recording))
    this.#tellDisk()
  }

  #stop(id: string, endMs: number): void {
    const recording = this.#recordings.get(id)
    if (!recording || recording.endMs !== null) return // it failed, and was reported
    recording.endMs = endMs
    this.#serve(recording, true)
    this.#tellDisk()
  }

  /** Between the turns, by the process's file threads: who talks meanwhile is recorded. */
  async #salvage({ ask, file, fit }: Extract<RecorderRequest, { type: 'salvage' }>): Promise<void> {
    try {
      this.#ports.report({ type: 'salvaged', ask, sealed: await this.#ports.salvage(file, fit) })
    } catch (error) {
      const { code = null, message, leftAt, leftSeen } = error as NodeJS.ErrnoException & Left
      const left = { ...(leftAt === undefined ? {} : { leftAt }), ...(leftSeen === undefined ? {} : { leftSeen }) }
      this.#ports.report({ type: 'unsalvaged', ask, problem: { code, words: message, ...left } })
    }
  }

  /** `mayTry`: else it waits as if the disk had refused it. */
  #serve(recording: Recording, mayTry: boolean): void {
    const now = this.#ports.now()
    const { startMs, endMs } = recording
    recording.dueAt = now + flushMs
    const untilMs = endMs ?? now - guardMs
    const behindMs = now - guardMs - startMs - recording.ring.position / framesPerMs
    recording.isSlow = endMs === null && behindMs > slowMs + flushMs
    const isWritten =
      mayTry &&
      this.#guarded(recording, () => {
        this.#open(recording)
        // By whole milliseconds while it goes on: then what is taken from the ring lies in whole words.
        const frames = endMs === null ? Math.floor(untilMs - startMs) * framesPerMs : (endMs - startMs) * framesPerMs
        this.#flush(recording, Math.max(0, Math.floor(frames)))
      })
    if (isWritten && now - recording.toldAt >= lostToldMs) this.#tellLost(recording)
    if (endMs === null || !this.#recordings.has(recording.id)) return
    if (isWritten || now - endMs >= roomWaitMs) void this.#seal(recording, endMs)
  }

  #tellLost(recording: Recording): void {
    const { id, lost, toldFrames } = recording
    if (lost.frames === toldFrames) return
    recording.toldFrames = lost.frames
    recording.toldAt = this.#ports.now()
    this.#ports.report({ type: 'lost', recording: id, ...lost.told() })
  }

  /** As far as it is not so yet: the file is open, and as long as what was taken from the ring; before, what is said next would lie too early. */
  #open(recording: Recording): void {
    const { path, payloadType, lost, mayLie } = recording
    const written = writtenOf(recording)
    recording.mayLie = true
    recording.file ??= mayLie ? this.#found(recording, written) : this.#ports.create(path, payloadType)
    const { file } = recording
    if (file.frames >= written) return
    // What a disk that came back has forgotten, and what a thread that died had taken and not written.
    const silence = new Uint8Array(Math.min(ringFrames, written - file.frames) * 2).fill(silenceFor(payloadType))
    for (let at = file.frames; at < written; at = file.frames) {
      file.append(silence, Math.min(silence.length, (written - at) * 2), true)
      lost.add(at, file.frames - at)
    }
  }

  /** Nothing is there of one that could not be begun. What was written to and is gone may come back: a mount. */
  #found({ path, payloadType }: Recording, written: number): RecordingOnDisk {
    try {
      return this.#ports.goOn(path, payloadType, written)
    } catch (error) {
      if (written === 0 && isGone(error)) return this.#ports.create(path, payloadType)
      throw error
    }
  }

  #flush(recording: Recording, untilFrame: number): void {
    const { ring } = recording
    const file = recording.file!
    // A disk that does not keep up is spared the header: it is put right by the first flush that is in time again.
    const sizes = !recording.isSlow
    if (recording.pending !== null) file.append(recording.pending, recording.pending.length, sizes)
    recording.pending = null
    while (ring.position < untilFrame) {
      const full = ring.position + ringFrames
      recording.lost.add(full, ring.refusedUntil - full)
      const count = ring.take(untilFrame, this.#frames)
      try {
        file.append(this.#frames, count * 2, sizes)
      } catch (error) {
        recording.pending = this.#frames.slice(0, count * 2)
        throw error
      }
    }
  }

  async #seal(recording: Recording, endMs: number): Promise<void> {
    const { id, file, lost, problem } = recording
    this.#recordings.delete(id)
    loseRest(recording, endMs)
    this.#tellLost(recording) // whatever becomes of the seal: what lies there lacks that much
    if (file === null) return this.#ports.report({ type: 'failed', recording: id, ...problem! })
    try {
      const sealed = await this.#seals.seal(file, this.#ports.now())
      this.#ports.report({ type: 'closed', recording: id, ...sealed, ...lost.told() })
    } catch (error) {
      const { reason } = whyFailed(error)
      this.#ports.report({ type: 'failed', recording: id, cause: 'unsealed', reason })
      if (troubleOf(error) !== 'unwritable') return
      this.#tell('unwritable') // nobody else may be recorded who would tell
      this.#tellDisk()
    }
  }

  /** False: it could not be done now (the disk refuses, and it is tried again) or ever (it is reported as failed). */
  #guarded(recording: Recording, work: () => void): boolean {
    recording.ring.hold(true)
    const isDone = this.#attempt(recording, work)
    recording.ring.hold(false) // not when this thread dies of it
    return isDone
  }

  #attempt(recording: Recording, work: () => void): boolean {
    try {
      work()
      if (recording.refusedAt !== 0) this.#tryAt = 0
      recording.trouble = null
      recording.refusedAt = 0
      return true
    } catch (error) {
      const trouble = troubleOf(error)
      recording.trouble = trouble
      recording.problem = whyFailed(error)
      recording.dueAt = this.#ports.now() + retryMs
      if (trouble === 'full') return false
      if (trouble === null) loseRest(recording, recording.endMs ?? this.#ports.now())
      recording.file?.abandon() // an error may stick to what is open: the next attempt opens it anew
      recording.file = null
      if (trouble !== null) {
        recording.refusedAt = this.#ports.now()
        this.#tryAt = recording.refusedAt + retryMs
        return false
      }
      this.#recordings.delete(recording.id)
      this.#tellLost(recording)
      this.#ports.report({ type: 'failed', recording: recording.id, ...recording.problem })
      return false
    }
  }

  /** Each change of the disk's state once. Without a recording nothing is known of it; the next one tells. */
  #tellDisk(): void {
    const all = [...this.#recordings.values()]
    if (all.some(({ trouble }) => trouble === 'unwritable')) return this.#tell('unwritable')
    if (all.some(({ trouble }) => trouble === 'full')) return this.#tell('full')
    this.#tell(all.some(({ isSlow }) => isSlow) || this.#seals.isSlow(this.#ports.now()) ? 'slow' : 'well')
  }

  #tell(state: DiskState): void {
    if (state === this.#disk) return
    this.#disk = state
    this.#ports.report({ type: 'disk', state })
  }
}

/** Nothing is written any more, and what was said until then and does not lie there is lost, also what still stands in the ring. */
function loseRest(recording: Recording, untilMs: number): void {
  const { file, ring, startMs, lost } = recording
  // What lies there now, if the disk says it; else what was written: a disk that came back may yet have forgotten some.
  const lies = file?.frames ?? writtenOf(recording)
  lost.add(lies, Math.max(ring.position, Math.floor((untilMs - startMs) * framesPerMs)) - lies)
}

/** Frames that were taken from the ring and given to the disk, which may have forgotten some. */
function writtenOf({ ring, pending }: Recording): number {
  return ring.position - (pending?.length ?? 0) / 2
}

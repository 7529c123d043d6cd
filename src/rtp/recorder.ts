/**
 * What the recording thread does, without the thread: takes from the rings what the relay loop left there, in turn so that the disk is never
 * asked for everything at once, and seals what has ended. A disk that stalls costs nothing for 4 s, which is what a ring holds; after that
 * silence stands for what was lost. A full disk ends no recording: it goes on where it stopped as soon as there is room, with silence for
 * what did not fit into the ring meanwhile, and what is lost is told with the recording.
 */
import type { DiskState, RecorderReport, RecorderRequest } from './control.ts'
import type { Sealed } from './recording-file.ts'
import { framesPerMs, guardMs, RingReader, ringFrames } from './recording-ring.ts'
import { Seals } from './seals.ts'

/** How often each recording is written. */
const flushMs = 400
/** How often the recorder has a turn; each takes those that are due, the longest waiting first. */
export const turnMs = 50
/** A recording that is this far behind shows a slow disk: more than half of what its ring holds. */
const slowMs = 2200
/** After an attempt that met a full disk. */
const retryMs = 1000
/** A recording whose call has ended waits this long for room, then it is sealed with what is on the disk. */
const roomWaitMs = 30_000

export type RecordingOnDisk = {
  /** Throws the file system's error, and may then be called again with the same frames. `sizes`: the header is put right too. */
  append(frames: Uint8Array, length: number, sizes: boolean): void
  seal(): Promise<Sealed>
  abandon(): void
}

export type RecorderPorts = {
  /** ms of `processMonotonic`. */
  now(): number
  create(file: string, payloadType: number): RecordingOnDisk
  /** Rejects with the file system's error, or with one that has no code when the file is none of ours. */
  salvage(file: string): Promise<Sealed>
  report(message: RecorderReport): void
}

type Recording = {
  id: string
  path: string
  payloadType: number
  ring: RingReader
  startMs: number
  lost: LostSound
  /** Null while the disk is too full to create it. */
  file: RecordingOnDisk | null
  /** Frames taken from the ring that did not fit on the disk. */
  pending: Uint8Array | null
  dueAt: number
  isFull: boolean
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

  constructor(ports: RecorderPorts) {
    this.#ports = ports
  }

  /** Recordings that go on or are not sealed yet. */
  get count(): number {
    return this.#recordings.size + this.#seals.count
  }

  take(request: RecorderRequest): void {
    switch (request.type) {
      case 'record':
        return this.#begin(request)
      case 'missed': {
        const recording = this.#recordings.get(request.recording)
        // Nobody has written until now: the gap ends here.
        if (recording) {
          const frames = request.lostMs * framesPerMs
          const nowFrame = Math.round((this.#ports.now() - recording.startMs) * framesPerMs)
          recording.lost.add(Math.max(0, nowFrame - frames), frames)
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
    for (const recording of due.sort(
      (a, b) => a.ring.position - a.startMs * framesPerMs - (b.ring.position - b.startMs * framesPerMs),
    ))
      this.#serve(recording)
    this.#tellDisk()
  }

  #begin({
    recording: id,
    file: path,
    memory,
    payloadType,
    startMs,
  }: Extract<RecorderRequest, { type: 'record' }>): void {
    const ring = new RingReader(memory, payloadType)
    // Those that begin together are not written together.
    const dueAt = this.#ports.now() + ((this.#begun++ * turnMs) % flushMs)
    const state = { lost: new LostSound(), file: null, pending: null, isFull: false, isSlow: false, endMs: null }
    const recording: Recording = { id, path, payloadType, ring, startMs, dueAt, ...state }
    this.#recordings.set(id, recording)
    this.#guarded(recording, () => this.#create(recording))
    this.#tellDisk()
  }

  #stop(id: string, endMs: number): void {
    const recording = this.#recordings.get(id)
    if (!recording || recording.endMs !== null) return // it failed, and was reported
    recording.endMs = endMs
    this.#serve(recording)
    this.#tellDisk()
  }

  /** Between the turns, by the process's file threads: who talks meanwhile is recorded. */
  async #salvage({ ask, file }: Extract<RecorderRequest, { type: 'salvage' }>): Promise<void> {
    try {
      this.#ports.report({ type: 'salvaged', ask, sealed: await this.#ports.salvage(file) })
    } catch (error) {
      const { code = null, message } = error as NodeJS.ErrnoException
      this.#ports.report({ type: 'unsalvaged', ask, problem: { code, words: message } })
    }
  }

  #serve(recording: Recording): void {
    const now = this.#ports.now()
    const { startMs, endMs } = recording
    recording.dueAt = now + flushMs
    const untilMs = endMs ?? now - guardMs
    const behindMs = now - guardMs - startMs - recording.ring.position / framesPerMs
    recording.isSlow = endMs === null && behindMs > slowMs + flushMs
    const isWritten = this.#guarded(recording, () => {
      this.#create(recording)
      // By whole milliseconds while it goes on: then what is taken from the ring lies in whole words.
      const frames = endMs === null ? Math.floor(untilMs - startMs) * framesPerMs : (endMs - startMs) * framesPerMs
      this.#flush(recording, Math.max(0, Math.floor(frames)))
    })
    if (endMs === null || !this.#recordings.has(recording.id)) return
    if (isWritten || now - endMs >= roomWaitMs) void this.#seal(recording, endMs)
  }

  #create(recording: Recording): void {
    recording.file ??= this.#ports.create(recording.path, recording.payloadType)
  }

  #flush(recording: Recording, untilFrame: number): void {
    const { ring } = recording
    const file = recording.file!
    // A disk that does not keep up is spared the header: it is put right by the first flush that is in time again.
    const sizes = !recording.isSlow
    if (recording.pending !== null) file.append(recording.pending, recording.pending.length, sizes)
    recording.pending = null
    while (ring.position < untilFrame) {
      const behind = untilFrame - ring.position
      const count = ring.take(untilFrame, this.#frames)
      // What came while the ring was full is what would stand behind what it holds.
      if (behind > ringFrames)
        recording.lost.add(ring.position - count + ringFrames, Math.min(behind - ringFrames, ringFrames))
      try {
        file.append(this.#frames, count * 2, sizes)
      } catch (error) {
        recording.pending = this.#frames.slice(0, count * 2)
        throw error
      }
    }
  }

  async #seal(recording: Recording, endMs: number): Promise<void> {
    const { id, file, ring, startMs, pending, lost } = recording
    this.#recordings.delete(id)
    if (file === null) return this.#ports.report({ type: 'failed', recording: id, reason: fullWords })
    const unwritten = Math.max(0, Math.floor((endMs - startMs) * framesPerMs) - ring.position)
    const pendingFrames = (pending?.length ?? 0) / 2
    lost.add(ring.position - pendingFrames, pendingFrames + unwritten)
    try {
      const sealed = await this.#seals.seal(file, this.#ports.now())
      this.#ports.report({ type: 'closed', recording: id, ...sealed, ...lost.told() })
    } catch (error) {
      this.#ports.report({ type: 'failed', recording: id, reason: reasonOf(error) })
    }
  }

  /** False: it could not be done now (a full disk, and it is tried again) or ever (it is reported as failed). */
  #guarded(recording: Recording, work: () => void): boolean {
    try {
      work()
      recording.isFull = false
      return true
    } catch (error) {
      if (isFull(error)) {
        recording.isFull = true
        recording.dueAt = this.#ports.now() + retryMs
        return false
      }
      recording.file?.abandon()
      this.#recordings.delete(recording.id)
      this.#ports.report({ type: 'failed', recording: recording.id, reason: reasonOf(error) })
      return false
    }
  }

  /** Each change of the disk's state once. */
  #tellDisk(): void {
    let state: DiskState = this.#seals.isSlow(this.#ports.now()) ? 'slow' : 'well'
    for (const { isFull, isSlow } of this.#recordings.values())
      if (isFull) {
        state = 'full'
        break
      } else if (isSlow) state = 'slow'
    // Without a recording nothing is known of a full disk; the next one tells.
    if (state === this.#disk) return
    this.#disk = state
    this.#ports.report({ type: 'disk', state })
  }
}

/** Places that are told; what is lost beyond counts, and is not told where. */
const placesMax = 100

/** Where silence stands for sound that was lost. */
class LostSound {
  readonly #places: { from: number; frames: number }[] = []
  #frames = 0

  add(from: number, frames: number): void {
    if (frames <= 0) return
    this.#frames += frames
    const last = this.#places.at(-1)
    if (last !== undefined && from <= last.from + last.frames && from >= last.from)
      last.frames = Math.max(last.frames, from + frames - last.from)
    else if (this.#places.length < placesMax) this.#places.push({ from, frames })
  }

  told(): { lostMs: number; lost: [fromMs: number, forMs: number][] } {
    const ms = (frames: number) => Math.round(frames / framesPerMs)
    return {
      lostMs: this.#frames / framesPerMs,
      lost: this.#places.map(({ from, frames }) => [ms(from), Math.max(1, ms(frames))]),
    }
  }
}

const fullWords = 'the disk was full from its beginning to its end'

function isFull(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ENOSPC' || code === 'EDQUOT'
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  const words: Record<string, string> = {
    EROFS: 'the disk is mounted read-only',
    EIO: 'the disk reports an error',
    EACCES: 'the folder is not writable',
    ENOENT: 'the folder does not exist',
    EEXIST: 'the file exists already',
    EMFILE: 'too many open files',
    EFBIG: 'the file is too large',
  }
  return code !== undefined && code in words ? `${words[code]} (${message})` : message
}

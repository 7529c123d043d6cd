/** The recordings of a bay that are neither closed nor failed, the memory each is written through, and the thread that takes them to disk. */
import type { Fit, Left, Seen } from '../lib/fit.ts'
import type { LegId, RecordingId } from '../lib/ids.ts'
import { type BayEvent, MediaError, type RecordingFault } from './bay.ts'
import { BayThread } from './bay-thread.ts'
import type { RecorderReport, RecorderRequest, RecordingHome } from './control.ts'
import type { LostToldMs } from './lost-sound.ts'
import type { Sealed } from './recording-file.ts'
import { type RingMemory, wasInHand } from './recording-ring.ts'
import { RingPool } from './ring-pool.ts'
import { Waiting } from './waiting.ts'

/** Threads that die over one recording within a minute; it may be the one they die of, and is given to no more. */
const deathsMax = 3
const deathsWithinMs = 60_000

export type RecordingsPorts = {
  entry: string | URL
  /** Recordings are begun only while it bears the mark; null: anywhere. */
  folder: string | null
  monotonic(): number
  /** Taps the leg; false: it is no more, or is tapped already. */
  tap(leg: LegId, tap: { recording: string; file: string; memory: RingMemory }): boolean
  /** A tap that is no more is no fault. */
  stopTap(recording: string): void
  emit(event: BayEvent): void
  /** The recording thread died too often. */
  givenUp(reason: string): void
}

type Open = {
  /** `begun` once the recording thread knows of it; `orphaned`: it is being sealed, and some media thread may write on. */
  phase: 'asked' | 'begun' | 'orphaned'
  /** How it was begun, and when it ended; null: not yet. */
  begun: Extract<RecorderRequest, { type: 'record' }> | null
  endMs: number | null
  /** What it lacks so far. */
  lost: LostToldMs
  /** How often a recording thread died over it lately, and when the last one did. */
  deaths: number
  diedAt: number
}

export class Recordings {
  readonly #ports: RecordingsPorts
  #home: RecordingHome
  readonly #thread: BayThread<RecorderRequest, RecorderReport>
  readonly #open = new Map<RecordingId, Open>()
  readonly #rings = new RingPool()
  readonly #salvages = new Waiting<number, Sealed>()
  #lastAsk = 0

  constructor(ports: RecordingsPorts) {
    this.#ports = ports
    this.#home = ports.folder === null ? null : { folder: ports.folder, mark: null }
    this.#thread = new BayThread(
      {
        name: 'recording',
        entry: ports.entry,
        workerData: () => this.#home,
        hear: report => this.#hear(report),
        died: reason => this.#died(reason),
      },
      ports.monotonic,
    )
  }

  get count(): number {
    return this.#open.size
  }

  begin(recording: RecordingId, leg: LegId, file: string): void {
    const nothing = { begun: null, endMs: null, lost: { lostMs: 0, lost: [] }, deaths: 0, diedAt: 0 }
    this.#open.set(recording, { phase: 'asked', ...nothing })
    if (this.#ports.tap(leg, { recording, file, memory: this.#rings.lend(recording) })) return
    this.refused(recording)
    const reason = 'the leg has ended, or is being recorded already'
    this.#ports.emit({ type: 'recording.failed', recording, cause: 'leg', reason })
  }

  keepIn(mark: string): void {
    if (this.#home === null) return
    this.#home = { ...this.#home, mark }
    this.#thread.post({ type: 'keepIn', mark })
  }

  /** The media thread writes to the ring from now on. */
  tapped(request: Extract<RecorderRequest, { type: 'record' }>): void {
    const recording = request.recording as RecordingId
    const open = this.#open.get(recording)
    if (open === undefined) return // told as failed meanwhile
    open.phase = 'begun'
    open.begun = request
    this.#thread.post(request)
  }

  /** A media thread died, and for so long nobody wrote. */
  missed(request: Extract<RecorderRequest, { type: 'missed' }>): void {
    this.#thread.post(request)
  }

  /** The media thread writes no more. */
  untapped(request: Extract<RecorderRequest, { type: 'stop' }>): void {
    const open = this.#open.get(request.recording as RecordingId)
    if (open !== undefined) open.endMs = request.endMs
    this.#thread.post(request)
  }

  /** The media thread could not begin. */
  refused(recording: RecordingId): void {
    this.#open.delete(recording)
    this.#rings.takeBack(recording)
  }

  /** Recordings that no thread goes on with are sealed with what they hold; those that had not begun have failed. Answers them. */
  mediaDied(reason: string, isTapped: (recording: string) => boolean): RecordingId[] {
    const ended = [...this.#open].filter(([recording]) => !isTapped(recording))
    for (const [recording, open] of ended)
      if (open.phase !== 'asked') {
        open.phase = 'orphaned'
        open.endMs = this.#ports.monotonic()
        this.#thread.post({ type: 'stop', recording, endMs: open.endMs })
      } else this.#fail(recording, 'thread', `the media thread died: ${reason}`)
    return ended.map(([recording]) => recording)
  }

  /** See `Bay.salvage`. */
  salvage(file: string, fit?: Fit | Seen): Promise<Sealed> {
    const ask = ++this.#lastAsk
    const sealed = this.#salvages.wait(ask)
    this.#thread.post({ type: 'salvage', ask, file, ...(fit === undefined ? {} : { fit }) })
    return sealed
  }

  terminate(): Promise<void> {
    this.#salvages.rejectAll(new MediaError('the media threads are shutting down'))
    return this.#thread.terminate()
  }

  #hear(report: RecorderReport): void {
    if (report.type === 'disk') return this.#ports.emit({ type: 'disk', state: report.state })
    if (report.type === 'salvaged') return this.#salvages.resolve(report.ask, report.sealed)
    if (report.type === 'unsalvaged') return this.#salvages.reject(report.ask, problemOf(report.problem))
    const recording = report.recording as RecordingId
    if (report.type === 'lost') return this.#lost(recording, report)
    if (report.type === 'failed') {
      this.#ports.stopTap(recording) // the relay loop writes on until it is told
      return this.#fail(recording, report.cause, report.reason)
    }
    if (this.#open.get(recording)?.phase === 'orphaned') this.#rings.forget(recording)
    else this.#rings.takeBack(recording)
    this.#open.delete(recording)
    const { sha256, bytes, durationMs, lostMs, lost } = report
    this.#ports.emit({ type: 'recording.closed', recording, sha256, bytes, durationMs, lostMs, lost })
  }

  #lost(recording: RecordingId, { lostMs, lost }: LostToldMs): void {
    const open = this.#open.get(recording)
    if (open === undefined) return
    open.lost = { lostMs, lost }
    this.#ports.emit({ type: 'recording.lost', recording, lostMs, lost })
  }

  /**
   * A fresh thread begins what the dead one never heard of, and goes on with what it had in hand: the rings hold what is said meanwhile. Without a
   * fresh one all have failed, and so has what too many died over: the one that they had in hand, or each where they had none.
   */
  #died(reason: string): void {
    this.#salvages.rejectAll(new MediaError(`the recording thread died: ${reason}`))
    const isRestarted = this.#thread.restart()
    if (!isRestarted) this.#ports.givenUp(reason)
    const all = [...this.#open]
    let goOn = 0
    const begun = all.flatMap(([, open]) => (open.begun === null ? [] : [{ open, memory: open.begun.memory }]))
    const held = begun.filter(({ memory }) => wasInHand(memory))
    for (const { open } of held.length > 0 ? held : begun) this.#count(open)
    for (const [recording, open] of all) {
      if (isRestarted && (open.phase === 'asked' || this.#goesOn(open))) {
        goOn++
        continue
      }
      this.#ports.stopTap(recording)
      this.#fail(recording, 'thread', `the recording thread died: ${reason}`)
    }
    this.#ports.emit({ type: 'thread.died', thread: 'recording', goOn, cut: all.length - goOn, reason })
  }

  #count(open: Open): void {
    const now = this.#ports.monotonic()
    open.deaths = now - open.diedAt < deathsWithinMs ? open.deaths + 1 : 1
    open.diedAt = now
  }

  #goesOn({ begun, endMs, lost, deaths }: Open): boolean {
    if (begun === null || deaths >= deathsMax) return false
    this.#thread.post({ ...begun, goesOn: lost })
    if (endMs !== null) this.#thread.post({ type: 'stop', recording: begun.recording, endMs })
    return true
  }

  /** A thread may still write to its ring, which is therefore not lent again. */
  #fail(recording: RecordingId, cause: RecordingFault, reason: string): void {
    this.#open.delete(recording)
    this.#rings.forget(recording)
    this.#ports.emit({ type: 'recording.failed', recording, cause, reason })
  }
}

/** As the file system's error was on the other thread. */
function problemOf({ code, words, ...left }: { code: string | null; words: string } & Left): Error {
  return Object.assign(new MediaError(words), code === null ? {} : { code }, left)
}

/** The recordings of a bay that are neither closed nor failed, the memory each is written through, and the thread that takes them to disk. */
import type { LegId, RecordingId } from '../lib/ids.ts'
import type { BayEvent } from './bay.ts'
import { BayThread } from './bay-thread.ts'
import type { RecorderReport, RecorderRequest } from './control.ts'
import type { RingMemory } from './recording-ring.ts'
import { RingPool } from './ring-pool.ts'

export type RecordingsPorts = {
  entry: string | URL
  monotonic(): number
  /** Taps the leg; false: it is no more, or is tapped already. */
  tap(leg: LegId, tap: { recording: string; file: string; memory: RingMemory }): boolean
  /** A tap that is no more is no fault. */
  stopTap(recording: string): void
  emit(event: BayEvent): void
  /** The recording thread died too often. */
  givenUp(reason: string): void
}

export class Recordings {
  readonly #ports: RecordingsPorts
  readonly #thread: BayThread<RecorderRequest, RecorderReport>
  /** `begun` once the recording thread knows of it; `orphaned`: it is being sealed, and some media thread may write on. */
  readonly #phases = new Map<RecordingId, 'asked' | 'begun' | 'orphaned'>()
  readonly #rings = new RingPool()

  constructor(ports: RecordingsPorts) {
    this.#ports = ports
    this.#thread = new BayThread(
      {
        name: 'recording',
        entry: ports.entry,
        hear: report => this.#hear(report),
        died: reason => this.#died(reason),
      },
      ports.monotonic,
    )
  }

  get count(): number {
    return this.#phases.size
  }

  begin(recording: RecordingId, leg: LegId, file: string): void {
    this.#phases.set(recording, 'asked')
    if (this.#ports.tap(leg, { recording, file, memory: this.#rings.lend(recording) })) return
    this.refused(recording)
    this.#ports.emit({ type: 'recording.failed', recording, reason: 'the leg has ended, or is being recorded already' })
  }

  /** The media thread writes to the ring from now on. */
  tapped(request: Extract<RecorderRequest, { type: 'record' }>): void {
    const recording = request.recording as RecordingId
    if (!this.#phases.has(recording)) return // told as failed meanwhile
    this.#phases.set(recording, 'begun')
    this.#thread.post(request)
  }

  /** A media thread died, and for so long nobody wrote. */
  missed(request: Extract<RecorderRequest, { type: 'missed' }>): void {
    this.#thread.post(request)
  }

  /** The media thread writes no more. */
  untapped(request: Extract<RecorderRequest, { type: 'stop' }>): void {
    this.#thread.post(request)
  }

  /** The media thread could not begin. */
  refused(recording: RecordingId): void {
    this.#phases.delete(recording)
    this.#rings.takeBack(recording)
  }

  /** Recordings that no thread goes on with are sealed with what they hold; those that had not begun have failed. Answers them. */
  mediaDied(reason: string, isTapped: (recording: string) => boolean): RecordingId[] {
    const ended = [...this.#phases].filter(([recording]) => !isTapped(recording))
    for (const [recording, phase] of ended)
      if (phase !== 'asked') {
        this.#phases.set(recording, 'orphaned')
        this.#thread.post({ type: 'stop', recording, endMs: this.#ports.monotonic() })
      } else this.#fail(recording, `the media thread died: ${reason}`)
    return ended.map(([recording]) => recording)
  }

  terminate(): Promise<void> {
    return this.#thread.terminate()
  }

  #hear(report: RecorderReport): void {
    if (report.type === 'disk') return this.#ports.emit({ type: 'disk', state: report.state })
    const recording = report.recording as RecordingId
    if (report.type === 'failed') {
      this.#ports.stopTap(recording) // the relay loop writes on until it is told
      return this.#fail(recording, report.reason)
    }
    if (this.#phases.get(recording) === 'orphaned') this.#rings.forget(recording)
    else this.#rings.takeBack(recording)
    this.#phases.delete(recording)
    const { sha256, bytes, durationMs, lostMs, lost } = report
    this.#ports.emit({ type: 'recording.closed', recording, sha256, bytes, durationMs, lostMs, lost })
  }

  /** Recordings that the dead thread never heard of are begun by the fresh one; without a fresh one, all have failed. */
  #died(reason: string): void {
    const isRestarted = this.#thread.restart()
    if (!isRestarted) this.#ports.givenUp(reason)
    for (const [recording, phase] of [...this.#phases]) {
      if (phase === 'asked' && isRestarted) continue
      this.#ports.stopTap(recording)
      this.#fail(recording, `the recording thread died: ${reason}`)
    }
  }

  /** A thread may still write to its ring, which is therefore not lent again. */
  #fail(recording: RecordingId, reason: string): void {
    this.#phases.delete(recording)
    this.#rings.forget(recording)
    this.#ports.emit({ type: 'recording.failed', recording, reason })
  }
}

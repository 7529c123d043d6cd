/**
 * Recordings told as missing are looked for again, since a file may be there after all: a thread died over it, a disk refused once, a mount came
 * late. What is found is sealed, and its fact says that it had been missing, and how long after its call it was found; what lies there and cannot
 * be of the call, by its length or its time, is told once and left to a person (`misfits.ts`). One file at a time, from the newest on: all of them after each start, soon
 * after one is told as missing or the disk is well again, and every ten minutes; every minute the newest, and on while any is found.
 */
import type { Fact } from '../centre/facts.ts'
import { type Fit, isMisfit, type Left } from '../lib/fit.ts'
import type { RecordingId } from '../lib/ids.ts'
import type { Logger } from '../lib/log.ts'
import type { MissingRecording } from '../store/calls/recordings.ts'
import type { Store } from '../store/store.ts'
import { type DiskClock, salvageFitting } from './recording-fit.ts'
import type { Timers } from './timers.ts'

/** After something happened: what a call was told as missing for has mostly passed by then. */
const soonMs = 3_000
const everyMs = 60_000
const wholeEveryMs = 600_000
/** Recordings read at a time, with a pause after each lot. */
const lotMax = 50
const pauseMs = 200
/** Looked for in one go; beyond, the next goes on where it ended. What is gone costs one open(2) each. */
const goMax = 5_000
/** Files that were made whole as far as their disk let it; beyond, the oldest is taken for touched by somebody else. */
const leftMax = 1_000

/** Where a look has come to. */
type Place = { openedAt: number; id: RecordingId }

/** `leftAt`: when making it whole changed it last (ctime, Unix ms); `clockAheadMs`: see `salvageFitting`. */
export type Sealed = { sha256: string; bytes: number; durationMs: number; clockAheadMs?: number } & Left

export type SecondLookOptions = {
  store: Pick<Store, 'read' | 'commit'>
  /** As `Salvage`; rejects with `Misfit` where what lies there does not fit, and with `leftAt` where it was changed in vain. */
  salvage(path: string, fit: Fit): Promise<Sealed>
  /** By which `salvage` goes. Left out: it was never another than it is. */
  clock?: DiskClock
  /** Now is the time: not while the disk of the recordings is slow or refuses. */
  mayLook(): boolean
  now(): number
  /** ms that never step. */
  monotonic(): number
  timers: Timers
  log: Logger
}

/** The seal of a recording that had been told as missing. */
export function foundAgain(
  missing: MissingRecording,
  sealed: Sealed,
  at: number,
): Extract<Fact, { type: 'recording.sealed' }> {
  const { id: recording, call, lack, callEndedAt, openedAt, goesOn } = missing
  const { sha256, bytes, durationMs, clockAheadMs } = sealed
  const afterMs = goesOn ? 0 : Math.max(0, Math.round(at - (callEndedAt ?? openedAt + durationMs)))
  return {
    ...{ type: 'recording.sealed', recording, call, sha256, bytes, durationMs },
    ...{ salvaged: true, wasMissing: true, ...(afterMs === 0 ? {} : { foundAfterMs: afterMs }), ...lack },
    ...(clockAheadMs === undefined ? {} : { clockAheadMs }),
  }
}

export class SecondLook implements AsyncDisposable {
  readonly #options: SecondLookOptions
  #cancel: () => void = () => {}
  #dueAt = Number.POSITIVE_INFINITY
  #isOver = false
  #under: Promise<void> | null = null
  /** Never rejects. */
  #inHand: Promise<unknown> = Promise.resolve()
  readonly #leftAt = new Map<RecordingId, number>()
  /** Asked for while one was under way. */
  #again = false
  /** All are to be looked for from the newest on, as soon as no round is under way. */
  #isAsked = false
  #lastRoundAt = Number.NEGATIVE_INFINITY
  /** A round looks for all; one that is broken off goes on from here in the next go. Null: none is under way. */
  #round: { after: Place | null } | null = null

  constructor(options: SecondLookOptions) {
    this.#options = options
  }

  /** From the newest on, in some seconds. */
  soon(): void {
    this.#isAsked = true
    if (this.#under !== null) this.#again = true
    else this.#schedule(soonMs)
  }

  /** One go; resolves when it is done. Never rejects. */
  async look(): Promise<void> {
    if (this.#isOver || this.#under !== null) return
    this.#cancel()
    this.#dueAt = Number.POSITIVE_INFINITY
    this.#under = this.#go().catch(error =>
      this.#options.log.error({ err: error }, 'recordings told as missing are looked for again later'),
    )
    await this.#under
    this.#under = null
    this.#schedule(this.#again ? soonMs : everyMs)
    this.#again = false
  }

  /** No file is made whole by two at once: `work` has its turn with those that are looked for. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#inHand.then(work)
    this.#inHand = turn.catch(() => undefined)
    return turn
  }

  /** The file in hand is brought to its end; a read that hangs is not waited for, since nothing follows from it any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true
    this.#cancel()
    await this.#inHand
  }

  #schedule(inMs: number): void {
    const { timers, monotonic } = this.#options
    if (this.#isOver || this.#dueAt <= monotonic() + inMs) return
    this.#cancel()
    this.#dueAt = monotonic() + inMs
    this.#cancel = timers.after(inMs, () => void this.look())
  }

  async #go(): Promise<void> {
    const left = { count: goMax }
    const isAtNewest = this.#round === null ? this.#isDue() : this.#round.after === null
    if (!isAtNewest) {
      const newest = { after: null as Place | null }
      for (let found = true; found; ) {
        const lot = await this.#lot(newest, left)
        if (lot === null) return
        found = lot.found && !lot.isLast
      }
    }
    if (this.#round === null && !isAtNewest) return
    const round = isAtNewest ? this.#beginRound() : this.#round!
    for (;;) {
      const lot = await this.#lot(round, left)
      if (lot === null) return
      if (lot.isLast) break
    }
    this.#round = null
  }

  #isDue(): boolean {
    return this.#isAsked || this.#options.monotonic() - this.#lastRoundAt >= wholeEveryMs
  }

  #beginRound(): { after: Place | null } {
    this.#isAsked = false
    this.#lastRoundAt = this.#options.monotonic()
    return (this.#round = { after: null })
  }

  /** The next ones from `place` on, which goes with them. Null: no more in this go. */
  async #lot(
    place: { after: Place | null },
    left: { count: number },
  ): Promise<{ found: boolean; isLast: boolean } | null> {
    const { store, mayLook, timers } = this.#options
    if (left.count <= 0) return null
    const missing = await store.read('recordings.toldMissing', { after: place.after, limit: lotMax })
    left.count -= missing.length
    let found = false
    for (const recording of missing) {
      if (this.#isOver || this.#again || !mayLook()) return null
      // What had its turn before may have sealed it, and asked for another go.
      if (await this.inTurn(async () => !this.#again && (await this.#lookFor(recording)))) found = true
      place.after = { openedAt: recording.openedAt, id: recording.id }
    }
    const isLast = missing.length < lotMax
    if (!isLast) await new Promise<void>(resolve => timers.after(pauseMs, resolve))
    return { found, isLast }
  }

  async #lookFor(missing: MissingRecording): Promise<boolean> {
    const { store, now, log } = this.#options
    const { id: recording, path } = missing
    let sealed: Sealed
    try {
      const leftAt = this.#leftAt.get(recording)
      sealed = await salvageFitting(missing, this.#options, leftAt === undefined ? {} : { leftAt })
    } catch (error) {
      if (isMisfit(error)) await this.#tellMisfit(missing, error)
      else this.#noteLeft(missing, error as { leftAt?: number })
      return false // as it was told; it is looked for again
    }
    const at = now()
    const fact = foundAgain(missing, sealed, at)
    try {
      await store.commit({ recorded: [{ at, actor: 'system', fact }] })
    } catch (error) {
      this.#noteLeft(missing, sealed)
      throw error
    }
    this.#leftAt.delete(recording)
    const afterMs = fact.foundAfterMs ?? 0
    log.warn({ recording, path, afterMs }, 'a recording that was told as missing is there after all, and sealed')
    return true
  }

  /** What was changed in vain was changed by us; what was not even begun was not, whoever lies there meanwhile. */
  #noteLeft({ id }: MissingRecording, { leftAt }: { leftAt?: number }): void {
    if (leftAt === undefined) return
    this.#leftAt.delete(id)
    this.#leftAt.set(id, leftAt)
    if (this.#leftAt.size > leftMax) this.#leftAt.delete(this.#leftAt.keys().next().value!)
  }

  /** Once for each recording: whoever lays one file after the other there fills no journal. */
  async #tellMisfit({ id: recording, call, path, missingCause }: MissingRecording, error: Error): Promise<void> {
    if (missingCause === 'misfit') return
    const { store, now, log } = this.#options
    const fact: Fact = {
      ...{ type: 'recording.missing', recording, call, cause: 'misfit', reason: error.message.slice(0, 200) },
    }
    await store.commit({ recorded: [{ at: now(), actor: 'system', fact }] })
    log.error(
      { recording, path, err: error },
      'under the name of a recording told as missing lies what cannot be of its call: it is not sealed; who laid it there?',
    )
  }
}

/**
 * Recordings told as missing are looked for again, since a file may be there after all: a thread died over it, a disk refused once, a mount came
 * late. What is found is sealed, and its fact says that it had been missing. One file at a time, from the newest on: all of them after each
 * start, soon after one is told as missing or the disk is well again, and every ten minutes; every minute the newest, and on while any is found.
 */
import type { Fact } from '../centre/facts.ts'
import type { RecordingId } from '../lib/ids.ts'
import type { Logger } from '../lib/log.ts'
import type { MissingRecording } from '../store/recordings.ts'
import type { Store } from '../store/store.ts'
import type { Salvage } from './recover.ts'
import type { Timers } from './timers.ts'

/** After something happened: what a call was told as missing for has mostly passed by then. */
const soonMs = 3_000
const everyMs = 60_000
const wholeEveryMs = 600_000
/** Recordings read at a time, with a pause after each lot. */
const lot = 50
const pauseMs = 200
/** Looked for in one go; beyond, the next goes on where it ended. What is gone costs one open(2) each. */
const goMax = 5_000

export type SecondLookOptions = {
  store: Pick<Store, 'read' | 'commit'>
  salvage: Salvage
  /** Now is the time: not while the disk of the recordings is slow or refuses. */
  mayLook(): boolean
  now(): number
  timers: Timers
  log: Logger
}

export class SecondLook implements AsyncDisposable {
  readonly #options: SecondLookOptions
  #cancel: () => void = () => {}
  #dueAt = Number.POSITIVE_INFINITY
  #isOver = false
  #under: Promise<void> | null = null
  #inHand: Promise<boolean> | null = null
  /** Asked for while one was under way. */
  #again = false
  /** The next go is one for all. */
  #isWhole = false
  #lastWholeAt = Number.NEGATIVE_INFINITY
  /** Where the last go ended; null: at the newest. */
  #after: { openedAt: number; id: RecordingId } | null = null

  constructor(options: SecondLookOptions) {
    this.#options = options
  }

  /** From the newest on, in some seconds. */
  soon(): void {
    this.#after = null
    this.#isWhole = true
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

  /** The file in hand is brought to its end; a read that hangs is not waited for, since nothing follows from it any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true
    this.#cancel()
    await this.#inHand
  }

  #schedule(inMs: number): void {
    const { timers, now } = this.#options
    if (this.#isOver || this.#dueAt <= now() + inMs) return
    this.#cancel()
    this.#dueAt = now() + inMs
    this.#cancel = timers.after(inMs, () => void this.look())
  }

  async #go(): Promise<void> {
    const { store, mayLook, timers, now } = this.#options
    const isWhole = this.#isWhole || now() - this.#lastWholeAt >= wholeEveryMs
    this.#isWhole = false
    if (isWhole) this.#lastWholeAt = now()
    for (let looked = 0; looked < goMax; looked += lot) {
      const missing = await store.read('recordings.toldMissing', { after: this.#after, limit: lot })
      let found = 0
      for (const recording of missing) {
        if (this.#isOver || this.#again || !mayLook()) return
        const inHand = this.#lookFor(recording)
        this.#inHand = inHand.catch(() => false) // whoever began this go hears of it
        if (await inHand) found++
        if (!this.#again) this.#after = { openedAt: recording.openedAt, id: recording.id }
      }
      if (missing.length < lot || (!isWhole && found === 0)) {
        this.#after = null
        return
      }
      await new Promise<void>(resolve => timers.after(pauseMs, resolve))
    }
  }

  async #lookFor({ id: recording, call, path, lack }: MissingRecording): Promise<boolean> {
    const { store, salvage, now, log } = this.#options
    const found = await salvage(path).catch(() => null) // as it was told; it is looked for again
    if (found === null) return false
    const { sha256, bytes, durationMs } = found
    const fact: Fact = {
      ...{ type: 'recording.sealed', recording, call, sha256, bytes, durationMs },
      ...{ salvaged: true, wasMissing: true, ...lack },
    }
    await store.commit({ recorded: [{ at: now(), actor: 'system', fact }] })
    log.warn({ recording, path }, 'a recording that was told as missing is there after all, and sealed')
    return true
  }
}

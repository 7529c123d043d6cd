/**
 * How far the clock of the disk of the recordings is from ours: a share's is its own, and what a crash left is known by when it was written
 * (`engine/recording-fit.ts`). Measured while the house runs, and kept in the journal, since after a crash it is asked how it was before.
 */
import type { Logger } from './lib/log.ts'
import type { Store } from './store/store.ts'

export const clockSetting = 'recording.clockAheadMs'

/** Within this it counts as ours; what is looked for by time has an hour of its own. */
const nearMs = 10 * 60_000

export type RecordingsClockOptions = {
  store: Pick<Store, 'read'>
  /** Writes down how many ms it is ahead, when that changed. */
  save(aheadMs: string): Promise<unknown>
  log: Pick<Logger, 'error' | 'info'>
}

export class RecordingsClock {
  readonly #options: RecordingsClockOptions
  #aheadMs = 0
  #isSaving = false

  constructor(options: RecordingsClockOptions) {
    this.#options = options
  }

  /** ms; below 0: it is behind. 0 until it is known. */
  get aheadMs(): number {
    return this.#aheadMs
  }

  /** As it was kept at an instant, ms. Rejects with the store's error. */
  async aheadAt(at: number): Promise<number> {
    return Number((await this.#options.store.read('settings.at', { key: clockSetting, at })) ?? 0)
  }

  /** What was kept last. Rejects with the store's error. */
  async read(): Promise<void> {
    this.#aheadMs = Number((await this.#options.store.read('settings.get', { key: clockSetting })) ?? 0)
  }

  /** It was measured. Resolves when it is kept, where that is due; never rejects. */
  async measured(ms: number): Promise<void> {
    const aheadMs = Math.abs(ms) < nearMs ? 0 : Math.round(ms)
    if (this.#isSaving || (aheadMs !== 0 ? Math.abs(aheadMs - this.#aheadMs) < nearMs : this.#aheadMs === 0)) return
    this.#isSaving = true
    const { save, log } = this.#options
    try {
      await save(String(aheadMs))
      this.#aheadMs = aheadMs
      if (aheadMs === 0) log.info({}, 'the clock of the disk of the recordings is as ours again')
      else
        log.error(
          { aheadMs, alarm: true },
          'the clock of the disk of the recordings is off: what a crash leaves is known by it, so set it right (NTP), or that of this machine',
        )
    } catch (error) {
      log.error({ err: error, aheadMs }, 'how far the clock of the disk of the recordings is off could not be kept')
    } finally {
      this.#isSaving = false
    }
  }
}

/** The way of a batch to the disk: it is tried until the disk has taken it. */
import type { Logger } from '../lib/log.ts'
import { StoreError } from '../store/port.ts'
import type { Store } from '../store/store.ts'
import type { Timers } from './timers.ts'

const retryMs = 1_000

export type CommitOptions = {
  store: Pick<Store, 'commit'>
  timers: Timers
  log: Logger
  /** The disk has refused; the words are for people. */
  onRefused: (words: string) => void
  /** Asked after each refusal: nothing is to be written any more. */
  isGivenUp: () => boolean
}

/** false: given up, and not written. */
export async function committed(
  batch: Parameters<Store['commit']>[0],
  { store, timers, log, onRefused, isGivenUp }: CommitOptions,
): Promise<boolean> {
  for (let attempt = 0; ; attempt++) {
    try {
      await store.commit(batch)
      return true
    } catch (error) {
      log.fatal({ err: error, facts: batch.recorded.length, attempt }, 'facts could not be written')
      onRefused(troubleOf(error))
    }
    await new Promise<void>(resolve => void timers.after(retryMs, resolve))
    if (isGivenUp()) return false
  }
}

function troubleOf(error: unknown): string {
  if (error instanceof StoreError && error.kind === 'full')
    return 'The disk is full: no new calls. Make space; the floor goes on by itself.'
  return 'The database cannot be written: no new calls. See the log; the floor tries again every second.'
}

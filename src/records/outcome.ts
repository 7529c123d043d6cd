/**
 * What has come to pass whether the journal knows it or not, such as that a job is over: a disk that is full just then must not make it forgotten.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Actor } from '../centre/facts.ts'
import type { RecordFact } from '../centre/records/record-facts.ts'
import type { Logger } from '../lib/log.ts'
import { StoreError } from '../store/port.ts'
import { keep, type RecordsDoor } from './door.ts'

export type Persistence = {
  log: Pick<Logger, 'error'>
  /** Aborted when the process goes. */
  over: AbortSignal
  /** Between two tries, in ms. */
  everyMs?: number
}

/**
 * Resolves with true when it is on disk, with false when the process goes before. Told to the log once. Rejects with what no waiting would mend, which is
 * all but a disk that is full or at fault.
 */
export async function keepAtLast(
  door: RecordsDoor,
  actor: Actor,
  facts: RecordFact[],
  { log, over, everyMs = 5_000 }: Persistence,
): Promise<boolean> {
  for (let tries = 0; !over.aborted; tries++) {
    try {
      await keep(door, actor, facts)
      return true
    } catch (error) {
      if (!(error instanceof StoreError) || (error.kind !== 'full' && error.kind !== 'fault')) throw error
      if (tries === 0) log.error({ err: error, fact: facts[0]?.type }, 'the disk did not take it; it is tried again')
      await sleep(everyMs, undefined, { signal: over }).catch(() => {})
    }
  }
  return false
}

/** What was decided since the last batch went to the disk, and what may leave the house once it is there. */
import type { Effect } from '../centre/effects.ts'
import type { Recorded } from '../centre/facts.ts'
import type { Outcome } from './port.ts'

/** How the sender of an input is answered. */
export type Reply = { resolve(outcome: Outcome): void; reject(error: Error): void }

/**
 * `cameAt`, `decidedAt`: when its input came and was decided, ms of the monotonic clock. `isForHelp`: what waits for the disk no longer than the disk is well. `isDone`: it did not wait, and its
 * effects are what is done once more in its turn.
 */
export type Release = {
  effects: Effect[]
  reply: Reply | null
  outcome: Outcome
  cameAt: number
  decidedAt: number
  isForHelp: boolean
  isDone: boolean
}

export type Batch = { recorded: Recorded[]; releases: Release[] }

export function emptyBatch(): Batch {
  return { recorded: [], releases: [] }
}

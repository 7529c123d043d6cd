/**
 * What is done for a call for help ahead of the disk, against the rule that nothing leaves the house before it is written: whoever needs help does
 * not wait for a disk that is full or slow. What was decided before it is done later and may part the legs that help has joined, so those are
 * joined once more after it.
 */
import type { Effect } from '../centre/effects.ts'
import type { Batch, Release } from './batch.ts'

/** Takes out of a batch what was decided for help. What is left there, for its turn, are the joins. */
export function takeHelp(batch: Batch | null): Release[] {
  const forHelp = batch?.releases.filter(({ isForHelp, isDone }) => isForHelp && !isDone) ?? []
  return forHelp.map(release => {
    const taken = { ...release }
    release.effects = joinsOf(release.effects)
    release.reply = null
    release.isDone = true
    return taken
  })
}

/** What was done ahead and waits in this batch to be done once more. */
export function joinsAhead(batch: Batch): Effect[] {
  return batch.releases.flatMap(({ isDone, effects }) => (isDone ? effects : []))
}

export function joinsOf(effects: Effect[]): Effect[] {
  return effects.filter(({ type }) => type === 'media.patch')
}

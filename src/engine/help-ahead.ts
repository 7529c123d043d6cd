/**
 * What is done for a call for help ahead of the disk, against the rule that nothing leaves the house before it is written: whoever needs help does
 * not wait for a disk that is full or slow. What was decided before it is done later and may part the legs that help has joined, so what was said
 * of them last is said once more after it: joined, or held since, or silent. What is on disk already and waits for its turn to leave goes first: it
 * would come last, with nothing said after it.
 */
import type { Effect } from '../centre/effects.ts'
import type { Batch, Release } from './batch.ts'

/** Takes out of a batch what was decided for help. What is left there, for its turn, is what is said once more. */
export function takeHelp(batch: Batch | null): Release[] {
  const forHelp = batch?.releases.filter(({ isForHelp, isDone }) => isForHelp && !isDone) ?? []
  return forHelp.map(release => {
    const taken = { ...release }
    release.effects = saidOnceMore(release.effects)
    release.reply = null
    release.isDone = true
    return taken
  })
}

/** What was done ahead and waits in this batch to be done once more. */
export function helpAhead(batch: Batch): Effect[] {
  return batch.releases.flatMap(({ isDone, effects }) => (isDone ? effects : []))
}

/** Who hears whom, and what is heard for as long as it is not stopped. A beep that was heard is not heard again. */
export function saidOnceMore(effects: Effect[]): Effect[] {
  return effects.filter(effect => saysOf(effect).length > 0)
}

/** Of what was done ahead only the last word on each leg is left, or a held call would be joined again. In the order in which it was decided. */
export function keepLastWords(batches: Batch[]): void {
  const done = batches.flatMap(({ releases }) => releases.filter(({ isDone }) => isDone))
  const last = new Map<string, Effect>()
  for (const effect of done.flatMap(({ effects }) => effects))
    for (const about of [...saysOf(effect), ...overrulesOf(effect)]) last.set(about, effect)
  for (const release of done)
    release.effects = release.effects.filter(effect => saysOf(effect).every(about => last.get(about) === effect))
}

/** What it says something about: a leg's way to others, its sound, or a room. */
function saysOf(effect: Effect): string[] {
  switch (effect.type) {
    case 'media.patch':
      return [`way ${effect.a}`, `way ${effect.b}`]
    case 'media.unpatch':
      return [`way ${effect.leg}`]
    case 'media.mix':
      return [`room ${effect.room}`]
    case 'media.play':
      return effect.loop ? [`sound ${effect.leg}`] : []
    case 'media.stopPlay':
      return [`sound ${effect.leg}`]
    default:
      return []
  }
}

/** Whoever comes into a room is patched to nobody. */
function overrulesOf(effect: Effect): string[] {
  return effect.type === 'media.mix' ? effect.members.map(({ leg }) => `way ${leg}`) : []
}

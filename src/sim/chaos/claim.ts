import { AssertionError } from '../../lib/assert.ts'

/** An invariant of the floor, in a sentence that says what is broken when it does not hold. */
export function claim(holds: boolean, sentence: string): asserts holds {
  if (!holds) throw new AssertionError(`invariant broken: ${sentence}`)
}

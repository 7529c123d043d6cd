/** The house closes: what has begun is brought to its end, and no phone is rung any more but for help. */
import type { Draft } from './draft.ts'
import type { Refusal } from './entities.ts'

export const closing: Refusal = { rule: 'closing', words: 'Switchroom is shutting down: no call begins any more.' }

/** Says no to whatever would begin now. Answers whether it did. */
export function refusedAsClosing(d: Draft): boolean {
  if (d.state.isClosing) d.refuse(closing.rule, closing.words)
  return d.state.isClosing
}

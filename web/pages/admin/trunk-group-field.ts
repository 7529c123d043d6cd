import { type Choice, type Filled, selectField } from '../../parts/form.ts'
import type { Html } from '../../parts/html.ts'
import type { Words } from '../../words/words.ts'

/** The choice of a group on another form; without any group there is none. */
export function trunkGroupField(
  about: { label: string; help: string; groups: readonly Choice[] },
  filled: Filled,
  w: Words,
): Html | null {
  if (about.groups.length === 0) return null
  const choices = [{ value: '', word: w.trunkRules.groups.any }, ...about.groups]
  return selectField({ name: 'trunkGroup', label: about.label, help: about.help, choices }, filled)
}

import type { Direction } from '../../src/centre/entities.ts'
import type { Words } from '../words/words.ts'

/** How whoever is called or calls is named while the lender's records do not say. */
export function nameOf({ name, direction }: { name: string | null; direction: Direction }, w: Words): string {
  return name ?? (direction === 'in' ? w.agent.who.unknown : w.agent.who.unlisted)
}

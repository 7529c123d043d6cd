import type { Direction } from '../../src/centre/entities.ts'
import type { Words } from '../words/words.ts'

type Party = { name: string | null; direction: Direction | null; isForHelp?: boolean }

/** How whoever is called or calls is named while the lender's records do not say: a call that we make is no caller's. */
export function partyName({ name, direction, isForHelp = false }: Party, w: Words): string {
  const words = w.agent.who
  return name ?? (isForHelp ? words.emergency : direction === 'out' ? words.unlisted : words.unknown)
}

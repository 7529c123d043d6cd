/** Filters of lists that a person keeps for themself. Only what narrows a list is kept: a name or number that was searched for is in nobody's settings. */
import { z } from '@hono/zod-openapi'
import type { SavedFilter } from '../../centre/entities.ts'
import type { FilterId, UserId } from '../../lib/ids.ts'
import { keep, newId, type RecordsDoor } from '../door.ts'
import { NotFound, NotNow } from '../errors.ts'
import { parseInput } from '../parse.ts'
import { inTurn } from '../turn.ts'
import { words } from '../words.ts'

/** The pages that have filters, and which of their parameters are kept. */
export const filterPages = {
  '/supervisor/parties': ['flag', 'loanStatus', 'product'],
  '/supervisor/cases': ['bucket', 'state', 'agent', 'product', 'from', 'below', 'sort'],
  '/supervisor/prospects': ['grade', 'consent', 'due', 'product'],
  '/auditor': ['agent', 'campaign'],
} as const satisfies Record<string, readonly string[]>
export type FilterPage = keyof typeof filterPages

export const savedFiltersMax = 50
const queryMax = 500

const savedFilterInput = z.strictObject({
  page: z.enum(Object.keys(filterPages) as [FilterPage, ...FilterPage[]]),
  name: words(40),
  query: z.string().max(2_000),
})

/** The same name on the same page takes the place of the one before. Throws InvalidInput; NotNow when there are too many. */
export function saveFilter(door: RecordsDoor, owner: UserId, given: unknown): Promise<SavedFilter> {
  return inTurn(door, async () => {
    const { page, name, query: asked } = parseInput(savedFilterInput, given)
    const query = keptOf(page, asked)
    if (query === '') throw new NotNow('filter-empty', 'nothing of this list is filtered by what can be kept')
    const known = await door.store.read('savedFilters.of', { owner })
    const same = known.find(each => each.page === page && each.name === name)
    if (same === undefined && known.length >= savedFiltersMax)
      throw new NotNow('filters-full', `there are ${savedFiltersMax} saved filters already; remove one`)
    const filter: SavedFilter = { id: same?.id ?? newId<'filter'>('sf'), owner, page, name, query }
    await keep(door, `user:${owner}`, [{ type: 'filter.saved', filter }])
    return filter
  })
}

/** Throws NotFound for what is not this person's. */
export async function removeFilter(door: RecordsDoor, owner: UserId, id: FilterId): Promise<SavedFilter> {
  const filter = await door.store.read('savedFilters.byId', { id, owner })
  if (filter === null) throw new NotFound('saved filter', id)
  await keep(door, `user:${owner}`, [{ type: 'filter.removed', filter: id, owner }])
  return filter
}

/** In one order, so that the same filters are the same text. */
export function keptOf(page: FilterPage, query: string): string {
  const given = new URLSearchParams(query)
  const kept = new URLSearchParams()
  for (const name of filterPages[page]) {
    const value = given.get(name)
    if (value) kept.set(name, value.slice(0, 64))
  }
  return kept.toString().slice(0, queryMax)
}

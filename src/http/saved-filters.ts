import { Hono } from 'hono'
import { textsOf } from '../../web/parts/frame.ts'
import type { SavedFilters } from '../../web/parts/saved-filters.ts'
import type { FilterId } from '../lib/ids.ts'
import { isId } from '../lib/ids.ts'
import { InvalidInput, NotFound, NotNow } from '../records/errors.ts'
import { type FilterPage, filterPages, keptOf, removeFilter, saveFilter } from '../records/people/saved-filters.ts'
import type { Ctx, Deps, Env } from './deps.ts'
import { allow } from './guard.ts'
import { frameOf } from './live/frame.ts'
import { textOf, typedOf } from './typed.ts'

/** `/filters`: what a person keeps of the filters of lists, for themself alone. Each form comes back to the list it is of. */
export function savedFilterRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()
  const { records } = deps

  route.post('/filters', allow('supervisor', 'quality', 'admin', 'auditor'), async c => {
    const typed = await typedOf(c)
    const page = textOf(typed, 'page')
    if (!isFilterPage(page)) throw new NotFound('list with filters', page.slice(0, 64))
    const query = keptOf(page, textOf(typed, 'query'))
    try {
      await saveFilter(records, c.var.user.id, { page, name: textOf(typed, 'name'), query })
    } catch (error) {
      if (!(error instanceof InvalidInput || error instanceof NotNow)) throw error
      return c.redirect(`${page}?${new URLSearchParams([...new URLSearchParams(query), ['refused', 'filter']])}`, 303)
    }
    return c.redirect(`${page}?${query}`, 303)
  })

  route.post('/filters/:id/removal', allow('supervisor', 'quality', 'admin', 'auditor'), async c => {
    const id = c.req.param('id')
    if (!isId(id)) throw new NotFound('saved filter', id)
    const { page } = await removeFilter(records, c.var.user.id, id as FilterId)
    return c.redirect(page, 303)
  })

  return route
}

/** Of this page and person, with what holds now. */
export async function savedFiltersOf(c: Ctx, deps: Deps, page: FilterPage): Promise<SavedFilters> {
  const query = keptOf(page, new URL(c.req.url).search)
  const saved = await deps.store.read('savedFilters.of', { owner: c.var.user.id, page })
  const words = textsOf(await frameOf(c, deps)).frame.savedFilters
  return { page, saved, query, refused: c.req.query('refused') === 'filter' ? words.refused : null }
}

function isFilterPage(page: string): page is FilterPage {
  return Object.hasOwn(filterPages, page)
}

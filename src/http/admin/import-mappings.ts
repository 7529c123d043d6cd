import { Hono } from 'hono'
import { importMappingsPage } from '../../../web/pages/admin/import-mappings.ts'
import { type Filled, nothingFilled } from '../../../web/parts/form.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import { removeMapping, renameMapping, savedMappings } from '../../records/import/mappings.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'
import { refusedFor } from '../refused.ts'
import { type Typed, textOf, typedOf } from '../typed.ts'

/** `/admin/imports/mappings`: what files with the same headings are read as by themselves. */
export function importMappingRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()
  const { records, store } = deps
  const whichOf = (typed: Typed) => ({ kind: textOf(typed, 'kind'), name: textOf(typed, 'mapping') })

  route.get('/admin/imports/mappings', allow('admin'), c => page(c, nothingFilled))

  route.post('/admin/imports/mappings/renaming', allow('admin'), async c => {
    const typed = await typedOf(c)
    try {
      await renameMapping(records, actorOf(c), whichOf(typed), textOf(typed, 'name'))
    } catch (error) {
      const refused = refusedFor(error, textsOf(await frameOf(c, deps)), { typed })
      return page(c, { values: {}, errors: { '': Object.values(refused).join(' ') } }, 422)
    }
    return c.redirect('/admin/imports/mappings?saved=1', 303)
  })

  route.post('/admin/imports/mappings/removal', allow('admin'), async c => {
    await removeMapping(records, actorOf(c), whichOf(await typedOf(c)))
    return c.redirect('/admin/imports/mappings?saved=1', 303)
  })

  async function page(c: Ctx, filled: Filled, status: 200 | 422 = 200): Promise<Response> {
    const frame = { ...(await frameOf(c, deps)), path: '/admin/imports' }
    const [mappings, own] = await Promise.all([savedMappings(records), store.read('fields.all', {})])
    const rows = mappings.map(({ mapping, ...row }) => ({ ...row, columns: mapping.columns }))
    return c.html(importMappingsPage({ frame, rows, own, filled, saved: c.req.query('saved') === '1' }), status)
  }

  return route
}

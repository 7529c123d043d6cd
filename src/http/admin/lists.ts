import { Hono } from 'hono'
import type { CampaignId, ImportId } from '../../lib/ids.ts'
import { changeList, recycleList } from '../../records/lists.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { isChecked, listOf, numberOf, typedOf } from '../typed.ts'

/** `/admin/campaigns/:id/leads/lists/:list`: what a list is worth, and its leads made ready again. */
export function listRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()
  const pathOf = (c: Ctx) => `/admin/campaigns/${encodeURIComponent(c.req.param('id')!)}/leads`
  const whereOf = (c: Ctx) => ({ campaign: c.req.param('id') as CampaignId, list: c.req.param('list') as ImportId })

  route.post('/admin/campaigns/:id/leads/lists/:list', allow('admin'), async c => {
    const typed = await typedOf(c)
    const change = {
      priority: numberOf(typed, 'priority'),
      weight: numberOf(typed, 'weight'),
      paused: isChecked(typed, 'paused'),
    }
    await changeList(deps.records, actorOf(c), whereOf(c), change)
    return c.redirect(pathOf(c), 303)
  })

  route.post('/admin/campaigns/:id/leads/lists/:list/recycle', allow('admin'), async c => {
    const reasons = listOf(await typedOf(c), 'reasons')
    const { recycled } = await recycleList(deps.records, actorOf(c), whereOf(c), { reasons })
    return c.redirect(`${pathOf(c)}?recycled=${recycled}`, 303)
  })

  return route
}

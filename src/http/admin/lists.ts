import { Hono } from 'hono'
import { nothingFilled } from '../../../web/parts/form.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import type { CampaignId, ImportId } from '../../lib/ids.ts'
import { changeList, recycleList } from '../../records/campaigns/lists.ts'
import { NotNow } from '../../records/errors.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'
import { refusedFor } from '../refused.ts'
import { isChecked, listOf, numberOf, type Typed, typedOf } from '../typed.ts'
import { leadsAnswer } from './leads.ts'

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
    try {
      await changeList(deps.records, actorOf(c), whereOf(c), change)
    } catch (error) {
      return refused(c, typed, error)
    }
    return c.redirect(pathOf(c), 303)
  })

  route.post('/admin/campaigns/:id/leads/lists/:list/recycle', allow('admin'), async c => {
    const typed = await typedOf(c)
    try {
      const { recycled } = await recycleList(deps.records, actorOf(c), whereOf(c), {
        reasons: listOf(typed, 'reasons'),
      })
      return c.redirect(`${pathOf(c)}?recycled=${recycled}`, 303)
    } catch (error) {
      return refused(c, typed, error)
    }
  })

  async function refused(c: Ctx, typed: Typed, error: unknown): Promise<Response> {
    const errors = refusedFor(error, textsOf(await frameOf(c, deps)), { typed, words: { priority: 'listPriority' } })
    const about = { list: whereOf(c).list, typed, errors }
    return leadsAnswer(
      c,
      deps,
      { report: null, filled: nothingFilled, refused: about },
      error instanceof NotNow ? 409 : 422,
    )
  }

  return route
}

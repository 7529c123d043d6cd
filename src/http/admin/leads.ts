import { Hono } from 'hono'
import { type LeadsProps, leadsPage } from '../../../web/pages/admin/leads.ts'
import { type Filled, nothingFilled } from '../../../web/parts/form.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import { shownNumber } from '../../../web/parts/numbers.ts'
import { leadStates } from '../../centre/entities.ts'
import type { CampaignId } from '../../lib/ids.ts'
import { campaignById } from '../../records/campaigns.ts'
import { importLeads } from '../../records/leads.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'
import { refusedFor } from '../refused.ts'

/** `/admin/campaigns/:id/leads`: the list, and a CSV file into it with a report row by row. */
export function leadRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()

  route.get('/admin/campaigns/:id/leads', allow('admin'), c => page(c, { report: null, filled: nothingFilled }))

  route.post('/admin/campaigns/:id/leads', allow('admin'), async c => {
    const w = textsOf(await frameOf(c, deps))
    const file = (await c.req.parseBody())['file']
    if (!(file instanceof File) || file.size === 0)
      return page(c, { report: null, filled: { values: {}, errors: { file: w.admin.allowed['file'] ?? '' } } }, 422)
    const campaign = c.req.param('id') as CampaignId
    try {
      const bytes = file.stream() as unknown as AsyncIterable<Uint8Array>
      const source = { kind: 'csv' as const, bytes }
      const report = await importLeads(deps.records, actorOf(c), { campaign, source, name: file.name })
      return page(c, { report, filled: nothingFilled })
    } catch (error) {
      const filled: Filled = { values: {}, errors: { ...refusedFor(error, w) } }
      if (!('' in filled.errors)) filled.errors['file'] ??= Object.values(filled.errors)[0] ?? ''
      return page(c, { report: null, filled }, 422)
    }
  })

  async function page(
    c: Ctx,
    given: Pick<LeadsProps, 'report' | 'filled'>,
    status: 200 | 422 = 200,
  ): Promise<Response> {
    const frame = await frameOf(c, deps)
    const campaign = await campaignById(deps.records, c.req.param('id') as CampaignId)
    const q = (c.req.query('q') ?? '').trim().slice(0, 64)
    const asked = c.req.query('state')
    const state = leadStates.find(each => each === asked) ?? null
    const cursor = c.req.query('cursor') ?? null
    const filter = { campaign: campaign.id, cursor, ...(q ? { text: q } : {}), ...(state ? { state } : {}) }
    const [found, counts] = await Promise.all([
      deps.store.read('leads.page', filter),
      deps.store.read('campaigns.leadCounts', { campaign: campaign.id, now: frame.now }),
    ])
    const leads = found.items.map(lead => ({
      ...lead,
      phones: lead.phones.map(phone => ({ ...phone, number: shownNumber(phone.number, c.var.user.numbersMasked) })),
    }))
    const query = new URLSearchParams({ ...(q ? { q } : {}), ...(state ? { state } : {}), cursor: found.next ?? '' })
    const next = found.next && `/admin/campaigns/${campaign.id}/leads?${query}`
    return c.html(leadsPage({ frame, campaign, counts, leads, q, state, next, ...given }), status)
  }

  return route
}

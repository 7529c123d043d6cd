import { Hono } from 'hono'
import { type LeadsProps, leadsPage } from '../../../web/pages/admin/leads.ts'
import type { ListsProps } from '../../../web/pages/admin/lists.ts'
import { type Filled, nothingFilled } from '../../../web/parts/form.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import { shownNumber } from '../../../web/parts/numbers.ts'
import { leadStates } from '../../centre/entities.ts'
import type { CampaignId } from '../../lib/ids.ts'
import { campaignById } from '../../records/campaigns/campaigns.ts'
import { importQuery } from '../../records/campaigns/lead-schemas.ts'
import { importLeads } from '../../records/campaigns/leads.ts'
import { InvalidInput } from '../../records/errors.ts'
import { parseInput } from '../../records/parse.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { leadFilters } from '../lead-filters.ts'
import { frameOf } from '../live/frame.ts'
import { refusedFor } from '../refused.ts'
import { type Typed, textOf, typedOf } from '../typed.ts'

/** `/admin/campaigns/:id/leads`: the list, and a CSV file into it with a report row by row. */
export function leadRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()

  route.get('/admin/campaigns/:id/leads', allow('admin'), c =>
    leadsAnswer(c, deps, { report: null, filled: nothingFilled }),
  )

  route.post('/admin/campaigns/:id/leads', allow('admin'), async c => {
    const w = textsOf(await frameOf(c, deps))
    const typed = await typedOf(c)
    const file = (await c.req.parseBody())['file']
    if (!(file instanceof File) || file.size === 0)
      return leadsAnswer(
        c,
        deps,
        { report: null, filled: { values: typed, errors: { file: w.admin.allowed['file'] ?? '' } } },
        422,
      )
    const campaign = c.req.param('id') as CampaignId
    try {
      const bytes = file.stream() as unknown as AsyncIterable<Uint8Array>
      const source = { kind: 'csv' as const, bytes }
      const options = parseInput(importQuery, given(typed))
      const report = await importLeads(deps.records, actorOf(c), { campaign, source, name: file.name, options })
      return leadsAnswer(c, deps, { report, filled: nothingFilled })
    } catch (error) {
      const filled: Filled = {
        values: typed,
        errors: { ...refusedFor(error, w, { typed, words: { priority: 'listPriority' } }) },
      }
      if (
        !('' in filled.errors) &&
        !(error instanceof InvalidInput && error.problems.some(({ field }) => field in typed))
      )
        filled.errors['file'] ??= Object.values(filled.errors)[0] ?? ''
      return leadsAnswer(c, deps, { report: null, filled }, 422)
    }
  })

  return route
}

/** The page of a campaign's leads; `refused`: what was wrong with a change of one of its lists. */
export async function leadsAnswer(
  c: Ctx,
  deps: Deps,
  { refused = null, ...given }: Pick<LeadsProps, 'report' | 'filled'> & { refused?: ListsProps['refused'] },
  status: 200 | 409 | 422 = 200,
): Promise<Response> {
  const frame = await frameOf(c, deps)
  const campaign = await campaignById(deps.records, c.req.param('id') as CampaignId)
  const q = (c.req.query('q') ?? '').trim().slice(0, 64)
  const asked = c.req.query('state')
  const state = leadStates.find(each => each === asked) ?? null
  const cursor = c.req.query('cursor') ?? null
  const recycled = /^\d{1,9}$/.test(c.req.query('recycled') ?? '') ? Number(c.req.query('recycled')) : null
  const filter = { campaign: campaign.id, cursor, ...(q ? { text: q } : {}), ...(state ? { state } : {}) }
  const [found, counts, lists, filters] = await Promise.all([
    deps.store.read('leads.page', filter),
    deps.store.read('campaigns.leadCounts', { campaign: campaign.id, now: frame.now }),
    deps.store.read('lists.ofCampaign', { campaign: campaign.id }),
    leadFilters(deps, campaign),
  ])
  const leads = found.items.map(lead => ({
    ...lead,
    phones: lead.phones.map(phone => ({ ...phone, number: shownNumber(phone.number, c.var.user.numbersMasked) })),
  }))
  const query = new URLSearchParams({ ...(q ? { q } : {}), ...(state ? { state } : {}), cursor: found.next ?? '' })
  const next = found.next && `/admin/campaigns/${campaign.id}/leads?${query}`
  return c.html(
    leadsPage({
      frame,
      campaign,
      counts,
      lists: { lists, filters, recycled, refused },
      leads,
      q,
      state,
      next,
      ...given,
    }),
    status,
  )
}

/** Fields left empty take their defaults. */
function given(typed: Typed): Record<string, string> {
  const names = Object.keys(importQuery.shape)
  return Object.fromEntries(names.map(name => [name, textOf(typed, name)]).filter(([, text]) => text !== '')) as Record<
    string,
    string
  >
}

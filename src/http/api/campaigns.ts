import { z } from '@hono/zod-openapi'
import { leadStates } from '../../centre/entities.ts'
import type { CampaignId } from '../../lib/ids.ts'
import { campaignChange, campaignInput, campaignState } from '../../records/campaigns/campaign-schemas.ts'
import { campaignById, changeCampaign, createCampaign, setCampaignState } from '../../records/campaigns/campaigns.ts'
import { importQuery } from '../../records/campaigns/lead-schemas.ts'
import { importLeads, type LeadSource } from '../../records/campaigns/leads.ts'
import { leadInput } from '../../records/schemas.ts'
import { campaignStats } from '../../records/stats.ts'
import type { Ctx, Deps } from '../deps.ts'
import { paging, period, queryOf } from './query.ts'
import { campaignReply, leadReply, leadReportReply, pageOf, statsReply } from './replies.ts'
import { type Api, define, jsonBody } from './route.ts'

const writers = ['admin', 'supervisor'] as const
const readers = ['admin', 'supervisor', 'quality', 'auditor'] as const
const leadQuery = paging.extend({ state: z.enum(leadStates).optional(), text: z.string().max(100).optional() })

/** `/campaigns`, their leads, state and stats. */
export function campaignsApi(api: Api, deps: Deps): void {
  const { records, store } = deps
  const idOf = (c: Ctx) => c.req.param('id') as CampaignId

  define(
    api,
    deps,
    { method: 'get', path: '/campaigns', roles: readers, summary: 'All campaigns', reply: pageOf(campaignReply) },
    async c => c.json({ items: await store.read('campaigns.list', {}), next: null }),
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/campaigns',
      roles: writers,
      summary: 'Add a campaign; it is paused',
      body: campaignInput,
      reply: campaignReply,
      status: 201,
    },
    async c => {
      const campaign = await createCampaign(records, c.var.client.actor, await jsonBody(c))
      c.header('Location', `/api/v1/campaigns/${campaign.id}`)
      return c.json(campaign, 201)
    },
  )
  define(
    api,
    deps,
    { method: 'get', path: '/campaigns/:id', roles: readers, summary: 'One campaign', reply: campaignReply },
    async c => c.json(await campaignById(records, idOf(c))),
  )
  define(
    api,
    deps,
    {
      method: 'patch',
      path: '/campaigns/:id',
      roles: writers,
      summary: 'Change a campaign',
      body: campaignChange,
      reply: campaignReply,
    },
    async c => c.json(await changeCampaign(records, c.var.client.actor, idOf(c), await jsonBody(c))),
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/campaigns/:id/state',
      roles: writers,
      summary: 'Run, pause or close it',
      body: campaignState,
      reply: campaignReply,
    },
    async c => c.json(await setCampaignState(records, c.var.client.actor, idOf(c), await jsonBody(c))),
  )
  define(
    api,
    deps,
    {
      method: 'get',
      path: '/campaigns/:id/stats',
      roles: readers,
      summary: 'Figures of a time, by default of the last 24 hours',
      query: period,
      reply: statsReply,
    },
    async c => {
      const campaign = await campaignById(records, idOf(c))
      return c.json(await campaignStats(records, deps.engine.state, campaign, queryOf(c, period)))
    },
  )
  define(
    api,
    deps,
    {
      method: 'get',
      path: '/campaigns/:id/leads',
      roles: ['admin', 'supervisor'],
      summary: 'Its leads',
      query: leadQuery,
      reply: pageOf(leadReply),
    },
    async c => {
      await campaignById(records, idOf(c))
      const page = await store.read('leads.page', { campaign: idOf(c), ...queryOf(c, leadQuery) })
      return c.json({ items: page.items.map(lead => leadReply.parse(lead)), next: page.next })
    },
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/campaigns/:id/leads',
      roles: writers,
      summary: 'Add leads, judged row by row',
      body: z.array(leadInput),
      bodyTypes: ['text/csv'],
      query: importQuery,
      reply: leadReportReply,
    },
    async c => {
      const source = await leadSource(c)
      const options = queryOf(c, importQuery)
      return c.json(await importLeads(records, c.var.client.actor, { campaign: idOf(c), source, name: 'API', options }))
    },
  )
}

/** `text/csv` by its content type, else JSON. */
async function leadSource(c: Ctx): Promise<LeadSource> {
  if (!/^text\/csv\b/i.test(c.req.header('content-type') ?? '')) return { kind: 'json', rows: await jsonBody(c) }
  return { kind: 'csv', bytes: [new Uint8Array(await c.req.arrayBuffer())] }
}

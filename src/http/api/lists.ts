import type { CampaignId, ImportId } from '../../lib/ids.ts'
import { campaignById } from '../../records/campaigns/campaigns.ts'
import { listChange, recycleInput } from '../../records/campaigns/lead-schemas.ts'
import { changeList, listById, recycleList } from '../../records/campaigns/lists.ts'
import type { Ctx, Deps } from '../deps.ts'
import { answerHoursOf, leadFilters } from '../lead-filters.ts'
import { answerHourReply, filtersReply, listFiguresReply, listReply, recycledReply } from './list-replies.ts'
import { pageOf } from './replies.ts'
import { type Api, define, jsonBody } from './route.ts'

const writers = ['admin', 'supervisor'] as const
const readers = ['admin', 'supervisor', 'quality', 'auditor'] as const

/** `/campaigns/:id/lists`, and why leads are not dialled now. */
export function listsApi(api: Api, deps: Deps): void {
  const { records, store } = deps
  const campaignOf = (c: Ctx) => c.req.param('id') as CampaignId
  const whereOf = (c: Ctx) => ({ campaign: campaignOf(c), list: c.req.param('list') as ImportId })

  define(
    api,
    deps,
    {
      method: 'get',
      path: '/campaigns/:id/lists',
      roles: readers,
      summary: 'Its lists, of the highest priority first, with their leads by state',
      reply: pageOf(listFiguresReply),
    },
    async c => {
      await campaignById(records, campaignOf(c))
      return c.json({ items: await store.read('lists.ofCampaign', { campaign: campaignOf(c) }), next: null })
    },
  )
  define(
    api,
    deps,
    { method: 'get', path: '/campaigns/:id/lists/:list', roles: readers, summary: 'One list', reply: listReply },
    async c => c.json(await listById(records, whereOf(c))),
  )
  define(
    api,
    deps,
    {
      method: 'patch',
      path: '/campaigns/:id/lists/:list',
      roles: writers,
      summary: 'Rename, rank, weigh or pause it',
      body: listChange,
      reply: listReply,
    },
    async c => c.json(await changeList(records, c.var.client.actor, whereOf(c), await jsonBody(c))),
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/campaigns/:id/lists/:list/recycle',
      roles: writers,
      summary: 'Leads that are over for these reasons are ready again',
      body: recycleInput,
      reply: recycledReply,
    },
    async c => c.json(await recycleList(records, c.var.client.actor, whereOf(c), await jsonBody(c))),
  )
  define(
    api,
    deps,
    {
      method: 'get',
      path: '/campaigns/:id/leads/filters',
      roles: readers,
      summary: 'How many leads each filter takes away now',
      reply: filtersReply,
    },
    async c => c.json(await leadFilters(deps, await campaignById(records, campaignOf(c)))),
  )
  define(
    api,
    deps,
    {
      method: 'get',
      path: '/campaigns/:id/leads/best-times',
      roles: readers,
      summary: 'Answer rate by segment and hour of the callee’s day, and how much better than usual that is',
      reply: pageOf(answerHourReply),
    },
    async c => {
      await campaignById(records, campaignOf(c))
      return c.json({ items: await answerHoursOf(deps, campaignOf(c)), next: null })
    },
  )
}

import { z } from '@hono/zod-openapi'
import { campaignModes } from '../../centre/entities.ts'
import type { CampaignId } from '../../lib/ids.ts'
import { campaignById } from '../../records/campaigns/campaigns.ts'
import type { Deps } from '../deps.ts'
import { paging, period, queryOf } from './query.ts'
import { pageOf } from './replies.ts'
import { type Api, define } from './route.ts'

const readers = ['admin', 'supervisor', 'quality', 'auditor'] as const
const orNull = <T extends z.ZodType>(of: T) => z.union([of, z.null()])
const count = z.int().min(0)
const chance = z.number().min(0).max(1)

/** Fields that are null stand in entries of before they were noted. */
export const pacingReply = z
  .object({
    at: z.int().openapi({ description: 'Unix ms' }),
    mode: orNull(z.enum(campaignModes)),
    agents: count.openapi({ description: 'Signed on and not on a break' }),
    free: count,
    talking: orNull(count),
    wrapping: orNull(count),
    ringing: count,
    waiting: count.openapi({ description: 'Answered, and no agent yet' }),
    lines: orNull(count),
    dialled: orNull(count).openapi({ description: 'Calls started since the entry before' }),
    answerChance: chance,
    risk: z.number().openapi({ description: 'Chance that one more call, if answered, finds nobody' }),
    theta: z
      .number()
      .openapi({ description: 'The risk up to which a call is started; 0 in modes that reckon with none' }),
    limiter: z.string(),
    freeSoon: orNull(z.number()),
    withinS: orNull(z.number()),
    held: orNull(z.string()).openapi({ description: 'The rule that held the next call; null: none did' }),
    answered: count.openapi({ description: 'Since midnight' }),
    abandoned: count.openapi({ description: 'Since midnight' }),
  })
  .openapi('PacingEntry')

const pacingQuery = paging.extend(period.shape)

/** `/campaigns/:id/pacing`. */
export function pacingApi(api: Api, deps: Deps): void {
  define(
    api,
    deps,
    {
      method: 'get',
      path: '/campaigns/:id/pacing',
      roles: readers,
      summary: 'What its dialler saw and did, once a minute, newest first',
      query: pacingQuery,
      reply: pageOf(pacingReply),
    },
    async c => {
      const { id } = await campaignById(deps.records, c.req.param('id') as CampaignId)
      const page = await deps.store.read('pacing.page', { campaign: id, ...queryOf(c, pacingQuery) })
      return c.json({ items: page.items.map(({ seq: _, ...entry }) => entry), next: page.next })
    },
  )
}

import { z } from '@hono/zod-openapi'
import { normaliseNumber } from '../../centre/numbers/number.ts'
import { type CampaignId, idPattern } from '../../lib/ids.ts'
import type { Deps } from '../deps.ts'
import { paging, period, queryOf } from './query.ts'
import { pageOf } from './replies.ts'
import { type Api, define } from './route.ts'

const text = z.string().nullable()
const attemptReply = z
  .object({
    at: z.int().openapi({ description: 'Unix time, ms' }),
    campaign: text,
    lead: text,
    agent: text,
    number: z.string(),
    call: text.openapi({ description: 'The call that was placed; null: refused, nothing was dialled' }),
    policy: text.openapi({
      description: 'The policies that were asked, joined with +; null: it was not the gate that refused',
    }),
    version: text.openapi({ description: 'The version of each, in the same order' }),
    rules: z.array(z.string()).nullable().openapi({ description: 'Asked, and passed' }),
    refusedRule: text,
    refusedBy: text.openapi({ description: 'The policy whose rule said no; null: no policy’s' }),
    words: text,
    override: text.openapi({ description: 'A supervisor’s reason to go past rules of effect WARN' }),
  })
  .openapi('Attempt')
const attemptQuery = paging.extend({
  ...period.shape,
  number: z.string().max(40).optional(),
  campaign: z.string().regex(idPattern).optional(),
  refused: z.enum(['true', 'false']).optional(),
})

/** `/attempts`: every contact that was wanted, allowed or refused, with the policies and versions it was judged by. */
export function attemptsApi(api: Api, deps: Deps): void {
  define(
    api,
    deps,
    {
      method: 'get',
      path: '/attempts',
      roles: ['admin', 'supervisor', 'auditor'],
      summary: 'What the gate said of each contact, newest first',
      query: attemptQuery,
      reply: pageOf(attemptReply),
    },
    async c => {
      const { number, campaign, refused, ...asked } = queryOf(c, attemptQuery)
      const page = await deps.store.read('attempts.page', {
        ...asked,
        ...(number === undefined ? {} : { number: normaliseNumber(number) ?? number }),
        ...(campaign === undefined ? {} : { campaign: campaign as CampaignId }),
        ...(refused === undefined ? {} : { refused: refused === 'true' }),
      })
      return c.json({ items: page.items.map(item => attemptReply.parse(item)), next: page.next })
    },
  )
}

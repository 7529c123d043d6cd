import { z } from '@hono/zod-openapi'
import { legalHoldKinds } from '../../centre/records/record-facts.ts'
import type { LegalHoldId } from '../../lib/ids.ts'
import { legalHoldInput, liftHold, liftingInput, placeHold } from '../../records/custody/legal-holds.ts'
import type { Deps } from '../deps.ts'
import { pageOf } from './replies.ts'
import { type Api, define, jsonBody } from './route.ts'

const roles = ['auditor', 'security'] as const

const holdReply = z
  .object({
    id: z.string(),
    kind: z.enum(legalHoldKinds),
    target: z.string(),
    reason: z.string(),
    placedBy: z.string(),
    placedAt: z.int().openapi({ description: 'Unix time, ms' }),
  })
  .openapi('LegalHold')

/** `/legal-holds`: what no rule may destroy, from when it is placed until it is lifted. */
export function legalHoldsApi(api: Api, deps: Deps): void {
  define(
    api,
    deps,
    {
      method: 'get',
      path: '/legal-holds',
      roles,
      summary: 'Legal holds in force, newest first, at most 500',
      reply: pageOf(holdReply),
    },
    async c => {
      const holds = await deps.store.read('legalHolds.inForce', {})
      return c.json({ items: holds.map(hold => holdReply.parse(hold)), next: null })
    },
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/legal-holds',
      roles,
      summary: 'Nothing of this recording, call or party is destroyed from now on',
      body: legalHoldInput,
      reply: holdReply,
      status: 201,
    },
    async c => {
      const hold = await placeHold(deps.records, c.var.client.actor, await jsonBody(c))
      return c.json(holdReply.parse(hold), 201)
    },
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/legal-holds/:id/lifting',
      roles,
      summary: 'The hold is over: the rules hold again',
      body: liftingInput,
    },
    async c => {
      await liftHold(deps.records, c.var.client.actor, c.req.param('id') as LegalHoldId, await jsonBody(c))
      return c.body(null, 204)
    },
  )
}

import { z } from '@hono/zod-openapi'
import { addSuppression, removeSuppression } from '../../records/gate/suppressions.ts'
import { suppressionInput } from '../../records/schemas.ts'
import type { Deps } from '../deps.ts'
import { paging, queryOf } from './query.ts'
import { pageOf, suppressionReply } from './replies.ts'
import { type Api, define, jsonBody } from './route.ts'

const roles = ['admin', 'supervisor'] as const
const listQuery = paging.extend({ text: z.string().max(40).optional() })
const removalQuery = z.strictObject({ reason: z.string().max(200) })

/** `/suppressions`: numbers that are not called. */
export function suppressionsApi(api: Api, deps: Deps): void {
  define(
    api,
    deps,
    {
      method: 'get',
      path: '/suppressions',
      roles,
      summary: 'Numbers that are not called',
      query: listQuery,
      reply: pageOf(suppressionReply),
    },
    async c => {
      const page = await deps.store.read('suppressions.page', queryOf(c, listQuery))
      return c.json({ items: page.items.map(item => suppressionReply.parse(item)), next: page.next })
    },
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/suppressions',
      roles,
      summary: 'Do not call a number',
      body: suppressionInput,
      reply: suppressionReply,
      status: 201,
    },
    async c => c.json(await addSuppression(deps.records, c.var.client.actor, await jsonBody(c)), 201),
  )
  define(
    api,
    deps,
    {
      method: 'delete',
      path: '/suppressions/:number',
      roles: ['admin'],
      summary: 'It may be called again, and why',
      query: removalQuery,
    },
    async c => {
      const { reason } = queryOf(c, removalQuery)
      await removeSuppression(deps.records, c.var.client.actor, { number: c.req.param('number')!, reason })
      return c.body(null, 204)
    },
  )
}

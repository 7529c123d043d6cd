import { z } from '@hono/zod-openapi'
import { callResults } from '../../centre/entities.ts'
import { idPattern, type UserId } from '../../lib/ids.ts'
import { NotNow } from '../../records/errors.ts'
import { parseInput } from '../../records/parse.ts'
import type { CallbackRecord } from '../../store/campaigns/callbacks.ts'
import { callbackById, closeCallback } from '../callbacks.ts'
import type { Deps } from '../deps.ts'
import { paging, queryOf } from './query.ts'
import { pageOf } from './replies.ts'
import { type Api, define, jsonBody } from './route.ts'

const instant = z.int().openapi({ description: 'Unix time, ms' })
const id = z.string()

const callbackQuery = paging.extend({
  /** That agent's, and anyone's. */
  agent: z.string().regex(idPattern).optional(),
  due: z.enum(['true', 'false']).optional(),
})
const closingInput = z.strictObject({ reason: z.string().trim().min(1).max(200) }).openapi('CallbackClosing')
const callbackReply = z
  .object({
    id,
    at: instant.openapi({ description: 'The minute it was promised for' }),
    number: z.string(),
    agent: id.nullable().openapi({ description: 'null: anyone may keep it' }),
    campaign: id.nullable(),
    lead: id.nullable(),
    queue: id.nullable(),
    reason: z.enum(['agreed', 'abandoned', 'overflow']),
    tries: z.int(),
    lastResult: z.enum(callResults).nullable(),
    nextAt: instant
      .nullable()
      .openapi({ description: 'When the machine tries again; null: not tried yet, or by hand' }),
  })
  .openapi('Callback')

/** `/callbacks`: those that are owed, and closing one. */
export function callbacksApi(api: Api, deps: Deps): void {
  define(
    api,
    deps,
    {
      method: 'get',
      path: '/callbacks',
      roles: ['supervisor', 'quality', 'auditor', 'admin'],
      summary: 'Callbacks that are owed, the oldest promise first',
      query: callbackQuery,
      reply: pageOf(callbackReply),
    },
    async c => {
      const { due, agent, ...rest } = queryOf(c, callbackQuery)
      const page = await deps.store.read('callbacks.open', {
        ...rest,
        ...(agent === undefined ? {} : { agent: agent as UserId }),
        ...(due === 'true' ? { dueBy: deps.clock.now() } : {}),
      })
      return c.json({ items: page.items.map(shown), next: page.next })
    },
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/callbacks/:id/closing',
      roles: ['supervisor', 'admin'],
      summary: 'It was settled in another way: nobody is called for it any more',
      body: closingInput,
    },
    async c => {
      const { reason } = parseInput(closingInput, await jsonBody(c))
      const callback = await callbackById(deps, c.req.param('id') ?? '')
      const outcome = await closeCallback(deps, c.var.client.actor, callback, reason)
      if (!outcome.ok) throw new NotNow(outcome.refusal.rule, outcome.refusal.words)
      return c.body(null, 204)
    },
  )
}

function shown(callback: CallbackRecord) {
  return callbackReply.parse(callback)
}

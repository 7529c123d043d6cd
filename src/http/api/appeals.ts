import { z } from '@hono/zod-openapi'
import type { CallId } from '../../lib/ids.ts'
import { NotFound } from '../../records/errors.ts'
import type { Deps } from '../deps.ts'
import { pageOf } from './replies.ts'
import { type Api, define } from './route.ts'
import { checkCall } from './team-sight.ts'

const id = z.string().min(1).max(64)

const appealReply = z
  .object({
    call: id,
    agent: id,
    reason: z.string().openapi({ description: 'May be empty' }),
    askedAt: z.int().openapi({ description: 'Unix ms' }),
    takenBy: z.union([id, z.null()]).openapi({ description: 'The supervisor who came; null: nobody' }),
    waitedMs: z.union([z.int(), z.null()]).openapi({ description: 'Until the first supervisor took it' }),
    endedAt: z.union([z.int(), z.null()]),
    how: z
      .union([z.enum(['withdrawn', 'done', 'passed_on', 'call_over', 'restarted']), z.null()])
      .openapi({ description: 'How it ended; null: it has not' }),
    endedBy: z.union([id, z.null()]),
  })
  .openapi('Appeal')

/** `/calls/:id/appeals` */
export function appealApi(api: Api, deps: Deps): void {
  define(
    api,
    deps,
    {
      method: 'get',
      path: '/calls/:id/appeals',
      roles: ['supervisor', 'quality', 'auditor', 'admin'],
      byTeam: true,
      summary:
        'When the agent of a call asked the supervisors for help, who came, how soon, and how it ended; oldest first',
      reply: pageOf(appealReply),
    },
    async c => {
      const call = c.req.param('id') as CallId
      await checkCall(c, deps, call)
      if ((await deps.store.read('calls.byId', { id: call })) === null) throw new NotFound('call', call)
      return c.json({ items: await deps.store.read('appeals.ofCall', { call }), next: null })
    },
  )
}

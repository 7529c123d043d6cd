import { z } from '@hono/zod-openapi'
import { saveTollRules, tollRulesInput } from '../../records/gate/toll.ts'
import type { Deps } from '../deps.ts'
import { paging, queryOf } from './query.ts'
import { type Api, define, jsonBody } from './route.ts'

const alarmQuery = paging.pick({ limit: true })
const alarmReply = z
  .object({
    seq: z.int(),
    at: z.int(),
    rule: z.string(),
    user: z.string().nullable(),
    call: z.string().nullable(),
    number: z.string(),
    words: z.string(),
    address: z
      .string()
      .nullable()
      .openapi({ description: 'From where a password is guessed, of a phone or at sign-in' }),
    trunk: z.string().nullable(),
    calls: z
      .int()
      .nullable()
      .openapi({ description: 'Calls of `trunk` that are told of together, and in no call of their own' }),
    goOn: z.int().nullable().openapi({
      description:
        'Of a thread that died: calls (`media_died`), recordings (`recording_died`) or browsers (`dtls_died`) that go on by another one',
    }),
    cut: z.int().nullable().openapi({ description: 'Those that were cut off' }),
  })
  .openapi('Alarm')

/** `/toll/rules`: what may be dialled; `/alarms`: what people were told of at once. */
export function safetyApi(api: Api, deps: Deps): void {
  const { store, records } = deps
  const readers = ['admin', 'security', 'supervisor', 'auditor'] as const
  define(
    api,
    deps,
    {
      method: 'get',
      path: '/toll/rules',
      roles: readers,
      summary: 'What may be dialled: emergency numbers, barred beginnings, calls abroad by hand',
      reply: tollRulesInput,
    },
    c => c.json(deps.engine.state.toll.rules),
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/toll/rules',
      roles: ['admin', 'security'],
      summary: 'Set them; what is left out takes its default',
      body: tollRulesInput,
      reply: tollRulesInput,
    },
    async c => c.json(await saveTollRules(records, c.var.client.actor, await jsonBody(c))),
  )
  define(
    api,
    deps,
    {
      method: 'get',
      path: '/alarms',
      roles: readers,
      summary:
        'Emergency numbers dialled, refusals of the guard against toll fraud, passwords guessed, media threads that died; newest first',
      query: alarmQuery,
      reply: z.object({ items: z.array(alarmReply), next: z.null() }),
    },
    async c => {
      const { limit = 100 } = queryOf(c, alarmQuery)
      return c.json({ items: await store.read('alarms.page', { limit }), next: null })
    },
  )
}

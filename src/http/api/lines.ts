import { z } from '@hono/zod-openapi'
import { explainLine } from '../../centre/lines/explain-line.ts'
import type { CampaignId } from '../../lib/ids.ts'
import { idPattern } from '../../lib/ids.ts'
import { campaignById } from '../../records/campaigns/campaigns.ts'
import { phoneNumber } from '../../records/schemas.ts'
import { clearAreas, importAreas, lineRulesInput, saveLineRules } from '../../records/telephony/lines.ts'
import type { Deps } from '../deps.ts'
import { BadRequest } from '../problem.ts'
import { period, queryOf } from './query.ts'
import { type Api, define, jsonBody } from './route.ts'

const writers = ['admin'] as const
const readers = ['admin', 'supervisor'] as const
const orNull = <T extends z.ZodType>(schema: T) => schema.nullable()
const dayMs = 86_400_000

const lineQuery = z.strictObject({ campaign: z.string().regex(idPattern).optional(), number: phoneNumber.optional() })
const hourQuery = period.extend({
  trunk: z.string().regex(idPattern).optional(),
  callerId: z.string().max(20).optional(),
})

const lineReply = z
  .object({
    trunk: z.string(),
    trunkName: z.string(),
    callerId: orNull(z.string()).openapi({ description: 'null: the trunk as a whole' }),
    dialled: z.number().openapi({ description: 'Of about the last hour, older calls weighing less' }),
    outcomes: z.number(),
    connectRate: orNull(z.number()),
    delayMs: orNull(z.number()).openapi({ description: 'Post-dial delay, mean' }),
    shortRate: orNull(z.number()).openapi({ description: 'Talks under 10 s of those connected' }),
    results: z.record(z.string(), z.number()),
    lastHour: orNull(z.int()),
    obstacle: orNull(z.object({ rule: z.string(), words: z.string() })),
    restingUntil: orNull(z.int()),
    restReason: orNull(z.string()),
    minShare: z.number(),
    maxShare: z.number(),
    judged: orNull(z.record(z.string(), z.union([z.number(), z.boolean()]))).openapi({
      description: 'How it was weighed for this call: rate, expected, drawn, short, delay, place, score, share',
    }),
    chosen: z.boolean(),
  })
  .openapi('Line')

const linesReply = z
  .object({
    items: z.array(lineReply),
    next: z.null(),
    why: orNull(z.object({ trunk: z.string(), callerId: z.string() })).openapi({
      description: 'only, turn, floor or score',
    }),
    refusal: orNull(z.object({ rule: z.string(), words: z.string() })),
  })
  .openapi('Lines')

const hourReply = z
  .object({
    hourAt: z.int(),
    trunk: z.string(),
    callerId: z.string(),
    dialled: z.int(),
    outcomes: z.int(),
    answered: z.int(),
    connected: z.int(),
    short: z.int(),
    delays: z.int(),
    delayMs: z.int(),
    talkMs: z.int(),
  })
  .openapi('LineHour')

const areaReport = z
  .object({
    accepted: z.int(),
    rejected: z.array(z.object({ row: z.int(), field: z.string(), reason: z.string() })),
    rejectedCount: z.int(),
  })
  .openapi('AreaReport')

/** `/lines`: each trunk and caller ID live, and why a call to a number would go out on which; by the hour; rules; home cities. */
export function linesApi(api: Api, deps: Deps): void {
  const { records, store } = deps
  define(
    api,
    deps,
    {
      method: 'get',
      path: '/lines',
      roles: readers,
      summary: 'Lines, and which a call would take',
      query: lineQuery,
      reply: linesReply,
    },
    async c => {
      const { campaign, number } = queryOf(c, lineQuery)
      if (campaign !== undefined) await campaignById(records, campaign as CampaignId)
      const { state } = deps.engine
      const told = explainLine(state, (campaign as CampaignId) ?? null, number ?? null, deps.clock.now())
      const refusal = told.chosen.ok ? null : told.chosen.refusal
      return c.json({ items: told.lines, next: null, why: told.why, refusal })
    },
  )
  define(
    api,
    deps,
    {
      method: 'get',
      path: '/lines/hours',
      roles: readers,
      summary: 'How lines did by the hour, by default of the last 24; 20,000 rows at most',
      query: hourQuery,
      reply: z.object({ items: z.array(hourReply), next: z.null() }),
    },
    async c => {
      const { to = deps.clock.now() + 1, from = to - dayMs, ...line } = queryOf(c, hourQuery)
      return c.json({ items: await store.read('lines.hours', { from, to, ...line }), next: null })
    },
  )
  define(
    api,
    deps,
    { method: 'get', path: '/lines/rules', roles: readers, summary: 'When a caller ID rests', reply: lineRulesInput },
    c => c.json(deps.engine.state.lines.rules),
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/lines/rules',
      roles: writers,
      summary: 'Set them; what is left out takes its default',
      body: lineRulesInput,
      reply: lineRulesInput,
    },
    async c => c.json(await saveLineRules(records, c.var.client.actor, await jsonBody(c))),
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/lines/areas',
      roles: writers,
      summary: 'Home cities of mobile numbers: CSV of seven digits and an area code (text/csv)',
      body: z.string(),
      bodyTypes: ['text/csv'],
      reply: areaReport,
    },
    async c => {
      const type = c.req.header('content-type') ?? ''
      if (!/^text\/csv\b/i.test(type))
        throw new BadRequest(415, `found the content type ${type.slice(0, 60) || 'none'}; allowed: text/csv`)
      const bytes = [new Uint8Array(await c.req.arrayBuffer())]
      return c.json(await importAreas(records, c.var.client.actor, bytes))
    },
  )
  define(
    api,
    deps,
    { method: 'delete', path: '/lines/areas', roles: writers, summary: 'Forget all home cities' },
    async c => {
      await clearAreas(records, c.var.client.actor)
      return c.body(null, 204)
    },
  )
}

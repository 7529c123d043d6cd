import { z } from '@hono/zod-openapi'
import { batchStates, commissionOf, placementStates, unlistedWhys } from '../../lender/placement.ts'
import { exportBatch } from '../../records/agencies/placement-export.ts'
import {
  batchExportInput,
  placementFilter,
  placementOrder,
  recallOrder,
} from '../../records/agencies/placement-schemas.ts'
import { batchById, placeBatch } from '../../records/agencies/placements.ts'
import { recallBatch } from '../../records/agencies/recalls.ts'
import type { BatchRecord } from '../../store/lender/placements.ts'
import type { Ctx, Deps } from '../deps.ts'
import { paging, queryOf } from './query.ts'
import { pageOf } from './replies.ts'
import { type Api, define, jsonBody } from './route.ts'

const placers = ['admin', 'supervisor'] as const
const readers = ['admin', 'supervisor', 'quality', 'auditor'] as const
const instant = z.int().openapi({ description: 'Unix time, ms' })
const orNull = <T extends z.ZodType>(schema: T) => schema.nullable()
const batchesQuery = paging.extend({ agency: z.string().max(64).optional() })
const casesQuery = paging.extend({ state: z.enum(placementStates).optional() })

const batchReply = z
  .object({
    id: z.string(),
    agency: z.string(),
    name: z.string(),
    state: z.enum(batchStates),
    until: z.string(),
    filter: placementFilter,
    campaign: orNull(z.string()),
    commissionPermille: z.int(),
    cases: z.object({ waiting: z.int(), placed: z.int(), ended: z.int(), refused: z.int() }),
    unlisted: z.int().openapi({
      description:
        'Cases of the plan that never were listed: the service was stopped meanwhile, and afterwards the plan came out otherwise',
    }),
    unlistedWhy: orNull(z.enum(unlistedWhys)),
    sums: z
      .array(
        z.object({
          currency: z.string(),
          owed: z.int(),
          recovered: z.int(),
          repayments: z.int(),
          commission: z.int(),
        }),
      )
      .openapi({
        description:
          'Minor units: what was owed of what was placed, what came in meanwhile, and what the agency is owed of it',
      }),
    openedBy: z.string(),
    openedAt: instant,
    placedAt: orNull(instant),
    endedAt: orNull(instant),
    reason: orNull(z.string()),
  })
  .openapi('AgencyBatch')
const placementReply = z
  .object({
    case: z.string(),
    party: z.string(),
    state: z.enum(placementStates),
    agent: orNull(z.string()),
    owed: z.int(),
    owedNow: z.int(),
    currency: z.string(),
    why: orNull(z.string()),
    placedAt: orNull(instant),
    endedAt: orNull(instant),
  })
  .openapi('Placement')
const recalledReply = z.object({ recalled: z.int() }).openapi('Recalled')

/** `/agencies/:id/batches` and `/batches`: cases placed, what came in, and recall. */
export function batchesApi(api: Api, deps: Deps): void {
  const { records, store } = deps
  const idOf = (c: Ctx) => c.req.param('id')!
  const shown = async (batch: BatchRecord) => {
    const { waiting, placed, ended, refused, sums } = await store.read('batches.figures', { batch: batch.id })
    const { name, filter, campaign, commissionPermille } = batch.doc
    return batchReply.parse({
      ...batch,
      ...{ name, filter, campaign, commissionPermille, cases: { waiting, placed, ended, refused } },
      sums: sums.map(sum => ({ ...sum, commission: commissionOf(sum.recovered, commissionPermille) })),
    })
  }

  define(
    api,
    deps,
    {
      method: 'post',
      path: '/agencies/:id/batches',
      roles: placers,
      summary: 'Place what the dry run showed, as one batch; 409 `plan-changed` when it would not come out so any more',
      body: placementOrder,
      reply: batchReply,
      status: 201,
    },
    async c => {
      const batch = await placeBatch(records, c.var.client.actor, idOf(c), await jsonBody(c))
      c.header('Location', `/api/v1/batches/${batch.id}`)
      return c.json(await shown(batch), 201)
    },
  )
  define(
    api,
    deps,
    {
      method: 'get',
      path: '/batches',
      roles: readers,
      summary: 'Batches, the newest first; of an agency, or of all',
      query: batchesQuery,
      reply: pageOf(batchReply),
    },
    async c => {
      const page = await store.read('batches.page', queryOf(c, batchesQuery))
      return c.json({ items: await Promise.all(page.items.map(shown)), next: page.next })
    },
  )
  define(
    api,
    deps,
    { method: 'get', path: '/batches/:id', roles: readers, summary: 'One batch', reply: batchReply },
    async c => c.json(await shown(await batchById(records, idOf(c)))),
  )
  define(
    api,
    deps,
    {
      method: 'get',
      path: '/batches/:id/cases',
      roles: readers,
      summary: 'What became of each case of a batch, by case id',
      query: casesQuery,
      reply: pageOf(placementReply),
    },
    async c => {
      const { id } = await batchById(records, idOf(c))
      const page = await store.read('placements.page', { ...queryOf(c, casesQuery), batch: id })
      return c.json({ items: page.items.map(each => placementReply.parse(each)), next: page.next })
    },
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/batches/:id/recall',
      roles: placers,
      summary:
        'Some cases, or all that is placed of it, come back to where they were; what rings for them is withdrawn',
      body: recallOrder,
      reply: recalledReply,
    },
    async c => c.json(await recallBatch(records, c.var.client.actor, idOf(c), await jsonBody(c))),
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/batches/:id/export',
      roles: ['admin'],
      summary:
        'What is placed of it, as a file for the agency with masked numbers; each one is in the journal with its SHA-256',
      body: batchExportInput,
      replyType: 'application/octet-stream',
      secret: true,
    },
    async c => {
      const file = await exportBatch(records, c.var.client.actor, idOf(c), await jsonBody(c))
      return c.body(new Uint8Array(file.bytes), 200, {
        'Content-Type': file.type,
        'Content-Disposition': `attachment; filename="${file.name}"`,
        'X-Content-SHA256': file.sha256,
      })
    },
  )
}

import { Readable } from 'node:stream'
import { z } from '@hono/zod-openapi'
import { importKinds, importTroubles } from '../../centre/records/file-import.ts'
import type { CampaignId, FileImportId } from '../../lib/ids.ts'
import { InvalidInput } from '../../records/errors.ts'
import type { ImportView } from '../../records/import/import-view.ts'
import { importRun } from '../../records/import/imports.ts'
import { parseInput } from '../../records/parse.ts'
import type { Ctx, Deps } from '../deps.ts'
import { errorsCsv } from '../import-errors.ts'
import { paging, queryOf } from './query.ts'
import { pageOf } from './replies.ts'
import { type Api, define, jsonBody } from './route.ts'

const roles = ['admin'] as const
const sheetType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

const received = z.strictObject({
  kind: z.enum(importKinds),
  /** Of leads: whose they become. */
  campaign: z.string().max(64).optional(),
  name: z.string().max(200).optional(),
})
const stateInput = z.strictObject({ state: z.enum(['running', 'cancelled']) }).openapi('ImportStateInput')
const count = z.int()
const importReply = z
  .object({
    id: z.string(),
    kind: z.enum(importKinds),
    campaign: z.string().nullable(),
    name: z.string(),
    bytes: count,
    sha256: z.string(),
    receivedAt: count,
    startedAt: count.nullable(),
    endedAt: count.nullable(),
    state: z.enum(['received', 'waiting', 'running', 'stopped', 'finished', 'cancelled', 'failed']),
    counts: z.object({ rows: count, saved: count, unchanged: count, rejected: count }),
    done: z.number().openapi({ description: 'Share of the file, 0 to 1' }),
    perSecond: z.number().nullable(),
    leftMs: z.number().nullable(),
    trouble: z.string().nullable(),
    troubleWhy: z
      .enum(importTroubles)
      .nullable()
      .openapi({ description: 'Why it failed, by a name; null beside a trouble: told before there were names for it' }),
  })
  .openapi('Import')
const inspected = importReply
  .extend({
    headings: z.array(z.string()),
    columns: z.array(z.string()).openapi({ description: 'What each column probably is; an empty text is left out' }),
  })
  .openapi('ImportReceived')

/** `/imports`: a file is sent, its columns are named, it runs as a job. */
export function importsApi(api: Api, deps: Deps): void {
  const { imports } = deps
  const idOf = (c: Ctx) => c.req.param('id') as FileImportId
  const shown = (view: ImportView) => importReply.parse(view)

  define(
    api,
    deps,
    {
      method: 'get',
      path: '/imports',
      roles,
      summary: 'Imports, newest first',
      query: paging,
      reply: pageOf(importReply),
    },
    async c => {
      const { items, next } = await imports.page(queryOf(c, paging))
      return c.json({ items: items.map(shown), next })
    },
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/imports',
      roles,
      summary: 'Send a file; it is not read into the records before it is run',
      bodyTypes: ['text/csv', sheetType],
      query: received,
      reply: inspected,
      status: 201,
      streamed: true,
    },
    async c => {
      const { kind, campaign, name } = queryOf(c, received)
      const body = c.req.raw.body
      if (body === null)
        throw new InvalidInput([{ field: 'body', found: 'nothing', allowed: `text/csv or ${sheetType}` }])
      const about = { kind, campaign: (campaign as CampaignId | undefined) ?? null, name: name ?? 'API' }
      const bytes = body as unknown as AsyncIterable<Uint8Array>
      const view = await imports.receive(c.var.client.actor, about, bytes)
      const { headings, guess } = await imports.inspection(view.id)
      c.header('Location', `/api/v1/imports/${view.id}`)
      return c.json({ ...shown(view), headings, columns: guess }, 201)
    },
  )
  define(
    api,
    deps,
    { method: 'get', path: '/imports/:id', roles, summary: 'One import and how far it is', reply: importReply },
    async c => c.json(shown(await imports.view(idOf(c)))),
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/imports/:id/runs',
      roles,
      summary: 'Read it into the records, from its first row; what is there word for word changes nothing',
      body: importRun,
      reply: importReply,
      status: 202,
    },
    async c => c.json(shown(await imports.start(c.var.client.actor, idOf(c), await jsonBody(c))), 202),
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/imports/:id/state',
      roles,
      summary: 'Cancel it, or let it go on where it stopped',
      body: stateInput,
      reply: importReply,
      status: 202,
    },
    async c => {
      const { state } = parseInput(stateInput, await jsonBody(c))
      const { actor } = c.var.client
      return c.json(
        shown(await (state === 'cancelled' ? imports.cancel(idOf(c)) : imports.resume(actor, idOf(c)))),
        202,
      )
    },
  )
  define(
    api,
    deps,
    {
      method: 'get',
      path: '/imports/:id/errors',
      roles,
      summary: 'The rows that did not come through',
      replyType: 'text/csv',
    },
    async c => {
      const text = errorsCsv(await imports.rejected(idOf(c)), {
        heads: ['row', 'field', 'reason'],
        headings: await imports.headings(idOf(c)),
        shown: cell => cell,
        hidden: new Set(),
        words: row => row,
      })
      return c.body(Readable.toWeb(Readable.from(text)) as ReadableStream, 200, {
        'Content-Type': 'text/csv; charset=utf-8',
      })
    },
  )
}

import { z } from '@hono/zod-openapi'
import { exportForms, exportKinds } from '../../centre/records/table-export.ts'
import type { TableExportId } from '../../lib/ids.ts'
import { parseInput } from '../../records/parse.ts'
import { tableExportInput } from '../../records/table-export/schema.ts'
import type { Sight, TableExportView } from '../../records/table-export/table-exports.ts'
import type { Ctx, Deps } from '../deps.ts'
import { tableResponse } from '../download.ts'
import { mayShowSecrets } from '../shown-party.ts'
import { paging, queryOf } from './query.ts'
import { pageOf } from './replies.ts'
import { type Api, define, jsonBody } from './route.ts'

const roles = ['admin'] as const
const count = z.int()
const stateInput = z.strictObject({ state: z.enum(['cancelled']) }).openapi('TableExportStateInput')
const tableExportReply = z
  .object({
    id: z.string(),
    kind: z.enum(exportKinds),
    form: z.enum(exportForms),
    language: z.enum(['zh-CN', 'en']),
    filter: z.record(z.string(), z.string()),
    numbers: z.enum(['clear', 'masked']),
    secrets: z.boolean(),
    reason: z.string(),
    requestedBy: z.string(),
    requestedAt: count,
    endedAt: count.nullable(),
    state: z.enum(['waiting', 'running', 'finished', 'cancelled', 'failed', 'erased']),
    done: z.number().openapi({ description: 'Share of the records that were looked at, 0 to 1' }),
    rows: count,
    bytes: count,
    sha256: z.string().nullable(),
    downloads: count,
    trouble: z.string().nullable(),
  })
  .openapi('TableExport')

/** `/table-exports`: tables of the records as files that an import reads back. (`/exports` are of evidence.) */
export function tableExportsApi(api: Api, deps: Deps): void {
  const { tableExports } = deps
  const idOf = (c: Ctx) => c.req.param('id') as TableExportId
  const shown = (view: TableExportView) => tableExportReply.parse(view)
  const sight = (c: Ctx): Sight => ({ numbers: true, secrets: mayShowSecrets.some(role => role === c.var.client.role) })

  define(
    api,
    deps,
    {
      ...{ method: 'get', path: '/table-exports', roles, query: paging, reply: pageOf(tableExportReply) },
      summary: 'Exports of the records, newest first',
    },
    async c => {
      const { items, next } = await tableExports.page(queryOf(c, paging))
      return c.json({ items: items.map(shown), next })
    },
  )
  define(
    api,
    deps,
    {
      ...{
        method: 'post',
        path: '/table-exports',
        roles,
        body: tableExportInput,
        reply: tableExportReply,
        status: 202,
      },
      summary: 'Write parties, loans, leads, repayments or do-not-call into a file',
    },
    async c => {
      const view = await tableExports.request(c.var.client.actor, sight(c), await jsonBody(c))
      c.header('Location', `/api/v1/table-exports/${view.id}`)
      return c.json(shown(view), 202)
    },
  )
  define(
    api,
    deps,
    {
      ...{ method: 'get', path: '/table-exports/:id', roles, reply: tableExportReply },
      summary: 'One export and how far it is',
    },
    async c => c.json(shown(await tableExports.view(idOf(c)))),
  )
  define(
    api,
    deps,
    {
      ...{ method: 'post', path: '/table-exports/:id/state', roles, body: stateInput, reply: tableExportReply },
      ...{ status: 202, summary: 'Cancel it' },
    },
    async c => {
      parseInput(stateInput, await jsonBody(c))
      return c.json(shown(await tableExports.cancel(idOf(c))), 202)
    },
  )
  define(
    api,
    deps,
    {
      ...{ method: 'get', path: '/table-exports/:id/file', roles, replyType: 'application/octet-stream' },
      summary: 'The finished file, for seven days; that it was fetched stands in the journal',
    },
    c =>
      tableResponse(c, {
        about: () => tableExports.about(sight(c), idOf(c)),
        fetch: () => tableExports.download(c.var.client.actor, sight(c), idOf(c)),
      }),
  )
}

import type { ExportId, UserId } from '../../lib/ids.ts'
import { exportInput } from '../../records/schemas.ts'
import type { Ctx, Deps } from '../deps.ts'
import { downloadResponse } from '../download.ts'
import { exportReply } from './recording-replies.ts'
import { pageOf } from './replies.ts'
import { type Api, define, jsonBody } from './route.ts'

const roles = ['auditor'] as const

/** `/exports`: asked for, made in the background, fetched. */
export function exportsApi(api: Api, deps: Deps): void {
  const { exports } = deps
  const idOf = (c: Ctx) => c.req.param('id') as ExportId
  /** The token stands in the place of the person; the actor of the fact says that it is one. */
  const by = (c: Ctx) => {
    const { actor, token, person } = c.var.client
    return { actor, user: token as string as UserId, name: actor, person }
  }
  define(
    api,
    deps,
    { method: 'get', path: '/exports', roles, summary: 'Exports, newest first', reply: pageOf(exportReply) },
    async c => c.json({ items: (await exports.list()).map(item => exportReply.parse(item)), next: null }),
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/exports',
      roles,
      summary: 'Ask for an evidence zip',
      body: exportInput,
      reply: exportReply,
      status: 202,
    },
    async c => {
      const view = await exports.request(by(c), await jsonBody(c))
      c.header('Location', `/api/v1/exports/${view.id}`)
      return c.json(exportReply.parse(view), 202)
    },
  )
  define(
    api,
    deps,
    { method: 'get', path: '/exports/:id', roles, summary: 'One export and how far it is', reply: exportReply },
    async c => c.json(exportReply.parse(await exports.view(idOf(c)))),
  )
  define(
    api,
    deps,
    { method: 'get', path: '/exports/:id/file', roles, summary: 'The finished zip', replyType: 'application/zip' },
    c => downloadResponse(c, { about: () => exports.about(idOf(c)), fetch: () => exports.download(by(c), idOf(c)) }),
  )
}

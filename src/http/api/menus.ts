import type { MenuId } from '../../lib/ids.ts'
import { menuChange, menuInput } from '../../records/telephony/menu-schemas.ts'
import { changeMenu, createMenu, menuById, removeMenu } from '../../records/telephony/menus.ts'
import type { Ctx, Deps } from '../deps.ts'
import { menuReply } from './menu-reply.ts'
import { pageOf } from './replies.ts'
import { type Api, define, jsonBody } from './route.ts'

const writers = ['admin'] as const
const readers = ['admin', 'supervisor'] as const

/** `/menus`: voice menus, which numbers and transfers lead to as `{ivr: ID}`. */
export function menusApi(api: Api, deps: Deps): void {
  const { records, store } = deps
  const idOf = (c: Ctx) => c.req.param('id') as MenuId
  const path = '/menus'
  const reply = menuReply
  define(
    api,
    deps,
    { method: 'get', path, roles: readers, summary: 'All voice menus', reply: pageOf(reply) },
    async c => c.json({ items: await store.read('menus.list', {}), next: null }),
  )
  define(
    api,
    deps,
    { method: 'post', path, roles: writers, summary: 'Add a voice menu', body: menuInput, reply, status: 201 },
    async c => {
      const menu = await createMenu(records, c.var.client.actor, await jsonBody(c))
      c.header('Location', `/api/v1/menus/${menu.id}`)
      return c.json(menu, 201)
    },
  )
  define(api, deps, { method: 'get', path: `${path}/:id`, roles: readers, summary: 'One voice menu', reply }, async c =>
    c.json(await menuById(records, idOf(c))),
  )
  define(
    api,
    deps,
    { method: 'patch', path: `${path}/:id`, roles: writers, summary: 'Change a voice menu', body: menuChange, reply },
    async c => c.json(await changeMenu(records, c.var.client.actor, idOf(c), await jsonBody(c))),
  )
  define(
    api,
    deps,
    { method: 'delete', path: `${path}/:id`, roles: writers, summary: 'Remove a voice menu' },
    async c => {
      await removeMenu(records, c.var.client.actor, idOf(c))
      return c.body(null, 204)
    },
  )
}

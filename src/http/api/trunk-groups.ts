import type { TrunkGroupId } from '../../lib/ids.ts'
import { trunkGroupChange, trunkGroupInput } from '../../records/schemas.ts'
import {
  changeTrunkGroup,
  createTrunkGroup,
  removeTrunkGroup,
  trunkGroupById,
} from '../../records/telephony/trunk-groups.ts'
import type { Ctx, Deps } from '../deps.ts'
import { pageOf, trunkGroupReply } from './replies.ts'
import { type Api, define, jsonBody } from './route.ts'

const writers = ['admin'] as const
const readers = ['admin', 'supervisor'] as const

/** `/trunk-groups` */
export function trunkGroupsApi(api: Api, deps: Deps): void {
  const { records, store } = deps
  const idOf = (c: Ctx) => c.req.param('id') as TrunkGroupId
  const path = '/trunk-groups'
  const reply = trunkGroupReply
  define(
    api,
    deps,
    { method: 'get', path, roles: readers, summary: 'All trunk groups', reply: pageOf(reply) },
    async c => c.json({ items: await store.read('trunkGroups.list', {}), next: null }),
  )
  define(
    api,
    deps,
    { method: 'post', path, roles: writers, summary: 'Add a trunk group', body: trunkGroupInput, reply, status: 201 },
    async c => {
      const group = await createTrunkGroup(records, c.var.client.actor, await jsonBody(c))
      c.header('Location', `/api/v1/trunk-groups/${group.id}`)
      return c.json(group, 201)
    },
  )
  define(
    api,
    deps,
    { method: 'get', path: `${path}/:id`, roles: readers, summary: 'One trunk group', reply },
    async c => c.json(await trunkGroupById(records, idOf(c))),
  )
  define(
    api,
    deps,
    {
      method: 'patch',
      path: `${path}/:id`,
      roles: writers,
      summary: 'Change a trunk group',
      body: trunkGroupChange,
      reply,
    },
    async c => c.json(await changeTrunkGroup(records, c.var.client.actor, idOf(c), await jsonBody(c))),
  )
  define(
    api,
    deps,
    { method: 'delete', path: `${path}/:id`, roles: writers, summary: 'Remove a trunk group' },
    async c => {
      await removeTrunkGroup(records, c.var.client.actor, idOf(c))
      return c.body(null, 204)
    },
  )
}

import { z } from '@hono/zod-openapi'
import type { TeamId } from '../../lib/ids.ts'
import { changeTeam, createTeam, removeTeam, teamById, teamChange, teamInput } from '../../records/people/teams.ts'
import type { Ctx, Deps } from '../deps.ts'
import { pageOf } from './replies.ts'
import { type Api, define, jsonBody } from './route.ts'

const writers = ['admin'] as const
const readers = ['admin', 'supervisor', 'quality'] as const
const id = z.string().min(1).max(64)
const reply = z
  .object({ id, name: z.string(), members: z.array(id), leaders: z.array(id) })
  .openapi('Team', { description: 'Who leads teams sees, hears and picks up for their members, and for nobody else' })

/** `/teams` */
export function teamsApi(api: Api, deps: Deps): void {
  const { records, store } = deps
  const path = '/teams'
  const idOf = (c: Ctx) => c.req.param('id') as TeamId
  define(api, deps, { method: 'get', path, roles: readers, summary: 'All teams', reply: pageOf(reply) }, async c =>
    c.json({ items: await store.read('teams.list', {}), next: null }),
  )
  define(
    api,
    deps,
    { method: 'post', path, roles: writers, summary: 'Add a team', body: teamInput, reply, status: 201 },
    async c => {
      const team = await createTeam(records, c.var.client.actor, await jsonBody(c))
      c.header('Location', `/api/v1/teams/${team.id}`)
      return c.json(team, 201)
    },
  )
  define(api, deps, { method: 'get', path: `${path}/:id`, roles: readers, summary: 'One team', reply }, async c =>
    c.json(await teamById(records, idOf(c))),
  )
  define(
    api,
    deps,
    { method: 'patch', path: `${path}/:id`, roles: writers, summary: 'Change a team', body: teamChange, reply },
    async c => c.json(await changeTeam(records, c.var.client.actor, idOf(c), await jsonBody(c))),
  )
  define(api, deps, { method: 'delete', path: `${path}/:id`, roles: writers, summary: 'Remove a team' }, async c => {
    await removeTeam(records, c.var.client.actor, idOf(c))
    return c.body(null, 204)
  })
}

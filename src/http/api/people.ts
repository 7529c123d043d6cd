import type { TokenId, UserId } from '../../lib/ids.ts'
import { tokenInput, userChange, userInput } from '../../records/schemas.ts'
import { issueToken, revokeToken } from '../../records/tokens.ts'
import { changeUser, createUser, userById } from '../../records/users.ts'
import type { Deps } from '../deps.ts'
import { issuedTokenReply, pageOf, tokenReply, userReply } from './replies.ts'
import { type Api, define, jsonBody } from './route.ts'

const roles = ['admin', 'security'] as const

/** `/users`, `/tokens` */
export function peopleApi(api: Api, deps: Deps): void {
  const { records, store } = deps

  define(
    api,
    deps,
    { method: 'get', path: '/users', roles, summary: 'All people', reply: pageOf(userReply) },
    async c => c.json({ items: (await store.read('users.list', {})).map(user => userReply.parse(user)), next: null }),
  )
  define(
    api,
    deps,
    { method: 'post', path: '/users', roles, summary: 'Add a person', body: userInput, reply: userReply, status: 201 },
    async c => {
      const user = await createUser(records, c.var.client.actor, await jsonBody(c))
      c.header('Location', `/api/v1/users/${user.id}`)
      return c.json(user, 201)
    },
  )
  define(api, deps, { method: 'get', path: '/users/:id', roles, summary: 'One person', reply: userReply }, async c =>
    c.json(userReply.parse(await userById(records, c.req.param('id') as UserId))),
  )
  define(
    api,
    deps,
    { method: 'patch', path: '/users/:id', roles, summary: 'Change a person', body: userChange, reply: userReply },
    async c => c.json(await changeUser(records, c.var.client.actor, c.req.param('id') as UserId, await jsonBody(c))),
  )

  define(
    api,
    deps,
    { method: 'get', path: '/tokens', roles, summary: 'All tokens', reply: pageOf(tokenReply) },
    async c => c.json({ items: await store.read('tokens.list', {}), next: null }),
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/tokens',
      roles,
      summary: 'Issue a token',
      body: tokenInput,
      reply: issuedTokenReply,
      status: 201,
      secret: true,
    },
    async c => c.json(await issueToken(records, c.var.client.actor, await jsonBody(c)), 201),
  )
  define(api, deps, { method: 'delete', path: '/tokens/:id', roles, summary: 'Revoke a token' }, async c => {
    await revokeToken(records, c.var.client.actor, c.req.param('id') as TokenId)
    return c.body(null, 204)
  })
}

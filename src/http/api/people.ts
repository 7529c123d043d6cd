import type { ApprovalId, TokenId, UserId } from '../../lib/ids.ts'
import type { Asker } from '../../records/approvals.ts'
import { askToken, revokeToken, takeToken } from '../../records/people/tokens.ts'
import { changeUser, createUser, userById } from '../../records/people/users.ts'
import { tokenInput, userChange, userInput } from '../../records/schemas.ts'
import type { Ctx, Deps } from '../deps.ts'
import { issuedTokenReply, pageOf, tokenReply, userReply, waitingTokenReply } from './replies.ts'
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
    async c => c.json({ items: (await store.read('tokens.list', {})).map(one => tokenReply.parse(one)), next: null }),
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/tokens',
      roles,
      summary:
        'Issue a token; one that may do more than the token that asks, or where the setting says so, waits for a second person',
      body: tokenInput,
      reply: issuedTokenReply,
      status: 201,
      later: { status: 202, words: 'It waits for a second person', reply: waitingTokenReply },
      secret: true,
    },
    async c => {
      const asked = await askToken(records, askerOf(c), await jsonBody(c))
      if ('secret' in asked) return c.json(issuedTokenReply.parse(asked), 201)
      const { waits, name, role } = asked
      return c.json(waitingTokenReply.parse({ approval: waits, name, role }), 202)
    },
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/approvals/:id/token',
      roles,
      summary: 'The secret of a token that was approved: once, to the token that asked for it',
      reply: issuedTokenReply,
      status: 201,
      secret: true,
    },
    async c =>
      c.json(issuedTokenReply.parse(await takeToken(records, askerOf(c), c.req.param('id') as ApprovalId)), 201),
  )
  define(api, deps, { method: 'delete', path: '/tokens/:id', roles, summary: 'Revoke a token' }, async c => {
    await revokeToken(records, c.var.client.actor, c.req.param('id') as TokenId)
    return c.body(null, 204)
  })
}

export function askerOf(c: Ctx): Asker {
  const { actor, role, person } = c.var.client
  return { actor, role, person }
}

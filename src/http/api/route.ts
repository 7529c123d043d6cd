/**
 * How a route of the API is written: once, with its roles, its schemas and its words; the handler and the OpenAPI document both come of it.
 * The records door checks what comes in with the same schema that is named here.
 */
import { OpenAPIHono, z } from '@hono/zod-openapi'
import type { Role } from '../../centre/entities.ts'
import type { Ctx, Deps, Env } from '../deps.ts'
import { Forbidden, OtherTeam } from '../guard.ts'
import { BadRequest } from '../problem.ts'
import { authenticated } from './authenticate.ts'
import { once } from './idempotency.ts'
import { queryOf } from './query.ts'
import { problemReply } from './replies.ts'

export type Api = OpenAPIHono<Env>

export type RouteSpec = {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  /** `/users/:id` */
  path: string
  roles: readonly [Role, ...Role[]]
  summary: string
  body?: z.ZodType
  /** Other forms of the body, e.g. `text/csv`; without `body` the only ones. */
  bodyTypes?: string[]
  /** The handler reads it with `queryOf`. Absent: a query string with any field is refused. */
  query?: z.ZodObject
  /** Absent: no content (204), or what `replyType` names. */
  reply?: z.ZodType
  replyType?: string
  status?: 200 | 201 | 202 | 204
  /** What is answered instead when it is done later. */
  later?: { status: 202; words: string; reply: z.ZodType }
  /** The body goes on as it comes and is never in memory: `Idempotency-Key` is refused. */
  streamed?: boolean
  /** It keeps to the team of a token that is bound to one; every other route is closed to such a token. */
  byTeam?: boolean
  /** The reply holds a secret and is never kept: `Idempotency-Key` is refused. */
  secret?: boolean
}

const noQuery = z.strictObject({})

export function createApi(): Api {
  return new OpenAPIHono<Env>()
}

export function define(api: Api, deps: Deps, spec: RouteSpec, handler: (c: Ctx) => Response | Promise<Response>): void {
  describe(api, spec)
  const allowed = new Set<Role>(spec.roles)
  api.on(spec.method.toUpperCase(), spec.path, authenticated(deps), async (c: Ctx) => {
    if (!allowed.has(c.var.client.role)) throw new Forbidden(c.var.client.role)
    if (c.var.client.team !== null && spec.byTeam !== true)
      throw new OtherTeam(c.var.client.role, 'this token is bound to a team, and this is not shared out by teams')
    c.header('Cache-Control', 'no-store')
    if (spec.query === undefined) queryOf(c, noQuery)
    if (spec.streamed && c.req.header('idempotency-key') !== undefined)
      throw new BadRequest(
        400,
        'found Idempotency-Key; a file is not kept for it, and the same file twice changes nothing',
      )
    return spec.method === 'get' || spec.streamed ? handler(c) : once(c, deps, spec.secret === true, handler)
  })
}

/** The body as JSON; 415 and 400 with words. */
export async function jsonBody(c: Ctx): Promise<unknown> {
  const type = c.req.header('content-type') ?? ''
  if (!/^application\/(?:[\w.+-]+\+)?json\b/i.test(type))
    throw new BadRequest(415, `found the content type ${type.slice(0, 60) || 'none'}; allowed: application/json`)
  const text = await c.req.text()
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new BadRequest(400, `the body is not JSON: ${(cause as Error).message.slice(0, 200)}`)
  }
}

function describe(api: Api, spec: RouteSpec): void {
  const content = Object.fromEntries([
    ...(spec.body === undefined ? [] : [['application/json', { schema: spec.body }]]),
    ...(spec.bodyTypes ?? []).map(type => [type, { schema: { type: 'string' } }]),
  ])
  const status = spec.status ?? (spec.reply === undefined && spec.replyType === undefined ? 204 : 200)
  const { later } = spec
  const reply =
    spec.replyType !== undefined
      ? { [spec.replyType]: { schema: { type: 'string' } } }
      : spec.reply !== undefined
        ? { 'application/json': { schema: spec.reply } }
        : undefined
  const problem = { description: 'What is wrong', content: { 'application/problem+json': { schema: problemReply } } }
  api.openAPIRegistry.registerPath({
    method: spec.method,
    path: `/api/v1${spec.path.replace(/:(\w+)/g, '{$1}')}`,
    summary: spec.summary,
    description: `Roles: ${spec.roles.join(', ')}${spec.byTeam ? '; tokens that are bound to a team see that team alone' : ''}`,
    tags: [spec.path.split('/')[1]!],
    security: [{ token: [] }],
    parameters: [
      ...[...spec.path.matchAll(/:(\w+)/g)].map(match => ({
        name: match[1]!,
        in: 'path' as const,
        required: true,
        schema: { type: 'string' as const },
      })),
      ...(spec.method === 'get' || spec.secret || spec.streamed
        ? []
        : [
            {
              name: 'Idempotency-Key',
              in: 'header' as const,
              required: false,
              description: 'The same request with the same key is done once and answered alike, for a day.',
              schema: { type: 'string' as const, maxLength: 200 },
            },
          ]),
    ],
    request: {
      ...(spec.query ? { query: spec.query } : {}),
      ...(Object.keys(content).length > 0 ? { body: { required: true, content } } : {}),
    },
    responses: {
      [status]: { description: 'Done', ...(reply ? { content: reply } : {}) },
      ...(later
        ? { [later.status]: { description: later.words, content: { 'application/json': { schema: later.reply } } } }
        : {}),
      ...Object.fromEntries([400, 401, 403, 404, 409, 422].map(code => [code, problem])),
    },
  })
}

import { Hono } from 'hono'
import { z } from 'zod'
import { type CallId, isId } from '../../lib/ids.ts'
import { InvalidInput, NotFound } from '../../records/errors.ts'
import { parseInput } from '../../records/parse.ts'
import type { Ctx, Deps, Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { BadRequest } from '../problem.ts'
import { charactersMax, draftOf, fieldsMax, keepDraft } from './drafts.ts'

const draft = z.strictObject({
  fields: z.record(
    z.string().regex(/^[\w.@-]{1,160}$/, 'the id of a field'),
    z.union([z.string().max(charactersMax), z.boolean(), z.null()]),
  ),
})

/** `/agent/calls/:id/draft`: what the agent typed on the call in hand; of any other call, as of another's, there is none. */
export function draftRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()
  const { store, clock } = deps

  route.get('/agent/calls/:id/draft', allow('agent', 'supervisor'), async c => {
    const { agent, call } = inHand(c)
    c.header('Cache-Control', 'no-store')
    return c.json({ fields: await draftOf(store, agent, call, clock.now()) })
  })

  /** Fields that are named; the others stay. Answered when it is on the disk. */
  route.put('/agent/calls/:id/draft', allow('agent', 'supervisor'), async c => {
    const { agent, call } = inHand(c)
    const given = parseInput(draft, await bodyOf(c))
    const isOpen = () => deps.engine.state.agents.get(agent)?.call === call
    const outcome = await keepDraft(store, { agent, call, change: given.fields, now: clock.now(), isOpen })
    switch (outcome) {
      case 'kept':
        return c.body(null, 204)
      case 'over':
        throw new NotFound('call in hand', call)
      case 'too-large':
        throw new BadRequest(
          413,
          `found a larger draft; allowed: ${fieldsMax} fields, ${charactersMax} characters in all`,
        )
      default:
        return outcome satisfies never
    }
  })

  function inHand(c: Ctx) {
    const call = c.req.param('id') ?? ''
    const agent = c.var.user.id
    if (!isId(call) || deps.engine.state.agents.get(agent)?.call !== call) throw new NotFound('call in hand', call)
    return { agent, call: call as CallId }
  }

  return route
}

async function bodyOf(c: Ctx): Promise<unknown> {
  const text = await c.req.text()
  try {
    return JSON.parse(text)
  } catch {
    throw new InvalidInput([{ field: 'body', found: text.slice(0, 40) || 'nothing', allowed: 'JSON' }])
  }
}

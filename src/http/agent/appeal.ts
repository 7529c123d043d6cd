/** `/agent/calls/:id/appeal`: the agent asks the supervisors to come, and takes it back. */
import { Hono } from 'hono'
import type { Input } from '../../centre/inputs.ts'
import { type CallId, isId } from '../../lib/ids.ts'
import { NotFound } from '../../records/errors.ts'
import type { Ctx, Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { textOf, typedOf } from '../typed.ts'

export function appealRoutes(act: (c: Ctx, input: Input) => Promise<Response>): Hono<Env> {
  const route = new Hono<Env>()

  route.post('/agent/calls/:id/appeal', allow('agent', 'supervisor'), async c => {
    const reason = textOf(await typedOf(c), 'reason')
    return act(c, { type: 'agent.appeal', agent: c.var.user.id, call: callOf(c), reason })
  })

  route.delete('/agent/calls/:id/appeal', allow('agent', 'supervisor'), c =>
    act(c, { type: 'agent.withdrawAppeal', agent: c.var.user.id, call: callOf(c) }),
  )

  return route
}

function callOf(c: Ctx): CallId {
  const id = c.req.param('id') ?? ''
  if (!isId(id)) throw new NotFound('call', id)
  return id as CallId
}

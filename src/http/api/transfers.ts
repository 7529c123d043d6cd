import { z } from '@hono/zod-openapi'
import type { Call } from '../../centre/call-state.ts'
import type { TransferTarget } from '../../centre/entities.ts'
import type { Input } from '../../centre/inputs.ts'
import type { Outcome } from '../../engine/port.ts'
import { type CallId, idPattern, type MenuId, type QueueId, type UserId } from '../../lib/ids.ts'
import { NotFound, NotNow } from '../../records/errors.ts'
import { parseInput } from '../../records/parse.ts'
import { phoneNumber } from '../../records/schemas.ts'
import type { Ctx, Deps } from '../deps.ts'
import { queryOf } from './query.ts'
import { type Api, define, jsonBody } from './route.ts'

const id = z.string().regex(idPattern)
const agent = id.openapi({ description: 'The user who has the call in hand' })
const target = z
  .union([
    z.strictObject({ agent: id }),
    z.strictObject({ queue: id }),
    z.strictObject({ ivr: id }),
    z.strictObject({ number: phoneNumber }),
  ])
  .openapi('TransferTarget', {
    description:
      'A colleague, a queue, a voice menu (not to consult), or an outside number that calls may be passed on to',
  })

const consultationInput = z.strictObject({ agent, to: target }).openapi('ConsultationInput')
const turnInput = z
  .strictObject({ agent, with: z.enum(['party', 'other', 'both']).openapi({ description: 'both: three-way' }) })
  .openapi('ConsultationChange')
const transferInput = z
  .strictObject({ agent, to: z.union([target, z.literal('consulted')]) })
  .openapi('TransferInput', { description: '`consulted`: to whom is being consulted; else blind' })
const parkingInput = z
  .strictObject({ agent, slot: z.string().trim().min(1).max(40).nullable().default(null) })
  .openapi('ParkingInput', { description: 'Without a slot: the lowest that is free' })
const pickUpInput = z.strictObject({ agent }).openapi('PickUpInput')
const agentQuery = z.object({ agent })

const instant = z.int().openapi({ description: 'Unix time, ms' })
const consultationReply = z
  .object({
    with: z.enum(['party', 'other', 'both']),
    answered: z.boolean(),
    agent: z.string().nullable().openapi({ description: 'The colleague; null: an outside number' }),
    call: z.string().nullable().openapi({ description: 'The outside call, which has its own record and recording' }),
  })
  .openapi('Consultation')
const liveCallReply = z
  .object({
    id: z.string(),
    phase: z.string(),
    agent: z.string().nullable(),
    queue: z.string().nullable(),
    slot: z.string().nullable(),
    other: z.string().nullable().openapi({ description: 'The outside call that it was passed on to' }),
    consultation: consultationReply.nullable(),
  })
  .openapi('LiveCall')
const parkingsReply = z.object({
  items: z.array(
    z
      .object({ slot: z.string(), call: z.string(), agent: z.string().nullable(), until: instant.nullable() })
      .openapi('Parking'),
  ),
})
const roles = ['supervisor', 'admin', 'agent'] as const

/** `/calls/:id/consultations`, `/transfers`, `/parkings`, `/pick-ups`, and `/parkings`: what an agent does with a call in hand. */
export function transfersApi(api: Api, deps: Deps): void {
  const done = (outcome: Outcome) => {
    if (!outcome.ok) throw new NotNow(outcome.refusal.rule, outcome.refusal.words)
  }
  /** Dispatches for an agent that there is and a call that lives, and answers with the call as it is then. */
  async function act(c: Ctx, input: Input & { agent: UserId; call: CallId }, status: 200 | 201): Promise<Response> {
    if (!deps.engine.state.users.has(input.agent)) throw new NotFound('user', input.agent)
    if (!deps.engine.state.calls.has(input.call)) throw new NotFound('call', input.call)
    done(await deps.engine.dispatch(input, c.var.client.actor))
    return c.json(liveCallReply.parse(shown(deps.engine.state.calls.get(input.call), input.call)), status)
  }
  const callOf = (c: Ctx) => (c.req.param('id') ?? '') as CallId
  const spec = (method: 'post' | 'patch', path: string, summary: string, body: z.ZodType) =>
    ({ method, path, roles, summary, body, reply: liveCallReply, status: method === 'post' ? 201 : 200 }) as const

  define(
    api,
    deps,
    spec('post', '/calls/:id/consultations', 'The agent consults somebody; the party hears music', consultationInput),
    async c => {
      const { agent, to } = parseInput(consultationInput, await jsonBody(c))
      return act(c, { type: 'agent.consult', agent: agent as UserId, call: callOf(c), target: targetOf(to) }, 201)
    },
  )

  define(
    api,
    deps,
    spec('patch', '/calls/:id/consultation', 'Whom of the two the agent talks to, or both', turnInput),
    async c => {
      const { agent, with: to } = parseInput(turnInput, await jsonBody(c))
      return act(c, { type: 'agent.turn', agent: agent as UserId, call: callOf(c), to }, 200)
    },
  )

  define(
    api,
    deps,
    {
      method: 'delete',
      path: '/calls/:id/consultation',
      roles,
      summary: 'Ends the consultation: the agent takes the party back',
      query: agentQuery,
    },
    async c => {
      const { agent } = queryOf(c, agentQuery)
      await act(c, { type: 'agent.endConsult', agent: agent as UserId, call: callOf(c) }, 200)
      return c.body(null, 204)
    },
  )

  define(
    api,
    deps,
    spec('post', '/calls/:id/transfers', 'Passes the call on, blind or to whom is consulted', transferInput),
    async c => {
      const { agent, to } = parseInput(transferInput, await jsonBody(c))
      const target = to === 'consulted' ? to : targetOf(to)
      return act(c, { type: 'agent.transfer', agent: agent as UserId, call: callOf(c), target }, 201)
    },
  )

  define(
    api,
    deps,
    spec('post', '/calls/:id/parkings', 'Parks the call in a slot, from which an agent takes it', parkingInput),
    async c => {
      const { agent, slot } = parseInput(parkingInput, await jsonBody(c))
      return act(c, { type: 'agent.park', agent: agent as UserId, call: callOf(c), slot }, 201)
    },
  )

  define(
    api,
    deps,
    spec('post', '/calls/:id/pick-ups', 'A ready agent takes a call that waits, or rings at a colleague', pickUpInput),
    async c => {
      const { agent } = parseInput(pickUpInput, await jsonBody(c))
      return act(c, { type: 'agent.pickUp', agent: agent as UserId, call: callOf(c) }, 201)
    },
  )

  define(
    api,
    deps,
    { method: 'get', path: '/parkings', roles, summary: 'Park slots in use', reply: parkingsReply },
    c => {
      const { state } = deps.engine
      const items = [...state.slots].map(([slot, call]) => {
        const parked = state.calls.get(call)
        return { slot, call, agent: parked?.passed?.by ?? null, until: parked?.deadlineAt ?? null }
      })
      return c.json(parkingsReply.parse({ items }))
    },
  )
}

function targetOf(to: z.infer<typeof target>): TransferTarget {
  if ('agent' in to) return { agent: to.agent as UserId }
  if ('ivr' in to) return { ivr: to.ivr as MenuId }
  return 'queue' in to ? { queue: to.queue as QueueId } : { number: to.number }
}

/** A call that ended in this same turn is gone. */
function shown(call: Call | undefined, id: CallId): z.infer<typeof liveCallReply> {
  if (call === undefined)
    return { id, phase: 'ended', agent: null, queue: null, slot: null, other: null, consultation: null }
  const { phase, agent, queue, slot, other, consult } = call
  const consultation =
    consult === null
      ? null
      : { with: consult.with, answered: consult.answered, agent: consult.agent, call: consult.other }
  return { id, phase, agent, queue, slot, other, consultation }
}

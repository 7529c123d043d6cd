/** The desk's routes for consulting, passing on, parking and picking up; and what the pickers show. */
import { Hono } from 'hono'
import { type PickUps, pickUpList, type Targets, targetPicker } from '../../../web/pages/agent/pass-on.ts'
import type { Frame } from '../../../web/parts/frame.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import { filling } from '../../../web/parts/html.ts'
import { shownNumber } from '../../../web/parts/numbers.ts'
import type { Call } from '../../centre/call-state.ts'
import type { Refusal, TransferTarget, User } from '../../centre/entities.ts'
import { mayAsk } from '../../centre/gate/agencies.ts'
import type { Input } from '../../centre/inputs.ts'
import type { FloorState } from '../../centre/state.ts'
import { mayPickUp } from '../../centre/transfer/slot.ts'
import { type CallId, isId, type MenuId, type QueueId, type UserId } from '../../lib/ids.ts'
import { NotFound } from '../../records/errors.ts'
import type { Ctx, Deps, Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'
import { oneOf, type Typed, textOf, typedOf } from '../typed.ts'

const nobodyChosen: Refusal = { rule: 'target_missing', words: 'Choose whom to pass the call on to, or whom to ask.' }
/** More than a person looks through. */
const pickUpsMax = 30

type Act = (c: Ctx, input: Input) => Promise<Response>
/** Says no in the page's words, and nothing has happened. */
type Refuse = (c: Ctx, refusal: Refusal) => Promise<Response>

export function passOnRoutes(deps: Deps, act: Act, refuse: Refuse): Hono<Env> {
  const route = new Hono<Env>()

  route.get('/agent/calls/:id/targets', allow('agent', 'supervisor'), async c => {
    const targets = targetsOf(deps.engine.state, c.var.user, callOf(c), await frameOf(c, deps))
    return c.html(filling({ id: 'pass-on-targets', body: targetPicker(targets) }))
  })

  route.post('/agent/calls/:id/consultations', allow('agent', 'supervisor'), async c => {
    const target = targetOf(await typedOf(c))
    if (target === null) return refuse(c, nobodyChosen)
    return act(c, { type: 'agent.consult', agent: c.var.user.id, call: callOf(c), target })
  })

  route.put('/agent/calls/:id/consultation', allow('agent', 'supervisor'), async c => {
    const to = oneOf(textOf(await typedOf(c), 'to'), ['party', 'other', 'both'] as const)
    return act(c, { type: 'agent.turn', agent: c.var.user.id, call: callOf(c), to })
  })

  route.delete('/agent/calls/:id/consultation', allow('agent', 'supervisor'), c =>
    act(c, { type: 'agent.endConsult', agent: c.var.user.id, call: callOf(c) }),
  )

  route.post('/agent/calls/:id/transfers', allow('agent', 'supervisor'), async c => {
    const typed = await typedOf(c)
    const target = textOf(typed, 'target') === 'consulted' ? 'consulted' : targetOf(typed)
    if (target === null) return refuse(c, nobodyChosen)
    return act(c, { type: 'agent.transfer', agent: c.var.user.id, call: callOf(c), target })
  })

  route.post('/agent/calls/:id/parkings', allow('agent', 'supervisor'), async c => {
    const slot = textOf(await typedOf(c), 'slot').slice(0, 40) || null
    return act(c, { type: 'agent.park', agent: c.var.user.id, call: callOf(c), slot })
  })

  route.get('/agent/pick-ups', allow('agent', 'supervisor'), async c => {
    const frame = await frameOf(c, deps)
    return c.html(filling({ id: 'pick-up-list', body: pickUpList(pickUpsOf(deps.engine.state, c.var.user, frame)) }))
  })

  route.post('/agent/calls/:id/pick-ups', allow('agent', 'supervisor'), c =>
    act(c, { type: 'agent.pickUp', agent: c.var.user.id, call: callOf(c) }),
  )

  return route
}

/** Colleagues who are signed on and may be asked, free ones first, and queues; of outside numbers that some may be dialled, never which. */
function targetsOf(state: FloorState, user: User, id: CallId, frame: Frame): Targets {
  const call = state.calls.get(id)
  const campaign = call?.campaign ?? null
  const named = campaign === null ? 0 : (state.campaigns.get(campaign)?.campaign.transferNumbers?.length ?? 0)
  const agents = [...state.agents.values()]
    .filter(agent => agent.phase !== 'signed_off' && agent.user.id !== user.id)
    .filter(agent => mayAsk(state, user, agent.user, call))
    .map(({ user: { id, displayName: name }, phase }) => ({ id, name, phase }))
    .sort((a, b) => Number(b.phase === 'ready') - Number(a.phase === 'ready') || (a.name < b.name ? -1 : 1))
  const queues = [...state.queues.values()]
    .filter(floor => floor.signedOn > 0)
    .map(({ queue: { id, name }, waiting, ready }) => ({ id, name, waiting: waiting.length, free: ready.size }))
  const menus = [...state.menus.values()].map(({ id, name }) => ({ id, name }))
  const outside = named + (state.outside.get(user.role)?.length ?? 0) > 0
  return { frame, agents, queues, menus, outside, byPhone: isAtPhone(user), call: id }
}

/** What waits and this agent may take, longest first. */
export function pickUpsOf(state: FloorState, user: User, frame: Frame): PickUps {
  const w = textsOf(frame)
  const agent = state.agents.get(user.id)
  const found =
    agent === undefined
      ? []
      : [...state.calls.values()].filter(call => waits(state, call) && mayPickUp(state, call, agent))
  found.sort((a, b) => (a.queuedAt ?? 0) - (b.queuedAt ?? 0))
  const nameOf = (id: UserId | null | undefined) => (id ? (state.users.get(id)?.displayName ?? null) : null)
  return {
    frame,
    byPhone: isAtPhone(user),
    calls: found.slice(0, pickUpsMax).map(call => ({
      id: call.id,
      name: call.name,
      number: shownNumber(call.number, user.numbersMasked),
      where:
        call.slot !== null
          ? w.transfer.slot(call.slot)
          : (nameOf(call.agent ?? call.parkedFor) ?? (call.queue && state.queues.get(call.queue)?.queue.name) ?? ''),
      since: call.queuedAt ?? call.startedAt,
      by: call.slot === null ? null : nameOf(call.passed?.by),
    })),
  }
}

const isAtPhone = ({ station }: User) => station !== 'browser'

function waits(state: FloorState, call: Call): boolean {
  if (call.phase === 'assigned') return call.agent !== null && state.agents.get(call.agent)?.phase === 'ringing'
  return call.phase === 'waiting' && call.dismissed === null && (call.direction === 'in' || call.passed !== null)
}

/** `agent ID`, `queue ID`, or a number that was typed beside it, which comes first. */
function targetOf(typed: Typed): TransferTarget | null {
  const number = textOf(typed, 'number')
  if (number !== '') return { number: number.slice(0, 40) }
  const [kind, id = ''] = textOf(typed, 'target').split(' ')
  if (isId(id) && kind === 'agent') return { agent: id as UserId }
  if (isId(id) && kind === 'ivr') return { ivr: id as MenuId }
  if (isId(id) && kind === 'queue') return { queue: id as QueueId }
  return null
}

function callOf(c: Ctx): CallId {
  const id = c.req.param('id') ?? ''
  if (!isId(id)) throw new NotFound('call', id)
  return id as CallId
}

import type { Trunk } from '../../centre/entities.ts'
import { connectionOf } from '../../centre/trunks/trunk-connection.ts'
import { trunkNow } from '../../centre/trunks/trunk-now.ts'
import type { NumberId, QueueId, TrunkId } from '../../lib/ids.ts'
import { numberChange, numberInput, queueChange, queueInput, trunkChange, trunkInput } from '../../records/schemas.ts'
import { changeNumber, createNumber, numberById, removeNumber } from '../../records/telephony/inbound-numbers.ts'
import { changeQueue, createQueue, queueById, removeQueue } from '../../records/telephony/queues.ts'
import { changeTrunk, createTrunk, removeTrunk, trunkById } from '../../records/telephony/trunks.ts'
import type { Deps } from '../deps.ts'
import { numberReply, pageOf, queueReply, trunkReply } from './replies.ts'
import { type Api, define, jsonBody } from './route.ts'

const writers = ['admin'] as const
/** Of a trunk that the floor has not heard of yet. */
const notAsked = { up: false, reason: 'not asked yet', calls: 0, tests: 0, startedLastSecond: 0, fault: null }
const readers = ['admin', 'supervisor'] as const

/** `/trunks`, `/numbers`, `/queues` */
export function telephonyApi(api: Api, deps: Deps): void {
  trunksApi(api, deps)
  numbersApi(api, deps)
  queuesApi(api, deps)
}

function trunksApi(api: Api, deps: Deps): void {
  const { records, store } = deps
  /** With whether it is up now: as the floor says, since the record may be of yesterday. */
  const shown = (trunk: Trunk) => {
    const floor = deps.engine.state.trunks.get(trunk.id)
    return trunkReply.parse({
      ...trunk,
      connection: connectionOf(trunk),
      wire: deps.trunkWire?.(trunk.id) ?? null,
      ...(floor === undefined ? notAsked : trunkNow(floor, deps.clock.now())),
    })
  }
  define(
    api,
    deps,
    { method: 'get', path: '/trunks', roles: readers, summary: 'All trunks', reply: pageOf(trunkReply) },
    async c => c.json({ items: (await store.read('trunks.list', {})).map(shown), next: null }),
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/trunks',
      roles: writers,
      summary: 'Add a trunk',
      body: trunkInput,
      reply: trunkReply,
      status: 201,
    },
    async c => {
      const trunk = await createTrunk(records, c.var.client.actor, await jsonBody(c))
      c.header('Location', `/api/v1/trunks/${trunk.id}`)
      return c.json(shown(trunk), 201)
    },
  )
  define(
    api,
    deps,
    { method: 'get', path: '/trunks/:id', roles: readers, summary: 'One trunk', reply: trunkReply },
    async c => c.json(shown(await trunkById(records, c.req.param('id') as TrunkId))),
  )
  define(
    api,
    deps,
    {
      method: 'patch',
      path: '/trunks/:id',
      roles: writers,
      summary: 'Change a trunk',
      body: trunkChange,
      reply: trunkReply,
    },
    async c =>
      c.json(shown(await changeTrunk(records, c.var.client.actor, c.req.param('id') as TrunkId, await jsonBody(c)))),
  )
  define(api, deps, { method: 'delete', path: '/trunks/:id', roles: writers, summary: 'Remove a trunk' }, async c => {
    await removeTrunk(records, c.var.client.actor, c.req.param('id') as TrunkId)
    return c.body(null, 204)
  })
}

function numbersApi(api: Api, deps: Deps): void {
  const { records, store } = deps
  define(
    api,
    deps,
    { method: 'get', path: '/numbers', roles: readers, summary: 'Our dialled numbers', reply: pageOf(numberReply) },
    async c => c.json({ items: await store.read('numbers.list', {}), next: null }),
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/numbers',
      roles: writers,
      summary: 'Lead a number somewhere',
      body: numberInput,
      reply: numberReply,
      status: 201,
    },
    async c => {
      const number = await createNumber(records, c.var.client.actor, await jsonBody(c))
      c.header('Location', `/api/v1/numbers/${number.id}`)
      return c.json(number, 201)
    },
  )
  define(
    api,
    deps,
    { method: 'get', path: '/numbers/:id', roles: readers, summary: 'One number', reply: numberReply },
    async c => c.json(await numberById(records, c.req.param('id') as NumberId)),
  )
  define(
    api,
    deps,
    {
      method: 'patch',
      path: '/numbers/:id',
      roles: writers,
      summary: 'Change a number',
      body: numberChange,
      reply: numberReply,
    },
    async c =>
      c.json(await changeNumber(records, c.var.client.actor, c.req.param('id') as NumberId, await jsonBody(c))),
  )
  define(api, deps, { method: 'delete', path: '/numbers/:id', roles: writers, summary: 'Remove a number' }, async c => {
    await removeNumber(records, c.var.client.actor, c.req.param('id') as NumberId)
    return c.body(null, 204)
  })
}

function queuesApi(api: Api, deps: Deps): void {
  const { records, store } = deps
  define(
    api,
    deps,
    { method: 'get', path: '/queues', roles: readers, summary: 'All queues', reply: pageOf(queueReply) },
    async c => c.json({ items: await store.read('queues.list', {}), next: null }),
  )
  define(
    api,
    deps,
    {
      method: 'post',
      path: '/queues',
      roles: writers,
      summary: 'Add a queue',
      body: queueInput,
      reply: queueReply,
      status: 201,
    },
    async c => {
      const queue = await createQueue(records, c.var.client.actor, await jsonBody(c))
      c.header('Location', `/api/v1/queues/${queue.id}`)
      return c.json(queue, 201)
    },
  )
  define(
    api,
    deps,
    { method: 'get', path: '/queues/:id', roles: readers, summary: 'One queue', reply: queueReply },
    async c => c.json(await queueById(records, c.req.param('id') as QueueId)),
  )
  define(
    api,
    deps,
    {
      method: 'patch',
      path: '/queues/:id',
      roles: writers,
      summary: 'Change a queue',
      body: queueChange,
      reply: queueReply,
    },
    async c => c.json(await changeQueue(records, c.var.client.actor, c.req.param('id') as QueueId, await jsonBody(c))),
  )
  define(api, deps, { method: 'delete', path: '/queues/:id', roles: writers, summary: 'Remove a queue' }, async c => {
    await removeQueue(records, c.var.client.actor, c.req.param('id') as QueueId)
    return c.body(null, 204)
  })
}

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { LegId } from '../../lib/ids.ts'
import { createNumber } from '../../records/telephony/inbound-numbers.ts'
import { createQueue } from '../../records/telephony/queues.ts'
import { createTrunk } from '../../records/telephony/trunks.ts'
import { liveRoutes } from '../live/live.ts'
import { look, send } from '../testing/form.ts'
import { type House, openHouse } from '../testing/house.ts'
import { supervisorRoutes } from './supervisor.ts'

let house: House
let sam = ''
before(async () => {
  house = await openHouse({ pages: { routers: [supervisorRoutes, liveRoutes] } })
  const alice = await house.add('alice', 'agent', { displayName: 'Alice' })
  await house.add('sam', 'supervisor', { language: 'en', numbersMasked: true })
  sam = (await house.signIn('sam')).cookie
  const door = house.deps.records
  const trunk = await createTrunk(door, 'system', { name: 'carrier', host: '127.0.0.1', callerIds: ['+861012345678'] })
  const queue = await createQueue(door, 'system', { name: 'service', members: [alice.id] })
  await createNumber(door, 'system', { number: '+861012345678', target: { queue: queue.id } })
  await house.engine.dispatch({ type: 'trunk.up', trunk: trunk.id }, 'system')
  await house.engine.dispatch({ type: 'agent.signOn', agent: alice.id }, `user:${alice.id}`)
  const from = '+8613812345678'
  await house.engine.dispatch(
    {
      ...{ type: 'leg.offered', leg: 'g_in' as LegId, trunk: trunk.id, from, to: '+861012345678' },
      diverted: { number: '13800009876', reason: 'user-busy' },
    },
    `trunk:${trunk.id}`,
  )
  await house.engine.dispatch({ type: 'leg.answered', leg: 'g_in' as LegId }, 'system')
})
after(() => house[Symbol.asyncDispose]())

test('the wallboard shows who waits, who works and which trunk is up', async () => {
  const board = await look(house, sam, '/supervisor')
  assert.equal(board.status, 200)
  assert.match(board.text, /Waiting<\/span><span class="value">[\s\S]{0,900}?1<\/span>/)
  for (const words of ['Alice', 'Break', 'no audio', 'service', 'carrier', '1 / 30'])
    assert.ok(board.text.includes(words), words)
})

test('a live call is listed with its number masked, and ended by one click', async () => {
  const list = await look(house, sam, '/supervisor/calls')
  assert.ok(list.text.includes('138 **** 5678'))
  assert.ok(list.text.includes('Forwarded by 138 **** 9876, busy'))
  assert.ok(!/13812345678|13800009876/.test(list.text))
  const [call] = [...house.engine.state.calls.values()]
  const ended = await send(house, sam, 'PUT', `/supervisor/calls/${call!.id}/ending`, {}, true)
  assert.equal(ended.status, 200)
  assert.match(ended.text, /The call was ended/)
  const facts = await house.facts('call.ended')
  assert.equal(JSON.parse(facts[0]!.body).ending.by, 'supervisor')
  assert.match(facts[0]!.actor, /^user:/)
})

test('the live floor and the live calls paint themselves', async () => {
  for (const [path, id] of [
    ['/live/floor', 'tiles'],
    ['/live/calls', 'live-calls'],
  ]) {
    const response = await house.app.request(path!, { headers: { cookie: sam } })
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
    assert.ok((await reader.read()).value!.includes(`hx-target="#${id}"`))
    await reader.cancel()
  }
})

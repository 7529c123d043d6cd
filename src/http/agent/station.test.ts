import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { User } from '../../centre/entities.ts'
import type { LegId } from '../../lib/ids.ts'
import { changeUser } from '../../records/people/users.ts'
import { liveRoutes } from '../live/live.ts'
import { look, send } from '../testing/form.ts'
import { type House, openHouse } from '../testing/house.ts'
import { agentRoutes } from './agent.ts'

let house: House
let alice: User
let cookie = ''
before(async () => {
  house = await openHouse({ pages: { routers: [agentRoutes, liveRoutes] } })
  alice = await house.add('alice', 'agent', { language: 'en', extension: '1001' })
  await house.add('bob', 'agent', { language: 'en' })
  cookie = (await house.signIn('alice')).cookie
  await house.engine.dispatch({ type: 'agent.signOn', agent: alice.id }, 'system')
  await house.engine.dispatch({ type: 'station.up', agent: alice.id, leg: 'l_page' as LegId }, 'system')
})
after(() => house[Symbol.asyncDispose]())

const move = (station: string, by = cookie) => send(house, by, 'PUT', '/agent/station', { station }, true)
const station = () => house.engine.state.users.get(alice.id)?.station
const registered = (...extensions: string[]) => {
  house.deps.phones.bindings = () =>
    extensions.map(extension => ({
      ...{ extension, userAgent: null, address: '127.0.0.1', transport: 'udp', expiresInMs: 60_000 },
    }))
}

test('who has no extension is offered no phone, and gets none', async () => {
  const { cookie: bob } = await house.signIn('bob')
  assert.doesNotMatch((await look(house, bob, '/agent')).text, /id="stations"/)
  const refused = await move('phone-nailed', bob)
  assert.equal(refused.status, 409)
  assert.match(refused.text, /id="desk-notice"[\s\S]*no desk phone/)
})

test('a phone that is not registered is no place to move to: said in words, and nothing changes', async () => {
  registered('1002')
  for (const where of ['phone-nailed', 'phone-rung']) {
    const refused = await move(where)
    assert.equal(refused.status, 409)
    assert.match(refused.text, /id="desk-notice"[\s\S]*1001 is not registered/)
  }
  assert.equal(station(), 'browser')
  assert.equal((await move('the moon')).status, 422)
})

test('the answer paints where one is from now on; the log of changes knows who moved', async () => {
  registered('1001')
  const moved = await move('phone-nailed')
  assert.equal(moved.status, 200)
  assert.match(moved.text, /data-audio-up="true"[\s\S]*Phone 1001 rings: pick it up to go on there/)
  assert.equal(station(), 'phone-nailed')
  const { stationRinging } = house.engine.state.agents.get(alice.id)!
  const phone = { type: 'station.up', agent: alice.id, leg: stationRinging!, phone: true } as const
  await house.engine.dispatch(phone, 'system')
  const desk = await look(house, cookie, '/agent')
  assert.match(desk.text, /id="audio" data-audio-elsewhere>/)
  assert.match(desk.text, /Phone 1001 connected/)
  const [change] = (await house.deps.store.read('changes.page', { subject: `user:${alice.id}` })).items
  assert.equal(change?.actor, `user:${alice.id}`)
  assert.deepEqual(
    change.fields.map(({ field }) => field),
    ['station'],
  )
})

test('the page of who moves without a click of their own (an administrator did it) is painted anew', async () => {
  const response = await house.app.request('/live/desk', { headers: { cookie, accept: 'text/event-stream' } })
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  await reader.read()
  await changeUser(house.deps.records, 'system', alice.id, { station: 'browser' })
  const painted = (await reader.read()).value!
  assert.match(painted, /Still at phone 1001, until this page has its audio/)
  assert.match(painted, /data-audio-up="false"/)
  await reader.cancel()
})

test('a desk whose phone is not registered says so, and not that it rings for each call', async () => {
  registered('1001')
  await move('phone-rung')
  assert.match((await look(house, cookie, '/agent')).text, /Phone 1001: rings for each call/)
  registered()
  const { text } = await look(house, cookie, '/agent')
  assert.match(text, /Phone 1001 not registered/)
  assert.doesNotMatch(text, /rings for each call/)
})

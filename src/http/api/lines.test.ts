import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type House, openHouse } from '../testing/house.ts'

let house: House
let admin = ''
let supervisor = ''
before(async () => {
  house = await openHouse()
  admin = (await house.token('admin')).secret
  supervisor = (await house.token('supervisor')).secret
})
after(() => house[Symbol.asyncDispose]())

// biome-ignore lint/suspicious/noExplicitAny: what comes back is what is under test
const json = (response: Response) => response.json() as Promise<Record<string, any>>

test('lines are told with their figures, and which of them a call would take', async () => {
  const callerIds = ['+862155550001', '+862155550002']
  const given = { name: 'carrier', host: '127.0.0.1', callerIds, minShare: 0.1 }
  const trunk = await json(await house.api(admin, 'POST', '/trunks', given))
  const down = await json(await house.api(supervisor, 'GET', '/lines'))
  assert.deepEqual([down['items'].length, down['refusal'].rule, down['why']], [3, 'trunk_down', null])
  await house.engine.dispatch({ type: 'trunk.up', trunk: trunk['id'] }, 'system')
  const up = await json(await house.api(supervisor, 'GET', '/lines?number=13812345678'))
  assert.deepEqual(up['why'], { trunk: 'only', callerId: 'turn' })
  const [whole, first] = up['items']
  assert.deepEqual([whole.callerId, whole.minShare, whole.chosen], [null, 0.1, true])
  assert.deepEqual(
    [first.callerId, first.chosen, first.connectRate, first.judged.place],
    [callerIds[0], true, null, false],
  )
  assert.equal((await house.api(supervisor, 'GET', '/lines?number=x')).status, 422)
  assert.deepEqual((await json(await house.api(supervisor, 'GET', '/lines/hours')))['items'], [])
})

test('shares that cannot be held are refused in words', async () => {
  const wrong = { name: 'other', host: '127.0.0.1', callerIds: ['1001'], minShare: 0.6, maxShare: 0.5 }
  const response = await house.api(admin, 'POST', '/trunks', wrong)
  assert.equal(response.status, 422)
  assert.match((await json(response))['errors'][0].allowed, /at most maxShare/)
})

test('rules of rest are set by the administrator and hold on the floor at once', async () => {
  assert.equal((await house.api(supervisor, 'POST', '/lines/rules', {})).status, 403)
  assert.equal((await house.api(admin, 'POST', '/lines/rules', { restBelow: 2 })).status, 422)
  assert.equal((await house.api(admin, 'POST', '/lines/rules', { callsPerHourMax: 60 })).status, 200)
  assert.equal(house.engine.state.lines.rules.callsPerHourMax, 60)
  assert.equal((await json(await house.api(supervisor, 'GET', '/lines/rules')))['callsPerHourMax'], 60)
})

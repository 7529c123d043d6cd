import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { look, send } from '../testing/form.ts'
import { type House, openHouse } from '../testing/house.ts'
import { adminRoutes } from './admin.ts'

let house: House
let cookie = ''
before(async () => {
  house = await openHouse({ pages: { routers: [adminRoutes] } })
  await house.add('sue', 'security')
  cookie = (await house.signIn('sue')).cookie
})
after(() => house[Symbol.asyncDispose]())

const right = { whenFull: 'refuse', unanswered: 'all', unansweredDays: '30', opusAfterHours: '0', sourceDays: '' }

test('what becomes of recordings is saved from the form, holds on the floor at once and after a start, and is there again', async () => {
  const saved = await send(house, cookie, 'POST', '/admin/recordings', right)
  assert.equal(saved.status, 303, saved.text)
  assert.deepEqual(house.engine.state.recorder.rules, { whenFull: 'refuse', unanswered: 'all' })
  const setup = await house.store.read('load.setup', { now: house.clock.now() })
  assert.equal(setup.recordingRules?.['recording.whenFull'], 'refuse')
  const page = await look(house, cookie, '/admin/recordings')
  assert.match(page.text, /value="refuse" selected/)
  assert.match(page.text, /name="unansweredDays"[^>]*value="30"/)
})

test('what is none of the choices, and days that are none, are refused beside their fields and change nothing', async () => {
  const wrong = { ...right, whenFull: 'explode', sourceDays: '0' }
  const refused = await send(house, cookie, 'POST', '/admin/recordings', wrong)
  assert.equal(refused.status, 422)
  assert.match(refused.text, /id="e-whenFull"/)
  assert.match(refused.text, /id="e-sourceDays"/)
  assert.equal(house.engine.state.recorder.rules.whenFull, 'refuse')
})

test('a disk that is full is on the page and among the alarms', async () => {
  await house.engine.dispatch({ type: 'recorder.disk', disk: 'full' }, 'system')
  assert.match((await look(house, cookie, '/admin/recordings')).text, /已满/)
  assert.match((await look(house, cookie, '/admin/safety')).text, /录音磁盘已满/)
})

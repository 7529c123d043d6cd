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

test('the years of a business are saved beside the policies’ minimum; an empty field is no 0, and fewer years than a policy asks for are refused', async () => {
  const years = { keepCollections: '6', keepVerification: '5', keepSales: '3', keepOther: '0' }
  const saved = await send(house, cookie, 'POST', '/admin/recordings', { ...right, ...years })
  assert.equal(saved.status, 303, saved.text)
  const { text } = await look(house, cookie, '/admin/recordings')
  assert.match(text, /name="keepCollections"[^>]*value="6"/)
  assert.match(text, /至少 5 年（CN-CFC-2024）/)
  for (const wrong of [{ keepSales: '' }, { keepSales: '51' }, { keepOther: '4' }]) {
    const refused = await send(house, cookie, 'POST', '/admin/recordings', { ...right, ...years, ...wrong })
    assert.equal(refused.status, 422)
    assert.match(refused.text, new RegExp(`id="e-${Object.keys(wrong)[0]}"[^<]*<?.*不少于策略规定`, 's'))
  }
  assert.equal((await house.store.read('settings.all', {}))['recording.keepYears.sales'], '3')
})

test('security places a hold by an id and lifts it, each with a reason; what is wrong stays in the form', async () => {
  const form = { holdKind: 'party', holdTarget: 'REF-1', holdReason: '诉讼案 2026-17' }
  for (const wrong of [{ holdReason: '案' }, { holdKind: 'all' }, { holdKind: 'call', holdTarget: 'c_nobody' }]) {
    const refused = await send(house, cookie, 'POST', '/admin/recordings/holds', { ...form, ...wrong })
    assert.equal(refused.status, 422)
    assert.match(refused.text, /class="[^"]*error/)
    assert.doesNotMatch(refused.text, /there is no/)
  }
  assert.equal((await send(house, cookie, 'POST', '/admin/recordings/holds', form)).status, 303)
  const again = await send(house, cookie, 'POST', '/admin/recordings/holds', form)
  assert.equal(again.status, 422)
  assert.ok(again.text.includes('已有保全'))
  const page = await look(house, cookie, '/admin/recordings')
  const [, action] = /action="(\/admin\/recordings\/holds\/lh_[\w-]+\/lifting)"/.exec(page.text)!
  assert.equal((await send(house, cookie, 'POST', action!, { reason: ' ' })).status, 422)
  assert.equal((await send(house, cookie, 'POST', action!, { reason: '法院已判决' })).status, 303)
  assert.match((await look(house, cookie, '/admin/recordings')).text, /没有保全/)
  const told = [...(await house.facts('legalHold.placed')), ...(await house.facts('legalHold.lifted'))]
  assert.deepEqual(
    told.map(({ actor, body }) => [actor.slice(0, 5), JSON.parse(body).reason]),
    [
      ['user:', '诉讼案 2026-17'],
      ['user:', '法院已判决'],
    ],
  )
})

test('an administrator sees what is held, and neither places nor lifts a hold', async () => {
  await house.add('adam', 'admin')
  const adam = (await house.signIn('adam')).cookie
  const page = await look(house, adam, '/admin/recordings')
  assert.match(page.text, /法律保全/)
  assert.doesNotMatch(page.text, /action="\/admin\/recordings\/holds/)
  const form = { holdKind: 'party', holdTarget: 'REF-1', holdReason: '诉讼案 2026-17' }
  assert.equal((await send(house, adam, 'POST', '/admin/recordings/holds', form)).status, 403)
})

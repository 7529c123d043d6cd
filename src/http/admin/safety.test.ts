import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { emergencyNumbersIn } from '../../centre/toll/emergency-numbers.ts'
import { tollRulesIn } from '../../centre/toll/rules.ts'
import { saveTollRules } from '../../records/gate/toll.ts'
import { saveSettings } from '../../records/settings.ts'
import { createTrunk } from '../../records/telephony/trunks.ts'
import { agentRoutes } from '../agent/agent.ts'
import { look, send } from '../testing/form.ts'
import { type House, openHouse } from '../testing/house.ts'
import { adminRoutes } from './admin.ts'

let house: House
let cookie = ''
const right = {
  emergency: '110\n120',
  barred: '+882',
  agent: 'home\n+852',
  supervisor: '+',
  personMinutesMax: '30',
  centreMinutesMax: '300',
  callMinutesMax: '45',
  nightFrom: '21:30',
  nightTo: '7:00',
}
before(async () => {
  house = await openHouse({ pages: { routers: [adminRoutes, agentRoutes] } })
  await house.add('sue', 'security')
  cookie = (await house.signIn('sue')).cookie
})
after(() => house[Symbol.asyncDispose]())

test('what may be dialled is saved from the form, holds at once, and is there again on the page', async () => {
  const saved = await send(house, cookie, 'POST', '/admin/safety/dialling', right)
  assert.equal(saved.status, 303, saved.text)
  const { rules } = house.engine.state.toll
  assert.deepEqual(rules.byHand, { agent: ['home', '+852'], supervisor: ['+'] })
  assert.deepEqual(rules.night, { from: 1290, to: 420 })
  const page = await look(house, cookie, '/admin/safety')
  assert.match(page.text, /21:30/)
  assert.match(page.text, /\+852/)
  assert.deepEqual((await house.store.read('load.setup', { now: house.clock.now() })).tollRules, rules)
})

test('the page says which emergency numbers are those of here, and which of them cannot be dialled', async () => {
  await using abroad = await openHouse({ pages: { routers: [adminRoutes] } })
  await abroad.add('sue', 'security', { language: 'zh-CN' })
  const { cookie: hers } = await abroad.signIn('sue')
  await saveSettings(abroad.deps.records, 'system', { 'centre.zone': 'Asia/Singapore' })
  const before = await look(abroad, hers, '/admin/safety')
  assert.match(before.text, /Asia\/Singapore）的号码：999 · 995 · 993 · 112 · 911/)
  assert.doesNotMatch(before.text, /拨不通/)
  assert.equal((await send(abroad, hers, 'POST', '/admin/safety/dialling', right)).status, 303)
  assert.match((await look(abroad, hers, '/admin/safety')).text, /999 · 995 · 993 · 112 · 911 现在拨不通/)
  const { barred } = await saveTollRules(abroad.deps.records, 'system', {})
  assert.deepEqual(abroad.engine.state.toll.rules, { ...tollRulesIn('Asia/Singapore'), barred })
})

test('a field that is wrong is named with what was found, in Chinese, and nothing is saved', async () => {
  const before = house.engine.state.toll.rules
  for (const [field, value, said] of [
    ['emergency', '110\n13812345678', /第 2 .*13812345678/],
    ['emergency', '', /至少一个/],
    ['barred', '882', /882/],
    ['agent', 'anywhere', /anywhere/],
    ['personMinutesMax', '-1', /0–1440/],
    ['callMinutesMax', '1e9', /1–1440/],
    ['nightFrom', '25:00', /25:00/],
    ['nightTo', '', /22:00/],
  ] as const) {
    const { status, text } = await send(house, cookie, 'POST', '/admin/safety/dialling', { ...right, [field]: value })
    assert.equal(status, 422, field)
    assert.match(text, said, field)
  }
  assert.equal(house.engine.state.toll.rules, before)
})

test('whoever writes the networks cannot lock themselves out, and staff from elsewhere is turned away on pages and by token', async () => {
  const bad = await send(house, cookie, 'POST', '/admin/safety/networks', { phones: '', staff: '10.1.0.0/16' })
  assert.equal(bad.status, 422) // these requests come from an address that is not known
  assert.match(bad.text, /unknown/)
  const wrong = await send(house, cookie, 'POST', '/admin/safety/networks', { phones: '10.0.0.0/40', staff: '' })
  assert.equal(wrong.status, 422)
  assert.match(wrong.text, /10\.0\.0\.0\/40/)
  assert.equal(
    (await send(house, cookie, 'POST', '/admin/safety/networks', { phones: '10.0.0.0/8', staff: '' })).status,
    303,
  )
  assert.equal(house.engine.state.allowed.phones.has('192.168.1.1'), false)

  const admin = (await house.token('admin')).secret
  const supervisor = (await house.token('supervisor')).secret
  assert.equal((await house.api(admin, 'GET', '/toll/rules')).status, 200)
  const fact = { type: 'setting.saved' as const, key: 'allow.staff', value: '10.1.0.0/16' }
  await house.engine.dispatch({ type: 'records.committed', facts: [fact] }, 'system')
  assert.equal((await look(house, cookie, '/admin/safety')).status, 403)
  assert.equal((await house.api(admin, 'GET', '/toll/rules')).status, 403)
  assert.equal((await house.api(supervisor, 'GET', '/toll/rules')).status, 200)
  await house.engine.dispatch({ type: 'records.committed', facts: [{ ...fact, value: '' }] }, 'system')
  assert.equal((await look(house, cookie, '/admin/safety')).status, 200)
})

test('the API reads and sets the rules, and refuses what is none', async () => {
  const { secret } = await house.token('admin')
  const set = await house.api(secret, 'POST', '/toll/rules', { barred: ['+979'], night: null })
  assert.equal(set.status, 200)
  const { emergency } = (await set.json()) as { emergency: string[] }
  assert.deepEqual(emergency, emergencyNumbersIn('Asia/Shanghai'))
  assert.deepEqual(house.engine.state.toll.rules.barred, ['+979'])
  const bad = await house.api(secret, 'POST', '/toll/rules', { barred: ['+'], byHand: { clerk: ['home'] } })
  assert.equal(bad.status, 422)
  const alarms = await house.api(secret, 'GET', '/alarms?limit=5')
  assert.deepEqual(await alarms.json(), { items: [], next: null })
})

test('an agent dials 110 on the desk and by the API, and the alarm is there for those who watch', async () => {
  const alice = await house.add('alice', 'agent')
  const trunk = {
    ...{ id: 't_1', name: 'E1', host: '10.0.0.9', port: 5060, transport: 'udp', register: false, username: null },
    ...{ callerIds: ['+862155550000'], maxCalls: 1, callsPerSecond: 1, codecs: ['pcma'], enabled: true },
  }
  await house.engine.dispatch(
    { type: 'records.committed', facts: [{ type: 'trunk.saved', trunk: trunk as never }] },
    'system',
  )
  const desk = (await house.signIn('alice')).cookie
  await house.engine.dispatch({ type: 'agent.signOn', agent: alice.id }, `user:${alice.id}`)
  await house.engine.dispatch({ type: 'station.up', agent: alice.id, leg: 'st_1' as never }, `user:${alice.id}`)
  const { status } = await send(house, desk, 'POST', '/agent/calls', { number: '110', campaign: '' }, true)
  assert.equal(status, 200)
  assert.ok(house.effects.some(effect => effect.type === 'phone.dial' && effect.number === '110'))
  const page = await look(house, cookie, '/admin/safety')
  assert.match(page.text, /拨打了紧急号码/)
  const call = [...house.engine.state.calls.values()][0]!
  await house.engine.dispatch({ type: 'agent.hangUp', agent: alice.id, call: call.id }, `user:${alice.id}`)
  const { secret } = await house.token('supervisor')
  assert.equal((await house.api(secret, 'POST', '/calls', { agent: alice.id, number: '120' })).status, 201)
  assert.equal((await house.api(secret, 'POST', '/calls', { agent: alice.id, number: '114' })).status, 409)
})

test('an alarm of somebody who guesses a phone’s password says from where', async () => {
  await house.engine.dispatch({ type: 'phones.guessed', extension: '1002', source: '198.51.100.7' }, 'system')
  const { text } = await look(house, cookie, '/admin/safety')
  assert.match(text, /有人在猜话机密码，已暂时锁定<div class="small">来自 <span class="figure">198\.51\.100\.7</)
})

test('an alarm of calls to numbers that nobody has says how many they were, and of which trunk', async () => {
  const trunk = { name: 'Telecom E1', host: '127.0.0.1', callerIds: ['+862151860000'] }
  const { id } = await createTrunk(house.deps.records, 'system', trunk)
  const tried = { type: 'numbers.tried', trunk: id, calls: 3540, last: '+8621****0042' } as const
  await house.engine.dispatch(tried, 'system')
  const { text } = await look(house, cookie, '/admin/safety')
  assert.match(text, /大量来话拨打空号，已拒接，不逐条记录<div class="small">3,540 个，来自中继 Telecom E1</)
  assert.match(text, /021\*\*\*\*0042/)
  const { secret } = await house.token('auditor')
  const [alarm] = ((await (await house.api(secret, 'GET', '/alarms?limit=1')).json()) as { items: object[] }).items
  assert.deepEqual([(alarm as { trunk: string }).trunk, (alarm as { calls: number }).calls], [id, 3540])
})

test('an alarm of callers who were turned away says how many they were, and of which trunk', async () => {
  const trunk = { name: 'Telecom E2', host: '127.0.0.1', callerIds: ['+862151860000'] }
  const { id } = await createTrunk(house.deps.records, 'system', trunk)
  await house.engine.dispatch({ type: 'callers.turnedAway', trunk: id, calls: 3540 }, 'system')
  const { text } = await look(house, cookie, '/admin/safety')
  assert.match(text, /来电过多，已拒接；可能有人伪造来电占线<div class="small">3,540 个，来自中继 Telecom E2</)
})

test('an alarm of a registration that cannot be refreshed says of which trunk, and stands on the wallboard', async () => {
  const trunk = { name: 'Telecom E3', host: '127.0.0.1', callerIds: ['+862151860000'] }
  const { id } = await createTrunk(house.deps.records, 'system', trunk)
  const before = house.engine.state.toll.alarmsSince(0)
  await house.engine.dispatch({ type: 'trunk.lapsing', trunk: id, reply: '403 Forbidden' }, `trunk:${id}`)
  assert.equal(house.engine.state.toll.alarmsSince(0), before + 1)
  const { text } = await look(house, cookie, '/admin/safety')
  assert.match(text, /中继注册续期连续失败：到期前仍可通话，请核对密码或询问运营商<div class="small">中继 Telecom E3</)
  const { secret } = await house.token('auditor')
  const [alarm] = ((await (await house.api(secret, 'GET', '/alarms?limit=1')).json()) as { items: object[] }).items
  const { rule, trunk: of, calls } = alarm as { rule: string; trunk: string; calls: null }
  assert.deepEqual([rule, of, calls], ['registration_lapsing', id, null])
})

test('an alarm of a media thread that died says how many calls went on, and how many were cut off', async () => {
  const dispatched = await house.engine.dispatch({ type: 'media.died', moved: [], lost: [] }, 'system')
  assert.ok(dispatched.ok)
  const { text } = await look(house, cookie, '/admin/safety')
  assert.match(text, /一条媒体线程意外停止<div class="small">0 通电话继续，0 通已断</)
  const { secret } = await house.token('auditor')
  const [alarm] = ((await (await house.api(secret, 'GET', '/alarms?limit=1')).json()) as { items: object[] }).items
  const { rule, goOn, cut } = alarm as { rule: string; goOn: number; cut: number }
  assert.deepEqual([rule, goOn, cut], ['media_died', 0, 0])
})

test('an alarm of the thread that records, or that connects browsers, says what became of its work', async () => {
  for (const [thread, rule, words] of [
    ['recording', 'recording_died', '录音线程意外停止，已重启<div class="small">12 段录音继续，1 段失败<'],
    ['dtls', 'dtls_died', '浏览器加密握手线程意外停止，已重启<div class="small">12 个浏览器照常通话，1 个须重新连接<'],
  ] as const) {
    assert.ok((await house.engine.dispatch({ type: 'thread.died', thread, goOn: 12, cut: 1 }, 'system')).ok)
    const { text } = await look(house, cookie, '/admin/safety')
    assert.ok(text.includes(words), words)
    const { secret } = await house.token('auditor')
    const [alarm] = ((await (await house.api(secret, 'GET', '/alarms?limit=1')).json()) as { items: object[] }).items
    const { rule: told, goOn, cut } = alarm as { rule: string; goOn: number; cut: number }
    assert.deepEqual([told, goOn, cut], [rule, 12, 1])
  }
})

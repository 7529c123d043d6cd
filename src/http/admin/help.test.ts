/** What the pages say of numbers for help: which are those of here, whose extension is one, and what somebody leaves out on purpose. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { emergencyNumbersIn } from '../../centre/toll/emergency-numbers.ts'
import { tollRulesIn } from '../../centre/toll/rules.ts'
import { saveTollRules } from '../../records/gate/toll.ts'
import { saveSettings } from '../../records/settings.ts'
import { look, send } from '../testing/form.ts'
import { type House, openHouse, testPassword } from '../testing/house.ts'
import { adminRoutes } from './admin.ts'

async function houseIn(zone: string, language: 'en' | 'zh-CN' = 'zh-CN'): Promise<{ house: House; cookie: string }> {
  const house = await openHouse({ pages: { routers: [adminRoutes] } })
  await house.add('sue', 'security', { language })
  const { cookie } = await house.signIn('sue')
  await saveSettings(house.deps.records, 'system', { 'centre.zone': zone })
  return { house, cookie }
}

/** As the form sends a person. */
const person = (name: string, extension: string) => ({
  ...{ name, displayName: name, role: 'agent', password: testPassword, extension, sipPassword: '', station: 'browser' },
  ...{ skills: '', numbersMasked: 'true', language: 'zh-CN', enabled: 'true', trunkGroup: '', agency: '' },
})

describe('an extension that is an emergency number', () => {
  test('is refused by the form in both languages, by the API too, and one of another country is none here', async () => {
    for (const [language, words] of [
      ['zh-CN', /这是紧急号码：拨它只会呼叫紧急服务。请换一个分机号。（填写的是：119）/],
      ['en', /This is an emergency number: whoever dials it calls for help. Choose another extension. .*119/],
    ] as const) {
      const { house, cookie } = await houseIn('Asia/Shanghai', language)
      await using _ = house
      const refused = await send(house, cookie, 'POST', '/admin/users', person('bob', '119'))
      assert.equal(refused.status, 422)
      assert.match(refused.text, words)
      const { secret } = await house.token('admin')
      const { sipPassword, station, trunkGroup, agency, ...told } = person('bob', '119')
      const asked = { ...told, skills: [], numbersMasked: true, enabled: true }
      const api = await house.api(secret, 'POST', '/users', asked)
      assert.equal(api.status, 422)
      assert.match(await api.text(), /digits that are no emergency number here: 110, 119/)
      assert.equal((await house.api(secret, 'POST', '/users', { ...asked, extension: '191' })).status, 201)
    }
  })

  test('that somebody has already is a warning, and keeps nothing else of the person from being changed', async () => {
    const { house, cookie } = await houseIn('Asia/Shanghai')
    await using _ = house
    const bob = await house.add('bob', 'agent', { extension: '1999' })
    assert.doesNotMatch((await look(house, cookie, '/admin/safety')).text, /与紧急号码相同/)
    await saveTollRules(house.deps.records, 'system', { emergency: ['110', '1999'] })
    assert.match((await look(house, cookie, '/admin/safety')).text, /分机 1999（bob）与紧急号码相同/)
    const { password, ...rest } = person('bob', '1999')
    const saved = await send(house, cookie, 'POST', `/admin/users/${bob.id}`, { ...rest, displayName: 'Bobby' })
    assert.equal(saved.status, 303, saved.text)
    assert.match((await look(house, cookie, '/admin/safety')).text, /分机 1999（Bobby）/)
    await saveTollRules(house.deps.records, 'system', { emergency: ['110', '1999', '1888'] })
    const eve = await send(house, cookie, 'POST', '/admin/users', person('eve', '1888'))
    assert.equal(eve.status, 422, 'what somebody set is one too')
    const other = await send(house, cookie, 'POST', `/admin/users/${bob.id}`, { ...rest, extension: '110' })
    assert.equal(other.status, 422)
  })
})

test('a centre where nothing is known of help is told so, and which numbers are taken; one in New Zealand has 111', async () => {
  const { house, cookie } = await houseIn('Antarctica/Troll')
  await using _ = house
  const said = (await look(house, cookie, '/admin/safety')).text
  assert.match(said, /没有此时区（Antarctica\/Troll）所属国家的紧急号码表，暂以 110 · 119 [^：]*· 112 · 911 为准/)
  await saveSettings(house.deps.records, 'system', { 'centre.zone': 'Pacific/Auckland' })
  const there = (await look(house, cookie, '/admin/safety')).text
  assert.match(there, /本地（Pacific\/Auckland）的号码：111 · 112 · 911/)
  assert.doesNotMatch(there, /没有此时区/)
  const dialled = (extension: string) => send(house, cookie, 'POST', '/admin/users', person(`n${extension}`, extension))
  assert.equal((await dialled('111')).status, 422)
  assert.equal((await dialled('119')).status, 303, 'that is China’s')
})

test('numbers that are left out on purpose are told no more, until another one is missing or the centre moves; who said so is kept', async () => {
  const { house, cookie } = await houseIn('Asia/Singapore')
  await using _ = house
  const isTold = async () => /现在拨不通/.test((await look(house, cookie, '/admin/safety')).text)
  await saveTollRules(house.deps.records, 'system', { emergency: ['999', '112', '911', '995'] })
  const page = await look(house, cookie, '/admin/safety')
  assert.match(page.text, /993 现在拨不通/)
  assert.match(page.text, /有意不加，不再提示/)
  const seen = { numbers: '993 110' } // the one is missing, the other is none of here
  assert.equal((await send(house, cookie, 'POST', '/admin/safety/missing', seen)).status, 303)
  assert.equal(await isTold(), false)
  const kept = await house.store.read('settings.get', { key: 'safety.leftOut' })
  assert.equal(kept, '65: 993')
  const [line] = (await house.store.read('journal.after', { seq: 0, limit: 500 })).filter(
    ({ fact }) => fact.type === 'setting.saved' && fact.key === 'safety.leftOut',
  )
  assert.match(line!.actor, /^user:/)

  await saveTollRules(house.deps.records, 'system', { emergency: ['999', '112', '911'] })
  assert.match((await look(house, cookie, '/admin/safety')).text, /995 · 993 现在拨不通/, 'another one is missing now')
  // Who saw one only leaves out that one, whatever else is missing by then.
  assert.equal((await send(house, cookie, 'POST', '/admin/safety/missing', seen)).status, 303)
  assert.equal(await isTold(), true)
  assert.equal((await send(house, cookie, 'POST', '/admin/safety/missing', { numbers: '995 993' })).status, 303)
  assert.equal(await isTold(), false)
  await saveTollRules(house.deps.records, 'system', { emergency: ['112', '911'] })
  assert.equal((await send(house, cookie, 'POST', '/admin/safety/missing', { numbers: '999' })).status, 303)
  assert.equal(await isTold(), false, 'with those that were left out before')
  await assert.rejects(saveSettings(house.deps.records, 'system', { 'safety.leftOut': '65: none' }))
  await saveSettings(house.deps.records, 'system', { 'centre.zone': 'Asia/Kuala_Lumpur' })
  assert.equal(await isTold(), true, 'what was said in Singapore holds for none of Malaysia')
  assert.deepEqual(tollRulesIn('Asia/Kuala_Lumpur').emergency, emergencyNumbersIn('Asia/Kuala_Lumpur'))
})

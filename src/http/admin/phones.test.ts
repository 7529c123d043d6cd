import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { UserId } from '../../lib/ids.ts'
import { changeUser } from '../../records/people/users.ts'
import { look, send, sendOn } from '../testing/form.ts'
import { type House, openHouse } from '../testing/house.ts'
import { adminRoutes } from './admin.ts'

let house: House
let cookie = ''
let alice = ''
before(async () => {
  house = await openHouse({ pages: { routers: [adminRoutes] } })
  await house.add('adam', 'admin')
  alice = (await house.add('alice', 'agent', { extension: '1001', station: 'phone-nailed' } as never)).id
  cookie = (await house.signIn('adam')).cookie
})
after(() => house[Symbol.asyncDispose]())

const fetched = async (path: string) => {
  const response = await house.app.request(path)
  return { status: response.status, text: await response.text() }
}
const addressOf = (text: string, make: string) =>
  new URL(new RegExp(`<code[^>]*>(http[^<]*/provision/[^<]*/${make}/[^<]*)<`).exec(text)![1]!).pathname

test('an administrator makes an address, a phone fetches its settings from it, and the next address ends it', async () => {
  assert.match((await look(house, cookie, '/admin/phones')).text, /1001/)
  const page = await sendOn(house, cookie, `/admin/phones/${alice}/address`)
  assert.equal(page.status, 200)
  assert.match(page.text, /<svg/)
  const path = addressOf(page.text, 'yealink')
  const { status, text } = await fetched(`${path}001565123456.cfg`)
  assert.equal(status, 200)
  const password = house.store.secret(alice, 'sip-password')!
  assert.ok(password.length >= 16, 'a password was made, since there was none')
  assert.ok(text.includes(`account.1.password = ${password}`))
  assert.match(text, /features\.intercom\.allow = 1/)
  assert.equal((await fetched(addressOf(page.text, 'linphone'))).status, 200)
  assert.equal((await fetched(path.replace('/yealink/', '/toaster/'))).status, 404)

  assert.equal((await send(house, cookie, 'POST', '/admin/phones/none/address')).status, 404)
  const reloaded = await house.app.request(page.location, { headers: { cookie } })
  assert.equal(reloaded.headers.get('location'), '/admin/phones?over=1', 'a reload makes no other address')
  assert.match((await look(house, cookie, '/admin/phones?over=1')).text, /配置地址只显示一次，现在已不能再看/)
  assert.equal((await fetched(`${path}001565123456.cfg`)).status, 200, 'and leaves the one that was shown')

  const again = await sendOn(house, cookie, `/admin/phones/${alice}/address`)
  assert.equal((await fetched(path)).status, 404)
  assert.equal((await fetched(addressOf(again.text, 'snom'))).status, 200)
  assert.equal(house.store.secret(alice, 'sip-password'), password, 'the password stays')
  house.clock.advance(25 * 3_600_000)
  assert.equal((await fetched(addressOf(again.text, 'snom'))).status, 404)
})

test('a new password of the phone ends the address that was shown before it', async () => {
  cookie = (await house.signIn('adam')).cookie // the day before has ended the session
  const page = await sendOn(house, cookie, `/admin/phones/${alice}/address`)
  const path = addressOf(page.text, 'snom')
  assert.equal((await fetched(path)).status, 200)
  await changeUser(house.deps.records, 'system', alice as UserId, { sipPassword: 'of another phone 5!' })
  assert.equal((await fetched(path)).status, 404)
})

test('an address is good for a few fetches, from the networks of phones, and never stands in the journal', async () => {
  cookie = (await house.signIn('adam')).cookie // the day before has ended the session
  const page = await sendOn(house, cookie, `/admin/phones/${alice}/address`)
  assert.ok(!page.text.includes('/ca.crt'), 'phones trust whoever signed for these pages')
  const path = addressOf(page.text, 'fanvil')
  const setting = { type: 'setting.saved' as const, key: 'allow.phones', value: '10.0.0.0/8' }
  await house.engine.dispatch({ type: 'records.committed', facts: [setting] }, 'system')
  assert.equal((await fetched(path)).status, 404)
  await house.engine.dispatch({ type: 'records.committed', facts: [{ ...setting, value: '' }] }, 'system')
  const statuses: number[] = []
  for (let n = 0; n < 25; n++) statuses.push((await fetched(path)).status)
  assert.deepEqual([statuses.filter(status => status === 200).length, statuses.at(-1)], [20, 404])
  const key = path.split('/')[2]!
  const noted = await house.facts('audit.noted')
  assert.ok(noted.length >= 5)
  assert.ok(noted.every(({ body }) => !body.includes(key)))
})

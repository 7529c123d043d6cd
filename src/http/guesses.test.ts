import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { VirtualClock } from '../lib/clock.ts'
import type { UserId } from '../lib/ids.ts'
import { adminRoutes } from './admin/admin.ts'
import { type Guessed, Guesses } from './guesses.ts'
import { look } from './testing/form.ts'
import { type House, noon, openHouse } from './testing/house.ts'

const minuteMs = 60_000
const alice = 'u_alice' as UserId

function guessesAt(clock: VirtualClock): { guesses: Guesses; told: Guessed[] } {
  const told: Guessed[] = []
  const userOf = (name: string) => (name.toLowerCase() === 'alice' ? alice : undefined)
  return { guesses: new Guesses({ clock, userOf, tell: guessed => told.push(guessed) }), told }
}

test('ten wrong passwords of one account in a day are told once, from wherever they come, and anew the day after', () => {
  const clock = new VirtualClock(noon)
  const { guesses, told } = guessesAt(clock)
  for (let n = 1; n <= 25; n++) {
    guesses.refused(n % 2 ? 'alice' : ' ALICE', `10.0.0.${n}`)
    assert.equal(told.length, n < 10 ? 0 : 1, String(n))
    clock.advance(31 * minuteMs)
  }
  assert.deepEqual(told, [{ user: alice, address: '10.0.0.10', tries: 10, withinMs: 24 * 60 * minuteMs }])
  clock.advance(24 * 60 * minuteMs)
  for (let n = 0; n < 10; n++) guesses.refused('alice', '10.0.0.1')
  assert.equal(told.length, 2)
})

test('an address that tries one name after the other is told after thirty within an hour, or a hundred within a day', () => {
  const clock = new VirtualClock(noon)
  const quick = guessesAt(clock)
  for (let n = 0; n < 60; n++) quick.guesses.refused(`name${n}`, '10.0.0.7')
  assert.deepEqual(quick.told, [{ user: null, address: '10.0.0.7', tries: 30, withinMs: 60 * minuteMs }])
  const slow = guessesAt(clock)
  for (let n = 0; n < 120; n++) {
    slow.guesses.refused(`name${n}`, '10.0.0.8')
    clock.advance(5 * minuteMs)
  }
  assert.deepEqual(slow.told, [{ user: null, address: '10.0.0.8', tries: 100, withinMs: 24 * 60 * minuteMs }])
})

test('who tries from one IPv6 address after the other of a network is told as one, from the last', () => {
  const { guesses, told } = guessesAt(new VirtualClock(noon))
  for (let n = 1; n <= 60; n++) guesses.refused(`name${n}`, `2001:db8:1:2::${n}`)
  assert.deepEqual(told, [{ user: null, address: '2001:db8:1:2::30', tries: 30, withinMs: 60 * minuteMs }])
})

test('of a name that nobody has no account is told', () => {
  const { guesses, told } = guessesAt(new VirtualClock(noon))
  for (let n = 0; n < 25; n++) guesses.refused('mallory', `10.0.1.${n}`)
  assert.deepEqual(told, [])
})

test('people who mistype now and then behind one address are no alarm', () => {
  const clock = new VirtualClock(noon)
  const { guesses, told } = guessesAt(clock)
  for (let n = 0; n < 90; n++) {
    guesses.refused(`agent${n % 45}`, '10.0.0.9')
    clock.advance(3 * minuteMs)
  }
  assert.deepEqual(told, [])
})

test('a flood from many addresses writes no more alarms than can be read', () => {
  const clock = new VirtualClock(noon)
  const { guesses, told } = guessesAt(clock)
  for (let host = 0; host < 100; host++) for (let n = 0; n < 30; n++) guesses.refused('x', `10.1.0.${host}`)
  assert.equal(told.length, 10)
  assert.deepEqual(guesses.figures, { refused: 3000, told: 10 })
  guesses.refused('x', '10.1.0.50')
  assert.equal(told.length, 10)
  clock.advance(10_000)
  guesses.refused('x', '10.1.0.50')
  assert.deepEqual(
    told.slice(10).map(({ address, tries }) => [address, tries]),
    [['10.1.0.50', 32]],
    'it is told at its next try',
  )
})

let house: House
before(async () => {
  house = await openHouse({ pages: { routers: [adminRoutes] } })
})
after(() => house[Symbol.asyncDispose]())

async function alarms() {
  return (await house.facts('safety.alarmed')).map(({ body }) => JSON.parse(body))
}

test('administrators see whose password is guessed, also once it is locked, and from where; a name that nobody has is in no alarm', async () => {
  const bob = await house.add('bob', 'agent', { displayName: 'Bob Bao' })
  await house.add('adam', 'admin')
  const { cookie } = await house.signIn('adam')
  const answers: string[] = []
  for (const name of ['bob', 'nobody'])
    for (let tries = 0; tries < 12; tries++) {
      const { response } = await house.signIn(name, 'secret typed wrong')
      const text = (await response.text()).replaceAll(name, 'NAME').replace(/data-now="\d+"/, '')
      answers.push(`${response.status} ${text}`)
    }
  assert.deepEqual(answers.slice(0, 12), answers.slice(12), 'the answers tell neither apart')
  const told = await alarms()
  assert.deepEqual(told, [
    {
      type: 'safety.alarmed',
      rule: 'account_guessed',
      user: bob.id,
      call: null,
      number: '',
      words: 'Someone guesses a password at sign-in: 10 wrong, the last from unknown.',
      address: 'unknown',
    },
  ])
  assert.match((await look(house, cookie, '/admin/safety')).text, /有人在猜此人的登录密码[\s\S]*Bob Bao/)
  for (const name of ['ann', 'ben', 'cleo', 'dan', 'eve', 'fay']) await house.signIn(name, 'secret typed wrong')
  assert.deepEqual(
    (await alarms()).slice(1).map(({ rule, user }) => [rule, user]),
    [['sign_in_guessed', null]],
  )
  assert.match((await look(house, cookie, '/admin/safety')).text, /有人从同一地址反复猜登录密码/)
  assert.ok(!JSON.stringify(await house.facts()).includes('secret typed wrong'))
  const { secret } = await house.token('admin')
  const metrics = await house.app.request('/metrics', { headers: { authorization: `Bearer ${secret}` } })
  const text = await metrics.text()
  assert.match(text, /switchroom_sign_ins_refused_total 30\n/)
  assert.match(text, /switchroom_sign_ins_guessed_total 2\n/)
})

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { wordsIn } from '../../../web/words/words.ts'
import type { TrunkId } from '../../lib/ids.ts'
import { findingCodes } from '../../phone/trunk-test.ts'
import { changeTrunk, createTrunk } from '../../records/telephony/trunks.ts'
import type { TrunkTestSeen } from '../deps.ts'
import { look, send } from '../testing/form.ts'
import { type House, openHouse } from '../testing/house.ts'
import { adminRoutes } from './admin.ts'

let house: House
let adam = ''
let path = ''
let id: TrunkId
/** What the wire was asked for, and the test under way. */
const asked: (string | null)[] = []
let run: (TrunkTestSeen & { over(): void }) | null = null
let refusal: { rule: string; words: string } | null = null

before(async () => {
  house = await openHouse({ pages: { routers: [adminRoutes] } })
  await house.add('adam', 'admin', { language: 'en' })
  adam = (await house.signIn('adam')).cookie
  const trunk = await createTrunk(house.deps.records, 'system', {
    name: 'carrier',
    host: '127.0.0.1',
    callerIds: ['+862151860000'],
    rules: { echoNumber: '*43' },
  })
  id = trunk.id
  path = `/admin/trunks/${id}/tests`
  house.deps.trunkTests = {
    obstacle: () => refusal,
    of: () => run,
    run(_, number) {
      asked.push(number)
      const { promise, resolve } = Promise.withResolvers<TrunkTestSeen>()
      const steps: TrunkTestSeen['steps'] = [{ step: 'call', state: 'running', code: null, found: '*43' }]
      const made = { number, begunAt: house.clock.now(), isOver: false, steps }
      run = Object.assign(made, {
        over() {
          steps[0] = { step: 'call', state: 'bad', code: 'refused', found: 'SIP 404' }
          made.isOver = true
          resolve(made)
        },
      })
      return promise
    },
  }
})
after(() => house[Symbol.asyncDispose]())

test('a test shows its steps as they come, says what to do about what is wrong, and stands in the journal from its beginning', async () => {
  const begun = await send(house, adam, 'POST', path, {}, true)
  assert.equal(begun.status, 200)
  assert.match(begun.text, /hx-get="[^"]+\/tests" hx-trigger="every 1s"/)
  assert.match(begun.text, /Echo call[\s\S]*under way/)
  assert.deepEqual(asked, ['*43'])
  const noted = async () =>
    (await house.facts('audit.noted')).map(({ actor, body }) => `${actor.split(':')[0]} ${body}`)
  assert.match((await noted())[0]!, /^user .*trunk\.testBegun.*\*43/)
  run!.over()
  await new Promise(done => setImmediate(done))
  const over = await look(house, adam, path)
  assert.doesNotMatch(over.text, /hx-trigger/, 'it is not asked for again')
  assert.match(over.text, /is the number right, and may this trunk call it/)
  assert.match(over.text, /SIP 404/)
  for (let tries = 0; (await noted()).length < 2 && tries < 100; tries++)
    await new Promise(done => setTimeout(done, 10))
  assert.match((await noted())[1]!, /trunk\.tested.*call bad refused/)
})

test('the call of a test has a line of the trunk until it is over', async () => {
  const floor = house.engine.state.trunks.get(id)!
  house.clock.advance(2_000)
  assert.equal((await send(house, adam, 'POST', path, {}, true)).status, 200)
  assert.equal(floor.tests, 1)
  run!.over()
  for (let tries = 0; floor.tests === 1 && tries < 100; tries++) await new Promise(resolve => setTimeout(resolve, 5))
  assert.equal(floor.tests, 0)
  asked.pop()
})

test('nobody but an administrator begins one', async () => {
  await house.add('sam', 'supervisor')
  const sam = (await house.signIn('sam')).cookie
  assert.equal((await send(house, sam, 'POST', path, {}, true)).status, 403)
  assert.equal(asked.length, 1)
})

test('what stands in its way is said, and nothing is called: another test, a full trunk, a number that costs', async () => {
  refusal = { rule: 'trunk_test_soon', words: '' }
  const soon = await send(house, adam, 'POST', path, {}, true)
  assert.equal(soon.status, 409)
  assert.match(soon.text, /once in 10 seconds/)
  refusal = null
  for (const [echoNumber, words] of [
    ['110', /an emergency number/],
    ['00882123456', /begins as barred numbers do/],
    ['00442071234567', /not one that a supervisor may dial by hand/],
  ] as const) {
    await changeTrunk(house.deps.records, 'system', id, { rules: { echoNumber } })
    const refused = await send(house, adam, 'POST', path, {}, true)
    assert.equal(refused.status, 409, echoNumber)
    assert.match(refused.text, words)
  }
  await changeTrunk(house.deps.records, 'system', id, { rules: { echoNumber: '*43' } })
  const floor = house.engine.state.trunks.get(id)!
  floor.up = true
  floor.calls = floor.trunk.maxCalls
  assert.match((await send(house, adam, 'POST', path, {}, true)).text, /The trunk is full/)
  floor.calls = 0
  assert.equal(asked.length, 1)
})

test('there are words in both languages for whatever a test can find', () => {
  for (const language of ['zh-CN', 'en'] as const)
    assert.deepEqual(Object.keys(wordsIn(language).trunkTest.findings).sort(), [...findingCodes].sort())
})

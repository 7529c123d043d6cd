import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { debtPlaceholders } from '../../lender/script.ts'
import { saveScript } from '../../records/campaigns/scripts.ts'
import { makePromise } from '../../records/collections/promises.ts'
import { carl, type Desk, friend, openDesk } from '../testing/desk.ts'
import type { House } from '../testing/house.ts'
import { amountInWords, dateInWords, saidAs } from './say.ts'

let desk: Desk
let house: House
let script = ''
const both = (text: string) => ({ 'zh-CN': `中 ${text}`, en: text })
const given = () => ({
  ...{ name: 'M1', places: [desk.campaign], others: 'message' },
  must: [
    { key: 'recorded', text: both('This call is recorded.'), to: 'all' },
    { key: 'sum', text: both('The sum is {owed}.'), to: 'debtor' },
  ],
  steps: [
    { key: 'who', title: both('Who'), text: both('Am I speaking to {party}?'), answers: answers('why', null) },
    {
      key: 'why',
      title: both('Why'),
      text: both('You owe {overdue} since {due}, {days} days.'),
      answers: answers('close'),
    },
    { key: 'close', title: both('Close'), text: both('Goodbye, {promise_date}.'), answers: [] },
    { key: 'message', title: both('Message'), text: both('Ask {party} to call.'), answers: [] },
  ],
})
const answers = (...to: (string | null)[]) => to.map((each, at) => ({ words: both(`answer ${at}`), to: each }))
before(async () => {
  desk = await openDesk()
  house = desk.house
  const door = house.deps.records
  await makePromise(door, 'system', { party: 'K-1', amount: 100_000, currency: 'CNY', dueOn: '2026-11-28' })
  script = (await saveScript(door, 'system', null, given())).script.id
})
after(() => desk[Symbol.asyncDispose]())

const put = (path: string, fields: Record<string, string>) => desk.put(path, fields)
const theCall = () => desk.call()
const say = (text: string) =>
  /<section id="say"[\s\S]*?<\/section>/
    .exec(text)![0]
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')

async function dial(number: string): Promise<string> {
  await desk.talk(number)
  return say(await desk.page())
}
async function done(): Promise<void> {
  const { id } = theCall()
  await desk.hangUp()
  const fields = { code: 'refused', next: 'break' }
  assert.equal((await desk.post(`/agent/calls/${id}/disposition`, fields)).status, 200)
}

test('the script of the campaign is said with the values of this party, and answers lead on', async () => {
  assert.match(
    await dial(carl),
    /This call is recorded\..*The sum is 2,080\.50 yuan.*Who Am I speaking to Carl Chen ?\? answer 0/,
  )
  const path = `/agent/calls/${theCall().id}/script`
  const why = say((await put(path, { from: 'who', answer: '0' })).text)
  assert.match(
    why,
    /You owe 2,080\.50 yuan since Saturday, 7 November ?, 17 days\. Close Goodbye, Saturday, 28 November/,
  )
  assert.match(why, /Who/, 'the way back is there')
  assert.match(say((await put(path, { to: 'who' })).text), /Am I speaking/)
  assert.match(say((await put(path, { from: 'who', answer: '1' })).text), /This is the end/)
  assert.equal((await put(path, { from: 'who', answer: '7' })).status, 404)
  assert.equal((await put(path, { from: 'nowhere', answer: '0' })).status, 404)
  assert.equal((await put('/agent/calls/c_1-1/script', { to: 'who' })).status, 404)
})

test('a sentence is ticked while the party is on the line, with its time and its place in the recording, and it is a fact', async () => {
  const { id } = theCall()
  const ticked = say((await put(`/agent/calls/${id}/readings/recorded`, { read: 'true' })).text)
  assert.match(ticked, /This call is recorded\. read 12:00:00, recording 00:00/)
  assert.equal((await put(`/agent/calls/${id}/readings/none`, { read: 'true' })).status, 404)
  const [mark] = (await house.store.read('marks.ofCall', { call: id })).filter(({ kind }) => kind === 'read')
  assert.deepEqual([mark!.key, mark!.version, mark!.agent, mark!.offsetMs], ['recorded', 1, desk.alice.id, 0])
  await put(`/agent/calls/${id}/ending`, {})
  const late = await put(`/agent/calls/${id}/readings/sum`, { read: 'true' })
  assert.equal(late.status, 409)
  assert.match(say(await desk.page()), /The sum is .*not read/)
  await done()
})

test('a call goes on with the version that it began with', async () => {
  await dial(carl)
  const { id } = theCall()
  await put(`/agent/calls/${id}/script`, { from: 'who', answer: '0' })
  const changed = given()
  changed.steps[1]!.text = both('Anew: {overdue}.')
  assert.equal((await saveScript(house.deps.records, 'system', script, changed)).version, 2)
  assert.match(say(await desk.page()), /You owe 2,080/)
  await done()
  await dial(carl)
  assert.match(
    say((await put(`/agent/calls/${theCall().id}/script`, { from: 'who', answer: '0' })).text),
    /Anew: 2,080/,
  )
  await done()
})

test('to a contact the script has its own beginning, and not even a step that is forced shows a debt', async () => {
  const began = await dial(friend)
  assert.match(began, /Ask Carl Chen to call/)
  assert.doesNotMatch(began, /The sum is|You owe/)
  const path = `/agent/calls/${theCall().id}/script`
  const forced = say((await put(path, { to: 'why' })).text)
  assert.match(forced, /Anew: \(none\)/)
  assert.doesNotMatch(forced, /2,080|November/)
  await done()
})

test('no placeholder that may tell of a debt has a value where debts may not be spoken of', () => {
  const open = { centre: 'c', agent: 'a', name: 'n', party: 'p', ref: 'r', today: '2026-11-24' }
  for (const name of [...debtPlaceholders, 'field.card', 'lead.balance', 'constructor', '__proto__'])
    assert.equal(saidAs(name, { language: 'en', open, debts: null }), null, name)
})

test('amounts and dates are as they are said', () => {
  assert.equal(amountInWords(208_000, 'CNY', 'zh-CN'), '2,080 元')
  assert.equal(amountInWords(123_456_789, 'USD', 'en'), '1,234,567.89 USD')
  assert.equal(dateInWords('2026-11-28', 'zh-CN'), '11月28日，星期六')
  assert.equal(dateInWords('2024-02-29', 'en'), 'Thursday, 29 February')
})

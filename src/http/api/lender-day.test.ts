/** What follows from a repayment: allocation, promise, case, and calls that are withdrawn. */
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import type { LegId } from '../../lib/ids.ts'
import { judgeDuePromises } from '../../records/collections/promises.ts'
import { type House, noon, openHouse } from '../testing/house.ts'

let house: House
let admin: string
let n = 0
let party: string
before(async () => {
  house = await openHouse()
  admin = (await house.token('admin')).secret
})
after(() => house[Symbol.asyncDispose]())

const at = (day: string) => `${day}T10:00:00+08:00`

async function ask<T>(
  method: string,
  path: string,
  body?: unknown,
  status = method === 'POST' ? 201 : 200,
): Promise<T> {
  const response = await house.api(admin, method, path, body)
  const text = await response.text()
  assert.equal(response.status, status, text)
  return (text === '' ? null : JSON.parse(text)) as T
}

/** A party with 1,020.00 overdue since 20 October and 1,010.00 due today. */
beforeEach(async () => {
  n++
  party = `K-${n}`
  await ask('POST', '/parties', {
    ref: party,
    name: 'Carl',
    phones: [{ number: `+8613800${String(n).padStart(6, '0')}` }],
  })
  await ask('POST', '/loans', {
    ref: `L-${n}`,
    party,
    product: 'cash',
    principal: 200_000,
    plan: [
      { no: 1, dueOn: '2026-10-20', principal: 100_000, interest: 1_500, fees: 300, penalty: 200 },
      { no: 2, dueOn: '2026-11-24', principal: 100_000, interest: 1_000 },
    ],
  })
})

type Case = { id: string; state: string; agent: string | null; loans: string[] }
type Told = { id: string; lines: object[]; leftOver: number; reversedAt: number | null }
const openCase = () => ask<Case>('POST', '/cases', { party })
const pay = (amount: number, more: object = {}) =>
  ask<Told>('POST', '/repayments', { id: `P-${n}-${++paid}`, party, amount, paidAt: at('2026-11-24'), ...more })
let paid = 0
const caseNow = async (id: string) => (await ask<Case>('GET', `/cases/${id}`)).state
const promiseNow = (id: string) => ask<{ state: string; paid: number }>('GET', `/promises/${id}`)

test('a repayment pays fees, penalty, interest and principal of the oldest instalment before anything of the next', async () => {
  const repayment = await pay(102_500)
  assert.deepEqual(repayment.lines, [
    { loan: `L-${n}`, instalment: 1, component: 'fees', amount: 300 },
    { loan: `L-${n}`, instalment: 1, component: 'interest', amount: 1_500 },
    { loan: `L-${n}`, instalment: 1, component: 'penalty', amount: 200 },
    { loan: `L-${n}`, instalment: 1, component: 'principal', amount: 100_000 },
    { loan: `L-${n}`, instalment: 2, component: 'interest', amount: 500 },
  ])
  const loan = await ask<{ owedTotal: number; daysPastDue: number; oldestDueOn: string }>('GET', `/loans/L-${n}`)
  assert.deepEqual([loan.owedTotal, loan.daysPastDue, loan.oldestDueOn], [100_500, 0, '2026-11-24'])
})

test('the same repayment told twice is recorded once', async () => {
  await pay(1_000, { id: `P-same-${n}` })
  const again = await ask<{ rule: string }>(
    'POST',
    '/repayments',
    { id: `P-same-${n}`, party, amount: 1_000, paidAt: at('2026-11-24') },
    409,
  )
  assert.equal(again.rule, 'repayment-known')
})

test('money that nothing was owed for waits, and pays a loan that is told later', async () => {
  const repayment = await pay(250_000)
  assert.equal(repayment.leftOver, 47_000)
  const plan = [{ no: 1, dueOn: '2027-01-05', principal: 50_000 }]
  await ask('POST', '/loans', { ref: `M-${n}`, party, product: 'card', principal: 50_000, plan })
  const later = await ask<Told>('GET', `/repayments/${repayment.id}`)
  assert.equal(later.leftOver, 0)
  const { items } = await ask<{ items: { ref: string; owedTotal: number }[] }>('GET', `/loans?party=${party}`)
  assert.deepEqual(
    items.map(({ owedTotal }) => owedTotal),
    [0, 3_000],
  )
})

test('a repayment that leaves nothing overdue cures the case, and its reversal opens it again', async () => {
  const { id, loans } = await openCase()
  assert.deepEqual(loans, [`L-${n}`])
  await pay(50_000)
  assert.equal(await caseNow(id), 'IMPORTED')
  const last = await pay(52_000)
  assert.equal(await caseNow(id), 'CURED')
  const reversed = await ask<Told>('POST', `/repayments/${last.id}/reversal`, { reason: 'bounced' }, 200)
  assert.deepEqual([reversed.reversedAt, reversed.lines], [noon, []])
  assert.equal(await caseNow(id), 'IMPORTED')
  const loan = await ask<{ overdueTotal: number }>('GET', `/loans/L-${n}`)
  assert.equal(loan.overdueTotal, 52_000)
  await ask('POST', `/repayments/${last.id}/reversal`, { reason: 'again' }, 409)
})

test('a promise puts the case to PTP and is kept by nine tenths of it; then the case is worked on again', async () => {
  const { id } = await openCase()
  const promise = await ask<{ id: string; state: string }>('POST', '/promises', {
    party,
    amount: 10_000,
    dueOn: '2026-11-27',
  })
  assert.equal(await caseNow(id), 'PTP')
  await pay(8_999)
  assert.deepEqual((({ state, paid }) => ({ state, paid }))(await promiseNow(promise.id)), {
    state: 'OPEN',
    paid: 8_999,
  })
  const enough = await pay(1)
  assert.equal((await promiseNow(promise.id)).state, 'KEPT')
  assert.equal(await caseNow(id), 'WORKING')
  await ask('POST', `/repayments/${enough.id}/reversal`, { reason: 'bounced' }, 200)
  assert.equal((await promiseNow(promise.id)).state, 'OPEN')
})

test('when the date and the day of grace are over, a promise is partial or broken, once and whoever asks', async () => {
  const { id } = await openCase()
  const first = await ask<{ id: string }>('POST', '/promises', { party, amount: 5_000, dueOn: '2026-11-25' })
  const second = await ask<{ id: string }>('POST', '/promises', { party, amount: 5_000, dueOn: '2026-11-26' })
  await pay(1_000)
  house.clock.advance(2 * 86_400_000) // the 26th: the first has its last day
  await judgeDuePromises(house.deps.records)
  assert.equal((await promiseNow(first.id)).state, 'OPEN')
  house.clock.advance(86_400_000)
  await judgeDuePromises(house.deps.records)
  assert.equal((await promiseNow(first.id)).state, 'PARTIAL')
  assert.equal(await caseNow(id), 'PTP')
  house.clock.advance(86_400_000)
  await judgeDuePromises(house.deps.records)
  assert.equal((await promiseNow(second.id)).state, 'BROKEN')
  assert.equal(await caseNow(id), 'WORKING')
  assert.equal(await judgeDuePromises(house.deps.records), 0)
  // A transfer that is told late, but came in time, sets it right.
  await pay(4_000, { paidAt: at('2026-11-25') })
  assert.equal((await promiseNow(first.id)).state, 'KEPT')
})

test('HOLD stops the party with the case, and its release lifts both', async () => {
  const { id } = await openCase()
  await ask('POST', `/cases/${id}/moves`, { type: 'hold', hold: 'dispute', reason: 'says that it was paid' }, 200)
  assert.equal(await caseNow(id), 'HOLD')
  assert.equal(house.engine.state.stops.of(party, house.clock.now())?.reason, 'dispute')
  const refused = await ask<{ rule: string }>('POST', '/promises', { party, amount: 100, dueOn: '2026-12-20' }, 409)
  assert.equal(refused.rule, 'case-on-hold')
  await ask('POST', `/cases/${id}/moves`, { type: 'release', reason: 'settled' }, 200)
  assert.equal(await caseNow(id), 'IMPORTED')
  assert.equal(house.engine.state.stops.of(party, house.clock.now()), null)
})

test('a stop that is set and lifted at /holds is the HOLD of the case too', async () => {
  const { id } = await openCase()
  await ask('POST', '/holds', { party, reason: 'complaint' })
  assert.equal(await caseNow(id), 'HOLD')
  const response = await house.api(admin, 'DELETE', `/holds/${party}?reason=settled`)
  assert.equal(response.status, 204)
  assert.equal(await caseNow(id), 'IMPORTED')
})

test('a flag such as death stops every channel and holds the case, in one commit', async () => {
  const { id } = await openCase()
  await ask('PATCH', `/parties/${party}`, { flags: ['deceased'] })
  assert.equal(await caseNow(id), 'HOLD')
  assert.equal(house.engine.state.stops.of(party, house.clock.now())?.reason, 'deceased')
})

test('a second case of a party, a promise of more than is owed, a date that is over: each is told', async () => {
  await openCase()
  const second = await ask<{ rule: string }>('POST', '/cases', { party }, 409)
  assert.equal(second.rule, 'case-open')
  const fields = async (body: object) =>
    (await ask<{ errors: { field: string }[] }>('POST', '/promises', body, 422)).errors.map(({ field }) => field)
  assert.deepEqual(await fields({ party, amount: 999_999, dueOn: '2026-12-20' }), ['amount'])
  assert.deepEqual(await fields({ party, amount: 1_000, dueOn: '2026-11-01' }), ['dueOn'])
  assert.deepEqual(await fields({ party: 'K-none', amount: 1_000, dueOn: '2026-12-20' }), ['party'])
})

test('the order in which a repayment pays is the lender’s to set', async () => {
  const rules = await ask<object>('GET', '/lender/rules')
  const wrong = await ask<{ errors: { field: string }[] }>(
    'POST',
    '/lender/rules',
    { ...rules, order: ['fees', 'fees', 'interest', 'principal'] },
    422,
  )
  assert.equal(wrong.errors[0]!.field, 'order')
  await ask('POST', '/lender/rules', { ...rules, order: ['principal', 'interest', 'penalty', 'fees'] }, 200)
  const { lines } = await pay(100_000)
  assert.deepEqual(lines, [{ loan: `L-${n}`, instalment: 1, component: 'principal', amount: 100_000 }])
  await ask('POST', '/lender/rules', rules, 200)
})

test('whoever dials a number of someone on hold is refused, over the API too, and the floor of the next start knows it', async () => {
  const agent = await house.add(`agent-${n}`, 'agent')
  await house.engine.dispatch({ type: 'agent.signOn', agent: agent.id }, 'system')
  await house.engine.dispatch({ type: 'station.up', agent: agent.id, leg: `st-${n}` as LegId }, 'system')
  const own = `13800${String(n).padStart(6, '0')}`
  const dial = (number: string) => ask<{ rule: string }>('POST', '/calls', { agent: agent.id, number }, 409)
  await ask('POST', '/holds', { party, reason: 'complaint' })
  assert.equal((await dial(own)).rule, 'party_hold')
  // A number that is written down later is the same person's.
  const later = `+8613911${String(n).padStart(6, '0')}`
  const known = await ask<{ phones: { number: string }[] }>('GET', `/parties/${party}`)
  await ask('PATCH', `/parties/${party}`, { phones: [{ number: known.phones[0]!.number }, { number: later }] })
  assert.equal((await dial(later)).rule, 'party_hold')
  const { stops = [] } = await house.store.setup(house.clock.now())
  assert.deepEqual(stops.find(stop => stop.party === party)?.numbers, [`+86${own}`, later])
  assert.equal((await house.api(admin, 'DELETE', `/holds/${party}?reason=settled`)).status, 204)
  assert.equal(house.engine.state.stops.ofNumber(later, house.clock.now()), null)
})

test('consent to sales calls ends with its last proof, at once and after a restart', async () => {
  const give = (purpose: string) =>
    ask<{ id: string }>('POST', '/consents', { party, purpose, channel: 'voice', basis: 'form', evidence: 'scan' })
  const [first, second] = [await give('sales'), await give('any')]
  const withdraw = ({ id }: { id: string }) =>
    house.api(admin, 'POST', `/consents/${id}/withdrawal`, { reason: 'asked for it' })
  const isUnsold = async () => {
    const { unsold = [] } = await house.store.setup(house.clock.now())
    const now = house.engine.state.stops.isUnsold(party)
    assert.equal(unsold.includes(party), now)
    return now
  }
  assert.ok((await withdraw(first)).ok)
  assert.equal(await isUnsold(), false)
  assert.ok((await withdraw(second)).ok)
  assert.equal(await isUnsold(), true)
  await give('sales')
  assert.equal(await isUnsold(), false)
})

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { loanByRef, saveLoans } from '../../records/collections/loans.ts'
import { recordRepayment } from '../../records/collections/repayments.ts'
import { createParty } from '../../records/parties/parties.ts'
import { look, send } from '../testing/form.ts'
import { type House, openHouse } from '../testing/house.ts'
import { supervisorRoutes } from './supervisor.ts'

let house: House
let sam = ''
let olga = ''
before(async () => {
  house = await openHouse({ pages: { routers: [supervisorRoutes] } })
  await house.add('sam', 'supervisor', { language: 'en' })
  await house.add('olga', 'auditor', { language: 'en' })
  sam = `${(await house.signIn('sam')).cookie}; lang=en`
  olga = `${(await house.signIn('olga')).cookie}; lang=en`
  await createParty(house.deps.records, 'system', { ref: 'K 1', name: 'Carl' })
  await createParty(house.deps.records, 'system', { ref: 'K-2', name: 'Dora' })
})
after(() => house[Symbol.asyncDispose]())

const at = '/supervisor/parties/K%201'
const post = (path: string, fields: Record<string, string>, cookie = sam) => send(house, cookie, 'POST', path, fields)
const theLoan = () => loanByRef(house.deps.records, 'L/1')
const given = {
  ...{ loanRef: 'L/1', product: 'cash', currency: 'cny', principal: '12,000.50', rate: '14.4', status: 'ACTIVE' },
  ...{ startedOn: '2026-10-01', term: '', plan: '2026/11/01\t6,000.50\t240\r\n2026/12/01\t6000\t160.25' },
}

test('a loan is added by hand with the plan as a sheet pastes it', async () => {
  assert.match((await look(house, sam, `${at}/loans/new`)).text, /A loan of Carl/)
  const added = await post(`${at}/loans`, given)
  assert.equal(added.status, 303, added.text)
  assert.equal(added.location, at)
  const { principal, ratePpm, term, plan, party } = await theLoan()
  assert.deepEqual([party, principal, ratePpm, term], ['K 1', 1_200_050, 144_000, 2])
  assert.deepEqual(
    plan.map(({ no, dueOn, principal, interest }) => [no, dueOn, principal, interest]),
    [
      [1, '2026-11-01', 600_050, 24_000],
      [2, '2026-12-01', 600_000, 16_025],
    ],
  )
  assert.ok((await look(house, sam, at)).text.includes(`${at}/loans/L%2F1/change`))
  assert.ok(!(await look(house, olga, at)).text.includes('/loans/'), 'who only reads has no way to the form')
  assert.equal((await post(`${at}/loans`, given)).status, 422, 'the same loan twice')
})

test('sums, dates and lines are looked through, each is said beside its field, and what was typed stays', async () => {
  const wrong = async (fields: Record<string, string>, words: RegExp, field: string) => {
    const { status, text } = await post(`${at}/loans`, { ...given, loanRef: 'L-9', ...fields })
    assert.equal(status, 422, JSON.stringify(fields))
    const said = new RegExp(`id="e-${field}">[\\s\\S]*?</p>`).exec(text)?.[0].replace(/<[^>]*>/g, '') ?? ''
    assert.match(said, words)
    assert.match(text, /value="cash"/)
  }
  await wrong({ principal: '12000' }, /all lines is ¥12,000\.50, that of the loan ¥12,000\.00/, 'plan')
  await wrong({ principal: '13000' }, /all lines is ¥12,000\.50/, 'plan')
  await wrong({ startedOn: '2026-11-02' }, /Not after the first due date \(2026-11-01\)/, 'startedOn')
  await wrong({ startedOn: '2026-02-30' }, /A date from 1900/, 'startedOn')
  await wrong({ term: '1' }, /At least as many .* \(2\)/, 'term')
  await wrong({ term: 'two' }, /1 to 600\. \(found: two\)/, 'term')
  await wrong({ rate: '14,4' }, /percentage .*\(found: 14,4\)/, 'rate')
  await wrong({ principal: 'much' }, /\(found: much\)/, 'principal')
  await wrong({ currency: 'yuan' }, /Three capital letters/, 'currency')
  await wrong({ plan: '' }, /A line is/, 'plan')
  await wrong({ plan: '2026-11-01 12000.50 x' }, /No\. 1: A line is.*found: 2026-11-01 12000\.50 x/, 'plan')
  await wrong({ plan: '1 2026-12-01 12000 0\n2 2026-11-01 0.50' }, /No\. 2: .*dates follow/, 'plan')
  await wrong({ plan: '1 2026-11-01 12000.50 0 0 0 12000.51' }, /No\. 1: .*what was paid is at most/, 'plan')
  await wrong({ plan: '1 2026-11-01 12000.50 0 0 0 0 9' }, /No\. 1: A line is/, 'plan')
  await wrong({ currency: 'JPY' }, /A line is/, 'plan')
  assert.equal(
    (await post(`${at}/loans`, { ...given, loanRef: 'L-9', principal: '13000', partly: 'true' })).status,
    303,
  )
  assert.equal((await post('/supervisor/parties/K-0/loans', { ...given, loanRef: 'L-8' })).status, 404)
  assert.equal((await post(`${at}/loans`, { ...given, loanRef: 'L-8' }, olga)).status, 403)
})

test('a loan is corrected with what was paid of it kept, and not over what somebody else saved meanwhile', async () => {
  const repayment = { id: 'P-1', loan: 'L/1', amount: 100_000, paidAt: house.clock.now() }
  await recordRepayment(house.deps.records, 'system', repayment)
  const form = (await look(house, sam, `${at}/loans/L%2F1/change`)).text
  assert.match(form, /1 2026-11-01 6000\.50 240\.00 0\.00 0\.00 0\.00\n2 2026-12-01/)
  const changedAt = /name="changedAt" value="(\d+)"/.exec(form)![1]!
  house.clock.advance(1_000)
  const change = { ...given, changedAt, plan: given.plan.replace('2026/12/01', '2026/12/08') }
  assert.equal((await post(`${at}/loans/L%2F1`, change)).status, 303)
  const after = await theLoan()
  assert.deepEqual([after.plan[1]!.dueOn, after.paid.reduce((sum, [, paid]) => sum + paid, 0)], ['2026-12-08', 100_000])
  const stale = await post(`${at}/loans/L%2F1`, { ...change, product: 'other' })
  assert.equal(stale.status, 422)
  assert.match(stale.text, /Somebody else changed this loan/)
  assert.equal(
    (await post(`${at}/loans/L%2F1`, { ...given, product: 'other' })).status,
    422,
    'no mark of what was seen',
  )
  assert.equal((await theLoan()).product, 'cash')
  assert.equal((await look(house, sam, '/supervisor/parties/K-2/loans/L%2F1/change')).status, 404)
})

test('what lowers a debt needs a reason, which is kept and shown with what was changed; the rest needs none', async () => {
  const plan = [{ no: 1, dueOn: '2026-11-01', principal: 100_000, interest: 5_000 }]
  const loan = { ref: 'L-5', party: 'K-2', product: 'cash', principal: 100_000, plan }
  await saveLoans(house.deps.records, 'system', [loan])
  const path = '/supervisor/parties/K-2'
  const change = async (fields: Record<string, string>) => {
    house.clock.advance(1_000)
    const { text } = await look(house, sam, `${path}/loans/L-5/change`)
    const changedAt = /name="changedAt" value="(\d+)"/.exec(text)![1]!
    const same = { ...given, startedOn: '', principal: '1000', rate: '0', plan: '1 2026-11-01 1000 50' }
    return post(`${path}/loans/L-5`, { ...same, changedAt, ...fields })
  }
  const kept = () => loanByRef(house.deps.records, 'L-5')
  assert.ok(
    !(await look(house, sam, path)).text.includes('Changes of loans by hand'),
    'what an import told is no change',
  )

  assert.equal((await change({ plan: '1 2026-11-01 1000 60' })).status, 303, 'more needs no reason')
  const lowered: Record<string, string>[] = [
    { plan: '1 2026-11-01 1000 50' },
    { plan: '1 2026-11-01 1000 60 0 0 0.01' },
    { status: 'CLOSED', plan: '1 2026-11-01 1000 60' },
    { currency: 'JPY', principal: '100000', plan: '1 2026-11-01 100000 6000' },
  ]
  for (const lower of lowered) {
    const { status, text } = await change(lower)
    assert.equal(status, 422, JSON.stringify(lower))
    assert.match(text, /id="e-reason">[\s\S]*?Write the reason/)
  }
  assert.deepEqual([(await kept()).owed, (await kept()).status], [106_000, 'ACTIVE'])

  const reason = 'fee charged twice'
  assert.equal((await change({ status: 'CLOSED', plan: '1 2026-11-01 1000 60', reason })).status, 303)
  const cheap = { plan: '1 2026-11-01 1000 10' }
  assert.equal((await change({ ...cheap, status: 'CLOSED' })).status, 422, 'nor while nothing of it is asked for')
  assert.equal((await change({ plan: '1 2026-11-01 1000 60' })).status, 303, 'open again')
  assert.equal((await change({ ...cheap, reason: 'agreed' })).status, 303)

  for (const cookie of [sam, olga]) {
    const shown = (await look(house, cookie, path)).text.split('Changes of loans by hand').at(-1)!
    const lines = [...shown.matchAll(/<li>([\s\S]*?)<\/li>/g)].map(([, line]) => line!.replace(/<[^>]*>/g, ''))
    assert.deepEqual(lines.slice(0, 6), [
      'Reason agreed',
      'Owed in all 1060.00 → 1010.00',
      'Plan · 1 2026-11-01 1000.00 60.00 0.00 0.00 0.00 → 2026-11-01 1000.00 10.00 0.00 0.00 0.00',
      'Owed in all 0.00 → 1060.00',
      'Status CLOSED → ACTIVE',
      `Reason ${reason}`,
    ])
    assert.match(shown, /sam/i)
  }
  const fact = JSON.parse((await house.facts('loans.saved')).at(-1)!.body) as object
  assert.deepEqual(Object.entries(fact)[1], ['byHand', { reason: 'agreed', owedBefore: 106_000, owedAfter: 101_000 }])
})

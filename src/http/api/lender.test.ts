import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { saveLoans } from '../../records/collections/loans.ts'
import { saveParties } from '../../records/parties/parties.ts'
import { type House, openHouse } from '../testing/house.ts'

let house: House
let admin: string
before(async () => {
  house = await openHouse()
  admin = (await house.token('admin')).secret
})
after(() => house[Symbol.asyncDispose]())

const carl = {
  ref: 'K-1001',
  name: '王小明',
  idNo: '110101199003071234',
  phones: [
    { number: '13812345678' },
    { number: '010-62345678', relation: 'WORKPLACE', name: '某公司', source: 'directory' },
  ],
}
const loan = {
  ref: 'L-1',
  party: 'K-1001',
  product: 'cash',
  principal: 200_000,
  ratePpm: 240_000,
  plan: [
    { no: 1, dueOn: '2026-10-20', principal: 100_000, interest: 2_000, fees: 500 },
    { no: 2, dueOn: '2026-11-24', principal: 100_000, interest: 1_000 },
  ],
}

test('a party comes in by the API, is a fact and a row, and is found by name, number, ref and ID number', async () => {
  const response = await house.api(admin, 'POST', '/parties', carl)
  assert.equal(response.status, 201, await response.clone().text())
  assert.equal(response.headers.get('location'), '/api/v1/parties/K-1001')
  for (const text of [
    '王小',
    '王小明',
    '小明',
    '5678',
    '13812345678',
    '1381234',
    '01062345678',
    'K-10',
    'k-1001',
    '110101 19900307 1234',
  ]) {
    const found = await house.api(admin, 'GET', `/parties?text=${encodeURIComponent(text)}`)
    const { items } = (await found.json()) as { items: { ref: string }[] }
    assert.deepEqual(
      items.map(({ ref }) => ref),
      ['K-1001'],
      text,
    )
  }
  const none = await house.api(admin, 'GET', `/parties?text=${encodeURIComponent('大明')}`)
  assert.deepEqual(await none.json(), { items: [], next: null })
})

test('an ID number is masked wherever it is read, sealed where it is kept, and shown once somebody says why', async () => {
  const party = (await (await house.api(admin, 'GET', '/parties/K-1001')).json()) as { idNo: string }
  assert.equal(party.idNo, '1101**********1234')
  const [saved] = await house.facts('parties.saved')
  assert.doesNotMatch(saved!.body, /1990/)
  const shown = await house.api(admin, 'POST', '/parties/K-1001/disclosures', {
    field: 'idNo',
    reason: 'asked by court',
  })
  assert.deepEqual(await shown.json(), { value: carl.idNo })
  const [fact] = await house.facts('party.secretShown')
  assert.deepEqual(JSON.parse(fact!.body), {
    type: 'party.secretShown',
    party: 'K-1001',
    field: 'idNo',
    reason: 'asked by court',
  })
  const quality = (await house.token('quality')).secret
  const refused = await house.api(quality, 'POST', '/parties/K-1001/disclosures', { field: 'idNo', reason: 'curious' })
  assert.equal(refused.status, 403)
  const masked = (await (await house.api(quality, 'GET', '/parties/K-1001')).json()) as { phones: { number: string }[] }
  assert.equal(masked.phones[0]!.number, '+86138****5678')
})

test('a ref that is there already is told, and so is every field that is wrong', async () => {
  const again = await house.api(admin, 'POST', '/parties', carl)
  assert.equal(again.status, 409)
  assert.equal(((await again.json()) as { rule: string }).rule, 'party-known')
  const wrong = await house.api(admin, 'POST', '/parties', {
    ref: 'K-2',
    name: ' ',
    phones: [{ number: 'x' }],
    zone: 'Mars/Base',
    shoe: 44,
  })
  assert.equal(wrong.status, 422)
  const { errors } = (await wrong.json()) as { errors: { field: string }[] }
  assert.deepEqual(errors.map(({ field }) => field).sort(), ['name', 'phones.0.number', 'shoe', 'zone'])
})

test('a change leaves what it does not name, and an ID number that is told again is no new one', async () => {
  const before = JSON.parse((await house.facts('parties.saved')).at(-1)!.body) as { parties: { idNo: object }[] }
  const changed = await house.api(admin, 'PATCH', '/parties/K-1001', { name: '王晓明', idNo: '110101-19900307-1234' })
  assert.equal(changed.status, 200, await changed.clone().text())
  const after = JSON.parse((await house.facts('parties.saved')).at(-1)!.body) as typeof before
  assert.deepEqual(after.parties[0]!.idNo, before.parties[0]!.idNo)
  const party = (await changed.json()) as { name: string; phones: unknown[] }
  assert.equal(party.name, '王晓明')
  assert.equal(party.phones.length, 2)
})

test('a loan stands in its bucket by what is overdue on the day', async () => {
  const response = await house.api(admin, 'POST', '/loans', loan)
  assert.equal(response.status, 201, await response.clone().text())
  const kept = (await response.json()) as Record<string, unknown>
  // The house's clock stands at 2026-11-24: what is due today is not overdue.
  assert.equal(kept['daysPastDue'], 35)
  assert.equal(kept['bucket'], 'M2')
  assert.equal(kept['overdueTotal'], 102_500)
  assert.equal(kept['owedTotal'], 203_500)
  const stranger = await house.api(admin, 'POST', '/loans', { ...loan, ref: 'L-2', party: 'K-none' })
  assert.equal(stranger.status, 422)
  const unordered = await house.api(admin, 'POST', '/loans', { ...loan, ref: 'L-2', plan: [...loan.plan].reverse() })
  const { errors } = (await unordered.json()) as { errors: { field: string }[] }
  assert.equal(errors[0]!.field, 'plan.1')
})

test('a loan that is told to owe less is refused without a reason', async () => {
  const less = { plan: [{ ...loan.plan[0], fees: 400 }, loan.plan[1]] }
  const silent = await house.api(admin, 'PATCH', '/loans/L-1', less)
  assert.equal(silent.status, 422)
  const { errors } = (await silent.json()) as { errors: { field: string }[] }
  assert.deepEqual(
    errors.map(({ field }) => field),
    ['reason'],
  )
  assert.equal((await house.api(admin, 'PATCH', '/loans/L-1', { status: 'WRITTEN_OFF' })).status, 422)
  const told = await house.api(admin, 'PATCH', '/loans/L-1', { ...less, reason: 'a fee too many' })
  assert.equal(told.status, 200, await told.clone().text())
  assert.equal(((await told.json()) as { owedTotal: number }).owedTotal, 203_400)
  assert.equal((await house.api(admin, 'PATCH', '/loans/L-1', { plan: loan.plan })).status, 200, 'more needs none')
  const [last, before] = (await house.store.read('changes.page', { subject: 'loan:L-1' })).items
  assert.deepEqual(
    [last!.fields[0], before!.fields.slice(0, 2)],
    [
      { field: 'owed', before: '2034.00', after: '2035.00' },
      [
        { field: 'reason', before: null, after: 'a fee too many' },
        { field: 'owed', before: '2035.00', after: '2034.00' },
      ],
    ],
  )
})

test('a contact who refuses is not called again by anyone, whoever the debtor is', async () => {
  const marked = await house.api(admin, 'POST', '/parties/K-1001/numbers', {
    number: '010-62345678',
    status: 'REFUSED',
    reason: 'asked not to be called',
  })
  assert.equal(marked.status, 200, await marked.clone().text())
  assert.equal(house.engine.state.suppressed.until('+861062345678', house.clock.now()), Number.POSITIVE_INFINITY)
  const own = await house.api(admin, 'POST', '/parties/K-1001/numbers', {
    number: '13812345678',
    status: 'BAD',
    reason: 'vacant',
  })
  assert.equal(own.status, 200)
  assert.equal(house.engine.state.suppressed.until('+8613812345678', house.clock.now()), null)
  const { phones } = (await (await house.api(admin, 'GET', '/parties/K-1001')).json()) as {
    phones: { status: string }[]
  }
  assert.deepEqual(
    phones.map(({ status }) => status),
    ['BAD', 'REFUSED'],
  )
})

test('a consent is given with its proof and withdrawn with a reason, once', async () => {
  const given = await house.api(admin, 'POST', '/consents', {
    party: 'K-1001',
    purpose: 'sales',
    basis: 'opt-in',
    evidence: 'form 17',
    givenAt: '2026-11-20T09:00:00+08:00',
  })
  assert.equal(given.status, 201, await given.clone().text())
  const { id } = (await given.json()) as { id: string }
  const withdraw = () => house.api(admin, 'POST', `/consents/${id}/withdrawal`, { reason: 'asked to' })
  assert.deepEqual([(await withdraw()).status, (await withdraw()).status], [204, 409])
  const { items } = (await (await house.api(admin, 'GET', '/parties/K-1001/consents')).json()) as {
    items: { withdrawnAt: number | null }[]
  }
  assert.equal(items.length, 1)
  assert.equal(items[0]!.withdrawnAt, house.clock.now())
})

test('fields of the lender’s own are checked by their definitions on every way in', async () => {
  const definition = (key: string, type: string, more: object = {}) => ({
    key,
    label: { 'zh-CN': key, en: key },
    type,
    ...more,
  })
  const defined = await house.api(admin, 'POST', '/fields', {
    business: 'collections',
    fields: [
      definition('branch', 'text', { required: true, searchable: true }),
      definition('limit', 'money', { min: 0 }),
      definition('grade', 'choice', { choices: ['A', 'B'] }),
      definition('card', 'secret', { searchable: true }),
      definition('since', 'date'),
      definition('vip', 'yes-no'),
      definition('home', 'phone'),
    ],
  })
  assert.equal(defined.status, 200, await defined.clone().text())
  const save = (collections: object) => house.api(admin, 'PATCH', '/parties/K-1001', { fields: { collections } })
  const wrong = await save({ limit: '-1', grade: 'C', since: '2026-02-30', vip: 'perhaps', home: 'x', shoe: 44 })
  const { errors } = (await wrong.json()) as { errors: { field: string }[] }
  assert.deepEqual(errors.map(({ field }) => field.replace('fields.collections.', '')).sort(), [
    'branch',
    'grade',
    'home',
    'limit',
    'shoe',
    'since',
    'vip',
  ])
  const right = await save({
    branch: 'Pudong',
    limit: '12,000.50',
    grade: 'B',
    card: '6222 0212 3456 7890',
    since: '2024-02-29',
    vip: '是',
    home: '010-62345678',
  })
  assert.equal(right.status, 200, await right.clone().text())
  const { fields } = (await right.json()) as { fields: { collections: object } }
  assert.deepEqual(fields.collections, {
    branch: 'Pudong',
    limit: 1_200_050,
    grade: 'B',
    card: '6222***********7890',
    since: '2024-02-29',
    vip: true,
    home: '+861062345678',
  })
  for (const text of ['Pudong', '6222021234567890']) {
    const found = await house.api(admin, 'GET', `/parties?text=${text}`)
    assert.equal(((await found.json()) as { items: object[] }).items.length, 1, text)
  }
  assert.ok(!(await house.facts('parties.saved')).some(({ body }) => body.includes('02123456')))
})

test('rows of a file are added, changed or left as they are, and a bad one stops no other', async () => {
  const { records } = house.deps
  const rows = [
    { ...carl, ref: 'F-1', fields: { collections: { branch: 'Puxi', card: '1' } } },
    { ...carl, ref: 'F-2', name: '' },
    { ...carl, ref: 'F-3' },
  ]
  const first = await saveParties(records, 'system', rows)
  assert.deepEqual(
    [first.saved, first.unchanged, first.rejected.map(({ at, problems }) => [at, problems[0]!.field])],
    [2, 0, [[1, 'name']]],
  )
  const again = await saveParties(records, 'system', rows)
  assert.deepEqual([again.saved, again.unchanged, again.rejected.length], [0, 2, 1])
  const loans = [
    { ...loan, ref: 'F-L1', party: 'F-1' },
    { ...loan, ref: 'F-L2', party: 'F-none' },
    { ...loan, ref: 'L-1', party: 'F-3' },
  ]
  const told = await saveLoans(records, 'system', loans)
  assert.deepEqual([told.saved, told.rejected.map(({ at }) => at)], [1, [1, 2]])
  assert.equal((await saveLoans(records, 'system', loans)).unchanged, 1)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import Sqlite from 'better-sqlite3'
import type { Loan, LoanStatus } from '../../lender/loan.ts'
import type { Party, PartyFlag } from '../../lender/party.ts'
import { asset } from '../../lib/places.ts'
import { drizzleOf, migrate, readMigrations } from '../db.ts'
import type { Page } from '../page.ts'
import { openStore, recorded, testFolder } from '../testing/people.ts'
import { loanQueries } from './loans.ts'
import { type PartyRecord, type PartySearch, partyQueries } from './parties.ts'
import { namePartsOf } from './party-names.ts'

function party(ref: string, name: string, numbers: string[] = [], flags: PartyFlag[] = []): Party {
  const phones = numbers.map(number => ({
    ...{ number, relation: 'SELF' as const, name: '', source: '', legalBasis: '' },
    ...{ status: 'UNTRIED' as const, attribution: '', badReason: '' },
  }))
  return { ref, type: 'person', name, idNo: null, zone: null, language: null, flags, phones, fields: {} }
}

function loan(ref: string, party: string, product: string, status: LoanStatus = 'ACTIVE'): Loan {
  const plan = [{ no: 1, dueOn: '2026-11-20', principal: 100, interest: 0, fees: 0, penalty: 0, paidBefore: 0 }]
  const sums = { currency: 'CNY', principal: 100, ratePpm: 0, term: 1 }
  return { ref, party, product, status, ...sums, startedOn: null, plan }
}

test('a name is found by any of its characters on, and by each word where words have spaces', () => {
  assert.deepEqual(namePartsOf('张伟明'), ['张伟明', '伟明', '明'])
  assert.deepEqual(namePartsOf('Anna-Maria O’Neil'), ['anna-maria o’neil', 'maria o’neil', 'o’neil', 'neil'])
  assert.deepEqual(namePartsOf('海川ABC物流'), ['海川abc物流', '川abc物流', 'abc物流', '物流', '流'])
  assert.deepEqual(namePartsOf('<b>Carl'), ['<b>carl', 'b>carl', 'carl'])
  assert.equal(namePartsOf('长'.repeat(500)).length, 1) // all its ends look alike within 40 letters
  assert.ok(namePartsOf(Array.from({ length: 300 }, (_, at) => `w${at}`).join(' ')).length <= 40)
})

test('parties are found by part of the name, in any case, by last digits and by flag; a former name finds nobody', async () => {
  using folder = testFolder()
  await using store = await openStore(folder)
  const save = (...parties: Party[]) => store.commit({ recorded: [recorded({ type: 'parties.saved', parties })] })
  await save(
    party('K-1', '张伟明', ['+8613812345678'], ['dispute']),
    party('K-2', '李伟明', ['+8613900005678', '+862150001234'], ['vip']),
    party('K-3', 'Wei Zhang', ['+8613700009999'], ['dispute', 'vip']),
    party('K-4', '上海海川物流有限公司'),
  )
  const found = async (text: string, flag?: PartyFlag) =>
    (await store.read('parties.page', { ...(text ? { text } : {}), ...(flag ? { flag } : {}) })).items.map(
      ({ ref }) => ref,
    )
  assert.deepEqual(await found('伟明'), ['K-1', 'K-2'])
  assert.deepEqual(await found('明'), ['K-1', 'K-2'])
  assert.deepEqual(await found('ZHANG'), ['K-3'])
  assert.deepEqual(await found('wei zh'), ['K-3'])
  assert.deepEqual(await found('物流'), ['K-4'])
  assert.deepEqual(await found('5678'), ['K-1', 'K-2'])
  assert.deepEqual(await found('45678'), ['K-1'])
  assert.deepEqual(await found('2345 678'), ['K-1'])
  assert.deepEqual(await found('678'), [])
  assert.deepEqual(await found('', 'dispute'), ['K-1', 'K-3'])
  assert.deepEqual(await found('伟', 'vip'), ['K-2'])
  await save(party('K-1', '张建国', ['+8613812340000']))
  assert.deepEqual(await found('伟明'), ['K-2'])
  assert.deepEqual(await found('建国'), ['K-1'])
  assert.deepEqual(await found('45678'), [])
  assert.deepEqual(await found('', 'dispute'), ['K-3'])
})

test('of a flag that many have there are pages, each party once', async () => {
  using folder = testFolder()
  await using store = await openStore(folder)
  const all = Array.from({ length: 130 }, (_, at) => party(`K-${1000 + at}`, `Carl ${at}`, [], at % 2 ? ['vip'] : []))
  await store.commit({ recorded: [recorded({ type: 'parties.saved', parties: all })] })
  const seen: string[] = []
  for (let cursor: string | null = null; ; ) {
    const page: Page<PartyRecord> = await store.read('parties.page', { flag: 'vip', cursor })
    seen.push(...page.items.map(({ ref }) => ref))
    if (page.next === null) break
    cursor = page.next
  }
  assert.deepEqual(
    seen,
    all.filter(({ flags }) => flags.length > 0).map(({ ref }) => ref),
  )
})

test('parties are found by state and product of one loan, also of a flag or a text; what changed of the loan counts at once', async () => {
  using folder = testFolder()
  await using store = await openStore(folder)
  const saveLoans = (...loans: Loan[]) => store.commit({ recorded: [recorded({ type: 'loans.saved', loans })] })
  const parties = [
    ...[
      party('K-1', '张伟', [], ['vip']),
      party('K-2', '张敏'),
      party('K-3', '李强', [], ['vip']),
      party('K-4', '王芳'),
    ],
  ]
  await store.commit({ recorded: [recorded({ type: 'parties.saved', parties })] })
  await saveLoans(
    ...[loan('L-1', 'K-1', 'cash'), loan('L-2', 'K-1', 'cash'), loan('L-3', 'K-1', 'car', 'CLOSED')],
    ...[loan('L-4', 'K-2', 'car'), loan('L-5', 'K-3', 'cash', 'CLOSED'), loan('L-6', 'K-3', 'car')],
  )
  const found = async (asked: PartySearch) => (await store.read('parties.page', asked)).items.map(({ ref }) => ref)
  assert.deepEqual(await found({ loanStatus: 'CLOSED' }), ['K-1', 'K-3'])
  assert.deepEqual(await found({ product: 'cash' }), ['K-1', 'K-3'])
  assert.deepEqual(await found({ loanStatus: 'ACTIVE', product: 'cash' }), ['K-1']) // K-3 has one of each, and none that is both
  assert.deepEqual(await found({ flag: 'vip', loanStatus: 'ACTIVE', product: 'car' }), ['K-3'])
  assert.deepEqual(await found({ text: '张', loanStatus: 'ACTIVE', product: 'car' }), ['K-2'])
  assert.deepEqual(await found({ text: '张', flag: 'vip', product: 'car' }), ['K-1'])
  assert.deepEqual(await found({ product: 'ca' }), [])
  assert.deepEqual(await store.read('loans.products', {}), ['car', 'cash'])
  await saveLoans(loan('L-4', 'K-2', 'home', 'CLOSED'))
  assert.deepEqual(await found({ loanStatus: 'CLOSED' }), ['K-1', 'K-2', 'K-3'])
  assert.deepEqual(await found({ product: 'car' }), ['K-1', 'K-3'])
  assert.deepEqual(await store.read('loans.products', {}), ['car', 'cash', 'home'])
  const seen: string[] = []
  for (let cursor: string | null = null; ; ) {
    const page: Page<PartyRecord> = await store.read('parties.page', { product: 'car', cursor, limit: 1 })
    seen.push(...page.items.map(({ ref }) => ref))
    if (page.next === null) break
    cursor = page.next
  }
  assert.deepEqual(seen, ['K-1', 'K-3'])
})

/** Into the loans of one party; along an index from the party after the cursor; to the next name of a product. */
const looksAllowed = [
  /^SEARCH loans (EXISTS )?USING INDEX loans_party \(party=\?\)$/,
  /^SEARCH loans USING COVERING INDEX loans_(status \(|product \(product=\? AND )status=\? AND party>\?\)$/,
  /^SEARCH loans USING COVERING INDEX loans_product( \(product>\?\))?$/,
]

test('no list of parties by their loans walks all loans, or sorts them', () => {
  const connection = new Sqlite(':memory:')
  migrate(connection, readMigrations(asset('migrations')), 1)
  const asked: string[] = []
  const prepare = connection.prepare.bind(connection)
  connection.prepare = ((text: string) => {
    asked.push(text)
    return prepare(text)
  }) as typeof connection.prepare
  const db = drizzleOf(connection)
  for (const loans of [
    { loanStatus: 'ACTIVE' as const },
    { product: 'cash' },
    { loanStatus: 'CLOSED' as const, product: 'cash' },
  ])
    for (const beside of [{}, { flag: 'vip' as const }, { text: '张' }])
      partyQueries['parties.page'](db, { ...beside, ...loans })
  loanQueries['loans.products'](db, {})
  const ofLoans = asked.filter(text => /\bloans\b/.test(text))
  assert.equal(ofLoans.length, 10)
  for (const text of ofLoans) {
    const steps = prepare(`EXPLAIN QUERY PLAN ${text}`).all(...Array(text.split('?').length - 1).fill(null))
    const details = (steps as { detail: string }[]).map(({ detail }) => detail)
    const looks = details.filter(detail => /\bloans\b/.test(detail))
    assert.ok(looks.length > 0, text)
    for (const detail of looks)
      assert.ok(
        looksAllowed.some(look => look.test(detail)),
        `${detail}: ${text}`,
      )
    if (!text.includes('json_each')) assert.doesNotMatch(details.join('\n'), /TEMP B-TREE/, text)
  }
})

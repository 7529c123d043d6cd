import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Party, PartyFlag } from '../lender/party.ts'
import type { Page } from './page.ts'
import type { PartyRecord } from './parties.ts'
import { namePartsOf } from './party-names.ts'
import { openStore, recorded, testFolder } from './testing/people.ts'

function party(ref: string, name: string, numbers: string[] = [], flags: PartyFlag[] = []): Party {
  const phones = numbers.map(number => ({
    ...{ number, relation: 'SELF' as const, name: '', source: '', legalBasis: '' },
    ...{ status: 'UNTRIED' as const, attribution: '', badReason: '' },
  }))
  return { ref, type: 'person', name, idNo: null, zone: null, language: null, flags, phones, fields: {} }
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

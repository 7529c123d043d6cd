import assert from 'node:assert/strict'
import { readFileSync, renameSync } from 'node:fs'
import { test } from 'node:test'
import type { Fact } from '../centre/facts.ts'
import type { CaseState } from '../lender/case.ts'
import type { Party } from '../lender/party.ts'
import { StoreError } from './port.ts'
import { campaignNamed, leadNumbered, openStore, recorded, testFolder } from './testing/people.ts'

const secret = '110101199003071234'
const where = { party: 'K-1', field: 'idNo' }
const carl = (idNo: Party['idNo']): Party => ({
  ref: 'K-1',
  type: 'person',
  name: 'Carl',
  idNo,
  zone: null,
  language: null,
  flags: [],
  phones: [],
  fields: {},
})

test('what is sealed opens for its own party and field alone, and stands nowhere in the files', async () => {
  using folder = testFolder()
  {
    await using store = await openStore(folder)
    const sealed = store.sealer.seal(where, secret)
    assert.notEqual(sealed.text, store.sealer.seal(where, secret).text)
    assert.equal(sealed.hash, store.sealer.hash('1101 0119 9003 0712-34'))
    await store.commit({ recorded: [recorded({ type: 'parties.saved', parties: [carl(sealed)] })] })
    const kept = (await store.read('parties.byRef', { ref: 'K-1' }))!
    assert.equal(store.sealer.open(where, kept.idNo!), secret)
    assert.equal(store.sealer.open({ ...where, party: 'K-2' }, kept.idNo!), null)
    assert.equal(store.sealer.open({ ...where, field: 'collections.card' }, kept.idNo!), null)
    const page = await store.read('parties.page', { text: secret, hash: store.sealer.hash(secret) })
    assert.deepEqual(
      page.items.map(({ ref }) => ref),
      ['K-1'],
    )
  }
  assert.ok(!readFileSync(folder.file).includes(secret))
})

test('a database that another key sealed says so, seals nothing with the wrong key, and loses nothing', async () => {
  using folder = testFolder()
  {
    await using store = await openStore(folder)
    const sealed = store.sealer.seal(where, secret)
    await store.commit({ recorded: [recorded({ type: 'parties.saved', parties: [carl(sealed)] })] })
    assert.equal(store.sealer.trouble, null)
  }
  renameSync(folder.keyFile, `${folder.keyFile}.kept`)
  const faults: string[] = []
  {
    await using store = await openStore(folder, { onFault: words => faults.push(words) })
    assert.match(faults.join(), /not the one that this database was sealed with/)
    const kept = (await store.read('parties.byRef', { ref: 'K-1' }))!
    assert.equal(store.sealer.open(where, kept.idNo!), null)
    assert.throws(() => store.sealer.seal(where, secret), StoreError)
  }
  renameSync(`${folder.keyFile}.kept`, folder.keyFile)
  await using store = await openStore(folder)
  const kept = (await store.read('parties.byRef', { ref: 'K-1' }))!
  assert.equal(store.sealer.open(where, kept.idNo!), secret)
})

test('a database of before this was noted is told from its passwords whether the key is its own', async () => {
  using folder = testFolder()
  {
    await using store = await openStore(folder)
    await store.commit({ recorded: [], secrets: [{ owner: 't_1', kind: 'trunk-password', value: 'x' }] })
  }
  const { default: Sqlite } = await import('better-sqlite3')
  const db = new Sqlite(folder.file)
  db.exec('DELETE FROM key_check')
  db.close()
  renameSync(folder.keyFile, `${folder.keyFile}.kept`)
  {
    await using store = await openStore(folder)
    assert.notEqual(store.sealer.trouble, null)
  }
  renameSync(`${folder.keyFile}.kept`, folder.keyFile)
  await using store = await openStore(folder)
  assert.equal(store.sealer.trouble, null)
})

test('a case that is closed ends what waits of its party in campaigns about debts, and what comes back later', async () => {
  using folder = testFolder()
  await using store = await openStore(folder)
  const debts = { ...campaignNamed('debts'), business: 'collections' as const }
  const sales = campaignNamed('sales')
  const [waiting, inCall, order] = [leadNumbered(1, debts.id), leadNumbered(2, debts.id), leadNumbered(1, sales.id)]
  const tell = (at: number, ...facts: Fact[]) => store.commit({ recorded: facts.map(fact => recorded(fact, at)) })
  const caseOf = (party: string, state: CaseState) => ({
    id: `ca_${party}`,
    party,
    state,
    before: null,
    agent: null,
    loans: [] as string[],
    holdReason: null,
  })
  const move = (party: string, to: CaseState): Fact => ({
    type: 'case.moved',
    ...{
      case: `ca_${party}`,
      party,
      from: 'WORKING',
      to,
      agent: null,
      before: null,
      holdReason: null,
      reason: 'repaid',
    },
  })
  const back = { type: 'lead.released', campaign: debts.id, state: 'ready', dueAt: 9_000, reason: 'CANCELLED' } as const
  const lead = async (id: string) => {
    const { state, reason, dueAt } = (await store.read('leads.byId', { id: id as never }))!
    return [state, reason, dueAt]
  }
  await tell(
    1_000,
    { type: 'campaign.saved', campaign: debts },
    { type: 'campaign.saved', campaign: sales },
    { type: 'leads.added', campaign: debts.id, import: 'i_1' as never, leads: [waiting, inCall] },
    { type: 'leads.added', campaign: sales.id, import: 'i_2' as never, leads: [order] },
    { type: 'lead.reserved', lead: inCall.id, campaign: debts.id, agent: null },
    { type: 'case.opened', case: caseOf('R1', 'WORKING') },
    { type: 'case.opened', case: caseOf('R2', 'WORKING') },
  )
  await tell(2_000, move('R1', 'CURED'), move('R2', 'CURED'))
  assert.deepEqual(await lead(waiting.id), ['done', 'case_closed', null])
  assert.deepEqual((await lead(order.id))[0], 'ready')
  assert.deepEqual((await lead(inCall.id))[0], 'in_call')
  await tell(3_000, { ...back, lead: inCall.id })
  assert.deepEqual(await lead(inCall.id), ['done', 'case_closed', null])
  // A new case, and a lead that came with it, is dialled as ever.
  const again = leadNumbered(2, 'k_again')
  await tell(
    4_000,
    { type: 'campaign.saved', campaign: { ...debts, id: 'k_again' as never, name: 'again' } },
    { type: 'case.opened', case: { ...caseOf('R2', 'ASSIGNED'), id: 'ca_new' } },
    { type: 'leads.added', campaign: 'k_again' as never, import: 'i_3' as never, leads: [again] },
    { type: 'lead.reserved', lead: again.id, campaign: 'k_again' as never, agent: null },
    { ...back, campaign: 'k_again' as never, lead: again.id },
  )
  assert.deepEqual(await lead(again.id), ['ready', 'CANCELLED', 9_000])
})

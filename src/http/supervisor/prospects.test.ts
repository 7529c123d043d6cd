/** Who may be sold to, by what matters; and what agents wrote down of them is known here. */
import assert from 'node:assert/strict'
import path from 'node:path'
import { after, before, test } from 'node:test'
import Sqlite from 'better-sqlite3'
import type { User } from '../../centre/entities.ts'
import type { CallId, CampaignId, LegId } from '../../lib/ids.ts'
import { asset } from '../../lib/places.ts'
import { createCampaign, setCampaignState } from '../../records/campaigns/campaigns.ts'
import { createParty } from '../../records/parties/parties.ts'
import { giveConsent } from '../../records/parties/party-details.ts'
import { openOrder, saveProduct, saveProspects } from '../../records/sales/sales.ts'
import { createTrunk } from '../../records/telephony/trunks.ts'
import { migrate, readMigrations } from '../../store/db.ts'
import { differenceFromJournal } from '../../store/journal/held-against.ts'
import { look } from '../testing/form.ts'
import { type House, noon, openHouse } from '../testing/house.ts'
import { supervisorRoutes } from './supervisor.ts'

let house: House
let alice: User
let cookie = ''
const number = (at: number) => `+861376654007${at}`
before(async () => {
  house = await openHouse({ pages: { routers: [supervisorRoutes] } })
  const door = house.deps.records
  await house.add('sam', 'supervisor', { language: 'zh-CN' })
  cookie = (await house.signIn('sam')).cookie
  alice = await house.add('alice', 'agent')
  for (const at of [1, 2, 3])
    await createParty(door, 'system', { ref: `K-${at}`, name: `Carl ${at}`, phones: [{ number: number(at) }] })
  for (const at of [1, 2])
    await giveConsent(door, 'system', { party: `K-${at}`, purpose: 'sales', basis: 'form', evidence: String(at) })
  await saveProspects(door, 'system', [
    { party: 'K-1', limit: 500_000, grade: 'B', followUpAt: noon - 60_000, note: 'likes phones' },
    { party: 'K-2', followUpAt: noon + 3_600_000 },
    { party: 'K-3', grade: 'B', followUpAt: noon + 2 * 86_400_000 },
  ])
  await saveProduct(door, 'system', {
    id: 'phone',
    name: 'phone',
    amountMin: 1,
    amountMax: 9_000,
    terms: [3],
    ratePpm: 0,
  })
  await openOrder(door, 'system', { party: 'K-2', product: 'phone', amount: 900, term: 3, agent: alice.id })
})
after(() => house[Symbol.asyncDispose]())

const found = async (query: string) =>
  [
    ...(await look(house, cookie, `/supervisor/prospects${query}`)).text.matchAll(
      /href="\/supervisor\/prospects\/(K-\d)"/g,
    ),
  ].map(match => match[1])
const prospect = async (party: string) => (await house.store.read('sales.ofParty', { party })).prospect

test('prospects are found by grade, consent, product and when they are to be followed up', async () => {
  assert.deepEqual(await found(''), ['K-1', 'K-2', 'K-3'])
  assert.deepEqual(await found('?grade=B'), ['K-1', 'K-3'])
  assert.deepEqual(await found('?grade=none'), ['K-2'])
  assert.deepEqual(await found('?consent=no'), ['K-3'])
  assert.deepEqual(await found('?grade=B&consent=yes'), ['K-1'])
  assert.deepEqual(await found('?due=past'), ['K-1'])
  assert.deepEqual(await found('?due=today'), ['K-1', 'K-2'])
  assert.deepEqual(await found('?product=phone'), ['K-2'])
  assert.deepEqual(await found('?grade=Z&due=never'), ['K-1', 'K-2', 'K-3'])
})

test('a page of prospects follows the one before, by party and by when they are due', async () => {
  for (const dueBy of [undefined, noon * 2]) {
    const args = { now: noon, limit: 1, ...(dueBy === undefined ? {} : { dueBy }) }
    const all: string[] = []
    for (let cursor: string | null = null; ; ) {
      const page: { items: { party: string }[]; next: string | null } = await house.store.read('prospects.list', {
        ...args,
        cursor,
      })
      all.push(...page.items.map(({ party }) => party))
      if (page.next === null) break
      cursor = page.next
    }
    assert.deepEqual(all, ['K-1', 'K-2', 'K-3'])
  }
})

test('one prospect has its consents, orders and calls on a page, and who is none has no page', async () => {
  const { text } = await look(house, cookie, '/supervisor/prospects/K-2')
  assert.match(text, /Carl 2[\s\S]*授权有效[\s\S]*待提交/)
  assert.equal((await look(house, cookie, '/supervisor/prospects/K-9')).status, 404)
})

test('a new limit by file takes neither grade nor note nor follow-up away', async () => {
  await saveProspects(house.deps.records, 'system', [{ party: 'K-1', limit: 700_000 }])
  const { limit, grade, note, followUpAt } = (await prospect('K-1'))!
  assert.deepEqual([limit, grade, note, followUpAt], [700_000, 'B', 'likes phones', noon - 60_000])
  await saveProspects(house.deps.records, 'system', [{ party: 'K-1', grade: null }])
  assert.equal((await prospect('K-1'))!.grade, null, 'what is said to be none is none')
})

test('an outcome grades the party of a sales call, and a callback that was agreed is its follow-up until it is kept', async () => {
  const { engine, deps } = house
  const trunk = await createTrunk(deps.records, 'system', {
    name: 'c',
    host: '127.0.0.1',
    callerIds: ['+861012345678'],
  })
  const campaignOf = async (business: 'sales' | 'collections') => {
    const wanted = { name: business, business, mode: 'manual', trunks: [trunk.id], agents: [alice.id] }
    const { id } = await createCampaign(deps.records, 'system', { ...wanted, policy: 'LAB-ANY-HOUR' })
    await setCampaignState(deps.records, 'system', id, { state: 'running' })
    return id
  }
  await engine.dispatch({ type: 'trunk.up', trunk: trunk.id }, 'system')
  await engine.dispatch({ type: 'agent.signOn', agent: alice.id }, 'system')
  await engine.dispatch({ type: 'station.up', agent: alice.id, leg: 'l_alice' as LegId }, 'system')
  const talk = async (campaign: CampaignId, code: string, callbackAt: number | null): Promise<CallId> => {
    const dial = { type: 'agent.dial', agent: alice.id, number: number(2), campaign, lead: null, party: 'K-2' } as const
    const outcome = await engine.dispatch({ ...dial, name: 'Carl', relation: 'SELF' }, 'system')
    assert.ok(outcome.ok, JSON.stringify(outcome))
    const { call } = outcome.facts.find(fact => fact.type === 'call.dialed')!
    await engine.dispatch({ type: 'leg.answered', leg: engine.state.calls.get(call)!.leg! }, 'system')
    await engine.dispatch({ type: 'agent.hangUp', agent: alice.id, call }, 'system')
    const by = { type: 'agent.dispose', agent: alice.id, call, code, note: '', callbackAt, callbackMine: true } as const
    const written = await engine.dispatch({ ...by, fields: {}, next: 'break' }, 'system')
    assert.ok(written.ok, JSON.stringify(written))
    return call
  }
  const [sales, collections] = [await campaignOf('sales'), await campaignOf('collections')]
  await talk(collections, 'callback', noon + 5 * 3_600_000)
  assert.equal((await prospect('K-2'))!.followUpAt, noon + 3_600_000, 'a callback about a debt is no follow-up')
  await talk(sales, 'interested', null)
  assert.equal((await prospect('K-2'))!.grade, 'B')
  await talk(sales, 'callback', noon + 7_200_000)
  assert.deepEqual([(await prospect('K-2'))!.grade, (await prospect('K-2'))!.followUpAt], ['B', noon + 7_200_000])
  const [callback] = (await house.store.read('callbacks.open', { agent: alice.id, limit: 9 })).items.filter(
    ({ campaign }) => campaign === sales,
  )
  const close = { type: 'callback.close', callback: callback!.id, reason: 'done' } as const
  const closed = await engine.dispatch(close as never, `user:${alice.id}`)
  assert.ok(closed.ok, JSON.stringify(closed))
  assert.equal((await prospect('K-2'))!.followUpAt, null)
})

test('a database of before agents’ words were known of prospects says, once it is upgraded, what its journal says', () => {
  const kept = new Sqlite(path.join(house.folder, 'switchroom.db'), { readonly: true })
  const file = path.join(house.folder, 'old.db')
  kept.prepare('VACUUM INTO ?').run(file)
  kept.close()
  const old = new Sqlite(file)
  const wrong = "UPDATE prospects SET grade = NULL, follow_up_at = 1, doc = json_set(doc, '$.grade', NULL)"
  old.exec(`${wrong}; DELETE FROM prospects WHERE party = 'K-2'; DELETE FROM migrations WHERE name LIKE '0061%'`)
  const migrations = readMigrations(asset('migrations'))
  assert.equal(differenceFromJournal(old, migrations)?.table, 'prospects')
  migrate(old, migrations, 0)
  assert.equal(differenceFromJournal(old, migrations), null)
  old.close()
})

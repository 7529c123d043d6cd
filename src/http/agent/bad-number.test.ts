import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { candidatePhones } from '../../centre/leads/lead.ts'
import { importLeads } from '../../records/campaigns/leads.ts'
import { changeParty, createParty } from '../../records/parties/parties.ts'
import { markNumber } from '../../records/parties/party-details.ts'
import { carl, type Desk, openDesk } from '../testing/desk.ts'
import { handleOf } from './party-view.ts'

const other = '+8613700000003'
let desk: Desk
before(async () => {
  desk = await openDesk({ mode: 'preview' })
  const { records } = desk.house.deps
  await changeParty(records, 'system', 'K-1', { phones: [{ number: carl }, { number: other }] })
  const phones = [{ number: carl }, { number: other }]
  const rows = [{ ref: 'K-1', name: 'Carl Chen', phones }]
  await importLeads(records, 'system', { campaign: desk.campaign, name: 'march', source: { kind: 'json', rows } })
})
after(() => desk[Symbol.asyncDispose]())

const floor = () => desk.house.engine.state.campaigns.get(desk.campaign)!
const mark = (number: string, why: string) =>
  desk.post('/agent/parties/K-1/marks', { phone: handleOf(desk.house.store.sealer, 'K-1', number), why })
test('a number that an agent marks as no good is not dialled for the party’s leads next, in memory or from the store', async () => {
  await desk.put('/agent/state', { state: 'ready' })
  const { agents } = desk.house.engine.state
  for (let n = 0; n < 200 && agents.get(desk.alice.id)!.preview === null; n++)
    await new Promise(go => setTimeout(go, 10))
  assert.ok(agents.get(desk.alice.id)!.preview !== null, 'the lead came as a preview')
  assert.equal((await mark(carl, 'vacant')).status, 200)
  await desk.put('/agent/preview', { how: 'accepted' })
  assert.equal(desk.call().number, other)
})

test('what is marked while its lead is talked to holds for it too, and so does that it works again', async () => {
  await desk.house.engine.dispatch({ type: 'leg.answered', leg: desk.call().leg }, 'system')
  const { records } = desk.house.deps
  const lead = () => [...floor().reserved.values()][0]!
  assert.deepEqual(lead().bad, [carl])
  await markNumber(records, 'system', 'K-1', { number: other, status: 'BAD', reason: 'moved' })
  assert.deepEqual(lead().bad, [carl, other])
  await markNumber(records, 'system', 'K-1', { number: carl, status: 'REACHED', reason: 'works' })
  assert.deepEqual(lead().bad, [other])
})

test('a number that was marked before its lead came is as little dialled', async () => {
  const { records } = desk.house.deps
  const [bad, good] = ['+8613700000011', '+8613700000012']
  const numbers = [{ number: bad, status: 'BAD' }, { number: good }]
  await createParty(records, 'system', { ref: 'K-2', name: 'Dora', phones: numbers })
  const rows = [{ ref: 'K-2', name: 'Dora', phones: [{ number: bad }, { number: good }] }]
  await importLeads(records, 'system', { campaign: desk.campaign, name: 'april', source: { kind: 'json', rows } })
  const asked = { campaign: desk.campaign, now: desk.house.clock.now() + 1, want: 10, except: [] }
  const lead = (await desk.house.store.read('leads.due', asked)).leads.find(({ ref }) => ref === 'K-2')!
  assert.deepEqual(lead.bad, [bad])
  assert.deepEqual(
    candidatePhones(lead).map(({ number }) => number),
    [good],
  )
})

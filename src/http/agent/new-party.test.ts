import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Diverted } from '../../centre/calls/diverted.ts'
import type { LegId, TrunkId } from '../../lib/ids.ts'
import { partyByRef } from '../../records/parties/parties.ts'
import { createNumber } from '../../records/telephony/inbound-numbers.ts'
import { createQueue } from '../../records/telephony/queues.ts'
import { type Desk, openDesk } from '../testing/desk.ts'

let desk: Desk
let legs = 0
before(async () => {
  desk = await openDesk()
  const { records } = desk.house.deps
  const queue = await createQueue(records, 'system', { name: 'hotline', members: [desk.alice.id] })
  await createNumber(records, 'system', { number: '+862151860000', target: { queue: queue.id } })
})
after(() => desk[Symbol.asyncDispose]())

async function callIn(from: string, diverted?: Diverted): Promise<string> {
  await desk.put('/agent/state', { state: 'ready' })
  const leg = `l_in${++legs}` as LegId
  const trunk = [...desk.house.engine.state.trunks.keys()][0] as TrunkId
  await desk.house.engine.dispatch({ type: 'leg.offered', leg, trunk, from, to: '+862151860000', diverted }, 'system')
  await desk.house.engine.dispatch({ type: 'leg.answered', leg }, 'system')
  return desk.call().id
}

test('somebody new is added while they talk, with the number of the call, which is never sent', async () => {
  const call = await callIn('13766554433')
  const page = await desk.page()
  assert.match(page, /Somebody new/)
  const added = await desk.post(`/agent/calls/${call}/party`, { name: 'Erin <b>', relation: 'WORKPLACE' })
  assert.equal(added.status, 200, added.text)
  assert.match(added.text, /Erin &lt;b&gt;/)
  for (const text of [page, added.text]) assert.ok(!text.includes('13766554433'), 'masked')
  const ref = `NEW-${call}`
  const { name, phones } = await partyByRef(desk.house.deps.records, ref)
  assert.deepEqual([name, phones[0]!.number, phones[0]!.relation], ['Erin <b>', '+8613766554433', 'WORKPLACE'])
  assert.equal(desk.house.engine.state.calls.get(call as never)!.party, ref)
  assert.deepEqual(
    (await desk.house.store.read('calls.ofParty', { party: ref })).map(({ id }) => id),
    [call],
  )
})

test('it is known then whose call it is: nothing is added twice, for another call, or without a name', async () => {
  const { id } = desk.call()
  const before = await desk.house.store.read('parties.count', {})
  assert.equal((await desk.post(`/agent/calls/${id}/party`, { name: 'Frank' })).status, 422)
  assert.equal((await desk.post('/agent/calls/c_1-1/party', { name: 'Frank' })).status, 404)
  await desk.hangUp()
  await desk.post(`/agent/calls/${id}/disposition`, { code: 'resolved', next: 'break' })
  const next = await callIn('13812345699')
  const wrong: Record<string, string>[] = [{ name: '' }, { name: 'x'.repeat(101) }, { name: 'Gina', relation: 'BOSS' }]
  for (const fields of wrong) assert.equal((await desk.post(`/agent/calls/${next}/party`, fields)).status, 422)
  assert.equal(await desk.house.store.read('parties.count', {}), before)
})

test('a caller who was sent on to us comes with who did that and why, masked as the caller is', async () => {
  const hangUp = async () => {
    const { id } = desk.call()
    await desk.hangUp()
    await desk.post(`/agent/calls/${id}/disposition`, { code: 'resolved', next: 'break' })
  }
  await hangUp()
  await callIn('13766554488', { number: '+8613800001234', reason: 'no-answer' })
  const page = await desk.page()
  assert.ok(page.includes('Forwarded by 138 **** 1234, no answer'), page)
  assert.ok(!/13766554488|13800001234/.test(page))
  await hangUp()
  await callIn('13766554488', { number: null, reason: 'unknown' })
  assert.match(await desk.page(), /Forwarded by a number that is not shown</)
  await hangUp()
  await callIn('13766554488')
  assert.ok(!(await desk.page()).includes('Forwarded by'))
})

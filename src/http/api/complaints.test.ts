/** A complaint about somebody who is on HOLD for good. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openComplaint, resolveComplaint } from '../../records/collections/complaints.ts'
import { createParty } from '../../records/parties/parties.ts'
import { openHouse } from '../testing/house.ts'

test('who is on HOLD for a death stays so when a complaint about them is resolved', async () => {
  await using house = await openHouse()
  const { records, engine, clock } = house.deps
  await createParty(records, 'system', {
    ...{ ref: 'K-1', name: 'Carl', flags: ['deceased'], phones: [{ number: '13800000001' }] },
  })
  await createParty(records, 'system', {
    ...{ ref: 'K-2', name: 'Carla', flags: ['deceased', 'complaint'], phones: [{ number: '13800000002' }] },
  })
  const reasons = async () => (await house.store.read('stops.of', { party: 'K-1' })).map(({ reason }) => reason)
  assert.deepEqual(await reasons(), ['deceased'])
  const given = { party: 'K-1', kind: 'complaint', text: 'his widow was called' }
  const { id } = await openComplaint(records, 'system', given)
  await resolveComplaint(records, 'system', id, { resolution: 'we said sorry' })
  assert.deepEqual(await reasons(), ['deceased'])
  assert.equal(engine.state.stops.of('K-1', clock.now())?.reason, 'deceased')
  const other = await openComplaint(records, 'system', { ...given, party: 'K-2' })
  await resolveComplaint(records, 'system', other.id, { resolution: 'we said sorry' })
  assert.ok(engine.state.stops.of('K-2', clock.now()) !== null)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openHouse } from '../../http/testing/house.ts'
import { addSuppression, removeSuppression } from './suppressions.ts'

test('a number that is barred for good is not opened again by barring it for a month; by removing that, with a reason, it is', async () => {
  await using house = await openHouse()
  const door = house.deps.records
  const number = '+8613800000001'
  const until = door.clock.now() + 30 * 86_400_000
  const add = (of: { reason: string; until: number | null }) => addSuppression(door, 'system', { number, ...of })
  const kept = async () => (await house.store.read('suppressions.byNumber', { number }))!.until
  assert.equal((await add({ reason: 'for a month', until })).until, until)
  assert.equal((await add({ reason: 'for a day', until: until - 29 * 86_400_000 })).until, until)
  await add({ reason: 'contact_refused', until: null })
  const again = await add({ reason: 'for a month', until })
  assert.deepEqual([again.until, again.reason], [null, 'contact_refused'])
  assert.equal(await kept(), null)
  await removeSuppression(door, 'system', { number, reason: 'asked in writing' })
  await add({ reason: 'for a month', until })
  assert.equal(await kept(), until)
})

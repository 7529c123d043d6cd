import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openHouse } from '../../http/testing/house.ts'
import type { MenuId } from '../../lib/ids.ts'
import { keep } from '../door.ts'
import { createMenu } from './menus.ts'

test('of two who add the last menu there may be, one is told that there are enough', async () => {
  await using house = await openHouse()
  const door = house.deps.records
  const given = { name: 'first', language: 'en', greeting: [], keys: {} }
  const first = await createMenu(door, 'system', given)
  const more = Array.from({ length: 198 }, (_, n) => ({ ...first, id: `me_${n}` as MenuId, name: `menu ${n}` }))
  await keep(
    door,
    'system',
    more.map(menu => ({ type: 'menu.saved', menu })),
  )
  const both = await Promise.allSettled(['one', 'two'].map(name => createMenu(door, 'system', { ...given, name })))
  assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
  assert.match(String(both.find(each => each.status === 'rejected')?.reason), /200 at most/)
  assert.equal((await house.store.read('menus.list', {})).length, 200)
})

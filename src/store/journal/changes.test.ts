import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Fact } from '../../centre/facts.ts'
import type { UserId } from '../../lib/ids.ts'
import { openStore, recorded, testFolder, trunkNamed, userNamed } from '../testing/people.ts'
import type { ChangeRecord } from './changes.ts'

async function changesAfter(...facts: Fact[]): Promise<ChangeRecord[]> {
  using folder = testFolder()
  await using store = await openStore(folder)
  for (const fact of facts) await store.commit({ recorded: [recorded(fact)] })
  const page = await store.read('changes.page', {})
  assert.deepEqual((await store.read('changes.page', { kind: 'nothing' })).items, [])
  return page.items
}

test('what is saved again is told by the fields that are other now, and not at all when none is', async () => {
  const trunk = trunkNamed('one')
  const [last, first, ...more] = await changesAfter(
    { type: 'trunk.saved', trunk: { ...trunk, callerIds: ['+861088880000', '+861088880001'], maxCalls: 30 } },
    { type: 'trunk.saved', trunk: { ...trunk, callerIds: ['+861088880001', '+861088880002'], maxCalls: 60 } },
    { type: 'trunk.saved', trunk: { ...trunk, callerIds: ['+861088880001', '+861088880002'], maxCalls: 60 } },
  )
  assert.equal(more.length, 0)
  assert.equal(first!.kind, 'made')
  assert.deepEqual([last!.kind, last!.subject, last!.name], ['changed', `trunk:${trunk.id}`, trunk.name])
  assert.deepEqual(last!.fields, [
    { field: 'callerIds', before: '+861088880000', after: '+861088880002' },
    { field: 'maxCalls', before: '30', after: '60' },
  ])
})

test('a setting that is an object is told by its keys; another order of a list is a change; long values are cut', async () => {
  const setting = (value: string): Fact => ({ type: 'setting.saved', key: 'k', value })
  const [text, order, object] = await changesAfter(
    setting('{"a":{"x":1,"y":2},"list":[1,2]}'),
    setting('{"a":{"x":1,"y":3},"list":[1,2]}'),
    setting('{"a":{"x":1,"y":3},"list":[2,1]}'),
    setting('y'.repeat(5000)),
  )
  assert.deepEqual(object!.fields, [{ field: 'a.y', before: '2', after: '3' }])
  assert.deepEqual(order!.fields, [{ field: 'list', before: '1, 2', after: '2, 1' }])
  assert.equal(text!.fields.find(({ field }) => field === 'value')!.after!.length, 201)
})

test('a password is told as set and no more; who is removed keeps the name that it had', async () => {
  const user = userNamed('alice')
  const [removed, secret] = await changesAfter(
    { type: 'user.saved', user },
    { type: 'user.passwordSet', user: user.id as UserId },
    { type: 'trunk.saved', trunk: trunkNamed('one') },
    { type: 'trunk.removed', trunk: trunkNamed('one').id },
  ).then(all => [all[0]!, all[2]!])
  assert.deepEqual(
    [secret!.kind, secret!.name, secret!.fields],
    ['secret', user.name, [{ field: 'password', before: null, after: null }]],
  )
  assert.deepEqual([removed!.kind, removed!.name, removed!.fields], ['removed', trunkNamed('one').name, []])
})

test('changes of one thing, or of a kind, are paged newest first', async () => {
  using folder = testFolder()
  await using store = await openStore(folder)
  for (let at = 0; at < 130; at++)
    await store.commit({
      recorded: [recorded({ type: 'setting.saved', key: at % 2 ? 'odd' : 'even', value: String(at) })],
    })
  const first = await store.read('changes.page', { subject: 'setting:odd', limit: 50 })
  const second = await store.read('changes.page', { subject: 'setting:odd', limit: 50, cursor: first.next })
  const values = [...first.items, ...second.items].map(({ fields }) => Number(fields[0]!.after))
  assert.deepEqual(
    values,
    Array.from({ length: 65 }, (_, at) => 129 - 2 * at),
  )
  assert.equal(second.next, null)
  assert.equal((await store.read('changes.page', { kind: 'setting', limit: 10 })).items.length, 10)
})

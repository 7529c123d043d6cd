import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { collectNowAndThen } from './garbage.ts'

test('what a thread has dropped is given back a minute after its start and every five minutes then', async () => {
  mock.timers.enable({ apis: ['setTimeout', 'setInterval'] })
  collectNowAndThen()
  for (const ms of [60_000, 300_000]) {
    const dropped = drop()
    await nextTurn() // what was made or looked at in a turn is held until its end
    assert.ok(dropped.deref() !== undefined, 'nothing has collected it yet')
    await nextTurn()
    mock.timers.tick(ms)
    assert.ok(dropped.deref() === undefined, 'it is held still')
  }
})

function drop(): WeakRef<Buffer> {
  return new WeakRef(Buffer.alloc(1e6))
}

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Pacer } from './pacer.ts'

test('each is served every 20 ms in its slot, and the loop is told how long nothing is due', () => {
  const pacer = new Pacer<string>()
  assert.deepEqual([pacer.isDue(1000), pacer.waitMs(1000, 100)], [false, 100])
  pacer.add('alice', 3, 1000)
  pacer.add('bob', 17, 1000)
  const served: [string, number][] = []
  for (let at = 1000; at < 1060; at++) {
    const isDue = pacer.isDue(at)
    const before = served.length
    pacer.serve(at, item => served.push([item, at]))
    assert.equal(isDue, served.length > before, `${at}`)
    const wait = pacer.waitMs(at + 0.5, 100)
    assert.ok(served.length > before ? wait > 0 : wait >= 0)
  }
  // biome-ignore format: one line a person
  assert.deepEqual(served, [
    ['alice', 1003], ['bob', 1017], ['alice', 1023], ['bob', 1037], ['alice', 1043], ['bob', 1057],
  ])
})

test('who is added while others wait is served at its own time, and who leaves is not waited for', () => {
  const pacer = new Pacer<string>()
  const served: string[] = []
  pacer.add('late', 19, 1000)
  assert.equal(pacer.waitMs(1000, 100), 19)
  pacer.add('soon', 2, 1000)
  assert.equal(pacer.waitMs(1000, 100), 2)
  pacer.delete('soon', 2)
  assert.equal(pacer.waitMs(1000, 100), 19)
  pacer.serve(1018, item => served.push(item))
  assert.equal(served.length, 0)
  pacer.serve(1019, item => {
    served.push(item)
    pacer.delete(item, 19)
  })
  assert.deepEqual([served, pacer.isEmpty, pacer.waitMs(1020, 100)], [['late'], true, 100])
})

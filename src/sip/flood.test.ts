import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Flood } from './flood.ts'

const at = (n: number) => `2001:db8:1:2::${n.toString(16)}`

test('a flood from one IPv6 address after the other has one bucket', () => {
  const flood = new Flood()
  let admitted = 0
  for (let n = 0; n < 3_000; n++) if (flood.admits(at(n), 0)) admitted++
  assert.equal(admitted, 2_000)
  assert.ok(flood.admits('2001:db8:1:3::1', 0))
})

test('who floods an IPv6 network does not silence the phones that are registered there', () => {
  const flood = new Flood()
  flood.registeredAt(at(1), 60_000)
  for (let n = 0; n < 3_000; n++) flood.admits(at(2), 0)
  assert.ok(!flood.admits(at(3), 0))
  let admitted = 0
  for (let n = 0; n < 3_000; n++) if (flood.admits(at(1), 0)) admitted++
  assert.equal(admitted, 2_000)
  for (let n = 0; n < 3_000; n++) flood.admits(at(2), 60_000)
  assert.ok(!flood.admits(at(1), 60_000), 'not when its time is over')
})

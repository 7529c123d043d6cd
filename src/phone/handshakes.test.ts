import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { test } from 'node:test'
import { Handshakes } from './handshakes.ts'

function socketFrom(remoteAddress: string) {
  const socket = { isDestroyed: false, destroy: () => void (socket.isDestroyed = true) }
  return Object.assign(new EventEmitter(), socket, { remoteAddress, destroy: socket.destroy }) as unknown as Socket
}
const at = (n: number) => `2001:db8:1:2::${n.toString(16)}`

test('from one IPv6 network no more handshakes are half-open than from one address; who is known there counts by its own', () => {
  const handshakes = new Handshakes(() => 0)
  for (let n = 0; n < 100; n++) assert.ok(handshakes.begin(`s${n}`, socketFrom(at(n)), false))
  assert.equal(handshakes.halfOpen, 64)
  assert.ok(handshakes.begin('phone', socketFrom(at(999)), true))
  assert.equal(handshakes.halfOpen, 65)
  assert.ok(handshakes.begin('elsewhere', socketFrom('2001:db8:1:3::1'), false))
  assert.equal(handshakes.halfOpen, 66)
})

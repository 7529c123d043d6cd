import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import type { Server } from 'node:http'
import { test } from 'node:test'
import { keepPlaces, silentPerAddressMax } from './crowd.ts'

test('connections of one IPv6 network that have not asked for anything count together', () => {
  const server = Object.assign(new EventEmitter(), { maxConnections: 0, closeIdleConnections() {} })
  keepPlaces(server as unknown as Server, 10_000)
  let closed = 0
  const comes = (remoteAddress: string, remotePort: number) => {
    const socket = Object.assign(new EventEmitter(), { remoteAddress, remotePort, destroy: () => void closed++ })
    server.emit('connection', socket)
    return socket
  }
  const first = comes('2001:db8:1:2::1', 1)
  for (let n = 1; n < silentPerAddressMax; n++) comes(`2001:db8:1:2::${(n + 1).toString(16)}`, 1)
  assert.equal(closed, 0)
  comes('2001:db8:1:2:ffff::1', 1)
  assert.equal(closed, 1)
  comes('2001:db8:1:3::1', 1)
  assert.equal(closed, 1)
  server.emit('request', { socket: first })
  comes('2001:db8:1:2:ffff::1', 2)
  assert.equal(closed, 1, 'who has asked for something leaves its place')
})

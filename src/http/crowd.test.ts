import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import type { Server } from 'node:http'
import { test } from 'node:test'
import { keepPlaces, silentPerAddressMax, silentPerSourceMax } from './crowd.ts'

function door() {
  const server = Object.assign(new EventEmitter(), { maxConnections: 0, closeIdleConnections() {} })
  keepPlaces(server as unknown as Server, 10_000)
  let port = 0
  const comes = (remoteAddress: string) => {
    const socket = Object.assign(new EventEmitter(), {
      ...{ remoteAddress, remotePort: ++port, isClosed: false },
      destroy: () => void (socket.isClosed = true),
    })
    server.emit('connection', socket)
    return socket
  }
  const isLet = (address: string) => !comes(address).isClosed
  const asks = (socket: object) => server.emit('request', { socket })
  return { comes, isLet, asks }
}

test('one machine of an IPv6 network that says nothing fills its own places, and leaves its neighbours theirs', () => {
  const { comes, isLet, asks } = door()
  const laptop = '2001:db8:1:2::7'
  const silent = Array.from({ length: silentPerAddressMax }, () => comes(laptop))
  assert.ok(silent.every(({ isClosed }) => !isClosed))
  assert.deepEqual([isLet(laptop), isLet('2001:db8:1:2::8')], [false, true])
  asks(silent[0]!)
  assert.deepEqual([isLet(laptop), isLet(laptop)], [true, false], 'who has asked for something leaves its place')
  silent[1]!.emit('close')
  assert.deepEqual([isLet(laptop), isLet(laptop)], [true, false], 'and who has gone')
})

test('connections of one IPv6 network that have not asked for anything count together, whatever their addresses', () => {
  const { comes, isLet, asks } = door()
  const first = comes('2001:db8:1:2::1')
  for (let n = 1; n < silentPerSourceMax; n++) assert.ok(isLet(`2001:db8:1:2::${(n + 1).toString(16)}`))
  assert.deepEqual([isLet('2001:db8:1:2:ffff::1'), isLet('2001:db8:1:3::1')], [false, true])
  asks(first)
  assert.ok(isLet('2001:db8:1:2:ffff::1'))
})

test('an IPv4 address that has not asked for anything is counted once, also where it is written as IPv6', () => {
  for (const address of ['192.0.2.7', '::ffff:192.0.2.7']) {
    const { comes, isLet, asks } = door()
    const silent = Array.from({ length: silentPerAddressMax }, () => comes(address))
    assert.deepEqual([silent.some(({ isClosed }) => isClosed), isLet(address)], [false, false], address)
    for (const socket of silent) asks(socket)
    const again = Array.from({ length: silentPerAddressMax }, () => isLet(address))
    assert.deepEqual([new Set(again), isLet(address)], [new Set([true]), false], address)
  }
})

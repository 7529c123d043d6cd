import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { Connections, type ConnectionsOptions } from './connections.ts'
import { TlsPeers } from './tls-peers.ts'

const answer = (status: string, method: string) => Buffer.from(`SIP/2.0 ${status}\r\nCSeq: 1 ${method}\r\n\r\n`)

async function door(changes: Partial<ConnectionsOptions> = {}) {
  let id = ''
  const connections = new Connections({
    ...{ peers: new TlsPeers(), now: () => 0, wallNow: () => 0, random: () => 0.5, isTrunk: () => false },
    mayBeTrunk: () => false,
    onData: (_bytes, flow) => {
      id = flow.connection ?? ''
    },
    onClosed() {},
    onNews() {},
    onFault: error => assert.fail(error as Error),
    ...changes,
  })
  const at = await connections.listenTcp({ id: 'tcp', port: 0, address: '127.0.0.1' })
  const open = async (from = '127.0.0.1') => {
    const socket = connect({ port: at.port, host: at.address, localAddress: from })
    socket.on('error', () => undefined).resume()
    id = ''
    socket.write('something')
    while (id === '') await pause(2)
    return { socket, connection: id }
  }
  const say = (connection: string | null, bytes: Buffer, port = 1) =>
    connections.send({
      ...{ transport: 'tcp', local: 'tcp', destination: { address: at.address, port }, connection, peer: null, bytes },
    })
  const visitor = async (answers: Buffer[]) => {
    const { socket, connection } = await open()
    for (const bytes of answers) assert.ok(say(connection, bytes))
    return socket
  }
  return { connections, open, say, visitor }
}

/** Also by a reset, which `once` would throw. */
function closed(socket: Socket): Promise<void> {
  return socket.closed ? Promise.resolve() : new Promise(done => socket.once('close', () => done()))
}

async function gone(socket: Socket): Promise<void> {
  socket.destroy()
  await closed(socket)
}

test('a connection by which nothing was accepted is closed in time, though it says a byte now and then; one whose REGISTER was stays', async () => {
  const { connections, visitor } = await door({ proveWithinMs: 1_500 })
  await using _ = connections
  const phone = await visitor([answer('401 Unauthorized', 'REGISTER'), answer('200 OK', 'REGISTER')])
  const caller = await visitor([answer('401 Unauthorized', 'INVITE'), answer('100 Trying', 'INVITE')])
  const idler = await visitor([answer('401 Unauthorized', 'REGISTER'), answer('200 OK', 'OPTIONS')])
  const trickler = await visitor([])
  const trickle = setInterval(() => trickler.write('x'), 20)
  await Promise.all([closed(idler), closed(trickler)])
  clearInterval(trickle)
  assert.deepEqual([phone.destroyed, caller.destroyed], [false, false], 'what they asked for was dealt with')
  assert.equal(connections.figures.turnedAway, 2)
  await Promise.all([gone(phone), gone(caller)])
})

test('while strangers hold what they may, a trunk comes in, stays without a word, and is gone to', async () => {
  const trunk = '127.0.0.7'
  const { connections, open, say } = await door({
    proveWithinMs: 1_500,
    places: { all: 8, strangers: 8 },
    isTrunk: ({ source }) => source.address === trunk,
  })
  await using _ = connections
  const strangers = []
  for (let n = 0; n < 12; n++) strangers.push((await open(`127.0.1.${n + 1}`)).socket)
  const theirs = await open(trunk)
  const far = createServer(socket => socket.on('error', () => undefined).resume()).listen(0, '127.0.0.1')
  await once(far, 'listening')
  const { port } = far.address() as { port: number }
  const [socket] = await Promise.all([
    once(far, 'connection').then(([one]) => one as Socket),
    assert.ok(say(null, Buffer.from('OPTIONS sip:carrier SIP/2.0\r\n\r\n'), port)),
  ])
  await Promise.all(strangers.map(one => closed(one)))
  await pause(1_700) // it came later than they
  assert.deepEqual([theirs.socket.destroyed, socket.destroyed], [false, false])
  await Promise.all([gone(theirs.socket), gone(socket)])
  far.close()
})

test('a trunk that is found after it came stays', async () => {
  let isFound = false
  const { connections, open } = await door({ proveWithinMs: 300, isTrunk: () => isFound })
  await using _ = connections
  const { socket } = await open()
  isFound = true
  const isClosed = await Promise.race([closed(socket).then(() => true), pause(600).then(() => false)])
  assert.equal(isClosed, false)
  await gone(socket)
})

test('a stranger that is gone before it is refused makes us hold no connection', async () => {
  const { connections, say } = await door({ proveWithinMs: 200 })
  await using _ = connections
  const far = createServer(socket => socket.on('error', () => undefined).resume()).listen(0, '127.0.0.1')
  await once(far, 'listening')
  const { port } = far.address() as { port: number }
  const opened = once(far, 'connection')
  assert.ok(say('gone', answer('401 Unauthorized', 'REGISTER'), port))
  const [socket] = (await opened) as [Socket]
  await closed(socket)
  far.close()
})

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { Connections } from './connections.ts'
import { TlsPeers } from './tls-peers.ts'

const answer = (status: string, method: string) => Buffer.from(`SIP/2.0 ${status}\r\nCSeq: 1 ${method}\r\n\r\n`)

test('a connection by which nothing was accepted is closed when it falls silent; one whose REGISTER was stays', async () => {
  let id = ''
  await using connections = new Connections({
    ...{ peers: new TlsPeers(), now: () => 0, wallNow: () => 0, random: () => 0.5 },
    onData: (_bytes, flow) => {
      id = flow.connection ?? ''
    },
    onClosed() {},
    onNews() {},
    onFault: error => assert.fail(error as Error),
    unprovenIdleMs: 150,
  })
  const at = await connections.listenTcp({ id: 'tcp', port: 0, address: '127.0.0.1' })
  const visitor = async (answers: Buffer[]) => {
    const socket = connect(at.port, at.address)
    id = ''
    socket.write('something')
    while (id === '') await new Promise(resolve => setTimeout(resolve, 2))
    const destination = { address: at.address, port: 1 }
    for (const bytes of answers)
      assert.ok(connections.send({ transport: 'tcp', local: 'tcp', destination, connection: id, peer: null, bytes }))
    socket.resume()
    return socket
  }
  const phone = await visitor([answer('401 Unauthorized', 'REGISTER'), answer('200 OK', 'REGISTER')])
  const idler = await visitor([answer('401 Unauthorized', 'REGISTER'), answer('200 OK', 'OPTIONS')])
  await once(idler, 'close')
  assert.equal(phone.destroyed, false)
  const closing = once(phone, 'close')
  phone.destroy()
  await closing
})

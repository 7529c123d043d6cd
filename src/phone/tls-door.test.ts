/** Who is let in to a TLS handshake while strangers begin as many as they can. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { type TestContext, test } from 'node:test'
import { connect as connectTls } from 'node:tls'
import { systemClock } from '../lib/clock.ts'
import { Connections } from './connections.ts'
import { authority, certificate } from './fixtures/certificates.ts'
import { parseListenAddress, Sockets } from './sockets.ts'
import { TlsPeers } from './tls-peers.ts'

const host = '127.0.0.1'
const [trunk, stranger] = ['127.0.3.7', '127.0.3.9']

async function identity() {
  const { certPem, keyPem } = await certificate(await authority('Ours'), { names: ['switchroom.lan'] })
  return { cert: certPem, key: keyPem }
}

/** False: it was closed before that. */
async function shakesHands(t: TestContext, port: number, localAddress: string): Promise<boolean> {
  const from = { host, port, localAddress }
  const socket = connectTls({ ...from, rejectUnauthorized: false }).on('error', () => undefined)
  t.after(() => socket.destroy())
  return new Promise(done => socket.on('secureConnect', () => done(true)).on('close', () => done(false)))
}

test('when strangers have begun all the handshakes there are, a trunk begins one, whatever it is known by, and no other stranger does', async t => {
  await using sockets = await Sockets.open({
    ...{ listen: [parseListenAddress(`tls:${host}:0`)], advertise: null, identity: await identity() },
    clock: { ...systemClock, monotonic: () => 1_000 }, // no time passes, and so nothing is allowed anew
    isTrunk: () => false, // it has shown no certificate yet
    mayBeTrunk: address => address === trunk,
    ...{ onEvent() {}, onFault: error => assert.fail(error as Error) },
  })
  const { port } = sockets.endpoints[0]!.bound
  for (const localAddress of ['127.0.3.1', '127.0.3.2'])
    await Promise.all(
      Array.from({ length: 200 }, async () => {
        const socket = connect({ host, port, localAddress }).on('error', () => undefined)
        await once(socket, 'connect')
        socket.destroy()
      }),
    )
  assert.equal(await shakesHands(t, port, stranger), false)
  assert.equal(await shakesHands(t, port, trunk), true)
})

test('who has no place any more is refused before the handshake and not after', async t => {
  await using connections = new Connections({
    ...{ peers: new TlsPeers(), now: () => 0, wallNow: () => 0, random: () => 0.5, places: { perAddress: 1 } },
    isTrunk: ({ source }) => source.address === trunk,
    mayBeTrunk: address => address === trunk,
    ...{ onData() {}, onClosed() {}, onNews() {}, onFault: error => assert.fail(error as Error) },
  })
  const { port } = await connections.listenTls({ id: 'tls', port: 0, address: host }, await identity())
  assert.equal(await shakesHands(t, port, trunk), true)
  while (connections.figures.open === 0) await new Promise(setImmediate)
  assert.equal(await shakesHands(t, port, trunk), false)
  assert.deepEqual(connections.figures, { open: 1, turnedAway: 1 })
})

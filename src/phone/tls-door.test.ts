/** Who is let in to a TLS handshake while strangers begin as many as they can. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '../lib/clock.ts'
import { Connections } from './connections.ts'
import { besiege, identity, shakesHands } from './fixtures/door.ts'
import { parseListenAddress, Sockets } from './sockets.ts'
import { TlsPeers } from './tls-peers.ts'

const host = '127.0.0.1'
const [trunk, stranger] = ['127.0.3.7', '127.0.3.9']

/** A door at which strangers have begun all the handshakes there are. */
async function besieged(mayBeTrunk: (address: string) => boolean = () => false) {
  const sockets = await Sockets.open({
    ...{ listen: [parseListenAddress(`tls:${host}:0`)], advertise: null, identity: await identity() },
    clock: { ...systemClock, monotonic: () => 1_000 }, // no time passes, and so nothing is allowed anew
    isTrunk: () => false, // it has shown no certificate yet
    mayBeTrunk,
    ...{ onEvent() {}, onFault: error => assert.fail(error as Error) },
  })
  const { port } = sockets.endpoints[0]!.bound
  await besiege(host, port)
  return { sockets, port }
}

test('when strangers have begun all the handshakes there are, a trunk begins one, whatever it is known by, and no other stranger does', async t => {
  const { sockets, port } = await besieged(address => address === trunk)
  await using _closed = sockets
  assert.equal(await shakesHands(t, { host, port, localAddress: stranger }), false)
  assert.equal(await shakesHands(t, { host, port, localAddress: trunk }), true)
})

test('so does a phone that had registered before we were started again, and no other', async t => {
  const { sockets, port } = await besieged()
  await using _closed = sockets
  const phone = '127.0.3.8'
  assert.equal(await shakesHands(t, { host, port, localAddress: phone }), false)
  sockets.welcome([phone])
  assert.equal(await shakesHands(t, { host, port, localAddress: phone }), true)
  assert.equal(await shakesHands(t, { host, port, localAddress: stranger }), false)
})

test('who has no place any more is refused before the handshake and not after', async t => {
  await using connections = new Connections({
    ...{ peers: new TlsPeers(), now: () => 0, wallNow: () => 0, random: () => 0.5, places: { perAddress: 1 } },
    isTrunk: ({ source }) => source.address === trunk,
    mayBeTrunk: address => address === trunk,
    ...{ onData() {}, onClosed() {}, onNews() {}, onFault: error => assert.fail(error as Error) },
  })
  const { port } = await connections.listenTls({ id: 'tls', port: 0, address: host }, await identity())
  assert.equal(await shakesHands(t, { host, port, localAddress: trunk }), true)
  while (connections.figures.open === 0) await new Promise(setImmediate)
  assert.equal(await shakesHands(t, { host, port, localAddress: trunk }), false)
  assert.deepEqual(connections.figures, { open: 1, turnedAway: 1 })
})

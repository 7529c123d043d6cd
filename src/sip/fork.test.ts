/** One extension, two phones: alice's and dora's machines register as 4001 with carl's switchroom. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ha1 } from './digest.ts'
import { alice, carl, Net, sdpA, sdpB } from './fixtures/net.ts'

const dora = '10.0.0.4'
const realm = 'switchroom'
const credentials = { username: '4001', password: 'correct horse' }

function office() {
  const net = new Net()
  const phones = [net.add(alice), net.add(dora)]
  const secret = {
    ha1Md5: ha1('MD5', credentials, realm),
    ha1Sha256: ha1('SHA-256', credentials, realm),
    offerSha256: false,
  }
  const room = net.add(carl, { registrar: { realm, lookup: () => secret }, admit: () => 'challenge' })
  for (const phone of phones)
    phone.register(
      'r',
      {
        registrar: `sip:${carl}`,
        destination: { transport: 'udp', address: carl, port: 5060 },
        aor: `sip:4001@${carl}`,
        auth: credentials,
      },
      net.now,
    )
  net.run(1_000)
  assert.equal(room.bindingsOf('4001').length, 2)
  const ring = (toAll = true) => room.inviteExtension('4001', { from: `sip:10086@${carl}`, sdp: sdpA, toAll }, net.now)!
  const offered = (address: string) => net.of(address, 'incoming').at(-1)!.session
  return { net, room, ring, offered, alices: phones[0]!, doras: phones[1]! }
}

test('both ring, the first that answers has the call, and the other is told that it was answered elsewhere', () => {
  const { net, room, ring, offered, alices, doras } = office()
  const session = ring()
  net.run(50)
  alices.progress(offered(alice), 180, null, net.now)
  doras.progress(offered(dora), 180, null, net.now)
  net.run(50)
  doras.accept(offered(dora), sdpB, net.now)
  net.run(500)
  assert.equal(net.of(carl, 'accepted').length, 1)
  assert.equal(net.of(carl, 'accepted')[0]!.session, session)
  const heard = new Set(
    net.wire.filter(one => one.text.startsWith('INVITE')).map(one => /Call-ID: (.+)/.exec(one.text)![1]),
  )
  assert.deepEqual(new Set(room.callIdsOf(session)), heard, 'what either phone says belongs to the call')
  const cancel = net.wire.find(one => one.from === carl && one.to === alice && one.text.startsWith('CANCEL'))
  assert.match(cancel!.text, /Reason: Q\.850;cause=26/)
  assert.equal(net.of(alice, 'failed').length, 1)
  assert.equal(net.of(carl, 'failed').length, 0)
  room.hangUp(session, 16, net.now)
  net.run(500)
  assert.equal(net.of(dora, 'ended').length, 1)
  net.run(60_000)
  assert.equal(room.figures.sessions, 0)
})

test('one declines and the other still rings; when both have, the caller hears what a person did', () => {
  const { net, ring, offered, alices, doras } = office()
  const session = ring()
  net.run(50)
  alices.reject(offered(alice), 486, 17, net.now)
  net.run(100)
  assert.equal(net.of(carl, 'failed').length, 0)
  doras.reject(offered(dora), 503, null, net.now)
  net.run(500)
  const [failed] = net.of(carl, 'failed')
  assert.deepEqual([failed!.session, failed!.status, net.of(carl, 'failed').length], [session, 486, 1])
})

test('a 6xx of one ends the ringing of the other', () => {
  const { net, ring, offered, alices } = office()
  ring()
  net.run(50)
  alices.reject(offered(alice), 603, 21, net.now)
  net.run(500)
  assert.equal(net.of(dora, 'failed').length, 1)
  assert.equal(net.of(carl, 'failed')[0]!.status, 603)
})

test('both pick up in the same instant: one talks, the other is hung up', () => {
  const { net, room, ring, offered, alices, doras } = office()
  ring()
  net.run(50)
  alices.accept(offered(alice), sdpB, net.now)
  doras.accept(offered(dora), sdpB, net.now)
  net.run(1_000)
  assert.equal(net.of(carl, 'accepted').length, 1)
  assert.equal(net.of(alice, 'ended').length + net.of(dora, 'ended').length, 1)
  assert.equal(net.of(carl, 'failed').length + net.of(carl, 'ended').length, 0)
  assert.equal(room.figures.sessions >= 1, true)
})

test('nobody picks up: withdrawn once, and all fall silent', () => {
  const { net, room, ring, offered, alices } = office()
  const session = ring()
  net.run(50)
  alices.progress(offered(alice), 180, null, net.now)
  room.hangUp(session, 16, net.now)
  net.run(1_000)
  assert.equal(net.of(alice, 'failed').length, 1)
  assert.equal(net.of(dora, 'failed').length, 1)
  assert.equal(net.of(carl, 'failed').length, 1)
})

test('the leg of a shift is one phone’s, the one that registered last', () => {
  const { net, ring } = office()
  ring(false)
  net.run(100)
  assert.deepEqual([net.of(alice, 'incoming').length, net.of(dora, 'incoming').length], [0, 1])
})

test('after a restart it is still the one that registered last', () => {
  const { net, room, ring } = office()
  const kept = room.bindings()
  room.unbind('4001', net.now)
  for (const binding of kept) room.restoreBinding(binding, net.now)
  assert.deepEqual(
    room.bindings().map(({ flow }) => flow.source.address),
    kept.map(({ flow }) => flow.source.address),
  )
  ring(false)
  net.run(100)
  assert.deepEqual([net.of(alice, 'incoming').length, net.of(dora, 'incoming').length], [0, 1])
})

test('a phone that comes back takes its own place, and of five the first is forgotten', () => {
  const { net, room } = office()
  net.run(3_600_000 - 2_000)
  assert.equal(room.bindingsOf('4001').length, 2)
  for (let n = 1; n <= 4; n++) {
    const phone = net.add(`10.0.1.${n}`)
    const destination = { transport: 'udp', address: carl, port: 5060 } as const
    phone.register('r', { registrar: `sip:${carl}`, destination, aor: `sip:4001@${carl}`, auth: credentials }, net.now)
    net.run(500)
  }
  const addresses = room.bindingsOf('4001').map(({ flow }) => flow.source.address)
  assert.deepEqual(addresses, ['10.0.1.4', '10.0.1.3', '10.0.1.2', '10.0.1.1'])
})

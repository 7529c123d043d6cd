/** A desk phone over TCP whose connection broke in mid-call, and which is back by another one. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ha1 } from './digest.ts'
import type { UaEvent } from './events.ts'
import { alice, carl, Net, sdpA, sdpB } from './fixtures/net.ts'

const realm = 'switchroom'
const credentials = { username: '4001', password: 'correct horse' }
const device = {
  ha1Md5: ha1('MD5', credentials, realm),
  ha1Sha256: ha1('SHA-256', credentials, realm),
  offerSha256: false,
}

test('a phone whose connection broke in mid-call keeps its call by its new one, and is told there that it is over', () => {
  const net = new Net(1, undefined, 'tcp')
  const phone = net.add(alice)
  const room = net.add(carl, {
    registrar: { realm, lookup: extension => (extension === '4001' ? device : null), sha256Share: () => 0 },
    admit: () => 'challenge',
  })
  let [connection, port] = ['c1', 40_001]
  const [receive, drain] = [room.receive.bind(room), room.drain.bind(room)]
  room.receive = (bytes, flow, now) => receive(bytes, { ...flow, connection, source: { ...flow.source, port } }, now)
  const lost: string[] = []
  room.drain = () => {
    const all = drain()
    for (const one of all.send)
      if (one.connection !== connection) lost.push(one.bytes.toString('latin1').split('\r\n')[0]!)
    return { ...all, send: all.send.filter(one => one.connection === connection) }
  }
  // Many phones know no session timers, and are asked by OPTIONS whether they still know the call.
  net.change = (text, from) =>
    from === alice ? text.replace(/^(Session-Expires|Min-SE|Supported): .*\r\n/gm, '') : text
  net.reactions.set(alice, (event: UaEvent, agent, now) => {
    if (event.type === 'incoming') agent.accept(event.session, sdpB, now)
  })
  const spec = {
    registrar: `sip:${carl}`,
    destination: { transport: 'tcp' as const, address: carl, port: 5060 },
    aor: `sip:4001@${carl}`,
    auth: credentials,
    expiresS: 600,
  }
  phone.register('r', spec, net.now)
  net.run(1_000)
  const session = room.inviteExtension('4001', { from: `sip:10086@${carl}`, sdp: sdpA }, net.now)
  assert.ok(session)
  net.run(1_000)
  room.connectionClosed('c1', net.now)
  ;[connection, port] = ['c2', 40_002]
  net.run(4_000_000) // it has registered again meanwhile, and was asked
  assert.equal(room.binding('4001')!.flow.connection, 'c2')
  assert.deepEqual(net.of(carl, 'ended'), [], lost.join())
  room.hangUp(session, 16, net.now)
  net.run(1_000)
  assert.equal(net.of(alice, 'ended').length, 1, lost.join('\n'))
})

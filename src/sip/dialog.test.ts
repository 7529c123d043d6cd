/** Routes through proxies, NATs and connections: where the requests of a dialog go. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { alice, callCarl, carl, Net, sdpA, sdpB } from './fixtures/net.ts'
import { type Drained, type Flow, UserAgent, type UserAgentOptions } from './user-agent.ts'

const text = ({ send }: Drained) => send.map(one => one.bytes.toString('latin1'))

function station(options: Partial<UserAgentOptions> = {}, transport: 'udp' | 'tcp' = 'udp') {
  let serial = 0
  return new UserAgent({
    name: 'test',
    endpoints: [{ id: transport, transport, contact: () => ({ address: '10.0.0.1', port: 5060 }) }],
    secret: bytes => `s${bytes}x${serial++}`,
    random: () => 0.5,
    ...options,
  })
}

const udpFrom = (address: string, port = 5060): Flow => ({ transport: 'udp', source: { address, port }, local: 'udp' })

const inviteBy = (via: string, lines: string[] = []) =>
  Buffer.from(
    `${[
      'INVITE sip:1@10.0.0.1 SIP/2.0',
      `Via: ${via}`,
      'From: <sip:2@10.0.0.2>;tag=far',
      'To: <sip:1@10.0.0.1>',
      'Call-ID: c',
      'CSeq: 7 INVITE',
      'Contact: <sip:2@10.0.0.2:5070>',
      'Content-Length: 0',
      ...lines,
    ].join('\r\n')}\r\n\r\n`,
  )

function accept(agent: UserAgent): string {
  const { events } = agent.drain()
  const incoming = events.find(event => event.type === 'incoming')
  assert.ok(incoming?.type === 'incoming')
  agent.accept(incoming.session, sdpB, 1)
  return incoming.session
}

test('a call through two proxies is answered with their routes, and goes back by them', () => {
  const agent = station()
  const routes = ['Record-Route: <sip:10.0.0.8;lr>, <sip:10.0.0.9:5062;lr>']
  agent.receive(inviteBy('SIP/2.0/UDP 10.0.0.8;branch=z9hG4bK1', routes), udpFrom('10.0.0.8'), 0)
  const session = accept(agent)
  const ok = text(agent.drain())[0]!
  assert.match(ok, /\r\nRecord-Route: <sip:10\.0\.0\.8;lr>, <sip:10\.0\.0\.9:5062;lr>\r\n/)

  const toTag = /To: .*;tag=([^\r]+)/.exec(ok)![1]
  const ack = inviteBy('SIP/2.0/UDP 10.0.0.8;branch=z9hG4bK2')
    .toString()
    .replaceAll('INVITE', 'ACK')
    .replace('To: <sip:1@10.0.0.1>', `$&;tag=${toTag}`)
  agent.receive(Buffer.from(ack), udpFrom('10.0.0.8'), 2)
  assert.equal(agent.drain().events[0]?.type, 'confirmed')
  agent.hangUp(session as never, 16, 3)
  const { send } = agent.drain()
  const bye = send[0]!.bytes.toString('latin1')
  assert.deepEqual(send[0]!.destination, { address: '10.0.0.8', port: 5060 })
  assert.match(bye, /^BYE sip:2@10\.0\.0\.2:5070 SIP\/2\.0\r\n/)
  assert.match(bye, /\r\nRoute: <sip:10\.0\.0\.8;lr>\r\nRoute: <sip:10\.0\.0\.9:5062;lr>\r\n/)
})

test('a strict router becomes the Request-URI, and the target the last route', () => {
  const net = new Net()
  const agent = net.add(alice)
  net.add(carl)
  net.reactions.set(carl, (event, far, now) => {
    if (event.type === 'incoming') far.accept(event.session, sdpB, now)
  })
  const session = callCarl(net)
  net.lose = message => message.startsWith('SIP/2.0 200') && !message.includes('Record-Route')
  net.run(50)
  const ok = net.wire.find(one => one.text.startsWith('SIP/2.0 200'))!.text
  net.put(carl, alice, Buffer.from(ok.replace('\r\nCSeq', '\r\nRecord-Route: <sip:10.0.0.2:5066>\r\nCSeq'), 'latin1'))
  net.run(50)
  agent.hangUp(session, null, net.now)
  net.run(1)
  const bye = net.wire.find(one => one.text.startsWith('BYE'))!.text
  assert.match(bye, /^BYE sip:10\.0\.0\.2:5066 SIP\/2\.0\r\n/)
  assert.match(bye, /\r\nRoute: <sip:10\.0\.0\.2:5060>\r\n/)
})

test('the routes of an answer are taken in reverse', () => {
  const net = new Net()
  const agent = net.add(alice)
  net.add(carl)
  net.reactions.set(carl, (event, far, now) => {
    if (event.type === 'incoming') far.accept(event.session, sdpB, now)
  })
  net.lose = message => message.startsWith('SIP/2.0 200') && !message.includes('Record-Route')
  const session = callCarl(net)
  net.run(50)
  const ok = net.wire.find(one => one.text.startsWith('SIP/2.0 200'))!.text
  const routes = '\r\nRecord-Route: <sip:10.0.0.9;lr>\r\nRecord-Route: <sip:10.0.0.8;lr>\r\nCSeq'
  net.put(carl, alice, Buffer.from(ok.replace('\r\nCSeq', routes), 'latin1'))
  net.run(50)
  agent.hangUp(session, null, net.now)
  net.run(1)
  const bye = net.wire.find(one => one.text.startsWith('BYE'))!
  assert.equal(bye.to, '10.0.0.8')
  assert.match(bye.text, /\r\nRoute: <sip:10\.0\.0\.8;lr>\r\nRoute: <sip:10\.0\.0\.9;lr>\r\n/)
})

for (const [name, via, forced, expected] of [
  ['to the port of the Via', 'SIP/2.0/UDP 10.0.0.2:5080;branch=z9hG4bK1', false, 5080],
  ['to 5060 when the Via names none', 'SIP/2.0/UDP 10.0.0.2;branch=z9hG4bK1', false, 5060],
  ['to the source port when rport asks for it', 'SIP/2.0/UDP 192.168.1.9:5080;branch=z9hG4bK1;rport', false, 40_001],
  ['to the source port when we force it', 'SIP/2.0/UDP 192.168.1.9:5080;branch=z9hG4bK1', true, 40_001],
] as const)
  test(`an answer goes to the source address, ${name}`, () => {
    const agent = station({ forceRport: () => forced })
    agent.receive(inviteBy(via), udpFrom('203.0.113.5', 40_001), 0)
    const { send } = agent.drain()
    assert.deepEqual(send[0]!.destination, { address: '203.0.113.5', port: expected })
    assert.match(
      send[0]!.bytes.toString('latin1'),
      via.endsWith('rport') ? /;rport=40001;received=203\.0\.113\.5\r\n/ : /;received=203\.0\.113\.5\r\n/,
    )
  })

test('a desk phone is answered where it came from, whoever else is', () => {
  const agent = station({ admit: () => 'challenge', forceRport: () => false })
  agent.receive(inviteBy('SIP/2.0/UDP 192.168.1.9:5080;branch=z9hG4bK1'), udpFrom('203.0.113.5', 40_001), 0)
  assert.deepEqual(agent.drain().send[0]!.destination, { address: '203.0.113.5', port: 40_001 })
})

test('a phone behind NAT is called where it came from, whatever its Contact says', () => {
  const agent = station()
  const session = agent.invite(
    {
      target: 'sip:2@192.168.1.9:5060',
      destination: { transport: 'udp', address: '203.0.113.5', port: 40_001 },
      from: 'sip:1@10.0.0.1',
      sdp: sdpA,
      symmetric: true,
    },
    0,
  )
  const invite = text(agent.drain())[0]!
  const ok = `SIP/2.0 200 OK\r\n${/Via: .*\r\n/.exec(invite)![0]}${/From: .*\r\n/.exec(invite)![0]}To: <sip:2@192.168.1.9:5060>;tag=t\r\n${/Call-ID: .*\r\n/.exec(invite)![0]}CSeq: 1 INVITE\r\nContact: <sip:2@192.168.1.9:5060>\r\nContent-Length: 0\r\n\r\n`
  agent.receive(Buffer.from(ok), udpFrom('203.0.113.5', 40_001), 1)
  agent.hangUp(session, 16, 2)
  const { send } = agent.drain()
  assert.deepEqual(
    send.map(one => one.destination),
    [
      { address: '203.0.113.5', port: 40_001 },
      { address: '203.0.113.5', port: 40_001 },
    ],
  )
  assert.match(send[1]!.bytes.toString('latin1'), /^BYE sip:2@192\.168\.1\.9:5060 /)
})

/** The 2xx of a carrier at 203.0.113.5 to our call, and where our ACK, re-INVITE and BYE go then, and whom they name. */
function carried(contact: string, lines: string[] = []) {
  const agent = station()
  const destination = { transport: 'udp', address: '203.0.113.5', port: 5080 } as const
  const session = agent.invite({ target: 'sip:2@carrier.example', destination, from: 'sip:1@10.0.0.1', sdp: sdpA }, 0)
  const answer = (request: string) => {
    const kept = request.split('\r\n').filter(line => /^(?:Via|From|Call-ID|CSeq):/.test(line))
    const to = `${/^To: [^;\r]*/m.exec(request)![0]};tag=t`
    const all = ['SIP/2.0 200 OK', ...kept, to, `Contact: <${contact}>`, ...lines, 'Content-Length: 0', '', '']
    agent.receive(Buffer.from(all.join('\r\n')), udpFrom('203.0.113.5', 5080), 1)
    return agent.drain().send
  }
  const [invite] = text(agent.drain())
  const sent = answer(invite!)
  agent.reinvite(session, sdpB, 2)
  const again = agent.drain().send
  sent.push(...again, ...answer(again[0]!.bytes.toString('latin1')))
  agent.hangUp(session, 16, 3)
  sent.push(...agent.drain().send)
  const places = sent.map(({ destination: { address, port } }) => `${address}:${port}`)
  const uris = sent.map(({ bytes }) => bytes.toString('latin1').split(' ')[1])
  return { methods: sent.map(({ bytes }) => bytes.toString('latin1').split(' ')[0]), places, uris }
}

for (const contact of [
  'sip:2@192.168.1.9:5062',
  'sip:2@10.9.9.9',
  'sip:2@100.64.3.3',
  'sip:2@127.0.0.1',
  'sip:2@[fd00::9]',
])
  test(`a carrier’s machine behind NAT is reached where its answer came from, by its Contact ${contact}`, () => {
    const { methods, places, uris } = carried(contact)
    assert.deepEqual(methods, ['ACK', 'INVITE', 'ACK', 'BYE'])
    assert.deepEqual([...new Set(places)], ['203.0.113.5:5080'])
    assert.deepEqual([...new Set(uris)], [contact])
  })

test('a Contact that can be reached is gone to, and so is a route', () => {
  assert.deepEqual([...new Set(carried('sip:2@203.0.113.9:5062').places)], ['203.0.113.9:5062'])
  const routed = carried('sip:2@192.168.1.9:5062', ['Record-Route: <sip:203.0.113.7;lr>'])
  assert.deepEqual([...new Set(routed.places)], ['203.0.113.7:5060'])
})

for (const [how, route, uri] of [
  ['loose', 'sip:192.168.1.7;lr', 'sip:2@192.168.1.9:5062'],
  ['strict', 'sip:192.168.1.7', 'sip:192.168.1.7'],
] as const)
  test(`a ${how} route through a proxy behind NAT, by its address there, is begun where its answer came from`, () => {
    const { places, uris } = carried('sip:2@192.168.1.9:5062', [`Record-Route: <${route}>`])
    assert.deepEqual([...new Set(places)], ['203.0.113.5:5080'])
    assert.deepEqual([...new Set(uris)], [uri])
  })

for (const [source, contact, expected] of [
  ['203.0.113.5', 'sip:2@192.168.1.9:5062', '203.0.113.5:40001'],
  ['10.0.0.2', 'sip:2@192.168.1.9:5062', '10.0.0.2:40001'],
  ['10.0.0.2', 'sip:2@10.0.7.9:5062', '10.0.7.9:5062'],
  ['203.0.113.5', 'sip:2@198.51.100.9', '198.51.100.9:5060'],
] as const)
  test(`a call from ${source} by ${contact} is hung up at ${expected}`, () => {
    const agent = station()
    const invite = inviteBy('SIP/2.0/UDP 10.0.0.2;branch=z9hG4bK1').toString()
    agent.receive(Buffer.from(invite.replace(/Contact: .*/, `Contact: <${contact}>`)), udpFrom(source, 40_001), 0)
    const session = accept(agent)
    const toTag = /To: .*;tag=([^\r]+)/.exec(text(agent.drain()).at(-1)!)![1]
    const ack = invite.replaceAll('INVITE', 'ACK').replace('To: <sip:1@10.0.0.1>', `$&;tag=${toTag}`)
    agent.receive(Buffer.from(ack.replace('z9hG4bK1', 'z9hG4bK2')), udpFrom(source, 40_001), 2)
    agent.drain()
    agent.hangUp(session as never, 16, 3)
    const [{ destination, bytes }] = agent.drain().send as [Drained['send'][number]]
    assert.equal(`${destination.address}:${destination.port}`, expected)
    assert.ok(bytes.toString('latin1').startsWith(`BYE ${contact} `))
  })

test('over TCP a dialog keeps to its connection, and names where to connect when that is closed', () => {
  const agent = station({}, 'tcp')
  const flow: Flow = { transport: 'tcp', source: { address: '10.0.0.2', port: 40_001 }, local: 'tcp', connection: 'c1' }
  agent.receive(inviteBy('SIP/2.0/TCP 10.0.0.2;branch=z9hG4bK1'), flow, 0)
  const trying = agent.drain()
  assert.deepEqual([trying.send[0]!.connection, trying.send[0]!.destination.port], ['c1', 5060])
})

test('the same INVITE by another branch is refused as a loop, and the call goes on', () => {
  const agent = station()
  agent.receive(inviteBy('SIP/2.0/UDP 10.0.0.8;branch=z9hG4bK1'), udpFrom('10.0.0.8'), 0)
  agent.drain()
  agent.receive(inviteBy('SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK2'), udpFrom('10.0.0.9'), 0)
  const { send, events } = agent.drain()
  assert.match(send[0]!.bytes.toString('latin1'), /^SIP\/2\.0 482 /)
  assert.equal(events.length, 0)
})

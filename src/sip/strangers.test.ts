/** Who has overheard a dialog's tags: what comes from elsewhere counts only when a trunk sends it, or a phone that proves itself. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { secretText } from '../lib/random.ts'
import { digestResponse, ha1 } from './digest.ts'
import type { Destination, Flow } from './events.ts'
import { alice, callCarl, carl, Net, sdpA, sdpB } from './fixtures/net.ts'
import { UserAgent } from './user-agent.ts'

const trunk = '10.0.0.7'
const stranger = '10.0.0.66'
const credentials = { username: '4001', password: 'secret' }

/** Alice called; the second message is her BYE, which never arrived. */
function overheard(known: string[] = [alice, trunk]) {
  const net = new Net()
  const a = net.add(alice)
  const c = net.add(carl, {
    admit: ({ source }) => (known.includes(source.address) ? 'trusted' : 'challenge'),
    registrar: {
      realm: 'r',
      lookup: extension =>
        extension === '4001'
          ? { ha1Md5: ha1('MD5', credentials, 'r'), ha1Sha256: ha1('SHA-256', credentials, 'r'), offerSha256: false }
          : null,
    },
  })
  net.reactions.set(carl, (event, agent, now) => {
    if (event.type === 'incoming') agent.accept(event.session, sdpB, now)
  })
  net.lose = text => text.startsWith('BYE')
  const session = callCarl(net)
  net.run(500)
  a.hangUp(session, 16, net.now)
  net.run(10)
  net.lose = () => false
  const bye = net.wire.find(one => one.text.startsWith('BYE'))!.text
  return { net, c, bye }
}

const answers = (net: Net, to: string) => net.wire.filter(one => one.to === to).map(one => one.text.slice(8, 11))

test('a BYE with the right tags from an address that has no part in the call ends nothing', () => {
  const { net, bye } = overheard()
  net.put(stranger, carl, Buffer.from(bye, 'latin1'))
  net.run(10)
  assert.deepEqual(answers(net, stranger), ['403'], 'nor is a password asked for: the caller is a trunk')
  assert.equal(net.of(carl, 'ended').length, 0)
})

test('an ACK from elsewhere confirms nothing', () => {
  const net = new Net()
  net.add(alice)
  net.add(carl, { admit: ({ source }) => (source.address === alice ? 'trusted' : 'refuse') })
  net.reactions.set(carl, (event, agent, now) => {
    if (event.type === 'incoming') agent.accept(event.session, sdpB, now)
  })
  net.lose = text => text.startsWith('ACK')
  callCarl(net)
  net.run(10)
  net.lose = () => false
  const ack = net.wire.find(one => one.text.startsWith('ACK'))!.text
  net.put(stranger, carl, Buffer.from(ack, 'latin1'))
  net.run(10)
  assert.equal(net.of(carl, 'confirmed').length, 0)
  net.put(alice, carl, Buffer.from(ack, 'latin1'))
  net.run(10)
  assert.equal(net.of(carl, 'confirmed').length, 1)
})

test('who has overheard an INVITE cannot answer it; whom it was sent to can, and so can another gateway of the trunk', () => {
  for (const gateway of [carl, trunk]) {
    const net = new Net()
    net.add(alice, { admit: ({ source }) => (source.address === trunk ? 'trusted' : 'refuse') })
    net.add(carl)
    net.reactions.set(carl, (event, agent, now) => {
      if (event.type === 'incoming') agent.accept(event.session, sdpB, now)
    })
    net.lose = text => text.startsWith('SIP/2.0 200')
    callCarl(net)
    net.run(10)
    net.lose = () => false
    const answer = Buffer.from(net.wire.find(one => one.text.startsWith('SIP/2.0 200'))!.text, 'latin1')
    net.put(stranger, alice, answer)
    net.run(5)
    assert.equal(net.of(alice, 'accepted').length, 0, 'from elsewhere')
    net.put(gateway, alice, answer)
    net.run(5)
    assert.equal(net.of(alice, 'accepted').length, 1, gateway)
  }
})

test('who has overheard an INVITE cannot withdraw it; whoever sent it can', () => {
  const net = new Net()
  const a = net.add(alice)
  net.add(carl, { admit: ({ source }) => (source.address === alice ? 'trusted' : 'refuse') })
  net.reactions.set(carl, (event, agent, now) => {
    if (event.type === 'incoming') agent.progress(event.session, 180, null, now)
  })
  net.lose = text => text.startsWith('CANCEL')
  const session = callCarl(net)
  net.run(10)
  a.hangUp(session, 16, net.now)
  net.run(10)
  net.lose = () => false
  const cancel = Buffer.from(net.wire.find(one => one.text.startsWith('CANCEL'))!.text, 'latin1')
  net.put(stranger, carl, cancel)
  net.run(5)
  assert.deepEqual([answers(net, stranger), net.of(carl, 'failed').length], [['481'], 0])
  net.put(alice, carl, cancel)
  net.run(5)
  assert.equal(net.of(carl, 'failed').length, 1)
})

/** Asked by this way, is it answered by that one? */
function isAnswered(to: Destination, by: Partial<Flow>, open: string[] = []): boolean {
  const { transport } = to
  const endpoints = [4, 6].map(family => ({
    ...{ id: `${transport}${family}`, transport, family: family as 4 | 6 },
    contact: () => ({ address: family === 4 ? '10.0.0.1' : '2001:db8::9', port: 5060 }),
  }))
  const agent = new UserAgent({
    ...{ name: 'test', endpoints, secret: secretText, random: Math.random, admit: () => 'refuse' },
  })
  const source = { address: to.address, port: to.port }
  const from = (flow: Partial<Flow>): Flow => ({ transport, source, local: endpoints[0]!.id, ...flow })
  for (const connection of open) agent.receive(Buffer.from('\r\n\r\n'), from({ connection }), 0)
  agent.qualify('x', { uri: 'sip:carrier.example', destination: to, everyMs: 60_000 }, 0)
  const sent = agent
    .drain()
    .send.find(one => one.bytes.toString().startsWith('OPTIONS'))!
    .bytes.toString()
  const copied = ['Via', 'From', 'To', 'Call-ID', 'CSeq'].map(name => new RegExp(`^${name}: .*$`, 'm').exec(sent)![0])
  const answer = ['SIP/2.0 200 OK', ...copied.map(line => line.trim()), 'Content-Length: 0', '\r\n'].join('\r\n')
  agent.receive(Buffer.from(answer), from(by), 10)
  return agent.drain().events.some(event => event.type === 'qualified' && event.up)
}

test('whom TLS had to prove has to have proved it to answer', () => {
  const to = { transport: 'tls', address: '10.0.0.7', port: 5061, peer: 'carrier' } as const
  const answered = [{ peer: 'carrier' }, {}, { peer: 'another' }].map(by => isAnswered(to, { connection: 'c2', ...by }))
  assert.deepEqual(answered, [true, false, false])
})

test('who was asked on a connection answers there, and elsewhere only when that is closed', () => {
  const to = { transport: 'tcp', address: '10.0.0.7', port: 5060, connection: 'c1' } as const
  assert.equal(isAnswered(to, { connection: 'c1' }, ['c1', 'c2']), true)
  assert.equal(isAnswered(to, { connection: 'c2' }, ['c1', 'c2']), false, 'another telephone behind the same NAT')
  assert.equal(isAnswered(to, { connection: 'c2' }, ['c2']), true)
})

test('an address may be spelt as anybody likes', () => {
  const port = 5060
  for (const [contact, heard] of [
    ['[2001:DB8:0:0:0:0:0:7]', '2001:db8::7'],
    ['[::ffff:10.0.0.7]', '10.0.0.7'],
    ['[::FFFF:0a00:7]', '10.0.0.7'],
  ] as const) {
    const net = new Net()
    const a = net.add(alice, {
      endpoints: [4, 6].map(family => ({
        ...{ id: family === 4 ? 'udp' : 'udp6', transport: 'udp', family: family as 4 | 6 },
        contact: () => ({ address: family === 4 ? alice : '2001:db8::1', port }),
      })),
      admit: () => 'refuse',
    })
    net.add(carl)
    net.reactions.set(carl, (event, agent, now) => {
      if (event.type === 'incoming') agent.accept(event.session, sdpB, now)
    })
    net.change = (text, from) =>
      from === carl ? text.replace(/^Contact: <sip:[^>]*>/m, `Contact: <sip:${contact}>`) : text
    const session = callCarl(net)
    net.run(50)
    assert.equal(net.of(alice, 'accepted').length, 1)
    a.hangUp(session, 16, net.now)
    net.run(5)
    const bye = net.wire.find(one => one.text.startsWith('BYE'))!
    assert.equal(bye.to, heard, 'where the BYE goes is an address as sockets tell it')
    const lines = bye.text.split('\r\n').filter(line => /^(Via|From|To|Call-ID|CSeq):/.test(line))
    const ok = ['SIP/2.0 200 OK', ...lines, 'Content-Length: 0', '\r\n'].join('\r\n')
    net.put(heard, alice, Buffer.from(ok))
    net.run(40_000)
    const byes = net.wire.filter(({ text, from }) => from === alice && text.startsWith('BYE'))
    assert.equal(byes.length, 1, 'its answer was heard')
  }
})

test('who forges the source of a trunk and has overheard nothing has 72 bits to guess for a response, and 72 more for a request', () => {
  const said = { branch: new Set<string>(), tag: new Set<string>(), callId: new Set<string>() }
  const net = new Net()
  const a = net.add(alice, { secret: secretText })
  for (let n = 0; n < 500; n++) {
    callCarl(net)
    const invite = a.drain().send[0]!.bytes.toString()
    said.branch.add(/branch=z9hG4bK([\w-]{12})[;\r]/.exec(invite)![1]!)
    said.tag.add(/^From: .*;tag=([\w-]{12})\r$/m.exec(invite)![1]!)
    said.callId.add(/^Call-ID: ([\w-]{20})\r$/m.exec(invite)![1]!)
  }
  for (const [name, values] of Object.entries(said)) {
    assert.equal(values.size, 500, `${name}: none twice`)
    // Each character is one of 64, and each place of it takes nearly all of them: nothing is counted up, nothing is fixed.
    for (let place = 0; place < (name === 'callId' ? 20 : 12); place++) {
      const different = new Set([...values].map(value => value[place])).size
      assert.ok(different > 50, `${name}: ${different} different characters at ${place}`)
    }
  }
})

test('a phone that came to another network ends its call with its password, though its Contact names no extension', () => {
  const net = new Net()
  const phone = net.add(alice)
  const room = net.add(carl, {
    admit: () => 'challenge',
    registrar: {
      realm: 'r',
      lookup: () => ({ ha1Md5: ha1('MD5', credentials, 'r'), ha1Sha256: '', offerSha256: false }),
    },
  })
  const destination = { transport: 'udp', address: carl, port: 5060 } as const
  net.change = (text, from) => (from === alice ? text.replace(/^Contact: <sip:4001@/m, 'Contact: <sip:x7f3@') : text)
  phone.register('r', { registrar: `sip:${carl}`, destination, aor: `sip:4001@${carl}`, auth: credentials }, net.now)
  net.run(100)
  assert.doesNotMatch(room.binding('4001')!.contact, /4001/)
  const wrong = `Digest username="4001", realm="r", nonce="x", uri="sip:x", response="0", qop=auth, nc=00000001, cnonce="x"`
  for (let call = 0; call < 8; call++) {
    net.reactions.set(alice, (event, agent, now) => {
      if (event.type === 'incoming') agent.accept(event.session, sdpB, now)
    })
    room.inviteExtension('4001', { from: `sip:10086@${carl}`, sdp: sdpA }, net.now)
    net.run(100)
    net.lose = text => text.startsWith('BYE')
    phone.hangUp(net.of(alice, 'incoming').at(-1)!.session, 16, net.now)
    net.run(10)
    net.lose = () => false
    const bye = net.wire.findLast(one => one.text.startsWith('BYE'))!.text
    const from = (address: string, branch: string, line: string) => {
      const text = bye
        .replace(/branch=[^;]+/, `branch=z9hG4bK${call}${branch}`)
        .replace('\r\nContent-Length', `${line}\r\nContent-Length`)
      net.put(address, carl, Buffer.from(text, 'latin1'))
      net.run(5)
      return net.wire.findLast(one => one.to === address)!.text
    }
    const elsewhere = `10.0.7.${call}`
    const nonce = /nonce="([^"]+)"/.exec(from(elsewhere, 'a', ''))![1]!
    const of = { algorithm: 'MD5', method: 'BYE', ha1: ha1('MD5', credentials, 'r'), uri: 'sip:x', nonce } as const
    const response = digestResponse({ ...of, qop: { nc: '00000001', cnonce: 'x' } })
    const right = wrong.replace('nonce="x"', `nonce="${nonce}"`).replace('response="0"', `response="${response}"`)
    assert.match(from(elsewhere, 'b', `\r\nAuthorization: ${right}`), /^SIP\/2\.0 200 /)
    assert.equal(net.of(carl, 'ended').length, call + 1)
  }
  assert.equal(net.of(carl, 'lockedOut').length, 0)
})

test('another gateway of a trunk may end its call', () => {
  const { net, bye } = overheard()
  net.put(trunk, carl, Buffer.from(bye, 'latin1'))
  net.run(10)
  assert.deepEqual(answers(net, trunk), ['200'])
  assert.equal(net.of(carl, 'ended').length, 1)
})

test('a locked or unknown stranger is never let in, however it writes its credentials', () => {
  const { net, bye } = overheard()
  for (const [at, line] of [
    'Authorization: Digest username="4001", realm="r", nonce="x", uri="sip:x", response="0"',
    'Authorization: Digest username="4002", realm="r", nonce="x", uri="sip:x", response="0"',
    'Authorization: Basic YTpi',
  ].entries()) {
    const text = bye
      .replace('\r\nContent-Length', `\r\n${line}\r\nContent-Length`)
      .replace(/branch=[^;]+/, `branch=z9hG4bKs${at}`)
    net.put(stranger, carl, Buffer.from(text, 'latin1'))
    net.run(10)
  }
  assert.ok(answers(net, stranger).every(status => status === '401' || status === '403'))
  assert.equal(net.of(carl, 'ended').length, 0)
})

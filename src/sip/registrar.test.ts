/** Desk phones at our registrar, and ourselves at a trunk's: two user agents, one on each side. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestResponse, ha1 } from './digest.ts'
import type { DeviceSecret, RegisterSpec, UaEvent } from './events.ts'
import { alice, carl, Net, sdpA, sdpB } from './fixtures/net.ts'
import type { UserAgent } from './user-agent.ts'

const realm = 'switchroom'
const password = 'correct horse'
function secretOf(extension: string): DeviceSecret {
  const credentials = { username: extension, password }
  return { ha1Md5: ha1('MD5', credentials, realm), ha1Sha256: ha1('SHA-256', credentials, realm), offerSha256: false }
}

/** alice's machine is a desk phone, carl's is the switchroom. */
function office(transport: 'udp' | 'tcp' = 'udp', isSha256 = false) {
  const net = new Net(1, undefined, transport)
  const phone = net.add(alice)
  const room = net.add(carl, {
    registrar: {
      realm,
      lookup: extension => (extension === '4001' ? { ...secretOf('4001'), offerSha256: isSha256 } : null),
      sha256Share: () => (isSha256 ? 1 : 0),
    },
    admit: () => 'challenge',
  })
  return { net, phone, room }
}

function phoneSpec(changes: Partial<RegisterSpec> = {}, transport: 'udp' | 'tcp' = 'udp'): RegisterSpec {
  return {
    registrar: `sip:${carl}`,
    destination: { transport, address: carl, port: 5060 },
    aor: `sip:4001@${carl}`,
    auth: { username: '4001', password },
    ...changes,
  }
}

const statuses = (net: Net) =>
  net.wire.filter(one => one.from === carl && one.text.startsWith('SIP/2.0')).map(one => Number(one.text.slice(8, 11)))

test('a phone registers, is refreshed without a new challenge, is called at where it came from, and leaves', () => {
  const { net, phone, room } = office()
  phone.register('r', phoneSpec({ expiresS: 600 }), net.now)
  net.run(1_000)
  assert.deepEqual(statuses(net), [401, 200])
  assert.equal(net.of(alice, 'registered')[0]!.expiresInMs, 600_000)
  const { binding } = net.of(carl, 'bindingChanged')[0]!
  assert.equal(binding?.flow.source.address, alice)

  net.run(600_000)
  assert.equal(net.of(carl, 'bindingChanged').length, 1)
  assert.ok(net.of(alice, 'registered').length >= 2)
  assert.ok(room.binding('4001'))

  const session = room.inviteExtension('4001', { from: `sip:10086@${carl}`, sdp: sdpA }, net.now)
  net.run(100)
  assert.ok(session)
  assert.equal(net.of(alice, 'incoming')[0]!.to, '4001')
  assert.equal(room.inviteExtension('4002', { from: `sip:10086@${carl}`, sdp: sdpA }, net.now), null)

  phone.unregister('r', net.now)
  net.run(1_000)
  assert.equal(net.of(alice, 'unregistered').length, 1)
  assert.equal(net.of(carl, 'bindingChanged').at(-1)!.binding, null)
  assert.equal(room.binding('4001'), null)
})

for (const isCalled of [true, false])
  test(`a phone whose router gave it another port is told there that its call is over, ${isCalled ? 'which we began' : 'which it began'}`, () => {
    const { net, phone, room } = office()
    let port = 40_001
    behindNat(room, () => port)
    phone.register('r', phoneSpec({ expiresS: 600 }), net.now)
    net.run(1_000)
    const answer = (event: UaEvent, agent: UserAgent, now: number) => {
      if (event.type === 'incoming') agent.accept(event.session, sdpB, now)
    }
    for (const at of [alice, carl]) net.reactions.set(at, answer)
    const { auth, destination } = phoneSpec()
    const spec = { target: `sip:600@${carl}`, destination, from: `sip:4001@${carl}`, sdp: sdpA, auth }
    const ours = isCalled ? room.inviteExtension('4001', { from: `sip:10086@${carl}`, sdp: sdpA }, net.now) : null
    if (!isCalled) phone.invite(spec, net.now)
    net.run(1_000)
    port = 40_002
    net.run(590_000) // it has registered again meanwhile
    assert.equal(room.binding('4001')!.flow.source.port, 40_002)
    room.hangUp(ours ?? net.of(carl, 'incoming')[0]!.session, 16, net.now)
    net.run(1_000)
    assert.equal(net.of(alice, 'ended').length, 1)
  })

for (const known of ['Call-ID', '+sip.instance'] as const)
  test(`a phone that comes back by another connection in mid-call, known by its ${known}, is told there that its call is over`, () => {
    const { net, phone, room } = office('tcp')
    let connection = 'c1'
    onlyBy(room, () => connection)
    let turn = 1
    net.change = (text, from) => {
      if (from !== alice || !text.startsWith('REGISTER')) return text
      const moved = `Contact: <sip:4001@10.0.0.${turn}>`
      return known === 'Call-ID'
        ? text.replace(/^Contact: <[^>]*>/m, moved)
        : text
            .replace(/^Contact: <[^>]*>/m, `${moved};+sip.instance="<urn:uuid:1>"`)
            .replace(/^Call-ID: .*$/m, line => `${line}${turn}`)
    }
    phone.register('r', phoneSpec({ expiresS: 600 }, 'tcp'), net.now)
    net.run(1_000)
    net.reactions.set(alice, (event, agent, now) => {
      if (event.type === 'incoming') agent.accept(event.session, sdpB, now)
    })
    const session = room.inviteExtension('4001', { from: `sip:10086@${carl}`, sdp: sdpA }, net.now)!
    net.run(1_000)
    assert.equal(net.of(carl, 'accepted').length, 1)
    room.connectionClosed('c1', net.now)
    ;[connection, turn] = ['c2', 2]
    assert.equal(room.binding('4001'), null)
    net.run(590_000)
    assert.equal(room.binding('4001')!.flow.connection, 'c2')
    room.hangUp(session, 16, net.now)
    net.run(1_000)
    assert.equal(net.of(alice, 'ended').length, 1)
  })

/** Who talks to `room` comes by `connection()`, and hears only what is sent there. */
function onlyBy(room: UserAgent, connection: () => string): void {
  const [receive, drain] = [room.receive.bind(room), room.drain.bind(room)]
  room.receive = (bytes, flow, now) => {
    const source = { ...flow.source, port: 40_000 + Number(connection().slice(1)) }
    receive(bytes, { ...flow, source, connection: connection() }, now)
  }
  room.drain = () => {
    const all = drain()
    return { ...all, send: all.send.filter(one => one.connection === connection()) }
  }
}

/** Who talks to `room` comes from `port()`, and hears only what is sent there. */
function behindNat(room: UserAgent, port: () => number): void {
  const [receive, drain] = [room.receive.bind(room), room.drain.bind(room)]
  room.receive = (bytes, flow, now) => receive(bytes, { ...flow, source: { ...flow.source, port: port() } }, now)
  room.drain = () => {
    const all = drain()
    return { ...all, send: all.send.filter(({ destination }) => destination.port === port()) }
  }
}

test('a carrier that calls our Contact says in To which number was dialled', () => {
  const { net, phone, room } = office()
  phone.register('r', phoneSpec(), net.now)
  net.run(1_000)
  const { contact, flow } = room.binding('4001')!
  const call = (target: string) =>
    room.invite(
      { target, destination: { transport: 'udp', ...flow.source }, from: `sip:10086@${carl}`, sdp: sdpA },
      net.now,
    )
  net.lose = text => text.startsWith('INVITE') && !text.includes('To: <sip:95588')
  call(contact)
  net.run(1)
  const invite = net.wire.findLast(one => one.text.startsWith('INVITE'))!.text
  net.put(carl, alice, Buffer.from(invite.replace(/To: .*/, `To: <sip:95588@${carl}>`), 'latin1'))
  net.run(10)
  assert.equal(net.of(alice, 'incoming')[0]!.to, '95588')
  net.lose = () => false
  call(`sip:+8695588;npdi=yes@${alice}`)
  net.run(10)
  assert.equal(net.of(alice, 'incoming')[1]!.to, '+8695588')
})

test('a phone that falls silent is forgotten when its time is over', () => {
  const { net, phone, room } = office()
  phone.register('r', phoneSpec({ expiresS: 120 }), net.now)
  net.run(1_000)
  net.lose = () => true
  net.run(130_000)
  assert.equal(net.of(carl, 'bindingChanged').at(-1)!.binding, null)
  assert.deepEqual(room.bindings(), [])
})

test('too short a time is lengthened, too long a one cut', () => {
  const { net, phone } = office()
  phone.register('short', phoneSpec({ expiresS: 5 }), net.now)
  net.run(1_000)
  assert.ok(statuses(net).includes(423))
  assert.equal(net.of(alice, 'registered')[0]!.expiresInMs, 60_000)
  phone.register('long', phoneSpec({ expiresS: 1_000_000 }), net.now)
  net.run(1_000)
  assert.equal(net.of(alice, 'registered').at(-1)!.expiresInMs, 3_600_000)
})

for (const isSha256 of [false, true])
  test(`an unknown extension and a wrong password look alike from outside, SHA-256 offered: ${isSha256}`, () => {
    const shapes = [
      phoneSpec({ aor: `sip:4999@${carl}`, auth: { username: '4999', password } }),
      phoneSpec({ auth: { username: '4001', password: 'guess' } }),
    ].map(spec => {
      const { net, phone } = office('udp', isSha256)
      phone.register('r', spec, net.now)
      net.run(1_000)
      const failed = net.of(alice, 'registrationFailed')[0]!
      assert.ok(failed.retryInMs >= 60_000, 'a refused password is not tried again at once')
      const answers = net.wire
        .filter(one => one.from === carl)
        .map(one => one.text.replace(/4999|4001/g, 'N').replace(/Call-ID.*|;tag=\S+|nonce="[^"]+"|branch=[^;]+/g, ''))
      return { statuses: statuses(net), answers }
    })
    assert.deepEqual(shapes[0], shapes[1])
    assert.deepEqual(shapes[0]!.statuses, [401, 403])
  })

test('who knows one extension cannot register another', () => {
  const { net, phone, room } = office()
  phone.register('r', phoneSpec({ aor: `sip:4002@${carl}` }), net.now)
  net.run(1_000)
  assert.deepEqual(statuses(net), [401, 403])
  assert.equal(room.figures.bindings, 0)
})

test('after five wrong passwords the right one is not listened to for half a minute', () => {
  const { net, phone, room } = office()
  for (let guess = 0; guess < 5; guess++) {
    phone.register(`g${guess}`, phoneSpec({ auth: { username: '4001', password: `guess ${guess}` } }), net.now)
    net.run(100)
    phone.unregister(`g${guess}`, net.now)
    net.run(100)
  }
  phone.register('right', phoneSpec(), net.now)
  net.run(1_000)
  assert.equal(room.figures.bindings, 0)
  net.run(200_000)
  assert.equal(room.figures.bindings, 1)
})

test('a whole address that guesses at many extensions is not listened to any more', () => {
  const { net, phone, room } = office()
  for (let guess = 0; guess < 50; guess++) {
    const username = String(5000 + guess)
    phone.register(username, phoneSpec({ aor: `sip:${username}@${carl}`, auth: { username, password } }), net.now)
    net.run(10)
    phone.unregister(username, net.now)
  }
  phone.register('right', phoneSpec(), net.now)
  net.run(1_000)
  assert.equal(room.figures.bindings, 0)
})

test('a REGISTER that comes late does not undo a newer one', () => {
  const { net, phone, room } = office()
  phone.register('r', phoneSpec(), net.now)
  net.run(1_000)
  const late = net.wire.findLast(one => one.text.startsWith('REGISTER'))!.text
  const nonce = /nonce="([^"]+)"/.exec(late)![1]!
  const digest = digestResponse({
    algorithm: 'MD5',
    ha1: secretOf('4001').ha1Md5,
    method: 'REGISTER',
    uri: `sip:${carl}`,
    nonce,
    qop: { nc: '00000009', cnonce: 'late' },
  })
  const again = late
    .replace(/branch=[^;]+/, 'branch=z9hG4bKlate')
    .replace(
      /Authorization: .*/,
      `Authorization: Digest username="4001", realm="${realm}", nonce="${nonce}", uri="sip:${carl}", response="${digest}", qop=auth, nc=00000009, cnonce="late"`,
    )
    .replace(/Expires: \d+/, 'Expires: 0')
  net.put(alice, carl, Buffer.from(again, 'latin1'))
  net.run(100)
  assert.equal(statuses(net).at(-1), 500)
  assert.ok(room.binding('4001'))
})

test('a call from a desk phone is offered once the phone has proved who it is', () => {
  const { net, phone } = office()
  const call = (auth?: { username: string; password: string }) =>
    phone.invite(
      {
        target: `sip:10086@${carl}`,
        destination: { transport: 'udp', address: carl, port: 5060 },
        from: `sip:4001@${carl}`,
        sdp: sdpA,
        auth,
      },
      net.now,
    )
  call({ username: '4001', password })
  net.run(100)
  assert.equal(net.of(carl, 'incoming')[0]!.extension, '4001')
  const invites = net.wire.filter(one => one.text.startsWith('INVITE')).map(one => /CSeq: (\d+)/.exec(one.text)![1])
  assert.deepEqual(invites, ['1', '2'])
  call({ username: '4001', password: 'guess' })
  net.run(100)
  call()
  net.run(100)
  assert.deepEqual(
    net.of(alice, 'failed').map(event => event.status),
    [403, 401],
  )
  assert.equal(net.of(carl, 'incoming').length, 1)
})

test('a phone on TCP is forgotten with its connection', () => {
  const { net, phone, room } = office('tcp')
  phone.register('r', phoneSpec({}, 'tcp'), net.now)
  net.run(100)
  const { flow } = room.binding('4001')!
  room.connectionClosed(flow.connection!, net.now)
  assert.equal(room.binding('4001'), null)
})

test('a registrar that does not answer is tried again, ever more slowly, until it does', () => {
  const { net, phone } = office()
  net.lose = () => true
  phone.register('r', phoneSpec(), net.now)
  net.run(3_600_000)
  const failures = net.of(alice, 'registrationFailed')
  assert.ok(failures.length > 8 && failures.length < 40, String(failures.length))
  assert.ok(failures.at(-1)!.retryInMs >= 150_000 && failures.at(-1)!.retryInMs <= 300_000)
  net.lose = () => false
  net.run(400_000)
  assert.equal(net.of(alice, 'registered').length, 1)
})

test('OPTIONS tell that the far end went away and came back', () => {
  const { net, phone } = office()
  phone.qualify(
    'q',
    { uri: `sip:${carl}`, destination: { transport: 'udp', address: carl, port: 5060 }, everyMs: 10_000 },
    net.now,
  )
  net.run(25_000)
  assert.deepEqual(
    net.of(alice, 'qualified').map(event => [event.up, event.status]),
    [
      [true, 200],
      [true, 200],
      [true, 200],
    ],
  )
  assert.equal(net.of(alice, 'qualified')[0]!.rttMs, 2)
  net.lose = () => true
  net.run(20_000)
  assert.equal(net.of(alice, 'qualified').at(-1)!.up, false)
  net.lose = () => false
  net.run(20_000)
  assert.equal(net.of(alice, 'qualified').at(-1)!.up, true)
  phone.stopQualify('q')
  net.run(60_000)
  assert.equal(phone.figures.transactions, 0)
  assert.equal(phone.nextDeadline(), null)
})

test('a binding that outlived a restart is called until the phone registers anew', () => {
  const { net, phone, room } = office()
  phone.register('r', phoneSpec(), net.now)
  net.run(1_000)
  const kept = room.binding('4001')!
  room.unbind('4001', net.now)
  assert.equal(room.binding('4001'), null)
  room.restoreBinding({ ...kept, expiresInMs: 30_000 }, net.now)
  assert.ok(room.inviteExtension('4001', { from: `sip:10086@${carl}`, sdp: sdpA }, net.now))
  net.run(100)
  assert.equal(net.of(alice, 'incoming').length, 1)
  net.run(31_000)
  assert.equal(room.binding('4001'), null)
})

for (const username of ['4001', '4999'])
  test(`a stranger who forges a telephone’s address cannot have it locked out, as ${username}`, () => {
    const { net, phone, room } = office()
    const mallory = '10.0.0.66'
    const register = (n: number, authorization: string) =>
      Buffer.from(
        [
          `REGISTER sip:${carl} SIP/2.0`,
          `Via: SIP/2.0/UDP ${alice}:5060;branch=z9hG4bKforged${n}`,
          `From: <sip:4001@${carl}>;tag=f${n}`,
          `To: <sip:4001@${carl}>`,
          `Call-ID: forged${n}`,
          `CSeq: ${n} REGISTER`,
          ...(authorization === '' ? [] : [`Authorization: ${authorization}`]),
          'Max-Forwards: 70',
          'Content-Length: 0',
          '\r\n',
        ].join('\r\n'),
      )
    const from = (address: string) => ({ transport: 'udp' as const, source: { address, port: 5060 }, local: 'udp' })
    room.receive(register(1, ''), from(mallory), net.now)
    const [answer] = room.drain().send
    const nonce = /nonce="([^"]+)"/.exec(answer!.bytes.toString())![1]!
    const wrong = `Digest username="${username}", realm="${realm}", nonce="${nonce}", uri="sip:${carl}", response="${'0'.repeat(32)}", algorithm=MD5, qop=auth, nc=00000001, cnonce="x"`
    for (let n = 2; n < 80; n++) room.receive(register(n, wrong), from(alice), net.now)
    room.drain()
    phone.register('r', phoneSpec(), net.now)
    net.run(1_000)
    assert.equal(net.of(alice, 'registered').length, 1)
  })

test('an extension that is guessed from many addresses is locked for all but its own phone, and that is told', () => {
  const { net, phone, room } = office()
  phone.register('r', phoneSpec(), net.now)
  net.run(100)
  let told = 0
  const answers = new Set<string>()
  for (let n = 1; n < 60; n++) {
    const flow = { transport: 'udp' as const, source: { address: `10.9.0.${n}`, port: 5060 }, local: 'udp' }
    const ask = (cseq: number, authorization: string[]) => {
      const lines = [
        ...[`REGISTER sip:${carl} SIP/2.0`, `Via: SIP/2.0/UDP 10.9.0.${n}:5060;branch=z9hG4bKg${n}x${cseq}`],
        ...[`From: <sip:4001@${carl}>;tag=f`, `To: <sip:4001@${carl}>`, `Call-ID: guess${n}`, `CSeq: ${cseq} REGISTER`],
        ...[...authorization, 'Max-Forwards: 70', 'Content-Length: 0', '\r\n'],
      ]
      room.receive(Buffer.from(lines.join('\r\n')), flow, net.now)
      const { send, events } = room.drain()
      told += events.filter(event => event.type === 'lockedOut').length
      return send[0]!.bytes.toString()
    }
    const challenge = ask(1, [])
    const nonce = /nonce="([^"]+)"/.exec(challenge)?.[1]
    answers.add(challenge.slice(8, 11))
    if (nonce === undefined) continue
    const digest = `username="4001", realm="${realm}", nonce="${nonce}", uri="sip:${carl}", response="${'0'.repeat(32)}"`
    answers.add(
      ask(2, [`Authorization: Digest ${digest}, algorithm=MD5, qop=auth, nc=00000001, cnonce="x"`]).slice(8, 11),
    )
  }
  assert.deepEqual([...answers], ['401', '403'])
  assert.equal(told, 1)
  phone.unregister('r', net.now)
  net.run(100)
  phone.register('again', phoneSpec(), net.now)
  net.run(1_000)
  assert.equal(net.of(alice, 'registered').length, 2)
})

function rightResponse(nonce: string, uri: string, nc: string): string {
  const of = { algorithm: 'MD5', method: 'REGISTER', ha1: secretOf('4001').ha1Md5 } as const
  return digestResponse({ ...of, uri, nonce, qop: { nc, cnonce: 'x' } })
}

/** Registers with a digest of its own making, and answers with the status. */
function guess(
  room: ReturnType<typeof office>['room'],
  now: number,
  given: { n: number; to: string; response: string; nc: string },
) {
  const source = { address: `10.9.${Math.floor(given.n / 250)}.${(given.n % 250) + 1}`, port: 5060 }
  const flow = { transport: 'udp' as const, source, local: 'udp' }
  let lockedOut = 0
  const ask = (cseq: number, authorization: string[]) => {
    const lines = [
      ...[`REGISTER sip:${carl} SIP/2.0`, `Via: SIP/2.0/UDP ${source.address}:5060;branch=z9hG4bKh${given.n}x${cseq}`],
      ...[`From: <sip:${given.to}@${carl}>;tag=f`, `To: <sip:${given.to}@${carl}>`],
      ...[
        `Call-ID: guess${given.n}`,
        `CSeq: ${cseq} REGISTER`,
        ...authorization,
        'Max-Forwards: 70',
        'Content-Length: 0',
      ],
      '\r\n',
    ]
    room.receive(Buffer.from(lines.join('\r\n')), flow, now)
    const { send, events } = room.drain()
    lockedOut += events.filter(event => event.type === 'lockedOut').length
    return send[0]!.bytes.toString()
  }
  const nonce = /nonce="([^"]+)"/.exec(ask(1, []))?.[1]
  if (nonce === undefined) return { status: 'locked', lockedOut }
  const uri = `sip:${carl}`
  const response = given.response === 'right' ? rightResponse(nonce, uri, given.nc) : '0'.repeat(32)
  const digest = `username="4001", realm="${realm}", nonce="${nonce}", uri="${uri}", response="${response}"`
  const status = ask(2, [`Authorization: Digest ${digest}, algorithm=MD5, qop=auth, nc=${given.nc}, cnonce="x"`])
  return { status: status.slice(8, 11), lockedOut }
}

test('who tries the password of one extension under the name of another is counted against both', () => {
  const { net, room } = office()
  const tried = Array.from({ length: 40 }, (_, n) =>
    guess(room, net.now, { n, to: `x${n}`, response: 'wrong', nc: '00000001' }),
  )
  assert.deepEqual([...new Set(tried.map(({ status }) => status))], ['403'])
  assert.equal(
    tried.reduce((sum, { lockedOut }) => sum + lockedOut, 0),
    1,
  )
  const own = guess(room, net.now, { n: 100, to: '4001', response: 'right', nc: '00000001' })
  assert.equal(own.status, 'locked', 'nor is 4001 asked for a password from elsewhere any more')
})

test('guesses after a restart do not silence a phone where it was before, behind a connection too', () => {
  const { net, phone, room } = office()
  phone.register('r', phoneSpec(), net.now)
  net.run(100)
  for (const way of ['datagrams', 'connection', 'nothing']) {
    const after = office()
    const home = { extension: '4001', address: alice, expiresInMs: 60_000 }
    if (way === 'datagrams') after.room.restoreBinding(room.binding('4001')!, after.net.now)
    if (way === 'connection') after.room.restoreHome(home, after.net.now)
    for (let n = 0; n < 30; n++) guess(after.room, after.net.now, { n, to: '4001', response: 'wrong', nc: '00000001' })
    after.phone.register('r', phoneSpec(), after.net.now)
    after.net.run(1_000)
    assert.equal(after.net.of(alice, 'registered').length, way === 'nothing' ? 0 : 1, way)
  }
})

test('where a phone has proved itself since the start counts, and not where it was before', () => {
  const { net, phone, room } = office()
  phone.register('r', phoneSpec(), net.now)
  net.run(100)
  room.restoreHome({ extension: '4001', address: '10.9.9.9', expiresInMs: 60_000 }, net.now)
  for (let n = 0; n < 30; n++) guess(room, net.now, { n, to: '4001', response: 'wrong', nc: '00000001' })
  phone.register('r', phoneSpec(), net.now)
  net.run(1_000)
  assert.equal(net.of(alice, 'registered').length, 2)
})

for (const way of ['datagrams', 'a connection'])
  test(`who floods us from an IPv6 network does not silence a phone that is, or was before a restart, registered there over ${way}`, () => {
    const { net, room } = office()
    const flow = (host: number) => ({
      transport: 'udp' as const,
      source: { address: `2001:db8:1:2::${host}`, port: 5060 },
      local: 'udp',
    })
    const contact = 'sip:4001@[2001:db8:1:2::1]:5060'
    const kept = { extension: '4001', expiresInMs: 60_000 }
    if (way === 'datagrams') room.restoreBinding({ ...kept, contact, userAgent: null, flow: flow(1) }, net.now)
    else room.restoreHome({ ...kept, address: flow(1).source.address }, net.now)
    for (let n = 0; n < 2_500; n++) room.receive(Buffer.from('x'), flow(2), net.now)
    room.drain()
    const isAnswered = (host: number) => {
      const { source } = flow(host)
      const lines = [
        ...[`OPTIONS sip:${carl} SIP/2.0`, `Via: SIP/2.0/UDP [${source.address}]:5060;branch=z9hG4bKo${host}`],
        ...[`From: <sip:4001@${carl}>;tag=f`, `To: <sip:4001@${carl}>`, `Call-ID: o${host}`, 'CSeq: 1 OPTIONS'],
        ...['Max-Forwards: 70', 'Content-Length: 0', '\r\n'],
      ]
      room.receive(Buffer.from(lines.join('\r\n')), flow(host), net.now)
      return room.drain().send.length > 0
    }
    assert.deepEqual([isAnswered(1), isAnswered(3)], [true, false])
  })

test('a digest without a count is wrong, whether its password is right or not', () => {
  for (const nc of ['00000000', 'zzzzzzzz']) {
    const { net, room } = office()
    for (const [n, response] of ['right', 'wrong'].entries())
      assert.equal(guess(room, net.now, { n, to: '4001', response, nc }).status, '403', `${nc} ${response}`)
  }
  const { net, room } = office()
  assert.equal(guess(room, net.now, { n: 1, to: '4001', response: 'right', nc: '00000001' }).status, '200')
})

test('from a network that is not allowed nobody registers or calls, no password is asked for, and it is counted', () => {
  const net = new Net(1)
  const phone = net.add(alice)
  const room = net.add(carl, { registrar: { realm, lookup: () => secretOf('4001') }, admit: () => 'refuse' })
  phone.register('r', phoneSpec(), net.now)
  net.run(1_000)
  assert.deepEqual(statuses(net), [403])
  assert.equal(room.figures.dropped, 1)
  assert.match(net.of(carl, 'dropped')[0]!.reason, /not allowed/)
})

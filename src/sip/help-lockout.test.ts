/** Somebody guesses passwords behind the address of a desk phone, and that phone stays registered, calls, and calls for help. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestResponse, ha1 } from './digest.ts'
import type { DeviceSecret, Flow } from './events.ts'
import { alice, carl, Net, sdpA } from './fixtures/net.ts'

const realm = 'switchroom'
const password = 'correct horse'
const secret: DeviceSecret = {
  ha1Md5: ha1('MD5', { username: '4001', password }, realm),
  ha1Sha256: ha1('SHA-256', { username: '4001', password }, realm),
  offerSha256: false,
}
const phonePort = 5060
const guesserPort = 40_000

/** The phone of 4001 is registered at alice, port 5060; whoever guesses sits at another port of the same address. */
function office(transport: 'udp' | 'tcp' = 'udp', expiresS = 3600) {
  const net = new Net(1, undefined, transport)
  const phone = net.add(alice)
  const room = net.add(carl, {
    registrar: { realm, lookup: extension => (extension === '4001' ? secret : null) },
    admit: () => 'challenge',
  })
  const destination = { transport, address: carl, port: 5060 }
  const auth = { username: '4001', password }
  const register = () => {
    const from = net.of(alice, 'registered').length
    phone.register('r', { registrar: `sip:${carl}`, destination, aor: `sip:4001@${carl}`, auth, expiresS }, net.now)
    net.run(100)
    return net.of(alice, 'registered').length - from
  }
  assert.equal(register(), 1)
  assert.ok(room.binding('4001'))
  const dial = (number: string, said = password) => {
    const from = net.wire.length
    const target = `sip:${number}@${carl}`
    phone.invite(
      { target, destination, from: `sip:4001@${carl}`, sdp: sdpA, auth: { username: '4001', password: said } },
      net.now,
    )
    net.run(100)
    return net.wire
      .slice(from)
      .filter(one => one.from === carl && one.text.includes('INVITE'))
      .map(one => Number(one.text.slice(8, 11)))
  }
  const at = (port: number): Flow => {
    const connection = transport === 'tcp' ? `c${port}` : undefined
    return { transport, source: { address: alice, port }, local: transport, connection }
  }
  return { net, room, register, dial, ...guesser(net, at) }
}

function guesser(net: Net, at: (port: number) => Flow) {
  let asked = 0
  const ask = (method: string, to: string, as: string, credentials = '', port = guesserPort) => {
    const n = ++asked
    const { flow, via } = { flow: at(port), via: at(port).transport.toUpperCase() }
    const lines = [
      ...[`${method} sip:${to}@${carl} SIP/2.0`, `Via: SIP/2.0/${via} ${alice}:${port};branch=z9hG4bKg${n};rport`],
      ...[`From: <sip:${as}@${carl}>;tag=g`, `To: <sip:${to}@${carl}>`, `Call-ID: g${n}`, `CSeq: 1 ${method}`],
      `Contact: <sip:${as}@${alice}:${port}>`,
      ...[...(credentials === '' ? [] : [`Authorization: ${credentials}`]), 'Max-Forwards: 70', 'Content-Length: 0'],
      '\r\n',
    ]
    const room = net.agents.get(carl)!
    room.receive(Buffer.from(lines.join('\r\n')), flow, net.now)
    return (
      room
        .drain()
        .send.map(one => one.bytes.toString())
        .find(text => !text.startsWith('SIP/2.0 100')) ?? ''
    )
  }
  const nonceOf = (answer: string) => /nonce="([^"]+)"/.exec(answer)?.[1] ?? ''
  const wrong = (nonce: string, as = '4001') =>
    `Digest username="${as}", realm="${realm}", nonce="${nonce}", uri="sip:${carl}", response="${'0'.repeat(32)}", algorithm=MD5, qop=auth, nc=00000001, cnonce="x"`
  const right = (nonce: string) => {
    const of = { algorithm: 'MD5', method: 'REGISTER', uri: `sip:${carl}`, nonce, ha1: secret.ha1Md5 } as const
    return wrong(nonce).replace('0'.repeat(32), digestResponse({ ...of, qop: { nc: '00000001', cnonce: 'x' } }))
  }
  /** Until its address is listened to no more. */
  const guess = () => {
    for (let n = 0; n < 50; n++) {
      const as = String(5000 + n)
      ask('REGISTER', as, as, wrong(nonceOf(ask('REGISTER', as, as)), as))
    }
    assert.match(ask('REGISTER', '4999', '4999'), /^SIP\/2.0 403/)
  }
  return { ask, nonceOf, wrong, right, guess }
}

for (const transport of ['udp', 'tcp'] as const)
  test(`a phone whose address is locked out calls 110, and whom it likes, with its own keys from where it is registered, and stays so, ${transport}`, () => {
    const { net, dial, register, ask, guess } = office(transport)
    guess()
    assert.deepEqual(dial('110').slice(0, 2), [401, 100])
    assert.deepEqual(dial('13800138000').slice(0, 2), [401, 100])
    assert.deepEqual(
      net.of(carl, 'incoming').map(({ extension, to }) => [extension, to]),
      [
        ['4001', '110'],
        ['4001', '13800138000'],
      ],
    )
    assert.equal(register(), 1)
    for (const method of ['INVITE', 'REGISTER']) {
      assert.match(ask(method, '4999', '4999'), /^SIP\/2.0 403/, `${method}: the lock stands`)
      assert.match(ask(method, '4999', '4999', '', phonePort), /^SIP\/2.0 403/, 'for who is not registered there')
    }
  })

test('beside the place of a phone that is reached by datagrams nobody is asked while the address is locked out', () => {
  const { ask, guess } = office()
  guess()
  for (const [method, to] of [
    ['INVITE', '110'],
    ['REGISTER', '4001'],
  ] as const)
    assert.match(ask(method, to, '4001'), /^SIP\/2.0 403/)
})

for (const how of ['calls 110', 'registers'])
  test(`five wrong passwords with which somebody ${how} from the place of the phone lock that out too, and count as ever`, () => {
    const { net, dial, register, ask, nonceOf, wrong, guess } = office()
    guess()
    const locked = net.of(carl, 'lockedOut').length
    const fail = (n: number) => {
      if (how === 'calls 110') return dial('110', `guess ${n}`).at(-1)
      net.run(100)
      const nonce = nonceOf(ask('REGISTER', '4001', '4001', '', phonePort))
      return Number(ask('REGISTER', '4001', '4001', wrong(nonce), phonePort).slice(8, 11))
    }
    for (let n = 0; n < 5; n++) assert.equal(fail(n), 403)
    assert.deepEqual(dial('110'), [403])
    assert.equal(register(), 0)
    if (how === 'calls 110') assert.equal(net.of(carl, 'lockedOut').length, locked + 1)
    net.run(29_600)
    assert.match(ask('REGISTER', '4999', '4999'), /^SIP\/2.0 401/, 'the address is listened to again')
    assert.match(ask('REGISTER', '4001', '4001'), /^SIP\/2.0 403/, 'though not about 4001')
  })

test('a phone whose connection closed while its address is locked out registers by another one, and nobody gets more than five tries in its name', () => {
  const { net, room, dial, ask, nonceOf, wrong, right, guess } = office('tcp')
  room.connectionClosed(room.binding('4001')!.flow.connection!, net.now)
  guess()
  const [back, beside] = [41_000, 42_000]
  assert.match(ask('REGISTER', '4999', '4999', '', back), /^SIP\/2.0 403/, 'nobody else was there')
  const nonce = nonceOf(ask('REGISTER', '4001', '4001', '', back))
  assert.match(ask('REGISTER', '4001', '4001', right(nonce), back), /^SIP\/2.0 200/)
  assert.equal(room.binding('4001')?.flow.connection, `c${back}`)
  for (let n = 0; n < 5; n++)
    ask('REGISTER', '4001', '4001', wrong(nonceOf(ask('REGISTER', '4001', '4001', '', beside + n))), beside + n)
  assert.match(ask('REGISTER', '4001', '4001', '', beside), /^SIP\/2.0 403/)
  assert.deepEqual(dial('110'), [403], 'by any connection of that address')
  assert.match(ask('INVITE', '110', '4001', '', back), /^SIP\/2.0 401/, 'but its own')
})

test('a phone whose connection closed, and whose registration is over since, is asked no more than anybody', () => {
  const { net, room, ask, guess } = office('tcp', 60)
  room.connectionClosed(room.binding('4001')!.flow.connection!, net.now)
  net.lose = () => true // it does not come back by itself
  net.run(60_000)
  guess()
  assert.match(ask('REGISTER', '4001', '4001', '', 41_000), /^SIP\/2.0 403/)
})

test('who forges the place of the phone uses up nothing of its tries: the nonce that it got elsewhere is none there', () => {
  const { net, dial, ask, nonceOf, wrong, guess } = office()
  const nonce = nonceOf(ask('REGISTER', '4001', '4001'))
  guess()
  for (let n = 0; n < 20; n++)
    assert.match(ask('INVITE', '110', '4001', wrong(nonce), phonePort), /^SIP\/2.0 401.*stale=true/s)
  dial('110')
  assert.equal(net.of(carl, 'incoming').length, 1)
})

test('that the phone proves itself for help forgives nothing to who guesses beside it', () => {
  const { net, dial, ask, nonceOf, wrong, guess } = office()
  const guess4001 = () => ask('REGISTER', '4001', '4001', wrong(nonceOf(ask('REGISTER', '4001', '4001'))))
  for (let n = 0; n < 4; n++) guess4001()
  guess()
  dial('110')
  assert.equal(net.of(carl, 'incoming').length, 1)
  net.run(31_000)
  guess4001()
  assert.match(ask('REGISTER', '4001', '4001'), /^SIP\/2.0 403/, 'the fifth')
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Algorithm, DigestClient, DigestServer, digestResponse, ha1 } from './digest.ts'
import { alice, carl as farEnd, Net, sdpA, sdpB } from './fixtures/net.ts'
import { type HeaderLine, type Request, serialise } from './message.ts'
import { parseMessage } from './parse.ts'

const carl = { username: '4001', password: 'correct horse' }
const realm = 'switchroom'
const device = { ha1Md5: ha1('MD5', carl, realm), ha1Sha256: ha1('SHA-256', carl, realm), offerSha256: false }

test('the examples of RFC 7616 §3.9.1 come out as printed there', () => {
  const input = {
    method: 'GET',
    uri: '/dir/index.html',
    nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
    qop: { nc: '00000001', cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ' },
  }
  const answer = (algorithm: Algorithm) => {
    const secret = ha1(algorithm, { username: 'Mufasa', password: 'Circle of Life' }, 'http-auth@example.org')
    return digestResponse({ ...input, algorithm, ha1: secret })
  }
  assert.equal(answer('MD5'), '8ca523f5e9506fed4657c9700eebdbec')
  assert.equal(answer('SHA-256'), '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1')
})

function server(held: typeof device | null = device) {
  let serial = 0
  return new DigestServer({
    realm,
    secret: () => `secret${serial++}`,
    lookup: name => (name === '4001' ? held : null),
  })
}

const basics: HeaderLine[] = [
  ['Via', 'SIP/2.0/UDP 10.0.0.2;branch=z9hG4bKx'],
  ['From', '<sip:4001@switchroom>;tag=1'],
  ['To', '<sip:4001@switchroom>'],
  ['Call-ID', 'x'],
]

function read(bytes: Buffer) {
  const parsed = parseMessage(bytes)
  return parsed.type === 'message' ? parsed.message : assert.fail(JSON.stringify(parsed))
}

function register(lines: HeaderLine[]): Request {
  const message = read(serialise('REGISTER sip:switchroom SIP/2.0', [...basics, ['CSeq', '1 REGISTER'], ...lines]))
  return message.kind === 'request' ? message : assert.fail()
}

function refusal(lines: HeaderLine[], status = 401) {
  const message = read(serialise(`SIP/2.0 ${status} No`, [...basics, ['CSeq', '1 REGISTER'], ...lines]))
  return message.kind === 'response' ? message : assert.fail()
}

function client(credentials = carl): DigestClient {
  return new DigestClient(credentials, () => 'c0ffee')
}

for (const offerSha256 of [false, true]) {
  test(`our client proves itself to our server by ${offerSha256 ? 'SHA-256' : 'MD5'}`, () => {
    const [ours, theirs] = [client(), server({ ...device, offerSha256 })]
    const challenges = theirs.challenge('4001', 'salt', false, 0)
    assert.equal(challenges.length, offerSha256 ? 2 : 1)
    assert.ok(ours.learn(refusal(challenges)))
    const [credentials] = ours.authorize('REGISTER', 'sip:switchroom')
    assert.match(credentials![1], offerSha256 ? /algorithm=SHA-256/ : /algorithm=MD5/)
    assert.deepEqual(theirs.verify(register([credentials!]), 10), { type: 'proved', username: '4001' })
    // The next request comes with the next count, and needs no challenge.
    assert.deepEqual(theirs.verify(register(ours.authorize('REGISTER', 'sip:switchroom')), 20).type, 'proved')
  })
}

test('credentials sent again prove nothing', () => {
  const [ours, theirs] = [client(), server()]
  ours.learn(refusal(theirs.challenge('4001', 'salt', false, 0)))
  const request = register(ours.authorize('REGISTER', 'sip:switchroom'))
  assert.equal(theirs.verify(request, 10).type, 'proved')
  assert.deepEqual(theirs.verify(request, 20), { type: 'challenge', stale: true })
})

test('an old nonce is stale for who knows the password, and wrong for who does not', () => {
  const theirs = server()
  const [ours, thief] = [client(), client({ username: '4001', password: 'guess' })]
  for (const one of [ours, thief]) one.learn(refusal(theirs.challenge('4001', 'salt', false, 0)))
  assert.deepEqual(theirs.verify(register(ours.authorize('REGISTER', 'sip:s')), 61_000), {
    type: 'challenge',
    stale: true,
  })
  assert.equal(theirs.verify(register(thief.authorize('REGISTER', 'sip:s')), 61_000).type, 'wrong')
})

test('a nonce of another server, another method and an unknown user are no proof', () => {
  const theirs = server()
  const stranger = client()
  stranger.learn(refusal([['WWW-Authenticate', 'Digest realm="switchroom", nonce="zz.salt.forged", qop="auth"']]))
  assert.deepEqual(theirs.verify(register(stranger.authorize('REGISTER', 'sip:s')), 0), {
    type: 'challenge',
    stale: true,
  })

  const ours = client()
  ours.learn(refusal(theirs.challenge('4001', 'salt', false, 0)))
  assert.equal(theirs.verify(register(ours.authorize('INVITE', 'sip:s')), 0).type, 'wrong')

  const nobody = client({ username: '9999', password: 'x' })
  nobody.learn(refusal(theirs.challenge('9999', 'salt', false, 0)))
  assert.equal(theirs.verify(register(nobody.authorize('REGISTER', 'sip:s')), 0).type, 'wrong')
})

test('credentials for another realm are as good as none', () => {
  const theirs = server()
  const ours = client()
  ours.learn(refusal(theirs.challenge('4001', 'salt', false, 0)))
  const [name, value] = ours.authorize('REGISTER', 'sip:s')[0]!
  const elsewhere = value.replace('realm="switchroom"', 'realm="elsewhere"')
  assert.deepEqual(theirs.verify(register([[name, elsewhere]]), 0), { type: 'challenge', stale: false })
  // Both may stand in one request, for two servers.
  assert.equal(
    theirs.verify(
      register([
        [name, elsewhere],
        [name, value],
      ]),
      0,
    ).type,
    'proved',
  )
})

test('an answer without qop, which could be replayed, is not taken', () => {
  const theirs = server()
  const nonce = /nonce="([^"]+)"/.exec(theirs.challenge('4001', 's', false, 0)[0]![1])![1]!
  const response = digestResponse({
    algorithm: 'MD5',
    ha1: device.ha1Md5,
    method: 'REGISTER',
    uri: 'sip:s',
    nonce,
    qop: null,
  })
  const line: HeaderLine = [
    'Authorization',
    `Digest username="4001", realm="${realm}", nonce="${nonce}", uri="sip:s", response="${response}"`,
  ]
  assert.equal(theirs.verify(register([line]), 0).type, 'wrong')
})

test('our client takes the first challenge it can answer, by proxies too, and does not repeat a wrong password', () => {
  const ours = client()
  const challenges: HeaderLine[] = [
    ['Proxy-Authenticate', 'Bearer realm="x"'],
    ['Proxy-Authenticate', 'Digest realm="r", nonce="n", algorithm=SHA-512-256, qop="auth"'],
    ['Proxy-Authenticate', 'Digest realm="r", nonce="n", opaque="o", qop="auth,auth-int"'],
  ]
  assert.ok(ours.learn(refusal(challenges, 407)))
  const [name, value] = ours.authorize('INVITE', 'sip:a')[0]!
  assert.equal(name, 'Proxy-Authorization')
  assert.match(value, /qop=auth, nc=00000001, cnonce="c0ffee", opaque="o"$/)
  assert.equal(ours.learn(refusal(challenges, 407)), false)
  assert.equal(client().learn(refusal([['WWW-Authenticate', 'Digest realm="r"']])), false)
})

test('a challenge of RFC 2069, without qop, is answered in its shorter form', () => {
  const ours = client()
  ours.learn(refusal([['WWW-Authenticate', 'Digest realm="r", nonce="n"']]))
  const [[, value] = ['', '']] = ours.authorize('INVITE', 'sip:a')
  const expected = digestResponse({
    algorithm: 'MD5',
    ha1: ha1('MD5', carl, 'r'),
    method: 'INVITE',
    uri: 'sip:a',
    nonce: 'n',
    qop: null,
  })
  assert.ok(value.includes(`response="${expected}"`) && !value.includes('cnonce'))
})

/** A call of ours to who takes each nonce once, and asks for another at every request of `methods`. */
function asked(methods: RegExp) {
  const net = new Net()
  const agent = net.add(alice)
  net.add(farEnd)
  net.reactions.set(farEnd, (event, far, now) => {
    if (event.type !== 'incoming') return
    far.progress(event.session, 183, sdpB, now)
    net.later(500, at => far.accept(event.session, sdpB, at))
  })
  const open = new Set<string>()
  let serial = 0
  net.lose = (text, from) => {
    if (from !== alice || !methods.test(text)) return false
    const nonce = /nonce="([^"]+)"/.exec(text)?.[1]
    if (nonce !== undefined && open.delete(nonce)) return false
    const fresh = `n${++serial}`
    open.add(fresh)
    const kept = text.split('\r\n').filter(line => /^(?:Via|From|To|Call-ID|CSeq):/.test(line))
    const ask = `WWW-Authenticate: Digest realm="r", nonce="${fresh}", qop="auth"`
    net.put(farEnd, alice, Buffer.from(['SIP/2.0 401 No', ...kept, ask, 'Content-Length: 0', '', ''].join('\r\n')))
    return true
  }
  const session = agent.invite(
    {
      target: `sip:1@${farEnd}`,
      destination: { transport: 'udp', address: farEnd, port: 5060 },
      from: `sip:4001@${alice}`,
      sdp: sdpA,
      auth: carl,
    },
    net.now,
  )
  net.run(2_000)
  return { net, agent, session }
}

test('a BYE that is challenged while a digit is, too, is heard, and so is the digit', () => {
  const { net, agent, session } = asked(/^(?:INFO|BYE) /)
  agent.sendInfo(session, '5', 160, net.now)
  agent.hangUp(session, 16, net.now)
  net.run(40_000)
  assert.deepEqual(
    net.of(farEnd, 'digit').map(({ digit }) => digit),
    ['5'],
  )
  assert.deepEqual(
    net.of(farEnd, 'ended').map(({ by }) => by),
    ['remote'],
  )
})

test('a PRACK that is challenged anew after its INVITE was is heard', () => {
  const { net } = asked(/^(?:INVITE|PRACK) /)
  net.run(40_000)
  assert.deepEqual(net.types(alice), ['provisional', 'accepted'])
})

test('a password that is wrong is said twice for each request and no more', () => {
  const { net, agent, session } = asked(/^x/)
  net.lose = (text, from) => {
    if (from !== alice || !text.startsWith('INFO ')) return false
    const kept = text.split('\r\n').filter(line => /^(?:Via|From|To|Call-ID|CSeq):/.test(line))
    const ask = 'WWW-Authenticate: Digest realm="r", nonce="n", qop="auth"'
    net.put(farEnd, alice, Buffer.from(['SIP/2.0 401 No', ...kept, ask, 'Content-Length: 0', '', ''].join('\r\n')))
    return true
  }
  for (const digit of ['1', '2', '3']) agent.sendInfo(session, digit, 160, net.now)
  net.run(40_000)
  assert.equal(net.wire.filter(({ text }) => text.startsWith('INFO ')).length, 6)
})

/** A call of ours to a carrier whose proxy asks for a password, and who asks for one again behind it; each takes a nonce so often. */
function askedByTwo({ takes = 100, knows = () => true }: { takes?: number; knows?: (server: string) => boolean } = {}) {
  const net = new Net()
  const agent = net.add(alice)
  net.add(farEnd)
  net.reactions.set(farEnd, (event, far, now) => {
    if (event.type === 'incoming') far.accept(event.session, sdpB, now)
  })
  const open = new Map<string, number>()
  let serial = 0
  net.lose = (text, from) => {
    if (from !== alice || !/^(?:INVITE|BYE) /.test(text)) return false
    for (const [status, given, ask] of [
      [407, 'Proxy-Authorization', 'Proxy-Authenticate'],
      [401, 'Authorization', 'WWW-Authenticate'],
    ] as const) {
      const nonce = new RegExp(`^${given}: .* nonce="([^"]+)"`, 'm').exec(text)?.[1] ?? ''
      const left = open.get(nonce) ?? 0
      open.set(nonce, left - 1)
      if (left > 0 && knows(given)) continue
      const fresh = `n${++serial}`
      open.set(fresh, takes)
      const kept = text.split('\r\n').filter(line => /^(?:Via|From|To|Call-ID|CSeq):/.test(line))
      const lines = [`SIP/2.0 ${status} No`, ...kept, `${ask}: Digest realm="${given}", nonce="${fresh}", qop="auth"`]
      net.put(farEnd, alice, Buffer.from([...lines, 'Content-Length: 0', '', ''].join('\r\n')))
      return true
    }
    return false
  }
  const session = agent.invite(
    {
      target: `sip:1@${farEnd}`,
      destination: { transport: 'udp', address: farEnd, port: 5060 },
      from: `sip:4001@${alice}`,
      sdp: sdpA,
      auth: carl,
    },
    net.now,
  )
  net.run(2_000)
  const said = (method: string) =>
    net.wire
      .filter(({ from, text }) => from === alice && text.startsWith(`${method} `))
      .map(({ text }) =>
        Array.from(text.matchAll(/^(Proxy-)?Authorization: .*nc=0*(\d+)/gm), ([, p, nc]) => `${p ?? ''}${nc}`),
      )
  return { net, agent, session, said }
}

test('a proxy and who is behind it each ask for a password: both are answered together, and so is what comes later', () => {
  const { net, agent, session, said } = askedByTwo()
  assert.deepEqual(said('INVITE'), [[], ['Proxy-1'], ['Proxy-2', '1']])
  assert.deepEqual(net.types(alice), ['accepted'])
  agent.hangUp(session, 16, net.now)
  net.run(2_000)
  assert.deepEqual(said('BYE'), [['Proxy-3', '2']])
  assert.equal(net.of(farEnd, 'ended').length, 1)
})

test('a proxy that takes each nonce once is answered again once who is behind it has asked', () => {
  const { net, said } = askedByTwo({ takes: 1 })
  assert.deepEqual(said('INVITE'), [[], ['Proxy-1'], ['Proxy-2', '1'], ['2', 'Proxy-1']])
  assert.deepEqual(net.types(alice), ['accepted'])
})

for (const wrong of ['Proxy-Authorization', 'Authorization'])
  test(`of two who ask, one that does not take our password (${wrong}) is answered once, and the call fails`, () => {
    const { net, said } = askedByTwo({ knows: server => server !== wrong })
    assert.equal(said('INVITE').length, wrong === 'Authorization' ? 3 : 2)
    assert.deepEqual(
      net.of(alice, 'failed').map(({ status }) => status),
      [wrong === 'Authorization' ? 401 : 407],
    )
  })

test('two who ask anew by turns without end are not answered without end', () => {
  let turn = 0
  const { net, said } = askedByTwo({ knows: server => (server === 'Authorization' ? false : turn++ % 2 === 0) })
  assert.equal(said('INVITE').length, 6)
  assert.equal(net.of(alice, 'failed').length, 1)
})

test('of many proxies that ask, each in a realm of its own, some are remembered', () => {
  const ours = client()
  for (const realm of ['a', 'b', 'c', 'd', 'e', 'f'])
    ours.learn(refusal([['Proxy-Authenticate', `Digest realm="${realm}", nonce="n", qop="auth"`]], 407))
  const realms = ours.authorize('INVITE', 'sip:a').map(([, value]) => /realm="(\w)"/.exec(value)?.[1])
  assert.deepEqual(realms, ['c', 'd', 'e'])
})

import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, isIP } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { connect as connectTls, createSecureContext, createServer as createTlsServer } from 'node:tls'
import { systemClock } from '../lib/clock.ts'
import { secretText } from '../lib/random.ts'
import { type UaEvent, UserAgent } from '../sip/user-agent.ts'
import type { ConnectionNews, Identity } from './connections.ts'
import { authority, certificate, type Pair, type Wishes } from './fixtures/certificates.ts'
import { Handshakes } from './handshakes.ts'
import { parseListenAddress, SocketError, Sockets } from './sockets.ts'
import { type TlsPeer, TlsPeers } from './tls-peers.ts'

const carrierName = 'sip.carrier.example'
let root: Pair
let stranger: Pair
before(async () => {
  root = await authority('Carrier')
  stranger = await authority('Stranger')
})

const identity = (pair: Pair): Identity => ({ cert: pair.certPem, key: pair.keyPem })
const signed = async (wishes: Wishes, by = root) => identity(await certificate(by, wishes))

type Station = {
  sockets: Sockets
  agent: UserAgent
  events: UaEvent[]
  news: ConnectionNews[]
  peers: TlsPeers
  port: number
}
const open: Station[] = []
after(() => Promise.all(open.map(one => one.sockets[Symbol.asyncDispose]())))

async function station(
  options: { identity?: Identity; peer?: Partial<TlsPeer>; answers?: boolean; listen?: string[] } = {},
): Promise<Station> {
  const events: UaEvent[] = []
  const news: ConnectionNews[] = []
  const peers = new TlsPeers()
  if (options.peer)
    peers.set({
      ...{ name: 'carrier', serverName: carrierName, authoritiesPem: root.certPem, knownByCertificate: false },
      ...{ certificatePem: null, keyPem: null, ...options.peer },
    })
  const sockets = await Sockets.open({
    listen: (options.listen ?? (options.identity ? ['tls:127.0.0.1:0'] : ['udp:127.0.0.1:0'])).map(parseListenAddress),
    advertise: null,
    identity: options.identity ?? null,
    peers,
    clock: systemClock,
    random: () => 0.5,
    onConnection: one => news.push(one),
    onEvent: event => {
      events.push(event)
      if (event.type === 'incoming' && options.answers) agent.accept(event.session, sdp, systemClock.monotonic())
    },
    onFault: error => assert.fail(error as Error),
  })
  const agent: UserAgent = new UserAgent({
    ...{ name: 'test', endpoints: sockets.exits, secret: secretText, random: Math.random },
    admit: ({ transport }) => (transport === 'tls' ? 'trusted' : 'challenge'),
  })
  sockets.attach(agent)
  const one = { sockets, agent, events, news, peers, port: sockets.endpoints[0]!.bound.port }
  open.push(one)
  return one
}

async function until<T>(what: string, find: () => T | undefined, withinMs = 4_000): Promise<T> {
  for (
    const end = performance.now() + withinMs;
    performance.now() < end;
    await new Promise(wake => setTimeout(wake, 5))
  ) {
    const found = find()
    if (found !== undefined) return found
  }
  assert.fail(`waited in vain for ${what}`)
}

const sdp = 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n'

function call(from: Station, port: number, more: { scheme?: 'sip' | 'sips' } = {}) {
  const session = from.agent.invite(
    {
      target: `${more.scheme ?? 'sip'}:1@127.0.0.1:${port}`,
      destination: { transport: 'tls', address: '127.0.0.1', port, peer: 'carrier' },
      from: 'sip:2@127.0.0.1',
      sdp,
    },
    systemClock.monotonic(),
  )
  from.sockets.settle()
  return session
}

describe('a call over TLS', () => {
  test('goes both ways on one connection, and says so in Via and Contact', async () => {
    const far = await station({ identity: await signed({ names: [carrierName] }), answers: true })
    const near = await station({ peer: {} })
    const session = call(near, far.port)
    await until('an answer', () => near.events.find(event => event.type === 'accepted'))
    const incoming = await until('the call', () => far.events.find(event => event.type === 'incoming'))
    assert.equal(incoming.flow.transport, 'tls')
    await until('the ACK', () => far.events.find(event => event.type === 'confirmed'))
    far.agent.hangUp(incoming.session, 16, systemClock.monotonic())
    far.sockets.settle()
    const ended = await until('the end', () => near.events.find(event => event.type === 'ended'))
    assert.deepEqual(ended, { type: 'ended', session, by: 'remote', q850: 16, reason: 'BYE' })
    assert.deepEqual(
      near.news,
      [{ peer: 'carrier', up: true, fault: null, at: { address: '127.0.0.1', port: far.port } }],
      'one connection, and it is still there',
    )
    call(near, far.port)
    await until('a second call', () => far.events.filter(event => event.type === 'incoming')[1])
    assert.equal(near.news.length, 1, 'the connection is used again')
  })

  test('is answered with a sips: Contact when it was called by one', async () => {
    const far = await station({ identity: await signed({ names: [carrierName] }), answers: true })
    const near = await station({ peer: {} })
    const heard: string[] = []
    const receive = near.agent.receive.bind(near.agent)
    near.agent.receive = (bytes, flow, now) => {
      heard.push(String(bytes))
      receive(bytes, flow, now)
    }
    call(near, far.port, { scheme: 'sips' })
    await until('an answer', () => near.events.find(event => event.type === 'accepted'))
    assert.match(heard.join(''), /^Contact: <sips:127\.0\.0\.1:\d+>\r$/m)
    assert.match(heard.join(''), /^Via: SIP\/2\.0\/TLS 127/m)
  })

  for (const [what, wishes, by, words] of [
    [
      'a certificate for another host',
      { names: ['other.example'] },
      'root',
      /is not for sip\.carrier\.example but for DNS:other\.example/,
    ],
    ['a certificate that has ended', { names: [carrierName], from: -9e8, to: -1000 }, 'root', /has ended/],
    [
      'a certificate that is not in force yet',
      { names: [carrierName], from: 9e8, to: 9.5e8 },
      'root',
      /not in force yet/,
    ],
    [
      'a certificate of a stranger’s authority',
      { names: [carrierName] },
      'stranger',
      /no authority that this trunk trusts/,
    ],
  ] as const)
    test(`is not made to ${what}: not a byte of it, and the words say why`, async () => {
      const far = await station({
        identity: await signed({ ...wishes, names: [...wishes.names] }, by === 'root' ? root : stranger),
        answers: true,
      })
      const near = await station({ peer: {} })
      call(near, far.port)
      const failed = await until('the failure', () => near.events.find(event => event.type === 'failed'))
      assert.equal(failed.by, 'transport')
      const told = await until('the news', () => near.news.find(one => !one.up))
      assert.match(told.fault?.words ?? '', words)
      assert.deepEqual(far.events, [], 'nothing arrived there')
    })

  test('is not made to a port that speaks no TLS, nor in the clear instead', async () => {
    const received: Buffer[] = []
    const plain = createServer(socket => {
      socket.on('data', bytes => {
        received.push(bytes)
        socket.write('SIP/2.0 200 OK\r\n\r\n')
      })
    })
    plain.listen(0, '127.0.0.1')
    await once(plain, 'listening')
    const { port } = plain.address() as { port: number }
    const near = await station({ peer: {} })
    call(near, port)
    const told = await until('the news', () => near.news.find(one => !one.up))
    assert.match(told.fault?.words ?? '', /does not speak TLS/)
    assert.equal(told.fault?.why, 'tls_none')
    assert.ok(!Buffer.concat(received).includes('INVITE'), 'the call never left in the clear')
    plain.close()
  })

  test('a name in the certificate may be an address or a SIP URI', async () => {
    for (const [names, serverName] of [
      [['127.0.0.1'], '127.0.0.1'],
      [['sip:carrier.example'], 'carrier.example'],
    ] as const) {
      const far = await station({ identity: await signed({ names: [...names] }), answers: true })
      const near = await station({ peer: { serverName } })
      call(near, far.port)
      await until('an answer', () => near.events.find(event => event.type === 'accepted'))
    }
  })

  for (const [asks, serverName] of [
    ['for the name that is meant', carrierName],
    ['for none where the peer is an address', '127.0.0.1'],
  ] as const)
    test(`the server is asked by SNI ${asks}`, async t => {
      const asked: string[] = []
      // To whoever asks for nothing it shows the certificate of somebody else, as a carrier's front does.
      const server = createTlsServer({
        ...(await signed({ names: [isIP(serverName) ? serverName : 'other.example'] })),
        SNICallback(name, show) {
          asked.push(name)
          signed({ names: [name] }).then(pair => show(null, createSecureContext(pair)), show)
        },
      })
      server.listen(0, '127.0.0.1')
      t.after(() => server.close())
      await once(server, 'listening')
      const { port } = server.address() as AddressInfo
      const near = await station({ peer: { serverName } })
      call(near, port)
      const news = await until('the connection', () => near.news[0])
      assert.deepEqual(news, { peer: 'carrier', up: true, fault: null, at: { address: '127.0.0.1', port } })
      assert.deepEqual(asked, isIP(serverName) ? [] : [serverName])
    })

  test('a peer that cannot be reached is left alone for a while, and then tried again', async () => {
    const near = await station({ peer: {} })
    const closed = createServer().listen(0, '127.0.0.1')
    await once(closed, 'listening')
    const { port } = closed.address() as { port: number }
    closed.close()
    await once(closed, 'close')
    call(near, port)
    await until('the failure', () => near.events.find(event => event.type === 'failed'))
    await until('the news', () => near.news[0])
    call(near, port)
    await until('a second failure', () => near.events.filter(event => event.type === 'failed')[1])
    assert.equal(near.news.length, 1, 'no second connection was tried')
    const far = await station({
      identity: await signed({ names: [carrierName] }),
      answers: true,
      listen: [`tls:127.0.0.1:${port}`],
    })
    await until('a call that goes through', () => {
      if (!near.events.some(event => event.type === 'accepted')) call(near, port)
      return far.events.find(event => event.type === 'incoming')
    })
  })

  test('nobody is gone to over TLS whose name is not known', async () => {
    const far = await station({ identity: await signed({ names: [carrierName] }) })
    const near = await station({})
    near.agent.qualify(
      'x',
      {
        uri: 'sip:127.0.0.1',
        destination: { transport: 'tls', address: '127.0.0.1', port: far.port },
        everyMs: 60_000,
      },
      systemClock.monotonic(),
    )
    near.sockets.settle()
    const told = await until('the failure', () => near.events.find(event => event.type === 'qualified'))
    assert.equal(told.up, false)
  })
})

describe('a client certificate', () => {
  const ofCarrier = { name: 'carrier', knownByCertificate: true }

  async function incoming(shown: Identity | null) {
    const server = await station({ identity: await signed({ names: ['switchroom.lan'] }), peer: ofCarrier })
    const client = await station({
      peer: { serverName: 'switchroom.lan', certificatePem: shown?.cert ?? null, keyPem: shown?.key ?? null },
    })
    call(client, server.port)
    const event = await until('the call', () => server.events.find(one => one.type === 'incoming'))
    return event.flow.peer
  }

  test('says whose call it is', async () => {
    assert.equal(await incoming(await signed({ names: [carrierName] })), 'carrier')
  })
  test('says so through an intermediate authority', async () => {
    const between = await authority('Between', root)
    const leaf = await signed({ names: [carrierName] }, between)
    assert.equal(await incoming({ cert: leaf.cert + between.certPem, key: leaf.key }), 'carrier')
  })
  for (const [what, make] of [
    ['of another name', () => signed({ names: ['other.example'] })],
    ['that has ended', () => signed({ names: [carrierName], from: -9e8, to: -1000 })],
    ['of a stranger’s authority', () => signed({ names: [carrierName] }, stranger)],
    ['for signing code', () => signed({ names: [carrierName], uses: ['1.3.6.1.5.5.7.3.3'] })],
    [
      'that another certificate, no authority, has signed',
      async () => {
        const noAuthority = await certificate(root, { names: ['x.example'] })
        const leaf = await signed({ names: [carrierName] }, noAuthority)
        return { cert: leaf.cert + noAuthority.certPem, key: leaf.key }
      },
    ],
  ] as [string, () => Promise<Identity>][])
    test(`proves nobody: one ${what}`, async () => {
      assert.equal(await incoming(await make()), undefined)
    })
  test('is not needed, and without one nobody is proved', async () => {
    assert.equal(await incoming(null), undefined)
  })
  test('whose key is not the key of the certificate opens nothing', async () => {
    const [one, other] = [await signed({ names: [carrierName] }), await signed({ names: [carrierName] })]
    assert.throws(() =>
      new TlsPeers().set({
        ...{ name: 'x', serverName: 'x', authoritiesPem: null, knownByCertificate: false },
        ...{ certificatePem: one.cert, keyPem: other.key },
      }),
    )
  })
})

describe('our own certificate', () => {
  test('is replaced without a restart, and without cutting anybody off', async () => {
    const [first, second] = [await signed({ names: [carrierName] }), await signed({ names: [carrierName] })]
    const far = await station({ identity: first })
    const seen = async () => {
      const socket = connectTls({ port: far.port, host: '127.0.0.1', servername: carrierName, ca: root.certPem })
      await once(socket, 'secureConnect')
      return { socket, serial: socket.getPeerX509Certificate()!.serialNumber }
    }
    const before = await seen()
    far.sockets.secure(second)
    const later = await seen()
    assert.equal(before.serial, new X509Certificate(first.cert).serialNumber)
    assert.equal(later.serial, new X509Certificate(second.cert).serialNumber)
    before.socket.write('\r\n\r\n')
    assert.equal(String((await once(before.socket, 'data'))[0]), '\r\n', 'the first connection still answers pings')
    before.socket.destroy()
    later.socket.destroy()
  })

  test('must be there to listen for TLS', async () => {
    await assert.rejects(
      station({ listen: ['tls:127.0.0.1:0'] }),
      (error: Error) => error instanceof SocketError && /needs a certificate/.test(error.message),
    )
  })
})

describe('handshakes at our door', () => {
  test('TLS 1.1 and a second handshake within a connection are refused', async () => {
    const far = await station({ identity: await signed({ names: [carrierName] }) })
    const at = { port: far.port, host: '127.0.0.1', servername: carrierName, ca: root.certPem }
    const old = connectTls({ ...at, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' })
    const [error] = await once(old, 'error')
    assert.match(String(error), /alert|protocol|closed|reset/i)
    const socket = connectTls({ ...at, maxVersion: 'TLSv1.2' })
    await once(socket, 'secureConnect')
    const refused = await new Promise<Error | null>(done => {
      socket.on('error', done)
      socket.on('close', () => done(new Error('closed')))
      if (!socket.renegotiate({}, done)) done(new Error('not possible'))
    })
    assert.ok(refused !== null, 'no second handshake')
    socket.destroy()
  })

  test('from one address only so many are half-open, and others still come in', async () => {
    const far = await station({ identity: await signed({ names: [carrierName] }) })
    const silent = Array.from({ length: 100 }, () =>
      connect({ port: far.port, host: '127.0.0.1', localAddress: '127.0.0.9' }),
    )
    let closed = 0
    for (const socket of silent) socket.on('close', () => closed++).on('error', () => undefined)
    await until('36 of them to be turned away', () => (closed === 36 ? true : undefined))
    const honest = connectTls({ port: far.port, host: '127.0.0.1', servername: carrierName, ca: root.certPem })
    await once(honest, 'secureConnect')
    honest.destroy()
    for (const socket of silent) socket.destroy()
    let isBack = false
    await until('it is let in again', () => {
      if (isBack) return true
      const at = { port: far.port, host: '127.0.0.1', localAddress: '127.0.0.9' }
      const again = connectTls({ ...at, servername: carrierName, ca: root.certPem })
      again.on('error', () => undefined)
      again.on('secureConnect', () => {
        isBack = true
        again.destroy()
      })
      return undefined
    })
  })

  test('so many a second may begin, from one address and from all', () => {
    let now = 0
    const handshakes = new Handshakes(() => now)
    const from = (address: string) => ({ remoteAddress: address, once: () => undefined }) as never
    let serial = 0
    const begin = (address: string, isKnown = false) => {
      const name = `h${serial++}`
      const may = handshakes.begin(name, from(address), isKnown)
      if (may) handshakes.done(name)
      return may
    }
    assert.equal(Array.from({ length: 300 }, () => begin('10.0.0.1')).filter(Boolean).length, 200)
    assert.equal(begin('10.0.0.2'), true)
    now += 1000
    assert.equal(Array.from({ length: 300 }, () => begin('10.0.0.1')).filter(Boolean).length, 40)
    const many = Array.from({ length: 1_000 }, (_, at) => begin(`10.1.${at >> 8}.${at & 255}`)).filter(Boolean).length
    assert.ok(many <= 400, `${many} of all addresses at once`)
    assert.deepEqual([begin('10.0.0.9'), begin('10.0.0.9', true)], [false, true], 'a trunk comes back meanwhile')
    assert.equal(handshakes.halfOpen, 0)
  })

  test('where too many are half-open the oldest of a stranger gives way, and none of a trunk', () => {
    let now = 0
    const handshakes = new Handshakes(() => now)
    const closed: string[] = []
    const begin = (name: string, address: string, isKnown: boolean) => {
      now += 10
      const socket = { remoteAddress: address, once: () => undefined, destroy: () => closed.push(name) }
      return handshakes.begin(name, socket as never, isKnown)
    }
    assert.ok(begin('trunk', '10.0.0.7', true))
    for (let n = 0; n < 600; n++) assert.ok(begin(`s${n}`, `10.1.0.${n % 200}`, false))
    assert.ok(begin('another', '10.0.0.7', true))
    assert.equal(handshakes.halfOpen, 512)
    assert.deepEqual(
      closed,
      Array.from({ length: 90 }, (_, n) => `s${n}`),
    )
    assert.equal(handshakes.turnedAway, 90)
  })
})

import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { test } from 'node:test'
import { systemClock } from '../lib/clock.ts'
import { secretText } from '../lib/random.ts'
import { type UaEvent, UserAgent } from '../sip/user-agent.ts'
import { attribute, method, readStun, StunWriter } from '../webrtc/stun.ts'
import { facing, parseListenAddress, SocketError, Sockets } from './sockets.ts'

async function station(
  listen: string[],
  react: (event: UaEvent, agent: UserAgent, sockets: Sockets) => void = () => {},
  before?: () => Promise<void> | null,
) {
  const events: UaEvent[] = []
  const faults: unknown[] = []
  const sockets = await Sockets.open({
    listen: listen.map(parseListenAddress),
    advertise: null,
    clock: systemClock,
    ...(before && { before }),
    onEvent(event) {
      events.push(event)
      react(event, agent, sockets)
    },
    onFault: error => faults.push(error),
  })
  const agent = new UserAgent({
    name: 'test',
    endpoints: sockets.endpoints,
    secret: secretText,
    random: Math.random,
  })
  sockets.attach(agent)
  const waitFor = async (type: UaEvent['type'], ms = 5_000) => {
    const end = performance.now() + ms
    for (;;) {
      const found = events.find(event => event.type === type)
      if (found) return found
      if (performance.now() > end) assert.fail(`no ${type} among ${events.map(event => event.type)}`)
      await new Promise(wake => setTimeout(wake, 5))
    }
  }
  return { sockets, agent, events, faults, waitFor, bound: (at = 0) => sockets.endpoints[at]!.bound }
}

const sdp = 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n'

const now = () => systemClock.monotonic()

const noIpv6 = Object.values(networkInterfaces())
  .flat()
  .some(one => one?.address === '::1')
  ? false
  : 'this machine has no IPv6'

for (const [transport, host] of [
  ['udp', '127.0.0.1'],
  ['tcp', '127.0.0.1'],
  ['udp', '[::1]'],
] as const)
  test(`a call goes over real ${transport} sockets at ${host}, both ways`, {
    skip: host === '[::1]' && noIpv6,
  }, async () => {
    await using disposal = new AsyncDisposableStack()
    const near = await station([`${transport}:${host}:0`])
    const far = await station([`${transport}:${host}:0`], (event, agent) => {
      if (event.type === 'incoming') agent.accept(event.session, sdp, systemClock.monotonic())
    })
    disposal.use(near.sockets)
    disposal.use(far.sockets)
    const { address, port } = far.bound()
    const session = near.agent.invite(
      { target: `sip:1@${host}:${port}`, destination: { transport, address, port }, from: 'sip:2@127.0.0.1', sdp },
      systemClock.monotonic(),
    )
    near.sockets.settle()
    await far.waitFor('confirmed')
    const { session: theirs } = (await far.waitFor('incoming')) as Extract<UaEvent, { type: 'incoming' }>
    far.agent.hangUp(theirs, 16, systemClock.monotonic())
    far.sockets.settle()
    const ended = await near.waitFor('ended')
    assert.deepEqual(ended, { type: 'ended', session, by: 'remote', q850: 16, reason: 'BYE' })
    assert.deepEqual([...near.faults, ...far.faults], [])
  })

test('what is said waits for what is being written before, in order; a disk that stands still holds it up once, for a moment', async () => {
  let written = Promise.withResolvers<void>()
  let unwritten: Promise<void> | null = null
  await using disposal = new AsyncDisposableStack()
  const far = await station(['udp:127.0.0.1:0'], (event, agent) => {
    if (event.type === 'incoming') agent.accept(event.session, sdp, systemClock.monotonic())
  })
  const near = await station(
    ['udp:127.0.0.1:0'],
    () => undefined,
    () => unwritten,
  )
  disposal.use(near.sockets)
  disposal.use(far.sockets)
  const call = () => {
    const destination = { transport: 'udp', address: '127.0.0.1', port: far.bound().port } as const
    const spec = { target: `sip:1@127.0.0.1:${destination.port}`, destination, from: 'sip:2@127.0.0.1', sdp }
    near.agent.invite(spec, systemClock.monotonic())
    near.sockets.settle()
  }
  const calls = async (n: number) => {
    for (let waitedMs = 0; far.events.filter(({ type }) => type === 'incoming').length < n; waitedMs += 5) {
      assert.ok(waitedMs < 5_000)
      await new Promise(wake => setTimeout(wake, 5))
    }
  }
  // Written before the moment is over: what waits goes then, and in the order in which it was said.
  unwritten = written.promise
  call()
  unwritten = null
  call()
  const since = performance.now()
  await new Promise(wake => setTimeout(wake, 5))
  assert.ok(far.events.length === 0 || performance.now() - since > 15)
  written.resolve()
  await calls(2)
  const [first, second] = far.events.flatMap(event => (event.type === 'incoming' ? [event.callId] : []))
  assert.notEqual(first, second)
  // Not written at all: it goes all the same, and what is said later at once.
  written = Promise.withResolvers()
  unwritten = written.promise
  call()
  await calls(3)
  const sends = near.agent.figures.retransmitted
  call()
  await calls(4)
  assert.equal(near.agent.figures.retransmitted, sends)
  assert.deepEqual(near.faults, [])
})

test('a port in use is told by address, with what to do', async () => {
  for (const transport of ['udp', 'tcp']) {
    const first = await station([`${transport}:127.0.0.1:0`])
    const id = `${transport}:127.0.0.1:${first.bound().port}`
    await assert.rejects(station(['udp:127.0.0.1:0', id]), error => {
      assert.ok(error instanceof SocketError)
      assert.match(
        error.message,
        new RegExp(`cannot listen at ${id}: another program holds the port .*change sip.listen`),
      )
      return true
    })
    await first.sockets[Symbol.asyncDispose]()
  }
})

test('an address that is not ours and a text that is none are told too', async () => {
  await assert.rejects(station(['udp:192.0.2.1:5060']), /this machine has no such address/)
  for (const text of [
    '5060',
    'udp:5060',
    'sctp:0.0.0.0:5061',
    'udp:localhost:5060',
    'udp:1.2.3.4:99999',
    'udp:999.1.1.1:1',
  ])
    assert.throws(() => parseListenAddress(text), SocketError)
  assert.deepEqual(parseListenAddress('tcp:[::1]:5060'), {
    id: 'tcp:[::1]:5060',
    transport: 'tcp',
    address: '::1',
    port: 5060,
  })
})

test('a call to a TCP port where nobody listens fails at once, not after 32 s', async () => {
  await using disposal = new AsyncDisposableStack()
  const near = await station(['tcp:127.0.0.1:0'])
  disposal.use(near.sockets)
  const closed = await station(['tcp:127.0.0.1:0'])
  const { port } = closed.bound()
  await closed.sockets[Symbol.asyncDispose]()
  near.agent.invite(
    {
      target: 'sip:1@127.0.0.1',
      destination: { transport: 'tcp', address: '127.0.0.1', port },
      from: 'sip:2@127.0.0.1',
      sdp,
    },
    systemClock.monotonic(),
  )
  near.sockets.settle()
  const failed = await near.waitFor('failed', 2_000)
  assert.equal(failed.type === 'failed' && failed.by, 'transport')
})

test('a registrar that closes the connection by which we registered is registered with again within seconds', async () => {
  await using disposal = new AsyncDisposableStack()
  const near = await station(['tcp:127.0.0.1:0'])
  disposal.use(near.sockets)
  let asked = 0
  const registrar = createServer(socket => {
    socket.on('error', () => undefined)
    socket.on('data', bytes => {
      asked++
      const kept = String(bytes)
        .split('\r\n')
        .filter(line => /^(?:Via|From|To|Call-ID|CSeq|Contact):/.test(line))
        .map(line => (line.startsWith('Contact:') ? `${line};expires=3600` : line))
      socket.end(['SIP/2.0 200 OK', ...kept, 'Content-Length: 0', '', ''].join('\r\n'))
    })
  }).listen(0, '127.0.0.1')
  disposal.defer(() => void registrar.close())
  await once(registrar, 'listening')
  const { address, port } = registrar.address() as AddressInfo
  const auth = { username: 'lender', password: 'secret' }
  const destination = { transport: 'tcp', address, port } as const
  near.agent.register('r', { registrar: 'sip:127.0.0.1', destination, aor: 'sip:lender@127.0.0.1', auth }, now())
  near.sockets.settle()
  for (const end = now() + 10_000; asked < 2 && now() < end; ) await new Promise(wake => setTimeout(wake, 20))
  assert.equal(asked, 2)
})

test('a stream of nonsense closes its connection and harms no other', async () => {
  await using disposal = new AsyncDisposableStack()
  const room = await station(['tcp:127.0.0.1:0'])
  disposal.use(room.sockets)
  const socket = connect(room.bound().port, '127.0.0.1')
  socket.on('error', () => {})
  const closed = new Promise(done => socket.once('close', done))
  socket.write('x\r\n\r\n'.repeat(12_000))
  await closed
  const other = connect(room.bound().port, '127.0.0.1')
  disposal.defer(() => void other.destroy())
  other.write(
    'OPTIONS sip:a@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n',
  )
  const answer = await new Promise<Buffer>(done => other.once('data', done))
  assert.match(
    answer.toString(),
    /^SIP\/2\.0 200 OK\r\nVia: SIP\/2\.0\/TCP 127\.0\.0\.1;branch=z9hG4bK1;received=127\.0\.0\.1\r\n/,
  )
})

test('what the kernel granted for bursts can be asked for', async () => {
  await using disposal = new AsyncDisposableStack()
  const room = await station(['udp:127.0.0.1:0', 'tcp:127.0.0.1:0'])
  disposal.use(room.sockets)
  const [granted, ...others] = room.sockets.receiveBuffers()
  assert.equal(others.length, 0)
  assert.ok(granted!.bytes >= 64 * 1024 && granted!.bytes <= 4 * 1024 * 1024, String(granted!.bytes))
})

test('a listener that throws harms neither the socket nor the next call', async () => {
  await using disposal = new AsyncDisposableStack()
  const room = await station(['udp:127.0.0.1:0'], event => {
    if (event.type === 'incoming') throw new Error('a bug of ours')
  })
  const near = await station(['udp:127.0.0.1:0'])
  disposal.use(room.sockets)
  disposal.use(near.sockets)
  const { address, port } = room.bound()
  const call = () =>
    near.agent.invite(
      { target: 'sip:1@127.0.0.1', destination: { transport: 'udp', address, port }, from: 'sip:2@127.0.0.1', sdp },
      systemClock.monotonic(),
    )
  call()
  call()
  near.sockets.settle()
  const end = performance.now() + 3_000
  while (room.faults.length < 2 && performance.now() < end) await new Promise(wake => setTimeout(wake, 5))
  assert.equal(room.faults.length, 2)
})

test('the address that faces a peer is the one on its network', () => {
  const one = (address: string, netmask: string, internal = false) => ({
    address,
    netmask,
    internal,
    family: 'IPv4' as const,
    mac: '',
    cidr: null,
  })
  const interfaces = {
    lo: [one('127.0.0.1', '255.0.0.0', true)],
    office: [one('192.168.7.5', '255.255.255.0')],
    carrier: [one('10.20.0.5', '255.255.0.0')],
  }
  assert.equal(facing('10.20.9.9', interfaces), '10.20.0.5')
  assert.equal(facing('192.168.7.80', interfaces), '192.168.7.5')
  assert.equal(facing('8.8.8.8', interfaces), '192.168.7.5')
  assert.equal(facing('127.0.0.9', interfaces), '127.0.0.1')
})

test('a phone behind a NAT that asks by STUN hears where it is seen, and SIP goes on beside it', async () => {
  const { sockets, faults, bound } = await station(['udp:127.0.0.1:0'])
  const phone = createSocket('udp4')
  phone.bind(0, '127.0.0.1')
  await once(phone, 'listening')
  const { port } = phone.address()
  const ask = (bytes: Uint8Array) => phone.send(bytes, bound().port, '127.0.0.1')
  const transaction = Buffer.from('0123456789ab')
  // What is no request is not answered: were it, two of us would talk for ever.
  for (const odd of [method.success, method.bindingIndication, method.error])
    ask(new StunWriter(odd, transaction).finish())
  ask(Buffer.from([0, 1, 0, 0]))
  ask(new StunWriter(method.bindingRequest, transaction).finish())
  const [bytes] = (await once(phone, 'message')) as [Buffer]
  const answer = readStun(bytes)
  assert.equal(answer?.type, method.success)
  assert.deepEqual(Buffer.from(answer!.transaction), transaction)
  const seen = Buffer.from(answer!.attributes.get(attribute.xorMappedAddress)!)
  assert.equal(seen.readUInt16BE(2) ^ 0x2112, port)
  assert.equal((seen.readUInt32BE(4) ^ 0x2112a442) >>> 0, 0x7f000001)
  ask(Buffer.from('\r\n\r\n'))
  ask(
    Buffer.from(
      `OPTIONS sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK1;rport\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n\r\n`,
    ),
  )
  const [ok] = (await once(phone, 'message')) as [Buffer]
  assert.match(String(ok), new RegExp(`^SIP/2\\.0 200 [\\s\\S]*;rport=${port};received=127`))
  phone.close()
  await sockets[Symbol.asyncDispose]()
  assert.deepEqual(faults, [])
})

/** The telephone on real sockets, a user agent at the other end: what becomes of calls when it is closed. */
import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect as connectTls, createServer as createTlsServer } from 'node:tls'
import { emergencyIntent } from '../centre/calls/emergency.ts'
import type { Trunk, User } from '../centre/entities.ts'
import { floorFrom } from '../centre/floor.ts'
import type { Input } from '../centre/inputs.ts'
import { systemClock } from '../lib/clock.ts'
import type { CallId, LegId, TrunkId, UserId } from '../lib/ids.ts'
import { createLogger } from '../lib/log.ts'
import { buildOffer } from '../sdp/negotiate.ts'
import { digestResponse, ha1 } from '../sip/digest.ts'
import type { KeptDialog, UaEvent } from '../sip/user-agent.ts'
import { authority, certificate } from './fixtures/certificates.ts'
import { besiege, identity, shakesHands } from './fixtures/door.ts'
import { local, Station } from './fixtures/station.ts'
import { parseListenAddress } from './sockets.ts'
import { openTelephone } from './telephone.ts'

const address = '127.0.2.9'
const listen = parseListenAddress(`udp:${address}:0`)
const listenTcp = parseListenAddress(`tcp:${address}:0`)
const alice = 'u_alice' as UserId
const callerId = '+861088880000'
const ringing = '+8613800000001'
const talking = '+8613800000002'
const silent = '+8613800000003'

/** A telephone, and a carrier and desk phone at one address: it rings, or picks up. `left`: what a process before it left up. */
async function opened(
  left: KeptDialog[] = [],
  way: Partial<Trunk> = {},
  more: Partial<Parameters<typeof openTelephone>[0]> & { home?: string } = {},
) {
  const heard: string[] = []
  const react = (event: UaEvent, { agent, now }: Station) => {
    if (event.type !== 'incoming' || event.to === silent) return
    if (event.to === ringing) agent.progress(event.session, 180, null, now)
    else agent.accept(event.session, buildOffer(local), now)
  }
  const station = await Station.open(react, {
    tap: ({ direction, bytes }) => {
      const [line = ''] = bytes.toString('latin1').split('\r\n', 1)
      if (direction === 'in' && !line.startsWith('SIP/')) heard.push(line.split('@')[0]!.replace(' sip:', ' '))
    },
  })
  const port = station.port('udp')
  const trunk: Trunk = {
    id: 't_1' as TrunkId,
    name: 'carrier',
    host: '127.0.2.2',
    port,
    transport: 'udp',
    register: false,
    username: null,
    callerIds: [callerId],
    maxCalls: 10,
    callsPerSecond: 5,
    codecs: ['pcma'],
    enabled: true,
    ...way,
  }
  const user: User = {
    id: alice,
    name: 'alice',
    displayName: 'Alice',
    role: 'agent',
    extension: '1001',
    station: 'phone-nailed',
    skills: [],
    numbersMasked: false,
    language: 'en',
    enabled: true,
  }
  const setup = { users: [user], trunks: [trunk], numbers: [], queues: [], campaigns: [], suppressed: [] }
  const state = floorFrom(setup, systemClock.now())
  const folder = mkdtempSync(join(tmpdir(), 'switchroom-telephone-'))
  const phoneBookFile = join(folder, 'phones.json')
  const dialogBookFile = join(folder, 'dialogs.jsonl')
  const flow = { transport: 'udp', source: { address: '127.0.2.2', port }, local: listen.id }
  const binding = { extension: '1001', contact: `sip:1001@127.0.2.2:${port}`, userAgent: null, flow }
  const expiresAt = systemClock.now() + 60_000
  writeFileSync(
    phoneBookFile,
    JSON.stringify(more.home ? [{ home: more.home, extension: '1001', expiresAt }] : [{ ...binding, expiresAt }]),
  )
  writeFileSync(dialogBookFile, left.map(dialog => `${JSON.stringify(dialog)}\n`).join(''))
  const told: Input[] = []
  const telephone = await openTelephone({
    listen: [listen, listenTcp],
    advertise: null,
    media: { address, ports: { from: 39_000, to: 39_099 }, workers: 1 },
    recordingsDir: folder,
    phoneBookFile,
    dialogBookFile,
    promptFolders: [],
    speechFolders: [],
    clock: systemClock,
    random: () => 0.5,
    log: createLogger('silent'),
    version: 'test',
    floor: () => state,
    secret: () => 'phone-secret',
    post: input => void told.push(input),
    ...more,
  })
  telephone.start([trunk])
  const until = async (what: string, holds: () => boolean) => {
    for (let waitedMs = 0; !holds(); waitedMs += 5) {
      assert.ok(waitedMs < 5_000, `${what}; heard ${heard.join(', ')}; told ${JSON.stringify(told)}`)
      await sleep(5)
    }
  }
  await until('the trunk is found', () => told.some(({ type }) => type === 'trunk.up'))
  let closed: PromiseLike<void> | null = null
  const close = () => (closed ??= telephone[Symbol.asyncDispose]())
  return {
    station,
    telephone,
    /** What a process that is killed now leaves to the next. */
    left: () =>
      readFileSync(dialogBookFile, 'utf8')
        .trim()
        .split('\n')
        .filter(line => line !== ''),
    until,
    /** Requests about calls that the far ends got, as `BYE +86138…`. */
    heard: () => heard.filter(line => /^(INVITE|CANCEL|BYE) /.test(line)).sort(),
    /** The same as they came. */
    inOrder: () => heard.filter(line => /^(INVITE|CANCEL|BYE) /.test(line)),
    /** What desk phones have dialled by themselves. */
    get dialled() {
      return told.flatMap(one => (one.type === 'desk.dialled' ? [one.to] : []))
    },
    has: (type: Input['type'], leg: string) => told.some(one => one.type === type && 'leg' in one && one.leg === leg),
    dial: (leg: string, number: string) =>
      telephone.ports.phone.perform({
        ...{ type: 'phone.dial', leg: leg as LegId, call: `c_${leg}` as CallId, trunk: trunk.id },
        ...{ number, callerId, ringMs: 30_000 },
      }),
    ring: (leg: string) =>
      telephone.ports.phone.perform({
        ...{ type: 'phone.ring', leg: leg as LegId, agent: alice, call: null, forShift: true },
        ...{ from: 'switchroom', ringMs: 30_000 },
      }),
    /** The call that came in. */
    offered: () => told.find(one => one.type === 'leg.offered')?.leg,
    /** alice's phone rings before a call for help: a leg of which the floor knows that. */
    forHelp(leg: string) {
      state.legs.set(leg as LegId, { agent: alice, side: 'rung' })
      const intent = emergencyIntent(state, '110')
      assert.ok(intent !== null)
      state.agents.get(alice)!.rung = { leg: leg as LegId, call: 'c_help' as CallId, intent }
    },
    close,
    async [Symbol.asyncDispose]() {
      await close()
      await station[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

test('closed, it cancels what rings and hangs up what is talked, the leg of a shift too', async () => {
  await using here = await opened()
  here.dial('l_ringing', ringing)
  here.dial('l_talking', talking)
  here.ring('l_shift')
  await here.until(
    'all are called',
    () =>
      here.has('leg.ringing', 'l_ringing') &&
      here.has('leg.answered', 'l_talking') &&
      here.has('station.up', 'l_shift'),
  )
  await here.until('both that are up are kept', () => here.left().length === 2)
  await here.close()
  assert.deepEqual(here.left(), [])
  await here.station.wait('ended', 2)
  const ended = here.heard().filter(line => !line.startsWith('INVITE '))
  assert.equal(ended.filter(line => line.startsWith('BYE ')).length, 2)
  assert.deepEqual(
    ended.filter(line => line.startsWith('CANCEL ')),
    [`CANCEL ${ringing}`],
  )
})

test('while somebody calls for help every other leg ends, a phone that rings here too, and help goes on and begins', async () => {
  await using here = await opened()
  here.forHelp('l_help')
  here.dial('l_help', talking)
  here.dial('l_ringing', ringing)
  await here.until('both', () => here.has('leg.answered', 'l_help') && here.has('leg.ringing', 'l_ringing'))
  here.telephone.hangUpAllButHelp()
  await here.until('it is withdrawn', () => here.heard().includes(`CANCEL ${ringing}`))
  here.dial('l_late', ringing)
  here.forHelp('l_more')
  here.dial('l_more', talking)
  await here.until('it is answered', () => here.has('leg.answered', 'l_more'))
  const heard = here.heard()
  assert.equal(heard.filter(line => line === `INVITE ${ringing}`).length, 1, 'nobody else is called')
  assert.ok(!heard.some(line => line.startsWith('BYE ')), heard.join())
  await here.telephone.hangUp()
  assert.equal(here.heard().filter(line => line.startsWith('BYE ')).length, 2)
})

test('who says nothing is not waited for longer than a moment', async () => {
  await using here = await opened()
  here.dial('l_silent', silent)
  await here.until('it is called', () => here.heard().length > 0)
  await here.station[Symbol.asyncDispose]()
  const since = performance.now()
  await here.close()
  assert.ok(performance.now() - since < 20_000, 'its INVITE is given up after 32 s')
})

test('from the closing on nobody is called, and who calls gets a 503', async () => {
  await using here = await opened()
  await here.telephone.hangUp()
  here.dial('l_late', ringing)
  here.ring('l_shift')
  const { port } = here.telephone.bound[0]!
  here.station.do((agent, now) =>
    agent.invite(
      {
        target: `sip:95588@${address}:${port}`,
        from: 'sip:13900001111@127.0.2.2',
        destination: { transport: 'udp', address, port },
        sdp: buildOffer(local),
      },
      now,
    ),
  )
  assert.equal((await here.station.wait('failed')).status, 503)
  await sleep(50)
  assert.deepEqual(here.heard(), [])
})

test('strangers hold so many connections, and the trunk as many as it opens', async () => {
  await using here = await opened()
  const { telephone } = here
  const { port } = telephone.bound.find(({ id }) => id.startsWith('tcp'))!
  const open = (from: string) =>
    connect({ port, host: address, localAddress: from })
      .on('error', () => undefined)
      .resume()
  const sockets = Array.from({ length: 300 }, () => [open('127.0.2.66'), open('127.0.2.2')]).flat()
  let now: (number | undefined)[] = []
  const at = [256 + 300, 44]
  for (let waitedMs = 0; waitedMs < 10_000 && String(now) !== String(at); waitedMs += 20) {
    await sleep(20)
    const figures = await telephone.figures()
    now = [figures.sip_connections, figures.sip_connections_turned_away_total]
  }
  for (const socket of sockets) socket.destroy()
  assert.deepEqual(now, at)
})

test('after a restart a phone that had registered over TLS is let in while strangers have begun all the handshakes there are', async t => {
  const tls = parseListenAddress(`tls:${address}:0`)
  const clock = { ...systemClock, monotonic: () => 1_000 } // no time passes, and so nothing is allowed anew
  const home = '127.0.3.8'
  await using here = await opened([], {}, { listen: [listen, tls], identity: await identity(), clock, home })
  const { port } = here.telephone.bound.find(({ id }) => id === tls.id)!
  await besiege(address, port)
  assert.equal(await shakesHands(t, { host: address, port, localAddress: '127.0.3.9' }), false)
  assert.equal(await shakesHands(t, { host: address, port, localAddress: home }), true)
})

/** Who sends datagrams from there: requests without a body, each answered with what comes back to that very port; null: nothing does. */
async function sender(localAddress: string, port: number) {
  const socket = createSocket('udp4')
  socket.bind(0, localAddress)
  await once(socket, 'listening')
  let serial = 0
  return {
    async ask(method: string, via: string, lines: string[] = []): Promise<string | null> {
      const n = `${localAddress}x${++serial}`
      const all = [
        ...[`${method} sip:${address} SIP/2.0`, `Via: SIP/2.0/UDP ${via};branch=z9hG4bK${n}`, 'Max-Forwards: 70'],
        ...[`From: <sip:1001@${address}>;tag=f`, `To: <sip:1001@${address}>`, `Call-ID: ${n}`, `CSeq: 1 ${method}`],
        ...[...lines, 'Content-Length: 0', '', ''],
      ]
      const answer = once(socket, 'message', { signal: AbortSignal.timeout(3_000) })
      socket.send(all.join('\r\n'), port, address)
      return answer.then(
        ([bytes]) => String(bytes),
        () => null,
      )
    },
    [Symbol.dispose]: () => void socket.close(),
  }
}

test('after a restart a phone that had registered by a connection is asked for its password where it was, whoever guesses that elsewhere', async () => {
  const home = '127.0.3.8'
  await using here = await opened([], {}, { home })
  const { port } = here.telephone.bound.find(({ id }) => id === listen.id)!
  const statusFrom = async (localAddress: string, credentials: string[] = []) => {
    using from = await sender(localAddress, port)
    const asked = await from.ask('REGISTER', `${localAddress};rport`)
    const nonce = /nonce="([^"]+)"/.exec(asked ?? '')?.[1]
    if (nonce === undefined || credentials.length === 0) return asked?.slice(8, 11)
    const said = [`username="1001", realm="switchroom", nonce="${nonce}", uri="sip:${address}"`, ...credentials]
    const digest = `Authorization: Digest ${said.join(', ')}, algorithm=MD5, qop=auth, nc=00000001`
    return (await from.ask('REGISTER', `${localAddress};rport`, [digest]))?.slice(8, 11)
  }
  for (let n = 0; n < 25; n++)
    assert.equal(
      await statusFrom(`127.0.3.${20 + Math.floor(n / 5)}`, [`response="${'0'.repeat(32)}"`, `cnonce="${n}"`]),
      '403',
    )
  assert.equal(await statusFrom('127.0.3.9'), '403')
  assert.equal(await statusFrom(home), '401')
})

for (const forceRport of [true, false])
  test(`a trunk whose Via names another port is answered ${forceRport ? 'where its request came from when its rules say so' : 'there, as RFC 3261 has it'}`, async () => {
    await using here = await opened([], { rules: { forceRport } })
    const { port } = here.telephone.bound.find(({ id }) => id === listen.id)!
    using trunk = await sender('127.0.2.2', port)
    await using named = createSocket('udp4')
    named.bind(0, '127.0.2.2')
    await once(named, 'listening')
    const at = async (place: string, answer: Promise<unknown>) => ((await answer) === null ? null : place)
    const there = once(named, 'message', { signal: AbortSignal.timeout(3_000) }).catch(() => null)
    const back = trunk.ask('OPTIONS', `127.0.2.2:${named.address().port}`)
    const place = await Promise.race([at('source', back), at('Via', there)])
    assert.equal(place, forceRport ? 'source' : 'Via')
  })

test('a phone over TLS that we know nothing of since our start calls for help before it has registered: its password is enough, and needed', async t => {
  const tls = parseListenAddress(`tls:${address}:0`)
  await using here = await opened([], {}, { listen: [listen, tls], identity: await identity() })
  const { port } = here.telephone.bound.find(({ id }) => id === tls.id)!
  const from = { host: address, port, localAddress: '127.0.3.8' }
  const socket = connectTls({ ...from, rejectUnauthorized: false })
  t.after(() => socket.destroy())
  let heard = ''
  socket.on('error', () => undefined).on('data', bytes => (heard += bytes))
  await once(socket, 'secureConnect')
  const uri = `sip:110@${address}`
  const invite = (cseq: number, proof = '') =>
    socket.write(
      [
        `INVITE ${uri} SIP/2.0`,
        `Via: SIP/2.0/TLS 127.0.3.8:5061;branch=z9hG4bK${cseq}`,
        ...['Max-Forwards: 70', `From: <sip:1001@${address}>;tag=a`, `To: <${uri}>`, 'Call-ID: early'],
        ...[`CSeq: ${cseq} INVITE`, 'Contact: <sip:1001@127.0.3.8:5061;transport=tls>'],
        ...[...(proof === '' ? [] : [proof]), 'Content-Length: 0', '', ''],
      ].join('\r\n'),
    )
  invite(1)
  await here.until('it is asked', () => /nonce="[^"]+"/.test(heard))
  const nonce = /nonce="([^"]+)"/.exec(heard)![1]!
  const proof = (password: string, nc: string) => {
    const of = { algorithm: 'MD5', method: 'INVITE', uri, nonce, qop: { nc, cnonce: 'x' } } as const
    const response = digestResponse({ ...of, ha1: ha1('MD5', { username: '1001', password }, 'switchroom') })
    return `Authorization: Digest username="1001", realm="switchroom", nonce="${nonce}", uri="${uri}", response="${response}", algorithm=MD5, qop=auth, nc=${nc}, cnonce="x"`
  }
  invite(2, proof('guessed', '00000001'))
  await here.until('it is refused', () => heard.includes('SIP/2.0 403'))
  invite(3, proof('phone-secret', '00000002'))
  await here.until('its call is there', () => here.dialled.includes('110'))
})

test('a phone behind a connection that was up when we were killed hears BYE when it registers again, before it is rung', async () => {
  const left: KeptDialog = {
    ...{ callId: 'left', localTag: 'a', remoteTag: 'b', local: `<sip:a@${address}>;tag=a`, localSeq: 1 },
    ...{ remote: '<sip:1001@127.0.2.2>;tag=b', remoteTarget: 'sip:1001@127.0.2.2', routes: [] },
    // It comes from there: connections of loopback do.
    ...{
      peer: { transport: 'tcp', address: '127.0.0.1', port: 9 },
      symmetric: true,
      extension: '1001',
      account: null,
      caller: null,
      ourAddress: address,
    },
  }
  await using here = await opened([left])
  const port = here.telephone.bound.find(({ id }) => id === listenTcp.id)!.port
  here.station.do((agent, now) =>
    agent.register(
      'desk',
      {
        registrar: `sip:${address}`,
        destination: { transport: 'tcp', address, port },
        aor: `sip:1001@${address}`,
        auth: { username: '1001', password: 'phone-secret' },
      },
      now,
    ),
  )
  await here.station.wait('registered')
  here.ring('l_shift')
  await here.until('it is rung', () => here.has('station.up', 'l_shift'))
  assert.deepEqual(
    here.inOrder().map(line => line.split(' ')[0]),
    ['BYE', 'BYE', 'INVITE'], // the extension's other phone, which is known from before, was asked first
  )
})

for (const transport of ['tls', 'tcp'] as const)
  test(`a call that came from a trunk over ${transport}, from a port of that connection and with a name as its Contact, is ended after a kill`, async t => {
    const authorityOfTheirs = await authority('Carrier')
    const { certPem: cert, keyPem: key } = await certificate(authorityOfTheirs, { names: ['127.0.2.2'] })
    let heard = ''
    const hear = (socket: Socket) => socket.on('error', () => undefined).on('data', bytes => (heard += bytes))
    const carrier = transport === 'tls' ? createTlsServer({ cert, key }, hear) : createServer(hear)
    carrier.listen(0, '127.0.2.2')
    await once(carrier, 'listening')
    t.after(() => carrier.close())
    const { port } = carrier.address() as AddressInfo
    const left: KeptDialog = {
      ...{ callId: 'left', localTag: 'a', remoteTag: 'b', local: `<sip:95588@${address}>;tag=a`, localSeq: 1 },
      ...{ remote: '<sip:139@carrier.example>;tag=b', remoteTarget: 'sip:139@carrier.example', routes: [] },
      ...{ peer: { transport, address: '127.0.2.2', port: 9, local: `${transport}:${address}:0` }, symmetric: false },
      // Nothing is listened for over TLS here, and so the address is the one that faces the carrier.
      ...{ extension: null, account: null, caller: null, ourAddress: transport === 'tls' ? '127.0.0.1' : address },
    }
    const connection = transport === 'tls' ? { authorities: authorityOfTheirs.certPem } : {}
    await using here = await opened([left], { transport, port, connection })
    await here.until(`BYE is heard: ${heard}`, () => heard.includes('BYE sip:139@carrier.example SIP/2.0\r\n'))
  })

test('a call that came from a trunk over tcp whose connection broke in mid-call is ended by a new one', async t => {
  let heard = ''
  const carrier = createServer(socket => socket.on('error', () => undefined).on('data', bytes => (heard += bytes)))
  carrier.listen(0, '127.0.2.2')
  await once(carrier, 'listening')
  t.after(() => carrier.close())
  const { port } = carrier.address() as AddressInfo
  await using here = await opened([], { transport: 'tcp', port })
  const at = here.telephone.bound.find(({ id }) => id === listenTcp.id)!
  const socket = connect({ host: at.address, port: at.port, localAddress: '127.0.2.2' })
  let answers = ''
  socket.on('data', bytes => (answers += bytes))
  const say = (method: string, to: string, sdp = '') =>
    socket.write(
      [
        `${method} sip:95588@${address} SIP/2.0`,
        `Via: SIP/2.0/TCP 127.0.2.2:5060;branch=z9hG4bK${method}`,
        'From: <sip:139@carrier.example>;tag=f',
        `To: ${to}`,
        ...['Call-ID: came', `CSeq: 1 ${method}`, 'Max-Forwards: 70', 'Contact: <sip:139@carrier.example>'],
        ...(sdp === '' ? [] : ['Content-Type: application/sdp']),
        ...[`Content-Length: ${sdp.length}`, '', sdp],
      ].join('\r\n'),
    )
  say('INVITE', `<sip:95588@${address}>`, buildOffer(local))
  await here.until('it is offered', () => here.offered() !== undefined)
  here.telephone.ports.phone.perform({ type: 'phone.answer', leg: here.offered()! })
  await here.until('it is answered', () => answers.includes('SIP/2.0 200 OK'))
  say('ACK', /^To: (.*)\r$/m.exec(answers.slice(answers.indexOf('SIP/2.0 200 OK')))![1]!)
  socket.end()
  while ((await here.telephone.figures())['sip_connections']! > 0) await sleep(5)
  here.telephone.ports.phone.perform({ type: 'phone.hangUp', leg: here.offered()!, q850: 16 })
  await here.until(`BYE is heard: ${heard}`, () => heard.includes('BYE sip:139@carrier.example SIP/2.0\r\n'))
})

test('a trunk whose calls prove a password that cannot be read keeps nobody from starting, and is told', async () => {
  const secret = (_owner: string, kind: string) => {
    if (kind === 'trunk-inbound') throw new Error('cannot be read with this key file')
    return 'phone-secret'
  }
  const asks = { connection: { trust: 'password', inboundUser: 'carrier' } } as const
  await using here = await opened([], asks, { secret })
  assert.equal(here.telephone.trunkWire('t_1' as TrunkId)?.refusing?.why, 'inbound_secret')
})

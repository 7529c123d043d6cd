/** Our registration at a carrier that is scripted: what we send, how it is refreshed, and how long we wait when it is refused. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RegisterSpec, UaEvent } from './events.ts'
import { UserAgent } from './user-agent.ts'

const [carrier, own] = ['10.0.0.9', '10.0.0.2']

function registering(answer: (request: string, count: number) => string | null, changes: Partial<RegisterSpec> = {}) {
  const sent: { at: number; text: string }[] = []
  const events: UaEvent[] = []
  let now = 1_000
  let serial = 0
  const agent = new UserAgent({
    name: 'test',
    endpoints: (['udp', 'tcp'] as const).map(transport => ({
      ...{ id: transport, transport, contact: () => ({ address: own, port: 5060 }) },
    })),
    secret: () => `s${serial++}`,
    random: () => 0.5,
  })
  const transport = changes.destination?.transport ?? 'udp'
  const connection = transport === 'udp' ? {} : { connection: 'c1' }
  const flow = { transport, source: { address: carrier, port: 5060 }, local: transport, ...connection }
  const drain = () => {
    for (let drained = agent.drain(); drained.send.length + drained.events.length > 0; drained = agent.drain()) {
      events.push(...drained.events)
      for (const { bytes } of drained.send) {
        const text = String(bytes)
        if (!text.startsWith('REGISTER') && !text.startsWith('INVITE')) continue
        sent.push({ at: now, text })
        const line = answer(text, sent.length)
        if (line === null) continue
        const kept = text.split('\r\n').filter(one => /^(Via|From|Call-ID|CSeq):/.test(one))
        const to = `${text.split('\r\n').find(one => one.startsWith('To:'))};tag=x`
        const [status, ...more] = line.split('\n')
        const reply = [`SIP/2.0 ${status}`, ...kept, to, ...more, 'Content-Length: 0', '', ''].join('\r\n')
        agent.receive(Buffer.from(reply), flow, now)
      }
    }
  }
  const spec: RegisterSpec = {
    registrar: 'sip:carrier.example',
    destination: { transport: 'udp', address: carrier, port: 5060 },
    aor: 'sip:line@carrier.example',
    auth: { username: 'line', password: 'secret' },
    ...changes,
  }
  agent.register('r', spec, now)
  drain()
  return {
    ...{ agent, events, sent, spec },
    run(ms: number) {
      for (const end = now + ms; now < end; ) {
        now = Math.min(end, Math.max(now + 1, agent.nextDeadline() ?? end))
        agent.advance(now)
        drain()
      }
    },
    drain,
    now: () => now,
    registers: () => sent.filter(({ text }) => text.startsWith('REGISTER')),
    of: <T extends UaEvent['type']>(type: T) =>
      events.filter((event): event is Extract<UaEvent, { type: T }> => event.type === type),
  }
}

const challenge = (nonce: string, more = '') =>
  `401 Unauthorized\nWWW-Authenticate: Digest realm="carrier", nonce="${nonce}", qop="auth", algorithm=MD5${more}`
const contactOf = (text: string) => /Contact: (<[^>]+>)/.exec(text)![1]!

test('an outbound proxy is passed on the way, and the Service-Route of the answer is told', () => {
  const line = registering(
    text =>
      `200 OK\nContact: ${contactOf(text)};expires=600, <sip:line@10.9.9.9>;expires=100\nService-Route: <sip:edge.carrier.example;lr>, <sip:core.carrier.example;lr>`,
    { routes: ['sip:proxy.carrier.example;lr'] },
  )
  assert.match(line.sent[0]!.text, /\r\nRoute: <sip:proxy\.carrier\.example;lr>\r\n/)
  assert.match(line.sent[0]!.text, /\r\nSupported: path\r\n/)
  const [registered] = line.of('registered')
  assert.equal(registered!.contacts, 2)
  assert.equal(registered!.expiresInMs, 600_000)
  assert.deepEqual(registered!.serviceRoute, ['sip:edge.carrier.example;lr', 'sip:core.carrier.example;lr'])
  line.agent.invite(
    {
      ...{ target: 'sip:1@carrier.example', destination: line.spec.destination, from: 'sip:line@carrier.example' },
      ...{ sdp: null, routes: registered!.serviceRoute },
    },
    line.now(),
  )
  line.drain()
  const routes = [...line.sent.at(-1)!.text.matchAll(/\r\nRoute: (.*)/g)].map(([, route]) => route)
  assert.deepEqual(routes, ['<sip:edge.carrier.example;lr>', '<sip:core.carrier.example;lr>'])
})

test('it is refreshed before it ends, with credentials at once, counted, and by the nonce that the carrier gave for next time', () => {
  let next = 0
  const line = registering(text => {
    if (!text.includes('Authorization:')) return challenge('first')
    return `200 OK\nContact: ${contactOf(text)};expires=600\nAuthentication-Info: nextnonce="next${++next}", qop=auth`
  })
  line.run(1_200_000)
  const times = line.registers().map(({ at }) => at - 1_000)
  assert.ok(times[2]! >= 480_000 && times[2]! <= 540_000, `refreshed after ${times[2]} ms`)
  assert.match(line.registers()[1]!.text, /nonce="first".*nc=00000001/)
  assert.match(line.registers()[2]!.text, /nonce="next1".*nc=00000001/)
  assert.equal(line.registers().filter(({ text }) => !text.includes('Authorization:')).length, 1)
})

test('a nonce that is over is not a wrong password', () => {
  const line = registering((text, count) => {
    if (count === 1) return challenge('a')
    if (count === 2) return challenge('b', ', stale=true')
    return `200 OK\nContact: ${contactOf(text)};expires=600`
  })
  line.run(10)
  assert.equal(line.of('registered').length, 1)
  assert.equal(line.of('registrationFailed').length, 0)
})

test('SHA-256 is taken where the carrier prefers it', () => {
  const line = registering(text =>
    text.includes('Authorization:')
      ? '200 OK'
      : '401 Unauthorized\nWWW-Authenticate: Digest realm="c", nonce="n", qop="auth", algorithm=SHA-256\nWWW-Authenticate: Digest realm="c", nonce="n", qop="auth", algorithm=MD5',
  )
  assert.match(line.sent[1]!.text, /algorithm=SHA-256.*|response="[0-9a-f]{64}"/)
  assert.equal(line.of('registered').length, 1)
})

test('423 asks for as long as the carrier wants; what it never grants is not asked for again and again', () => {
  const longer = registering(text =>
    /Expires: 3600/.test(text) ? '423 Interval Too Brief\nMin-Expires: 7200' : '200 OK',
  )
  longer.run(10)
  assert.match(longer.sent[1]!.text, /Expires: 7200/)
  const never = registering(() => '423 Interval Too Brief\nMin-Expires: 60')
  never.run(60_000)
  assert.ok(never.registers().length < 8, `${never.registers().length} times in a minute`)
})

test('a wrong password is not knocked with: seldom, and ever more seldom, twice an hour at last', () => {
  const line = registering(() => challenge('n'))
  line.run(6 * 3_600_000)
  const failed = line.of('registrationFailed')
  assert.equal(failed[0]!.status, 401)
  assert.ok(failed[0]!.retryInMs >= 60_000)
  assert.ok(failed.at(-1)!.retryInMs >= 900_000 && failed.at(-1)!.retryInMs <= 1_800_000, `${failed.at(-1)!.retryInMs}`)
  assert.ok(failed.length < 24, `${failed.length} tries in six hours`)
})

test('a carrier that is not there is tried again after 2 s at first and 5 minutes at last, later when it says so', () => {
  const line = registering(() => '500 Server Error')
  line.run(3_600_000)
  const pauses = line.of('registrationFailed').map(({ retryInMs }) => retryInMs)
  assert.ok(pauses[0]! >= 1_000 && pauses[0]! <= 2_000)
  assert.ok(pauses.at(-1)! >= 150_000 && pauses.at(-1)! <= 300_000)
  const busy = registering(() => '503 Service Unavailable\nRetry-After: 900')
  assert.equal(busy.of('registrationFailed')[0]!.retryInMs, 900_000)
})

test('what is granted for an hour less is not taken for an hour where our Contact comes back otherwise than we wrote it', () => {
  const line = registering(
    () => '200 OK\nExpires: 3600\nContact: <sip:line@203.0.113.7:1024;transport=udp>;expires=120',
  )
  assert.equal(line.of('registered')[0]!.expiresInMs, 120_000)
  line.run(130_000)
  assert.ok(line.registers().length >= 2, 'refreshed before it is over')
})

test('over TCP it registers again soon after its connection closed, by which calls come in, and no more than once a minute', () => {
  const destination = { transport: 'tcp' as const, address: carrier, port: 5060 }
  const granted = (text: string) => `200 OK\nContact: ${contactOf(text)};expires=3600`
  const line = registering(granted, { destination })
  const lost = (at: object = {}) => line.agent.connectionClosed('c1', line.now(), { ...destination, ...at })
  lost({ port: 40_001 }) // one that somebody opened to us
  lost({ address: '10.0.0.8' })
  line.run(5_000)
  assert.equal(line.registers().length, 1)
  lost()
  line.run(1_000)
  assert.equal(line.registers().length, 1, 'not at once, or a carrier that starts anew is asked by all')
  line.run(1_000)
  assert.equal(line.registers().length, 2)
  lost()
  line.run(50_000)
  assert.equal(line.registers().length, 2)
  line.run(12_000)
  assert.equal(line.registers().length, 3)
  const datagrams = registering(granted)
  datagrams.agent.connectionClosed('c1', datagrams.now(), { ...destination, transport: 'udp' })
  datagrams.run(70_000)
  assert.equal(datagrams.registers().length, 1)
})

/** A call to our Contact, by these lines. */
function called(line: ReturnType<typeof registering>, user: string, ...lines: string[]) {
  const serial = line.of('incoming').length
  const invite = [
    `INVITE sip:${user}@${own}:5060 SIP/2.0`,
    `Via: SIP/2.0/UDP ${carrier};branch=z9hG4bK${serial}`,
    'From: <sip:13900001111@carrier.example>;tag=f',
    `Call-ID: in${serial}`,
    'CSeq: 1 INVITE',
    `Contact: <sip:${carrier}>`,
    'Content-Length: 0',
    ...lines,
  ]
  const flow = { transport: 'udp' as const, source: { address: carrier, port: 5060 }, local: 'udp' }
  line.agent.receive(Buffer.from(`${invite.join('\r\n')}\r\n\r\n`), flow, line.now())
  line.drain()
  const { to, registeredAs } = line.of('incoming').at(-1)!
  return [to, registeredAs]
}

test('what a carrier calls by the name that we registered with is for the number that it says beside, and the name is told too', () => {
  const line = registering(text => `200 OK\nContact: ${contactOf(text)};expires=600`)
  const to = (user: string) => `To: <sip:${user}@carrier.example>`
  assert.deepEqual(called(line, 'line', to('1000')), ['1000', 'line'])
  assert.deepEqual(called(line, 'line', to('line')), ['line', undefined])
  assert.deepEqual(called(line, '2000', to('1000')), ['2000', undefined])
  const said = (uri: string) => `P-Called-Party-ID: <${uri}>`
  assert.deepEqual(called(line, 'line', to('1000'), said('tel:+86-10-8888-0000')), ['+861088880000', 'line'])
  assert.deepEqual(called(line, 'line', to('1000'), said('sip:line@carrier.example')), ['1000', 'line'])
})

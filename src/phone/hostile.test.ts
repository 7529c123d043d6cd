/** Far ends that say what they should not, or too much of it. The user agent and the patch bay are stand-ins; the phone is real. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Trunk } from '../centre/entities.ts'
import type { Input } from '../centre/inputs.ts'
import type { LegId, TrunkId } from '../lib/ids.ts'
import { createLogger } from '../lib/log.ts'
import type { Bay } from '../rtp/bay.ts'
import type { SessionId, UaEvent, UserAgentPort } from '../sip/events.ts'
import { UserAgent } from '../sip/user-agent.ts'
import { Phone } from './phone.ts'
import type { TrunkLines } from './trunk-lines.ts'

const carrier = 't_1' as TrunkId

function phoneAtTrunk(trunk: Partial<Trunk> | null = null) {
  const posted: Input[] = []
  const clock = { now: 0 }
  const nothing = new Proxy({}, { get: (_, name) => () => (name === 'callIdsOf' ? [] : null) })
  const lines = { take: () => false, trunk: () => trunk, addresses: () => [] }
  const phone = new Phone({
    ua: nothing as UserAgentPort,
    bay: nothing as Bay,
    lines: lines as unknown as TrunkLines,
    localAddress: () => '127.0.0.1',
    deskSrtp: () => 'off',
    mediaAddress: null,
    extensionOf: () => null,
    agentAt: () => null,
    isOurNumber: number => number === '1000',
    post: input => void posted.push(input),
    newLegId: () => 'w_1' as LegId,
    now: () => clock.now,
    flush: () => {},
    log: createLogger('silent'),
  })
  return { phone, posted, clock }
}

const incoming = (assertedIdentity: string | null): Extract<UaEvent, { type: 'incoming' }> => ({
  type: 'incoming',
  session: 's' as SessionId,
  from: { user: '+8613800000000', host: 'pbx', displayName: 'Your bank' },
  to: '1000',
  assertedIdentity,
  diverted: null,
  extension: null,
  caller: carrier,
  sdp: null,
  flow: { transport: 'udp', source: { address: '127.0.0.2', port: 5060 }, local: 'udp' },
  replaces: null,
  callId: 'x',
})

test('the number that the carrier asserts counts, not the one that the caller claims', () => {
  for (const [asserted, wanted] of [
    ['+8613911112222', '+8613911112222'],
    [null, '+8613800000000'],
  ] as const) {
    const { phone, posted } = phoneAtTrunk()
    phone.take(incoming(asserted))
    assert.deepEqual(
      posted.map(input => input.type === 'leg.offered' && input.from),
      [wanted],
    )
  }
})

test('who sent a call on is known by the trunk’s own table of numbers, as the caller is', () => {
  const numbersIn = [{ pattern: '91XXXXXXXXXX', strip: 1, prefix: '+86' }]
  const { phone, posted } = phoneAtTrunk({ rules: { numbersIn } })
  for (const user of ['913800001234', '1001', null])
    phone.take({ ...incoming(null), diverted: { user, reason: 'no-answer' } })
  phone.take(incoming(null))
  assert.deepEqual(
    posted.map(input => input.type === 'leg.offered' && input.diverted),
    [
      { number: '+8613800001234', reason: 'no-answer' },
      { number: '1001', reason: 'no-answer' },
      { number: null, reason: 'no-answer' },
      undefined,
    ],
  )
})

test('a far end that presses keys faster than any telephone fills no journal', () => {
  const { phone, posted, clock } = phoneAtTrunk()
  phone.take(incoming(null))
  const keys = () => posted.filter(input => input.type === 'leg.digit').length
  for (let n = 0; n < 5000; n++) {
    clock.now += 0.2 // as media
    phone.takeMedia({ type: 'leg.digit', leg: 'w_1' as LegId, digit: '5' })
  }
  assert.ok(keys() >= 32 && keys() <= 46, String(keys()))
  for (let n = 0; n < 5000; n++) phone.take({ type: 'digit', session: 's' as SessionId, digit: '5', durationMs: 100 })
  assert.ok(keys() <= 46, String(keys()))
  clock.now += 60_000
  const before = keys()
  for (const digit of '13812345678#') {
    clock.now += 90
    phone.takeMedia({ type: 'leg.digit', leg: 'w_1' as LegId, digit })
  }
  assert.equal(keys() - before, 12)
})

test('who forges the carrier’s address cannot fill the journal with calls', () => {
  const { phone, posted, clock } = phoneAtTrunk()
  const offers = () => posted.filter(input => input.type === 'leg.offered').length
  for (let n = 0; n < 10_000; n++) {
    clock.now += 0.1
    phone.take(incoming(null))
  }
  assert.ok(offers() >= 100 && offers() <= 121, String(offers()))
  clock.now += 5_000
  const before = offers()
  for (let n = 0; n < 100; n++) phone.take(incoming(null))
  assert.equal(offers() - before, 100)
  phone.close()
  const told = posted.reduce((sum, input) => sum + (input.type === 'callers.turnedAway' ? input.calls : 0), 0)
  assert.equal(told + offers(), 10_100, 'those who were refused are told of by their number')
})

/** Our user agent at that trunk, and INVITEs that come from its address, which nobody there knows of. */
function besieged() {
  const { phone, clock, posted } = phoneAtTrunk()
  let serial = 0
  const agent = new UserAgent({
    ...{ name: 'x', secret: (bytes: number) => `s${bytes}x${serial++}`, random: () => 0.5 },
    endpoints: [{ id: 'udp', transport: 'udp', contact: () => ({ address: '127.0.0.1', port: 5060 }) }],
    caller: () => ({ id: carrier, accounts: [] }),
    mayBring: caller => phone.mayBring(caller as TrunkId),
  })
  const flow = { transport: 'udp' as const, source: { address: '127.0.0.2', port: 5060 }, local: 'udp' }
  /** What is answered at last; null: what was said before is being repeated. */
  const brings = (n: string, isRefused: boolean): string | null => {
    const lines = [
      ...['INVITE sip:1000@127.0.0.1 SIP/2.0', `Via: SIP/2.0/UDP 127.0.0.2:5060;branch=z9hG4bK${n}`],
      ...[`From: <sip:1@127.0.0.2>;tag=${n}`, 'To: <sip:1000@127.0.0.1>', `Call-ID: ${n}`, 'CSeq: 1 INVITE'],
      ...['Contact: <sip:1@127.0.0.2>', 'Max-Forwards: 70', 'Content-Length: 0', '\r\n'],
    ]
    agent.receive(Buffer.from(lines.join('\r\n')), flow, clock.now)
    const { send, events } = agent.drain()
    for (const event of events)
      if (event.type === 'incoming') {
        phone.take(event)
        if (isRefused) agent.reject(event.session, 503, 42, clock.now)
      }
    const last = [...send, ...agent.drain().send].at(-1)?.bytes.toString() ?? null
    agent.advance(clock.now)
    return last
  }
  return { phone, clock, posted, agent, brings }
}

test('who forges the carrier’s address two thousand times a second fills no transactions: most are answered 503 and forgotten, and are counted', () => {
  const { phone, clock, agent, brings, posted } = besieged()
  let [forgotten, most] = [0, 0]
  for (let n = 0; n < 20_000; n++) {
    clock.now += 0.5
    const last = brings(`f${n}`, true)
    if (/^SIP\/2.0 503 .*\r\nRetry-After: 5\r\n/s.test(last ?? '')) forgotten++
    most = Math.max(most, agent.figures.transactions)
  }
  assert.ok(most <= 500 + 10 * 100 + 1, String(most))
  assert.ok(forgotten >= 20_000 - 1_502, String(forgotten))
  assert.equal(agent.figures.dropped, forgotten)
  phone.close()
  const told = posted.reduce((sum, input) => sum + (input.type === 'callers.turnedAway' ? input.calls : 0), 0)
  const offers = posted.filter(input => input.type === 'leg.offered').length
  assert.equal(told + offers, 20_000)
})

test('fifty calls a second, each of which is repeated, are looked at one and all', () => {
  const { clock, agent, brings } = besieged()
  for (let n = 0; n < 3_000; n++) {
    clock.now += 20
    assert.match(brings(`c${n}`, true) ?? '', /^SIP\/2.0 503 .*\r\nRetry-After: 1\r\n/s)
    for (const before of [25, 75, 175]) if (n >= before) brings(`c${n - before}`, true)
  }
  assert.equal(agent.figures.dropped, 0)
})

test('a scan of numbers that nobody has takes nothing from who calls a number of ours', () => {
  const { phone, posted } = phoneAtTrunk()
  for (let n = 0; n < 1_000; n++)
    phone.take({ ...incoming(null), to: `+8621518${String(n).padStart(5, '0')}` } as UaEvent)
  phone.take(incoming(null))
  assert.equal(posted.findLast(input => input.type === 'leg.offered')?.to, '1000')
  phone.close()
  assert.ok(!posted.some(input => input.type === 'callers.turnedAway'))
})

test('who scans for numbers that nobody has cannot fill the journal: each is refused, a few are kept, the others are told of together', () => {
  const { phone, posted, clock } = phoneAtTrunk()
  const offers = () => posted.filter(input => input.type === 'leg.offered').length
  for (let n = 0; n < 10_000; n++) {
    clock.now += 100
    phone.take({ ...incoming(null), to: `+8621518${String(n).padStart(5, '0')}` } as UaEvent)
    phone.advance(clock.now)
  }
  assert.ok(offers() >= 30 && offers() <= 30 + 17, String(offers()))
  assert.deepEqual(
    posted.flatMap(input => (input.type === 'numbers.tried' ? [[input.calls, input.last]] : [])),
    [[1, '+8621****0030']],
  )
  phone.take(incoming(null))
  assert.equal(posted.at(-1)?.type, 'leg.offered', 'whoever calls a number of ours comes through')
  phone.close()
  const told = posted.reduce((sum, input) => sum + (input.type === 'numbers.tried' ? input.calls : 0), 0)
  assert.equal(told + offers() - 1, 10_000)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '../lib/random.ts'
import { ha1 } from '../sip/digest.ts'
import type { Binding, Flow } from '../sip/events.ts'
import { sdpA } from '../sip/fixtures/net.ts'
import { UserAgent, type UserAgentOptions } from '../sip/user-agent.ts'
import { NatKeepAlive } from './nat-keep-alive.ts'

const lapsesMs = 30_000
const [home, router, house] = ['192.168.1.9', '203.0.113.5', '10.0.0.2']
const [realm, password] = ['switchroom', 'correct horse']

/** A phone at home and the house, in virtual time; between them a router that forgets where the phone is when nothing comes from it for half a minute. */
class Nat {
  now = 1_000
  readonly phone: UserAgent
  readonly house: UserAgent
  readonly rang: number[] = []
  readonly passed: { at: number; to: 'phone' | 'house'; text: string }[] = []
  #port = 40_000
  #usedAt = Number.NEGATIVE_INFINITY

  constructor() {
    const agent = (address: string, more: Partial<UserAgentOptions>) => {
      let serial = 0
      return new UserAgent({
        name: 'test',
        endpoints: [{ id: 'udp', transport: 'udp', contact: () => ({ address, port: 5060 }) }],
        secret: () => `${address.replaceAll('.', '')}x${serial++}`,
        random: () => 0.5,
        ...more,
      })
    }
    const credentials = { username: '1001', password }
    const [ha1Md5, ha1Sha256] = [ha1('MD5', credentials, realm), ha1('SHA-256', credentials, realm)]
    this.phone = agent(home, {})
    this.house = agent(house, {
      registrar: { realm, lookup: () => ({ ha1Md5, ha1Sha256, offerSha256: false }) },
      admit: () => 'challenge',
    })
  }

  run(ms: number, keepAlive: NatKeepAlive | null): void {
    for (const end = this.now + ms; this.now < end; this.now += 100) {
      for (const agent of [this.phone, this.house]) agent.advance(this.now)
      keepAlive?.advance(this.now)
      this.#pass()
    }
  }

  #pass(): void {
    for (let again = true; again; ) {
      again = false
      const out = this.phone.drain()
      for (const event of out.events) if (event.type === 'incoming') this.rang.push(this.now)
      for (const { bytes } of out.send) {
        if (!this.#isOpen) this.#port++
        this.#usedAt = this.now
        this.#deliver(this.house, bytes, { address: router, port: this.#port })
        again = true
      }
      for (const { destination, bytes } of this.house.drain().send) {
        again = true
        if (!this.#isOpen || destination.address !== router || destination.port !== this.#port) continue
        this.#deliver(this.phone, bytes, { address: house, port: 5060 })
      }
    }
  }

  get #isOpen(): boolean {
    return this.now - this.#usedAt < lapsesMs
  }

  #deliver(to: UserAgent, bytes: Buffer, source: Flow['source']): void {
    this.passed.push({ at: this.now, to: to === this.phone ? 'phone' : 'house', text: bytes.toString('latin1') })
    to.receive(bytes, { transport: 'udp', source, local: 'udp' }, this.now)
  }
}

for (const [what, isKept, rings] of [
  ['a phone behind a router that forgets is called half an hour after it registered', true, 1],
  ['without a keep-alive no call gets through to it: the router of this test does forget', false, 0],
] as const)
  test(what, () => {
    const nat = new Nat()
    nat.phone.register(
      'r',
      {
        registrar: `sip:${house}`,
        destination: { transport: 'udp', address: house, port: 5060 },
        aor: `sip:1001@${house}`,
        auth: { username: '1001', password },
        expiresS: 3_600,
      },
      nat.now,
    )
    const keepAlive = isKept ? new NatKeepAlive({ ua: nat.house, random: seededRandom(3) }) : null
    nat.run(1_800_000, keepAlive)
    assert.equal(nat.house.bindings().length, 1)
    assert.ok(nat.house.inviteExtension('1001', { from: `sip:10086@${house}`, sdp: sdpA }, nat.now))
    nat.run(5_000, keepAlive)
    assert.equal(nat.rang.length, rings)
    const kept = nat.passed.filter(({ to, text }) => to === 'phone' && text.startsWith('OPTIONS sip:'))
    assert.equal(kept.length, keepAlive?.sent ?? 0)
    assert.deepEqual([nat.phone.figures.dropped, nat.house.figures.dropped], [0, 0])
  })

function binding(serial: number, more: Partial<Flow> = {}, contact = `sip:${serial}@192.168.1.9:5060`): Binding {
  const source = { address: router, port: 10_000 + serial }
  const flow: Flow = { transport: 'udp', source, local: 'udp', ...more }
  return { extension: String(serial), contact, flow, userAgent: null, expiresInMs: 3600_000 }
}

test('only who comes from elsewhere than it says is told, and over connections nobody', () => {
  const told: number[] = []
  const at = (address: string, port: number) => ({ source: { address, port } })
  const bindings = [
    binding(1),
    binding(2, at('10.0.0.3', 5060), 'sip:2@10.0.0.3'),
    binding(3, at('10.0.0.3', 5062), 'sip:3@10.0.0.3:5062;line=x'),
    binding(4, at('2001:db8::1', 5060), 'sip:4@[2001:DB8::1]:5060'),
    binding(5, at('10.0.0.3', 5062), 'sip:5@10.0.0.3'),
    binding(6, { transport: 'tcp', connection: 'c1' }),
    binding(7, { transport: 'tls', connection: 'c2' }),
    binding(8, at('10.0.0.3', 5060), 'sip:8@phone.example'),
  ]
  const ua = {
    bindings: () => bindings,
    keepAlive: ({ flow }: Pick<Binding, 'flow'>) => void told.push(bindings.findIndex(one => one.flow === flow) + 1),
  }
  const keepAlive = new NatKeepAlive({ ua, random: () => 0.5 })
  for (let now = 0; now < 11_000; now += 100) keepAlive.advance(now)
  assert.deepEqual(told, [1, 5, 8])
})

test('each is told at most 26 s after the last time, and a thousand that come back together are spread', () => {
  const bindings = Array.from({ length: 1_000 }, (_, at) => binding(at))
  const times = new Map<Flow, number[]>(bindings.map(({ flow }) => [flow, [0]]))
  let now = 0
  let most = 0
  let inThisSecond = 0
  const ua = {
    bindings: () => bindings,
    keepAlive: ({ flow }: Pick<Binding, 'flow'>) => {
      times.get(flow)!.push(now)
      inThisSecond++
    },
  }
  const keepAlive = new NatKeepAlive({ ua, random: seededRandom(5) })
  for (; now < 300_000; now += 100) {
    if (now % 1_000 === 0) inThisSecond = 0
    keepAlive.advance(now)
    most = Math.max(most, inThisSecond)
  }
  assert.ok(most < 150, `${most} at once`)
  for (const told of times.values()) {
    const gaps = told.slice(1).map((at, index) => at - told[index]!)
    assert.ok(gaps.length >= 11 && Math.max(...gaps) <= 26_000 && Math.min(...gaps.slice(1)) >= 20_000, gaps.join())
  }
})

test('who is gone is told nothing more', () => {
  let told = 0
  let bindings = [binding(1)]
  const keepAlive = new NatKeepAlive({
    ua: { bindings: () => bindings, keepAlive: () => void told++ },
    random: () => 0,
  })
  keepAlive.advance(0)
  assert.equal(told, 1)
  bindings = []
  for (let now = 1_000; now < 60_000; now += 1_000) keepAlive.advance(now)
  assert.equal(told, 1)
})

test('a phone that is gone is asked four times within four seconds, and no longer waited for', () => {
  const nat = new Nat()
  nat.house.keepAlive(binding(1), nat.now)
  let asked = 0
  for (const end = nat.now + 60_000; nat.now < end; nat.now += 100) {
    nat.house.advance(nat.now)
    asked += nat.house.drain().send.length
  }
  assert.deepEqual([asked, nat.house.figures.transactions], [4, 0])
})

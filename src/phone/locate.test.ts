import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { seededRandom } from '../lib/random.ts'
import { DnsServer } from './fixtures/dns-server.ts'
import { type Dns, inTurn, locate, type Wanted } from './locate.ts'
import { systemDns } from './system-dns.ts'
import { Targets } from './targets.ts'

describe('a carrier is found', () => {
  let server: DnsServer
  let dns: Dns
  before(async () => {
    server = await DnsServer.open({})
    dns = systemDns([server.address])
  })
  after(() => server[Symbol.asyncDispose]())

  const find = (more: Partial<Wanted> = {}) =>
    locate(
      { host: 'carrier.example', port: 5060, transport: 'udp', services: true, ...more },
      { dns, random: seededRandom(1) },
    )
  const srv = (name: string, priority: number, weight = 0, port = 5060) => ({ name, priority, weight, port })

  test('by its address alone, as it always was; the address holds as long as its record says', async () => {
    server.zone = { a: { 'carrier.example': ['10.0.0.1', '10.0.0.2'] }, ttlS: 77 }
    const { targets, holdsMs } = await find({ services: false, port: 5080 })
    assert.deepEqual(
      targets.map(({ port }) => port),
      [5080, 5080],
    )
    assert.deepEqual(targets.map(({ address }) => address).sort(), ['10.0.0.1', '10.0.0.2'])
    assert.equal(holdsMs, 77_000)
    assert.ok(!server.asked.some(each => each.startsWith('srv')), 'nothing else was asked')
  })

  test('an address needs no look-up', async () => {
    assert.deepEqual(await find({ host: '::1' }), {
      targets: [{ address: '::1', port: 5060 }],
      holdsMs: Number.POSITIVE_INFINITY,
    })
  })

  test('by NAPTR, SRV and A, the lower priority first', async () => {
    server.zone = {
      naptr: {
        'carrier.example': [
          { order: 20, preference: 1, flags: 's', service: 'SIP+D2U', replacement: 'far.carrier.example' },
          { order: 10, preference: 2, flags: 's', service: 'SIP+D2U', replacement: 'udp.carrier.example' },
          { order: 10, preference: 1, flags: 's', service: 'SIPS+D2T', replacement: 'tls.carrier.example' },
        ],
      },
      srv: {
        'udp.carrier.example': [srv('b.carrier.example', 2, 0, 5070), srv('a.carrier.example', 1, 0, 5062)],
        'tls.carrier.example': [srv('a.carrier.example', 1, 0, 5061)],
      },
      a: { 'a.carrier.example': ['10.0.0.1'], 'b.carrier.example': ['10.0.0.2'] },
    }
    assert.deepEqual((await find()).targets, [
      { address: '10.0.0.1', port: 5062 },
      { address: '10.0.0.2', port: 5070 },
    ])
    assert.deepEqual((await find({ transport: 'tls' })).targets, [{ address: '10.0.0.1', port: 5061 }])
    await assert.rejects(find({ transport: 'tcp' }), /its NAPTR records offer no SIP over TCP/)
  })

  test('by SRV where there is no NAPTR, and by its address where there is neither', async () => {
    server.zone = {
      srv: { '_sip._tcp.carrier.example': [srv('a.carrier.example', 1)] },
      a: { 'a.carrier.example': ['10.0.0.1'], 'carrier.example': ['10.0.0.9'] },
    }
    assert.deepEqual((await find({ transport: 'tcp' })).targets, [{ address: '10.0.0.1', port: 5060 }])
    assert.deepEqual((await find({ transport: 'udp' })).targets, [{ address: '10.0.0.9', port: 5060 }])
  })

  test('not where it says that the service is not there, or nowhere is; one dead host of several does no harm', async () => {
    server.zone = { srv: { '_sip._udp.carrier.example': [srv('', 0, 0, 0)] } }
    await assert.rejects(find(), /offers no SIP over UDP/)
    server.zone = { srv: { '_sip._udp.carrier.example': [srv('gone.example', 1)] } }
    await assert.rejects(find(), /none of the hosts/)
    server.zone = {
      srv: { '_sip._udp.carrier.example': [srv('gone.example', 1), srv('a.carrier.example', 2)] },
      a: { 'a.carrier.example': ['10.0.0.1'] },
    }
    assert.deepEqual((await find()).targets, [{ address: '10.0.0.1', port: 5060 }])
    server.zone = {}
    await assert.rejects(find({ services: false }), /no address/)
  })

  test('with the same chances the same answers give the same order, however the server tells them this time', async () => {
    const hosts = [srv('a.carrier.example', 1), srv('b.carrier.example', 1), srv('c.carrier.example', 1)]
    const addresses = ['10.0.0.1', '10.0.0.2', '10.0.0.3']
    const zone = {
      'a.carrier.example': addresses,
      'b.carrier.example': ['10.0.1.1'],
      'c.carrier.example': ['10.0.2.1'],
    }
    server.zone = { srv: { '_sip._udp.carrier.example': hosts }, a: { ...zone, 'plain.example': addresses } }
    const [first, plain] = [await find(), await find({ host: 'plain.example', services: false })]
    server.zone = {
      srv: { '_sip._udp.carrier.example': [hosts[2]!, hosts[0]!, hosts[1]!] },
      a: {
        ...zone,
        'a.carrier.example': [addresses[1]!, addresses[2]!, addresses[0]!],
        'plain.example': addresses.toReversed(),
      },
    }
    assert.deepEqual(await find(), first)
    assert.deepEqual(await find({ host: 'plain.example', services: false }), plain)
  })

  test('NAPTR records of other services say nothing of SIP', async () => {
    const enumerates = { order: 1, preference: 1, flags: 'u', service: 'E2U+sip', replacement: '' }
    const fileServer = { order: 1, preference: 1, flags: 's', service: 'http', replacement: 'www.carrier.example' }
    server.zone = {
      naptr: { 'carrier.example': [enumerates, fileServer] },
      srv: { '_sip._udp.carrier.example': [srv('a.carrier.example', 1)] },
      a: { 'a.carrier.example': ['10.0.0.1'] },
    }
    assert.deepEqual((await find()).targets, [{ address: '10.0.0.1', port: 5060 }])
  })

  test('hundreds of records come to 16 targets at most', async () => {
    server.zone = {
      srv: { '_sip._udp.carrier.example': Array.from({ length: 12 }, (_, at) => srv(`h${at}.example`, at)) },
      a: Object.fromEntries(
        Array.from({ length: 12 }, (_, at) => [
          `h${at}.example`,
          Array.from({ length: 5 }, (_, n) => `10.0.${at}.${n + 1}`),
        ]),
      ),
    }
    assert.equal((await find()).targets.length, 16)
  })
})

test('of one priority hosts are taken in proportion to their weights, one without weight hardly ever', () => {
  const random = seededRandom(5)
  const first = new Map<string, number>()
  for (let count = 0; count < 10_000; count++) {
    const records = [
      { name: 'three', priority: 1, weight: 75, port: 1 },
      { name: 'one', priority: 1, weight: 25, port: 1 },
      { name: 'none', priority: 1, weight: 0, port: 1 },
      { name: 'later', priority: 2, weight: 100, port: 1 },
    ]
    const order = inTurn(records, random)
    assert.equal(order.length, 4)
    assert.equal(order[3]!.name, 'later')
    first.set(order[0]!.name, (first.get(order[0]!.name) ?? 0) + 1)
  }
  assert.ok(Math.abs(first.get('three')! - 7_425) < 200, JSON.stringify([...first]))
  assert.ok((first.get('none') ?? 0) < 200)
})

describe('targets', () => {
  const [a, b] = [
    { address: '10.0.0.1', port: 5060 },
    { address: '10.0.0.2', port: 5060 },
  ]
  test('one that failed rests, and is gone back to; when all rest the one in use stays', () => {
    const targets = new Targets()
    assert.equal(targets.current(0), null)
    targets.set([a!, b!])
    assert.deepEqual(targets.current(0), a)
    assert.equal(targets.failed(a!, 0), true)
    assert.deepEqual(targets.current(0), b)
    assert.equal(targets.failed(b!, 10), false, 'there is none left')
    assert.deepEqual(targets.current(10), b, 'nobody is knocked at by turns')
    assert.deepEqual(targets.current(59_999), b)
    assert.deepEqual(targets.current(60_000), a)
    assert.equal(targets.failed(a!, 60_000, 200), false, 'b still rests')
    assert.deepEqual(targets.current(60_010), b)
    assert.deepEqual(targets.current(259_999), b, 'a asked for 200 s')
    assert.deepEqual(targets.current(260_000), a)
  })
  test('a single one never rests, and one that is not ours is not remembered', () => {
    const targets = new Targets()
    targets.set([a!])
    assert.equal(targets.failed(a!, 0), false)
    assert.deepEqual(targets.current(0), a)
    targets.set([a!, b!])
    assert.equal(targets.failed({ address: '10.9.9.9', port: 1 }, 0), false)
  })
})

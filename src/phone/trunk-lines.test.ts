import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { id, lines } from './fixtures/carrier.ts'

describe('where a trunk is gone to', () => {
  const [a, b] = [
    { address: '10.0.0.1', port: 5061 },
    { address: '10.0.0.2', port: 5062 },
  ]

  test('what is said of a target that was left is not held against the one in use', async () => {
    const { made, apply, located, posted, advance } = lines()
    located.push({ targets: [a!, b!], holdsMs: 1e9 })
    apply({ host: 'carrier.example' })
    const misses = (up = false) =>
      made.take({ type: 'qualified', target: id, up, status: up ? 200 : null, rttMs: up ? 10 : null } as never)
    await advance(100)
    await advance(31_000) // a is asked from now on
    misses(true)
    misses()
    assert.equal(made.failed(id, a!), true) // a call got no answer there
    misses() // the second of a
    misses()
    assert.equal(made.destination(id)?.address, b!.address)
    assert.equal(posted.at(-1)?.type, 'trunk.up', 'b has missed nothing')
    await advance(31_000) // now b is asked
    misses()
    assert.equal(posted.at(-1)?.type, 'trunk.up', 'what a missed is not counted with what b misses')
    misses()
    const last = posted.at(-1)
    assert.ok(last?.type === 'trunk.down' && last.why === 'options_silent')
  })

  test('a trunk that is saved anew where it was takes calls while its name is looked up and it registers; one elsewhere is looked for', async () => {
    const { made, callers, apply, located, posted, registered, advance } = lines()
    located.push({ targets: [a!], holdsMs: 1e9 })
    const way = { host: 'carrier.example', register: true, username: 'line' }
    apply(way)
    await advance(100)
    const serviceRoute = ['sip:core.example;lr']
    made.take({ type: 'registered', registration: id, expiresInMs: 60_000, contacts: 1, serviceRoute })
    assert.equal(posted.splice(0).at(-1)?.type, 'trunk.up')
    apply({ ...way, maxCalls: 2 })
    assert.equal(callers.trunkOf({ transport: 'udp', source: a! }), id)
    assert.deepEqual(made.destination(id), { transport: 'udp', ...a })
    assert.deepEqual([made.routes(id), posted], [serviceRoute, []])
    located.push({ targets: [b!], holdsMs: 1e9 })
    await advance(100)
    const at = registered.map(({ destination }) => destination.address)
    assert.deepEqual(
      at,
      [a, a, b].map(target => target!.address),
    )
    assert.deepEqual(
      [made.destination(id)?.address, callers.trunkOf({ transport: 'udp', source: a! })],
      [b!.address, null],
    )
    apply({ ...way, host: 'other.example' })
    assert.deepEqual([made.destination(id), callers.trunkOf({ transport: 'udp', source: b! })], [null, null])
    assert.equal(posted.at(-1)?.type, 'trunk.down')
  })

  test('a trunk that was silent and is saved with another address is believed, and asked by OPTIONS at once', async () => {
    const { made, apply, asked, posted, advance } = lines()
    apply()
    await advance(2_000)
    const miss = () => made.take({ type: 'qualified', target: id, up: false, status: null, rttMs: null } as never)
    for (let n = 0; n < 2; n++) {
      miss()
      made.unheard(id, { address: '10.0.0.9', port: 5060 })
    }
    const last = posted.at(-1)
    assert.ok(last?.type === 'trunk.down' && last.why === 'calls_silent')
    apply({ maxCalls: 2 })
    assert.equal(posted.at(-1), last, 'the same address is as silent as before')
    await advance(2_000)
    asked.splice(0)
    apply({ host: '10.0.0.8' })
    assert.equal(posted.at(-1)?.type, 'trunk.up')
    await advance(1)
    assert.deepEqual(asked, [{ transport: 'udp', address: '10.0.0.8', port: 5060 }])
    made.unheard(id, { address: '10.0.0.9', port: 5060 })
    assert.equal(posted.at(-1)?.type, 'trunk.up', 'a call of before that ends unheard is of the address that was left')
    miss()
    made.unheard(id, { address: '10.0.0.8', port: 5060 })
    assert.equal(posted.at(-1)?.type, 'trunk.down', 'nobody is there either')
  })

  test('the name that its certificate must carry is the host’s, also by service records and through a proxy of that name', () => {
    const { apply, known } = lines()
    apply({ transport: 'tls', host: 'carrier.example' }, { lookUp: 'services' })
    assert.equal(known.at(-1)?.serverName, 'carrier.example')
    apply({ transport: 'tls', host: 'carrier.example' }, { outboundProxy: 'edge.example:5071' })
    assert.equal(known.at(-1)?.serverName, 'edge.example')
    apply({ transport: 'tls', host: 'carrier.example' }, { outboundProxy: 'edge.example', tlsName: 'sip.example' })
    assert.equal(known.at(-1)?.serverName, 'sip.example')
  })

  test('a refused registration and a lost connection lead to the next target, and nobody is knocked at by turns', async () => {
    const { made, apply, located, registered, advance } = lines()
    located.push({ targets: [a!, b!], holdsMs: 1e9 })
    apply({ host: 'carrier.example', transport: 'tls', register: true, username: 'line' })
    await advance(100)
    assert.deepEqual(
      registered.map(({ destination }) => destination.address),
      ['10.0.0.1'],
    )
    const failed = {
      type: 'registrationFailed',
      registration: id,
      status: null,
      reason: 'no response',
      retryInMs: 2_000,
    }
    made.take(failed as never)
    assert.deepEqual(registered.at(-1)?.destination, { transport: 'tls', ...b, peer: id })
    made.connectionChanged({
      peer: id,
      up: false,
      fault: { why: 'nobody_listens', words: 'nobody listens at its port' },
      at: b!,
    })
    await advance(100)
    await advance(100)
    assert.equal(registered.length, 2, 'both rest: the one in use stays, and waits')
    await advance(1_000)
    assert.equal(registered.length, 3, 'the connection is opened again after its pause')
    await advance(60_000)
    assert.equal(registered.at(-1)?.destination.address, '10.0.0.1', 'the better one again when it has rested')
  })

  test('a proxy is a route, a Service-Route counts more, and the host stays the name of the call', async () => {
    const { made, apply } = lines()
    apply({ register: true, username: 'line' }, { outboundProxy: '10.0.0.7:5070' })
    assert.deepEqual(made.destination(id), { transport: 'udp', address: '10.0.0.7', port: 5070 })
    assert.deepEqual(made.routes(id), ['sip:10.0.0.7:5070;lr'])
    assert.equal(made.host(id), '10.0.0.9:5060')
    const serviceRoute = ['sip:core.example;lr']
    made.take({ type: 'registered', registration: id, expiresInMs: 60_000, contacts: 1, serviceRoute })
    assert.deepEqual(made.routes(id), serviceRoute)
    assert.equal(made.wire(id)?.registration?.state, 'registered')
  })

  test('a carrier that is only at IPv6, where we listen for none, is told in words', async () => {
    const { apply, located, posted, advance } = lines()
    located.push({ targets: [{ address: '2001:db8::1', port: 5060 }], holdsMs: 1e9 })
    apply({ host: 'six.example' })
    await advance(100)
    const last = posted.at(-1)
    assert.ok(last?.type === 'trunk.down' && /no address that reaches there/.test(last.reason))
    assert.equal(last.why, 'out_of_reach')
  })
})

test('a trunk whose calls prove a password that we cannot read is up, and lets nobody in: that is told, until there is one', () => {
  const { made, apply, posted, errors } = lines()
  const asks = { trust: 'password', inboundUser: 'carrier' } as const
  apply({}, asks, { inbound: null })
  assert.equal(made.wire(id)?.refusing?.why, 'inbound_secret')
  assert.equal(posted.at(-1)?.type, 'trunk.up', 'calls are placed on it')
  assert.match(errors.join(), /cannot be read: they are answered 503/)
  apply({}, asks)
  assert.equal(made.wire(id)?.refusing, null)
  apply({}, {}, { inbound: null })
  assert.equal(made.wire(id)?.refusing, null, 'its calls are known by their address')
  assert.equal(errors.length, 1)
})

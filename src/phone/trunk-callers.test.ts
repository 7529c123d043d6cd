import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { TrunkId } from '../lib/ids.ts'
import { id, lines } from './fixtures/carrier.ts'

const from = (transport: 'udp' | 'tcp' | 'tls', address = '10.0.0.9', peer?: string) => ({
  ...{ transport, source: { address, port: 5060 } },
  ...(peer === undefined ? {} : { peer }),
})

describe('whose call this is', () => {
  test('by address over UDP and TCP, as ever', () => {
    const { callers, apply } = lines()
    apply()
    assert.equal(callers.trunkOf(from('udp')), id)
    assert.equal(callers.trunkOf(from('tcp')), id)
    assert.equal(callers.trunkOf(from('udp', '10.0.0.8')), null)
    assert.equal(callers.trunkOf(from('tls')), null, 'a trunk of UDP does not come over TLS')
  })

  test('nobody’s, when it says to come from a TLS trunk and comes over less', () => {
    const { callers, apply } = lines()
    apply({ transport: 'tls' })
    assert.equal(callers.trunkOf(from('udp')), null)
    assert.equal(callers.trunkOf(from('tcp')), null)
    assert.equal(callers.trunkOf(from('tls')), id)
  })

  test('by certificate where one is asked for, from wherever it comes, and then not by address', () => {
    const { callers, apply, known } = lines()
    apply({ transport: 'tls' }, { trust: 'certificate', authorities: 'PEM' })
    assert.equal(known.at(-1)?.knownByCertificate, true)
    assert.equal(callers.trunkOf(from('tls')), null)
    assert.equal(callers.trunkOf(from('tls', '192.0.2.7', id)), id)
    assert.equal(callers.trunkOf(from('tls', '10.0.0.9', 't_gone')), null)
    assert.deepEqual(
      [callers.isAt('10.0.0.9'), callers.isAt('10.0.0.8')],
      [true, false],
      'it may be the trunk, to begin with',
    )
  })
})

test('whom a call has to prove to be is asked where the trunk says so, and nobody elsewhere', () => {
  const { callers, apply } = lines()
  apply()
  assert.deepEqual(callers.caller(from('udp')), { id, accounts: [] })
  apply({}, { trust: 'password', inboundUser: 'carrier' })
  assert.deepEqual(callers.caller(from('udp')), { id, accounts: [{ id, username: 'carrier', password: 'y' }] })
  assert.equal(callers.trunkOf(from('udp')), id)
  assert.equal(callers.caller(from('udp', '10.0.0.8')), null)
})

test('of two trunks at one address whose calls prove a password, either may call from any port; others of that address have no part in it', () => {
  const { callers, apply } = lines()
  const other = 't_other' as TrunkId
  const names = (flow: Parameters<typeof callers.caller>[0]) => {
    const known = callers.caller(flow)
    return [known?.id, known?.accounts.map(({ username }) => username).join()]
  }
  apply({}, { trust: 'password', inboundUser: 'first' })
  apply({ id: other, port: 5070 }, { trust: 'password', inboundUser: 'other' })
  apply({ id: 't_far' as TrunkId, host: '10.0.0.8' }, { trust: 'password', inboundUser: 'far' })
  apply({ id: 't_tls' as TrunkId, transport: 'tls' }, { trust: 'password', inboundUser: 'tls' })
  apply({ id: 't_open' as TrunkId, port: 5080 })
  const at = (port: number) => ({ transport: 'udp' as const, source: { address: '10.0.0.9', port } })
  assert.deepEqual(names(at(5060)), [id, 'first,other'])
  assert.deepEqual(names(at(5070)), [other, 'other,first'])
  assert.deepEqual(names(at(5999)), [id, 'first,other'])
  assert.deepEqual(names(at(5080)), ['t_open', ''], 'the port of one that is known by its address alone')
  assert.deepEqual(names(from('tls')), ['t_tls', 'tls'])
})

test('of trunks at one address that is who is called: by the user of our Contact, by the number that it is registered as, by a caller ID, else the first', () => {
  const { callers, apply } = lines()
  const [second, third] = ['t_second', 't_third'] as TrunkId[]
  apply({ register: true, username: '+861066660000' })
  const rules = { numbersIn: [{ pattern: '0.', strip: 1, prefix: '+86' }] }
  apply({ id: second!, register: true, username: '01088880000', rules })
  apply({ id: third!, register: true, username: 'acct3', callerIds: ['+861099990000'] })
  const of = (...called: string[]) => callers.caller(from('udp'), called)
  assert.deepEqual(of('01088880000', '95588'), { id: second, accounts: [] }, 'our Contact')
  assert.equal(of('acct3', '+861066660000')?.id, third, 'which counts more than what To says')
  assert.equal(of('+861088880000')?.id, second, 'the number it is registered as')
  assert.equal(of('95588', 'acct3')?.id, third, 'as To names it')
  assert.equal(of('+861099990000')?.id, third)
  assert.equal(of('3')?.id, id)
  assert.equal(of()?.id, id)
  assert.deepEqual([callers.areOne(id, third!), callers.areOne(third!, id)], [true, true])
  apply({ id: 't_asked' as TrunkId, register: true, username: 'asked' }, { trust: 'password', inboundUser: 'x' })
  assert.equal(of('asked')?.id, id, 'nobody speaks for a trunk that asks for a password')
  assert.ok(!callers.areOne(id, 't_asked' as TrunkId))
  apply({ id: 't_far' as TrunkId, host: '10.0.0.8', register: true, username: 'far' })
  assert.equal(of('far')?.id, id)
  assert.ok(!callers.areOne(id, 't_far' as TrunkId))
})

test('who comes from the address of a trunk that forces rport is answered where that came from, and nobody else', () => {
  const { callers, apply } = lines()
  apply({})
  assert.ok(!callers.forcesRport('10.0.0.9'))
  apply({ id: 't_nat' as TrunkId, rules: { forceRport: true } })
  assert.ok(callers.forcesRport('10.0.0.9'))
  assert.ok(!callers.forcesRport('10.0.0.8'))
})

describe('what answers a challenge in a call that came from a trunk', () => {
  const to = (transport: 'udp' | 'tcp' | 'tls', address = '10.0.0.9', peer?: string) => ({
    ...{ transport, address, port: 5099 },
    ...(peer === undefined ? {} : { peer }),
  })
  const ours = { username: 'line', password: 'x' }

  test('goes to the trunk, and not to where else its Contact leads', () => {
    const { callers, apply } = lines()
    apply({ username: 'line' })
    assert.deepEqual(callers.credentials(id, to('udp')), ours)
    assert.deepEqual(callers.credentials(id, to('tcp')), ours)
    assert.equal(callers.credentials(id, to('udp', '10.0.0.8')), null)
    assert.equal(callers.credentials(id, to('tls')), null)
    assert.equal(callers.credentials('t_gone' as TrunkId, to('udp')), null)
    apply()
    assert.equal(callers.credentials(id, to('udp')), null, 'it has none')
  })

  test('goes over TLS to whom TLS has proved, where that was asked for or is known', () => {
    const { callers, apply } = lines()
    apply({ transport: 'tls', username: 'line' })
    assert.deepEqual(callers.credentials(id, to('tls')), ours, 'by its address, as its calls come')
    assert.equal(callers.credentials(id, to('udp')), null)
    assert.equal(callers.credentials(id, to('tls', '10.0.0.9', 't_other')), null)
    apply({ transport: 'tls', username: 'line' }, { trust: 'certificate', authorities: 'PEM' })
    assert.equal(callers.credentials(id, to('tls')), null)
    assert.deepEqual(callers.credentials(id, to('tls', '192.0.2.7', id)), ours)
  })

  test('of a call that an earlier process took too, by whose it was, or by where it came from', () => {
    const { callers, apply } = lines()
    apply({ username: 'line' })
    const left = { caller: null, peer: to('udp') }
    assert.deepEqual(callers.credentialsOfLeft(left, to('udp')), ours)
    assert.equal(callers.credentialsOfLeft(left, to('udp', '10.0.0.8')), null)
    assert.deepEqual(callers.credentialsOfLeft({ caller: id, peer: to('udp', '10.0.0.8') }, to('udp')), ours)
    assert.equal(callers.credentialsOfLeft({ caller: null, peer: to('udp', '10.0.0.8') }, to('udp')), null)
  })

  test('of such a call, before the trunk’s name is looked up, to where it came from and nowhere else', async () => {
    const { callers, apply, located, advance } = lines()
    apply({ username: 'line', host: 'carrier.example' })
    const left = { caller: id, peer: to('udp') }
    assert.deepEqual(callers.credentialsOfLeft(left, to('udp')), ours)
    assert.equal(callers.credentialsOfLeft(left, to('udp', '10.0.0.8')), null, 'its Contact leads elsewhere')
    assert.equal(callers.credentialsOfLeft(left, to('tcp')), null)
    assert.equal(callers.credentialsOfLeft({ ...left, caller: null }, to('udp')), null, 'nobody knows whose it was')
    assert.equal(callers.credentials(id, to('udp')), null, 'of a call of now it has to be there')
    located.push({ targets: [{ address: '10.0.0.8', port: 5060 }], holdsMs: 1e9 })
    await advance(100)
    assert.equal(callers.credentialsOfLeft(left, to('udp')), null, 'it is elsewhere')
    apply({ username: 'line', host: 'carrier.example', transport: 'tls' }, { trust: 'certificate', authorities: 'PEM' })
    assert.equal(callers.credentialsOfLeft({ ...left, peer: to('tls') }, to('tls')), null)
  })
})

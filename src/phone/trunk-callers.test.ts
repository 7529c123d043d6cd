import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
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
  assert.equal(callers.account(from('udp')), null)
  apply({}, { trust: 'password', inboundUser: 'carrier' })
  assert.deepEqual(callers.account(from('udp')), { id, username: 'carrier', password: 'y' })
  assert.equal(callers.trunkOf(from('udp')), id)
  assert.equal(callers.account(from('udp', '10.0.0.8')), null)
})

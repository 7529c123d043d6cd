import assert from 'node:assert/strict'
import { test } from 'node:test'
import { redirectOn } from './redirects.ts'

const spec = {
  target: 'sip:+8613800138000@10.0.0.9:5060',
  destination: { transport: 'udp' as const, address: '10.0.0.9', port: 5060 },
}
const addresses = ['10.0.0.9', '10.0.0.10']

test('a trunk follows no redirection unless its rules say so', () => {
  assert.equal(redirectOn({ host: 'carrier.example' }, spec, addresses), undefined)
})

test('a redirection leads to addresses of the same trunk, for the same number, and nowhere else', () => {
  const follow = redirectOn({ host: 'carrier.example', rules: { redirects: 'follow' } }, spec, addresses)!
  const at = (address: string, port = 5060) => ({ transport: 'udp', address, port })
  for (const [uri, wanted] of [
    ['sip:+8613800138000@10.0.0.10', at('10.0.0.10')],
    ['sip:8613800138000@10.0.0.10:5080;user=phone', at('10.0.0.10', 5080)],
    ['sip:+8613800138000@Carrier.Example', at('10.0.0.9')],
    ['sip:+8613800138000@10.0.0.66', null],
    ['sip:+8613800138000@evil.example', null],
    ['sip:+8613800138001@10.0.0.10', null],
    ['sip:00900123456@10.0.0.10', null],
    ['sip:10.0.0.10', null],
    ['tel:+8613800138000', null],
    ['nonsense', null],
  ] as const)
    assert.deepEqual(follow(uri), wanted, uri)
})

test('a call over TLS is not led out of it', () => {
  const follow = redirectOn(
    { host: 'carrier.example', rules: { redirects: 'follow' } },
    {
      target: spec.target,
      destination: { transport: 'tls', address: '10.0.0.9', port: 5061, peer: 't_1' },
    },
    addresses,
  )!
  assert.deepEqual(follow('sip:+8613800138000@10.0.0.10;transport=udp'), {
    transport: 'tls',
    address: '10.0.0.10',
    port: 5061,
    peer: 't_1',
  })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { privateNetworkOf } from './private-network.ts'

test('private networks are known, and which of them it is', () => {
  const of = (...addresses: string[]) => addresses.map(privateNetworkOf)
  assert.deepEqual(of('10.255.0.1', '172.15.0.1', '172.16.0.1', '172.31.255.255', '172.32.0.1'), [
    ...['10.0.0.0/8', null, '172.16.0.0/12', '172.16.0.0/12', null],
  ])
  assert.deepEqual(of('192.168.1.9', '100.64.0.1', '100.128.0.1', '169.254.7.7', '127.0.0.9', '203.0.113.5'), [
    ...['192.168.0.0/16', '100.64.0.0/10', null, '169.254.0.0/16', '127.0.0.0/8', null],
  ])
  assert.deepEqual(of('fd12::1', 'fe80::1%eth0', '::1', '2001:db8::1', 'gateway.example', ''), [
    ...['fc00::/7', 'fe80::/10', '::1/128', null, null, null],
  ])
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sourceOf } from './source.ts'

test('an IPv4 address counts by itself, however it is written, and an IPv6 address by its /64', () => {
  for (const [address, source] of [
    ['10.0.0.7', '10.0.0.7'],
    ['::ffff:10.0.0.7', '10.0.0.7'],
    ['::FFFF:0a00:0007', '10.0.0.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002:ffff::', '2001:db8:1:2::/64'],
    ['2001:db8::1:2:3:4:5', '2001:db8:0:1::/64'],
    ['2001:db8:1:3::6', '2001:db8:1:3::/64'],
    ['64:ff9b::10.0.0.7', '64:ff9b:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64%eth0'],
    ['fe80::2%eth1', 'fe80:0:0:0::/64%eth1'],
    ['unknown', 'unknown'],
    ['no:address', 'no:address'],
    ['', ''],
  ])
    assert.equal(sourceOf(address!), source, address)
})

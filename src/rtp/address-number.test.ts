import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  addressNumber,
  addressText,
  ipv6Bytes,
  isIpv6Number,
  isPrivateNumber,
  numberOfBytes,
  strangerNumber,
  writeIpv6,
} from './address-number.ts'

test('an IPv4 address is its 32 bits, and comes back as it was written', () => {
  assert.equal(addressNumber('10.0.0.1'), 0x0a000001)
  assert.equal(addressNumber('255.255.255.255'), 0xffffffff)
  for (const text of ['0.0.0.0', '127.0.0.1', '192.168.255.1']) assert.equal(addressText(addressNumber(text)!), text)
})

test('an IPv6 address is one number however it is written, and none of IPv4’s', () => {
  const number = addressNumber('2001:db8::1')!
  assert.ok(isIpv6Number(number))
  assert.equal(addressNumber('2001:0DB8:0:0:0:0:0:1'), number)
  assert.notEqual(addressNumber('2001:db8::2'), number)
  assert.equal(addressText(number), '2001:db8:0:0:0:0:0:1')
  assert.deepEqual([...ipv6Bytes('::ffff:10.0.0.1')!].slice(10), [255, 255, 10, 0, 0, 1])
  assert.deepEqual([...ipv6Bytes('::1')!], [...Array<number>(15).fill(0), 1])
  assert.deepEqual([...ipv6Bytes('1:2:3:4:5:6:7:8')!], [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8])
  assert.deepEqual([...ipv6Bytes('fe80::')!].slice(0, 2), [0xfe, 0x80])
  const bytes = new Uint8Array(20)
  writeIpv6(number, bytes, 2)
  assert.equal(numberOfBytes(bytes, 2), number)
})

test('an address that nobody outside can reach is told from one that all can', () => {
  const isPrivate = (text: string) => isPrivateNumber(addressNumber(text)!)
  for (const text of [
    '10.1.2.3',
    '172.16.0.1',
    '172.31.9.9',
    '192.168.1.5',
    '169.254.0.1',
    '100.64.0.1',
    '100.127.1.1',
  ])
    assert.ok(isPrivate(text), text)
  for (const text of ['127.0.0.1', '172.32.0.1', '192.169.1.5', '100.128.0.1', '8.8.8.8', '2001:db8::1', '11.0.0.1'])
    assert.ok(!isPrivate(text), text)
})

test('nobody who was not named becomes known by sending', () => {
  assert.equal(numberOfBytes(ipv6Bytes('2001:db8::dead')!, 0), strangerNumber)
  assert.equal(numberOfBytes(ipv6Bytes('2001:db8::dead')!, 0), strangerNumber)
})

test('what is no address, or one of a link only, has no number', () => {
  for (const text of ['', 'carrier.example', '1.2.3', 'fe80::1%eth0', '2001:db8::1::2'])
    assert.equal(addressNumber(text), null)
})

test('so many names are kept, and the oldest goes', () => {
  const first = addressNumber('2001:db8:ffff::1')!
  for (let at = 0; at < 66_000; at++) addressNumber(`2001:db8:0:${(at >> 8).toString(16)}::${(at & 255).toString(16)}`)
  assert.equal(numberOfBytes(ipv6Bytes('2001:db8:ffff::1')!, 0), strangerNumber)
  assert.notEqual(addressNumber('2001:db8:ffff::1'), null)
  assert.ok(isIpv6Number(first))
})

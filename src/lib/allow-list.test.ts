import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AllowList } from './allow-list.ts'

function read(text: string): AllowList {
  const list = AllowList.read(text)
  assert.ok(list instanceof AllowList, JSON.stringify(list))
  return list
}

test('an address is allowed when a line names it or its network, in both families', () => {
  const list = read('10.1.0.0/16\n192.168.7.9, fd00::/8')
  assert.equal(list.has('10.1.255.1'), true)
  assert.equal(list.has('10.2.0.1'), false)
  assert.equal(list.has('192.168.7.9'), true)
  assert.equal(list.has('192.168.7.8'), false)
  assert.equal(list.has('fd12:3456::1'), true)
  assert.equal(list.has('fe80::1%eth0'), false)
  assert.equal(list.has('::ffff:10.1.2.3'), true)
  assert.equal(list.has('not an address'), false)
})

test('no line allows everywhere, and this machine itself is always allowed', () => {
  assert.equal(read(' \n').has('8.8.8.8'), true)
  const list = read('10.1.0.0/16')
  assert.equal(list.has('127.0.0.1'), true)
  assert.equal(list.has('::1'), true)
})

test('what is no network is named, and nothing is read half', () => {
  for (const wrong of ['10.1.0.0/33', '10.1.0.0/0', '10.1', '::/129', 'lan', '10.1.0.0/16/8', '10.0.0.0/-1'])
    assert.deepEqual(AllowList.read(`10.0.0.1\n${wrong}`), { found: wrong })
  assert.deepEqual(AllowList.read('10.0.0.1\n'.repeat(201)), { found: '201 lines' })
  const spoilt = AllowList.kept('lan')
  assert.equal(spoilt.has('10.0.0.1'), false)
  assert.equal(spoilt.has('127.0.0.1'), true)
})

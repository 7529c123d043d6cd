import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createLogger } from '../lib/log.ts'
import type { Binding } from '../sip/events.ts'
import { PhoneBook } from './phone-book.ts'

const binding: Binding = {
  extension: '1001',
  contact: 'sip:1001@127.0.0.3:5060',
  flow: { transport: 'udp', source: { address: '127.0.0.3', port: 5060 }, local: 'udp:0.0.0.0:5060' },
  userAgent: 'a phone',
  expiresInMs: 300_000,
}

test('what was saved is read again while it holds; a file that is not ours is no phones and no fault', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'switchroom-phones-'))
  try {
    const file = join(folder, 'phones.json')
    const log = createLogger('silent')
    assert.deepEqual(new PhoneBook(file, log).read(0), [])
    new PhoneBook(file, log).save(
      () => [binding, { ...binding, extension: '1002', flow: { ...binding.flow, transport: 'tcp' } }],
      1_000_000,
    )
    const book = new PhoneBook(file, log)
    for (let tries = 0; tries < 100 && book.read(1_100_000).length === 0; tries++) await sleep(10)
    const read = book.read(1_100_000)
    assert.equal(read.length, 1)
    assert.equal(read[0]!.contact, binding.contact)
    assert.equal(read[0]!.expiresInMs, 200_000)
    assert.deepEqual(book.read(1_400_000), [])
    writeFileSync(file, '[{"extension":"1001"}]')
    assert.deepEqual(book.read(1_100_000), [])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('one phone that cannot be read is left out, and the others are there; an address with a zone is one', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'switchroom-phones-'))
  try {
    const file = join(folder, 'phones.json')
    const long = { ...binding, extension: '1002', contact: `sip:1002@127.0.0.4;x=${'y'.repeat(600)}` }
    const local = { address: 'fe80::1%eth0', port: 5060 }
    const zoned = { ...binding, extension: '1003', flow: { ...binding.flow, source: local } }
    const book = new PhoneBook(file, createLogger('silent'))
    book.save(() => [binding, long, zoned], 1_000_000)
    for (let tries = 0; tries < 100 && book.read(1_100_000).length === 0; tries++) await sleep(10)
    assert.deepEqual(
      book.read(1_100_000).map(({ extension }) => extension),
      ['1001', '1003'],
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('a phone that registers just after a save is on disk at the next look and not only five seconds later', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'switchroom-phones-'))
  try {
    const book = new PhoneBook(join(folder, 'phones.json'), createLogger('silent'))
    const second = { ...binding, extension: '1002' }
    const saved = async (bindings: Binding[], now: number, count: number) => {
      book.save(() => bindings, now)
      for (let tries = 0; tries < 100 && book.read(now).length !== count; tries++) await sleep(10)
      assert.equal(book.read(now).length, count)
      await sleep(10) // that it was written is known to the book too
    }
    await saved([binding], 1_000_000, 1)
    await saved([binding, second], 1_000_300, 2)
    await saved([second], 1_000_600, 1)
    book.save(() => assert.fail('it is not time to look'), 1_000_700)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('a disk that refuses is asked again after five seconds and not at every look', async () => {
  const book = new PhoneBook('/proc/nowhere/phones.json', createLogger('silent'))
  let looks = 0
  const save = async (now: number) => {
    book.save(() => {
      looks++
      return [binding]
    }, now)
    await sleep(50) // the write fails meanwhile
  }
  await save(1_000_000)
  for (const later of [300, 600, 2_000, 4_000]) await save(1_000_000 + later)
  assert.equal(looks, 1)
  await save(1_005_000)
  assert.equal(looks, 2)
})

test('of phones behind connections the addresses are kept while their registrations would hold, and no phone is made of them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'switchroom-phones-'))
  try {
    const warned: unknown[] = []
    const log = createLogger('silent')
    log.warn = ((...said: unknown[]) => void warned.push(said)) as typeof log.warn
    const book = new PhoneBook(join(folder, 'phones.json'), log)
    assert.deepEqual(book.homes(0), [])
    const over = (transport: 'tcp' | 'tls', address: string): Binding => ({
      ...binding,
      flow: { transport, source: { address, port: 40_000 }, local: transport, connection: 'c1' },
    })
    book.save(() => [binding, over('tcp', '127.0.0.4'), over('tls', '127.0.0.5')], 1_000_000)
    for (let tries = 0; tries < 100 && book.homes(1_100_000).length === 0; tries++) await sleep(10)
    const kept = { extension: '1001', expiresInMs: 200_000 }
    assert.deepEqual(book.homes(1_100_000), [
      { ...kept, address: '127.0.0.4' },
      { ...kept, address: '127.0.0.5' },
    ])
    assert.equal(book.read(1_100_000).length, 1)
    assert.deepEqual(book.homes(1_400_000), [])
    writeFileSync(join(folder, 'phones.json'), '[{"home":"127.0.0.6","expiresAt":1300000}]')
    assert.deepEqual(book.homes(1_100_000), [{ address: '127.0.0.6', expiresInMs: 200_000 }], 'a file of before')
    assert.equal(book.read(1_100_000).length, 0)
    assert.deepEqual(warned, [])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

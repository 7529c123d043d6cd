/** A few thousand mutated datagrams for each reader of the wire; `npm run fuzz` feeds half a million. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '../../src/lib/random.ts'
import { fuzz } from './fuzz.ts'
import { targets } from './targets.ts'

const messages: Record<string, number> = { dtls: 3_000 }

for (const [name, make] of Object.entries(targets))
  test(`no mutated ${name} throws, holds up the thread, or leaves the reader unwell`, async () => {
    const random = seededRandom(20261126)
    const target = await make(random)
    const report = fuzz(target, messages[name] ?? 20_000, random)
    target.close?.()
    assert.deepEqual(
      { thrown: report.thrown, stalls: report.stalls, isWell: report.isWell },
      { thrown: [], stalls: [], isWell: true },
    )
    assert.ok(report.grownBytes < 16 * 1024 * 1024, `grown by ${report.grownBytes} bytes`)
  })

test('what holds up only who has not heard it yet is found out: it is fed again to another association', () => {
  const heard = new Set<string>()
  const once = {
    name: 'once',
    seeds: [new Uint8Array([1, 2, 3])],
    isWell: () => true,
    renew: () => heard.clear(),
    feed(bytes: Uint8Array) {
      const isNew = !heard.has(String(bytes))
      heard.add(String(bytes))
      if (isNew && bytes.length === 1)
        for (const until = process.cpuUsage().user + 8_000; process.cpuUsage().user < until; );
    },
  }
  assert.ok(fuzz(once, 100, seededRandom(1)).stalls.length > 0)
})

test('a reader that throws, stalls or grows is found out', () => {
  const kept: Uint8Array[] = []
  const bad = {
    name: 'bad',
    seeds: [new Uint8Array([1, 2, 3])],
    isWell: () => kept.length === 0,
    feed(bytes: Uint8Array) {
      kept.push(new Uint8Array(100_000))
      if (bytes.length === 2) throw new Error('two octets')
      if (bytes.length === 1) for (const until = process.cpuUsage().user + 8_000; process.cpuUsage().user < until; );
    },
  }
  const report = fuzz(bad, 300, seededRandom(1))
  assert.ok(report.thrown.length > 0 && report.stalls.length > 0 && report.grownBytes > 16 * 1024 * 1024)
  assert.equal(report.isWell, false)
})

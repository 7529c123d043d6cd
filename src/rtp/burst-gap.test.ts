import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BurstGap } from './burst-gap.ts'
import { Reception } from './reception.ts'

const close = (one: number, other: number) => Math.abs(one - other) < 1e-9

test('losses that lie alone are a gap’s, those with fewer than sixteen packets between them are a burst', () => {
  const alone = new BurstGap()
  alone.lose(100, 1)
  alone.lose(16, 1)
  assert.deepEqual(alone.figures(1000), { burstDensity: 0, gapDensity: 2 / 1000, burstLength: 0, gapLength: 1000 })

  const bursty = new BurstGap()
  bursty.lose(100, 1)
  bursty.lose(15, 2) // 1 + 15 + 2 packets, 3 of them lost
  bursty.lose(200, 1)
  bursty.lose(200, 4) // four in a row, and it goes on
  const found = bursty.figures(1022)
  assert.ok(close(found.burstDensity, 7 / 22))
  assert.ok(close(found.gapDensity, 1 / 1000))
  assert.deepEqual([found.burstLength, found.gapLength], [11, 1000 / 3])
})

test('a stream without loss has neither', () => {
  assert.deepEqual(new BurstGap().figures(500), { burstDensity: 0, gapDensity: 0, burstLength: 0, gapLength: 500 })
  assert.deepEqual(new BurstGap().figures(0), { burstDensity: 0, gapDensity: 0, burstLength: 0, gapLength: 0 })
})

test('what a reception misses comes to bursts and gaps by its sequence numbers, over the wrap too, and a new source begins anew', () => {
  const reception = new Reception()
  const lost = new Set([200, 300, 310, 320])
  for (let n = 0; n < 500; n++) if (!lost.has(n)) reception.count(1, (65_400 + n) & 0xffff, n * 160, n * 20, true)
  const { burstDensity, gapDensity, burstLength } = reception.bursts.figures(reception.expected)
  assert.deepEqual([burstLength, reception.lostOfSource], [21, 4])
  assert.ok(close(burstDensity, 3 / 21) && close(gapDensity, 1 / 479), `${burstDensity} ${gapDensity}`)
  reception.count(2, 7, 0, 20_000, true)
  assert.deepEqual([reception.expected, reception.bursts.figures(1).burstLength], [1, 0])
})

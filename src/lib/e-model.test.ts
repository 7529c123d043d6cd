import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bplConcealed, delayImpairment, mosOf, rFactor } from './e-model.ts'

const near = (found: number, wanted: number, within: number) =>
  assert.ok(Math.abs(found - wanted) <= within, `${found.toFixed(3)}, wanted ${wanted}`)

test('a faultless line has the R of G.107 with its defaults, 93.2, and a MOS of 4.41', () => {
  assert.equal(rFactor({ loss: 0, delayMs: 0 }), 93.2)
  near(mosOf(93.2), 4.41, 0.005)
})

test('R and MOS belong together as in G.107 annex B, table B.1', () => {
  for (const [r, mos] of [
    [90, 4.34],
    [80, 4.03],
    [70, 3.6],
    [60, 3.1],
    [50, 2.58],
  ] as const)
    near(mosOf(r), mos, 0.007)
  assert.equal(mosOf(0), 1)
  assert.ok(mosOf(5) >= 1)
})

test('loss costs what G.113 appendix I says of G.711, with concealment and without', () => {
  // Ie,eff = 95 · Ppl / (Ppl + Bpl)
  near(93.2 - rFactor({ loss: 0.01, delayMs: 0 }), 17.925, 0.001)
  near(93.2 - rFactor({ loss: 0.05, delayMs: 0 }), 51.075, 0.001)
  near(93.2 - rFactor({ loss: 0.05, delayMs: 0, bpl: bplConcealed }), 15.781, 0.001)
  assert.ok(rFactor({ loss: 0.05, delayMs: 0, burstRatio: 2 }) < rFactor({ loss: 0.05, delayMs: 0 }))
})

test('delay costs nothing up to 100 ms, little up to 200 and much above', () => {
  assert.equal(delayImpairment(100), 0)
  // X = 1: 25 (2^(1/6) − 3 (1 + 3⁻⁶)^(1/6) + 2); X = 2 likewise.
  near(delayImpairment(200), 25 * (2 ** (1 / 6) - 3 * (1 + 3 ** -6) ** (1 / 6) + 2), 1e-9)
  near(delayImpairment(200), 3.05, 0.01)
  near(delayImpairment(400), 24.1, 0.7)
  for (let ms = 100; ms < 2_000; ms += 50) assert.ok(delayImpairment(ms + 50) > delayImpairment(ms))
})

test('no count, however odd, gives an R below 0 or a MOS below 1', () => {
  for (const loss of [-1, 0, 0.5, 1, 7])
    for (const delayMs of [0, 150, 1e6]) {
      const r = rFactor({ loss, delayMs })
      assert.ok(r >= 0 && r <= 93.2)
      assert.ok(mosOf(r) >= 1 && mosOf(r) <= 4.5)
    }
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noCounts } from '../fixtures/audio-counts.ts'
import type { AudioCounts } from './leg-audio.ts'
import { legAudio } from './leg-audio.ts'
import { faultsOf } from './try-out.ts'

const spoken: AudioCounts = {
  ...noCounts,
  ...{ received: 200, sent: 200, jitterSum: 200, jitterCount: 199 },
  ...{ sampled: 25, silent: 8, power: 0.17 }, // -20 dBov
}
const said = (counts: Partial<AudioCounts> = {}) =>
  faultsOf(legAudio({ ms: 4_000, counts: { ...spoken, ...counts }, before: null })).join()

test('a voice that came as it should has no fault', () => {
  assert.equal(said(), '')
})

test('each fault is named: nothing came, silence, too soft, overdriven, lost, shaken, late', () => {
  assert.equal(said({ received: 0 }), 'nothing')
  assert.equal(said({ silent: 25, power: 0 }), 'silent')
  assert.equal(said({ power: 17 * 10 ** -4.5 }), 'soft')
  assert.equal(said({ clipped: 2 }), 'clipped')
  assert.equal(said({ received: 190, missing: 10 }), 'loss')
  assert.equal(said({ received: 9_805, missing: 195 }), 'loss', 'it is shown as 2.0')
  assert.equal(said({ received: 9_806, missing: 194 }), '', 'and this as 1.9')
  assert.equal(said({ reports: 2, lossSum: 0.2 }), 'loss', 'what does not come to the browser counts too')
  assert.equal(said({ jitterSum: 8_000 }), 'jitter')
  assert.equal(said({ roundTrips: 2, roundTripSum: 900 }), 'slow')
  assert.equal(said({ power: 17 * 10 ** -4.5, missing: 60, roundTrips: 1, roundTripSum: 400 }), 'soft,loss,slow')
})

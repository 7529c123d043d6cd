import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noCounts } from '../fixtures/audio-counts.ts'
import { type AudioCounts, audioWord, legAudio, worseOf } from './leg-audio.ts'

const talk: AudioCounts = {
  ...noCounts,
  received: 1_000,
  sent: 1_000,
  jitterSum: 1_000,
  jitterCount: 999,
  sampled: 125,
  silent: 25,
  power: 1,
}
const of = (counts: Partial<AudioCounts>, before: AudioCounts | null = null, ms = 20_000) =>
  legAudio({ ms, counts: { ...talk, ...counts }, before })

test('a faultless leg is good, and says nothing of a far end that reports nothing', () => {
  const audio = of({})
  assert.deepEqual(
    [audio.loss, audio.mosIn, audio.mosOut, audio.theirLoss, audio.roundTripMs],
    [0, 4.41, null, null, null],
  )
  assert.deepEqual([audio.levelDb, audio.silence, audio.oneWay], [-20, 0.2, null])
  assert.equal(audioWord(worseOf(audio)), 'good')
})

test('what is late or lost was not heard; what came twice hides no loss', () => {
  assert.equal(of({ received: 950, missing: 30, late: 20 }).loss, 0.051)
  assert.equal(of({ received: 1_010, duplicates: 60, missing: 50 }).loss, 0.05)
  assert.equal(audioWord(of({ received: 950, missing: 50 }).mosIn), 'bad')
  assert.equal(audioWord(of({ received: 990, missing: 10 }).mosIn), 'fair')
})

test('both directions count: a far end that hears us badly makes the worse of it', () => {
  const audio = of({ reports: 4, lossSum: 0.4, theirJitterSum: 40, roundTrips: 4, roundTripSum: 1_600 })
  assert.deepEqual([audio.theirLoss, audio.theirJitterMs, audio.roundTripMs], [0.1, 10, 400])
  assert.ok(audio.mosOut! < audio.mosIn! && audio.mosIn! < 4.41, 'a round trip of 400 ms costs both')
  assert.equal(worseOf(audio), audio.mosOut)
})

test('long packets delay what is said by as much', () => {
  const slow = { roundTrips: 4, roundTripSum: 1_200 }
  const mosAt = (packetMs: number) => of({ ...slow, packetMs }).mosIn!
  assert.ok(mosAt(20) - mosAt(60) > 0.03, `${mosAt(20)} and ${mosAt(60)}`)
  assert.equal(mosAt(60), of({ ...slow, roundTripSum: 1_200 + 4 * 80 }).mosIn)
})

test('a stretch of a leg that is up for a shift is what was counted in it', () => {
  const audio = of({ received: 1_500, missing: 40, sampled: 200, silent: 25, power: 1.75 }, { ...talk, missing: 40 })
  assert.deepEqual([audio.received, audio.missing, audio.loss, audio.silence, audio.levelDb], [500, 0, 0, 0, -20])
})

test('one-way audio is named: nothing ever came, or nothing comes there; but not in the first seconds', () => {
  assert.equal(legAudio({ ms: 10_000, counts: { ...noCounts, sent: 500 }, before: null }).oneWay, 'nothing_from')
  assert.equal(legAudio({ ms: 10_000, counts: { ...noCounts, sent: 500 }, before: null }).mosIn, null)
  assert.equal(legAudio({ ms: 1_000, counts: noCounts, before: null }).oneWay, null)
  assert.equal(of({ isDeaf: true }).oneWay, 'nothing_at')
})

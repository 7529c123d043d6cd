import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decode, encode } from '../rtp/g711.ts'
import { sequence, silence, tone } from '../rtp/tone.ts'
import { echoIn, probe, probeHz } from './echo.ts'

const viaLine = (samples: Int16Array) => decode(encode(samples, 'pcma'), 'pcma')
const softer = (samples: Int16Array, factor: number) => samples.map(sample => Math.round(sample * factor))

test('a tone that came back is measured: how long it took, how much softer it is, at which frequency', () => {
  const right = viaLine(probe())
  const left = viaLine(sequence(silence(180), softer(probe(), 0.5)))
  const { back } = echoIn(left, right)
  assert.ok(back !== null)
  assert.ok(Math.abs(back.roundTripMs - 180) <= 20, `${back.roundTripMs} ms`)
  assert.ok(Math.abs(back.hz - probeHz) <= 2, `${back.hz} Hz`)
  assert.ok(Math.abs(back.lossDb - 6) < 1, `${back.lossDb} dB`)
})

test('silence, speech-like sound and another tone are no echo', () => {
  const right = viaLine(probe())
  for (const left of [silence(4_000), tone({ hz: 450, ms: 4_000 }), tone({ hz: [300, 1004, 2100, 3000], ms: 4_000 })]) {
    const { back } = echoIn(left, right)
    assert.equal(back, null)
  }
  assert.ok(echoIn(tone({ hz: 450, ms: 4_000 }), right).loudness > 0.1)
})

test('without a tone that went out nothing can have come back', () => {
  assert.deepEqual(echoIn(probe(), silence(4_000)).back, null)
})

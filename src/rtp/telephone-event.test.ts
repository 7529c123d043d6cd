import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codeOf, KeyDetector, KeySender, type KeyStep, keyOf, tonesOf, writeEvent } from './telephone-event.ts'
import { goertzel, tone } from './tone.ts'

test('each key is written and read again', () => {
  const bytes = new Uint8Array(16)
  for (const key of '0123456789*#ABCD') {
    writeEvent(bytes, 12, codeOf(key), true, 800)
    assert.equal(keyOf(bytes, 12, 16), key)
    assert.deepEqual([...bytes.subarray(13)], [0x8a, 0x03, 0x20])
  }
})

test('a hook flash, a truncated event and a letter are no keys', () => {
  assert.equal(keyOf(Uint8Array.of(16, 0, 0, 0), 0, 4), null)
  assert.equal(keyOf(Uint8Array.of(1, 0, 0), 0, 3), null)
  assert.equal(codeOf('x'), -1)
  assert.equal(codeOf('12'), -1)
})

test('an event is told once, whichever of its packets arrive, in whatever order', () => {
  const detector = new KeyDetector()
  const heard = [8000, 8000, 16_000, 8000, 16_000, 24_000].map(timestamp => detector.isNew(5, timestamp))
  assert.deepEqual(heard, [true, false, true, false, false, true])
  assert.ok(detector.isNew(6, 8000), 'another source counts anew')
  assert.ok(new KeyDetector().isNew(5, 0), 'a timestamp of 0 is a timestamp')
})

test('a key is 120 ms of growing duration, three ends, and a pause before the next', () => {
  const sender = new KeySender()
  assert.ok(sender.queue('7#'))
  const steps: (KeyStep | null)[] = []
  while (sender.isBusy) steps.push(sender.next())
  const first = steps.slice(0, 13)
  assert.deepEqual(
    first.slice(0, 6).map(step => step!.durationSamples),
    [160, 320, 480, 640, 800, 960],
  )
  assert.deepEqual(
    first.slice(6, 9).map(step => [step!.end, step!.durationSamples]),
    [
      [true, 960],
      [true, 960],
      [true, 960],
    ],
  )
  assert.deepEqual(first.slice(9), [null, null, null, null])
  assert.equal(steps[13]!.code, codeOf('#'))
  assert.equal(steps.length, 26)
})

test('more keys than a person can mean are not queued', () => {
  const sender = new KeySender()
  assert.ok(sender.queue('1'.repeat(64)))
  assert.equal(sender.queue('2'), false)
})

test('the tones of 5 are 770 and 1336 Hz', () => {
  assert.deepEqual(tonesOf(codeOf('5')), [770, 1336])
  const samples = tone({ hz: tonesOf(codeOf('5')), ms: 100, level: 0.2 })
  assert.ok(goertzel(samples, 770) > 0.18 && goertzel(samples, 1336) > 0.18 && goertzel(samples, 941) < 0.02)
})

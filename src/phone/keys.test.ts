import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TrunkRules } from '../centre/trunks/trunk-rules.ts'
import { purity } from '../rtp/tone.ts'
import { dtmfPrompts, Keys } from './keys.ts'
import type { Leg } from './leg.ts'
import type { TrunkLines } from './trunk-lines.ts'

function keysOn(rules: Partial<TrunkRules>, knowsEvents = true) {
  const said: string[] = []
  const note =
    (what: string) =>
    (...args: unknown[]) =>
      void said.push([what, ...args.filter(arg => typeof arg !== 'number')].join(' '))
  const keys = new Keys({
    ua: { sendInfo: note('info') },
    bay: { sendDigits: note('events'), say: note('tones') },
    lines: { trunk: () => ({ rules }) } as unknown as TrunkLines,
  })
  const leg = { id: 'l_1', phase: 'up', session: 's_1', knowsEvents, far: { kind: 'trunk', trunk: 't_1' } } as Leg
  return { keys, leg, said }
}

test('keys travel as events in RTP, or as sound to a far end that knows none', () => {
  const events = keysOn({})
  events.keys.send(events.leg, '1#', 0)
  assert.deepEqual(events.said, ['events l_1 1#'])
  const deaf = keysOn({}, false)
  deaf.keys.send(deaf.leg, '1#', 0)
  assert.deepEqual(deaf.said, ['tones l_1 dtmf-1,dtmf-pound'])
})

test('a trunk that wants sound gets sound', () => {
  const { keys, leg, said } = keysOn({ dtmf: 'inband' })
  keys.send(leg, '*', 0)
  assert.deepEqual(said, ['tones l_1 dtmf-star'])
})

test('of keys as sound none cuts off the one before, also when they are pressed at once', () => {
  const { keys, leg, said } = keysOn({ dtmf: 'inband' })
  keys.send(leg, '1', 0)
  keys.send(leg, '2', 0)
  keys.send(leg, '34', 100)
  keys.advance(199)
  assert.deepEqual(said, ['tones l_1 dtmf-1'])
  keys.advance(200)
  assert.deepEqual(said, ['tones l_1 dtmf-1', 'tones l_1 dtmf-2,dtmf-3,dtmf-4'])
  keys.send(leg, '5', 400)
  keys.advance(799)
  assert.equal(said.length, 2)
  keys.advance(800)
  assert.deepEqual(said.splice(0), ['tones l_1 dtmf-1', 'tones l_1 dtmf-2,dtmf-3,dtmf-4', 'tones l_1 dtmf-5'])
  keys.send(leg, '6'.repeat(1000), 1000)
  assert.equal(said.splice(0).join().split('dtmf-').length - 1, 64)
  keys.send(leg, '7', 1000)
  leg.phase = 'over'
  for (let now = 1000; now < 100_000; now += 200) keys.advance(now)
  assert.deepEqual(said, [])
})

test('a key that comes between two INFO requests waits too when the queue was empty', () => {
  const { keys, leg, said } = keysOn({ dtmf: 'info' })
  keys.send(leg, '1', 0)
  keys.advance(20)
  keys.send(leg, '2', 50)
  assert.deepEqual(said, ['info s_1 1'])
  keys.advance(250)
  assert.deepEqual(said, ['info s_1 1', 'info s_1 2'])
})

test('INFO requests follow one another at their pace, and none comes after the call', () => {
  const { keys, leg, said } = keysOn({ dtmf: 'info' })
  keys.send(leg, '12', 0)
  keys.send(leg, '3', 10)
  assert.deepEqual(said, ['info s_1 1'])
  keys.advance(249)
  assert.equal(said.length, 1)
  keys.advance(250)
  keys.advance(500)
  assert.deepEqual(said, ['info s_1 1', 'info s_1 2', 'info s_1 3'])
  keys.send(leg, '4', 750)
  keys.send(leg, '9'.repeat(1000), 750)
  leg.phase = 'over'
  for (let now = 1000; now < 100_000; now += 250) keys.advance(now)
  assert.equal(said.length, 4)
})

test('before the answer keys go with the sound, also to a trunk that wants INFO', () => {
  const { keys, leg, said } = keysOn({ dtmf: 'info' })
  leg.phase = 'calling'
  keys.send(leg, '1', 0)
  leg.phase = 'up'
  keys.send(leg, '2', 10)
  assert.deepEqual(said, ['events l_1 1', 'info s_1 2'])
})

test('each key has its two tones, and they stay within the scale', () => {
  const prompts = dtmfPrompts()
  assert.equal(Object.keys(prompts).length, 16)
  const five = prompts['dtmf-5']!
  const sounding = five.subarray(0, 800)
  assert.ok(purity(sounding, 770) > 0.4 && purity(sounding, 1336) > 0.4)
  assert.ok(five.every(sample => Math.abs(sample) <= 23_300))
  assert.ok(five.subarray(800).every(sample => sample === 0))
})

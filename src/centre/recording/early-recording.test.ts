import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HeardOnLine } from '../calls/heard.ts'
import { alice, setupOf, TestFloor } from '../testing.ts'
import { defaultTrunkRules } from '../trunks/trunk-rules.ts'

const carl = '+8613800000001'
const off: HeardOnLine = { type: 'announcement', id: 'an_1', label: 'POWER_OFF', confidence: 0.97, afterMs: 1400 }
const busy: HeardOnLine = { type: 'tone', tone: 'busy', confidence: 0.98, afterMs: 1100 }

function early(): TestFloor {
  const floor = new TestFloor()
  floor.ready(alice)
  floor.leads(carl)
  floor.do({ type: 'leg.early', leg: floor.call.leg })
  return floor
}

function unanswered(floor: TestFloor): void {
  floor.do({ type: 'leg.ended', leg: floor.call.leg, by: 'far', sipStatus: 480, q850: 20, cause: 'rejected' })
}

test('a recording begins with early media and goes on through the answer: it is one, from the first sound to the last', () => {
  const floor = early()
  const { leg } = floor.call
  const { recording, path } = floor.last('recording.opened')
  const { type: _, ...record } = floor.lastEffect('media.record')
  assert.deepEqual(record, { recording, call: floor.call.id, leg, path })
  floor.do({ type: 'leg.answered', leg })
  assert.equal(floor.count('recording.opened'), 1)
  floor.do({ type: 'leg.ended', leg, by: 'far', sipStatus: null, q850: 16, cause: 'bye' })
  assert.deepEqual(floor.lastEffect('media.stopRecording'), { type: 'media.stopRecording', recording })
  assert.equal(floor.count('recording.discarded'), 0)
})

test('ring-back and tones of a call that nobody answered are not kept', () => {
  const floor = early()
  const { recording, path } = floor.last('recording.opened')
  floor.do({ type: 'leg.heard', leg: floor.call.leg, heard: busy })
  unanswered(floor)
  assert.deepEqual(floor.last('recording.discarded').recording, recording)
  assert.deepEqual(floor.lastEffect('media.discardRecording'), { type: 'media.discardRecording', recording, path })
  assert.equal(floor.state.recordings.size, 0)
  assert.ok(!floor.effects.some(effect => effect.type === 'media.stopRecording'))
})

test('what the network announced is kept, answered or not', () => {
  const floor = early()
  const { recording } = floor.last('recording.opened')
  floor.do({ type: 'leg.heard', leg: floor.call.leg, heard: off })
  unanswered(floor)
  assert.equal(floor.count('recording.discarded'), 0)
  assert.deepEqual(floor.lastEffect('media.stopRecording'), { type: 'media.stopRecording', recording })
  floor.do({ type: 'recording.closed', recording, sha256: 'ab', bytes: 60, durationMs: 2000, salvaged: false })
  assert.equal(floor.last('recording.sealed').recording, recording)
})

test('a recording that failed before the answer is begun anew at the answer', () => {
  const floor = early()
  const { recording } = floor.last('recording.opened')
  floor.do({ type: 'recording.failed', recording, cause: 'io_error', reason: 'EIO' })
  floor.do({ type: 'leg.answered', leg: floor.call.leg })
  assert.equal(floor.count('recording.opened'), 2)
  assert.notEqual(floor.last('recording.opened').recording, recording)
})

test('what was lost of a recording stands with its seal', () => {
  const floor = early()
  const { recording } = floor.last('recording.opened')
  const whole = { sha256: 'ab', bytes: 60, durationMs: 2000, salvaged: false }
  floor.do({ type: 'recording.closed', recording, ...whole, lostMs: 812.4 })
  assert.equal(floor.last('recording.sealed').lostMs, 812)
})

for (const [earlyMedia, heard] of [
  ['ringback', 'ringback'],
  ['ignore', null],
] as const)
  test(`early media that a trunk's rules keep from who dials (${earlyMedia}) is listened to and recorded all the same`, () => {
    const { trunks } = setupOf({})
    const rules = { ...defaultTrunkRules, earlyMedia }
    const floor = new TestFloor({
      campaign: { mode: 'manual' },
      setup: { trunks: trunks.map(each => ({ ...each, rules })) },
    })
    floor.ready(alice)
    const nobody = { campaign: null, lead: null, party: null, name: null, relation: null }
    floor.do({ type: 'agent.dial', agent: alice, number: '+8613800000009', ...nobody })
    const { leg } = floor.call
    floor.do({ type: 'leg.early', leg })
    assert.equal(floor.count('call.early'), 1)
    assert.equal(floor.lastEffect('media.hear').what, 'carrier')
    assert.equal(floor.count('recording.opened'), 1)
    assert.ok(!floor.effects.some(effect => effect.type === 'media.patch'), 'not heard by who dials')
    const played = floor.effects.flatMap(effect => (effect.type === 'media.play' ? [effect.prompt] : []))
    assert.equal(played.at(-1) ?? null, heard)
    floor.do({ type: 'leg.answered', leg })
    assert.equal(floor.lastEffect('media.patch').a, leg)
    assert.equal(floor.count('recording.opened'), 1)
  })

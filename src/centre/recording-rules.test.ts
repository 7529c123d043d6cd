import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LegId, UserId } from '../lib/ids.ts'
import { changedRules, recordingRules } from './recording-rules.ts'
import { alice, bob, TestFloor } from './testing.ts'

const carl = '+8613800000001'
const nobody = { campaign: null, lead: null, name: null, party: null, relation: 'SELF' } as const
const set = (floor: TestFloor, key: string, value: string) =>
  floor.do({ type: 'records.committed', facts: [{ type: 'setting.saved', key, value }] })
const aliceLeg = `st_${alice}` as LegId

test('a full disk is an alarm, told once; where nothing else is wanted calls go on', () => {
  const floor = new TestFloor()
  floor.ready(alice)
  floor.do({ type: 'recorder.disk', disk: 'full' })
  floor.do({ type: 'recorder.disk', disk: 'full' })
  assert.equal(floor.count('recorder.diskChanged'), 1)
  assert.match(floor.last('safety.alarmed').words, /calls go on/)
  floor.leads(carl)
  assert.equal(floor.count('call.dialed'), 1)
  assert.equal(floor.caller().phase === 'ended', false)
})

test('a lender who wants no call that is not recorded dials nobody while the disk is full, and goes on by itself', () => {
  const floor = new TestFloor()
  set(floor, 'recording.whenFull', 'refuse')
  floor.do({ type: 'recorder.disk', disk: 'full' })
  floor.ready(alice)
  floor.leads(carl)
  assert.equal(floor.count('call.dialed'), 0)
  const byHand = floor.do({ type: 'agent.dial', agent: alice, number: carl, ...nobody })
  assert.equal(byHand.refusal?.rule, 'no_recording')
  floor.do({ type: 'recorder.disk', disk: 'well' })
  assert.equal(floor.count('call.dialed'), 1)
})

test('a disk that cannot be written counts as a full one: an alarm, and no call where the lender wants none unrecorded', () => {
  const floor = new TestFloor()
  floor.ready(alice)
  floor.do({ type: 'recorder.disk', disk: 'unwritable' })
  assert.equal(floor.last('safety.alarmed').rule, 'disk_unwritable')
  assert.match(floor.last('safety.alarmed').words, /cannot be written: calls go on/)
  set(floor, 'recording.whenFull', 'refuse')
  floor.leads(carl)
  assert.equal(floor.count('call.dialed'), 0)
  assert.equal(floor.do({ type: 'agent.dial', agent: alice, number: carl, ...nobody }).refusal?.rule, 'no_recording')
  floor.caller()
  assert.equal(floor.lastEffect('phone.reject').sipStatus, 503)
  floor.do({ type: 'agent.dial', agent: alice, number: '110', ...nobody })
  assert.equal(floor.last('call.dialed').number, '110')
  floor.do({ type: 'recorder.disk', disk: 'well' })
  assert.equal(floor.state.recorder.disk, 'well')
})

test('then callers are turned away with 503, before anybody answers them', () => {
  const floor = new TestFloor()
  set(floor, 'recording.whenFull', 'refuse')
  floor.do({ type: 'recorder.disk', disk: 'full' })
  floor.ready(alice)
  floor.caller()
  const { sipStatus } = floor.lastEffect('phone.reject')
  assert.equal(sipStatus, 503)
  assert.equal(floor.last('call.ended').ending.text, 'no recording can be made')
})

test('and an emergency number passes all the same', () => {
  const floor = new TestFloor()
  set(floor, 'recording.whenFull', 'refuse')
  floor.do({ type: 'recorder.disk', disk: 'full' })
  floor.ready(alice)
  floor.do({ type: 'agent.dial', agent: alice, number: '110', ...nobody })
  assert.equal(floor.last('call.dialed').number, '110')
})

test('recordings of calls that nobody answered are kept all, or none, by rule', () => {
  for (const [rule, isKept] of [
    ['all', true],
    ['heard', false],
    ['none', false],
  ] as const) {
    const floor = new TestFloor()
    set(floor, 'recording.unanswered', rule)
    floor.ready(alice)
    floor.leads(carl)
    const { leg } = floor.call
    floor.do({ type: 'leg.early', leg })
    floor.do({ type: 'leg.ended', leg, by: 'far', sipStatus: 480, q850: 20, cause: 'rejected' })
    assert.equal(floor.count('recording.discarded'), isKept ? 0 : 1, rule)
  }
  assert.deepEqual(changedRules(recordingRules({}), { key: 'recording.unanswered', value: 'nonsense' }), {
    whenFull: 'goOn',
    unanswered: 'heard',
  })
})

test('what a recording lacks so far is a fact while it goes on; of one that is not open it is none', () => {
  const floor = new TestFloor()
  floor.ready(alice)
  floor.caller()
  const { recording, call } = floor.last('recording.opened')
  const lost: [number, number][] = Array.from({ length: 120 }, (_, n) => [n * 1000, 10])
  floor.do({ type: 'recording.lost', recording, lostMs: 1200.4, lost })
  const told = floor.last('recording.soundLost')
  assert.deepEqual([told.call, told.lostMs, told.lost.length], [call, 1200, 100])
  assert.equal(
    floor.do({ type: 'recording.lost', recording: 'r_none' as never, lostMs: 1, lost: [] }).refusal?.rule,
    'recording_unknown',
  )
})

test('the rest of a call whose recording failed is a new part, but where it failed at once or the call is over', () => {
  const floor = new TestFloor()
  floor.ready(alice)
  floor.caller()
  const fail = () => {
    const { recording } = floor.last('recording.opened')
    floor.do({ type: 'recording.failed', recording, cause: 'thread', reason: 'it died' })
    return recording
  }
  floor.pass(9_000)
  fail()
  assert.equal(floor.count('recording.opened'), 1, 'within ten seconds: it would fail again')
  const other = new TestFloor()
  other.ready(alice)
  other.caller()
  other.pass(10_000)
  const first = other.last('recording.opened').recording
  other.do({ type: 'recording.failed', recording: first, cause: 'thread', reason: 'it died' })
  const { recording: second, call, kind } = other.last('recording.opened')
  assert.deepEqual([second === first, call, kind], [false, other.call.id, undefined])
  assert.deepEqual([other.call.recording, other.lastEffect('media.record').leg], [second, other.call.leg])
  other.do({ type: 'recording.failed', recording: second, cause: 'thread', reason: 'it died' })
  assert.equal(other.count('recording.opened'), 2)
  const over = new TestFloor()
  over.ready(alice)
  over.caller()
  over.pass(20_000)
  const { recording } = over.last('recording.opened')
  over.do({ type: 'leg.ended', leg: over.call.leg, by: 'far', sipStatus: null, q850: 16, cause: 'bye' })
  over.do({ type: 'recording.failed', recording, cause: 'io_error', reason: 'EIO' })
  assert.deepEqual([over.count('recording.missing'), over.count('recording.opened')], [1, 1])
})

/** alice talks to a caller and asks bob. */
function consulting(): TestFloor {
  const floor = new TestFloor()
  floor.ready(alice)
  floor.caller()
  floor.ready(bob)
  floor.do({ type: 'agent.consult', agent: alice, call: floor.call.id, target: { agent: bob as UserId } })
  return floor
}

test('what two agents say while the party hears music is a recording of its own, of the leg of who asks', () => {
  const floor = consulting()
  const { recording, kind, call } = floor.last('recording.opened')
  assert.deepEqual([kind, call], ['consultation', floor.call.id])
  assert.equal(floor.lastEffect('media.record').leg, aliceLeg)
  assert.notEqual(floor.call.recording, recording, 'the recording of the call is another, and goes on')
  floor.do({ type: 'agent.endConsult', agent: alice, call: floor.call.id })
  assert.deepEqual(floor.lastEffect('media.stopRecording'), { type: 'media.stopRecording', recording })
  assert.ok(floor.state.recordings.has(floor.call.recording!))
})

test('the rest of a consultation whose recording failed is a new part of it, but where it failed at once or is over', () => {
  const floor = consulting()
  const fail = () => {
    const { recording } = floor.last('recording.opened')
    floor.do({ type: 'recording.failed', recording, cause: 'thread', reason: 'it died' })
    return recording
  }
  floor.pass(10_000)
  const first = fail()
  const { recording, kind, call } = floor.last('recording.opened')
  assert.deepEqual([recording === first, kind, call], [false, 'consultation', floor.call.id])
  assert.deepEqual([floor.lastEffect('media.record').leg, floor.call.consult?.recording], [aliceLeg, recording])
  fail()
  assert.equal(floor.count('recording.opened'), 3, 'within ten seconds: it would fail again')
  floor.do({ type: 'agent.endConsult', agent: alice, call: floor.call.id })
  const over = consulting()
  over.pass(10_000)
  const { recording: last } = over.last('recording.opened')
  over.do({ type: 'agent.endConsult', agent: alice, call: over.call.id })
  over.do({ type: 'recording.failed', recording: last, cause: 'thread', reason: 'it died' })
  assert.equal(over.count('recording.opened'), 2)
})

test('turning to the party ends it, turning back begins another, and so it is when the call is given away or over', () => {
  const floor = consulting()
  const turn = (to: 'party' | 'other' | 'both') =>
    floor.do({ type: 'agent.turn', agent: alice, call: floor.call.id, to })
  const stopped = () => floor.effects.filter(({ type }) => type === 'media.stopRecording').length
  turn('party')
  assert.equal(stopped(), 1)
  turn('other')
  assert.equal(floor.count('recording.opened'), 3)
  turn('both')
  assert.equal(stopped(), 2, 'with three of them the party hears all, and so does its recording')
  turn('other')
  floor.do({ type: 'agent.transfer', agent: alice, call: floor.call.id, target: 'consulted' })
  assert.equal(stopped(), 3)
  const over = consulting()
  over.do({ type: 'leg.ended', leg: over.call.leg, by: 'far', sipStatus: null, q850: 16, cause: 'bye' })
  assert.equal(over.effects.filter(({ type }) => type === 'media.stopRecording').length, 2)
})

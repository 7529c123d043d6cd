import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LegId, UserId } from '../../lib/ids.ts'
import { alice, bob, TestFloor } from '../testing.ts'
import { changedRules, recordingRules } from './recording-rules.ts'

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

function failRecording(floor: TestFloor) {
  const { recording } = floor.last('recording.opened')
  floor.do({ type: 'recording.failed', recording, cause: 'thread', reason: 'it died' })
  return recording
}

/** alice talks to a caller. */
function talking(): TestFloor {
  const floor = new TestFloor()
  floor.ready(alice)
  floor.caller()
  return floor
}

test('the rest of a call whose recording failed is a new part, unless the call is over', () => {
  const floor = talking()
  floor.pass(10_000)
  const first = failRecording(floor)
  const { recording: second, call, kind } = floor.last('recording.opened')
  assert.deepEqual([second === first, call, kind], [false, floor.call.id, undefined])
  assert.deepEqual([floor.call.recording, floor.lastEffect('media.record').leg], [second, floor.call.leg])
  const over = talking()
  over.pass(5_000)
  const { recording } = over.last('recording.opened')
  const ended = over.call
  over.partyEnds(ended)
  over.do({ type: 'recording.failed', recording, cause: 'io_error', reason: 'EIO' })
  over.pass(60_000)
  assert.deepEqual([over.count('recording.missing'), over.count('recording.opened')], [1, 1])
  const soon = talking()
  failRecording(soon)
  soon.partyEnds(soon.call)
  soon.pass(60_000)
  assert.equal(soon.count('recording.opened'), 1)
})

test('a recording that fails at once is tried again ten seconds after it began, and ever more seldom while it goes on failing', () => {
  const floor = talking()
  floor.pass(9_000)
  failRecording(floor)
  floor.pass(999)
  assert.equal(floor.count('recording.opened'), 1)
  floor.pass(1)
  assert.equal(floor.count('recording.opened'), 2)
  failRecording(floor)
  for (const waitMs of [20_000, 40_000, 80_000, 160_000, 300_000, 300_000]) {
    const before = floor.count('recording.opened')
    floor.pass(waitMs - 1)
    assert.equal(floor.count('recording.opened'), before, `${waitMs}`)
    floor.pass(1)
    assert.equal(floor.count('recording.opened'), before + 1, `${waitMs}`)
    failRecording(floor)
  }
  floor.pass(300_000 + 10_000)
  failRecording(floor)
  assert.equal(floor.count('recording.opened'), 10, 'one that was heard for ten seconds is followed at once')
})

test('a call whose recording failed is recorded again as soon as the disk is well, and not more often than every ten seconds', () => {
  const floor = talking()
  floor.do({ type: 'recorder.disk', disk: 'unwritable' })
  for (const waitMs of [10_000, 20_000, 40_000, 80_000, 160_000, 300_000]) {
    failRecording(floor)
    floor.pass(waitMs)
  }
  failRecording(floor)
  floor.pass(60_000)
  assert.equal(floor.count('recording.opened'), 7)
  floor.do({ type: 'recorder.disk', disk: 'well' })
  assert.equal(floor.count('recording.opened'), 8)
  for (let n = 0; n < 9; n++) {
    floor.do({ type: 'recorder.disk', disk: 'unwritable' })
    failRecording(floor)
    floor.do({ type: 'recorder.disk', disk: 'well' })
    floor.pass(500)
  }
  floor.pass(5_499)
  assert.equal(floor.count('recording.opened'), 8)
  floor.pass(1)
  assert.equal(floor.count('recording.opened'), 9)
  assert.equal(floor.state.recordings.size, 1)
})

test('a clock that is set makes no recording that failed an older or a younger one', () => {
  for (const byMs of [3_600_000, -3_600_000]) {
    const floor = talking()
    floor.pass(5_000)
    floor.clock.advance(byMs)
    floor.do({ type: 'clock.stepped', byMs })
    failRecording(floor)
    assert.equal(floor.count('recording.opened'), 1, `${byMs}`)
    floor.clock.advance(-byMs)
    floor.do({ type: 'clock.stepped', byMs: -byMs })
    floor.pass(4_999)
    assert.equal(floor.count('recording.opened'), 1, `${byMs}`)
    floor.pass(1)
    assert.equal(floor.count('recording.opened'), 2, `${byMs}`)
    floor.pass(12_000)
    floor.clock.advance(byMs)
    floor.do({ type: 'clock.stepped', byMs })
    failRecording(floor)
    assert.equal(floor.count('recording.opened'), 3, `${byMs}: it was heard for twelve seconds`)
  }
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

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LegId } from '../lib/ids.ts'
import { decide } from './decide.ts'
import { floorFrom, nextDeadline } from './floor.ts'
import type { Input } from './inputs.ts'
import { proceed } from './proceed.ts'
import type { FloorState } from './state.ts'
import { apply } from './step.ts'
import { alice, bob, campaign, leadOf, queue, setupOf, TestFloor, tenOClock, trunk } from './testing.ts'

/** Everything in the state, as text; the do-not-call list is asked number by number. */
function snapshot(state: FloorState): string {
  const plain = (_key: string, value: unknown) =>
    value instanceof Map ? [...value] : value instanceof Set ? [...value] : value
  return JSON.stringify({ ...state, suppressed: state.suppressed.size }, plain)
}

test('deciding changes nothing: neither an input nor what follows from it', () => {
  const floor = new TestFloor()
  floor.ready(alice)
  floor.leads('+8613800000001', '+8613800000002', '+8613800000003')
  floor.do({ type: 'leg.answered', leg: floor.call.leg })
  const { call } = floor
  floor.ready(bob)
  const { leg } = floor.lastEffect('phone.dial')
  const none = { note: '', fields: {}, callbackAt: null, callbackMine: false, next: 'ready' } as const
  const inputs: Input[] = [
    { type: 'tick' },
    { type: 'leg.answered', leg },
    { type: 'leg.ended', leg, by: 'far', sipStatus: 486, q850: 17, cause: 'rejected' },
    { type: 'leg.ended', leg: call.leg, by: 'far', sipStatus: null, q850: 16, cause: 'bye' },
    { type: 'agent.hold', agent: alice, call: call.id },
    { type: 'agent.hangUp', agent: alice, call: call.id },
    { type: 'agent.break', agent: bob, reason: 'tea' },
    { type: 'agent.signOff', agent: alice, reason: 'home' },
    { type: 'agent.dispose', agent: alice, call: call.id, code: 'sold', ...none },
    { type: 'station.down', agent: alice, leg: `st_${alice}` as LegId, reason: 'reload' },
    { type: 'leg.offered', leg: 'x' as LegId, trunk, from: '139', to: '95588' },
    { type: 'leads.loaded', campaign, leads: [leadOf('le_8', '+8613800000008')], exhausted: true },
    { type: 'records.committed', facts: [{ type: 'queue.removed', queue }] },
  ]
  const before = snapshot(floor.state)
  for (const input of inputs) {
    decide(floor.state, input, { now: floor.clock.now(), actor: 'system' })
    proceed(floor.state, { now: floor.clock.now() + 100_000, actor: 'system' })
    assert.equal(snapshot(floor.state), before, input.type)
  }
})

test('ids are drawn from the boot instant on and never twice', () => {
  const floor = new TestFloor()
  floor.ready(alice, bob)
  floor.leads('+8613800000001', '+8613800000002')
  const legs = floor.facts.filter(fact => fact.type === 'call.dialed').flatMap(fact => [fact.call, fact.leg])
  assert.equal(new Set(legs).size, 4)
  assert.ok(legs.every(id => id.includes(tenOClock.toString(36))))
})

test('the next deadline is the earliest instant that still stands', () => {
  const floor = new TestFloor()
  assert.equal(nextDeadline(floor.state), null)
  floor.ready(alice)
  floor.leads('+8613800000001')
  assert.equal(nextDeadline(floor.state), floor.call.startedAt + 40_000, 'a phone layer that says nothing')
  floor.do({ type: 'leg.answered', leg: floor.call.leg })
  assert.equal(nextDeadline(floor.state), null, 'people may talk as long as they like')
  floor.partyEnds(floor.call)
  assert.equal(nextDeadline(floor.state), floor.clock.now() + 15_000)
})

test('facts about what is gone are passed over', () => {
  const state = floorFrom(setupOf({}), tenOClock)
  apply(state, { facts: [{ type: 'call.ringing', call: 'c_gone' as never }], effects: [], refusal: null }, tenOClock)
  assert.equal(state.calls.size, 0)
})

test('a recording that was open before a restart is sealed when it is salvaged', () => {
  const open = { recording: 'r_old' as never, call: 'c_old' as never, path: '2026/11/23/r_old.wav' }
  const floor = new TestFloor({ setup: { openRecordings: [open] } })
  const file = { sha256: 'ab', bytes: 1, durationMs: 1, salvaged: true }
  floor.do({ type: 'recording.closed', recording: open.recording, ...file })
  assert.deepEqual([floor.last('recording.sealed').call, floor.last('recording.sealed').salvaged], [open.call, true])
  assert.equal(
    floor.do({ type: 'recording.closed', recording: open.recording, ...file }).refusal?.rule,
    'recording_unknown',
  )
})

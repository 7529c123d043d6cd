import assert from 'node:assert/strict'
import { test } from 'node:test'
import { alice, bob, type FloorOptions, queue, setupOf, TestFloor } from '../testing.ts'

const number = '+8613800000001'

/** A customer of a campaign who has talked to alice. */
function talkedTo(options: FloorOptions = {}) {
  const floor = new TestFloor({
    campaign: { policy: 'LAB-ANY-HOUR' },
    ...options,
    setup: { lab: true, ...options.setup },
  })
  floor.ready(alice)
  floor.leads(number)
  const { call } = floor
  floor.do({ type: 'leg.answered', leg: call.leg })
  assert.deepEqual([call.phase, call.agent], ['talking', alice])
  floor.pass(120_000)
  return { floor, call }
}

/** As the law has it, nobody was kept waiting: neither the journal nor pacing counts it, and no apology is owed. */
function assertNotAbandoned(floor: TestFloor) {
  assert.equal(floor.count('call.abandoned'), 0)
  assert.notEqual(floor.last('call.ended').ending.result, 'ABANDONED')
  assert.ok(!floor.facts.some(fact => fact.type === 'callback.scheduled' && fact.callback.reason === 'abandoned'))
}

test('who was talked to, is parked, and is ended there by a supervisor was not abandoned, and is owed nothing', () => {
  const { floor, call } = talkedTo()
  floor.do({ type: 'agent.park', agent: alice, call: call.id, slot: null })
  assert.equal(call.phase, 'waiting')
  floor.dispose(call, alice, 'never')
  floor.do({ type: 'call.end', call: call.id, by: 'supervisor' })
  assertNotAbandoned(floor)
  assert.equal(floor.count('callback.scheduled'), 0)
})

test('who was passed on, talked to, and lost by that browser waits again, and was not abandoned when nobody comes', () => {
  for (const how of ['waits', 'hangs up'] as const) {
    const users = setupOf({}).users
    const { floor, call } = talkedTo({ setup: { users } })
    floor.ready(bob)
    floor.do({ type: 'agent.transfer', agent: alice, call: call.id, target: { queue } })
    assert.equal(call.agent, bob, how)
    floor.do({ type: 'agent.break', agent: alice, reason: 'tea' })
    floor.do({ type: 'station.down', agent: bob, leg: `st_${bob}` as never, reason: 'crash' })
    floor.pass(15_000)
    assert.equal(call.phase, 'waiting', how)
    if (how === 'waits') floor.pass(20 * 60_000)
    floor.partyEnds(call)
    assertNotAbandoned(floor)
    assert.equal(floor.last('callback.scheduled').callback.reason, 'overflow')
  }
})

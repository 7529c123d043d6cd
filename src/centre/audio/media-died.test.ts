import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LegId } from '../../lib/ids.ts'
import { alice, bob, TestFloor } from '../testing.ts'

test('the death of a media thread is one alarm, with the calls that go on and those that were cut off', () => {
  const floor = new TestFloor({ campaign: { mode: 'manual' } })
  floor.ready(alice)
  floor.ready(bob)
  const [moved, cut, waits] = [floor.caller('13900001111'), floor.caller('13900002222'), floor.caller('13900003333')]
  const stationOf = (call: typeof moved) => floor.agent(call.agent!).stationLeg!
  floor.do({
    type: 'media.died',
    moved: [moved.leg, stationOf(moved), stationOf(cut), waits.leg],
    lost: [cut.leg, 'l_of_nobody' as LegId],
  })
  const { rule, goOn, cut: cutOff, user, call } = floor.last('safety.alarmed')
  assert.deepEqual([rule, goOn, cutOff, user, call], ['media_died', 2, 1, null, null])
  assert.equal(floor.state.toll.alarmsSince(0), 1, 'the wallboard counts it')
  floor.do({ type: 'media.died', moved: [], lost: [stationOf(moved)] })
  assert.deepEqual([floor.last('safety.alarmed').goOn, floor.last('safety.alarmed').cut], [1, 0])
  floor.do({ type: 'media.died', moved: [], lost: [] })
  assert.deepEqual(
    [floor.count('safety.alarmed'), floor.last('safety.alarmed').goOn],
    [3, 0],
    'one that carried nothing',
  )
})

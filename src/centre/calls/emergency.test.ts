import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TrunkId } from '../../lib/ids.ts'
import { TestFloor, trunk } from '../testing.ts'
import type { TrunkTrouble } from '../trunks/trunk-trouble.ts'
import { emergencyWay } from './emergency.ts'

const other = 't_other' as TrunkId

/** Two trunks that are up, the first of them the one that is taken where both do. */
function twoTrunks() {
  const floor = new TestFloor({})
  const [first] = floor.state.trunks.values()
  assert.equal(first!.trunk.id, trunk)
  floor.do({ type: 'records.committed', facts: [{ type: 'trunk.saved', trunk: { ...first!.trunk, id: other } }] })
  floor.do({ type: 'trunk.up', trunk: other })
  const taken = () => emergencyWay(floor.state, floor.clock.now())?.line.trunk
  const down = (id: TrunkId, why: TrunkTrouble) => floor.do({ type: 'trunk.down', trunk: id, reason: why, why })
  return { floor, taken, down }
}

test('a call for help goes by a trunk that answers before one that leaves calls without a response', () => {
  const { floor, taken } = twoTrunks()
  assert.equal(taken(), trunk)
  const eased = floor.state.trunks.get(trunk)!
  eased.ease = { ...eased.ease, share: 0.5, at: floor.clock.now() }
  assert.equal(taken(), other)
  const full = { ...floor.state.trunks.get(other)!.trunk, maxCalls: 0 }
  floor.do({ type: 'records.committed', facts: [{ type: 'trunk.saved', trunk: full }] })
  assert.equal(taken(), trunk, 'a trunk that is full would refuse it')
})

test('and where all are down by one that was refused something before one where nobody answers', () => {
  for (const why of ['calls_silent', 'options_silent', 'registration_silent'] as const) {
    const { taken, down } = twoTrunks()
    down(trunk, why)
    down(other, 'registration_refused')
    assert.equal(taken(), other, why)
  }
})

test('and before both by one where OPTIONS are refused: somebody is there, and calls may be taken', () => {
  const before = ['calls_silent', 'options_silent', 'registration_silent', 'registration_refused', 'closed'] as const
  for (const why of before) {
    const { floor, taken, down } = twoTrunks()
    down(trunk, why)
    down(other, 'options_refused')
    assert.equal(taken(), other, why)
    floor.do({ type: 'trunk.up', trunk })
    assert.equal(taken(), trunk, 'one that is up is taken before')
  }
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LegId } from '../../lib/ids.ts'
import { alice, bob, setupOf, TestFloor } from '../testing.ts'
import { defaultTrunkRules, type TrunkRules } from '../trunks/trunk-rules.ts'

const nobody = { campaign: null, lead: null, party: null, name: null, relation: null }

/** Alice dials by hand. */
function dialled(earlyMedia: TrunkRules['earlyMedia'] = 'pass'): TestFloor {
  const { trunks } = setupOf({})
  const rules = { ...defaultTrunkRules, earlyMedia }
  const floor = new TestFloor({
    campaign: { mode: 'manual' },
    setup: { trunks: trunks.map(each => ({ ...each, rules })) },
  })
  floor.ready(alice)
  floor.do({ type: 'agent.dial', agent: alice, number: '+8613800000009', ...nobody })
  return floor
}
const keys = (floor: TestFloor) =>
  floor.effects.flatMap(effect => (effect.type === 'phone.sendDigits' ? [`${effect.leg} ${effect.digits}`] : []))

test('who dials and hears a menu before the answer gets through it with keys, on the page and on the desk phone', () => {
  const floor = dialled()
  const { leg, id: call } = floor.call
  const press = () => floor.do({ type: 'agent.sendDigits', agent: alice, call, digits: '2#' })
  assert.equal(press().refusal?.rule, 'not_talking', 'nothing is heard yet')
  floor.do({ type: 'leg.early', leg })
  assert.equal(press().refusal, null)
  floor.do({ type: 'leg.digit', leg: `st_${alice}` as LegId, digit: '7' })
  assert.deepEqual(keys(floor), [`${leg} 2#`, `${leg} 7`])
  assert.deepEqual(
    floor.facts.flatMap(fact => (fact.type === 'call.digit' ? [`${fact.from} ${fact.digit}`] : [])),
    ['agent •', 'agent •', 'agent •'],
    'which keys they were stands nowhere',
  )
  assert.equal(floor.do({ type: 'agent.sendDigits', agent: bob, call, digits: '1' }).refusal?.rule, 'not_your_call')
})

for (const earlyMedia of ['ringback', 'ignore'] as const)
  test(`where the trunk keeps the network from who dials (${earlyMedia}), no keys go there before the answer`, () => {
    const floor = dialled(earlyMedia)
    const { leg, id: call } = floor.call
    floor.do({ type: 'leg.early', leg })
    floor.do({ type: 'agent.sendDigits', agent: alice, call, digits: '2' })
    floor.do({ type: 'leg.digit', leg: `st_${alice}` as LegId, digit: '7' })
    assert.deepEqual(keys(floor), [])
    floor.do({ type: 'leg.answered', leg })
    floor.do({ type: 'agent.sendDigits', agent: alice, call, digits: '2' })
    assert.deepEqual(keys(floor), [`${leg} 2`])
  })

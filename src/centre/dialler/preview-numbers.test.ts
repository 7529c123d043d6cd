import assert from 'node:assert/strict'
import { test } from 'node:test'
import { alice, campaign, leadOf, TestFloor } from '../testing.ts'

const own = '+8613800000001'
const other = '+8613800000002'
const suppressed = '+8613800000003'

function offered(): TestFloor {
  const floor = new TestFloor({ campaign: { mode: 'preview' } })
  floor.do({
    type: 'records.committed',
    facts: [{ type: 'suppression.added', number: suppressed, reason: 'asked', until: null }],
  })
  floor.ready(alice)
  const phones = [own, other, suppressed].map(number => ({ number, relation: 'SELF' as const }))
  floor.do({ type: 'leads.loaded', campaign, leads: [{ ...leadOf('le_0', own), phones }], exhausted: true })
  assert.equal(floor.agent(alice).phase, 'preview')
  return floor
}

test('an agent who previews picks one of the numbers of the lead', () => {
  const floor = offered()
  floor.do({ type: 'agent.acceptPreview', agent: alice, phone: 1 })
  assert.equal(floor.last('call.dialed').number, other)
})

test('without a choice the first number that may be called is dialled', () => {
  const floor = offered()
  floor.do({ type: 'agent.acceptPreview', agent: alice })
  assert.equal(floor.last('call.dialed').number, own)
})

test('a number that may not be called is refused by its rule, and one that is not there is no number', () => {
  const barred = offered()
  const { refusal } = barred.do({ type: 'agent.acceptPreview', agent: alice, phone: 2 })
  assert.equal(refusal?.rule, 'do_not_call')
  assert.equal(barred.count('call.dialed'), 0)
  const none = offered()
  assert.equal(none.do({ type: 'agent.acceptPreview', agent: alice, phone: 7 }).refusal?.rule, 'number_invalid')
  assert.equal(none.agent(alice).phase, 'preview', 'the offer stands')
})

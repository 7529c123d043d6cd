import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CallId } from '../../lib/ids.ts'
import { alice, TestFloor } from '../testing.ts'

test('keys of a talk are counted in the journal by who pressed them, and not named; the party’s menu hears the agent’s all the same', () => {
  const floor = new TestFloor({})
  floor.ready(alice)
  const call = floor.caller()
  assert.equal(call.phase, 'talking')
  for (const digit of '6222') floor.do({ type: 'leg.digit', leg: call.leg, digit })
  floor.do({ type: 'agent.sendDigits', agent: alice, call: call.id, digits: '37#' })
  assert.equal(floor.lastEffect('phone.sendDigits').digits, '37#')
  const keys = floor.facts.filter(fact => fact.type === 'call.digit')
  const pressed = (from: string) =>
    keys
      .filter(key => key.from === from)
      .map(key => key.digit)
      .join('')
  assert.deepEqual([pressed('party'), pressed('agent')], ['••••', '•••'])
})

test('keys that came too late to be sent are told beside those that were pressed, also of a call that is over', () => {
  const floor = new TestFloor({})
  floor.ready(alice)
  const call = floor.caller()
  floor.do({ type: 'agent.sendDigits', agent: alice, call: call.id, digits: '37#' })
  floor.do({ type: 'call.keysLate', call: call.id, keys: 3 })
  assert.deepEqual(floor.last('call.keysUnsent'), { type: 'call.keysUnsent', call: call.id, keys: 3 })
  floor.do({ type: 'agent.hangUp', agent: alice, call: call.id })
  floor.do({ type: 'call.keysLate', call: call.id, keys: 1 })
  assert.equal(floor.count('call.keysUnsent'), 2)
  floor.do({ type: 'call.keysLate', call: 'c_unheard_of' as CallId, keys: 3 })
  assert.equal(floor.count('call.keysUnsent'), 2)
})

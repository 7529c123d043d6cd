import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Case, type CaseCommand, type CaseState, caseStates, isClosed, moveCase, movedFact } from './case.ts'

const inState = (state: CaseState, more: Partial<Case> = {}): Case => ({
  id: 'ca',
  party: 'K',
  state,
  before: state === 'HOLD' ? 'PTP' : null,
  agent: 'u_alice',
  loans: ['L'],
  holdReason: state === 'HOLD' ? 'dispute' : null,
  ...more,
})
const after = (state: CaseState, command: CaseCommand, more: Partial<Case> = {}) => {
  const moved = moveCase(inState(state, more), command)
  return moved.ok ? moved.case.state : moved.rule
}

test('every state answers every command with the next state or the rule that says no', () => {
  const commands: CaseCommand[] = [
    { type: 'assign', agent: 'u_bob' },
    { type: 'work' },
    { type: 'promise' },
    { type: 'promisesOver' },
    { type: 'hold', reason: 'complaint' },
    { type: 'release' },
    { type: 'close', as: 'SETTLED' },
    { type: 'send', to: 'OUTSOURCED' },
    { type: 'recall' },
    { type: 'reopen' },
  ]
  const no = 'case-not-there'
  const table: Record<string, string[]> = {
    IMPORTED: ['ASSIGNED', 'WORKING', 'PTP', 'IMPORTED', 'HOLD', no, 'SETTLED', 'OUTSOURCED', no, no],
    ASSIGNED: ['ASSIGNED', 'WORKING', 'PTP', 'ASSIGNED', 'HOLD', no, 'SETTLED', 'OUTSOURCED', no, no],
    WORKING: ['ASSIGNED', 'WORKING', 'PTP', 'WORKING', 'HOLD', no, 'SETTLED', 'OUTSOURCED', no, no],
    PTP: ['PTP', 'PTP', 'PTP', 'WORKING', 'HOLD', no, 'SETTLED', 'OUTSOURCED', no, no],
    HOLD: ['HOLD', 'case-on-hold', 'case-on-hold', 'HOLD', 'HOLD', 'PTP', 'SETTLED', 'case-on-hold', no, no],
    OUTSOURCED: [
      'OUTSOURCED',
      'OUTSOURCED',
      'OUTSOURCED',
      'OUTSOURCED',
      'HOLD',
      no,
      'SETTLED',
      'OUTSOURCED',
      'ASSIGNED',
      no,
    ],
    LEGAL: ['LEGAL', 'LEGAL', 'LEGAL', 'LEGAL', 'HOLD', no, 'SETTLED', 'OUTSOURCED', 'ASSIGNED', no],
  }
  for (const state of caseStates) {
    const told = commands.map(command => after(state, command))
    if (isClosed(state)) assert.deepEqual(told, [...Array(9).fill('case-closed'), 'ASSIGNED'], state)
    else assert.deepEqual(told, table[state], state)
  }
})

test('a hold keeps where it came from, also when the promise is over meanwhile or another collector takes it on', () => {
  const held = moveCase(inState('PTP'), { type: 'hold', reason: 'hardship' })
  assert.ok(held.ok)
  assert.deepEqual([held.case.before, held.case.holdReason], ['PTP', 'hardship'])
  const over = moveCase(held.case, { type: 'promisesOver' })
  assert.ok(over.ok)
  const assigned = moveCase(over.case, { type: 'assign', agent: 'u_bob' })
  assert.ok(assigned.ok)
  const released = moveCase(assigned.case, { type: 'release' })
  assert.ok(released.ok)
  assert.deepEqual(
    [released.case.state, released.case.agent, released.case.before, released.case.holdReason],
    ['WORKING', 'u_bob', null, null],
  )
})

test('without a collector a case goes back to where it was imported', () => {
  assert.equal(after('OUTSOURCED', { type: 'recall' }, { agent: null }), 'IMPORTED')
  assert.equal(after('CURED', { type: 'reopen' }, { agent: null }), 'IMPORTED')
})

test('a move that changes nothing is no fact', () => {
  const one = inState('WORKING')
  const moved = moveCase(one, { type: 'work' })
  assert.ok(moved.ok)
  assert.deepEqual(movedFact(one, moved.case, 'again'), [])
})

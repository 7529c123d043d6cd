import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Fact } from '../../src/centre/facts.ts'
import { accountOf } from './account.ts'
import { spreadOf } from './prediction.ts'

const state = (agent: string, to: string, at: number) => ({
  at,
  fact: { type: 'agent.stateChanged', agent, state: to, reason: null, call: null, until: null } as unknown as Fact,
})
const call = (type: string, id: string, at: number) => ({
  at,
  fact: { type, call: id, number: `+86${id}`, campaign: 'k', queue: null } as unknown as Fact,
})

test('talk and wrap-up count of the time signed on without breaks, cut to the window', () => {
  const lines = [
    state('a', 'ready', 0),
    state('b', 'break', 0),
    state('a', 'talking', 50),
    state('a', 'wrapping', 120),
    state('a', 'ready', 150),
    state('b', 'ready', 180),
    state('a', 'signed_off', 190),
  ]
  // a: 100–190 there, 100–150 busy; b: 180–200 there.
  assert.equal(accountOf(lines, { from: 100, until: 200 }).utilisation, 50 / 110)
})

test('live answers are the connected and the abandoned of calls that we placed', () => {
  const lines = [
    call('call.dialed', '1', 10),
    call('call.dialed', '2', 10),
    call('call.dialed', '3', 99),
    call('call.answered', '1', 20),
    call('call.answered', '2', 20),
    call('call.connected', '1', 1520),
    call('call.abandoned', '2', 2020),
    call('call.abandoned', 'someone who called us', 2020),
  ]
  const { waits, ...found } = accountOf(lines, { from: 0, until: 3000 })
  assert.deepEqual(found, { utilisation: 0, dialled: 3, answered: 2, connected: 1, abandoned: 1, abandonRate: 0.5 })
  assert.deepEqual([...waits], [['+861', 1500]])
  assert.equal(accountOf(lines, { from: 50, until: 1000 }).answered, 0)
})

test('within noise is within two standard deviations of the runs of the model', () => {
  const runs = [9, 10, 11]
  assert.deepEqual(
    [spreadOf(runs, 11.9).within, spreadOf(runs, 12.1).within, spreadOf(runs, 7.9).within],
    [true, false, false],
  )
  assert.equal(spreadOf([5, 5], 5).within, true)
  assert.equal(spreadOf([5, 5], 5.1).within, false)
})

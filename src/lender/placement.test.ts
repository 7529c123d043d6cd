import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { AgencyId, UserId } from '../lib/ids.ts'
import { agencyBar } from './agency.ts'
import {
  type Case,
  type CaseCommand,
  type CaseState,
  caseStates,
  isAway,
  isClosed,
  moveCase,
  movedFact,
} from './case.ts'
import { commissionOf, Dealer, type PlacementCase, planPlacement } from './placement.ts'

const agency = 'ag_1' as AgencyId
const given = (state: CaseState, more: Partial<Case> = {}): Case => ({
  ...{ id: 'ca', party: 'K', state, before: null, agent: 'u_alice', loans: ['L'], holdReason: null },
  ...more,
})
const place: CaseCommand = { type: 'place', agency, batch: 'bt_1', agent: 'u_zhou' }
const after = (from: Case, ...commands: CaseCommand[]): Case =>
  commands.reduce((at, command) => {
    const moved = moveCase(at, command)
    return moved.ok ? moved.case : at
  }, from)
const rule = (from: Case, command: CaseCommand) => {
  const moved = moveCase(from, command)
  return moved.ok ? moved.case.state : moved.rule
}

test('a case is placed from work only, once, and comes back to whom and where it was', () => {
  for (const state of ['IMPORTED', 'ASSIGNED', 'WORKING', 'PTP'] as const) {
    const placed = after(given(state), place)
    assert.deepEqual([placed.state, placed.agent, placed.placed?.state], ['OUTSOURCED', 'u_zhou', state])
    const back = after(placed, { type: 'recall' })
    assert.deepEqual([back.state, back.agent, back.placed], [state, 'u_alice', null])
  }
  assert.equal(rule(given('HOLD'), place), 'case-on-hold')
  assert.equal(rule(given('LEGAL'), place), 'case-not-there')
  assert.equal(rule(given('CURED'), place), 'case-closed')
  assert.equal(rule(after(given('WORKING'), place), { ...place, batch: 'bt_2' } as CaseCommand), 'case-placed')
})

test('what puts a placed case on hold takes it from the agency, and released it is where it was before it was placed', () => {
  const placed = after(given('PTP'), place)
  const held = after(placed, { type: 'hold', reason: 'complaint' })
  assert.deepEqual([held.state, held.before, held.agent, held.placed], ['HOLD', 'PTP', 'u_alice', null])
  assert.equal(after(held, { type: 'release' }).state, 'PTP')
  const [fact] = movedFact(placed, held, 'complaint')
  assert.deepEqual(fact?.type === 'case.moved' && [fact.left, fact.placed], [{ agency, batch: 'bt_1' }, undefined])
})

test('a promise that is made or broken while a case is placed is where it comes back to', () => {
  const placed = after(given('WORKING'), place)
  assert.equal(after(placed, { type: 'promise' }, { type: 'recall' }).state, 'PTP')
  assert.equal(after(given('PTP'), place, { type: 'promisesOver' }, { type: 'recall' }).state, 'WORKING')
})

test('a placed case is assigned to the people of its agency alone, and others to the lender’s own alone', () => {
  const placed = after(given('WORKING'), place)
  assert.equal(rule(placed, { type: 'assign', agent: 'u_bob' }), 'case-placed')
  assert.equal(rule(placed, { type: 'assign', agent: 'u_li', agency: 'ag_2' as AgencyId }), 'case-placed')
  assert.equal(after(placed, { type: 'assign', agent: 'u_li', agency }).agent, 'u_li')
  assert.equal(rule(given('WORKING'), { type: 'assign', agent: 'u_zhou', agency }), 'agent-of-agency')
})

test('repaid or sent to court a case is the lender’s again, whoever had it', () => {
  const placed = after(given('WORKING'), place)
  for (const command of [
    { type: 'close', as: 'CURED' },
    { type: 'send', to: 'LEGAL' },
  ] as CaseCommand[]) {
    const moved = after(placed, command)
    assert.deepEqual([moved.agent, moved.placed], ['u_alice', null])
  }
  assert.equal(after(placed, { type: 'close', as: 'CURED' }, { type: 'reopen' }).agent, 'u_alice')
  assert.equal(rule(placed, { type: 'send', to: 'OUTSOURCED' }), 'case-placed')
})

const command: fc.Arbitrary<CaseCommand> = fc.constantFrom<CaseCommand>(
  { type: 'work' },
  { type: 'assign', agent: 'u_bob' },
  { type: 'assign', agent: 'u_li', agency },
  { type: 'hold', reason: 'dispute' },
  { type: 'release' },
  { type: 'recall' },
  { type: 'close', as: 'CURED' },
  { type: 'reopen' },
  { type: 'send', to: 'LEGAL' },
  place,
  { type: 'place', agency: 'ag_2' as AgencyId, batch: 'bt_2', agent: null },
)

test('whatever happens, a case has one holder, and every end of a placement gives it back as it was', () => {
  fc.assert(
    fc.property(fc.constantFrom(...caseStates), fc.array(command, { maxLength: 30 }), (state, commands) => {
      let at = given(state, state === 'HOLD' ? { before: 'WORKING', holdReason: 'dispute' } : {})
      let taken: { state: CaseState; agent: string | null } | null = null
      for (const each of commands) {
        const moved = moveCase(at, each)
        if (!moved.ok) continue
        const { placed } = moved.case
        if (placed) {
          assert.equal(moved.case.state, 'OUTSOURCED')
          if (at.placed) assert.deepEqual(placed, at.placed, 'it goes from one agency to another by recall alone')
          else taken = { state: at.state, agent: at.agent }
          assert.deepEqual({ state: placed.state, agent: placed.agent }, taken)
        } else if (at.placed) {
          const { state: to, before, agent } = moved.case
          assert.equal(agent, taken!.agent)
          if (to === 'HOLD') assert.equal(before, taken!.state)
          else if (!isClosed(to) && !isAway(to)) assert.equal(to, taken!.state)
          taken = null
        }
        at = moved.case
      }
    }),
  )
})

const one = (n: number, more: Partial<PlacementCase> = {}): PlacementCase => ({
  ...{ id: `ca_${n}`, party: `K-${n}`, state: 'WORKING', owed: 100, bucket: 'M3', product: 'cash', placed: null },
  ...{ held: false, complaint: false, waiting: false },
  ...more,
})

test('a dry run says of each case why it stays, and what goes is never more than the quota leaves', () => {
  const cases = [
    one(1),
    one(2, { held: true }),
    one(3, { complaint: true, held: true }),
    one(4, { state: 'LEGAL' }),
    one(5, { placed: { agency, batch: 'bt', state: 'WORKING', agent: null }, state: 'OUTSOURCED' }),
    one(6, { bucket: 'M1' }),
    one(7, { product: 'card' }),
    one(8, { owed: 0 }),
    one(9, { state: 'CURED' }),
    one(10),
    one(11),
    one(12, { waiting: true }),
  ]
  const plan = planPlacement(cases, { products: ['cash'], buckets: ['M3'] }, 2)
  assert.deepEqual(
    plan.go.map(({ id }) => id),
    ['ca_1', 'ca_10'],
  )
  assert.deepEqual(
    plan.stay.map(({ why }) => why),
    [
      ...['on_hold', 'complaint_open', 'case_away', 'placed_already', 'outside_contract', 'outside_contract'],
      ...['nothing_owed', 'case_closed', 'over_quota', 'waiting'],
    ],
  )
  fc.assert(
    fc.property(fc.nat(30), fc.nat(30), (n, free) => {
      const all = Array.from({ length: n }, (_, at) => one(at))
      const { go, stay } = planPlacement(all, { products: [], buckets: [] }, free)
      assert.equal(go.length, Math.min(n, free))
      assert.equal(go.length + stay.length, n)
    }),
  )
})

test('an agency works within its contract and while it is active, and the lender’s clock says which day it is', () => {
  const contract = { state: 'active' as const, from: '2026-11-01', until: '2026-11-30' }
  assert.deepEqual(
    ['2026-10-31', '2026-11-01', '2026-11-30', '2026-12-01'].map(day => agencyBar(contract, day)),
    ['not_begun', null, null, 'expired'],
  )
  assert.equal(agencyBar({ ...contract, state: 'suspended' }, '2026-11-10'), 'suspended')
  assert.equal(agencyBar(undefined, '2026-11-10'), 'ended')
})

test('cases are dealt to whoever has the fewest, and the commission is rounded once', () => {
  const dealer = new Dealer([
    { id: 'u_a' as UserId, load: 2 },
    { id: 'u_b' as UserId, load: 0 },
  ])
  assert.deepEqual(
    [1, 2, 3, 4].map(() => dealer.next()),
    ['u_b', 'u_b', 'u_a', 'u_b'],
  )
  assert.equal(new Dealer([]).next(), null)
  assert.deepEqual([commissionOf(1_000, 220), commissionOf(3, 500), commissionOf(1, 499)], [220, 2, 0])
})

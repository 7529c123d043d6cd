import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LegId } from '../lib/ids.ts'
import { alice, bob, campaign, TestFloor, trunk } from './testing.ts'

const number = (n: number) => `+86138${String(n).padStart(8, '0')}`
const nobody = { campaign: null, lead: null, name: null, party: null, relation: 'SELF' } as const
const dials = (floor: TestFloor) => floor.effects.filter(({ type }) => type === 'phone.dial').length

for (const mode of ['progressive', 'predictive'] as const)
  test(`a ${mode} campaign dials nobody for who is free again since the house closes`, () => {
    const floor = new TestFloor({ campaign: { mode, occupancyMax: 1 } })
    floor.leads(number(1), number(2), number(3), number(4))
    floor.ready(alice)
    floor.pass(3_000)
    const before = dials(floor)
    assert.ok(before > 0)
    floor.do({ type: 'house.closing' })
    for (const { id } of [...floor.state.calls.values()]) floor.do({ type: 'call.end', call: id, by: 'system' })
    floor.pass(5_000)
    assert.equal(floor.agent(alice).phase, 'ready')
    assert.equal(dials(floor), before)
  })

test('no preview is offered, and the one that is open is not dialled', () => {
  const floor = new TestFloor({ campaign: { mode: 'preview' } })
  floor.leads(number(1), number(2))
  floor.ready(alice)
  floor.do({ type: 'house.closing' })
  floor.ready(bob)
  assert.equal(floor.count('preview.offered'), 1)
  assert.equal(floor.do({ type: 'agent.acceptPreview', agent: alice }).refusal?.rule, 'closing')
  assert.equal(dials(floor), 0)
})

test('who dials by hand is told why not; a call for help goes out', () => {
  const floor = new TestFloor({ campaign: { state: 'paused' } })
  floor.ready(alice)
  floor.do({ type: 'house.closing' })
  const byHand = floor.do({ type: 'agent.dial', agent: alice, number: number(1), ...nobody })
  assert.match(byHand.refusal?.words ?? '', /shutting down/)
  assert.equal(floor.do({ type: 'agent.dial', agent: alice, number: '110', ...nobody }).refusal, null)
  assert.equal(floor.last('call.dialed').number, '110')
})

test('a call that a trunk refuses is not tried on the next', () => {
  const [first] = new TestFloor().state.trunks.values()
  const second = { ...first!.trunk, id: 't_2' as typeof trunk, name: 'other' }
  const floor = new TestFloor({ campaign: { trunks: [trunk, second.id] } })
  floor.do({ type: 'records.committed', facts: [{ type: 'trunk.saved', trunk: second }] })
  floor.do({ type: 'trunk.up', trunk: second.id })
  floor.leads(number(1))
  floor.ready(alice)
  const { call } = floor
  floor.do({ type: 'house.closing' })
  floor.partyEnds(call, { by: 'carrier', cause: 'rejected', sipStatus: 503, heard: 'nothing' })
  assert.equal(floor.count('call.rerouted'), 0)
  assert.equal(floor.last('call.ended').call, call.id)
})

test('a caller is turned away with 503, and who waits is given to nobody', () => {
  const floor = new TestFloor()
  const waiting = floor.caller()
  floor.do({ type: 'house.closing' })
  floor.ready(alice)
  assert.equal(waiting.phase, 'waiting')
  floor.do({ type: 'leg.offered', leg: 'in_late' as LegId, trunk, from: '13900002222', to: '95588' })
  assert.deepEqual(floor.lastEffect('phone.reject'), { type: 'phone.reject', leg: 'in_late', sipStatus: 503 })
  assert.equal(floor.last('call.ended').ending.text, 'the house closes')
})

test('a campaign that starts meanwhile waits for the next start of the house', () => {
  const floor = new TestFloor({ campaign: { state: 'paused' } })
  floor.leads(number(1))
  floor.ready(alice)
  floor.do({ type: 'house.closing' })
  const running = { ...floor.state.campaigns.get(campaign)!.campaign, state: 'running' } as const
  floor.do({ type: 'records.committed', facts: [{ type: 'campaign.saved', campaign: running }] })
  floor.leads(number(1))
  floor.pass(5_000)
  assert.equal(dials(floor), 0)
})

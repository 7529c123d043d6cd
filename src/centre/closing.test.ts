import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LegId } from '../lib/ids.ts'
import type { StationKind } from './entities.ts'
import { closingInputs } from './house-closing.ts'
import { alice, bob, campaign, queue, sam, TestFloor, trunk } from './testing.ts'

const number = (n: number) => `+86138${String(n).padStart(8, '0')}`
const nobody = { campaign: null, lead: null, name: null, party: null, relation: 'SELF' } as const
const close = (floor: TestFloor) => [...closingInputs(floor.state)].map(input => floor.do(input))
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

test('whoever has not picked up yet is withdrawn when the house closes, and nobody picks up for nobody', () => {
  const floor = new TestFloor({ campaign: { mode: 'predictive', occupancyMax: 1 } })
  floor.leads(number(1), number(2), number(3), number(4))
  floor.ready(alice, bob)
  floor.pass(3_000)
  const [first, ...others] = [...floor.state.calls.values()]
  assert.ok(others.length > 0)
  floor.do({ type: 'leg.answered', leg: first!.leg })
  floor.do({ type: 'leg.ringing', leg: others[0]!.leg })
  const inputs = [...closingInputs(floor.state)]
  assert.deepEqual(inputs.at(-1), { type: 'call.end', call: first!.id, by: 'system' }, 'who talks is ended last')
  for (const input of inputs.slice(0, -1)) floor.do(input)
  assert.equal(floor.call.id, first!.id)
  for (const { id, leg, lead } of others) {
    const ended = floor.facts.find(fact => fact.type === 'call.ended' && fact.call === id)
    assert.ok(ended?.type === 'call.ended' && ended.ending.by === 'system' && ended.ending.cause === 'cancelled')
    assert.ok(floor.effects.some(effect => effect.type === 'phone.hangUp' && effect.leg === leg))
    assert.ok(floor.facts.some(fact => fact.type === 'lead.released' && fact.lead === lead!.id))
    floor.do({ type: 'leg.answered', leg })
  }
  floor.pass(5_000)
  assert.equal(floor.count('call.abandoned'), 0)
})

test('a number that is dialled by hand and rings is withdrawn, and its agent is where they were; a call for help rings on', () => {
  const floor = new TestFloor({ campaign: { state: 'paused' } })
  floor.ready(alice, bob)
  floor.do({ type: 'agent.dial', agent: alice, number: number(1), ...nobody })
  floor.do({ type: 'agent.dial', agent: bob, number: '110', ...nobody })
  close(floor)
  assert.equal(floor.call.number, '110')
  assert.equal(floor.agent(alice).phase, 'ready')
})

test('a fault while one call is ended costs that one: the others are ended, and nobody is dialled', () => {
  const floor = new TestFloor({ campaign: { mode: 'progressive' } })
  floor.leads(number(1), number(2), number(3), number(4))
  floor.ready(alice, bob)
  const [first, second] = [...floor.state.calls.values()]
  const before = dials(floor)
  assert.equal(before, 2)
  Object.defineProperty(first, 'campaign', {
    get() {
      throw new Error('a fault')
    },
  })
  const thrown = [...closingInputs(floor.state)].filter(input => {
    try {
      floor.do(input)
      return false
    } catch {
      return true
    }
  })
  assert.deepEqual(thrown, [{ type: 'call.end', call: first!.id, by: 'system' }])
  floor.pass(5_000)
  assert.equal(second!.phase, 'ended')
  assert.equal(floor.agent(bob).phase, 'ready')
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

test('who waits for a person when the house closes is counted as hung up on, and owed a call', () => {
  const floor = new TestFloor({ campaign: { state: 'paused' } })
  floor.do({ type: 'agent.signOn', agent: alice })
  const waiting = floor.caller('13900001111')
  floor.pass(9_000)
  close(floor)
  const { ending } = floor.last('call.ended')
  assert.deepEqual([ending.by, ending.cause, ending.result], ['system', 'abandoned', 'ABANDONED'])
  assert.deepEqual(floor.last('call.abandoned'), {
    type: 'call.abandoned',
    ...{ call: waiting.id, campaign: null, queue, waitedMs: 9_000 },
  })
  const { number, reason, queue: of } = floor.last('callback.scheduled').callback
  assert.deepEqual([number, reason, of], ['+8613900001111', 'abandoned', queue])
})

test('so is whom a desk phone is rung for, and who was passed on and waits; who talks is owed nothing', () => {
  const floor = new TestFloor({ station: 'phone-rung', campaign: { state: 'paused' } })
  floor.ready(alice, bob)
  const [rung, passed] = [floor.caller('13900001111'), floor.caller('13900002222')]
  assert.deepEqual([rung.phase, passed.phase], ['assigned', 'assigned'])
  floor.do({ type: 'leg.answered', leg: passed.agentLeg! })
  floor.do({ type: 'agent.transfer', agent: passed.agent!, call: passed.id, target: { queue } })
  assert.equal(passed.phase, 'waiting')
  close(floor)
  assert.equal(floor.count('call.abandoned'), 1)
  const owed = floor.facts.flatMap(fact => (fact.type === 'callback.scheduled' ? [fact.callback] : []))
  assert.deepEqual(
    owed.map(({ number, reason }) => [number, reason]),
    [
      ['+8613900001111', 'abandoned'],
      ['+8613900002222', 'overflow'],
    ],
  )

  const talks = new TestFloor()
  talks.ready(alice)
  talks.caller()
  close(talks)
  assert.equal(talks.count('callback.scheduled'), 0)
})

test('who hears that we are sorry when the house closes stays whom we abandoned', () => {
  const floor = new TestFloor()
  floor.leads(number(1))
  floor.ready(alice)
  const { call } = floor
  floor.do({ type: 'agent.break', agent: alice, reason: 'tea' })
  floor.do({ type: 'leg.answered', leg: call.leg })
  floor.pass(2_500)
  assert.equal(call.dismissed, 'abandoned')
  close(floor)
  assert.deepEqual(floor.last('call.ended').ending.result, 'ABANDONED')
  assert.equal(floor.count('call.abandoned'), 1)
})

const rings = (floor: TestFloor) => floor.effects.filter(({ type }) => type === 'phone.ring').length

function heardBy(floor: TestFloor, who: typeof alice, station: StationKind): void {
  floor.do({ type: 'records.committed', facts: [{ type: 'user.saved', user: { ...floor.agent(who).user, station } }] })
}

test('no phone is rung for who asks, listens, signs on, is ready, moves or picks up, and no trunk is tested; each is told why', () => {
  const floor = new TestFloor({ campaign: { state: 'paused' } })
  heardBy(floor, bob, 'phone-rung')
  heardBy(floor, sam, 'phone-rung')
  floor.ready(alice)
  const call = floor.caller()
  floor.ready(bob)
  floor.do({ type: 'agent.break', agent: bob, reason: 'tea' })
  const waiting = floor.caller()
  floor.do({ type: 'house.closing' })
  floor.do({ type: 'agent.ready', agent: bob })
  assert.equal(floor.agent(bob).phase, 'ready')
  const begin = { by: sam, call: call.id, agent: null, mode: 'listen', stays: false, reason: '' } as const
  for (const input of [
    { type: 'agent.consult', agent: alice, call: call.id, target: { agent: bob } },
    { type: 'supervisor.begin', ...begin },
    { type: 'trunk.test', trunk, isOver: false },
    { type: 'agent.pickUp', agent: bob, call: waiting.id },
  ] as const) {
    const { refusal } = floor.do(input)
    assert.deepEqual([input.type, refusal?.rule], [input.type, 'closing'])
    assert.match(refusal!.words, /shutting down/)
  }
  heardBy(floor, alice, 'phone-nailed')
  floor.do({ type: 'agent.signOff', agent: bob, reason: 'home' })
  heardBy(floor, bob, 'phone-nailed')
  assert.equal(floor.do({ type: 'agent.signOn', agent: bob }).refusal?.rule, 'closing')
  assert.equal(rings(floor), 0)
  assert.deepEqual([call.phase, call.heldBy, waiting.phase], ['talking', null, 'waiting'])
})

test('who waits for a desk phone of the shift is told that it is rung no more', () => {
  const floor = new TestFloor({ station: 'phone-nailed' })
  floor.do({ type: 'agent.signOn', agent: alice })
  const leg = floor.agent(alice).stationRinging!
  floor.do({ type: 'station.down', agent: alice, leg, reason: 'not_answered' })
  floor.do({ type: 'house.closing' })
  assert.equal(floor.do({ type: 'agent.ready', agent: alice }).refusal?.rule, 'closing')
  assert.equal(rings(floor), 1)
})

test('help is dialled by a phone that is rung for it, and who is asked for advice about it is rung too; what was to be dialled else is not', () => {
  const floor = new TestFloor({ station: 'phone-rung', campaign: { state: 'paused' } })
  floor.ready(alice, bob)
  assert.equal(floor.do({ type: 'agent.dial', agent: bob, number: number(1), ...nobody }).refusal, null)
  floor.do({ type: 'house.closing' })
  floor.do({ type: 'leg.answered', leg: floor.agent(bob).rung!.leg })
  assert.deepEqual([dials(floor), floor.agent(bob).phase], [0, 'break'])
  floor.do({ type: 'agent.ready', agent: bob })
  assert.equal(floor.do({ type: 'agent.dial', agent: alice, number: '110', ...nobody }).refusal, null)
  floor.do({ type: 'leg.answered', leg: floor.agent(alice).rung!.leg })
  const { call } = floor
  floor.do({ type: 'leg.answered', leg: call.leg })
  assert.equal(call.phase, 'talking')
  const before = rings(floor)
  assert.equal(floor.do({ type: 'agent.consult', agent: alice, call: call.id, target: { agent: bob } }).refusal, null)
  const begin = { by: sam, call: null, agent: alice, mode: 'listen', stays: true, reason: '' } as const
  assert.equal(floor.do({ type: 'supervisor.begin', ...begin }).refusal, null)
  assert.equal(rings(floor), before + 2)
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

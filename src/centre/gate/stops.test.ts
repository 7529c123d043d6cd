import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RecordFact } from '../records/record-facts.ts'
import { alice, bob, campaign, consent, leadOf, TestFloor } from '../testing.ts'

const number = '+8613800000001'
const hold = (floor: TestFloor, party: string) => {
  const fact: RecordFact = { type: 'party.held', party, kind: 'hold', reason: 'dispute', until: null }
  floor.do({ type: 'records.committed', facts: [fact] })
}
const release = (floor: TestFloor, party: string) =>
  floor.do({ type: 'records.committed', facts: [{ type: 'party.released', party, kind: 'hold', reason: 'settled' }] })
const byHand = {
  agent: alice,
  number,
  campaign,
  lead: null,
  party: 'ref-le_0',
  name: 'carl',
  relation: 'SELF',
} as const

test('a hold withdraws the calls of the party that ring, whoever started them, and no other', () => {
  const floor = new TestFloor()
  floor.ready(alice, bob)
  floor.leads(number, '+8613800000002')
  const [carl, other] = [...floor.state.calls.values()]
  floor.do({ type: 'leg.ringing', leg: carl!.leg })
  hold(floor, 'ref-le_0')
  assert.deepEqual([floor.last('call.ended').call, floor.last('call.ended').ending.result], [carl!.id, 'CANCELLED'])
  assert.ok(floor.effects.some(effect => effect.type === 'phone.hangUp' && effect.leg === carl!.leg))
  assert.equal(floor.count('call.ended'), 1)
  assert.equal(other!.phase, 'dialing')
  const lead = floor.facts.findLast(fact => fact.type === 'lead.released')
  assert.ok(lead?.type === 'lead.released' && lead.state === 'ready', 'nobody is lost by a hold')
})

test('a hold withdraws a call by hand that is on its way, and its agent is where the agent was before', () => {
  const floor = new TestFloor({ campaign: { mode: 'manual' } })
  floor.ready(alice)
  floor.do({ type: 'agent.dial', ...byHand, consent })
  assert.equal(floor.agent(alice).phase, 'dialing')
  hold(floor, 'ref-le_0')
  assert.equal(floor.last('call.ended').ending.cause, 'cancelled')
  assert.equal(floor.agent(alice).phase, 'ready')
})

test('who talks already goes on talking: a hold stops the next call and cuts nobody off', () => {
  const floor = new TestFloor()
  floor.ready(alice)
  floor.leads(number)
  floor.do({ type: 'leg.answered', leg: floor.call.leg })
  hold(floor, 'ref-le_0')
  assert.equal(floor.call.phase, 'talking')
})

test('a queued lead of a party on hold is not dialled, and is when the hold is released', () => {
  const floor = new TestFloor()
  floor.leads(number)
  hold(floor, 'ref-le_0')
  floor.ready(alice)
  assert.equal(floor.count('call.dialed'), 0)
  const { state, reason, dueAt } = floor.last('lead.released')
  assert.deepEqual([state, reason], ['ready', 'party_hold'])
  assert.ok(dueAt! > floor.clock.now(), 'looked at again later, and not lost')
  release(floor, 'ref-le_0')
  floor.do({ type: 'leads.loaded', campaign, leads: [leadOf('le_0', number)], exhausted: true })
  floor.pass(2_000)
  assert.equal(floor.count('call.dialed'), 1)
})

test('a preview of a party on hold is taken from the desk', () => {
  const floor = new TestFloor({ campaign: { mode: 'preview' } })
  floor.ready(alice)
  floor.leads(number)
  assert.equal(floor.agent(alice).phase, 'preview')
  hold(floor, 'ref-le_0')
  assert.equal(floor.last('preview.closed').how, 'withdrawn')
  assert.equal(floor.agent(alice).phase, 'ready')
})

test('a desk phone that rings for a party on hold stops ringing, and nobody is dialled', () => {
  const floor = new TestFloor({ station: 'phone-rung', campaign: { mode: 'manual' } })
  floor.ready(alice)
  floor.do({ type: 'agent.dial', ...byHand, consent })
  const { leg } = floor.last('agent.rung')
  hold(floor, 'ref-le_0')
  assert.ok(floor.effects.some(effect => effect.type === 'phone.hangUp' && effect.leg === leg))
  floor.do({ type: 'leg.answered', leg })
  assert.equal(floor.agent(alice).phase, 'ready')
  assert.equal(floor.count('call.dialed'), 0)
})

test('a supervisor goes past a rule that warns, with the reason kept; a rule that blocks has no such door', () => {
  const rule = { unit: 'ATTEMPT', key: ['NUMBER'], window: { type: 'DAY' }, max: 1, effect: 'WARN' } as const
  const own = (effect: 'WARN' | 'BLOCK') => ({
    ...({
      id: 'OWN',
      version: '7',
      source: 'board',
      confidence: 'O',
      business: ['sales'],
      relations: ['SELF'],
    } as const),
    ...{ hours: { from: 0, to: 1440 }, limits: [{ ...rule, effect }] },
  })
  const twice = (effect: 'WARN' | 'BLOCK', override: string | null) => {
    const floor = new TestFloor({ campaign: { mode: 'manual', policy: 'OWN' }, setup: { policies: [own(effect)] } })
    floor.ready(alice)
    floor.do({ type: 'agent.dial', ...byHand })
    floor.partyEnds(floor.call, { cause: 'rejected', sipStatus: 486 })
    const { refusal } = floor.do({ type: 'agent.dial', ...byHand, override })
    return { floor, rule: refusal?.rule ?? 'yes' }
  }
  const plain = twice('WARN', null)
  assert.equal(plain.rule, 'cap_attempts')
  assert.deepEqual(plain.floor.last('call.refused').under, { policy: 'OWN', version: '7', by: 'OWN' })
  const warned = twice('WARN', 'asked to be called back')
  assert.equal(warned.rule, 'yes')
  const { policy, version, override } = warned.floor.last('call.dialed').verdict
  assert.deepEqual([policy, version, override], ['OWN', '7', 'asked to be called back'])
  assert.equal(
    warned.floor.facts.find(fact => fact.type === 'call.dialed')!.verdict.override,
    undefined,
    'the first needed none',
  )
  assert.equal(twice('BLOCK', 'the boss says so').rule, 'cap_attempts')
  assert.equal(twice('WARN', '').rule, 'cap_attempts', 'an empty reason is none')
})

test('a number that a lead brings to a party on hold is not dialled under any name', () => {
  const floor = new TestFloor({ campaign: { mode: 'manual' } })
  floor.ready(alice)
  hold(floor, 'ref-le_9')
  const lead = { ...leadOf('le_9', '+8613800000009'), import: 'i_1' as never }
  floor.do({
    type: 'records.committed',
    facts: [{ type: 'leads.added', campaign, import: 'i_1' as never, leads: [lead] }],
  })
  const other = { ...byHand, number: '+8613800000009', party: null, name: null }
  assert.equal(floor.do({ type: 'agent.dial', ...other, consent }).refusal?.rule, 'party_hold')
})

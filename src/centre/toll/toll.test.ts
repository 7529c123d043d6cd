import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CallbackId, CallId, LeadId, LegId } from '../../lib/ids.ts'
import { isForHelp } from '../calls/emergency.ts'
import type { Input } from '../inputs.ts'
import { alice, bob, campaign, sam, TestFloor, trunk } from '../testing.ts'
import { type TollRules, tollRulesDefault } from './rules.ts'

const abroad = '+442079460000'
const anywhere: Partial<TollRules> = { byHand: { agent: ['+'], supervisor: ['+'] }, night: null }

const ofLead = { campaign, lead: 'le_1' as LeadId, consent: { basis: 'form', evidence: 'f-1' } }

function floorWith(rules: Partial<TollRules>, setup = {}): TestFloor {
  const tollRules = { ...tollRulesDefault, ...rules }
  const floor = new TestFloor({ setup: { tollRules, lab: true, ...setup } })
  floor.ready(alice, bob)
  return floor
}

function dial(floor: TestFloor, number: string, more: Partial<Extract<Input, { type: 'agent.dial' }>> = {}) {
  const nobody = { campaign: null, lead: null, party: null, name: null, relation: null, callback: null }
  return floor.do({ type: 'agent.dial', agent: alice, number, ...nobody, ...more })
}

function talkFor(floor: TestFloor, ms: number): void {
  floor.do({ type: 'leg.answered', leg: floor.call.leg })
  floor.pass(ms)
}

test('a number abroad is not dialled by hand unless a pattern allows it, and somebody is told, once a day', () => {
  const floor = floorWith({})
  assert.equal(dial(floor, abroad).refusal?.rule, 'number_not_allowed')
  assert.equal(floor.last('call.refused').refusal.rule, 'number_not_allowed')
  assert.equal(floor.last('safety.alarmed').user, alice)
  dial(floor, abroad)
  assert.equal(floor.count('safety.alarmed'), 1)
  floor.pass(86_400_000)
  dial(floor, abroad)
  assert.equal(floor.count('safety.alarmed'), 2)
  assert.equal(dial(floor, '13812345678').refusal, null)
})

test('a pattern allows the numbers that begin with it and no other', () => {
  const floor = floorWith({ byHand: { agent: ['home', '+852'], supervisor: ['home'] } })
  assert.equal(dial(floor, abroad).refusal?.rule, 'number_not_allowed')
  assert.equal(dial(floor, '+85223456789').refusal, null)
})

test('a number of a lead is the campaign’s to call, and the pattern of a role does not matter', () => {
  const floor = floorWith({})
  assert.equal(dial(floor, '+85223456789').refusal?.rule, 'number_not_allowed')
  assert.equal(dial(floor, '+85223456789', ofLead).refusal, null)
})

test('who calls in from abroad and hangs up is called back only if that number may be dialled by hand, and counts', () => {
  const owed = { callback: 'cb_1' as CallbackId }
  const floor = floorWith({})
  assert.equal(dial(floor, '+85223456789', owed).refusal?.rule, 'number_not_allowed')
  assert.equal(dial(floor, '+85223456789', { ...ofLead, lead: null, ...owed }).refusal, null) // the campaign called it before
  const open = floorWith({ ...anywhere, personMinutesMax: 5 })
  assert.equal(dial(open, abroad, owed).refusal, null)
  talkFor(open, 5 * 60_000)
  open.do({ type: 'agent.hangUp', agent: alice, call: open.call.id })
  open.do({ type: 'agent.ready', agent: alice })
  assert.equal(dial(open, abroad).refusal?.rule, 'toll_person')
})

test('a barred beginning is called by nobody, a campaign’s lead included', () => {
  const floor = floorWith({ ...anywhere })
  assert.equal(dial(floor, '+882161234567').refusal?.rule, 'number_barred')
  assert.equal(dial(floor, '+882161234567', ofLead).refusal?.rule, 'number_barred')
})

test('abroad is not called by hand at night, over midnight of the centre’s clock', () => {
  const floor = floorWith({ ...anywhere, night: { from: 22 * 60, to: 6 * 60 } })
  assert.equal(dial(floor, abroad).refusal, null) // ten in the morning
  talkFor(floor, 1_000)
  floor.do({ type: 'agent.hangUp', agent: alice, call: floor.call.id })
  floor.pass(13 * 3_600_000) // eleven at night
  floor.do({ type: 'agent.ready', agent: alice })
  assert.equal(dial(floor, abroad).refusal?.rule, 'toll_night')
})

test('a person’s minutes abroad of a day are counted, the call under way too, and are new after midnight', () => {
  const floor = floorWith({ ...anywhere, personMinutesMax: 10, callMinutesMax: 60 })
  dial(floor, abroad)
  talkFor(floor, 4 * 60_000)
  floor.do({ type: 'agent.hangUp', agent: alice, call: floor.call.id })
  floor.do({ type: 'agent.ready', agent: alice })
  assert.equal(dial(floor, abroad).refusal, null)
  talkFor(floor, 6 * 60_000)
  floor.do({ type: 'agent.hangUp', agent: alice, call: floor.call.id })
  floor.do({ type: 'agent.ready', agent: alice })
  assert.equal(dial(floor, abroad).refusal?.rule, 'toll_person')
  assert.equal(dial(floor, '13812345678').refusal, null) // at home they do not count
  floor.do({ type: 'agent.hangUp', agent: alice, call: floor.call.id })
  floor.pass(86_400_000)
  assert.equal(dial(floor, abroad).refusal, null)
})

test('the centre’s minutes are everybody’s together, and what the store knows of the day counts', () => {
  const spent = [{ by: bob, ms: 9 * 60_000 }]
  const floor = floorWith({ ...anywhere, centreMinutesMax: 10 }, { tollSpent: spent })
  assert.equal(dial(floor, abroad).refusal, null)
  talkFor(floor, 60_000)
  floor.do({ type: 'agent.hangUp', agent: alice, call: floor.call.id })
  floor.do({ type: 'agent.ready', agent: alice })
  assert.equal(dial(floor, abroad).refusal?.rule, 'toll_centre')
})

test('rules that are saved while somebody talks abroad hold for that call too: it is ended when these say, at once where that is over', () => {
  const save = (floor: TestFloor, callMinutesMax: number) => {
    const rules = { ...tollRulesDefault, ...anywhere, callMinutesMax }
    floor.do({ type: 'records.committed', facts: [{ type: 'toll.rulesSaved', rules }] })
  }
  for (const callMinutesMax of [30, 90, 10]) {
    const floor = floorWith({ ...anywhere, callMinutesMax: 60 })
    dial(floor, abroad)
    talkFor(floor, 20 * 60_000)
    save(floor, callMinutesMax)
    assert.equal(floor.count('call.ended'), callMinutesMax < 20 ? 1 : 0)
    floor.pass(Math.max(0, callMinutesMax - 20) * 60_000 - 1)
    assert.equal(floor.count('call.ended'), callMinutesMax < 20 ? 1 : 0)
    floor.pass(1)
    assert.equal(floor.last('call.ended').ending.cause, 'toll_limit')
  }
})

test('a call abroad by hand is ended when it has gone on for as long as one may, by whatever the clock was set', () => {
  const floor = floorWith({ ...anywhere, callMinutesMax: 30 })
  dial(floor, abroad)
  talkFor(floor, 20 * 60_000)
  floor.clock.advance(3_600_000)
  floor.do({ type: 'clock.stepped', byMs: 3_600_000 })
  floor.pass(9 * 60_000)
  assert.equal(floor.count('call.ended'), 0)
  floor.pass(61_000)
  assert.equal(floor.last('call.ended').ending.cause, 'toll_limit')
  assert.equal(floor.last('safety.alarmed').rule, 'toll_call')
})

test('of an outside number that went on for too long it is told who had it called', () => {
  const transfers = { 'transfer.numbers.agent': '+44*' }
  const floor = floorWith({ ...anywhere, callMinutesMax: 30 }, { transfers })
  const call = floor.caller()
  const agent = call.agent!
  assert.equal(floor.do({ type: 'agent.transfer', agent, call: call.id, target: { number: abroad } }).refusal, null)
  floor.do({ type: 'leg.answered', leg: floor.lastEffect('phone.dial').leg })
  floor.pass(31 * 60_000)
  assert.equal(floor.last('safety.alarmed').rule, 'toll_call')
  assert.equal(floor.last('safety.alarmed').user, agent)
})

test('a call at home goes on for as long as people talk', () => {
  const floor = floorWith({ callMinutesMax: 1 })
  dial(floor, '13812345678')
  talkFor(floor, 3 * 3_600_000)
  assert.equal(floor.count('call.ended'), 0)
})

test('an emergency number passes at night, for whom nothing is allowed, on a trunk that is full, and is told', () => {
  const floor = floorWith({ byHand: { agent: [], supervisor: [] } })
  const full = { ...floor.state.trunks.get(trunk)!.trunk, maxCalls: 0 }
  floor.do({ type: 'records.committed', facts: [{ type: 'trunk.saved', trunk: full }] })
  floor.pass(14 * 3_600_000)
  assert.equal(dial(floor, '1 1-0').refusal, null)
  assert.equal(floor.lastEffect('phone.dial').number, '110')
  assert.equal(floor.last('call.dialed').verdict.policy, 'EMERGENCY')
  assert.equal(floor.last('safety.alarmed').rule, 'emergency')
  floor.do({ type: 'leg.answered', leg: floor.call.leg })
  assert.equal(floor.agent(alice).phase, 'talking')
  assert.equal(floor.count('recording.opened'), 1)
})

test('an agent who still writes is let go for an emergency, and the outcome of before is kept as not written', () => {
  const floor = floorWith({})
  dial(floor, '13812345678', ofLead)
  const before = floor.call.id
  talkFor(floor, 1_000)
  floor.do({ type: 'agent.hangUp', agent: alice, call: before })
  assert.equal(floor.agent(alice).phase, 'wrapping')
  assert.equal(dial(floor, '120').refusal, null)
  assert.equal(floor.last('call.disposed').call, before)
  assert.equal(floor.agent(alice).phase, 'dialing')
  assert.equal(floor.state.calls.has(before), false)
})

test('an agent who talks is told to hang up first', () => {
  const floor = floorWith({})
  dial(floor, '13812345678')
  talkFor(floor, 1_000)
  assert.equal(dial(floor, '119').refusal?.rule, 'agent_busy')
})

test('with a rung phone the phone is picked up first, and then the emergency number is dialled', () => {
  const floor = new TestFloor({ station: 'phone-rung' })
  floor.ready(alice)
  dial(floor, '110')
  const rung = floor.lastEffect('phone.ring')
  floor.do({ type: 'leg.answered', leg: rung.leg })
  assert.equal(floor.lastEffect('phone.dial').number, '110')
})

test('a desk phone reaches an emergency number by itself, nobody signed on, and is heard until either hangs up', () => {
  const floor = new TestFloor({})
  const leg = 'desk_1' as LegId
  floor.do({ type: 'desk.dialled', leg, user: bob, to: '110' })
  assert.equal(floor.lastEffect('phone.answer').leg, leg)
  const out = floor.lastEffect('phone.dial')
  floor.do({ type: 'leg.answered', leg })
  floor.do({ type: 'leg.ringing', leg: out.leg })
  assert.equal(floor.lastEffect('media.play').leg, leg)
  floor.do({ type: 'leg.answered', leg: out.leg })
  assert.deepEqual(floor.lastEffect('media.patch'), { type: 'media.patch', a: out.leg, b: leg })
  assert.equal(floor.last('call.connected').agent, bob)
  assert.equal(floor.count('recording.opened'), 1)
  floor.do({ type: 'leg.ended', leg, by: 'far', cause: 'bye', sipStatus: null, q850: 16 })
  assert.equal(floor.last('call.ended').ending.by, 'agent')
  assert.equal(floor.lastEffect('phone.hangUp').leg, out.leg)
  assert.equal(floor.state.calls.size, 0)
  assert.equal(floor.state.legs.size, 0)
  assert.equal(floor.agent(bob).phase, 'signed_off')
})

test('what belongs to a call for help is known as that from its first step to its last, and nothing else is', () => {
  const helps = (floor: TestFloor, input: Input) => {
    const is = isForHelp(floor.state, input)
    floor.do(input)
    return is
  }
  const desk = 'desk_1' as LegId
  const byDesk = new TestFloor({})
  assert.equal(helps(byDesk, { type: 'desk.dialled', leg: desk, user: bob, to: '110' }), true)
  const { leg: out } = byDesk.lastEffect('phone.dial')
  const over = { by: 'far', cause: 'bye', sipStatus: null, q850: 16 } as const
  assert.deepEqual(
    [
      helps(byDesk, { type: 'leg.answered', leg: desk }),
      helps(byDesk, { type: 'leg.ringing', leg: out }),
      helps(byDesk, { type: 'leg.answered', leg: out }),
      helps(byDesk, { type: 'leg.ended', leg: desk, ...over }),
    ],
    [true, true, true, true],
  )
  assert.equal(isForHelp(byDesk.state, { type: 'desk.dialled', leg: desk, user: bob, to: '13800000001' }), false)

  const nobody = { campaign: null, lead: null, party: null, name: null, relation: null }
  const rung = new TestFloor({ station: 'phone-rung', campaign: { mode: 'manual' } })
  rung.ready(alice)
  assert.equal(helps(rung, { type: 'agent.dial', agent: alice, number: '120', ...nobody }), true)
  const { leg } = rung.lastEffect('phone.ring')
  assert.equal(helps(rung, { type: 'leg.answered', leg }), true, 'her phone is picked up first')
  assert.equal(helps(rung, { type: 'leg.answered', leg: rung.lastEffect('phone.dial').leg }), true)

  const usual = new TestFloor({ campaign: { mode: 'manual' } })
  usual.ready(alice)
  assert.equal(helps(usual, { type: 'agent.dial', agent: alice, number: '+8613800000001', ...nobody }), false)
  assert.equal(helps(usual, { type: 'leg.answered', leg: usual.call.leg }), false)
  assert.equal(isForHelp(usual.state, { type: 'tick' }), false)
})

test('a supervisor hears a call for help that a desk phone dialled by itself, and does not take it over', () => {
  const floor = new TestFloor({})
  const desk = 'desk_1' as LegId
  floor.do({ type: 'station.up', agent: sam, leg: 'st_sam' as LegId })
  floor.do({ type: 'desk.dialled', leg: desk, user: bob, to: '110' })
  floor.do({ type: 'leg.answered', leg: desk })
  const { leg, call } = floor.lastEffect('phone.dial')
  floor.do({ type: 'leg.answered', leg })
  floor.do({ type: 'supervisor.begin', by: sam, call, agent: null, mode: 'barge', stays: false, reason: '' })
  assert.equal(floor.last('call.monitored').call, call)
  assert.equal(floor.do({ type: 'supervisor.takeOver', by: sam }).refusal?.rule, 'desk_call')
  assert.equal(floor.agent(bob).phase, 'signed_off')
})

test('a desk phone that calls for help again and again has a few such calls at once, and no more', () => {
  const floor = new TestFloor({})
  for (let n = 1; n <= 10; n++) floor.do({ type: 'desk.dialled', leg: `desk_${n}` as LegId, user: bob, to: '110' })
  assert.equal(floor.count('call.dialed'), 4)
  assert.equal(floor.lastEffect('phone.reject').sipStatus, 486)
  floor.do({ type: 'desk.dialled', leg: 'desk_a' as LegId, user: alice, to: '120' })
  assert.equal(floor.count('call.dialed'), 5)
})

test('a desk phone whose key for help is stuck gets through a few times in ten seconds, and again later', () => {
  const floor = new TestFloor({})
  const dial = (n: number) => {
    const leg = `desk_${n}` as LegId
    floor.do({ type: 'desk.dialled', leg, user: bob, to: '110' })
    floor.do({ type: 'leg.ended', leg, by: 'far', cause: 'bye', sipStatus: null, q850: 16 })
    floor.clock.advance(20)
  }
  for (let n = 0; n < 50; n++) dial(n)
  assert.equal(floor.count('call.dialed'), 6)
  assert.equal(floor.lastEffect('phone.reject').sipStatus, 486)
  floor.pass(10_000)
  dial(50)
  assert.equal(floor.count('call.dialed'), 7)
})

test('a clock set back a day keeps no desk phone from help, and a stuck key is counted on through it', () => {
  const floor = new TestFloor({})
  const dial = (n: number) => {
    const leg = `desk_${n}` as LegId
    floor.do({ type: 'desk.dialled', leg, user: bob, to: '110' })
    floor.do({ type: 'leg.ended', leg, by: 'far', cause: 'bye', sipStatus: null, q850: 16 })
  }
  for (let n = 1; n <= 6; n++) {
    dial(n)
    floor.pass(600_000)
  }
  const back = (byMs: number) => {
    floor.clock.advance(byMs)
    floor.do({ type: 'clock.stepped', byMs })
  }
  back(-86_400_000)
  for (let n = 7; n <= 20; n++) dial(n)
  assert.equal(floor.count('call.dialed'), 12, 'six more, and the rest came in the same second')
  assert.equal(
    floor.state.toll.alarmsSince(floor.clock.now() - 1_000),
    6,
    'those of before the step are as old as they are',
  )
  back(-86_400_000)
  dial(21)
  assert.equal(floor.count('call.dialed'), 12)
  floor.clock.advance(-10_500) // nobody tells a step of which the engine was not asked
  for (let n = 22; n <= 40; n++) dial(n)
  assert.equal(floor.count('call.dialed'), 18)
})

test('a desk phone that dials anything else is turned away', () => {
  const floor = new TestFloor({})
  floor.do({ type: 'desk.dialled', leg: 'desk_1' as LegId, user: bob, to: '13812345678' })
  assert.equal(floor.lastEffect('phone.reject').sipStatus, 403)
  assert.equal(floor.count('call.dialed'), 0)
  assert.equal(floor.state.calls.has('c_1' as CallId), false)
  assert.equal(floor.count('safety.alarmed'), 0)
})

test('of a desk phone that dials what would cost it is told, once a day for each rule, though it is turned away like any other', () => {
  const floor = floorWith({})
  const dials = (to: string) => {
    floor.do({ type: 'desk.dialled', leg: 'desk_1' as LegId, user: bob, to })
    return [floor.lastEffect('phone.reject').sipStatus, floor.count('safety.alarmed')]
  }
  assert.deepEqual(dials('00882160000000'), [403, 1])
  assert.deepEqual(dials('00882160000000'), [403, 1])
  assert.deepEqual(dials(abroad), [403, 2])
  assert.deepEqual(dials('not a number'), [403, 2])
  assert.deepEqual(
    floor.facts.flatMap(fact => (fact.type === 'safety.alarmed' ? [[fact.rule, fact.user]] : [])),
    [
      ['number_barred', bob],
      ['number_not_allowed', bob],
    ],
  )
  assert.equal(floor.count('call.dialed'), 0)
})

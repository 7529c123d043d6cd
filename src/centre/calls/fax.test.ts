import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Campaign } from '../entities.ts'
import { alice, bob, campaign, consent, leadOf, TestFloor } from '../testing.ts'
import type { HeardOnLine } from './heard.ts'

const carl = '+8613800000001'
const byHandIn = { campaign, lead: null, name: null, party: null, relation: 'SELF', consent } as const
const ced: HeardOnLine = { type: 'machine', signal: 'ced', confidence: 0.97, afterMs: 3600 }
const unsure: HeardOnLine = {
  type: 'answerer',
  verdict: 'unsure',
  reason: 'silence',
  confidence: 0.5,
  afterMs: 2400,
  features: { words: 0 },
}

function answered(settings: Partial<Campaign> = {}): TestFloor {
  const floor = new TestFloor({ campaign: settings })
  floor.ready(alice)
  floor.leads(carl)
  floor.do({ type: 'leg.answered', leg: floor.call.leg })
  return floor
}

test('after every answer a fax is listened for: dialled ahead, by hand, and of who calls here', () => {
  assert.equal(answered().lastEffect('media.hear').what, 'fax')

  const byHand = new TestFloor({ campaign: { mode: 'manual' } })
  byHand.ready(alice)
  assert.equal(byHand.do({ type: 'agent.dial', agent: alice, number: carl, ...byHandIn }).refusal, null)
  byHand.do({ type: 'leg.answered', leg: byHand.call.leg })
  assert.equal(byHand.lastEffect('media.hear').what, 'fax')

  const inbound = new TestFloor({})
  const caller = inbound.caller('13900002222')
  inbound.do({ type: 'leg.answered', leg: caller.leg })
  assert.equal(inbound.lastEffect('media.hear').leg, caller.leg)
  inbound.do({ type: 'leg.heard', leg: caller.leg, heard: { ...ced, signal: 'cng' } })
  assert.equal(inbound.last('call.faxHeard').signal, 'cng')
})

test('a fax is kept once, and the call goes on: who has it decides', () => {
  const floor = answered()
  const { call } = floor
  floor.do({ type: 'leg.heard', leg: call.leg, heard: { ...ced, signal: 'modem' } })
  assert.equal(floor.count('call.faxHeard'), 0)
  floor.do({ type: 'leg.heard', leg: call.leg, heard: ced })
  floor.do({ type: 'leg.heard', leg: call.leg, heard: { ...ced, signal: 'ansam' } })
  assert.equal(floor.count('call.faxHeard'), 1)
  assert.deepEqual(floor.call.fax, { signal: 'ced', confidence: 0.97, afterMs: 3600 })
  assert.equal(floor.count('call.ended'), 0)
  assert.equal(floor.agent(alice).phase, 'talking')
})

test('the agent who is told of a fax ends the call by the key for machines: the result is a fax, and the number rests for a day', () => {
  const floor = answered()
  const { call } = floor
  floor.do({ type: 'leg.heard', leg: call.leg, heard: ced })
  floor.do({ type: 'agent.metMachine', agent: alice, call: call.id })
  assert.equal(floor.last('call.ended').ending.result, 'FAX')
  const { reason, state, bad, dueAt } = floor.last('lead.released')
  assert.deepEqual([reason, state, bad, dueAt], ['FAX', 'ready', undefined, floor.clock.now() + 24 * 3_600_000])
})

test('a number at which a fax was heard before is not tried again after the second', () => {
  const floor = new TestFloor({})
  floor.ready(alice)
  const lead = { ...leadOf('le_1', carl), attempts: 1, faxes: [carl] }
  floor.do({ type: 'leads.loaded', campaign, leads: [lead], exhausted: true })
  const { call } = floor
  floor.do({ type: 'leg.answered', leg: call.leg })
  floor.do({ type: 'leg.heard', leg: call.leg, heard: ced })
  floor.do({ type: 'agent.metMachine', agent: alice, call: call.id })
  const { reason, state, bad } = floor.last('lead.released')
  assert.deepEqual([reason, state, bad], ['FAX', 'exhausted', carl])
})

test('a call on which an agent talked has the result of a talk, whatever was heard on it', () => {
  const floor = answered()
  const { call } = floor
  floor.do({ type: 'leg.heard', leg: call.leg, heard: ced })
  floor.do({ type: 'leg.ended', leg: call.leg, by: 'far', sipStatus: null, q850: 16, cause: 'bye' })
  assert.equal(floor.last('call.ended').ending.result, 'ANSWERED')
  assert.equal(floor.agent(alice).phase, 'wrapping')
})

test('a fax that left before anybody was there came to a fax; one that was kept waiting was abandoned, as whoever is', () => {
  for (const [waitedMs, result] of [
    [1500, 'FAX'],
    [2500, 'ABANDONED'],
  ] as const) {
    const floor = new TestFloor({})
    floor.ready(alice)
    floor.leads(carl)
    const { call } = floor
    floor.do({ type: 'agent.break', agent: alice, reason: 'tea' })
    floor.do({ type: 'leg.answered', leg: call.leg })
    floor.do({ type: 'leg.heard', leg: call.leg, heard: ced })
    floor.pass(waitedMs)
    floor.partyEnds(call)
    assert.equal(floor.last('call.ended').ending.result, result)
    assert.equal(floor.last('lead.released').reason, result)
  }
})

test('a fax that a notice was said to came to a fax', () => {
  const notice = {
    language: 'zh-CN' as const,
    parts: [{ prompt: 'notice-greeting' as const }],
    maxLines: 2,
    waitMs: 30_000,
  }
  const floor = new TestFloor({ campaign: { mode: 'notice', notice } })
  floor.do({ type: 'leads.loaded', campaign, leads: [leadOf('le_1', carl)], exhausted: true })
  const { call } = floor
  floor.do({ type: 'leg.answered', leg: call.leg })
  floor.do({ type: 'leg.heard', leg: call.leg, heard: ced })
  floor.partyEnds(call)
  assert.equal(floor.last('call.ended').ending.result, 'FAX')
  assert.equal(floor.last('lead.released').reason, 'FAX')
})

test('a fax that is heard after who answered was judged is hung up on only where the campaign ends machines', () => {
  for (const [machines, ended] of [
    ['tell', 0],
    ['end', 1],
    ['end_likely', 1],
  ] as const) {
    const floor = answered({ machines })
    const { leg } = floor.call
    floor.do({ type: 'leg.heard', leg, heard: unsure })
    floor.do({ type: 'leg.heard', leg, heard: ced })
    assert.equal(floor.count('call.ended'), ended, machines)
    if (ended === 1) assert.equal(floor.last('call.ended').ending.result, 'FAX')
  }
})

test('a fax that is heard late cuts nobody off who placed the call, holds it, consults or passes it on: it is told', () => {
  const byHand = new TestFloor({ campaign: { mode: 'manual', machines: 'end_likely' } })
  byHand.ready(alice)
  assert.equal(byHand.do({ type: 'agent.dial', agent: alice, number: carl, ...byHandIn }).refusal, null)
  byHand.do({ type: 'leg.answered', leg: byHand.call.leg })
  const floors = [byHand]
  for (const act of [
    { type: 'agent.hold' },
    { type: 'agent.consult', target: { agent: bob } },
    { type: 'agent.transfer', target: { agent: bob }, how: 'blind' },
  ] as const) {
    const floor = answered({ machines: 'end_likely' })
    floor.ready(bob)
    assert.equal(floor.do({ ...act, agent: alice, call: floor.call.id }).refusal, null, act.type)
    floors.push(floor)
  }
  for (const floor of floors) {
    const { leg } = floor.call
    floor.do({ type: 'leg.heard', leg, heard: unsure })
    floor.do({ type: 'leg.heard', leg, heard: ced })
    assert.deepEqual([floor.count('call.faxHeard'), floor.count('call.ended')], [1, 0])
  }
})

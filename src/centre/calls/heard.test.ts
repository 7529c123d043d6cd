import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tonePlanOf } from '../../hear/tone-plans.ts'
import type { Campaign } from '../entities.ts'
import { alice, setupOf, TestFloor } from '../testing.ts'
import { type TrunkRules, toneChoices, tonesOf } from '../trunks/trunk-rules.ts'
import type { HeardOnLine } from './heard.ts'

const carl = '+8613800000001'
const carla = '+8613800000002'
const off: HeardOnLine = { type: 'announcement', id: 'an_1', label: 'POWER_OFF', confidence: 0.97, afterMs: 1400 }
const voicemail: HeardOnLine = {
  type: 'answerer',
  verdict: 'machine',
  reason: 'long_greeting',
  confidence: 0.8,
  afterMs: 2200,
  features: { greetingMs: 1900, words: 3, recording: null },
}

function ringing(settings: Partial<Campaign>): TestFloor {
  const floor = new TestFloor({ campaign: settings })
  floor.ready(alice)
  floor.leads(carl, carla)
  floor.do({ type: 'leg.early', leg: floor.call.leg })
  return floor
}

test('with early media an ear listens, by the tones of the country that is called; after the answer for a fax', () => {
  const floor = ringing({})
  const { leg, id } = floor.call
  const hears = { type: 'media.hear', leg, call: id, place: '86' } as const
  assert.deepEqual(floor.lastEffect('media.hear'), { ...hears, what: 'carrier' })
  floor.do({ type: 'leg.answered', leg })
  assert.deepEqual(floor.lastEffect('media.hear'), { ...hears, what: 'fax' })
})

test('a trunk may say whose tones are spoken on it, that nothing is listened for before the answer, and that machines are not judged', () => {
  const on = (rules: Partial<TrunkRules>, settings: Partial<Campaign> = {}) => {
    const usual = setupOf({})
    const floor = new TestFloor({
      campaign: settings,
      setup: { trunks: usual.trunks.map(each => ({ ...each, rules })) },
    })
    floor.ready(alice)
    floor.leads(carl)
    floor.do({ type: 'leg.early', leg: floor.call.leg })
    floor.do({ type: 'leg.answered', leg: floor.call.leg })
    return floor.effects.flatMap(each => (each.type === 'media.hear' ? [`${each.what} ${each.place}`] : []))
  }
  assert.deepEqual(on({ tones: 'uk' }), ['carrier 44', 'fax 44'])
  assert.deepEqual(on({}, { machines: 'end' }), ['carrier 86', 'answerer 86'])
  assert.deepEqual(on({ machines: false }, { machines: 'end' }), ['carrier 86', 'fax 86'])
  assert.deepEqual(on({ hearing: false }, { machines: 'end' }), ['answerer 86'])
  for (const each of toneChoices) if (each !== 'callee') assert.equal(tonePlanOf(tonesOf[each]), each)
})

test('an announcement is kept beside what is signalled, which alone the next attempt goes by unless the campaign says otherwise', () => {
  for (const [announcements, reason] of [
    [undefined, 'BUSY'],
    ['retry', 'POWER_OFF'],
  ] as const) {
    const floor = ringing({ announcements })
    const { call } = floor
    floor.do({ type: 'leg.heard', leg: call.leg, heard: off })
    const { type: _, call: of, ...announced } = floor.last('call.announced')
    assert.equal(of, call.id)
    assert.deepEqual(announced, { by: 'recording', what: 'an_1', result: 'POWER_OFF', confidence: 0.97, afterMs: 1400 })
    assert.equal(floor.count('call.ended'), 0)
    floor.do({ type: 'leg.ended', leg: call.leg, by: 'far', sipStatus: 486, q850: 17, cause: 'rejected' })
    assert.equal(floor.last('call.ended').ending.result, 'BUSY')
    assert.equal(floor.last('lead.released').reason, reason)
  }
})

test('where the campaign wants it a sure announcement ends the attempt, and one that is not sure, or says nothing, does not', () => {
  const floor = ringing({ announcements: 'end' })
  const { leg } = floor.call
  floor.do({ type: 'leg.heard', leg, heard: { ...off, confidence: 0.7 } })
  floor.do({ type: 'leg.heard', leg, heard: { ...off, id: 'an_2', label: 'NONE', confidence: 1 } })
  floor.do({ type: 'leg.heard', leg, heard: { ...off, id: 'an_3', label: null, confidence: 1 } })
  assert.equal(floor.count('call.ended'), 0)
  floor.do({ type: 'leg.heard', leg, heard: off })
  const { ending } = floor.last('call.ended')
  assert.deepEqual([ending.by, ending.cause, ending.result], ['carrier', 'announced', 'POWER_OFF'])
  assert.equal(floor.last('lead.released').reason, 'POWER_OFF')
  assert.ok(floor.effects.some(effect => effect.type === 'phone.hangUp' && effect.leg === leg))
  assert.equal(floor.count('call.dialed'), 2, 'the line is free for the next lead at once')
})

test('an announcement that only began like a known one is taken back', () => {
  const floor = ringing({ announcements: 'retry' })
  const { call } = floor
  floor.do({ type: 'leg.heard', leg: call.leg, heard: off })
  floor.do({ type: 'leg.heard', leg: call.leg, heard: { ...off, label: null, confidence: 0 } })
  assert.equal(floor.call.announced?.result, null)
  floor.do({ type: 'leg.ended', leg: call.leg, by: 'far', sipStatus: 486, q850: 17, cause: 'rejected' })
  assert.equal(floor.last('lead.released').reason, 'BUSY')
})

test('a tone tells less than words: it does not take their place, and they take its', () => {
  const floor = ringing({})
  const { leg } = floor.call
  floor.do({ type: 'leg.heard', leg, heard: { type: 'tone', tone: 'ringback', confidence: 0.9, afterMs: 2000 } })
  assert.equal(floor.count('call.announced'), 0, 'ring-back is what one expects to hear')
  floor.do({ type: 'leg.heard', leg, heard: { type: 'tone', tone: 'busy', confidence: 0.98, afterMs: 1100 } })
  assert.equal(floor.last('call.announced').result, 'BUSY')
  floor.do({ type: 'leg.heard', leg, heard: { ...off, confidence: 0.9 } })
  floor.do({ type: 'leg.heard', leg, heard: { type: 'special', class: 'vacant', confidence: 0.95, afterMs: 1000 } })
  assert.equal(floor.count('call.announced'), 2)
  assert.equal(floor.call.announced?.result, 'POWER_OFF')
})

test('who answered is judged only where the campaign asks, while the agent is connected as ever', () => {
  const off = ringing({})
  off.do({ type: 'leg.answered', leg: off.call.leg })
  assert.equal(off.lastEffect('media.hear').what, 'fax')

  const told = ringing({ machines: 'tell' })
  const { call } = told
  told.do({ type: 'leg.answered', leg: call.leg })
  assert.equal(told.lastEffect('media.hear').what, 'answerer')
  assert.equal(told.agent(alice).phase, 'talking', 'nobody waits for the judgement')
  told.do({ type: 'leg.heard', leg: call.leg, heard: voicemail })
  assert.deepEqual(told.last('call.judged').features, { greetingMs: 1900, words: 3, recording: null })
  assert.equal(told.count('call.ended'), 0)
})

test('the length of a greeting alone ends nothing: people at work say their firm’s name in one breath; a beep does', () => {
  for (const [machines, reason, ended] of [
    ['end', 'long_greeting', 0],
    ['end', 'beep', 1],
    ['end', 'known_recording', 1],
    ['end_likely', 'long_greeting', 1],
    ['tell', 'beep', 0],
  ] as const) {
    const floor = ringing({ machines })
    const { call } = floor
    floor.do({ type: 'leg.answered', leg: call.leg })
    floor.do({ type: 'leg.heard', leg: call.leg, heard: { ...voicemail, reason } })
    assert.equal(floor.count('call.ended'), ended, `${machines}: ${reason}`)
  }
})

test('a machine is hung up on, its agent is free for the next call at once, and the lead is tried again by the rule for voice mail', () => {
  const floor = ringing({ machines: 'end_likely' })
  const { call } = floor
  floor.do({ type: 'leg.answered', leg: call.leg })
  floor.pass(2300)
  floor.do({ type: 'leg.heard', leg: call.leg, heard: voicemail })
  const { ending } = floor.last('call.ended')
  assert.deepEqual([ending.by, ending.cause, ending.result], ['system', 'machine', 'VOICEMAIL'])
  assert.equal(floor.last('lead.released').reason, 'VOICEMAIL')
  assert.equal(floor.count('call.abandoned'), 0)
  assert.equal(floor.count('call.dialed'), 2)
  assert.equal(floor.agent(alice).phase, 'ready')
})

test('unsure, a person, or a machine that nobody is sure of stay with the agent', () => {
  for (const change of [{ verdict: 'unsure' }, { verdict: 'human' }, { confidence: 0.6 }] as const) {
    const floor = ringing({ machines: 'end_likely' })
    const { call } = floor
    floor.do({ type: 'leg.answered', leg: call.leg })
    floor.do({ type: 'leg.heard', leg: call.leg, heard: { ...voicemail, ...change } as HeardOnLine })
    assert.equal(floor.count('call.judged'), 1)
    assert.equal(floor.count('call.ended'), 0)
    assert.equal(floor.agent(alice).phase, 'talking')
  }
})

test('a machine that waits for an agent is let go before its two seconds, and one that waited longer was abandoned', () => {
  for (const [waitedMs, abandoned] of [
    [1500, 0],
    [2200, 1],
  ] as const) {
    const floor = ringing({ machines: 'end_likely' })
    const { call } = floor
    floor.do({ type: 'agent.break', agent: alice, reason: 'tea' })
    floor.do({ type: 'leg.answered', leg: call.leg })
    floor.pass(waitedMs)
    floor.do({ type: 'leg.heard', leg: call.leg, heard: voicemail })
    assert.equal(floor.count('call.abandoned'), abandoned)
    if (abandoned === 0) assert.equal(floor.last('call.ended').ending.cause, 'machine')
  }
})

test('an agent who hears a machine ends the call with one word: no wrap-up, the lead goes by the rule for voice mail, and it is kept beside the judgement', () => {
  const floor = ringing({ machines: 'tell' })
  const { call } = floor
  floor.do({ type: 'leg.answered', leg: call.leg })
  floor.do({ type: 'leg.heard', leg: call.leg, heard: { ...voicemail, verdict: 'human', reason: 'short_greeting' } })
  floor.pass(6000)
  floor.do({ type: 'agent.metMachine', agent: alice, call: call.id })
  assert.deepEqual(floor.last('call.answererTold'), {
    type: 'call.answererTold',
    call: call.id,
    answerer: 'machine',
    by: 'agent',
  })
  const { ending } = floor.last('call.ended')
  assert.deepEqual([ending.by, ending.cause, ending.result], ['agent', 'machine', 'VOICEMAIL'])
  assert.equal(floor.last('lead.released').reason, 'VOICEMAIL')
  assert.equal(floor.agent(alice).phase, 'ready')
  assert.equal(floor.count('call.dialed'), 2)
})

test('a machine cannot be told of a call that is not talked, after two minutes, or twice', () => {
  const floor = ringing({})
  const { call } = floor
  const told = { type: 'agent.metMachine', agent: alice, call: call.id } as const
  assert.equal(floor.do(told).refusal?.rule, 'not_talking')
  floor.do({ type: 'leg.answered', leg: call.leg })
  floor.pass(121_000)
  assert.equal(floor.do(told).refusal?.rule, 'talked_too_long')
  assert.equal(floor.count('call.answererTold'), 0)
  assert.equal(floor.count('call.ended'), 0)

  const inbound = new TestFloor({})
  inbound.ready(alice)
  const caller = inbound.caller('13900002222')
  assert.equal(inbound.do({ type: 'agent.metMachine', agent: alice, call: caller.id }).refusal?.rule, 'not_dialled')
})

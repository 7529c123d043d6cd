import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Notice } from '../entities.ts'
import type { Fact } from '../facts.ts'
import { closingInputs } from '../house-closing.ts'
import { alice, campaign, type FloorOptions, leadOf, TestFloor } from '../testing.ts'

const notice: Notice = {
  language: 'zh-CN',
  parts: [
    { prompt: 'notice-greeting' },
    { prompt: 'amount-due' },
    { field: 'amount', as: 'money' },
    { prompt: 'press-1' },
  ],
  maxLines: 2,
  waitMs: 30_000,
}
const said = ['notice-greeting', 'amount-due', '1', '1000', '2', '100', '3', '10', '4', 'yuan', '5', 'jiao', 'press-1']

const noticeFloor = (more: FloorOptions = {}) =>
  new TestFloor({ ...more, campaign: { mode: 'notice', notice, ...more.campaign } })

function load(floor: TestFloor, ...numbers: string[]): void {
  const leads = numbers.map((number, n) => ({ ...leadOf(`le_${n}`, number), fields: { amount: '1,234.50' } }))
  floor.do({ type: 'leads.loaded', campaign, leads, exhausted: true })
}

/** Dialled and answered: the message is being said. */
function answered(floor: TestFloor) {
  load(floor, '+8613800000001')
  const { call } = floor
  floor.do({ type: 'leg.answered', leg: call.leg })
  return call
}

const lastReleased = (floor: TestFloor) => {
  const { state, reason } = floor.last('lead.released')
  return [state, reason]
}

test('a notice is dialled without any agent, as many at once as the campaign allows', () => {
  const floor = noticeFloor()
  load(floor, '+8613800000001', '+8613800000002', '+8613800000003')
  assert.equal(floor.count('call.dialed'), 2)
  assert.equal(floor.last('call.dialed').mode, 'notice')
  const [first] = floor.state.calls.values()
  floor.do({ type: 'leg.answered', leg: first!.leg })
  assert.equal(floor.count('call.dialed'), 2, 'who listens takes a line')
  floor.partyEnds(first!)
  assert.equal(floor.count('call.dialed'), 3)
})

test('the party hears the values of the lead, and the call ends by itself', () => {
  const floor = noticeFloor()
  const call = answered(floor)
  const say = floor.lastEffect('media.say')
  assert.deepEqual(say, { type: 'media.say', leg: call.leg, speech: 1, parts: said.map(name => `zh-CN/${name}`) })
  assert.equal(floor.effects.filter(effect => effect.type === 'media.record').length, 1)
  floor.pass(20_000)
  floor.do({ type: 'leg.played', leg: call.leg, speech: 1 })
  assert.equal(call.phase, 'notice')
  floor.pass(6_000)
  const { ending } = floor.last('call.ended')
  assert.deepEqual([ending.by, ending.cause, ending.result], ['system', 'notice_over', 'ANSWERED'])
  assert.deepEqual(floor.last('call.noticeHeard'), {
    type: 'call.noticeHeard',
    call: call.id,
    heardMs: 20_000,
    whole: true,
    digit: null,
  })
  assert.deepEqual(lastReleased(floor), ['done', 'notice_heard'])
  assert.equal(floor.count('call.abandoned'), 0)
})

test('who hangs up early is noted with what was heard, and called again by rule', () => {
  const floor = noticeFloor()
  const call = answered(floor)
  floor.pass(4_000)
  floor.partyEnds(call)
  const { heardMs, whole } = floor.last('call.noticeHeard')
  assert.deepEqual([heardMs, whole], [4_000, false])
  assert.deepEqual(lastReleased(floor), ['ready', 'ANSWERED'])
})

test('9 says it again, and the end of the first saying is passed over', () => {
  const floor = noticeFloor()
  const call = answered(floor)
  floor.pass(3_000)
  floor.do({ type: 'leg.digit', leg: call.leg, digit: '9' })
  assert.equal(floor.lastEffect('media.say').speech, 2)
  floor.do({ type: 'leg.played', leg: call.leg, speech: 1 })
  assert.equal(floor.count('call.noticeSaid'), 0)
  for (let n = 0; n < 5; n++) floor.do({ type: 'leg.digit', leg: call.leg, digit: '9' })
  assert.equal(floor.lastEffect('media.say').speech, 4, 'three times again at most')
})

test('1 brings the longest idle agent, who wraps up as after any call', () => {
  const floor = noticeFloor()
  floor.ready(alice)
  const call = answered(floor)
  floor.do({ type: 'leg.digit', leg: call.leg, digit: '1' })
  assert.equal(floor.last('call.connected').agent, alice)
  assert.equal(call.phase, 'talking')
  assert.equal(floor.last('call.noticeHeard').digit, '1')
  floor.partyEnds(call)
  assert.equal(floor.agent(alice).phase, 'wrapping')
  floor.dispose(call, alice, 'sold')
  assert.deepEqual(lastReleased(floor), ['done', 'sold'])
})

test('1 with every agent busy: music, then an apology and a callback that an agent is taken for first', () => {
  const floor = noticeFloor()
  floor.ready(alice)
  floor.do({ type: 'agent.break', agent: alice, reason: 'tea' })
  const call = answered(floor)
  floor.do({ type: 'leg.digit', leg: call.leg, digit: '1' })
  assert.equal(floor.lastEffect('media.play').prompt, 'comfort-music')
  floor.pass(30_000)
  assert.deepEqual(floor.lastEffect('media.say').parts, ['zh-CN/no-agent'])
  assert.deepEqual([floor.last('call.abandoned').campaign, floor.last('call.abandoned').waitedMs], [campaign, 30_000])
  floor.do({ type: 'leg.played', leg: call.leg, speech: 0 })
  assert.equal(floor.last('call.ended').ending.cause, 'overflow')
  const { callback } = floor.last('callback.scheduled')
  assert.deepEqual([callback.reason, callback.campaign], ['overflow', campaign])
  assert.deepEqual(lastReleased(floor), ['callback', 'notice_key_1'])

  const owed = { ...leadOf('le_0', '+8613800000001'), callback: callback.id, dueAt: floor.clock.now() }
  floor.do({ type: 'leads.loaded', campaign, leads: [], exhausted: true }) // asked for before it was given back
  floor.pass(60_000) // the carrier's one attempt a minute
  floor.do({ type: 'leads.loaded', campaign, leads: [owed], exhausted: true })
  assert.equal(floor.count('call.dialed'), 1, 'nobody is free for it')
  floor.do({ type: 'agent.ready', agent: alice })
  const { agent, mode } = floor.last('call.dialed')
  assert.deepEqual([agent, mode, floor.agent(alice).phase], [alice, 'progressive', 'dialing'])
})

test('1 with nobody signed on: an apology at once', () => {
  const floor = noticeFloor()
  const call = answered(floor)
  floor.do({ type: 'leg.digit', leg: call.leg, digit: '1' })
  assert.deepEqual(floor.lastEffect('media.say').parts, ['zh-CN/no-agent'])
  floor.partyEnds(call)
  assert.equal(floor.count('callback.scheduled'), 1)
})

test('who asks for a person and gives up waiting was abandoned, unless it was within two seconds; who asks for nobody never is', () => {
  const asking = (waitMs: number) => {
    const floor = noticeFloor()
    floor.ready(alice)
    floor.do({ type: 'agent.break', agent: alice, reason: 'tea' })
    const call = answered(floor)
    floor.do({ type: 'leg.digit', leg: call.leg, digit: '1' })
    floor.pass(waitMs)
    floor.partyEnds(call)
    return floor
  }
  const kept = asking(9_000)
  assert.equal(kept.last('call.abandoned').waitedMs, 9_000)
  assert.deepEqual(lastReleased(kept), ['callback', 'notice_key_1'])
  assert.equal(asking(1_900).count('call.abandoned'), 0)
  const counted = (floor: TestFloor) => floor.state.campaigns.get(campaign)!.abandonment.of(20_781, 1)
  assert.deepEqual(counted(kept), { answered: 1, abandoned: 1 })
  const heard = noticeFloor()
  heard.partyEnds(answered(heard))
  assert.deepEqual(counted(heard), { answered: 0, abandoned: 0 })
})

test('who asked for a person and waits when the house closes, or when a supervisor ends the call, was abandoned', () => {
  for (const by of ['system', 'supervisor'] as const) {
    const floor = noticeFloor()
    floor.ready(alice)
    floor.do({ type: 'agent.break', agent: alice, reason: 'tea' })
    const call = answered(floor)
    floor.do({ type: 'leg.digit', leg: call.leg, digit: '1' })
    floor.pass(9_000)
    if (by === 'system') for (const input of closingInputs(floor.state)) floor.do(input)
    else floor.do({ type: 'call.end', call: call.id, by })
    assert.equal(floor.last('call.abandoned').waitedMs, 9_000)
    assert.deepEqual(floor.state.campaigns.get(campaign)!.abandonment.of(20_781, 1), { answered: 1, abandoned: 1 })
    assert.deepEqual(lastReleased(floor), ['callback', 'notice_key_1'])
    assert.equal(floor.count('callback.scheduled'), 1)
  }
})

test('2 puts the number on the do-not-call list, says so and ends', () => {
  const floor = noticeFloor()
  const call = answered(floor)
  floor.do({ type: 'leg.digit', leg: call.leg, digit: '2' })
  assert.equal(floor.last('suppression.added').number, '+8613800000001')
  assert.deepEqual(floor.lastEffect('media.say').parts, ['zh-CN/not-called-again'])
  floor.do({ type: 'leg.played', leg: call.leg, speech: 0 })
  assert.equal(floor.last('call.ended').ending.cause, 'notice_over')
  assert.deepEqual(lastReleased(floor), ['dnc', 'notice_key_2'])
})

test('a lead without a value that the message needs is not called, and told why', () => {
  const floor = noticeFloor()
  floor.leads('+8613800000001')
  assert.equal(floor.count('call.dialed'), 0)
  const { refusal } = floor.last('call.refused')
  assert.equal(refusal.rule, 'notice_unspeakable')
  assert.match(refusal.words, /amount.*found nothing/)
  assert.deepEqual(lastReleased(floor), ['exhausted', 'notice_unspeakable'])
})

test('a notice passes the same gate as every call', () => {
  const night = noticeFloor({ at: Date.UTC(2026, 10, 24, 15) })
  load(night, '+8613800000001')
  assert.equal(night.count('call.dialed'), 0)
  assert.equal(night.state.campaigns.get(campaign)!.held?.rule, 'contact_hours')
})

test('a campaign without a message says so', () => {
  const floor = noticeFloor({ campaign: { notice: null } })
  load(floor, '+8613800000001')
  assert.equal(floor.state.campaigns.get(campaign)!.held?.rule, 'notice_missing')
})

test('media that never tell of an end keep nobody on the line for ever', () => {
  const floor = noticeFloor()
  answered(floor)
  floor.pass(5 * 60_000)
  const heard = floor.facts.findLast(
    (fact): fact is Extract<Fact, { type: 'call.noticeHeard' }> => fact.type === 'call.noticeHeard',
  )
  assert.equal(heard?.whole, false)
  assert.equal(floor.count('call.ended'), 1)
})

test('the record of a notice tells which version of the lender’s recordings was said', () => {
  const parts = [{ prompt: 'own/welcome' }, { prompt: 'press-1' }]
  const floor = noticeFloor({
    campaign: { notice: { ...notice, parts } },
    setup: { phrases: [{ name: 'welcome', version: 2 }] },
  })
  const call = answered(floor)
  assert.deepEqual(floor.last('call.noticeBegan'), {
    type: 'call.noticeBegan',
    call: call.id,
    speech: 1,
    own: ['own/welcome@2'],
  })
  assert.deepEqual(floor.lastEffect('media.say').parts, ['own/welcome@2', 'zh-CN/press-1'])
  floor.do({ type: 'records.committed', facts: [{ type: 'phrase.used', name: 'welcome', version: 3 }] })
  floor.do({ type: 'leg.digit', leg: call.leg, digit: '9' })
  assert.deepEqual(floor.last('call.noticeBegan').own, ['own/welcome@3'])
})

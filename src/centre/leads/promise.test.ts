import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CallbackId } from '../../lib/ids.ts'
import type { BufferedLead, Campaign } from '../entities.ts'
import { alice, bob, campaign, leadOf, TestFloor } from '../testing.ts'
import { promiseTriesMax } from './promise.ts'

const carl = '+8613800000001'
const minute = 60_000
const hour = 60 * minute
const cb = 'cb_1' as CallbackId

/** carl is owed a call now; `tries` were made before. */
function owed(more: Partial<BufferedLead> = {}): BufferedLead {
  const promised = { tries: 0, reason: 'agreed' as const }
  return { ...leadOf('le_cb', carl), callback: cb, callbackNumber: carl, promised, ...more }
}

function floorThatOwes(lead: BufferedLead, changes: Partial<Campaign> = {}): TestFloor {
  const floor = new TestFloor({ campaign: changes })
  floor.ready(alice)
  floor.do({ type: 'leads.loaded', campaign, leads: [lead], exhausted: true })
  return floor
}

const busy = { by: 'carrier', cause: 'rejected', sipStatus: 486, q850: 17 } as const

for (const [answer, how, waitsMs] of [
  ['busy', busy, 10 * minute],
  ['not answered', { by: 'carrier', cause: 'timeout', sipStatus: 487, q850: null }, 2 * hour],
] as const)
  test(`a promise that was ${answer} at its minute is tried again by the retry rule and stays open`, () => {
    const floor = floorThatOwes(owed())
    assert.equal(floor.last('call.dialed').callback, cb)
    floor.partyEnds(floor.call, how)
    assert.equal(floor.count('callback.closed'), 0)
    const { state, dueAt } = floor.last('lead.released')
    assert.deepEqual([state, dueAt], ['callback', floor.clock.now() + waitsMs])
    const { type: _, call: _c, ...tried } = floor.last('callback.tried')
    assert.deepEqual(tried, { callback: cb, result: answer === 'busy' ? 'BUSY' : 'NO_ANSWER', nextAt: dueAt })
    assert.equal(floor.state.campaigns.get(campaign)!.supply.callbackAt, dueAt, 'it is fetched at that minute')
  })

test('the campaign’s own rule counts from the promise on, not from the first attempt of the lead', () => {
  const retries = [{ result: 'BUSY' as const, delayMs: 5 * minute, max: 2 }]
  const floor = floorThatOwes(owed({ attempts: 40 }), { retries })
  floor.partyEnds(floor.call, busy)
  assert.equal(floor.last('callback.tried').nextAt, floor.clock.now() + 5 * minute)
  floor.pass(5 * minute)
  floor.do({
    type: 'leads.loaded',
    campaign,
    leads: [owed({ attempts: 41, promised: { tries: 1, reason: 'agreed' } })],
    exhausted: true,
  })
  floor.partyEnds(floor.call, busy)
  assert.deepEqual([floor.last('callback.tried').nextAt, floor.count('callback.closed')], [null, 0])
  const { state, reason } = floor.last('lead.released')
  assert.deepEqual([state, reason], ['exhausted', 'callback_unanswered'])
})

test('a rule without an end of its own is bounded all the same', () => {
  const retries = [{ result: 'BUSY' as const, delayMs: minute, max: 1_000 }]
  const floor = floorThatOwes(owed({ promised: { tries: promiseTriesMax - 1, reason: 'agreed' } }), { retries })
  floor.partyEnds(floor.call, busy)
  assert.equal(floor.last('callback.tried').nextAt, null)
})

test('a promise is kept when somebody was talked to and that was written down', () => {
  const floor = floorThatOwes(owed({ callbackAgent: alice }))
  floor.do({ type: 'leg.answered', leg: floor.call.leg })
  const { call } = floor
  assert.equal(call.agent, alice)
  floor.partyEnds(call)
  assert.equal(floor.count('callback.closed'), 0)
  floor.dispose(call, alice, 'sold')
  assert.deepEqual(floor.last('callback.closed'), { type: 'callback.closed', callback: cb, how: 'kept' })
  assert.equal(floor.last('lead.released').state, 'done')
})

test('who had to try again because another person answered has not kept the promise', () => {
  const floor = floorThatOwes(owed())
  floor.do({ type: 'leg.answered', leg: floor.call.leg })
  const { call } = floor
  floor.partyEnds(call)
  floor.dispose(call, alice, 'again')
  assert.equal(floor.count('callback.closed'), 0)
  assert.deepEqual([floor.last('callback.tried').result, floor.last('lead.released').state], ['ANSWERED', 'callback'])
})

test('an outcome that is never written down keeps the promise: somebody was talked to', () => {
  const floor = floorThatOwes(owed())
  floor.do({ type: 'leg.answered', leg: floor.call.leg })
  floor.partyEnds(floor.call)
  floor.pass(2 * minute)
  assert.equal(floor.last('callback.closed').how, 'kept')
})

test('a promise that we abandon ourselves stays the one promise', () => {
  const floor = floorThatOwes(owed())
  floor.do({ type: 'agent.break', agent: alice, reason: 'tea' })
  floor.do({ type: 'leg.answered', leg: floor.call.leg })
  floor.pass(12_000)
  assert.equal(floor.count('call.abandoned'), 1)
  assert.deepEqual([floor.count('callback.scheduled'), floor.count('callback.closed')], [0, 0])
  const { result, nextAt } = floor.last('callback.tried')
  assert.deepEqual([result, floor.last('lead.released').state], ['ABANDONED', 'callback'])
  assert.equal(nextAt, floor.last('lead.released').dueAt)
})

test('whom we had abandoned and do not reach any more is a lead like others', () => {
  const retries = [{ result: 'BUSY' as const, delayMs: minute, max: 3 }]
  const floor = floorThatOwes(owed({ attempts: 1, promised: { tries: 2, reason: 'abandoned' } }), { retries })
  floor.partyEnds(floor.call, busy)
  assert.equal(floor.last('callback.closed').how, 'given_up')
  assert.equal(floor.last('lead.released').state, 'ready')
})

test('a promise in a preview that is skipped, or a phone that is not picked up, stays a promise', () => {
  const preview = floorThatOwes(owed(), { mode: 'preview' })
  preview.do({ type: 'agent.skipPreview', agent: alice, reason: 'later' })
  assert.equal(preview.last('lead.released').state, 'callback')

  const rung = new TestFloor({ station: 'phone-rung', campaign: { reserved: true } })
  rung.ready(alice)
  rung.do({ type: 'leads.loaded', campaign, leads: [owed()], exhausted: true })
  assert.equal(rung.agent(alice).phase, 'ringing')
  rung.pass(20_000)
  assert.equal(rung.last('lead.released').state, 'callback')
})

test('an agent who keeps a callback by hand and reaches nobody leaves it open', () => {
  const floor = new TestFloor()
  floor.ready(alice)
  const known = { party: 'R1', name: 'carl', relation: 'SELF' as const, consent: { basis: 'form', evidence: 's' } }
  const promised = { tries: 1, reason: 'overflow' as const }
  const dial = { type: 'agent.dial', agent: alice, number: carl, campaign, lead: null, callback: cb, promised } as const
  assert.equal(floor.do({ ...dial, ...known }).refusal, null)
  floor.partyEnds(floor.call, busy)
  assert.equal(floor.count('callback.closed'), 0)
  assert.equal(floor.last('callback.tried').nextAt, null, 'without a lead only a person tries again')
})

test('a person closes a promise with a reason, but not while it is being kept', () => {
  const floor = floorThatOwes(owed({ callbackAgent: bob, dueAt: 2e12 }))
  const close = { type: 'callback.close', callback: cb, campaign, lead: leadOf('le_cb', carl).id } as const
  assert.equal(floor.do({ ...close, reason: '  ' }).refusal?.rule, 'reason_missing')
  assert.equal(floor.state.campaigns.get(campaign)!.buffer.length, 1)
  floor.do({ ...close, reason: 'paid at the counter' })
  const { how, reason } = floor.last('callback.closed')
  assert.deepEqual([how, reason], ['cancelled', 'paid at the counter'])
  assert.deepEqual(
    [floor.last('lead.released').state, floor.last('lead.released').reason],
    ['exhausted', 'callback_closed'],
  )
  assert.equal(floor.state.campaigns.get(campaign)!.buffer.length, 0, 'and is dialled no more')

  const calling = floorThatOwes(owed())
  assert.equal(calling.do({ ...close, reason: 'paid' }).refusal?.rule, 'lead_in_hand')
  assert.equal(calling.count('callback.closed'), 0)
})

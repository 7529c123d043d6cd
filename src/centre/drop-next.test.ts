import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CallId, CampaignId, LegId } from '../lib/ids.ts'
import { dropNext } from './drop-next.ts'
import { evolve } from './evolve.ts'
import { NotDecided } from './not-decided.ts'
import { proceed } from './proceed.ts'
import { alice, bob, campaign, sam, TestFloor } from './testing.ts'

const anyHour = { campaign: { policy: 'LAB-ANY-HOUR' }, setup: { lab: true } }

/** A bug: whatever reads this falls over, so many times. */
function spoil<T extends object>(noun: T, field: keyof T & string, times = Number.POSITIVE_INFINITY): void {
  let value = noun[field]
  let isSpoilt = true
  let left = times
  Object.defineProperty(noun, field, {
    get() {
      if (isSpoilt && left-- > 0) throw new Error(`${field} is spoilt`)
      return value
    },
    set(next: T[typeof field]) {
      isSpoilt = false
      value = next
    },
  })
}

/** As the engine does: what could not be decided is put away, and its call, if there is one, is ended. */
function proceedAndDrop(floor: TestFloor): CallId | null {
  const moment = { now: floor.clock.now(), actor: 'system' } as const
  let error: unknown
  try {
    for (let more = proceed(floor.state, moment); more !== null; more = proceed(floor.state, moment))
      for (const change of [...more.facts, ...(more.notes ?? [])]) evolve(floor.state, change, moment.now)
  } catch (thrown) {
    error = thrown
  }
  assert.ok(error instanceof NotDecided, String(error))
  const dropped = dropNext(floor.state, moment, error)
  assert.ok(dropped !== null)
  for (const change of [...dropped.decision.facts, ...(dropped.decision.notes ?? [])])
    evolve(floor.state, change, moment.now)
  floor.facts.push(...dropped.decision.facts)
  floor.effects.push(...dropped.decision.effects)
  if (dropped.call !== null) floor.do({ type: 'call.end', call: dropped.call, by: 'system' })
  return dropped.call
}

/** The instant that comes next is said to have been the one that could not be decided. */
function dropDue(floor: TestFloor): CallId | null {
  const due = floor.state.deadlines[0]!
  const dropped = dropNext(
    floor.state,
    { now: due.at, actor: 'system' },
    new NotDecided({ of: 'due', due }, new Error('a bug')),
  )!
  for (const change of [...dropped.decision.facts, ...(dropped.decision.notes ?? [])])
    evolve(floor.state, change, due.at)
  return dropped.call
}

test('an instant that could not be decided is met no more: its call is named, its agent has a break', () => {
  const floor = new TestFloor(anyHour)
  floor.ready(alice)
  floor.leads('+8613800000001')
  const { call } = floor
  assert.equal(dropNext(floor.state, { now: floor.clock.now(), actor: 'system' }, new Error('elsewhere')), null)
  assert.equal(dropDue(floor), call.id)
  floor.do({ type: 'leg.answered', leg: call.leg })
  floor.partyEnds(call)
  assert.equal(floor.agent(alice).phase, 'wrapping')
  while (floor.agent(alice).phase === 'wrapping') assert.equal(dropDue(floor), null)
  assert.deepEqual([floor.agent(alice).phase, floor.agent(alice).reason], ['break', 'bug'])
  assert.equal(floor.state.leadsInHand.size, 0)
})

test('a loose end that could not be tied up is put away, and its call ends', () => {
  const floor = new TestFloor()
  floor.ready(alice)
  const [talking, waiting] = [floor.caller(), floor.caller()]
  assert.deepEqual([talking.phase, waiting.phase], ['talking', 'waiting'])
  const end = { of: 'unassigned', call: waiting.id, reason: 'declined' } as const
  spoil(end, 'reason')
  floor.state.loose.push(end)
  assert.equal(proceedAndDrop(floor), waiting.id)
  assert.equal(floor.state.loose.length, 0)
  assert.deepEqual([talking.phase, waiting.phase], ['talking', 'ended'])
})

test('a phone that rings for a caller rings no more, and the caller is let go, when nobody picks it up and that cannot be decided', () => {
  const floor = new TestFloor({ station: 'phone-rung', campaign: { mode: 'manual' } })
  floor.ready(alice)
  const call = floor.caller()
  assert.equal(call.phase, 'assigned')
  spoil(floor.agent(alice), 'next')
  floor.clock.set(floor.agent(alice).until!)
  assert.equal(proceedAndDrop(floor), call.id)
  assert.equal(call.phase, 'ended')
  const hungUp = floor.effects.flatMap(effect => (effect.type === 'phone.hangUp' ? [effect.leg] : []))
  assert.deepEqual(hungUp.sort(), [call.leg, call.agentLeg].sort())
  assert.deepEqual([floor.agent(alice).phase, floor.agent(alice).reason], ['break', 'bug'])
})

test('a phone that rings before it dials is hung up, and the lead given back', () => {
  const floor = new TestFloor({ ...anyHour, station: 'phone-rung' })
  floor.do({
    type: 'records.committed',
    facts: [
      {
        type: 'campaign.saved',
        campaign: { ...floor.state.campaigns.get(campaign)!.campaign, mode: 'progressive', reserved: true },
      },
    ],
  })
  floor.ready(alice)
  floor.leads('+8613800000001')
  const leg = floor.agent(alice).rung?.leg
  assert.ok(leg !== undefined)
  assert.equal(floor.state.leadsInHand.size, 1)
  spoil(floor.agent(alice), 'next')
  floor.clock.set(floor.agent(alice).until!)
  assert.equal(proceedAndDrop(floor), null)
  assert.equal(floor.lastEffect('phone.hangUp').leg, leg)
  assert.equal(floor.state.leadsInHand.size, 0)
})

test('a preview whose end cannot be decided is withdrawn, and its lead given back', () => {
  const floor = new TestFloor({ campaign: { mode: 'preview' } })
  floor.leads('+8613800000001')
  floor.ready(alice)
  assert.equal(floor.agent(alice).phase, 'preview')
  assert.equal(dropDue(floor), null)
  assert.equal(floor.agent(alice).phase, 'break')
  assert.equal(floor.state.leadsInHand.size, 0)
})

test('who writes up a call that others talk on loses that, and the others talk on', () => {
  const floor = new TestFloor()
  floor.ready(alice)
  const call = floor.caller()
  floor.ready(bob)
  floor.do({ type: 'agent.transfer', agent: alice, call: call.id, target: { agent: bob }, how: 'blind' } as never)
  assert.deepEqual([floor.agent(alice).phase, call.agent], ['wrapping', bob])
  assert.equal(dropDue(floor), null)
  assert.deepEqual([floor.agent(alice).reason, call.phase], ['bug', 'talking'])
})

test('what a supervisor hears and cannot be decided ends the listening, and no instant that has come beside it', () => {
  const floor = new TestFloor()
  floor.ready(alice)
  floor.do({ type: 'station.up', agent: sam, leg: 'st_sam' as LegId })
  const call = floor.caller()
  floor.do({ type: 'supervisor.begin', by: sam, call: call.id, agent: null, mode: 'listen', stays: false, reason: '' })
  const waiting = floor.caller()
  assert.equal(waiting.phase, 'waiting')
  floor.clock.set(waiting.deadlineAt!)
  spoil(floor.state.supervisions.get(sam)!, 'reason')
  assert.equal(proceedAndDrop(floor), null)
  assert.equal(floor.last('supervision.ended').cause, 'bug')
  assert.equal(floor.last('call.unmonitored').cause, 'bug')
  assert.equal(floor.lastEffect('media.supervise').target, null)
  assert.deepEqual([call.phase, waiting.phase, waiting.dismissed], ['talking', 'waiting', null])
  floor.do({ type: 'tick' })
  assert.equal(waiting.dismissed, 'overflow')
})

test('a caller and an agent who cannot be brought together: the call ends, and the agent is given no other', () => {
  const floor = new TestFloor()
  floor.ready(alice)
  spoil(floor.agent(alice), 'stationHeld')
  assert.throws(() => floor.caller(), NotDecided)
  const { call } = floor
  assert.equal(proceedAndDrop(floor), call.id)
  assert.equal(call.phase, 'ended')
  assert.equal(floor.agent(alice).reason, 'bug')
  assert.equal(floor.caller().phase, 'waiting')
})

test('an agent who cannot be looked at for a caller has a break, and the caller is the next one’s', () => {
  const floor = new TestFloor()
  floor.ready(alice)
  spoil(floor.agent(alice), 'claimedBy', 2)
  assert.throws(() => floor.caller(), /search.*claimedBy is spoilt/)
  const { call } = floor
  assert.equal(proceedAndDrop(floor), null)
  assert.deepEqual([floor.agent(alice).phase, floor.agent(alice).reason], ['break', 'bug'])
  assert.equal(floor.last('agent.stateChanged').reason, 'bug')
  assert.equal(call.phase, 'waiting')
  floor.ready(bob)
  assert.deepEqual([call.phase, call.agent], ['talking', bob])
})

test('a caller for whom nobody can be looked is let go, and the floor goes on', () => {
  const floor = new TestFloor()
  floor.do({ type: 'agent.signOn', agent: alice })
  const direct = floor.caller('13900001111', '021-5555-1234')
  assert.deepEqual([direct.parkedFor, direct.phase], [alice, 'waiting'])
  spoil(direct, 'parkedFor', 2)
  assert.throws(() => floor.do({ type: 'tick' }), /search.*parkedFor is spoilt/)
  assert.equal(proceedAndDrop(floor), direct.id)
  assert.deepEqual([direct.phase, floor.last('call.ended').ending.by], ['ended', 'system'])
  floor.ready(alice)
  assert.equal(floor.caller().agent, alice)
})

test('a campaign whose next call cannot be decided rests for a minute, and the others go on', () => {
  const floor = new TestFloor()
  const [first] = floor.state.campaigns.values()
  const second = { ...first!.campaign, id: 'ca_2' as CampaignId, name: 'spring offer' }
  floor.do({ type: 'records.committed', facts: [{ type: 'campaign.saved', campaign: second }] })
  spoil(first!, 'uncovered')
  assert.throws(() => floor.do({ type: 'tick' }), /uncovered is spoilt/)
  assert.equal(proceedAndDrop(floor), null)
  assert.equal(first!.held?.rule, 'campaign_fault')
  floor.do({ type: 'tick' })
  assert.equal(floor.state.campaigns.get(second.id)!.held?.rule, 'nobody_signed_on')
  floor.clock.advance(60_000)
  assert.throws(() => floor.do({ type: 'tick' }), /uncovered is spoilt/)
})

test('a phone that cannot be opened leaves its user on a break, and the others to their calls', () => {
  const floor = new TestFloor({ station: 'phone-rung' })
  floor.ready(bob)
  for (const type of ['agent.signOn', 'agent.ready'] as const) floor.do({ type, agent: alice })
  const dropped = dropNext(
    floor.state,
    { now: floor.clock.now(), actor: 'system' },
    new NotDecided({ of: 'phone', agent: bob }, new Error('a bug')),
  )!
  for (const change of [...dropped.decision.facts, ...(dropped.decision.notes ?? [])])
    evolve(floor.state, change, floor.clock.now())
  assert.deepEqual([floor.agent(bob).phase, floor.agent(bob).reason, dropped.call], ['break', 'bug', null])
  assert.equal(floor.state.phonesDue.size, 0)
})

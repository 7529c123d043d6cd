import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { LeadId, LegId, TrunkId } from '../../lib/ids.ts'
import { alice, bob, campaign, consent, setupOf, TestFloor, tenOClock } from '../testing.ts'

const carl = '+8613800000001'
const nobody = { campaign: null, lead: null, party: null, name: null, relation: null }
const dial = (number: string) => ({ type: 'agent.dial', agent: alice, number, ...nobody }) as const

test('an agent dials by hand, hears it ring, hears early media, and talks', () => {
  const floor = new TestFloor({ campaign: { mode: 'manual' } })
  floor.ready(alice)
  floor.do(dial('138 0000 0001'))
  assert.deepEqual([floor.last('call.dialed').number, floor.last('call.dialed').mode], [carl, 'manual'])
  assert.equal(floor.agent(alice).phase, 'dialing')
  const { leg } = floor.call
  floor.do({ type: 'leg.ringing', leg })
  assert.deepEqual(
    [floor.lastEffect('media.play').prompt, floor.lastEffect('media.play').leg],
    ['ringback', `st_${alice}`],
  )
  floor.do({ type: 'leg.early', leg })
  assert.equal(floor.lastEffect('media.stopPlay').leg, `st_${alice}`)
  assert.equal(floor.lastEffect('media.patch').a, leg)
  floor.do({ type: 'leg.answered', leg })
  assert.deepEqual([floor.call.phase, floor.count('recording.opened')], ['talking', 1])
})

test('an unanswered call by hand leads back to where the agent was', () => {
  const floor = new TestFloor({ campaign: { mode: 'manual' } })
  floor.ready(alice)
  floor.do({ type: 'agent.break', agent: alice, reason: 'desk work' })
  floor.do(dial(carl))
  floor.partyEnds(floor.call, { cause: 'rejected', sipStatus: 486, q850: 17 })
  assert.deepEqual([floor.agent(alice).phase, floor.last('call.ended').ending.by], ['break', 'party'])
})

describe('an agent whose audio goes while what was dialled by hand rings', () => {
  const lose = (floor: TestFloor, leg = `st_${alice}`) =>
    floor.do({ type: 'station.down', agent: alice, leg: leg as LegId, reason: 'page_gone' })
  const back = (floor: TestFloor) => floor.do({ type: 'station.up', agent: alice, leg: 'st_again' as LegId })
  const dialling = (number = carl) => {
    const floor = new TestFloor({ campaign: { mode: 'manual' } })
    floor.ready(alice)
    assert.equal(floor.do(dial(number)).refusal, null)
    return floor
  }

  test('hears it again when the page is back within 15 s, and talks to who answers', () => {
    const floor = dialling()
    const { leg, deadlineAt } = floor.call
    floor.do({ type: 'leg.ringing', leg })
    lose(floor)
    floor.pass(14_000)
    assert.notEqual(floor.call.deadlineAt, deadlineAt)
    back(floor)
    assert.equal(floor.call.deadlineAt, deadlineAt)
    const heard = floor.lastEffect('media.play')
    assert.deepEqual([heard.prompt, heard.leg], ['ringback', 'st_again'])
    floor.pass(10_000)
    assert.equal(floor.call.phase, 'ringing', 'it may ring for as long as it may')
    floor.do({ type: 'leg.answered', leg })
    assert.equal(floor.lastEffect('media.patch').b, 'st_again')
    assert.equal(floor.agent(alice).phase, 'talking')
  })

  test('hears the network again where it was heard', () => {
    const floor = dialling()
    const { leg } = floor.call
    floor.do({ type: 'leg.early', leg })
    lose(floor)
    assert.equal(floor.lastEffect('media.unpatch').leg, leg)
    back(floor)
    const { a, b } = floor.lastEffect('media.patch')
    assert.deepEqual([a, b], [leg, 'st_again'])
  })

  test('is waited for with music by who answers meanwhile, until the 15 s are over', () => {
    const floor = dialling()
    const { leg } = floor.call
    lose(floor)
    floor.pass(5_000)
    floor.do({ type: 'leg.answered', leg })
    assert.deepEqual([floor.call.phase, floor.lastEffect('media.play').leg], ['talking', leg])
    floor.pass(9_000)
    back(floor)
    const { a, b } = floor.lastEffect('media.patch')
    assert.deepEqual([a, b], [leg, 'st_again'])
    floor.pass(60_000)
    assert.equal(floor.call.phase, 'talking')
    lose(floor, 'st_again')
    floor.pass(15_000)
    assert.equal(floor.last('call.ended').ending.cause, 'agent_lost')
    const late = dialling()
    lose(late)
    late.pass(5_000)
    late.do({ type: 'leg.answered', leg: late.call.leg })
    late.pass(9_999)
    assert.equal(late.call.phase, 'talking')
    late.pass(1)
    assert.equal(late.last('call.ended').ending.cause, 'agent_lost')
  })

  test('and does not come back within 15 s is paused, and the call is withdrawn', () => {
    const floor = dialling()
    lose(floor)
    floor.pass(14_999)
    assert.equal(floor.call.phase, 'dialing')
    floor.pass(1)
    const { cause, result } = floor.last('call.ended').ending
    assert.deepEqual([cause, result], ['agent_lost', 'CANCELLED'])
    assert.deepEqual([floor.agent(alice).phase, floor.agent(alice).reason], ['break', 'audio_lost'])
  })

  test('has 15 s in all where its trunk gives way to another one meanwhile', () => {
    const [first] = setupOf({}).trunks
    const trunks = ['t_1', 't_2'].map(id => ({ ...first!, id: id as TrunkId, name: id }))
    const floor = new TestFloor({ campaign: { mode: 'manual' }, setup: { trunks } })
    for (const { id } of trunks) floor.do({ type: 'trunk.up', trunk: id })
    floor.ready(alice)
    assert.equal(floor.do(dial(carl)).refusal, null)
    lose(floor)
    floor.pass(5_000)
    const { leg } = floor.call
    floor.do({ type: 'leg.ended', leg, by: 'carrier', cause: 'rejected', sipStatus: 503, q850: null, heard: 'trying' })
    assert.equal(floor.count('call.rerouted'), 1)
    floor.pass(9_999)
    assert.equal(floor.call.phase, 'dialing')
    floor.pass(1)
    assert.equal(floor.last('call.ended').ending.cause, 'agent_lost')
  })

  test('loses no call for help: it rings on, and who answers it waits for as long as anybody does', () => {
    const floor = dialling('110')
    const { leg } = floor.call
    floor.do({ type: 'leg.ringing', leg })
    lose(floor)
    floor.pass(60_000)
    assert.equal(floor.call.phase, 'ringing')
    floor.do({ type: 'leg.answered', leg })
    floor.pass(14_000)
    back(floor)
    const { a, b } = floor.lastEffect('media.patch')
    assert.deepEqual([a, b], [leg, 'st_again'])
    floor.pass(600_000)
    assert.equal(floor.call.phase, 'talking')
  })

  test('a nailed phone that is put down ends the call as ever', () => {
    const floor = new TestFloor({ station: 'phone-nailed', campaign: { mode: 'manual' } })
    floor.ready(alice)
    floor.do(dial(carl))
    floor.do({ type: 'station.down', agent: alice, leg: `st_${alice}` as LegId, reason: 'hung_up' })
    assert.equal(floor.last('call.ended').ending.cause, 'agent_lost')
  })
})

test('a call that a campaign dialled for an agent whose audio goes is withdrawn at once: whoever answers it is to hear somebody', () => {
  const floor = new TestFloor({ campaign: { reserved: true } })
  floor.ready(alice)
  floor.leads(carl)
  assert.deepEqual([floor.call.agent, floor.call.mode], [alice, 'progressive'])
  floor.do({ type: 'station.down', agent: alice, leg: `st_${alice}` as LegId, reason: 'page_gone' })
  assert.equal(floor.last('call.ended').ending.cause, 'agent_lost')
})

test('dialling by hand passes the same gate: the refusal is a fact and says why', () => {
  const night = new TestFloor({ at: Date.UTC(2026, 10, 24, 14) })
  night.ready(alice)
  const refused = night.do(dial(carl))
  assert.equal(refused.refusal?.rule, 'contact_hours')
  assert.deepEqual(
    refused.recorded.map(({ fact }) => fact.type),
    ['call.refused'],
  )
  assert.equal(refused.effects.length, 0)
  const day = new TestFloor({ setup: { suppressed: [{ number: carl, until: null }] } })
  day.ready(alice)
  assert.equal(day.do(dial(carl)).refusal?.rule, 'do_not_call')
  assert.equal(day.do(dial('+999123456')).refusal?.rule, 'zone_unknown')
  assert.equal(day.do(dial('12')).refusal?.rule, 'number_invalid')
})

test('a desk phone is rung first, and the customer is dialled when it is picked up', () => {
  const floor = new TestFloor({ station: 'phone-rung', campaign: { mode: 'manual' } })
  floor.ready(alice)
  floor.do(dial(carl))
  assert.equal(floor.count('call.dialed'), 0)
  const { leg } = floor.lastEffect('phone.ring')
  floor.do({ type: 'leg.answered', leg })
  assert.deepEqual([floor.call.agentLeg, floor.agent(alice).phase], [leg, 'dialing'])
  floor.do({ type: 'leg.answered', leg: floor.call.leg })
  assert.equal(floor.lastEffect('media.patch').b, leg)
  const { call } = floor
  floor.do({ type: 'leg.ended', leg, by: 'far', sipStatus: null, q850: null, cause: 'bye' })
  assert.deepEqual([floor.last('call.ended').ending.by, floor.last('call.ended').ending.cause], ['agent', 'hangup'])
  assert.equal(floor.lastEffect('phone.hangUp').leg, call.leg)
})

test('a lead that is dialled by hand is as it was when the agent’s own phone is declined, rings in vain, or the gate says no after it', () => {
  const lead = 'le_9' as LeadId
  const formers = [
    { state: 'ready', dueAt: tenOClock + 7_200_000, next: null },
    { state: 'callback', dueAt: tenOClock + 60_000, next: '+8613800000002' },
    { state: 'exhausted', dueAt: null, next: null },
  ] as const
  for (const former of formers) {
    const floor = new TestFloor({ station: 'phone-rung', campaign: { mode: 'manual' } })
    floor.ready(alice)
    const again = () => {
      const asked = floor.do({ ...dial(carl), campaign, lead, party: 'ref-9', consent, former })
      assert.equal(asked.refusal, null)
      return floor.agent(alice).rung!.leg
    }
    const isAsItWas = (reason: string) => {
      const { state, dueAt, next = null, reason: why } = floor.last('lead.released')
      assert.deepEqual({ state, dueAt, next }, former)
      assert.equal(why, reason)
    }
    floor.do({ type: 'leg.ended', leg: again(), by: 'far', sipStatus: 603, q850: null, cause: 'rejected' })
    isAsItWas('not_dialled')
    again()
    floor.pass(20_000)
    assert.equal(floor.count('lead.released'), 2)
    isAsItWas('not_dialled')
    const leg = again()
    const barred = { type: 'suppression.added', number: carl, reason: 'asked', until: null } as const
    floor.do({ type: 'records.committed', facts: [barred] })
    if (floor.agent(alice).rung !== null) floor.do({ type: 'leg.answered', leg })
    assert.equal(floor.count('lead.released'), 3)
    const { state, dueAt } = floor.last('lead.released')
    assert.deepEqual([state, dueAt], [former.state, former.dueAt])
  }
})

test('a preview is offered, refused in time or too late, and called when accepted', () => {
  const floor = new TestFloor({ campaign: { mode: 'preview' } })
  floor.ready(alice)
  floor.leads(carl, '+8613800000002', '+8613800000003')
  assert.deepEqual([floor.agent(alice).phase, floor.agent(alice).preview?.lead.id], ['preview', 'le_0'])
  assert.equal(floor.do({ type: 'agent.ready', agent: alice }).refusal?.rule, 'preview_open')
  floor.do({ type: 'agent.skipPreview', agent: alice, reason: 'wrong list' })
  assert.equal(floor.facts.find(fact => fact.type === 'preview.closed')?.how, 'skipped')
  assert.equal(floor.agent(alice).preview?.lead.id, 'le_1' as LeadId)
  floor.do({ type: 'agent.acceptPreview', agent: alice })
  assert.deepEqual([floor.call.mode, floor.call.lead?.id], ['preview', 'le_1'])
  floor.partyEnds(floor.call, { cause: 'timeout' })
  assert.equal(floor.agent(alice).preview?.lead.id, 'le_2' as LeadId)
  floor.pass(30_000)
  assert.equal(floor.last('preview.closed').how, 'timed_out')
  assert.deepEqual([floor.agent(alice).phase, floor.agent(alice).reason], ['break', 'preview_timeout'])
  assert.equal(floor.state.leadsInHand.size, 0)
})

test('a break asked for during a call is honoured after wrap-up, and taken back by ready', () => {
  const floor = new TestFloor()
  floor.ready(alice)
  floor.leads(carl, '+8613800000002')
  floor.do({ type: 'leg.answered', leg: floor.call.leg })
  const { call } = floor
  floor.do({ type: 'agent.break', agent: alice, reason: 'lunch' })
  assert.equal(floor.agent(alice).phase, 'talking')
  floor.do({ type: 'agent.ready', agent: alice })
  assert.equal(floor.agent(alice).next, null)
  floor.do({ type: 'agent.signOff', agent: alice, reason: 'home' })
  assert.equal(floor.dispose(call, alice, 'sold').refusal?.rule, 'still_talking')
  floor.do({ type: 'agent.hangUp', agent: alice, call: call.id })
  assert.equal(floor.lastEffect('phone.hangUp').leg, call.leg)
  floor.dispose(call, alice, 'sold')
  assert.equal(floor.agent(alice).phase, 'signed_off')
  assert.equal(floor.count('call.dialed'), 1)
})

test('without an outcome after a minute the agent is paused and the lead is tried again', () => {
  const floor = new TestFloor()
  floor.ready(alice)
  floor.leads(carl)
  floor.do({ type: 'leg.answered', leg: floor.call.leg })
  floor.partyEnds(floor.call)
  assert.equal(floor.do({ type: 'agent.ready', agent: alice }).refusal?.rule, 'disposition_missing')
  floor.pass(15_000)
  assert.deepEqual([floor.agent(alice).phase, floor.agent(alice).reason], ['wrapping', 'overrun'])
  floor.pass(45_000)
  assert.deepEqual([floor.last('call.disposed').code, floor.agent(alice).reason], ['none', 'wrap_overrun'])
  assert.equal(floor.last('lead.released').state, 'ready')
})

test('a callback needs a time that lies ahead and within contact hours; do-not-call holds for good', () => {
  const floor = new TestFloor()
  floor.ready(alice)
  floor.leads(carl)
  floor.do({ type: 'leg.answered', leg: floor.call.leg })
  const { call } = floor
  floor.partyEnds(call)
  const now = floor.clock.now()
  const hour = 3_600_000
  const later = (callbackAt: number | null) =>
    floor.dispose(call, alice, 'later', { callbackAt, callbackMine: true, next: 'break' })
  assert.equal(later(null).refusal?.rule, 'callback_time_missing')
  assert.equal(later(now - 1).refusal?.rule, 'callback_in_past')
  assert.equal(later(now + 91 * 24 * hour).refusal?.rule, 'callback_too_late')
  assert.equal(later(now + 12 * hour).refusal?.rule, 'contact_hours')
  assert.equal(floor.dispose(call, alice, 'made-up').refusal?.rule, 'code_unknown')
  assert.equal(later(now + 24 * hour).refusal, null)
  assert.deepEqual(
    [floor.last('callback.scheduled').callback.agent, floor.last('lead.released').state],
    [alice, 'callback'],
  )

  const second = new TestFloor()
  second.ready(bob)
  second.leads(carl)
  second.do({ type: 'leg.answered', leg: second.call.leg })
  const asked = second.call
  second.partyEnds(asked)
  second.dispose(asked, bob, 'never')
  assert.equal(second.last('suppression.added').number, carl)
  second.do({ type: 'agent.break', agent: bob, reason: 'x' })
  assert.equal(second.do({ ...dial(carl), agent: bob }).refusal?.rule, 'do_not_call')
  assert.equal(second.last('lead.released').campaign, campaign)
})

test('a call by hand is one by hand in a preview campaign too, whatever phone it is made from', () => {
  for (const station of ['browser', 'phone-rung'] as const) {
    const floor = new TestFloor({ station, campaign: { mode: 'preview' } })
    floor.ready(alice)
    const about = { campaign, lead: 'le_1' as LeadId, party: null, name: null, relation: null, consent }
    floor.do({ type: 'agent.dial', agent: alice, number: carl, ...about })
    if (station === 'phone-rung') floor.do({ type: 'leg.answered', leg: floor.lastEffect('phone.ring').leg })
    assert.equal(floor.last('call.dialed').mode, 'manual')
  }
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LeadId, LegId } from '../../lib/ids.ts'
import { alice, campaign, consent, leadOf, TestFloor } from '../testing.ts'
import type { RecordFact } from './record-facts.ts'

const number = (n: number) => `+86138${String(n).padStart(8, '0')}`

test('a number that is suppressed and a person on hold in one commit end the one call once', () => {
  const floor = new TestFloor()
  floor.leads(number(1))
  floor.ready(alice)
  const party = floor.call.party!
  keep(
    floor,
    { type: 'party.held', party, kind: 'hold', reason: 'dispute', until: null },
    { type: 'suppression.added', number: number(1), reason: 'asked', until: null },
  )
  assert.equal(floor.count('call.ended'), 1)
  assert.equal(floor.count('lead.released'), 1)
})

test('a desk phone that rings for a campaign that is paused, or for a number that may not be called any more, stops', () => {
  const rung = () => {
    const floor = new TestFloor({ station: 'phone-rung', campaign: { reserved: true } })
    floor.leads(number(1))
    floor.ready(alice)
    assert.notEqual(floor.agent(alice).rung, null)
    return floor
  }
  const paused = rung()
  const { campaign: running } = paused.state.campaigns.get(campaign)!
  keep(paused, { type: 'campaign.saved', campaign: { ...running, state: 'paused' } })
  const suppressed = rung()
  keep(suppressed, { type: 'suppression.added', number: number(1), reason: 'asked', until: null })
  for (const floor of [paused, suppressed]) {
    assert.equal(floor.agent(alice).phase, 'ready')
    assert.equal(floor.lastEffect('phone.hangUp').leg, floor.lastEffect('phone.ring').leg)
    assert.equal(floor.state.leadsInHand.size, 0)
    assert.equal(floor.state.legs.size, 0)
  }
})

test('who is made an auditor leaves the floor, after the call in hand', () => {
  const floor = new TestFloor()
  floor.ready(alice)
  const { user } = floor.agent(alice)
  floor.leads(number(1))
  floor.pass(6_000)
  floor.leads(number(1))
  const { call } = floor
  floor.do({ type: 'leg.answered', leg: call.leg })
  keep(floor, { type: 'user.saved', user: { ...user, role: 'auditor' } })
  assert.equal(floor.agent(alice).phase, 'talking')
  floor.partyEnds(call)
  floor.dispose(call, alice, 'sold')
  assert.equal(floor.agent(alice).phase, 'signed_off')
})

test('a quota that is set later in the day counts what the store knows, and not this start alone', () => {
  const floor = new TestFloor()
  const outlook = (done: number) => ({
    nextCallbackAt: null,
    places: 1,
    reached: done === 0 ? [] : [{ segment: '', done, connected: 9 }],
  })
  floor.do({ type: 'agent.signOn', agent: alice })
  const leads = [leadOf('le_1', number(1)), leadOf('le_2', number(2))]
  floor.do({ type: 'leads.loaded', campaign, leads, exhausted: true, outlook: outlook(0) })
  const { campaign: open } = floor.state.campaigns.get(campaign)!
  const quotas = [{ segment: null, count: 'done', max: 5 } as const]
  keep(floor, { type: 'campaign.saved', campaign: { ...open, quotas } })
  const later = [leadOf('le_3', number(3))]
  floor.do({ type: 'leads.loaded', campaign, leads: later, exhausted: true, outlook: outlook(5) })
  floor.ready(alice)
  floor.pass(1_000)
  assert.equal(floor.count('call.dialed'), 0)
})

test('a talk before the store has said how far a quota is does not pass for all there was', () => {
  const quotas = [{ segment: null, count: 'done', max: 5 } as const]
  const floor = new TestFloor({ campaign: { mode: 'manual', quotas } })
  floor.do({ type: 'agent.signOn', agent: alice })
  floor.do({ type: 'station.up', agent: alice, leg: 'st_a' as LegId })
  const about = { campaign, lead: 'le_1' as LeadId, party: null, name: null, relation: null, consent }
  floor.do({ type: 'agent.dial', agent: alice, number: number(1), ...about })
  const { call } = floor
  floor.do({ type: 'leg.answered', leg: call.leg })
  floor.partyEnds(call)
  floor.dispose(call, alice, 'sold')
  const reached = [{ segment: '', done: 5, connected: 5 }]
  const outlook = { nextCallbackAt: null, places: 1, reached }
  floor.do({ type: 'leads.loaded', campaign, leads: [], exhausted: true, outlook })
  assert.equal(floor.state.campaigns.get(campaign)!.supply.reached!.get('')!.done, 5)
})

function keep(floor: TestFloor, ...facts: RecordFact[]): void {
  floor.do({ type: 'records.committed', facts })
}

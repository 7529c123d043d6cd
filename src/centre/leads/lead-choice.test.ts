import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CampaignId } from '../../lib/ids.ts'
import type { BufferedLead } from '../entities.ts'
import { alice, bob, campaign, leadOf, setupOf, TestFloor } from '../testing.ts'

const mobile = '+8613800000001'
const other = '+8613900000002'
const second = 'ca_2' as CampaignId

/** One person with two numbers. */
function carl(id: string, ...numbers: string[]): BufferedLead {
  const phones = numbers.map(number => ({ number, relation: 'SELF' as const }))
  return { ...leadOf(id, numbers[0]!), ref: 'carl', phones }
}

test('a person with two numbers is called at one of them, whatever campaign or agent wants the other', () => {
  const [first] = setupOf({}).campaigns
  const campaigns = [first!, { ...first!, id: second }]
  const floor = new TestFloor({ setup: { campaigns } })
  floor.do({ type: 'leads.loaded', campaign, leads: [carl('le_1', mobile)], exhausted: true })
  const theirs = [{ ...carl('le_2', other), campaign: second }]
  floor.do({ type: 'leads.loaded', campaign: second, leads: theirs, exhausted: true })
  floor.ready(alice, bob)
  const { call } = floor
  const about = { campaign: null, lead: null, party: 'carl', name: null, relation: null }
  const { refusal } = floor.do({ type: 'agent.dial', agent: bob, number: other, ...about })
  assert.equal(refusal?.rule, 'party_in_call')
  floor.partyEnds(call, { cause: 'rejected', sipStatus: 486 })
  assert.equal(floor.last('call.dialed').number, other, 'when that call is over the other campaign has its turn')
  floor.partyEnds(floor.call, { cause: 'rejected', sipStatus: 486 })
  assert.equal(floor.state.partiesInCall.size, 0)
})

test('a lead whose one number is barred and whose other is on a call for now is not lost', () => {
  const floor = new TestFloor()
  const fact = { type: 'suppression.added', number: mobile, reason: 'asked', until: null } as const
  floor.do({ type: 'records.committed', facts: [fact] })
  const caller = floor.caller(other)
  floor.do({ type: 'leads.loaded', campaign, leads: [carl('le_1', mobile, other)], exhausted: true })
  floor.ready(alice, bob)
  assert.equal(floor.count('lead.released'), 0)
  floor.partyEnds(caller)
  assert.equal(floor.last('call.dialed').number, other)
})

test('a number that is barred until an instant is dialled then, and its lead is not over', () => {
  const floor = new TestFloor()
  const until = floor.clock.now() + 3_600_000
  const fact = { type: 'suppression.added', number: mobile, reason: 'asked', until } as const
  floor.do({ type: 'records.committed', facts: [fact] })
  floor.leads(mobile)
  floor.ready(alice)
  const { state, dueAt, reason } = floor.last('lead.released')
  assert.deepEqual([state, dueAt, reason], ['ready', until, 'do_not_call'])
})

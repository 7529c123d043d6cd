/** Agencies on the floor: what their people may call, caps that they share with the lender, suspension in the middle of a call, and recall. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Agency } from '../../lender/agency.ts'
import type { AgencyId, CampaignId, UserId } from '../../lib/ids.ts'
import type { Campaign, User } from '../entities.ts'
import type { Policy } from '../policy/policy.ts'
import type { RecordFact } from '../records/record-facts.ts'
import { alice, campaign, leadOf, setupOf, TestFloor } from '../testing.ts'
import { mayPickUp } from '../transfer/slot.ts'

const agency: Agency = {
  ...{ id: 'ag_1' as AgencyId, name: 'Hengxin', state: 'active', from: '2026-11-01', until: '2026-11-30' },
  ...{ products: [], buckets: [], commissionPermille: 200, seats: 5, caseQuota: 100, lines: 1, lead: null },
}
const zhou = 'u_zhou' as UserId
const li = 'u_li' as UserId
const theirs = 'ca_theirs' as CampaignId
const number = '+8613800000001'

function floorWith(more: { agency?: Partial<Agency>; placed?: string[]; mode?: Campaign['mode'] } = {}): TestFloor {
  const plain = setupOf({})
  const [own] = plain.campaigns as [Campaign]
  const limit = { unit: 'CONVERSATION', key: ['PARTY'], window: { type: 'DAY' }, max: 3, effect: 'BLOCK' } as const
  const policy = { ...capped, limits: [limit] } as unknown as Policy
  const person = (id: UserId): User => ({ ...plain.users[0]!, id, name: id, displayName: id, agency: agency.id })
  const both = { policy: policy.id, business: 'collections', mode: more.mode ?? 'manual' } as const
  return new TestFloor({
    setup: {
      users: [...plain.users, person(zhou), person(li)],
      policies: [policy],
      campaigns: [
        { ...own, ...both, agents: [alice] },
        { ...own, ...both, id: theirs, agents: [zhou, li], agency: agency.id },
      ],
      agencies: [{ ...agency, ...more.agency }],
      placed: (more.placed ?? ['K-1']).map(party => ({ party, agency: agency.id })),
    },
  })
}

const capped = {
  ...{ id: 'OWN-CAP', version: '1', name: 'three a day', jurisdiction: 'CN', source: 'test', approver: 'adam' },
  ...{ effectiveFrom: '2026-01-01', hours: { from: 0, to: 1440 }, relations: ['SELF', 'GUARANTOR'] },
}

function dial(floor: TestFloor, agent: UserId, party: string, of: CampaignId | null, to = number): string {
  const known = { campaign: of, lead: null, callback: null, party, name: 'carl', relation: 'SELF' as const }
  const { refusal } = floor.do({ type: 'agent.dial', agent, number: to, ...known })
  return refusal?.rule ?? 'dialled'
}

/** A talk of half a minute, written down. */
function talk(floor: TestFloor, agent: UserId): void {
  floor.do({ type: 'leg.answered', leg: floor.call.leg })
  floor.pass(30_000)
  const { call } = floor
  floor.partyEnds(call)
  floor.dispose(call, agent, 'sold', { next: 'break' })
}

const keep = (floor: TestFloor, ...facts: RecordFact[]) => floor.do({ type: 'records.committed', facts })
const recalled = (party: string): RecordFact => ({
  ...{ type: 'case.moved', case: 'ca', party, from: 'OUTSOURCED', to: 'WORKING', agent: alice, before: null },
  ...{ holdReason: null, reason: 'recalled', left: { agency: agency.id, batch: 'bt' } },
})
const placed = (party: string): RecordFact => ({
  ...{ type: 'case.moved', case: 'ca', party, from: 'WORKING', to: 'OUTSOURCED', agent: zhou, before: null },
  ...{ holdReason: null, reason: 'placed', placed: { agency: agency.id, batch: 'bt', state: 'WORKING', agent: alice } },
})

test('two talks of the lender’s and one of the agency’s reach the cap of three: the fourth is refused to both', () => {
  const floor = floorWith({ placed: [] })
  floor.ready(alice, zhou)
  for (const _ of [1, 2]) {
    assert.equal(dial(floor, alice, 'K-1', campaign), 'dialled')
    talk(floor, alice)
  }
  keep(floor, placed('K-1'))
  assert.equal(dial(floor, zhou, 'K-1', theirs), 'dialled')
  talk(floor, zhou)
  assert.equal(dial(floor, zhou, 'K-1', theirs), 'cap_conversations')
  assert.equal(dial(floor, zhou, 'K-1', theirs, '+8613800000009'), 'cap_conversations', 'at another number too')
  keep(floor, recalled('K-1'))
  assert.equal(dial(floor, alice, 'K-1', campaign), 'cap_conversations')
})

test('an agency calls about what is placed with it and nothing else, and the lender leaves that alone', () => {
  const floor = floorWith()
  floor.ready(alice, zhou)
  assert.equal(dial(floor, zhou, 'K-2', theirs), 'not_placed')
  assert.equal(dial(floor, zhou, 'K-2', null), 'not_placed')
  assert.equal(dial(floor, alice, 'K-1', campaign), 'party_placed')
  assert.equal(dial(floor, alice, 'K-2', campaign, '+8613800000002'), 'dialled')
  assert.equal(dial(floor, zhou, 'K-1', theirs), 'dialled')
})

test('a recall withdraws what rings for the agency at once, and after it the agency may not call', () => {
  const floor = floorWith()
  floor.ready(zhou)
  assert.equal(dial(floor, zhou, 'K-1', theirs), 'dialled')
  keep(floor, recalled('K-1'))
  assert.equal(floor.count('call.ended'), 1)
  assert.equal(dial(floor, zhou, 'K-1', theirs), 'not_placed')
})

test('who talks to a party when its case is recalled goes on talking, and is told', () => {
  const floor = floorWith()
  floor.ready(zhou)
  dial(floor, zhou, 'K-1', theirs)
  floor.do({ type: 'leg.answered', leg: floor.call.leg })
  keep(floor, recalled('K-1'))
  assert.equal(floor.count('call.ended'), 0)
  assert.equal(floor.last('call.overtaken').by, 'case_recalled')
})

test('an agency that is suspended in the middle of a call finishes it and makes no next one', () => {
  const floor = floorWith({ placed: ['K-1', 'K-2'], agency: { lines: 5 } })
  floor.ready(zhou, li)
  dial(floor, zhou, 'K-1', theirs)
  const talking = floor.call
  floor.do({ type: 'leg.answered', leg: talking.leg })
  dial(floor, li, 'K-2', theirs, '+8613800000002')
  keep(floor, { type: 'agency.saved', agency: { ...agency, state: 'suspended' } })
  assert.equal(floor.state.calls.get(talking.id)?.phase, 'talking')
  assert.equal(floor.count('call.ended'), 1, 'what only rang is withdrawn')
  assert.equal(floor.agent(li).phase, 'signed_off')
  assert.equal(floor.do({ type: 'agent.ready', agent: zhou }).refusal?.rule, 'agency_suspended')
  floor.partyEnds(talking)
  floor.dispose(talking, zhou, 'sold')
  assert.equal(floor.agent(zhou).phase, 'signed_off')
  assert.equal(floor.do({ type: 'agent.signOn', agent: zhou }).refusal?.rule, 'agency_suspended')
  keep(floor, { type: 'agency.saved', agency })
  assert.equal(floor.do({ type: 'agent.signOn', agent: zhou }).refusal, null)
})

test('who calls for help gets through when the agency is suspended or the account is switched off meanwhile, and leaves after it', () => {
  const off = (floor: TestFloor): RecordFact => ({
    type: 'user.saved',
    user: { ...floor.agent(zhou).user, enabled: false },
  })
  const suspended = (): RecordFact => ({ type: 'agency.saved', agency: { ...agency, state: 'suspended' } })
  const nobody = { campaign: null, lead: null, party: null, name: null, relation: null }
  for (const station of ['browser', 'phone-rung'] as const)
    for (const change of [off, suspended]) {
      const floor = floorWith()
      keep(floor, { type: 'user.saved', user: { ...floor.agent(zhou).user, station } })
      floor.ready(zhou)
      assert.equal(floor.do({ type: 'agent.dial', agent: zhou, number: '110', ...nobody }).refusal, null)
      keep(floor, change(floor))
      const { rung } = floor.agent(zhou)
      if (rung !== null) floor.do({ type: 'leg.answered', leg: rung.leg })
      assert.equal(floor.last('call.dialed').number, '110', station)
      floor.do({ type: 'leg.answered', leg: floor.call.leg })
      assert.deepEqual([floor.call.phase, floor.agent(zhou).phase], ['talking', 'talking'])
      floor.partyEnds(floor.call)
      floor.pass(20_000)
      assert.equal(floor.agent(zhou).phase, 'signed_off')
    }
})

test('outside its contract an agency’s calls are refused by the day in the centre’s zone', () => {
  const floor = floorWith({ agency: { until: '2026-11-24' } })
  floor.ready(zhou)
  assert.equal(dial(floor, zhou, 'K-1', theirs), 'dialled')
  floor.do({ type: 'agent.hangUp', agent: zhou, call: floor.call.id })
  floor.pass(15 * 3_600_000) // 01:00 on the 25th in Shanghai
  assert.equal(dial(floor, zhou, 'K-1', theirs), 'agency_expired')
})

test('an agency has no more calls under way than its contract allows', () => {
  const floor = floorWith({ placed: ['K-1', 'K-2'] })
  floor.ready(zhou, li)
  assert.equal(dial(floor, zhou, 'K-1', theirs), 'dialled')
  assert.equal(dial(floor, li, 'K-2', theirs, '+8613800000002'), 'agency_lines')
})

test('the dialler calls nobody while the contract does not allow it, and goes on when it does', () => {
  const floor = floorWith({ placed: ['ref-le_0'], mode: 'progressive' })
  floor.ready(zhou)
  keep(floor, { type: 'agency.saved', agency: { ...agency, from: '2026-11-25' } })
  const leads = [{ ...leadOf('le_0', number), campaign: theirs }]
  floor.do({ type: 'leads.loaded', campaign: theirs, leads, exhausted: true })
  assert.equal(floor.agent(zhou).phase, 'signed_off')
  assert.equal(floor.count('call.dialed'), 0)
  keep(floor, { type: 'agency.saved', agency })
  floor.ready(zhou)
  assert.equal(floor.count('call.dialed'), 1)
})

test('a call about what is not placed with an agency reaches none of its people: by no transfer, question or park slot', () => {
  const floor = floorWith({ agency: { lines: 5 } })
  floor.ready(alice, zhou, li)
  const over = (from: UserId, to: UserId) => {
    const { id: call } = floor.call
    const asked = { agent: from, call, target: { agent: to } }
    return [
      floor.do({ type: 'agent.consult', ...asked }).refusal?.rule,
      floor.do({ type: 'agent.transfer', ...asked }).refusal?.rule,
    ]
  }
  dial(floor, alice, 'K-2', campaign, '+8613800000002')
  floor.do({ type: 'leg.answered', leg: floor.call.leg })
  assert.deepEqual(over(alice, zhou), ['agent_unknown', 'agent_unknown'])
  const ours = floor.call
  floor.partyEnds(ours)
  floor.dispose(ours, alice, 'sold')
  const caller = floor.caller()
  const nobodys = { ...caller, queue: null, agent: null }
  assert.deepEqual(
    [alice, zhou].map(id => mayPickUp(floor.state, nobodys, floor.agent(id)!)),
    [true, false],
  )
  floor.partyEnds(caller)
  dial(floor, zhou, 'K-1', theirs)
  floor.do({ type: 'leg.answered', leg: floor.call.leg })
  assert.deepEqual(over(zhou, alice), ['agent_unknown', 'agent_unknown'], 'who works for an agency knows nobody else')
  const { id: call } = floor.call
  assert.equal(floor.do({ type: 'agent.transfer', agent: zhou, call, target: { agent: li } }).refusal, null)
})

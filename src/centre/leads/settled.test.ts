import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CaseState } from '../../lender/case.ts'
import type { RecordFact } from '../records/record-facts.ts'
import { alice, campaign, leadOf, TestFloor } from '../testing.ts'
import { Settled } from './settled.ts'

const number = '+8613800000001'
const collections = { business: 'collections' } as const

function paid(party: string): RecordFact {
  const repayment = { id: 'p1', party, loan: null, amount: 1, currency: 'CNY', paidAt: 0, channel: '' }
  return { type: 'repayment.recorded', repayment }
}

function moved(party: string, from: CaseState, to: CaseState): RecordFact {
  const still = { agent: null, before: null, holdReason: null, reason: '' }
  return { type: 'case.moved', case: 'ca', party, from, to, ...still }
}

const keep = (floor: TestFloor, ...facts: RecordFact[]) => floor.do({ type: 'records.committed', facts })

/** A call about a debt rings; another lead of the same campaign waits. */
function ringing(more: object = collections): TestFloor {
  const floor = new TestFloor({ campaign: { ...more } })
  floor.do({ type: 'leads.loaded', campaign, leads: [leadOf('le_0', number)], exhausted: true })
  floor.ready(alice)
  assert.equal(floor.count('call.dialed'), 1)
  return floor
}

test('a case that is cured withdraws the call that rings, and the agent is ready for another', () => {
  const floor = ringing()
  keep(floor, moved(floor.call.party!, 'WORKING', 'CURED'))
  assert.equal(floor.count('call.ended'), 1)
  assert.equal(floor.agent(alice).phase, 'ready')
})

test('a repayment withdraws it too, since what would be said is no longer true; an answered call goes on', () => {
  const floor = ringing()
  keep(floor, paid(floor.call.party!))
  assert.equal(floor.count('call.ended'), 1)
  const answered = ringing()
  answered.do({ type: 'leg.answered', leg: answered.call.leg })
  keep(answered, paid(answered.call.party!), moved(answered.call.party!, 'WORKING', 'CURED'))
  assert.equal(answered.count('call.ended'), 0)
})

test('a call about an order goes on when its party pays a debt, and a case that is only assigned withdraws nothing', () => {
  const sale = ringing({ business: 'sales' })
  keep(sale, paid(sale.call.party!))
  assert.equal(sale.count('call.ended'), 0)
  const assigned = ringing()
  keep(assigned, moved(assigned.call.party!, 'IMPORTED', 'ASSIGNED'), moved(assigned.call.party!, 'WORKING', 'PTP'))
  assert.equal(assigned.count('call.ended'), 0)
})

test('a lead that waits in memory is dropped, and so is one that the store read before the money came in', () => {
  const floor = new TestFloor({ campaign: collections })
  const lead = leadOf('le_0', number)
  floor.do({ type: 'leads.loaded', campaign, leads: [lead], exhausted: true })
  const { buffer } = floor.state.campaigns.get(campaign)!
  assert.equal(buffer.length, 1)
  keep(floor, paid(lead.ref))
  assert.equal(buffer.length, 0)
  floor.do({ type: 'leads.loaded', campaign, leads: [lead], exhausted: true })
  assert.equal(buffer.length, 0, 'read before')
})

test('who paid is remembered for ten minutes', () => {
  const settled = new Settled()
  for (let n = 0; n < 1_000; n++) settled.add(`K-${n}`, n * 1_000)
  assert.equal(settled.size, 601)
  assert.equal(settled.isNewerThan(999_000, 'K-999'), true)
  assert.equal(settled.isNewerThan(999_001, 'K-999'), false)
  assert.equal(settled.isNewerThan(0, 'K-1'), false)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CampaignId, LeadId } from '../../lib/ids.ts'
import type { Campaign } from '../entities.ts'
import { alice, bob, campaign, leadOf, setupOf, TestFloor } from '../testing.ts'

const others = ['ca_2', 'ca_3'] as CampaignId[]

test('of campaigns that share agents the one with the lower priority number dials first', () => {
  const floor = floorOf([{ priority: 7 }, { priority: 2 }])
  give(floor, campaign, 3)
  give(floor, others[0]!, 3)
  floor.ready(alice, bob)
  assert.deepEqual(dialled(floor), [others[0], others[0]])
})

test('campaigns of one priority start calls in their shares, and one that had no lead does not save up turns', () => {
  const floor = floorOf([{ share: 3 }, { share: 1 }])
  give(floor, campaign, 100)
  for (let n = 0; n < 10; n++) oneCall(floor)
  assert.deepEqual(new Set(dialled(floor)), new Set([campaign]))
  give(floor, others[0]!, 100)
  const before = dialled(floor).length
  for (let n = 0; n < 20; n++) oneCall(floor)
  const since = dialled(floor).slice(before, before + 20)
  const turns = since.filter(id => id === others[0]).length
  assert.ok(turns >= 4 && turns <= 6, since.join(' '))
})

/** Alice alone takes one call after the other. */
function oneCall(floor: TestFloor): void {
  floor.clock.advance(1_000)
  if (floor.agent(alice).phase === 'signed_off') floor.ready(alice)
  floor.do({ type: 'tick' })
  const call = floor.call
  floor.do({ type: 'leg.answered', leg: call.leg })
  floor.partyEnds(call)
  floor.dispose(call, alice, 'sold')
  const next = [...floor.state.calls.values()].find(one => one.phase !== 'ended')
  if (next !== undefined) floor.partyEnds(next, { cause: 'rejected', sipStatus: 486 })
}

function floorOf(changes: [Partial<Campaign>, Partial<Campaign>]): TestFloor {
  const [first] = setupOf({}).campaigns
  const campaigns = changes.map((change, n) => ({ ...first!, id: [campaign, others[0]!][n]!, ...change }))
  return new TestFloor({ setup: { campaigns } })
}

function give(floor: TestFloor, id: CampaignId, leads: number): void {
  const given = Array.from({ length: leads }, (_, n) => {
    const number = `+86138${id === campaign ? 1 : 2}${String(n).padStart(7, '0')}`
    return { ...leadOf(`le_${id}_${n}`, number), id: `le_${id}_${n}` as LeadId, campaign: id }
  })
  floor.do({ type: 'leads.loaded', campaign: id, leads: given, exhausted: true })
}

function dialled(floor: TestFloor): (CampaignId | null)[] {
  return floor.facts.flatMap(fact => (fact.type === 'call.dialed' ? [fact.campaign] : []))
}

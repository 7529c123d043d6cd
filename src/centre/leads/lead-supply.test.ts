import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Campaign } from '../entities.ts'
import { alice, bob, campaign, leadOf, TestFloor, tenOClock } from '../testing.ts'

const carl = '+8613800000001'
const minute = 60_000
const fetches = (floor: TestFloor) => floor.effects.filter(effect => effect.type === 'leads.fetch')
const outlook = { nextCallbackAt: null, places: 1, reached: [] }

test('a callback is fetched at its minute, though the buffer is full, and dialled before the rest', () => {
  const floor = new TestFloor()
  floor.ready(alice)
  const many = Array.from({ length: 40 }, (_, n) => leadOf(`le_${n}`, `+86138000001${String(n).padStart(2, '0')}`))
  const at = tenOClock + 7 * minute
  floor.do({
    type: 'leads.loaded',
    campaign,
    leads: many,
    exhausted: false,
    outlook: { ...outlook, nextCallbackAt: at },
  })
  floor.do({ type: 'leg.answered', leg: floor.call.leg })
  floor.pass(at - 1 - floor.clock.now())
  assert.equal(fetches(floor).filter(effect => effect.callbacksOnly).length, 0)
  floor.pass(1)
  assert.ok(fetches(floor).at(-1)!.callbacksOnly, 'asked at that instant')
  const promised = { ...leadOf('le_cb', carl), callback: 'cb_1' as never, dueAt: at, callbackNumber: carl }
  floor.do({ type: 'leads.loaded', campaign, leads: [promised], exhausted: true, outlook })
  floor.partyEnds(floor.call)
  floor.dispose([...floor.state.calls.values()][0]!, alice, 'sold')
  assert.equal(floor.last('call.dialed').callback, 'cb_1')
  assert.equal(floor.call.number, carl)
})

test('an agreed callback is expected from the moment it is agreed', () => {
  const floor = new TestFloor()
  floor.ready(alice)
  floor.leads(carl)
  floor.do({ type: 'leg.answered', leg: floor.call.leg })
  const call = floor.call
  floor.partyEnds(call)
  const callbackAt = floor.clock.now() + 90_500
  floor.dispose(call, alice, 'later', { callbackAt, callbackMine: true })
  floor.pass(callbackAt - floor.clock.now() - 1)
  assert.equal(floor.state.campaigns.get(campaign)!.supply.callbackAt, callbackAt)
  floor.pass(1)
  assert.equal(floor.state.campaigns.get(campaign)!.supply.callbackAt, null)
})

test('where it is night nothing is asked for, and the journal is not told', () => {
  const night = Date.UTC(2026, 10, 24, 16) // midnight in Shanghai, afternoon in London
  const there = new TestFloor({ at: night })
  there.ready(alice)
  const home = [leadOf('le_1', carl), leadOf('le_2', '+8613800000002')]
  there.do({
    type: 'leads.loaded',
    campaign,
    leads: [...home, leadOf('le_3', '+447700900123')],
    exhausted: true,
    outlook: { ...outlook, places: 2 },
  })
  const { supply, buffer } = there.state.campaigns.get(campaign)!
  assert.equal(supply.closed.get('86')?.rule, 'contact_hours')
  assert.deepEqual(
    [...buffer].map(lead => lead.id),
    [],
  )
  assert.equal(there.count('lead.released'), 0)
  there.pass(6_000)
  assert.deepEqual(fetches(there).at(-1)!.closed, ['86'])
  assert.equal(there.last('call.dialed').lead, 'le_3')
})

test('leads of a list that is paused leave the buffer, and a late answer does not bring them back', () => {
  const floor = new TestFloor()
  const list = { id: 'i_1' as never, campaign, name: 'autumn', priority: 5, weight: 1, paused: true }
  floor.ready(alice)
  const leads = ['1', '2', '3'].map(n => ({ ...leadOf(`le_${n}`, `+861380000000${n}`), list: list.id }))
  floor.do({ type: 'leads.loaded', campaign, leads, exhausted: true })
  assert.equal(floor.state.campaigns.get(campaign)!.buffer.length, 2)
  floor.do({ type: 'records.committed', facts: [{ type: 'list.saved', list }] })
  assert.equal(floor.state.campaigns.get(campaign)!.buffer.length, 0)
  floor.do({ type: 'leads.loaded', campaign, leads, exhausted: true })
  assert.equal(floor.state.campaigns.get(campaign)!.buffer.length, 0)
})

test('a quota is never passed: leads in hand count as reached until they come back unreached', () => {
  const quotas: Campaign['quotas'] = [{ segment: null, count: 'done', max: 1 }]
  const floor = new TestFloor({ campaign: { quotas } })
  floor.ready(alice, bob)
  const of = (n: number, segment: string) => ({ ...leadOf(`le_${n}`, `+861380000000${n}`), segment })
  const leads = [of(1, 'north'), of(2, 'north'), of(3, 'south')]
  floor.do({ type: 'leads.loaded', campaign, leads, exhausted: true, outlook })
  const dialled = () => floor.facts.filter(fact => fact.type === 'call.dialed').map(fact => fact.number.at(-1))
  assert.deepEqual(dialled(), ['1', '3'], 'the second of the north waits while the first rings')
  floor.pass(6_000)
  assert.deepEqual(fetches(floor).at(-1)!.full.sort(), ['north', 'south'])
  const [north] = [...floor.state.calls.values()]
  floor.partyEnds(north!, { cause: 'rejected', sipStatus: 486 })
  floor.do({ type: 'leads.loaded', campaign, leads: [of(2, 'north')], exhausted: true, outlook })
  assert.deepEqual(dialled(), ['1', '3', '2'])
})

test('a lead whose own time has not come makes room for others and holds nobody back', () => {
  const floor = new TestFloor()
  floor.ready(alice)
  const unknown = leadOf('le_1', '+99912345678')
  floor.do({ type: 'leads.loaded', campaign, leads: [unknown, leadOf('le_2', carl)], exhausted: true, outlook })
  assert.equal(floor.last('call.dialed').lead, 'le_2')
})

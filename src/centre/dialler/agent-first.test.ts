import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CallbackId } from '../../lib/ids.ts'
import { alice, bob, campaign, leadOf, TestFloor, trunk } from '../testing.ts'

const carl = '+8613800000001'
const declined = { by: 'far', sipStatus: 486, q850: null, cause: 'rejected' } as const

test('agent first: the agent is taken, hears the ringing, and an answer is connected at once', () => {
  const floor = new TestFloor({ campaign: { reserved: true } })
  floor.ready(alice, bob)
  floor.leads(carl)
  const { agent, mode } = floor.last('call.dialed')
  assert.deepEqual([agent, mode, floor.agent(alice).phase], [alice, 'progressive', 'dialing'])
  floor.do({ type: 'leg.ringing', leg: floor.call.leg })
  const { leg, prompt } = floor.lastEffect('media.play')
  assert.deepEqual([leg, prompt], ['st_u_alice', 'ringback'])
  const { effects } = floor.do({ type: 'leg.answered', leg: floor.call.leg })
  assert.ok(effects.some(effect => effect.type === 'media.patch'))
  assert.equal(floor.last('call.connected').agent, alice)
  assert.equal(floor.count('call.abandoned'), 0)
})

test('agent first: one line for each free agent, and who was not answered is free again', () => {
  const floor = new TestFloor({ campaign: { reserved: true } })
  floor.ready(alice)
  floor.leads(carl, '+8613800000002')
  assert.equal(floor.count('call.dialed'), 1)
  floor.partyEnds(floor.call, { cause: 'rejected', sipStatus: 486 })
  assert.equal(floor.count('call.dialed'), 2)
  assert.equal(floor.last('call.dialed').agent, alice)
})

test('agent first with a rung desk phone: it is picked up, then the customer is dialled', () => {
  const floor = new TestFloor({ station: 'phone-rung', campaign: { reserved: true } })
  floor.ready(alice)
  floor.leads(carl)
  assert.equal(floor.agent(alice).phase, 'ringing')
  assert.equal(floor.count('call.dialed'), 0)
  floor.do({ type: 'leg.answered', leg: floor.last('agent.rung').leg })
  const { agent, mode } = floor.last('call.dialed')
  assert.deepEqual([agent, mode], [alice, 'progressive'])
  assert.equal(floor.last('call.dialed').callback ?? null, null)
})

for (const [rule, waitsMs] of [
  ['rest', 72 * 3_600_000],
  ['callback', 10 * 60_000],
] as const)
  test(`whom we abandoned hears so within two seconds, and by rule ${rule} is owed a call`, () => {
    const floor = new TestFloor({
      campaign: { abandoned: rule, retries: [{ result: 'ABANDONED', delayMs: 60_000, max: 1 }] },
    })
    floor.ready(alice)
    floor.leads(carl)
    const { call } = floor
    floor.do({ type: 'agent.break', agent: alice, reason: 'tea' })
    floor.do({ type: 'leg.answered', leg: call.leg })
    const answeredAt = floor.clock.now()
    floor.pass(2_000)
    assert.equal(floor.lastEffect('media.play').prompt, 'abandoned-apology')
    assert.equal(floor.last('callback.scheduled').callback.at - answeredAt, 2_000 + waitsMs)
    floor.pass(8_000)
    const { state, dueAt } = floor.last('lead.released')
    assert.equal(state, 'callback')
    assert.ok(Math.abs(dueAt! - answeredAt - waitsMs) <= 10_000)
  })

test('who is owed a call in a predictive campaign is dialled for an agent who is taken first', () => {
  const floor = new TestFloor({ campaign: { mode: 'predictive' } })
  const owed = { ...leadOf('le_9', carl), callback: 'cb_1' as CallbackId }
  floor.do({ type: 'leads.loaded', campaign, leads: [owed], exhausted: true })
  floor.ready(alice)
  floor.pass(2_000)
  assert.equal(floor.last('call.dialed').agent, alice)
  assert.equal(floor.last('call.dialed').callback, 'cb_1')
})

test('whom a predictive campaign abandoned is called back by the rule of a guaranteed agent, also under a policy that has others rest', () => {
  const floor = new TestFloor({ campaign: { mode: 'predictive', policy: 'UK', abandoned: 'callback' } })
  floor.ready(alice)
  floor.leads(carl)
  floor.pass(2_000)
  floor.do({ type: 'agent.break', agent: alice, reason: 'tea' })
  floor.do({ type: 'leg.answered', leg: floor.call.leg })
  floor.pass(10_000)
  assert.equal(floor.last('lead.released').reason, 'ABANDONED')
  floor.do({ type: 'agent.ready', agent: alice })
  floor.pass(10 * 60_000)
  const promised = { tries: 0, reason: 'abandoned' } as const
  const owed = { ...leadOf('le_0', carl), callback: 'cb_1' as CallbackId, promised, attempts: 1 }
  const resting = { ...leadOf('le_1', carl), attempts: 1 }
  floor.do({ type: 'leads.loaded', campaign, leads: [owed, resting], exhausted: true })
  floor.pass(2_000)
  const { agent, mode, callback } = floor.last('call.dialed')
  assert.deepEqual([agent, mode, callback], [alice, 'progressive', 'cb_1'])
  floor.partyEnds(floor.call, { cause: 'rejected', sipStatus: 486 })
  floor.pass(2_000)
  assert.equal(floor.count('call.dialed'), 2, 'nobody else may be dialled ahead to that number')
})

test('agent first with a desk phone: when the line is not there any more at the pick-up, the agent is free and not on a break', () => {
  const floor = new TestFloor({ station: 'phone-rung', campaign: { reserved: true } })
  floor.leads(carl)
  floor.ready(alice)
  const { leg } = floor.lastEffect('phone.ring')
  floor.do({ type: 'trunk.down', trunk, reason: 'no answer' })
  floor.do({ type: 'leg.answered', leg })
  assert.equal(floor.agent(alice).phase, 'ready')
  assert.equal(floor.lastEffect('phone.hangUp').leg, leg)
  assert.equal(floor.state.leadsInHand.size, 0)
})

test('agent first with a desk phone: a lead whose agent does not pick up keeps the number that is its turn', () => {
  const floor = new TestFloor({ station: 'phone-rung', campaign: { reserved: true } })
  const other = '+8613800000009'
  const lead = leadOf('le_9', carl)
  const phones = [...lead.phones, { number: other, relation: 'SELF' as const }]
  floor.do({ type: 'leads.loaded', campaign, leads: [{ ...lead, phones, next: other }], exhausted: true })
  floor.ready(alice)
  assert.equal(floor.agent(alice).rung?.intent.number, other)
  floor.do({ type: 'leg.ended', leg: floor.lastEffect('phone.ring').leg, ...declined })
  const { lead: id, state, next } = floor.last('lead.released')
  assert.deepEqual([id, state, next], ['le_9', 'ready', other])
})

test('whoever is dialled for an agent, or by a robot, sees a number of the own city too', () => {
  const notice = { language: 'en' as const, parts: [{ prompt: 'own/hello' }], maxLines: 1, waitMs: 30_000 }
  for (const campaign of [{ reserved: true }, { mode: 'notice' as const, notice }, {}]) {
    const floor = new TestFloor({ campaign })
    const { trunk: one } = floor.state.trunks.get(trunk)!
    const callerIds = ['02155550001', '02155550002', '01055550003', '02055550004']
    floor.do({ type: 'records.committed', facts: [{ type: 'trunk.saved', trunk: { ...one, callerIds } }] })
    floor.leads(...Array.from({ length: 20 }, (_, n) => `+861062345${String(100 + n)}`))
    floor.ready(alice)
    const shown = Array.from({ length: 20 }, () => {
      const { callerId } = floor.last('call.dialed')
      floor.partyEnds(floor.call, { cause: 'rejected', sipStatus: 486 })
      floor.pass(1_000)
      return callerId
    })
    const own = shown.filter(callerId => callerId === '01055550003').length
    assert.ok(own > 9, `${JSON.stringify(campaign)}: ${own} of 20`)
  }
})

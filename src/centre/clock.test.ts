import assert from 'node:assert/strict'
import { test } from 'node:test'
import { floorFrom } from './floor.ts'
import { step } from './step.ts'
import { alice, bob, campaign, leadOf, setupOf, TestFloor, tenOClock, trunk } from './testing.ts'

const hourMs = 3_600_000
const number = (n: number) => `+86138${String(n).padStart(8, '0')}`

function set(floor: TestFloor, byMs: number): void {
  floor.clock.advance(byMs)
  floor.do({ type: 'clock.stepped', byMs })
}

for (const [words, byMs] of [
  ['back', -hourMs],
  ['forward', hourMs],
] as const) {
  test(`a clock set ${words} by an hour in wrap-up leaves the agent the minute that there is, and no more`, () => {
    const floor = new TestFloor()
    floor.leads(number(1))
    floor.ready(alice)
    const { call } = floor
    floor.do({ type: 'leg.answered', leg: call.leg })
    floor.partyEnds(call)
    floor.pass(5_000)
    set(floor, byMs)
    floor.pass(54_999)
    assert.equal(floor.agent(alice).phase, 'wrapping')
    floor.pass(1)
    assert.equal(floor.agent(alice).phase, 'break')
    assert.equal(floor.agent(alice).reason, 'wrap_overrun')
    assert.equal(floor.state.leadsInHand.size, 0)
  })

  test(`a predictive campaign dials and fetches on when the clock is set ${words} by an hour`, () => {
    const floor = new TestFloor({ campaign: { mode: 'predictive', occupancyMax: 1 } })
    floor.ready(alice, bob)
    floor.leads(number(1), number(2))
    floor.pass(10_000)
    floor.leads()
    const { pacer } = floor.state.campaigns.get(campaign)!
    set(floor, byMs)
    for (const call of [...floor.state.calls.values()]) floor.partyEnds(call, { cause: 'rejected', sipStatus: 486 })
    const [dialled, asked] = [floor.count('call.dialed'), fetches(floor)]
    floor.pass(6_000)
    assert.equal(fetches(floor), asked + 1, 'the store is asked again after five seconds')
    const leads = [leadOf('le_8', number(8)), leadOf('le_9', number(9))]
    floor.do({ type: 'leads.loaded', campaign, leads, exhausted: true })
    floor.pass(2_000)
    assert.equal(floor.count('call.dialed'), dialled + 2)
    assert.ok(pacer.account.theta > 0 && pacer.account.theta < 1)
  })
}

test('who asked a robot for a person waits no longer because the clock was set', () => {
  const notice = { language: 'en', parts: [{ prompt: 'own/hello' }], maxLines: 5, waitMs: 30_000 } as const
  const floor = new TestFloor({ campaign: { mode: 'notice', notice: { ...notice, parts: [...notice.parts] } } })
  floor.ready(alice)
  floor.do({ type: 'agent.break', agent: alice, reason: 'lunch' })
  floor.leads(number(1))
  floor.pass(6_000)
  floor.leads(number(1))
  const { call } = floor
  floor.do({ type: 'leg.answered', leg: call.leg })
  floor.do({ type: 'leg.digit', leg: call.leg, digit: '1' })
  assert.equal(call.phase, 'waiting')
  floor.pass(10_000)
  set(floor, -hourMs)
  floor.pass(19_999)
  assert.equal(call.dismissed, null)
  floor.pass(1)
  assert.equal(call.dismissed, 'overflow')
})

test('a start with a clock that reads less than the last line of the journal asks for leads at once', () => {
  const now = tenOClock
  const state = floorFrom(setupOf({}), now + hourMs, now)
  const moment = { now, actor: 'system' } as const
  step(state, { type: 'trunk.up', trunk }, moment)
  step(state, { type: 'agent.signOn', agent: alice }, moment)
  const { effects } = step(state, { type: 'tick' }, { ...moment, now: now + 1_000 })
  assert.equal(state.campaigns.get(campaign)!.fetching, true, `${effects.length} effects`)
})

test('leads that are on their way when the clock is set are asked for anew at once', () => {
  const floor = new TestFloor()
  floor.do({ type: 'agent.signOn', agent: alice })
  const { askedAt } = floor.lastEffect('leads.fetch')
  set(floor, -hourMs)
  const again = floor.lastEffect('leads.fetch')
  assert.notEqual(again.askedAt, askedAt)
  const leads = [leadOf('le_1', number(1))]
  const answer = { type: 'leads.loaded' as const, campaign, leads, exhausted: true }
  floor.do({ ...answer, askedAt })
  assert.equal(floor.state.campaigns.get(campaign)!.buffer.length, 0, 'what was read before is passed over')
  floor.do({ ...answer, askedAt: again.askedAt })
  assert.equal(floor.state.campaigns.get(campaign)!.buffer.length, 1)
})

function fetches(floor: TestFloor): number {
  return floor.effects.filter(effect => effect.type === 'leads.fetch').length
}

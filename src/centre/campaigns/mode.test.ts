import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CampaignId, UserId } from '../../lib/ids.ts'
import type { ModeRule, User } from '../entities.ts'
import { alice, bob, campaign, consent, setupOf, TestFloor } from '../testing.ts'
import { dwellMs } from './mode.ts'

const carl = '+8613800000001'
const floorWith = (modeRules: ModeRule[], at?: number) =>
  new TestFloor({ at, campaign: { mode: 'progressive', modeRules } })
const modeOf = (floor: TestFloor) => floor.state.campaigns.get(campaign)!.mode

test('the first rule that holds sets the mode, and what is dialled follows it', () => {
  const floor = floorWith([{ when: { agentsBelow: 2 }, mode: 'preview' }])
  floor.ready(alice)
  assert.deepEqual(floor.last('campaign.modeChanged'), {
    type: 'campaign.modeChanged',
    campaign,
    from: 'progressive',
    mode: 'preview',
    rule: 1,
  })
  floor.leads(carl)
  assert.equal(floor.agent(alice).phase, 'preview')
  assert.equal(floor.count('call.dialed'), 0)
})

test('a mode stays two minutes at least, and goes back to the campaign’s own when no rule holds', () => {
  const floor = floorWith([{ when: { agentsBelow: 2 }, mode: 'manual' }])
  floor.do({ type: 'tick' })
  assert.equal(modeOf(floor), 'manual')
  floor.ready(alice, bob) // 2 is not below 2; a rule that holds lets go at 3
  floor.pass(dwellMs)
  assert.equal(modeOf(floor), 'manual', 'two agents are within the slack of a rule that holds')
  const wider = floorWith([{ when: { agentsBelow: 1 }, mode: 'manual' }])
  wider.do({ type: 'tick' })
  wider.ready(alice, bob)
  wider.pass(dwellMs - 10_000)
  assert.equal(modeOf(wider), 'manual')
  wider.pass(10_000)
  assert.equal(modeOf(wider), 'progressive')
  assert.equal(wider.last('campaign.modeChanged').rule, null)
})

test('an agent who comes and goes does not make the mode flap', () => {
  const people = Array.from({ length: 12 }, (_, n) => `u_${n}` as UserId)
  const setup = setupOf({
    campaign: { agents: people, modeRules: [{ when: { agentsBelow: 10 }, mode: 'progressive' }] },
  })
  const person: User = setup.users[0]!
  const users = people.map(id => ({ ...person, id }))
  const floor = new TestFloor({
    setup: { users, campaigns: [{ ...setup.campaigns[0]!, mode: 'predictive', agents: people }] },
  })
  floor.ready(...people.slice(0, 9))
  assert.equal(modeOf(floor), 'progressive')
  for (let n = 0; n < 20; n++) {
    floor.do({ type: 'agent.signOn', agent: people[9]! })
    floor.pass(60_000)
    floor.do({ type: 'agent.signOff', agent: people[9]!, reason: 'x' })
    floor.pass(60_000)
  }
  assert.equal(floor.count('campaign.modeChanged'), 1)
  floor.ready(...people.slice(9))
  floor.pass(dwellMs)
  assert.equal(modeOf(floor), 'predictive')
})

test('rules by the hour are in the time of their zone, over midnight too', () => {
  const night: ModeRule[] = [{ when: { from: '20:00', to: '10:30' }, mode: 'manual' }]
  const floor = floorWith(night)
  floor.do({ type: 'tick' })
  assert.equal(modeOf(floor), 'manual', 'ten in Shanghai')
  floor.pass(30 * 60_000)
  assert.equal(modeOf(floor), 'progressive')
  const tokyo = floorWith([{ when: { from: '11:00', to: '12:00', zone: 'Asia/Tokyo' }, mode: 'manual' }])
  tokyo.do({ type: 'tick' })
  assert.equal(modeOf(tokyo), 'manual')
})

test('a list that answers badly is told from fifty calls on', () => {
  const floor = floorWith([{ when: { answerRateBelow: 0.2 }, mode: 'preview' }])
  const { ruled } = floor.state.campaigns.get(campaign)!
  floor.ready(alice)
  for (let n = 0; n < 60; n++) {
    const lead = `+86138${String(n).padStart(8, '0')}`
    if (modeOf(floor) !== 'progressive') break
    floor.do({
      type: 'agent.dial',
      agent: alice,
      number: lead,
      campaign,
      lead: null,
      party: null,
      name: null,
      relation: null,
      consent,
    })
    const { call } = floor
    floor.partyEnds(call, { cause: 'rejected', sipStatus: 486 })
    floor.pass(1_000)
  }
  assert.equal(ruled.calls, 50)
  assert.equal(modeOf(floor), 'preview')
})

test('lines of a predictive campaign that turns progressive are tied to agents, and those beyond are withdrawn', () => {
  const floor = new TestFloor({ campaign: { mode: 'predictive' } })
  floor.ready(alice, bob)
  floor.leads(...Array.from({ length: 8 }, (_, n) => `+8613800000${String(n).padStart(3, '0')}`))
  floor.pass(3_000)
  const state = floor.state.campaigns.get(campaign)!
  const lines = state.lines.size
  assert.ok(lines >= 1)
  floor.do({
    type: 'records.committed',
    facts: [{ type: 'campaign.saved', campaign: { ...state.campaign, mode: 'progressive' } }],
  })
  const claimed = [...state.lines.values()].filter(line => line.claim !== null).length
  assert.equal(claimed, Math.min(2, state.lines.size))
  assert.equal(state.uncovered.size, state.lines.size - claimed)
})

test('other campaigns keep their mode', () => {
  const other = 'ca_2' as CampaignId
  const [first] = setupOf({}).campaigns
  const floor = new TestFloor({
    setup: {
      campaigns: [
        { ...first!, modeRules: [{ when: { agentsBelow: 5 }, mode: 'manual' }] },
        { ...first!, id: other, name: 'other' },
      ],
    },
  })
  floor.do({ type: 'tick' })
  assert.deepEqual([modeOf(floor), floor.state.campaigns.get(other)!.mode], ['manual', 'progressive'])
})

test('hours of a rule are the centre’s own, unless the rule names a zone', () => {
  // Ten in the morning in Shanghai is two in the morning in London, and nine in Jakarta.
  const morning = { from: '08:00', to: '12:00' }
  const at = (zone: string | null, when: ModeRule['when']) => {
    const modeRules: ModeRule[] = [{ when, mode: 'manual' }]
    const floor = new TestFloor({ campaign: { modeRules }, setup: zone === null ? {} : { zone } })
    floor.do({ type: 'tick' })
    return modeOf(floor)
  }
  assert.equal(at(null, morning), 'manual', 'a centre that says nothing is in China')
  assert.equal(at('Europe/London', morning), 'progressive')
  assert.equal(at('Asia/Jakarta', { from: '09:00', to: '09:01' }), 'manual')
  assert.equal(at('Europe/London', { ...morning, zone: 'Asia/Shanghai' }), 'manual')
})

test('a centre that moves to another zone takes its rules along at once', () => {
  const floor = floorWith([{ when: { from: '08:00', to: '12:00' }, mode: 'manual' }])
  floor.do({ type: 'tick' })
  assert.equal(modeOf(floor), 'manual')
  floor.do({
    type: 'records.committed',
    facts: [{ type: 'setting.saved', key: 'centre.zone', value: 'America/New_York' }],
  })
  floor.pass(dwellMs + 1_000)
  assert.equal(modeOf(floor), 'progressive')
})

const held = { campaign, calls: 400, answers: 60 }

test('a mode that a rule had set is in force again from the start, for what is left of its time', () => {
  const modeRules: ModeRule[] = [{ when: { answerRateBelow: 0.2 }, mode: 'preview' }]
  const since = Date.UTC(2026, 10, 24, 2) - 60_000
  const changed = { mode: 'preview' as const, rule: 1, since }
  const floor = new TestFloor({ campaign: { modeRules }, setup: { modes: [{ ...held, changed }] } })
  assert.equal(modeOf(floor), 'preview')
  floor.pass(dwellMs * 2)
  assert.equal(modeOf(floor), 'preview', 'the answers of before count on')
  assert.equal(floor.count('campaign.modeChanged'), 0)

  const better = new TestFloor({ campaign: { modeRules }, setup: { modes: [{ ...held, answers: 200, changed }] } })
  better.pass(dwellMs - 60_000 - 1_000)
  assert.equal(modeOf(better), 'preview')
  better.pass(2_000)
  assert.equal(modeOf(better), 'progressive')
})

test('a rule that was changed while nobody ran is not resumed', () => {
  const changed = { mode: 'preview' as const, rule: 1, since: 0 }
  const modeRules: ModeRule[] = [{ when: { agentsFrom: 100 }, mode: 'manual' }]
  for (const rules of [modeRules, []]) {
    const floor = new TestFloor({ campaign: { modeRules: rules }, setup: { modes: [{ ...held, changed }] } })
    assert.equal(modeOf(floor), 'progressive')
  }
})

for (const reserved of [true, false])
  test(`in preview nobody is dialled before the agent accepts, agent first ${reserved ? 'asked for' : 'or not'}`, () => {
    const preview = () => {
      const floor = new TestFloor({ campaign: { mode: 'preview', reserved } })
      floor.ready(alice)
      floor.leads(carl)
      assert.deepEqual([floor.agent(alice).phase, floor.count('call.dialed')], ['preview', 0])
      return floor
    }
    const accepted = preview()
    accepted.do({ type: 'agent.acceptPreview', agent: alice })
    const { agent, mode } = accepted.last('call.dialed')
    assert.deepEqual([agent, mode, accepted.agent(alice).phase], [alice, 'preview', 'dialing'])
    accepted.do({ type: 'leg.answered', leg: accepted.call.leg })
    assert.deepEqual([accepted.call.phase, accepted.agent(alice).phase], ['talking', 'talking'], 'an answer finds her')

    const skipped = preview()
    skipped.do({ type: 'agent.skipPreview', agent: alice, reason: 'x' })
    const late = preview()
    late.pass(31_000)
    for (const floor of [skipped, late]) assert.equal(floor.count('call.dialed'), 0)
  })

test('a preview by rule on a phone that is rung is a preview in the record', () => {
  const modeRules: ModeRule[] = [{ when: { agentsFrom: 0 }, mode: 'preview' }]
  const floor = new TestFloor({ station: 'phone-rung', campaign: { mode: 'predictive', modeRules, reserved: true } })
  floor.do({ type: 'tick' })
  floor.ready(alice)
  floor.leads(carl)
  floor.do({ type: 'agent.acceptPreview', agent: alice })
  floor.do({ type: 'leg.answered', leg: floor.last('agent.rung').leg })
  assert.equal(floor.last('call.dialed').mode, 'preview')
})

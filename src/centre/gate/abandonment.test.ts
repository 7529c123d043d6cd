import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '../../lib/random.ts'
import { openStore, testFolder } from '../../store/testing/people.ts'
import { floorFrom } from '../floor.ts'
import { localDay } from '../numbers/zone.ts'
import { AbandonAccount, type AbandonWindow } from '../pacing/account.ts'
import { alice, bob, campaign, consent, leadOf, setupOf, TestFloor } from '../testing.ts'
import { Abandonment } from './abandonment.ts'
import { mayContact } from './compliance.ts'

const dayMs = 86_400_000
/** Ten in the morning in New York, when all of the country is within its hours. */
const at = Date.UTC(2026, 10, 24, 19)
const number = '+12025550123'

type Day = { ago: number; answered: number; abandoned: number }
const american = (days: Day[], policy = 'US-TELEMARKETING') =>
  new TestFloor({
    at,
    campaign: { mode: 'predictive', policy },
    setup: {
      zone: 'America/New_York',
      abandonment: days.map(({ ago, ...count }) => ({ campaign, at: at - ago * dayMs, ...count })),
    },
  })

const ask = (floor: TestFloor, mode: 'predictive' | 'notice' | 'progressive' = 'predictive') => {
  const request = { number, relation: 'SELF', campaign, mode, consent } as const
  const answer = mayContact(floor.state, request, floor.clock.now())
  return answer.ok ? 'yes' : answer.refusal.words
}

test('a window holds its days and no other, and forgets what no policy asks for', () => {
  const counts = new Abandonment()
  for (let day = 0; day < 60; day++) counts.add(day, { answered: 100, abandoned: day })
  assert.deepEqual(counts.of(59, 1), { answered: 100, abandoned: 59 })
  assert.deepEqual(counts.of(59, 2), { answered: 200, abandoned: 117 })
  assert.equal(counts.of(59, 30).answered, 3_000)
  assert.equal(counts.of(58, 29).answered, 2_900, 'the days before today')
  assert.equal(counts.of(59, 60).answered, 3_000)
})

test('over the limit of 30 days no call is under way ahead of agents, whatever today is like; a day that leaves the window counts no more', () => {
  const today = { ago: 0, answered: 400, abandoned: 2 }
  const over = american([{ ago: 20, answered: 1_000, abandoned: 60 }, today])
  assert.match(ask(over), /abandoned 4.43 % of live-answered calls in 30 days; policy US-TELEMARKETING allows 3 %/)
  assert.notEqual(ask(over, 'notice'), 'yes')
  assert.equal(ask(over, 'progressive'), 'yes', 'an agent is there before it')
  assert.equal(ask(american([{ ago: 30, answered: 1_000, abandoned: 60 }, today])), 'yes')
  assert.equal(ask(american([{ ago: 29, answered: 1_000, abandoned: 40 }])).includes('in 30 days'), true)
  const uk = american([{ ago: 1, answered: 1_000, abandoned: 60 }, today], 'UK')
  assert.equal(ask(uk), 'yes', 'the day alone')
})

test('a campaign over its limit goes on with one call for each free agent, and says why there are no more', () => {
  const floor = american([{ ago: 3, answered: 1_000, abandoned: 60 }])
  const pacer = floor.state.campaigns.get(campaign)!.pacer
  pacer.account.resume(200, 0) // the day is well within its limit, the window is not
  for (let n = 0; n < 400; n++) {
    pacer.learnRing(n % 10 === 0 ? 8_000 : 30_000, n % 10 === 0)
    pacer.learnTalk(60_000)
    pacer.learnWrap(5_000)
  }
  floor.ready(alice, bob)
  const leads = Array.from({ length: 20 }, (_, n) => leadOf(`le_${n}`, `+1202555${String(1000 + n)}`))
  floor.do({ type: 'leads.loaded', campaign, leads, exhausted: true })
  floor.pass(3_000)
  assert.equal(floor.count('call.dialed'), 2)
  assert.equal(floor.state.campaigns.get(campaign)!.held?.rule, 'abandon_limit')
  assert.equal(floor.count('lead.released'), 0, 'no lead is put off for what the campaign did')
})

test('the dialler keeps to the tighter of day and window: what earlier days abandoned is worked off', () => {
  const until = (windows: AbandonWindow[], answers: number) => {
    const account = new AbandonAccount(0.03)
    account.windows = windows
    const random = seededRandom(7)
    for (let n = 0; n < answers; n++) account.note(random() < account.thetaAt(n * 2_000), n * 2_000)
    return account
  }
  const alone = until([], 4_000)
  assert.ok(alone.abandoned / 4_000 > 0.022 && alone.abandoned / 4_000 <= 0.03, `${alone.abandoned}`)
  const debt = { max: 0.03, answered: 10_000, abandoned: 340 }
  const careful = until([debt], 4_000)
  const all = (careful.abandoned + debt.abandoned) / (4_000 + debt.answered)
  assert.ok(all <= 0.03, `${all} over both`)
  assert.ok(careful.abandoned > 20, 'and no more careful than that')
  const saved = until([{ max: 0.03, answered: 10_000, abandoned: 100 }], 4_000)
  assert.equal(saved.abandoned, alone.abandoned, 'what other days saved is not spent today: the day has its own limit')
})

test('the pacer is told of policy and window when a campaign is saved, a policy is saved and at midnight', () => {
  const floor = american([{ ago: 3, answered: 1_000, abandoned: 20 }])
  const { account } = floor.state.campaigns.get(campaign)!.pacer
  assert.deepEqual(account.windows, [{ max: 0.03, answered: 1_000, abandoned: 20 }])
  const own = {
    id: 'OWN',
    version: '1',
    source: 'board',
    confidence: 'O',
    business: ['sales'],
    relations: ['SELF'],
  } as const
  const policy = { ...own, hours: { from: 0, to: 1440 }, abandon: { max: 0.01, days: 3 } }
  floor.do({ type: 'records.committed', facts: [{ type: 'policy.saved', policy }] })
  const saved = { ...floor.state.campaigns.get(campaign)!.campaign, policy: 'US-TELEMARKETING+OWN' }
  floor.do({ type: 'records.committed', facts: [{ type: 'campaign.saved', campaign: saved }] })
  assert.equal(account.max, 0.01, 'the strictest of campaign and policies')
  assert.deepEqual(
    account.windows.map(({ max, answered }) => [max, answered]),
    [
      [0.03, 1_000],
      [0.01, 0],
    ],
  )
  floor.ready(alice)
  floor.pass(dayMs)
  assert.deepEqual([account.windows[0]!.answered, account.answered], [1_000, 0], 'a new day')
  floor.pass(27 * dayMs)
  assert.equal(account.windows[0]!.answered, 0, 'the day has left the window')
})

test('the store keeps the same counts as the floor, and a start brings them back day by day', async () => {
  const floor = new TestFloor({ campaign: { mode: 'predictive' } })
  const kept: { at: number; fact: (typeof floor.facts)[number] }[] = []
  const turn = floor.do.bind(floor)
  floor.do = input => {
    const done = turn(input)
    for (const { at, fact } of done.recorded) kept.push({ at, fact })
    return done
  }
  for (let day = 0; day < 3; day++) {
    floor.ready(alice)
    for (let n = 0; n < 3; n++) {
      floor.do({
        type: 'leads.loaded',
        campaign,
        leads: [leadOf(`le_${day}_${n}`, `+8613800${day}0000${n}`)],
        exhausted: true,
      })
      floor.pass(1_000)
      const { call } = floor
      if (n === day) floor.do({ type: 'agent.break', agent: alice, reason: 'tea' })
      floor.do({ type: 'leg.answered', leg: call.leg })
      floor.pass(3_000)
      if (call.phase !== 'ended') floor.partyEnds(call)
      if (floor.agent(alice).phase === 'wrapping') floor.dispose(call, alice, 'sold')
      floor.do({ type: 'agent.ready', agent: alice })
    }
    // By hand: an agent was there before the call, which is counted in neither.
    const number = `+861390000000${day}`
    const byHand = { agent: alice, number, campaign, lead: null, party: null, name: null, relation: null, consent }
    floor.do({ type: 'agent.dial', ...byHand })
    floor.do({ type: 'leg.answered', leg: floor.call.leg })
    const { call } = floor
    floor.partyEnds(call)
    floor.dispose(call, alice, 'sold')
    floor.do({ type: 'agent.signOff', agent: alice, reason: 'home' })
    floor.clock.advance(dayMs)
  }
  using folder = testFolder()
  await using store = await openStore(folder)
  await store.commit({ recorded: kept.map(({ at, fact }) => ({ at, actor: 'system' as const, fact })) })
  const now = floor.clock.now()
  const again = floorFrom({ ...setupOf({}), abandonment: (await store.setup(now)).abandonment! }, now)
  const counts = (state: typeof again) =>
    [1, 2, 3, 4, 30].map(days => state.campaigns.get(campaign)!.abandonment.of(localDay(state.zone, now), days))
  assert.deepEqual(counts(floor.state), counts(again))
  assert.deepEqual(counts(again).at(-1), { answered: 9, abandoned: 3 })
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import Sqlite from 'better-sqlite3'
import type { AgentPhase, Fact } from '../../centre/facts.ts'
import type { CampaignId } from '../../lib/ids.ts'
import { asset } from '../../lib/places.ts'
import { drizzleOf, migrate, readMigrations } from '../db.ts'
import { project } from '../project.ts'
import { campaignNamed } from '../testing/people.ts'
import { type CampaignMinute, dayFigures, emptyMinute, grouped, minuteQueries } from './campaign-minutes.ts'
import { pacingQueries } from './pacing-log.ts'

const minute = 60_000
const start = Date.parse('2026-11-24T09:00:00+08:00')

function books() {
  const connection = new Sqlite(':memory:')
  migrate(connection, readMigrations(asset('migrations')), 1)
  const db = drizzleOf(connection)
  let seq = 0
  const tell = (atMs: number, fact: unknown) =>
    project(connection, { seq: ++seq, at: start + atMs, actor: 'system', fact: fact as Fact, previousAt: 0 })
  const campaign = { ...campaignNamed('n1'), agents: ['u_alice', 'u_bob'] }
  tell(0, { type: 'campaign.saved', campaign })
  const phase = (atMs: number, state: AgentPhase, agent = 'u_alice', call: string | null = null) =>
    tell(atMs, { type: 'agent.stateChanged', agent, state, reason: null, call, until: null })
  const dial = (atMs: number, call: string) =>
    tell(atMs, {
      type: 'call.dialed',
      call,
      mode: 'predictive',
      campaign: campaign.id,
      lead: null,
      party: null,
      name: null,
      relation: null,
      agent: null,
      number: '+8613800000001',
      trunk: 't_n1',
      callerId: '+861012345678',
      leg: 'g',
      verdict: { policy: 'P', version: '1', rules: [] },
    })
  const ending = { by: 'party', cause: 'hangup', result: 'ANSWERED', sipStatus: null, q850: null }
  const end = (atMs: number, call: string) => tell(atMs, { type: 'call.ended', call, ending })
  const read = (nowMs: number, fromMs = 0) =>
    minuteQueries['campaigns.minutes'](db, {
      campaign: campaign.id as CampaignId,
      from: start + fromMs,
      to: start + 24 * 60 * minute,
      now: start + nowMs,
    })
  return { db, tell, phase, dial, end, read }
}

test("an agent's time lies in the minutes in which it was spent, and what lasts counts up to now", () => {
  const { phase, read } = books()
  phase(30_000, 'ready')
  phase(90_000, 'talking', 'u_alice', 'c1')
  const [first, second, third, fourth] = read(150_000)
  assert.deepEqual([first!.readyMs, first!.presentMs, first!.busyMs], [30_000, 30_000, 0])
  assert.deepEqual([second!.readyMs, second!.busyMs, second!.idleMs, second!.idles], [30_000, 30_000, 60_000, 1])
  assert.deepEqual([third!.busyMs, third!.presentMs], [30_000, 30_000])
  assert.equal(fourth, undefined)
})

test('a break is nobody’s working time, and a wait that ends in a break is no wait between calls', () => {
  const { phase, read } = books()
  phase(0, 'ready')
  phase(60_000, 'break')
  phase(180_000, 'ready')
  const minutes = read(240_000)
  assert.deepEqual(
    minutes.map(({ presentMs, idles }) => [presentMs, idles]),
    [
      [60_000, 0],
      [60_000, 0],
    ],
  )
})

test('people of other campaigns do not count', () => {
  const { phase, read } = books()
  phase(0, 'ready', 'u_carol')
  assert.deepEqual(read(60_000), [])
})

test('calls count in the minute of what happened, the abandoned in that of their answer; lines are the most at once', () => {
  const { dial, end, tell, read } = books()
  dial(1_000, 'c1')
  dial(2_000, 'c2')
  dial(2_000, 'c2')
  end(3_000, 'c1')
  end(3_500, 'c1')
  dial(4_000, 'c3')
  tell(59_000, { type: 'call.answered', call: 'c2' })
  tell(59_500, { type: 'call.answered', call: 'c3' })
  tell(60_500, { type: 'call.connected', call: 'c3', agent: 'u_alice' })
  tell(61_000, { type: 'call.abandoned', call: 'c2', campaign: 'k_n1', queue: null, waitedMs: 2_000 })
  dial(62_000, 'c4')
  const [first, second] = read(120_000)
  assert.deepEqual([first!.dialled, first!.answered, first!.abandoned, first!.lines], [3, 2, 1, 2])
  assert.deepEqual([second!.dialled, second!.connected, second!.abandoned, second!.lines], [1, 1, 0, 3])
})

const minuteOf = (n: number, more: Partial<CampaignMinute>) => ({ ...emptyMinute(start + n * minute), ...more })

test('the worst quarter of an hour is one of the clock, and one with few answers does not count', () => {
  const minutes = [
    minuteOf(1, { answered: 29, abandoned: 29 }),
    minuteOf(16, { answered: 20, abandoned: 1 }),
    minuteOf(29, { answered: 20, abandoned: 1, lines: 7 }),
    minuteOf(30, { answered: 100, abandoned: 1, lines: 4 }),
  ]
  const figures = dayFigures(minutes)
  assert.deepEqual(figures.worst, { at: start + 15 * minute, rate: 2 / 40 })
  assert.equal(figures.linesPeak, 7)
  assert.equal(figures.utilisation, null)
  assert.deepEqual(
    grouped(minutes, 15 * minute).map(({ minuteAt }) => (minuteAt - start) / minute),
    [0, 15, 30],
  )
})

test('the log of pacing is paged newest first, with what older entries lack as null', () => {
  const { db, tell } = books()
  const counts = { agents: 9, free: 1, ringing: 3, waiting: 0, answerChance: 0.3, risk: 0.05, theta: 0.03 }
  const old = { type: 'campaign.paced', campaign: 'k_n1', ...counts, limiter: 'risk', answered: 10, abandoned: 0 }
  tell(0, old)
  for (let n = 1; n < 5; n++)
    tell(n * minute, { ...old, mode: 'predictive', dialled: n, lines: 5, talking: 4, wrapping: 2, held: 'no_leads' })
  const asked = { campaign: 'k_n1' as CampaignId, limit: 3 }
  const page = pacingQueries['pacing.page'](db, asked)
  assert.deepEqual(
    page.items.map(({ dialled }) => dialled),
    [4, 3, 2],
  )
  const rest = pacingQueries['pacing.page'](db, { ...asked, cursor: page.next })
  assert.deepEqual(
    rest.items.map(({ dialled, held }) => [dialled, held]),
    [
      [1, 'no_leads'],
      [null, null],
    ],
  )
  assert.equal(rest.next, null)
  assert.equal(pacingQueries['pacing.page'](db, { ...asked, to: start + minute }).items.length, 1)
})

test('what a campaign did between two times is told in one line', () => {
  const { db, tell, dial, end } = books()
  for (const [at, call] of [
    [0, 'c1'],
    [90_000, 'c2'],
    [300_000, 'c3'],
  ] as const) {
    dial(at, call)
    tell(at + 5_000, { type: 'call.answered', call })
    end(at + 20_000, call)
  }
  const counts = (fromMs: number, toMs: number) =>
    minuteQueries['campaigns.counts'](db, { from: start + fromMs, to: start + toMs })
  assert.deepEqual(counts(0, 120_000), [{ campaign: 'k_n1', dialled: 2, answered: 2, connected: 0, abandoned: 0 }])
  assert.deepEqual(counts(600_000, 900_000), [])
})

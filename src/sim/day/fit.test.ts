import assert from 'node:assert/strict'
import { test } from 'node:test'
import Sqlite from 'better-sqlite3'
import type { Fact } from '../../centre/facts.ts'
import { asset } from '../../lib/places.ts'
import { emptyMinute } from '../../store/campaigns/campaign-minutes.ts'
import { type DayRecord, dayQueries } from '../../store/campaigns/day-record.ts'
import { drizzleOf, migrate, readMigrations } from '../../store/db.ts'
import { project } from '../../store/project.ts'
import { Day } from './day.ts'
import { dialledMin, fitDay, fitLaws, staffOf } from './fit.ts'
import { rehearse } from './rehearse.ts'
import { readScenario, type Scenario } from './scenario.ts'
import { campaignId, setupOf } from './setup.ts'

/** A simulated day told to the tables, as the real one is, and read back. */
function recordOf(scenario: Scenario, campaign: object = {}): DayRecord {
  const connection = new Sqlite(':memory:')
  migrate(connection, readMigrations(asset('migrations')), 1)
  const startAt = Date.parse(scenario.startsAt)
  let seq = 0
  const journal = connection.prepare(
    "INSERT INTO journal (seq, at, actor, type, body, digest, hash) VALUES (?, ?, 'system', ?, ?, zeroblob(32), zeroblob(32))",
  )
  const tell = (fact: Fact, at: number) => {
    project(connection, { seq: ++seq, at, actor: 'system', fact, previousAt: at })
    journal.run(seq, at, fact.type, JSON.stringify(fact))
  }
  const setup = setupOf(scenario)
  for (const trunk of setup.trunks) tell({ type: 'trunk.saved', trunk }, startAt - 1)
  for (const each of setup.campaigns) tell({ type: 'campaign.saved', campaign: { ...each, ...campaign } }, startAt - 1)
  connection.exec('BEGIN')
  new Day(scenario, tell).run()
  connection.exec('COMMIT')
  const to = startAt + scenario.hours * 3_600_000
  return dayQueries['days.record'](drizzleOf(connection), { campaign: campaignId, from: startAt, to, now: to })
}

const day = (over: Record<string, unknown>) => readScenario('test', '{}', { hours: 1.5, agents: 20, ...over })

test('a day that is fitted and run again comes to what it was, within chance', () => {
  const scenario = day({ occupancyMax: 0.85, linesPerAgentMax: 4, answerProbability: 0.35, seed: 5 })
  const fitted = fitDay(recordOf(scenario), 6)
  assert.ok('scenario' in fitted, JSON.stringify(fitted))
  assert.deepEqual(fitted.asWas, { mode: 'predictive', occupancyMax: 0.85, abandonRateMax: 0.03, linesPerAgentMax: 4 })
  const { real } = fitted
  const again = rehearse(fitted.scenario, 0)
  const near = (name: keyof typeof real, within: number) =>
    assert.ok(Math.abs(again[name]! - real[name]!) <= within, `${name}: ${again[name]} beside ${real[name]}`)
  near('utilisation', 0.03)
  near('abandonRate', 0.015)
  near('connected', real.connected * 0.1)
  near('dialled', real.dialled * 0.12)
  near('idleMsMean', real.idleMsMean! * 0.35)
  assert.ok(Math.abs(fitted.scenario.answerProbability - 0.35) < 0.03, `${fitted.scenario.answerProbability}`)
  assert.ok(Math.abs(fitted.scenario.wrapMs.mean - 18_000) < 2_500, `${fitted.scenario.wrapMs.mean}`)
})

test('the figures of the real day are those that the simulation itself reckoned', () => {
  const scenario = day({ seed: 9 })
  const fitted = fitDay(recordOf(scenario), 9)
  assert.ok('scenario' in fitted)
  const itself = rehearse(scenario, 0)
  assert.ok(Math.abs(fitted.real.utilisation! - itself.utilisation!) < 0.002)
  for (const key of ['dialled', 'answered', 'connected', 'abandoned'] as const)
    assert.equal(fitted.real[key], itself[key], key)
})

test('people who come later and leave earlier, an outage and a drift of answers are found again', () => {
  const shifts = [
    { fromS: 0, toS: 5400, share: 0.5 },
    { fromS: 1800, toS: 3600, share: 0.5 },
  ]
  const steps = [{ atS: 3600, value: 0.6 }]
  const trunkDown = [{ fromS: 2000, toS: 2600 }]
  const fitted = fitDay(recordOf(day({ shifts, answerProbabilitySteps: steps, trunkDown })), 1)
  assert.ok('scenario' in fitted)
  const { scenario } = fitted
  assert.deepEqual(scenario.trunkDown, trunkDown)
  const there = (atS: number) =>
    scenario.shifts.reduce(
      (sum, { fromS, toS, share }) => sum + (fromS <= atS && atS < toS ? share * scenario.agents : 0),
      0,
    )
  for (const [atS, people] of [
    [900, 10],
    [2700, 20],
    [4500, 10],
  ] as const)
    assert.ok(Math.abs(there(atS) - people) <= 1, `${there(atS)} at ${atS}`)
  const last = scenario.answerProbabilitySteps.at(-1)!
  assert.ok(Math.abs(last.value - 0.6) < 0.06, `${last.value}`)
})

test('a day of too few calls, or of notices, is refused with what was found and what is needed', () => {
  const little = recordOf(day({ leads: 40 }))
  assert.deepEqual(fitDay(little, 1), { rule: 'few_calls', found: 40, needed: dialledMin })
  const nobody = recordOf(day({ answerProbability: 0, hours: 0.5 }))
  assert.deepEqual(fitLaws(nobody), { rule: 'few_answers', found: 0, needed: 30 })
  const notices = { ...little, modes: [], campaign: { ...little.campaign!, mode: 'notice' as const } }
  assert.equal((fitDay(notices, 1) as { rule: string }).rule, 'notice')
  const empty = { ...little, minutes: [], halfHours: [], talks: [] }
  assert.deepEqual(fitDay(empty, 1), { rule: 'few_calls', found: 0, needed: dialledMin })
})

test('a headcount that never rests is held by a coarser step, and never by more people than a scenario holds', () => {
  const restless = Array.from({ length: 600 }, (_, n) => ({
    ...emptyMinute(n * 60_000),
    presentMs: (n % 10 < 5 ? 400 : 100) * 60_000,
  }))
  const { agents, shifts } = staffOf(restless, 0, 1)
  assert.ok(agents <= 2000 && shifts.length <= 500, `${agents} people, ${shifts.length} shifts`)
  assert.ok(shifts.every(({ fromS, toS, share }) => fromS < toS && share > 0 && share <= 1))
  const gap = [0, 1, 2, 60, 61].map(n => ({ ...emptyMinute(n * 60_000), presentMs: 5 * 60_000 }))
  assert.ok(
    staffOf(gap, 0, 1).shifts.every(({ fromS, toS }) => toS - fromS < 900),
    'nobody stays through an hour in which nobody was there',
  )
})

test('a day of several modes counts as the one of most of it, and says so', () => {
  const record = recordOf(day({ hours: 1 }))
  const modes = [
    { mode: 'progressive' as const, entries: 40 },
    { mode: 'predictive' as const, entries: 20 },
  ]
  const fitted = fitDay({ ...record, modes }, 1)
  assert.ok('scenario' in fitted)
  assert.equal(fitted.asWas.mode, 'progressive')
  assert.ok(fitted.notes.some(({ note, share }) => note === 'mode_changed' && Math.abs(share - 1 / 3) < 1e-9))
})

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Fact } from '../../centre/facts.ts'
import { projectFolder } from '../../lib/places.ts'
import { Day } from './day.ts'
import { dayPage } from './page.ts'
import { readScenario, type Scenario } from './scenario.ts'

const scenarioOf = (over: Partial<Record<keyof Scenario, unknown>>) => readScenario('test', '{}', over)

function dayOf(over: Parameters<typeof scenarioOf>[0]) {
  const scenario = scenarioOf({ hours: 0.5, agents: 10, ...over })
  const facts: { fact: Fact; at: number }[] = []
  const day = new Day(scenario, (fact, at) => facts.push({ fact, at }))
  day.run()
  const startAt = Date.parse(scenario.startsAt)
  const between = (type: Fact['type'], fromS: number, toS: number) =>
    facts.filter(({ fact, at }) => fact.type === type && at >= startAt + fromS * 1000 && at < startAt + toS * 1000)
  return { day, scenario, result: day.figures.result(scenario.agents, 0), between }
}

test('the same seed gives the same journal, another seed another one', () => {
  const first = dayOf({ seed: 7 }).result
  assert.deepEqual(dayOf({ seed: 7 }).result, first)
  assert.notEqual(dayOf({ seed: 8 }).result.journalHash, first.journalHash)
})

test('what is dialled, answered, connected and abandoned adds up, in each mode', () => {
  for (const mode of ['predictive', 'progressive', 'preview', 'manual'] as const) {
    const { result, day } = dayOf({ mode })
    assert.ok(result.connected > 20, `${mode}: ${result.connected} connected`)
    assert.ok(result.dialled > result.answered && result.answered >= result.connected + result.abandoned, mode)
    assert.ok(result.utilisation > 0.1 && result.utilisation < 1, `${mode}: ${result.utilisation}`)
    const minutes = result.effectiveMinutesPerAgent / 30
    assert.ok(Math.abs(minutes - result.utilisation) < 0.01, `${mode}: nobody was on a break`)
    assert.deepEqual(result.refused, {}, mode)
    const present = day.figures.minutes.reduce((sum, minute) => sum + minute.presentMs, 0)
    assert.equal(present, 10 * 30 * 60_000, mode)
    if (mode !== 'predictive') assert.equal(result.abandoned, 0, mode)
  }
})

test('an answered call rings 1 to 29.9 s, and about as many answer as the scenario says', () => {
  const { result, between } = dayOf({ agents: 30, answerProbability: 0.4 })
  const dialledAt = new Map(between('call.dialed', 0, 1800).map(({ fact, at }) => ['call' in fact && fact.call, at]))
  const rings = between('call.answered', 0, 1800).map(
    ({ fact, at }) => at - dialledAt.get('call' in fact && fact.call)!,
  )
  assert.ok(Math.min(...rings) >= 1000 && Math.max(...rings) <= 29_900)
  const mean = rings.reduce((sum, ms) => sum + ms, 0) / rings.length
  assert.ok(mean > 9000 && mean < 11_000, `${mean}`)
  const share = result.answered / result.dialled
  assert.ok(share > 0.35 && share < 0.45, `${share}`)
})

test('while the carrier is away nothing is dialled, and calls that ring are lost', () => {
  const { between } = dayOf({ trunkDown: [{ fromS: 600, toS: 900 }] })
  assert.equal(between('call.dialed', 600.001, 900).length, 0)
  assert.equal(between('call.answered', 600.001, 900).length, 0)
  assert.ok(between('call.dialed', 900, 960).length > 0)
})

test('agents who slip away or announce a break are gone until they come back, and their time does not count', () => {
  for (const announced of [true, false]) {
    const { day, between } = dayOf({ breaks: [{ fromS: 600, toS: 1200, share: 1, announced }] })
    assert.equal(between('call.connected', 601, 1200).length, 0, `announced ${announced}`)
    assert.ok(between('call.connected', 1200, 1800).length > 0)
    const inBreak = day.figures.minutes.slice(16, 20).reduce((sum, { presentMs }) => sum + presentMs, 0)
    assert.ok(inBreak < 4 * 60_000 * 3, 'all but those with a long talk are away')
  }
})

test('lines and calls a second stay within the bounds of the scenario', () => {
  const { result, between } = dayOf({ agents: 30, maxLines: 25, callsPerSecond: 1, answerProbability: 0.2 })
  assert.ok(result.linesPeak > 0 && result.linesPeak <= 25)
  for (let s = 0; s < 1800; s++) assert.ok(between('call.dialed', s, s + 1).length <= 1, `second ${s}`)
})

test('a list comes to its end, and hours of a policy are kept', () => {
  assert.equal(dayOf({ leads: 40 }).result.dialled, 40)
  const night = dayOf({ policy: 'CN-SALES-DEFAULT', startsAt: '2026-11-24T22:00:00+08:00' })
  assert.equal(night.result.dialled, 0)
})

test('the shipped scenarios are right, and the page of a day has a chart and a table for each figure', () => {
  const folder = join(projectFolder, 'assets/scenarios')
  const files = readdirSync(folder)
  assert.ok(files.length >= 5)
  for (const file of files) readScenario(file, readFileSync(join(folder, file), 'utf8'))
  const { day, scenario, result } = dayOf({ hours: 0.25 })
  const page = dayPage(scenario, result, day.figures)
  assert.equal(page.match(/<svg /g)?.length, 4)
  assert.equal(page.match(/<table>/g)?.length, 4)
  assert.doesNotMatch(page, /NaN|undefined|https?:/)
})

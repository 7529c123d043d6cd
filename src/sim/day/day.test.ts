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

test('callers are answered by the same agents, wait, give up or overflow, and are no calls of the campaign', () => {
  const inbound = { callsPerHour: 240, patienceMs: { mean: 20_000, cv: 1 }, maxWaitMs: 30_000, members: 0.5 }
  const { result, day, between } = dayOf({ inbound, talkMs: [{ weight: 1, mean: 120_000, cv: 0.5 }] })
  const { offered, connected, gaveUp, overflowed, within20S } = result.inbound!
  assert.ok(offered > 90 && offered < 150, `${offered} callers at 240 an hour`)
  assert.ok(connected > 10 && gaveUp > 10 && overflowed > 0, `${connected}, ${gaveUp}, ${overflowed}`)
  assert.ok(connected + gaveUp + overflowed <= offered && within20S > 0 && within20S < 1)
  const members = new Set(Array.from({ length: 5 }, (_, n) => `u_${n}`))
  const callers = new Set(between('call.offered', 0, 1800).map(({ fact }) => 'call' in fact && fact.call))
  for (const { fact } of between('call.connected', 0, 1800))
    if (fact.type === 'call.connected' && callers.has(fact.call)) assert.ok(members.has(fact.agent), fact.agent)
  assert.equal(result.connected, between('call.connected', 0, 1800).length - connected)
  assert.ok(result.answered >= result.connected + result.abandoned, 'callers are not counted as answered')
  const present = day.figures.minutes.reduce((sum, minute) => sum + minute.presentMs, 0)
  assert.equal(present, 10 * 30 * 60_000)
  assert.equal(dayOf({}).result.inbound, null)
})

test('callers come at the rate of their hour', () => {
  const steps = [
    { atS: 600, callsPerHour: 600 },
    { atS: 1200, callsPerHour: 0 },
  ]
  const { between } = dayOf({ inbound: { callsPerHour: 0, steps } })
  assert.equal(between('call.offered', 0, 600).length, 0)
  const busy = between('call.offered', 600, 1200).length
  assert.ok(busy > 70 && busy < 130, `${busy} in ten minutes at 600 an hour`)
  assert.equal(between('call.offered', 1200, 1800).length, 0)
})

test('a lead comes back by the rule of its result, no sooner and no more often', () => {
  const retries = [
    { result: 'BUSY', delayMs: 120_000, max: 3 },
    { result: 'NO_ANSWER', delayMs: 300_000, max: 2 },
  ]
  const { result, between } = dayOf({ hours: 1, leads: 60, retries })
  assert.ok(result.dialled > 80 && result.dialled <= 180, `${result.dialled} calls to 60 leads`)
  const tries = new Map<string, { at: number; next: number }[]>()
  const results = new Map<string, number>()
  for (const { fact, at } of between('call.dialed', 0, 3600)) {
    if (fact.type !== 'call.dialed' || fact.lead === null) continue
    tries.set(fact.lead, [...(tries.get(fact.lead) ?? []), { at, next: 0 }])
  }
  for (const { fact, at } of between('lead.released', 0, 3600)) {
    if (fact.type !== 'lead.released') continue
    results.set(fact.reason, (results.get(fact.reason) ?? 0) + 1)
    const delayMs = fact.reason === 'BUSY' ? 120_000 : fact.reason === 'NO_ANSWER' ? 300_000 : 0
    const own = tries.get(fact.lead)!
    const later = own.find(one => one.at > at)
    if (later !== undefined && delayMs > 0)
      assert.ok(later.at >= at + delayMs, `${fact.lead} after ${later.at - at} ms`)
  }
  for (const [lead, own] of tries) assert.ok(own.length <= 3, `${lead}: ${own.length}`)
  assert.ok((results.get('BUSY') ?? 0) > 0 && (results.get('NO_ANSWER') ?? 0) > 0)
  assert.equal(dayOf({ hours: 1, leads: 60 }).result.dialled, 60)
})

test('a customer without patience hangs up before the floor gives up, and counts as answered and not as abandoned', () => {
  const crowd = { agents: 10, answerProbability: 0.8, abandonRateMax: 0.2, hours: 1 }
  const patient = dayOf(crowd)
  const impatient = dayOf({ ...crowd, waitPatienceMs: { mean: 500, cv: 0 } })
  const leftAlone = ({ result }: typeof patient) => result.answered - result.connected - result.abandoned
  assert.ok(patient.result.abandoned > 10, `${patient.result.abandoned}`)
  assert.equal(impatient.result.abandoned, 0)
  assert.ok(leftAlone(impatient) > 5 && leftAlone(patient) <= 3, `${leftAlone(impatient)}, ${leftAlone(patient)}`)
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

/**
 * From what a past day was like to a scenario that is like it: who was there when, how likely an answer was by the half hour, how long it rang,
 * how long people talked and wrote. What cannot be known is said in notes. A day of too few calls is refused: its figures would be chance.
 */

import type {
  RehearsalChange,
  RehearsalFigures,
  RehearsalNote,
  RehearsalRefusal,
} from '../../centre/campaigns/rehearsal.ts'
import { linesPerAgentDefault, occupancyDefault } from '../../centre/pacing/outlook.ts'
import { type CampaignMinute, dayFigures, grouped } from '../../store/campaigns/campaign-minutes.ts'
import type { DayRecord, Spread } from '../../store/campaigns/day-record.ts'
import { type Scenario, scenarioSchema } from './scenario.ts'

export const dialledMin = 100
const answeredMin = 30
const talksMin = 20
const minutesMin = 15
/** A half hour with fewer outcomes takes the probability of the one before. */
const outcomesMin = 30
const minuteMs = 60_000
/** Headcounts are read off at these steps, the finest that the scenario can hold. */
const staffStepsMs = [5, 10, 15, 30, 60].map(minutes => minutes * minuteMs)
const agentsMax = 2000
const shiftsMax = 500
const msMax = 3_600_000
/** What is rarer than this is not worth a note. */
const noteShareMin = 0.05

/** How people and calls behaved: the part of a scenario that holds for other days and other teams too. */
export type FittedLaws = Pick<
  Scenario,
  'answerProbability' | 'answeredRingMs' | 'unanswered' | 'ringMs' | 'talkMs' | 'wrapMs' | 'maxLines' | 'callsPerSecond'
>

export type Fitted = {
  scenario: Scenario
  asWas: Required<RehearsalChange>
  real: RehearsalFigures
  notes: RehearsalNote[]
}

export function fitDay(record: DayRecord, seed: number): Fitted | RehearsalRefusal {
  const working = record.minutes.filter(({ presentMs, dialled }) => presentMs > 0 || dialled > 0)
  const laws = fitLaws(record)
  if ('rule' in laws) return laws
  if (working.length < minutesMin) return { rule: 'few_minutes', found: working.length, needed: minutesMin }
  const startAt = floorTo(working[0]!.minuteAt, staffStepsMs[0]!)
  const endAt = Math.min(working.at(-1)!.minuteAt + minuteMs, startAt + 24 * 3_600_000)
  const hours = (endAt - startAt) / 3_600_000
  const settings = settingsOf(record)
  const present = working.reduce((sum, minute) => sum + minute.presentMs, 0)
  const elsewhere = Math.min(0.9, record.elsewhereMs / Math.max(1, present))
  const staff = staffOf(working, startAt, 1 - elsewhere)
  const isShort = record.logged > 0 && record.withoutLeads / record.logged >= noteShareMin
  const dialled = record.minutes.reduce((sum, minute) => sum + minute.dialled, 0)
  const scenario = scenarioSchema.parse({
    seed,
    hours,
    startsAt: new Date(startAt).toISOString(),
    ...settings,
    ...laws,
    ...staff,
    answerProbabilitySteps: stepsOf(record, startAt, laws.answerProbability),
    trunkDown: outagesOf(record, startAt, endAt),
    ...(isShort ? { leads: dialled } : {}),
  })
  return { scenario, asWas: settings, real: realFigures(record.minutes), notes: notesOf(record, elsewhere, isShort) }
}

/** The laws alone, for a team of today. */
export function fitLaws(record: DayRecord): FittedLaws | RehearsalRefusal {
  if ((record.modes[0]?.mode ?? record.campaign?.mode) === 'notice') return { rule: 'notice', found: 0, needed: 0 }
  const dialled = record.minutes.reduce((sum, minute) => sum + minute.dialled, 0)
  const outcomes = record.halfHours.reduce((sum, half) => sum + half.outcomes, 0)
  const answered = record.halfHours.reduce((sum, half) => sum + half.answered, 0)
  const talks = record.talks.reduce((sum, part) => sum + part.count, 0)
  if (dialled < dialledMin) return { rule: 'few_calls', found: dialled, needed: dialledMin }
  if (answered < answeredMin) return { rule: 'few_answers', found: answered, needed: answeredMin }
  if (talks < talksMin) return { rule: 'few_talks', found: talks, needed: talksMin }
  const { unanswered, ringOuts, trunks } = record
  const early = unanswered.count === 0 ? [] : [{ weight: unanswered.count, ...lawOf(unanswered) }]
  const late = ringOuts === 0 && early.length > 0 ? [] : [{ weight: Math.max(1, ringOuts), ringOut: true as const }]
  const maxLines = trunks.reduce((sum, trunk) => sum + trunk.maxCalls, 0)
  const perSecond = trunks.reduce((sum, trunk) => sum + trunk.callsPerSecond, 0)
  return {
    answerProbability: answered / Math.max(1, outcomes),
    answeredRingMs: lawOf(record.answeredRing),
    unanswered: [...early, ...late],
    ringMs: Math.max(15_000, Math.min(60_000, record.campaign?.ringMs ?? 30_000)),
    talkMs: record.talks.filter(({ count }) => count > 0).map(part => ({ weight: part.count, ...lawOf(part) })),
    wrapMs: lawOf(record.wrap),
    callsPerSecond: Math.max(0.1, Math.min(1000, perSecond === 0 ? 50 : perSecond)),
    ...(maxLines === 0 ? { maxLines: undefined } : { maxLines: Math.min(20_000, maxLines) }),
  }
}

/** How the campaign dialled: in the mode that its rules had in force for most of the time. A mode that dials by itself stands in for a notice, which is refused before. */
export function settingsOf({ campaign, modes }: Pick<DayRecord, 'campaign' | 'modes'>): Required<RehearsalChange> {
  const mode = modes[0]?.mode ?? campaign?.mode ?? 'predictive'
  return {
    mode: mode === 'notice' ? 'predictive' : mode,
    occupancyMax: campaign?.occupancyMax ?? occupancyDefault,
    abandonRateMax: Math.max(0.001, Math.min(0.2, campaign?.abandonRateMax ?? 0.03)),
    linesPerAgentMax: campaign?.linesPerAgentMax ?? linesPerAgentDefault,
  }
}

export function realFigures(minutes: readonly CampaignMinute[]): RehearsalFigures {
  const { worst, ...day } = dayFigures(minutes)
  const workedMs = minutes.filter(({ presentMs, dialled }) => presentMs > 0 || dialled > 0).length * minuteMs
  return {
    utilisation: day.utilisation,
    abandonRate: day.abandonRate,
    worst15MinAbandonRate: worst?.rate ?? null,
    idleMsMean: day.idleMsMean,
    connectedPerHour: workedMs === 0 ? null : (day.connected / workedMs) * 3_600_000,
    dialled: day.dialled,
    answered: day.answered,
    connected: day.connected,
    abandoned: day.abandoned,
    linesPeak: day.linesPeak,
  }
}

function lawOf({ mean, cv }: Spread): { mean: number; cv: number } {
  return { mean: Math.max(1, Math.min(msMax, mean)), cv: Math.min(5, cv) }
}

function stepsOf(record: DayRecord, startAt: number, usual: number): { atS: number; value: number }[] {
  let last = usual
  return record.halfHours.map(({ at, outcomes, answered }) => {
    if (outcomes >= outcomesMin) last = answered / outcomes
    return { atS: Math.max(0, (at - startAt) / 1000), value: last }
  })
}

/**
 * The headcount as shifts. Whoever came first leaves first, since shifts do not overtake each other; with a coarser step when people come and
 * go so often that the scenario could not hold it.
 */
export function staffOf(
  minutes: readonly CampaignMinute[],
  startAt: number,
  share: number,
): Pick<Scenario, 'agents' | 'shifts'> {
  for (const [n, step] of staffStepsMs.entries()) {
    const shifts = shiftsOf(minutes, startAt, step, share)
    const agents = shifts.reduce((sum, shift) => sum + shift.people, 0)
    const isLast = n === staffStepsMs.length - 1
    if (!isLast && (agents > agentsMax || shifts.length > shiftsMax)) continue
    const kept = shifts.slice(0, shiftsMax)
    const people = Math.min(
      agentsMax,
      kept.reduce((sum, shift) => sum + shift.people, 0),
    )
    if (people === 0) return { agents: 1, shifts: [] }
    return {
      agents: people,
      shifts: kept.map(({ fromS, toS, people: some }) => ({ fromS, toS, share: Math.min(1, some / people) })),
    }
  }
  return { agents: 1, shifts: [] }
}

type Shift = { fromS: number; toS: number; people: number }

function shiftsOf(minutes: readonly CampaignMinute[], startAt: number, step: number, share: number): Shift[] {
  const there: number[] = [] // instants at which those who are there came, the earliest first
  const shifts = new Map<string, Shift>()
  const leave = (count: number, at: number) => {
    for (const from of there.splice(0, count)) {
      const fromS = (from - startAt) / 1000
      const toS = (at - startAt) / 1000
      const key = `${fromS} ${toS}`
      const shift = shifts.get(key) ?? { fromS, toS, people: 0 }
      shift.people++
      shifts.set(key, shift)
    }
  }
  let lastAt = startAt
  for (const { minuteAt, presentMs } of grouped(minutes, step)) {
    const at = Math.max(startAt, minuteAt)
    if (minuteAt > lastAt + step) leave(there.length, lastAt + step) // nobody was there in between
    const wanted = Math.round((presentMs / step) * share)
    if (wanted < there.length) leave(there.length - wanted, at)
    while (there.length < wanted) there.push(at)
    lastAt = minuteAt
  }
  leave(there.length, lastAt + step)
  return [...shifts.values()]
    .filter(({ fromS, toS }) => fromS < toS && toS <= 24 * 3600)
    .sort((a, b) => a.fromS - b.fromS)
}

/** Spans in which none of its trunks answered. Before its first change a trunk is taken to have been up. */
function outagesOf(
  { trunks, trunkStates }: DayRecord,
  startAt: number,
  endAt: number,
): { fromS: number; toS: number }[] {
  if (trunks.length === 0) return []
  const down = new Set<string>()
  const spans: { fromS: number; toS: number }[] = []
  let since: number | null = null
  const close = (at: number) => {
    if (since !== null && at > since)
      spans.push({ fromS: Math.max(0, (since - startAt) / 1000), toS: (at - startAt) / 1000 })
    since = null
  }
  for (const { at, trunk, up } of trunkStates) {
    if (up) down.delete(trunk)
    else down.add(trunk)
    if (down.size === trunks.length) since ??= Math.min(endAt, Math.max(startAt, at))
    else close(Math.min(endAt, Math.max(startAt, at)))
  }
  close(endAt)
  return spans.filter(({ fromS, toS }) => fromS < toS)
}

function notesOf(record: DayRecord, elsewhere: number, isShort: boolean): RehearsalNote[] {
  const dialled = Math.max(
    1,
    record.minutes.reduce((sum, minute) => sum + minute.dialled, 0),
  )
  const { mode } = settingsOf(record)
  const notes: RehearsalNote[] = []
  if (record.changes > 0) notes.push({ note: 'settings_changed', share: 1 })
  const logged = record.modes.reduce((sum, { entries }) => sum + entries, 0)
  const others = logged === 0 ? 0 : 1 - record.modes[0]!.entries / logged
  if (others >= noteShareMin) notes.push({ note: 'mode_changed', share: others })
  if (isShort) notes.push({ note: 'list_ended', share: record.withoutLeads / record.logged })
  if (elsewhere >= noteShareMin) notes.push({ note: 'shared_agents', share: elsewhere })
  if (record.faults / dialled >= noteShareMin) notes.push({ note: 'network_faults', share: record.faults / dialled })
  if (record.withdrawn / dialled >= noteShareMin) notes.push({ note: 'withdrawn', share: record.withdrawn / dialled })
  if (mode === 'preview' || mode === 'manual') notes.push({ note: 'look_unknown', share: 1 })
  return notes
}

function floorTo(at: number, step: number): number {
  return Math.floor(at / step) * step
}

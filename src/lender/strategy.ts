/**
 * Strategies: what is done about a case on which day past due. A plan is an ordered list of steps for the buckets that it names; each step has its day,
 * its conditions and one thing to do, and is done once in a case or not at all. Why a step waits, was left out or is not to be done can be said at any
 * moment, by the same function that the daily runner asks.
 */
import { type AwayState, type CaseState, stopsCalls } from './case.ts'
import { addDays, type PlainDate } from './dates.ts'
import { dpdOf } from './overdue.ts'

export type StepAction =
  /** A text to the party's own number. */
  | { type: 'sms'; text: string }
  /** To the party's own address. */
  | { type: 'email'; subject: string; text: string }
  /** A letter that is printed. */
  | { type: 'letter'; text: string }
  /** A lead of this campaign, which calls as its mode says: robot notice, predictive, preview … */
  | { type: 'call'; campaign: string }
  /** Handed over to others: the case is sent away. */
  | { type: 'send'; to: AwayState }

export type StrategyStep = {
  name: string
  /** Days past due on which it is to be done, or up to `keepDays` later. */
  day: number
  action: StepAction
  owedFrom: number | null
  owedBelow: number | null
  /** Only with, or only without an open promise; null: either way. */
  promise: boolean | null
  /** Only after one of these results of the last call; empty: whatever it was. */
  lastResults: string[]
  /** Only with a consent to be contacted by this channel about debts. */
  consent: boolean
}

export type Strategy = { name: string; buckets: string[]; steps: StrategyStep[] }
/** Before the day of a promise, while it is open. */
export type Reminder = {
  name: string
  daysBefore: number
  action: Extract<StepAction, { type: 'sms' | 'email' | 'call' }>
}
export type Strategies = { version: number; strategies: Strategy[]; reminders: Reminder[] }

export const strategiesKey = 'lender.strategies'
export const strategiesNone: Strategies = { version: 0, strategies: [], reminders: [] }
/** A step that could not be done on its day is tried so many days more. */
export const keepDays = 3
export const stepsMax = 60

export function readStrategies(text: string | null | undefined): Strategies {
  return text ? { ...strategiesNone, ...(JSON.parse(text) as Partial<Strategies>) } : strategiesNone
}

/** What a step asks about a case. `done`: steps of it that are over, by `stepKey`. */
export type StrategyCase = {
  id: string
  state: CaseState
  bucket: string
  oldestDueOn: PlainDate | null
  owed: number
  promiseOpen: boolean
  lastResult: string | null
  consents: { sms: boolean; email: boolean; voice: boolean }
  done: ReadonlyMap<string, { how: 'done' | 'skipped'; why: string }>
}

export const stepStates = ['done', 'skipped', 'waiting', 'due', 'not_now', 'missed', 'stopped'] as const
/** `not_now`: its day is here, but something speaks against it. `missed`: its days are over. `stopped`: nothing is done about this case. */
export type StepVerdict = {
  step: StrategyStep
  state: (typeof stepStates)[number]
  /** `owed`, `promise`, `last_result`, `consent`, `late`, or what was written down. */
  why: string | null
  /** The day on which it is due. */
  on: PlainDate | null
}

export function stepKey(strategy: string, step: string): string {
  return `${strategy} ${step}`
}

/** The first that is for this bucket. */
export function strategyFor(bucket: string, { strategies }: Strategies): Strategy | null {
  return strategies.find(({ buckets }) => buckets.includes(bucket)) ?? null
}

/** Of each step, in the order of days. */
export function judgeSteps(given: StrategyCase, strategy: Strategy, today: PlainDate): StepVerdict[] {
  return [...strategy.steps]
    .sort((a, b) => a.day - b.day)
    .map(step => {
      const on = given.oldestDueOn === null ? null : addDays(given.oldestDueOn, step.day)
      const over = given.done.get(stepKey(strategy.name, step.name))
      if (over !== undefined) return { step, state: over.how, why: over.why || null, on }
      if (stopsCalls(given.state) || given.oldestDueOn === null) return { step, state: 'stopped', why: null, on }
      const dpd = dpdOf(given.oldestDueOn, today)
      if (dpd < step.day || given.oldestDueOn >= today) return { step, state: 'waiting', why: null, on }
      const against = whyNot(given, step)
      if (dpd > step.day + keepDays) return { step, state: 'missed', why: against ?? 'late', on }
      return against === null ? { step, state: 'due', why: null, on } : { step, state: 'not_now', why: against, on }
    })
}

function whyNot(given: StrategyCase, step: StrategyStep): string | null {
  if (step.owedFrom !== null && given.owed < step.owedFrom) return 'owed'
  if (step.owedBelow !== null && given.owed >= step.owedBelow) return 'owed'
  if (step.promise !== null && step.promise !== given.promiseOpen) return 'promise'
  if (step.lastResults.length > 0 && (given.lastResult === null || !step.lastResults.includes(given.lastResult)))
    return 'last_result'
  const { type } = step.action
  const channel = type === 'sms' || type === 'email' ? type : 'voice'
  if (step.consent && !given.consents[channel]) return 'consent'
  return null
}

/** What is wrong with strategies whose single values are right; null: nothing. */
export function faultOfStrategies(given: Pick<Strategies, 'strategies' | 'reminders'>): {
  field: string
  found: string
  allowed: string
} | null {
  const twice = (names: string[]) => new Set(names).size !== names.length
  if (twice(given.strategies.map(({ name }) => name)) || twice(given.reminders.map(({ name }) => name)))
    return { field: 'name', found: 'a name twice', allowed: 'each name once' }
  if (twice(given.strategies.flatMap(({ buckets }) => buckets)))
    return { field: 'buckets', found: 'a bucket in two strategies', allowed: 'each bucket in one' }
  for (const [at, { steps }] of given.strategies.entries())
    if (twice(steps.map(({ name }) => name)))
      return { field: `strategies.${at}.steps`, found: 'a name twice', allowed: 'each name once' }
  return null
}

/** `owed` is the whole debt, `overdue` what of it has fallen due; `promised` is empty but where a promise is reminded of. */
export const placeholders = ['name', 'ref', 'overdue', 'owed', 'promised', 'days', 'dueOn'] as const
export type Placeholder = (typeof placeholders)[number]

/** `{owed}` and its like; one that is not known stays as it is written. */
export function filledText(text: string, values: Record<Placeholder, string>): string {
  return text.replace(/\{(\w+)\}/g, (all, name: string) =>
    (placeholders as readonly string[]).includes(name) ? values[name as Placeholder] : all,
  )
}

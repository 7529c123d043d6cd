/** A day to be simulated, as `switchroom simulate FILE.json` takes it: every key has a default, and a key that is not known is refused. */
import { z } from 'zod'
import { ConfigError } from '../../config.ts'
import { nearest } from '../../lib/nearest.ts'

const secondsMax = 24 * 3600
const atS = z.number().min(0).max(secondsMax)
const msMax = 3_600_000
const meanMs = z.number().min(1).max(msMax)
const cv = z.number().min(0).max(5)
const law = z.strictObject({ mean: meanMs, cv })
const weighted = z.strictObject({ weight: z.number().positive().max(1e6), mean: meanMs, cv })
const ringOut = z.strictObject({ weight: z.number().positive().max(1e6), ringOut: z.literal(true) })
const span = { fromS: atS, toS: atS }
/** Steps, breaks, outages and lists: more than anybody writes by hand. */
const entriesMax = 500
const list = <T extends z.ZodType>(entry: T) => z.array(entry).max(entriesMax)
const inOrder = ({ fromS, toS }: { fromS: number; toS: number }) => fromS < toS
const order = { path: ['toS'], message: 'a number above fromS' }

export const scenarioSchema = z.strictObject({
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(1),
  hours: z.number().positive().max(24).default(8),
  agents: z.int().min(1).max(2000).default(50),
  mode: z.enum(['predictive', 'progressive', 'preview', 'manual']).default('predictive'),
  abandonRateMax: z.number().min(0.001).max(0.2).default(0.03),
  answerProbability: z.number().min(0).max(1).default(0.3),
  /** From `atS` on, the probability is `value`. */
  answerProbabilitySteps: list(z.strictObject({ atS, value: z.number().min(0).max(1) })).default([]),
  answeredRingMs: law.default({ mean: 10_000, cv: 0.5 }),
  unanswered: z
    .array(z.union([weighted, ringOut]))
    .min(1)
    .max(20)
    .default([
      { weight: 0.4, mean: 6000, cv: 0.6 },
      { weight: 0.6, ringOut: true },
    ]),
  ringMs: z.int().min(15_000).max(60_000).default(30_000),
  talkMs: z
    .array(weighted)
    .min(1)
    .max(20)
    .default([
      { weight: 0.4, mean: 14_400, cv: 0.6 },
      { weight: 0.6, mean: 86_400, cv: 0.9 },
    ]),
  /** From `atS` on, talks last `factor` times as long. */
  talkSteps: list(z.strictObject({ atS, factor: z.number().positive().max(20) })).default([]),
  wrapMs: law.default({ mean: 18_000, cv: 0.8 }),
  /** `announced`: asked for at the desk, so the dialler sees it coming; else the agent does not come back from wrap-up. */
  breaks: list(
    z
      .strictObject({ ...span, share: z.number().min(0).max(1), announced: z.boolean().default(true) })
      .refine(inOrder, order),
  ).default([]),
  maxLines: z.int().min(1).max(20_000).optional(),
  callsPerSecond: z.number().min(0.1).max(1000).default(50),
  trunkDown: list(z.strictObject(span).refine(inOrder, order)).default([]),

  // What the contract leaves open.
  /** Shares of the agents who are there from `fromS` to `toS`; left out: all of them, all day. */
  shifts: list(z.strictObject({ ...span, share: z.number().positive().max(1) }).refine(inOrder, order)).default([]),
  /** Answers that come in waves: a factor on the odds of an answer, log-normal with mean 1, drawn anew every `periodS`. */
  answerWaves: z.strictObject({ cv, periodS: z.number().min(1).max(secondsMax) }).optional(),
  /** Lists one after the other: so many leads, whose answer probability is `factor` times the usual. The last goes on. */
  listQuality: list(z.strictObject({ leads: z.int().min(1).max(1e8), factor: z.number().min(0).max(20) })).default([]),
  /** Leads there are; left out: as many as are dialled. */
  leads: z.int().min(1).max(1e8).optional(),
  /** How long an answered customer waits for an agent before hanging up; left out: until the floor gives up, after two seconds. */
  waitPatienceMs: law.optional(),
  /** After `result` a lead is dialled again, no sooner than `delayMs` later, until it has had `max` attempts; left out: each is tried once. */
  retries: list(
    z.strictObject({
      result: z.enum(['BUSY', 'NO_ANSWER', 'CANCELLED', 'CONGESTION', 'ANSWERED']),
      delayMs: z
        .int()
        .min(1000)
        .max(24 * msMax),
      max: z.int().min(1).max(100),
    }),
  ).optional(),
  /** Callers, answered by the same agents. */
  inbound: z
    .strictObject({
      callsPerHour: z.number().min(0).max(100_000),
      steps: list(z.strictObject({ atS, callsPerHour: z.number().min(0).max(100_000) })).default([]),
      /** Share of the agents who take them. */
      members: z.number().min(0).max(1).default(1),
      patienceMs: law.default({ mean: 60_000, cv: 1 }),
      maxWaitMs: z.int().min(1000).max(msMax).default(120_000),
      /** Left out: as those who are called. */
      talkMs: z.array(weighted).min(1).max(20).optional(),
    })
    .optional(),
  /** Preview and manual: how long an agent looks before dialling. */
  lookMs: law.default({ mean: 5000, cv: 0.5 }),
  policy: z.string().min(1).max(64).default('LAB-ANY-HOUR'),
  /** When the day begins, with its zone. */
  startsAt: z.iso.datetime({ offset: true }).default('2026-11-24T09:00:00+08:00'),
  occupancyMax: z.number().min(0.5).max(1).default(1),
  linesPerAgentMax: z.number().min(1).max(1000).default(1000),
})

export type Scenario = z.infer<typeof scenarioSchema>

/** Throws ConfigError with the file, the first key that is wrong, what was found and what is allowed. */
export function readScenario(file: string, text: string, over: Record<string, unknown> = {}): Scenario {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new ConfigError({ file, key: null, found: (cause as Error).message, allowed: 'a JSON object' })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ConfigError({ file, key: null, found: brief(value), allowed: 'a JSON object' })
  const parsed = scenarioSchema.safeParse({ ...value, ...over })
  if (parsed.success) return parsed.data
  throw faultOf(file, { ...value, ...over }, parsed.error.issues[0]!)
}

function faultOf(file: string, value: unknown, issue: z.core.$ZodIssue): ConfigError {
  const { path, within } = deepest(issue)
  if (within.code === 'unrecognized_keys') {
    const key = within.keys[0]!
    const known = keysAt(path)
    const hint = nearest(key, known)
    const at = [...path, key]
    const allowed = known.length > 0 ? known.join(', ') : 'no such key'
    return new ConfigError({
      file,
      key: named(at),
      found: brief(valueAt(value, at)),
      allowed,
      ...(hint ? { hint } : {}),
    })
  }
  const found = valueAt(value, path)
  return new ConfigError({
    file,
    key: named(path),
    found: found === undefined ? 'nothing' : brief(found),
    allowed: inWords(within),
  })
}

/** Of an alternative, what is wrong with the branch that fits best: the one with the fewest faults. */
function deepest(issue: z.core.$ZodIssue): { path: PropertyKey[]; within: z.core.$ZodIssue } {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return { path: issue.path, within: issue }
  const best = [...issue.errors].sort((a, b) => a.length - b.length)[0]?.[0]
  if (best === undefined) return { path: issue.path, within: issue }
  const inner = deepest(best)
  return { path: [...issue.path, ...inner.path], within: inner.within }
}

function inWords(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'too_small':
      return `${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${issue.origin === 'array' ? ' entries' : ''}`
    case 'too_big':
      return `at most ${issue.maximum}${issue.origin === 'array' ? ' entries' : ''}`
    case 'invalid_value':
      return issue.values.map(String).join(', ')
    case 'invalid_type':
      return issue.expected === 'int'
        ? 'a whole number'
        : `${/^[aeio]/.test(issue.expected) ? 'an' : 'a'} ${issue.expected}`
    case 'invalid_format':
      return 'an instant such as 2026-11-24T09:00:00+08:00'
    default:
      return issue.message
  }
}

const entryKeys: Record<string, string[]> = {
  answerProbabilitySteps: ['atS', 'value'],
  answeredRingMs: ['mean', 'cv'],
  unanswered: ['weight', 'mean', 'cv', 'ringOut'],
  talkMs: ['weight', 'mean', 'cv'],
  talkSteps: ['atS', 'factor'],
  wrapMs: ['mean', 'cv'],
  breaks: ['fromS', 'toS', 'share', 'announced'],
  trunkDown: ['fromS', 'toS'],
  shifts: ['fromS', 'toS', 'share'],
  answerWaves: ['cv', 'periodS'],
  listQuality: ['leads', 'factor'],
  lookMs: ['mean', 'cv'],
  waitPatienceMs: ['mean', 'cv'],
  retries: ['result', 'delayMs', 'max'],
  inbound: ['callsPerHour', 'steps', 'members', 'patienceMs', 'maxWaitMs', 'talkMs'],
}

function keysAt(path: PropertyKey[]): string[] {
  return path.length === 0 ? Object.keys(scenarioSchema.shape) : (entryKeys[String(path[0])] ?? [])
}

/** `breaks[0].share`; null: the file itself. */
function named(path: PropertyKey[]): string | null {
  if (path.length === 0) return null
  return path.map((part, n) => (typeof part === 'number' ? `[${part}]` : `${n > 0 ? '.' : ''}${String(part)}`)).join('')
}

function valueAt(value: unknown, path: PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, part) => (at === null || typeof at !== 'object' ? undefined : Reflect.get(at, part)),
    value,
  )
}

function brief(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 80 ? `${text.slice(0, 77)}…` : text
}

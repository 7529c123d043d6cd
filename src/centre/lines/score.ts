/**
 * Which of several lines a call goes out on: Thompson's sampling (1933) over what each has come to of late, so that what is known is used and
 * what is not known is still tried. Chance is a hash of how many calls were dialled before: the same day gives the same lines.
 */
import { assert } from '../../lib/assert.ts'
import type { LineTally } from './tally.ts'

/** Outcomes that the mean of all candidates weighs as much as, in the belief about one of them. */
const pooledWeight = 10
/** The same for the line's own rate in the belief about one prefix. */
const prefixWeight = 20
/** While no candidate has as many outcomes, nothing is known and they take turns. */
const knownFrom = 30
/** Fewer calls than this of late have no shares worth holding. */
const sharesFrom = 10
const delayFineMs = 4_000

/** A line, or a trunk as a whole, that the call could go out on. */
export type Candidate<Of> = {
  of: Of
  lately: LineTally | null
  /** The same for the callee's prefix on this line. */
  prefix: LineTally | null
  /** A caller ID of the callee's own city. */
  place: boolean
  minShare: number
  maxShare: number
}

/** Why it stands where it stands; shares and rates from 0 to 1. */
export type Judged<Of> = {
  of: Of
  dialled: number
  /** Of the calls that went out on the candidates lately. */
  share: number
  outcomes: number
  rate: number
  /** With the prefix taken in. */
  expected: number
  /** What chance adds or takes: much while little is known. */
  drawn: number
  /** Factors, 1 for nothing said against it. */
  short: number
  delay: number
  place: boolean
  score: number
}

export type Choice<Of> = {
  best: Of
  why: 'only' | 'turn' | 'floor' | 'score'
  /** Those that are over their ceiling stand aside, unless all are. */
  aside: Of[]
  judged: Judged<Of>[]
}

/** What is worked out of each candidate, side by side: a call is weighed each time one is dialled, and only a page asks why. */
const weighedMax = 64
const column = () => new Float64Array(weighedMax)
const on = {
  dialled: column(),
  outcomes: column(),
  rate: column(),
  expected: column(),
  drawn: column(),
  short: column(),
  delay: column(),
  score: column(),
}

type Chance = { seed: number; dials: number }

/** `candidates` in the order of their turn: at least one, at most 64. */
export function choose<Of>(
  candidates: readonly Candidate<Of>[],
  chance: Chance,
  placeBonus: number,
  now: number,
): Choice<Of> {
  const { best, why, aside } = pick(candidates, chance, placeBonus, now)
  const dialled = dialledOn(candidates)
  const judged = candidates.map(({ of, place }, i): Judged<Of> => {
    const share = dialled === 0 ? 0 : on.dialled[i]! / dialled
    const { rate, expected, drawn, short, delay, score } = on
    const figures = { rate: rate[i]!, expected: expected[i]!, drawn: drawn[i]!, short: short[i]!, delay: delay[i]! }
    return { of, dialled: on.dialled[i]!, share, outcomes: on.outcomes[i]!, ...figures, place, score: score[i]! }
  })
  return { best, why, aside, judged }
}

/** The same without saying why each stands where it stands. */
export function pick<Of>(
  candidates: readonly Candidate<Of>[],
  chance: Chance,
  placeBonus: number,
  now: number,
): Pick<Choice<Of>, 'best' | 'why' | 'aside'> {
  assert(candidates.length <= weighedMax, 'no more candidates are weighed than there is room for')
  weigh(candidates, chance, placeBonus, now)
  const aside: Of[] = []
  if (candidates.length === 1) return { best: candidates[0]!.of, why: 'only', aside }
  const total = dialledOn(candidates)
  if (total >= sharesFrom) {
    const short = mostShort(candidates, total)
    if (short !== null) return { best: short, why: 'floor', aside }
    candidates.forEach((each, i) => {
      if ((on.dialled[i]! + 1) / (total + 1) > each.maxShare) aside.push(each.of)
    })
    if (aside.length === candidates.length) aside.length = 0
  }
  const known = candidates.some((_, i) => on.outcomes[i]! >= knownFrom)
  let best = -1
  candidates.forEach((each, i) => {
    if (aside.includes(each.of)) return
    if (best < 0) best = i
    else if (known ? on.score[i]! > on.score[best]! : each.place && !candidates[best]!.place) best = i
  })
  return { best: candidates[best]!.of, why: known ? 'score' : 'turn', aside }
}

function dialledOn(candidates: readonly unknown[]): number {
  let sum = 0
  for (let i = 0; i < candidates.length; i++) sum += on.dialled[i]!
  return sum
}

function mostShort<Of>(candidates: readonly Candidate<Of>[], total: number): Of | null {
  let most = 0
  let found: Of | null = null
  candidates.forEach((each, i) => {
    const lacking = each.minShare - on.dialled[i]! / (total + 1)
    if (lacking <= most) return
    most = lacking
    found = each.of
  })
  return found
}

function weigh(
  candidates: readonly Candidate<unknown>[],
  { seed, dials }: Chance,
  placeBonus: number,
  now: number,
): void {
  let outcomes = 0
  let answered = 0
  for (let i = 0; i < candidates.length; i++) {
    const { lately } = candidates[i]!
    const worth = lately === null ? 0 : lately.worth(now)
    on.dialled[i] = (lately?.dialled ?? 0) * worth
    on.outcomes[i] = (lately?.outcomes ?? 0) * worth
    on.rate[i] = (lately?.answered ?? 0) * worth
    outcomes += on.outcomes[i]!
    answered += on.rate[i]!
  }
  const pooled = (answered + 1) / (outcomes + 2)
  for (let i = 0; i < candidates.length; i++) {
    const { lately, prefix, place } = candidates[i]!
    const own = on.outcomes[i]!
    const rate = (on.rate[i]! + pooled * pooledWeight) / (own + pooledWeight)
    const expected = withPrefix(rate, prefix, now)
    const drawn = normal(seed ^ Math.imul(dials + 1, 0x9e3779b9) ^ Math.imul(i + 1, 0x85ebca6b))
    const spread = Math.sqrt((expected * (1 - expected)) / (own + pooledWeight))
    const short = lately === null ? 1 : shortFactor(lately)
    const delay = lately === null ? 1 : delayFactor(lately)
    on.rate[i] = rate
    on.expected[i] = expected
    on.drawn[i] = drawn * spread
    on.short[i] = short
    on.delay[i] = delay
    on.score[i] = Math.max(0, expected + drawn * spread) * short * delay * (place ? 1 + placeBonus : 1)
  }
}

function withPrefix(rate: number, prefix: LineTally | null, now: number): number {
  if (prefix === null) return rate
  const worth = prefix.worth(now)
  return (prefix.answered * worth + rate * prefixWeight) / (prefix.outcomes * worth + prefixWeight)
}

/** A line on which half the talks are short is worth a quarter less: people hang up on what they see or hear. */
function shortFactor({ connected, short }: LineTally): number {
  return connected < 10 ? 1 : 1 - (0.5 * short) / connected
}

/** Each second beyond four until the far end is heard of costs 1 %, at most 20 %: the line is held, the callee is not. */
function delayFactor({ delays, delayMs }: LineTally): number {
  return delays < 10 ? 1 : 1 - Math.min(0.2, Math.max(0, delayMs / delays - delayFineMs) / 100_000)
}

/** About normal with mean 0 and deviation 1, within ±3.5: a sum of four uniform numbers (Irwin and Hall). */
function normal(seed: number): number {
  let sum = 0
  for (let n = 1; n <= 4; n++) sum += uniform(seed + Math.imul(n, 0xc2b2ae35))
  return (sum - 2) * 1.7320508
}

/** [0, 1) from a whole number: the finaliser of MurmurHash3. */
function uniform(whole: number): number {
  let h = whole | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return ((h ^ (h >>> 16)) >>> 0) / 4_294_967_296
}

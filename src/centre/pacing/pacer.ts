/**
 * How many calls may be started now. A call is started while the chance that it, if answered, finds nobody free within the grace period is at
 * most θ. That chance is computed from the floor as it stands: who is free, for how long each busy agent has talked or written, and for how
 * long each call has rung. θ itself follows the abandonment (account.ts). What it reaches stands in bench/RESULTS.md.
 */
import { AbandonAccount } from './account.ts'
import { AnswerLaw } from './answers.ts'
import { DurationLaw } from './durations.ts'
import { shortfall } from './risk.ts'

/** The floor of one campaign as the dialler sees it. Ages are ms up to now. `free` agents have no line and no caller of their own. */
export type Outlook = {
  free: number
  /** Answered and waiting for an agent. */
  waiting: number
  talking: Ages
  wrapping: Ages
  ringing: Ages
  /** Campaigns and queues that want the same agents. */
  rivals: Rival[]
}

/** `share` of what it asks for will come to agents of ours: its ringing calls under its own law, and callers a second. */
export type Rival = { answers: AnswerLaw | null; ringing: Ages; perS: number; share: number }

/** A list that is filled anew at each look, without making garbage. */
export class Ages {
  #ms = new Float64Array(64)
  length = 0
  get ms(): Float64Array {
    return this.#ms
  }
  clear(): void {
    this.length = 0
  }
  push(ms: number): void {
    if (this.length === this.#ms.length) {
      const larger = new Float64Array(this.length * 2)
      larger.set(this.#ms)
      this.#ms = larger
    }
    this.#ms[this.length++] = ms
  }
}

export type Limits = {
  /** Agents signed on to the campaign and not on a break. */
  agents: number
  /** Lines of this campaign that ring at once, at most. */
  linesMax: number
  /** Share of their time that agents are kept busy at most; 1: no ceiling. */
  occupancyMax: number
}

export type Limiter = 'risk' | 'lines' | 'occupancy' | 'cold_start' | 'small_team' | 'none'
export type Advice = {
  /** Calls that may be started now. */
  starts: number
  /** What holds back the call after those. */
  limiter: Limiter
  /** Chance that this next call, if answered, finds nobody; compared with `theta`. */
  risk: number
  theta: number
  free: number
  ringing: number
  /** Agents free within `withinS`, as expected. */
  freeSoon: number
  withinS: number
  /** Ringing calls to be withdrawn. */
  surplus: number
}

const graceS = 2
const points = 6
const refreshMs = 2_000
/** Before this many outcomes are known, a line is started for each free agent only. */
const coldAnswers = 20
const coldTalks = 10
export const smallTeam = 10
const startsMax = 500
/** TCPA and Cisco: no phone rings shorter than this. */
const ringMinMs = 15_000
/** A ringing call that would find nobody with this chance is one too many. */
const surplusRisk = 0.5
const ringMemory = 2_000
const talkMemory = 1_000

export class Pacer {
  readonly answers = new AnswerLaw()
  readonly talk = new DurationLaw(120_000)
  readonly wrap = new DurationLaw(30_000)
  readonly account: AbandonAccount
  #refreshedAt = Number.NEGATIVE_INFINITY
  /** When a call dialled now would be answered, s; and until then plus the grace, by age: who talks is free again, `points` a row. */
  #horizons: number[] = []
  #talkFree = new Float64Array(0)
  readonly #mean = new Float64Array(points)
  readonly #variance = new Float64Array(points)
  readonly #skew = new Float64Array(points)
  readonly #perNew = new Float64Array(points)
  readonly #perOld = new Float64Array(points)
  #reserve = 0
  #busyMs = 0
  #signedMs = 0
  #lookedAt: number | null = null

  constructor(abandonRateMax: number) {
    this.account = new AbandonAccount(abandonRateMax)
  }

  learnRing(ms: number, answered: boolean): void {
    this.answers.learn(ms, answered, ringMemory)
  }

  learnWithdrawn(ringMs: number): void {
    this.answers.learnWithdrawn(ringMs)
  }

  /** A live-answered call found an agent in time, or was abandoned. */
  noteOutcome(abandoned: boolean, now: number): void {
    this.account.note(abandoned, now)
  }

  learnTalk(ms: number): void {
    this.talk.learn(ms, talkMemory)
  }

  learnWrap(ms: number): void {
    this.wrap.learn(ms, talkMemory)
  }

  /** Looks at the floor and says how many calls may start now, and what stands in the way of the next one. */
  advise(outlook: Outlook, limits: Limits, now: number): Advice {
    if (now - this.#refreshedAt >= refreshMs) this.#refresh(outlook, now)
    const { theta } = this.account
    const freeSoon = this.#weigh(outlook)
    const withinS = this.#horizons[points >> 1]! + graceS
    const reserve = this.#ceiling(outlook, limits, now)
    const cap = this.#cap(outlook, limits)
    const common = { theta, freeSoon, withinS, ringing: outlook.ringing.length, free: outlook.free, surplus: 0 }
    let risk = this.#risk()
    if (risk > theta) return { ...common, starts: 0, limiter: 'risk', risk, surplus: this.#surplus(outlook, risk) }
    for (let starts = 0; starts < cap.most; starts++) {
      if (risk > theta) return { ...common, starts, limiter: 'risk', risk }
      if (reserve > 0 && this.#idle() < reserve) return { ...common, starts, limiter: 'occupancy', risk }
      this.#shift(this.#perNew, -1)
      risk = this.#risk()
    }
    return { ...common, starts: Math.max(0, cap.most), limiter: cap.limiter, risk }
  }

  /** Sums up, for each horizon, how many agents will be free less the answers that come first. Answers the mean of the free ones alone. */
  #weigh(outlook: Outlook): number {
    const { talking, wrapping, ringing } = outlook
    let freeSoon = 0
    for (let q = 0; q < points; q++) {
      const horizon = this.#horizons[q]!
      let mean = outlook.free - outlook.waiting
      let variance = 0
      let skew = 0
      for (let i = 0; i < talking.length; i++) {
        const p = this.#talkFree[ageIndex(talking.ms[i]! / 1000) * points + q]!
        mean += p
        variance += p * (1 - p)
        skew += p * (1 - p) * (1 - 2 * p)
      }
      for (let i = 0; i < wrapping.length; i++) {
        const p = this.wrap.endsWithin(wrapping.ms[i]! / 1000, horizon + graceS)
        mean += p
        variance += p * (1 - p)
        skew += p * (1 - p) * (1 - 2 * p)
      }
      freeSoon += mean / points
      for (let i = 0; i < ringing.length; i++) {
        const p = this.answers.answeredWithin(ringing.ms[i]! / 1000, horizon)
        mean -= p
        variance += p * (1 - p)
        skew -= p * (1 - p) * (1 - 2 * p)
      }
      for (const rival of outlook.rivals) {
        let calls = rival.perS * (horizon + graceS)
        for (let i = 0; i < rival.ringing.length; i++)
          calls += rival.answers?.answeredWithin(rival.ringing.ms[i]! / 1000, horizon) ?? 0
        mean -= calls * rival.share
        variance += calls * rival.share
        skew -= calls * rival.share
      }
      this.#mean[q] = mean
      this.#variance[q] = variance
      this.#skew[q] = skew
      this.#perNew[q] = this.answers.answeredWithin(0, horizon)
    }
    return freeSoon
  }

  /** The chance that the next call, if answered, finds nobody: over the instants at which it may be answered. */
  #risk(): number {
    let risk = 0
    for (let q = 0; q < points; q++) risk += shortfall(this.#mean[q]!, this.#variance[q]!, this.#skew[q]!)
    return risk / points
  }

  #idle(): number {
    let idle = 0
    for (let q = 0; q < points; q++) idle += this.#mean[q]! / points
    return idle
  }

  /** One call more (-1) or less (1), which is answered with chance `p` by each horizon. */
  #shift(chances: Float64Array, sign: 1 | -1): void {
    for (let q = 0; q < points; q++) {
      const p = chances[q]!
      this.#mean[q]! += sign * p
      this.#variance[q] = Math.max(0, this.#variance[q]! - sign * p * (1 - p))
      this.#skew[q]! += sign * p * (1 - p) * (1 - 2 * p)
    }
  }

  /** What limits the starts besides the risk. */
  #cap({ free, waiting, ringing }: Outlook, { linesMax, agents }: Limits): { most: number; limiter: Limiter } {
    const lines = linesMax - ringing.length
    const spare = free - waiting - ringing.length
    const isCold = this.answers.count < coldAnswers || this.talk.count < coldTalks
    if (isCold && spare < lines) return { most: spare, limiter: 'cold_start' }
    // Fewer than two answers beyond the free ones, so that one wrong guess is not a queue.
    const small = spare + Math.ceil(1.5 / Math.max(0.05, this.answers.chance))
    if (agents < smallTeam && small < lines) return { most: small, limiter: 'small_team' }
    return lines < startsMax ? { most: lines, limiter: 'lines' } : { most: startsMax, limiter: 'none' }
  }

  /** Calls beyond the least ring time that would themselves likely find nobody: the floor has changed since they were started. */
  #surplus({ ringing }: Outlook, risk: number): number {
    const limit = Math.max(surplusRisk, 4 * this.account.theta)
    if (risk < limit) return 0
    let surplus = 0
    for (let i = 0; i < ringing.length; i++) {
      const ageS = ringing.ms[i]! / 1000
      if (ageS * 1000 < ringMinMs) continue
      for (let q = 0; q < points; q++) this.#perOld[q] = this.answers.answeredWithin(ageS, this.#horizons[q]!)
      this.#shift(this.#perOld, 1)
      if (this.#risk() < limit) return surplus
      surplus++
    }
    return surplus
  }

  /** Free agents to be kept, so that people are busy for `occupancyMax` of their time: a first guess, corrected by what is measured. */
  #ceiling({ free, talking, wrapping }: Outlook, { occupancyMax }: Limits, now: number): number {
    const agents = free + talking.length + wrapping.length
    const sinceMs = this.#lookedAt === null ? 0 : Math.min(5_000, now - this.#lookedAt)
    this.#lookedAt = now
    if (occupancyMax >= 1 || agents === 0) return 0
    const keep = Math.exp(-sinceMs / 300_000)
    this.#busyMs = this.#busyMs * keep + (talking.length + wrapping.length) * sinceMs
    this.#signedMs = this.#signedMs * keep + agents * sinceMs
    const occupancy = this.#signedMs > 0 ? this.#busyMs / this.#signedMs : 0
    this.#reserve += (occupancy - occupancyMax) * agents * (sinceMs / 60_000)
    this.#reserve = Math.max(-0.5 * agents, Math.min(0.5 * agents, this.#reserve))
    return Math.max(0.01, (1 - occupancyMax) * agents + this.#reserve)
  }

  #refresh(outlook: Outlook, now: number): void {
    this.#refreshedAt = now
    this.answers.refresh(outlook.ringing.ms, outlook.ringing.length)
    this.talk.refresh(outlook.talking.ms, outlook.talking.length)
    this.wrap.refresh(outlook.wrapping.ms, outlook.wrapping.length)
    this.#horizons = this.answers.answerAges(points)
    this.#talkFree = new Float64Array(ageGrid.length * points)
    for (let q = 0; q < points; q++) {
      const within = this.#horizons[q]! + graceS
      const step = within / parts
      for (let a = 0; a < ageGrid.length; a++) {
        let sum = 0
        let before = 0
        for (let part = 1; part <= parts; part++) {
          const ended = this.talk.endsWithin(ageGrid[a]!, part * step)
          sum += (ended - before) * this.wrap.endsWithin(0, within - (part - 0.5) * step)
          before = ended
        }
        this.#talkFree[a * points + q] = sum
      }
    }
  }
}

const parts = 10
/** Ages in seconds at which the table of talks is worked out. */
const ageGrid: number[] = []
for (let s = 0; s < 3_600; s += Math.max(1, s * 0.05)) ageGrid.push(s)
const ageOf = new Uint16Array(3_600)
for (let s = 0, a = 0; s < ageOf.length; s++) {
  while (a < ageGrid.length - 1 && Math.abs(ageGrid[a + 1]! - s - 0.5) < Math.abs(ageGrid[a]! - s - 0.5)) a++
  ageOf[s] = a
}

function ageIndex(s: number): number {
  return ageOf[Math.min(3_599, s | 0)]!
}

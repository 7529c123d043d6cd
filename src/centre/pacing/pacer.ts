/**
 * How many calls may be started now. A call is started while the chance that it, if answered, finds nobody free within the grace period is at
 * most θ. That chance is computed from the floor as it stands: who is free, for how long each busy agent has talked or written, and for how
 * long each call has rung. θ itself follows the abandonment (account.ts). What it reaches stands in bench/RESULTS.md.
 */
import { AbandonAccount } from './account.ts'
import type { Ages } from './ages.ts'
import { AnswerLaw } from './answers.ts'
import { DurationLaw } from './durations.ts'
import { graceS, Prospects, points, Tally } from './prospects.ts'
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

/** The laws are worked out anew once a twentieth of what is known is new, but not more often than this, and not later than that. */
const refreshMs = 2_000
const refreshMostMs = 10_000
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
  #learned = 0
  readonly #prospects = new Prospects()
  readonly #tally = new Tally()
  readonly #perOld = new Float64Array(points)
  #reserve = 0
  #busyMs = 0
  #signedMs = 0
  #lookedAt: number | null = null

  constructor(abandonRateMax: number) {
    this.account = new AbandonAccount(abandonRateMax)
  }

  learnRing(ms: number, answered: boolean): void {
    this.#learned++
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
    this.#learned++
    this.talk.learn(ms, talkMemory)
  }

  learnWrap(ms: number): void {
    this.#learned++
    this.wrap.learn(ms, talkMemory)
  }

  /** Looks at the floor and says how many calls may start now, and what stands in the way of the next one. */
  advise(outlook: Outlook, limits: Limits, now: number): Advice {
    if (this.#isRefreshDue(now)) this.#refresh(outlook, now)
    const theta = this.account.thetaAt(now)
    const freeSoon = this.#weigh(outlook)
    const withinS = this.#prospects.horizons[points >> 1]! + graceS
    const reserve = this.#ceiling(outlook, limits, now)
    const cap = this.#cap(outlook, limits)
    const common = { theta, freeSoon, withinS, ringing: outlook.ringing.length, free: outlook.free, surplus: 0 }
    let risk = this.#risk()
    // A free agent for each line that rings and one more: whoever answers, nobody is lost. The risk of that few is only nearly 0.
    const sure = outlook.rivals.length > 0 ? 0 : outlook.free - outlook.waiting - outlook.ringing.length
    if (risk > theta && sure <= 0)
      return { ...common, starts: 0, limiter: 'risk', risk, surplus: this.#surplus(outlook, risk) }
    for (let starts = 0; starts < cap.most; starts++) {
      if (risk > theta && starts >= sure) return { ...common, starts, limiter: 'risk', risk }
      if (reserve > 0 && this.#idle() < reserve) return { ...common, starts, limiter: 'occupancy', risk }
      this.#shift(this.#prospects.perNew, -1)
      risk = this.#risk()
    }
    return { ...common, starts: Math.max(0, cap.most), limiter: cap.limiter, risk }
  }

  /** Sums up, for each horizon, how many agents will be free less the answers that come first. Answers the mean of the free ones alone. */
  #weigh({ free, waiting, talking, wrapping, ringing, rivals }: Outlook): number {
    const tally = this.#tally
    tally.start(free - waiting)
    this.#prospects.addAgents(tally, talking, wrapping)
    const freeSoon = this.#idle()
    this.#prospects.addRinging(tally, ringing)
    for (let q = 0; q < points; q++) {
      const horizon = this.#prospects.horizons[q]!
      for (const rival of rivals) {
        let calls = rival.perS * (horizon + graceS)
        for (let i = 0; i < rival.ringing.length; i++)
          calls += rival.answers?.answeredWithin(rival.ringing.ms[i]! / 1000, horizon) ?? 0
        tally.mean[q]! -= calls * rival.share
        tally.variance[q]! += calls * rival.share
        tally.skew[q]! -= calls * rival.share
      }
    }
    return freeSoon
  }

  /** The chance that the next call, if answered, finds nobody: over the instants at which it may be answered. */
  #risk(): number {
    const { mean, variance, skew } = this.#tally
    let risk = 0
    for (let q = 0; q < points; q++) risk += shortfall(mean[q]!, variance[q]!, skew[q]!)
    return risk / points
  }

  #idle(): number {
    let idle = 0
    for (let q = 0; q < points; q++) idle += this.#tally.mean[q]! / points
    return idle
  }

  /** One call more (-1) or less (1), which is answered with chance `p` by each horizon. */
  #shift(chances: Float64Array, sign: 1 | -1): void {
    const { mean, variance, skew } = this.#tally
    for (let q = 0; q < points; q++) {
      const p = chances[q]!
      mean[q]! += sign * p
      variance[q] = Math.max(0, variance[q]! - sign * p * (1 - p))
      skew[q]! += sign * p * (1 - p) * (1 - 2 * p)
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
      for (let q = 0; q < points; q++) this.#perOld[q] = this.answers.answeredWithin(ageS, this.#prospects.horizons[q]!)
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

  /** The clock was set; see evolve-clock.ts. */
  shift(byMs: number): void {
    this.#refreshedAt += byMs
    if (this.#lookedAt !== null) this.#lookedAt += byMs
    this.account.shift(byMs)
  }

  #isRefreshDue(now: number): boolean {
    const sinceMs = now - this.#refreshedAt
    if (sinceMs < refreshMs) return false
    return sinceMs >= refreshMostMs || this.#learned * 20 >= Math.min(this.talk.count, talkMemory)
  }

  #refresh(outlook: Outlook, now: number): void {
    this.#refreshedAt = now
    this.#learned = 0
    this.answers.refresh(outlook.ringing.ms, outlook.ringing.length)
    this.talk.refresh(outlook.talking.ms, outlook.talking.length)
    this.wrap.refresh(outlook.wrapping.ms, outlook.wrapping.length)
    this.#prospects.refresh(this.answers, this.talk, this.wrap)
  }
}

/** Days on which the floor changes without notice, and how long a method takes to be itself again. */
import { seededRandom } from '../../src/lib/random.ts'
import { type Cell, logNormal, type Result } from './model.ts'

export type Shock = {
  name: string
  /** When the last thing happens; recovery counts from here. null: nothing to recover from. */
  overAtS: number | null
  cell(base: Base, seed: number): Cell
}
export type Base = { agents: number; p: number; ahtS: number; hours: number; dialled: number }

const hour = 3_600
const from = 4 * hour
const trunkOutS = 300

export const shocks: readonly Shock[] = [
  { name: 'cold start', overAtS: 0, cell: plain },
  {
    name: 'answers double',
    overAtS: from,
    cell: base => ({ ...plain(base), p: at => base.p * (at < from ? 1 : 2) }),
  },
  {
    name: 'answers halve',
    overAtS: from,
    cell: base => ({ ...plain(base), p: at => base.p * (at < from ? 1 : 0.5) }),
  },
  {
    name: 'talks halve',
    overAtS: from,
    cell: base => ({ ...plain(base), talkFactor: at => (at < from ? 1 : 0.5) }),
  },
  {
    name: 'half the agents leave',
    overAtS: from,
    cell: base => ({ ...plain(base), present: at => (at < from ? 1 : 0.5) }),
  },
  {
    name: 'trunk out for 5 minutes',
    overAtS: from + trunkOutS,
    cell: base => ({ ...plain(base), trunkUp: at => at < from || at >= from + trunkOutS }),
  },
  {
    name: 'all of these',
    overAtS: 6 * hour + trunkOutS,
    cell: base => ({
      ...plain(base),
      p: at => base.p * (at < 2 * hour ? 1 : at < 5 * hour ? 2 : 1),
      talkFactor: at => (at < 3 * hour ? 1 : 0.5),
      present: at => (at < 4 * hour ? 1 : 0.5),
      trunkUp: at => at < 6 * hour || at >= 6 * hour + trunkOutS,
    }),
  },
  {
    name: 'the list ends',
    overAtS: null,
    cell: base => ({ ...plain(base), leads: Math.floor(base.dialled * 0.8) }),
  },
  {
    name: 'answers come in bursts',
    overAtS: null,
    cell: (base, seed) => ({ ...plain(base), p: bursts(base.p, base.hours, seed) }),
  },
  {
    name: 'the house is late',
    overAtS: null,
    cell: (base, seed) => ({
      ...plain(base),
      seenAt: busy(base.hours, seed),
      patienceMs: random => 2_000 + random() * 3_000,
    }),
  },
]

/** Minutes until utilisation, as a mean over five minutes, is within 2 points of what it was before, or of the new steady state if that is lower. */
export function recoveryMinutes({ minutes }: Result, overAtS: number): number {
  const at = Math.ceil(overAtS / 60)
  const steady = mean(minutes.slice(-60).map(one => one.utilisation))
  const before = at < 60 ? steady : mean(minutes.slice(at - 65, at - 5).map(one => one.utilisation))
  const reference = Math.min(before, steady) - 0.02
  for (let m = at; m + 5 <= minutes.length; m++)
    if (mean(minutes.slice(m, m + 5).map(one => one.utilisation)) >= reference) return m - at
  return minutes.length - at
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, one) => sum + one, 0) / Math.max(1, values.length)
}

function plain({ agents, p, ahtS, hours }: Base): Cell {
  return { agents, p: () => p, ahtS, hours }
}

/** The share of people who answer is another one each minute (a carrier, a part of the list, a time of the day): deviation 30 % of the mean. */
function bursts(p: number, hours: number, seed: number): (atS: number) => number {
  const random = seededRandom(seed + 1_000_000)
  const shares = Array.from({ length: hours * 60 }, () => Math.min(0.95, logNormal(random, p, 0.3)))
  return atS => shares[Math.min(shares.length - 1, (atS / 60) | 0)]!
}

/** A machine that does too much: half the time nothing is seen for 0.2 to 1 s, and then all of it at once. */
export function busy(hours: number, seed: number): (atMs: number) => number {
  const random = seededRandom(seed + 2_000_000)
  const from: number[] = []
  const until: number[] = []
  for (let at = 0; at < hours * 3_600_000 + 60_000; ) {
    at += -600 * Math.log(1 - random())
    from.push(at)
    at += 200 + 800 * random()
    until.push(at)
  }
  return atMs => {
    let [low, high] = [0, from.length - 1]
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (from[middle]! <= atMs) low = middle
      else high = middle - 1
    }
    return atMs >= from[low]! && atMs < until[low]! ? until[low]! : atMs
  }
}

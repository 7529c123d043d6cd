/** The days that the bench lives through: which there are, and one of them lived. */
import { lookAhead } from './look-ahead.ts'
import { lookMs, type MethodName, methods } from './methods.ts'
import { run } from './model.ts'
import { recoveryMinutes, type Shock, shocks } from './shocks.ts'

export type Size = { agents: number; ahtS: number; p: number }
export type Day = Size & {
  table: 'rows' | 'ceilings' | 'shocks'
  method: MethodName
  /** Of live answers that may be abandoned: 0.03 or 0.01. */
  limit: number
  occupancyMax: number
  shock: string | null
  seed: number
}
/** Shares, not %. */
export type Lived = {
  utilisation: number
  abandonRate: number
  worst15: number
  hour1: number
  recovery: number | null
}

const hours = 8

export function live(day: Day): Lived {
  const { agents, p, ahtS, limit, occupancyMax, seed } = day
  const shock = day.shock === null ? null : shockOf(day.shock)
  const cell =
    shock === null
      ? { agents, p: () => p, ahtS, hours }
      : shock.cell({ agents, p, ahtS, hours, dialled: Math.floor((agents * hours * 3_600) / ahtS / p) }, seed)
  const method =
    occupancyMax < 1
      ? lookAhead({ max: limit, occupancyMax, everyMs: lookMs(agents) })
      : methods[day.method](agents, limit, hours)
  const found = run(cell, method, seed)
  const first = found.minutes.slice(0, 60)
  const sum = (of: 'answered' | 'abandoned') => first.reduce((all, minute) => all + minute[of], 0)
  const { utilisation, abandonRate, worst15 } = found
  const hour1 = sum('abandoned') / Math.max(1, sum('answered'))
  const recovery = shock === null || shock.overAtS === null ? null : recoveryMinutes(found, shock.overAtS)
  return { utilisation, abandonRate, worst15, hour1, recovery }
}

export function keyOf({ table, method, agents, ahtS, p, limit, occupancyMax, shock, seed }: Day): string {
  return [table, method, agents, ahtS, p, limit, occupancyMax, shock, seed].join('|')
}

/** The rivals that are tried on days with a shock as well. */
const shockRivals: readonly MethodName[] = [
  'fixed ratio 3',
  'VICIdial ADAPT_HARD_LIMIT',
  'VICIdial ADAPT_TAPERED',
  'VICIdial ADAPT_AVERAGE',
  'Samuelson 1999',
  'Crockett 1988',
]

export type Wanted = {
  sizes: readonly Size[]
  /** For shocks. */
  floors: readonly number[]
  methods: readonly MethodName[]
  tables: readonly Day['table'][]
  /** Seeds of ours, and of each rival. */
  seeds: (agents: number, ours: boolean) => number
}

/** Two seeds of all come first, of ours before those of the rivals, and what is small before what is large. */
export function daysOf(wanted: Wanted): Day[] {
  const days: Day[] = []
  const plain = { table: 'rows', method: 'look-ahead', limit: 0.03, occupancyMax: 1, shock: null } as const
  const add = (day: Omit<Day, 'seed'>) => {
    if (!wanted.tables.includes(day.table) || !wanted.methods.includes(day.method)) return
    const count = wanted.seeds(day.agents, day.method === 'look-ahead')
    for (let seed = 1; seed <= count; seed++) days.push({ ...day, seed })
  }
  for (const method of wanted.methods) for (const size of wanted.sizes) add({ ...plain, ...size, method })
  for (const agents of [10, 50, 500]) add({ ...plain, agents, ahtS: 45, p: 0.2, limit: 0.01 })
  for (const occupancyMax of [0.9, 0.85])
    add({ ...plain, table: 'ceilings', agents: 500, ahtS: 90, p: 0.2, occupancyMax })
  for (const method of ['look-ahead', ...shockRivals] as const)
    for (const agents of wanted.floors)
      for (const { name } of shocks) add({ ...plain, table: 'shocks', method, agents, ahtS: 90, p: 0.2, shock: name })
  const rank = (day: Day) => (day.seed > 2 ? 2e6 : 0) + (day.method === 'look-ahead' ? 0 : 1e6) + day.agents
  return days.sort((a, b) => rank(a) - rank(b))
}

function shockOf(name: string): Shock {
  const shock = shocks.find(one => one.name === name)
  if (shock === undefined) throw new Error(`no shock is called ${name}`)
  return shock
}

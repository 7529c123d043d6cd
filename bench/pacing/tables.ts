/** What the days come to: a row for each cell and method with its spread over the seeds, and the figures that have goals. All in %. */
import type { Day, Lived } from './days.ts'
import { frontier } from './frontier.ts'
import { mean } from './shocks.ts'

type Spread = {
  seeds: number
  /** `…Sd` is the deviation over the seeds, `abandonMost` the worst seed. */
  utilisation: number
  utilisationSd: number
  abandonRate: number
  abandonSd: number
  abandonMost: number
  worst15: number
}
type Named = { agents: number; ahtS: number; p: number; limit: number; method: string }
type Row = Named & Spread & { hour1Most: number; frontier: number | null }
type ShockRow = { agents: number; shock: string; method: string } & Spread & { recoveryMinutes: number | null }

export type Found = { day: Day; lived: Lived }

/** What the issue names; the others are there to learn from. */
const named = /^(VICIdial ADAPT|Samuelson|fixed ratio)/

export function tablesOf(found: readonly Found[]) {
  const rows = grouped(found, 'rows', nameOf).map(([name, part]): Row => rowOf(name, part))
  const ceilings = grouped(found, 'ceilings', day => ({
    ...nameOf(day),
    method: `look-ahead, ceiling ${Math.round(day.occupancyMax * 100)} %`,
  })).map(([name, part]): Row => rowOf(name, part))
  const shocks = grouped(found, 'shocks', ({ agents, shock, method }) => ({ agents, shock: shock ?? '', method })).map(
    ([name, part]): ShockRow => {
      const times = part.flatMap(({ lived }) => (lived.recovery === null ? [] : [lived.recovery]))
      return { ...name, ...spreadOf(part), recoveryMinutes: times.length === 0 ? null : Math.max(...times) }
    },
  )
  const ours = rows.filter(isOurs)
  const usual = ours.filter(row => row.limit === 3)
  const [ourShocks, shockRivals] = [shocks.filter(isOurs), shocks.filter(row => !isOurs(row))]
  const behind = (row: Row) => beside(ours, row, ['agents', 'ahtS', 'p', 'limit'])
  const shockBehind = (row: ShockRow) => beside(ourShocks, row, ['agents', 'shock'])
  return {
    gapFrom50: gap(usual.filter(row => row.agents >= 50)),
    gapBelow50: gap(usual.filter(row => row.agents < 50)),
    abandonMostPercent: most(usual.map(row => row.abandonMost)),
    strictMostPercent: most(ours.filter(row => row.limit === 1).map(row => row.abandonMost)),
    hour1MostPercent: most(usual.map(row => row.hour1Most)),
    worst15Percent: most(usual.filter(row => row.agents >= 100).map(row => row.worst15)),
    ceiling90Percent: ceilings[0]?.abandonMost ?? null,
    shockAbandonPercent: most(ourShocks.map(row => row.abandonMost)),
    shockWorst15Percent: most(ourShocks.map(row => row.worst15)),
    shockRecoveryMinutes: most(ourShocks.map(row => row.recoveryMinutes ?? 0)),
    rivalsAhead: rows.filter(row => named.test(row.method) && isAhead(row, behind(row), row.limit)).length,
    shockRivalsAhead: shockRivals.filter(row => named.test(row.method) && isAhead(row, shockBehind(row), 3)).length,
    othersAhead: rows.filter(row => !isOurs(row) && !named.test(row.method) && isAhead(row, behind(row), row.limit))
      .length,
    shockOthersAhead: shockRivals.filter(row => !named.test(row.method) && isAhead(row, shockBehind(row), 3)).length,
    rows,
    ceilings,
    shocks,
  }
}

function isOurs({ method }: { method: string }): boolean {
  return method === 'look-ahead'
}

function nameOf({ agents, ahtS, p, limit, method }: Day): Named {
  return { agents, ahtS, p, limit: Math.round(limit * 100), method }
}

function grouped<Name>(found: readonly Found[], table: Day['table'], nameOf: (day: Day) => Name): [Name, Found[]][] {
  const groups = new Map<string, [Name, Found[]]>()
  for (const one of found) {
    if (one.day.table !== table) continue
    const name = nameOf(one.day)
    const key = JSON.stringify(name)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [name, [one]])
    else group[1].push(one)
  }
  return [...groups.values()]
}

function rowOf(name: Named, part: readonly Found[]): Row {
  return {
    ...name,
    ...spreadOf(part),
    hour1Most: percent(Math.max(...part.map(({ lived }) => lived.hour1))),
    frontier: frontier(name.agents, name, name.limit === 1 ? 0.01 : 0.03),
  }
}

function spreadOf(part: readonly Found[]): Spread {
  const [utilisations, rates] = [part.map(({ lived }) => lived.utilisation), part.map(({ lived }) => lived.abandonRate)]
  return {
    seeds: part.length,
    utilisation: percent(mean(utilisations)),
    utilisationSd: percent(deviation(utilisations)),
    abandonRate: percent(mean(rates)),
    abandonSd: percent(deviation(rates)),
    abandonMost: percent(Math.max(...rates)),
    worst15: percent(Math.max(...part.map(({ lived }) => lived.worst15))),
  }
}

function beside<Row>(ours: readonly Row[], row: Row, keys: readonly (keyof Row)[]): Row | undefined {
  return ours.find(own => keys.every(key => own[key] === row[key]))
}

/** A rival keeps people as busy as ours does, at an abandon rate within the limit. */
function isAhead(row: Spread, own: Spread | undefined, limit: number): boolean {
  return own !== undefined && row.abandonRate <= limit && row.utilisation >= own.utilisation
}

/** How far below the frontier the cell that is furthest from it lies, in points. */
function gap(ours: readonly Row[]): number | null {
  return most(ours.flatMap(row => (row.frontier === null ? [] : [row.frontier - row.utilisation])))
}

function most(values: number[]): number | null {
  return values.length === 0 ? null : Number(Math.max(...values).toFixed(2))
}

function deviation(values: number[]): number {
  const middle = mean(values)
  return Math.sqrt(mean(values.map(one => (one - middle) ** 2)))
}

function percent(share: number): number {
  return Number((share * 100).toFixed(2))
}

/**
 * Pacing: the product's controller and what others do, on the same seeds of the same model, beside the frontier. Days of eight hours with a cold start.
 * `--seeds N` (else more of them for small teams, whose days differ more), `--cells 10/45/0.2,500/90/0.2` (agents/AHT/p), `--quick` (a minute),
 * `--jobs N` workers (else one a core); `--json` prints one JSON object last.
 */
import { availableParallelism } from 'node:os'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { decisionCost } from './pacing/decision-cost.ts'
import { columns, frontier } from './pacing/frontier.ts'
import { lookAhead } from './pacing/look-ahead.ts'
import { lookMs, type MethodName, methods } from './pacing/methods.ts'
import { type Cell, type Method, type Result, run } from './pacing/model.ts'
import { mean, recoveryMinutes, type Shock, shocks } from './pacing/shocks.ts'

type Size = { agents: number; ahtS: number; p: number }
type Row = {
  agents: number
  ahtS: number
  p: number
  limit: number
  method: string
  seeds: number
  /** In %; `…Sd` over the seeds, `abandonMost` of the worst seed. */
  utilisation: number
  utilisationSd: number
  abandonRate: number
  abandonSd: number
  abandonMost: number
  worst15: number
  frontier: number | null
}
type ShockRow = Pick<Row, 'agents' | 'seeds' | 'utilisation' | 'abandonRate' | 'abandonMost' | 'worst15'> & {
  shock: string
  recoveryMinutes: number | null
}

const hours = 8
const max = 0.03
const quick = process.argv.includes('--quick')
const seedsWanted = Number(wordAfter('--seeds') ?? 0)
const names = Object.keys(methods) as MethodName[]

/** Each is one row; they are shared out among the workers, the longest first. */
type Job = { table: 'rows' | 'ceilings' | 'shocks'; work: () => Row | ShockRow; agents: number }
const jobs: Job[] = [
  ...sizes().flatMap(size =>
    names.map((name): Job => ({ table: 'rows', agents: size.agents, work: () => measure(size, name, max) })),
  ),
  ...(quick ? [] : [10, 50, 500]).map((agents): Job => {
    const size = { agents, ahtS: 45, p: 0.2 }
    return { table: 'rows', agents, work: () => measure(size, 'look-ahead', 0.01) }
  }),
  ...(quick ? [] : [0.9, 0.85]).map((occupancyMax): Job => {
    const size = { agents: 500, ahtS: 90, p: 0.2 }
    const make = () => lookAhead({ max, occupancyMax, everyMs: lookMs(500) })
    const method = `look-ahead, ceiling ${occupancyMax * 100} %`
    return { table: 'ceilings', agents: 500, work: () => ({ ...summary(size, seedsOf(500), make, max), method }) }
  }),
  ...(quick ? [100] : [500, 100]).flatMap(agents =>
    shocks.map((shock): Job => ({ table: 'shocks', agents, work: () => shocked(agents, shock) })),
  ),
]

if (!isMainThread) {
  const { order, next } = workerData as { order: number[]; next: Int32Array }
  for (let at = Atomics.add(next, 0, 1); at < order.length; at = Atomics.add(next, 0, 1))
    parentPort?.postMessage([order[at], jobs[order[at]!]!.work()])
} else await main()

async function main(): Promise<void> {
  const found = await work()
  const of = (table: Job['table']) => found.filter((_, at) => jobs[at]!.table === table)
  const [rows, ceilings, shockRows] = [of('rows') as Row[], of('ceilings') as Row[], of('shocks') as ShockRow[]]
  const ours = rows.filter(row => row.method === 'look-ahead')
  const result = {
    ...gaps(ours),
    abandonMostPercent: most(ours.filter(row => row.limit === 3).map(row => row.abandonMost)),
    strictMostPercent: most(ours.filter(row => row.limit === 1).map(row => row.abandonMost)),
    worst15Percent: most(ours.filter(row => row.agents >= 100 && row.limit === 3).map(row => row.worst15)),
    ceiling90Percent: ceilings[0]?.abandonRate ?? null,
    shockAbandonPercent: most(shockRows.map(row => row.abandonMost)),
    shockRecoveryMinutes: most(shockRows.map(row => row.recoveryMinutes ?? 0)),
    rivalsAhead: rivalsAhead(rows, ours),
    ...decisionCost(quick ? 500 : 4_000),
    rows,
    ceilings,
    shocks: shockRows,
  }
  if (!process.argv.includes('--json')) {
    console.table([...rows, ...ceilings])
    console.table(shockRows)
  }
  console.log(JSON.stringify(result))
}

/** All rows, in the order of the jobs; told as they come. */
function work(): Promise<(Row | ShockRow)[]> {
  const order = jobs.map((_, at) => at).sort((a, b) => jobs[b]!.agents - jobs[a]!.agents)
  const next = new Int32Array(new SharedArrayBuffer(4))
  const found: (Row | ShockRow)[] = []
  const one = () =>
    new Promise<void>((resolve, reject) => {
      const worker = new Worker(import.meta.filename, { argv: process.argv.slice(2), workerData: { order, next } })
      worker.on('message', ([at, row]: [number, Row | ShockRow]) => {
        found[at] = row
        console.log(Object.values(row).join(' · '))
      })
      worker.on('error', reject).on('exit', () => resolve())
    })
  const workers = Number(wordAfter('--jobs') ?? availableParallelism())
  return Promise.all(Array.from({ length: workers }, one)).then(() => found)
}

function shocked(agents: number, shock: Shock): ShockRow {
  const base = { agents, p: 0.2, ahtS: 90, hours, dialled: Math.floor((agents * hours * 3_600) / 90 / 0.2) }
  const results = seedsOf(agents).map(seed =>
    run(shock.cell(base, seed), lookAhead({ max, everyMs: lookMs(agents) }), seed),
  )
  const { overAtS } = shock
  const { utilisation, abandonRate, abandonMost, worst15, seeds } = figuresOf(results)
  return {
    agents,
    shock: shock.name,
    seeds,
    utilisation,
    abandonRate,
    abandonMost,
    worst15,
    recoveryMinutes: overAtS === null ? null : Math.max(...results.map(one => recoveryMinutes(one, overAtS))),
  }
}

function measure(size: Size, name: MethodName, limit: 0.03 | 0.01): Row {
  const seeds = limit === 0.01 ? seedsOf(size.agents).slice(0, 2) : seedsOf(size.agents)
  return { ...summary(size, seeds, () => methods[name](size.agents, limit, hours), limit), method: name }
}

function summary(size: Size, seeds: number[], make: () => Method, limit: 0.03 | 0.01): Row {
  const cell: Cell = { agents: size.agents, p: () => size.p, ahtS: size.ahtS, hours }
  const figures = figuresOf(seeds.map(seed => run(cell, make(), seed)))
  return { ...size, limit: limit * 100, method: '', ...figures, frontier: frontier(size.agents, size, limit) }
}

function figuresOf(results: Result[]) {
  const utilisations = results.map(one => one.utilisation * 100)
  const rates = results.map(one => one.abandonRate * 100)
  return {
    seeds: results.length,
    utilisation: round(mean(utilisations)),
    utilisationSd: round(deviation(utilisations)),
    abandonRate: round(mean(rates)),
    abandonSd: round(deviation(rates)),
    abandonMost: round(Math.max(...rates)),
    worst15: round(Math.max(...results.map(one => one.worst15)) * 100),
  }
}

/** How far below the frontier the cell that is furthest from it lies, in points. */
function gaps(ours: Row[]): { gapFrom50: number | null; gapBelow50: number | null } {
  const gap = (part: Row[]) =>
    most(part.flatMap(row => (row.frontier === null || row.limit !== 3 ? [] : [row.frontier - row.utilisation])))
  return { gapFrom50: gap(ours.filter(row => row.agents >= 50)), gapBelow50: gap(ours.filter(row => row.agents < 50)) }
}

/** In how many cells a rival keeps people as busy as ours does, at an abandon rate within the limit. */
function rivalsAhead(rows: Row[], ours: Row[]): number {
  return rows.filter(row => {
    const own = ours.find(
      one => one.agents === row.agents && one.ahtS === row.ahtS && one.p === row.p && one.limit === row.limit,
    )
    return (
      row.method !== 'look-ahead' &&
      row.abandonRate <= row.limit &&
      own !== undefined &&
      row.utilisation >= own.utilisation
    )
  }).length
}

function sizes(): Size[] {
  const wanted = wordAfter('--cells')
  if (wanted !== undefined) return wanted.split(',').map(sizeOf)
  const some = columns.filter(({ ahtS, p }) => p === 0.2 || (ahtS === 45 && p === 0.4))
  return (quick ? [10, 100] : [10, 20, 50, 100, 200, 500]).flatMap(agents =>
    (quick ? some.slice(0, 1) : some).map(column => ({ agents, ...column })),
  )
}

function sizeOf(word: string): Size {
  const [agents = Number.NaN, ahtS = Number.NaN, p = Number.NaN] = word.split('/').map(Number)
  if (agents >= 1 && ahtS > 0 && p > 0 && p <= 1) return { agents, ahtS, p }
  console.error(`--cells: found ${word}, allowed: agents/AHT/p, such as 50/45/0.2`)
  process.exit(2)
}

function seedsOf(agents: number): number[] {
  const count = seedsWanted > 0 ? seedsWanted : quick ? 1 : agents < 50 ? 4 : agents < 200 ? 2 : 1
  return Array.from({ length: count }, (_, n) => n + 1)
}

function wordAfter(name: string): string | undefined {
  const at = process.argv.indexOf(name)
  return at < 0 ? undefined : process.argv[at + 1]
}

function most(values: number[]): number | null {
  return values.length === 0 ? null : round(Math.max(...values))
}

function deviation(values: number[]): number {
  const middle = mean(values)
  return Math.sqrt(mean(values.map(one => (one - middle) ** 2)))
}

function round(value: number): number {
  return Number(value.toFixed(2))
}

/**
 * Pacing: the product's controller and what others do, on the same seeds of the same model, beside the frontier. Days of eight hours with a cold start.
 * `--seeds N` of ours and `--rival-seeds N` of each rival (else more of them for small teams, whose days differ more), `--cells 10/45/0.2,500/90/0.2`
 * (agents/AHT/p), `--methods look-ahead,Samuelson` (beginnings of names), `--tables rows,ceilings,shocks`, `--quick` (a minute), `--jobs N` workers (else
 * one a core); `--json` prints one JSON object last. All of it takes an hour: `--keep FILE` keeps each day that was lived and lives none twice,
 * `--budget S` begins no day after so many seconds, so that it can be done in pieces; `--budget 0` prints what is kept.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import { type Day, daysOf, keyOf, type Lived, live, type Size } from './pacing/days.ts'
import { decisionCost } from './pacing/decision-cost.ts'
import { columns } from './pacing/frontier.ts'
import { type MethodName, methods } from './pacing/methods.ts'
import { type Found, tablesOf } from './pacing/tables.ts'

const names = Object.keys(methods) as MethodName[]
const tables = ['rows', 'ceilings', 'shocks'] as const

if (isMainThread) await main()
else parentPort?.on('message', (day: Day) => parentPort?.postMessage(live(day)))

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string' },
      'rival-seeds': { type: 'string' },
      cells: { type: 'string' },
      methods: { type: 'string' },
      tables: { type: 'string' },
      keep: { type: 'string' },
      budget: { type: 'string' },
      jobs: { type: 'string' },
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  })
  const { quick } = values
  const [seeds, rivalSeeds] = [whole('seeds', 1, 1_000), whole('rival-seeds', 1, 1_000)]
  const days = daysOf({
    sizes: values.cells === undefined ? sizes(quick) : values.cells.split(',').map(sizeOf),
    floors: quick ? [100] : [500, 100],
    methods: values.methods === undefined ? names : values.methods.split(',').flatMap(methodsOf),
    tables: values.tables === undefined ? (quick ? ['rows', 'shocks'] : tables) : values.tables.split(',').map(tableOf),
    seeds: (agents, ours) =>
      (ours ? seeds : (rivalSeeds ?? seeds)) ?? (quick ? 1 : agents < 50 ? 8 : ours || agents < 200 ? 5 : 2),
  })
  const kept = new Map<string, Lived>(values.keep === undefined ? [] : keptIn(values.keep))
  const until = performance.now() + (whole('budget', 0, 1e6) ?? 1e6) * 1_000
  const todo = days.filter(day => !kept.has(keyOf(day)))
  const workers = Math.min(todo.length, whole('jobs', 1, 256) ?? availableParallelism())
  const next = () => (performance.now() < until ? todo.shift() : undefined)
  await Promise.all(
    Array.from({ length: workers }, () =>
      work(next, (day, lived) => {
        kept.set(keyOf(day), lived)
        if (values.keep !== undefined) appendFileSync(values.keep, `${JSON.stringify([keyOf(day), lived])}\n`)
        console.log([keyOf(day), ...Object.values(lived)].join(' · '))
      }),
    ),
  )
  const found = days.flatMap((day): Found[] => {
    const lived = kept.get(keyOf(day))
    return lived === undefined ? [] : [{ day, lived }]
  })
  console.log(`${found.length} of ${days.length} days`)
  const { rows, ceilings, shocks, ...figures } = tablesOf(found)
  const result = { ...figures, ...decisionCost(quick ? 500 : 4_000), days: found.length, rows, ceilings, shocks }
  if (!values.json) {
    console.table([...rows, ...ceilings])
    console.table(shocks)
  }
  console.log(JSON.stringify(result))

  function whole(name: 'seeds' | 'rival-seeds' | 'budget' | 'jobs', least: number, mostOf: number): number | undefined {
    const word = values[name]
    if (word === undefined) return undefined
    const value = Number(word)
    if (Number.isInteger(value) && value >= least && value <= mostOf) return value
    return refuse(name, word, `a whole number from ${least} to ${mostOf}`)
  }
}

/** One worker, which lives a day after the other. */
function work(next: () => Day | undefined, done: (day: Day, lived: Lived) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(import.meta.filename)
    let day = next()
    const go = () => (day === undefined ? void worker.terminate().then(() => resolve()) : worker.postMessage(day))
    worker.on('error', reject).on('message', (lived: Lived) => {
      if (day !== undefined) done(day, lived)
      day = next()
      go()
    })
    go()
  })
}

function keptIn(file: string): [string, Lived][] {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.filter(line => line !== '').map(line => JSON.parse(line) as [string, Lived])
}

function sizes(quick: boolean): Size[] {
  const some = columns.filter(({ ahtS, p }) => p === 0.2 || (ahtS === 45 && p === 0.4))
  return (quick ? [10, 100] : [10, 20, 50, 100, 200, 500]).flatMap(agents =>
    (quick ? some.slice(0, 1) : some).map(column => ({ agents, ...column })),
  )
}

function sizeOf(word: string): Size {
  const [agents = Number.NaN, ahtS = Number.NaN, p = Number.NaN] = word.split('/').map(Number)
  if (agents >= 1 && ahtS > 0 && p > 0 && p <= 1) return { agents, ahtS, p }
  return refuse('cells', word, 'agents/AHT/p, such as 50/45/0.2')
}

function methodsOf(word: string): MethodName[] {
  const found = names.filter(name => name.startsWith(word))
  return found.length > 0 ? found : refuse('methods', word, `beginnings of ${names.join(', ')}`)
}

function tableOf(word: string): Day['table'] {
  return tables.find(name => name === word) ?? refuse('tables', word, tables.join(', '))
}

function refuse(name: string, found: string, allowed: string): never {
  console.error(`bench:pacing: --${name} found ${found}, allowed: ${allowed}`)
  process.exit(2)
}

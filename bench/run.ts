/**
 * `npm run bench`: runs each bench in a process of its own, one after the other, and writes bench/RESULTS.md from what they found.
 * `npm run bench -- engine sip` runs these two and keeps the figures of the others as they were found before; `npm run bench -- --page` runs
 * none and writes the page anew. Before the sections stand the goals of speed and size in one table (`results/goals.md`), behind them what was
 * measured by hand or over hours and has a text only.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { type Figures, type Outcome, sections } from './report.ts'

const folder = import.meta.dirname
const results = join(folder, 'results')
const names = [
  'engine',
  'commit',
  'media',
  'growth',
  'mix',
  'recorder',
  'srtp',
  'sip',
  'leads',
  'import',
  'parties',
  'assignment',
  'screen-pop',
  'lines',
  'pacing',
  'simulate',
  'floor',
  'busy-floor',
  'restart',
  'counters',
  'hear',
  'amd',
].filter(name => existsSync(join(folder, `${name}.ts`)))

const onlyText = ['busy-floor', 'memory', 'packet-path', 'soak', 'restart']
const wanted = process.argv.slice(2).filter(word => !word.startsWith('-'))
const unknown = wanted.filter(name => !names.includes(name))
if (unknown.length > 0) {
  console.error(`found ${unknown.join(', ')}, allowed: ${names.join(', ')}`)
  process.exit(2)
}

mkdirSync(results, { recursive: true })
const failed: string[] = []
for (const name of process.argv.includes('--page') ? [] : wanted.length > 0 ? wanted : names) {
  console.log(`\n— ${name}`)
  const figures = await measure(name)
  if (figures === null) failed.push(name)
  else
    write(join(results, `${name}.json`), {
      at: new Date().toISOString(),
      machine: machine(),
      figures,
    } satisfies Outcome)
}
const outcomes = new Map(
  names.flatMap(name => (existsSync(join(results, `${name}.json`)) ? [[name, readOutcome(name)]] : [])),
)
const notes = onlyText.filter(name => !outcomes.has(name) && textOf(name) !== '')
writeFileSync(
  join(folder, 'RESULTS.md'),
  sections(outcomes, textOf, { goals: textOf('goals'), notes: new Map(notes.map(name => [name, textOf(name)])) }),
)
console.log(`\nbench/RESULTS.md holds ${[...outcomes.keys()].join(', ')}`)
if (failed.length > 0) console.error(`failed: ${failed.join(', ')}; their figures are the former ones`)
process.exit(failed.length === 0 ? 0 : 1)

/** What a bench prints is shown as it comes; its last line is one JSON object. */
function measure(name: string): Promise<Figures | null> {
  return new Promise(resolve => {
    const child = spawn(process.execPath, [join(folder, `${name}.ts`), '--json'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      process.stdout.write(part)
      text = (text + part).slice(-1_000_000)
    })
    child.on('close', code => {
      const last = text.trimEnd().split('\n').at(-1) ?? ''
      if (code === 0 && last.startsWith('{')) return resolve(JSON.parse(last))
      console.error(
        `bench ${name}: exit ${code}, ${last.startsWith('{') ? 'with' : 'without'} a JSON object on its last line`,
      )
      resolve(null)
    })
  })
}

function machine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor'
  return `${availableParallelism()} × ${model}, ${(totalmem() / 2 ** 30).toFixed(0)} GB, Linux ${release()}, Node ${process.versions.node}`
}

function readOutcome(name: string): Outcome {
  return JSON.parse(readFileSync(join(results, `${name}.json`), 'utf8'))
}

/** What the figures mean, written by a person: bench/results/NAME.md. */
function textOf(name: string): string {
  const file = join(results, `${name}.md`)
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : ''
}

function write(file: string, value: unknown): void {
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`)
}

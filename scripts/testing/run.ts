/**
 * `node scripts/testing/run.ts [--quick] [--failed=TEXT]`: all tests, as plan.ts shares them out; TEXT is what has failed before. Each job is
 * a `node --test`; what it says is printed when it has ended, and one summary of all stands last. Exit 1 when anything failed, and with
 * `CI=true` (but not `--quick`) also when a test was skipped because another end is missing that `scripts/test` installs.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Job, type Lane, planOf } from './plan.ts'
import { Summary } from './summary.ts'

const root = join(import.meta.dirname, '../..')
/** A single test has five minutes. A job that takes longer than this hangs. */
const jobLimitMs = 900_000

const files = globSync('{src,web,scripts,bench}/**/*.test.ts', { cwd: root }).filter(
  file => !file.startsWith('web/static/') && file !== 'scripts/tidy.test.ts', // which is of `npm run check`
)
const jobs = planOf(files, file => readFileSync(join(root, file), 'utf8'))
const folder = mkdtempSync(join(tmpdir(), 'switchroom-tests-'))
/** `USER_HZ`, which Linux has on all its machines. */
const ticksPerSecond = 100
/** What those that have ended took of the cores. */
let childTicks = 0
const running = new Set<ChildProcess>()
const isQuick = process.argv.includes('--quick')
const summary = new Summary(
  process.argv.flatMap(word => /^--failed=(.*)/s.exec(word)?.[1] ?? []),
  process.env.CI === 'true' && !isQuick,
)

process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    for (const child of running) child.kill()
    process.exit(1)
  })

const units = queue('units')
const idle = queue('idle')
if (isQuick) await Promise.all(lanes(availableParallelism(), units, idle))
else {
  // What waits needs few cores: two browsers, beside them the phones, and one job of the units has what they leave; then these have all.
  const [browsers, phones] = [queue('browsers'), queue('phones')]
  const waiting = Promise.all([lane(browsers, phones), laneWhereRoom(browsers, phones), laneWhereRoom(phones)])
  await Promise.all([lane(units), waiting.then(() => Promise.all(lanes(availableParallelism() - 1, units)))])
  await Promise.all([lane(queue('listening'), idle), lane(idle)])
  await lane(queue('alone'))
}
process.stdout.write(`\n${summary.text()}\n`)
process.exitCode = summary.isPassed ? 0 : 1

function queue(wanted: Lane): Job[] {
  return jobs.filter(job => job.lane === wanted)
}

function lanes(count: number, ...from: Job[][]): Promise<void>[] {
  return Array.from({ length: count }, () => lane(...from))
}

/** Of the child that has just ended, with all that it waited for: the kernel adds it to what ours have taken when one is reaped. */
function coreSecondsSinceLast(): number {
  const stat = readFileSync('/proc/self/stat', 'utf8')
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(13, 15)
  const ticks = Number(user) + Number(system)
  const seconds = (ticks - childTicks) / ticksPerSecond
  childTicks = ticks
  return seconds
}

/** One after the other, the next ones when the first have all begun. */
async function lane(...from: Job[][]): Promise<void> {
  for (const jobs of from) for (let job = jobs.shift(); job; job = jobs.shift()) await run(job)
}

/** The same, but that it begins nothing while the cores are crowded: more at once would only be later, and not sooner at the end. */
async function laneWhereRoom(...from: Job[][]): Promise<void> {
  for (const jobs of from)
    while (jobs.length > 0)
      if (isCrowded()) await sleep(1_000)
      else await run(jobs.shift()!)
}

/** Of the last minute; a machine half as fast as most has seven or eight that want a core for each that it has. */
function isCrowded(): boolean {
  return loadavg()[0]! > 4 * availableParallelism()
}

async function run({ lane, files, isPatient }: Job): Promise<void> {
  const figures = join(folder, files[0]!.replaceAll('/', '-'))
  const node = [
    ...[process.execPath, '--test', '--test-timeout=300000', ...(files.length > 1 ? ['--test-isolation=none'] : [])],
    ...['--test-reporter=spec', '--test-reporter-destination=stdout'],
    ...['--test-reporter=tap', `--test-reporter-destination=${figures}`],
    ...files,
  ]
  const gentle = lane === 'idle' ? ['chrt', '--idle', '0'] : isPatient ? ['nice', '-n', '10'] : []
  const [command, ...args] = [...gentle, ...node]
  const startedAt = performance.now()
  const child = spawn(command!, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], timeout: jobLimitMs })
  running.add(child)
  let said = ''
  let coreSeconds = 0
  child.once('exit', () => (coreSeconds = coreSecondsSinceLast()))
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', part => (said += part))
  const end = await new Promise<string>(resolve => {
    child.once('error', error => resolve(error.message))
    child.once('close', (code, signal) => resolve(String(code ?? signal)))
  })
  running.delete(child)
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0)
  process.stdout.write(
    `· ${files.join(' ')} (${seconds} s, of cores ${coreSeconds.toFixed(0)} s)\n${summary.without(said)}`,
  )
  summary.add(files, end, figures)
}

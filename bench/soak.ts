/**
 * `npm run soak [-- --calls 500 --minutes 120]`: the service as it is installed, in a process of its own, with a carrier, callers and agents at
 * desk phones who work without a pause. A line of figures each minute; at the end it says which figure grew over the second half of the run,
 * and ends with 1 when one did or something went wrong. `--json` prints one JSON object last, `--snapshots FOLDER` writes heap snapshots of the
 * main thread after a third and at the end, `--keep FOLDER` keeps the data.
 */
import { fork } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { SoakOrder, SoakSums } from './soak/far-end.ts'
import { grows, growthOf, isUnsure } from './soak/growth.ts'
import { Service } from './soak/service.ts'
import { firstExtension, password, serviceNumber, setUp, sipPassword } from './soak/set-up.ts'
import { employ } from './soak/staff.ts'

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '500' },
    minutes: { type: 'string', default: '120' },
    keep: { type: 'string' },
    snapshots: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
})
const calls = within('calls', 1, 500)
const minutes = within('minutes', 0.2, 7 * 24 * 60)

/** Addresses of loopback that nothing else here uses. */
const [houseAddress, carrierAddress, deskAddress] = ['127.0.0.81', '127.0.0.82', '127.0.0.83']
/** In a run shorter than this people talk for seconds only, and nothing is said about growth. */
const judgedFromMinutes = 20
const linesEveryMs = Math.min(60_000, (minutes * 60_000) / 6)
/** Recordings are taken away when they are sealed: at 500 calls they are 29 GB an hour. */
const recordingsKeptMs = 3 * 60_000
/** A call is over after so long: what is in hand at the end and began before must have been forgotten by somebody. */
const stuckCallsShare = 4

/** Half a second each: 500 phones register within a few. */
const registerTries = 120

/** What may grow by an hour. The database is the record of the day and grows as it should; memory must not. */
const mostPerHour = {
  rssMb: 12,
  anonMb: 12,
  fileMb: 12,
  heapMb: 4,
  externalMb: 4,
  workerHeapMb: 12,
  handles: 10,
  threads: 1,
  fds: 10,
  /** A transaction lives for 32 s and more, so that their number follows the calls dialled: 60 too many an hour at 1,200 a minute. */
  transactionsPerDial: 0.05,
} as const
type Judged = keyof typeof mostPerHour

type Line = Record<Judged, number> & {
  hours: number
  v8Mb: number
  databaseMb: number
  calls: number
  dialled: number
  connected: number
  legs: number
  sipTransactions: number
  lossPercent: number
  dropped: number
  /** For how long the floor has waited for the disk since the start. */
  stalledS: number
  loopDelayP99Ms: number
  loopDelayMaxMs: number
  cpuPercent: number
  pages: number
  faults: number
}

const folder = values.keep ?? mkdtempSync(join(tmpdir(), 'switchroom-soak-'))
mkdirSync(folder, { recursive: true })
const trouble = new Map<string, number>()
const note = (words: string) => {
  const key = words.slice(0, 200)
  if (trouble.size < 50 || trouble.has(key)) trouble.set(key, (trouble.get(key) ?? 0) + 1)
}
const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort())

let exitCode = 1
try {
  exitCode = await soak()
} catch (error) {
  console.error(`soak: ${error instanceof Error ? error.stack : String(error)}`)
} finally {
  if (values.keep === undefined) rmSync(folder, { recursive: true, force: true })
}
process.exit(exitCode)

async function soak(): Promise<number> {
  const service = await Service.start(folder, houseAddress!)
  const far = fork(join(import.meta.dirname, 'soak/far-end.ts'), [], { execArgv: [] })
  try {
    const heard = <T>() => new Promise<T>(done => far.once('message', answer => done(answer as T)))
    const opened = heard<{ carrierPort: number }>()
    far.send({
      seed: 2026,
      carrierAddress: carrierAddress!,
      deskAddress: deskAddress!,
      extensions: Array.from({ length: calls }, (_, at) => String(firstExtension + at)),
      password: sipPassword,
      registrar: { address: houseAddress!, port: service.sipPort },
      serviceNumber,
      callersPerMinute: Math.max(2, calls / 8),
      isShort: minutes < judgedFromMinutes,
    } satisfies SoakOrder)
    const { carrierPort } = await opened
    const token = await service.token()
    const { url } = service
    const carrier = { address: carrierAddress!, port: carrierPort }
    const made = await setUp({ url, token, agents: calls, minutes, carrier })
    const farSums = () => {
      const answer = heard<SoakSums>()
      far.send('sums')
      return answer
    }
    const phones = heard<'open'>()
    far.send('phones')
    await phones
    for (let tries = 0; (await farSums()).registered < calls; tries++) {
      if (tries === registerTries) throw new Error(`${(await farSums()).registered} of ${calls} phones registered`)
      await sleep(500)
    }
    using staff = await employ({ url, token, password, ...made, onTrouble: note })
    const lines = await watch(service, () => staff.pages, farSums)
    for (const [words, times] of [...service.faults, ...Object.entries((await farSums()).faults)])
      trouble.set(words, (trouble.get(words) ?? 0) + times)
    return verdict(lines)
  } finally {
    if (far.connected) far.disconnect()
    await service.stop()
  }
}

/** A line of figures each minute until the time is over. */
async function watch(service: Service, pages: () => number, farSums: () => Promise<SoakSums>): Promise<Line[]> {
  const startedAt = performance.now()
  const endAt = startedAt + minutes * 60_000
  const lines: Line[] = []
  let before = { at: startedAt, cpuMs: service.cpuMs(), dialled: 0, loss: { sum: 0, count: 0 } }
  let isSnapped = values.snapshots === undefined
  console.log(
    ' min  calls  dialled  connected  rss MB    anon    file  heap  ext  workers   V8  db MB  handles  thr  fds   sip  lost %  dropped  stalled s  loop p99/max ms  cpu %  pages  faults',
  )
  while (performance.now() < endAt && !stopping.signal.aborted) {
    const next = Math.min(endAt, startedAt + (lines.length + 1) * linesEveryMs)
    await sleep(Math.max(1, next - performance.now()), null, { signal: stopping.signal }).catch(() => undefined)
    const [inside, metrics, far] = [await service.inside(), await readMetrics(service.url), await farSums()]
    const { workers, ...inner } = inside
    const loss = { sum: metrics('switchroom_leg_loss_ratio_sum'), count: metrics('switchroom_leg_loss_ratio_count') }
    const now = performance.now()
    const cpuMs = service.cpuMs()
    const dialled = metrics('switchroom_dialled_total')
    const sipTransactions = metrics('switchroom_sip_transactions')
    const line: Line = {
      hours: (now - startedAt) / 3.6e6,
      ...inner,
      ...service.outside(),
      calls: metrics('switchroom_calls'),
      dialled,
      connected: metrics('switchroom_connected_total'),
      legs: metrics('switchroom_media_legs'),
      sipTransactions,
      transactionsPerDial: sipTransactions / Math.max(1, ((dialled - before.dialled) * 60_000) / (now - before.at)),
      lossPercent: (100 * (loss.sum - before.loss.sum)) / Math.max(1, loss.count - before.loss.count),
      dropped: metrics('switchroom_media_packets_dropped'),
      stalledS: metrics('switchroom_disk_stalled_seconds_total'),
      cpuPercent: (100 * (cpuMs - before.cpuMs)) / (now - before.at),
      pages: pages(),
      faults: [...trouble, ...service.faults, ...Object.entries(far.faults)].reduce((sum, [, times]) => sum + times, 0),
    }
    before = { at: now, cpuMs, dialled, loss }
    lines.push(line)
    print(line)
    sweepRecordings(join(service.folder, 'recordings'))
    if (!isSnapped && line.hours * 60 > minutes / 3) {
      isSnapped = true
      mkdirSync(values.snapshots!, { recursive: true })
      await service.snapshot(join(values.snapshots!, 'third.heapsnapshot'))
    }
  }
  if (values.snapshots !== undefined) await service.snapshot(join(values.snapshots, 'end.heapsnapshot'))
  return lines
}

function print(line: Line): void {
  const cell = (value: number, width: number, digits = 0) => value.toFixed(digits).padStart(width)
  console.log(
    `${cell(line.hours * 60, 4, minutes < 10 ? 1 : 0)} ${cell(line.calls, 6)} ${cell(line.dialled, 8)} ${cell(line.connected, 10)} ${cell(line.rssMb, 7)} ${cell(line.anonMb, 7)} ${cell(line.fileMb, 7)} ${cell(line.heapMb, 5, 1)} ${cell(line.externalMb, 4)} ${cell(line.workerHeapMb, 8, 1)} ${cell(line.v8Mb, 4)} ${cell(line.databaseMb, 6, 1)} ${cell(line.handles, 8)} ${cell(line.threads, 4)} ${cell(line.fds, 4)} ${cell(line.sipTransactions, 5)} ${cell(line.lossPercent, 7, 3)} ${cell(line.dropped, 8)} ${cell(line.stalledS, 10, 1)} ${`${line.loopDelayP99Ms.toFixed(1)}/${line.loopDelayMaxMs.toFixed(0)}`.padStart(16)} ${cell(line.cpuPercent, 6, 1)} ${cell(line.pages, 6)} ${cell(line.faults, 7)}`,
  )
}

function verdict(lines: Line[]): number {
  const last = lines.at(-1)
  const wrong: string[] = [...trouble].map(([words, times]) => `${times} ×: ${words}`)
  if (last === undefined || last.connected === 0) wrong.push('nobody was connected with anybody')
  else if (last.calls > stuckCallsShare * calls) wrong.push(`${last.calls} calls are in hand for ${calls} agents`)
  const isJudged = minutes >= judgedFromMinutes && !stopping.signal.aborted
  const second = lines.slice(lines.length >> 1)
  const growth = Object.entries(mostPerHour).flatMap(([name, most]) => {
    const found = growthOf(second.map(line => ({ hours: line.hours, value: line[name as Judged] })))
    return found === null ? [] : [{ name, most, ...found, grew: grows(found, most), unsure: isUnsure(found, most) }]
  })
  const grew = isJudged ? growth.filter(one => one.grew) : []
  console.log()
  if (!isJudged) console.log(`Shorter than ${judgedFromMinutes} minutes: nothing is said about growth.`)
  else
    for (const { name, most, perHour, errorPerHour, last, grew, unsure } of growth)
      console.log(
        `${name.padEnd(16)} ${perHour >= 0 ? '+' : ''}${perHour.toFixed(2)} ± ${(2 * errorPerHour).toFixed(2)} an hour at ${last.toFixed(1)} (at most ${most}): ${grew ? 'GREW' : unsure ? 'not shown to grow; a longer run would say more' : 'flat'}`,
      )
  for (const words of wrong) console.log(`went wrong: ${words}`)
  const isGood = grew.length === 0 && wrong.length === 0
  console.log(isGood ? 'good' : `NOT GOOD: ${[...grew.map(({ name }) => `${name} grew`), ...wrong].join('; ')}`)
  if (values.json)
    console.log(
      JSON.stringify({
        agents: calls,
        minutes: Number(((last?.hours ?? 0) * 60).toFixed(1)),
        isGood,
        isJudged,
        connected: last?.connected ?? 0,
        dialled: last?.dialled ?? 0,
        rssMb: Math.round(last?.rssMb ?? 0),
        loopDelayP99MsMost: Math.max(...lines.map(line => line.loopDelayP99Ms)),
        stalledS: last?.stalledS ?? 0,
        lossPercentMost: Math.max(...lines.map(line => line.lossPercent)),
        cpuPercent: lines.reduce((sum, line) => sum + line.cpuPercent, 0) / Math.max(1, lines.length),
        growth: isJudged ? growth : [],
        wrong,
      }),
    )
  return isGood ? 0 : 1
}

/** A figure of `/metrics` by its name, summed over its labels; 0 when there is none. */
async function readMetrics(url: string): Promise<(name: string) => number> {
  const sums = new Map<string, number>()
  for (const line of (await (await fetch(`${url}/metrics`)).text()).split('\n')) {
    const found = /^([a-z_]+)(?:\{[^}]*\})? (\S+)$/.exec(line)
    if (found !== null) sums.set(found[1]!, (sums.get(found[1]!) ?? 0) + Number(found[2]))
  }
  return name => sums.get(name) ?? 0
}

function sweepRecordings(folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.wav')) continue
    const file = join(entry.parentPath, entry.name)
    const found = statSync(file, { throwIfNoEntry: false }) // what was heard of a call that nobody answered goes by itself
    if (found !== undefined && Date.now() - found.mtimeMs > recordingsKeptMs) rmSync(file, { force: true })
  }
}

function within(name: 'calls' | 'minutes', least: number, most: number): number {
  const value = Number(values[name])
  if (value >= least && value <= most && (name === 'minutes' || Number.isInteger(value))) return value
  console.error(
    `soak: --${name} found ${values[name]}, allowed: a ${name === 'calls' ? 'whole ' : ''}number from ${least} to ${most}`,
  )
  process.exit(2)
}

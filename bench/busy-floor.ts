/**
 * `npm run bench:busy-floor [-- --calls 100 --seconds 20]`: the service as it is installed, in a process of its own, with so many bridged and
 * recorded calls whose agents speak through browsers' legs (ICE, DTLS-SRTP), while pages are fetched and 50 new calls a second end at once. What
 * a packet costs the media thread, what is lost, what is added to each packet's way, how late the main loop is, what memory it takes; and what
 * the same number of plain calls costs the relay in C in the same run. `--json` prints one JSON object last.
 */
import { fork, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { AgentsOrder, FarOrder, FarSums } from './busy-floor/far-end.ts'
import { buildFloor } from './busy-floor/set-up.ts'
import { machineCpuMs } from './floor/company.ts'
import { Service } from './soak/service.ts'
import { password } from './soak/set-up.ts'
import { signIn } from './soak/staff.ts'

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '20' },
    c: { type: 'boolean', default: true },
    json: { type: 'boolean', default: false },
  },
  allowNegative: true,
})
const calls = within('calls', 1, 500)
const seconds = within('seconds', 2, 3600)
const [houseAddress, farAddress] = ['127.0.0.91', '127.0.0.92'] as const
const pageEveryMs = 250
const talkingWithinMs = 120_000
/** What relays is compiled and the first rush is over. */
const warmMs = 4000
/** A run takes so much longer, in which nothing is asked of it. */
const slackSeconds = 30
const pages = ['/supervisor', '/supervisor/calls', '/metrics', '/supervisor/parties', '/healthz']

/** The thread that speaks goes before all others, so it must not wait for theirs to collect its garbage. */
const farOptions = ['--single-threaded-gc']

/** Ends the processes of a run that is broken off. */
let breakOff = async (): Promise<void> => undefined
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void breakOff().finally(() => process.exit(1)))

const folder = mkdtempSync(join(tmpdir(), 'switchroom-busy-floor-'))
let exitCode = 1
try {
  const found = await measure()
  if (values.json) console.log(JSON.stringify(found))
  exitCode = 0
} catch (error) {
  console.error(`bench:busy-floor: ${error instanceof Error ? error.stack : String(error)}`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
process.exit(exitCode)

async function measure() {
  const service = await Service.start(folder, houseAddress)
  const far = fork(join(import.meta.dirname, 'busy-floor/far-end.ts'), [], { execArgv: farOptions })
  const stopping = new AbortController()
  breakOff = async () => {
    if (far.connected) far.disconnect()
    await service.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    const ask = <T>(question: FarOrder | AgentsOrder | string) => {
      const answer = new Promise<T>((done, fail) => {
        far.once('message', message => done(message as T))
        far.once('exit', code => fail(new Error(`the generator ended with ${code}`)))
      })
      far.send(question)
      return answer
    }
    const talkers = Array.from({ length: 3 * calls }, (_, at) => `+86139${String(10_000_000 + at)}`)
    const { carrierPort } = await ask<{ carrierPort: number }>({
      address: farAddress,
      talkers,
      seconds: seconds + slackSeconds,
    })
    const { url } = service
    const idleMb = service.outside().rssMb
    const floor = await buildFloor({
      url,
      token: await service.token(),
      calls,
      talkers,
      /** Twice what is dialled at 50 a second, the warm-up included. */
      others: 100 * (seconds + 60),
      carrier: { address: farAddress, port: carrierPort },
    })
    const brought = await ask<FarSums>({ url, names: floor.agents, password, silent: floor.idle })
    for (const end = performance.now() + talkingWithinMs; ; await sleep(250)) {
      const { talking, faults } = await ask<FarSums>('sums')
      if (talking >= calls) break
      if (performance.now() > end)
        throw new Error(`${talking} of ${calls} calls came up: ${JSON.stringify({ ...faults, ...brought.faults })}`)
    }
    await floor.startOthers()
    const looks = look(url, await signIn(url, 'sam', password), stopping.signal)
    await sleep(warmMs)
    await service.inside() // its account of the loop begins anew
    const loadBefore = loadavg()[0]!
    const before = await ask<FarSums>('begin')
    const taken = {
      at: performance.now(),
      threads: threadsOf(service.pid),
      machine: machineCpuMs(),
      pages: looks.count,
    }
    const recordedBefore = recordedBytes()
    await sleep(seconds * 1000)
    const threads = threadsOf(service.pid)
    const ms = performance.now() - taken.at
    const machineMs = machineCpuMs() - taken.machine
    const recorded = recordedBytes() - recordedBefore
    const after = await ask<FarSums>('end')
    const outside = service.outside()
    const inside = await service.inside()
    stopping.abort()
    const spent = (name: string) => (threads.get(name) ?? 0) - (taken.threads.get(name) ?? 0)
    const all = [...threads.keys()].reduce((sum, name) => sum + spent(name), 0)
    const usAPacket = (spent('media') * 1000) / after.received
    await service.stop()
    const found = {
      calls,
      seconds,
      talking: after.talking,
      packets: after.sent,
      lossPercent: round((100 * (after.sent - after.received)) / after.sent, 3),
      p50Us: after.p50Us,
      p99Us: after.p99Us,
      maxUs: after.maxUs,
      ...steadyOf(after),
      mediaUsAPacket: round(usAPacket, 2),
      mediaPercent: round((100 * spent('media')) / ms, 1),
      servicePercent: round((100 * all) / ms, 1),
      generatorPercent: round((100 * (after.cpuMs - before.cpuMs)) / ms, 1),
      machinePercent: round((100 * machineMs) / ms, 1),
      loadBefore: round(loadBefore, 1),
      newCallsASecond: round((after.offered - before.offered) / (ms / 1000), 1),
      pagesASecond: round((looks.count - taken.pages) / (ms / 1000), 1),
      recordedKbACallSecond: round(recorded / 1000 / calls / (ms / 1000), 1),
      loopDelayP99Ms: round(inside.loopDelayP99Ms, 1),
      loopDelayMaxMs: round(inside.loopDelayMaxMs, 1),
      idleRssMb: round(idleMb, 0),
      rssMb: round(outside.rssMb, 0),
      heapMb: round(inside.heapMb, 0),
      externalMb: round(inside.externalMb, 0),
      workerHeapMb: round(inside.workerHeapMb, 0),
      threadPercents: Object.fromEntries(
        [...threads.keys()].map(name => [name, round((100 * spent(name)) / ms, 1)]).filter(([, share]) => share !== 0),
      ),
      trouble: { ...Object.fromEntries(service.faults), ...after.faults, ...looks.trouble },
    }
    show(found) // the relay in C may fail yet
    if (!values.c) return found
    const usAPacketOfC = costOfC()
    const ofC = { usAPacketOfC, timesC: usAPacketOfC === null ? null : round(usAPacket / usAPacketOfC, 2) }
    show(ofC)
    return { ...found, ...ofC }
  } finally {
    stopping.abort()
    if (far.connected) far.disconnect()
    await service.stop()
  }
}

/** What the processor itself had to do with it. */
function steadyOf({ steady }: FarSums) {
  if (steady === null) return {}
  return {
    processorSlowPercent: round(steady.slowPercent, 1),
    processorSlowestTimes: round(steady.slowestTimes, 1),
    atPacePercent: round(steady.atPace?.percent ?? 0, 1),
    atPaceP50Us: steady.atPace?.p50Us ?? null,
    atPaceP99Us: steady.atPace?.p99Us ?? null,
    andOnTimePercent: round(steady.onTime?.percent ?? 0, 1),
    andOnTimeP50Us: steady.onTime?.p50Us ?? null,
    andOnTimeP99Us: steady.onTime?.p99Us ?? null,
  }
}

function show(found: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(found))
    console.log(`${name.padEnd(22)} ${typeof value === 'object' ? JSON.stringify(value) : value}`)
}

/** Somebody looks at pages, a few a second, until `signal`. */
function look(url: string, cookie: string, signal: AbortSignal): { count: number; trouble: Record<string, number> } {
  const looks = { count: 0, trouble: {} as Record<string, number> }
  const note = (words: string) => {
    looks.trouble[words] = (looks.trouble[words] ?? 0) + 1
  }
  void (async () => {
    for (let at = 0; !signal.aborted; at++) {
      const path = pages[at % pages.length]!
      try {
        const response = await fetch(url + path, { headers: { cookie }, redirect: 'manual', signal })
        await response.text()
        if (response.status >= 400) note(`GET ${path}: HTTP ${response.status}`)
        looks.count++
      } catch (error) {
        if (!signal.aborted) note(`GET ${path}: ${String(error)}`)
      }
      await sleep(pageEveryMs, null, { ref: false })
    }
  })()
  return looks
}

/** ms on a processor of each thread by its name, those of one name added up (proc(5), schedstat). */
function threadsOf(pid: number): Map<string, number> {
  const found = new Map<string, number>()
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const path = `/proc/${pid}/task/${thread}`
    const name = readFileSync(`${path}/comm`, 'utf8').trim()
    found.set(name, (found.get(name) ?? 0) + Number(readFileSync(`${path}/schedstat`, 'utf8').split(' ')[0]) / 1e6)
  }
  return found
}

/** What stands on disk, not what was pre-allocated. */
function recordedBytes(): number {
  const root = join(folder, 'recordings')
  let sum = 0
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) sum += statSync(join(entry.parentPath, entry.name)).size
  return sum
}

/** µs a packet of `bench/relay.c` with as many plain calls, as `bench/media.ts` measures it. */
function costOfC(): number | null {
  const args = [join(import.meta.dirname, 'media.ts'), '--grow', String(calls), '--seconds', '4', '--json']
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 120_000 })
  const last = stdout.trimEnd().split('\n').at(-1) ?? ''
  if (!last.startsWith('{')) throw new Error(`the relay in C was not measured: ${stderr.slice(0, 300)}`)
  return (JSON.parse(last) as { sizes: { usAPacketOfC: number }[] }).sizes[0]!.usAPacketOfC
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}

function within(name: 'calls' | 'seconds', least: number, most: number): number {
  const value = Number(values[name])
  if (Number.isInteger(value) && value >= least && value <= most) return value
  console.error(`bench:busy-floor: --${name} found ${values[name]}, allowed: a whole number from ${least} to ${most}`)
  process.exit(2)
}

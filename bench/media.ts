/**
 * `npm run bench:media [-- --json --calls 150 --seconds 4 --rounds 2]`: CPU per relayed packet, latency and loss of our relay, plain and
 * recording, against a relay in C built on the spot and, where installed, Debian's rtpengine in user space, plain and recording (pcap): the
 * same callers, the same run, rounds taken in turn, medians. CPU is user + system of all threads of the relay's process.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { lookUsAt } from '../src/rtp/libc-wire.ts'
import { Rtpengine } from './rtpengine.ts'

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    calls: { type: 'string', default: '150' },
    seconds: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '2' },
    /** For `growth.ts`: numbers of calls with commas between; C and ours with every call recorded, nothing else. */
    grow: { type: 'string' },
    /** Media threads of ours. With more than one our relay may use every core, the callers' too. */
    workers: { type: 'string', default: '1' },
  },
})
let calls = Number(values.calls)
const address = '127.0.0.1'
/** Of a call, both ways. */
const packetsPerSecond = 100
/** A service runs for days: what a packet costs is counted when the code that relays it is compiled. */
const warmSeconds = '6'
const work = mkdtempSync('/tmp/switchroom-bench-media-')
const pin = availableParallelism() > 1 && has('taskset')
/** Whatever carries packets, peers and callers alike, goes before the other work of this machine where that is permitted. */
const mayTakePrecedence = has('chrt') && spawnSync('chrt', ['-r', '1', 'true']).status === 0

type Relay = { ports: number[]; pid: number; stop(): Promise<void> }
type Contestant = { name: string; start(ports: number[]): Promise<Relay> }
type Measure = {
  usPerPacket: number
  lossPercent: number
  p50Us: number
  p99Us: number
  maxUs: number
  rssMb: number
  /** Of the callers' process. */
  callersPercent: number
}
type Load = { sent: number; received: number; p50Us: number; p99Us: number; maxUs: number }

const titles: Record<string, string> = {
  c: 'C: epoll, recv, send (`bench/relay.c`)',
  cRested: 'the same C, resting before each look as long as ours',
  ours: 'ours: TypeScript on libc',
  oursRecorded: 'ours, every call recorded',
  oursBlocked: 'ours, main thread blocked 500 of every 600 ms',
  dgram: 'ours on node:dgram (fallback)',
  rtpengine: 'rtpengine 10.5, user space',
  rtpengineRecorded: 'rtpengine, pcap recording',
}
const reasons: Record<string, string> = {}
const contestants = contestantsHere()
const measured: Record<string, Measure[]> = {}
if (values.grow !== undefined) {
  await grow(values.grow.split(',').map(Number))
  process.exit(0)
}
try {
  for (let round = 0; round < Number(values.rounds); round++)
    for (const contestant of contestants) {
      const measure = await run(contestant)
      ;(measured[contestant.name] ??= []).push(measure)
      if (!values.json) console.log(contestant.name.padEnd(16), describe(measure))
    }
} finally {
  rmSync(work, { recursive: true, force: true })
}
const result = summarise()
writeFileSync(`${import.meta.dirname}/results/media.md`, page())
console.log(values.json ? JSON.stringify(result) : page())

function contestantsHere(): Contestant[] {
  const list: Contestant[] = [
    { name: 'ours', start: ports => ours(ports, { wire: 'libc' }) },
    { name: 'oursRecorded', start: ports => ours(ports, { wire: 'libc', isRecorded: true }) },
    { name: 'oursBlocked', start: ports => ours(ports, { wire: 'libc', blockMs: 500 }) },
    { name: 'dgram', start: ports => ours(ports, { wire: 'dgram' }) },
  ]
  if (has('gcc')) {
    for (const name of ['relay', 'load'])
      execFileSync('gcc', ['-O2', '-o', `${work}/${name}`, `${import.meta.dirname}/${name}.c`])
    list.unshift(
      { name: 'c', start: () => inC() },
      { name: 'cRested', start: () => inC(Math.round(lookUsAt(calls * packetsPerSecond))) },
    )
  } else throw new Error('gcc is needed for the callers and the C relay: apt install gcc libc6-dev')
  if (has('rtpengine')) {
    list.push({
      name: 'rtpengine',
      start: ports => Rtpengine.start({ ports, address, folder: null, wrap: asPeer }),
    })
    list.push({
      name: 'rtpengineRecorded',
      start: ports => Rtpengine.start({ ports, address, folder: freshFolder(), wrap: asPeer }),
    })
  } else reasons['rtpengine'] = 'not installed (apt install rtpengine-daemon)'
  return list
}

async function run(contestant: Contestant): Promise<Measure> {
  const [command, ...args] = onLoadCore([`${work}/load`, String(calls), address, warmSeconds, values.seconds])
  const load = spawn(command!, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface(load.stdout!)[Symbol.asyncIterator]()
  const relay = await contestant.start(await portsUntilReady(lines))
  load.stdin!.end(relay.ports.join('\n'))
  await expect(lines, 'measuring')
  const before = cpuNs(relay.pid)
  const callersBefore = cpuNs(load.pid!)
  await expect(lines, 'measured')
  const cpu = cpuNs(relay.pid) - before
  const callersPercent = (cpuNs(load.pid!) - callersBefore) / 1e7 / Number(values.seconds)
  const rssMb = rssMbOf(relay.pid)
  const figures = JSON.parse((await lines.next()).value as string) as Load
  await relay.stop()
  const { sent, received, p50Us, p99Us, maxUs } = figures
  const lossPercent = (100 * (sent - received)) / sent
  return { usPerPacket: cpu / 1000 / received, lossPercent, p50Us, p99Us, maxUs, rssMb, callersPercent }
}

/** A row for each number of calls, C and ours in turn; medians. Says the last row as one JSON object when asked. */
async function grow(sizes: number[]): Promise<void> {
  const [c, recorded] = ['c', 'oursRecorded'].map(name => contestants.find(one => one.name === name)!)
  const rows: Record<string, number>[] = []
  try {
    for (calls of sizes) {
      for (const name of Object.keys(measured)) delete measured[name]
      for (let round = 0; round < Number(values.rounds); round++)
        for (const contestant of [c!, recorded!]) (measured[contestant.name] ??= []).push(await run(contestant))
      const usPerPacket = median('oursRecorded', 'usPerPacket')!
      const row = {
        calls,
        ...(values.workers === '1' ? {} : { workers: Number(values.workers) }),
        usAPacket: round1(usPerPacket, 2)!,
        usAPacketOfC: round1(median('c', 'usPerPacket'), 2)!,
        timesC: ratio('oursRecorded', 'c')!,
        cores: round1((usPerPacket * calls * 100) / 1e6, 2)!,
        lossPercent: round1(median('oursRecorded', 'lossPercent'), 3)!,
        lossPercentOfC: round1(median('c', 'lossPercent'), 3)!,
        p50Us: round1(median('oursRecorded', 'p50Us'), 0)!,
        p99Us: round1(median('oursRecorded', 'p99Us'), 0)!,
        p99UsOfC: round1(median('c', 'p99Us'), 0)!,
        rssMb: round1(median('oursRecorded', 'rssMb'), 0)!,
        callersPercent: round1(median('oursRecorded', 'callersPercent'), 0)!,
      }
      rows.push(row)
      console.log(
        Object.entries(row)
          .map(([name, value]) => `${name} ${value}`)
          .join(', '),
      )
    }
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
  if (values.json) console.log(JSON.stringify({ sizes: rows }))
}

function rssMbOf(pid: number): number {
  return (Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024) / 1e6
}

function inC(restUs = 0): Promise<Relay> {
  return launch(asPeer([`${work}/relay`, String(calls), address, String(restUs)]))
}

type OursOptions = { wire: 'libc' | 'dgram'; isRecorded?: boolean; blockMs?: number }

function ours(ports: number[], { wire, isRecorded = false, blockMs = 0 }: OursOptions): Promise<Relay> {
  const script = `${import.meta.dirname}/media-relay.ts`
  const folder = isRecorded ? freshFolder() : '-'
  const workers = wire === 'libc' ? values.workers : '1'
  const command = [process.execPath, script, String(calls), address, wire, folder, String(blockMs), workers]
  const whole = [...command, ...ports.map(String)]
  return launch(workers === '1' ? onRelayCore(whole) : whole)
}

/** A relay that prints its ports and "ready", and ends with its input. */
async function launch(command: string[]): Promise<Relay> {
  const [program, ...args] = command
  const child = spawn(program!, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const ports = await portsUntilReady(createInterface(child.stdout!)[Symbol.asyncIterator]())
  return { ports, pid: child.pid!, stop: () => ended(child) }
}

async function ended(child: ChildProcess): Promise<void> {
  const exit = new Promise(resolve => child.once('exit', resolve))
  child.stdin?.end()
  await Promise.race([exit, pause(10_000).then(() => child.kill('SIGKILL'))])
}

async function portsUntilReady(lines: AsyncIterator<string>): Promise<number[]> {
  const ports: number[] = []
  for (;;) {
    const { value, done } = await lines.next()
    if (done) throw new Error('it ended before it was ready')
    if (value === 'ready') return ports
    ports.push(Number(value))
  }
}

async function expect(lines: AsyncIterator<string>, word: string): Promise<void> {
  const { value } = await lines.next()
  if (value !== word) throw new Error(`the callers said ${value}, not ${word}`)
}

/** Nanoseconds on a processor of all threads, from the scheduler's own account (proc(5), schedstat). */
function cpuNs(pid: number): number {
  return readdirSync(`/proc/${pid}/task`)
    .map(thread => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]))
    .reduce((sum, ns) => sum + ns, 0)
}

/** Ours asks for its priority itself, and for its media thread only. */
function onRelayCore(command: string[]): string[] {
  return pin ? ['taskset', '-c', '1', ...command] : command
}

function asPeer(command: string[]): string[] {
  return onRelayCore(mayTakePrecedence ? ['chrt', '-r', '1', ...command] : command)
}

function onLoadCore(command: string[]): string[] {
  const preferred = mayTakePrecedence ? ['chrt', '-r', '1', ...command] : command
  return pin ? ['taskset', '-c', '0', ...preferred] : preferred
}

function freshFolder(): string {
  const folder = mkdtempSync(`${work}/recordings-`)
  mkdirSync(`${folder}/spool`)
  return folder
}

function has(program: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some(folder => existsSync(`${folder}/${program}`))
}

function median(name: string, key: keyof Measure): number | null {
  const all = measured[name]?.map(measure => measure[key]).sort((a, b) => a - b)
  if (!all?.length) return null
  const middle = all.length >> 1
  return all.length % 2 ? all[middle]! : (all[middle - 1]! + all[middle]!) / 2
}

function ratio(name: string, against: string): number | null {
  const [a, b] = [median(name, 'usPerPacket'), median(against, 'usPerPacket')]
  return a === null || b === null ? null : Math.round((a / b) * 100) / 100
}

function round1(value: number | null, digits = 1): number | null {
  return value === null ? null : Number(value.toFixed(digits))
}

function summarise() {
  const names = contestants.map(contestant => contestant.name)
  return {
    relayVsC: ratio('ours', 'c'),
    relayVsRtpengine: ratio('ours', 'rtpengine'),
    recordedVsC: ratio('oursRecorded', 'c'),
    relayVsRestedC: ratio('ours', 'cRested'),
    recordedVsRtpengine: ratio('oursRecorded', 'rtpengineRecorded'),
    lossPercent: round1(Math.max(median('ours', 'lossPercent')!, median('oursRecorded', 'lossPercent')!), 3),
    p99AddedMs: round1(median('ours', 'p99Us')! / 1000, 3),
    p99AddedRecordedMs: round1(median('oursRecorded', 'p99Us')! / 1000, 3),
    p99AddedBlockedMs: round1(median('oursBlocked', 'p99Us')! / 1000, 3),
    p99OfCMs: round1(median('c', 'p99Us')! / 1000, 3),
    usPerPacket: Object.fromEntries(
      names.filter(name => name !== 'oursBlocked').map(name => [name, round1(median(name, 'usPerPacket'), 2)]),
    ),
    coresFor500RecordedCalls: round1((median('oursRecorded', 'usPerPacket')! * 500 * 100) / 1e6, 2),
    calls,
    reasons,
  }
}

function describe({ usPerPacket, lossPercent, p50Us, p99Us }: Measure): string {
  return `${usPerPacket.toFixed(2)} µs a packet, p50 ${p50Us} µs, p99 ${p99Us} µs, lost ${lossPercent.toFixed(3)} %`
}

function page(): string {
  const rows = contestants
    .map(({ name }) => {
      const cpu = name === 'oursBlocked' ? '–' : median(name, 'usPerPacket')!.toFixed(2)
      const against = name === 'oursBlocked' ? '–' : (ratio(name, 'c') ?? '–')
      const latency = `${median(name, 'p50Us')!.toFixed(0)} | ${median(name, 'p99Us')!.toFixed(0)}`
      return `| ${titles[name]} | ${cpu} | ${against} | ${latency} | ${median(name, 'lossPercent')!.toFixed(3)} |`
    })
    .join('\n')
  const absent = Object.entries(reasons).map(([name, why]) => `\nNot measured: ${name}, ${why}.\n`)
  return `## Media: one relayed packet

\`npm run bench:media -- --calls ${calls} --seconds ${values.seconds} --rounds ${values.rounds}\` on ${cpus().length} × ${cpus()[0]!.model}, loopback, G.711 at
20 ms, ${calls} calls, node ${process.version}${pin ? ', relay and callers pinned to one core each' : ''}${mayTakePrecedence ? ', packet threads of all at real-time priority' : ''}. Medians of rounds taken in turn; other work ran on the
machine, so only the ratios count. Goals: plain ≤ 1.15 × C and ≤ 0.70 × rtpengine; recorded ≤ 1.25 × C and ≤ 0.70 × rtpengine with pcap; p99 ≤ 1 ms.

| relay | CPU µs a packet | × C | p50 µs | p99 µs | lost % |
| --- | --- | --- | --- | --- | --- |
${rows}

The loop of a media thread looks every 250 to 500 µs while 40 calls or more are relayed, when some eight datagrams have come (\`src/rtp/libc-wire.ts\`), and then relays them at once:
half of what a packet costs a relay that sleeps until it comes is being woken, and waking whoever waits for it. That is why ours may stand below
the C relay, which is woken for each packet and stays the yardstick of the goals; the row of the same C with the same rest says what the language
costs. The price is the rest itself: added to every packet, 0.13 to 0.3 ms in the mean. The callers (\`bench/load.c\`) look every 50 µs and are told by the kernel when a
packet came; until 27 November each packet woke them, which the relays paid for, and from 500 calls on they filled their core, where the kernel
stops a real-time thread for 50 ms of each second. Counted from 6 s after the first packet, when all is compiled (3 s until
28 November, when V8’s threads still took 0.4 µs a packet; 1 s until the 26th).

The recordings differ: ours are stereo WAV in the law of the call, aligned on one timeline and sealed; rtpengine's are pcap of all packets.
${limit()}${absent.join('')}`
}

/** Where C itself does not reach the goal against rtpengine, the goal says more of the machine than of the relay. */
function limit(): string {
  const share = ratio('c', 'rtpengine')
  if (share === null || share <= 0.7) return ''
  return `
On this machine the C relay, the practical limit of one socket a leg, stands at ${share} × rtpengine (0.61 where the goal of 0.70 was set: a packet's
way through the kernel cost 8.9 µs there), so a relay that is woken for each packet does not reach the goal against rtpengine here.
`
}

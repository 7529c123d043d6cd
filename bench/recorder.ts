/**
 * `npm run bench:recorder [-- --recordings 500 --seconds 10 --folder DIR --json]`: the recording thread as the service runs it, on a real disk,
 * while another thread leaves packets of both sides of so many calls in shared memory: CPU of the recording thread, how far what is on the disk
 * is behind, whether anything was lost, and how long sealing (sync and hash) takes when all calls end at once.
 */
import { closeSync, existsSync, fstatSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { isMainThread, Worker, workerData } from 'node:worker_threads'
import { processMonotonic } from '../src/lib/clock.ts'
import { workerFile } from '../src/lib/places.ts'
import { isUp } from '../src/lib/up.ts'
import type { RecorderReport, RecorderRequest } from '../src/rtp/control.ts'
import { payloadTypeOf } from '../src/rtp/g711.ts'
import { agent, customer, type RingMemory, RingWriter, ringMemory } from '../src/rtp/recording-ring.ts'
import { wavHeaderBytes } from '../src/rtp/wav.ts'
import { octetsOf } from '../src/rtp/wire.ts'

type Speech = { rings: RingMemory[]; startMs: number; end: SharedArrayBuffer }

const pcma = payloadTypeOf.pcma
const bytesPerMs = 16
/** The two sides say these, so that what lies on the disk can be looked at. */
const octetOf = { [customer]: 0x11, [agent]: 0x22 }

if (isMainThread) await measure()
else speak(workerData as Speech)

async function measure(): Promise<void> {
  const { values } = parseArgs({
    options: {
      recordings: { type: 'string', default: '500' },
      seconds: { type: 'string', default: '10' },
      folder: { type: 'string', default: tmpdir() },
      json: { type: 'boolean', default: false },
    },
  })
  const count = within('recordings', values.recordings, 1, 1000)
  const seconds = within('seconds', values.seconds, 3, 600)
  const folder = mkdtempSync(join(values.folder, 'switchroom-bench-recorder-'))
  try {
    const found = await run(folder, count, seconds)
    for (const [name, value] of Object.entries(found)) console.log(`${name.padEnd(22)} ${value}`)
    if (values.json) console.log(JSON.stringify(found))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function run(folder: string, count: number, seconds: number) {
  const now = processMonotonic()
  const closed: Extract<RecorderReport, { type: 'closed' }>[] = []
  const trouble: string[] = []
  const recorder = new Worker(workerFile('rtp/recording-worker'), { name: 'recording' })
  recorder.on('message', (report: RecorderReport) => {
    if (isUp(report)) return
    if (report.type === 'closed') closed.push(report)
    else if (report.type === 'failed') trouble.push(report.reason)
    else if (report.type === 'disk') trouble.push(`disk ${report.state}`)
  })
  await new Promise(resolve => recorder.once('message', resolve))
  const tell = (request: RecorderRequest) => recorder.postMessage(request)
  const rings = Array.from({ length: count }, ringMemory)
  const startMs = now()
  for (const memory of rings) RingWriter.begin(memory, pcma, startMs)
  const fileOf = (n: number) => join(folder, `${n}.wav`)
  for (const [n, memory] of rings.entries())
    tell({ type: 'record', recording: String(n), file: fileOf(n), memory, payloadType: pcma, startMs })
  const end = new SharedArrayBuffer(4)
  const speaker = new Worker(import.meta.filename, {
    name: 'speaker',
    workerData: { rings, startMs, end } satisfies Speech,
  })
  for (const until = now() + 30_000; !existsSync(fileOf(count - 1)) && now() < until; ) await sleep(10)
  const createAllMs = now() - startMs
  await sleep(1500)
  const files = rings.map((_, n) => openSync(fileOf(n), 'r'))
  const begun = { at: now(), cpuMs: cpuMsOf('recording') }
  const behind: number[] = []
  while (now() - begun.at < seconds * 1000) {
    await sleep(100)
    for (const fd of files) behind.push(now() - startMs - (fstatSync(fd).size - wavHeaderBytes) / bytesPerMs)
  }
  const cpuMs = cpuMsOf('recording') - begun.cpuMs
  const ms = now() - begun.at
  for (const fd of files) closeSync(fd)
  const endMs = now()
  Atomics.store(new Int32Array(end), 0, 1)
  await new Promise(resolve => speaker.once('exit', resolve))
  const sealing = { at: now(), cpuMs: cpuMsOf('recording') }
  for (let n = 0; n < count; n++) tell({ type: 'stop', recording: String(n), endMs })
  const sealedMs: number[] = []
  for (const until = now() + 60_000; closed.length < count && now() < until && !trouble.length; await sleep(5))
    for (let n = sealedMs.length; n < closed.length; n++) sealedMs.push(now() - sealing.at)
  const sealCpuMs = cpuMsOf('recording') - sealing.cpuMs
  await recorder.terminate()
  if (closed.length < count)
    throw new Error(`${closed.length} of ${count} recordings were sealed: ${trouble.join(', ')}`)
  behind.sort((a, b) => a - b)
  return {
    recordings: count,
    seconds,
    createAllMs: round(createAllMs, 0),
    cpuPercent: round((100 * cpuMs) / ms, 2),
    cpuUsAPacket: round((cpuMs * 1000) / (count * 100 * (ms / 1000)), 3),
    kbASecond: round((count * bytesPerMs * 1000) / 1000, 0),
    behindP50Ms: round(behind[behind.length >> 1]!, 0),
    behindP99Ms: round(behind[Math.floor(behind.length * 0.99)]!, 0),
    behindMaxMs: round(behind.at(-1)!, 0),
    lostMs: closed.reduce((sum, { lostMs }) => sum + lostMs, 0),
    missingPercent: round(100 * missing(fileOf(0), endMs - startMs), 2),
    sealAllMs: round(now() - sealing.at, 0),
    sealCpuMs: round(sealCpuMs, 0),
    trouble: trouble.join(', ') || 'none',
    machine: `${cpus().length} × ${cpus()[0]?.model}`,
  }
}

/** Says a packet on each side of each call every 20 ms, in a millisecond of its own, as the relay loop would. */
function speak({ rings, startMs, end }: Speech): void {
  const now = processMonotonic()
  const writers = rings.map(memory => new RingWriter(memory, pcma, startMs))
  const packets = {
    [customer]: octetsOf(new Uint8Array(172).fill(octetOf[customer])),
    [agent]: octetsOf(new Uint8Array(172).fill(octetOf[agent])),
  }
  const state = new Int32Array(end)
  const fromMs = Math.ceil(now() - startMs)
  for (let slot = fromMs; Atomics.load(state, 0) === 0; ) {
    for (; slot <= now() - startMs; slot++)
      for (let n = slot % 20; n < writers.length; n += 20)
        for (const channel of [customer, agent] as const)
          writers[n]!.write(channel, 1 + channel, slot * 8, packets[channel], 12, 172, pcma, startMs + slot)
    Atomics.wait(state, 0, 0, 1)
  }
}

/** The share of both sides' sound, from a second after the beginning on, that is not on the disk. */
function missing(file: string, durationMs: number): number {
  const sound = readFileSync(file).subarray(
    wavHeaderBytes + 1000 * bytesPerMs,
    wavHeaderBytes + Math.floor(durationMs - 50) * bytesPerMs,
  )
  let wrong = 0
  for (let at = 0; at < sound.length; at++)
    if (sound[at] !== ((at & 1) === 0 ? octetOf[customer] : octetOf[agent])) wrong++
  return wrong / sound.length
}

function cpuMsOf(name: string): number {
  return readdirSync('/proc/self/task')
    .map(thread => `/proc/self/task/${thread}`)
    .filter(task => readFileSync(`${task}/comm`, 'utf8').trim() === name)
    .reduce((sum, task) => sum + Number(readFileSync(`${task}/schedstat`, 'utf8').split(' ')[0]) / 1e6, 0)
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}

function within(name: string, found: string, least: number, most: number): number {
  const value = Number(found)
  if (Number.isInteger(value) && value >= least && value <= most) return value
  console.error(`bench:recorder: --${name} found ${found}, allowed: a whole number from ${least} to ${most}`)
  process.exit(2)
}

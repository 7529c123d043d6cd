/**
 * Entry of the generator's process: the carrier with customers who talk for as long as they are let and with numbers that are busy at once, and
 * agents who sign in over HTTP and speak through a browser's leg. Started by `bench/busy-floor.ts`.
 */
import type { LegId } from '../../src/lib/ids.ts'
import { seededRandom } from '../../src/lib/random.ts'
import type { Bay } from '../../src/rtp/bay.ts'
import { loadLibc, nativeMemory } from '../../src/rtp/libc.ts'
import { Carrier } from '../../src/sim/carrier/carrier.ts'
import { scenarioSchema } from '../../src/sim/carrier/scenario.ts'
import { openLine } from '../../src/sim/line.ts'
import { DtlsContext } from '../../src/webrtc/dtls.ts'
import { createDtlsIdentity } from '../../src/webrtc/identity.ts'
import { signIn } from '../soak/staff.ts'
import { Pace, type PaceFound } from './pace.ts'
import { Browser, type Delays, Talk } from './talk.ts'

/** `seconds`: of talk that are measured, at most. */
export type FarOrder = { address: string; talkers: string[]; seconds: number }
export type AgentsOrder = { url: string; names: string[]; password: string; silent: string[] }
export type FarSums = {
  sent: number
  received: number
  p50Us: number
  p99Us: number
  maxUs: number
  steady: SteadyFound | null
  talking: number
  offered: number
  failed: number
  cpuMs: number
  faults: Record<string, number>
}

/** Of the packets that came while the processor kept its pace (`pace.ts`), and of those among them for which this generator was on time. */
export type SteadyFound = {
  atPace: SharesOfPackets
  onTime: SharesOfPackets
  slowPercent: number
  slowestTimes: number
}
/** `percent`: what part of all they are; no packets, no figures. */
type SharesOfPackets = { percent: number; p50Us: number; p99Us: number } | null

const customersPort = 20_001
const browsersPort = 20_002
const signInsAtOnce = 4
/** Nothing is under way any more. */
const hushMs = 400

const faults = new Map<string, number>()
const onFault = (error: unknown, doing: string) => {
  const words = `${doing}: ${error instanceof Error ? error.message : String(error)}`.slice(0, 200)
  if (faults.size < 50 || faults.has(words)) faults.set(words, (faults.get(words) ?? 0) + 1)
}
process.once('disconnect', () => process.exit(0))
process.once('message', order => void start(order as FarOrder))

async function start({ address, talkers, seconds }: FarOrder): Promise<void> {
  const scenario = scenarioSchema.parse({
    listen: [`udp:${address}:0`],
    mediaAddress: address,
    postDialMs: 100,
    people: [
      { kind: 'busy', weight: 1, afterMs: 50 },
      { kind: 'declines', weight: 1, ringMs: 200 },
    ],
    numbers: Object.fromEntries(talkers.map(number => [number, { kind: 'answers', ringMs: 300, talkMs: null }])),
  })
  const talk = new Talk({ address, customers: customersPort, browsers: browsersPort })
  const random = seededRandom(scenario.seed)
  const line = await openLine({
    name: 'carrier of the bench',
    listen: scenario.listen,
    mediaAddress: address,
    mediaPorts: { from: 20_100, to: 20_200 },
    random,
    voices: {},
    onFault,
  })
  const carrier = new Carrier({
    scenario,
    ua: line.ua,
    bay: customersBay(talk, address),
    random,
    now: line.now,
    after: line.after,
    flush: line.flush,
    recordTo: null,
    log: () => undefined,
  })
  line.onEvent(event => carrier.take(event))
  let pace: Pace | null = null
  process.on('message', async (ask: AgentsOrder | 'begin' | 'end' | 'sums') => {
    const { user, system } = process.cpuUsage()
    if (ask === 'begin' || ask === 'end') {
      talk.hush()
      await new Promise(done => setTimeout(done, hushMs))
      if (ask === 'begin') {
        takePrecedence()
        pace = new Pace(seconds)
        talk.speak(seconds)
      }
    } else if (ask !== 'sums')
      await bringAgents(talk, ask).catch(error => {
        onFault(error, 'agents')
      })
    const { sent, received, delays, lateAtUs } = talk.sums
    const sorted = ask === 'end' ? delays.us.slice(0, delays.count).sort() : new Uint32Array(0)
    process.send!({
      sent,
      received,
      ...{ p50Us: at(sorted, 0.5), p99Us: at(sorted, 0.99), maxUs: at(sorted, 1) },
      steady: ask === 'end' && pace !== null ? steadyOf(await pace.end(lateAtUs), delays) : null,
      talking: carrier.figures.talking,
      offered: carrier.figures.offered,
      failed: carrier.figures.failed,
      cpuMs: (user + system) / 1000,
      faults: Object.fromEntries(faults),
    } satisfies FarSums)
  })
  process.send!({ carrierPort: line.bound[0]!.port })
}

function steadyOf(found: PaceFound | null, { us, atUs, fromUs, count }: Delays): SteadyFound | null {
  if (found === null) return null
  const those = (isOne: (atUs: number) => boolean) => {
    const sorted = us
      .slice(0, count)
      .filter((_, packet) => isOne(fromUs + atUs[packet]!))
      .sort()
    const figures = { p50Us: at(sorted, 0.5), p99Us: at(sorted, 0.99) }
    return sorted.length === 0 ? null : { percent: (100 * sorted.length) / count, ...figures }
  }
  const { slowPercent, slowestTimes } = found
  return { atPace: those(found.isAtPace), onTime: those(found.isSteady), slowPercent, slowestTimes }
}

function at(sorted: Uint32Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

/**
 * A generator that waits for a processor between stamping a packet and sending it would measure itself; so it goes before the other work of this
 * machine where that is permitted, as the media thread does.
 */
function takePrecedence(): void {
  const [thisThread, roundRobin] = [0, 2]
  const priority = nativeMemory(4)
  new DataView(priority.bytes.buffer).setInt32(0, 1, true)
  loadLibc()?.sched_setscheduler(thisThread, roundRobin, priority.address)
}

/** Each signs in, connects its audio and goes ready, some at a time; those of `silent` are there and say nothing. */
async function bringAgents(talk: Talk, { url, names, password, silent }: AgentsOrder): Promise<void> {
  const identity = await createDtlsIdentity(Date.now())
  const context = new DtlsContext(identity)
  const bring = async (name: string) => {
    const cookie = await signIn(url, name, password)
    const ask = async (method: string, path: string, body: string, type: string) => {
      const headers = { cookie, 'sec-fetch-site': 'same-origin', 'hx-request': 'true', 'content-type': type }
      const response = await fetch(url + path, { method, headers, body })
      const text = await response.text()
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 120)}`)
      return text
    }
    const browser = new Browser(talk, context, identity.fingerprint)
    const answer = await ask('POST', '/agent/audio', JSON.stringify({ sdp: browser.offer }), 'application/json')
    const far = await browser.connect((JSON.parse(answer) as { sdp: string }).sdp)
    if (!silent.includes(name)) talk.add(far, browser)
    const form = 'application/x-www-form-urlencoded'
    await ask('PUT', '/agent/state', 'state=signed_on', form)
    await ask('PUT', '/agent/state', 'state=ready', form)
  }
  const waiting = [...names]
  await Promise.all(
    Array.from({ length: signInsAtOnce }, async () => {
      for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) await bring(name)
    }),
  )
}

/** The carrier's media: each of its legs is one more who speaks over the customers' socket. */
function customersBay(talk: Talk, address: string): Bay {
  const legs = new Map<LegId, ReturnType<Talk['add']>>()
  const answered = new Set<LegId>()
  const remotes = new Map<LegId, { address: string; port: number }>()
  const begin = (leg: LegId) => {
    const remote = remotes.get(leg)
    if (remote !== undefined && answered.has(leg) && !legs.has(leg)) legs.set(leg, talk.add(remote, null))
  }
  const none = (what: string) => () => {
    throw new Error(`a customer of the bench cannot ${what}`)
  }
  return {
    open: async () => ({ address, port: customersPort }),
    configure(leg, { remote }) {
      remotes.set(leg, remote)
      begin(leg)
    },
    play(leg) {
      answered.add(leg)
      begin(leg)
    },
    close(leg) {
      const speaker = legs.get(leg)
      if (speaker !== undefined) talk.remove(speaker)
      for (const all of [legs, remotes, answered]) all.delete(leg)
    },
    stopPlay: () => undefined,
    expectSound: () => undefined,
    learn: () => undefined,
    say: none('say a sentence of parts'),
    restartIce: none('restart ICE'),
    listen: none('be listened to'),
    teach: none('be taught'),
    identify: none('identify a sound'),
    stopRecording: () => undefined,
    unpatch: () => undefined,
    mix: none('sit in a room'),
    supervise: none('supervise'),
    patch: none('be patched'),
    sendDigits: none('press keys'),
    record: none('be recorded'),
    keepIn: () => undefined,
    salvage: none('be salvaged'),
    loads: () => [],
    hasSpare: () => false,
    way: () => 'dgram',
    figures: async () => [],
    onEvent: () => undefined,
    failed: new Promise<Error>(() => undefined),
    async [Symbol.asyncDispose]() {
      talk.close()
    },
  }
}

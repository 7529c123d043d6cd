/**
 * The engine with the real centre, the real store and 100,000 leads in its file: 500 agents in a progressive campaign whose calls are played
 * by a fake phone, at 500 inputs a second and more. What is told: the cost of one decision (decide, apply, proceed), the time from dispatch to
 * durable, and the delay of the main loop meanwhile. `--json` prints one JSON object last; `--seconds N` measures longer than 20 s.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Campaign, Lead, Trunk, User } from '../src/centre/entities.ts'
import type { Fact } from '../src/centre/facts.ts'
import type { Input } from '../src/centre/inputs.ts'
import { bootEngine } from '../src/engine/boot.ts'
import { type Centre, centre } from '../src/engine/centre.ts'
import type { Engine } from '../src/engine/engine.ts'
import type { MediaEffect, PhoneEffect } from '../src/engine/ports.ts'
import { systemClock } from '../src/lib/clock.ts'
import type { CallId, LegId, TrunkId, UserId } from '../src/lib/ids.ts'
import { createLogger } from '../src/lib/log.ts'
import { seededRandom } from '../src/lib/random.ts'
import { Store } from '../src/store/store.ts'

const agents = 500
const leads = 100_000
const warmUpMs = 8_000
const seconds = Number(process.argv[process.argv.indexOf('--seconds') + 1]) || 20
/** Five inputs a call; 500 agents with a call about every four seconds give more than 500 a second. */
const ringMs = 700
const talkMs = 2_000
const wrapMs = 1_000

/** Twenty E1 gateways of 30 channels. */
const trunkIds = Array.from({ length: 20 }, (_, n) => `t_${n}` as TrunkId)

const clock = systemClock
const random = seededRandom(1)
const folder = mkdtempSync(path.join(tmpdir(), 'switchroom-bench-'))
const users = Array.from({ length: agents }, (_, n) => userOf(n))
const campaign = campaignOf(users.map(user => user.id))

const latencies: number[] = []
/** `us`: of each input with all that follows. */
const decisions = { made: 0, us: [] as number[] }
let measuring = false
let over = false
let inputs = 0
let refused = 0
let engine: Engine

const store = await Store.open({ file: path.join(folder, 'a.db'), keyFile: path.join(folder, 'key'), now: clock.now() })
try {
  await fill()
  engine = await bootEngine({
    store,
    ports: { phone: { perform: phone }, media: { perform: media } },
    salvage: async () => Promise.reject(new Error('nothing to salvage')),
    clock,
    log: createLogger('warn'),
    version: 'bench',
    lab: true,
    centre: timed(centre),
  })
  await measure()
  over = true
  await engine.stop()
} finally {
  await store[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
}

async function fill(): Promise<void> {
  const save = (...facts: Fact[]) =>
    store.commit({ recorded: facts.map(fact => ({ at: clock.now(), actor: 'system', fact })) })
  await save(...users.map((user): Fact => ({ type: 'user.saved', user })))
  await save(...trunkIds.map((id): Fact => ({ type: 'trunk.saved', trunk: trunkOf(id) })))
  await save({ type: 'campaign.saved', campaign })
  for (let n = 0; n < leads; n += 500) {
    const slice = Array.from({ length: 500 }, (_, at) => leadOf(n + at))
    await save({ type: 'leads.added', campaign: campaign.id, import: 'i_1' as never, leads: slice })
  }
}

async function measure(): Promise<void> {
  engine.start()
  for (const trunk of trunkIds) say({ type: 'trunk.up', trunk })
  for (const { id } of users) {
    say({ type: 'agent.signOn', agent: id })
    say({ type: 'station.up', agent: id, leg: `station_${id}` as LegId })
    say({ type: 'agent.ready', agent: id })
    await new Promise(resolve => setTimeout(resolve, 5)) // people do not sign on in one instant
  }
  await new Promise(resolve => setTimeout(resolve, warmUpMs))
  const loop = monitorEventLoopDelay({ resolution: 1 })
  loop.enable()
  measuring = true
  const began = clock.monotonic()
  const cpu = process.cpuUsage()
  await new Promise(resolve => setTimeout(resolve, seconds * 1_000))
  measuring = false
  loop.disable()
  const elapsedS = (clock.monotonic() - began) / 1_000
  const { user, system } = process.cpuUsage(cpu)
  const spentUs = decisions.us.reduce((total, us) => total + us, 0)
  const result = {
    decisionUs: round(spentUs / decisions.made),
    durableP99Ms: round(percentile(latencies, 0.99)),
    loopDelayP99Ms: round(loop.percentile(99) / 1e6),
    inputUs: round(spentUs / decisions.us.length),
    inputP50Us: round(percentile(decisions.us, 0.5)),
    inputP99Us: round(percentile(decisions.us, 0.99)),
    durableP50Ms: round(percentile(latencies, 0.5)),
    durableMaxMs: round(Math.max(...latencies)),
    inputsPerSecond: round(inputs / elapsedS),
    callsInHand: engine.state.calls.size,
    refused,
    cpuPercentOfOneCore: round((user + system) / 1e4 / elapsedS),
    agents,
    leads,
    seconds,
  }
  if (!process.argv.includes('--json')) console.table(result)
  console.log(JSON.stringify(result))
}

/** Every input goes through the door that answers when it is durable, so that all of them are timed. */
function say(input: Input): void {
  if (over) return
  const sentAt = clock.monotonic()
  if (measuring) inputs++
  engine.dispatch(input, 'system').then(
    outcome => {
      if (measuring) latencies.push(clock.monotonic() - sentAt)
      if (measuring && !outcome.ok) refused++
    },
    error => {
      console.error(error)
      process.exit(1)
    },
  )
}

function later(ms: number, run: () => void): void {
  setTimeout(run, ms * (0.5 + random()))
}

/** The carrier and the people on both ends: rings, answers, talks, hangs up; the agent writes down the outcome. */
function phone(effect: PhoneEffect): void {
  if (effect.type === 'phone.dial') {
    const { leg, call } = effect
    later(100, () => say({ type: 'leg.ringing', leg }))
    later(100 + ringMs * 2, () => {
      say({ type: 'leg.answered', leg })
      later(talkMs, () => {
        say({ type: 'leg.ended', leg, by: 'far', sipStatus: 200, q850: 16, cause: 'bye' })
        later(wrapMs, () => dispose(call))
      })
    })
  }
}

function dispose(call: CallId): void {
  const agent = engine.state.calls.get(call)?.agent
  if (agent === null || agent === undefined || engine.state.agents.get(agent)?.phase !== 'wrapping') return
  const words = { code: 'DONE', note: '', fields: {}, callbackAt: null, callbackMine: false, next: 'ready' as const }
  say({ type: 'agent.dispose', agent, call, ...words })
}

function media(effect: MediaEffect): void {
  if (effect.type !== 'media.stopRecording') return
  const { recording } = effect
  const sealed = { sha256: '0'.repeat(64), bytes: 48_000, durationMs: 3_000, salvaged: false }
  later(20, () => say({ type: 'recording.closed', recording, ...sealed }))
}

/**
 * A decision is one `decide`, or one `proceed` that decided something, with its facts applied; the `proceed` that finds nothing more to do is
 * counted into their time. Wall clock, so what else the machine does is in it.
 */
function timed(real: Centre): Centre {
  let began = 0
  return {
    ...real,
    decide(state, input, moment) {
      began = clock.monotonic()
      if (measuring) decisions.made++
      return real.decide(state, input, moment)
    },
    proceed(state, moment) {
      const more = real.proceed(state, moment)
      if (more !== null && measuring) decisions.made++
      if (more === null && measuring) {
        decisions.us.push((clock.monotonic() - began) * 1_000)
      }
      return more
    },
  }
}

function percentile(values: number[], part: number): number {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}

function round(value: number): number {
  return Number(value.toPrecision(3))
}

function trunkOf(id: TrunkId): Trunk {
  return {
    id,
    name: id,
    host: '127.0.0.1',
    port: 5060,
    transport: 'udp',
    register: false,
    username: null,
    callerIds: ['+861062000000', '+861062000001'],
    maxCalls: 30,
    callsPerSecond: 10,
    codecs: ['pcma'],
    enabled: true,
  }
}

function userOf(n: number): User {
  return {
    id: `u_${n}` as UserId,
    name: `agent${n}`,
    displayName: `Agent ${n}`,
    role: 'agent',
    extension: null,
    station: 'browser',
    skills: [],
    numbersMasked: true,
    language: 'zh-CN',
    enabled: true,
  }
}

function campaignOf(agentIds: UserId[]): Campaign {
  return {
    id: 'k_1' as Campaign['id'],
    name: 'bench',
    business: 'sales',
    mode: 'progressive',
    state: 'running',
    trunks: trunkIds,
    agents: agentIds,
    policy: 'LAB-ANY-HOUR',
    ringMs: 30_000,
    wrapMs: 60_000,
    previewMs: 30_000,
    abandonRateMax: 0.03,
    retries: [],
    dispositions: [{ code: 'DONE', words: { 'zh-CN': '完成', en: 'Done' }, followUp: 'done' }],
  }
}

function leadOf(n: number): Lead {
  return {
    id: `l_${String(n).padStart(6, '0')}` as Lead['id'],
    campaign: campaign.id,
    ref: `R${n}`,
    name: `Carl ${n}`,
    phones: [{ number: `+86138${String(10_000_000 + n)}`, relation: 'SELF' }],
    fields: { product: 'instalment', city: 'Beijing', limit: '50000' },
  }
}

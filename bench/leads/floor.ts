/** A floor that dials without a pause: 60 agents, lines that are busy or answered within moments, so that leads are fetched all the time. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Campaign, Trunk, User } from '../../src/centre/entities.ts'
import type { Input } from '../../src/centre/inputs.ts'
import { bootEngine } from '../../src/engine/boot.ts'
import type { Engine } from '../../src/engine/engine.ts'
import type { PhoneEffect } from '../../src/engine/ports.ts'
import { systemClock } from '../../src/lib/clock.ts'
import type { CampaignId, LegId, TrunkId, UserId } from '../../src/lib/ids.ts'
import { createLogger } from '../../src/lib/log.ts'
import { seededRandom } from '../../src/lib/random.ts'
import type { Store } from '../../src/store/store.ts'

export const campaignId = 'k_1' as CampaignId
const agents = Array.from({ length: 60 }, (_, n) => `u_${n}` as UserId)
const trunks = Array.from({ length: 20 }, (_, n) => `t_${n}` as TrunkId)

export type Dialled = {
  callsPerSecond: number
  loopDelayP50Ms: number
  loopDelayP99Ms: number
  loopDelayMaxMs: number
  fetches: number
  fetchP50Ms: number
  fetchMaxMs: number
  durableP99Ms: number
}

/** Dials for `seconds`, while `meanwhile` does something else, and says what it came to. */
export async function dialFor(store: Store, seconds: number, meanwhile: () => Promise<void>): Promise<Dialled> {
  const random = seededRandom(1)
  const fetches: number[] = []
  const commits: number[] = []
  let engine: Engine | null = null
  let over = false
  let calls = 0
  const post = (input: Input) => over || engine?.post(input, 'system')
  const later = (ms: number, input: Input) => setTimeout(() => post(input), ms * (0.5 + random()))
  const phone = (effect: PhoneEffect) => {
    if (effect.type !== 'phone.dial') return
    calls++
    const { leg } = effect
    later(10, { type: 'leg.ringing', leg })
    later(200, { type: 'leg.ended', leg, by: 'carrier', sipStatus: 486, q850: 17, cause: 'rejected' })
  }
  engine = await bootEngine({
    store: timed(store, fetches, commits),
    ports: { phone: { perform: phone }, media: { perform: () => {} } },
    salvage: async () => Promise.reject(new Error('nothing to salvage')),
    clock: systemClock,
    log: createLogger('warn'),
    version: 'bench',
    lab: true,
  })
  engine.start()
  for (const trunk of trunks) post({ type: 'trunk.up', trunk })
  for (const agent of agents) {
    post({ type: 'agent.signOn', agent })
    post({ type: 'station.up', agent, leg: `st_${agent}` as LegId })
    post({ type: 'agent.ready', agent })
  }
  await sleep(3_000)
  const loop = monitorEventLoopDelay({ resolution: 1 })
  const before = calls
  const began = performance.now()
  fetches.length = commits.length = 0
  loop.enable()
  await Promise.all([sleep(seconds * 1_000), meanwhile()])
  loop.disable()
  const took = (performance.now() - began) / 1_000
  const figures = {
    callsPerSecond: (calls - before) / took,
    loopDelayP50Ms: loop.percentile(50) / 1e6,
    loopDelayP99Ms: loop.percentile(99) / 1e6,
    loopDelayMaxMs: loop.max / 1e6,
    fetches: fetches.length,
    fetchP50Ms: percentile(fetches, 0.5),
    fetchMaxMs: percentile(fetches, 1),
    durableP99Ms: percentile(commits, 0.99),
  }
  over = true
  await engine.stop(2_000)
  return figures
}

/** The same store; how long reads of due leads and commits take is noted. */
function timed(store: Store, fetches: number[], commits: number[]): Store {
  return new Proxy(store, {
    get(target, name) {
      const value = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      if (name !== 'read' && name !== 'commit') return value.bind(target)
      return async (...args: unknown[]) => {
        const began = performance.now()
        const answer = await value.apply(target, args)
        if (name === 'read' && args[0] === 'leads.due') fetches.push(performance.now() - began)
        if (name === 'commit') commits.push(performance.now() - began)
        return answer
      }
    },
  })
}

export function percentile(values: number[], part: number): number {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}

const sleep = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms))

export function benchTrunks(): Trunk[] {
  return trunks.map(id => ({
    id,
    name: id,
    host: '127.0.0.1',
    port: 5060,
    transport: 'udp',
    register: false,
    username: null,
    callerIds: ['+861062000000'],
    maxCalls: 30,
    callsPerSecond: 10,
    codecs: ['pcma'],
    enabled: true,
  }))
}

export function benchAgents(): User[] {
  return agents.map(id => ({
    id,
    name: id,
    displayName: id,
    role: 'agent',
    extension: null,
    station: 'browser',
    skills: [],
    numbersMasked: true,
    language: 'zh-CN',
    enabled: true,
  }))
}

export const benchCampaign: Campaign = {
  id: campaignId,
  name: 'bench',
  business: 'sales',
  mode: 'progressive',
  state: 'running',
  trunks,
  agents,
  policy: 'LAB-ANY-HOUR',
  ringMs: 30_000,
  wrapMs: 15_000,
  previewMs: 30_000,
  abandonRateMax: 0.03,
  retries: [],
  quotas: [{ segment: null, count: 'connected', max: 10_000_000 }],
  dispositions: [{ code: 'done', words: { 'zh-CN': '完成', en: 'Done' }, followUp: 'done' }],
}

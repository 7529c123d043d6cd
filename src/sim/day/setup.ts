/** The house of a simulated day: one campaign, one trunk, agents in browsers, and numbers that nobody has. */
import type { BufferedLead, User } from '../../centre/entities.ts'
import type { Setup } from '../../centre/records/setup.ts'
import type { CampaignId, LeadId, NumberId, QueueId, TrunkId, UserId } from '../../lib/ids.ts'
import type { Scenario } from './scenario.ts'

export const campaignId = 'ca_1' as CampaignId
export const trunkId = 't_1' as TrunkId
/** What callers dial. */
export const dialledNumber = '95588'
/** People write as long as their law says; no rule cuts them off. */
const wrapMaxMs = 4 * 3_600_000
/** Where the scenario names no bound: more lines than any method needs. */
const linesPerAgent = 6

export function agentId(n: number): UserId {
  return `u_${n}` as UserId
}

/** The `nth` lead from 0, with a number of its own. */
export function leadOf(n: number): BufferedLead {
  return {
    id: `le_${n}` as LeadId,
    campaign: campaignId,
    ref: `${n}`,
    name: 'carl',
    phones: [{ number: numberOf(n), relation: 'SELF' }],
    fields: {},
    consent,
    attempts: 0,
    dueAt: 0,
    callback: null,
    callbackAgent: null,
  }
}

const consent = { basis: 'simulated', evidence: 'a person made up' }

function numberOf(n: number): string {
  return `+861${38 + Math.floor(n / 1e8)}${String(n % 1e8).padStart(8, '0')}`
}

export function indexOf(lead: LeadId): number {
  return Number(lead.slice(3))
}

export function setupOf(scenario: Scenario): Setup {
  const agents = Array.from({ length: scenario.agents }, (_, n) => agentId(n))
  return {
    users: agents.map((id, n): User => {
      const name = { name: `alice${n}`, displayName: `Alice ${n}`, extension: null, skills: [] }
      return { id, ...name, role: 'agent', station: 'browser', numbersMasked: false, language: 'en', enabled: true }
    }),
    trunks: [
      {
        id: trunkId,
        name: 'carrier',
        host: '127.0.0.1',
        port: 5060,
        transport: 'udp',
        register: false,
        username: null,
        callerIds: ['02155550001', '02155550002', '02155550003', '02155550004'],
        maxCalls: scenario.maxLines ?? Math.max(20, scenario.agents * linesPerAgent),
        callsPerSecond: scenario.callsPerSecond,
        codecs: ['pcma'],
        enabled: true,
      },
    ],
    ...callersOf(scenario, agents),
    campaigns: [
      {
        id: campaignId,
        name: 'simulated',
        business: 'sales',
        mode: scenario.mode,
        state: 'running',
        trunks: [trunkId],
        agents,
        policy: scenario.policy,
        ringMs: scenario.ringMs,
        wrapMs: wrapMaxMs,
        previewMs: wrapMaxMs,
        abandonRateMax: scenario.abandonRateMax,
        occupancyMax: scenario.occupancyMax,
        ...(scenario.linesPerAgentMax === undefined ? {} : { linesPerAgentMax: scenario.linesPerAgentMax }),
        retries: scenario.retries ?? [],
        dispositions: [{ code: 'done', words: { 'zh-CN': '完成', en: 'Done' }, followUp: 'done' }],
      },
    ],
    suppressed: [],
    lab: true,
  }
}

/** The number that callers dial, and the queue that it leads to. */
function callersOf({ inbound }: Scenario, agents: UserId[]): Pick<Setup, 'numbers' | 'queues'> {
  if (inbound === undefined) return { numbers: [], queues: [] }
  const id = 'q_1' as QueueId
  const members = agents.slice(0, Math.round(agents.length * inbound.members))
  const waits = { maxWaitMs: inbound.maxWaitMs, serviceLevelMs: 20_000, callbackAfterMs: 5_000 }
  return {
    numbers: [{ id: 'n_1' as NumberId, number: dialledNumber, target: { queue: id } }],
    queues: [{ id, name: 'service', strategy: 'longest-idle', members, ...waits }],
  }
}

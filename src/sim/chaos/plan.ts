/**
 * What a seed makes of a floor before anything happens there: people, lines, queues, campaigns and the policies they keep to, leads that share
 * persons across campaigns, when people are at work, and when the process dies.
 */
import type { Business, Campaign, CampaignMode, Lead, ModeRule, Queue, Trunk, User } from '../../centre/entities.ts'
import { campaignModes } from '../../centre/entities.ts'
import type { Setup } from '../../centre/records/setup.ts'
import type { CampaignId, NumberId, QueueId, TrunkId, UserId } from '../../lib/ids.ts'
import { type Random, seededRandom } from '../../lib/random.ts'
import { menusOf } from './menus.ts'
import { between, chance, oneOf, some } from './people.ts'
import { type Person, personsOf } from './persons.ts'
import { type Home, homes, ownPolicies } from './places.ts'

export type Shift = { from: number; to: number }

export type Plan = {
  seed: number
  /** When people act, one shift after the other; in between the floor is left to itself. */
  shifts: readonly Shift[]
  setup: Setup
  leads: readonly Lead[]
  /** The process dies at the first thing that happens after each of these. */
  crashes: readonly number[]
}

/** Larger floors take longer, each step looks at all of them: few seeds have one. */
const sizes = [
  { upTo: 0.1, from: 1, to: 3 },
  { upTo: 0.75, from: 4, to: 9 },
  { upTo: 0.95, from: 10, to: 20 },
  { upTo: 1, from: 30, to: 50 },
]
const shiftMs = { from: 5 * 60_000, to: 10 * 60_000 }
const gapsMs = [20 * 60_000, 10 * 3_600_000, 24 * 3_600_000, 7 * 24 * 3_600_000]

export function planOf(seed: number): Plan {
  const random = seededRandom(seed)
  const home = chance(random, 0.5) ? homes[0]! : oneOf(random, homes)
  const draw = random()
  const size = sizes.find(({ upTo }) => draw < upTo)!
  const agents = between(random, size.from, size.to)
  const users = Array.from({ length: agents }, (_, n) => userOf(n, random))
  const ids = users.map(user => user.id)
  const trunks = Array.from({ length: between(random, 1, 3) }, (_, n) => trunkOf(n, agents, random))
  const queues = Array.from({ length: between(random, 0, 2) }, (_, n) => queueOf(n, ids, random))
  const menus = menusOf({ queues: queues.map(queue => queue.id), users: ids }, seededRandom(seed ^ 0x3e17))
  const campaigns = Array.from({ length: between(random, 1, 4) }, (_, n) =>
    campaignOf(n, n === 0 ? campaignModes[seed % campaignModes.length]! : oneOf(random, campaignModes), home, {
      agents: ids,
      trunks: trunks.map(trunk => trunk.id),
      random,
    }),
  )
  const persons = personsOf(between(random, 30, 40 + agents * 8), home, random)
  const shifts = shiftsOf(home, random)
  return {
    seed,
    shifts,
    setup: {
      users,
      trunks,
      queues,
      campaigns,
      numbers: [
        ...queues.map((queue, n) => ({ id: `n_${n}` as NumberId, number: `9558${n}`, target: { queue: queue.id } })),
        ...menus.map(({ id }, n) => ({ id: `n_me_${n}` as NumberId, number: `9559${n}`, target: { ivr: id } })),
        { id: 'n_9' as NumberId, number: '+862155551234', target: { user: ids[0]! } },
      ],
      menus,
      suppressed: some(persons, 0.03, random).map(({ phones }) => ({ number: phones[0]!.number, until: null })),
      policies: [...ownPolicies],
      transfers: { 'transfer.numbers.agent': '+8621*, +447911*', 'transfer.maxMinutes': '1' },
    },
    leads: campaigns.flatMap(campaign => leadsOf(campaign, persons, random)),
    crashes: shifts.flatMap(({ from, to }) => (chance(random, 0.35) ? [between(random, from + 30_000, to)] : [])),
  }
}

function shiftsOf(home: Home, random: Random): Shift[] {
  const shifts: Shift[] = []
  let from = Date.parse(oneOf(random, home.starts))
  for (let n = between(random, 1, 3); n > 0; n--) {
    const to = from + between(random, shiftMs.from, shiftMs.to)
    shifts.push({ from, to })
    from = to + oneOf(random, gapsMs)
  }
  return shifts
}

function userOf(n: number, random: Random): User {
  const name = { name: `alice${n}`, displayName: `Alice ${n}`, extension: `${1000 + n}` }
  const station = oneOf(random, ['browser', 'browser', 'phone-nailed', 'phone-rung'] as const)
  const role = n % 4 === 1 ? 'supervisor' : 'agent' // who works on the floor too, now and then
  const rest = { role, language: 'en', enabled: true, skills: [], numbersMasked: false } as const
  return { id: `u_${n}` as UserId, ...name, station, ...rest, skills: [] }
}

function trunkOf(n: number, agents: number, random: Random): Trunk {
  return {
    id: `t_${n}` as TrunkId,
    name: `t_${n}`,
    host: '127.0.0.1',
    port: 5060,
    transport: 'udp',
    register: false,
    username: null,
    callerIds: Array.from({ length: between(random, 1, 4) }, (_, id) => `0215555${n}0${id}0`),
    maxCalls: between(random, 2, 4 + 2 * agents),
    callsPerSecond: oneOf(random, [0.5, 1, 3, 10]),
    codecs: ['pcma'],
    enabled: true,
  }
}

function queueOf(n: number, agents: readonly UserId[], random: Random): Queue {
  const members = some(agents, 0.5, random)
  return {
    id: `q_${n}` as QueueId,
    name: `service ${n}`,
    strategy: 'longest-idle',
    members: members.length > 0 ? members : [...agents],
    maxWaitMs: 20_000,
    serviceLevelMs: 20_000,
    callbackAfterMs: 2_000,
  }
}

type Around = { agents: readonly UserId[]; trunks: readonly TrunkId[]; random: Random }

function campaignOf(n: number, mode: CampaignMode, home: Home, { agents, trunks, random }: Around): Campaign {
  const { business, policy } = oneOf(random, home.policies)
  const own = some(agents, 0.7, random)
  return {
    id: `ca_${n}` as CampaignId,
    name: `ca_${n}`,
    business,
    mode,
    state: 'running',
    trunks: chance(random, 0.5) ? [] : some(trunks, 0.6, random),
    agents: n === 0 || own.length === 0 ? [...agents] : own,
    policy,
    ringMs: 20_000,
    wrapMs: 10_000,
    previewMs: 6_000,
    abandonRateMax: 0.03,
    priority: oneOf(random, [5, 5, 5, 2, 8]),
    share: between(random, 1, 3),
    modeRules: chance(random, 0.3) ? modeRules : [],
    reserved: chance(random, 0.3),
    abandoned: chance(random, 0.5) ? 'callback' : 'rest',
    notice: noticeOf(business, random),
    quotas: chance(random, 0.2) ? [{ segment: 'a', count: 'connected', max: between(random, 3, 20) }] : [],
    // Soon and often: so that it is the caps which say when it is enough.
    retries: [
      { result: 'BUSY', delayMs: 20_000, max: 20 },
      // biome-ignore lint/suspicious/noThenProperty: the word of the contract
      { result: 'NO_ANSWER', delayMs: 40_000, max: 20, then: oneOf(random, ['same', 'next_number']) },
      { result: 'ANSWERED', delayMs: 30_000, max: 20 },
      { result: 'CANCELLED', delayMs: 20_000, max: 20 },
    ],
    dispositions: [
      choice('sold', 'done'),
      choice('busy', 'retry'),
      choice('callback', 'callback'),
      choice('refused', 'done'),
      choice('dnc', 'dnc'),
    ],
  }
}

const modeRules: ModeRule[] = [
  { when: { agentsBelow: 3 }, mode: 'progressive' },
  { when: { answerRateFrom: 0.5 }, mode: 'notice' },
]

function noticeOf(business: Business, random: Random): Campaign['notice'] {
  if (business === 'verification' && chance(random, 0.3)) return null
  const parts = [{ prompt: 'press-1' }, { field: 'ref', as: 'tail' }] as const
  return { language: 'en', parts: [...parts], maxLines: between(random, 2, 6), waitMs: 8_000 }
}

function choice(
  code: string,
  followUp: Campaign['dispositions'][number]['followUp'],
): Campaign['dispositions'][number] {
  return { code, words: { 'zh-CN': code, en: code }, followUp }
}

/** Most persons are in most campaigns: caps count across them. */
function leadsOf(campaign: Campaign, persons: readonly Person[], random: Random): Lead[] {
  return some(persons, 0.7, random).map(person => person.leadOf(campaign.id, random))
}

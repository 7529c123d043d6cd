/** What a soak needs in its house, made through the API: agents with phones, a supervisor, a trunk, a queue, a campaign and its leads. */
import type { Employed } from './staff.ts'

export const password = 'switchroom soak'
export const sipPassword = 'soak-phone-secret'
export const serviceNumber = '+861088886666'
export const firstExtension = 8001

/** Dialled a minute by each agent at most: two of three calls are not answered, those that are take most of a minute. */
const leadsPerAgentMinute = 8
const leadsAtOnce = 2000

export type SetUp = {
  agents: Employed[]
  supervisor: string
  outcomes: { weight: number; code: string; note: string }[]
}

type Choice = { code: string; followUp: string; words: { 'zh-CN': string } }

export async function setUp(options: {
  url: string
  token: string
  agents: number
  minutes: number
  carrier: { address: string; port: number }
}): Promise<SetUp> {
  const { url, token } = options
  const post = async <T>(path: string, body: unknown): Promise<T> => {
    const response = await fetch(`${url}/api/v1${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as T
  }
  const agents: Employed[] = []
  for (let at = 0; at < options.agents; at++) {
    const name = `agent${at + 1}`
    const extension = String(firstExtension + at)
    const of = { role: 'agent', extension, sipPassword, station: 'phone-nailed' }
    const { id } = await post<{ id: string }>('/users', { name, displayName: name, password, ...of })
    agents.push({ id, name })
  }
  await post('/users', { name: 'sam', displayName: 'sam', password, role: 'supervisor' })
  const members = agents.map(({ id }) => id)
  const trunk = await post<{ id: string }>('/trunks', {
    name: 'soak',
    host: options.carrier.address,
    port: options.carrier.port,
    callerIds: [serviceNumber],
    maxCalls: Math.max(60, 4 * options.agents),
    callsPerSecond: 50,
  })
  const queue = await post<{ id: string }>('/queues', { name: 'service', members })
  await post('/numbers', { number: serviceNumber, target: { queue: queue.id } })
  const campaign = await post<{ id: string; dispositions: Choice[] }>('/campaigns', {
    name: 'soak',
    business: 'collections',
    mode: 'predictive',
    trunks: [trunk.id],
    agents: members,
    policy: 'LAB-ANY-HOUR',
    ringMs: 20_000,
    wrapMs: 15_000,
  })
  const leads = Math.ceil(options.agents * leadsPerAgentMinute * Math.max(1, options.minutes))
  for (let from = 0; from < leads; from += leadsAtOnce)
    await post(
      `/campaigns/${campaign.id}/leads`,
      Array.from({ length: Math.min(leadsAtOnce, leads - from) }, (_, at) => ({
        ref: `REF-${from + at}`,
        name: `Carl ${from + at}`,
        phones: [{ number: `+86138${String(10_000_000 + from + at)}`, relation: 'SELF' }],
        fields: {},
      })),
    )
  await post(`/campaigns/${campaign.id}/state`, { state: 'running' })
  return {
    agents,
    supervisor: 'sam',
    outcomes: campaign.dispositions
      .filter(({ followUp }) => followUp === 'done' || followUp === 'retry')
      .map(({ code, words, followUp }) => ({ code, note: words['zh-CN'], weight: followUp === 'done' ? 3 : 1 })),
  }
}

/** What the busy floor needs in its house, made through the API: those who talk, and a campaign whose numbers are all busy. */
import { password } from '../soak/set-up.ts'

/** Idle agents for whom numbers are dialled that never answer: so many lines each, and as many a second as the trunk lets through. */
const idleAgents = 16
const linesForEach = 20
const newCallsASecond = 50
const leadsAtOnce = 2000

export type BusyFloor = {
  agents: string[]
  idle: string[]
  /** The calls that end at once begin. */
  startOthers(): Promise<void>
}

export async function buildFloor(options: {
  url: string
  token: string
  /** How many agents talk. */
  calls: number
  /** Numbers of customers who answer; more than `calls`, since an answer may come when nobody is free. */
  talkers: string[]
  others: number
  carrier: { address: string; port: number }
}): Promise<BusyFloor> {
  const { url, token, calls, talkers, carrier } = options
  const post = async <T>(path: string, body: unknown): Promise<T> => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const response = await fetch(`${url}/api/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as T
  }
  const hire = async (name: string) => {
    const { id } = await post<{ id: string }>('/users', {
      ...{ name, displayName: name, password, role: 'agent', station: 'browser' },
    })
    return { id, name }
  }
  const agents = []
  for (let at = 0; at < calls; at++) agents.push(await hire(`agent${at + 1}`))
  const idle = []
  for (let at = 0; at < idleAgents; at++) idle.push(await hire(`idle${at + 1}`))
  await post('/users', { name: 'sam', displayName: 'sam', password, role: 'supervisor' })
  type Way = { mode: 'progressive' } | { mode: 'predictive'; linesPerAgentMax: number }
  const open = async (name: string, of: { id: string }[], numbers: string[], way: Way) => {
    const trunk = await post<{ id: string }>('/trunks', {
      ...{ name, host: carrier.address, port: carrier.port, callerIds: ['+861088886666'], maxCalls: 2000 },
      callsPerSecond: newCallsASecond,
    })
    const campaign = await post<{ id: string }>('/campaigns', {
      ...{ name, business: 'collections', policy: 'LAB-ANY-HOUR', ...way },
      trunks: [trunk.id],
      agents: of.map(({ id }) => id),
    })
    for (let from = 0; from < numbers.length; from += leadsAtOnce)
      await post(
        `/campaigns/${campaign.id}/leads`,
        numbers.slice(from, from + leadsAtOnce).map((number, at) => ({
          ...{ ref: `${name}-${from + at}`, name: `Carl ${from + at}`, fields: {} },
          phones: [{ number, relation: 'SELF' }],
        })),
      )
    return () => post(`/campaigns/${campaign.id}/state`, { state: 'running' })
  }
  const startTalk = await open('talk', agents, talkers, { mode: 'progressive' })
  const others = Array.from({ length: options.others }, (_, at) => `+86138${String(10_000_000 + at)}`)
  const startOthers = await open('busy', idle, others, { mode: 'predictive', linesPerAgentMax: linesForEach })
  await startTalk()
  return {
    agents: [...agents, ...idle].map(({ name }) => name),
    idle: idle.map(({ name }) => name),
    startOthers: async () => void (await startOthers()),
  }
}

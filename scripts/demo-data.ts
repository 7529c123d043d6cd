/** The demo's people, trunk, queue and campaign, made through the API as an integration would do it. */
import type { UserId } from '../src/lib/ids.ts'
import type { DemoLead } from '../src/sim/demo-lender.ts'

/** More than the ten under which the dialler stays careful (pacing/pacer.ts, `smallTeam`). */
export const robots = 16
export const password = 'switchroom demo'
export const sipPassword = 'demo-phone-secret'
export const serviceNumber = '+861088886666'
/** The carrier sends back what it hears there: what a trunk's test calls. */
export const echoNumber = '9196'

export type Robot = { id: UserId; name: string; extension: string }

export async function fillIn(
  url: string,
  token: string,
  carrierPort: number,
  leads: readonly DemoLead[],
): Promise<{ robots: Robot[]; alice: UserId; campaign: string }> {
  const post = async <T>(path: string, body: unknown): Promise<T> => {
    const response = await fetch(`${url}/api/v1${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as T
  }
  const agentNames = [
    '张伟',
    '李娜',
    '王强',
    '刘洋',
    '陈静',
    '杨磊',
    '赵敏',
    '周杰',
    '吴霞',
    '徐强',
    '孙丽',
    '马超',
    '朱琳',
    '胡军',
    '郭燕',
    '何勇',
  ]
  const made: Robot[] = []
  for (let at = 0; at < robots; at++) {
    const extension = String(8001 + at)
    const name = `agent${at + 1}`
    const { id } = await post<{ id: UserId }>('/users', {
      name,
      displayName: agentNames[at],
      password,
      role: 'agent',
      extension,
      sipPassword,
      station: 'phone-nailed',
    })
    made.push({ id, name, extension })
  }
  const alice = await post<{ id: UserId }>('/users', {
    name: 'alice',
    displayName: '林晓燕',
    password,
    role: 'agent',
    station: 'browser',
  })
  await post('/users', { name: 'adam', displayName: '系统管理员', password, role: 'admin' })
  const sam = await post<{ id: UserId }>('/users', {
    name: 'sam',
    displayName: '组长 孙明',
    password,
    role: 'supervisor',
  })
  await post('/users', { name: 'olga', displayName: '审计 欧阳', password, role: 'auditor' })
  const agents = [...made.map(robot => robot.id), alice.id]
  const trunk = await post<{ id: string }>('/trunks', {
    name: '演示中继',
    host: '127.0.0.2',
    port: carrierPort,
    callerIds: [serviceNumber, '+861088886667'],
    maxCalls: 60,
    callsPerSecond: 10,
    rules: { echoNumber },
  })
  const announce = { language: 'zh-CN', everyMs: 30_000 }
  const service = await post<{ id: string }>('/queues', { name: '客户服务', members: agents, announce })
  const repayment = await post<{ id: string }>('/queues', { name: '还款咨询', members: agents.slice(0, 8), announce })
  const menu = await post<{ id: string }>('/menus', {
    name: '客服热线',
    greeting: ['press-1', 'press-9'],
    keys: {
      '1': { queue: service.id },
      '2': { queue: repayment.id },
      '0': { user: alice.id },
      '9': { act: 'repeat' },
    },
    extensions: true,
    waitMs: 4_000,
    fallback: { queue: service.id },
  })
  await post('/numbers', { number: serviceNumber, target: { ivr: menu.id } })
  // Sam leads both, and so sees everybody: who leads a team sees its members only.
  await post('/teams', { name: '一组', members: agents.slice(0, 8), leaders: [sam.id] })
  await post('/teams', { name: '二组', members: agents.slice(8), leaders: [sam.id] })
  const campaign = await post<{ id: string }>('/campaigns', {
    name: 'M1 早期提醒',
    business: 'collections',
    mode: 'predictive',
    trunks: [trunk.id],
    agents,
    policy: 'LAB-ANY-HOUR',
    ringMs: 20_000,
    wrapMs: 15_000,
  })
  await post(`/campaigns/${campaign.id}/leads`, leads)
  await post(`/campaigns/${campaign.id}/state`, { state: 'running' })
  return { robots: made, alice: alice.id, campaign: campaign.id }
}

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Fact } from '../../centre/facts.ts'
import { Histogram } from '../../lib/histogram.ts'
import type { CallId, CampaignId } from '../../lib/ids.ts'
import { createCampaign } from '../../records/campaigns/campaigns.ts'
import { createTrunk } from '../../records/telephony/trunks.ts'
import { adminRoutes } from '../admin/admin.ts'
import { liveRoutes } from '../live/live.ts'
import { look, send } from '../testing/form.ts'
import { type House, noon, openHouse } from '../testing/house.ts'
import { supervisorRoutes } from './supervisor.ts'

let house: House
let sam = ''
let sun = ''
let adam = ''
let alice = ''
let id: CampaignId
const path = () => `/supervisor/campaigns/${id}`

type Listed = { items: { dialled: number; held: string | null }[]; next: string | null }

const paced = (more: Partial<Extract<Fact, { type: 'campaign.paced' }>>): Fact => ({
  type: 'campaign.paced',
  campaign: id,
  agents: 12,
  free: 1,
  ringing: 9,
  waiting: 0,
  answerChance: 0.3,
  risk: 0.041,
  theta: 0.027,
  limiter: 'risk',
  answered: 100,
  abandoned: 2,
  mode: 'predictive',
  dialled: 33,
  lines: 19,
  talking: 8,
  wrapping: 3,
  freeSoon: 4.2,
  withinS: 9,
  held: null,
  ...more,
})

before(async () => {
  house = await openHouse({ pages: { routers: [supervisorRoutes, liveRoutes, adminRoutes] } })
  const agent = await house.add('alice', 'agent', { displayName: 'Alice' })
  await house.add('sam', 'supervisor', { language: 'en' })
  await house.add('sun', 'supervisor')
  await house.add('adam', 'admin')
  sam = (await house.signIn('sam')).cookie
  sun = (await house.signIn('sun')).cookie
  adam = (await house.signIn('adam')).cookie
  alice = (await house.signIn('alice')).cookie
  const door = house.deps.records
  const trunk = await createTrunk(door, 'system', { name: 'carrier', host: '127.0.0.1', callerIds: ['+861012345678'] })
  const given = { name: '<March>', business: 'collections', mode: 'predictive', policy: 'LAB-ANY-HOUR' }
  id = (await createCampaign(door, 'system', { ...given, trunks: [trunk.id], agents: [agent.id] })).id
  const recorded = [
    { at: noon - 26 * 3_600_000, actor: 'system' as const, fact: paced({ dialled: 7 }) },
    { at: noon - 120_000, actor: 'system' as const, fact: paced({}) },
    { at: noon - 60_000, actor: 'system' as const, fact: paced({ held: 'no_leads', dialled: 0 }) },
  ]
  await house.store.commit({ recorded })
})
after(() => house[Symbol.asyncDispose]())

test('supervisors and administrators may see a campaign, its log and its files; agents may not', async () => {
  for (const more of ['', '/pacing', '/pacing.csv', '/minutes.csv']) {
    assert.equal((await look(house, sam, path() + more)).status, 200, more)
    assert.equal((await look(house, adam, path() + more)).status, 200, more)
    assert.equal((await look(house, alice, path() + more)).status, 403, more)
  }
  assert.equal((await look(house, alice, `/live/campaigns/${id}`)).status, 403)
  assert.equal((await send(house, alice, 'POST', `${path()}/state`, { state: 'running' })).status, 403)
  assert.equal((await look(house, sam, '/supervisor/campaigns/k_none')).status, 404)
})

test('the page says why it does not dial, in both languages, and a hostile name is text', async () => {
  const zh = await look(house, sun, path())
  assert.ok(zh.text.includes('已暂停'))
  assert.ok(zh.text.includes('没有到期的名单。'), 'the log in Chinese')
  const en = await look(house, sam, path())
  for (const words of ['Paused', 'No lead was due.', 'more than 2.7 %', '8 talking · 3 wrap-up · 1 free'])
    assert.ok(en.text.includes(words), words)
  assert.doesNotMatch(en.text, /<March>/)
})

test('a supervisor starts and pauses it; closing is not done here', async () => {
  assert.equal((await send(house, sam, 'POST', `${path()}/state`, { state: 'closed' })).status, 422)
  const started = await send(house, sam, 'POST', `${path()}/state`, { state: 'running' })
  assert.equal(started.location, path())
  const running = await look(house, sam, path())
  assert.ok(running.text.includes('No agent of this campaign is signed on.'))
  await send(house, sam, 'POST', `${path()}/state`, { state: 'paused' })
  const facts = await house.facts('campaign.saved')
  assert.match(facts.at(-1)!.actor, /^user:/)
  assert.equal(JSON.parse(facts.at(-1)!.body).campaign.state, 'paused')
})

test('the log is of a day that is asked for; a day that is none is refused with words', async () => {
  const day = await look(house, sam, `${path()}/pacing?day=2026-11-23`)
  assert.equal(day.text.match(/<tr>/g)?.length, 2, 'a head and one entry')
  for (const wrong of ['2026-02-31', '2026-11-25', 'x', '<b>']) {
    const page = await look(house, sam, `${path()}/pacing?day=${encodeURIComponent(wrong)}`)
    assert.equal(page.status, 422, wrong)
    assert.ok(page.text.includes('There is no such day'))
    assert.doesNotMatch(page.text, /<b>"|=<b>/)
    assert.equal((await look(house, sam, `${path()}/pacing.csv?day=${encodeURIComponent(wrong)}`)).status, 422, wrong)
  }
})

test('the log as a file has a row a minute and the reason in words', async () => {
  const response = await house.app.request(`${path()}/pacing.csv`, { headers: { cookie: sam } })
  assert.match(response.headers.get('content-type')!, /^text\/csv/)
  assert.match(response.headers.get('content-disposition')!, /pacing-2026-11-24\.csv/)
  const lines = (await response.text()).trim().split('\r\n')
  assert.equal(lines.length, 3)
  assert.match(lines[0]!, /at,mode,agents,.*,why$/)
  assert.match(lines[1]!, /,no_leads,100,2,No lead was due\.$/)
})

test('the API pages through the log, for those who may read', async () => {
  const { secret } = await house.token('supervisor')
  const first = await house.api(secret, 'GET', `/campaigns/${id}/pacing?limit=2`)
  const page = (await first.json()) as Listed
  assert.deepEqual(
    page.items.map(({ dialled, held }) => [dialled, held]),
    [
      [0, 'no_leads'],
      [33, null],
    ],
  )
  const second = await house.api(secret, 'GET', `/campaigns/${id}/pacing?limit=2&cursor=${page.next}`)
  const rest = (await second.json()) as Listed
  assert.deepEqual([rest.items.length, rest.items[0]!.dialled, rest.next], [1, 7, null])
  assert.equal((await house.api(secret, 'GET', `/campaigns/${id}/pacing?cursor=nonsense`)).status, 422)
  assert.equal((await house.api(secret, 'GET', `/campaigns/${id}/pacing?colour=red`)).status, 422)
  assert.equal((await house.api(secret, 'GET', '/campaigns/k_none/pacing')).status, 404)
  const agent = await house.token('agent')
  assert.equal((await house.api(agent.secret, 'GET', `/campaigns/${id}/pacing`)).status, 403)
  const described = await (await house.app.request('/api/openapi.json')).text()
  assert.ok(described.includes('"/api/v1/campaigns/{id}/pacing"'))
})

test('the page paints itself: a region is sent when it changed', async () => {
  const response = await house.app.request(`/live/campaigns/${id}`, { headers: { cookie: sam } })
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  const { value } = await reader.read()
  for (const region of ['campaign-why', 'campaign-tiles', 'campaign-charts', 'campaign-filters', 'campaign-log'])
    assert.ok(value!.includes(`hx-target="#${region}"`), region)
  await reader.cancel()
})

test('today is drawn once people are there: charts with names, and a table behind them', async () => {
  const times = { whole: new Histogram([20, 100, 5000]), own: new Histogram([20, 100, 5000]) }
  times.whole.note(18)
  times.own.note(9)
  const at = noon - 30 * 60_000
  house.deps.answerTimes = () => new Map([[id, { ...times, lately: [{ at, ...times }] }]])
  const agent = [...house.engine.state.users.values()].find(user => user.name === 'alice')!.id
  const state = (state: 'ready' | 'talking'): Fact => ({
    type: 'agent.stateChanged',
    agent,
    state,
    reason: null,
    call: null,
    until: null,
  })
  await house.store.commit({
    recorded: [
      { at, actor: 'system', fact: state('ready') },
      { at: at + 600_000, actor: 'system', fact: state('talking') },
    ],
  })
  const { text } = await look(house, sam, path())
  assert.equal(text.match(/<svg class="chart"/g)?.length, 5)
  assert.ok(text.includes('66.7 %'), 'twenty of thirty minutes were busy')
  assert.ok(text.includes('≤ 20 ms'))
  for (const [, ids] of text.matchAll(/aria-labelledby="(\S+ \S+)"/g))
    for (const name of ids!.split(' ')) assert.equal(text.split(`id="${name}"`).length, 2, name)
  const file = (await look(house, sam, `${path()}/minutes.csv`)).text.trim().split('\r\n')
  assert.equal(file.length, 31)
})

test('what a campaign did before the program was started stands on the wallboard and with the administrator too', async () => {
  // As many as nothing else on the page counts.
  const recorded = Array.from({ length: 7 }, (_, n) => `c_early${n}` as CallId).flatMap(call => {
    const nobody = { lead: null, party: null, name: null, relation: null, agent: null }
    const dialed = {
      ...{ type: 'call.dialed', call, mode: 'predictive', campaign: id, ...nobody, number: '+8613800000001' },
      ...{
        trunk: 't_n1',
        callerId: '+861012345678',
        leg: `g_${call}`,
        verdict: { policy: 'P', version: '1', rules: [] },
      },
    } as unknown as Fact
    const answered = { type: 'call.answered', call } as Fact
    return [dialed, answered].map(fact => ({ at: house.clock.now() - 60_000, actor: 'system' as const, fact }))
  })
  await house.store.commit({ recorded })
  assert.equal(house.engine.state.campaigns.get(id)!.dialled, 0, 'as after a restart')
  const board = await look(house, sam, '/supervisor')
  assert.match(board.text, /7 of 7 answered/)
  const list = await look(house, adam, '/admin/campaigns')
  assert.match(list.text, /<td class="figure">7<\/td>/)
})

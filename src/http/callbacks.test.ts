import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Call } from '../centre/call-state.ts'
import type { Campaign, User } from '../centre/entities.ts'
import type { LegId } from '../lib/ids.ts'
import { createCampaign, setCampaignState } from '../records/campaigns/campaigns.ts'
import { importLeads } from '../records/campaigns/leads.ts'
import { createTrunk } from '../records/telephony/trunks.ts'
import { agentRoutes } from './agent/agent.ts'
import { supervisorRoutes } from './supervisor/supervisor.ts'
import { look, send } from './testing/form.ts'
import { type House, openHouse } from './testing/house.ts'

let house: House
let alice: User
let campaign: Campaign
const cookies = { alice: '', bob: '', sam: '' }
const minute = 60_000

before(async () => {
  house = await openHouse({ pages: { routers: [agentRoutes, supervisorRoutes] } })
  alice = await house.add('alice', 'agent', { displayName: 'Alice', language: 'en' })
  await house.add('bob', 'agent', { language: 'en' })
  await house.add('sam', 'supervisor', { numbersMasked: true, language: 'en' })
  const door = house.deps.records
  const trunk = await createTrunk(door, 'system', { name: 'carrier', host: '127.0.0.1', callerIds: ['+861012345678'] })
  campaign = await createCampaign(door, 'system', {
    name: 'reminders',
    business: 'collections',
    mode: 'progressive',
    policy: 'LAB-ANY-HOUR',
    trunks: [trunk.id],
    agents: [alice.id],
  })
  await setCampaignState(door, 'system', campaign.id, { state: 'running' })
  const rows = [{ ref: 'R1', name: 'carl', phones: [{ number: '+8613812345678', relation: 'SELF' }] }]
  await importLeads(door, 'system', { campaign: campaign.id, source: { kind: 'json', rows }, name: 'march' })
  await house.engine.dispatch({ type: 'trunk.up', trunk: trunk.id }, 'system')
  await house.engine.dispatch({ type: 'agent.signOn', agent: alice.id }, 'system')
  await house.engine.dispatch({ type: 'station.up', agent: alice.id, leg: 'st_1' as LegId }, 'system')
  await house.engine.dispatch({ type: 'agent.ready', agent: alice.id }, 'system')
})
after(() => house[Symbol.asyncDispose]())

/** Leads are fetched from the store while the floor goes on: a few turns until there is a call. */
async function nextCall(): Promise<Call> {
  for (let turn = 0; turn < 200; turn++) {
    const call = [...house.engine.state.calls.values()].find(each => each.phase !== 'ended')
    if (call !== undefined) return call
    await house.engine.dispatch({ type: 'tick' }, 'system')
    await new Promise(resolve => setTimeout(resolve, 10))
  }
  throw new Error('nobody was dialled')
}

const open = async () => (await house.store.read('callbacks.open', {})).items

test('a promise that nobody answers is seen by agent and supervisor until a person closes it, and then nobody is called for it', async () => {
  const call = await nextCall()
  await house.engine.dispatch({ type: 'leg.answered', leg: call.leg }, 'system')
  const ended = { type: 'leg.ended', leg: call.leg, by: 'far', sipStatus: null, q850: null, cause: 'bye' } as const
  await house.engine.dispatch(ended, 'system')
  const callbackAt = house.clock.now() + 10 * minute
  const outcome = { code: 'callback', note: '', fields: {}, callbackAt, callbackMine: true, next: 'ready' } as const
  const said = await house.engine.dispatch(
    { type: 'agent.dispose', agent: alice.id, call: call.id, ...outcome },
    'system',
  )
  assert.ok(said.ok, JSON.stringify(said))

  house.clock.set(callbackAt)
  const kept = await nextCall()
  assert.equal(kept.promise?.tries, 1)
  const busy = { ...ended, leg: kept.leg, by: 'carrier', cause: 'rejected', sipStatus: 486, q850: 17 } as const
  await house.engine.dispatch(busy, 'system')
  const [promise] = await open()
  assert.deepEqual([promise!.tries, promise!.lastResult, promise!.nextAt], [1, 'BUSY', callbackAt + 10 * minute])

  house.clock.set(callbackAt + 6 * minute)
  // Nobody touched a page for so long that all are signed out.
  for (const name of ['alice', 'bob', 'sam'] as const) cookies[name] = (await house.signIn(name)).cookie
  const mine = await look(house, cookies.alice, '/agent/callbacks')
  for (const words of ['overdue', 'tried once', 'last: Busy']) assert.ok(mine.text.includes(words), words)
  const hers = await look(house, cookies.bob, '/agent/callbacks')
  assert.ok(!hers.text.includes('overdue'))
  const all = await look(house, cookies.sam, '/supervisor/callbacks?overdue=1')
  for (const words of ['Alice', 'reminders', '138 **** 5678', 'tried once']) assert.ok(all.text.includes(words), words)
  assert.ok(!all.text.includes('13812345678'))
  const board = await look(house, cookies.sam, '/supervisor')
  assert.match(board.text, /Callbacks overdue<\/span><span class="value">[\s\S]{0,900}?1<\/span>/)

  const where = `/agent/callbacks/${promise!.id}/closing`
  assert.equal((await send(house, cookies.bob, 'POST', where, { reason: 'not mine' })).status, 404)
  assert.equal((await send(house, cookies.alice, 'POST', where, { reason: '' })).status, 409)
  const token = await house.token('supervisor')
  const listed = await house.api(token.secret, 'GET', '/callbacks?due=true')
  assert.deepEqual(
    ((await listed.json()) as { items: { tries: number; lead: string }[] }).items.map(({ tries }) => tries),
    [1],
  )
  const closing = `/supervisor/callbacks/${promise!.id}/closing`
  assert.equal((await send(house, cookies.sam, 'POST', closing, { reason: 'paid at the branch' })).status, 303)
  assert.deepEqual(await open(), [])
  const closed = await house.store.read('callbacks.byId', { id: promise!.id })
  assert.deepEqual([closed!.how, closed!.closeReason], ['cancelled', 'paid at the branch'])
  const lead = await house.store.read('leads.byId', { id: promise!.lead! })
  assert.deepEqual([lead!.state, lead!.reason, lead!.callback], ['exhausted', 'callback_closed', null])
  assert.equal((await send(house, cookies.sam, 'POST', closing, { reason: 'again' })).status, 404)
  const late = await house.api(token.secret, 'POST', `/callbacks/${promise!.id}/closing`, { reason: 'again' })
  assert.equal(late.status, 404)
})

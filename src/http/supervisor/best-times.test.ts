import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Campaign } from '../../centre/entities.ts'
import type { Fact } from '../../centre/facts.ts'
import { createCampaign } from '../../records/campaigns/campaigns.ts'
import { createTrunk } from '../../records/telephony/trunks.ts'
import { leadNumbered } from '../../store/testing/people.ts'
import { look } from '../testing/form.ts'
import { type House, noon, openHouse } from '../testing/house.ts'
import { rowsOf } from './best-times.ts'
import { supervisorRoutes } from './supervisor.ts'

let house: House
let campaign: Campaign
before(async () => {
  house = await openHouse({ pages: { routers: [supervisorRoutes] } })
  await house.add('sam', 'supervisor', { language: 'en' })
  await house.add('alice', 'agent')
  const door = house.deps.records
  const trunk = await createTrunk(door, 'system', { name: 'carrier', host: '127.0.0.1', callerIds: ['+861012345678'] })
  const given = { name: 'reminders', business: 'collections', mode: 'progressive', policy: 'LAB-ANY-HOUR' }
  campaign = await createCampaign(door, 'system', { ...given, trunks: [trunk.id] })
})
after(() => house[Symbol.asyncDispose]())

/** Calls of a segment at one instant, of which some are answered. */
async function called(segment: string, at: number, calls: number, answered: number): Promise<void> {
  const lead = { ...leadNumbered(segment.length, campaign.id), campaign: campaign.id, segment }
  const facts: unknown[] = [{ type: 'leads.added', campaign: campaign.id, import: `i_${segment}`, leads: [lead] }]
  for (let n = 0; n < calls; n++) {
    const call = `c_${segment}${at}_${n}`
    const who = { lead: lead.id, party: null, name: null, relation: 'SELF', agent: null, number: '+8613800000001' }
    const line = { trunk: 't', callerId: '+8610', leg: `g_${call}`, verdict: { policy: 'P', version: '1', rules: [] } }
    facts.push({ type: 'call.dialed', call, mode: 'progressive', campaign: campaign.id, ...who, ...line })
    if (n < answered) facts.push({ type: 'call.answered', call })
    const result = n < answered ? 'ANSWERED' : 'NO_ANSWER'
    facts.push({
      type: 'call.ended',
      call,
      ending: { by: 'party', cause: 'hangup', result, sipStatus: null, q850: null },
    })
  }
  await house.store.commit({ recorded: facts.map(fact => ({ at, actor: 'system' as const, fact: fact as Fact })) })
}

test('who answers when stands on a page, and what is better than usual is marked', async () => {
  const { cookie } = await house.signIn('sam')
  const path = `/supervisor/campaigns/${campaign.id}/best-times`
  assert.ok((await look(house, cookie, path)).text.includes('nothing is known'))
  await called('north', noon - 3 * 3_600_000, 100, 60)
  const hour = 3_600_000
  await house.store.commit({ recorded: [] })
  const facts = rowsOf(await house.store.read('leads.answerHours', { campaign: campaign.id }))
  assert.deepEqual(
    facts.map(row => [row.segment, row.dialled]),
    [
      [null, 100],
      ['north', 100],
    ],
  )
  await called('souths', noon - hour, 100, 10)
  const page = await look(house, cookie, path)
  assert.equal(page.status, 200)
  for (const words of ['reminders · best times', 'north', 'souths', '09 h', '11 h', '60 of 100 answered', '▲', '▼'])
    assert.ok(page.text.includes(words), words)
  const agent = await house.signIn('alice')
  assert.equal((await look(house, agent.cookie, path)).status, 403)
})

test('the API takes and tells order, quotas and best times', async () => {
  const { secret } = await house.token('admin')
  const change = { order: 'newest', bestTime: false, quotas: [{ segment: 'north', count: 'done', max: 5 }] }
  const changed = await house.api(secret, 'PATCH', `/campaigns/${campaign.id}`, change)
  assert.equal(changed.status, 200)
  const told = (await (await house.api(secret, 'GET', `/campaigns/${campaign.id}`)).json()) as typeof change
  assert.deepEqual({ order: told.order, bestTime: told.bestTime, quotas: told.quotas }, change)
  const wrong = await house.api(secret, 'PATCH', `/campaigns/${campaign.id}`, { bestTime: 'often' })
  assert.equal(wrong.status, 422)
  const { cookie } = await house.signIn('sam')
  const page = await look(house, cookie, `/supervisor/campaigns/${campaign.id}/best-times`)
  assert.ok(page.text.includes('does not dial by best times'))
})

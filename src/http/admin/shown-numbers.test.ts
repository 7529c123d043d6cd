import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { CampaignId } from '../../lib/ids.ts'
import { createCampaign } from '../../records/campaigns/campaigns.ts'
import { createTrunk } from '../../records/telephony/trunks.ts'
import { look, send } from '../testing/form.ts'
import { type House, openHouse } from '../testing/house.ts'
import { adminRoutes } from './admin.ts'

let house: House
let adam = ''
let token = ''
let trunks: [string, string]
before(async () => {
  house = await openHouse({ pages: { routers: [adminRoutes] } })
  await house.add('adam', 'admin', { language: 'en' })
  adam = (await house.signIn('adam')).cookie
  token = (await house.token('admin')).secret
  const line = { host: '127.0.0.1', port: 5060 }
  const one = await createTrunk(house.deps.records, 'system', { ...line, name: 'one', callerIds: ['+862151860000'] })
  const two = await createTrunk(house.deps.records, 'system', { ...line, name: 'two', callerIds: ['+862151860001'] })
  trunks = [one.id, two.id]
})
after(() => house[Symbol.asyncDispose]())

const groups = () => house.deps.store.read('trunkGroups.list', {})
const queues = () => house.deps.store.read('queues.list', {})
const queue = { name: 'service', maxWaitMs: '60', serviceLevelMs: '20', callbackAfterMs: '0', music: '' }

test('a queue is given its group and the number it shows; a number of a trunk beyond the group is refused with what is allowed', async () => {
  const made = await send(house, adam, 'POST', '/admin/trunk-groups', { name: 'second only', groupTrunks: 'two' })
  assert.equal(made.status, 303)
  const [group] = await groups()
  const wrong = { ...queue, trunkGroup: group!.id, callerIds: '+862151860000' }
  const refused = await send(house, adam, 'POST', '/admin/queues', wrong)
  assert.equal(refused.status, 422)
  assert.match(refused.text, /assigned to a trunk that these calls go out on/)
  assert.equal((await send(house, adam, 'POST', '/admin/queues', { ...wrong, callerIds: '+862151860001' })).status, 303)
  const [saved] = await queues()
  assert.deepEqual([saved!.trunkGroup, saved!.callerIds], [group!.id, ['+862151860001']])
  assert.match((await look(house, adam, `/admin/queues/${saved!.id}`)).text, /\+862151860001<\/textarea>/)
})

test('a group is not removed while a queue, or a role, goes out through it', async () => {
  const [group] = await groups()
  const gone = () => house.api(token, 'DELETE', `/trunk-groups/${group!.id}`)
  const kept = await gone()
  assert.equal(kept.status, 409)
  assert.match(await kept.text(), /second only is used by service/)
  const [saved] = await queues()
  const loose = { trunkGroup: null }
  assert.equal((await house.api(token, 'PATCH', `/queues/${saved!.id}`, loose)).status, 200)
  const form = { name: 'second only', groupTrunks: 'two', defaultFor: ['agent'] }
  assert.equal((await send(house, adam, 'POST', `/admin/trunk-groups/${group!.id}`, form)).status, 303)
  assert.deepEqual(house.engine.state.trunkGroups.get(group!.id)!.defaultFor, ['agent'])
  assert.equal((await gone()).status, 409)
  const another = { name: 'first only', groupTrunks: 'one', defaultFor: ['agent'] }
  const twice = await send(house, adam, 'POST', '/admin/trunk-groups', another)
  assert.equal(twice.status, 422)
  assert.match(twice.text, /One default group a role/)
  const nobody = { name: 'second only', groupTrunks: 'two' }
  assert.equal((await send(house, adam, 'POST', `/admin/trunk-groups/${group!.id}`, nobody)).status, 303)
  assert.equal((await gone()).status, 204)
})

test('a campaign shows numbers of its trunks alone, once each, and its page says how each of them is doing', async () => {
  const campaign = await createCampaign(house.deps.records, 'system', {
    name: 'M3',
    business: 'collections',
    mode: 'progressive',
    policy: 'CN-GBT45251-2025',
    trunks: [trunks[0]],
  })
  const path = `/campaigns/${campaign.id}`
  const spoofed = await house.api(token, 'PATCH', path, { callerIds: ['+8695588'] })
  assert.equal(spoofed.status, 422)
  assert.match(await spoofed.text(), /callerIds.*\+8695588.*\+862151860000/s)
  const twice = ['+862151860000', '+862151860000']
  assert.equal((await house.api(token, 'PATCH', path, { callerIds: twice })).status, 200)
  const floor = house.engine.state.campaigns.get(campaign.id as CampaignId)!
  assert.deepEqual(floor.campaign.callerIds, ['+862151860000'])
  const other = await house.api(token, 'PATCH', path, { trunks: [trunks[1]] })
  assert.equal(other.status, 422, 'the trunks are not taken from under its number')
  const page = await look(house, adam, `/admin/campaigns/${campaign.id}`)
  assert.match(page.text, /Connect rate/)
  assert.match(page.text, /<td[^>]*><span class="figure">\+862151860000<\/span><\/td>/)
})

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { TrunkId } from '../../lib/ids.ts'
import { createTrunk } from '../../records/telephony/trunks.ts'
import { look } from '../testing/form.ts'
import { type House, openHouse } from '../testing/house.ts'
import { adminRoutes } from './admin.ts'

let house: House
let adam = ''
before(async () => {
  house = await openHouse({ pages: { routers: [adminRoutes] } })
  await house.add('adam', 'admin', { language: 'en' })
  adam = (await house.signIn('adam')).cookie
})
after(() => house[Symbol.asyncDispose]())

async function aTrunk(name: string): Promise<TrunkId> {
  const line = { name, host: '10.0.0.1', port: 5060, transport: 'udp', register: false, username: null }
  const limits = { maxCalls: 30, callsPerSecond: 5, codecs: ['pcma'], enabled: true }
  const { id } = await createTrunk(house.deps.records, 'system', { ...line, ...limits, callerIds: ['+862151860000'] })
  return id
}

test('the page of a trunk says how many of its callers of today were turned away as too many', async () => {
  const [busy, calm] = [await aTrunk('busy'), await aTrunk('calm')]
  const shown = async (id: TrunkId) =>
    /Turned away today<\/dt><dd>(.*?)<\/dd>/.exec((await look(house, adam, `/admin/trunks/${id}`)).text)?.[1]
  const turnedAway = (trunk: TrunkId, calls: number) =>
    house.engine.dispatch({ type: 'callers.turnedAway', trunk, calls }, 'system')
  assert.equal(await shown(busy), 'nobody')
  await turnedAway(busy, 1)
  await turnedAway(busy, 1_239)
  await turnedAway(calm, 7)
  await house.engine.dispatch({ type: 'numbers.tried', trunk: busy, calls: 50, last: '' }, 'system')
  assert.match((await shown(busy))!, /^1,240 callers: too many came at once/)
  assert.match((await shown(calm))!, /^7 callers/)
  house.clock.advance(24 * 3600_000)
  adam = (await house.signIn('adam')).cookie
  assert.equal(await shown(busy), 'nobody')
})

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createTrunk, removeTrunk } from '../../records/telephony/trunks.ts'
import { look } from '../testing/form.ts'
import { type House, openHouse } from '../testing/house.ts'
import { supervisorRoutes } from './supervisor.ts'

let house: House
before(async () => {
  house = await openHouse({ pages: { routers: [supervisorRoutes] } })
  await house.add('sam', 'supervisor', { language: 'en' })
})
after(() => house[Symbol.asyncDispose]())

test('a trunk that answers no OPTIONS is no greener on the wallboard than in the list', async () => {
  const sam = (await house.signIn('sam')).cookie
  const given = { name: 'Unicom SIP', host: '127.0.0.2', callerIds: ['+861012345679'] }
  const { id } = await createTrunk(house.deps.records, 'system', given)
  await house.deps.engine.dispatch({ type: 'trunk.up', trunk: id }, 'system')
  const seen = async (status: number | null) => {
    const options = { up: status !== null, status, rttMs: null, at: 0 }
    house.deps.trunkWire = () => ({ target: null, registration: null, options, refusing: null })
    return (await look(house, sam, '/supervisor')).text.match(/<li><span><b>Unicom SIP<.*?<\/li>/s)?.[0] ?? ''
  }
  assert.match(await seen(200), /chip green/)
  assert.match(await seen(null), /chip amber.*not proved/s)
  await removeTrunk(house.deps.records, 'system', id)
})

test('a trunk that is down stands on the wallboard with its reason, and is gone when it is up', async () => {
  const sam = (await house.signIn('sam')).cookie
  const given = { name: 'Telecom E1', host: '127.0.0.1', callerIds: ['+861012345678'] }
  const { id } = await createTrunk(house.deps.records, 'system', given)
  await house.deps.engine.dispatch(
    { type: 'trunk.down', trunk: id, reason: 'OPTIONS not answered 2 times', why: 'options_silent' } as const,
    'system',
  )
  const down = (await look(house, sam, '/supervisor')).text
  assert.match(
    down,
    /class="tile red"><span class="what">Trunks down<.*?1 \/ 1<.*?Telecom E1: OPTIONS are answered no more/s,
  )
  await house.deps.engine.dispatch({ type: 'trunk.up', trunk: id }, 'system')
  assert.doesNotMatch((await look(house, sam, '/supervisor')).text, /Trunks down/)
})

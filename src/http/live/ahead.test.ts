import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LegId } from '../../lib/ids.ts'
import { createTrunk } from '../../records/telephony/trunks.ts'
import { StoreError } from '../../store/port.ts'
import { openHouse } from '../testing/house.ts'
import { liveRoutes } from './live.ts'

test('a desk that stands open shows the call for help that goes on while the disk is full', async () => {
  await using house = await openHouse({ pages: { routers: [liveRoutes] } })
  const alice = await house.add('alice', 'agent', { language: 'en' })
  const { cookie } = await house.signIn('alice')
  const carrier = { name: 'carrier', host: '127.0.0.1', callerIds: ['+861012345678'] }
  const trunk = await createTrunk(house.deps.records, 'system', carrier)
  await house.engine.dispatch({ type: 'trunk.up', trunk: trunk.id }, 'system')
  await house.engine.dispatch({ type: 'station.up', agent: alice.id, leg: 'l_alice' as LegId }, 'system')
  await house.engine.dispatch({ type: 'agent.signOn', agent: alice.id }, 'system')

  const commit = house.store.commit
  house.store.commit = () => Promise.reject(new StoreError('full', null, 'no space'))
  const response = await house.app.request('/live/desk', { headers: { cookie } })
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  const until = async (wanted: RegExp) => {
    for (let text = ''; ; text += (await reader.read()).value) if (wanted.test(text)) return
  }
  await until(/chip green/)
  house.engine.post({ type: 'trunk.down', trunk: trunk.id, reason: 'no answer' })
  await until(/chip red[\s\S]*The disk is full/)
  const nobody = { campaign: null, lead: null, party: null, name: null, relation: null }
  assert.equal(
    (await house.engine.dispatch({ type: 'agent.dial', agent: alice.id, number: '110', ...nobody }, 'system')).ok,
    true,
  )
  await until(/id="call-bar"[\s\S]*110/)
  const [call] = house.engine.state.calls.values()
  house.engine.post({ type: 'leg.answered', leg: call!.leg })
  await until(/id="state-bar"[\s\S]*data-phase="talking"/)
  house.store.commit = commit
  await until(/chip green/)
  await reader.cancel()
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LegId } from '../../lib/ids.ts'
import { createTrunk } from '../../records/telephony/trunks.ts'
import { liveRoutes } from '../live/live.ts'
import { openHouse } from '../testing/house.ts'
import { quietSince } from './quiet.ts'

test('a desk that stands open says since when nothing is heard from the other side, and no more once something is', async () => {
  await using house = await openHouse({ pages: { routers: [liveRoutes] } })
  const alice = await house.add('alice', 'agent', { language: 'zh-CN' })
  const { cookie } = await house.signIn('alice')
  const carrier = { name: 'carrier', host: '127.0.0.1', callerIds: ['+861012345678'] }
  const trunk = await createTrunk(house.deps.records, 'system', carrier)
  const { engine } = house
  await engine.dispatch({ type: 'trunk.up', trunk: trunk.id }, 'system')
  await engine.dispatch({ type: 'agent.signOn', agent: alice.id }, 'system')
  await engine.dispatch({ type: 'station.up', agent: alice.id, leg: 'l_alice' as LegId }, 'system')
  const nobody = { campaign: null, lead: null, party: null, name: null, relation: null }
  await engine.dispatch({ type: 'agent.dial', agent: alice.id, number: '110', ...nobody }, 'system')
  const [call] = engine.state.calls.values()
  await engine.dispatch({ type: 'leg.answered', leg: call!.leg }, 'system')
  let quietMs = 4_000
  const asked = new Set<string>()
  house.deps.audio = {
    live: () => new Map(),
    byTrunk: () => new Map(),
    quietMs: leg => {
      asked.add(leg)
      return quietMs
    },
  }
  const response = await house.app.request('/live/desk', { headers: { cookie } })
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  const status = async () => {
    for (let text = ''; ; text += (await reader.read()).value) {
      const [, inside] = /id="call-status"[^>]*>([\s\S]*?)<\/div>/.exec(text) ?? []
      if (inside !== undefined) return inside
    }
  }
  assert.equal((await status()).includes('听不到'), false, 'a breath is no silence')
  const [at, beatMs] = [performance.now(), 10_000]
  quietMs = 14_000
  const said = await status()
  assert.ok(performance.now() - at < beatMs / 2, 'at once, and not by the beat that paints all anew')
  assert.match(said, />对方没有声音传来。[^<]*自动挂断。</, 'read out, and not for the mouse alone')
  assert.match(said, /title="对方没有声音传来。/)
  assert.ok(said.includes(`data-since="${house.clock.now() - 14_000}"`))
  assert.match(said, /aria-hidden="true"><time/, 'the running figure is not read out each second')
  quietMs = 0
  assert.equal((await status()).includes('听不到'), false)
  quietMs = 14_000
  assert.equal(quietSince(house.deps, alice.id), house.clock.now() - 14_000)
  const heard = { type: 'machine', signal: 'ced', confidence: 0.97, afterMs: 3_600 } as const
  await engine.dispatch({ type: 'leg.heard', leg: call!.leg, heard }, 'system')
  assert.match(await status(), /传真机/, 'why nobody speaks, at once')
  await engine.dispatch({ type: 'leg.held', leg: call!.leg }, 'system')
  assert.equal(quietSince(house.deps, alice.id), null, 'who holds may be silent')
  assert.deepEqual([...asked], [call!.leg])
  await reader.cancel()
})

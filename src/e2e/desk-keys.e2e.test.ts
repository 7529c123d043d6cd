/** Keys that are pressed on a desk phone (baresip) reach the far end (sipp) once each, in the way that its trunk says: before the answer, in the talk, by INFO. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Trunk } from '../centre/entities.ts'
import type { CallId, CampaignId, TrunkId, UserId } from '../lib/ids.ts'
import { type Baresip, hasBaresip } from './baresip.ts'
import type { RtpPeer } from './rtp-peer.ts'
import { type Act, hasSipp, type Sipp } from './sipp.ts'
import { Stage } from './stage.ts'
import type { World } from './world.ts'

const aliceHz = 1000

describe('a key of a desk phone reaches the far end once', {
  skip: hasSipp && hasBaresip ? false : 'needs baresip and sipp',
}, () => {
  let stage: Stage
  let world: World
  let alice: UserId
  let phone: Baresip
  let customer: RtpPeer

  before(async () => {
    stage = await Stage.open({ address: '127.0.0.1' })
    ;({ world } = stage)
    ;({ id: alice, phone } = await stage.deskPhone({ name: 'alice', extension: '1001', hz: aliceHz }))
    await stage.signOn(alice)
    customer = await stage.voice('127.0.0.38', 440)
  })
  after(() => stage?.[Symbol.asyncDispose]())

  async function dialled(name: string, acts: Act[], rules: Trunk['rules']): Promise<Sipp> {
    customer.reset()
    customer.keys = ''
    const carrier = await stage.carrier('127.0.0.39', customer, acts)
    const trunk = await world.trunk(carrier, { id: `t_${name}` as TrunkId, ...(rules ? { rules } : {}) })
    const id = `k_${name}` as CampaignId
    const campaign = await world.campaign({ id, mode: 'manual', trunks: [trunk], agents: [alice] })
    const nobody = { lead: null, party: null, name: null, relation: null }
    await stage.ready(alice)
    await stage.does(alice, { type: 'agent.dial', agent: alice, number: '+8613800000009', campaign, ...nobody })
    return carrier
  }

  const pressed = (call: CallId, times: number) =>
    world.until(
      `${times} keys of hers`,
      () => world.facts.filter(fact => fact.type === 'call.digit' && fact.call === call).length >= times,
    )

  test('as an event in RTP: in a menu before the answer, and in the talk', async () => {
    const carrier = await dialled(
      'events',
      [
        ...[{ do: 'early' } as const, { do: 'pause', ms: 2_500 } as const, { do: 'answer' } as const],
        ...[{ do: 'pause', ms: 3_000 } as const, { do: 'bye' } as const],
      ],
      undefined,
    )
    const { call } = await world.fact('call.early')
    await customer.hears(aliceHz)
    phone.command('sndcode', '1')
    await pressed(call, 1)
    assert.equal(world.call(call)?.answeredAt, null, 'before the answer')
    await world.fact('call.connected', fact => fact.call === call)
    phone.command('sndcode', '2')
    await pressed(call, 2)
    await world.fact('call.ended', fact => fact.call === call)
    await carrier.done()
    assert.equal(customer.keys, '12')
    await stage.does(alice, {
      ...{ type: 'agent.dispose', agent: alice, call, code: 'promise', note: '', fields: {} },
      ...{ callbackAt: null, callbackMine: false, next: 'break' },
    })
  })

  test('as one INFO, and as no event, where the trunk asks for that', async () => {
    const acts: Act[] = [{ do: 'answer' }, { do: 'expectInfo' }, { do: 'pause', ms: 1_000 }, { do: 'bye' }]
    const carrier = await dialled('info', acts, { dtmf: 'info' })
    const { call } = await world.fact('call.connected', fact => world.call(fact.call)?.campaign === 'k_info')
    await customer.hears(aliceHz)
    phone.command('sndcode', '5')
    await pressed(call, 1)
    await world.fact('call.ended', fact => fact.call === call)
    await carrier.done()
    assert.equal(customer.keys, '')
  })
})

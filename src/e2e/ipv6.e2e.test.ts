/** A carrier of IPv6 and a desk phone of IPv4: sipp signals and speaks over ::1, baresip over 127.0.0.1, and tones tell who hears whom. */
import assert from 'node:assert/strict'
import { networkInterfaces } from 'node:os'
import { after, before, describe, test } from 'node:test'
import type { CampaignId, UserId } from '../lib/ids.ts'
import { goertzel } from '../rtp/tone.ts'
import { type Baresip, hasBaresip } from './baresip.ts'
import type { RtpPeer } from './rtp-peer.ts'
import { hasSipp, Sipp } from './sipp.ts'
import { Stage } from './stage.ts'
import type { World } from './world.ts'

const [customerHz, agentHz] = [440, 1000]
const hasIpv6 = Object.values(networkInterfaces())
  .flat()
  .some(one => one?.address === '::1')
const missing = !hasSipp || !hasBaresip ? 'needs sipp and baresip' : !hasIpv6 ? 'this machine has no IPv6' : false

describe('a carrier of IPv6', { skip: missing }, () => {
  let stage: Stage
  let world: World
  let customer: RtpPeer
  let phone: Baresip
  let alice: UserId

  before(async () => {
    stage = await Stage.open({ address: '127.0.0.1', ipv6: true })
    ;({ world } = stage)
    customer = await stage.voice('::1', customerHz)
    ;({ id: alice, phone } = await stage.deskPhone({ name: 'alice', extension: '1001', hz: agentHz }))
    await stage.signOn(alice)
  })
  after(() => stage?.[Symbol.asyncDispose]())

  test('is called, heard and spoken to', async () => {
    await using carrier = await Sipp.carrier({
      ...{ address: '::1', media: customer },
      acts: [{ do: 'ring' }, { do: 'pause', ms: 300 }, { do: 'answer' }, { do: 'told' }, { do: 'bye' }],
    })
    const trunk = await world.trunk(carrier)
    const campaign = await world.campaign({ id: 'k_six' as CampaignId, trunks: [trunk], agents: [alice] })
    await world.leads(campaign, ['+8613800000001'])
    await stage.ready(alice)
    await world.fact('call.connected')
    await phone.hears(customerHz)
    await customer.hears(agentHz)
    const level = goertzel(customer.lastSecond, agentHz)
    assert.ok(level > 0.2 && level < 0.4, `at its level: ${level}`)
    await carrier.goOn()
    await world.fact('call.ended')
    await carrier.done()
  })
})

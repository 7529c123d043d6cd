/** A carrier of IPv6 and a desk phone of IPv4: sipp signals and speaks over ::1, baresip over 127.0.0.1, and tones tell who hears whom. */
import assert from 'node:assert/strict'
import { networkInterfaces } from 'node:os'
import { after, before, describe, test } from 'node:test'
import type { CampaignId, UserId } from '../lib/ids.ts'
import { goertzel } from '../rtp/tone.ts'
import { Baresip, hasBaresip } from './baresip.ts'
import { RtpPeer } from './rtp-peer.ts'
import { hasSipp, Sipp } from './sipp.ts'
import { sipPassword, World } from './world.ts'

const [customerHz, agentHz] = [440, 1000]
const hasIpv6 = Object.values(networkInterfaces())
  .flat()
  .some(one => one?.address === '::1')
const missing = !hasSipp || !hasBaresip ? 'needs sipp and baresip' : !hasIpv6 ? 'this machine has no IPv6' : false

describe('a carrier of IPv6', { skip: missing }, () => {
  let world: World
  let customer: RtpPeer
  let phone: Baresip
  let alice: UserId

  before(async () => {
    world = await World.open({ address: '127.0.0.1', ipv6: true })
    customer = await RtpPeer.open('::1', customerHz)
    alice = await world.agent('alice', 'phone-nailed', '1001')
    phone = await Baresip.phone({
      ...{ address: '127.0.0.1', extension: '1001', password: sipPassword, hz: agentHz },
      registrar: `127.0.0.1:${world.sipPort}`,
    })
    await world.until(
      'the desk phone is registered',
      async () => (await world.house.telephone.figures())['sip_bindings'] === 1,
    )
    await world.house.engine.dispatch({ type: 'agent.signOn', agent: alice }, `user:${alice}`)
    await world.fact('agent.stationChanged', fact => fact.up)
  })
  after(async () => {
    await phone?.[Symbol.asyncDispose]()
    await customer?.[Symbol.asyncDispose]()
    await world?.[Symbol.asyncDispose]()
  })

  test('is called, heard and spoken to', async () => {
    await using carrier = await Sipp.carrier({
      ...{ address: '::1', media: customer },
      acts: [{ do: 'ring' }, { do: 'pause', ms: 300 }, { do: 'answer' }, { do: 'pause', ms: 3000 }, { do: 'bye' }],
    })
    const trunk = await world.trunk(carrier)
    const campaign = await world.campaign({ id: 'k_six' as CampaignId, trunks: [trunk], agents: [alice] })
    await world.leads(campaign, ['+8613800000001'])
    const ready = await world.house.engine.dispatch({ type: 'agent.ready', agent: alice }, `user:${alice}`)
    assert.ok(ready.ok)
    await world.fact('call.connected')
    await phone.hears(customerHz)
    await customer.hears(agentHz)
    const level = goertzel(customer.lastSecond, agentHz)
    assert.ok(level > 0.2 && level < 0.4, `at its level: ${level}`)
    await world.fact('call.ended')
    await carrier.done()
  })
})

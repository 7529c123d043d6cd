/** One carrier at several places: found by its service records, left when it fails, gone back to; sipp stands at each. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { CampaignId, TrunkId, UserId } from '../lib/ids.ts'
import { DnsServer } from '../phone/fixtures/dns-server.ts'
import { systemDns } from '../phone/system-dns.ts'
import { RtpPeer } from './rtp-peer.ts'
import { type Act, hasSipp, Sipp } from './sipp.ts'
import { World } from './world.ts'

describe('a trunk whose carrier has several targets', { skip: hasSipp ? false : 'needs sipp' }, () => {
  let world: World
  let names: DnsServer
  let customer: RtpPeer
  let alice: UserId

  before(async () => {
    names = await DnsServer.open({})
    world = await World.open({ address: '127.0.0.1', dns: systemDns([names.address]) })
    customer = await RtpPeer.open('127.0.0.33', 440)
    alice = await world.agent('alice', 'phone-rung', '1001')
  })
  after(async () => {
    await customer?.[Symbol.asyncDispose]()
    await world?.[Symbol.asyncDispose]()
    await names?.[Symbol.asyncDispose]()
  })

  const answering: Act[] = [
    { do: 'ring' },
    { do: 'pause', ms: 100 },
    { do: 'answer' },
    { do: 'pause', ms: 100 },
    { do: 'bye' },
  ]
  let nth = 0
  async function dial(trunk: TrunkId): Promise<string> {
    const name = `n${++nth}`
    const campaign = await world.campaign({
      id: `k_${name}` as CampaignId,
      mode: 'notice',
      trunks: [trunk],
      agents: [alice],
      notice: { language: 'en', parts: [{ prompt: 'thank-you' }], maxLines: 1, waitMs: 5_000 },
    })
    await world.leads(campaign, [`+861380000000${nth}`])
    return (await world.fact('call.dialed', fact => fact.campaign === campaign)).call
  }

  test('a 503 of the first is the second’s call, within the same attempt and on the same leg; the next call goes there at once', async () => {
    await using full = await Sipp.carrier({
      ...{ address: '127.0.0.34', media: customer },
      acts: [{ do: 'final', status: 503, words: 'Service Unavailable' }],
    })
    await using good = await Sipp.carrier({ address: '127.0.0.35', media: customer, acts: answering })
    const srv = (name: string, priority: number, port: number) => ({ name, priority, weight: 0, port })
    names.zone = {
      srv: { '_sip._udp.carrier.test': [srv('b.carrier.test', 2, good.port), srv('a.carrier.test', 1, full.port)] },
      a: { 'a.carrier.test': ['127.0.0.34'], 'b.carrier.test': ['127.0.0.35'] },
    }
    const trunk = await world.trunk(
      { address: 'carrier.test', port: 5060 },
      { id: 't_srv' as TrunkId, connection: { lookUp: 'services' } },
    )
    await world.until(
      'the trunk is found',
      () => world.house.telephone.trunkWire(trunk)?.target?.address === '127.0.0.34',
    )
    const call = await dial(trunk)
    await world.fact('call.answered', fact => fact.call === call)
    const dialled = world.facts.filter(fact => fact.type === 'call.dialed' && fact.call === call)
    assert.equal(dialled.length, 1)
    assert.deepEqual(world.house.telephone.trunkWire(trunk)?.target, { address: '127.0.0.35', port: good.port })
    await world.fact('call.ended', fact => fact.call === call)
  })

  test('a name that is nowhere keeps the trunk down, in words', async () => {
    names.zone = {}
    const trunk = await world.trunk({ address: 'nowhere.test', port: 5060 }, { id: 't_nowhere' as TrunkId })
    const told = await world.fact(
      'trunk.stateChanged',
      fact => fact.trunk === trunk && /does not resolve/.test(fact.reason),
    )
    assert.equal(told.state, 'down')
  })

  test('without service records the address is looked up, as ever', async () => {
    await using plain = await Sipp.carrier({ address: '127.0.0.36', media: customer, acts: answering })
    names.zone = { a: { 'plain.test': ['127.0.0.36'] } }
    const trunk = await world.trunk({ address: 'plain.test', port: plain.port }, { id: 't_plain' as TrunkId })
    await world.until('it is found', () => world.house.telephone.trunkWire(trunk)?.target)
    const call = await dial(trunk)
    await world.fact('call.answered', fact => fact.call === call)
  })
})

/** A trunk that reaches its carrier by an outbound proxy, or by service records at two places of which one dies; Kamailio stands at each. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Trunk } from '../centre/entities.ts'
import type { CallId, CampaignId, TrunkId, UserId } from '../lib/ids.ts'
import { DnsServer } from '../phone/fixtures/dns-server.ts'
import { systemDns } from '../phone/system-dns.ts'
import { hasKamailio, Kamailio } from './kamailio.ts'
import { freePort } from './ports.ts'
import type { RtpPeer } from './rtp-peer.ts'
import { hasSipp, Sipp } from './sipp.ts'
import { callerNumber, ownNumber, Stage } from './stage.ts'
import type { World } from './world.ts'

const [aliceHz, customerHz] = [1000, 440]
const [firstAt, secondAt, farAt] = ['127.0.0.67', '127.0.0.68', '127.0.0.69']

describe('a trunk whose carrier is elsewhere', {
  skip: !hasKamailio || !hasSipp ? 'needs kamailio and sipp' : false,
}, () => {
  let stage: Stage
  let world: World
  let names: DnsServer
  let farPort: number
  let customer: RtpPeer
  let alice: UserId

  before(async () => {
    names = await DnsServer.open({})
    stage = await Stage.open({ dns: systemDns([names.address]) })
    stage.keep(names)
    ;({ world } = stage)
    farPort = await freePort(farAt)
    customer = await stage.voice('127.0.0.70', customerHz)
    ;({ id: alice } = await stage.softBrowser({ name: 'alice', hz: aliceHz }))
    await stage.signOn(alice)
    await world.queue([alice], ownNumber)
  })
  after(() => stage?.[Symbol.asyncDispose]())

  const kamailioAt = (address: string) => Kamailio.open({ address, far: { address: farAt, port: farPort } })

  /** At `carrier.test`, where it registers as `lender`. */
  const trunkOf = (name: string, more: Partial<Trunk>) =>
    world.trunk(
      { address: 'carrier.test', port: 5060 },
      { id: `t_${name}` as TrunkId, register: true, username: 'lender', ...more },
      'right',
    )

  const isRegisteredAt = (kamailio: Kamailio, id: TrunkId) =>
    world.until('it is registered there', async () => {
      const wire = world.house.telephone.trunkWire(id)
      if (wire?.target?.port !== kamailio.port || wire.registration?.state !== 'registered') return false
      return (await kamailio.contacts('lender')).length === 1
    })

  let nth = 0
  /** One call of a campaign, in which both are heard, and which alice ends. */
  async function weCall(trunk: TrunkId): Promise<CallId> {
    customer.reset()
    const far = stage.keep(
      await Sipp.carrier({
        ...{ address: farAt, port: farPort, media: customer },
        acts: [
          { do: 'answer' },
          { do: 'pause', ms: 300 },
          { do: 'reinvite', direction: 'sendrecv' },
          { do: 'expectBye' },
        ],
      }),
    )
    const id = `k_${++nth}` as CampaignId
    const campaign = await world.campaign({ id, trunks: [trunk], agents: [alice] })
    await world.leads(campaign, ['+8613800000001'])
    await stage.ready(alice)
    const { call } = await world.fact('call.connected', fact => world.call(fact.call)?.campaign === campaign)
    await customer.hears(aliceHz)
    await hangUp(call)
    await far.done()
    assert.equal(world.facts.filter(fact => fact.type === 'call.dialed' && fact.campaign === campaign).length, 1)
    return call
  }

  /** Somebody dials our number at this Kamailio. */
  async function isCalledBy(kamailio: Kamailio, trunk: TrunkId): Promise<void> {
    customer.reset()
    const before = world.facts.length
    await stage.ready(alice)
    const caller = stage.keep(
      await Sipp.caller({
        ...{ address: farAt, media: customer, number: ownNumber, from: callerNumber },
        ...{ target: `${kamailio.address}:${kamailio.port}`, acts: [{ do: 'expectBye' }] },
      }),
    )
    const offered = await world.until('it is offered', () =>
      world.facts.slice(before).find(fact => fact.type === 'call.offered'),
    )
    assert.equal(offered.trunk, trunk)
    await customer.hears(aliceHz)
    await hangUp(offered.call)
    await caller.done()
  }

  async function hangUp(call: CallId): Promise<void> {
    await stage.does(alice, { type: 'agent.hangUp', agent: alice, call })
    await stage.does(alice, {
      ...{ type: 'agent.dispose', agent: alice, call, code: 'promise', note: '', fields: {} },
      ...{ callbackAt: null, callbackMine: false, next: 'break' },
    })
  }

  for (const transport of ['udp', 'tcp'] as const)
    test(`registers, calls and is called by its outbound proxy over ${transport.toUpperCase()}, with a name that resolves nowhere`, async () => {
      await using proxy = await kamailioAt(firstAt)
      const id = await trunkOf(`proxied_${transport}`, {
        transport,
        connection: { outboundProxy: `${firstAt}:${proxy.port}` },
      })
      await isRegisteredAt(proxy, id)
      const register = proxy.said.slice(proxy.said.lastIndexOf(`REGISTER ${transport} asked`) - 1)
      assert.deepEqual(
        register,
        ['by route to carrier.test', 'asked', 'by route to carrier.test', 'proved MD5, expires 3600'].map(
          what => `REGISTER ${transport} ${what}`,
        ),
      )
      const from = proxy.said.length
      await weCall(id)
      const calling = proxy.said.slice(from)
      assert.deepEqual(
        calling.filter(line => line.startsWith(`INVITE ${transport} by route`)),
        Array.from({ length: 2 }, () => `INVITE ${transport} by route to carrier.test`),
      )
      const routes = transport === 'udp' ? 1 : 2
      assert.equal(calling.at(-1), `BYE ${transport} in dialog, routes ${routes}`)
      await isCalledBy(proxy, id)
      await world.trunk({ address: 'carrier.test', port: 5060 }, { id, enabled: false })
    })

  for (const transport of ['udp', 'tcp'] as const)
    test(`goes to the second place over ${transport.toUpperCase()} when the first has died between two calls, and is called from there`, async () => {
      const first = await kamailioAt(firstAt)
      await using second = await kamailioAt(secondAt)
      const srv = (name: string, priority: number, { port }: Kamailio) => ({ name, priority, weight: 0, port })
      names.zone = {
        srv: {
          [`_sip._${transport}.carrier.test`]: [srv('b.carrier.test', 2, second), srv('a.carrier.test', 1, first)],
        },
        a: { 'a.carrier.test': [firstAt], 'b.carrier.test': [secondAt] },
      }
      const id = await trunkOf(`srv_${transport}`, { transport, connection: { lookUp: 'services' } })
      try {
        await isRegisteredAt(first, id)
        await weCall(id)
      } finally {
        await first[Symbol.asyncDispose]()
      }
      await weCall(id)
      assert.ok(second.said.includes(`INVITE ${transport} proved MD5, expires <null>`), second.said.join('\n'))
      await isRegisteredAt(second, id)
      await isCalledBy(second, id)
      await world.trunk({ address: 'carrier.test', port: 5060 }, { id, enabled: false })
    })
})

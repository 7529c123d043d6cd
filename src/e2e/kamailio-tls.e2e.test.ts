/**
 * A trunk over TLS at a carrier that is not ours: Kamailio wants a client certificate of the company's authority, shows the right one to who asks
 * by name alone, and everything of a call goes over the one connection.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Trunk } from '../centre/entities.ts'
import type { CallId, CampaignId, TrunkId, UserId } from '../lib/ids.ts'
import { authority, certificate, type Pair } from '../phone/fixtures/certificates.ts'
import { keep } from '../records/door.ts'
import { hasKamailio, Kamailio, type KamailioWishes } from './kamailio.ts'
import { freePort } from './ports.ts'
import type { RtpPeer } from './rtp-peer.ts'
import { hasSipp, Sipp } from './sipp.ts'
import { callerNumber, ownNumber, Stage } from './stage.ts'
import type { World } from './world.ts'

const [aliceHz, customerHz] = [1000, 440]
const [carrierAt, farAt] = ['127.0.0.64', '127.0.0.65']
const carrierName = 'sip.carrier.test'

describe('a trunk at Kamailio over TLS', { skip: !hasKamailio || !hasSipp ? 'needs kamailio and sipp' : false }, () => {
  let stage: Stage
  let world: World
  let kamailio: Kamailio
  let tls: NonNullable<KamailioWishes['tls']>
  let farPort: number
  let customer: RtpPeer
  let alice: UserId
  let company: Pair
  let stranger: Pair
  /** What we show to carriers. */
  let ours: Pair

  before(async () => {
    ;[company, stranger] = [await authority('Company'), await authority('Stranger')]
    const identity = await certificate(company, { names: ['127.0.0.1'] })
    ours = await certificate(company, { names: ['centre.lender.test'] })
    stage = await Stage.open({ identity: { cert: identity.certPem, key: identity.keyPem } })
    ;({ world } = stage)
    farPort = await freePort(farAt)
    tls = {
      authorities: company.certPem,
      name: carrierName,
      identity: await certificate(company, { names: [carrierName] }),
      otherwise: await certificate(company, { names: ['other.test'] }),
    }
    kamailio = stage.keep(await Kamailio.open({ address: carrierAt, far: { address: farAt, port: farPort }, tls }))
    customer = await stage.voice('127.0.0.66', customerHz)
    ;({ id: alice } = await stage.softBrowser({ name: 'alice', hz: aliceHz }))
    await stage.signOn(alice)
  })
  after(() => stage?.[Symbol.asyncDispose]())

  /** Shows `shown`; registers as `lender` unless told otherwise. */
  async function trunk(name: string, shown: Pair | null, more: Partial<Trunk> = {}): Promise<TrunkId> {
    const id = `t_${name}` as TrunkId
    if (shown) await keepKey(id, shown)
    return world.trunk(
      { address: carrierAt, port: kamailio.tlsPort },
      {
        ...{ id, transport: 'tls', register: true, username: 'lender' },
        ...more,
        connection: {
          ...{ authorities: company.certPem, tlsName: carrierName, certificate: shown?.certPem ?? null },
          ...more.connection,
        },
      },
      'right',
    )
  }

  const keepKey = (id: TrunkId, shown: Pair) =>
    keep(world.house.door, 'system', [], [{ owner: id, kind: 'trunk-key', value: shown.keyPem }])

  const isUp = (id: TrunkId) => world.until(`${id} is up`, () => world.house.engine.state.trunks.get(id)?.up)

  const isDown = (id: TrunkId, why: RegExp) =>
    world.fact('trunk.stateChanged', fact => fact.trunk === id && fact.state === 'down' && why.test(fact.reason))

  test('that shows no certificate, or one of a stranger’s, is refused, and says that it is', async () => {
    for (const [name, shown] of [
      ['bare', null],
      ['stranger', await certificate(stranger, { names: ['centre.lender.test'] })],
    ] as const) {
      const id = await trunk(name, shown)
      await isDown(id, /^TLS: it refuses us; does it want another client certificate\?$/)
      await world.keep([{ type: 'trunk.removed', trunk: id }])
    }
    assert.deepEqual(kamailio.said, [])
  })

  test('that asks for another name is shown another certificate, and goes no further', async () => {
    const id = await trunk('named', ours, { connection: { tlsName: 'nobody.test' } })
    await isDown(id, /is not for nobody\.test but for .*other\.test/)
    await world.keep([{ type: 'trunk.removed', trunk: id }])
    assert.deepEqual(kamailio.said, [])
  })

  for (const sips of [false, true])
    test(`that shows ours registers with ${sips ? 'sips' : 'sip'}, and calls both ways go over its one connection`, async () => {
      const name = sips ? 'sips' : 'sip'
      const id = await trunk(name, ours, { connection: { sips } })
      await isUp(id)
      const contact = `${name}:lender@127.0.0.1:${world.sipTlsPort}${sips ? '' : ';transport=tls'}`
      assert.deepEqual(await kamailio.contacts('lender'), [contact])
      // Another of its processes lists them, some milliseconds later.
      await world.until('Kamailio lists a connection', async () => (await connections()).length > 0)
      const open = await connections()
      assert.equal(open.length, 1)
      const from = kamailio.said.length
      await weCall(id, name)
      assert.deepEqual(said(from, /^(?:ACK|INVITE|BYE) \w+ in/), [
        ...['ACK tls in dialog, routes 2', 'INVITE udp in dialog, routes 1', 'ACK udp in dialog, routes 1'],
        'BYE tls in dialog, routes 2',
      ])
      await isCalled(id)
      assert.deepEqual(await connections(), open)
      await world.trunk({ address: carrierAt, port: 5061 }, { id, enabled: false })
      await world.until('Kamailio has no contact', async () => (await kamailio.contacts('lender')).length === 0)
    })

  test('that knows its carrier by the certificate takes calls by a connection that the carrier opens; another’s are nobody’s', async () => {
    const connection = { trust: 'certificate' } as const
    const far = { address: farAt, port: farPort }
    const open = (calling: Pair) => Kamailio.open({ address: carrierAt, far, tls: { ...tls, calling } })
    {
      await using theirs = await open(await certificate(company, { names: [carrierName] }))
      const id = await trunk('known', ours, { connection, port: theirs.tlsPort })
      await isUp(id)
      await isCalled(id, theirs)
      assert.equal(((await theirs.ask('tls.list')) as unknown[]).length, 2)
      await world.keep([{ type: 'trunk.removed', trunk: id }])
    }
    await using another = await open(await certificate(company, { names: ['other.test'] }))
    const id = await trunk('unknown', ours, { connection, port: another.tlsPort })
    await isUp(id)
    const before = world.facts.length
    await using caller = await Sipp.caller({
      ...{ address: farAt, media: customer, number: ownNumber, from: callerNumber },
      ...{ target: `${carrierAt}:${another.port}`, acts: [{ do: 'expectBye' }] },
    })
    await assert.rejects(caller.done(), /401 Unauthorized/) // as any telephone is asked
    assert.ok(world.facts.slice(before).every(fact => fact.type !== 'call.offered'))
  })

  /** Those of TLS that Kamailio has, by its numbers. */
  async function connections(): Promise<number[]> {
    return ((await kamailio.ask('tls.list')) as { id: number }[]).map(({ id }) => id)
  }

  /** One call of a campaign, with a re-INVITE of the far end; alice hangs up. */
  async function weCall(id: TrunkId, name: string): Promise<void> {
    customer.reset()
    const far = stage.keep(
      await Sipp.carrier({
        ...{ address: farAt, port: farPort, media: customer },
        acts: [
          ...([{ do: 'answer' }, { do: 'pause', ms: 300 }] as const),
          ...([{ do: 'reinvite', direction: 'sendrecv' }, { do: 'expectBye' }] as const),
        ],
      }),
    )
    const campaign = await world.campaign({ id: `k_${name}` as CampaignId, trunks: [id], agents: [alice] })
    await world.leads(campaign, ['+8613800000001'])
    await stage.ready(alice)
    const { call } = await world.fact('call.connected', fact => world.call(fact.call)?.campaign === campaign)
    await customer.hears(aliceHz)
    await hangUp(call)
    await far.done()
  }

  async function isCalled(id: TrunkId, by = kamailio): Promise<void> {
    await world.queue([alice], ownNumber)
    customer.reset()
    const before = world.facts.length
    await stage.ready(alice)
    const caller = stage.keep(
      await Sipp.caller({
        ...{ address: farAt, media: customer, number: ownNumber, from: callerNumber },
        ...{ target: `${carrierAt}:${by.port}`, acts: [{ do: 'expectBye' }] },
      }),
    )
    const offered = await world.until('it is offered', () =>
      world.facts.slice(before).find(fact => fact.type === 'call.offered'),
    )
    assert.equal(offered.trunk, id)
    await world.fact('call.connected', fact => fact.call === offered.call)
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

  function said(from: number, what: RegExp): string[] {
    return kamailio.said.slice(from).filter(line => what.test(line))
  }
})

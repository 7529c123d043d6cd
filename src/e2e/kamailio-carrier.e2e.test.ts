/**
 * A trunk at a carrier that is not ours: Kamailio registers it with digest, challenges its calls, and stays on their way, with sipp behind it.
 * Tones tell who hears whom.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Trunk } from '../centre/entities.ts'
import type { CampaignId, TrunkId, UserId } from '../lib/ids.ts'
import { issueToken } from '../records/people/tokens.ts'
import { hasKamailio, Kamailio, type KamailioWishes } from './kamailio.ts'
import { freePort } from './ports.ts'
import type { RtpPeer } from './rtp-peer.ts'
import { hasSipp, Sipp } from './sipp.ts'
import { callerNumber, ownNumber, Stage } from './stage.ts'
import { World } from './world.ts'

const [aliceHz, customerHz] = [1000, 440]
const [carrierAt, farAt] = ['127.0.0.75', '127.0.0.76']
const lacking = !hasKamailio || !hasSipp ? 'needs kamailio and sipp' : false

const open = (wishes: Partial<KamailioWishes> = {}) =>
  Kamailio.open({ address: carrierAt, far: { address: farAt, port: 5060 }, ...wishes })

/** The trunk that registers there as `lender`. */
const registering = (world: World, at: Kamailio, more: Partial<Trunk> = {}, password = 'right') =>
  world.trunk(at, { id: 't_kamailio' as TrunkId, register: true, username: 'lender', ...more }, password)

const registrationOf = (world: World, trunk: TrunkId) => world.house.telephone.trunkWire(trunk)?.registration

describe('a trunk registers at Kamailio', { skip: lacking }, () => {
  let world: World

  before(async () => {
    world = await World.open({ web: 'http' })
  })
  after(() => world?.[Symbol.asyncDispose]())

  for (const algorithm of ['MD5', 'SHA-256'] as const)
    test(`with ${algorithm}, over UDP and over TCP, and leaves when it is switched off`, async () => {
      await using kamailio = await open({ algorithm })
      for (const transport of ['udp', 'tcp'] as const) {
        const trunk = await registering(world, kamailio, { transport })
        const contact = `sip:lender@127.0.0.1:${world.sipPort}${transport === 'tcp' ? ';transport=tcp' : ''}`
        await world.until(
          `Kamailio has our contact of ${transport}`,
          async () => (await kamailio.contacts('lender')).join() === contact,
        )
        // It lists a contact before its 200 is here.
        await world.until('so have we', () => registrationOf(world, trunk)?.state === 'registered')
        assert.deepEqual(kamailio.said.slice(-2), [
          `REGISTER ${transport} asked`,
          `REGISTER ${transport} proved ${algorithm}, expires 3600`,
        ])
        await registering(world, kamailio, { transport, enabled: false })
        await world.until('Kamailio has no contact', async () => (await kamailio.contacts('lender')).length === 0)
      }
    })

  test('again before the short time that was granted is over, also when its nonce is over by then', async () => {
    await using kamailio = await open({ grantsS: 10, nonceS: 1, algorithm: 'SHA-256' })
    const trunk = await registering(world, kamailio)
    const last = () => kamailio.said.slice(kamailio.said.lastIndexOf('REGISTER udp asked'))
    await world.until('it is refreshed', () => last().length === 4)
    const proved = 'REGISTER udp proved SHA-256, expires 3600'
    assert.deepEqual(last(), ['REGISTER udp asked', proved, 'REGISTER udp stale', proved])
    assert.equal(registrationOf(world, trunk)?.state, 'registered')
    assert.equal((await kamailio.contacts('lender')).length, 1)
  })

  const changes: Record<string, Partial<Trunk>[]> = {
    'something of the trunk is changed': [{ maxCalls: 50 }],
    'it is switched off and on again': [{ enabled: false }, {}],
  }
  for (const [name, steps] of Object.entries(changes))
    test(`and is so when ${name}, whatever gets lost`, async () => {
      await using kamailio = await open({ losesLeave: true })
      const trunk = await registering(world, kamailio)
      const isRegistered = () => registrationOf(world, trunk)?.state === 'registered'
      await world.until('it is registered', isRegistered)
      for (const step of steps) await registering(world, kamailio, step)
      await sleep(1_200) // what got lost is said again after half a second
      assert.equal((await kamailio.contacts('lender')).length, 1, kamailio.said.join('\n'))
      assert.ok(isRegistered() && world.house.engine.state.trunks.get(trunk)?.up)
    })

  test('whose refresh is refused holds until it runs out, and that is seen; then the trunk is down', async () => {
    await using kamailio = await open({ grantsS: 10 })
    const trunk = await registering(world, kamailio)
    await world.until('it is registered', () => registrationOf(world, trunk)?.state === 'registered')
    await kamailio.barsRegistering(true)
    const refresh = await world.until('a refresh fails', () => registrationOf(world, trunk)?.refresh)
    const { state, until } = registrationOf(world, trunk)!
    assert.deepEqual([state, refresh.reply], ['registered', '403 Forbidden'])
    assert.ok(world.house.engine.state.trunks.get(trunk)?.up)
    assert.equal((await kamailio.contacts('lender')).length, 1)
    const down = await world.fact(
      'trunk.stateChanged',
      fact => fact.trunk === trunk && /registration refused: 403/.test(fact.reason),
    )
    assert.ok(world.timeOf(down) >= until! - 50, `${world.timeOf(down)} ${until}`)
  })

  test('a wrong password is said by the API and on its page, and not tried again at once', async () => {
    await using kamailio = await open()
    const trunk = await registering(world, kamailio, {}, 'wrong')
    const { state } = await world.fact(
      'trunk.stateChanged',
      fact => fact.trunk === trunk && /registration refused: 401 Unauthorized/.test(fact.reason),
    )
    assert.equal(state, 'down')
    await sleep(200)
    const tried = kamailio.said
    assert.equal(tried.at(-1), 'REGISTER udp wrong -2')
    const { secret } = await issueToken(world.house.door, 'system', { name: 'adam', role: 'admin' })
    const response = await fetch(`${world.url}/api/v1/trunks/${trunk}`, {
      headers: { authorization: `Bearer ${secret}` },
    })
    const told = (await response.json()) as { up: boolean; reason: string; wire: { registration: { state: string } } }
    assert.deepEqual([told.up, told.wire.registration.state], [false, 'refused'])
    assert.match(told.reason, /401 Unauthorized/)
    await sleep(800)
    assert.deepEqual(kamailio.said, tried)
  })
})

test('who stops leaves a carrier that is far away, also when its nonces are good for one request', {
  skip: lacking,
}, async () => {
  await using kamailio = await open({ nonceOnce: true, afarMs: 150 })
  const world = await World.open()
  try {
    const trunk = await registering(world, kamailio)
    await world.until('it is registered', () => registrationOf(world, trunk)?.state === 'registered')
    assert.equal((await kamailio.contacts('lender')).length, 1)
  } finally {
    await world[Symbol.asyncDispose]()
  }
  assert.deepEqual(await kamailio.contacts('lender'), [], kamailio.said.join('\n'))
})

describe('calls by Kamailio', { skip: lacking }, () => {
  let stage: Stage
  let world: World
  let kamailio: Kamailio
  let farPort: number
  let customer: RtpPeer
  let alice: UserId
  let trunk: TrunkId

  before(async () => {
    stage = await Stage.open()
    ;({ world } = stage)
    farPort = await freePort(farAt)
    kamailio = stage.keep(await open({ far: { address: farAt, port: farPort } }))
    customer = await stage.voice('127.0.0.77', customerHz)
    ;({ id: alice } = await stage.softBrowser({ name: 'alice', hz: aliceHz }))
    await stage.signOn(alice)
    trunk = await registering(world, kamailio)
    await world.until('the trunk is up', () => world.house.engine.state.trunks.get(trunk)?.up)
  })
  after(() => stage?.[Symbol.asyncDispose]())

  const wrapUp = (call: string) =>
    stage.does(alice, {
      ...({ type: 'agent.dispose', agent: alice, call, code: 'promise', note: '', fields: {} } as const),
      ...{ callbackAt: null, callbackMine: false, next: 'break' },
    } as never)

  async function called(name: string, acts: Parameters<typeof Sipp.carrier>[0]['acts']) {
    customer.reset()
    const far = stage.keep(await Sipp.carrier({ address: farAt, port: farPort, media: customer, acts }))
    const campaign = await world.campaign({ id: `k_${name}` as CampaignId, trunks: [trunk], agents: [alice] })
    await world.leads(campaign, ['+8613800000001'])
    await stage.ready(alice)
    const { call } = await world.fact('call.connected', fact => world.call(fact.call)?.campaign === campaign)
    await customer.hears(aliceHz)
    return { call, far }
  }

  test('one that is challenged goes through, is held and resumed by the far end, and our BYE goes by the route', async () => {
    const from = kamailio.said.length
    const { call, far } = await called('ours', [
      ...([{ do: 'ring' }, { do: 'answer' }, { do: 'pause', ms: 1_500 }] as const),
      ...([
        { do: 'reinvite', direction: 'sendonly' },
        { do: 'pause', ms: 300 },
      ] as const),
      ...([{ do: 'reinvite', direction: 'sendrecv' }, { do: 'expectBye' }] as const),
    ])
    await world.until('both re-INVITEs passed', () => said(from, /^INVITE udp in dialog/).length === 2)
    customer.forget()
    await customer.hears(aliceHz)
    await stage.does(alice, { type: 'agent.hangUp', agent: alice, call })
    await far.done()
    assert.deepEqual(said(from, /^INVITE udp (?!in)/), ['INVITE udp asked', 'INVITE udp proved MD5, expires <null>'])
    assert.deepEqual(said(from, /^BYE/), ['BYE udp in dialog, routes 1'])
    assert.ok(said(from, /^ACK udp in dialog, routes 1/).length >= 3, kamailio.said.join('\n'))
    await wrapUp(call)
  })

  test('the far end’s BYE by the route ends it too', async () => {
    const { call, far } = await called('theirs', [{ do: 'answer' }, { do: 'told' }, { do: 'bye' }])
    await far.goOn()
    const { ending } = await world.fact('call.ended', fact => fact.call === call)
    assert.equal(ending.by, 'party')
    await far.done()
    await wrapUp(call)
  })

  const taken = new Set<string>()

  async function calledIn() {
    await world.queue([alice], ownNumber)
    customer.reset()
    await stage.ready(alice)
    const caller = stage.keep(
      await Sipp.caller({
        ...{ address: farAt, media: customer, number: ownNumber, from: callerNumber },
        ...{ target: `${kamailio.address}:${kamailio.port}`, acts: [{ do: 'expectBye' }] },
      }),
    )
    const { call } = await world.fact('call.offered', ({ call }) => !taken.has(call))
    taken.add(call)
    await world.fact('call.connected', fact => fact.call === call)
    await customer.hears(aliceHz)
    await sleep(200)
    return { caller, call }
  }

  test('who dials our number is led to the contact that we registered, and hears who picks up', async () => {
    const from = kamailio.said.length
    const { caller, call } = await calledIn()
    assert.deepEqual([world.call(call)?.trunk, world.call(call)?.ourNumber], [trunk, ownNumber])
    await stage.does(alice, { type: 'agent.hangUp', agent: alice, call })
    await caller.done()
    assert.deepEqual(
      said(from, /^(?:ACK|BYE)/),
      ['ACK', 'BYE'].map(method => `${method} udp in dialog, routes 1`),
    )
    await wrapUp(call)
  })

  test('our BYE in a call that came in shows who we are when Kamailio asks', async () => {
    await kamailio.asksWithin()
    const from = kamailio.said.length
    const { caller, call } = await calledIn()
    await stage.does(alice, { type: 'agent.hangUp', agent: alice, call })
    await caller.done()
    const bye = 'BYE udp in dialog, routes 1'
    assert.deepEqual(said(from, /^BYE/), [bye, 'BYE udp asked', bye, 'BYE udp proved MD5, expires <null>'])
  })

  function said(from: number, what: RegExp): string[] {
    return kamailio.said.slice(from).filter(line => what.test(line))
  }
})

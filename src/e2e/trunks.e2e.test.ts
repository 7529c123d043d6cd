/** Trunks in their order, against sipp as the carriers: which answers lead a call to the next one, and that nobody is rung twice. */
import assert from 'node:assert/strict'
import dgram from 'node:dgram'
import { once } from 'node:events'
import { after, before, describe, test } from 'node:test'
import type { CampaignId, TrunkGroupId, TrunkId, UserId } from '../lib/ids.ts'
import { freePort } from './ports.ts'
import { RtpPeer } from './rtp-peer.ts'
import { type Act, hasSipp, Sipp } from './sipp.ts'
import { World } from './world.ts'

describe('a campaign with a trunk group', { skip: hasSipp ? false : 'needs sipp' }, () => {
  let world: World
  let customer: RtpPeer
  let alice: UserId
  let nth = 0

  before(async () => {
    world = await World.open({ address: '127.0.0.1' })
    customer = await RtpPeer.open('127.0.0.31', 440)
    alice = await world.agent('alice', 'phone-rung', '1001')
  })
  after(async () => {
    await customer?.[Symbol.asyncDispose]()
    await world?.[Symbol.asyncDispose]()
  })

  const carrier = (acts: Act[]) => Sipp.carrier({ address: '127.0.0.30', media: customer, acts })

  /** A notice campaign, which needs no agent, calls one number through these two trunks in their order. */
  async function dialled(first: { address: string; port: number }, second: { address: string; port: number }) {
    const name = `n${++nth}`
    const trunks: TrunkId[] = []
    for (const [at, where] of [first, second].entries())
      trunks.push(await world.trunk(where, { id: `t_${name}_${at}` as TrunkId, callerIds: [`+86108888000${at}`] }))
    const group = { id: `tg_${name}` as TrunkGroupId, name, trunks }
    await world.keep([{ type: 'trunkGroup.saved', group }])
    const campaign = await world.campaign({
      id: `k_${name}` as CampaignId,
      mode: 'notice',
      trunks: [trunks[0]!],
      trunkGroup: group.id,
      agents: [alice],
      notice: { language: 'en', parts: [{ prompt: 'thank-you' }], maxLines: 1, waitMs: 5_000 },
    })
    await world.leads(campaign, [`+861380000000${nth}`])
    const call = await world.fact('call.dialed', fact => fact.campaign === campaign)
    return { call: call.call, trunks }
  }

  test('503 of the first is the second’s call, answered within the same attempt', async () => {
    await using full = await carrier([{ do: 'final', status: 503, words: 'Service Unavailable' }])
    await using good = await carrier([
      { do: 'ring' },
      { do: 'pause', ms: 200 },
      { do: 'answer' },
      { do: 'pause', ms: 100 },
      { do: 'bye' },
    ])
    const { call, trunks } = await dialled(full, good)
    const moved = await world.fact('call.rerouted', fact => fact.call === call)
    assert.deepEqual([moved.failed.trunk, moved.failed.sipStatus, moved.trunk], [trunks[0], 503, trunks[1]])
    await world.fact('call.answered', fact => fact.call === call)
    const ended = await world.fact('call.ended', fact => fact.call === call)
    assert.equal(ended.ending.result, 'ANSWERED')
    await Promise.all([full.done(), good.done()])
    const stored = await world.house.store.read('calls.byId', { id: call })
    assert.deepEqual([stored?.trunk, stored?.ourNumber], [trunks[1], '+861088880001'])
    assert.deepEqual(
      stored?.tries?.map(each => [each.trunk, each.why, each.sipStatus]),
      [[trunks[0], 'refused', 503]],
    )
  })

  test('486 of the first ends the attempt, and the second hears nothing of it', async () => {
    await using busy = await carrier([{ do: 'final', status: 486, words: 'Busy Here' }])
    await using idle = await Ear.open('127.0.0.30')
    const { call } = await dialled(busy, idle)
    const ended = await world.fact('call.ended', fact => fact.call === call)
    assert.equal(ended.ending.result, 'BUSY')
    await busy.done()
    assert.equal(idle.invites, 0)
    assert.equal(world.facts.filter(fact => fact.type === 'call.rerouted' && fact.call === call).length, 0)
  })

  test('503 after 180 ends the attempt: the phone has rung', async () => {
    await using rang = await carrier([
      { do: 'ring' },
      { do: 'pause', ms: 100 },
      { do: 'final', status: 503, words: 'Service Unavailable' },
    ])
    await using idle = await Ear.open('127.0.0.30')
    const { call } = await dialled(rang, idle)
    const ended = await world.fact('call.ended', fact => fact.call === call)
    assert.equal(ended.ending.result, 'CONGESTION')
    assert.equal(idle.invites, 0)
  })

  test('a silent first trunk is left after four seconds, and its INVITE is repeated no more', async () => {
    await using silent = await Ear.open('127.0.0.30')
    await using good = await carrier([{ do: 'answer' }, { do: 'pause', ms: 100 }, { do: 'bye' }])
    const { call, trunks } = await dialled(silent, good)
    const moved = await world.fact('call.rerouted', fact => fact.call === call)
    assert.deepEqual([moved.failed.trunk, moved.failed.why], [trunks[0], 'no_response'])
    const heard = silent.invites
    assert.ok(heard >= 3, `the INVITE was repeated: ${heard}`)
    await world.fact('call.ended', fact => fact.call === call)
    await good.done()
    assert.equal(silent.invites, heard)
  })

  test('a trunk at which nothing listens is left at once over TCP', async () => {
    await using good = await carrier([{ do: 'answer' }, { do: 'pause', ms: 100 }, { do: 'bye' }])
    const nobody = { address: '127.0.0.30', port: await freePort('127.0.0.30') }
    const name = 'tcp'
    const first = await world.trunk(nobody, { id: 't_tcp' as TrunkId, transport: 'tcp' })
    const second = await world.trunk(good, { id: 't_tcp2' as TrunkId })
    await world.keep([{ type: 'trunkGroup.saved', group: { id: 'tg_tcp' as never, name, trunks: [first, second] } }])
    const campaign = await world.campaign({
      id: 'k_tcp' as CampaignId,
      mode: 'notice',
      trunks: [first],
      trunkGroup: 'tg_tcp' as TrunkGroupId,
      agents: [alice],
      notice: { language: 'en', parts: [{ prompt: 'thank-you' }], maxLines: 1, waitMs: 5_000 },
    })
    await world.leads(campaign, ['+8613800000099'])
    const { call } = await world.fact('call.dialed', fact => fact.campaign === campaign)
    const moved = await world.fact('call.rerouted', fact => fact.call === call)
    assert.deepEqual([moved.failed.trunk, moved.failed.why], [first, 'unreachable'])
    await world.fact('call.answered', fact => fact.call === call)
    await good.done()
  })
})

/** A socket that takes what comes and never answers. */
class Ear {
  readonly address: string
  readonly port: number
  readonly #socket: dgram.Socket
  invites = 0

  private constructor(socket: dgram.Socket) {
    this.#socket = socket
    this.address = socket.address().address
    this.port = socket.address().port
    socket.on('message', bytes => {
      if (bytes.toString('latin1').startsWith('INVITE')) this.invites++
    })
  }

  static async open(address: string): Promise<Ear> {
    const socket = dgram.createSocket('udp4')
    socket.bind(0, address)
    await once(socket, 'listening')
    return new Ear(socket)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close()
  }
}

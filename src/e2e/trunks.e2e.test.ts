/** Trunks in their order, against sipp as the carriers: which answers lead a call to the next one, and that nobody is rung twice. */
import assert from 'node:assert/strict'
import dgram from 'node:dgram'
import { once } from 'node:events'
import { after, before, describe, test } from 'node:test'
import type { Trunk } from '../centre/entities.ts'
import type { Fact } from '../centre/facts.ts'
import type { CallId, CampaignId, TrunkGroupId, TrunkId, UserId } from '../lib/ids.ts'
import { purity } from '../rtp/tone.ts'
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

  const carrier = (acts: Act[], calls = 1) => Sipp.carrier({ address: '127.0.0.30', media: customer, acts, calls })

  /** A notice campaign, which needs no agent, calls so many numbers through these two trunks in their order. */
  async function dialled(
    first: { address: string; port: number },
    second: { address: string; port: number },
    more: Partial<Trunk> = {},
    leads = 1,
  ) {
    const name = `n${++nth}`
    const trunks: TrunkId[] = []
    for (const [at, where] of [first, second].entries())
      trunks.push(
        await world.trunk(where, { id: `t_${name}_${at}` as TrunkId, callerIds: [`+86108888000${at}`], ...more }),
      )
    const group = { id: `tg_${name}` as TrunkGroupId, name, trunks }
    await world.keep([{ type: 'trunkGroup.saved', group }])
    const campaign = await world.campaign({
      id: `k_${name}` as CampaignId,
      mode: 'notice',
      trunks: [trunks[0]!],
      trunkGroup: group.id,
      agents: [alice],
      notice: { language: 'en', parts: [{ prompt: 'thank-you' }], maxLines: leads, waitMs: 5_000 },
    })
    await world.leads(
      campaign,
      Array.from({ length: leads }, (_, at) => `+86138000000${at}${nth}`),
    )
    const call = await world.fact('call.dialed', fact => fact.campaign === campaign)
    return { call: call.call, campaign, trunks }
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

  test('the first at its cap leaves the next call to the second, and with both at theirs one waits for a line of the first', async () => {
    const plays = (ms: number): Act[] => [{ do: 'answer' }, { do: 'pause', ms }, { do: 'bye' }]
    await using brief = await carrier(plays(300), 2)
    await using long = await carrier(plays(1_500))
    const { campaign, trunks } = await dialled(brief, long, { maxCalls: 1 }, 3)
    const dials = () => world.facts.filter(fact => fact.type === 'call.dialed' && fact.campaign === campaign)
    await world.until('all three are dialled', () => dials().length === 3)
    const [first, second, third] = dials() as { call: CallId; trunk: TrunkId }[]
    assert.deepEqual([first!.trunk, second!.trunk, third!.trunk], [trunks[0], trunks[1], trunks[0]])
    const order = (type: Fact['type'], { call }: { call: CallId }) =>
      world.facts.findIndex(fact => fact.type === type && 'call' in fact && fact.call === call)
    assert.ok(order('call.dialed', second!) < order('call.ended', first!), 'while the first is up')
    assert.ok(order('call.ended', first!) < order('call.dialed', third!), 'and none goes over the cap')
    await Promise.all([brief.done(), long.done()])
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

  test('the INVITE is written by the rules of its trunk', async () => {
    await using silent = await Ear.open('127.0.0.30')
    const rules: Trunk['rules'] = {
      numbersOut: [{ pattern: '+86.', strip: 3, prefix: '9' }],
      callerIdForm: 'national',
      asserted: 'both',
      withheld: true,
      diversion: '+861088880000',
      responseMs: 1_000,
    }
    const { call } = await dialled(silent, silent, { rules, codecs: ['pcmu', 'pcma'] })
    await world.fact('call.ended', fact => fact.call === call)
    const { invite } = silent
    const number = world.facts.find(fact => fact.type === 'call.dialed' && fact.call === call)
    assert.ok(number?.type === 'call.dialed')
    assert.match(invite, new RegExp(`^INVITE sip:9${number.number.slice(3)}@127`))
    assert.match(invite, /\r\nFrom: "?Anonymous"? <sip:anonymous@anonymous\.invalid>;tag=/)
    assert.match(invite, /\r\nP-Asserted-Identity: <sip:01088880001@127\.0\.0\.1>\r\n/)
    assert.match(invite, /\r\nPrivacy: id\r\n/)
    assert.match(
      invite,
      /\r\nRemote-Party-ID: <sip:01088880001@127\.0\.0\.1>;party=calling;screen=yes;privacy=full\r\n/,
    )
    assert.match(invite, /\r\nDiversion: <sip:01088880000@127\.0\.0\.1>;reason=unconditional/)
    assert.match(invite, /\r\nm=audio \d+ RTP\/AVP 0 8 101\r\n/)
  })

  test('what a carrier means by its answer is what its trunk’s table says', async () => {
    const reason = 'Reason: Q.850;cause=31;text="Subscriber absent"'
    await using away = await carrier([
      { do: 'final', status: 480, words: 'Temporarily Unavailable', headers: [reason] },
    ])
    const rules: Trunk['rules'] = { results: [{ sip: 480, text: 'absent', result: 'POWER_OFF' }] }
    const { call } = await dialled(away, away, { rules })
    const { ending } = await world.fact('call.ended', fact => fact.call === call)
    assert.deepEqual(
      [ending.result, ending.sipStatus, ending.q850, ending.text, ending.rule],
      ['POWER_OFF', 480, 31, 'Subscriber absent', 'trunk 1: sip 480 text "absent"'],
    )
    await away.done()
  })

  test('keys travel by INFO, one after the other, or as tones that the far end hears', async () => {
    await using asked = await carrier([{ do: 'answer' }, { do: 'expectInfo' }, { do: 'expectInfo' }, { do: 'bye' }])
    const { call } = await dialled(asked, asked, { rules: { dtmf: 'info' } })
    await world.fact('call.answered', fact => fact.call === call)
    world.house.telephone.ports.phone.perform({
      type: 'phone.sendDigits',
      call,
      leg: world.call(call)!.leg,
      digits: '5#',
    })
    await asked.done()

    customer.reset()
    await using deaf = await carrier([{ do: 'answer' }, { do: 'told' }, { do: 'bye' }])
    const second = await dialled(deaf, deaf, { rules: { dtmf: 'inband' } })
    await world.fact('call.answered', fact => fact.call === second.call)
    const leg = world.call(second.call)!.leg
    await world.until('the message is heard', () => customer.received > 10)
    world.house.telephone.ports.phone.perform({
      type: 'phone.sendDigits',
      call: second.call,
      leg,
      digits: '5'.repeat(6),
    })
    await world.until('both tones of a 5 are heard', () => {
      const heard = customer.lastSecond
      const at = Array.from({ length: 40 }, (_, n) => heard.subarray(n * 160, n * 160 + 480))
      return at.some(part => part.length === 480 && purity(part, 770) > 0.3 && purity(part, 1336) > 0.3)
    })
    await deaf.goOn()
    await deaf.done()
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
  /** The last one. */
  invite = ''

  private constructor(socket: dgram.Socket) {
    this.#socket = socket
    this.address = socket.address().address
    this.port = socket.address().port
    socket.on('message', bytes => {
      const text = bytes.toString('latin1')
      if (!text.startsWith('INVITE')) return
      this.invites++
      this.invite = text
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

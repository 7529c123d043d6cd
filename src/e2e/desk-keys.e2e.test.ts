/**
 * Who dials by hand at a desk phone (baresip): keys reach the far end (sipp) once each, in the way that its trunk says, before the answer, in the
 * talk, by INFO; and before the answer the network is heard, or our own ring-back, or nothing, as its trunk says.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Trunk } from '../centre/entities.ts'
import type { CallId, CampaignId, TrunkId, UserId } from '../lib/ids.ts'
import { type Baresip, hasBaresip } from './baresip.ts'
import type { RtpPeer } from './rtp-peer.ts'
import { type Act, hasSipp, type Sipp } from './sipp.ts'
import { Stage, tonesIn } from './stage.ts'
import type { World } from './world.ts'

/** `ringHz`: of our own ring-back, as in China. */
const [aliceHz, customerHz, ringHz] = [1000, 700, 450]

describe('who dials by hand at a desk phone', {
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
    customer = await stage.voice('127.0.0.38', customerHz)
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
    phone.forget()
    await stage.ready(alice).catch(() => undefined) // she is, after a call that nobody answered
    await stage.does(alice, { type: 'agent.dial', agent: alice, number: '+8613800000009', campaign, ...nobody })
    return carrier
  }

  const writesUp = (call: CallId) =>
    stage.does(alice, {
      ...{ type: 'agent.dispose', agent: alice, call, code: 'promise', note: '', fields: {} },
      ...{ callbackAt: null, callbackMine: false, next: 'break' },
    })

  const pressed = (call: CallId, times: number) =>
    world.until(
      `${times} keys of hers`,
      () => world.facts.filter(fact => fact.type === 'call.digit' && fact.call === call).length >= times,
    )

  test('presses keys that arrive once, as events in RTP: in a menu that is heard before the answer, and in the talk', async () => {
    const carrier = await dialled(
      'events',
      [
        ...[{ do: 'early' } as const, { do: 'told' } as const, { do: 'answer' } as const],
        ...[{ do: 'told' } as const, { do: 'bye' } as const],
      ],
      undefined,
    )
    const { call } = await world.fact('call.early')
    await Promise.all([customer.hears(aliceHz), phone.hears(customerHz)])
    phone.command('sndcode', '1')
    await pressed(call, 1)
    assert.equal(world.call(call)?.answeredAt, null, 'before the answer')
    await carrier.goOn()
    await world.fact('call.connected', fact => fact.call === call)
    phone.command('sndcode', '2')
    await pressed(call, 2)
    await world.until('both keys at the far end', () => customer.keys.length >= 2)
    customer.forget()
    await customer.hears(aliceHz) // a second in which neither comes once more
    await carrier.goOn()
    await world.fact('call.ended', fact => fact.call === call)
    await carrier.done()
    assert.equal(customer.keys, '12')
    await writesUp(call)
  })

  test('hears our own ring-back and not the network, where the trunk keeps it back, until the far end is busy', async () => {
    const acts: Act[] = [{ do: 'early' }, { do: 'told' }, { do: 'final', status: 486, words: 'Busy Here' }]
    const carrier = await dialled('ringback', acts, { earlyMedia: 'ringback' })
    const { call } = await world.fact('call.early', fact => world.call(fact.call)?.campaign === 'k_ringback')
    await stage.hears(phone, 'alice', [ringHz], [ringHz, customerHz])
    await carrier.goOn()
    const { ending } = await world.fact('call.ended', fact => fact.call === call)
    assert.deepEqual([ending.result, ending.sipStatus], ['BUSY', 486])
    await carrier.done()
  })

  test('hears nothing before the answer, where the trunk says so, and the far end from the answer on', async () => {
    const acts: Act[] = [
      ...[{ do: 'early' } as const, { do: 'told' } as const, { do: 'answer' } as const],
      ...[{ do: 'told' } as const, { do: 'bye' } as const],
    ]
    const carrier = await dialled('ignore', acts, { earlyMedia: 'ignore' })
    const early = await world.fact('call.early', fact => world.call(fact.call)?.campaign === 'k_ignore')
    const { call } = early
    await sleep(1_000)
    assert.equal(tonesIn(phone.lastSecond, [ringHz, customerHz]), '')
    assert.equal(world.call(call)?.answeredAt, null, 'before the answer')
    await carrier.goOn()
    await world.fact('call.connected', fact => fact.call === call)
    await phone.hears(customerHz)
    await carrier.goOn()
    const ended = await world.fact('call.ended', fact => fact.call === call)
    await carrier.done()
    const { recording } = await world.fact('recording.opened', fact => fact.call === call)
    const { durationMs } = await world.fact('recording.sealed', fact => fact.recording === recording)
    const lastedMs = world.timeOf(ended) - world.timeOf(early)
    assert.ok(
      durationMs > lastedMs - 700,
      `what the network said is recorded all the same: ${durationMs} of ${lastedMs}`,
    )
    await writesUp(call)
  })

  test('presses keys that arrive as one INFO each, and as no event, where the trunk asks for that', async () => {
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

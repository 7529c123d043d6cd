/** What a network says before the answer, by sipp: it is in the sealed recording, and its special information tones are the result of the call. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import type { CallId, CampaignId, TrunkId, UserId } from '../lib/ids.ts'
import { asset } from '../lib/places.ts'
import { addAnnouncement } from '../records/telephony/announcements.ts'
import { encode } from '../rtp/g711.ts'
import { goertzel, sequence, silence, tone } from '../rtp/tone.ts'
import { readStereo, readWav, writeMono } from '../rtp/wav.ts'
import type { RtpPeer } from './rtp-peer.ts'
import { type Act, hasSipp, type Sipp } from './sipp.ts'
import { Stage, tonesIn, tonesThroughout } from './stage.ts'
import type { World } from './world.ts'

const [aliceHz, customerHz, earlyHz] = [1000, 440, 700]
const everyHz = [aliceHz, customerHz, earlyHz]
const earlyMs = 1_500

describe('the sound before the answer', { skip: hasSipp ? false : 'needs sipp' }, () => {
  let stage: Stage
  let world: World
  let customer: RtpPeer
  let alice: UserId

  before(async () => {
    stage = await Stage.open({ address: '127.0.0.1' })
    ;({ world } = stage)
    ;({ id: alice } = await stage.softBrowser({ name: 'alice', hz: aliceHz }))
    await stage.signOn(alice)
  })
  after(() => stage?.[Symbol.asyncDispose]())

  /** The network says `sound` from the 183 on; after it the customer’s tone goes on. */
  async function dialled(name: string, sound: Int16Array, acts: Act[]): Promise<{ call: CallId; carrier: Sipp }> {
    customer = await stage.voice('127.0.0.38', customerHz)
    customer.say(sound)
    const carrier = await stage.carrier('127.0.0.39', customer, [{ do: 'early' }, ...acts])
    const trunk = await world.trunk(carrier, { id: `t_${name}` as TrunkId })
    const id = `k_${name}` as CampaignId
    await world.campaign({ id, trunks: [trunk], agents: [alice] })
    await world.leads(id, ['+8613800000001'])
    await stage.ready(alice).catch(() => undefined) // she is, after a call that nobody answered
    const { call } = await world.fact('call.dialed', fact => fact.campaign === id)
    return { call, carrier }
  }

  async function recordingOf(call: CallId): Promise<[party: Int16Array, agent: Int16Array]> {
    const { path } = await world.fact('recording.opened', fact => fact.call === call)
    await world.fact('recording.sealed', fact => fact.call === call)
    const [party, agent] = readStereo(readFileSync(world.recordingFile(path)))
    return [party, agent]
  }

  const keepsUnanswered = (value: 'all' | 'heard') =>
    world.keep([{ type: 'setting.saved', key: 'recording.unanswered', value }])

  test('of a call that nobody answers is what its recording holds, where all are kept', async () => {
    await keepsUnanswered('all')
    const { call, carrier } = await dialled('unanswered', tone({ hz: earlyHz, ms: 8_000, level: 0.3 }), [
      ...[{ do: 'pause', ms: 2_000 } as const],
      { do: 'final', status: 480, words: 'Temporarily Unavailable' },
    ])
    const { ending } = await world.fact('call.ended', fact => fact.call === call)
    assert.equal(ending.sipStatus, 480)
    await carrier.done()
    const [party] = await recordingOf(call)
    assert.ok(party.length > 8 * earlyMs, `${party.length / 8} ms`)
    assert.equal(tonesIn(party.subarray(-8_000, -800), everyHz), `${earlyHz}`)
  })

  test('stands before the talk in the recording of a call that is answered', async () => {
    const { call, carrier } = await dialled('answered', tone({ hz: earlyHz, ms: earlyMs, level: 0.3 }), [
      ...[{ do: 'told' } as const, { do: 'pause', ms: 500 } as const, { do: 'answer' } as const],
      ...[{ do: 'told' } as const, { do: 'bye' } as const],
    ])
    await world.until('the network has said it', () => customer.isThrough)
    await carrier.goOn()
    await world.fact('call.connected', fact => fact.call === call)
    await customer.hears(aliceHz)
    customer.forget()
    await customer.hears(aliceHz) // for the recording to hold a second more of both
    await carrier.goOn()
    await world.fact('call.ended', fact => fact.call === call)
    await carrier.done()
    const [party, agent] = await recordingOf(call)
    const last = [party, agent].map(side => tonesThroughout(side.subarray(-8_800, -800), everyHz))
    assert.deepEqual(last, [`${customerHz}`, `${aliceHz}`])
    // In the order of what was said: first the network alone, whose sound was over before the answer.
    const quarters = (side: Int16Array) => piecesOf(side, 250).map(piece => tonesIn(piece, everyHz))
    const early = quarters(party).lastIndexOf(`${earlyHz}`)
    assert.ok(quarters(party).filter(hz => hz === `${earlyHz}`).length >= 4, quarters(party).join(' | '))
    assert.ok(early < quarters(agent).indexOf(`${aliceHz}`), quarters(agent).join(' | '))
    await stage.does(alice, {
      ...{ type: 'agent.dispose', agent: alice, call, code: 'promise', note: '', fields: {} },
      ...{ callbackAt: null, callbackMine: false, next: 'ready' },
    })
  })

  test('with the special information tones of a vacant number: on the call, beside what the status says, and in its recording', async () => {
    const [high, low, last] = [985.2, 1370.6, 1776.7].map((hz, at) =>
      tone({ hz, ms: at === 1 ? 276 : 380, level: 0.1 }),
    )
    const vacant = sequence(silence(400), high!, low!, last!, silence(6_000))
    await keepsUnanswered('heard')
    const { call, carrier } = await dialled('vacant', vacant, [
      ...[{ do: 'told' } as const],
      { do: 'final', status: 486, words: 'Busy Here' },
    ])
    const announced = await world.fact('call.announced', fact => fact.call === call)
    assert.deepEqual([announced.by, announced.what, announced.result], ['special', 'vacant', 'VACANT'])
    await carrier.goOn()
    const { ending } = await world.fact('call.ended', fact => fact.call === call)
    assert.deepEqual([ending.result, ending.sipStatus], ['BUSY', 486])
    await carrier.done()
    const row = await world.house.store.read('calls.byId', { id: call })
    assert.deepEqual([row?.announcement, row?.announced?.by, row?.result], ['VACANT', 'special', 'BUSY'])
    const [party] = await recordingOf(call)
    for (const hz of [985.2, 1370.6, 1776.7])
      assert.ok(Math.max(...piecesOf(party, 100).map(piece => goertzel(piece, hz))) > 0.05, `${hz} Hz is in it`)
  })

  test('with words that were taught: class and confidence stand on the call within 2 s of them, at half their level too', async () => {
    const words = readWav(readFileSync(asset('assets/voices/power-off-zh.wav')))
    await addAnnouncement(world.house.door, 'system', {
      ...{ folder: `${world.folder}/announcements`, wav: writeMono(encode(words, 'pcma'), 'pcma') },
      ...{ durationMs: words.length / 8, from: null, label: 'POWER_OFF', language: 'zh-CN', words: 'power off' },
    })
    const said = sequence(
      silence(400),
      words.map(sample => sample / 2),
    )
    const { call, carrier } = await dialled('words', said, [
      ...[{ do: 'told' } as const],
      { do: 'final', status: 486, words: 'Busy Here' },
    ])
    const announced = await world.fact('call.announced', fact => fact.call === call)
    assert.deepEqual([announced.by, announced.result], ['recording', 'POWER_OFF'])
    assert.ok(announced.confidence >= 0.85 && announced.afterMs <= 2_400, JSON.stringify(announced))
    await carrier.goOn()
    const { ending } = await world.fact('call.ended', fact => fact.call === call)
    assert.deepEqual([ending.result, ending.sipStatus], ['BUSY', 486])
    await carrier.done()
  })

  test('is a menu that takes keys before the answer: who dials by hand gets through it, by events in RTP', async () => {
    customer = await stage.voice('127.0.0.38', customerHz)
    const carrier = await stage.carrier('127.0.0.39', customer, [
      ...[{ do: 'early' } as const, { do: 'told' } as const, { do: 'answer' } as const],
      ...[{ do: 'pause', ms: 500 } as const, { do: 'bye' } as const],
    ])
    const trunk = await world.trunk(carrier, { id: 't_menu' as TrunkId })
    const campaign = await world.campaign({
      ...{ id: 'k_menu' as CampaignId, mode: 'manual', trunks: [trunk], agents: [alice] },
    })
    const nobody = { lead: null, party: null, name: null, relation: null }
    await stage.ready(alice).catch(() => undefined) // she is, after a call that nobody answered
    await stage.does(alice, { type: 'agent.dial', agent: alice, number: '+8613800000009', campaign, ...nobody })
    const { call } = await world.fact('call.early', fact => world.call(fact.call)?.campaign === campaign)
    await customer.hears(aliceHz)
    await stage.does(alice, { type: 'agent.sendDigits', agent: alice, call, digits: '12#' })
    await world.until('the keys at the far end', () => customer.keys === '12#')
    assert.equal(world.call(call)?.answeredAt, null, 'before the answer')
    await carrier.goOn()
    await world.fact('call.ended', fact => fact.call === call)
    await carrier.done()
  })
})

function piecesOf(side: Int16Array, ms: number): Int16Array[] {
  const size = ms * 8
  return Array.from({ length: Math.floor(side.length / size) }, (_, at) => side.subarray(at * size, (at + 1) * size))
}

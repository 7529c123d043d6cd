/** A robot notice on a real wire: sipp is the carrier, the party presses keys as RFC 4733 events, a desk phone takes who presses 1. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { dataFiles } from '../config.ts'
import type { CampaignId, UserId } from '../lib/ids.ts'
import { workerFile } from '../lib/places.ts'
import { addPhrase, hearPhrase, usePhrase } from '../records/telephony/phrases.ts'
import { convertWav } from '../rtp/convert.ts'
import { wavOf } from '../rtp/fixtures/wav-of.ts'
import { loudness } from '../rtp/tone.ts'
import { readStereo } from '../rtp/wav.ts'
import { type Baresip, hasBaresip } from './baresip.ts'
import type { RtpPeer } from './rtp-peer.ts'
import { hasSipp, Sipp } from './sipp.ts'
import { Stage } from './stage.ts'
import type { World } from './world.ts'

const customerHz = 440
const agentHz = 1000
const ownHz = 700

describe('a robot notice', { skip: !hasSipp || !hasBaresip ? 'needs sipp and baresip' : false }, () => {
  let stage: Stage
  let world: World
  let customer: RtpPeer
  let phone: Baresip
  let alice: UserId

  before(async () => {
    stage = await Stage.open({ address: '127.0.0.1' })
    ;({ world } = stage)
    customer = await stage.voice('127.0.0.31', customerHz)
    ;({ id: alice, phone } = await stage.deskPhone({ name: 'alice', extension: '1001', hz: agentHz }))
    await stage.signOn(alice)
    await stage.ready(alice)
  })
  after(() => stage?.[Symbol.asyncDispose]())

  async function notifiedBy(carrier: Sipp, name: string, prompts: string[]): Promise<CampaignId> {
    customer.reset()
    const trunk = await world.trunk(carrier, { id: `t_${name}` as never })
    const parts = prompts.map(prompt => ({ prompt }))
    const campaign = await world.campaign({
      id: `k_${name}` as CampaignId,
      trunks: [trunk],
      agents: [alice],
      mode: 'notice',
      notice: { language: 'en', parts: [...parts, { field: 'ref', as: 'digits' }], maxLines: 5, waitMs: 20_000 },
    })
    await world.keep([
      {
        type: 'leads.added',
        campaign,
        import: `i_${campaign}` as never,
        leads: [
          {
            id: `l_${name}` as never,
            campaign,
            ref: '20',
            name: 'Carl',
            phones: [{ number: '+8613800000001', relation: 'SELF' }],
            fields: {},
          },
        ],
      },
    ])
    return campaign
  }

  test('is heard, ends by itself, and is recorded', async () => {
    await using carrier = await Sipp.carrier({
      address: '127.0.0.30',
      media: customer,
      acts: [{ do: 'ring' }, { do: 'answer' }, { do: 'expectBye' }],
    })
    const campaign = await notifiedBy(carrier, 'whole', ['thank-you'])
    const { call } = await world.fact('call.dialed', fact => fact.campaign === campaign)
    await world.fact('call.noticeBegan', fact => fact.call === call)
    await world.until('the customer hears a voice', () => loudness(customer.lastSecond) > 0.02)
    const heard = await world.fact('call.noticeHeard', fact => fact.call === call, 20_000)
    assert.ok(heard.whole && heard.digit === null, JSON.stringify(heard))
    assert.ok(heard.heardMs > 1_500 && heard.heardMs < 6_000, `${heard.heardMs} ms`)
    const ended = await world.fact('call.ended', fact => fact.call === call)
    assert.deepEqual([ended.ending.by, ended.ending.cause], ['system', 'notice_over'])
    await carrier.done()
    await world.fact('recording.sealed', fact => fact.call === call)
    const { path } = await world.fact('recording.opened', fact => fact.call === call)
    const [, right] = readStereo(readFileSync(world.recordingFile(path)))
    assert.ok(loudness(right.subarray(0, 12_000)) > 0.02, 'what was said is on the right')
    const stored = await world.house.store.read('calls.byId', { id: call })
    assert.deepEqual(stored?.notice, { heardMs: heard.heardMs, whole: true, digit: null })
  })

  test('1 in the middle of it brings an agent, and both hear each other', async () => {
    await using carrier = await Sipp.carrier({
      address: '127.0.0.30',
      media: customer,
      acts: [{ do: 'answer' }, { do: 'told' }, { do: 'bye' }],
    })
    const campaign = await notifiedBy(carrier, 'one', ['notice-greeting', 'press-1', 'press-2', 'goodbye'])
    const { call } = await world.fact('call.dialed', fact => fact.campaign === campaign)
    await world.fact('call.noticeBegan', fact => fact.call === call)
    await world.until('the customer hears a voice', () => loudness(customer.lastSecond) > 0.02)
    await sleep(300)
    customer.press('1')
    const connected = await world.fact('call.connected', fact => fact.call === call)
    assert.equal(connected.agent, alice)
    await customer.hears(agentHz)
    await phone.hears(customerHz)
    await carrier.goOn()
    const heard = await world.fact('call.noticeHeard', fact => fact.call === call)
    assert.ok(!heard.whole && heard.digit === '1', JSON.stringify(heard))
    await world.fact('call.ended', fact => fact.call === call)
    await carrier.done()
  })

  test('a recording of the lender’s own is said once it was put to use: sent at 44.1 kHz in stereo, heard as it is', async () => {
    const { door } = world.house
    const { prompts: folder } = dataFiles(world.config)
    const converted = await convertWav(
      wavOf({ rate: 44_100, channels: 2, hz: ownHz, ms: 2_500 }),
      workerFile('rtp/convert-worker'),
    )
    assert.ok(converted.ok, JSON.stringify(converted))
    const given = { folder, name: 'welcome', words: 'A tone.', wav: converted.wav, durationMs: converted.durationMs }
    const phrase = await addPhrase(door, `user:${alice}`, given)
    await hearPhrase(door, `user:${alice}`, { folder, ...phrase })
    await usePhrase(door, `user:${alice}`, phrase)
    await using carrier = await Sipp.carrier({
      address: '127.0.0.30',
      media: customer,
      acts: [{ do: 'answer' }, { do: 'expectBye' }],
    })
    const campaign = await notifiedBy(carrier, 'own', ['own/welcome'])
    const { call } = await world.fact('call.dialed', fact => fact.campaign === campaign)
    const began = await world.fact('call.noticeBegan', fact => fact.call === call)
    assert.ok(JSON.stringify(began).includes('own/welcome@1'), JSON.stringify(began))
    await customer.hears(ownHz)
    await carrier.done()
  })
})

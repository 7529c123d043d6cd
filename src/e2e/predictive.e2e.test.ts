/** Calls that are dialled ahead of a free agent, on a real wire: sipp is the carrier, baresip the agent's desk phone. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import type { Campaign } from '../centre/entities.ts'
import type { CampaignId, UserId } from '../lib/ids.ts'
import { loudness } from '../rtp/tone.ts'
import { readStereo } from '../rtp/wav.ts'
import { type Baresip, hasBaresip } from './baresip.ts'
import type { RtpPeer } from './rtp-peer.ts'
import { hasSipp, Sipp } from './sipp.ts'
import { Stage } from './stage.ts'
import type { World } from './world.ts'

const customerHz = 440
const agentHz = 1000
/** Dial, busy and ringback tone of China, GB/T 3380. */
const ringbackHz = 450
const hourMs = 3_600_000

describe('dialled ahead', { skip: !hasSipp || !hasBaresip ? 'needs sipp and baresip' : false }, () => {
  let stage: Stage
  let world: World
  let customer: RtpPeer
  let phone: Baresip
  let alice: UserId

  before(async () => {
    stage = await Stage.open({ address: '127.0.0.1' })
    ;({ world } = stage)
    customer = await stage.voice('127.0.0.41', customerHz)
    ;({ id: alice, phone } = await stage.deskPhone({ name: 'alice', extension: '1001', hz: agentHz }))
    await stage.signOn(alice)
  })
  after(() => stage?.[Symbol.asyncDispose]())

  /** A campaign with one lead, and alice ready for it; what was dialled. */
  async function dialledBy(carrier: Sipp, name: string, more: Partial<Campaign>) {
    customer.reset()
    const trunk = await world.trunk(carrier, { id: `t_${name}` as never })
    const campaign = await world.campaign({ id: `k_${name}` as CampaignId, trunks: [trunk], agents: [alice], ...more })
    await world.leads(campaign, ['+8613800000001'])
    await turn('agent.ready')
    return world.fact('call.dialed', fact => fact.campaign === campaign)
  }

  const turn = (type: 'agent.ready' | 'agent.break') =>
    stage.does(alice, type === 'agent.ready' ? { type, agent: alice } : { type, agent: alice, reason: 'tea' })

  test('whoever answers and finds nobody hears so two seconds later, is counted, recorded, and left alone for 72 hours', async () => {
    await using carrier = await Sipp.carrier({
      address: '127.0.0.40',
      media: customer,
      acts: [{ do: 'ring' }, { do: 'told' }, { do: 'answer' }, { do: 'expectBye' }],
    })
    const { call, campaign, lead } = await dialledBy(carrier, 'nobody', { mode: 'predictive' })
    await world.fact('call.ringing', fact => fact.call === call)
    await turn('agent.break')
    await carrier.goOn()
    const answered = await world.fact('call.answered', fact => fact.call === call)
    await world.until('the customer hears a voice', () => loudness(customer.lastSecond) > 0.02)
    const abandoned = await world.fact('call.abandoned', fact => fact.call === call)
    const waitedMs = world.timeOf(abandoned) - world.timeOf(answered)
    assert.ok(waitedMs >= 1_990 && waitedMs < 2_300, `${waitedMs} ms`)
    await carrier.done()
    const { ending } = await world.fact('call.ended', fact => fact.call === call)
    assert.equal(ending.result, 'ABANDONED')
    const { state, dueAt } = await world.fact('lead.released', fact => fact.lead === lead)
    assert.equal(state, 'callback')
    const restsMs = dueAt! - world.timeOf(answered)
    assert.ok(restsMs >= 72 * hourMs && restsMs < 72 * hourMs + 20_000, `${restsMs / hourMs} h`)
    await world.fact('recording.sealed', fact => fact.call === call)
    const { path } = await world.fact('recording.opened', fact => fact.call === call)
    const [left, right] = readStereo(readFileSync(world.recordingFile(path)))
    assert.ok(loudness(left) > 0.05, 'the customer is on the left')
    assert.ok(loudness(right.subarray(0, 8_000)) < 0.001, 'nobody said a word in the first second')
    assert.ok(loudness(right.subarray(2 * 8_000, 4 * 8_000)) > 0.02, 'what was said to the customer is on the right')
    const { account } = world.house.engine.state.campaigns.get(campaign!)!.pacer
    assert.deepEqual([account.answered, account.abandoned], [1, 1])
  })

  test('agent first: the agent hears the ringing, and whoever answers is with the agent at once', async () => {
    await using carrier = await Sipp.carrier({
      address: '127.0.0.40',
      media: customer,
      acts: [{ do: 'ring' }, { do: 'told' }, { do: 'answer' }, { do: 'told' }, { do: 'bye' }],
    })
    const { call, agent } = await dialledBy(carrier, 'first', { mode: 'progressive', reserved: true })
    assert.equal(agent, alice)
    await world.fact('call.ringing', fact => fact.call === call)
    await phone.hears(ringbackHz)
    await carrier.goOn()
    const answered = await world.fact('call.answered', fact => fact.call === call)
    const connected = await world.fact('call.connected', fact => fact.call === call)
    assert.equal(world.timeOf(connected), world.timeOf(answered), 'in the same decision')
    await customer.hears(agentHz)
    await phone.hears(customerHz)
    await carrier.goOn()
    await world.fact('call.ended', fact => fact.call === call)
    await carrier.done()
  })
})

/** Real calls: sipp plays the carrier, baresip the desk phone; tones tell who hears whom, at the far end and in the recording. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import type { CampaignId, UserId } from '../lib/ids.ts'
import { purity } from '../rtp/tone.ts'
import { readStereo } from '../rtp/wav.ts'
import { Baresip, hasBaresip } from './baresip.ts'
import { RtpPeer } from './rtp-peer.ts'
import { hasSipp, Sipp } from './sipp.ts'
import { World } from './world.ts'

const customerHz = 440
const agentHz = 1000

describe('a call from lead to sealed recording', {
  skip: !hasSipp || !hasBaresip ? 'needs sipp and baresip' : false,
}, () => {
  let world: World
  let customer: RtpPeer
  let phone: Baresip
  let alice: UserId

  before(async () => {
    world = await World.open({ address: '127.0.0.1' })
    customer = await RtpPeer.open('127.0.0.21', customerHz)
    alice = await world.agent('alice', 'phone-nailed', '1001')
    phone = await Baresip.phone({
      address: '127.0.0.1',
      extension: '1001',
      password: 'phone-secret-of-a-test',
      registrar: `127.0.0.1:${world.sipPort}`,
      hz: agentHz,
    })
    await world.until(
      'the desk phone is registered',
      async () => (await world.house.telephone.figures())['sip_bindings'] === 1,
    )
    await world.house.engine.dispatch({ type: 'agent.signOn', agent: alice }, `user:${alice}`)
    await world.fact('agent.stationChanged', fact => fact.up)
  })
  after(async () => {
    await phone?.[Symbol.asyncDispose]()
    await customer?.[Symbol.asyncDispose]()
    await world?.[Symbol.asyncDispose]()
  })

  /** One campaign with one lead, dialled by a trunk that is this sipp. */
  async function dialledBy(carrier: Sipp, name: string, more: object = {}): Promise<CampaignId> {
    customer.reset()
    const trunk = await world.trunk(carrier, { id: `t_${name}` as never })
    const campaign = await world.campaign({ id: `k_${name}` as CampaignId, trunks: [trunk], agents: [alice], ...more })
    await world.leads(campaign, ['+8613800000001'])
    return campaign
  }

  async function ready(): Promise<void> {
    const outcome = await world.house.engine.dispatch({ type: 'agent.ready', agent: alice }, `user:${alice}`)
    assert.ok(outcome.ok, JSON.stringify(outcome))
  }

  async function wrapUp(call: string, code = 'promise'): Promise<void> {
    const outcome = await world.house.engine.dispatch(
      {
        type: 'agent.dispose',
        agent: alice,
        call: call as never,
        code,
        note: 'paid on Friday',
        fields: {},
        callbackAt: null,
        callbackMine: false,
        next: 'break',
      },
      `user:${alice}`,
    )
    assert.ok(outcome.ok, JSON.stringify(outcome))
  }

  test('the campaign dials, the customer answers and hears the agent within 200 ms, both are recorded, and the far end hangs up', async () => {
    await using carrier = await Sipp.carrier({
      address: '127.0.0.20',
      media: customer,
      acts: [{ do: 'ring' }, { do: 'pause', ms: 300 }, { do: 'answer' }, { do: 'pause', ms: 4000 }, { do: 'bye' }],
    })
    const campaign = await dialledBy(carrier, 'far')
    await ready()
    const dialed = await world.fact('call.dialed', fact => fact.campaign === campaign)
    await world.fact('call.connected', fact => fact.call === dialed.call)
    await customer.hears(agentHz).catch(async e => { console.log(await world.house.telephone.bay.figures(), phone.output.slice(-1500)); console.log(JSON.stringify(world.facts.slice(-15),null,0)); throw e })
    await phone.hears(customerHz)
    const ended = await world.fact('call.ended', fact => fact.call === dialed.call)
    assert.deepEqual(
      { by: ended.ending.by, cause: ended.ending.cause, result: ended.ending.result },
      { by: 'party', cause: 'hangup', result: 'ANSWERED' },
    )
    await carrier.done()
    const sealed = await world.fact('recording.sealed', fact => fact.call === dialed.call)
    const opened = await world.fact('recording.opened', fact => fact.call === dialed.call)
    const [left, right] = readStereo(readFileSync(world.recordingFile(opened.path)))
    assert.ok(sealed.durationMs > 3500, `recorded ${sealed.durationMs} ms`)
    assert.ok(purity(left.subarray(-16000, -4000), customerHz) > 0.5, 'the customer is on the left')
    assert.ok(purity(right.subarray(-16000, -4000), agentHz) > 0.5, 'the agent is on the right')
    await wrapUp(dialed.call)
  })
})

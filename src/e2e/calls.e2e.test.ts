/** Real calls: sipp plays the carrier, baresip the desk phone; tones tell who hears whom, at the far end and in the recording. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import type { CallId, CampaignId, TrunkId, UserId } from '../lib/ids.ts'
import { loudness, purity } from '../rtp/tone.ts'
import { readStereo } from '../rtp/wav.ts'
import { scenarioSchema } from '../sim/carrier/scenario.ts'
import { startCarrier } from '../sim/carrier/start.ts'
import { type Baresip, hasBaresip } from './baresip.ts'
import { freePort } from './ports.ts'
import type { RtpPeer } from './rtp-peer.ts'
import { hasSipp, Sipp } from './sipp.ts'
import { Stage } from './stage.ts'
import type { World } from './world.ts'

const customerHz = 440
const agentHz = 1000

describe('a call from lead to sealed recording', {
  skip: !hasSipp || !hasBaresip ? 'needs sipp and baresip' : false,
}, () => {
  let stage: Stage
  let world: World
  let customer: RtpPeer
  let phone: Baresip
  let alice: UserId

  before(async () => {
    stage = await Stage.open({ address: '127.0.0.1' })
    ;({ world } = stage)
    customer = await stage.voice('127.0.0.21', customerHz)
    ;({ id: alice, phone } = await stage.deskPhone({ name: 'alice', extension: '1001', hz: agentHz }))
    await stage.signOn(alice)
  })
  after(() => stage?.[Symbol.asyncDispose]())

  /** One campaign with one lead, dialled by a trunk that is this sipp. */
  async function dialledBy(carrier: Sipp, name: string, more: object = {}): Promise<CampaignId> {
    customer.reset()
    const trunk = await world.trunk(carrier, { id: `t_${name}` as never })
    const campaign = await world.campaign({ id: `k_${name}` as CampaignId, trunks: [trunk], agents: [alice], ...more })
    await world.leads(campaign, ['+8613800000001'])
    return campaign
  }

  const ready = () => stage.ready(alice)

  const wrapUp = (call: CallId, code = 'promise') =>
    stage.does(alice, {
      ...{ type: 'agent.dispose', agent: alice, call, code, note: 'paid on Friday', fields: {} },
      ...{ callbackAt: null, callbackMine: false, next: 'break' },
    })

  test('the campaign dials, the customer answers and hears the agent within 200 ms, both are recorded, and the far end hangs up', async () => {
    await using carrier = await Sipp.carrier({
      address: '127.0.0.20',
      media: customer,
      acts: [{ do: 'ring' }, { do: 'pause', ms: 300 }, { do: 'answer' }, { do: 'told' }, { do: 'bye' }],
    })
    const campaign = await dialledBy(carrier, 'far')
    await ready()
    const dialed = await world.fact('call.dialed', fact => fact.campaign === campaign)
    await world.fact('call.connected', fact => fact.call === dialed.call)
    await customer.hears(agentHz)
    const answered = await world.fact('call.answered', fact => fact.call === dialed.call)
    const bridgedMs = customer.firstSoundAt! - world.timeOf(answered)
    assert.ok(bridgedMs < 200, `the customer heard the agent ${bridgedMs} ms after the answer`)
    await phone.hears(customerHz)
    customer.forget()
    await customer.hears(agentHz) // for the recording to hold a second more of both
    await carrier.goOn()
    const ended = await world.fact('call.ended', fact => fact.call === dialed.call)
    assert.deepEqual(
      { by: ended.ending.by, cause: ended.ending.cause, result: ended.ending.result },
      { by: 'party', cause: 'hangup', result: 'ANSWERED' },
    )
    await carrier.done()
    const sealed = await world.fact('recording.sealed', fact => fact.call === dialed.call)
    const opened = await world.fact('recording.opened', fact => fact.call === dialed.call)
    const [left, right] = readStereo(readFileSync(world.recordingFile(opened.path)))
    const talkedMs = world.timeOf(ended) - world.timeOf(answered)
    assert.ok(sealed.durationMs > talkedMs - 500, `recorded ${sealed.durationMs} ms of ${talkedMs}`)
    assert.ok(purity(left.subarray(-12000, -4000), customerHz) > 0.5, 'the customer is on the left')
    assert.ok(purity(right.subarray(-12000, -4000), agentHz) > 0.5, 'the agent is on the right')
    await wrapUp(dialed.call)
  })

  test('the agent holds and resumes; the customer hears music meanwhile; the agent hangs up', async () => {
    await using carrier = await Sipp.carrier({
      address: '127.0.0.20',
      media: customer,
      acts: [{ do: 'answer' }, { do: 'expectBye' }],
    })
    const campaign = await dialledBy(carrier, 'hold')
    await ready()
    const { call } = await world.fact('call.connected', fact => world.call(fact.call)?.campaign === campaign)
    await customer.hears(agentHz)
    const dispatch = (type: 'agent.hold' | 'agent.resume' | 'agent.hangUp') =>
      world.house.engine.dispatch({ type, agent: alice, call }, `user:${alice}`)
    assert.ok((await dispatch('agent.hold')).ok)
    await world.until('the customer hears something that is not the agent', () => {
      const second = customer.lastSecond
      return second.length >= 7_200 && loudness(second) > 0.001 && purity(second, agentHz) < 0.1
    })
    assert.ok((await dispatch('agent.resume')).ok)
    customer.forget()
    await customer.hears(agentHz)
    await phone.hears(customerHz)
    assert.ok((await dispatch('agent.hangUp')).ok)
    const ended = await world.fact('call.ended', fact => fact.call === call)
    assert.equal(ended.ending.by, 'agent')
    await carrier.done()
    const [left, right] = await recordingOf(call)
    assert.ok(purity(left.subarray(-8000, -2000), customerHz) > 0.5, 'after the hold the customer is on the left')
    assert.ok(purity(right.subarray(-8000, -2000), agentHz) > 0.5, 'after the hold the agent is on the right')
    assert.ok(
      hasPiece(right, piece => purity(piece, agentHz) < 0.1 && loudness(piece) > 0.001),
      'the music of the hold is on the right',
    )
    assert.ok(!hasPiece(left, piece => purity(piece, customerHz) < 0.3), 'the customer is heard throughout')
    await wrapUp(call)
  })

  test('the far end holds and resumes by re-INVITE', async () => {
    await using carrier = await Sipp.carrier({
      address: '127.0.0.20',
      media: customer,
      acts: [
        { do: 'answer' },
        { do: 'pause', ms: 1000 },
        { do: 'reinvite', direction: 'sendonly' },
        { do: 'pause', ms: 1000 },
        { do: 'reinvite', direction: 'sendrecv' },
        { do: 'told' },
        { do: 'bye' },
      ],
    })
    const campaign = await dialledBy(carrier, 'reinvite')
    await ready()
    const { call } = await world.fact('call.connected', fact => world.call(fact.call)?.campaign === campaign)
    await world.fact('call.held', fact => fact.call === call && fact.by === 'party')
    await world.fact('call.resumed', fact => fact.call === call && fact.by === 'party')
    customer.forget()
    await customer.hears(agentHz)
    await carrier.goOn()
    await world.fact('call.ended', fact => fact.call === call)
    await carrier.done()
    await wrapUp(call)
  })

  test('a manual call: the agent dials, hears, talks, and schedules a callback', async () => {
    await using carrier = await Sipp.carrier({
      address: '127.0.0.20',
      media: customer,
      acts: [{ do: 'ring' }, { do: 'pause', ms: 500 }, { do: 'answer' }, { do: 'expectBye' }],
    })
    customer.reset()
    const trunk = await world.trunk(carrier, { id: 't_manual' as TrunkId })
    const campaign = await world.campaign({
      id: 'k_manual' as CampaignId,
      mode: 'manual',
      trunks: [trunk],
      agents: [alice],
    })
    await ready()
    const dialled = await world.house.engine.dispatch(
      {
        type: 'agent.dial',
        agent: alice,
        number: '+8613800000002',
        campaign,
        lead: null,
        party: 'P-7',
        name: 'Carl',
        relation: 'SELF',
      },
      `user:${alice}`,
    )
    assert.ok(dialled.ok, JSON.stringify(dialled))
    const { call } = await world.fact('call.connected', fact => world.call(fact.call)?.campaign === campaign)
    await customer.hears(agentHz)
    await phone.hears(customerHz)
    await world.house.engine.dispatch({ type: 'agent.hangUp', agent: alice, call }, `user:${alice}`)
    await carrier.done()
    const opened = await world.fact('recording.opened', fact => fact.call === call)
    await world.fact('recording.sealed', fact => fact.call === call)
    const [left, right] = readStereo(readFileSync(world.recordingFile(opened.path)))
    assert.ok(purity(left.subarray(-12000, -2000), customerHz) > 0.5)
    assert.ok(purity(right.subarray(-12000, -2000), agentHz) > 0.5)
    await wrapUp(call)
  })

  for (const { status, words, result, by } of [
    { status: 486, words: 'Busy Here', result: 'BUSY', by: 'party' },
    { status: 603, words: 'Decline', result: 'REJECTED', by: 'party' },
    { status: 503, words: 'Service Unavailable', result: 'CONGESTION', by: 'carrier' },
    { status: 404, words: 'Not Found', result: 'VACANT', by: 'carrier' },
  ]) {
    test(`${status} ends the attempt as ${result} and frees the agent`, async () => {
      await using carrier = await Sipp.carrier({
        address: '127.0.0.20',
        media: customer,
        acts: [{ do: 'ring' }, { do: 'final', status, words }],
      })
      const campaign = await dialledBy(carrier, `s${status}`)
      await ready()
      const { call } = await world.fact('call.dialed', fact => fact.campaign === campaign)
      const { ending } = await world.fact('call.ended', fact => fact.call === call)
      assert.deepEqual(
        { by: ending.by, cause: ending.cause, result: ending.result, sipStatus: ending.sipStatus },
        { by, cause: 'not_answered', result, sipStatus: status },
      )
      await carrier.done()
      assert.equal(world.house.engine.state.agents.get(alice)?.phase, 'ready')
      await onBreak()
    })
  }

  for (const status of [401, 407] as const) {
    test(`a trunk that challenges with ${status} gets credentials`, async () => {
      await using carrier = await Sipp.carrier({
        address: '127.0.0.20',
        media: customer,
        acts: [
          { do: 'challenge', status, username: 'lender', password: 'line-secret' },
          { do: 'answer' },
          { do: 'pause', ms: 1500 },
          { do: 'bye' },
        ],
      })
      customer.reset()
      const trunk = await world.trunk(carrier, { id: `t_c${status}` as TrunkId, username: 'lender' }, 'line-secret')
      const campaign = await world.campaign({ id: `k_c${status}` as CampaignId, trunks: [trunk], agents: [alice] })
      await world.leads(campaign, ['+8613800000003'])
      await ready()
      const { call } = await world.fact('call.connected', fact => world.call(fact.call)?.campaign === campaign)
      await world.fact('call.ended', fact => fact.call === call)
      await carrier.done()
      await wrapUp(call)
    })
  }

  test('an inbound caller hears music, then the longest-idle agent, and both are recorded', async () => {
    await world.queue([alice], '+861088880000')
    const trunk = await world.trunk({ address: '127.0.0.22', port: 5060 }, { id: 't_in' as TrunkId })
    customer.reset()
    await using caller = await Sipp.caller({
      address: '127.0.0.22',
      media: customer,
      number: '+861088880000',
      from: '+8613900000009',
      target: `127.0.0.1:${world.sipPort}`,
      acts: [{ do: 'told' }, { do: 'bye' }],
    })
    const offered = await world.fact('call.offered', fact => fact.trunk === trunk)
    await world.fact('call.queued', fact => fact.call === offered.call)
    customer.speakTo(await world.until('media of the inbound leg', () => customer.remote ?? null))
    await world.until('the caller hears music', () => loudness(customer.lastSecond) > 0.001)
    await ready()
    await world.fact('call.connected', fact => fact.call === offered.call)
    await customer.hears(agentHz)
    await phone.hears(customerHz)
    customer.forget()
    await customer.hears(agentHz) // for the recording to hold a second more of both
    await caller.goOn()
    await world.fact('call.ended', fact => fact.call === offered.call)
    await caller.done()
    const [left, right] = await recordingOf(offered.call)
    assert.ok(purity(left.subarray(-12000, -4000), customerHz) > 0.5, 'the caller is on the left')
    assert.ok(purity(right.subarray(-12000, -4000), agentHz) > 0.5, 'the agent is on the right')
    await wrapUp(offered.call)
  })

  test('a caller who gives up while waiting becomes a callback', async () => {
    customer.reset()
    await using caller = await Sipp.caller({
      address: '127.0.0.22',
      media: customer,
      number: '+861088880000',
      from: '+8613900000010',
      target: `127.0.0.1:${world.sipPort}`,
      acts: [{ do: 'pause', ms: 1200 }, { do: 'bye' }],
    })
    const offered = await world.fact('call.offered', fact => fact.from === '+8613900000010')
    const ended = await world.fact('call.ended', fact => fact.call === offered.call)
    assert.equal(ended.ending.cause, 'caller_gave_up')
    const { callback } = await world.fact('callback.scheduled', fact => fact.callback.number === '+8613900000010')
    assert.equal(callback.reason, 'abandoned')
    await caller.done()
  })

  test('a number that is none of ours is refused with 404', async () => {
    customer.reset()
    await using caller = await Sipp.caller({
      address: '127.0.0.22',
      media: customer,
      number: '+861012345678',
      from: '+8613900000011',
      target: `127.0.0.1:${world.sipPort}`,
      acts: [],
    })
    const offered = await world.fact('call.offered', fact => fact.from === '+8613900000011')
    const { ending } = await world.fact('call.ended', fact => fact.call === offered.call)
    assert.equal(ending.cause, 'no_route')
    await assert.rejects(caller.done(), /404/)
  })

  test('a trunk that we register at, over TCP: it comes up, takes calls, and digits reach the far end', async () => {
    const port = await freePort('127.0.0.24')
    await using carrier = await startCarrier({
      scenario: scenarioSchema.parse({
        listen: [`tcp:127.0.0.24:${port}`, `udp:127.0.0.24:${port}`],
        mediaAddress: '127.0.0.24',
        mediaPorts: '48000-48099',
        auth: { username: 'lender', password: 'line-secret' },
        people: [{ kind: 'answers', ringMs: 300, talkMs: null, voice: 'zh-li-wei' }],
      }),
      recordTo: null,
      log: () => undefined,
      onFault: () => undefined,
    })
    const digits: string[] = []
    carrier.line.onMedia(event => event.type === 'leg.digit' && digits.push(event.digit))
    const at = { address: '127.0.0.24', port }
    const registered = { id: 't_reg' as TrunkId, transport: 'tcp' as const, register: true, username: 'lender' }
    const trunk = await world.trunk(at, registered, 'line-secret')
    await world.fact('trunk.stateChanged', fact => fact.trunk === trunk && fact.state === 'up')
    const campaign = await world.campaign({ id: 'k_reg' as CampaignId, trunks: [trunk], agents: [alice] })
    await world.leads(campaign, ['+8613800000007'])
    await ready()
    const { call } = await world.fact('call.connected', fact => world.call(fact.call)?.campaign === campaign)
    await world.house.engine.dispatch({ type: 'agent.sendDigits', agent: alice, call, digits: '12#' }, `user:${alice}`)
    await world.until('the digits at the far end', () => digits.join('') === '12#')
    await world.house.engine.dispatch({ type: 'agent.hangUp', agent: alice, call }, `user:${alice}`)
    await world.fact('call.ended', fact => fact.call === call)
    await wrapUp(call)
  })

  test('a trunk with the wrong password stays down and says why', async () => {
    const port = await freePort('127.0.0.25')
    await using _carrier = await startCarrier({
      scenario: scenarioSchema.parse({
        listen: [`udp:127.0.0.25:${port}`],
        mediaAddress: '127.0.0.25',
        mediaPorts: '48100-48199',
        auth: { username: 'lender', password: 'line-secret' },
        people: [{ kind: 'busy' }],
      }),
      recordTo: null,
      log: () => undefined,
      onFault: () => undefined,
    })
    const wrong = { id: 't_wrong' as TrunkId, register: true, username: 'lender' }
    const trunk = await world.trunk({ address: '127.0.0.25', port }, wrong, 'not-the-secret')
    const down = await world.fact(
      'trunk.stateChanged',
      fact => fact.trunk === trunk && fact.state === 'down' && /refused/.test(fact.reason),
    )
    assert.match(down.reason, /40[13]/)
  })

  test('a desk phone that is rung for each call is open while a campaign dials ahead: the customer is heard at once, and the phone is let go after the campaign', async () => {
    const { id: bob, phone: ringing } = await stage.deskPhone({
      ...{ name: 'bob', extension: '1002', hz: 700 },
      station: 'phone-rung',
    })
    await using carrier = await Sipp.carrier({
      address: '127.0.0.20',
      media: customer,
      acts: [{ do: 'answer' }, { do: 'told' }, { do: 'bye' }],
    })
    customer.reset()
    const trunk = await world.trunk(carrier, { id: 't_rung' as TrunkId })
    const campaign = await world.campaign({ id: 'k_rung' as CampaignId, trunks: [trunk], agents: [bob] })
    await world.leads(campaign, ['+8613800000008'])
    await stage.does(bob, { type: 'agent.signOn', agent: bob })
    await stage.ready(bob)
    const { call } = await world.fact('call.connected', fact => world.call(fact.call)?.campaign === campaign)
    const assigned = await world.fact('call.assigned', fact => fact.call === call)
    assert.equal(assigned.ringing, false)
    await customer.hears(700)
    await ringing.hears(customerHz)
    await carrier.goOn()
    await world.fact('call.ended', fact => fact.call === call)
    await carrier.done()
    const sessions = async () => (await world.house.telephone.figures())['sip_sessions']
    assert.equal(await sessions(), 2, 'it stays open between calls, as the one beside it that is nailed up')
    const written = {
      code: 'promise',
      note: '',
      fields: {},
      callbackAt: null,
      callbackMine: false,
      next: 'ready',
    } as const
    await stage.does(bob, { type: 'agent.dispose', agent: bob, call, ...written })
    const { campaign: known } = world.house.engine.state.campaigns.get(campaign)!
    const paused = { type: 'campaign.saved', campaign: { ...known, state: 'paused' } } as const
    await world.house.engine.dispatch({ type: 'records.committed', facts: [paused] }, 'system')
    await world.until('the phone is free again', async () => (await sessions()) === 1)
    await world.house.engine.dispatch({ type: 'agent.signOff', agent: bob, reason: 'test' }, `user:${bob}`)
  })

  /** Both channels of a call's sealed recording. */
  async function recordingOf(call: string): Promise<[Int16Array, Int16Array]> {
    await world.fact('recording.sealed', fact => fact.call === call)
    const opened = await world.fact('recording.opened', fact => fact.call === call)
    return readStereo(readFileSync(world.recordingFile(opened.path)))
  }

  /** Looks at half a second at a time; the edges, where a call begins and ends, do not count. */
  function hasPiece(samples: Int16Array, holds: (piece: Int16Array) => boolean): boolean {
    for (let at = 4000; at + 8000 <= samples.length; at += 2000) if (holds(samples.subarray(at, at + 4000))) return true
    return false
  }

  const onBreak = () => stage.does(alice, { type: 'agent.break', agent: alice, reason: 'test' })
})

/** A far end that goes without a word, or whose BYE is lost on the way: its silence ends the call, and it hears of it. sipp plays the carrier. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CallId, CampaignId, TrunkId, UserId } from '../lib/ids.ts'
import { type Sipp, sipp, step } from '../phone/fixtures/sipp.ts'
import { went } from '../phone/fixtures/station.ts'
import { Cable } from './cable.ts'
import type { RtpPeer } from './rtp-peer.ts'
import { hasSipp } from './sipp.ts'
import { Stage } from './stage.ts'
import type { World } from './world.ts'

const [aliceHz, customerHz] = [1000, 440]
/** In place of the minute that trunks have. */
const silenceMs = 2_000

describe('a far end that falls silent', { skip: hasSipp ? false : 'needs sipp' }, () => {
  let stage: Stage
  let world: World
  let customer: RtpPeer
  let alice: UserId

  before(async () => {
    stage = await Stage.open({ address: '127.0.0.1' })
    ;({ world } = stage)
    const { bay } = world.house.telephone
    const configure = bay.configure.bind(bay)
    bay.configure = (leg, parameters) => configure(leg, { ...parameters, silenceMs })
    customer = await stage.voice('127.0.0.24', customerHz)
    ;({ id: alice } = await stage.softBrowser({ name: 'alice', hz: aliceHz }))
    await stage.signOn(alice)
  })
  after(() => stage?.[Symbol.asyncDispose]())

  /** Answers, and says `toBye` when we hang up; requests of the call are to go to `contact`. */
  function carrier(toBye: string, contact = '[local_ip]'): Promise<Sipp> {
    const body = [
      ...['v=0', `o=sipp 1 1 IN IP4 ${customer.address}`, 's=-', `c=IN IP4 ${customer.address}`, 't=0 0'],
      ...[`m=audio ${customer.port} RTP/AVP 8`, 'a=rtpmap:8 PCMA/8000\n'],
    ].join('\n')
    const answer = [step.recv('INVITE'), step.respond(200, 'OK', { body }), step.recv('ACK')].map(each =>
      each.replace('sip:sipp@[local_ip]', `sip:sipp@${contact}`),
    )
    return sipp({ address: '127.0.0.25', steps: [...answer, step.recv('BYE'), toBye] })
  }

  async function talksTo(far: { address: string; port: number }): Promise<CallId> {
    customer.reset()
    const trunk = await world.trunk(far, { id: `t_${far.port}` as TrunkId })
    const id = `k_${far.port}` as CampaignId
    const campaign = await world.campaign({ id, trunks: [trunk], agents: [alice] })
    await world.leads(campaign, ['+8613800000001'])
    await stage.ready(alice)
    const { call } = await world.fact('call.connected', fact => world.call(fact.call)?.campaign === campaign)
    await customer.hears(aliceHz)
    return call
  }

  /** On the floor, and on the wire: nothing is left of it. */
  async function isOver(call: CallId): Promise<void> {
    await stage.does(alice, {
      ...{ type: 'agent.dispose', agent: alice, call, code: 'promise', note: '', fields: {} },
      ...{ callbackAt: null, callbackMine: false, next: 'break' },
    })
    await world.until('no session is left, and no media but alice’s', async () => {
      const { sip_sessions: sessions, media_legs: legs } = await world.house.telephone.figures()
      return sessions === 0 && legs === 1
    })
  }

  const ok = step.respond(200, 'OK', { inDialog: true })
  const wayOut = {
    'whose line is dead': ok,
    // It said so itself, and the datagram was lost: of this call it knows nothing any more.
    'whose BYE was lost': step.respond(481, 'Call/Transaction Does Not Exist', { inDialog: true }),
  }
  for (const [name, toBye] of Object.entries(wayOut))
    test(`${name}: the call ends by the silence, the far end gets our BYE, and the agent is free for the next`, async () => {
      const far = await carrier(toBye)
      const call = await talksTo(far)
      customer.fallSilent()
      const { ending } = await world.fact('call.ended', fact => fact.call === call)
      assert.deepEqual(
        { by: ending.by, cause: ending.cause, result: ending.result },
        { by: 'system', cause: 'rtp_timeout', result: 'ANSWERED' },
      )
      await went(far)
      await isOver(call)
    })

  test('our BYE that is lost on the way is said again', async () => {
    const far = await carrier(ok, '127.0.0.26')
    using cable = await Cable.lay('127.0.0.26', far)
    const call = await talksTo({ address: '127.0.0.26', port: far.port })
    cable.isCut = true
    await stage.does(alice, { type: 'agent.hangUp', agent: alice, call })
    const { ending } = await world.fact('call.ended', fact => fact.call === call)
    assert.equal(ending.by, 'agent')
    await sleep(250) // RFC 3261 says it again after 500 ms
    cable.isCut = false
    await went(far)
    await isOver(call)
  })
})

/** Another maker's desk phone behind TLS with SRTP by keys in SDP: linphone registers, is called, and tones tell who hears whom. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CampaignId, UserId } from '../lib/ids.ts'
import { authority, certificate, type Pair } from '../phone/fixtures/certificates.ts'
import { hasLinphone, Linphone } from './linphone.ts'
import type { RtpPeer } from './rtp-peer.ts'
import { hasSipp } from './sipp.ts'
import { Stage } from './stage.ts'
import { sipPassword, type World } from './world.ts'

const [customerHz, agentHz] = [440, 1000]
const [address, host] = ['127.0.0.1', 'localhost']

describe('linphone over TLS with SRTP', { skip: !(hasLinphone && hasSipp) && 'needs linphone and sipp' }, () => {
  let stage: Stage
  let world: World
  let root: Pair
  let customer: RtpPeer
  let alice: UserId
  let phone: Linphone

  before(async () => {
    root = await authority('Company')
    const ours = await certificate(root, { names: [address, host] })
    stage = await Stage.open({ address, identity: { cert: ours.certPem, key: ours.keyPem } })
    ;({ world } = stage)
    customer = await stage.voice('127.0.0.64', customerHz)
    alice = await world.agent('alice', 'phone-nailed', '1001')
    const user = world.house.engine.state.users.get(alice)!
    await world.keep([{ type: 'user.saved', user: { ...user, device: { sha256: false, srtp: 'required' } } }])
  })
  after(() => stage?.[Symbol.asyncDispose]())

  async function opened(authorities: string): Promise<Linphone> {
    const registrar = `${host}:${world.sipTlsPort}`
    const account = { address, extension: '1001', password: sipPassword, registrar, hz: agentHz }
    const { certPem: cert, keyPem: key } = await certificate(root, { names: ['phone.example'] })
    return Linphone.phone({ ...account, secure: { authorities, identity: { cert, key } } })
  }

  async function dropped(): Promise<number | undefined> {
    return (await world.house.telephone.figures())['media_packets_dropped']
  }

  test('does not register with a house whose certificate a stranger signed', async () => {
    await using stranger = await opened((await authority('Stranger')).certPem)
    await sleep(4_000)
    assert.match(stranger.output, /failed/i)
    assert.equal((await world.house.telephone.figures())['sip_bindings'] ?? 0, 0)
  })

  test('is called, and carries a tone each way at its frequency and level', async () => {
    phone = stage.keep(await opened(root.certPem))
    await stage.registered(1)
    await stage.signOn(alice)
    const carrier = await stage.carrier('127.0.0.63', customer, [{ do: 'answer' }, { do: 'expectBye' }])
    const trunk = await world.trunk(carrier)
    const campaign = await world.campaign({ id: 'k_secure' as CampaignId, trunks: [trunk], agents: [alice] })
    await world.leads(campaign, ['+8613800000001'])
    await stage.ready(alice)
    const { call } = await world.fact('call.connected', fact => fact.agent === alice)
    await Promise.all([customer.hears(agentHz), phone.hears(customerHz)])
    await world.until('levels', () => {
      const level = phone.levelOf(customerHz)
      return level > 0.2 && level < 0.4
    })
    const before = await dropped()
    await sleep(1_000)
    assert.equal(await dropped(), before, 'no packet of the talk was not authentic')
    await stage.does(alice, { type: 'agent.hangUp', agent: alice, call })
    await carrier.done()
  })
})

/** Calls that nobody on the way can read: baresip is the carrier and the desk phone, over TLS with SRTP, and tones tell who hears whom. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { CampaignId, TrunkId, UserId } from '../lib/ids.ts'
import { authority, certificate, type Pair } from '../phone/fixtures/certificates.ts'
import { Baresip, hasBaresip } from './baresip.ts'
import { sipPassword, World } from './world.ts'

const [customerHz, agentHz] = [440, 1000]
const number = '+8613800000001'

describe('a call over TLS with SRTP on both sides', { skip: !hasBaresip && 'needs baresip' }, () => {
  let world: World
  let carrier: Baresip
  let phone: Baresip
  let alice: UserId
  let root: Pair

  before(async () => {
    root = await authority('Company')
    const ours = await certificate(root, { names: ['127.0.0.1'] })
    const theirs = await certificate(root, { names: ['127.0.0.1'] })
    world = await World.open({ identity: { cert: ours.certPem, key: ours.keyPem } })
    const common = { address: '127.0.0.1', encryption: 'srtp-mand', password: sipPassword } as const
    carrier = await Baresip.phone({
      ...{ ...common, extension: number, registrar: '127.0.0.1', hz: customerHz, registers: false },
      tls: { authorities: root.certPem, identity: theirs.certPem + theirs.keyPem },
    })
    alice = await world.agent('alice', 'phone-nailed', '1001')
    const user = world.house.engine.state.users.get(alice)!
    await world.keep([{ type: 'user.saved', user: { ...user, device: { sha256: false, srtp: 'required' } } }])
    phone = await Baresip.phone({
      ...{ ...common, extension: '1001', registrar: `127.0.0.1:${world.sipTlsPort}`, hz: agentHz },
      tls: { authorities: root.certPem },
    })
    await world.until(
      'the desk phone is registered',
      async () => (await world.house.telephone.figures())['sip_bindings'] === 1,
    )
    await world.house.engine.dispatch({ type: 'agent.signOn', agent: alice }, `user:${alice}`)
    await world.fact('agent.stationChanged', fact => fact.up)
  })
  after(async () => {
    await carrier?.[Symbol.asyncDispose]()
    await phone?.[Symbol.asyncDispose]()
    await world?.[Symbol.asyncDispose]()
  })

  async function dial(name: string, trunk: TrunkId): Promise<void> {
    const campaign = await world.campaign({ id: `k_${name}` as CampaignId, trunks: [trunk], agents: [alice] })
    await world.leads(campaign, [number])
    const outcome = await world.house.engine.dispatch({ type: 'agent.ready', agent: alice }, `user:${alice}`)
    assert.ok(outcome.ok, JSON.stringify(outcome))
  }

  const at = () => ({ address: '127.0.0.1', port: carrier.port + 1 })

  test('carries a tone each way at its frequency and level', async () => {
    const trunk = await world.trunk(at(), {
      id: 't_secure' as TrunkId,
      transport: 'tls',
      connection: { authorities: root.certPem, srtp: 'required' },
    })
    await dial('secure', trunk)
    await world.fact('call.connected')
    await carrier.hears(agentHz)
    await phone.hears(customerHz)
    await world.until('levels', () =>
      [carrier.levelOf(agentHz), phone.levelOf(customerHz)].every(level => level > 0.2 && level < 0.4),
    )
    const figures = await world.house.telephone.figures()
    assert.equal(figures['media_packets_dropped'], 0, 'no packet was not authentic')
    carrier.command('hangup')
    await world.fact('call.ended')
  })

  test('a carrier whose certificate a stranger signed, or that is for another host, keeps its trunk down, in words', async () => {
    const stranger = await authority('Stranger')
    const down = async (name: string, connection: object, words: RegExp) => {
      const trunk = await world.trunk(at(), { id: `t_${name}` as TrunkId, transport: 'tls', connection })
      await world.fact(
        'trunk.stateChanged',
        fact => fact.trunk === trunk && fact.state === 'down' && words.test(fact.reason),
      )
    }
    await down('stranger', { authorities: stranger.certPem }, /no authority that this trunk trusts/)
    await down(
      'other',
      { authorities: root.certPem, tlsName: 'sip.carrier.example' },
      /is not for sip\.carrier\.example/,
    )
  })
})

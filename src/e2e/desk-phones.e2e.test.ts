/** Two makers' desk phones, worked by their own keys: registered, called, put on hold and back, and a customer passed on by the transfer key. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CallId, CampaignId, UserId } from '../lib/ids.ts'
import { Baresip, hasBaresip } from './baresip.ts'
import { hasLinphone, Linphone } from './linphone.ts'
import { RtpPeer } from './rtp-peer.ts'
import { hasSipp, Sipp } from './sipp.ts'
import { sipPassword, World } from './world.ts'

const bobHz = 700
type Keys = {
  hold: string
  resume: string
  transfer(to: string): [command: string, params: string]
  /** baresip 1.0.0 hangs up when its transfer is refused, whatever the call is worth. */
  survivesRefusal: boolean
}
type Phone = AsyncDisposable & { output: string; command(command: string, params?: string): void }
type Account = { address: string; extension: string; password: string; registrar: string }

const makes: { name: string; isHere: boolean; open(account: Account): Promise<Phone>; keys: Keys }[] = [
  {
    name: 'baresip',
    isHere: hasBaresip,
    open: account => Baresip.phone({ ...account, hz: 1000 }),
    keys: { hold: 'hold', resume: 'resume', transfer: to => ['transfer', to], survivesRefusal: false },
  },
  {
    name: 'linphone',
    isHere: hasLinphone,
    open: account => Linphone.phone(account),
    keys: { hold: 'pause', resume: 'resume', transfer: to => [`transfer ${to}`, ''], survivesRefusal: true },
  },
]

for (const { name, isHere, open, keys } of makes)
  describe(`${name} as a desk phone`, {
    skip: isHere && hasSipp && hasBaresip ? false : `needs ${name}, baresip and sipp`,
  }, () => {
    let world: World
    let customer: RtpPeer
    let phone: Phone
    let colleague: Baresip
    let carrier: Sipp
    let alice: UserId
    let bob: UserId
    let call: CallId

    before(async () => {
      world = await World.open({ address: '127.0.0.1' })
      customer = await RtpPeer.open('127.0.0.41', 440)
      alice = await world.agent('alice', 'phone-nailed', '1001')
      bob = await world.agent('bob', 'phone-nailed', '1002')
      const at = { address: '127.0.0.1', password: sipPassword, registrar: `127.0.0.1:${world.sipPort}` }
      phone = await open({ ...at, extension: '1001' })
      colleague = await Baresip.phone({ ...at, extension: '1002', hz: bobHz })
      await world.until(
        'both phones are registered',
        async () => (await world.house.telephone.figures())['sip_bindings'] === 2,
      )
      await dispatch({ type: 'agent.signOn', agent: alice }, alice)
      await dispatch({ type: 'agent.signOn', agent: bob }, bob)
      for (const agent of [alice, bob])
        await world.fact('agent.stationChanged', fact => fact.agent === agent && fact.up)
      carrier = await Sipp.carrier({
        address: '127.0.0.40',
        media: customer,
        acts: [{ do: 'answer' }, { do: 'expectBye' }],
      })
      const trunk = await world.trunk(carrier)
      const campaign = await world.campaign({ id: 'k_desk' as CampaignId, trunks: [trunk], agents: [alice] })
      await world.leads(campaign, ['+8613800000001'])
      await dispatch({ type: 'agent.ready', agent: alice }, alice)
      call = (await world.fact('call.connected', fact => fact.agent === alice)).call
    })
    after(async () => {
      for (const one of [phone, colleague, carrier, customer, world]) await one?.[Symbol.asyncDispose]()
    })

    async function dispatch(input: Parameters<World['house']['engine']['dispatch']>[0], by: UserId): Promise<void> {
      const outcome = await world.house.engine.dispatch(input, `user:${by}`)
      assert.ok(outcome.ok, JSON.stringify(outcome))
    }

    test('holds the customer and takes the call up again', async () => {
      phone.command(keys.hold)
      await world.fact('call.held', fact => fact.call === call && fact.by === 'agent')
      await sleep(300)
      phone.command(keys.resume)
      await world.fact('call.resumed', fact => fact.call === call && fact.by === 'agent')
      await sleep(300)
      assert.equal(world.call(call)?.agent, alice, phone.output)
    })

    if (keys.survivesRefusal)
      test('is refused when it wants to pass the customer on to a number that nobody allowed', async () => {
        phone.command(...keys.transfer('sip:0019005551234@127.0.0.1'))
        await sleep(1_000)
        assert.equal(world.call(call)?.agent, alice, phone.output)
        assert.ok(!world.facts.some(fact => fact.type === 'call.transferred'))
      })

    test('passes the customer on to a colleague, who is heard', async () => {
      await dispatch({ type: 'agent.ready', agent: bob }, bob)
      phone.command(...keys.transfer('sip:1002@127.0.0.1'))
      const passed = await world.fact('call.transferred', fact => fact.call === call)
      assert.deepEqual([passed.from, passed.how, passed.target], [alice, 'blind', { agent: bob }], phone.output)
      await world.fact('call.connected', fact => fact.call === call && fact.agent === bob)
      customer.reset()
      await customer.hears(bobHz)
      await dispatch({ type: 'call.end', call, by: 'system' }, bob)
      await carrier.done()
    })
  })

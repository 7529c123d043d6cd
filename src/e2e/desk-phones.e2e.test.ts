/** Two makers' desk phones, worked by their own keys: registered, called, put on hold and back, and a customer passed on by the transfer key. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CallId, CampaignId, UserId } from '../lib/ids.ts'
import { Baresip, hasBaresip } from './baresip.ts'
import { hasLinphone, Linphone } from './linphone.ts'
import { RtpPeer } from './rtp-peer.ts'
import { hasSipp, type Registration, Sipp } from './sipp.ts'
import { sipPassword, World } from './world.ts'

const [aliceHz, bobHz] = [1000, 700]
type Keys = {
  hold: string
  resume: string
  transfer(to: string): [command: string, params: string]
  /** baresip 1.0.0 hangs up when its transfer is refused, whatever the call is worth. */
  survivesRefusal: boolean
}
type Phone = AsyncDisposable & { output: string; said?: string; command(command: string, params?: string): void }
type Account = { address: string; extension: string; password: string; registrar: string }

type Make = { name: string; isHere: boolean; sha256: boolean; open(account: Account): Promise<Phone>; keys: Keys }

const makes: Make[] = [
  {
    name: 'baresip',
    isHere: hasBaresip,
    sha256: false,
    open: account => Baresip.phone({ ...account, hz: aliceHz }),
    keys: { hold: 'hold', resume: 'resume', transfer: to => ['transfer', to], survivesRefusal: false },
  },
  {
    name: 'linphone',
    isHere: hasLinphone,
    sha256: true,
    open: account => Linphone.phone({ ...account, keeps: 'what it says' }),
    keys: { hold: 'pause', resume: 'resume', transfer: to => [`transfer ${to}`, ''], survivesRefusal: true },
  },
]

for (const { name, isHere, sha256, open, keys } of makes)
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
      const user = world.house.engine.state.users.get(alice)!
      await world.keep([{ type: 'user.saved', user: { ...user, device: { sha256, srtp: 'off' } } }])
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

    if (sha256)
      test('proves itself by SHA-256, which it is offered before MD5, beside a phone that knows MD5 only', () => {
        const { said = '' } = phone
        const offered = Array.from(said.matchAll(/^WWW-Authenticate:.*algorithm=([\w-]+)/gm), ([, name]) => name)
        assert.deepEqual(offered.slice(0, 2), ['SHA-256', 'MD5'])
        const taken = Array.from(said.matchAll(/^Authorization:.*algorithm=([\w-]+)/gm), ([, name]) => name)
        assert.deepEqual([...new Set(taken)], ['SHA-256'])
        assert.deepEqual(
          world.house.telephone
            .bindings()
            .map(({ extension }) => extension)
            .sort(),
          ['1001', '1002'],
        )
      })
    else
      test('goes on while somebody guesses its password, who is locked out, and learns of nobody who is there', async () => {
        const target = `127.0.0.1:${world.sipPort}`
        const wrong = ['1001', '123456', 'admin', 'password', 'switchroom']
        const registrations: Registration[] = [
          ...wrong.map(password => ({ password, answers: [401, 403] }) as Registration),
          { password: sipPassword, answers: [403] },
        ]
        await using known = await Sipp.registering({ address: '127.0.0.42', extension: '1001', target, registrations })
        await using nobody = await Sipp.registering({ address: '127.0.0.43', extension: '1999', target, registrations })
        await Promise.all([known.done(), nobody.done()])
        assert.equal(known.answers.length, 2 * wrong.length + 1)
        assert.deepEqual(known.answers.map(withoutNames), nobody.answers.map(withoutNames))
        for (const [address, extension] of [
          ['127.0.0.42', '1001'],
          ['127.0.0.43', '1999'],
        ] as const) {
          const told = await world.fact('safety.alarmed', fact => fact.address === address)
          assert.deepEqual([told.rule, told.number], ['phone_guessed', extension])
        }
        const right: Registration[] = [{ password: sipPassword, answers: [401, 200] }]
        await using elsewhere = await Sipp.registering({
          ...{ address: '127.0.0.44', extension: '1001', target, registrations: right },
        })
        await elsewhere.done()
        customer.reset()
        await customer.hears(aliceHz)
      })

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
        const told = await world.fact('safety.alarmed')
        assert.deepEqual([told.rule, told.user], ['number_barred', alice], 'it would have cost')
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

/** As whoever guesses could compare it: what is ours of a nonce and a tag counts by its form, what is its own not at all. */
function withoutNames(answer: string): string {
  return answer
    .replaceAll(/^(Via|From|Call-ID): .*$/gim, '$1')
    .replace(/^To: .*(?=;tag=)/im, 'To')
    .replaceAll(/(?<=;tag=|nonce=")[\w.-]+/g, ours => ours.replaceAll(/[\w-]/g, 'x'))
}

/** Gateways that fall silent, come back, or answer that nobody is behind them: sipp stands there, or nobody does. The clock is our own interval. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { CampaignId, TrunkGroupId, TrunkId, UserId } from '../lib/ids.ts'
import { type Sipp as Answering, sipp, step } from '../phone/fixtures/sipp.ts'
import { freePort } from './ports.ts'
import { RtpPeer } from './rtp-peer.ts'
import { hasSipp, Sipp } from './sipp.ts'
import { signInPassword, World } from './world.ts'

const address = '127.0.0.88'
const gatewayAt = '127.0.0.89'
/** OPTIONS every second, so that two missed ones take 2 s. */
const asking = { firstMs: { from: 0, to: 100 }, everyMs: 1_000 }

/** A gateway that takes OPTIONS alone and answers each with `status`. */
const gateway = (port: number, status: number, reason: string) =>
  sipp({ address: gatewayAt, port, calls: 1_000, steps: [step.recv('OPTIONS'), step.respond(status, reason)] })

async function gone(one: Answering): Promise<void> {
  one.stop()
  await one.done
}

const stateOf = (world: World, trunk: TrunkId) => world.house.engine.state.trunks.get(trunk)!
const isDown = (world: World, trunk: TrunkId, why: string) => () => {
  const { up, why: now } = stateOf(world, trunk)
  return !up && now === why
}
const isUp = (world: World, trunk: TrunkId, status: number) => () =>
  stateOf(world, trunk).up && world.house.telephone.trunkWire(trunk)?.options?.status === status

describe('a gateway that is asked by OPTIONS', { skip: hasSipp ? false : 'needs sipp' }, () => {
  let world: World
  let trunk: TrunkId
  let port: number
  let cookies: string[]

  before(async () => {
    world = await World.open({ address, web: 'http', asking })
    await world.person('adam', 'admin')
    port = await freePort(gatewayAt)
    trunk = await world.trunk({ address: gatewayAt, port }, { id: 't_gateway' as TrunkId })
    const signedIn = await fetch(`${world.url}/sign-in`, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'sec-fetch-site': 'same-origin', accept: 'text/html' },
      body: new URLSearchParams({ name: 'adam', password: signInPassword }),
    })
    cookies = signedIn.headers.getSetCookie().map(each => each.split(';')[0]!)
  })
  after(() => world?.[Symbol.asyncDispose]())

  async function says(words: Record<'zh-CN' | 'en', RegExp>): Promise<void> {
    for (const [lang, what] of Object.entries(words)) {
      const cookie = [...cookies.filter(each => !each.startsWith('lang=')), `lang=${lang}`].join('; ')
      const page = await fetch(`${world.url}/admin/trunks/${trunk}`, { headers: { cookie } })
      assert.match(await page.text(), what)
    }
  }

  test('is up, down when it falls silent, and up when it answers again, and its page says so in words', async () => {
    const first = await gateway(port, 200, 'OK')
    await world.until('it is up', isUp(world, trunk, 200))
    await says({ 'zh-CN': /应答 200，\d+ 毫秒/, en: /answered 200 in \d+ ms/ })
    await gone(first)
    await world.until('it is down', isDown(world, trunk, 'options_silent'))
    await says({ 'zh-CN': /chip red[\s\S]*不再应答探测/, en: /chip red[\s\S]*OPTIONS are answered no more/ })
    const second = await gateway(port, 404, 'Not Found')
    await world.until('it is up again', isUp(world, trunk, 404))
    await says({ 'zh-CN': /应答 404，\d+ 毫秒/, en: /answered 404 in \d+ ms/ })
    await gone(second)
  })

  test('is down when it answers that nobody is behind it', async () => {
    const lost = await gateway(port, 503, 'Service Unavailable')
    await world.until('it is down', isDown(world, trunk, 'options_refused'))
    await says({
      'zh-CN': /chip red[\s\S]*探测应答：对方线路不可用[\s\S]*应答 503（线路不可用）/,
      en: /chip red[\s\S]*answers OPTIONS that nobody takes calls there[\s\S]*answered 503 \(nobody takes calls there\)/,
    })
    await gone(lost)
    const back = await gateway(port, 200, 'OK')
    await world.until('it is up again', isUp(world, trunk, 200))
    await gone(back)
  })
})

describe('over a restart', { skip: hasSipp ? false : 'needs sipp' }, () => {
  test('a gateway that used to answer OPTIONS and is gone is down soon after it', async () => {
    const port = await freePort(gatewayAt)
    const answering = await gateway(port, 200, 'OK')
    const first = await World.open({ address, asking })
    const trunk = await first.trunk({ address: gatewayAt, port })
    await first.until('it is up', isUp(first, trunk, 200))
    await first.until('that it answers is kept', () => stateOf(first, trunk).answersAt)
    await first.close()
    await gone(answering)
    await using again = await World.open({ address, folder: first.folder, asking })
    await again.until('it is down', isDown(again, trunk, 'options_silent'))
  })
})

describe('a gateway whose address is mistyped', { skip: hasSipp ? false : 'needs sipp' }, () => {
  let world: World
  let customer: RtpPeer
  let alice: UserId

  before(async () => {
    world = await World.open({ address, asking })
    customer = await RtpPeer.open('127.0.0.90', 440)
    alice = await world.agent('alice', 'phone-rung', '1001')
  })
  after(async () => {
    await customer?.[Symbol.asyncDispose]()
    await world?.[Symbol.asyncDispose]()
  })

  test('costs its group one call’s patience: the next goes to the other trunk at once', async () => {
    const nowhere = { address: gatewayAt, port: await freePort(gatewayAt) }
    const dead = await world.trunk(nowhere, { id: 't_dead' as TrunkId, rules: { responseMs: 1_000 } })
    await using carrier = await Sipp.carrier({
      ...{ address: '127.0.0.91', media: customer, calls: 1_000 }, // most of them are our OPTIONS
      acts: [{ do: 'answer' }, { do: 'pause', ms: 50 }, { do: 'bye' }],
    })
    const good = await world.trunk(carrier, { id: 't_good' as TrunkId, callerIds: ['+861088880001'] })
    await world.until('nobody answers there', () => world.house.telephone.trunkWire(dead)?.options?.up === false)
    assert.ok(stateOf(world, dead).up, 'some gateways never answer OPTIONS')
    const group = { id: 'tg_both' as TrunkGroupId, name: 'both', trunks: [dead, good] }
    await world.keep([{ type: 'trunkGroup.saved', group }])
    const called = async (nth: number) => {
      const campaign = await world.campaign({
        ...{ id: `k_${nth}` as CampaignId, mode: 'notice', trunks: [good], trunkGroup: group.id, agents: [alice] },
        notice: { language: 'en', parts: [{ prompt: 'thank-you' }], maxLines: 1, waitMs: 5_000 },
      })
      await world.leads(campaign, [`+861380000000${nth}`])
      const dialled = await world.fact('call.dialed', fact => fact.campaign === campaign)
      await world.fact('call.answered', fact => fact.call === dialled.call)
      const tries = world.facts.filter(fact => fact.type === 'call.rerouted' && fact.call === dialled.call)
      return [dialled.trunk, tries.length]
    }
    assert.deepEqual(await called(1), [dead, 1])
    await world.until('it is down', isDown(world, dead, 'calls_silent'))
    assert.deepEqual(await called(2), [good, 0])
  })
})

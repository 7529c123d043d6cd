/**
 * A supervisor whose audio is a desk phone (baresip): carl calls (sipp), alice answers in a soft browser, sam listens, whispers and barges in by
 * the page of live calls. Each says a tone of their own, so that tones tell who hears whom. The phone is rung for each supervision, or once for
 * the shift, as its person is set up.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import type { CallId, TrunkId, UserId } from '../lib/ids.ts'
import { type Baresip, hasBaresip } from './baresip.ts'
import { hasChromium } from './chromium.ts'
import type { RtpPeer } from './rtp-peer.ts'
import { hasSipp } from './sipp.ts'
import type { SoftBrowser } from './soft-browser.ts'
import { ownNumber, Stage } from './stage.ts'
import type { World } from './world.ts'

const [carlHz, aliceHz, samHz] = [440, 1000, 1700]
const everyHz = [carlHz, aliceHz, samHz]
const missing = hasChromium && hasSipp && hasBaresip ? false : 'needs chromium, sipp and baresip'

describe('a supervisor at a desk phone', { skip: missing }, () => {
  let stage: Stage
  let world: World
  let carl: RtpPeer
  let alice: SoftBrowser
  let phone: Baresip
  let page: Page
  let agent: UserId
  let sam: UserId
  let call: CallId

  before(async () => {
    stage = await Stage.open({ web: 'http' })
    ;({ world } = stage)
    await world.trunk({ address: '127.0.0.83', port: 5060 }, { id: 't_in' as TrunkId })
    carl = await stage.voice('127.0.0.84', carlHz)
    ;({ id: agent, browser: alice } = await stage.softBrowser({ name: 'alice', hz: aliceHz }))
    ;({ id: sam, phone } = await stage.deskPhone({
      ...{ name: 'sam', extension: '1009', hz: samHz, role: 'supervisor', station: 'phone-rung' },
    }))
    await world.queue([agent], ownNumber)
    await stage.signOn(agent)
    await stage.ready(agent)
    page = await stage.page({ name: 'sam', hz: samHz })
    await stage.caller('127.0.0.83', carl)
    call = (await world.fact('call.connected')).call
  })
  after(() => stage?.[Symbol.asyncDispose]())

  const hears = (who: RtpPeer | SoftBrowser | Baresip, name: string, hz: number[]) =>
    stage.hears(who, name, hz, everyHz)
  const mode = (name: string) => page.waitForSelector(`#supervision button[aria-pressed="true"]:has-text("${name}")`)
  const ends = () => world.facts.flatMap(fact => (fact.type === 'supervision.ended' ? [fact.cause] : []))
  const listen = async () => {
    await page.goto(`${world.url}/supervisor/calls`)
    await page.click(`#call-${call} button:has-text("Listen")`)
    await mode('Listen')
  }

  test('is rung for it, hears both, and nobody hears them', async () => {
    await listen()
    const began = await world.fact('call.monitored')
    assert.deepEqual([began.call, began.by, began.mode], [call, sam, 'listen'])
    await Promise.all([
      hears(phone, 'sam', [carlHz, aliceHz]),
      hears(carl, 'carl', [aliceHz]),
      hears(alice, 'alice', [carlHz]),
    ])
    assert.equal(
      await page.evaluate('document.documentElement.dataset.audioState ?? ""'),
      '',
      'no microphone is asked for',
    )
  })

  test('whispers to alice alone, then barges in: by keys of the page', async () => {
    await page.keyboard.press('Alt+2')
    await mode('Whisper')
    await Promise.all([hears(alice, 'alice', [carlHz, samHz]), hears(carl, 'carl', [aliceHz])])
    await page.keyboard.press('Alt+3')
    await mode('Barge')
    await Promise.all([hears(carl, 'carl', [aliceHz, samHz]), hears(alice, 'alice', [carlHz, samHz])])
    await hears(phone, 'sam', [carlHz, aliceHz])
  })

  test('puts the phone down: that ends the supervision, and the call goes on', async () => {
    await phone.command('hangup')
    await world.fact('supervision.ended', fact => fact.by === sam)
    assert.deepEqual(ends(), ['hung_up'])
    await Promise.all([hears(carl, 'carl', [aliceHz]), hears(alice, 'alice', [carlHz])])
    assert.equal(world.call(call)?.phase, 'talking')
    assert.equal(world.house.engine.state.supervisions.size, 0)
  })

  test('listens again, stops by the page: the phone is hung up', async () => {
    await listen()
    await world.until('sam’s phone is up', () => world.house.engine.state.supervisions.get(sam)?.up)
    await page.click('#supervision button:has-text("Stop")')
    await world.until('two are over', () => ends().length === 2)
    assert.equal(ends()[1], 'stopped')
    await world.until('no call at the phone', async () => (await world.house.telephone.figures())['sip_sessions'] === 1)
  })

  test('whose phone stays up for the shift is rung once: after a supervision it is there for the next at once', async () => {
    const user = world.house.engine.state.users.get(sam)!
    await world.keep([{ type: 'user.saved', user: { ...user, station: 'phone-nailed' } }])
    await stage.signOn(sam)
    const rung = world.house.engine.state.agents.get(sam)!.stationLeg
    await listen()
    await hears(phone, 'sam', [carlHz, aliceHz])
    await page.click('#supervision button:has-text("Stop")')
    await world.until('three are over', () => ends().length === 3)
    phone.forget()
    await sleep(1_300)
    assert.equal(world.house.engine.state.agents.get(sam)!.stationLeg, rung, 'the phone is up still')
    await listen()
    await hears(phone, 'sam', [carlHz, aliceHz])
    assert.equal(world.house.engine.state.supervisions.get(sam)?.leg, null, 'it was not rung for it')
    await phone.command('hangup')
    await world.until('sam’s phone is down', () => world.house.engine.state.agents.get(sam)!.stationLeg === null)
    await world.until('four are over', () => ends().length === 4)
    assert.deepEqual(ends().slice(2), ['stopped', 'hung_up'])
    await Promise.all([hears(carl, 'carl', [aliceHz]), hears(alice, 'alice', [carlHz])])
    assert.equal(world.call(call)?.phase, 'talking')
  })
})

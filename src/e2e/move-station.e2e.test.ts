/**
 * Alice moves between her headset (Chromium) and her desk phone (baresip) in mid-call, by the desk page: carl (sipp) hears her all the time, by a
 * tone of each place. The old way stays until the new one is up.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import type { CallId, TrunkId, UserId } from '../lib/ids.ts'
import { type Baresip, hasBaresip } from './baresip.ts'
import { hasChromium, tonesHeard } from './chromium.ts'
import type { RtpPeer } from './rtp-peer.ts'
import { hasSipp, type Sipp } from './sipp.ts'
import { ownNumber, Stage } from './stage.ts'
import type { World } from './world.ts'

const [carlHz, headsetHz, phoneHz] = [440, 1000, 1700]
const everyHz = [carlHz, headsetHz, phoneHz]
const missing = hasChromium && hasSipp && hasBaresip ? false : 'needs chromium, sipp and baresip'

describe('an agent who moves between headset and desk phone', { skip: missing }, () => {
  let stage: Stage
  let world: World
  let carl: RtpPeer
  let caller: Sipp
  let phone: Baresip
  let page: Page
  let alice: UserId
  let call: CallId

  before(async () => {
    stage = await Stage.open({ web: 'http' })
    ;({ world } = stage)
    await world.trunk({ address: '127.0.0.91', port: 5060 }, { id: 't_in' as TrunkId })
    carl = await stage.voice('127.0.0.92', carlHz)
    ;({ id: alice, phone } = await stage.deskPhone({
      ...{ name: 'alice', extension: '1001', hz: phoneHz, station: 'browser', answer: 'manual' },
    }))
    await world.queue([alice], ownNumber)
    page = await stage.page({ name: 'alice', hz: headsetHz })
    await page.waitForURL(`${world.url}/agent`)
    await page.waitForSelector('html[data-audio-state="up"]', { timeout: 20_000, state: 'attached' })
    await stage.signOn(alice)
    await stage.ready(alice)
    caller = await stage.caller('127.0.0.91', carl)
    call = (await world.fact('call.connected')).call
  })
  after(() => stage?.[Symbol.asyncDispose]())

  const agent = () => world.house.engine.state.agents.get(alice)!
  const carlHears = (hz: number[]) => stage.hears(carl, 'carl', hz, everyHz)
  const headsetHears = (hz: number[]) =>
    world.until(`the headset hears ${hz}`, async () => (await page.evaluate<string>(tonesHeard(everyHz))) === hz.join())
  const chip = (words: string) => page.waitForSelector(`#audio .chip:has-text("${words}")`)
  const move = async (to: string) => {
    await page.click('#audio button:has-text("Move")')
    await page.click(`#stations button:has-text("${to}")`)
  }
  /** A phone rings a moment after we ring it. */
  const pickUp = (isUp: () => boolean) =>
    world.until('the phone is picked up', async () => {
      phone.command('accept')
      await sleep(200)
      return isUp()
    })
  const audioState = () => page.evaluate<string>('document.documentElement.dataset.audioState ?? ""')
  /** Of carl and of alice: two while each is at one place. */
  const legs = async () => (await world.house.telephone.figures())['media_legs']

  test('talks by the headset while the phone rings', async () => {
    await Promise.all([carlHears([headsetHz]), headsetHears([carlHz])])
    await move('open for the shift')
    await chip('pick it up to go on there')
    await world.until('it rings', () => agent().stationRinging !== null)
    await Promise.all([carlHears([headsetHz]), headsetHears([carlHz])])
  })

  test('reloads the page meanwhile: the headset is back, and the phone rings on', async () => {
    await page.goto('about:blank')
    await world.until('the old audio is gone', () => agent().stationLeg === null)
    await page.goto(`${world.url}/agent`)
    await page.waitForSelector('html[data-audio-state="up"]', { timeout: 20_000, state: 'attached' })
    await chip('pick it up to go on there')
    await Promise.all([carlHears([headsetHz]), headsetHears([carlHz])])
    assert.equal(world.call(call)?.phase, 'talking')
  })

  test('picks the phone up: both hear there, and the page lets go of the microphone', async () => {
    await pickUp(() => agent().stationIsPhone)
    await chip('Phone 1001 connected')
    await Promise.all([carlHears([phoneHz]), stage.hears(phone, 'the phone', [carlHz], everyHz)])
    await world.until('the page is quiet', async () => (await audioState()) === '')
    await world.until('the headset’s leg is gone', async () => (await legs()) === 2)
    assert.equal(agent().stationIsPhone, true)
  })

  test('moves back: the page takes over, and the phone is hung up', async () => {
    await move('Headset at this computer')
    await page.waitForSelector('html[data-audio-state="up"]', { timeout: 20_000, state: 'attached' })
    await Promise.all([carlHears([headsetHz]), headsetHears([carlHz])])
    await world.until('no call at the phone', async () => (await world.house.telephone.figures())['sip_sessions'] === 1)
    await chip('Audio is good')
    assert.equal(world.call(call)?.phase, 'talking')
  })

  test('changes her mind while the phone rings: it stops', async () => {
    await move('open for the shift')
    await world.until('it rings', () => agent().stationRinging !== null)
    await move('Headset at this computer')
    await world.until('no call at the phone', async () => (await world.house.telephone.figures())['sip_sessions'] === 1)
    await chip('Audio is good')
    await Promise.all([carlHears([headsetHz]), headsetHears([carlHz])])
  })

  test('asks for a ring at each call: this one is talked out at the headset, the next one rings', async () => {
    await move('rung for each call')
    await chip('From the next call on at phone 1001')
    await Promise.all([carlHears([headsetHz]), headsetHears([carlHz])])
    await page.click('button[data-key="alt+e"]')
    await world.fact('call.ended', fact => fact.call === call)
    await caller.done()
    await stage.ready(alice)
    await world.until('the page is quiet', async () => (await audioState()) === '')
    carl.reset()
    await stage.caller('127.0.0.91', carl)
    await world.until('alice is rung', () => agent().phase === 'ringing')
    await pickUp(() => agent().phase === 'talking')
    await world.fact('call.connected', fact => fact.call !== call)
    await Promise.all([carlHears([phoneHz]), stage.hears(phone, 'the phone', [carlHz], everyHz)])
  })
})

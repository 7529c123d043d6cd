/** The audio panel of an agent's browser: devices, network in words, keys of the headset, the way back from a changed network. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { AudioHouse } from './audio-house.ts'
import { Chromium, hasChromium, playsHz } from './chromium.ts'
import { RtpPeer } from './rtp-peer.ts'

const agentHz = 1000
const customerHz = 440

describe('the audio panel', { skip: hasChromium ? false : 'needs chromium' }, () => {
  let house: AudioHouse
  let customer: RtpPeer
  let chromium: Chromium
  let page: Page

  before(async () => {
    house = await AudioHouse.open({ bay: '127.0.0.70', cable: '127.0.0.71', silenceMs: 20_000 })
    customer = await RtpPeer.open('127.0.0.72', customerHz)
    await house.patchCustomer(customer)
    chromium = await Chromium.launch({ hz: agentHz })
    page = await chromium.page()
    page.on('pageerror', error => house.pageErrors.push(error))
    await page.addInitScript(plugHeadset)
    await page.goto(house.url)
    await page.waitForSelector('html[data-audio-state="up"]', { state: 'attached' })
  })
  after(async () => {
    await chromium?.[Symbol.asyncDispose]()
    await customer?.[Symbol.asyncDispose]()
    await house?.[Symbol.asyncDispose]()
  })

  /** The page's policy lets no library evaluate text, but the debugger may. */
  const until = async (expression: string, withinMs = 30_000) => {
    for (const end = performance.now() + withinMs; performance.now() < end; await sleep(100))
      if (await page.evaluate<boolean>(expression)) return
    throw new Error(`in ${withinMs} ms it did not come about that ${expression}`)
  }
  const bothHear = async () => {
    customer.forget()
    await Promise.all([customer.hears(agentHz, 12_000), playsHz(page, customerHz, 12_000)])
  }

  test('lists microphones and speakers, takes the one that is chosen at once, and again after a reload', async () => {
    const names = () => page.locator('#microphone option').allTextContents()
    for (let n = 0; n < 200 && (await names()).length < 3; n++) await sleep(50)
    assert.equal((await names())[0], 'system')
    assert.ok((await names()).length >= 3, (await names()).join())
    assert.ok((await page.locator('#speaker option').count()) >= 2)
    const second = (await page.locator('#microphone option').nth(2).getAttribute('value'))!
    await page.selectOption('#microphone', second)
    const used = () => page.evaluate<string>('peers.at(-1).getSenders()[0].track.getSettings().deviceId')
    for (let n = 0; n < 200 && (await used()) !== second; n++) await sleep(50)
    assert.equal(await used(), second)
    assert.equal(house.offers, 1, 'the connection stays')
    await bothHear()
    await page.reload()
    await page.waitForSelector('html[data-audio-state="up"]', { state: 'attached' })
    assert.equal(await used(), second)
    await page.selectOption('#microphone', '')
    await bothHear()
  })

  test('says in words how the network is, and warns only while it is bad', async () => {
    await until("document.getElementById('audio-network').textContent.startsWith('good')")
    assert.equal(await page.textContent('#audio-warning'), '')
    house.dropEvery(5)
    await until("document.getElementById('audio-warning').textContent.startsWith('poor')")
    house.dropEvery(0)
    await until("document.getElementById('audio-warning').textContent === ''")
  })

  test('the mute key of a headset mutes, its lamp shows it, and its hook hangs up', async () => {
    await page.click('#headset')
    assert.equal(await page.textContent('#audio-words'), 'keys of Test Headset')
    await page.evaluate('headset.press({ mute: true })')
    await page.evaluate('headset.press({ mute: false })')
    assert.equal(await page.getAttribute('#mute', 'aria-pressed'), 'true')
    assert.deepEqual(await page.evaluate('headset.lamps.at(-1)'), [2, 0b11]) // muted, and in a call
    await page.evaluate('headset.press({ mute: true })')
    assert.equal(await page.getAttribute('#mute', 'aria-pressed'), 'false')
    assert.deepEqual(await page.evaluate('headset.lamps.at(-1)'), [2, 0b10])
    await page.evaluate(`{
      const button = document.createElement('button')
      button.dataset.key = 'alt+e'
      button.onclick = () => (document.title = 'hung up')
      document.body.append(button)
      headset.press({ hook: true })
      headset.press({ hook: false })
    }`)
    assert.equal(await page.title(), 'hung up')
  })

  test('what is amplified comes from the chosen loudspeaker, also where only a player can be told which', async () => {
    await page.addInitScript(`delete AudioContext.prototype.setSinkId
      const play = HTMLMediaElement.prototype.play
      HTMLMediaElement.prototype.play = function () {
        if (this.srcObject) (window.players ??= new Set()).add(this)
        return play.call(this)
      }`)
    await page.reload()
    await page.waitForSelector('html[data-audio-state="up"]', { state: 'attached' })
    const speaker = (await page.locator('#speaker option').nth(1).getAttribute('value'))!
    await page.selectOption('#speaker', speaker)
    await page.keyboard.press('Shift')
    const louder = (db: number) => page.locator('#volume').fill(String(db))
    await louder(6)
    const amplified = `[...players].filter(one => !one.paused && !one.muted && one.srcObject)`
    await until(`${amplified}.length === 1 && ${amplified}[0].sinkId === '${speaker}'`)
    // Pulled out and plugged in again: browsers keep its name for what played there, and play nothing.
    await page.evaluate(`{
      const media = navigator.mediaDevices
      const all = media.enumerateDevices.bind(media)
      media.enumerateDevices = async () => (await all()).filter(one => one.deviceId !== window.pulled)
      window.pulled = '${speaker}'
      media.dispatchEvent(new Event('devicechange'))
    }`)
    await until(`${amplified}.length === 1 && ${amplified}[0].sinkId === ''`)
    await page.evaluate("window.pulled = null; navigator.mediaDevices.dispatchEvent(new Event('devicechange'))")
    await until(`${amplified}.length === 1 && ${amplified}[0].sinkId === '${speaker}'`)
    await page.selectOption('#speaker', '')
    await until(`${amplified}.length === 0`) // by the context itself again
    await louder(0)
    await until(`${amplified}.length === 1`) // the player of the call
  })

  test('whom a supervisor hears next is heard as they come, and not as loud as the one before', async () => {
    await page.locator('#volume').fill('6')
    await page.reload()
    await page.waitForSelector('html[data-audio-state="up"]', { state: 'attached' })
    await until(`document.getElementById('volume').value === '6'`)
    await page.evaluate(`document.getElementById('supervision').dataset.call = 'c_2'`)
    await until(`document.getElementById('volume').value === '0'`)
  })

  test('goes on by another path after the network changed, on the same leg, without a new handshake', async () => {
    const before = { leg: house.stationLeg, offers: house.offers }
    house.cutMedia(true)
    await page.waitForSelector('html:not([data-audio-state="up"])', { state: 'attached', timeout: 20_000 })
    // It asks for a new path by itself while the old one is dead: its pages are reached still.
    for (const end = performance.now() + 20_000; house.restarts === 0 && performance.now() < end; ) await sleep(20)
    house.cutMedia(false)
    assert.ok(house.restarts >= 1)
    await page.waitForSelector('html[data-audio-state="up"]', { state: 'attached', timeout: 20_000 })
    assert.deepEqual({ leg: house.stationLeg, offers: house.offers }, before)
    await bothHear()
    assert.deepEqual(house.pageErrors, [])
  })
})

/** A headset as WebHID tells of one: mute is a key, hook a switch; two lamps in report 2. */
const plugHeadset = `
  const items = (usages, isAbsolute) => usages.map(usage => ({ usages: [usage], isRange: false, isAbsolute, reportSize: 1, reportCount: 1 }))
  class Headset extends EventTarget {
    productName = 'Test Headset'
    opened = false
    lamps = []
    state = { mute: false, hook: false }
    collections = [{ usagePage: 0x0b, usage: 5, children: [],
      inputReports: [{ reportId: 1, items: items([0x0b0020, 0x0b002f], true) }],
      outputReports: [{ reportId: 2, items: items([0x080009, 0x080017], true) }] }]
    async open() { this.opened = true }
    async sendReport(id, bytes) { this.lamps.push([id, bytes[0]]) }
    press(change) {
      Object.assign(this.state, change)
      const data = new DataView(Uint8Array.of((this.state.hook ? 1 : 0) | (this.state.mute ? 2 : 0)).buffer)
      this.dispatchEvent(Object.assign(new Event('inputreport'), { reportId: 1, data }))
    }
  }
  window.headset = new Headset()
  Object.defineProperty(navigator, 'hid', { value: Object.assign(new EventTarget(), {
    getDevices: async () => [],
    requestDevice: async () => [window.headset],
  }) })`

/** An agent's browser on the real bay: tones tell who hears whom; reload, network cut, missing microphone, and strangers at the port. */
import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import type { LegId } from '../lib/ids.ts'
import { purity } from '../rtp/tone.ts'
import { attribute, method, StunWriter } from '../webrtc/stun.ts'
import { AudioHouse } from './audio-house.ts'
import { Chromium, hasChromium, playsHz } from './chromium.ts'
import { RtpPeer } from './rtp-peer.ts'

const agentHz = 1000
const customerHz = 440
const cutMs = 15_000

describe('an agent’s browser', { skip: hasChromium ? false : 'needs chromium' }, () => {
  let house: AudioHouse
  let customer: RtpPeer
  let chromium: Chromium
  let page: Page

  before(async () => {
    house = await AudioHouse.open()
    customer = await RtpPeer.open('127.0.0.62', customerHz)
    await house.patchCustomer(customer)
    chromium = await Chromium.launch({ hz: agentHz })
    page = await chromium.page()
    page.on('pageerror', error => house.pageErrors.push(error))
  })
  after(async () => {
    await chromium?.[Symbol.asyncDispose]()
    await customer?.[Symbol.asyncDispose]()
    await house?.[Symbol.asyncDispose]()
  })

  const isUp = (within = 15_000) =>
    page.waitForSelector('html[data-audio-state="up"]', { timeout: within, state: 'attached' })
  const bothHear = async () => {
    customer.forget()
    await Promise.all([customer.hears(agentHz, 12_000), playsHz(page, customerHz, 12_000)])
  }

  test('is heard by the customer and hears the customer, with one POST and under a strict CSP', async () => {
    await page.goto(house.url)
    await isUp()
    await bothHear()
    assert.equal(house.offers, 1)
    assert.deepEqual(house.pageErrors, [])
    const [srtp, dtls] = (await page.evaluate(cipherInUse)) as string[]
    assert.match(srtp!, /^(?:SRTP_)?AEAD_AES_128_GCM$/) // with its prefix or without, as the version of Chromium writes it
    assert.equal(dtls, 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256')
    const figures = (await house.bay.figures()).find(({ leg }) => leg === house.stationLeg)!
    assert.ok(figures.received > 40 && figures.sent > 40, JSON.stringify(figures))
  })

  test('says nothing while it is muted, and is heard again after', async () => {
    await page.click('#mute')
    assert.equal(await page.getAttribute('#mute', 'aria-pressed'), 'true')
    assert.equal(await page.textContent('#mute span'), 'unmute')
    for (let tries = 0; tries < 100 && purity(customer.lastSecond, agentHz) > 0.1; tries++) await sleep(50)
    customer.forget()
    await assert.rejects(customer.hears(agentHz, 1500))
    await page.click('#mute')
    await customer.hears(agentHz)
  })

  test('finds its running call again after a reload', async () => {
    const before = { leg: house.stationLeg, offers: house.offers }
    await page.reload()
    await isUp()
    assert.equal(house.offers, before.offers + 1, 'at the first attempt, and by waiting for nothing')
    assert.notEqual(house.stationLeg, before.leg)
    await bothHear()
    assert.equal(house.offers, before.offers + 1)
  })

  test(`comes back by itself after ${cutMs / 1000} s without a network`, async () => {
    house.cut(true)
    await sleep(cutMs)
    house.cut(false)
    await isUp(10_000)
    await bothHear()
  })

  test('goes on with a microphone that was plugged in again', async () => {
    await page.evaluate(`{
      const { track } = peers.at(-1).getSenders()[0]
      track.stop()
      track.dispatchEvent(new Event('ended'))
    }`)
    await bothHear()
  })

  test('goes on with the next microphone when one is pulled out while the connection is being made', async () => {
    await page.evaluate(`{
      const asked = window.fetch
      window.fetch = (...given) => {
        window.fetch = asked
        const { track } = peers.at(-1).getSenders()[0]
        track.stop()
        track.dispatchEvent(new Event('ended'))
        return asked(...given)
      }
      dispatchEvent(new Event('pagehide'))
      dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))
    }`)
    await bothHear()
  })

  test('is not disturbed by strangers at its port', async () => {
    const leg = 'attacked' as LegId
    const target = await house.bay.open(leg, { kind: 'webrtc', silenceMs: 0, ...credentials })
    using stranger = await Stranger.at('127.0.0.66')
    const check = (password: string) =>
      new StunWriter(method.bindingRequest, new Uint8Array(12))
        .add(attribute.username, Buffer.from('ourufrag:theirs00'))
        .add(attribute.useCandidate, new Uint8Array(0))
        .seal(password)
    const attacks = [
      check('a wrong password of 22 c'),
      new Uint8Array([22, 254, 253, 0, 0]),
      new Uint8Array(172).fill(0x80),
    ]
    for (const attack of attacks) stranger.send(attack, target)
    await sleep(200)
    assert.equal(stranger.answers, 0)
    stranger.send(check(credentials.localPassword), target)
    for (let tries = 0; tries < 100 && stranger.answers === 0; tries++) await sleep(50)
    assert.equal(stranger.answers, 1, 'the right password is answered')
    house.bay.close(leg)
    await bothHear()
  })

  test('without a microphone, with a refused one, and on a page that is not https, says so in words', async () => {
    const seen = async (microphone: 'none' | 'denied', host: string) => {
      const { port } = new URL(house.url)
      await using other = await Chromium.launch(microphone, ['--host-resolver-rules=MAP callcentre.lan 127.0.0.1'])
      const desk = await other.page()
      await desk.goto(`http://${host}:${port}/`)
      await desk.waitForSelector('#audio-words:not(:empty)')
      return [await desk.getAttribute('html', 'data-audio-state'), await desk.textContent('#audio-words')]
    }
    assert.deepEqual(await seen('none', '127.0.0.1'), ['no-microphone', 'plug in the headset'])
    assert.deepEqual(await seen('denied', '127.0.0.1'), ['denied', 'allow the microphone'])
    assert.deepEqual(await seen('none', 'callcentre.lan'), ['insecure', 'open the https address'])
  })
})

const credentials = {
  localUfrag: 'ourufrag',
  localPassword: 'our-password-of-24-chars',
  parameters: {
    remoteUfrag: 'theirs00',
    remotePassword: 'their-password-of-24-chr',
    remoteFingerprint: `sha-256 ${'00:'.repeat(31)}00`,
    codec: 'pcma',
    payloadType: 8,
    dtmfPayloadType: null,
    ssrc: 1,
  },
} as const

const cipherInUse = `peers.at(-1).getStats().then(stats => {
  const { srtpCipher, dtlsCipher } = [...stats.values()].find(({ type }) => type === 'transport')
  return [srtpCipher, dtlsCipher]
})`

/** Somebody else on the LAN. */
class Stranger {
  answers = 0
  readonly #socket = createSocket('udp4')

  static async at(address: string): Promise<Stranger> {
    const stranger = new Stranger()
    stranger.#socket.on('message', () => stranger.answers++)
    stranger.#socket.bind(0, address)
    await once(stranger.#socket, 'listening')
    return stranger
  }

  send(packet: Uint8Array, to: { address: string; port: number }): void {
    this.#socket.send(packet, to.port, to.address)
  }

  [Symbol.dispose](): void {
    this.#socket.close()
  }
}

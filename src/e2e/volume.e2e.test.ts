/**
 * How loudly an agent hears a quiet customer is set at the desk, by keys, for one call and in that browser alone: measured at what leaves for the
 * loudspeaker, with a tone; and what the far end hears and the recording holds stays as it was.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import type { TrunkId, UserId } from '../lib/ids.ts'
import { readStereo } from '../rtp/wav.ts'
import { hasChromium, playing } from './chromium.ts'
import type { RtpPeer } from './rtp-peer.ts'
import { hasSipp, type Sipp } from './sipp.ts'
import { ownNumber, quartersOf, Stage } from './stage.ts'
import type { World } from './world.ts'

const carlHz = 440

describe('the volume of what an agent hears', {
  skip: hasChromium && hasSipp ? false : 'needs chromium and sipp',
}, () => {
  let stage: Stage
  let world: World
  let carl: RtpPeer
  let caller: Sipp
  let page: Page
  let alice: UserId

  before(async () => {
    stage = await Stage.open({ web: 'http' })
    ;({ world } = stage)
    alice = await world.person('alice', 'agent')
    await world.trunk({ address: '127.0.0.23', port: 5060 }, { id: 't_in' as TrunkId })
    carl = await stage.voice('127.0.0.24', carlHz)
    await world.queue([alice], ownNumber)
    page = await stage.page({ name: 'alice', hz: 1000 })
    await page.addInitScript(tapLoudspeaker)
    await page.reload()
    await stage.isUp(alice)
    await stage.signOn(alice)
    await stage.ready(alice)
    caller = await stage.caller('127.0.0.23', carl)
    await page.waitForSelector('#state-bar[data-phase="talking"]')
  })
  after(() => stage?.[Symbol.asyncDispose]())

  /** What leaves for the loudspeaker, in dB against what came; null: what leaves is not amplified. */
  const heard = () => page.evaluate<{ db: number | null; peak: number; player: number }>(measure)
  const isHeard = (what: string, db: number) =>
    world.until(`${what}: ${db} dB`, async () => {
      const now = await heard()
      return Math.abs((now.db ?? 20 * Math.log10(now.player)) - db) < 0.6
    })
  const times = async (key: string, n: number) => {
    for (let i = 0; i < n; i++) await page.keyboard.press(key)
  }

  test('a quiet customer is heard 6 dB louder by two keys, and after the page is loaded anew in mid-call', async () => {
    await isHeard('as it comes', 0)
    await times('Alt+=', 2)
    await isHeard('louder', 6)
    assert.match((await page.textContent('#audio-words')) ?? '', /\+6 dB/)
    await page.reload()
    await page.waitForSelector('html[data-audio-state="up"]', { state: 'attached' })
    assert.equal(await page.inputValue('#audio-volume'), '6')
    await page.keyboard.press('Shift') // a page may sound once it was used
    await isHeard('louder still', 6)
  })

  test('at the most, which is too much for a loud one, it is bent and not cut', async () => {
    await times('Alt+=', 5)
    assert.equal(await page.inputValue('#audio-volume'), '12')
    await world.until('it is loud', async () => (await heard()).peak > 0.9)
    const { peak } = await heard()
    assert.ok(peak < 1, `a peak of ${peak}`)
  })

  test('softer is the player’s own volume; the far end and the recording know nothing of it', async () => {
    await times('Alt+-', 7)
    assert.equal(await page.inputValue('#audio-volume'), '-9')
    await isHeard('softer', -9)
    assert.equal((await heard()).db, null, 'nothing stands between')
    await page.click('#audio button[popovertarget="audio-panel"]')
    if (process.env['SWITCHROOM_PICTURES'])
      await page.screenshot({ path: `${process.env['SWITCHROOM_PICTURES']}/volume.png` })
    await page.keyboard.press('Escape')
  })

  test('the next call is heard as it comes', async () => {
    await page.keyboard.press('Alt+e')
    await page.waitForSelector('#state-bar[data-phase="wrapping"]')
    await world.until('as it was', async () => (await page.inputValue('#audio-volume')) === '0')
    await caller.done()
    await world.fact('recording.sealed')
    const opened = await world.fact('recording.opened')
    const [left] = readStereo(readFileSync(world.recordingFile(opened.path)))
    // The loudest quarters of a second before it was louder, of all, and while it was softer: packets that a busy machine lost only take from them.
    const quarters = quartersOf(left, carlHz)
    const [before, ever, last] = [quarters.slice(0, 6), quarters, quarters.slice(-5)].map(some => Math.max(...some))
    assert.ok(
      20 * Math.log10(ever! / Math.min(before!, last!)) < 0.5,
      `${before} before, ${ever} at most, ${last} at last`,
    )
  })
})

/** Before the page's scripts: what is connected to the loudspeaker is listened to as well. */
const tapLoudspeaker = `
  const connect = AudioNode.prototype.connect
  AudioNode.prototype.connect = function (to, ...more) {
    if (to instanceof AudioDestinationNode && this instanceof WaveShaperNode) {
      window.tapped = this.context.createAnalyser()
      window.tapped.fftSize = 8192
      connect.call(this, window.tapped)
    }
    return connect.call(this, to, ...more)
  }
  const disconnect = AudioNode.prototype.disconnect
  AudioNode.prototype.disconnect = function (...from) {
    if (this instanceof WaveShaperNode) window.tapped = null
    return disconnect.apply(this, from)
  }
  const play = HTMLMediaElement.prototype.play
  HTMLMediaElement.prototype.play = function () {
    if (this.srcObject) window.player = this
    return play.call(this)
  }`

/** Runs in the page: levels by the root of the mean square, which a steady tone has always. */
const measure = `(async () => {
  const track = ${playing}?.getReceivers()[0]?.track
  const context = new AudioContext()
  try {
    const came = context.createAnalyser()
    came.fftSize = 8192
    context.createMediaStreamSource(new MediaStream([track])).connect(came)
    await new Promise(done => setTimeout(done, 400))
    const of = analyser => {
      const samples = new Float32Array(analyser.fftSize)
      analyser.getFloatTimeDomainData(samples)
      return { rms: Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length), peak: Math.max(...samples) }
    }
    const { player, tapped } = window
    if (tapped && !player.muted) throw new Error('it is heard twice')
    const left = tapped ? of(tapped) : null
    return {
      db: left === null ? null : 20 * Math.log10(left.rms / of(came).rms),
      peak: left?.peak ?? 0,
      player: player.muted ? 0 : player.volume,
    }
  } finally {
    await context.close()
  }
})()`

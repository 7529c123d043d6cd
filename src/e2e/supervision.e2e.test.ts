/**
 * Supervision through the pages: carl calls, alice answers, sam listens, whispers, barges in and takes over with clicks and keys. sipp brings
 * the caller, alice's browser is a soft one, sam's a Chromium; each says a tone of their own, so that tones tell who hears whom, and what the
 * recording holds.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import type { CallId, TrunkId, UserId } from '../lib/ids.ts'
import { readStereo } from '../rtp/wav.ts'
import { hasChromium, tonesHeard } from './chromium.ts'
import type { RtpPeer } from './rtp-peer.ts'
import { hasSipp, type Sipp } from './sipp.ts'
import type { SoftBrowser } from './soft-browser.ts'
import { levelThroughout, ownNumber, Stage, tonesIn, tonesThroughout } from './stage.ts'
import type { World } from './world.ts'

const [carlHz, aliceHz, samHz] = [440, 1000, 1700]
const everyHz = [carlHz, aliceHz, samHz]

describe('a supervisor in the browser', { skip: hasChromium && hasSipp ? false : 'needs chromium and sipp' }, () => {
  let stage: Stage
  let world: World
  let carl: RtpPeer
  let alice: SoftBrowser
  let caller: Sipp
  let page: Page
  let agent: UserId
  let sam: UserId
  let call: CallId

  before(async () => {
    stage = await Stage.open({ web: 'http' })
    ;({ world } = stage)
    sam = await world.person('sam', 'supervisor')
    await world.trunk({ address: '127.0.0.23', port: 5060 }, { id: 't_in' as TrunkId })
    carl = await stage.voice('127.0.0.24', carlHz)
    ;({ id: agent, browser: alice } = await stage.softBrowser({ name: 'alice', hz: aliceHz }))
    await world.queue([agent], ownNumber)
    await stage.signOn(agent)
    await stage.ready(agent)
    page = await stage.page({ name: 'sam', hz: samHz })
    caller = await stage.caller('127.0.0.23', carl)
    call = (await world.fact('call.connected')).call
  })
  after(() => stage?.[Symbol.asyncDispose]())

  const hears = (who: RtpPeer | SoftBrowser, name: string, hz: number[]) => stage.hears(who, name, hz, everyHz)
  const samHears = (hz: number[]) =>
    world.until(`sam hears ${hz}`, async () => (await page.evaluate<string>(tonesHeard(everyHz))) === hz.join())
  const mode = (name: string) => page.waitForSelector(`#supervision button[aria-pressed="true"]:has-text("${name}")`)

  test('listens with one click: hears both, and nobody hears sam', async () => {
    await page.goto(`${world.url}/supervisor/calls`)
    assert.equal(await page.evaluate('document.documentElement.dataset.audioState ?? ""'), '', 'no microphone before')
    await page.selectOption('#supervision-reason', 'support')
    await page.click(`#call-${call} button:has-text("Listen")`)
    await page.waitForSelector('html[data-audio-state="up"]', { timeout: 20_000, state: 'attached' })
    const began = await world.fact('call.monitored')
    assert.deepEqual([began.call, began.by, began.mode, began.reason], [call, sam, 'listen', 'support'])
    await mode('Listen')
    await Promise.all([samHears([carlHz, aliceHz]), hears(carl, 'carl', [aliceHz]), hears(alice, 'alice', [carlHz])])
  })

  test('whispers with a key: alice hears sam, carl does not', async () => {
    await page.keyboard.press('Alt+2')
    await mode('Whisper')
    await Promise.all([hears(alice, 'alice', [carlHz, samHz]), samHears([carlHz, aliceHz])])
    await hears(carl, 'carl', [aliceHz])
    await sleep(500) // for the recording to hold some of it
  })

  test('barges in: all hear all, but for themselves', async () => {
    await page.keyboard.press('Alt+3')
    await mode('Barge')
    await Promise.all([hears(carl, 'carl', [aliceHz, samHz]), hears(alice, 'alice', [carlHz, samHz])])
    await samHears([carlHz, aliceHz])
    assert.match((await page.textContent(`#call-${call}`)) ?? '', /sam/, 'the list says who supervises')
    assert.doesNotMatch(await page.content(), /13900000009/, 'the number is masked')
    if (process.env['SWITCHROOM_PICTURES'])
      await page.screenshot({ path: `${process.env['SWITCHROOM_PICTURES']}/supervision.png` })
  })

  test('takes the call over: carl talks to sam, alice is out and writes up', async () => {
    page.once('dialog', dialog => void dialog.accept())
    await page.click('#supervision button:has-text("Take over")')
    await Promise.all([hears(carl, 'carl', [samHz]), samHears([carlHz])])
    const { state } = world.house.engine
    assert.deepEqual([state.agents.get(agent)?.phase, state.agents.get(sam)?.phase], ['wrapping', 'talking'])
    alice.forget()
    await sleep(600)
    assert.equal(tonesIn(alice.lastSecond, everyHz), '')
    assert.equal(world.call(call)?.agent, sam)
  })

  test('goes on at the desk and ends the call; the recording holds what carl heard, and no whisper', async () => {
    await page.click('#supervision a[href="/agent"]')
    await page.waitForURL('**/agent') // whole, with its keys: it shows the call before they are there
    await page.waitForSelector('#state-bar[data-phase="talking"]')
    await page.keyboard.press('Alt+e')
    await world.fact('call.ended')
    await caller.done()
    await world.fact('recording.sealed')
    const opened = await world.fact('recording.opened')
    const [left, right] = readStereo(readFileSync(world.recordingFile(opened.path)))
    const at = (what: string, changed: Parameters<typeof world.timeOf>[0] | undefined) => {
      assert.ok(changed, what)
      return Math.round((world.timeOf(changed) - world.timeOf(opened)) * 8)
    }
    const began = (how: string) =>
      at(
        how,
        world.facts.find(fact => fact.type === 'call.monitored' && fact.mode === how),
      )
    const over = at(
      'taken over',
      world.facts.find(fact => fact.type === 'call.transferred'),
    )
    const between = (from: number, until: number) => right.subarray(from + 4000, until - 1600)
    const whispered = between(began('whisper'), began('barge'))
    assert.equal(tonesThroughout(whispered, everyHz), `${aliceHz}`)
    assert.ok(levelThroughout(whispered, samHz) < 0.003, `a whisper of ${levelThroughout(whispered, samHz)}`)
    assert.equal(tonesThroughout(between(began('barge'), over).subarray(-8000), everyHz), `${aliceHz},${samHz}`)
    assert.equal(tonesThroughout(between(over + 2000, over + 14_000), everyHz), `${samHz}`)
    assert.equal(tonesThroughout(left.subarray(began('listen'), over), everyHz), `${carlHz}`, 'left is carl alone')
    const stretches = await world.house.store.read('supervisions.ofCall', { call })
    assert.deepEqual(
      stretches.map(stretch => [stretch.mode, stretch.supervisor, stretch.cause]),
      [
        ['listen', sam, 'changed'],
        ['whisper', sam, 'changed'],
        ['barge', sam, 'taken_over'],
      ],
    )
  })
})

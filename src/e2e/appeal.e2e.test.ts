/**
 * An agent asks for help while talking, by keys alone, and a supervisor comes: alice and sam each in a Chromium, sipp brings carl. Both pages are
 * loaded anew in between, and each stands as it did.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import type { CallId, TrunkId, UserId } from '../lib/ids.ts'
import { hasChromium } from './chromium.ts'
import type { RtpPeer } from './rtp-peer.ts'
import { hasSipp, type Sipp } from './sipp.ts'
import { ownNumber, Stage } from './stage.ts'
import type { World } from './world.ts'

describe('an agent who asks for help', { skip: hasChromium && hasSipp ? false : 'needs chromium and sipp' }, () => {
  let stage: Stage
  let world: World
  let carl: RtpPeer
  let caller: Sipp
  let [desk, floor]: Page[] = []
  let alice: UserId
  let sam: UserId
  let call: CallId

  before(async () => {
    stage = await Stage.open({ web: 'http' })
    ;({ world } = stage)
    alice = await world.person('alice', 'agent')
    sam = await world.person('sam', 'supervisor')
    await world.trunk({ address: '127.0.0.23', port: 5060 }, { id: 't_in' as TrunkId })
    carl = await stage.voice('127.0.0.24', 440)
    await world.queue([alice], ownNumber)
    desk = await stage.page({ name: 'alice', hz: 1000 })
    await stage.isUp(alice)
    await stage.signOn(alice)
    await stage.ready(alice)
    floor = await stage.page({ name: 'sam', hz: 1700 })
    await floor.goto(`${world.url}/supervisor/calls`)
    caller = await stage.caller('127.0.0.23', carl)
    call = (await world.fact('call.connected')).call
  })
  after(() => stage?.[Symbol.asyncDispose]())

  const picture = async (page: Page, name: string) => {
    const folder = process.env['SWITCHROOM_PICTURES']
    if (folder) await page.screenshot({ path: `${folder}/${name}.png` })
  }
  const row = (words: string) => `#appeal-${call}:has-text("${words}")`

  test('asks with two keys; what is typed stays when the bar is painted anew meanwhile', async () => {
    await desk!.waitForSelector('#state-bar[data-phase="talking"]')
    await desk!.keyboard.press('Alt+q')
    await desk!.waitForSelector('#appeal:popover-open input:focus')
    await desk!.keyboard.type('wants a waiver')
    await world.house.engine.dispatch({ type: 'leg.held', leg: world.call(call)!.leg }, 'system')
    await desk!.waitForSelector('#call-bar .chip.amber')
    await world.house.engine.dispatch({ type: 'leg.resumed', leg: world.call(call)!.leg }, 'system')
    await desk!.waitForSelector('#call-bar .chip.amber', { state: 'detached' })
    await picture(desk!, 'appeal-asking')
    await desk!.keyboard.press('Enter')
    const asked = await world.fact('call.appealed')
    assert.deepEqual([asked.call, asked.agent, asked.reason], [call, alice, 'wants a waiver'])
    await desk!.waitForSelector('#call-bar .chip.amber:has-text("Help asked for")')
  })

  test('sam sees it at once, in the title too, and after the page is loaded anew; the number is masked', async () => {
    await floor!.waitForSelector(row('wants a waiver'))
    assert.match(await floor!.title(), /^● Help 1/)
    assert.doesNotMatch(await floor!.content(), /13900000009/)
    await floor!.reload()
    await floor!.waitForSelector(row('wants a waiver'))
    await desk!.reload()
    await desk!.waitForSelector('#call-bar .chip.amber:has-text("Help asked for")')
    await picture(floor!, 'appeal-seen')
    await picture(desk!, 'appeal-asked')
  })

  test('comes with a key, and alice sees who', async () => {
    await floor!.keyboard.press('Alt+q')
    const taken = await world.fact('call.appealTaken')
    assert.deepEqual([taken.call, taken.by], [call, sam])
    await desk!.waitForSelector('#call-bar .chip.green:has-text("sam is coming")')
    await floor!.waitForSelector(row('sam is coming'))
    await world.until('the title is as it was', async () => !(await floor!.title()).startsWith('●'))
    await picture(floor!, 'appeal-taken')
    await picture(desk!, 'appeal-coming')
  })

  test('whispers from where it is shown, with the reason of it, and says that it is done', async () => {
    await floor!.click(`#appeal-${call} button:has-text("Whisper")`)
    const heard = await world.fact('call.monitored')
    assert.deepEqual([heard.call, heard.by, heard.mode, heard.reason], [call, sam, 'whisper', 'support'])
    await floor!.click(`#appeal-${call} button:has-text("Done")`)
    const ended = await world.fact('call.appealEnded')
    assert.deepEqual([ended.how, ended.by], ['done', sam])
    await floor!.waitForSelector('#appeals', { state: 'hidden' })
    await desk!.waitForSelector('#call-bar .chip:has-text("coming")', { state: 'detached' })
  })

  test('asks again without a word and takes it back, by keys; what is open ends with the call', async () => {
    const ask = async () => {
      await desk!.keyboard.press('Alt+q')
      await desk!.waitForSelector('#appeal:popover-open input:focus')
      await desk!.keyboard.press('Enter')
      await floor!.waitForSelector(`#appeal-${call}`)
    }
    await ask()
    await desk!.waitForSelector('#call-bar button[aria-pressed="true"][data-key="alt+q"]')
    await desk!.keyboard.press('Alt+q')
    await world.fact('call.appealEnded', fact => fact.how === 'withdrawn')
    await floor!.waitForSelector('#appeals', { state: 'hidden' })
    await desk!.waitForSelector('#call-bar button[popovertarget="appeal"]')
    await ask()
    await desk!.keyboard.press('Alt+e')
    await world.fact('call.ended')
    await caller.done()
    await floor!.waitForSelector('#appeals', { state: 'hidden' })
    const kept = await world.house.store.read('appeals.ofCall', { call })
    assert.deepEqual(
      kept.map(each => [each.reason, each.takenBy, each.how]),
      [
        ['wants a waiver', sam, 'done'],
        ['', null, 'withdrawn'],
        ['', null, 'call_over'],
      ],
    )
  })
})

/**
 * Calls that are passed on, through the pages and by real peers: carl calls (sipp), alice's desk is a Chromium that is worked by keys, bob's
 * browser is a soft one, dora is an outside number (sipp). Each says a tone of their own, so that tones tell who hears whom.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import type { CallId, TrunkId, UserId } from '../lib/ids.ts'
import { goertzel } from '../rtp/tone.ts'
import { readStereo } from '../rtp/wav.ts'
import { hasChromium, tonesHeard } from './chromium.ts'
import type { RtpPeer } from './rtp-peer.ts'
import { hasSipp, type Sipp } from './sipp.ts'
import type { SoftBrowser } from './soft-browser.ts'
import { ownNumber, Stage, tonesIn } from './stage.ts'
import type { World } from './world.ts'

const [carlHz, bobHz, aliceHz, doraHz] = [440, 1000, 1700, 2300]
const everyHz = [carlHz, bobHz, aliceHz, doraHz]
const outside = '+862155559999'

describe('a call that is passed on', { skip: hasChromium && hasSipp ? false : 'needs chromium and sipp' }, () => {
  let stage: Stage
  let world: World
  let carl: RtpPeer
  let dora: RtpPeer
  let bob: SoftBrowser
  let caller: Sipp
  let far: Sipp
  let desk: Page
  let alice: UserId
  let bobId: UserId
  let call: CallId

  before(async () => {
    stage = await Stage.open({ web: 'http' })
    ;({ world } = stage)
    alice = await world.person('alice', 'agent')
    await world.queue([alice], ownNumber)
    carl = await stage.voice('127.0.0.54', carlHz)
    dora = await stage.voice('127.0.0.56', doraHz)
    far = await stage.carrier('127.0.0.55', dora, [
      { do: 'ring' },
      { do: 'pause', ms: 1500 },
      { do: 'answer' },
      { do: 'expectBye' },
    ])
    // The caller's own trunk is full with the caller, so what goes out goes to dora.
    await world.trunk({ address: '127.0.0.53', port: 5060 }, { id: 't_in' as TrunkId, maxCalls: 1 })
    await world.trunk(far, { id: 't_out' as TrunkId })
    await world.keep([{ type: 'setting.saved', key: 'transfer.numbers.agent', value: '+8621*' }])
    ;({ id: bobId, browser: bob } = await stage.softBrowser({ name: 'bob', hz: bobHz }))
    await stage.signOn(bobId)
    await stage.ready(bobId)
    desk = await stage.page({ name: 'alice', hz: aliceHz })
    await desk.setViewportSize({ width: 1280, height: 720 })
    await desk.waitForSelector('html[data-audio-state="up"]', { timeout: 20_000, state: 'attached' })
    await stage.isUp(alice)
    await desk.keyboard.press('Alt+r')
    await phase('break')
    await desk.keyboard.press('Alt+r')
    await phase('ready')
    caller = await stage.caller('127.0.0.53', carl)
    call = (await world.fact('call.connected')).call
  })
  after(() => stage?.[Symbol.asyncDispose]())

  const phase = (name: string) => desk.waitForSelector(`#state-bar[data-phase="${name}"]`, { timeout: 10_000 })
  const picture = (name: string) =>
    process.env['SWITCHROOM_PICTURES']
      ? desk.screenshot({ path: `${process.env['SWITCHROOM_PICTURES']}/${name}.png` })
      : undefined
  const hears = (who: RtpPeer | SoftBrowser, name: string, hz: number[]) => stage.hears(who, name, hz, everyHz)
  const aliceHears = (hz: number[]) =>
    world.until(`alice hears ${hz}`, async () => (await desk.evaluate<string>(tonesHeard(everyHz))) === hz.join())

  test('the picker opens with a key, has the cursor, and names who is there; bob is asked while carl hears music', async () => {
    await phase('talking')
    await desk.keyboard.press('Alt+t')
    await desk.waitForSelector('#pass-on-form select:focus')
    await picture('pass-on')
    await desk.keyboard.press('ArrowDown')
    assert.match((await desk.textContent('#pass-on-form select')) ?? '', /bob · Ready/)
    await desk.click('#pass-on-form button:has-text("Ask first")')
    await desk.waitForSelector('#call-bar :text("Consulting bob")')
    await Promise.all([hears(bob, 'bob', [aliceHz]), aliceHears([bobHz])])
    carl.forget()
    await sleep(1200)
    assert.ok(goertzel(carl.lastSecond, aliceHz) < 0.012 && goertzel(carl.lastSecond, bobHz) < 0.012)
    assert.ok(
      carl.lastSecond.some(sample => Math.abs(sample) > 500),
      'carl hears music',
    )
    await picture('consulting')
  })

  test('a key turns to the party and back; another joins all three', async () => {
    await desk.keyboard.press('Alt+w')
    await Promise.all([hears(carl, 'carl', [aliceHz]), aliceHears([carlHz])])
    await desk.keyboard.press('Alt+j')
    await Promise.all([hears(carl, 'carl', [bobHz, aliceHz]), hears(bob, 'bob', [carlHz, aliceHz])])
    await aliceHears([carlHz, bobHz])
    await picture('three-way')
  })

  test('completed with a key: carl talks to bob, alice is out and writes up her own part', async () => {
    await desk.keyboard.press('Alt+t')
    await phase('wrapping')
    await Promise.all([hears(carl, 'carl', [bobHz]), hears(bob, 'bob', [carlHz])])
    await picture('passed-on')
    await desk.click('#write input[name=code][value=passed_on]', { force: true })
    await desk.click('#write button[name=next][value=break]')
    await phase('break')
    assert.equal(world.call(call)?.agent, bobId)
    await desk.goto(`${world.url}/agent/calls`)
    assert.match((await desk.textContent('main')) ?? '', /Passed on/)
  })

  test('passed on to an outside number: carl hears it ring, then dora, in the same recording; both legs are recorded', async () => {
    const by = `user:${bobId}` as const
    const target = { number: outside }
    const passed = await world.house.engine.dispatch({ type: 'agent.transfer', agent: bobId, call, target }, by)
    assert.ok(passed.ok)
    assert.equal(world.facts.findLast(fact => fact.type === 'call.dialed')?.of?.call, call)
    await Promise.all([hears(carl, 'carl', [doraHz]), hears(dora, 'dora', [carlHz])])
    await sleep(600)
    assert.ok((await world.house.engine.dispatch({ type: 'call.end', call, by: 'supervisor' }, 'system')).ok)
    await Promise.all([caller.done(), far.done()])
    const opened = world.facts.filter(fact => fact.type === 'recording.opened')
    const ofCalls = opened.filter(({ kind }) => kind === undefined)
    assert.deepEqual(
      opened.map(({ call: of, kind }) => [of === call, kind ?? 'call']),
      [
        [true, 'call'],
        [true, 'consultation'], // what alice asked bob, while carl heard music
        [false, 'call'],
      ],
    )
    await world.until(
      'all are sealed',
      () => world.facts.filter(({ type }) => type === 'recording.sealed').length === 3,
    )
    const [first, second] = ofCalls
    const [left, right] = readStereo(readFileSync(world.recordingFile(first!.path)))
    assert.equal(tonesIn(left.subarray(8_000, 16_000), everyHz), `${carlHz}`)
    assert.equal(tonesIn(right.subarray(-4_800, -800), everyHz), `${doraHz}`)
    const [outsideSays, outsideHears] = readStereo(readFileSync(world.recordingFile(second!.path)))
    assert.equal(tonesIn(outsideSays.subarray(-4_800, -800), everyHz), `${doraHz}`)
    assert.equal(tonesIn(outsideHears.subarray(-4_800, -800), everyHz), `${carlHz}`)
    const talks = await world.house.store.read('talks.ofCalls', { calls: [call] })
    assert.deepEqual(
      talks.map(({ agent, passed, disposition }) => [agent, passed, disposition]),
      [
        [alice, true, 'passed_on'],
        [bobId, true, null],
      ],
    )
  })
})

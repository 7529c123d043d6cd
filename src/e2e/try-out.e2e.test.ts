/** An agent tries the audio out by way of the server: Chromium says a tone, hears it come back, is told what is wrong; a call ends it at once. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import type { TrunkId, UserId } from '../lib/ids.ts'
import { hasChromium, playsHz, tonesHeard } from './chromium.ts'
import type { RtpPeer } from './rtp-peer.ts'
import { hasSipp } from './sipp.ts'
import { ownNumber, Stage } from './stage.ts'
import type { World } from './world.ts'

const [carlHz, aliceHz] = [440, 1000]

describe('trying the audio out', { skip: hasChromium && hasSipp ? false : 'needs chromium and sipp' }, () => {
  let stage: Stage
  let world: World
  let desk: Page
  let carl: RtpPeer
  let alice: UserId

  before(async () => {
    stage = await Stage.open({ web: 'http' })
    ;({ world } = stage)
    alice = await world.person('alice', 'agent')
    await world.queue([alice], ownNumber)
    await world.trunk({ address: '127.0.0.103', port: 5060 }, { id: 't_in' as TrunkId })
    carl = await stage.voice('127.0.0.104', carlHz)
    desk = await stage.page({ name: 'alice', hz: aliceHz })
    await desk.waitForSelector('html[data-audio-state="up"]', { timeout: 20_000, state: 'attached' })
    await stage.isUp(alice)
    await stage.does(alice, { type: 'agent.signOn', agent: alice })
  })
  after(() => stage?.[Symbol.asyncDispose]())

  const says = () => desk.textContent('#audio-words')
  const said = (words: RegExp) => world.until(`it says ${words}`, async () => words.test((await says()) ?? ''))
  const tryOut = () =>
    desk.evaluate(`{
      document.getElementById('audio-words').textContent = ''
      document.querySelector('[data-audio-action="test"]').click()
    }`)

  test('what was said comes back from the server, with its level, loss, jitter and round trip in words', async () => {
    assert.equal(await desk.evaluate(tonesHeard([aliceHz])), '', 'nothing is heard before')
    await tryOut()
    await said(/level -\d/)
    await playsHz(desk, aliceHz, 4_000)
    const words = (await says()) ?? ''
    const [level, loss, jitter] = words.match(/-?\d+(?:\.\d)?/g)!.map(Number)
    assert.ok(level! > -60 && level! < -5, words)
    // How busy the machine is while others test on it decides what the network was like; the words must say so either way.
    assert.equal(/loses packets/.test(words), loss! >= 2, words)
    assert.equal(/uneven/.test(words), jitter! >= 30, words)
    assert.equal(/^The server heard you/.test(words), !/too soft|loses|uneven|slow/.test(words), words)
    await sleep(4_500)
    assert.equal(await desk.evaluate(tonesHeard([aliceHz])), '', 'and it is over by itself')
    assert.equal(world.facts.filter(fact => fact.type.startsWith('recording')).length, 0, 'nothing of it is kept')
  })

  test('a muted microphone is told as silence', async () => {
    await desk.evaluate(`document.querySelector('[data-audio-action="mute"]')?.click()`)
    await desk.evaluate('peers.at(-1).getSenders()[0].track.enabled = false')
    await tryOut()
    await said(/silence/)
    await desk.evaluate('peers.at(-1).getSenders()[0].track.enabled = true')
  })

  test('a call that comes while it plays back, or while it listens, is heard at once', async () => {
    let playedOut = 0
    world.house.telephone.bay.onEvent(event => {
      if (event.type === 'prompt.finished' && event.prompt.startsWith('try-out/')) playedOut++
    })
    for (const isPlaying of [true, false]) {
      await tryOut()
      if (isPlaying) await said(/level/)
      else await sleep(500)
      await stage.ready(alice)
      const before = world.facts.length
      carl.reset()
      const caller = await stage.caller('127.0.0.103', carl)
      const { call } = await world.until('it is connected', () =>
        world.facts.slice(before).find(fact => fact.type === 'call.connected'),
      )
      await playsHz(desk, carlHz)
      assert.equal(playedOut, 0, 'not after four seconds of one’s own voice')
      assert.equal(await desk.evaluate(tonesHeard([aliceHz, carlHz])), `${carlHz}`)
      const busy = await desk.evaluate(`fetch('/agent/audio/try-out', { method: 'POST' }).then(reply => reply.status)`)
      assert.equal(busy, 409)
      if (!isPlaying) await said(/A call came/)
      await stage.does(alice, { type: 'agent.hangUp', agent: alice, call })
      await caller.done()
      await stage.does(alice, {
        ...{ type: 'agent.dispose', agent: alice, call, code: 'done', note: '', fields: {} },
        ...{ callbackAt: null, callbackMine: false, next: 'break' },
      })
      // Until the page has heard of it the call goes on for it, and a try-out is the browser's alone.
      await desk.waitForSelector('#state-bar[data-phase="break"]')
    }
  })
})

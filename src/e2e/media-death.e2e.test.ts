/**
 * The media thread of a whole house dies in mid-call, of a desk phone (baresip) and of a browser (Chromium): within a second both hear each other
 * again, on the same dialogs, by the same keys; the recording says what is missing, and the call ends as any other.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import { pino } from 'pino'
import type { Page } from 'playwright-core'
import type { CallId, TrunkId, UserId } from '../lib/ids.ts'
import { purity } from '../rtp/tone.ts'
import { readStereo } from '../rtp/wav.ts'
import { type Baresip, hasBaresip } from './baresip.ts'
import { hasChromium, playing, playsHz } from './chromium.ts'
import type { RtpPeer } from './rtp-peer.ts'
import { hasSipp, type Sipp } from './sipp.ts'
import { ownNumber, Stage, tonesThroughout } from './stage.ts'
import type { World } from './world.ts'

const [carlHz, agentHz] = [440, 1000]
const everyHz = [carlHz, agentHz]
const gapMsMax = 1000
/** baresip writes what it hears by the quarter of a second. */
const writtenMs = 500
/** A browser asks for consent each few seconds; whom it is refused it gives up. */
const consentMs = 7000

const has = hasSipp && hasBaresip && hasChromium

describe('the media thread of a house dies in mid-call', {
  skip: has ? false : 'needs sipp, baresip, chromium',
}, () => {
  let stage: Stage
  let world: World
  let carl: RtpPeer
  let phone: Baresip
  let page: Page
  let alice: UserId
  let bob: UserId
  let carrying: Worker
  let spare: Worker | null = null
  const handshakes: Worker[] = []
  const log: { msg: string; legs?: number; moved?: number; recordings?: number }[] = []
  const note = (worker: Worker & { threadName?: string | null }) => {
    if (worker.threadName === 'media') carrying = worker
    if (worker.threadName === 'media spare') spare = worker
    if (worker.threadName === 'dtls') handshakes.push(worker)
  }

  before(async () => {
    process.on('worker', note)
    const write = (line: string) => void log.push(JSON.parse(line))
    stage = await Stage.open({ web: 'http', log: pino({ level: 'error' }, { write }) })
    ;({ world } = stage)
    await world.trunk({ address: '127.0.0.87', port: 5060 }, { id: 't_in' as TrunkId })
    carl = await stage.voice('127.0.0.88', carlHz)
    ;({ id: alice, phone } = await stage.deskPhone({
      ...{ name: 'alice', extension: '1001', hz: agentHz, station: 'phone-rung' },
    }))
    bob = await world.person('bob', 'agent')
    await world.queue([alice, bob], ownNumber)
  })
  after(async () => {
    process.off('worker', note)
    await stage?.[Symbol.asyncDispose]()
  })

  /** Carl calls, and is connected to `agent`. */
  async function calls(agent: UserId): Promise<{ caller: Sipp; call: CallId }> {
    carl.reset()
    await stage.ready(agent)
    const caller = await stage.caller('127.0.0.87', carl)
    const { call } = await world.fact('call.connected', fact => fact.agent === agent)
    return { caller, call }
  }

  /** The one that carries the calls is gone; resolves when one more stands ready. */
  async function mediaDies(): Promise<void> {
    await world.until('one stands ready', () => world.house.telephone.bay.hasSpare())
    const dying = carrying
    ;[carrying, spare] = [spare!, null]
    const isFollowed = () => spare !== null && world.house.telephone.bay.hasSpare()
    await Promise.all([dying.terminate(), world.until('one more stands ready', isFollowed)])
  }

  /** Nothing but what is missing is told of its recording, and both sides sound in it before and after. */
  async function isRecorded(call: CallId, gapAt: number): Promise<void> {
    const opened = await world.fact('recording.opened', fact => fact.call === call)
    const sealed = await world.fact('recording.sealed', fact => fact.recording === opened.recording)
    const { lostMs = 0, lost = [], durationMs } = sealed
    assert.ok(lostMs < gapMsMax, `${lostMs} ms are lost`)
    assert.ok(lost.length <= 1, JSON.stringify(lost))
    const saidMs = world.timeOf(await world.fact('call.ended', fact => fact.call === call)) - world.timeOf(opened)
    assert.ok(Math.abs(durationMs - saidMs) < 500, `${durationMs} ms of ${saidMs}`)
    const at = (gapAt - world.timeOf(opened)) * 8
    const [left, right] = readStereo(readFileSync(world.recordingFile(opened.path)))
    for (const [side, hz] of [
      [left, carlHz],
      [right, agentHz],
    ] as const) {
      assert.equal(tonesThroughout(side.subarray(at - 8_000, at - 800), everyHz), `${hz}`, 'before')
      assert.equal(tonesThroughout(side.subarray(at + gapMsMax * 8, -4_000), everyHz), `${hz}`, 'after')
    }
    const troubles = ['recording.missing', 'recording.failed', 'safety.alarmed', 'station.down']
    const isDeath = (fact: object) => 'rule' in fact && (fact.rule === 'media_died' || fact.rule === 'dtls_died')
    assert.deepEqual(
      world.facts.filter(fact => troubles.includes(fact.type) && !isDeath(fact)),
      [],
    )
  }

  test('a desk phone and its customer hear each other within a second, and the phone hangs up', async () => {
    await stage.does(alice, { type: 'agent.signOn', agent: alice })
    const { caller, call } = await calls(alice)
    await Promise.all([carl.hears(agentHz), phone.hears(carlHz)])
    await sleep(1500)
    carl.forget()
    const gapAt = Date.now()
    const replaced = mediaDies()
    phone.forget()
    const second = () => phone.lastSecond
    await world.until(
      'the phone hears carl',
      () => second().length >= 2000 && purity(second().subarray(-2000), carlHz) > 0.9,
      gapMsMax + writtenMs,
    )
    await Promise.all([replaced, carl.hears(agentHz)])
    assert.ok(carl.longestGapMs < gapMsMax, `carl heard nothing for ${carl.longestGapMs} ms`)
    await sleep(1500)
    assert.equal(world.call(call)?.agent, alice)
    phone.command('hangup')
    const told = log.find(({ msg }) => msg.includes('a media worker died'))
    assert.deepEqual([told?.legs, told?.moved, told?.recordings], [0, 2, 0])
    const alarm = await world.fact('safety.alarmed')
    assert.deepEqual([alarm.rule, alarm.goOn, alarm.cut], ['media_died', 1, 0])
    const { ending } = await world.fact('call.ended', fact => fact.call === call)
    assert.equal(ending.by, 'agent')
    await caller.done()
    await isRecorded(call, gapAt)
  })

  describe('and of a browser', () => {
    let call: CallId
    let caller: Sipp
    let gapAt: number
    let connections: number

    before(async () => {
      page = await stage.page({ name: 'bob', hz: agentHz })
      await stage.signOn(bob)
      ;({ caller, call } = await calls(bob))
      await page.waitForSelector('#state-bar[data-phase="talking"]')
      await bothHear()
      await sleep(1500)
      connections = (await page.evaluate('peers.length')) as number
    })

    const bothHear = () => Promise.all([carl.hears(agentHz), playsHz(page, carlHz)])

    /** How long the one who heard least heard nothing while that happened; nothing else is to be noticed. */
    async function gapMsWhile(happens: () => Promise<void>): Promise<number> {
      await page.evaluate(watchPackets)
      carl.forget()
      const beganAt = Date.now()
      await happens()
      await sleep(Math.max(0, beganAt + consentMs - Date.now()))
      await bothHear()
      const seen = (await page.evaluate('seen')) as { gapMs: number; states: string[] }
      assert.deepEqual(seen.states, [], 'its connection noticed nothing')
      assert.equal(await page.evaluate('peers.length'), connections, 'and it is the same')
      return Math.max(seen.gapMs, carl.longestGapMs)
    }

    test('it goes on by its connection, its keys and its consent', async () => {
      gapAt = Date.now()
      const gapMs = await gapMsWhile(mediaDies)
      assert.ok(gapMs < gapMsMax, `nothing was heard for ${gapMs} ms`)
      const figures = await world.house.telephone.bay.figures()
      assert.ok(
        figures.every(({ dropped }) => dropped < 50),
        JSON.stringify(figures),
      )
    })

    test('the DTLS thread dies too: the call needs it no more, also when its path is sought anew', async () => {
      const gapMs = await gapMsWhile(async () => {
        await handshakes.at(-1)!.terminate()
        await world.until('another has taken its place', () => handshakes.length === 2, 1000)
        await page.evaluate(restartIce)
      })
      assert.ok(gapMs < gapMsMax, `nothing was heard for ${gapMs} ms`)
      const { goOn, cut } = await world.fact(
        'safety.alarmed',
        fact => fact.type === 'safety.alarmed' && fact.rule === 'dtls_died',
      )
      assert.deepEqual([goOn, cut], [1, 0])
    })

    test('the page is loaded anew: its handshake is with the thread that followed', async () => {
      await page.reload()
      await page.waitForSelector('html[data-audio-state="up"]', { state: 'attached' })
      await bothHear()
    })

    test('a key hangs up, and the recording is whole but for the gap', async () => {
      await page.keyboard.press('Alt+e')
      await world.fact('call.ended', fact => fact.call === call)
      await caller.done()
      await isRecorded(call, gapAt)
    })
  })
})

/** In the page: the longest time without a packet, and what the connection says of itself from now on. */
const watchPackets = `(() => {
  const peer = ${playing}
  window.seen = { gapMs: 0, states: [] }
  peer.addEventListener('connectionstatechange', () => seen.states.push(peer.connectionState))
  let [packets, at] = [-1, performance.now()]
  setInterval(async () => {
    for (const one of (await peer.getStats()).values())
      if (one.type === 'inbound-rtp' && one.packetsReceived !== packets) {
        seen.gapMs = packets < 0 ? 0 : Math.max(seen.gapMs, performance.now() - at)
        ;[packets, at] = [one.packetsReceived, performance.now()]
      }
  }, 20)
})()`

/** In the page: the same connection by another path, as after a change of networks. */
const restartIce = `(async () => {
  const peer = ${playing}
  await peer.setLocalDescription(await peer.createOffer({ iceRestart: true }))
  const body = JSON.stringify({ sdp: peer.localDescription.sdp, restart: true })
  const headers = { 'content-type': 'application/json', accept: 'application/json' }
  const response = await fetch('/agent/audio', { method: 'POST', headers, body })
  await peer.setRemoteDescription({ type: 'answer', sdp: (await response.json()).sdp })
})()`

/**
 * Attended transfer by the keys of a real phone: carl calls (sipp), alice answers at linphone, holds him there, asks bob (baresip) on the second
 * line, and passes carl on: linphone sends REFER with Replaces. Carl and bob say a tone of their own; linphone has no sound card and says silence.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CallId, TrunkId, UserId } from '../lib/ids.ts'
import { loudness } from '../rtp/tone.ts'
import { readStereo } from '../rtp/wav.ts'
import { type Baresip, hasBaresip } from './baresip.ts'
import { hasLinphone, Linphone } from './linphone.ts'
import type { RtpPeer } from './rtp-peer.ts'
import { hasSipp, type Sipp } from './sipp.ts'
import { ownNumber, Stage, tonesIn } from './stage.ts'
import { sipPassword, type World } from './world.ts'

const [carlHz, bobHz] = [440, 1000]
const everyHz = [carlHz, bobHz]
const missing = hasLinphone && hasBaresip && hasSipp ? false : 'needs linphone, baresip and sipp'

describe('attended transfer by a phone’s own keys', { skip: missing }, () => {
  let stage: Stage
  let world: World
  let carl: RtpPeer
  let caller: Sipp
  let linphone: Linphone
  let baresip: Baresip
  let alice: UserId
  let bob: UserId
  let call: CallId

  before(async () => {
    stage = await Stage.open({ address: '127.0.0.1' })
    ;({ world } = stage)
    await world.trunk({ address: '127.0.0.93', port: 5060 }, { id: 't_in' as TrunkId })
    carl = await stage.voice('127.0.0.94', carlHz)
    ;({ id: bob, phone: baresip } = await stage.deskPhone({ name: 'bob', extension: '1002', hz: bobHz }))
    alice = await world.agent('alice', 'phone-rung', '1001')
    linphone = stage.keep(
      await Linphone.phone({
        ...{ address: '127.0.0.1', extension: '1001', password: sipPassword },
        registrar: `127.0.0.1:${world.sipPort}`,
      }),
    )
    await stage.registered(2)
    await world.queue([alice], ownNumber)
    await stage.does(alice, { type: 'agent.signOn', agent: alice })
    await stage.ready(alice)
    await stage.signOn(bob)
    await stage.ready(bob)
    caller = await stage.caller('127.0.0.93', carl)
    call = (await world.fact('call.connected', fact => fact.agent === alice)).call
  })
  after(() => stage?.[Symbol.asyncDispose]())

  const hears = (who: RtpPeer | Baresip, name: string, hz: number[]) => stage.hears(who, name, hz, everyHz)
  const asked = (n: number) =>
    world.until(`${n} consultations\n${linphone.output.slice(-1500)}`, () => {
      const facts = world.facts.filter(fact => fact.type === 'call.consulted')
      return facts.length === n && facts[n - 1]
    })

  test('the second line asks bob while carl waits with music; put down, carl is taken up again', async () => {
    linphone.command('pause')
    await world.fact('call.held', fact => fact.call === call && fact.by === 'agent')
    linphone.command(`call sip:1002@127.0.0.1:${world.sipPort}`)
    const { agent, to, own } = await asked(1)
    assert.deepEqual([agent, to], [alice, bob])
    assert.equal(world.house.engine.state.legs.get(own!)?.side, 'second')
    carl.forget()
    await world.until('carl hears music', () => carl.lastSecond.length >= 7_200 && loudness(carl.lastSecond) > 0.001)
    assert.equal(tonesIn(carl.lastSecond, [bobHz]), '')
    await sleep(500)
    linphone.command('terminate 2')
    await world.fact('call.consultEnded', fact => fact.call === call && fact.how === 'cancelled')
    linphone.command('resume 1')
    await world.fact('call.resumed', fact => fact.call === call && fact.by === 'agent')
    await sleep(300)
    assert.equal(world.call(call)?.agent, alice, linphone.output)
  })

  test('its key passes carl on to whom it asked: they hear each other, and alice writes up', async () => {
    await world.until('bob is free again', () => world.house.engine.state.agents.get(bob)?.phase === 'ready')
    linphone.command('pause 1')
    await world.until('held again', () => world.call(call)?.heldBy === 'agent')
    linphone.command(`call sip:1002@127.0.0.1:${world.sipPort}`)
    await asked(2)
    await sleep(700)
    linphone.command('transfer 1 --to-call 3')
    const passed = await world.fact('call.transferred', fact => fact.call === call)
    assert.deepEqual([passed.from, passed.how, passed.target], [alice, 'consulted', { agent: bob }], linphone.output)
    await Promise.all([hears(carl, 'carl', [bobHz]), hears(baresip, 'bob', [carlHz])])
    const { agents } = world.house.engine.state
    assert.deepEqual([world.call(call)?.agent, agents.get(alice)?.phase], [bob, 'wrapping'])
    await world.until(
      'linphone’s calls are over',
      async () => (await world.house.telephone.figures())['sip_sessions'] === 2,
    )
  })

  test('the recording went on throughout: carl, the music that he heard, then bob', async () => {
    await sleep(600)
    await stage.does(bob, { type: 'agent.hangUp', agent: bob, call })
    await caller.done()
    const opened = world.facts.filter(fact => fact.type === 'recording.opened' && fact.call === call)
    // What alice said to bob while carl heard music is recorded apart.
    assert.deepEqual(
      opened.map(fact => fact.type === 'recording.opened' && (fact.kind ?? 'call')),
      ['call', 'consultation', 'consultation'],
    )
    const { path, recording } = opened[0] as { path: string; recording: string }
    await world.fact('recording.sealed', fact => fact.recording === recording)
    const [left, right] = readStereo(readFileSync(world.recordingFile(path)))
    for (let at = 8_000; at + 8_000 < left.length; at += 8_000)
      assert.equal(tonesIn(left.subarray(at, at + 8_000), everyHz), `${carlHz}`, `carl is heard at ${at / 8_000} s`)
    assert.equal(tonesIn(right.subarray(-5_600, -1_600), everyHz), `${bobHz}`)
    const talks = await world.house.store.read('talks.ofCalls', { calls: [call] })
    assert.deepEqual(
      talks.map(({ agent, passed }) => [agent, passed]),
      [
        [alice, true],
        [bob, false],
      ],
    )
  })
})

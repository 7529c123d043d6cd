/**
 * How real calls sound: sipp signals, a far end of ours speaks RTP and RTCP through a line that loses, delays and doubles what it is told to,
 * and an attacker in a process of its own probes, injects and says BYE in the far end's name.
 */
import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LegAudio } from '../centre/audio/leg-audio.ts'
import type { CampaignId } from '../lib/ids.ts'
import { BadLine } from './bad-line.ts'
import { hasSipp, Sipp } from './sipp.ts'
import { World } from './world.ts'

describe('how a call sounds', { skip: hasSipp ? false : 'needs sipp' }, () => {
  let world: World
  before(async () => {
    world = await World.open({ address: '127.0.0.1', web: 'http' })
  })
  after(() => world?.[Symbol.asyncDispose]())

  /** One notice of about four seconds to a far end on this line; answers what was kept of its leg. */
  async function called(
    name: string,
    line: BadLine,
    { talkMs = 5_000, meanwhile }: { talkMs?: number; meanwhile?: () => Promise<void> } = {},
  ): Promise<{ call: string; audio: LegAudio }> {
    await using carrier = await Sipp.carrier({
      address: line.address,
      media: line,
      acts: [{ do: 'ring' }, { do: 'answer' }, { do: 'pause', ms: talkMs }, { do: 'bye' }],
    })
    const trunk = await world.trunk(carrier, { id: `t_${name}` as never, name: `trunk ${name}` })
    const campaign = await world.campaign({
      id: `k_${name}` as CampaignId,
      mode: 'notice',
      trunks: [trunk],
      agents: [],
      notice: {
        language: 'en',
        parts: Array.from({ length: 8 }, () => ({ prompt: 'thank-you' })),
        maxLines: 1,
        waitMs: 5_000,
      },
    })
    await world.leads(campaign, ['+8613800000001'])
    const { call } = await world.fact('call.dialed', fact => fact.campaign === campaign)
    await world.fact('call.answered', fact => fact.call === call)
    await meanwhile?.()
    const measured = await world.fact('leg.measured', fact => fact.call === call, 20_000)
    assert.equal(measured.trunk, trunk)
    return { call, audio: measured.audio }
  }

  test('loss, jitter, doubles and overtaking on the way in are measured as they were made, and its report of us too', async () => {
    await using line = await BadLine.open('127.0.0.40', {
      lossEvery: 20,
      doubleEvery: 25,
      swapEvery: 30,
      jitterMs: 16,
      theirLoss: 26,
      roundTripMs: 80,
    })
    const { call, audio } = await called('rain', line, { talkMs: 7_000 })
    const near = (found: number, wanted: number, within: number, what: string) =>
      assert.ok(
        Math.abs(found - wanted) <= within,
        `${what}: ${found}, wanted ${wanted} ± ${within}: ${JSON.stringify(audio)}`,
      )
    near(audio.missing / (audio.missing + audio.received - audio.duplicates), 1 / 20, 0.02, 'loss')
    near(audio.duplicates, line.doubled, 1, 'doubles')
    near(audio.reordered, line.swapped, 2, 'overtaken')
    assert.ok(audio.jitterMs > 4 && audio.jitterMs < 30, `jitter ${audio.jitterMs}`)
    near(audio.theirLoss!, 26 / 256, 0.001, 'their loss')
    near(audio.roundTripMs!, 80, 40, 'round trip')
    assert.ok(audio.mosIn! > 1.5 && audio.mosIn! < 3.1, `MOS in ${audio.mosIn}`)
    assert.ok(audio.mosOut! < audio.mosIn! + 0.5 && audio.mosOut! < 2.6, `MOS out ${audio.mosOut}`)
    near(audio.levelDb!, -13.5, 1.5, 'level')
    assert.equal(audio.oneWay, null)
    const [kept] = await world.house.store.read('audio.ofCall', { call: call as never })
    assert.deepEqual(kept?.audio, audio)
  })

  test('a tenth lost and 60 ms of jitter: the call goes on to its end, is measured and recorded whole', async () => {
    await using line = await BadLine.open('127.0.0.45', { lossEvery: 10, jitterMs: 60, theirLoss: 26 })
    const { call, audio } = await called('worst', line, { talkMs: 7_000 })
    const loss = audio.missing / (audio.missing + audio.received)
    assert.ok(Math.abs(loss - 0.1) < 0.03, `loss ${loss}`)
    assert.ok(audio.jitterMs > 12 && audio.jitterMs < 60, `jitter ${audio.jitterMs}`)
    assert.deepEqual([audio.oneWay, audio.ssrcChanges, audio.foreign], [null, 0, 0])
    const { ending } = await world.fact('call.ended', fact => fact.call === call)
    assert.deepEqual([ending.by, ending.cause], ['party', 'hangup'], 'it ended when the far end hung up')
    const sealed = await world.fact('recording.sealed', fact => fact.call === call)
    assert.ok(sealed.durationMs > 6_500, `${sealed.durationMs} ms of 7 s are recorded`)
  })

  test('a far end that never speaks is named with the address of its SDP, and one that hears nothing too', async () => {
    await using mute = await BadLine.open('127.0.0.41', { lossEvery: 1 })
    const { audio } = await called('mute', mute)
    assert.deepEqual([audio.oneWay, audio.received, audio.named], ['nothing_from', 0, `127.0.0.41:${mute.port}`])
    await using deaf = await BadLine.open('127.0.0.42', { theirLoss: 255, reportEveryMs: 1_000 })
    assert.equal((await called('deaf', deaf, { talkMs: 7_500 })).audio.oneWay, 'nothing_at')
    await using fine = await BadLine.open('127.0.0.43', {})
    const { audio: clear } = await called('clear', fine)
    assert.deepEqual([clear.oneWay, clear.missing, clear.foreign], [null, 0, 0])
    assert.ok(clear.mosIn! > 4.2)
    const sums = world.house.telephone.audio.byTrunk()
    assert.equal(sums.get('t_mute' as never)?.oneWay.nothing_from, 1)
  })

  test('an attacker who finds the ports is not heard: injection, a forged BYE of RTCP, and a scan are dropped and counted', async () => {
    await using line = await BadLine.open('127.0.0.44', {})
    const { audio } = await called('attacked', line, {
      meanwhile: async () => {
        await world.until('we talk to the far end', () => line.remote !== null)
        await attack(line.remote!)
      },
    })
    assert.equal(audio.missing, 0)
    assert.ok(audio.received >= 200, `${audio.received}: the far end was heard all the time`)
    assert.ok(audio.foreign >= 20, `${audio.foreign} packets of the attacker counted`)
    assert.equal(audio.foreignFrom, '127.0.0.99')
    assert.equal(audio.from, `127.0.0.44:${line.port}`, 'media stays where it was')
    assert.equal(audio.oneWay, null)
  })
})

/** In a process of its own, from an address that nobody named: RTP and RTCP at the leg's ports and all around. */
async function attack(at: { address: string; port: number }): Promise<void> {
  const child = fork(new URL('./attacker.ts', import.meta.url), [at.address, String(at.port)], { execArgv: [] })
  const code = await Promise.race([new Promise(done => child.once('exit', done)), sleep(10_000, 'late')])
  assert.equal(code, 0)
}

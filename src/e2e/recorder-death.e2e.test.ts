/** The recording thread of a whole house dies twice in one call: its recording goes on in its file, is whole, and says where sound is missing. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import type { TrunkId } from '../lib/ids.ts'
import { loudness, purity } from '../rtp/tone.ts'
import { readStereo } from '../rtp/wav.ts'
import type { RtpPeer } from './rtp-peer.ts'
import { hasSipp, type Sipp } from './sipp.ts'
import { ownNumber, Stage } from './stage.ts'
import type { World } from './world.ts'

const [carlHz, aliceHz] = [440, 1000]
/** Longer than a ring holds (4 s). */
const nobodyForMs = 6000
/** What comes so late still finds its place in a ring. */
const lateMs = 350

let stage: Stage
let world: World
let carl: RtpPeer
let caller: Sipp
const recorders: Worker[] = []
const note = (worker: Worker & { threadName?: string | null }) => {
  if (worker.threadName === 'recording') recorders.push(worker)
}

before(async () => {
  if (!hasSipp) return
  process.on('worker', note)
  stage = await Stage.open()
  ;({ world } = stage)
  await world.trunk({ address: '127.0.0.85', port: 5060 }, { id: 't_in' as TrunkId })
  carl = await stage.voice('127.0.0.86', carlHz)
  const { id: alice } = await stage.softBrowser({ name: 'alice', hz: aliceHz })
  await world.queue([alice], ownNumber)
  await stage.signOn(alice)
  await stage.ready(alice)
  caller = await stage.caller('127.0.0.85', carl, [{ do: 'told' }, { do: 'bye' }])
})
after(async () => {
  process.off('worker', note)
  await stage?.[Symbol.asyncDispose]()
})

test('a call whose recording thread dies is recorded to its end in one file, and what is lost is told with it', {
  skip: hasSipp ? false : 'needs sipp',
}, async () => {
  const { call } = await world.fact('call.connected')
  await carl.hears(aliceHz)
  await sleep(1500)
  assert.equal(recorders.length, 1)
  await recorders[0]!.terminate()
  await world.until('another has taken its place', () => recorders.length === 2)
  await sleep(1500)

  // And once more, while nobody starts another: a house that hangs.
  const dead = recorders[1]!.terminate()
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, nobodyForMs)
  await dead
  await world.until('another has taken its place again', () => recorders.length === 3)
  carl.forget()
  await carl.hears(aliceHz)
  await sleep(4000) // the thread that follows has begun by then, also where the cores are full, and has a second and a half of both
  await caller.goOn()
  await caller.done()
  const sealed = await world.fact('recording.sealed', fact => fact.call === call)
  const opened = await world.fact('recording.opened', fact => fact.call === call)
  assert.equal(sealed.recording, opened.recording)
  const alarms = world.facts.flatMap(fact => (fact.type === 'safety.alarmed' ? [[fact.rule, fact.goOn, fact.cut]] : []))
  assert.deepEqual(alarms, Array(2).fill(['recording_died', 1, 0]))
  assert.ok(!world.facts.some(({ type }) => type === 'recording.missing'))

  const file = readFileSync(world.recordingFile(opened.path))
  const { sha256, bytes, durationMs, lostMs = 0, lost = [] } = sealed
  assert.deepEqual([sha256, bytes], [createHash('sha256').update(file).digest('hex'), file.length])
  const saidMs = world.timeOf(await world.fact('call.ended', fact => fact.call === call)) - world.timeOf(opened)
  assert.ok(Math.abs(durationMs - saidMs) < 500, `${durationMs} ms of ${saidMs}`)
  assert.ok(lostMs > 1000 && lostMs < nobodyForMs, `${lostMs} ms are lost`)
  const [left, right] = readStereo(file)
  for (const [from, forMs] of lost.filter(([, forMs]) => forMs > 100)) {
    const said = (side: Int16Array, at: number) => loudness(side.subarray(at * 8, (at + 10) * 8)) >= 0.01
    for (let at = from + 50; at < from + forMs - 50; at += 10) {
      const both = [said(left, at), said(right, at)]
      // The side that lies behind the other by its way to us finds room in the last of it, where the other found none.
      const mayOneSpeak = at >= from + forMs - lateMs
      assert.ok(
        both.filter(Boolean).length <= (mayOneSpeak ? 1 : 0),
        `silence stands at ${at - from} of ${forMs} ms: ${both}`,
      )
    }
  }
  const [[gapAt] = [0]] = lost.toSorted(([, one], [, other]) => other - one)
  for (const [side, hz] of [
    [left, carlHz],
    [right, aliceHz],
  ] as const) {
    assert.ok(purity(side.subarray((gapAt - 5500) * 8, (gapAt - 4500) * 8), hz) > 0.5, `${hz} Hz before the gap`)
    assert.ok(purity(side.subarray(-12_000, -4000), hz) > 0.5, `${hz} Hz after it`)
  }
})

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Misfits } from './engine/misfits.ts'
import { fitOf } from './engine/recording-fit.ts'
import { fitByClock } from './lib/fit.ts'
import { createLogger } from './lib/log.ts'
import { DiskWatch } from './phone/disk-watch.ts'
import { clockSetting, RecordingsClock } from './recordings-clock.ts'
import { payloadTypeOf } from './rtp/g711.ts'
import { salvageRecording } from './rtp/recording-file.ts'
import { wavHeader } from './rtp/wav.ts'
import type { Store } from './store/store.ts'
import { openStore, recorded, testFolder } from './store/testing/people.ts'

const hourMs = 3_600_000

/** What is kept of the clock of a disk, and told. */
function kept() {
  const its = { saved: null as string | null, saves: 0, told: [] as (object | null)[] }
  const start = async () => {
    const clock = new RecordingsClock({
      store: { read: async () => its.saved } as unknown as Store,
      save: async aheadMs => {
        its.saved = aheadMs
        its.saves++
      },
      log: { error: (of: object) => void its.told.push(of), info: () => void its.told.push(null) } as never,
    })
    await clock.read()
    return clock
  }
  return { its, start }
}

test('what a crash left on a share whose clock is hours off is sealed by how far off it was before', async t => {
  const folder = mkdtempSync('/tmp/switchroom-clock-')
  t.after(() => rmSync(folder, { recursive: true }))
  const { start } = kept()
  for (const aheadMs of [3 * hourMs, -400 * 24 * hourMs]) {
    const now = () => Date.now() - aheadMs // the disk is this machine's, so ours is what is off
    const clock = await start()
    const seen = Promise.withResolvers<unknown>()
    using watch = new DiskWatch({
      folder,
      post: () => undefined,
      log: createLogger('silent'),
      clock: { now, measured: ms => seen.resolve(clock.measured(ms)) },
    })
    await watch.look()
    await seen.promise
    assert.ok(Math.abs(clock.aheadMs - aheadMs) < 60_000, String(clock.aheadMs))
    const file = join(folder, 'r.wav')
    writeFileSync(file, Buffer.concat([wavHeader(payloadTypeOf.pcma, 2, 1600), Buffer.alloc(1600, 0xd5)]))
    const fit = fitOf({ openedAt: now() - 60_000, callEndedAt: now() }, now())
    await assert.rejects(salvageRecording(file, fit), { code: 'MISFIT' })
    const after = await start()
    assert.equal((await salvageRecording(file, fitByClock(fit, after.aheadMs))).durationMs, 100)
    const other = new Date(Date.now() - 48 * hourMs)
    utimesSync(file, other, other)
    await assert.rejects(salvageRecording(file, fitByClock(fit, after.aheadMs)), { code: 'MISFIT' })
  }
})

test('a clock that is off is kept and told once, again when that changes by much, and when it is right again', async () => {
  const { its, start } = kept()
  const clock = await start()
  for (const ms of [-12, 300_000, 2 * hourMs, 2 * hourMs + 5_000, -hourMs, 40, 0]) await clock.measured(ms)
  const told = [2 * hourMs, -hourMs].map(aheadMs => ({ aheadMs, alarm: true }))
  assert.deepEqual([its.saves, its.saved, its.told], [3, '0', [...told, null]])
  assert.equal((await start()).aheadMs, 0)
})

test('how far the clock was off when a call ended is known after it was set right', async () => {
  using folder = testFolder()
  await using store = await openStore(folder)
  let now = 1_000
  const save = (value: string) =>
    store.commit({ recorded: [recorded({ type: 'setting.saved', key: clockSetting, value }, now)] })
  const clock = new RecordingsClock({ store, save, log: createLogger('silent') })
  await clock.measured(3 * hourMs)
  now = 9_000
  await clock.measured(0)
  assert.equal(clock.aheadMs, 0)
  assert.deepEqual(await Promise.all([500, 1_000, 8_999, 9_000].map(at => clock.aheadAt(at))), [
    0,
    3 * hourMs,
    3 * hourMs,
    0,
  ])
})

const laid = { bytes: 1, sealedBytes: 1, payloadType: 8, seen: '' }

test('what an auditor is shown of a misfit is by the clock of its disk too', async () => {
  const now = 1_800_000_000_000
  const missing = { openedAt: now - 60_000, callEndedAt: now, path: 'r.wav', missingCause: 'misfit' }
  const shown = async (writtenAt: number, aheadMs: number, formerMs = aheadMs) => {
    const misfits = new Misfits({
      store: { read: async (query: string) => (query === 'journal.wasSetBack' ? false : [missing]) } as never,
      examine: async () => ({ ...laid, soundMs: 1_000, writtenAt, changedAt: writtenAt }),
      ...{ clock: { aheadMs, aheadAt: async () => formerMs }, mayWrite: () => true, now: () => now },
      ...({} as { secondLook: never; salvage: never; read: never; log: never }),
    })
    const found = await misfits.look('r' as never)
    return typeof found === 'string' ? found : (found?.misfits ?? null)
  }
  assert.deepEqual(await shown(now + 3 * hourMs, 3 * hourMs), null)
  assert.deepEqual(await shown(now + 3 * hourMs, 0), ['written', 'changed'])
  assert.deepEqual(await shown(now, 3 * hourMs), ['written', 'changed'])
  assert.deepEqual(await shown(now + 3 * hourMs, 0, 3 * hourMs), null, 'it was set right since')
  assert.deepEqual(await shown(now + 9 * hourMs, 0, -3 * hourMs), ['written', 'changed'])
})

test('a share that hangs keeps no page of a misfit waiting, and one look at a time', async () => {
  const missing = { openedAt: 1_000, callEndedAt: 2_000, path: 'r.wav', missingCause: 'misfit' }
  const hung = Promise.withResolvers<never>()
  let looks = 0
  const misfits = new Misfits({
    store: { read: async (query: string) => (query === 'journal.wasSetBack' ? false : [missing]) } as never,
    examine: () => {
      looks++
      return hung.promise
    },
    ...{ mayWrite: () => true, lookWithinMs: 5, now: () => 3_000 },
    ...({} as { secondLook: never; salvage: never; read: never; log: never }),
  })
  const look = () => misfits.look('r' as never)
  assert.deepEqual([await look(), await look(), looks], ['unseen', 'unseen', 1])
  hung.reject(new Error('EIO'))
  assert.deepEqual([await look(), looks], [null, 1])
  assert.deepEqual([await look(), looks], [null, 2])
})

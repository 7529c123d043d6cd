import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Fact } from '../centre/facts.ts'
import { createLogger } from '../lib/log.ts'
import type { Store } from '../store/store.ts'
import { openStore, recorded, testFolder } from '../store/testing/people.ts'
import { sealLeft } from './recover.ts'
import { SecondLook } from './second-look.ts'
import type { Timers } from './timers.ts'

/** Calls of a minute that begin at 1,000, 2,000 …, each told as having no recording. */
async function told(store: Store, names: readonly string[], talkedMs = 60_000): Promise<void> {
  const ending = { by: 'party', cause: 'hangup', result: 'ANSWERED', sipStatus: null, q850: 16 }
  for (const [n, name] of names.entries()) {
    const of = { call: `c_${name}`, recording: `r_${name}` }
    const at = 1_000 * (n + 1)
    const tell = (fact: unknown, when: number) => store.commit({ recorded: [recorded(fact as Fact, when)] })
    await tell({ type: 'call.offered', call: of.call, trunk: 't', leg: 'g', from: '+8613800000001', to: '1000' }, at)
    await tell({ type: 'recording.opened', ...of, path: `${name}.wav` }, at)
    await tell({ type: 'recording.missing', ...of, reason: 'the disk reports an error' }, at + 500)
    await tell({ type: 'call.ended', call: of.call, ending }, at + talkedMs)
  }
}

/** A disk by the names of the files that it gives up now. */
class Disk {
  readonly there = new Set<string>()
  readonly asked: string[] = []
  readonly salvage = async (path: string) => {
    this.asked.push(path)
    if (!this.there.has(path)) throw Object.assign(new Error(path), { code: 'ENOENT' })
    return { sha256: `of ${path}`, bytes: 100, durationMs: 59_000.5 }
  }
}

class HandTimers implements Timers {
  readonly due: { ms: number; run(): void }[] = []
  soon(run: () => void): void {
    this.after(0, run)
  }
  after(ms: number, run: () => void): () => void {
    const one = { ms, run }
    this.due.push(one)
    return () => void (this.due.includes(one) && this.due.splice(this.due.indexOf(one), 1))
  }
}

function lookAt(store: Store, disk: Disk, more: { mayLook?: () => boolean; timers?: Timers } = {}): SecondLook {
  const timers = more.timers ?? {
    soon: run => run(),
    after: (ms, run) => {
      if (ms < 1_000) setImmediate(run)
      return () => {}
    },
  }
  return new SecondLook({
    ...{ store, salvage: disk.salvage, mayLook: more.mayLook ?? (() => true), timers },
    ...{ now: () => 100_000, log: createLogger('silent') },
  })
}

const recordingOf = async (store: Store, name: string) =>
  (await store.read('recordings.byId', { id: `r_${name}` as never }))!
const missingCalls = (store: Store) => store.read('recordings.missing', { from: 0, to: 1_000_000 })

test('a recording told as missing whose file turns up is sealed after all, its fact says so, and the call lacks no audio', async () => {
  using folder = testFolder()
  await using store = await openStore(folder)
  await told(store, ['mounted_late'])
  const disk = new Disk()
  await using look = lookAt(store, disk)
  await look.look()
  assert.match((await recordingOf(store, 'mounted_late')).missingReason!, /error/, 'it is not there yet')
  assert.equal(await missingCalls(store), 1)
  disk.there.add('mounted_late.wav')
  await look.look()
  const { sealedAt, sha256, salvaged, wasMissing, missingReason } = await recordingOf(store, 'mounted_late')
  assert.deepEqual(
    { sealedAt, sha256, salvaged, wasMissing, missingReason },
    { sealedAt: 100_000, sha256: 'of mounted_late.wav', salvaged: true, wasMissing: true, missingReason: null },
  )
  assert.equal(await missingCalls(store), 0)
  const lines = await store.read('journal.ofRecording', { recording: 'r_mounted_late' as never })
  assert.deepEqual(
    lines.map(({ type }) => type),
    ['recording.opened', 'recording.missing', 'recording.sealed'],
  )
  assert.equal(JSON.parse(lines[2]!.body).wasMissing, true)
  await look.look()
  assert.equal(disk.asked.length, 2, 'what was found is not looked for again')
})

test('what a recording was told to lack while it went on is told with its seal, by a start and by a second look', async () => {
  using folder = testFolder()
  await using store = await openStore(folder)
  const of = { call: 'c_1', recording: 'r_1' }
  const gap: unknown[] = [
    { type: 'recording.opened', ...of, path: '1.wav' },
    { type: 'recording.soundLost', ...of, lostMs: 700, lost: [[1000, 700]] },
    {
      type: 'recording.soundLost',
      ...of,
      lostMs: 900,
      lost: [
        [1000, 700],
        [9000, 200],
      ],
    },
  ]
  const tell = (facts: unknown[]) => store.commit({ recorded: facts.map(fact => recorded(fact as Fact, 1_000)) })
  await tell(gap)
  const lacks = {
    lostMs: 900,
    lost: [
      [1000, 700],
      [9000, 200],
    ],
  }
  const figures = () => store.read('recordings.lost', { from: 0, to: 10_000 })
  assert.deepEqual(await figures(), { recordings: 1, lostMs: 900 }, 'it is a figure while the call goes on')
  const disk = new Disk()
  const of2 = { call: 'c_2', recording: 'r_2' }
  await tell(
    gap.map(fact => ({ ...(fact as object), ...of2, ...('path' in (fact as object) ? { path: '2.wav' } : {}) })),
  )
  await tell([{ type: 'recording.missing', ...of2, cause: 'io_error', reason: 'EIO' }])
  for (const path of ['1.wav', '2.wav']) disk.there.add(path)
  const { recordings } = await store.inFlight()
  const log = createLogger('silent')
  await sealLeft(recordings, { store, salvage: disk.salvage, now: () => 100_000, log }, new AbortController().signal)
  await using look = lookAt(store, disk)
  await look.look()
  for (const recording of ['r_1', 'r_2']) {
    const { lostMs, lost, salvaged } = (await store.read('recordings.byId', { id: recording as never }))!
    assert.deepEqual({ lostMs, lost, salvaged }, { ...lacks, salvaged: true })
    const sealed = (await store.read('journal.ofRecording', { recording: recording as never })).at(-1)!
    assert.equal(JSON.parse(sealed.body).lostMs, 900, 'the journal says so with the seal')
  }
})

test('a call that went on for long after what was found of it still lacks its rest', async () => {
  using folder = testFolder()
  await using store = await openStore(folder)
  await told(store, ['half'], 120_000)
  const disk = new Disk()
  disk.there.add('half.wav')
  await using look = lookAt(store, disk)
  await look.look()
  assert.equal((await recordingOf(store, 'half')).sha256, 'of half.wav')
  assert.equal(await missingCalls(store), 1)
})

test('a call with another part that is missing still says why', async () => {
  using folder = testFolder()
  await using store = await openStore(folder)
  await told(store, ['one'])
  const other = { call: 'c_one', recording: 'r_other' }
  const facts: unknown[] = [
    { type: 'recording.opened', ...other, path: 'other.wav' },
    { type: 'recording.missing', ...other, reason: 'the disk reports an error' },
  ]
  await store.commit({ recorded: facts.map(fact => recorded(fact as Fact, 1_200)) })
  const disk = new Disk()
  disk.there.add('one.wav')
  await using look = lookAt(store, disk)
  await look.look()
  assert.equal(await missingCalls(store), 1)
  disk.there.add('other.wav')
  await look.look()
  assert.equal(await missingCalls(store), 0)
})

test('a file that was there before its recording is not taken for it', async () => {
  using folder = testFolder()
  await using store = await openStore(folder)
  const of = { call: 'c_1', recording: 'r_1' }
  const facts: unknown[] = [
    { type: 'recording.opened', ...of, path: '1.wav' },
    { type: 'recording.missing', ...of, cause: 'taken', reason: 'EEXIST' },
  ]
  await store.commit({ recorded: facts.map(fact => recorded(fact as Fact, 1_000)) })
  const disk = new Disk()
  disk.there.add('1.wav')
  await using look = lookAt(store, disk)
  await look.look()
  assert.deepEqual(disk.asked, [])
})

test('all are looked for once in a go, the newest first, however many lots they come in; one that cannot be had holds up none', async () => {
  using folder = testFolder()
  await using store = await openStore(folder)
  const names = Array.from({ length: 120 }, (_, n) => `n${String(n).padStart(3, '0')}`)
  const facts: unknown[] = names.flatMap(name => [
    { type: 'recording.opened', call: `c_${name}`, recording: `r_${name}`, path: `${name}.wav` },
    { type: 'recording.missing', call: `c_${name}`, recording: `r_${name}`, reason: 'gone' },
  ])
  await store.commit({ recorded: facts.map(fact => recorded(fact as Fact, 1_000)) })
  const disk = new Disk()
  disk.there.add('n003.wav')
  await using look = lookAt(store, disk)
  await look.look()
  assert.deepEqual(
    disk.asked,
    names.toReversed().map(name => `${name}.wav`),
  )
  assert.equal((await recordingOf(store, 'n003')).wasMissing, true)
})

test('what is told as missing is looked for within seconds, again when that comes in the middle of a go, and not while the disk is slow', async () => {
  using folder = testFolder()
  await using store = await openStore(folder)
  await told(store, ['a', 'b'])
  const disk = new Disk()
  const timers = new HandTimers()
  let isSlow = true
  await using look = lookAt(store, disk, { timers, mayLook: () => !isSlow })
  look.soon()
  look.soon()
  assert.deepEqual(
    timers.due.map(({ ms }) => ms),
    [3_000],
  )
  await look.look()
  assert.deepEqual(disk.asked, [])
  isSlow = false
  const going = look.look()
  look.soon()
  await going
  assert.deepEqual(
    timers.due.map(({ ms }) => ms),
    [3_000],
  )
  assert.deepEqual(disk.asked, [], 'it begins anew')
  await look.look()
  assert.deepEqual(disk.asked, ['b.wav', 'a.wav'])
  assert.deepEqual(
    timers.due.map(({ ms }) => ms),
    [60_000],
  )
})

test('a stop waits for the file in hand, and not for a read that hangs', async () => {
  using folder = testFolder()
  await using store = await openStore(folder)
  await told(store, ['one'])
  const disk = new Disk()
  const hangs = { read: () => new Promise<never>(() => {}), commit: store.commit.bind(store) }
  const waits = lookAt(hangs as unknown as Store, disk)
  void waits.look()
  await waits[Symbol.asyncDispose]()

  let give = () => {}
  const salvaging = new Promise<void>(resolve => (give = resolve))
  const slow = {
    there: disk.there,
    asked: disk.asked,
    salvage: async (path: string) => {
      disk.asked.push(path)
      await salvaging
      return { sha256: 'abc', bytes: 100, durationMs: 59_000 }
    },
  }
  const look = lookAt(store, slow)
  void look.look()
  while (disk.asked.length === 0) await new Promise(resolve => setImmediate(resolve))
  const over = look[Symbol.asyncDispose]()
  give()
  await over
  assert.equal((await recordingOf(store, 'one')).sha256, 'abc')
})

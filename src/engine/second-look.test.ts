import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Fact } from '../centre/facts.ts'
import { type Fit, mustFit } from '../lib/fit.ts'
import { createLogger } from '../lib/log.ts'
import type { Store } from '../store/store.ts'
import { openStore, recorded, testFolder } from '../store/testing/people.ts'
import type { DiskClock } from './recording-fit.ts'
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
  soundMs = 59_000.5
  writtenAt = 60_000
  /** Null: when it was written. */
  laidAt: number | null = null
  /** What the disk says after it was made whole; null: nothing. */
  refusal: Error | null = null
  readonly salvage = async (path: string, fit?: Fit) => {
    this.asked.push(path)
    if (!this.there.has(path)) throw Object.assign(new Error(path), { code: 'ENOENT' })
    const changedAt = this.laidAt ?? this.writtenAt
    if (fit !== undefined) mustFit(path, { soundMs: this.soundMs, writtenAt: this.writtenAt, changedAt }, fit)
    if (this.refusal !== null) throw this.refusal
    return { sha256: `of ${path}`, bytes: 100, durationMs: this.soundMs }
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

type More = {
  clock?: DiskClock
  mayLook?: () => boolean
  timers?: Timers
  now?: () => number
  monotonic?: () => number
}

function lookAt(store: Store, disk: Pick<Disk, 'salvage'>, more: More = {}): SecondLook {
  const timers = more.timers ?? {
    soon: run => run(),
    after: (ms, run) => {
      if (ms < 1_000) setImmediate(run)
      return () => {}
    },
  }
  return new SecondLook({
    ...{ store, salvage: disk.salvage, clock: more.clock, mayLook: more.mayLook ?? (() => true), timers },
    ...{ now: more.now ?? (() => 100_000), monotonic: more.monotonic ?? (() => 100_000), log: createLogger('silent') },
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
  const sealing = { store, salvage: disk.salvage, now: () => 100_000, lastAt: 1_000, log }
  await sealLeft(recordings, sealing, new AbortController().signal)
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

test('what is found under the name of a recording and cannot be of its call is told once, and neither sealed nor made up for', async () => {
  for (const wrong of ['length', 'too early', 'too late'] as const) {
    using folder = testFolder()
    await using store = await openStore(folder)
    await told(store, ['laid'])
    const disk = new Disk()
    disk.there.add('laid.wav')
    if (wrong === 'length') disk.soundMs = 3_600_000
    else disk.writtenAt = wrong === 'too early' ? -2 * 3_600_000 : 61_000 + 2 * 86_400_000
    let now = 100 * 86_400_000
    await using look = lookAt(store, disk, { now: () => now })
    await look.look()
    now += 60_000
    await look.look()
    assert.equal(disk.asked.length, 2)
    const { sealedAt, missingCause, missingReason } = await recordingOf(store, 'laid')
    assert.deepEqual({ sealedAt, missingCause }, { sealedAt: null, missingCause: 'misfit' }, wrong)
    assert.match(missingReason!, wrong === 'length' ? /3600\.0 s of sound, of 65\.0 s/ : /written last at/)
    assert.equal(await missingCalls(store), 1)
    const lines = await store.read('journal.ofRecording', { recording: 'r_laid' as never })
    assert.equal(
      lines.filter(({ type }) => type === 'recording.missing').length,
      2,
      'as it was told first, and once more',
    )
    // The real one comes after all.
    Object.assign(disk, { soundMs: 60_000, writtenAt: 61_000 })
    await look.look()
    assert.equal((await recordingOf(store, 'laid')).wasMissing, true)
    assert.equal(await missingCalls(store), 0)
  }
})

test('what was laid there later than a day after its call is a misfit, whatever time it was given', async () => {
  using folder = testFolder()
  await using store = await openStore(folder)
  await told(store, ['forged'])
  const disk = new Disk()
  disk.there.add('forged.wav')
  disk.laidAt = 3 * 86_400_000
  await using look = lookAt(store, disk, { now: () => 3 * 86_400_000 })
  await look.look()
  const { sealedAt, missingCause, missingReason } = await recordingOf(store, 'forged')
  assert.deepEqual({ sealedAt, missingCause }, { sealedAt: null, missingCause: 'misfit' })
  assert.match(missingReason!, /laid there or changed at 1970-01-04/)
})

test('what was written by a share whose clock has been set right since is sealed by that clock, which its fact says', async () => {
  const dayMs = 86_400_000
  for (const [aheadMs, writtenAt] of [
    [3 * dayMs, 60_000 + 3 * dayMs],
    [-400 * dayMs, 60_000 - 400 * dayMs],
  ] as const) {
    using folder = testFolder()
    await using store = await openStore(folder)
    const measured = (ms: number) => ({ type: 'setting.saved', key: 'ahead', value: String(ms) }) as const
    await store.commit({ recorded: [recorded(measured(aheadMs), 500)] })
    await told(store, ['left'])
    await store.commit({ recorded: [recorded(measured(0), 90_000)] })
    const aheadAt = async (at: number) => Number(await store.read('settings.at', { key: 'ahead', at }))
    const disk = new Disk()
    disk.there.add('left.wav')
    disk.writtenAt = writtenAt
    await using look = lookAt(store, disk, { clock: { aheadMs: 0, aheadAt } })
    await look.look()
    const [, , sealed] = await store.read('journal.ofRecording', { recording: 'r_left' as never })
    const { type, clockAheadMs } = JSON.parse(sealed!.body) as { type: string; clockAheadMs: number }
    assert.deepEqual([type, clockAheadMs], ['recording.sealed', aheadMs])
  }
})

test('what may have been laid there since by the clock that is right is not taken for it, nor what fits by neither clock', async () => {
  const dayMs = 86_400_000
  using folder = testFolder()
  await using store = await openStore(folder)
  await told(store, ['left'])
  const clock = { aheadMs: 0, aheadAt: async () => 3 * dayMs }
  const disk = new Disk()
  disk.there.add('left.wav')
  const clockNow = { at: 100_000 }
  await using look = lookAt(store, disk, { clock, now: () => clockNow.at })
  const lookAfter = async (writtenAt: number, now: number) => {
    disk.writtenAt = writtenAt
    clockNow.at = now
    await look.look()
    return (await recordingOf(store, 'left')).sealedAt
  }
  assert.equal(await lookAfter(60_000 + 3 * dayMs, 60_000 + 3 * dayMs), null)
  assert.equal(await lookAfter(60_000 + 3 * dayMs, 3 * dayMs - 3_000_000), null, 'within what the clocks are apart')
  assert.equal(await lookAfter(60_000 + 6 * dayMs, 100_000), null)
  assert.equal((await recordingOf(store, 'left')).missingCause, 'misfit')
})

test('a file that its disk did not let be sealed for days is sealed when it does: our own attempts are no change by somebody', async () => {
  for (const refused of ['disk', 'journal'] as const) {
    using folder = testFolder()
    await using store = await openStore(folder)
    await told(store, ['touched'])
    const disk = new Disk()
    disk.there.add('touched.wav')
    let now = 100_000
    let isFull = refused === 'journal'
    const plain = disk.salvage
    const salvage: Disk['salvage'] = async (path, fit) => {
      const sealed = await plain(path, fit).catch(error => {
        if (error === disk.refusal) error.leftAt = disk.laidAt = now // it was written again, in vain
        throw error
      })
      disk.laidAt = now
      return { ...sealed, leftAt: now }
    }
    const commit: Store['commit'] = transaction =>
      isFull ? Promise.reject(new Error('SQLITE_FULL')) : store.commit(transaction)
    const its = { read: store.read.bind(store), commit } as unknown as Store
    if (refused === 'disk') disk.refusal = Object.assign(new Error('EIO'), { code: 'EIO' })
    await using look = lookAt(its, Object.assign(disk, { salvage }), { now: () => now })
    for (let day = 0; day < 4; day++, now += 86_400_000) await look.look()
    disk.refusal = null
    isFull = false
    await look.look()
    assert.equal((await recordingOf(store, 'touched')).wasMissing, true, refused)
  }
})

test('a look that failed before it changed anything makes nothing ours: what is laid there meanwhile stays a misfit', async () => {
  using folder = testFolder()
  await using store = await openStore(folder)
  await told(store, ['locked'])
  const disk = new Disk()
  disk.there.add('locked.wav')
  disk.laidAt = 4 * 86_400_000
  const plain = disk.salvage
  let isLocked = true
  const salvage: Disk['salvage'] = (path, fit) =>
    isLocked ? Promise.reject(Object.assign(new Error('EACCES'), { code: 'EACCES' })) : plain(path, fit)
  await using look = lookAt(store, Object.assign(disk, { salvage }), { now: () => 5 * 86_400_000 })
  await look.look()
  isLocked = false
  await look.look()
  assert.deepEqual((await recordingOf(store, 'locked')).missingCause, 'misfit')
})

test('a clock that was set back while a call went on, or since, makes no recording of it a misfit', async () => {
  const ending = { by: 'party', cause: 'hangup', result: 'ANSWERED', sipStatus: null, q850: 16 }
  const openedAt = 10 * 86_400_000
  const endedAts = { 'set back by ten minutes': openedAt - 420_000, 'by one': openedAt + 120_000, 'a dead RTC': 1_000 }
  for (const [name, endedAt] of Object.entries(endedAts)) {
    using folder = testFolder()
    await using store = await openStore(folder)
    const of = { call: 'c_1', recording: 'r_1' }
    const tell = (fact: unknown, at: number) => store.commit({ recorded: [recorded(fact as Fact, at)] })
    await tell(
      { type: 'call.offered', call: of.call, trunk: 't', leg: 'g', from: '+8613800000001', to: '1000' },
      openedAt,
    )
    await tell({ type: 'recording.opened', ...of, path: '1.wav' }, openedAt)
    await tell({ type: 'call.digit', call: of.call, from: 'party', digit: '1' }, openedAt + 90_000)
    await tell({ type: 'recording.missing', ...of, cause: 'unsealed', reason: 'EIO' }, openedAt + 60_000)
    await tell({ type: 'call.ended', call: of.call, ending }, endedAt)
    const disk = new Disk()
    disk.there.add('1.wav')
    Object.assign(disk, { soundMs: 180_000, writtenAt: name === 'a dead RTC' ? openedAt + 180_000 : endedAt })
    await using look = lookAt(store, disk, { now: () => endedAt + 3_000 })
    await look.look()
    const { wasMissing, missingReason } = await recordingOf(store, '1')
    assert.deepEqual([wasMissing, missingReason], [true, null], name)
  }
})

test('how long after its call a recording was found is told with it; one of a call that goes on was found in it', async () => {
  using folder = testFolder()
  await using store = await openStore(folder)
  await told(store, ['late'])
  const of = { call: 'c_live', recording: 'r_live' }
  const live: unknown[] = [
    { type: 'call.offered', call: of.call, trunk: 't', leg: 'g', from: '+8613800000001', to: '1000' },
    { type: 'recording.opened', ...of, path: 'live.wav' },
    { type: 'recording.missing', ...of, cause: 'thread', reason: 'it died' },
  ]
  await store.commit({ recorded: live.map(fact => recorded(fact as Fact, 40_000)) })
  const disk = new Disk()
  for (const path of ['late.wav', 'live.wav']) disk.there.add(path)
  await using look = lookAt(store, disk)
  await look.look()
  assert.equal((await recordingOf(store, 'late')).foundAfterMs, 39_000)
  const sealed = (await store.read('journal.ofRecording', { recording: 'r_late' as never })).at(-1)!
  assert.equal(JSON.parse(sealed.body).foundAfterMs, 39_000)
  const { wasMissing, foundAfterMs } = await recordingOf(store, 'live')
  assert.deepEqual({ wasMissing, foundAfterMs }, { wasMissing: true, foundAfterMs: 0 })
})

test('a part that was found while its call went on makes it whole once the call is over and its next part is sealed to the end', async () => {
  for (const isWhole of [true, false]) {
    using folder = testFolder()
    await using store = await openStore(folder)
    const part = (n: number) => ({ call: 'c_1', recording: `r_${n}` })
    const tell = (fact: unknown, at: number) => store.commit({ recorded: [recorded(fact as Fact, at)] })
    await tell({ type: 'call.offered', call: 'c_1', trunk: 't', leg: 'g', from: '+8613800000001', to: '1000' }, 1_000)
    await tell({ type: 'recording.opened', ...part(1), path: '1.wav' }, 1_000)
    await tell({ type: 'recording.missing', ...part(1), cause: 'thread', reason: 'it died' }, 60_000)
    await tell({ type: 'recording.opened', ...part(2), path: '2.wav' }, 60_000)
    const disk = new Disk()
    disk.there.add('1.wav')
    await using look = lookAt(store, disk)
    await look.look()
    assert.equal((await recordingOf(store, '1')).wasMissing, true)
    assert.equal(await missingCalls(store), 1, 'it goes on')
    const ending = { by: 'party', cause: 'hangup', result: 'ANSWERED', sipStatus: null, q850: 16 }
    await tell({ type: 'call.ended', call: 'c_1', ending }, 160_000)
    assert.equal(await missingCalls(store), 1, 'what its next part holds is not known yet')
    const whole = { sha256: 'x', bytes: 1, durationMs: isWhole ? 100_000 : 50_000, salvaged: false }
    await tell({ type: 'recording.sealed', ...part(2), ...whole }, 160_500)
    assert.equal(await missingCalls(store), isWhole ? 0 : 1)
  }
})

test('a gap between two parts stays told as missing, also when the first of them is found', async () => {
  using folder = testFolder()
  await using store = await openStore(folder)
  await told(store, ['1'], 160_000)
  const second = { call: 'c_1', recording: 'r_2' }
  const tell = (fact: unknown, at: number) => store.commit({ recorded: [recorded(fact as Fact, at)] })
  await tell({ type: 'recording.opened', ...second, path: '2.wav' }, 90_000) // the first ends at 60,000
  const whole = { sha256: 'x', bytes: 1, durationMs: 71_000, salvaged: false }
  await tell({ type: 'recording.sealed', ...second, ...whole }, 161_500)
  const disk = new Disk()
  disk.there.add('1.wav')
  await using look = lookAt(store, disk, { now: () => 200_000 })
  await look.look()
  assert.equal((await recordingOf(store, '1')).wasMissing, true)
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

/** So many recordings told as missing, the oldest first. */
async function many(store: Store, count: number): Promise<void> {
  for (let from = 0; from < count; from += 400) {
    const facts = Array.from({ length: Math.min(400, count - from) }, (_, n): unknown[] => {
      const name = `n${String(from + n).padStart(5, '0')}`
      const of = { call: `c_${name}`, recording: `r_${name}` }
      return [
        { type: 'recording.opened', ...of, path: `${name}.wav` },
        { type: 'recording.missing', ...of, cause: 'absent', reason: 'gone' },
      ]
    })
    await store.commit({ recorded: facts.flat().map(fact => recorded(fact as Fact, 1_000)) })
  }
}

test('however many are missing, the oldest is looked for too: what one go leaves the next goes on with, also when one is told as missing meanwhile', async () => {
  using folder = testFolder()
  await using store = await openStore(folder)
  await many(store, 5_200)
  const disk = new Disk()
  disk.there.add('n00003.wav')
  let nowMs = 100_000
  await using look = lookAt(store, disk, { monotonic: () => nowMs })
  await look.look()
  assert.deepEqual([disk.asked.length, disk.asked.at(-1)], [5_000, 'n00200.wav'])
  look.soon()
  nowMs += 60_000
  await look.look()
  assert.equal((await recordingOf(store, 'n00003')).wasMissing, true)
  assert.ok(disk.asked.slice(5_000).includes('n05199.wav'), 'the newest are looked for every time')
  disk.asked.length = 0
  nowMs += 60_000
  await look.look()
  assert.equal(disk.asked.length, 5_000, 'and then from the newest on, as was asked meanwhile')
})

test('all are looked for every ten minutes, whatever the clock on the wall is set to', async () => {
  using folder = testFolder()
  await using store = await openStore(folder)
  await many(store, 60)
  const disk = new Disk()
  let [now, nowMs] = [10 * 86_400_000, 0]
  await using look = lookAt(store, disk, { now: () => now, monotonic: () => nowMs })
  await look.look()
  assert.equal(disk.asked.length, 60)
  now -= 9 * 86_400_000
  nowMs += 60_000
  await look.look()
  assert.equal(disk.asked.length, 110, 'the newest')
  nowMs += 540_000
  await look.look()
  assert.equal(disk.asked.length, 170)
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

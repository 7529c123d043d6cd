import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import type { Clock } from './clock.ts'
import { ClockFile, type ClockNote } from './clock-file.ts'
import { SettledClock } from './settled-clock.ts'

const [hourMs, dayMs] = [3_600_000, 86_400_000]

function aClock() {
  const at = { wall: 1_000 * dayMs, monotonic: 0 }
  const clock: Clock = { now: () => at.wall, monotonic: () => at.monotonic }
  const pass = (ms: number) => {
    at.wall += ms
    at.monotonic += ms
  }
  let kept: ClockNote | null = null
  const file = {
    read: () => kept,
    note: (note: ClockNote) => {
      kept = note
    },
    written: async () => {},
  }
  /** What runs is gone as by kill -9, and the house starts `offMs` later. `journalAt`: of the line that was written last. */
  const start = ({ journalAt = at.wall, offMs = 5_000 } = {}) => {
    at.wall += offMs
    at.monotonic = 0
    return new SettledClock(clock, journalAt, file)
  }
  /** A day in which it is looked at as often as the custody of recordings does. */
  const runs = (settled: SettledClock, ms: number) => {
    for (let ran = 0; ran < ms; ran += 60_000) {
      pass(60_000)
      settled.isSettled()
    }
  }
  return { at, clock, pass, start, runs, file }
}

test('a clock that was set by hours is believed a day later, one that NTP corrects is all the while', () => {
  const { at, pass, start } = aClock()
  const settled = start({ journalAt: at.wall - hourMs, offMs: 0 })
  assert.equal(settled.isSettled(), true)
  at.wall += 20 * 60_000
  assert.equal(settled.isSettled(), true)
  at.wall += 6 * 365 * dayMs
  assert.equal(settled.isSettled(), false)
  pass(dayMs - 1)
  assert.equal(settled.isSettled(), false)
  pass(1)
  assert.equal(settled.isSettled(), true)
  at.wall -= 6 * 365 * dayMs
  assert.equal(settled.isSettled(), false, 'put right, it is waited for again')
})

test('a start years after what was written last waits a day; one after a weekend, or the first of all, does not', () => {
  const { at, pass, start } = aClock()
  const late = start({ journalAt: at.wall - 365 * dayMs })
  assert.equal(late.isSettled(), false)
  pass(dayMs)
  assert.equal(late.isSettled(), true)
  const ofToday = aClock()
  assert.equal(ofToday.start({ journalAt: ofToday.at.wall - 1.9 * dayMs }).isSettled(), true)
  assert.equal(aClock().start({ journalAt: 0 }).isSettled(), true)
})

test('a doubt outlives restarts, though the journal is written by the wrong time meanwhile, and is over after a day of running', () => {
  const { at, start, runs } = aClock()
  const first = start()
  runs(first, hourMs)
  at.wall += 3 * 365 * dayMs
  assert.equal(first.isSettled(), false)
  assert.equal(start().isSettled(), false)
  at.wall -= 3 * 365 * dayMs // put right while nobody ran
  for (const night of [1, 2]) {
    const next = start({ offMs: 14 * hourMs })
    assert.equal(next.isSettled(), false, `after night ${night}`)
    runs(next, 10 * hourMs)
  }
  const last = start({ offMs: 14 * hourMs })
  runs(last, 3.5 * hourMs)
  assert.equal(last.isSettled(), false)
  runs(last, hourMs)
  assert.equal(last.isSettled(), true)
  assert.equal(start().isSettled(), true, 'and stays so')
})

test('a step in the very moment of the stop, or before a kill -9 that nobody looked at it, is known to the next start', async () => {
  const stopped = aClock()
  const first = stopped.start()
  first.isSettled()
  stopped.at.wall += 6 * hourMs
  await first[Symbol.asyncDispose]()
  assert.equal(stopped.start().isSettled(), false)
  const killed = aClock()
  killed.start().isSettled()
  killed.at.wall += 3 * 365 * dayMs
  assert.equal(killed.start({ journalAt: killed.at.wall }).isSettled(), false)
})

test('a house that was off for weeks destroys again after a day of running, a backup restored on it keeps nothing back', () => {
  const { at, start, runs } = aClock()
  start().isSettled()
  const back = start({ offMs: 40 * dayMs })
  assert.equal(back.isSettled(), false)
  runs(back, dayMs)
  assert.equal(back.isSettled(), true)
  assert.equal(start({ journalAt: at.wall - 90 * dayMs }).isSettled(), true)
})

test('the note is on disk before the next start reads it; one that cannot be read is a doubt', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'switchroom-clock-'))
  try {
    const name = path.join(folder, 'clock.json')
    const said: string[] = []
    const file = () => new ClockFile(name, { error: (_: unknown, words: string) => void said.push(words) } as never)
    const { at, clock } = aClock()
    {
      await using settled = new SettledClock(clock, at.wall, file())
      at.wall += 365 * dayMs
      assert.equal(settled.isSettled(), false)
    }
    assert.deepEqual(file().read(), { at: at.wall, doubtedMs: 0 })
    assert.equal(new SettledClock(clock, at.wall, { ...writtenNowhere, read: () => file().read() }).isSettled(), false)
    writeFileSync(name, '{"at":')
    assert.equal(new SettledClock(clock, at.wall, { ...writtenNowhere, read: () => file().read() }).isSettled(), false)
    assert.deepEqual(said, ['the note of the clock cannot be read'])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

const writtenNowhere = { note: () => {}, written: async () => {} }

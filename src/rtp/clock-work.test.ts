import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LegId } from '../lib/ids.ts'
import { type ClockParts, ClockWork } from './clock-work.ts'
import type { MediaReport } from './control.ts'
import type { ExchangePorts } from './exchange-ports.ts'
import { Heart } from './heart.ts'
import { Leg } from './leg.ts'
import type { LegTable } from './leg-table.ts'
import { legMemory } from './saved-leg.ts'
import { Timeline } from './timeline.ts'

const count = 1000

/** A thousand legs whose far ends have said nothing since 0, and who of them was found silent. */
function clock() {
  const legs = Array.from({ length: count }, (_, n) => {
    const timeline = new Timeline(n, 0, 0)
    const leg = new Leg({
      id: `l${n}` as LegId,
      number: n + 1,
      index: n,
      silenceMs: 1000,
      secure: null,
      timeline,
      memory: legMemory(),
      nowMs: 0,
    })
    return Object.assign(leg, { mayReceive: true, remotePort: 4000, reportDueAt: 60_000 })
  })
  const silent: string[] = []
  const ports = {
    monotonic: () => 0,
    report: (message: MediaReport) => {
      if (message.type === 'event' && message.event.type === 'leg.silent') silent.push(message.event.leg)
    },
  }
  const parts = {
    heart: new Heart(Heart.memory()),
    legs: { size: count, all: () => legs.values() } as unknown as LegTable,
    rooms: { areDue: () => false, waitMs: (_nowMs: number, mostMs: number) => mostMs },
  }
  return { silent, work: new ClockWork(ports as unknown as ExchangePorts, parts as unknown as ClockParts) }
}

test('while packets come the watch sees a share of the legs in each turn, and all within 100 ms', () => {
  const { silent, work } = clock()
  for (let now = 900; now < 1000; now++) work.turn(now)
  assert.deepEqual(silent, [], 'nobody was silent for a second until now')
  let before = 0
  for (let now = 1000; now <= 1100; now++) {
    work.turn(now)
    assert.ok(silent.length - before <= count / 50, `${silent.length - before} legs in one turn`)
    before = silent.length
  }
  assert.equal(new Set(silent).size, count)
})

test('where no packets come the loop sleeps for 100 ms and then sees all legs', () => {
  const { silent, work } = clock()
  assert.equal(work.turn(950), 100)
  assert.equal(work.turn(1050), 100)
  assert.equal(silent.length, count)
})

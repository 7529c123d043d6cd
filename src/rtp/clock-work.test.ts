import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LegId } from '../lib/ids.ts'
import { type ClockParts, ClockWork } from './clock-work.ts'
import type { MediaReport } from './control.ts'
import type { ExchangePorts } from './exchange-ports.ts'
import { Heart } from './heart.ts'
import { Leg } from './leg.ts'
import { LegOrders } from './leg-orders.ts'
import type { LegTable } from './leg-table.ts'
import type { Relay } from './relay.ts'
import { legMemory } from './saved-leg.ts'
import type { Seating } from './seating.ts'
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
    return Object.assign(leg, { mayReceive: true, remotePort: 4000, reportDueAt: Infinity })
  })
  const silent: string[] = []
  const faults: string[] = []
  const free: string[] = []
  const ports = {
    wire: { disconnect: (socket: number) => free.push(`${socket}`) },
    monotonic: () => 0,
    report: (message: MediaReport) => {
      if (message.type === 'event' && message.event.type === 'leg.silent') silent.push(message.event.leg)
      if (message.type === 'fault') faults.push(message.leg)
    },
  }
  const parts = {
    heart: new Heart(Heart.memory()),
    legs: { size: count, all: () => legs.values() } as unknown as LegTable,
    rooms: { areDue: () => false, waitMs: (_nowMs: number, mostMs: number) => mostMs },
  }
  return {
    legs,
    silent,
    faults,
    free,
    work: new ClockWork(ports as unknown as ExchangePorts, parts as unknown as ClockParts),
  }
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

test('a leg that cannot be looked at, or whose figures cannot be noted, costs the others nothing', () => {
  const { legs, silent, faults, work } = clock()
  const fail = () => {
    throw new Error('a fault in the program')
  }
  Object.defineProperty(legs[3]!, 'silentAfterMs', { get: fail })
  Object.defineProperty(legs[7]!.reception, 'lost', { get: fail })
  for (const now of [1050, 1150]) work.turn(now)
  assert.deepEqual([silent.length, faults], [count - 1, ['l3', 'l7']])
})

test('a far end that sends from where it said keeps its place through a pause of ten seconds, another port and a browser through one of one', () => {
  const { legs, free, work } = clock()
  const places = [
    { signalledAddress: 1, signalledPort: 4000 },
    { signalledAddress: 1, signalledPort: 5000 },
    { signalledPort: -1 },
  ]
  for (const [n, place] of places.entries())
    Object.assign(legs[n]!, { rtpSocket: n, isConnected: true, silentAfterMs: 0, remoteAddress: 1, ...place })
  work.turn(900)
  assert.deepEqual(free, [])
  work.turn(1_000)
  assert.deepEqual(free, ['1', '2'])
  work.turn(9_900)
  assert.deepEqual(free, ['1', '2'])
  work.turn(10_000)
  assert.deepEqual(free, ['1', '2', '0'])
})

test('who was on hold for ten seconds may be heard from another port at the first word, and not only ten seconds later', () => {
  const { legs, free, work } = clock()
  const relay = { nowMs: 0 }
  const wire = { disconnect: (socket: number) => free.push(`${socket}`) }
  const orders = new LegOrders({ wire } as unknown as ExchangePorts, relay as Relay, work, {} as Seating)
  const [leg] = legs as [Leg]
  const remote = { address: '127.0.0.1', port: 4000 }
  const usual = { latch: true, allowedSources: [], send: true, ptimeMs: 20, dtmfPayloadType: null }
  const at = (now: number, receive: boolean) => {
    relay.nowMs = now
    orders.configure(leg, { codec: 'pcma', remote, ...usual, receive })
  }
  at(0, true)
  Object.assign(leg, { isConnected: true, rtpSocket: 7 })
  at(1_000, false)
  at(9_000, true)
  assert.deepEqual([free, leg.isConnected], [[], true])
  at(9_500, false)
  at(19_500, true)
  assert.deepEqual([free, leg.isConnected], [['7'], false])
})

test('who holds may be silent for as long as is said, and is waited for anew from the resume on', () => {
  const { legs, silent, work } = clock()
  const relay = { nowMs: 0 }
  const orders = new LegOrders({} as ExchangePorts, relay as Relay, work, {} as Seating)
  const remote = { address: '127.0.0.1', port: 4000 }
  const usual = { latch: false, allowedSources: [], send: false, receive: true, ptimeMs: 20, dtmfPayloadType: null }
  const at = (now: number, changes: { silenceMs?: number } = {}) => {
    relay.nowMs = now
    for (const leg of legs.slice(0, 2)) orders.configure(leg, { codec: 'pcma', remote, ...usual, ...changes })
  }
  const isTold = (now: number) => {
    for (const leg of legs.slice(2)) leg.heardAt = now
    work.turn(now)
    return silent.splice(0).length === 2
  }
  at(0)
  at(900, { silenceMs: 1_800_000 })
  assert.equal(isTold(1_000), false)
  assert.equal(isTold(1_799_000), false)
  at(1_799_500)
  assert.equal(isTold(1_799_600), false, 'the silence of before does not count')
  assert.equal(isTold(1_800_400), false)
  assert.equal(isTold(1_800_500), true)
  at(1_800_600, { silenceMs: 1_800_000 })
  at(1_800_700)
  at(1_800_800, { silenceMs: 1_800_000 })
  assert.equal(isTold(3_600_600), false)
  assert.equal(isTold(3_600_700), true, 'a hold is not for ever')
})

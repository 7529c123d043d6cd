import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { CallId, LegId, TrunkId } from '../../lib/ids.ts'
import { seededRandom } from '../../lib/random.ts'
import type { CallResult, Trunk } from '../entities.ts'
import { evolve } from '../evolve.ts'
import { setupOf, TestFloor } from '../testing.ts'
import { areaOf, areaOfShown, MobileAreas, packedAreas, prefixOf } from './area.ts'
import { pickLine } from './line.ts'
import { HourCount, LineTally } from './tally.ts'

const good = 't_good' as TrunkId
const poor = 't_poor' as TrunkId

function trunkOf(id: TrunkId, changes: Partial<Trunk> = {}): Trunk {
  const plain = setupOf({}).trunks[0]!
  return { ...plain, id, name: id, maxCalls: 1_000, callsPerSecond: 100, ...changes }
}

/** Two trunks; what a call on a line comes to is decided by `chanceOf`. Each call is over before the next, every second. */
class LineFloor extends TestFloor {
  readonly random = seededRandom(7)
  readonly used = new Map<string, number>()
  #calls = 0

  constructor(trunks: Trunk[]) {
    super({ setup: { trunks } })
    for (const { id } of trunks) this.do({ type: 'trunk.up', trunk: id })
  }

  /** Facts only: what is looked at is the choice, not the campaign. */
  place(number: string, chanceOf: (trunk: TrunkId, callerId: string) => number, talkMs = 60_000): string {
    const now = this.clock.now()
    const line = pickLine(this.state, [], now, number)
    assert.ok(line.ok, 'a line is there')
    const { trunk, callerId } = line
    assert.ok(
      this.state.trunks.get(trunk)!.trunk.callerIds.includes(callerId),
      'one of the trunk’s own numbers is shown',
    )
    const call = `c_${++this.#calls}` as CallId
    const who = { campaign: null, lead: null, party: null, name: null, relation: null, agent: null }
    const verdict = { policy: 'P', version: '1', rules: [] }
    const tell = (fact: Parameters<typeof evolve>[1], at: number) => evolve(this.state, fact, at)
    tell(
      {
        type: 'call.dialed',
        call,
        mode: 'manual',
        ...who,
        number,
        trunk,
        callerId,
        leg: `l_${call}` as LegId,
        verdict,
      },
      now,
    )
    tell({ type: 'call.ringing', call }, now + 200)
    const answered = this.random() < chanceOf(trunk, callerId)
    if (answered) {
      tell({ type: 'call.answered', call }, now + 300)
      tell({ type: 'call.connected', call, agent: 'u_alice' as never }, now + 300)
    }
    const result: CallResult = answered ? 'ANSWERED' : 'NO_ANSWER'
    const ending = {
      by: 'party',
      cause: answered ? 'hangup' : 'not_answered',
      result,
      sipStatus: null,
      q850: null,
    } as const
    tell({ type: 'call.ended', call, ending }, now + (answered ? talkMs : 900))
    this.state.calls.delete(call)
    this.clock.advance(1_000)
    const key = `${trunk} ${callerId}`
    this.used.set(key, (this.used.get(key) ?? 0) + 1)
    return key
  }

  shareOf(prefix: string): number {
    let [part, all] = [0, 0]
    for (const [key, n] of this.used) {
      all += n
      if (key.startsWith(prefix)) part += n
    }
    return part / all
  }
}

const carl = '+8613812345678'

test('the line that is answered more often gets most of the calls, and the other is still tried', () => {
  const floor = new LineFloor([trunkOf(good), trunkOf(poor)])
  for (let n = 0; n < 2_000; n++) floor.place(carl, trunk => (trunk === good ? 0.4 : 0.2))
  assert.ok(floor.shareOf(good) > 0.8, `${floor.shareOf(good)} of the calls`)
  assert.ok(floor.shareOf(poor) > 0.005, 'exploration goes on')
  floor.used.clear()
  for (let n = 0; n < 4_000; n++) floor.place(carl, trunk => (trunk === good ? 0.1 : 0.3))
  assert.ok(floor.shareOf(poor) > 0.6, `after a change the other is found: ${floor.shareOf(poor)}`)
})

test('while nothing is known the trunk with the most room is taken and caller IDs take turns', () => {
  const floor = new LineFloor([
    trunkOf(good, { maxCalls: 5 }),
    trunkOf(poor, { maxCalls: 50, callerIds: ['1', '2', '3'] }),
  ])
  assert.deepEqual(
    Array.from({ length: 6 }, () => floor.place(carl, () => 0)),
    [1, 2, 3, 1, 2, 3].map(n => `${poor} ${n}`),
  )
})

test('no line gets less than its floor or more than its ceiling, whatever it is worth', () => {
  const share = fc.double({ min: 0, max: 0.4, noNaN: true })
  fc.assert(
    fc.property(share, share, fc.double({ min: 0.05, max: 0.9, noNaN: true }), (floorShare, above, chance) => {
      const maxShare = Math.max(0.1, floorShare + above)
      const floor = new LineFloor([trunkOf(good, { minShare: floorShare, maxShare }), trunkOf(poor)])
      for (let n = 0; n < 600; n++) floor.place(carl, trunk => (trunk === good ? chance : 0.3))
      const got = floor.shareOf(good)
      assert.ok(got >= floorShare - 0.03 && got <= maxShare + 0.03, `${got} lies within ${floorShare} and ${maxShare}`)
    }),
    { numRuns: 25, seed: 2026 },
  )
})

test('a ceiling gives way when no other line can take the call', () => {
  const floor = new LineFloor([trunkOf(good, { maxShare: 0.1 }), trunkOf(poor)])
  floor.do({ type: 'trunk.down', trunk: poor, reason: 'out' })
  for (let n = 0; n < 50; n++)
    assert.match(
      floor.place(carl, () => 0.2),
      /t_good/,
    )
})

test('a caller ID that is answered far less than the others rests, comes back, and is not the last to rest', () => {
  const callerIds = ['+862155550001', '+862155550002', '+862155550003']
  const floor = new LineFloor([
    trunkOf(good, { callerIds, callerIdShares: [{ callerId: callerIds[0]!, minShare: 0.3, maxShare: 1 }] }),
  ])
  const tired = () => floor.state.lines.callerId(good, callerIds[0]!)!
  let calls = 0
  while (tired() === null || tired().restingUntil === 0) {
    floor.place(carl, (_, callerId) => (callerId === callerIds[0] ? 0.02 : 0.5))
    assert.ok(++calls < 1_000, 'it is found within a thousand calls')
  }
  assert.equal(tired().restReason, 'below_others')
  const until = tired().restingUntil
  while (floor.clock.now() < until)
    assert.notEqual(
      floor.place(carl, () => 0.5),
      `${good} ${callerIds[0]}`,
    )
  const back = Array.from({ length: 40 }, () => floor.place(carl, () => 0.5))
  assert.ok(back.includes(`${good} ${callerIds[0]}`), 'after its rest it is used again')
})

test('a caller ID that called too often in an hour rests; with one left the calls go on', () => {
  const floor = new LineFloor([trunkOf(good, { callerIds: ['1001', '1002'] })])
  floor.state.lines.rules = { ...floor.state.lines.rules, callsPerHourMax: 5 }
  for (let n = 0; n < 40; n++) floor.place(carl, () => 0.3)
  const resting = ['1001', '1002'].filter(id => floor.state.lines.callerId(good, id)!.restingUntil > floor.clock.now())
  assert.equal(resting.length, 1)
  assert.equal(floor.state.lines.callerId(good, resting[0]!)!.lastHour.at(floor.clock.now()), 5)
})

test('the callee sees a number of the own city where there is one', () => {
  const callerIds = ['02155550001', '01055550001', '075555550001']
  const floor = new LineFloor([trunkOf(good, { callerIds })])
  floor.do({ type: 'records.committed', facts: [{ type: 'attribution.added', rows: [[1_381_234, 755]] }] })
  const used = (number: string) => floor.place(number, () => 0.3).split(' ')[1]
  for (let n = 0; n < 8; n++) {
    assert.equal(used('+861062345678'), '01055550001')
    assert.equal(used(carl), '075555550001')
  }
  floor.do({ type: 'records.committed', facts: [{ type: 'attribution.cleared' }] })
  const turns = new Set(Array.from({ length: 3 }, () => used(carl)))
  assert.equal(turns.size, 3, 'without a table the mobile’s city is not known, and they take turns')
})

test('the measures of a line: connect rate, delay, short calls, results, by trunk, caller ID, prefix and hour', () => {
  const floor = new LineFloor([trunkOf(good, { callerIds: ['1001'] })])
  for (let n = 0; n < 20; n++) floor.place(carl, () => (n % 2 === 0 ? 1 : 0), n % 4 === 0 ? 5_000 : 60_000)
  const { lines } = floor.state
  const trunk = lines.trunks.get(good)!.lately
  const near = (value: number, wanted: number) =>
    assert.ok(Math.abs(value - wanted) <= 0.005 * wanted, `${value}, not ${wanted}`)
  near(trunk.answered / trunk.outcomes, 0.5)
  near(trunk.delayMs / trunk.delays, 200)
  assert.ok(Math.abs(trunk.short / trunk.connected - 0.5) < 0.05)
  for (const tally of [lines.callerId(good, '1001')!.lately, lines.prefix(good, '+8613812349999')!, lines.hours[10]!])
    near(tally.dialled, trunk.dialled)
  assert.equal(prefixOf('+862155550001'), '021')
  assert.equal(prefixOf('+8675555550001'), '0755')
})

test('the same calls give the same lines', () => {
  const run = () => {
    const floor = new LineFloor([trunkOf(good), trunkOf(poor)])
    return Array.from({ length: 300 }, () => floor.place(carl, () => 0.3))
  }
  assert.deepEqual(run(), run())
})

test('areas: land lines say them, mobiles need the table, services have none', () => {
  const mobiles = new MobileAreas(packedAreas([{ prefix: 1_380_013, area: 10 }]))
  const areas = [
    '+861062345678',
    '+862155550001',
    '+8675512345678',
    '+869515551234',
    '+8613800138000',
    '+8613900138000',
  ]
  assert.deepEqual(
    areas.map(number => areaOf(number, mobiles)),
    [10, 21, 755, 951, 10, 0],
  )
  assert.deepEqual(
    ['95588', '4008888888', '+85221234567', '021-55550001'].map(number => areaOfShown(number, mobiles)),
    [0, 0, 0, 21],
  )
  assert.equal(mobiles.count, 1)
})

test('counts fade, an hour passes, and a clock that is set takes nothing away', () => {
  const tally = new LineTally(1_000)
  tally.noteDialled(0)
  tally.noteDialled(1_000)
  assert.ok(Math.abs(tally.dialled - (1 + Math.exp(-1))) < 1e-12)
  tally.shift(5_000)
  assert.equal(tally.worth(6_000), 1)
  const hour = new HourCount()
  const minute = 60_000
  for (let at = 0; at < 60; at++) hour.note(1e9 + at * minute)
  assert.ok(hour.at(1e9 + 59 * minute) >= 55)
  assert.equal(hour.at(1e9 + 200 * minute), 0)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { faultOfRecall, nextAttempt, type RecallRules, recallDefault } from './recall.ts'

const shanghai = 'Asia/Shanghai'
const at = (text: string) => Date.parse(`${text}:00+08:00`)

test('who was not reached is called again two hours later, in another part of the day, and on the next day', () => {
  const first = at('2026-11-24T09:00')
  const next = (attempts: string[], now: string) =>
    nextAttempt(attempts.map(at), recallDefault, { now: at(now), zone: shanghai })
  assert.deepEqual(next([], '2026-11-24T09:00'), { type: 'now' })
  assert.deepEqual(next(['2026-11-24T09:00'], '2026-11-24T09:01'), { type: 'later', at: at('2026-11-24T12:00') })
  assert.equal(first + recallDefault.gapMs < at('2026-11-24T12:00'), true)
  assert.deepEqual(next(['2026-11-24T11:00'], '2026-11-24T12:30'), { type: 'later', at: at('2026-11-24T13:00') })
  const day = ['2026-11-24T09:00', '2026-11-24T13:00', '2026-11-24T18:00']
  assert.deepEqual(next(day, '2026-11-24T20:30'), { type: 'later', at: at('2026-11-25T08:30') })
  // Nobody called on the 25th: that day is not lost.
  assert.deepEqual(next(day, '2026-11-26T09:00'), { type: 'now' })
  const other = ['2026-11-25T09:00', '2026-11-25T13:00', '2026-11-25T18:00']
  assert.deepEqual(next([...day, ...other], '2026-11-26T09:00'), { type: 'over' })
  assert.deepEqual(next([...day, ...other], '2026-11-25T18:01'), { type: 'over' })
})

test('outside all slots nobody is called, and the answer says from when', () => {
  const next = nextAttempt([], recallDefault, { now: at('2026-11-24T21:00'), zone: shanghai })
  assert.deepEqual(next, { type: 'later', at: at('2026-11-25T08:30') })
})

const slots = fc.constantFrom(
  recallDefault.slots,
  [
    { from: '00:30', to: '03:30' },
    { from: '09:00', to: '18:00' },
  ], // across the hours at which clocks are put forward
  [
    { from: '08:00', to: '10:00' },
    { from: '10:00', to: '20:00' },
    { from: '20:30', to: '23:59' },
  ],
)
const rules: fc.Arbitrary<RecallRules> = fc
  .record({
    perDay: fc.integer({ min: 1, max: 3 }),
    gapMs: fc.integer({ min: 0, max: 24 }).map(hours => hours * 3_600_000),
    slots,
    otherSlot: fc.boolean(),
    days: fc.integer({ min: 1, max: 4 }),
  })
  .filter(each => faultOfRecall(each) === null)
const zones = [
  'Asia/Shanghai',
  'America/New_York',
  'Europe/London',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'America/Sao_Paulo',
]
// Around days on which clocks are changed, a leap day and the end of a year.
const begins = ['2026-03-07', '2026-03-28', '2026-10-03', '2026-10-31', '2028-02-28', '2026-12-30', '2026-11-24'].map(
  day => Date.parse(`${day}T00:00:00Z`),
)

test('by these rules nobody is called too often, too soon, twice in a part of the day or on too many days, in any zone', () => {
  fc.assert(
    fc.property(
      rules,
      fc.constantFrom(...zones),
      fc.constantFrom(...begins),
      fc.array(fc.nat({ max: 20 * 3_600_000 }), { minLength: 12, maxLength: 12 }),
      (given, zone, begin, waits) => {
        const made: number[] = []
        let now = begin
        let over = false
        for (const wait of waits) {
          const next = nextAttempt(made, given, { now, zone })
          if (next.type === 'over') {
            over = true
            break
          }
          if (next.type === 'later') {
            assert.ok(next.at > now && next.at < now + 4 * 86_400_000)
            // At the instant that was told it may be done, and a moment earlier it may not.
            assert.equal(nextAttempt(made, given, { now: next.at, zone }).type, 'now')
            assert.equal(nextAttempt(made, given, { now: next.at - 1, zone }).type, 'later')
            now = next.at
          }
          made.push(now)
          now += wait
        }
        const local = made.map(each => Temporal.Instant.fromEpochMilliseconds(each).toZonedDateTimeISO(zone))
        const days = new Map<string, typeof local>()
        for (const each of local)
          days.set(each.toPlainDate().toString(), [...(days.get(each.toPlainDate().toString()) ?? []), each])
        assert.ok(days.size <= given.days, 'too many days')
        for (const each of days.values()) {
          assert.ok(each.length <= given.perDay, 'too many a day')
          const within = each.map(one => given.slots.findIndex(({ from, to }) => clock(one) >= from && clock(one) < to))
          assert.ok(!within.includes(-1), 'outside all slots')
          if (given.otherSlot) assert.equal(new Set(within).size, within.length, 'a slot twice')
        }
        for (const [n, each] of made.entries()) if (n > 0) assert.ok(each - made[n - 1]! >= given.gapMs, 'too soon')
        if (over) assert.ok(days.size === given.days, 'given up before the last day')
      },
    ),
    { numRuns: 500, seed: 32 },
  )
})

function clock(at: Temporal.ZonedDateTime): string {
  return at.toPlainTime().toString().slice(0, 5)
}

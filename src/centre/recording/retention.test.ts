import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { localDay } from '../numbers/zone.ts'
import { keptUntil, longest, mayGoBefore, type Period } from './retention.ts'

const shanghai = 'Asia/Shanghai'
const at = (text: string) => Date.parse(text)
const years = (n: number): Period => ({ n, of: 'YEAR' })
const days = (n: number): Period => ({ n, of: 'DAY' })

test('what was sealed on a day is kept through the same day years later, by the clock of the centre', () => {
  const may = at('2027-01-02T00:00:00+08:00')
  for (const sealed of ['2022-01-01T00:00:00+08:00', '2022-01-01T23:59:59+08:00'])
    assert.equal(keptUntil(at(sealed), years(5), shanghai), may)
  assert.equal(keptUntil(at('2021-12-31T23:59:59+08:00'), years(5), shanghai), may - 86_400_000)
  assert.equal(keptUntil(at('2022-01-01T12:00:00+08:00'), days(30), shanghai), at('2022-02-01T00:00:00+08:00'))
})

test('the 29th of February ends with February where there is none, and is a day of its own where there is', () => {
  const sealed = at('2024-02-29T10:00:00+08:00')
  assert.equal(keptUntil(sealed, years(3), shanghai), at('2027-03-01T00:00:00+08:00'))
  assert.equal(keptUntil(sealed, years(4), shanghai), at('2028-03-01T00:00:00+08:00'))
  assert.equal(keptUntil(at('2023-02-28T10:00:00+08:00'), years(5), shanghai), at('2028-02-29T00:00:00+08:00'))
})

test('a day that begins at one o’clock, and a day that a place never had, are days all the same', () => {
  // Brazil put its clocks forward at midnight of 4 November 2018; Samoa had no 30 December 2011.
  assert.equal(keptUntil(at('2018-11-02T12:00:00Z'), days(1), 'America/Sao_Paulo'), at('2018-11-04T03:00:00Z'))
  assert.equal(keptUntil(at('2011-12-28T12:00:00-10:00'), days(1), 'Pacific/Apia'), at('2011-12-30T10:00:00Z'))
})

test('of several periods the one that keeps the longest holds, days and years alike', () => {
  const now = at('2026-11-24T12:00:00+08:00')
  assert.deepEqual(longest([days(400), years(1), days(30)], now, shanghai), days(400))
  assert.deepEqual(longest([days(365), years(1)], at('2028-06-01T12:00:00+08:00'), shanghai), years(1))
  assert.equal(longest([], now, shanghai), null)
})

const zones = [
  ...[shanghai, 'UTC', 'America/St_Johns', 'America/Sao_Paulo', 'Pacific/Apia', 'Pacific/Kiritimati'],
  ...['Asia/Kathmandu', 'Australia/Lord_Howe', 'Africa/Cairo', 'Europe/London', 'Pacific/Honolulu', 'Asia/Tehran'],
]
const instants = fc
  .oneof(
    fc.integer({ min: at('2000-01-01T00:00:00Z'), max: at('2060-01-01T00:00:00Z') }),
    // Around the ends of February, and of years.
    fc
      .record({
        year: fc.integer({ min: 2000, max: 2059 }),
        month: fc.constantFrom(0, 1, 2),
        ms: fc.integer({ min: -172_800_000, max: 172_800_000 }),
      })
      .map(({ year, month, ms }) => Date.UTC(year, month, 1) + ms),
  )
  .filter(ms => ms > 0)
const periods = fc.oneof(
  fc.integer({ min: 1, max: 50 }).map(years),
  fc.integer({ min: 1, max: 4000 }).map(days),
) as fc.Arbitrary<Period>

test('whatever the date, the zone and the period: nothing goes early, all goes within a day, and both ways of asking agree', () => {
  fc.assert(
    fc.property(
      instants,
      fc.constantFrom(...zones),
      periods,
      fc.integer({ min: -3, max: 3 }),
      (sealed, zone, period, off) => {
        const until = keptUntil(sealed, period, zone)
        const sealedDay = localDay(zone, sealed)
        const keptDays = localDay(zone, until) - sealedDay
        const least = period.of === 'DAY' ? period.n : Math.floor(period.n * 365.2425) - 1
        assert.ok(keptDays > least, `${keptDays} days of ${least}`)
        assert.ok(keptDays <= least + 5, `${keptDays} days of ${least}`)
        assert.ok(localDay(zone, until - 1) < localDay(zone, until), 'it is the first instant of a day')
        for (const now of [until - 1, until, until + off * 43_200_000 + off])
          assert.equal(
            sealed < mayGoBefore(now, period, zone),
            until <= now,
            `${zone}, now ${new Date(now).toISOString()}`,
          )
        assert.ok(keptUntil(sealed + 1, period, zone) >= until, 'what is sealed later is kept at least as long')
      },
    ),
    { numRuns: 1500 },
  )
})

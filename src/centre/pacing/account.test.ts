import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '../../lib/random.ts'
import { AbandonAccount } from './account.ts'
import { QuarterHour } from './quarter.ts'

const secondMs = 1_000
/** A live answer each half second: 1,800 in a quarter of an hour. */
const eachMs = 500
const perMs = 1 / eachMs

test('a quarter of an hour without trouble allows more than the limit of the day; one that fills up allows less and less', () => {
  const quarter = new QuarterHour()
  let now = 0
  const hear = (count: number, abandonedOf: number) => {
    for (let n = 0; n < count; n++, now += eachMs) quarter.note(n % abandonedOf === abandonedOf - 1, now)
    return quarter.allowed(now, perMs, 0.03)
  }
  assert.ok(hear(1_800, 50) > 0.03, 'at 2 %')
  const bad = hear(600, 15)
  const worse = hear(600, 15)
  assert.ok(bad < 0.03 && worse < bad && worse >= 0, `${bad} ${worse}`)
  now += 15 * 60 * secondMs
  assert.ok(
    quarter.allowed(now, perMs, 0.03) > 2 * worse + 0.02,
    'what is over is forgotten after a quarter of an hour',
  )
})

test('few calls are held to their limit by chance, not by their share: one lost of ten stops nobody', () => {
  const quarter = new QuarterHour()
  for (let n = 0; n < 10; n++) quarter.note(n === 9, n * 60 * secondMs)
  assert.ok(quarter.allowed(600 * secondMs, 1 / 60_000, 0.03) >= 0.03)
})

test('the threshold falls at once as a quarter of an hour fills up, keeps a part of itself, and comes back', () => {
  const account = new AbandonAccount(0.03)
  let now = 0
  for (let n = 0; n < 4_000; n++, now += eachMs) account.note(n % 40 === 39, now)
  assert.equal(account.thetaAt(now), account.theta)
  for (let n = 0; n < 40; n++, now += eachMs) account.note(true, now)
  assert.ok(account.thetaAt(now) < account.theta / 2, `${account.thetaAt(now)} of ${account.theta}`)
  assert.ok(account.thetaAt(now) > 0)
  for (let n = 0; n < 2_400; n++, now += eachMs) account.note(false, now)
  assert.equal(account.thetaAt(now), account.theta)
})

test('where more is abandoned the higher the threshold is, the day ends at its limit and the first hour is not over it', () => {
  for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
    const random = seededRandom(seed)
    const account = new AbandonAccount(0.03)
    const rates: number[] = []
    let now = 0
    for (let n = 1; n <= 12_000; n++, now += 2 * secondMs) {
      account.note(random() < Math.min(1, 3 * account.thetaAt(now)), now)
      if (n === 1_800 || n === 12_000) rates.push(account.abandoned / n)
    }
    assert.ok(rates[0]! < 0.0305 && rates[1]! <= 0.03 && rates[1]! > 0.027, `seed ${seed}: ${rates}`)
  }
})

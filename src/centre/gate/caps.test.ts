import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { CallId } from '../../lib/ids.ts'
import { dateOf, dayOf, monthsBefore } from '../numbers/day.ts'
import { zonesOf } from '../numbers/zone.ts'
import type { Limit } from '../policy/policy.ts'
import { countCap, windowStart } from './caps.ts'
import { type Contact, packContacts } from './contact-columns.ts'
import { Counters } from './counters.ts'

const parties: Record<string, string> = { '+8613800000001': 'carl', '+8613800000002': 'carl', '+12025550123': 'dora' }
const numbers = Object.keys(parties)
const limits: Limit[] = [
  { unit: 'ATTEMPT', key: ['NUMBER'], window: { type: 'DAY' }, max: 3, effect: 'BLOCK' },
  { unit: 'CONVERSATION', key: ['PARTY'], window: { type: 'DAY' }, max: 2, effect: 'BLOCK' },
  { unit: 'ATTEMPT', key: ['PARTY'], window: { type: 'ROLL', n: 7, of: 'DAY' }, max: 4, effect: 'BLOCK' },
  { unit: 'CONNECT', key: ['PARTY'], window: { type: 'ROLL', n: 1, of: 'MONTH' }, max: 3, effect: 'BLOCK' },
  { unit: 'CONVERSATION', key: ['PARTY'], window: { type: 'REST', n: 7 }, max: 0, effect: 'BLOCK' },
]
/** A wish to call: how long after the one before, whom, and what comes of it; talks end an hour later, and so may lie over midnight. */
const wish = fc.record({
  afterMs: fc.oneof(fc.integer({ min: 1, max: 3_600_000 }), fc.integer({ min: 3_600_000, max: 3 * 86_400_000 })),
  number: fc.constantFrom(...numbers),
  comesTo: fc.constantFrom('nothing' as const, 'answer' as const, 'talk' as const),
})
/** Before midnights, the ends of months, and both changes of the clock in New York. */
const starts = ['2026-10-31T22:00Z', '2026-03-07T12:00Z', '2026-01-30T15:00Z', '2026-02-27T15:59Z', '2026-12-31T15:00Z']

test('whatever is dialled, no window of any cap ever holds more than it may, and one more is let in when a refusal said', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...limits),
      fc.constantFrom(...starts),
      fc.array(wish, { maxLength: 40 }),
      (limit, start, wishes) => {
        const counters = new Counters()
        counters.needMs = 100 * 86_400_000
        const made: Contact[] = []
        let now = Date.parse(start)
        for (const [n, { afterMs, number, comesTo }] of wishes.entries()) {
          now += afterMs
          const request = { number, party: parties[number]!, debt: null }
          const zones = zonesOf(number)
          const count = countCap(counters, limit, request, zones, now)!
          if (count.freeAt !== null) {
            assert.ok(count.freeAt > now, 'a refusal names a later instant')
            assert.equal(
              countCap(counters, limit, request, zones, count.freeAt)!.freeAt,
              null,
              'time alone lifts it then',
            )
            continue
          }
          made.push(call(counters, n, { number, party: parties[number]!, comesTo, now }))
          assertWithin(limit, request, made, zones)
        }
      },
    ),
    { numRuns: 300 },
  )
})

test('two campaigns at once cannot both use the last place: a call on its way counts as the talk it may become', () => {
  const counters = new Counters()
  counters.needMs = 86_400_000
  const limit: Limit = { unit: 'CONVERSATION', key: ['PARTY'], window: { type: 'DAY' }, max: 1, effect: 'BLOCK' }
  const now = Date.parse('2026-11-24T02:00Z')
  const ask = (number: string, at: number) =>
    countCap(counters, limit, { number, party: 'carl', debt: null }, zonesOf(number), at)!.freeAt
  assert.equal(ask('+8613800000001', now), null)
  dial(counters, 'c_1', '+8613800000001', 'carl', now)
  assert.ok(ask('+8613800000002', now) !== null, 'his other number rings in vain for the other campaign')
  counters.follow({ type: 'call.ended', call: 'c_1' as CallId, ending: never }, now + 1_000)
  assert.equal(ask('+8613800000002', now + 1_000), null, 'nobody answered: the place is free again')
})

test('a day is that of the callee, 23 or 25 hours long, and a month before 31 March is the last of February', () => {
  const hours = (zone: string, at: string) => {
    const { from, to } = dayOf(zone, Date.parse(at))
    return (to - from) / 3_600_000
  }
  assert.deepEqual(
    ['2026-03-08T12:00Z', '2026-11-01T12:00Z', '2026-06-01T12:00Z'].map(at => hours('America/New_York', at)),
    [23, 25, 24],
  )
  assert.equal(dateOf('Asia/Shanghai', monthsBefore('Asia/Shanghai', Date.parse('2026-03-31T04:00Z'), 1)), '2026-02-28')
})

test('what memory does not reach back to is not known', () => {
  const counters = new Counters()
  counters.needMs = 86_400_000
  const now = Date.parse('2026-11-24T02:00Z')
  counters.since = now - 3_600_000
  const request = { number: numbers[0]!, party: null, debt: null }
  assert.equal(countCap(counters, limits[0]!, request, ['Asia/Shanghai'], now), null)
  assert.ok(counters.lacks(now))
  counters.load(packContacts([]), now - 86_400_000, () => false)
  assert.deepEqual(countCap(counters, limits[0]!, request, ['Asia/Shanghai'], now), { used: 0, freeAt: null })
})

const never = { by: 'system', cause: 'cancelled', result: 'CANCELLED', sipStatus: null, q850: null } as const

function dial(counters: Counters, id: string, number: string, party: string, at: number): void {
  const about = { campaign: null, lead: null, name: null, relation: null, agent: null, agentLeg: null }
  const way = {
    trunk: 't',
    callerId: '1',
    leg: 'l',
    verdict: { policy: 'P', version: '1', rules: [] },
    mode: 'predictive',
  }
  counters.follow({ type: 'call.dialed', call: id, number, party, ...about, ...way } as never, at)
}

/** Dialled now; answered after 10 s, talked on after 11 s and for an hour, or nobody there. The naive book is kept apart. */
function call(
  counters: Counters,
  n: number,
  {
    number,
    party,
    comesTo,
    now,
  }: { number: string; party: string; comesTo: 'nothing' | 'answer' | 'talk'; now: number },
): Contact {
  const id = `c_${n}` as CallId
  dial(counters, id, number, party, now)
  const answeredAt = comesTo === 'nothing' ? null : now + 10
  const connectedAt = comesTo === 'talk' ? now + 11 : null
  if (answeredAt !== null) counters.follow({ type: 'call.answered', call: id }, answeredAt)
  if (connectedAt !== null) counters.follow({ type: 'call.connected', call: id, agent: 'u' as never }, connectedAt)
  counters.follow({ type: 'call.ended', call: id, ending: never }, now + 12)
  const times = { startedAt: now, answeredAt, connectedAt, abandonedAt: null, endedAt: now + 12 }
  return { call: id, number, party, debt: null, mode: 'predictive', ...times }
}

/** The oracle: over the whole history, every window that ends at an event holds no more than the cap; a rest, nothing but its event. */
function assertWithin(
  limit: Limit,
  request: { number: string; party: string },
  made: Contact[],
  zones: readonly string[],
): void {
  const mine = made.filter(each =>
    limit.key.includes('PARTY') ? each.party === request.party : each.number === request.number,
  )
  const events = mine
    .map(each =>
      limit.unit === 'ATTEMPT' ? each.startedAt : limit.unit === 'CONNECT' ? each.answeredAt : each.connectedAt,
    )
    .filter(at => at !== null)
  for (const end of events) {
    if (limit.window.type === 'DAY') {
      for (const zone of zones) {
        const day = dateOf(zone, end)
        assert.ok(events.filter(at => dateOf(zone, at) === day).length <= limit.max, `${day}: more than ${limit.max}`)
      }
    } else {
      const from = windowStart(limit.window, zones, end)
      const within = events.filter(at => at >= from && at <= end).length
      assert.ok(within <= Math.max(1, limit.max), `${within} within a window of ${JSON.stringify(limit.window)}`)
    }
  }
}

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CallId } from '../../lib/ids.ts'
import { seededRandom } from '../../lib/random.ts'
import { campaignModes } from '../entities.ts'
import type { Fact } from '../facts.ts'
import { type Contact, packContacts } from './contact-columns.ts'
import { type Counted, Counters, keysOf } from './counters.ts'

const dayMs = 86_400_000
const began = Date.UTC(2026, 10, 24)

/** A book kept beside the counters: a plain list of plain objects. */
class Book {
  readonly all: Contact[] = []
  readonly counters = new Counters()
  readonly #random = seededRandom(11)
  #serial = 0

  constructor(needMs: number) {
    this.counters.needMs = needMs
  }

  chance(of: number): number {
    return Math.floor(this.#random() * of)
  }

  dial(at: number): Contact {
    const number = `+86138${String(this.chance(40_000)).padStart(8, '0')}`
    const party = this.chance(3) === 0 ? null : `L-${this.chance(30_000)}`
    const debt = this.chance(2) === 0 ? null : `D-${this.chance(5)}`
    const mode = campaignModes[this.chance(5)]!
    const call = `c_${this.#serial++}` as CallId
    const nothing = { answeredAt: null, connectedAt: null, abandonedAt: null, endedAt: null }
    const contact: Contact = { call, number, party, debt, mode, startedAt: at, ...nothing }
    this.all.push(contact)
    this.tell({ type: 'call.dialed', call, number, party, debt, mode } as Fact, at)
    return contact
  }

  tell(fact: Fact, at: number): void {
    this.counters.follow(fact, at)
  }

  /** What comes of a call, all of it within the minute. */
  come(contact: Contact): void {
    const { call, startedAt } = contact
    const step = (type: string, ms: number) => {
      this.tell({ type, call } as Fact, startedAt + ms)
      return startedAt + ms
    }
    const fate = this.chance(5)
    if (fate > 1) contact.answeredAt = step('call.answered', 5_000)
    if (fate === 3) contact.connectedAt = step('call.connected', 6_000)
    if (fate === 4) contact.abandonedAt = step('call.abandoned', 7_000)
    if (fate > 0) contact.endedAt = step('call.ended', 30_000)
  }

  assertSame(from: number, times: number, all = this.all): void {
    for (let n = 0; n < times; n++) {
      const { number, party } = all[this.chance(all.length)]!
      const mine = all.filter(
        each => each.startedAt >= from && (each.number === number || (party !== null && each.party === party)),
      )
      const found = this.counters.of(keysOf({ number, party, debt: null })).filter(each => each.startedAt >= from)
      assert.deepEqual(sorted(found), sorted(mine.map(counted)))
    }
  }
}

const sorted = (list: readonly Counted[]) => list.map(each => JSON.stringify(each)).sort()

function counted(contact: Contact): Counted {
  const { mode, startedAt, answeredAt, connectedAt, abandonedAt } = contact
  const { number, party, debt } = keysOf(contact)
  return {
    number,
    party,
    debt,
    mode,
    startedAt,
    answeredAt,
    connectedAt,
    abandonedAt,
    isOver: contact.endedAt !== null,
  }
}

test('packed in columns, counters say what a plain list says, over several chunks and a growing index', () => {
  const book = new Book(90 * dayMs)
  for (let n = 0; n < 100_000; n++) book.come(book.dial(began + n * 40))
  assert.equal(book.counters.size, 100_000)
  book.assertSame(0, 10)
})

test('what is older than every window is forgotten a chunk at a time, and nothing that a window holds', () => {
  const book = new Book(dayMs)
  const everyMs = (5 * dayMs) / 120_000
  for (let n = 0; n < 120_000; n++) book.come(book.dial(began + Math.floor(n * everyMs)))
  const now = began + 5 * dayMs
  assert.equal(book.counters.size, 120_000 - 1_024 - 4_096 - 16_384, 'the first three chunks are gone')
  assert.ok(!book.counters.lacks(now))
  assert.ok(book.counters.since > Number.NEGATIVE_INFINITY, 'it knows that it does not know what is gone')
  book.assertSame(
    now - 2 * dayMs,
    60,
    book.all.filter(each => each.startedAt >= now - 2 * dayMs),
  )
})

test('what the store tells comes before what is here; what was under way goes on, what is not any more counts as a talk', () => {
  const book = new Book(0)
  const before: Contact[] = []
  for (let n = 0; n < 70_000; n++) before.push(book.dial(began + n))
  assert.equal(book.counters.size, 0, 'no policy needs it')
  for (const contact of before.slice(0, -3)) contact.endedAt = contact.startedAt + 1
  const [ringing, lost, other] = before.slice(-3) as [Contact, Contact, Contact]
  other.endedAt = other.startedAt
  book.counters.needMs = dayMs
  const start = began + 10 * 3_600_000
  assert.ok(book.counters.lacks(start))
  for (let n = 0; n < 2_000; n++) book.dial(start + n)
  const last = book.all.at(-1)!
  // The store's answer holds some of those as well.
  const told = packContacts(book.all.slice(0, -500).map(each => ({ ...each })))
  const live = new Set([ringing.call, ...book.all.slice(before.length).map(each => each.call)])
  book.counters.load(told, began - 2 * dayMs, call => live.has(call))
  assert.ok(!book.counters.lacks(start))
  Object.assign(lost, { answeredAt: lost.startedAt, connectedAt: lost.startedAt, endedAt: lost.startedAt })
  book.assertSame(0, 10)
  for (const contact of [ringing, last]) {
    book.tell({ type: 'call.answered', call: contact.call } as Fact, start + 9_000)
    book.tell({ type: 'call.ended', call: contact.call } as Fact, start + 9_500)
    Object.assign(contact, { answeredAt: start + 9_000, endedAt: start + 9_500 })
  }
  book.assertSame(0, 10)
})

test('numbers, people and loans keep apart; what is not known is no one', () => {
  const keys = (number: string, party: string | null, debt: string | null = null) => keysOf({ number, party, debt })
  const seen = new Set<number>()
  for (let n = 0; n < 300_000; n++) seen.add(keys('+8613800000001', `ref-${n}`).party)
  assert.equal(seen.size, 300_000)
  assert.deepEqual(keys('+8613800000001', ''), { number: 8_613_800_000_001, party: 0, debt: 0 })
  assert.notEqual(keys('12', null).number, keys('+12', null).number)
  for (const key of seen) assert.ok(Number.isSafeInteger(key) && key > 0)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { callResults, type LeadPhone, type RetryRule, relations } from '../entities.ts'
import { dayPart } from '../numbers/day-part.ts'
import { localTime } from '../numbers/zone.ts'
import { candidatePhones } from './lead.ts'
import { defaultRetries, retryAfter } from './retry.ts'

const hour = 3_600_000
const plain = { retries: [] as RetryRule[] }
const phones = (count: number): LeadPhone[] =>
  Array.from({ length: count }, (_, n) => ({ number: `+861380000000${n}`, relation: 'SELF' }))
const lead = (attempts: number, count = 1) => ({ attempts, phones: phones(count) })
const first = phones(1)[0]!.number
const after = (of: typeof plain, tried: ReturnType<typeof lead>, result: (typeof callResults)[number], now = 0) =>
  retryAfter(of, tried, { result, number: first }, now)

test('three attempts fill a day, and the rule of the campaign comes before the usual one', () => {
  assert.equal(after(plain, lead(1), 'BUSY').dueAt, 600_000)
  assert.equal(after(plain, lead(3), 'BUSY').dueAt, 24 * hour)
  assert.equal(after(plain, lead(9), 'BUSY').state, 'exhausted')
  assert.equal(after(plain, lead(30), 'CONGESTION').dueAt, 300_000, 'the network is at fault')
  const own = { retries: [{ result: 'BUSY' as const, delayMs: 5, max: 2 }] }
  assert.deepEqual([after(own, lead(1), 'BUSY').dueAt, after(own, lead(2), 'BUSY').state], [5, 'exhausted'])
})

test('a number that is not there is remembered, and the next one is tried until none is left', () => {
  const party = lead(1, 3)
  const bad: string[] = []
  for (let attempt = 1; attempt <= 3; attempt++) {
    const [phone] = candidatePhones({ ...party, attempts: attempt - 1, bad })
    assert.ok(!bad.includes(phone!.number), 'it is not dialled again')
    const back = retryAfter(plain, { ...party, attempts: attempt, bad }, { result: 'VACANT', number: phone!.number }, 0)
    assert.deepEqual([back.bad, back.state], [phone!.number, attempt < 3 ? 'ready' : 'exhausted'])
    bad.push(back.bad!)
  }
  assert.deepEqual(candidatePhones({ ...party, bad }), [])
})

test('one tone does not rest a number for ever: it is tried the next day, and the second fax there ends it, by the rule or the usual one', () => {
  const tried = { result: 'FAX' as const, number: first }
  assert.deepEqual(retryAfter(plain, lead(7), tried, 0), { state: 'ready', dueAt: 24 * hour, next: null })
  const again = { ...lead(8), faxes: [first] }
  assert.deepEqual(retryAfter(plain, again, tried, 0), { state: 'exhausted', dueAt: null, next: null, bad: first })
  const another = { ...lead(8, 2), faxes: [phones(2)[1]!.number] }
  assert.equal(retryAfter(plain, another, tried, 0).bad, undefined, 'heard at another number')
  assert.equal(retryAfter(plain, { ...another, faxes: [first] }, tried, 0).state, 'ready', 'the other number is left')
  const [own1, own2] = phones(2).map(phone => phone.number)
  assert.deepEqual(
    retryAfter(plain, lead(7, 2), { ...tried, number: own1! }, 0),
    { state: 'ready', dueAt: 60_000, next: own2 },
    'of the other nothing is known',
  )
  assert.equal(retryAfter(plain, lead(6, 2), { ...tried, number: own1! }, 0).dueAt, 24 * hour, 'three a day at most')
  const own = (max: number) => ({ retries: [{ result: 'FAX' as const, delayMs: hour, max }] })
  assert.equal(retryAfter(own(3), lead(7, 2), { ...tried, number: own1! }, 0).dueAt, hour)
  assert.equal(retryAfter(own(1), lead(1), tried, 0).bad, first)
  assert.equal(retryAfter(own(3), again, tried, 0).dueAt, hour)
})

test('numbers are tried in the order of relation, and where a callback was agreed first', () => {
  const mixed: LeadPhone[] = (['CONTACT', 'SELF', 'WORKPLACE', 'SELF', 'GUARANTOR'] as const).map((relation, n) => ({
    number: `+861380000000${n}`,
    relation,
  }))
  const order = (more: object = {}) =>
    candidatePhones({ phones: mixed, attempts: 0, ...more }).map(phone => Number(phone.number.at(-1)))
  assert.deepEqual(order(), [1, 3, 4, 2, 0])
  assert.deepEqual(order({ attempts: 1 }), [3, 1, 4, 2, 0])
  assert.deepEqual(order({ bad: [mixed[1]!.number] }), [3, 4, 2, 0])
  assert.deepEqual(order({ next: mixed[2]!.number }), [2, 1, 3, 4, 0])
  const agreed = { callback: 'cb_1', callbackNumber: mixed[4]!.number, next: mixed[2]!.number }
  assert.deepEqual(order({ ...agreed, next: null }), [4, 1, 3, 2, 0])
  assert.deepEqual(order(agreed), [2, 1, 3, 4, 0], 'when it was tried there, the retry rule has the next word')
})

test('another part of the day is the callee’s own, in another time zone too', () => {
  const rule = { result: 'NO_ANSWER' as const, delayMs: 2 * hour, max: 9, otherSlot: true }
  const at = (number: string, now: number) =>
    retryAfter({ retries: [rule] }, lead(1), { result: 'NO_ANSWER', number }, now).dueAt!
  const nineInShanghai = Date.UTC(2026, 10, 24, 1)
  assert.equal(at('+8613800000000', nineInShanghai), Date.UTC(2026, 10, 24, 4), 'noon, not eleven')
  const eightInTheEvening = Date.UTC(2026, 10, 24, 12)
  assert.equal(at('+8613800000000', eightInTheEvening), Date.UTC(2026, 10, 25, 0), 'eight the next morning')
  assert.equal(at('+447700900000', Date.UTC(2026, 10, 24, 9)), Date.UTC(2026, 10, 24, 12), 'noon in London')
})

const anyRule: fc.Arbitrary<RetryRule> = fc.record(
  {
    result: fc.constantFrom(...callResults),
    delayMs: fc.integer({ min: 60_000, max: 30 * 24 * hour }),
    max: fc.integer({ min: 0, max: 20 }),
    // biome-ignore lint/suspicious/noThenProperty: the word of the contract
    then: fc.constantFrom('same' as const, 'next_number' as const),
    otherSlot: fc.boolean(),
  },
  { requiredKeys: ['result', 'delayMs', 'max'] },
)

test('whatever the rules: never more than the maximum, never sooner than the delay, the other number next', () => {
  fc.assert(
    fc.property(
      fc.array(anyRule, { maxLength: 6 }),
      fc.array(fc.constantFrom(...relations), { minLength: 1, maxLength: 5 }),
      fc.array(fc.constantFrom(...callResults), { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 0, max: 400 * 24 }).map(hours => Date.UTC(2026, 0, 1) + hours * hour),
      (retries, all, results, start) => {
        const numbers = all.map((relation, n): LeadPhone => ({ number: `+861380000000${n}`, relation }))
        let now = start
        let next: string | null = null
        const bad: string[] = []
        const faxes: string[] = []
        for (const [at, result] of results.entries()) {
          const attempts = at + 1
          const phone: LeadPhone | undefined = candidatePhones({ phones: numbers, attempts: at, bad, next })[0]
          assert.ok(phone !== undefined && !bad.includes(phone.number), 'a bad number is not dialled')
          if (next !== null) assert.equal(phone.number, next)
          const tried = { result, number: phone.number }
          const back = retryAfter({ retries }, { attempts, phones: numbers, bad, faxes }, tried, now)
          const rule = retries.find(each => each.result === result) ?? defaultRetries.find(r => r.result === result)
          if (result === 'FAX') faxes.push(phone.number)
          const counted = result === 'FAX' ? faxes.filter(each => each === phone.number).length : attempts
          if (back.bad !== undefined) {
            assert.ok(result !== 'FAX' || counted >= rule!.max)
            bad.push(back.bad)
            if (back.state === 'exhausted') return assert.equal(new Set(bad).size, numbers.length)
            assert.ok(bad.length < numbers.length)
          } else if (back.state === 'exhausted') return assert.ok(rule === undefined || counted >= rule.max)
          else {
            assert.ok(rule !== undefined && counted < rule.max)
            const good = numbers.length - bad.length
            const isElsewhere = result === 'FAX' && good > 1 && !retries.some(each => each.result === 'FAX')
            assert.ok(back.dueAt! >= now + (isElsewhere ? 60_000 : rule.delayMs))
            if (rule.otherSlot) assert.notEqual(dayPart('Asia/Shanghai', back.dueAt!), dayPart('Asia/Shanghai', now))
            if (rule.then === 'same') assert.equal(back.next, phone.number)
            if (rule.then === 'next_number' && good > 1) assert.notEqual(back.next, phone.number)
            if (isElsewhere) assert.notEqual(back.next, phone.number)
            else if (rule.then === undefined) assert.equal(back.next, null)
          }
          assert.ok(back.dueAt! > now && localTime('Asia/Shanghai', back.dueAt!).minute >= 0)
          next = back.next
          now = back.dueAt!
        }
      },
    ),
    { numRuns: 500, seed: 2026 },
  )
})

test('next numbers go round: each of the party is tried before the first again', () => {
  // biome-ignore lint/suspicious/noThenProperty: the word of the contract
  const rule: RetryRule = { result: 'BUSY', delayMs: 60_000, max: 20, then: 'next_number' }
  const of = { retries: [rule] }
  const party = lead(0, 3)
  const dialled: string[] = []
  let next: string | null = null
  for (let attempts = 1; attempts <= 6; attempts++) {
    const number: string = candidatePhones({ ...party, attempts: attempts - 1, next })[0]!.number
    dialled.push(number)
    next = retryAfter(of, { ...party, attempts }, { result: 'BUSY', number }, 0).next
  }
  assert.deepEqual(
    dialled,
    [...phones(3), ...phones(3)].map(phone => phone.number),
  )
})

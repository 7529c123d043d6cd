import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { LeadId, UserId } from '../../lib/ids.ts'
import type { BufferedLead } from '../entities.ts'
import { alice, bob, leadOf } from '../testing.ts'
import { bufferMax, LeadBuffer, promisedGraceMs } from './lead-buffer.ts'

const carl = (id: string, more: Partial<BufferedLead> = {}) => ({ ...leadOf(id, '+8613800000001'), ...more })
const promise = (id: string, agent: UserId | null, dueAt = 0) =>
  carl(id, { callback: `cb_${id}` as never, callbackAgent: agent, dueAt })
const ids = (leads: Iterable<BufferedLead>) => [...leads].map(lead => lead.id)

test('callbacks come before everything, then the rank of the list, then who came first', () => {
  const buffer = new LeadBuffer()
  for (const lead of [carl('a'), carl('b', { rank: 9 }), carl('c'), promise('d', null), promise('e', bob)])
    buffer.add(lead)
  assert.deepEqual(ids(buffer.forSomeone(() => true, 0)), ['e', 'd', 'b', 'a', 'c'])
})

test('a promise waits for its agent and blocks nobody; when its time is over it goes to anyone', () => {
  const buffer = new LeadBuffer()
  for (const lead of [promise('a', alice, 0), promise('b', bob, 1_000), carl('c')]) buffer.add(lead)
  const free = (agent: UserId) => agent === bob
  assert.deepEqual(ids(buffer.forSomeone(free, 2_000)), ['b', 'c'])
  assert.deepEqual(ids(buffer.forSomeone(free, promisedGraceMs)), ['a', 'b', 'c'])
})

test('a full buffer makes room for a higher rank and for nothing else', () => {
  const buffer = new LeadBuffer()
  for (let n = 0; n < bufferMax; n++) buffer.add(carl(`l${n}`))
  assert.equal(buffer.add(carl('same')), false)
  assert.equal(buffer.add(carl('higher', { rank: 6 })), true)
  assert.equal(buffer.add(promise('agreed', alice)), true)
  assert.deepEqual([buffer.length, ids(buffer).slice(0, 3)], [bufferMax, ['agreed', 'higher', 'l2']])
})

test('whatever is added and taken, each lead is there once and its places are counted', () => {
  const numbers = ['+8613800000001', '+85223456789', '+15550001111', '+999']
  const anyLead = fc.record({
    id: fc.integer({ min: 0, max: 30 }),
    number: fc.constantFrom(...numbers),
    rank: fc.integer({ min: 0, max: 9 }),
    agent: fc.constantFrom(null, alice, bob),
    callback: fc.boolean(),
  })
  const step = fc.oneof(anyLead, fc.integer({ min: 0, max: 30 }))
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), steps => {
      const buffer = new LeadBuffer()
      const known = new Map<string, BufferedLead>()
      for (const one of steps) {
        if (typeof one === 'number') {
          assert.equal(buffer.take(`l${one}` as LeadId), known.get(`l${one}`))
          known.delete(`l${one}`)
          continue
        }
        const base = { ...leadOf(`l${one.id}`, one.number), rank: one.rank }
        const lead = one.callback ? { ...base, callback: 'cb' as never, callbackAgent: one.agent } : base
        assert.equal(buffer.add(lead), !known.has(lead.id))
        if (!known.has(lead.id)) known.set(lead.id, lead)
      }
      const all = [...buffer]
      assert.deepEqual(ids(all).sort(), [...known.keys()].sort())
      const ranks = all.map(lead => (lead.callback === null ? lead.rank! : 10))
      assert.deepEqual(
        ranks,
        [...ranks].sort((a, b) => b - a),
      )
      assert.equal(
        [...buffer.places.values()].reduce((sum, count) => sum + count, 0),
        known.size,
      )
    }),
    { numRuns: 200, seed: 2026 },
  )
})

test('taking the first of two thousand costs no more than of ten', () => {
  const spentUs = (size: number) => {
    const buffer = new LeadBuffer()
    const leads = Array.from({ length: size }, (_, n) => carl(`l${n}`))
    for (const lead of leads) buffer.add(lead)
    const rounds = 20_000
    const before = process.cpuUsage()
    for (let n = 0; n < rounds; n++) {
      const first = buffer.forSomeone(() => true, 0).next().value!
      buffer.take(first.id)
      buffer.add(first)
    }
    const { user, system } = process.cpuUsage(before)
    return (user + system) / rounds
  }
  spentUs(100) // warm
  const runs = Array.from({ length: 5 }, () => ({ few: spentUs(10), many: spentUs(2_000) }))
  const least = (size: 'few' | 'many') => Math.min(...runs.map(run => run[size]))
  // A look at each of them, or at each gap that was left, would be two hundred times as much.
  assert.ok(least('many') < 20 * least('few'), JSON.stringify(runs))
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Fact } from '../../centre/facts.ts'
import type { CallId, UserId } from '../../lib/ids.ts'
import { openStore, recorded, testFolder } from '../testing/people.ts'

const [alice, sam, sue] = ['u_alice', 'u_sam', 'u_sue'] as UserId[]
const call = 'c_1' as CallId

test('who asked for help when the process died asked until its last word; who came first counts for how soon, who came last for who', async () => {
  using folder = testFolder()
  await using store = await openStore(folder)
  const facts: [number, Fact][] = [
    [1_000, { type: 'call.appealed', call, agent: alice!, reason: 'wants a waiver' }],
    [5_000, { type: 'call.appealTaken', call, by: sam!, waitedMs: 4_000 }],
    [9_000, { type: 'call.appealTaken', call, by: sue!, waitedMs: 8_000 }],
    [60_000, { type: 'system.started', bootId: 'b', version: '0' }],
    [61_000, { type: 'call.appealed', call: 'c_2' as CallId, agent: alice!, reason: '' }],
  ]
  for (const [at, fact] of facts) await store.commit({ recorded: [recorded(fact, at)] })
  const [first] = await store.read('appeals.ofCall', { call })
  const asked = { call, agent: alice, reason: 'wants a waiver', askedAt: 1_000 }
  assert.deepEqual(first, { ...asked, takenBy: sue, waitedMs: 4_000, endedAt: 9_000, how: 'restarted', endedBy: null })
  const counts = await store.read('appeals.counts', { from: 0, to: 100_000 })
  assert.deepEqual(counts, [{ agent: alice, asked: 2, taken: 1, waitedMs: 4_000 }])
})

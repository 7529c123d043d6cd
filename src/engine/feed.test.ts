import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLogger } from '../lib/log.ts'
import { leadNumbered } from '../store/testing/people.ts'
import { Feed } from './feed.ts'
import type { FeedItem } from './port.ts'

const ringing = (seq: number): FeedItem =>
  ({ seq, at: seq, actor: 'system', fact: { type: 'call.ringing', call: `c_${seq}` } }) as FeedItem
const bringing = (seq: number, count: number): FeedItem => {
  const leads = Array.from({ length: count }, (_, n) => leadNumbered(n))
  return { seq, at: seq, actor: 'system', fact: { type: 'leads.added', campaign: 'k', import: 'i', leads } } as never
}
const seqs = (items: FeedItem[] | null) => items?.map(({ seq }) => seq)

test('a stream that was cut off goes on where it stopped, and one that fell too far behind is told so', () => {
  const feed = new Feed(createLogger('silent'))
  assert.equal(feed.since(0), null)
  for (let seq = 1; seq <= 10_005; seq++) feed.publish([ringing(seq)])
  assert.deepEqual(seqs(feed.since(10_002)), [10_003, 10_004, 10_005])
  assert.equal(feed.since(5)!.length, 10_000)
  assert.equal(feed.since(4), null)
})

test('the facts of a great import are not kept: leads count one by one', () => {
  const feed = new Feed(createLogger('silent'))
  feed.publish([ringing(1)])
  for (let seq = 2; seq <= 101; seq++) feed.publish([bringing(seq, 500)])
  assert.deepEqual(
    seqs(feed.since(81)),
    [...Array(20).keys()].map(n => 82 + n),
  )
  assert.equal(feed.since(80), null)
  feed.publish([ringing(102)])
  assert.deepEqual(seqs(feed.since(100)), [101, 102])
  assert.equal(feed.since(81), null)
  feed.publish([bringing(103, 20_000)])
  assert.deepEqual(seqs(feed.since(102)), [103])
  feed.publish([ringing(104)])
  assert.deepEqual(seqs(feed.since(103)), [104])
})

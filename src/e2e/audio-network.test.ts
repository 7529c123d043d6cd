/** What the page reads from a browser's counts of its connection. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

type Stat = { id: string; type: string } & Record<string, unknown>
const file = '../../web/static/audio-network.js'
const { delayOf } = (await import(file)) as { delayOf(stats: Map<string, Stat>): number }

const statsOf = (...all: Stat[]) => new Map(all.map(each => [each.id, each]))
const pair = (id: string, seconds: number, more: object = {}): Stat => ({
  ...{ id, type: 'candidate-pair', state: 'succeeded', currentRoundTripTime: seconds },
  ...more,
})

test('the delay is that of the way in use, and not of one that was left when the network changed', () => {
  const old = pair('old', 0.9, { nominated: true, lastPacketReceivedTimestamp: 1_000 })
  const used = pair('used', 0.02, { nominated: true, lastPacketReceivedTimestamp: 9_000 })
  const chromium = statsOf(old, used, { id: 't', type: 'transport', selectedCandidatePairId: 'used' })
  assert.equal(delayOf(chromium), 20)
  const firefox = statsOf(old, { ...used, selected: true }, pair('third', 2))
  assert.equal(delayOf(firefox), 20)
  const neither = statsOf(
    old,
    used,
    { id: 't', type: 'transport' },
    pair('failed', 3, { nominated: true, state: 'failed' }),
  )
  assert.equal(delayOf(neither), 20)
})

test('where no way is in use yet there is no delay to tell', () => {
  assert.equal(delayOf(statsOf(pair('waiting', 0.5, { state: 'waiting' }))), 0)
  assert.equal(delayOf(statsOf(pair('used', 0, { selected: true, currentRoundTripTime: undefined }))), 0)
})

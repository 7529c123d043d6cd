import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LegId } from '../lib/ids.ts'
import { payloadTypeOf } from './g711.ts'
import { Leg } from './leg.ts'
import { figuresOf } from './leg-table.ts'
import type { BlockHeard } from './rtcp.ts'
import { legMemory, note, save, takeUp } from './saved-leg.ts'
import { Timeline } from './timeline.ts'

const memory = legMemory()
const legOf = () =>
  new Leg({
    ...{ id: 'l' as LegId, number: 1, index: 0, silenceMs: 0, secure: null, memory, nowMs: 0 },
    timeline: new Timeline(1, 0, 0),
  })

/** Half a minute of talk: what it said, and what it told of us. */
function talked(): Leg {
  const leg = legOf()
  const loud = new Uint8Array(160).fill(0x2a)
  for (let packet = 0; packet < 1500; packet++) {
    leg.reception.count(7, packet, packet * 160, packet * 20, true)
    leg.voice.note(packet, loud, 0, 160, payloadTypeOf.pcma)
  }
  leg.sent = 1500
  const block: BlockHeard = { lossFraction: 25, lost: 150, jitter: 80, lastReport: 1000, delay: 10 }
  leg.theirs.note(block, 1000, 2000)
  leg.theirs.note(block, 1250, 2000)
  return leg
}

test('a leg that moves to another thread keeps all that was counted of it', () => {
  const leg = talked()
  const figures = figuresOf(leg)
  const moved = legOf()
  takeUp(moved, save(leg, 30_000), null)
  assert.deepEqual(figuresOf(moved), figures)
  assert.equal(figures.audio.sampled > 100 && figures.audio.reports === 2, true)
})

test('whose thread died keeps what was counted of it, what its far end told too; what was heard since the last note is no loss', () => {
  const leg = talked()
  for (const packet of [1500, 1501, 1505, 1504, 1505])
    leg.reception.count(7, packet, packet * 160, packet * 20 + 3, true)
  Object.assign(leg, { theirReport: 77, theirReportAt: 29_000 })
  note(leg, 30_000)
  const { jitter } = leg.reception
  const { jitterMs, audio } = figuresOf(leg)
  const next = legOf()
  takeUp(next, null, null)
  assert.deepEqual([next.reception.jitter, next.theirReport, next.theirReportAt], [jitter, 77, 29_000])
  assert.deepEqual(figuresOf(next), { ...figuresOf(leg), jitterMs, audio: { ...audio } })
  assert.deepEqual([audio.missing, audio.reordered, audio.duplicates, audio.reports], [2, 1, 1, 2])
  assert.ok(audio.jitterSum > 0 && audio.sampled > 100)
  for (let packet = 1520; packet < 1530; packet++) next.reception.count(7, packet, packet * 160, packet * 20, true)
  const later = figuresOf(next).audio
  assert.deepEqual([later.missing, later.ssrcChanges], [2, 0])
  assert.ok(later.jitterCount > audio.jitterCount)
})

test('whose thread died is not deaf because nothing is known of what it said before', () => {
  const leg = talked()
  note(leg, 30_000)
  const next = legOf()
  takeUp(next, null, null)
  next.theirs.note(null, next.sent + 100, 0)
  next.theirs.note(null, next.sent + 300, 0)
  assert.equal(next.theirs.isDeaf, false)
  next.theirs.note(null, next.sent + 760, 0)
  assert.equal(next.theirs.isDeaf, true)
})

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

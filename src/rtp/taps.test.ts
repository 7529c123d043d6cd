import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LegId } from '../lib/ids.ts'
import type { MediaReport } from './control.ts'
import { Leg } from './leg.ts'
import { agent, customer, RingReader, ringFrames, ringMemory } from './recording-ring.ts'
import { legMemory } from './saved-leg.ts'
import { Taps } from './taps.ts'
import { Timeline } from './timeline.ts'
import { octetsOf } from './wire.ts'

const pcma = 8
const recording = 'r_1'

function legOf(): Leg {
  const at = { number: 1, index: 0, silenceMs: 0, secure: null, nowMs: 0 }
  const leg = new Leg({ ...at, id: 'l_1' as LegId, memory: legMemory(), timeline: new Timeline(1, 0, 0) })
  leg.payloadType = pcma
  return leg
}

/** A second of a recording that another thread takes up after 40 ms; its first packets carry these timestamps. */
function takenUp(hasDied: boolean, timestamps: { customer: number; agent: number }) {
  const reports: MediaReport[] = []
  const taps = new Taps(report => reports.push(report))
  const memory = ringMemory()
  const [before, after] = [legOf(), legOf()]
  taps.begin(before, { type: 'record', recording, leg: 'l_1', file: 'x', memory }, 0)
  const say = (leg: Leg, octet: number, at: { customer: number; agent: number }, nowMs: number) => {
    const bytes = new Uint8Array(160).fill(octet)
    leg.tap!.ring.write(customer, 7, at.customer, octetsOf(bytes), 0, 160, pcma, nowMs)
    leg.tap!.ring.write(agent, 1, at.agent, octetsOf(bytes), 0, 160, pcma, nowMs)
  }
  say(before, 1, { customer: 0, agent: 0 }, 20)
  taps.giveAway(recording)
  taps.goOn(after, { recording, file: 'x', memory, begun: { payloadType: pcma, startMs: 0 } }, hasDied, 100)
  say(after, 2, timestamps, 100)
  const into = new Uint8Array(ringFrames * 2)
  new RingReader(memory, pcma).take(8000, into)
  const from = (channel: number) => Array.from({ length: 8000 }, (_, frame) => into[frame * 2 + channel]).indexOf(2)
  return { customerFrom: from(customer), agentFrom: from(agent), types: reports.map(({ type }) => type) }
}

test('a leg that moves in good order keeps the places of both its streams', () => {
  const { customerFrom, agentFrom, types } = takenUp(false, { customer: 600, agent: 620 })
  assert.deepEqual([customerFrom, agentFrom], [760, 780])
  assert.deepEqual(types, ['tap.begun'])
})

test('after a thread died the customer keeps the place, the agent’s stream, which jumped ahead, is placed by its arrival, and the gap is told', () => {
  const { customerFrom, agentFrom, types } = takenUp(true, { customer: 600, agent: 640 + 780 })
  assert.deepEqual([customerFrom, agentFrom], [760, 800])
  assert.deepEqual(types, ['tap.begun', 'tap.missed'])
})

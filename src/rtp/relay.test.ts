import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LegId } from '../lib/ids.ts'
import { payloadTypeOf } from './g711.ts'
import { Leg } from './leg.ts'
import { headerBytes, writeHeader } from './packet.ts'
import { Relay, type RelayPorts } from './relay.ts'
import { legMemory } from './saved-leg.ts'
import { Timeline } from './timeline.ts'
import { plainMemory, type Wire } from './wire.ts'

const [voice, stranger] = [0x0a0b0c0d, 0x1111_1111]

/** A leg whose far end is connected, and what reached it, in a time of the test's own. */
function heard(more: Partial<Wire> = {}) {
  const bytes = new Uint8Array(2048)
  const inbound = { bytes, view: new DataView(bytes.buffer) }
  const wire = { inbound, outbound: plainMemory, sourceAddress: 1, sourcePort: 4000, ...more }
  const relay = new Relay({ wire: wire as unknown as Wire, emit: () => undefined } as unknown as RelayPorts)
  const made = { id: 'l' as LegId, number: 1, index: 0, silenceMs: 0, secure: null, memory: legMemory(), nowMs: 0 }
  const leg = new Leg({ ...made, timeline: new Timeline(1, 0, 0) })
  Object.assign(leg, { mayReceive: true, isConnected: true, remotePort: 4000, signalledPort: 4000 })
  const say = (ssrc: number, sequence: number) => {
    writeHeader(bytes, payloadTypeOf.pcma, false, sequence, sequence * 160, ssrc)
    relay.receive(leg, headerBytes + 160)
  }
  return { relay, leg, say, wire }
}

test('a flood of another source in the far end’s name leaves the voice its place', () => {
  const { relay, leg, say } = heard()
  for (let frame = 0; frame < 100; frame++) {
    relay.nowMs = frame * 20
    say(voice, frame)
    for (let n = 0; n < 100; n++) say(stranger, n)
  }
  assert.equal(leg.reception.received, 100)
  assert.equal(leg.dropped, 0)
})

test('one source is heard as fast as 400 packets in 200 ms, and no faster', () => {
  const { relay, leg, say } = heard()
  for (let n = 0; n < 2_000; n++) {
    relay.nowMs = Math.floor(n / 10)
    say(voice, n)
  }
  assert.equal(leg.dropped, 1_600)
})

test('a far end that the kernel does not connect to is heard by its address, sent to there, and tried again a second later', () => {
  const asked: number[] = []
  let takes = false
  const { relay, leg, say, wire } = heard({
    connect: () => {
      asked.push(relay.nowMs)
      return takes
    },
  })
  Object.assign(leg, { isConnected: false, remoteAddress: 1, allowed: [1] })
  const saysAt = (nowMs: number) => {
    relay.nowMs = nowMs
    say(voice, nowMs / 20)
  }
  for (let nowMs = 20; nowMs <= 1_000; nowMs += 20) saysAt(nowMs)
  assert.deepEqual([asked, leg.isConnected], [[20], false])
  assert.equal(leg.reception.received, 50)
  wire.sourceAddress = 2
  say(stranger, 1)
  assert.deepEqual([leg.foreign, leg.reception.received], [1, 50], 'nobody else is heard meanwhile')
  wire.sourceAddress = 1
  takes = true
  saysAt(1_020)
  assert.deepEqual([asked, leg.isConnected], [[20, 1_020], true])
})

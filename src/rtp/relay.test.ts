import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LegId } from '../lib/ids.ts'
import { type SrtpKeys, SrtpSession } from '../webrtc/srtp.ts'
import type { BayEvent } from './bay.ts'
import { payloadTypeOf } from './g711.ts'
import { Leg } from './leg.ts'
import { headerBytes, writeHeader } from './packet.ts'
import { RingReader, RingWriter, ringFrames, ringMemory } from './recording-ring.ts'
import { Relay, type RelayPorts } from './relay.ts'
import { legMemory, note, takeUp } from './saved-leg.ts'
import { codeOf, writeEvent } from './telephone-event.ts'
import { Timeline } from './timeline.ts'
import { octetsOf, plainMemory, type Wire } from './wire.ts'

const [voice, stranger] = [0x0a0b0c0d, 0x1111_1111]
const made = { id: 'l' as LegId, number: 1, index: 0, silenceMs: 0, secure: null, memory: legMemory(), nowMs: 0 }

/** A leg whose far end is connected, and what reached it, in a time of the test's own. */
function heard(more: Partial<Wire> = {}) {
  const bytes = new Uint8Array(2048)
  const inbound = octetsOf(bytes)
  const wire = { inbound, outbound: plainMemory, sourceAddress: 1, sourcePort: 4000, ...more }
  const reporters: number[] = []
  const onReport = () => void reporters.push(wire.sourcePort)
  const relay = new Relay({ wire: wire as unknown as Wire, emit: () => undefined, onReport } as unknown as RelayPorts)
  const leg = new Leg({ ...made, timeline: new Timeline(1, 0, 0) })
  Object.assign(leg, { mayReceive: true, isConnected: true, remotePort: 4000, signalledPort: 4000 })
  const say = (
    ssrc: number,
    sequence: number,
    payloadType = payloadTypeOf.pcma,
    octets = 160,
    timestamp = sequence * 160,
    octet = 0,
  ) => {
    writeHeader(bytes, payloadType, false, sequence, timestamp, ssrc)
    bytes.fill(octet, headerBytes, headerBytes + octets)
    relay.receive(leg, headerBytes + octets)
  }
  /** A receiver's report on the port beside, or on that of the voice; answers whether it was heard. */
  const report = (from: number, port: number, way: 'receiveRtcp' | 'receive' = 'receiveRtcp') => {
    Object.assign(wire, { sourceAddress: from, sourcePort: port })
    bytes.set([0x80, 201, 0, 1])
    const before = reporters.length
    relay[way](leg, 8)
    return reporters.length > before
  }
  return { relay, leg, say, wire, report }
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

/** A leg that the signalling has just named 1:4000 to, and whom the kernel was told to let alone in. */
function named(address = 1, allowed = [address]) {
  const tied: number[][] = []
  const one = heard({
    connect: (_socket, from, port) => tied.push([from, port]) > 0,
    disconnect: () => undefined,
  })
  const place = { remoteAddress: address, remotePort: 4000, signalledAddress: address }
  Object.assign(one.leg, { isConnected: false, latch: true, allowed, rtcpPort: 4001, ...place })
  let frame = 0
  const sayFrom = (from: number, port: number, ssrc: number) => {
    Object.assign(one.wire, { sourceAddress: from, sourcePort: port })
    one.relay.nowMs += 20
    const before = one.leg.reception.received
    one.say(ssrc, frame++)
    return one.leg.reception.received > before
  }
  return { ...one, tied, sayFrom }
}

test('who is heard first from another port of the gateway keeps its place only until the gateway speaks from where it said', () => {
  const { leg, tied, sayFrom, wire } = named()
  for (let n = 0; n < 20; n++) assert.ok(sayFrom(1, 6666, stranger))
  assert.deepEqual([leg.remotePort, leg.isConnected], [6666, false])
  assert.ok(sayFrom(1, 4000, voice), 'the first word is heard, though the other one goes on')
  assert.deepEqual([leg.remotePort, leg.rtcpPort, leg.isConnected, tied], [4000, 4001, true, [[1, 4000]]])
  assert.equal(leg.reception.ssrc, voice)
  Object.assign(leg, { isConnected: false }) // a kernel that does not tie it
  Object.assign(wire, { connect: () => false })
  assert.ok(sayFrom(1, 4000, voice))
  assert.ok(!sayFrom(1, 6666, stranger))
  assert.deepEqual([leg.remotePort, leg.reception.rivals], [4000, 1])
})

test('a phone that sends from another port than it said is followed there, from there alone, and on to the next when that one is gone', () => {
  const { relay, leg, tied, sayFrom } = named()
  assert.ok(sayFrom(1, 5000, voice))
  assert.ok(!sayFrom(1, 6666, voice), 'one port at a time')
  assert.ok(sayFrom(1, 5000, voice))
  assert.deepEqual([leg.remotePort, leg.rtcpPort, leg.reception.rivals, tied], [5000, 5001, 1, []])
  relay.nowMs += 1_000
  assert.ok(sayFrom(1, 5002, voice))
  assert.equal(leg.remotePort, 5002)
})

test('a phone behind a NAT, whose own address nobody here can hear, is tied to where it comes from', () => {
  const home = 0xc0a80105
  const { leg, tied, sayFrom } = named(home, [home, 0x08080808])
  assert.ok(sayFrom(0x08080808, 5000, voice))
  assert.deepEqual([leg.isConnected, tied], [true, [[0x08080808, 5000]]])
})

test('reports are heard from beside the voice, or from where they first came, and are answered there; from a third port they are counted', () => {
  const { relay, leg, sayFrom, report } = named()
  const state = () => [leg.rtcpPort, leg.reception.rivals, leg.foreign]
  assert.ok(sayFrom(1, 4000, voice))
  assert.ok(report(1, 4001))
  assert.ok(!report(1, 6666), 'one who writes the far end’s address into it')
  assert.ok(!report(2, 4001), 'and one who does not')
  assert.deepEqual(state(), [4001, 1, 1])
  for (let n = 0; n < 10; n++) {
    relay.nowMs += 5_000
    assert.ok(report(1, 4001) && !report(1, 6666))
  }
  relay.nowMs += 19_000
  assert.ok(!report(1, 6666), 'two or three may be lost')
  relay.nowMs += 1_000
  assert.ok(report(1, 6666), 'a NAT that lets them out elsewhere from now on')
  assert.deepEqual([leg.rtcpPort, report(1, 7777)], [6666, false])
  assert.ok(report(1, 4001), 'whose place it is is heard all the same')
  assert.equal(leg.rtcpPort, 4001)
})

test('reports of a voice that a NAT moved to another port are heard from wherever they come then', () => {
  const { relay, leg, sayFrom, report } = named(10 * 2 ** 24, [10 * 2 ** 24, 1])
  assert.ok(sayFrom(1, 5000, voice))
  assert.ok(report(1, 5007))
  assert.ok(!report(10 * 2 ** 24, 5007), 'not from another of the addresses that were named')
  relay.nowMs += 1_000
  Object.assign(leg, { isConnected: false }) // a kernel that does not tie it
  assert.ok(sayFrom(1, 6000, voice))
  assert.ok(report(1, 6009) && !report(1, 6011))
  assert.equal(leg.rtcpPort, 6009)
})

test('reports that share the port of the voice, unasked, are believed there and nowhere else', () => {
  const { leg, sayFrom, report } = named()
  assert.ok(sayFrom(1, 4000, voice))
  assert.ok(report(1, 4000, 'receive'))
  assert.deepEqual([report(1, 6666), leg.rtcpPort, leg.reception.rivals], [false, 4000, 1])
})

test('a far end that holds for twelve minutes hears the next word: not a number was used up meanwhile, and SRTP goes on', () => {
  const numbers: number[] = []
  const bytes = (length: number, from: number) => Uint8Array.from({ length }, (_, at) => (from + 7 * at) & 255)
  const [ours, theirs] = [bytes(16, 1), bytes(16, 3)]
  const [salt, otherSalt] = [bytes(14, 2), bytes(14, 4)]
  const profile: SrtpKeys['profile'] = 'AES_CM_128_HMAC_SHA1_80'
  const here = new SrtpSession({ profile, localKey: ours, localSalt: salt, remoteKey: theirs, remoteSalt: otherSalt })
  const there = new SrtpSession({ profile, localKey: theirs, localSalt: otherSalt, remoteKey: ours, remoteSalt: salt })
  const { relay, leg, say } = heard({
    send: (_socket, memory, length) => {
      const packet = memory.bytes.slice()
      assert.equal(there.unprotect(packet, length), headerBytes + 160)
      numbers.push((packet[2]! << 8) | packet[3]!)
    },
  })
  const peer = new Leg({ ...made, timeline: new Timeline(2, 30_000, 0) })
  Object.assign(peer, { maySend: true, isConnected: true, remotePort: 5000, srtp: here })
  leg.peer = peer
  const sayUntil = (frame: number) => {
    for (let at = relay.nowMs / 20 + 1; at <= frame; at++) {
      relay.nowMs = at * 20
      say(voice, at & 0xffff)
    }
  }
  sayUntil(10)
  peer.maySend = false
  sayUntil(36_000)
  peer.maySend = true
  sayUntil(36_010)
  assert.deepEqual(
    numbers,
    Array.from({ length: 20 }, (_, at) => 30_001 + at),
  )
  assert.equal(peer.sent, 20)
})

/** What a leg said, beside a peer that takes it. */
function passedOn() {
  const numbers: number[] = []
  const one = heard({ send: (_socket, { bytes }) => numbers.push((bytes[2]! << 8) | bytes[3]!) })
  const peer = new Leg({ ...made, timeline: new Timeline(2, 0, 0) })
  Object.assign(peer, { maySend: true, isConnected: true, remotePort: 5000 })
  one.leg.peer = peer
  return { ...one, peer, numbers }
}

test('comfort noise and keys that go no further are no loss to whom the voice goes on to', () => {
  const { relay, leg, say, numbers } = passedOn()
  leg.dtmfPayloadType = 101
  const types = [8, 8, 13, 13, 13, 8, 8, 101, 101, 8]
  for (const [at, payloadType] of types.entries()) {
    relay.nowMs = at * 20
    say(voice, at, payloadType, payloadType === 8 ? 160 : 4)
  }
  assert.deepEqual(numbers, [1, 2, 3, 4, 5])
})

test('a key that is under way when a thread dies is told once: its successor knows it', () => {
  const told: string[] = []
  const memory = legMemory()
  const emit = (event: BayEvent) => event.type === 'leg.digit' && told.push(event.digit)
  const hearing = (leg: Leg) => {
    const bytes = new Uint8Array(64)
    const wire = { inbound: octetsOf(bytes), outbound: plainMemory, sourceAddress: 1, sourcePort: 4000 }
    const relay = new Relay({ wire, emit } as unknown as RelayPorts)
    Object.assign(leg, { mayReceive: true, isConnected: true, dtmfPayloadType: 101 })
    return (key: string, sequence: number, timestamp: number, octets = 4) => {
      relay.nowMs = 1000 + sequence * 20
      writeHeader(bytes, 101, false, sequence, timestamp, voice)
      writeEvent(bytes, headerBytes, codeOf(key), false, 160)
      relay.receive(leg, headerBytes + octets)
    }
  }
  const leg = new Leg({ ...made, memory, timeline: new Timeline(1, 0, 0) })
  note(leg, 1)
  const hear = hearing(leg)
  hear('5', 0, 8_000, 2) // cut off: nothing is known of it
  for (let n = 1; n < 3; n++) hear('5', n, 8_000)
  const next = new Leg({ ...made, memory, timeline: new Timeline(1, 0, 0) })
  takeUp(next, null, null)
  const hearOn = hearing(next)
  for (let n = 3; n < 6; n++) hearOn('5', n, 8_000)
  hearOn('5', 6, 12_000)
  assert.deepEqual(told, ['5', '5'], 'pressed twice')
})

test('keys that a gateway sends as a source of their own are no change of its voice: the next word is whole', () => {
  const { relay, leg, say, numbers } = passedOn()
  leg.dtmfPayloadType = 101
  for (let at = 0; at < 30; at++) {
    relay.nowMs = at * 20
    if (at < 10 || at >= 20) say(voice, at)
    else say(stranger, at, 101, 4)
  }
  assert.equal(leg.reception.ssrcChanges, 0)
  assert.equal(numbers.length, 20)
})

for (const keeps of [true, false])
  test(`voice and keys at once under two SSRCs shift and cut nothing of the recording, where keys ${keeps ? 'go no further' : 'are passed on'}`, () => {
    const { relay, leg, say, peer, numbers } = passedOn()
    Object.assign(leg, { dtmfPayloadType: 101, keepsKeys: keeps })
    peer.dtmfPayloadType = 101
    const memory = ringMemory()
    peer.tap = { recording: 'r', ring: RingWriter.begin(memory, payloadTypeOf.pcma, 0) }
    const keyAt = (at: number) => {
      relay.nowMs += 5
      say(stranger, at, 101, 4, at < 60 ? 7 : 8)
    }
    for (let at = 0; at < 100; at++) {
      relay.nowMs = at * 20 + ((at * 7919) % 15)
      if (at === 20) keyAt(at) // before it too
      say(voice, at, payloadTypeOf.pcma, 160, at * 160, at + 1)
      if (at >= 20 && at < 80) keyAt(at)
    }
    const into = new Uint8Array(ringFrames * 2)
    const taken = new RingReader(memory, payloadTypeOf.pcma).take(100 * 160, into)
    const said = Array.from({ length: taken }, (_, frame) => into[2 * frame + 1]!)
    const from = said.indexOf(1)
    assert.ok(from >= 0 && from < 400)
    for (let at = 0; at < 95; at++)
      assert.deepEqual(
        [said[from + at * 160], said[from + at * 160 + 159]],
        [at + 1, at + 1],
        `packet ${at} lies where it was said`,
      )
    assert.deepEqual(
      numbers,
      numbers.map((_, n) => n + 1),
    )
    assert.equal(numbers.length, keeps ? 100 : 161)
    assert.deepEqual([leg.reception.rivals, leg.reception.missing], [0, 0])
  })

test('a voice that begins while a key of another source is under way is heard from its first word', () => {
  const { relay, leg, say, numbers } = passedOn()
  leg.dtmfPayloadType = 101
  for (let at = 0; at < 20; at++) {
    relay.nowMs = at * 20
    say(stranger, at, 101, 4)
    say(voice, at)
  }
  assert.deepEqual([numbers.length, leg.reception.received, leg.reception.rivals], [20, 20, 0])
})

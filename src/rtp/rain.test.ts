/**
 * What a bad network does to packets: loss, jitter, another order, duplicates, pauses, another SSRC, another law in the middle. On a virtual
 * clock with a wire of paper, so that every packet is known: the stream that goes on is one, and in the recording each stands where it belongs.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LegId } from '../lib/ids.ts'
import { type Random, seededRandom } from '../lib/random.ts'
import type { MediaReport, MediaRequest } from './control.ts'
import { Exchange } from './exchange.ts'
import { headerBytes, PacketView, readPacket, writeHeader } from './packet.ts'
import { RingReader, ringFrames, ringMemory } from './recording-ring.ts'
import { legMemory } from './saved-leg.ts'
import { type PacketMemory, plainMemory, type Wire } from './wire.ts'

const pcma = 8
const comfortNoise = 13
const silence = 0xd5
const carl = 'carl' as LegId
const alice = 'alice' as LegId
/** Sockets are named by their token: leg 0 is carl's, leg 1 alice's. */
const fromCarl = 0
const toAlice = 2

type Sent = {
  socket: number
  atMs: number
  payloadType: number
  sequence: number
  timestamp: number
  ssrc: number
  payload: Uint8Array
}
type Packet = {
  dueMs: number
  payloadType?: number
  sequence: number
  timestamp: number
  ssrc?: number
  octets: number
  fill: number
}

class Rain {
  nowMs = 10_000
  readonly sent: Sent[] = []
  readonly reports: MediaReport[] = []
  readonly startMs: number
  readonly #inbound: PacketMemory = plainMemory()
  readonly #requests: MediaRequest[] = []
  readonly #exchange: Exchange
  readonly #ring: RingReader
  readonly #view = new PacketView()
  readonly recorded: number[] = []

  constructor() {
    const keep = (socket: number, memory: PacketMemory, length: number) => this.#keep(socket, memory.bytes, length)
    const wire: Wire = {
      ...{ inbound: this.#inbound, sourceAddress: 0x0a000001, sourcePort: 5000 },
      memory: plainMemory,
      outbound: plainMemory,
      bind: (_address, _port, token, done) => done(token, null),
      connect: () => true,
      disconnect: () => undefined,
      send: keep,
      sendTo: keep,
      close: () => undefined,
      descriptor: () => -1,
      detach: () => undefined,
      adopt: () => assert.fail('nobody comes from another thread'),
      run: () => undefined,
      stop: () => undefined,
    }
    this.#exchange = new Exchange({
      data: {
        ...{
          wire: 'dgram',
          wakeFd: -1,
          epollFd: -1,
          ring: null,
          heart: new SharedArrayBuffer(8),
          takesPrecedence: false,
        },
        ...{ address: '127.0.0.1', ports: { from: 20_000, to: 21_000 }, prompts: {} },
      },
      wire,
      monotonic: () => this.nowMs,
      unixNow: () => this.nowMs,
      random: () => 0.25,
      secureLeg: () => assert.fail('no browser is here'),
      srtp: () => assert.fail('nothing is encrypted here'),
      report: report => this.reports.push(report),
      nextRequest: () => this.#requests.shift(),
    })
    ;[carl, alice].forEach((leg, at) => {
      const remote = { address: '10.0.0.1', port: 5000 + at }
      const rest = { dtmfPayloadType: 101, latch: true, allowedSources: [], send: true, receive: true, ptimeMs: 20 }
      this.#ask({
        type: 'open',
        leg,
        address: '127.0.0.1',
        silenceMs: 3000,
        secure: null,
        number: at + 1,
        memory: legMemory(),
      })
      this.#ask({ type: 'configure', leg, parameters: { codec: 'pcma', remote, ...rest } })
    })
    this.#ask({ type: 'patch', a: carl, b: alice })
    const memory = ringMemory()
    this.#ask({ type: 'record', recording: 'r', leg: carl, file: '/nowhere', memory })
    this.startMs = this.nowMs
    this.#ring = new RingReader(memory, pcma)
  }

  /** They arrive when they are due; the clock of the media thread goes on between them. */
  fall(packets: readonly Packet[]): void {
    for (const packet of [...packets].sort((a, b) => a.dueMs - b.dueMs)) {
      this.wait(packet.dueMs)
      const { bytes } = this.#inbound
      const { payloadType = pcma, sequence, timestamp, ssrc = 7, octets, fill } = packet
      writeHeader(bytes, payloadType, false, sequence & 0xffff, timestamp, ssrc)
      bytes.fill(fill, headerBytes, headerBytes + octets)
      this.#exchange.onDatagram(fromCarl, headerBytes + octets, this.nowMs)
    }
  }

  wait(untilMs: number): void {
    for (; this.nowMs + 10 < untilMs; this.nowMs += 10) this.#turn()
    this.nowMs = Math.max(this.nowMs, untilMs)
    this.#turn()
  }

  /** The customer's channel up to now. */
  channel(): Uint8Array {
    this.wait(this.nowMs + 500)
    return Uint8Array.from(this.recorded)
  }

  /** What alice heard of carl. */
  heard(): Sent[] {
    return this.sent.filter(
      ({ socket, payloadType, payload }) => socket === toAlice && payloadType === pcma && payload[0] !== silence,
    )
  }

  /** How often carl was told as silent; alice says nothing in any of these tests. */
  get silences(): number {
    const isHis = (report: MediaReport) =>
      report.type === 'event' && report.event.type === 'leg.silent' && report.event.leg === carl
    return this.reports.filter(isHis).length
  }

  expectSound(): void {
    this.#ask({ type: 'expectSound', leg: carl })
  }

  figures() {
    this.#ask({ type: 'figures', ask: 1, legs: [carl] })
    const figures = this.reports.findLast(report => report.type === 'figures')
    return figures!.figures.find(({ leg }) => leg === carl)!
  }

  #turn(): void {
    this.#exchange.onTick(this.nowMs)
    const into = new Uint8Array(ringFrames * 2)
    const count = this.#ring.take(Math.floor((this.nowMs - 400 - this.startMs) * 8), into)
    for (let frame = 0; frame < count; frame++) this.recorded.push(into[frame * 2]!)
  }

  #ask(request: MediaRequest): void {
    this.#requests.push(request)
    this.#exchange.onWake()
  }

  #keep(socket: number, bytes: Uint8Array, length: number): void {
    if (!readPacket(bytes, length, this.#view) || (bytes[1]! >= 192 && bytes[1]! <= 223)) return
    const { payloadType, sequence, timestamp, ssrc, payloadAt, payloadEnd } = this.#view
    this.sent.push({
      socket,
      atMs: this.nowMs,
      payloadType,
      sequence,
      timestamp,
      ssrc,
      payload: bytes.slice(payloadAt, payloadEnd),
    })
  }
}

/** `count` packets of `ptimeMs`, each filled with an octet of its own. */
function speech(random: Random, { from = 10_020, count = 500, ptimeMs = 20, jitterMs = 0 }): Packet[] {
  const octets = ptimeMs * 8
  return Array.from({ length: count }, (_, n) => ({
    ...{
      dueMs: from + n * ptimeMs + random() * jitterMs,
      sequence: 65_000 + n,
      timestamp: (0xffff_0000 + n * octets) >>> 0,
    },
    ...{ octets, fill: 1 + (n % 200) },
  }))
}

function assertOneStream(heard: readonly Sent[]): void {
  assert.equal(new Set(heard.map(({ ssrc }) => ssrc)).size, 1, 'one SSRC')
  const bySequence = new Map<number, Sent>()
  for (const packet of heard) {
    const before = bySequence.get(packet.sequence)
    if (before !== undefined)
      assert.deepEqual(packet.payload, before.payload, 'a number is used twice for a duplicate only')
    bySequence.set(packet.sequence, packet)
  }
  const inOrder = [...bySequence.values()].sort((a, b) => ((a.sequence - b.sequence) << 16) >> 16)
  for (let at = 1; at < inOrder.length; at++)
    assert.ok(((inOrder[at]!.timestamp - inOrder[at - 1]!.timestamp) | 0) > 0, 'time goes on with the numbers')
}

for (const seed of [1, 2, 3])
  test(`10 % loss, 60 ms of jitter, another order and duplicates (seed ${seed}): nothing breaks, and all that came is in its place`, () => {
    const random = seededRandom(seed)
    const rain = new Rain()
    const said = speech(random, { jitterMs: 60 })
    const came = said.filter(() => random() >= 0.1)
    const twice = came.filter(() => random() < 0.05).map(packet => ({ ...packet, dueMs: packet.dueMs + 15 }))
    rain.fall([...came, ...twice])
    const channel = rain.channel()
    const heard = rain.heard()
    assertOneStream(heard)
    assert.ok(heard.length >= came.length * 0.98, `${heard.length} of ${came.length} were sent on`)

    // Each packet that came lies a whole number of packets behind the first: loss shifts nothing.
    const first = came.reduce((one, other) => (other.dueMs < one.dueMs ? other : one))
    const base = channel.indexOf(first.fill) - said.indexOf(first) * 160
    let inPlace = 0
    for (const packet of came) {
      const frame = base + said.indexOf(packet) * 160
      if (channel[frame] === packet.fill && channel[frame + 159] === packet.fill) inPlace++
    }
    assert.ok(inPlace >= came.length * 0.98, `${inPlace} of ${came.length} are in their place`)
    const lost = said.filter(packet => !came.includes(packet))
    for (const packet of lost.slice(5, -5)) assert.equal(channel[base + said.indexOf(packet) * 160 + 80], silence)

    const figures = rain.figures()
    assert.ok(
      Math.abs(figures.lost - (lost.length - twice.length)) <= 3,
      `${figures.lost} told as lost of ${lost.length}, ${twice.length} came twice`,
    )
    assert.ok(figures.jitterMs > 5 && figures.jitterMs < 60, `${figures.jitterMs} ms`)
    assert.deepEqual([figures.foreign, figures.dropped], [0, 0])
    assert.equal(rain.silences, 0)
    assert.ok(!rain.reports.some(({ type }) => type === 'fault'))
  })

for (const ptimeMs of [10, 30, 40, 60])
  test(`packets of ${ptimeMs} ms are sent on as they are, and recorded without a gap`, () => {
    const rain = new Rain()
    const said = speech(seededRandom(1), { ptimeMs, count: 100 })
    rain.fall(said)
    const channel = rain.channel()
    const heard = rain.heard()
    assert.equal(heard.length, said.length)
    assertOneStream(heard)
    assert.ok(heard.every(({ payload }) => payload.length === ptimeMs * 8))
    const from = channel.findIndex(octet => octet !== silence)
    const run = channel.subarray(from, from + said.length * ptimeMs * 8)
    assert.deepEqual(run.indexOf(silence), -1)
  })

test('comfort noise keeps a leg that says nothing alive, and is no sound', () => {
  const rain = new Rain()
  const said = speech(seededRandom(1), { count: 50 })
  const quiet = Array.from(
    { length: 50 },
    (_, n): Packet => ({
      ...{ dueMs: 11_020 + n * 200, payloadType: comfortNoise, sequence: 65_050 + n, octets: 1, fill: 40 },
      timestamp: (0xffff_0000 + 50 * 160 + n * 1600) >>> 0,
    }),
  )
  rain.fall([...said, ...quiet])
  const channel = rain.channel()
  assert.equal(rain.silences, 0, '10 s of it')
  assert.equal(rain.figures().dropped, 0)
  const spoken = channel.findLastIndex(octet => octet !== silence)
  assert.ok(spoken < 1100 * 8, 'nothing of it is in the recording')
})

test('a far end that begins anew with another SSRC, or another law, in the middle is heard on in the same stream', () => {
  const rain = new Rain()
  const random = seededRandom(4)
  const first = speech(random, { count: 100 })
  const second = speech(random, { from: 12_020, count: 100 }).map(packet => ({
    ...packet,
    ssrc: 99,
    sequence: packet.sequence - 40_000,
    timestamp: (packet.timestamp + 123_456) >>> 0,
  }))
  const third = speech(random, { from: 14_020, count: 100 }).map(packet => ({
    ...packet,
    payloadType: 0,
    fill: 0x90,
    sequence: packet.sequence - 39_900,
    timestamp: (packet.timestamp + 139_456) >>> 0,
    ssrc: 99,
  }))
  rain.fall([...first, ...second, ...third])
  const heard = rain.heard()
  // Two packets of a new SSRC pass by, so that a stray one does not take the leg (`Reception.admits`).
  assert.ok(heard.length >= 297 && heard.length <= 300, `${heard.length} of 300`)
  assertOneStream(heard)
  assert.ok(
    heard.every(({ payloadType }) => payloadType === pcma),
    'alice hears the law that was agreed with her',
  )
  const channel = rain.channel()
  const from = channel.findIndex(octet => octet !== silence)
  const holes = channel.subarray(from, from + 300 * 160).filter(octet => octet === silence).length
  assert.ok(holes <= 640, `${holes} frames of silence at two seams`)
})

test('a leg from which nothing comes is told as silent after its time, once, and is back with the next packet', () => {
  const rain = new Rain()
  rain.fall(speech(seededRandom(1), { count: 50 }))
  rain.wait(16_000)
  assert.equal(rain.silences, 1)
  rain.fall(speech(seededRandom(1), { from: 16_020, count: 10 }))
  assert.equal(rain.silences, 1)
  rain.wait(20_000)
  assert.equal(rain.silences, 2)
})

test('a leg that was silent before the answer is told as silent again after its time from then on', () => {
  const rain = new Rain()
  rain.wait(16_000)
  assert.equal(rain.silences, 1)
  rain.expectSound()
  rain.wait(rain.nowMs + 2_000)
  assert.equal(rain.silences, 1)
  rain.wait(rain.nowMs + 2_000)
  assert.equal(rain.silences, 2)
})

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { LegId } from '../lib/ids.ts'
import { seededRandom } from '../lib/random.ts'
import { addressNumber } from './address-number.ts'
import type { MediaCodec, Member } from './bay.ts'
import type { MediaReport, MediaRequest } from './control.ts'
import { Exchange } from './exchange.ts'
import { decode, encode, payloadTypeOf } from './g711.ts'
import { Leg } from './leg.ts'
import { headerBytes, PacketView, readPacket, writeHeader } from './packet.ts'
import { RingReader, ringFrames, ringMemory } from './recording-ring.ts'
import { Rooms } from './rooms.ts'
import { legMemory } from './saved-leg.ts'
import { Timeline } from './timeline.ts'
import { goertzel, loudness, purity, tone } from './tone.ts'
import { plainMemory, type Wire } from './wire.ts'

/** A media thread without a thread: its clock is ours, and its sockets are arrays. */
class Hall {
  nowMs = 1000
  readonly reports: MediaReport[] = []
  readonly people = new Map<string, Person>()
  /** To whom nothing can be sent: a fault in the program. */
  broken: Person | null = null
  readonly #requests: MediaRequest[] = []
  readonly #exchange: Exchange
  readonly #inbound = plainMemory()
  #source = { address: 0, port: 0 }

  constructor() {
    const hall = this
    const wire: Wire = {
      inbound: this.#inbound,
      get sourceAddress() {
        return hall.#source.address
      },
      get sourcePort() {
        return hall.#source.port
      },
      memory: plainMemory,
      outbound: plainMemory,
      bind: (_address, _port, token, done) => done(token, null),
      connect: () => true,
      disconnect: () => undefined,
      send: (socket, memory, length) => hall.#heard(socket, memory.bytes.slice(0, length)),
      sendTo: (socket, memory, length) => hall.#heard(socket, memory.bytes.slice(0, length)),
      close: () => undefined,
      descriptor: () => -1,
      detach: () => undefined,
      adopt: () => assert.fail('nobody comes from another thread'),
      run: () => undefined,
      stop: () => undefined,
    }
    this.#exchange = new Exchange({
      data: {
        wire: 'dgram',
        wakeFd: -1,
        epollFd: -1,
        ring: null,
        heart: new SharedArrayBuffer(8),
        takesPrecedence: false,
        address: '127.0.0.1',
        ports: { from: 20_000, to: 21_000 },
        prompts: { beep: { pcma: encode(tone({ hz: 880, ms: 100 }), 'pcma'), pcmu: new Uint8Array(800) } },
      },
      wire,
      monotonic: () => this.nowMs,
      unixNow: () => this.nowMs,
      random: () => 0.25,
      secureLeg: () => assert.fail('no browser is here'),
      srtp: () => assert.fail('no keys are here'),
      report: report => this.reports.push(report),
      nextRequest: () => this.#requests.shift(),
    })
  }

  ask(...requests: MediaRequest[]): void {
    this.#requests.push(...requests)
    this.#exchange.onWake()
  }

  enter(name: string, hz: number, changes: Partial<Person> = {}): Person {
    const person = new Person(this.people.size, hz, changes)
    this.people.set(name, person)
    this.ask(
      { type: 'open', address: '127.0.0.1', leg: name, silenceMs: 0, secure: null, number: 1, memory: legMemory() },
      {
        type: 'configure',
        leg: name,
        parameters: {
          codec: person.codec,
          dtmfPayloadType: null,
          remote: { address: '10.0.0.1', port: 5000 + person.index },
          latch: false,
          allowedSources: [],
          send: true,
          receive: true,
          ptimeMs: 20,
        },
      },
    )
    return person
  }

  patch(a: string, b: string): void {
    this.ask({ type: 'patch', a, b })
  }

  mix(members: Record<string, string[]>, gains: Record<string, number> = {}): void {
    const list = Object.entries(members).map(([leg, hears]): Member => {
      const gainDb = gains[leg]
      return { leg: leg as LegId, hears: hears as LegId[], ...(gainDb === undefined ? {} : { gainDb }) }
    })
    this.ask({ type: 'mix', room: 'call_1', members: list })
  }

  /** Time goes on, millisecond by millisecond; everybody says 20 ms when it is time. */
  run(ms: number): void {
    for (let n = 0; n < ms; n++) {
      this.nowMs++
      for (const person of this.people.values()) {
        const packet = person.packetAt(this.nowMs)
        if (packet === null) continue
        this.#inbound.bytes.set(packet)
        this.#source = { address: addressNumber('10.0.0.1')!, port: 5000 + person.index }
        this.#exchange.onDatagram(person.index * 2, packet.length, this.nowMs)
      }
      this.#exchange.onTick(this.nowMs)
    }
  }

  #heard(socket: number, packet: Uint8Array): void {
    if (socket % 2 === 1) return // a report
    if (socket === (this.broken?.index ?? -1) * 2) throw new Error('a fault in the program')
    for (const person of this.people.values()) if (person.index * 2 === socket) person.hear(packet)
  }
}

class Person {
  readonly index: number
  readonly codec: MediaCodec
  readonly heard: { sequence: number; timestamp: number; ssrc: number; payloadType: number; octets: Uint8Array }[] = []
  talks = true
  readonly #said: Uint8Array
  readonly #phaseMs: number
  #frame = 0

  constructor(index: number, hz: number, { codec = 'pcma' }: Partial<Person> = {}) {
    this.index = index
    this.codec = codec
    this.#phaseMs = (index * 7 + 3) % 20
    this.#said = encode(tone({ hz, ms: 2000, level: 0.2 }), codec)
  }

  packetAt(nowMs: number): Uint8Array | null {
    if (nowMs % 20 !== this.#phaseMs) return null
    const frame = this.#frame++
    if (!this.talks) return null
    const packet = new Uint8Array(headerBytes + 160)
    writeHeader(packet, payloadTypeOf[this.codec], false, frame & 0xffff, frame * 160, 100 + this.index)
    const at = (frame % 100) * 160
    packet.set(this.#said.subarray(at, at + 160), headerBytes)
    return packet
  }

  hear(packet: Uint8Array): void {
    const view = new PacketView()
    assert.ok(readPacket(packet, packet.length, view))
    const { sequence, timestamp, ssrc, payloadType } = view
    this.heard.push({ sequence, timestamp, ssrc, payloadType, octets: packet.slice(headerBytes) })
  }

  samples(from = 0): Int16Array {
    return decode(Buffer.concat(this.heard.slice(from).map(({ octets }) => octets)), this.codec)
  }

  hears(hz: number, from: number): number {
    return goertzel(this.samples(from), hz)
  }

  /** One stream without a hole: the same source, every sequence number, and no timestamp left out. */
  assertUnbroken(): void {
    for (let i = 1; i < this.heard.length; i++) {
      const [before, now] = [this.heard[i - 1]!, this.heard[i]!]
      assert.equal(now.ssrc, before.ssrc)
      assert.equal((now.sequence - before.sequence) & 0xffff, 1, `packet ${i}`)
      assert.equal((now.timestamp - before.timestamp) >>> 0, 160, `packet ${i}`)
    }
  }
}

function supervise(
  hall: Hall,
  target: string | null,
  mode: 'listen' | 'whisper' | 'barge',
  leg = 'sam',
  gainDb = 0,
): void {
  hall.ask({ type: 'supervise', leg, target, mode, gainDb })
}

const conversation = { carl: ['alice'], alice: ['carl'] }
const listening = { ...conversation, sam: ['carl', 'alice'] }
const whisper = { carl: ['alice'], alice: ['carl', 'sam'], sam: ['carl', 'alice'] }
const barge = { carl: ['alice', 'sam'], alice: ['carl', 'sam'], sam: ['carl', 'alice'] }
const [carlHz, aliceHz, samHz] = [500, 700, 1100]

function hall(samCodec: MediaCodec = 'pcma') {
  const hall = new Hall()
  const carl = hall.enter('carl', carlHz)
  const alice = hall.enter('alice', aliceHz)
  const sam = hall.enter('sam', samHz, { codec: samCodec })
  hall.patch('carl', 'alice')
  hall.run(200)
  const hearing = (who: Person, ms = 400): string => {
    hall.run(100)
    const from = who.heard.length
    hall.run(ms)
    return [carlHz, aliceHz, samHz].filter(hz => who.hears(hz, from) > 0.15).join()
  }
  return { hall, carl, alice, sam, hearing }
}

/** A click is a step from one sample to the next that the tones themselves do not make. */
function assertNoClick(samples: Int16Array, hz: number[]): void {
  const steepest = hz.reduce((sum, f) => sum + 0.2 * 32767 * 2 * Math.sin((Math.PI * f) / 8000), 0)
  for (let i = 1; i < samples.length; i++) {
    const step = Math.abs(samples[i]! - samples[i - 1]!)
    assert.ok(step < steepest * 1.15, `a step of ${step} at sample ${i}; the tones make ${Math.round(steepest)}`)
  }
}

describe('a room', () => {
  for (const codec of ['pcma', 'pcmu'] as const)
    test(`lets a supervisor with ${codec} listen, whisper and barge: each hears exactly whom they should`, () => {
      const { hall: h, carl, alice, sam, hearing } = hall(codec)
      const everyone = () => [carl, alice, sam].map(person => hearing(person))
      h.mix(listening)
      assert.deepEqual(everyone(), [`${aliceHz}`, `${carlHz}`, `${carlHz},${aliceHz}`])
      h.mix(whisper)
      assert.deepEqual(everyone(), [`${aliceHz}`, `${carlHz},${samHz}`, `${carlHz},${aliceHz}`])
      h.mix(barge)
      assert.deepEqual(everyone(), [`${aliceHz},${samHz}`, `${carlHz},${samHz}`, `${carlHz},${aliceHz}`])
      // Take over: the supervisor is the agent of the call.
      h.mix({ carl: ['sam'], sam: ['carl'] })
      assert.deepEqual(everyone(), [`${samHz}`, '', `${carlHz}`])
      for (const person of [carl, alice, sam]) {
        assert.equal(new Set(person.heard.map(({ ssrc }) => ssrc)).size, 1)
        assert.ok(person.heard.every(({ payloadType }) => payloadType === payloadTypeOf[person.codec]))
      }
    })

  test('of two who talk while a third listens relays them as a patch does: octet for octet, packet for packet', () => {
    const { hall: h, carl, alice } = hall()
    h.mix(listening)
    const [from, until] = [carl.heard.length, 50]
    h.run(1000)
    const said = encode(tone({ hz: aliceHz, ms: 2000, level: 0.2 }), 'pcma')
    const frame = Buffer.from(said.subarray(0, 160)) // 20 ms are 14 whole periods, so all frames are alike
    assert.equal(carl.heard.length - from, until)
    assert.ok(carl.heard.slice(from).every(({ octets }) => frame.equals(octets)))
    carl.assertUnbroken()
    alice.assertUnbroken()
  })

  test('is gone to and left without a click, a gap or a lost sample, whoever comes and goes', () => {
    const { hall: h, carl, alice, hearing } = hall()
    for (const members of [listening, whisper, barge, whisper, listening, conversation, barge, conversation, barge]) {
      h.mix(members)
      h.run(137)
    }
    h.patch('carl', 'alice')
    assert.equal(hearing(carl), `${aliceHz}`)
    carl.assertUnbroken()
    alice.assertUnbroken()
    assertNoClick(carl.samples(2), [aliceHz, samHz])
    assertNoClick(alice.samples(2), [carlHz, samHz])
    // Alice's tone went on from the first sample to the last: what Carl heard of it is pure but for Sam.
    h.mix({})
    const only = hall()
    for (let n = 0; n < 20; n++) {
      only.sam.talks = false
      only.hall.mix(n % 2 ? conversation : barge)
      only.hall.run(97)
    }
    const heard = only.carl.samples(2)
    assert.ok(purity(heard, aliceHz) > 0.999, `purity ${purity(heard, aliceHz)}`)
    assertNoClick(heard, [aliceHz])
  })

  test('that loses a member lets the others talk on', () => {
    const { hall: h, carl, alice, hearing } = hall()
    h.mix(barge)
    h.run(100)
    h.ask({ type: 'close', leg: 'sam' })
    h.people.delete('sam')
    assert.deepEqual([hearing(carl), hearing(alice)], [`${aliceHz}`, `${carlHz}`])
    carl.assertUnbroken()
    h.mix(conversation)
    h.ask({ type: 'close', leg: 'alice' })
    h.people.delete('alice')
    assert.equal(hearing(carl), '')
    const from = carl.heard.length
    h.run(3000)
    assert.ok(carl.heard.length - from <= 3, 'nobody is left to mix for')
    assert.ok(h.reports.every(({ type }) => type !== 'fault'))
  })

  test('in which sending to one fails goes on for the others; it is told once', () => {
    const { hall: h, carl, alice, sam, hearing } = hall()
    h.mix(barge)
    hearing(sam)
    h.broken = sam
    assert.deepEqual([hearing(carl), hearing(alice)], [`${aliceHz},${samHz}`, `${carlHz},${samHz}`])
    const faults = h.reports.filter(report => report.type === 'fault')
    assert.deepEqual(
      faults.map(({ leg }) => leg),
      ['sam'],
    )
    h.broken = null
    assert.equal(hearing(sam), `${carlHz},${aliceHz}`)
    for (const person of [carl, alice]) person.assertUnbroken()
  })

  test('that fails as a whole costs its members what they hear, and no other room anything', () => {
    const faults: string[] = []
    let sent = 0
    const rooms = new Rooms({ send: () => sent++, fault: ({ id }) => faults.push(id) })
    const legs = Array.from({ length: 6 }, (_, n) => {
      const id = `leg_${n}` as LegId
      const of = { number: n + 1, index: n, silenceMs: 0, secure: null, memory: legMemory(), nowMs: 0 }
      return new Leg({ id, timeline: new Timeline(n, 0, 0), ...of })
    })
    for (const three of [legs.slice(0, 3), legs.slice(3)]) {
      const seats = three.map(leg => ({ leg, hears: three.filter(other => other !== leg), gain: 1 }))
      rooms.mix(`room of ${three[0]!.id}`, seats, 0)
    }
    legs[0]!.input!.next = () => {
      throw new Error('a fault in the program')
    }
    for (let now = 1; now <= 200; now++) rooms.serve(now)
    assert.deepEqual([sent, [...new Set(faults)]], [30, ['leg_0', 'leg_1', 'leg_2']])
  })

  test('gives up a leg that is patched or seated elsewhere, and takes one out of its patch', () => {
    const { hall: h, carl, alice, sam, hearing } = hall()
    const mia = h.enter('mia', 1300)
    h.mix(barge)
    h.run(100)
    h.patch('sam', 'mia')
    assert.equal(hearing(carl), `${aliceHz}`)
    assert.ok(mia.hears(samHz, mia.heard.length - 10) > 0.15)
    h.ask({ type: 'mix', room: 'call_2', members: [] })
    h.mix({ carl: ['alice', 'sam'], alice: ['carl', 'sam'], sam: ['carl', 'alice'] })
    const from = mia.heard.length
    h.run(300)
    assert.ok(loudness(mia.samples(from)) < 0.001, 'who was patched to a leg that went into the room hears nobody')
    assert.equal(hearing(sam), `${carlHz},${aliceHz}`)
    h.ask({ type: 'unpatch', leg: 'alice' as LegId })
    assert.deepEqual([hearing(carl), hearing(alice)], [`${samHz}`, ''])
  })

  test('plays a prompt to one member alone, and the mix is heard again after it', () => {
    const { hall: h, carl, alice, hearing } = hall()
    h.mix(barge)
    h.run(200)
    const [from, other] = [carl.heard.length, alice.heard.length]
    h.ask({ type: 'play', leg: 'carl', prompt: 'beep', loop: false })
    h.run(100)
    assert.ok(carl.hears(880, from) > 0.15 && alice.hears(880, other) < 0.01)
    assert.equal(hearing(carl), `${aliceHz},${samHz}`)
    carl.assertUnbroken()
  })

  test('is recorded as its customer hears it, left and right in step, with no whisper', () => {
    const { hall: h, carl } = hall()
    const memory = ringMemory()
    h.ask({ type: 'record', recording: 'r', leg: 'carl', file: '/x.wav', memory })
    const heardFrom = carl.heard.length
    h.mix(whisper)
    h.run(1000)
    h.mix(barge)
    h.run(1000)
    h.mix(conversation)
    h.run(1000)
    const frames = new Uint8Array(ringFrames * 2)
    const count = new RingReader(memory, payloadTypeOf.pcma).take(23_500, frames)
    const side = (channel: number) =>
      decode(
        Uint8Array.from({ length: count }, (_, i) => frames[i * 2 + channel]!),
        'pcma',
      )
    const [left, right] = [side(0), side(1)]
    assert.ok(purity(left.subarray(400), carlHz) > 0.999, 'left is the customer')
    const part = (second: number) => right.subarray(second * 8000 + 800, second * 8000 + 7200)
    assert.ok(purity(part(0), aliceHz) > 0.99 && goertzel(part(0), samHz) < 0.003, 'the whisper is not in it')
    assert.ok(goertzel(part(1), aliceHz) > 0.18 && goertzel(part(1), samHz) > 0.18, 'what all hear is')
    assert.ok(purity(part(2), aliceHz) > 0.99)
    assertNoClick(right.subarray(800), [aliceHz, samHz])
    const said = decode(Buffer.concat(carl.heard.slice(heardFrom).map(({ octets }) => octets)), 'pcma')
    const isSent = (shift: number) =>
      right.subarray(shift + 400, shift + 20_000).every((sample, i) => sample === said[400 + i])
    assert.ok(Array.from({ length: 400 }, (_, n) => n).some(isSent), 'right is what was sent, to the sample')
  })

  test('makes a member softer for all when told to', () => {
    const { hall: h, carl } = hall()
    h.mix(barge, { sam: -6 })
    h.run(100)
    const from = carl.heard.length
    h.run(400)
    assert.ok(Math.abs(carl.hears(samHz, from) - 0.1) < 0.005 && Math.abs(carl.hears(aliceHz, from) - 0.2) < 0.005)
  })

  test('takes 64 legs and refuses a 65th with words', () => {
    const h = new Hall()
    const names = Array.from({ length: 65 }, (_, n) => `m${n}`)
    for (const name of names) h.enter(name, 500)
    h.mix(Object.fromEntries(names.map(name => [name, names])))
    assert.match(h.reports.map(report => (report.type === 'fault' ? report.words : '')).join(''), /at most 64/)
    h.mix(Object.fromEntries(names.slice(1).map(name => [name, names])))
    h.run(100)
    assert.ok(h.people.get('m64')!.heard.length > 0)
  })
})

describe('a supervisor', () => {
  test('of a leg that is patched hears both, whispers to it, barges in, and is gone: the patch goes on without a seam', () => {
    const { hall: h, carl, alice, sam, hearing } = hall()
    const everyone = () => [carl, alice, sam].map(person => hearing(person))
    supervise(h, 'alice', 'listen')
    assert.deepEqual(everyone(), [`${aliceHz}`, `${carlHz}`, `${carlHz},${aliceHz}`])
    supervise(h, 'alice', 'whisper')
    assert.deepEqual(everyone(), [`${aliceHz}`, `${carlHz},${samHz}`, `${carlHz},${aliceHz}`])
    supervise(h, 'alice', 'barge')
    assert.deepEqual(everyone(), [`${aliceHz},${samHz}`, `${carlHz},${samHz}`, `${carlHz},${aliceHz}`])
    supervise(h, null, 'listen')
    assert.deepEqual(everyone(), [`${aliceHz}`, `${carlHz}`, ''])
    carl.assertUnbroken()
    alice.assertUnbroken()
    assertNoClick(carl.samples(2), [aliceHz, samHz])
  })

  test('is heard as much louder or softer as was ordered, by the agent and by whoever hears a barge; the others as before', () => {
    const { hall: h, carl, alice } = hall()
    const levels = (who: Person) => {
      h.run(200)
      const from = who.heard.length
      h.run(400)
      return [carlHz, aliceHz, samHz].map(hz => who.hears(hz, from))
    }
    const isNear = (level: number, db: number) => Math.abs(20 * Math.log10(level / 0.2) - db) < 0.5
    for (const db of [-12, -6, 6]) {
      supervise(h, 'alice', 'whisper', 'sam', db)
      const [customer, , whisper] = levels(alice)
      assert.ok(isNear(whisper!, db), `a whisper of ${db} dB at ${whisper}`)
      assert.ok(isNear(customer!, 0), `the customer at ${customer}`)
    }
    supervise(h, 'alice', 'whisper', 'sam', 12)
    const [turnedDown, , loud] = levels(alice)
    assert.ok(isNear(loud! / turnedDown! / 5, 12), 'what is too much for the sum is turned down as a whole')
    supervise(h, 'alice', 'barge', 'sam', -12)
    const [, agent, barged] = levels(carl)
    assert.ok(isNear(barged!, -12) && isNear(agent!, 0), `${barged} beside ${agent}`)
    supervise(h, 'alice', 'barge')
    assert.ok(isNear(levels(carl)[2]!, 0))
    carl.assertUnbroken()
    alice.assertUnbroken()
  })

  test('stays with the leg through hold, the next call and a conference', () => {
    const { hall: h, carl, alice, sam, hearing } = hall()
    const mia = h.enter('mia', 1300)
    supervise(h, 'alice', 'whisper')
    h.ask({ type: 'unpatch', leg: 'carl' })
    assert.deepEqual([hearing(sam), hearing(alice), hearing(carl)], [`${aliceHz}`, `${samHz}`, ''])
    h.patch('mia', 'alice')
    h.run(200)
    const from = sam.heard.length
    assert.equal(hearing(alice), `${samHz}`)
    assert.ok(sam.hears(1300, from + 3) > 0.15 && sam.hears(carlHz, from + 3) < 0.01)
    h.mix({ carl: ['alice', 'mia'], alice: ['carl', 'mia'], mia: ['carl', 'alice'] })
    assert.deepEqual([hearing(sam), hearing(carl)], [`${carlHz},${aliceHz}`, `${aliceHz}`])
    supervise(h, 'alice', 'barge')
    const heardByMia = mia.heard.length
    assert.equal(hearing(carl), `${aliceHz},${samHz}`)
    assert.ok(mia.hears(samHz, heardByMia + 5) > 0.15)
  })

  test('beside another hears what all hear, and not what is whispered to the agent', () => {
    const { hall: h, hearing } = hall()
    const quinn = h.enter('quinn', 1300)
    supervise(h, 'alice', 'whisper')
    supervise(h, 'alice', 'listen', 'quinn')
    assert.equal(hearing(quinn), `${carlHz},${aliceHz}`)
    supervise(h, 'alice', 'barge')
    assert.equal(hearing(quinn), `${carlHz},${aliceHz},${samHz}`)
  })

  test('is let go when either leg closes; those who talk, talk on', () => {
    const { hall: h, carl, sam, hearing } = hall()
    supervise(h, 'alice', 'barge')
    h.run(100)
    h.ask({ type: 'close', leg: 'sam' })
    h.people.delete('sam')
    assert.equal(hearing(carl), `${aliceHz}`)
    carl.assertUnbroken()
    const quinn = h.enter('quinn', 1300)
    supervise(h, 'alice', 'listen', 'quinn')
    assert.equal(hearing(quinn), `${carlHz},${aliceHz}`)
    h.ask({ type: 'close', leg: 'alice' })
    h.people.delete('alice')
    assert.deepEqual([hearing(quinn), hearing(carl)], ['', ''])
    assert.ok(sam.heard.length > 0)
  })

  test('may be one of twenty: all hear the same, and the two who talk are relayed still', () => {
    const { hall: h, carl, alice, hearing } = hall()
    const listeners = Array.from({ length: 20 }, (_, n) => h.enter(`s${n}`, 1300))
    listeners.forEach((_, n) => {
      supervise(h, 'alice', 'listen', `s${n}`)
    })
    assert.equal(hearing(carl), `${aliceHz}`)
    for (const listener of listeners) {
      assert.ok(listener.hears(carlHz, 10) > 0.15 && listener.hears(aliceHz, 10) > 0.15)
      assert.ok(listener.hears(1300, 10) < 0.01, 'nobody who listens is heard')
    }
    carl.assertUnbroken()
    alice.assertUnbroken()
  })

  test('orders in any sequence leave everybody hearing whom they should, and nothing breaks', () => {
    const random = seededRandom(11)
    const h = new Hall()
    const names = ['a', 'b', 'c', 'd', 'e', 'f']
    const hz = [400, 550, 700, 900, 1150, 1400]
    for (const [n, name] of names.entries()) h.enter(name, hz[n]!)
    const any = () => names[Math.floor(random() * names.length)]!
    for (let n = 0; n < 400; n++) {
      const dice = random()
      if (dice < 0.3) h.patch(any(), any())
      else if (dice < 0.45) h.ask({ type: 'unpatch', leg: any() })
      else if (dice < 0.6) {
        const members = [...new Set([any(), any(), any(), any()])]
        h.mix(Object.fromEntries(members.map(name => [name, members.filter(() => random() < 0.7)])))
      } else if (dice < 0.65) h.mix({})
      else supervise(h, random() < 0.3 ? null : any(), (['listen', 'whisper', 'barge'] as const)[n % 3]!, any())
      h.run(Math.floor(random() * 60))
    }
    h.mix({})
    for (const name of names) {
      h.ask({ type: 'unpatch', leg: name })
      supervise(h, null, 'listen', name)
    }
    h.patch('a', 'b')
    h.patch('c', 'd')
    supervise(h, 'd', 'listen', 'e')
    h.run(300)
    const from = new Map(names.map(name => [name, h.people.get(name)!.heard.length]))
    h.run(400)
    const heard = names.map(name => hz.filter(f => h.people.get(name)!.hears(f, from.get(name)!) > 0.15))
    assert.deepEqual(heard, [[550], [400], [900], [700], [700, 900], []])
    assert.deepEqual(
      h.reports.filter(({ type }) => type === 'fault'),
      [],
    )
    for (const { heard: packets } of h.people.values()) {
      for (let i = 1; i < packets.length; i++)
        assert.equal((packets[i]!.sequence - packets[i - 1]!.sequence) & 0xffff, 1)
    }
  })
})

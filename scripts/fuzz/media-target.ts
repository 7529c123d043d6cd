/** The patch field of a media thread on a wire of paper: a plain leg patched to another, and a browser's leg, all recorded or mixed as in life. */
import { randomBytes } from 'node:crypto'
import type { LegId, RecordingId } from '../../src/lib/ids.ts'
import type { Random } from '../../src/lib/random.ts'
import { addressNumber } from '../../src/rtp/address-number.ts'
import type { MediaReport, MediaRequest } from '../../src/rtp/control.ts'
import { Exchange } from '../../src/rtp/exchange.ts'
import { RingPool } from '../../src/rtp/ring-pool.ts'
import { legMemory } from '../../src/rtp/saved-leg.ts'
import { datagramMax, type PacketMemory, plainMemory, type Wire, type WireHandler } from '../../src/rtp/wire.ts'
import { createSecureLeg, createSrtp } from '../../src/webrtc/secure.ts'
import { type SrtpKeys, SrtpSession } from '../../src/webrtc/srtp.ts'
import { attribute, method, StunWriter } from '../../src/webrtc/stun.ts'
import type { Target } from './target.ts'

const far = '10.0.0.2'
const password = 'local-password-of-24-char'

/** Sockets are numbers, what is sent is counted, what is heard is put there by hand. */
class PaperWire implements Wire {
  readonly inbound: PacketMemory = plainMemory()
  sourceAddress = addressNumber(far)!
  sourcePort = 4000
  sent = 0
  /** Source that the leg towards port 4000 sends with. */
  ssrc = 0
  readonly #outbound = plainMemory()
  #sockets = 0

  memory(): PacketMemory {
    return plainMemory()
  }
  outbound(): PacketMemory {
    return this.#outbound
  }
  bind(_address: string, _port: number, _token: number, done: (socket: number, problem: string | null) => void): void {
    done(this.#sockets++, null)
  }
  connect(): boolean {
    return true
  }
  disconnect(): void {}
  send(): void {
    this.sent++
  }
  sendTo(_socket: number, memory: PacketMemory, _length: number, _address: number, port: number): void {
    this.sent++
    if (port === 4000) this.ssrc = new DataView(memory.bytes.buffer, memory.bytes.byteOffset).getUint32(8)
  }
  close(): void {}
  descriptor(): number {
    return -1
  }
  detach(): void {}
  adopt(): number {
    return this.#sockets++
  }
  run(_handler: WireHandler): void {}
  stop(): void {}
}

type Kind = 'rtp' | 'rtcp' | 'stun' | 'srtp'

/** `kind` says which socket is fed and with what to begin. */
export function mediaTarget(kind: Kind, random: Random): Target {
  const wire = new PaperWire()
  const requests: MediaRequest[] = []
  const faults: MediaReport[] = []
  let now = 1000
  const exchange = new Exchange({
    data: {
      ...{
        wire: 'dgram',
        wakeFd: -1,
        epollFd: -1,
        ring: null,
        heart: new SharedArrayBuffer(8),
        takesPrecedence: false,
        address: '127.0.0.1',
        prompts: {},
      },
      ports: { from: 20_000, to: 29_999 },
    },
    wire,
    monotonic: () => now,
    unixNow: () => 1_800_000_000_000 + now,
    random,
    secureLeg: createSecureLeg,
    srtp: createSrtp,
    report: message => {
      if (message.type === 'fault') faults.push(message)
    },
    nextRequest: () => requests.shift(),
  })
  const keys: SrtpKeys = {
    ...{ profile: 'AES_CM_128_HMAC_SHA1_80', localKey: randomBytes(16), localSalt: randomBytes(14) },
    ...{ remoteKey: randomBytes(16), remoteSalt: randomBytes(14) },
  }
  requests.push(...scene(keys))
  exchange.onWake()
  now += 2000
  exchange.onTick(now) // silence is sent, and so its source is known
  const token = { rtp: 0, rtcp: 1, stun: 4, srtp: 4 }[kind]
  const put = (bytes: Uint8Array, at: number) => {
    const length = Math.min(bytes.length, datagramMax)
    wire.inbound.bytes.set(bytes.subarray(0, length))
    exchange.onDatagram(at, length, now)
  }
  const browser = new SrtpSession({
    ...keys,
    ...{ localKey: keys.remoteKey, localSalt: keys.remoteSalt, remoteKey: keys.localKey, remoteSalt: keys.localSalt },
  })
  /** As the browser itself would send it, had it gone mad: hostile, and authentic. */
  const authentic = (bytes: Uint8Array): Uint8Array => {
    if (bytes.length < 12 || random() < 0.3) return bytes
    const sealed = new Uint8Array(bytes.length + 64)
    sealed.set(bytes)
    new DataView(sealed.buffer).setUint16(2, ++sequence & 0xffff) // a replay is dropped before it is looked at
    const length = browser.protect(sealed, bytes.length)
    return length < 0 ? bytes : sealed.subarray(0, length)
  }
  let sequence = 0
  let fed = 0
  return {
    name: kind,
    seeds: { rtp: rtpSeeds, rtcp: () => rtcpSeeds(wire.ssrc), stun: stunSeeds, srtp: rtpSeeds }[kind](),
    feed(bytes) {
      now += 1
      put(kind === 'srtp' ? authentic(bytes) : kind === 'stun' ? sealed(bytes, random) : bytes, token)
      if (++fed % 20 === 0) exchange.onTick(now)
      const fault = faults.shift()
      if (fault?.type === 'fault') throw new Error(fault.words)
    },
    close: () => browser.close(),
    isWell() {
      // What is said on one leg is still sent on the other.
      const before = wire.sent
      for (let n = 0; n < 50; n++) {
        now += 20
        put(packet({ sequence: 60_000 + n, timestamp: 9_600_000 + n * 160, ssrc: 77 }), 0)
      }
      return wire.sent - before >= 40
    },
  }
}

function scene(keys: SrtpKeys): MediaRequest[] {
  const remote = (port: number) => ({
    ...{ codec: 'pcma', dtmfPayloadType: 101, remote: { address: far, port }, latch: true, allowedSources: [far] },
    ...{ send: true, receive: true, ptimeMs: 20 },
  })
  const browser = {
    ...{ remoteUfrag: 'far', remotePassword: 'far-password-of-24-chars!', remoteFingerprint: 'sha-256 00' },
    ...{ codec: 'pcma', payloadType: 8, dtmfPayloadType: 101, ssrc: 5 },
  }
  const rings = new RingPool()
  const record = (leg: string) => {
    const recording = `r_${leg}`
    return { type: 'record', recording, leg, file: '/nowhere', memory: rings.lend(recording as RecordingId) }
  }
  return [
    { type: 'open', leg: 'a', silenceMs: 0, secure: null, address: '127.0.0.1', number: 1, memory: legMemory() },
    { type: 'open', leg: 'b', silenceMs: 0, secure: null, address: '127.0.0.1', number: 1, memory: legMemory() },
    {
      type: 'open',
      address: '127.0.0.1',
      number: 3,
      memory: legMemory(),
      leg: 'c',
      silenceMs: 0,
      secure: { parameters: browser, localUfrag: 'near', localPassword: password },
    },
    { type: 'configure', leg: 'a', parameters: remote(4000) },
    { type: 'configure', leg: 'b', parameters: { ...remote(4002), codec: 'pcmu' } },
    { type: 'dtls.keys', leg: 'c', keys },
    record('a'),
    { type: 'patch', a: 'a' as LegId, b: 'b' as LegId },
  ] as unknown as MediaRequest[]
}

function packet(of: { sequence: number; timestamp: number; ssrc: number; payloadType?: number }): Uint8Array {
  const bytes = new Uint8Array(172).fill(0xd5)
  const view = new DataView(bytes.buffer)
  bytes[0] = 0x80
  bytes[1] = of.payloadType ?? 8
  view.setUint16(2, of.sequence & 0xffff)
  view.setUint32(4, of.timestamp >>> 0)
  view.setUint32(8, of.ssrc)
  return bytes
}

/** Speech, a key (RFC 4733), comfort noise, contributing sources, an extension, padding. */
function rtpSeeds(): Uint8Array[] {
  const speech = Array.from({ length: 8 }, (_, n) => packet({ sequence: n, timestamp: n * 160, ssrc: 77 }))
  const key = packet({ sequence: 9, timestamp: 1440, ssrc: 77, payloadType: 101 }).slice(0, 16)
  key.set([5, 0x80, 3, 0x20], 12)
  const comfort = packet({ sequence: 10, timestamp: 1600, ssrc: 77, payloadType: 13 }).slice(0, 13)
  const extended = packet({ sequence: 11, timestamp: 1760, ssrc: 77 })
  extended[0] = 0x92
  extended.set([0, 0, 0, 1, 0, 0, 0, 2, 0xbe, 0xde, 0, 1, 0x10, 0xff, 0, 0], 12)
  const padded = packet({ sequence: 12, timestamp: 1920, ssrc: 77 })
  padded[0] = 0xa0
  padded[171] = 12
  return [...speech, key, comfort, extended, padded]
}

/** Sender and receiver report, description, farewell, application, as RFC 3550 section 6 draws them. */
function rtcpSeeds(ssrc: number): Uint8Array[] {
  const hex = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'))
  const block = `${ssrc.toString(16).padStart(8, '0')} 01000002 00000064 00000010 12345678 00010000`
  return [
    hex(`81c8000c 0000004d e8000000 80000000 00000640 0000000a 00000640 ${block}`),
    hex(`81c90007 0000004d ${block} 81ca0004 0000004d 01066140 622e6300 00000000`),
    hex('81ca0003 0000004d 01026140 00000000'),
    hex('81cb0001 0000004d'),
    hex('80cc0003 0000004d 6e616d65 01020304'),
    hex(`9fc900ba 0000004d ${block.repeat(31)}`),
  ]
}

/** Half of them as someone would send them who knows the password: what is mutated is an attribute, and the seal is right. */
function sealed(bytes: Uint8Array, random: Random): Uint8Array {
  if (random() < 0.5) return bytes
  const kinds = [...Object.values(attribute), 0x0025, 0x7fff, 0x8001]
  const writer = new StunWriter(method.bindingRequest, new Uint8Array(randomBytes(12)))
  if (random() < 0.9) writer.add(attribute.username, Buffer.from('near:far'))
  for (let at = 20; at < Math.min(bytes.length, 120) && random() < 0.9; ) {
    const length = Math.floor(random() * 24)
    writer.add(kinds[Math.floor(random() * kinds.length)]!, bytes.slice(at, at + length))
    at += length + 1
  }
  return writer.seal(password)
}

/** Checks of a browser: authentic, so that mutations of them come as far as they can. */
function stunSeeds(): Uint8Array[] {
  const check = (more: (writer: StunWriter) => StunWriter, kind: number = method.bindingRequest) =>
    more(
      new StunWriter(kind, new Uint8Array(randomBytes(12)))
        .add(attribute.username, Buffer.from('near:far'))
        .add(attribute.iceControlling, new Uint8Array(8))
        .add(attribute.priority, Uint8Array.of(0x6e, 0, 1, 0xff)),
    ).seal(password)
  return [
    check(writer => writer),
    check(writer => writer.add(attribute.useCandidate, new Uint8Array(0))),
    check(writer => writer.add(0x7fff, new Uint8Array(64))),
    check(writer => writer, method.bindingIndication),
    check(writer => writer.addXorAddress('10.0.0.2', 4000), method.success),
  ]
}

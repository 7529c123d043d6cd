/** A telephone for tests: says a tone on a real UDP socket, keeps what it hears. Knows nothing of the code under test but the codec tables. */
import assert from 'node:assert/strict'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import koffi from 'koffi'
import { systemClock } from '../lib/clock.ts'
import type { Endpoint, MediaCodec, RtpParameters } from './bay.ts'
import { decode, encode, payloadTypeOf } from './g711.ts'
import { nativeMemory } from './libc.ts'
import { headerBytes, PacketView, readPacket, writeHeader } from './packet.ts'
import { tone } from './tone.ts'

export type Heard = {
  payloadType: number
  marker: boolean
  sequence: number
  timestamp: number
  ssrc: number
  payload: Uint8Array
  /** When it came, ms of the monotonic clock. */
  at: number
}

export class FarEnd {
  readonly endpoint: Endpoint
  readonly codec: MediaCodec
  /** Everything that came, in order of arrival. */
  readonly heard: Heard[] = []
  /** When set, only what comes from there counts: a loopback port may still be sent to by whoever talked to its last owner. */
  peer: Endpoint | null = null
  ssrc = 0x0a0b0c0d
  sequence = 65_530
  timestamp = 0xffff_fc00
  /** Packets. */
  sent = 0
  readonly #socket: Socket
  #timer: NodeJS.Timeout | null = null

  constructor(socket: Socket, codec: MediaCodec) {
    this.#socket = socket
    this.codec = codec
    this.endpoint = { address: socket.address().address, port: socket.address().port }
    const view = new PacketView()
    socket.on('message', (bytes, from) => {
      if (this.peer !== null && (from.port !== this.peer.port || from.address !== this.peer.address)) return
      if (!readPacket(bytes, bytes.length, view)) return
      const { payloadType, marker, sequence, timestamp, ssrc, payloadAt, payloadEnd } = view
      this.heard.push({
        payloadType,
        marker,
        sequence,
        timestamp,
        ssrc,
        payload: bytes.subarray(payloadAt, payloadEnd),
        at: systemClock.monotonic(),
      })
    })
  }

  static async bind(codec: MediaCodec = 'pcma', address = '127.0.0.1', port = 0): Promise<FarEnd> {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
    socket.bind(port, address)
    await once(socket, 'listening')
    return new FarEnd(socket, codec)
  }

  /** What our side would be told of this phone by its SDP. */
  parameters(changes: Partial<RtpParameters> = {}): RtpParameters {
    const { codec, endpoint } = this
    const usual = { latch: true, allowedSources: [], send: true, receive: true, ptimeMs: 20, dtmfPayloadType: 101 }
    return { codec, remote: endpoint, ...usual, ...changes }
  }

  /** Says a tone from now on, 20 ms at a time. */
  say(hz: number, to: Endpoint, level = 0.25): void {
    this.hush()
    const octets = encode(tone({ hz, ms: 1000, level }), this.codec)
    const startMs = systemClock.monotonic()
    let frame = 0
    // Like a telephone, it says as many frames as time has passed, however late its turn comes.
    this.#timer = setInterval(() => {
      for (; frame * 20 <= systemClock.monotonic() - startMs; frame++) {
        const at = (frame % 50) * 160
        this.send(to, payloadTypeOf[this.codec], octets.subarray(at, at + 160))
      }
    }, 20)
  }

  hush(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
  }

  /** One packet; the sequence goes on, and the timestamp by the payload's length. */
  send(to: Endpoint, payloadType: number, payload: Uint8Array, timestamp = this.timestamp): void {
    const packet = new Uint8Array(headerBytes + payload.length)
    writeHeader(packet, payloadType, false, this.sequence, timestamp, this.ssrc)
    packet.set(payload, headerBytes)
    this.sequence = (this.sequence + 1) & 0xffff
    if (timestamp === this.timestamp) this.timestamp = (this.timestamp + payload.length) >>> 0
    this.sendRaw(to, packet)
  }

  sendRaw(to: Endpoint, bytes: Uint8Array): void {
    this.sent++
    this.#socket.send(bytes, to.port, to.address)
  }

  /** The audio heard since packet `from`, in order of arrival. */
  samples(from = 0): Int16Array {
    const audio = this.heard.slice(from).filter(packet => packet.payloadType === payloadTypeOf[this.codec])
    return decode(Buffer.concat(audio.map(packet => packet.payload)), this.codec)
  }

  [Symbol.dispose](): void {
    this.close()
  }

  close(): void {
    this.hush()
    this.#socket.close()
  }
}

/** The port that a socket of the C library is bound to, by its descriptor. */
export function boundPort(fd: number): number {
  const getsockname = koffi.load(null).func('getsockname', 'int', ['int', 'uintptr_t', 'uintptr_t'])
  const [name, length] = [nativeMemory(16), nativeMemory(4)]
  length.bytes[0] = 16
  assert.equal(getsockname(fd, name.address, length.address), 0)
  return (name.bytes[2]! << 8) | name.bytes[3]!
}

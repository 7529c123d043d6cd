/**
 * The media of a far end whose signalling is played by sipp: sends a tone as G.711, in one law, every 20 ms to whoever sends to it (or to a given
 * address), and keeps what it hears as linear samples.
 */
import { randomInt } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { setTimeout as sleep } from 'node:timers/promises'
import type { MediaCodec } from '../rtp/bay.ts'
import { decode, encode, payloadTypeOf } from '../rtp/g711.ts'
import { codeOf, KeyDetector, keyOf, writeEvent } from '../rtp/telephone-event.ts'
import { goertzel, loudness, purity, tone } from '../rtp/tone.ts'

const frameSamples = 160

export class RtpPeer {
  readonly address: string
  readonly port: number
  /** What it speaks, and all that it understands. */
  readonly law: MediaCodec
  received = 0
  /** Pressed for it, as events of payload type 101. */
  keys = ''
  /** When the first sound that is no silence came, Unix ms; null: not yet. */
  firstSoundAt: number | null = null
  /** The longest time from one packet to the next. */
  longestGapMs = 0
  #heardAt: number | null = null
  readonly #ssrc = randomInt(2 ** 32)
  readonly #socket: Socket
  readonly #pressed = new KeyDetector()
  #heard: Int16Array[] = []
  #remote: { address: string; port: number } | null = null
  #timer: NodeJS.Timeout | null = null
  #sequence = 1000
  #timestamp = 160_000
  #frame = 0
  readonly #voice: Uint8Array
  #once: Uint8Array = new Uint8Array()

  private constructor(socket: Socket, address: string, hz: number, law: MediaCodec) {
    this.law = law
    this.#socket = socket
    this.address = address
    this.port = socket.address().port
    this.#voice = encode(tone({ hz, ms: 1000, level: 0.3 }), law) // a second of whole Hz loops without a click
    socket.on('message', (bytes, from) => {
      if (bytes.length < 12) return
      if ((bytes[1]! & 0x7f) === 101 && this.#pressed.isNew(bytes.readUInt32BE(8), bytes.readUInt32BE(4)))
        this.keys += keyOf(bytes, 12, bytes.length) ?? ''
      if ((bytes[1]! & 0x7f) !== payloadTypeOf[law]) return
      this.received++
      const now = performance.now()
      this.longestGapMs = Math.max(this.longestGapMs, now - (this.#heardAt ?? now))
      this.#heardAt = now
      const frame = decode(bytes.subarray(12), law)
      if (this.firstSoundAt === null && loudness(frame) > 0.01) this.firstSoundAt = Date.now()
      this.#heard.push(frame)
      if (this.#heard.length > 50 * 60) this.#heard.shift()
      if (!this.#remote) this.#start(from)
    })
  }

  static async open(address: string, hz: number, law: MediaCodec = 'pcma'): Promise<RtpPeer> {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
    await new Promise<void>((done, fail) => {
      socket.once('error', fail)
      socket.bind(0, address, () => done())
    })
    return new RtpPeer(socket, address, hz, law)
  }

  /** Who was heard first, and so is talked to. */
  get remote(): { address: string; port: number } | null {
    return this.#remote
  }

  /** Sends from now on to `remote`, heard or not. */
  speakTo(remote: { address: string; port: number }): void {
    this.#start(remote)
  }

  /** Stops talking, as a dead line does. */
  fallSilent(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
  }

  /** Forgets who it talked to and what it heard: the next call begins. */
  reset(): void {
    this.fallSilent()
    this.#remote = null
    this.forget()
  }

  forget(): void {
    this.firstSoundAt = this.#heardAt = null
    this.longestGapMs = 0
    this.#heard = []
  }

  /** The last second that was heard. */
  get lastSecond(): Int16Array {
    const frames = this.#heard.slice(-50)
    const samples = new Int16Array(frames.reduce((sum, frame) => sum + frame.length, 0))
    let at = 0
    for (const frame of frames) {
      samples.set(frame, at)
      at += frame.length
    }
    return samples
  }

  /** Waits until a full second of `hz` was heard, at least half pure; rejects after `withinMs` with what was heard instead. */
  async hears(hz: number, withinMs = 8000): Promise<void> {
    for (const until = performance.now() + withinMs; performance.now() < until; await sleep(50)) {
      const second = this.lastSecond
      if (second.length >= 7_200 && purity(second, hz) > 0.5) return
    }
    const second = this.lastSecond
    throw new Error(
      `${hz} Hz was not heard within ${withinMs} ms at ${this.address}:${this.port}: ${this.received} packets, level ${goertzel(second, hz).toFixed(4)}, purity ${purity(second, hz).toFixed(2)}`,
    )
  }

  /** A key, as RFC 4733 events of payload type 101: 60 ms of it, its end told three times. */
  press(key: string): void {
    const timestamp = this.#timestamp
    for (let n = 1; n <= 6; n++) {
      const packet = Buffer.alloc(16)
      packet[0] = 0x80
      packet[1] = 101 | (n === 1 ? 0x80 : 0)
      packet.writeUInt16BE(this.#sequence++ & 0xffff, 2)
      packet.writeUInt32BE(timestamp >>> 0, 4)
      packet.writeUInt32BE(this.#ssrc, 8)
      writeEvent(packet, 12, codeOf(key), n > 3, Math.min(n, 3) * frameSamples)
      if (this.#remote) this.#socket.send(packet, this.#remote.port, this.#remote.address)
    }
  }

  #start(remote: { address: string; port: number }): void {
    this.#remote = remote
    if (this.#timer) return
    const startedAt = performance.now()
    const first = this.#frame
    const send = () => {
      const due = Math.floor((performance.now() - startedAt) / 20)
      while (this.#frame - first <= due) this.#send()
      this.#timer = setTimeout(send, 10)
    }
    send()
  }

  /** Says this once, in place of its tone: samples at 8 kHz, rounded down to whole frames. */
  say(samples: Int16Array): void {
    this.#once = encode(samples.subarray(0, Math.floor(samples.length / frameSamples) * frameSamples), this.law)
  }

  /** Has said all that it was to say, and its tone goes on. */
  get isThrough(): boolean {
    return this.#once.length === 0
  }

  #send(): void {
    const packet = Buffer.alloc(12 + frameSamples)
    packet[0] = 0x80
    packet[1] = payloadTypeOf[this.law]
    packet.writeUInt16BE(this.#sequence++ & 0xffff, 2)
    packet.writeUInt32BE(this.#timestamp >>> 0, 4)
    packet.writeUInt32BE(this.#ssrc, 8)
    this.#timestamp += frameSamples
    const at = (this.#frame++ % 50) * frameSamples
    if (this.#once.length > 0) {
      packet.set(this.#once.subarray(0, frameSamples), 12)
      this.#once = this.#once.subarray(frameSamples)
    } else packet.set(this.#voice.subarray(at, at + frameSamples), 12)
    if (this.#remote) this.#socket.send(packet, this.#remote.port, this.#remote.address)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.fallSilent()
    await new Promise<void>(done => this.#socket.close(() => done()))
  }
}

/**
 * A far end's media behind a line that can be told how bad it is: a tone every 20 ms of which some packets are lost, doubled, overtaken or
 * late, and RTCP that reports a loss and a round trip of its choosing. Counts what it did, so that a test can hold the figures against it.
 */
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { encode } from '../rtp/g711.ts'
import { tone } from '../rtp/tone.ts'

export type Badness = {
  /** Every n-th packet; 1: all. */
  lossEvery?: number
  doubleEvery?: number
  /** Every n-th packet comes after the one behind it. */
  swapEvery?: number
  /** Each packet waits from 0 to so long, by a fixed pattern. */
  jitterMs?: number
  /** What it reports of us, 0 to 255 of 256; left out: it sends no reports. */
  theirLoss?: number
  /** How much longer than it took it says its report has been under way. */
  roundTripMs?: number
  reportEveryMs?: number
}

const ssrc = 0x1234abcd

export class BadLine {
  readonly address: string
  readonly port: number
  remote: { address: string; port: number } | null = null
  doubled = 0
  swapped = 0
  readonly #rtp: Socket
  readonly #rtcp: Socket
  readonly #how: Badness
  readonly #voice = encode(tone({ hz: 440, ms: 1000, level: 0.3 }), 'pcma')
  #startedAt = 0
  #frame = 0
  #kept: Buffer | null = null
  #timer: NodeJS.Timeout | null = null
  #reporter: NodeJS.Timeout | null = null
  #heardSsrc = 0
  #heardHighest = 0
  #theirReport = 0
  #theirReportAt = 0

  private constructor(rtp: Socket, rtcp: Socket, address: string, how: Badness) {
    this.#rtp = rtp
    this.#rtcp = rtcp
    this.#how = how
    this.address = address
    this.port = rtp.address().port
    rtp.on('message', (bytes, from) => {
      if (bytes.length < 12) return
      this.#heardSsrc = bytes.readUInt32BE(8)
      this.#heardHighest = bytes.readUInt16BE(2)
      if (this.remote === null) this.#begin(from)
    })
    rtcp.on('message', bytes => {
      if (bytes[1] !== 200) return
      this.#theirReport = bytes.readUInt32BE(10)
      this.#theirReportAt = performance.now()
    })
  }

  static async open(address: string, how: Badness): Promise<BadLine> {
    for (let attempt = 0; ; attempt++) {
      const [rtp, rtcp] = [createSocket('udp4'), createSocket('udp4')]
      rtp.bind(0, address)
      await once(rtp, 'listening')
      try {
        rtcp.bind(rtp.address().port + 1, address)
        await once(rtcp, 'listening')
        return new BadLine(rtp, rtcp, address, how)
      } catch (error) {
        rtp.close()
        if (attempt === 20) throw error
      }
    }
  }

  #begin(remote: { address: string; port: number }): void {
    this.remote = { address: remote.address, port: remote.port }
    this.#startedAt = performance.now()
    this.#timer = setInterval(() => {
      while (this.#frame * 20 <= performance.now() - this.#startedAt) this.#speak(this.#frame++)
    }, 5)
    if (this.#how.theirLoss !== undefined)
      this.#reporter = setInterval(() => this.#report(), this.#how.reportEveryMs ?? 1_500)
  }

  #speak(n: number): void {
    const { lossEvery = 0, doubleEvery = 0, swapEvery = 0, jitterMs = 0 } = this.#how
    const packet = Buffer.alloc(172)
    packet[0] = 0x80
    packet[1] = 8
    packet.writeUInt16BE((60_000 + n) & 0xffff, 2)
    packet.writeUInt32BE((n * 160) >>> 0, 4)
    packet.writeUInt32BE(ssrc, 8)
    packet.set(this.#voice.subarray((n % 50) * 160, (n % 50) * 160 + 160), 12)
    const isTurn = (every: number, phase: number) => every > 0 && n % every === phase % every
    if (isTurn(lossEvery, 7)) return
    if (isTurn(swapEvery, 11)) {
      this.#kept = packet
      return
    }
    const waitMs = jitterMs === 0 ? 0 : ((n * 7919) % 17) * (jitterMs / 16)
    const held = this.#kept
    this.#kept = null
    const isDoubled = isTurn(doubleEvery, 13)
    if (isDoubled) this.doubled++
    if (held !== null) this.swapped++
    setTimeout(() => {
      this.#send(this.#rtp, packet, 0)
      if (isDoubled) this.#send(this.#rtp, packet, 0)
      if (held !== null) this.#send(this.#rtp, held, 0)
    }, waitMs)
  }

  #report(): void {
    const { theirLoss = 0, roundTripMs = 0 } = this.#how
    const bytes = Buffer.alloc(32)
    bytes.writeUInt32BE(0x81c90007, 0)
    bytes.writeUInt32BE(ssrc, 4)
    bytes.writeUInt32BE(this.#heardSsrc, 8)
    bytes.writeUInt32BE(((theirLoss << 24) | 5) >>> 0, 12)
    bytes.writeUInt32BE(this.#heardHighest, 16)
    bytes.writeUInt32BE(40, 20)
    if (this.#theirReport !== 0) {
      const held = performance.now() - this.#theirReportAt - roundTripMs
      if (held > 0) {
        bytes.writeUInt32BE(this.#theirReport, 24)
        bytes.writeUInt32BE(Math.round(held * 65.536), 28)
      }
    }
    this.#send(this.#rtcp, bytes, 1)
  }

  #send(socket: Socket, bytes: Buffer, beside: number): void {
    if (this.remote !== null && this.#timer !== null) socket.send(bytes, this.remote.port + beside, this.remote.address)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer)
    if (this.#reporter !== null) clearInterval(this.#reporter)
    this.#timer = null
    await Promise.all([this.#rtp, this.#rtcp].map(socket => new Promise<void>(done => socket.close(() => done()))))
  }
}

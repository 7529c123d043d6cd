/**
 * A browser's audio without the browser: one UDP socket that speaks ICE, DTLS and SRTP as Chromium does. For load, where five hundred
 * Chromiums will not fit, and for what Chromium cannot be made to do.
 */
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { decode, encode } from '../rtp/g711.ts'
import { tone } from '../rtp/tone.ts'
import { type DtlsContext, type DtlsOutcome, DtlsPeer } from '../webrtc/dtls.ts'
import { SrtpSession, srtpOverheadMax } from '../webrtc/srtp.ts'
import { attribute, method, StunWriter } from '../webrtc/stun.ts'

const frameBytes = 172
/** Frames that are kept: a minute. */
const heardMax = 3000
const localUfrag = 'soft'
const localPassword = 'soft-browser-password-24'.replaceAll('-', '+')

export type Far = { address: string; port: number; ufrag: string; password: string; fingerprint: string }

export class SoftBrowser {
  /** Genuine packets of speech. */
  received = 0
  /** Packets that failed authentication. */
  refused = 0
  /** As whoever listens on the network has it. */
  lastCheck: Uint8Array = new Uint8Array()
  readonly offer: string
  readonly #context: DtlsContext
  readonly #socket: Socket
  readonly #packet = new Uint8Array(frameBytes + srtpOverheadMax)
  #far: Far | null = null
  #dtls: DtlsPeer | null = null
  #srtp: SrtpSession | null = null
  #isNominated = false
  #isImpostor = false
  #sequence: number
  #consent: NodeJS.Timeout | undefined
  #voice: NodeJS.Timeout | undefined
  #heard: Buffer[] = []

  private constructor(context: DtlsContext, fingerprint: string, socket: Socket, sequence: number) {
    this.#context = context
    this.#sequence = sequence
    this.#socket = socket
    this.offer = offerWith(fingerprint)
    this.#packet.set([0x80, 8, 0, 0, 0, 0, 0, 0, 0xb0, 0, 0, 1])
    this.#packet.fill(0xd5, 12)
    socket.on('message', packet => this.#receive(packet))
  }

  /** `context` and `fingerprint` are of the certificate it shows; `sequence`: of the packet before its first. */
  static async open(context: DtlsContext, fingerprint: string, address: string, sequence = 0): Promise<SoftBrowser> {
    const socket = createSocket({ type: 'udp4', recvBufferSize: 256 * 1024 })
    socket.bind(0, address)
    await once(socket, 'listening')
    return new SoftBrowser(context, fingerprint, socket, sequence)
  }

  /** Resolves with the ms from the answer to the keys; rejects after 5 s. */
  async connect(answer: string): Promise<number> {
    const startedAt = performance.now()
    this.#far = readAnswer(answer)
    this.#dtls = new DtlsPeer(this.#context, { role: 'client', remoteFingerprint: this.#far.fingerprint })
    for (let waitMs = 5; this.#srtp === null; waitMs = Math.min(waitMs * 2, 50)) {
      if (performance.now() - startedAt > 5000) throw new Error('the browser’s leg did not come up within 5 s')
      if (!this.#isNominated) this.#check()
      await sleep(waitMs)
    }
    this.#consent = setInterval(() => this.#check(), 2500)
    return performance.now() - startedAt
  }

  /**
   * Another handshake on the connection that is there, after a good-bye in the name of the old one. With another's certificate this end
   * keeps the keys it has. Resolves when this end is done with it; rejects after 5 s.
   */
  async shakeAgain(context = this.#context): Promise<void> {
    this.sayGoodbye()
    const dtls = new DtlsPeer(context, { role: 'client', remoteFingerprint: this.#far!.fingerprint })
    this.#dtls = dtls
    this.#isImpostor = context !== this.#context
    this.#carry(dtls.start())
    for (const until = performance.now() + 5000; dtls.phase === 'handshake'; await sleep(5))
      if (performance.now() > until) throw new Error('the second handshake did not come to its end within 5 s')
  }

  /** close_notify, as a page that is left says. */
  sayGoodbye(): void {
    this.#carry(this.#dtls?.close() ?? [])
  }

  /** Says a tone from now on, 20 ms at a time, as many frames as time has passed. */
  say(hz: number): void {
    const voice = encode(tone({ hz, ms: 1000, level: 0.25 }), 'pcma')
    const startedAt = performance.now()
    let frame = 0
    this.#voice = setInterval(() => {
      for (; frame * 20 <= performance.now() - startedAt; frame++) {
        const at = (frame % 50) * 160
        this.speak(voice.subarray(at, at + 160))
      }
    }, 20)
  }

  /** The last second that was heard. */
  get lastSecond(): Int16Array {
    return decode(Buffer.concat(this.#heard.slice(-50)), 'pcma')
  }

  forget(): void {
    this.#heard = []
  }

  /** One frame of 20 ms; of silence, unless its octets are given. */
  speak(octets?: Uint8Array): void {
    const packet = this.#packet
    this.#sequence = (this.#sequence + 1) & 0xffffffff
    packet[1] = 8
    packet[2] = (this.#sequence >>> 8) & 0xff
    packet[3] = this.#sequence & 0xff
    new DataView(packet.buffer).setUint32(4, (this.#sequence * 160) >>> 0)
    if (octets === undefined) packet.fill(0xd5, 12, frameBytes)
    else packet.set(octets, 12)
    const length = this.#srtp?.protect(packet, frameBytes) ?? -1
    if (length > 0) this.#send(Buffer.from(packet.subarray(0, length)))
  }

  #receive(packet: Buffer): void {
    const first = packet[0] ?? 0
    if (first <= 3) {
      if (packet.readUInt16BE(0) !== method.success || this.#isNominated) return
      this.#isNominated = true
      this.#carry(this.#dtls!.start())
    } else if (first >= 20 && first <= 63) this.#carry(this.#dtls?.receive(packet) ?? [])
    else if (this.#srtp && (packet[1]! & 0x7f) === 8) {
      const length = this.#srtp.unprotect(packet, packet.length)
      if (length > 0) this.#hear(packet.subarray(12, length))
      else this.refused++
    }
  }

  #hear(octets: Buffer): void {
    this.received++
    this.#heard.push(octets)
    if (this.#heard.length > heardMax) this.#heard.shift()
  }

  #carry(outcomes: DtlsOutcome[]): void {
    for (const outcome of outcomes) {
      if (outcome.type === 'packet') this.#send(outcome.packet)
      if (outcome.type === 'keys' && !this.#isImpostor) this.#srtp = new SrtpSession(outcome.keys)
    }
  }

  #check(): void {
    this.lastCheck = checkOf(this.#far!).slice()
    this.#send(this.lastCheck)
  }

  #send(packet: Uint8Array): void {
    if (this.#far) this.#socket.send(packet, this.#far.port, this.#far.address)
  }

  [Symbol.dispose](): void {
    clearInterval(this.#consent)
    clearInterval(this.#voice)
    this.sayGoodbye()
    this.#srtp?.close()
    this.#socket.close()
  }
}

/** A binding request that nominates, as a browser sends it until it is answered and then as consent. */
export function checkOf(far: Far): Uint8Array {
  const transaction = crypto.getRandomValues(new Uint8Array(12))
  const check = new StunWriter(method.bindingRequest, transaction)
    .add(attribute.username, Buffer.from(`${far.ufrag}:${localUfrag}`))
    .add(attribute.iceControlling, new Uint8Array(8))
    .add(attribute.priority, Uint8Array.of(0x6e, 0, 1, 0xff))
    .add(attribute.useCandidate, new Uint8Array(0))
  return check.seal(far.password)
}

export function offerWith(fingerprint: string): string {
  return `${[
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'm=audio 9 UDP/TLS/RTP/SAVPF 8',
    'c=IN IP4 0.0.0.0',
    `a=ice-ufrag:${localUfrag}`,
    `a=ice-pwd:${localPassword}`,
    `a=fingerprint:${fingerprint}`,
    'a=setup:actpass',
    'a=mid:0',
    'a=sendrecv',
    'a=rtcp-mux',
    'a=rtpmap:8 PCMA/8000',
  ].join('\r\n')}\r\n`
}

export function readAnswer(sdp: string): Far {
  const value = (shape: RegExp) => {
    const found = shape.exec(sdp)?.[1]
    if (found === undefined) throw new Error(`the answer lacks ${shape}`)
    return found
  }
  return {
    address: value(/^a=candidate:1 1 udp \d+ (\S+)/m),
    port: Number(value(/^a=candidate:1 1 udp \d+ \S+ (\d+)/m)),
    ufrag: value(/^a=ice-ufrag:(\S+)/m),
    password: value(/^a=ice-pwd:(\S+)/m),
    fingerprint: value(/^a=fingerprint:(sha-256 \S+)/m),
  }
}

/**
 * The sound of the bench's people: a frame of G.711 each 20 ms in which stands when it left, and of what arrives the count and the delay. The
 * two ends of a call are a customer in the clear and a browser by DTLS-SRTP; all customers share one socket and all browsers another.
 */
import { checkOf, type Far, offerWith, readAnswer } from '../../src/e2e/soft-browser.ts'
import { loadLibc } from '../../src/rtp/libc.ts'
import { type DtlsContext, type DtlsOutcome, DtlsPeer } from '../../src/webrtc/dtls.ts'
import { SrtpSession, srtpOverheadMax } from '../../src/webrtc/srtp.ts'
import { method } from '../../src/webrtc/stun.ts'
import { MassSocket, nowUs } from './mass-socket.ts'

const headerBytes = 12
const frameBytes = 172
/** 'Swtr': what a frame of ours begins with. */
const mark = 0x53777472
const consentEveryMs = 2500
const libc = loadLibc()
const upWithinMs = 20_000
const checkEveryMs = 50
/** A thousand people do not begin to speak at one instant because this thread was held up: what it owes it says in pieces. */
const spokenAtOnce = 64
/**
 * µs. People do not speak at the tick of a millisecond: of a thousand, fifty who do would wait for each other at the relay for half of it, and
 * that would be measured as the relay's. So while it is measured who is due speaks at most so much later.
 */
const lookEveryUs = 400
const restUsMin = 20
const lateMsMax = 2

/** In memory that is there before anybody speaks: a list that grows would be copied while the packets wait. */
export type Delays = {
  /** Of each packet that came, how long it was under way. */
  us: Uint32Array
  /** When it came, since `fromUs`. */
  atUs: Uint32Array
  fromUs: number
  count: number
}

/** `lateAtUs`: when this thread was late, so that many spoke at once. */
export type Sums = { sent: number; received: number; delays: Delays; lateAtUs: number[] }

type Speaker = { octets: number[]; port: number; sequence: number; browser: Browser | null; speaks: boolean }

export class Talk {
  readonly customers: MassSocket
  readonly browsers: MassSocket
  readonly #byPort = new Map<number, Browser>()
  readonly #speakers: Speaker[] = []
  readonly #timer: NodeJS.Timeout
  #sums: Sums = noSums(0)
  #isSpeaking = true
  #spoken = 0
  #startedAt = performance.now()
  #batchUs = 0
  #isBehind = false
  #next = 0
  #isPaced = false
  #lookedAt = 0

  constructor(at: { address: string; customers: number; browsers: number }) {
    this.customers = new MassSocket(at.address, at.customers)
    this.browsers = new MassSocket(at.address, at.browsers)
    this.#timer = setInterval(() => this.turn(), 1)
  }

  add(remote: { address: string; port: number }, browser: Browser | null): Speaker {
    const octets = remote.address.split('.').map(Number)
    const speaker = { octets, port: remote.port, sequence: 0, browser, speaks: true }
    this.#speakers.push(speaker)
    this.#restart()
    return speaker
  }

  remove(speaker: Speaker): void {
    const at = this.#speakers.indexOf(speaker)
    if (at >= 0) this.#speakers.splice(at, 1)
    this.#restart()
  }

  join(browser: Browser, port: number): void {
    this.#byPort.set(port, browser)
  }

  /** Everyone is silent until `speak`, so that nothing is under way when the sums begin and end. */
  hush(): void {
    this.#isSpeaking = false
  }

  /** Sums begin anew; delays are kept of as many packets as come in so many seconds. */
  speak(seconds: number): void {
    this.#sums = noSums(this.#speakers.length * 50 * seconds)
    this.#isSpeaking = true
    this.#restart()
    if (this.#isPaced || libc === null) return
    this.#isPaced = true
    this.#look()
  }

  get sums(): Sums {
    return this.#sums
  }

  turn(): void {
    this.customers.receive((packet, length, _port, atUs) => {
      if (length === frameBytes) this.#heard(packet, atUs)
    })
    this.browsers.receive((packet, length, port, atUs) => {
      const browser = this.#byPort.get(port)
      if (browser === undefined) return
      const plain = browser.take(packet, length)
      if (plain === frameBytes) this.#heard(packet, atUs)
    })
    const count = this.#speakers.length
    if (!this.#isSpeaking || count === 0) return
    const due = Math.floor(((performance.now() - this.#startedAt) / 20) * count)
    const until = Math.min(due, this.#spoken + spokenAtOnce)
    const lateMs = performance.now() - this.#startedAt - (this.#spoken * 20) / count
    if (lateMs > lateMsMax) this.#sums.lateAtUs.push(nowUs())
    for (; this.#spoken < until; this.#spoken++) this.#say(this.#speakers[this.#next++ % count]!)
    this.customers.flush()
    this.browsers.flush()
    if (until < due && !this.#isBehind) {
      this.#isBehind = true
      setImmediate(() => {
        this.#isBehind = false
        this.turn()
      })
    }
  }

  close(): void {
    clearInterval(this.#timer)
    this.#isPaced = false
  }

  /** Rests until it is time to look again; what else this thread has to do comes in between. */
  #look(): void {
    if (!this.#isPaced) return
    const restUs = Math.floor(lookEveryUs - (performance.now() - this.#lookedAt) * 1000)
    if (restUs >= restUsMin) libc?.usleep(restUs)
    this.#lookedAt = performance.now()
    this.turn()
    setImmediate(() => this.#look())
  }

  #restart(): void {
    this.#startedAt = performance.now()
    this.#spoken = 0
  }

  #say(speaker: Speaker): void {
    const { browser } = speaker
    const socket = browser === null ? this.customers : this.browsers
    if (socket.isEmpty) this.#batchUs = nowUs()
    const { room } = socket
    const view = new DataView(room.buffer, room.byteOffset)
    speaker.sequence++
    view.setUint16(0, 0x8008)
    view.setUint16(2, speaker.sequence & 0xffff)
    view.setUint32(4, (speaker.sequence * 160) >>> 0)
    view.setUint32(8, 0xb0000001)
    room.fill(0xd5, headerBytes, frameBytes)
    view.setUint32(headerBytes, mark)
    view.setFloat64(headerBytes + 4, this.#batchUs)
    const length = browser === null ? frameBytes : browser.seal(room, frameBytes)
    if (length < 0) return
    socket.put(length, speaker.octets, speaker.port)
    this.#sums.sent++
  }

  #heard(packet: Uint8Array, atUs: number): void {
    const view = new DataView(packet.buffer, packet.byteOffset)
    if (view.getUint32(headerBytes) !== mark) return
    this.#sums.received++
    const { delays } = this.#sums
    const { us, count } = delays
    if (count === us.length) return
    us[count] = Math.max(0, Math.round(atUs - view.getFloat64(headerBytes + 4)))
    delays.atUs[count] = atUs - delays.fromUs
    delays.count = count + 1
  }
}

function noSums(packetsMax: number): Sums {
  const delays = { us: new Uint32Array(packetsMax).fill(1), atUs: new Uint32Array(packetsMax).fill(1) }
  return { sent: 0, received: 0, delays: { ...delays, fromUs: nowUs(), count: 0 }, lateAtUs: [] }
}

/** One agent's browser: ICE, DTLS and SRTP over the socket that all share. */
export class Browser {
  readonly offer: string
  readonly #talk: Talk
  readonly #dtlsContext: DtlsContext
  #far: (Far & { octets: number[] }) | null = null
  #dtls: DtlsPeer | null = null
  #srtp: SrtpSession | null = null
  #isNominated = false
  #consent: NodeJS.Timeout | undefined

  constructor(talk: Talk, context: DtlsContext, fingerprint: string) {
    this.#talk = talk
    this.#dtlsContext = context
    this.offer = offerWith(fingerprint)
  }

  /** Resolves when there are keys; where the service has its leg. */
  async connect(answer: string): Promise<{ address: string; port: number }> {
    const far = readAnswer(answer)
    this.#far = { ...far, octets: far.address.split('.').map(Number) }
    this.#dtls = new DtlsPeer(this.#dtlsContext, { role: 'client', remoteFingerprint: far.fingerprint })
    this.#talk.join(this, far.port)
    const until = performance.now() + upWithinMs
    while (this.#srtp === null) {
      if (performance.now() > until) throw new Error(`a browser’s leg did not come up within ${upWithinMs} ms`)
      if (!this.#isNominated) this.#check()
      await new Promise(done => setTimeout(done, checkEveryMs))
    }
    this.#consent = setInterval(() => this.#check(), consentEveryMs)
    this.#consent.unref()
    return far
  }

  /** The length of the packet of audio in the clear, or -1. */
  take(packet: Uint8Array, length: number): number {
    const first = packet[0]!
    if (first <= 3) {
      const kind = (packet[0]! << 8) | packet[1]!
      if (kind === method.success && !this.#isNominated) {
        this.#isNominated = true
        this.#carry(this.#dtls!.start())
      }
    } else if (first >= 20 && first <= 63) this.#carry(this.#dtls!.receive(Buffer.from(packet.subarray(0, length))))
    else if (this.#srtp !== null && (packet[1]! & 0x7f) === 8) return this.#srtp.unprotect(packet, length)
    return -1
  }

  seal(packet: Uint8Array, length: number): number {
    return this.#srtp?.protect(packet.subarray(0, length + srtpOverheadMax), length) ?? -1
  }

  #check(): void {
    this.#send(checkOf(this.#far!))
  }

  #carry(outcomes: DtlsOutcome[]): void {
    for (const outcome of outcomes) {
      if (outcome.type === 'packet') this.#send(outcome.packet)
      if (outcome.type === 'keys') this.#srtp = new SrtpSession(outcome.keys)
    }
  }

  #send(packet: Uint8Array): void {
    const { browsers } = this.#talk
    browsers.room.set(packet)
    browsers.put(packet.length, this.#far!.octets, this.#far!.port)
    browsers.flush()
  }
}

/**
 * A stereo recording as Ogg Opus (RFC 7845): each channel is a stream of its own, so that nothing of what one side said ever sounds on the
 * other, however the codec saves. Players see ordinary stereo (channel mapping family 1).
 */
import { Application, createEncoder, type OpusEncoderHandle, Signal } from 'libopus-wasm'
import { OggWriter } from './ogg.ts'

export const samplesPerMs = 8
/** The longest that the speech part of Opus codes in one go: a third of the overhead of 20 ms. */
const packetMs = 60
export const packetSamples = packetMs * samplesPerMs
/** Opus counts at 48 kHz whatever comes in (RFC 7845 section 4). */
const granulesPerSample = 6
const packetsPerPage = 16

/** Bits a second of each channel; who listens uses next to nothing. */
export const bitrate = 12_000
/** Of 10: half the CPU of the highest for the telephone's band, where nobody hears the difference. */
const complexity = 5

const encoderName = 'Switchroom'

export class OpusStream implements Disposable {
  readonly #encoders: [OpusEncoderHandle, OpusEncoderHandle]
  readonly #ogg: OggWriter
  readonly #preSkip: number
  #granule = 0n
  #packets = 0

  private constructor(encoders: [OpusEncoderHandle, OpusEncoderHandle], ogg: OggWriter) {
    this.#encoders = encoders
    this.#ogg = ogg
    this.#preSkip = encoders[0].getLookahead() * granulesPerSample
    // Each header has a page for itself (RFC 7845 section 3).
    ogg.packet(head(this.#preSkip), 0n)
    ogg.flush()
    ogg.packet(tags(), 0n)
    ogg.flush()
  }

  static async open(serial: number, write: (page: Uint8Array) => void): Promise<OpusStream> {
    const options = {
      sampleRate: samplesPerMs * 1000,
      channels: 1,
      application: Application.Voip,
      signal: Signal.Voice,
      frameSize: packetSamples,
      bitrate,
      complexity,
    } as const
    return new OpusStream([await createEncoder(options), await createEncoder(options)], new OggWriter(serial, write))
  }

  /** One packet of each channel: `packetSamples` samples at 8 kHz. */
  encode(left: Int16Array, right: Int16Array): void {
    const first = selfDelimited(this.#encoders[0].encode(left))
    const second = this.#encoders[1].encode(right)
    const packet = new Uint8Array(first.length + second.length)
    packet.set(first)
    packet.set(second, first.length)
    this.#granule += BigInt(packetSamples * granulesPerSample)
    // The page that is full waits for the next packet: the last page has one, or players would not cut off what it holds too much.
    if (this.#packets > 0 && this.#packets % packetsPerPage === 0) this.#ogg.flush()
    this.#packets++
    this.#ogg.packet(packet, this.#granule)
  }

  /** Of the samples encoded, the first `samples` are the recording: what pads the last packet is cut off by whoever plays. */
  finish(samples: number): void {
    // The codec is behind by what is skipped at the beginning, so as much follows at the end.
    const end = BigInt(this.#preSkip + samples * granulesPerSample)
    while (this.#granule < end) this.encode(silence, silence)
    this.#ogg.flush(true, end)
  }

  [Symbol.dispose](): void {
    for (const encoder of this.#encoders) encoder.free()
  }
}

const silence = new Int16Array(packetSamples)

/** RFC 7845 section 5.1: two streams, neither coupled, left and right. */
function head(preSkip: number): Uint8Array {
  const bytes = Buffer.alloc(23)
  bytes.write('OpusHead', 0, 'latin1')
  bytes[8] = 1 // version
  bytes[9] = 2 // channels
  bytes.writeUInt16LE(preSkip, 10)
  bytes.writeUInt32LE(samplesPerMs * 1000, 12)
  bytes.writeInt16LE(0, 16) // gain
  bytes[18] = 1 // channel mapping family: left, right
  bytes[19] = 2 // streams
  bytes[20] = 0 // of these coupled
  bytes.set([0, 1], 21)
  return bytes
}

/** RFC 7845 section 5.2. */
function tags(): Uint8Array {
  const name = Buffer.from(encoderName)
  const bytes = Buffer.alloc(16 + name.length)
  bytes.write('OpusTags', 0, 'latin1')
  bytes.writeUInt32LE(name.length, 8)
  bytes.set(name, 12)
  return bytes
}

/**
 * RFC 6716 appendix B: all but the last packet of several streams say where they end. The encoder makes one frame a packet (code 0), so its
 * length goes behind the first octet.
 */
export function selfDelimited(packet: Uint8Array): Uint8Array {
  if ((packet[0]! & 3) !== 0) throw new RangeError('a packet of several frames; one is expected')
  const length = packet.length - 1
  const coded = length < 252 ? [length] : [252 + (length & 3), (length - (252 + (length & 3))) >> 2]
  const bytes = new Uint8Array(packet.length + coded.length)
  bytes[0] = packet[0]!
  bytes.set(coded, 1)
  bytes.set(packet.subarray(1), 1 + coded.length)
  return bytes
}

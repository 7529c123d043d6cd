/**
 * Customers with ears: a patch bay whose legs are plain sockets that note when they first hear somebody. Everything else of the carrier
 * simulator stays as it is. A frame of one value is silence, such as the house sends to a leg to which nobody speaks yet.
 */
import { createSocket, type Socket } from 'node:dgram'
import type { LegId } from '../../src/lib/ids.ts'
import type { Random } from '../../src/lib/random.ts'
import type { Bay, Endpoint } from '../../src/rtp/bay.ts'
import { encode } from '../../src/rtp/g711.ts'
import { tone } from '../../src/rtp/tone.ts'

const frameSamples = 160
const payloadTypes = { pcma: 8, pcmu: 0 } as const
/** Customers who do not speak send a frame a second, as gateways with silence suppression do. */
const quietEvery = 50

type Ear = {
  leg: LegId
  socket: Socket
  remote: Endpoint | null
  codec: 'pcma' | 'pcmu'
  /** When this customer picked up, ms; null: not yet. */
  answeredAt: number | null
  heard: boolean
  speaks: boolean
  frame: number
}

export type EarsOptions = {
  address: string
  /** Share of the customers who speak without a pause; the others are quiet. */
  speaking: number
  random: Random
  now(): number
  /** `leg` heard its first sound `ms` after it had picked up. */
  onHeard(leg: LegId, ms: number): void
}

export function earsBay({ address, speaking, random, now, onHeard }: EarsOptions): Bay {
  const ears = new Map<LegId, Ear>()
  const voice = { pcma: framesOf('pcma'), pcmu: framesOf('pcmu') }
  const startedAt = now()
  let sent = 0
  const clock = setInterval(() => {
    for (const due = Math.floor((now() - startedAt) / 20); sent < due; sent++) for (const ear of ears.values()) say(ear)
  }, 10)

  function say(ear: Ear): void {
    if (ear.answeredAt === null || ear.remote === null) return
    const frame = ear.frame++
    if (!ear.speaks && frame % quietEvery !== 0) return
    const packet = Buffer.alloc(12 + frameSamples, ear.codec === 'pcma' ? 0xd5 : 0xff)
    packet[0] = 0x80
    packet[1] = payloadTypes[ear.codec]
    packet.writeUInt16BE(frame & 0xffff, 2)
    packet.writeUInt32BE((frame * frameSamples) >>> 0, 4)
    packet.writeUInt32BE(0x5eed, 8)
    if (ear.speaks) packet.set(voice[ear.codec][frame % voice[ear.codec].length]!, 12)
    ear.socket.send(packet, ear.remote.port, ear.remote.address)
  }

  function hear(ear: Ear, packet: Buffer): void {
    if (ear.heard || ear.answeredAt === null || packet.length <= 12) return
    // Reports (RTCP) for a neighbour's port come here too: the system gave out ports one by one.
    if ((packet[1]! & 0x7f) !== payloadTypes[ear.codec]) return
    const first = packet[12]
    for (let at = 13; at < packet.length; at++) {
      if (packet[at] === first) continue
      ear.heard = true
      return onHeard(ear.leg, now() - ear.answeredAt)
    }
  }

  const none = (what: string) => () => {
    throw new Error(`a customer with ears cannot ${what}`)
  }
  return {
    async open(leg) {
      const socket = createSocket({ type: 'udp4', recvBufferSize: 65_536 })
      await new Promise<void>((done, fail) => {
        socket.once('error', fail)
        socket.bind(0, address, done)
      })
      const ear: Ear = {
        leg,
        socket,
        remote: null,
        codec: 'pcma',
        answeredAt: null,
        heard: false,
        speaks: random() < speaking,
        frame: 0,
      }
      socket.on('error', () => undefined) // the house has closed its port: the BYE is on its way
      socket.on('message', packet => hear(ear, packet))
      ears.set(leg, ear)
      return { address, port: socket.address().port }
    },
    restartIce: none('restart ICE'),
    configure(leg, { remote, codec }) {
      const ear = ears.get(leg)
      if (ear) Object.assign(ear, { remote, codec })
    },
    /** The carrier lets its person speak in the same turn in which the 200 OK leaves. */
    play(leg) {
      const ear = ears.get(leg)
      if (ear) ear.answeredAt ??= now()
    },
    listen: none('be listened to'),
    teach: none('be taught'),
    identify: none('identify a sound'),
    close(leg) {
      ears.get(leg)?.socket.close()
      ears.delete(leg)
    },
    stopPlay: () => undefined,
    expectSound: () => undefined,
    learn: () => undefined,
    say: none('say a sentence of parts'),
    stopRecording: () => undefined,
    unpatch: () => undefined,
    mix: none('sit in a room'),
    supervise: none('supervise'),
    patch: none('be patched'),
    sendDigits: none('press keys'),
    record: none('be recorded'),
    keepIn: () => undefined,
    salvage: none('be salvaged'),
    loads: () => [],
    hasSpare: () => false,
    way: () => 'dgram',
    figures: async () => [],
    onEvent: () => undefined,
    failed: new Promise<Error>(() => undefined),
    async [Symbol.asyncDispose]() {
      clearInterval(clock)
      for (const { socket } of ears.values()) socket.close()
      ears.clear()
    },
  }
}

function framesOf(codec: 'pcma' | 'pcmu'): Uint8Array[] {
  const second = encode(tone({ hz: 700, ms: 1000, level: 0.3 }), codec)
  return Array.from({ length: 50 }, (_, at) => second.subarray(at * frameSamples, (at + 1) * frameSamples))
}

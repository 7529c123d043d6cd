/** A leg whose keys came in SDP, against a far end that does SRTP on node:crypto. */
import assert from 'node:assert/strict'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { LegId } from '../lib/ids.ts'
import { SrtpSession } from '../webrtc/srtp.ts'
import { nodeCiphers } from '../webrtc/srtp-ciphers.ts'
import { keyBytes, saltBytes } from '../webrtc/srtp-transform.ts'
import type { Endpoint } from './bay.ts'
import { createBay } from './create-bay.ts'
import { FarEnd } from './far-end.ts'
import { decode, encode } from './g711.ts'
import { loadLibc } from './libc.ts'
import { headerBytes, writeHeader } from './packet.ts'
import type { SrtpKeys } from './secure-leg.ts'
import { goertzel, purity, tone } from './tone.ts'

const carrier = 'leg_carrier' as LegId
const alice = 'leg_alice' as LegId
const profiles = Object.keys(keyBytes) as SrtpKeys['profile'][]

for (const wire of ['libc', 'dgram'] as const)
  describe(`an encrypted leg on ${wire}`, { skip: wire === 'libc' && loadLibc() === null, concurrency: 4 }, () => {
    for (const profile of wire === 'libc' ? profiles : profiles.slice(0, 1))
      test(`${profile}: a tone each way, at its frequency and level`, async () => {
        await using world = await open(wire, profile)
        world.far.say(1000)
        world.near.say(440, world.nearPort)
        await pause(700)
        assertTone(world.near.samples(5), 1000)
        assertTone(world.far.samples(), 440)
        assert.equal(world.far.unreadable, 0, 'nothing left in the clear or under another key')
        for (let waitedMs = 0; waitedMs < 2000 && world.far.reports === 0; waitedMs += 20) await pause(20)
        assert.ok(world.far.reports > 0, 'and RTCP is encrypted too')
        const [figures] = (await world.figures()).filter(each => each.leg === carrier)
        assert.equal(figures!.dropped, 0)
        assert.ok(figures!.received > 20)
      })

    if (wire === 'dgram') return // what follows has nothing to do with the wire, and each bay takes its threads' start
    test('what is in the clear, under another key, altered or replayed is dropped and counted, and moves nothing', async () => {
      await using world = await open(wire, 'AES_CM_128_HMAC_SHA1_80')
      world.far.say(1000)
      await pause(300)
      world.far.hush()
      await pause(100)
      const before = world.near.heard.length
      const stranger = await SecureFar.bind(keys('AES_CM_128_HMAC_SHA1_80', 66))
      stranger.to = world.carrierPort
      for (let count = 0; count < 5; count++) {
        world.far.sendRaw(world.far.plainPacket())
        stranger.sendFrame()
        world.far.sendRaw(world.far.lastSent)
      }
      await pause(200)
      const [figures] = (await world.figures()).filter(each => each.leg === carrier)
      assert.equal(
        world.near.heard.filter((_, at) => at >= before && world.near.heard[at]!.payload.some(o => o !== 0xd5)).length,
        0,
      )
      assert.ok(figures!.dropped >= 10, `${figures!.dropped} dropped`)
      const heardBefore = world.far.heard
      await pause(1300)
      assert.ok(world.far.heard > heardBefore, 'the stranger did not draw our media to itself')
      assert.equal(stranger.heard + stranger.unreadable, 0)
      stranger.close()
    })

    test('a re-INVITE changes the keys in the middle of a call, and one without keys does not lead back to the clear', async () => {
      await using world = await open(wire, 'AES_CM_128_HMAC_SHA1_80')
      world.far.say(1000)
      await pause(300)
      const fresh = keys('AEAD_AES_256_GCM', 9)
      world.configure(fresh)
      await pause(50)
      world.far.rekey(mirrored(fresh))
      const from = world.near.heard.length
      world.near.say(440, world.nearPort)
      await pause(500)
      assertTone(world.near.samples(from + 5), 1000)
      world.configure(null)
      await pause(100)
      const [heard, unreadable] = [world.far.heard, world.far.unreadable]
      await pause(300)
      assert.deepEqual([world.far.heard, world.far.unreadable], [heard, unreadable], 'it hears nothing more')
    })
  })

async function open(wire: 'libc' | 'dgram', profile: SrtpKeys['profile']) {
  const from = 20_000 + 2 * Math.floor(Math.random() * 14_000)
  const bay = await createBay({ address: '127.0.0.1', ports: { from, to: from + 199 }, prompts: {}, wire })
  const ours = keys(profile, 1)
  const far = await SecureFar.bind(mirrored(ours))
  const near = await FarEnd.bind()
  const spec = { kind: 'rtp' as const, silenceMs: 0 }
  const [carrierPort, nearPort] = [await bay.open(carrier, spec), await bay.open(alice, spec)]
  far.to = carrierPort
  near.peer = nearPort
  const configure = (srtp: SrtpKeys | null) =>
    bay.configure(carrier, { ...near.parameters(), remote: far.endpoint, dtmfPayloadType: 101, srtp })
  configure(ours)
  bay.configure(alice, near.parameters())
  bay.patch(carrier, alice)
  return {
    ...{ far, near, carrierPort, nearPort, configure },
    figures: () => bay.figures(),
    async [Symbol.asyncDispose]() {
      far.close()
      near.close()
      await bay[Symbol.asyncDispose]()
    },
  }
}

function keys(profile: SrtpKeys['profile'], seed: number): SrtpKeys {
  const bytes = (length: number, from: number) => Uint8Array.from({ length }, (_, at) => (from + at * 7 + seed) & 255)
  const [key, salt] = [keyBytes[profile], saltBytes[profile]]
  return {
    profile,
    localKey: bytes(key, 1),
    localSalt: bytes(salt, 50),
    remoteKey: bytes(key, 100),
    remoteSalt: bytes(salt, 150),
  }
}

const mirrored = ({ profile, localKey, localSalt, remoteKey, remoteSalt }: SrtpKeys): SrtpKeys => ({
  ...{ profile, localKey: remoteKey, localSalt: remoteSalt, remoteKey: localKey, remoteSalt: localSalt },
})

function assertTone(samples: Int16Array, hz: number): void {
  assert.ok(samples.length > 1600, `${samples.length} samples`)
  const middle = samples.subarray(400, -400)
  assert.ok(purity(middle, hz) > 0.9, `purity of ${hz} Hz is ${purity(middle, hz)}`)
  const level = goertzel(middle, hz)
  assert.ok(level > 0.15 && level < 0.3, `level of ${hz} Hz is ${level}`)
}

class SecureFar {
  readonly endpoint: Endpoint
  to: Endpoint = { address: '127.0.0.1', port: 9 }
  heard = 0
  reports = 0
  unreadable = 0
  lastSent: Uint8Array = new Uint8Array()
  readonly #audio: Uint8Array[] = []
  readonly #socket: Socket
  readonly #srtp: SrtpSession
  readonly #octets = encode(tone({ hz: 1000, ms: 1000, level: 0.25 }), 'pcma')
  #frame = 0
  #timer: NodeJS.Timeout | null = null

  private constructor(socket: Socket, given: SrtpKeys) {
    this.#socket = socket
    this.#srtp = new SrtpSession(given, nodeCiphers)
    this.endpoint = { address: '127.0.0.1', port: socket.address().port }
    socket.on('message', bytes => {
      const room = new Uint8Array(bytes.length + 64)
      room.set(bytes)
      const isReport = bytes[1]! >= 192 && bytes[1]! <= 223
      const length = isReport ? this.#srtp.unprotectRtcp(room, bytes.length) : this.#srtp.unprotect(room, bytes.length)
      if (length < 0) this.unreadable++
      else if (isReport) this.reports++
      else {
        this.heard++
        this.#audio.push(room.slice(headerBytes, length))
      }
    })
  }

  static async bind(given: SrtpKeys): Promise<SecureFar> {
    // RTCP comes to the port above, so both are needed.
    for (;;) {
      const port = 36_000 + 2 * Math.floor(Math.random() * 5_000)
      const [socket, reports] = [createSocket('udp4'), createSocket('udp4')]
      try {
        socket.bind(port, '127.0.0.1')
        await once(socket, 'listening')
        reports.bind(port + 1, '127.0.0.1')
        await once(reports, 'listening')
      } catch {
        // A port was taken: a socket that is left open would keep the process from ending.
        socket.close()
        reports.close()
        continue
      }
      const far = new SecureFar(socket, given)
      reports.on('message', (bytes, from) => socket.emit('message', bytes, from))
      far.#closeToo = () => reports.close()
      return far
    }
  }

  #closeToo: () => void = () => undefined

  say(_hz: 1000): void {
    this.hush()
    const from = performance.now() - this.#frame * 20
    this.#timer = setInterval(() => {
      while (this.#frame * 20 <= performance.now() - from) this.sendFrame()
    }, 20)
  }

  hush(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
  }

  plainPacket(): Uint8Array {
    const packet = new Uint8Array(headerBytes + 160)
    writeHeader(packet, 8, false, this.#frame & 0xffff, (this.#frame * 160) >>> 0, 0x0a0b0c0d)
    packet.set(this.#octets.subarray((this.#frame % 50) * 160, (this.#frame % 50) * 160 + 160), headerBytes)
    return packet
  }

  sendFrame(): void {
    const plain = this.plainPacket()
    const room = new Uint8Array(plain.length + 64)
    room.set(plain)
    this.lastSent = room.slice(0, this.#srtp.protect(room, plain.length))
    this.#frame++
    this.sendRaw(this.lastSent)
  }

  sendRaw(bytes: Uint8Array): void {
    this.#socket.send(bytes, this.to.port, this.to.address)
  }

  rekey(given: SrtpKeys): void {
    this.#srtp.rekey(given)
  }

  samples(): Int16Array {
    return decode(Buffer.concat(this.#audio), 'pcma')
  }

  close(): void {
    this.hush()
    this.#socket.close()
    this.#closeToo()
  }
}

/** Where a browser's audio is sent: by which way it asks, who else may ask, and how soon it goes on by another. */
import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { SoftBrowser } from '../e2e/soft-browser.ts'
import type { LegId } from '../lib/ids.ts'
import { DtlsContext } from '../webrtc/dtls.ts'
import { createDtlsIdentity } from '../webrtc/identity.ts'
import { createSecureLeg, createSrtp } from '../webrtc/secure.ts'
import { type SrtpKeys, SrtpSession } from '../webrtc/srtp.ts'
import { offerAnswerer } from '../webrtc/station.ts'
import { attribute, method, StunWriter } from '../webrtc/stun.ts'
import { addressNumber, addressText } from './address-number.ts'
import type { MediaReport, MediaRequest } from './control.ts'
import { createBay } from './create-bay.ts'
import { Exchange } from './exchange.ts'
import { loadLibc } from './libc.ts'
import { headerBytes, writeHeader } from './packet.ts'
import { legMemory } from './saved-leg.ts'
import { tone } from './tone.ts'
import { plainMemory, type Wire } from './wire.ts'

type At = { address: string; port: number }

const wifi: At = { address: '10.0.0.5', port: 50_000 }
const lan: At = { address: '10.0.1.5', port: 50_001 }
const mallory: At = { address: '10.0.0.66', port: 6_666 }
const credentials = { localUfrag: 'near', localPassword: 'local-password-of-24-char', remoteUfrag: 'far' }

const bytes = (length: number, from: number) => Uint8Array.from({ length }, (_, at) => (from + 7 * at) & 255)
const keys: SrtpKeys = {
  ...{ profile: 'AES_CM_128_HMAC_SHA1_80', localKey: bytes(16, 1), localSalt: bytes(14, 2) },
  ...{ remoteKey: bytes(16, 3), remoteSalt: bytes(14, 4) },
}

/** A media thread on a wire of paper, by a clock of ours, with one browser, which hears music all the while. */
class Desk {
  nowMs = 10_000
  /** Where each datagram went, and what it was. */
  readonly sent: { to: string; kind: 'stun' | 'media' }[] = []
  readonly reports: MediaReport[] = []
  readonly #requests: MediaRequest[] = []
  readonly #exchange: Exchange
  readonly #inbound = plainMemory()
  readonly #srtp = new SrtpSession({
    ...keys,
    ...{ localKey: keys.remoteKey, localSalt: keys.remoteSalt, remoteKey: keys.localKey, remoteSalt: keys.localSalt },
  })
  #from: At = wifi
  #peer: string | null = null
  #sequence = 0

  constructor() {
    const desk = this
    const note = (to: string, first: number) => desk.sent.push({ to, kind: first < 64 ? 'stun' : 'media' })
    const wire: Wire = {
      inbound: this.#inbound,
      get sourceAddress() {
        return addressNumber(desk.#from.address)!
      },
      get sourcePort() {
        return desk.#from.port
      },
      memory: plainMemory,
      outbound: plainMemory,
      bind: (_address, _port, token, done) => done(token, null),
      connect: (_socket, address, port) => {
        desk.#peer = `${addressText(address)}:${port}`
        return true
      },
      disconnect: () => {
        desk.#peer = null
      },
      send: (_socket, memory) => note(desk.#peer!, memory.bytes[0]!),
      sendTo: (_socket, memory, _length, address, port) => note(`${addressText(address)}:${port}`, memory.bytes[0]!),
      close: () => undefined,
      descriptor: () => 7,
      detach: () => undefined,
      adopt: (_descriptor, token, peer) => {
        desk.#peer = peer && `${addressText(peer.address)}:${peer.port}`
        return token
      },
      run: () => undefined,
      stop: () => undefined,
    }
    this.#exchange = new Exchange({
      data: {
        ...{
          wire: 'dgram',
          wakeFd: -1,
          epollFd: -1,
          ring: null,
          heart: new SharedArrayBuffer(12),
          takesPrecedence: false,
        },
        ...{ address: '127.0.0.1', ports: { from: 20_000, to: 21_000 } },
        prompts: { music: { pcma: new Uint8Array(1_600), pcmu: new Uint8Array(1_600) } },
      },
      wire,
      ...{ monotonic: () => this.nowMs, unixNow: () => this.nowMs, random: () => 0.25 },
      ...{ secureLeg: createSecureLeg, srtp: createSrtp },
      report: report => this.reports.push(report),
      nextRequest: () => this.#requests.shift(),
    })
    this.ask({ type: 'open', ...this.opening, address: '127.0.0.1' })
  }

  readonly opening = {
    ...{ leg: 'alice', silenceMs: 0, number: 1, memory: legMemory() },
    secure: {
      ...{ localUfrag: credentials.localUfrag, localPassword: credentials.localPassword },
      parameters: {
        ...{ remoteUfrag: 'far', remotePassword: 'far-password-of-24-chars!', remoteFingerprint: 'sha-256 00' },
        ...{ codec: 'pcma' as const, payloadType: 8, dtmfPayloadType: 101, ssrc: 5 },
      },
    },
  }

  ask(...requests: MediaRequest[]): void {
    this.#requests.push(...requests)
    this.#exchange.onWake()
  }

  /** True when the kernel let it through: a connected socket hears its peer alone. */
  put(packet: Uint8Array, from: At): boolean {
    if (this.#peer !== null && this.#peer !== textOf(from)) return false
    this.#inbound.bytes.set(packet)
    this.#from = from
    this.#exchange.onDatagram(0, packet.length, this.nowMs)
    return true
  }

  /** So long the browser talks by this way, 20 ms at a time (null: it says nothing); and asks for it twice a second, as its consent. */
  run(ms: number, way: At | null): void {
    for (const end = this.nowMs + ms; this.nowMs < end; this.nowMs += 20) {
      if (way !== null && this.nowMs % 500 === 0) this.put(check(), way)
      if (way !== null) this.put(this.frame(), way)
      this.#exchange.onTick(this.nowMs)
    }
  }

  frame(): Uint8Array {
    const packet = new Uint8Array(headerBytes + 160 + 64).fill(0xd5)
    this.#sequence++
    writeHeader(packet, 8, false, this.#sequence & 0xffff, this.#sequence * 160, 77)
    return packet.slice(0, this.#srtp.protect(packet, headerBytes + 160))
  }

  /** Where media went since the last time that this was asked, in turn. */
  get wentTo(): string[] {
    const media = this.sent.splice(0).filter(({ kind }) => kind === 'media')
    return media.map(({ to }) => to).filter((to, at, all) => to !== all[at - 1])
  }

  get foreign(): number {
    this.ask({ type: 'figures', ask: 1, legs: ['alice'] })
    return this.reports.flatMap(report => (report.type === 'figures' ? report.figures : [])).at(-1)!.foreign
  }
}

const textOf = ({ address, port }: At) => `${address}:${port}`

function check(of = credentials): Uint8Array {
  return new StunWriter(method.bindingRequest, crypto.getRandomValues(new Uint8Array(12)))
    .add(attribute.username, Buffer.from(`${of.localUfrag}:${of.remoteUfrag}`))
    .add(attribute.iceControlling, new Uint8Array(8))
    .add(attribute.priority, Uint8Array.of(0x6e, 0, 1, 0xff))
    .add(attribute.useCandidate, new Uint8Array(0))
    .seal(of.localPassword)
    .slice()
}

/** A browser that is connected, has talked by Wi-Fi for two seconds, and whose check of that time was overheard. */
function talking(): { desk: Desk; overheard: Uint8Array } {
  const desk = new Desk()
  const overheard = check()
  assert.ok(desk.put(overheard, wifi))
  desk.ask({ type: 'dtls.keys', leg: 'alice', keys }, { type: 'play', leg: 'alice', prompt: 'music', loop: true })
  desk.run(2_000, wifi)
  assert.deepEqual(desk.wentTo, [textOf(wifi)])
  return { desk, overheard }
}

test('a check that was overheard, sent again from elsewhere, draws no audio there, is not answered, and is counted', () => {
  const { desk, overheard } = talking()
  desk.run(1_200, null) // it says nothing, and so everybody is heard
  const before = desk.foreign
  desk.sent.splice(0)
  for (let n = 0; n < 5; n++) {
    assert.ok(desk.put(overheard, mallory))
    desk.run(1_000, null)
  }
  assert.deepEqual([desk.sent.filter(({ to }) => to === textOf(mallory)), desk.wentTo], [[], [textOf(wifi)]])
  assert.equal(desk.foreign - before, 5)
  desk.run(1_000, wifi)
  assert.deepEqual(desk.wentTo, [textOf(wifi)])
})

test('nor does it keep up the consent of a browser that is gone', () => {
  const { desk, overheard } = talking()
  for (let second = 0; second < 31; second++) {
    desk.put(overheard, wifi)
    desk.run(1_000, null)
  }
  assert.ok(desk.reports.some(report => report.type === 'event' && report.event.type === 'leg.lost'))
})

test('nor in another thread, to which the leg has moved with its sockets', () => {
  const { desk, overheard } = talking()
  desk.run(1_200, null)
  desk.ask({ type: 'release', leg: 'alice' })
  const saved = desk.reports.flatMap(report => (report.type === 'released' ? [report.saved] : []))[0]!
  const standing = { parameters: null, keys, playing: null, tap: null, ear: null, ice: [] }
  desk.ask({ type: 'adopt', ...desk.opening, sockets: { rtp: 7, rtcp: -1 }, saved, standing })
  desk.sent.splice(0)
  desk.put(overheard, mallory)
  desk.run(1_100, null)
  assert.deepEqual(desk.wentTo, [textOf(wifi)])
})

test('a check that was kept from arriving draws no audio away either from a browser whose thread has just died', () => {
  const { desk } = talking()
  desk.ask({ type: 'release', leg: 'alice' })
  const standing = { parameters: null, keys, playing: null, tap: null, ear: null, ice: [] }
  desk.ask({ type: 'adopt', ...desk.opening, sockets: { rtp: 7, rtcp: -1 }, saved: null, standing })
  desk.ask({ type: 'play', leg: 'alice', prompt: 'music', loop: true })
  desk.sent.splice(0)
  assert.ok(desk.put(check(), mallory), 'a socket that is taken up hears everybody')
  desk.run(100, null)
  assert.deepEqual(desk.wentTo, [textOf(wifi)])
})

test('a way that was asked for and not taken is forgotten when another one is: media that was kept from arriving draws no audio there', () => {
  const { desk } = talking()
  desk.run(1_100, null)
  desk.put(check(), wifi)
  assert.ok(desk.put(check(), mallory))
  desk.run(1_000, null)
  assert.ok(desk.put(check(), lan))
  desk.sent.splice(0)
  assert.ok(desk.put(desk.frame(), mallory))
  desk.run(100, null)
  assert.deepEqual(desk.wentTo, [textOf(lan)])
})

test('a check that was kept from arriving and comes from elsewhere draws no audio away from a browser that is heard', () => {
  const { desk } = talking()
  desk.run(1_100, null)
  assert.ok(desk.put(check(), wifi), 'it says nothing, and gives its consent')
  desk.run(900, null)
  assert.ok(desk.put(check(), mallory))
  desk.run(100, null)
  desk.run(1_000, wifi)
  assert.deepEqual(desk.wentTo, [textOf(wifi)])
})

test('whose Wi-Fi is gone is talked to by the cable within two seconds, whether it says something or only asks for it', () => {
  const { desk } = talking()
  desk.run(2_000, lan) // of the first second the connected socket hears nothing
  assert.deepEqual(desk.wentTo, [textOf(wifi), textOf(lan)])
  const quiet = talking().desk
  quiet.run(1_100, null)
  quiet.put(check(), lan)
  quiet.sent.splice(0)
  quiet.run(100, null)
  assert.deepEqual(quiet.wentTo, [textOf(lan)])
})

test('who has both is talked to by the other way at once, when it asks for that and talks by it', () => {
  const { desk } = talking()
  desk.run(1_100, null)
  desk.put(check(), wifi)
  desk.put(check(), lan)
  desk.sent.splice(0)
  desk.run(40, null)
  assert.deepEqual(desk.wentTo, [textOf(wifi)], 'it has only asked')
  desk.run(40, lan)
  assert.deepEqual(desk.wentTo.at(-1), textOf(lan))
})

test('whom a NAT gives another port is talked to there within two seconds', () => {
  const { desk } = talking()
  const rebound = { ...wifi, port: 50_777 }
  desk.run(2_000, rebound)
  assert.deepEqual(desk.wentTo, [textOf(wifi), textOf(rebound)])
})

test('who begins ICE anew goes on by the way that it asks for then, while the old one is still there too', () => {
  const { desk } = talking()
  const anew = { localUfrag: 'near2', localPassword: 'another-password-of-24-ch', remoteUfrag: 'far2' }
  desk.ask({ type: 'ice.restart', leg: 'alice' as LegId, credentials: anew })
  desk.run(1_100, null)
  desk.put(check(), wifi)
  desk.put(check(anew), lan)
  desk.put(desk.frame(), lan)
  desk.sent.splice(0)
  desk.run(1_100, null)
  assert.deepEqual(desk.wentTo, [textOf(lan)])
})

for (const wire of ['libc', 'dgram'] as const)
  describe(`on ${wire}`, { skip: wire === 'libc' && loadLibc() === null }, () => {
    test('a browser that says nothing goes on hearing, whoever sends its checks again', async () => {
      const identity = await createDtlsIdentity(Date.now())
      const from = 22_000 + 2 * Math.floor(Math.random() * 4_000)
      const prompts = { music: tone({ hz: 600, ms: 1000, level: 0.2 }) }
      await using bay = await createBay({
        ...{ address: '127.0.0.1', ports: { from, to: from + 99 }, prompts, wire, dtls: identity },
      })
      const answer = offerAnswerer({ bay, fingerprint: identity.fingerprint, addresses: [], silenceMs: 0 })
      using browser = await SoftBrowser.open(new DtlsContext(identity), identity.fingerprint, '127.0.0.1')
      const { sdp } = await answer('alice' as LegId, browser.offer)
      await browser.connect(sdp)
      bay.play('alice' as LegId, 'music', true)
      const socket = createSocket('udp4').on('message', () => heard++)
      let heard = 0
      socket.bind(0, '127.0.0.66')
      await once(socket, 'listening')
      const port = Number(/^a=candidate:1 1 udp \d+ \S+ (\d+)/m.exec(sdp)![1])
      for (let n = 0; n < 30; n++) {
        socket.send(browser.lastCheck, port, '127.0.0.1')
        await pause(50)
      }
      const before = browser.received
      for (let waitedMs = 0; waitedMs < 10_000 && browser.received < before + 20; waitedMs += 20) await pause(20)
      socket.close()
      assert.ok(browser.received >= before + 20, 'it hears on')
      assert.equal(heard, 0)
      const [figures] = await bay.figures()
      assert.ok(figures!.foreign >= 10, `${figures!.foreign} counted`)
    })
  })

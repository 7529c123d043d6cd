/**
 * The patch field of one media worker: the table of its legs, what the main thread asks of them, and what is done by the clock (prompts and
 * keys every 20 ms, reports every 5 s, the watch over silence every 100 ms).
 */
import type { LegId, RecordingId } from '../lib/ids.ts'
import type { Random } from '../lib/random.ts'
import type { BayEvent, LegFigures, RtpParameters } from './bay.ts'
import type { MediaReport, MediaRequest, MediaWorkerData, PromptOctets, SecureSpec } from './control.ts'
import { encode, payloadTypeOf } from './g711.ts'
import { Leg } from './leg.ts'
import { Pacer } from './pacer.ts'
import { Player } from './player.ts'
import { RingWriter } from './recording-ring.ts'
import { Relay } from './relay.ts'
import { Reporter } from './reporter.ts'
import type { SecureLegFactory } from './secure-leg.ts'
import { tonesOf } from './telephone-event.ts'
import { Timeline } from './timeline.ts'
import { tone } from './tone.ts'
import { ipv4Number, type Wire, type WireHandler } from './wire.ts'

const watchMs = 100
/** A speech of more parts is cut off: ten minutes of single digits. */
const speechPartsMax = 1000
/** A leg to which nobody speaks hears a frame of silence this often: it keeps NATs, latching peers and desk phones content (RFC 6263). */
const idleMs = 1000
/** A leg this quiet may be heard from another port again, if its address is allowed. */
const unlatchMs = 1000
/** RFC 7675 section 5.1. */
const consentMs = 30_000

export type ExchangePorts = {
  data: MediaWorkerData
  wire: Wire
  /** ms of `processMonotonic`. */
  monotonic(): number
  unixNow(): number
  random: Random
  secureLeg: SecureLegFactory
  report(message: MediaReport): void
  /** The next request of the main thread, or undefined. */
  nextRequest(): MediaRequest | undefined
}

export class Exchange implements WireHandler {
  readonly #ports: ExchangePorts
  readonly #wire: Wire
  readonly #relay: Relay
  readonly #reporter: Reporter
  readonly #pacer = new Pacer<Leg>()
  readonly #legs = new Map<string, Leg>()
  /** A socket's token is twice the index, plus 1 for RTCP. */
  readonly #byIndex: (Leg | null)[] = []
  readonly #recordings = new Map<string, Leg>()
  #nextPort: number
  #watchAt = 0

  constructor(ports: ExchangePorts) {
    this.#ports = ports
    this.#wire = ports.wire
    const { from, to } = ports.data.ports
    this.#nextPort = from + 2 * Math.floor((ports.random() * (to - from)) / 2)
    this.#reporter = new Reporter(ports)
    this.#relay = new Relay({
      wire: ports.wire,
      keyTones: keyTones(),
      emit: event => this.#emit(event),
      onDtls: (leg, packet) => ports.report({ type: 'dtls.packet', leg: leg.id, packet }),
      onReport: (leg, bytes, length) => this.#reporter.heard(leg, bytes, length, this.#relay.nowMs),
    })
  }

  onDatagram(token: number, length: number): void {
    const leg = this.#byIndex[token >> 1]
    if (!leg) return
    try {
      this.#relay.nowMs = this.#ports.monotonic()
      if (token & 1) this.#relay.receiveRtcp(leg, length)
      else this.#relay.receive(leg, length)
    } catch (error) {
      leg.dropped++
      if (leg.hasFault) return
      leg.hasFault = true
      this.#ports.report({ type: 'fault', leg: leg.id, words: (error as Error).stack ?? String(error) })
    }
  }

  onTick(): number {
    const now = (this.#relay.nowMs = this.#ports.monotonic())
    this.#pacer.serve(now, leg => this.#pace(leg))
    if (now >= this.#watchAt) {
      for (const leg of this.#legs.values()) this.#watch(leg, now)
      this.#watchAt = now + watchMs
    }
    return this.#pacer.waitMs(this.#ports.monotonic(), Math.max(0, Math.ceil(this.#watchAt - now)))
  }

  onWake(): void {
    for (let request = this.#ports.nextRequest(); request !== undefined; request = this.#ports.nextRequest()) {
      this.#relay.nowMs = this.#ports.monotonic()
      this.#perform(request)
    }
  }

  #perform(request: MediaRequest): void {
    switch (request.type) {
      case 'open':
        return this.#open(request.leg as LegId, request.silenceMs, request.secure)
      case 'configure':
        return this.#with(request.leg, leg => this.#configure(leg, request.parameters))
      case 'patch':
        return this.#with(request.a, a => this.#with(request.b, b => this.#patch(a, b)))
      case 'unpatch':
        return this.#with(request.leg, unpatch)
      case 'play':
        return this.#with(request.leg, leg => this.#play(leg, request.prompt, request.loop))
      case 'say':
        return this.#with(request.leg, leg => this.#say(leg, request.speech, request.parts))
      case 'learn':
        this.#ports.data.prompts[request.prompt] = request.octets
        return
      case 'stopPlay':
        return this.#with(request.leg, leg => this.#stopPlay(leg))
      case 'sendDigits':
        return this.#with(request.leg, leg => this.#sendDigits(leg, request.digits))
      case 'record':
        return this.#record(request)
      case 'stopRecording':
        return this.#stopRecording(request.recording)
      case 'close':
        return this.#with(request.leg, leg => this.#close(leg))
      case 'figures': {
        const figures = Array.from(this.#legs.values(), figuresOf)
        return this.#ports.report({ type: 'figures', ask: request.ask, figures })
      }
      case 'dtls.packet':
        return this.#with(request.leg, leg => this.#relay.sendRaw(leg, request.packet))
      case 'dtls.keys':
        return this.#with(request.leg, leg => {
          leg.secure?.setKeys(request.keys)
          if (!leg.isSecure) this.#emit({ type: 'leg.secure', leg: leg.id })
          leg.isSecure = true
        })
      case 'dtls.lost':
        return this.#with(request.leg, leg => this.#lose(leg, request.reason))
      case 'stop':
        for (const leg of [...this.#legs.values()]) this.#close(leg)
        this.#wire.stop()
        return this.#ports.report({ type: 'stopped' })
      default:
        request satisfies never
    }
  }

  /** A leg that has ended meanwhile is no fault: the order was on its way. */
  #with(id: string, work: (leg: Leg) => void): void {
    const leg = this.#legs.get(id)
    if (leg) work(leg)
  }

  #open(id: LegId, silenceMs: number, spec: SecureSpec | null): void {
    const { random, secureLeg } = this.#ports
    const free = this.#byIndex.indexOf(null)
    const index = free >= 0 ? free : this.#byIndex.length
    const random32 = () => Math.floor(random() * 0x1_0000_0000)
    const timeline = new Timeline(spec?.parameters.ssrc ?? random32(), random32() & 0x7fff, random32())
    const secure =
      spec &&
      secureLeg({
        localUfrag: spec.localUfrag,
        localPassword: spec.localPassword,
        remoteUfrag: spec.parameters.remoteUfrag,
        remotePassword: spec.parameters.remotePassword,
      })
    const leg = new Leg({ id, index, silenceMs, secure, timeline, nowMs: this.#relay.nowMs })
    if (spec) {
      leg.payloadType = payloadTypeOf[spec.parameters.codec]
      leg.dtmfPayloadType = spec.parameters.dtmfPayloadType ?? -1
      leg.maySend = leg.mayReceive = true
    }
    this.#byIndex[index] = leg
    this.#legs.set(id, leg)
    const { from, to } = this.#ports.data.ports
    this.#bind(leg, Math.floor((to - from + 1) / 2))
  }

  /** Ports go round the whole range, so that late packets of a former call do not meet a new one. */
  #bind(leg: Leg, attempts: number): void {
    const { data } = this.#ports
    if (attempts <= 0) return this.#refuse(leg, 'EADDRINUSE')
    const port = this.#takePort()
    this.#wire.bind(data.address, port, leg.index * 2, (rtpSocket, problem) => {
      if (problem === 'EADDRINUSE') return this.#bind(leg, attempts - 1)
      if (problem !== null) return this.#refuse(leg, problem)
      leg.rtpSocket = rtpSocket
      if (leg.secure !== null) return this.#opened(leg, port)
      this.#wire.bind(data.address, port + 1, leg.index * 2 + 1, (rtcpSocket, rtcpProblem) => {
        if (rtcpProblem === null) {
          leg.rtcpSocket = rtcpSocket
          return this.#opened(leg, port)
        }
        this.#wire.close(rtpSocket)
        leg.rtpSocket = -1
        if (rtcpProblem === 'EADDRINUSE') this.#bind(leg, attempts - 1)
        else this.#refuse(leg, rtcpProblem)
      })
    })
  }

  #takePort(): number {
    const { from, to } = this.#ports.data.ports
    const first = from + (from & 1)
    const port = this.#nextPort + (this.#nextPort & 1)
    this.#nextPort = port + 3 > to ? first : port + 2
    return port + 1 > to ? first : port
  }

  #opened(leg: Leg, port: number): void {
    const isOpen = this.#legs.get(leg.id) === leg
    if (!isOpen) this.#closeSockets(leg)
    this.#ports.report({ type: 'opened', leg: leg.id, port, problem: isOpen ? null : 'closed meanwhile' })
  }

  #refuse(leg: Leg, problem: string): void {
    if (this.#legs.get(leg.id) === leg) this.#forget(leg)
    this.#ports.report({ type: 'opened', leg: leg.id, port: 0, problem })
  }

  #configure(leg: Leg, parameters: RtpParameters): void {
    const { codec, dtmfPayloadType, remote, latch, allowedSources, send, receive } = parameters
    leg.payloadType = payloadTypeOf[codec]
    leg.dtmfPayloadType = dtmfPayloadType ?? -1
    leg.maySend = send
    if (receive && !leg.mayReceive) this.#expect(leg)
    leg.mayReceive = receive
    if (leg.secure !== null) return
    leg.latch = latch
    const address = ipv4Number(remote.address) ?? 0
    const named = allowedSources.length > 0 ? allowedSources : [remote.address]
    leg.allowed = named.map(ipv4Number).filter(source => source !== null)
    if (leg.signalled === `${remote.address}:${remote.port}`) return
    leg.signalled = `${remote.address}:${remote.port}`
    if (leg.isConnected) this.#wire.disconnect(leg.rtpSocket)
    leg.isConnected = false
    leg.remoteAddress = address
    leg.remotePort = address === 0 ? 0 : remote.port // c=0.0.0.0 is hold (RFC 3264 section 8.4)
    leg.rtcpPort = remote.port + 1
    leg.isHeard = false
    this.#expect(leg)
  }

  #expect(leg: Leg): void {
    leg.heardAt = this.#relay.nowMs
    leg.isSilent = false
  }

  #patch(a: Leg, b: Leg): void {
    if (a === b) return
    unpatch(a)
    unpatch(b)
    a.peer = b
    b.peer = a
  }

  #play(leg: Leg, prompt: string, loop: boolean): void {
    const octets = this.#ports.data.prompts[prompt]
    if (!octets) {
      this.#ports.report({ type: 'fault', leg: leg.id, words: `there is no prompt named ${prompt}` })
      return this.#emit({ type: 'prompt.finished', leg: leg.id, prompt })
    }
    leg.player = new Player({ prompt, speech: null, parts: [octets], loop })
    this.#pacer.add(leg, leg.index, this.#relay.nowMs)
  }

  #say(leg: Leg, speech: number, names: string[]): void {
    const parts: PromptOctets[] = []
    for (const name of names.slice(0, speechPartsMax)) {
      const octets = this.#ports.data.prompts[name]
      if (octets) parts.push(octets)
      else this.#ports.report({ type: 'fault', leg: leg.id, words: `there is no prompt named ${name}` })
    }
    leg.player = new Player({ prompt: names[0] ?? '', speech, parts, loop: false })
    this.#pacer.add(leg, leg.index, this.#relay.nowMs)
  }

  #stopPlay(leg: Leg): void {
    leg.player = null
    if (!leg.isOccupied) this.#pacer.delete(leg, leg.index)
  }

  #sendDigits(leg: Leg, digits: string): void {
    if (leg.keySender.queue(digits) && leg.isOccupied) this.#pacer.add(leg, leg.index, this.#relay.nowMs)
  }

  /** Every 20 ms while a prompt or keys are under way; a key interrupts the prompt. */
  #pace(leg: Leg): void {
    if (leg.keySender.isBusy) {
      const step = leg.keySender.next()
      if (step !== null) this.#relay.sendKey(leg, step)
    } else if (leg.player !== null) {
      const { player } = leg
      if (player.next(leg.payloadType, this.#relay.frame, 12)) {
        this.#relay.sendFrame(leg, player.isFirst)
        player.isFirst = false
      } else {
        leg.player = null
        const { speech, prompt } = player.playing
        if (speech === null) this.#emit({ type: 'prompt.finished', leg: leg.id, prompt })
        else this.#emit({ type: 'speech.finished', leg: leg.id, speech })
      }
    }
    if (!leg.isOccupied) this.#pacer.delete(leg, leg.index)
  }

  #watch(leg: Leg, now: number): void {
    const quietMs = now - leg.heardAt
    const isAwaited = leg.mayReceive && (leg.remotePort > 0 || leg.secure !== null)
    if (isAwaited && leg.silenceMs > 0 && quietMs >= leg.silenceMs && !leg.isSilent) {
      leg.isSilent = true
      this.#emit({ type: 'leg.silent', leg: leg.id })
    }
    if (leg.isConnected && quietMs >= unlatchMs && leg.mayReceive) {
      this.#wire.disconnect(leg.rtpSocket)
      leg.isConnected = false
    }
    if (leg.consentAt > 0 && now - leg.consentAt > consentMs) this.#lose(leg, 'no consent from the browser for 30 s')
    if (!leg.isOccupied && leg.maySend && leg.remotePort > 0 && now - leg.lastSentAt >= idleMs)
      this.#relay.sendSilence(leg)
    if (now >= leg.reportDueAt && leg.remotePort > 0) {
      this.#relay.sendReport(leg, this.#reporter.memory, this.#reporter.write(leg, now))
    }
  }

  #lose(leg: Leg, reason: string): void {
    if (leg.isLost) return
    leg.isLost = true
    this.#emit({ type: 'leg.lost', leg: leg.id, reason })
  }

  #record(request: Extract<MediaRequest, { type: 'record' }>): void {
    const { recording, leg: id, file, memory } = request
    const leg = this.#legs.get(id)
    const problem = !leg ? 'the leg has ended' : leg.tap !== null ? 'the leg is being recorded already' : null
    if (!leg || problem !== null)
      return this.#emit({ type: 'recording.failed', recording: recording as RecordingId, reason: problem! })
    const startMs = this.#relay.nowMs
    const { payloadType } = leg
    leg.tap = { recording, ring: new RingWriter(memory, payloadType, startMs) }
    this.#recordings.set(recording, leg)
    this.#ports.report({
      type: 'tap.begun',
      request: { type: 'record', recording, file, memory, payloadType, startMs },
    })
  }

  #stopRecording(recording: string): void {
    const leg = this.#recordings.get(recording)
    if (!leg) return
    leg.tap = null
    this.#recordings.delete(recording)
    this.#ports.report({ type: 'tap.ended', request: { type: 'stop', recording, endMs: this.#relay.nowMs } })
  }

  #close(leg: Leg): void {
    if (leg.tap !== null) this.#stopRecording(leg.tap.recording)
    unpatch(leg)
    this.#forget(leg)
    this.#closeSockets(leg)
    leg.secure?.close()
  }

  #forget(leg: Leg): void {
    this.#pacer.delete(leg, leg.index)
    this.#legs.delete(leg.id)
    this.#byIndex[leg.index] = null
  }

  #closeSockets(leg: Leg): void {
    if (leg.rtpSocket >= 0) this.#wire.close(leg.rtpSocket)
    if (leg.rtcpSocket >= 0) this.#wire.close(leg.rtcpSocket)
    leg.rtpSocket = leg.rtcpSocket = -1
  }

  #emit(event: BayEvent): void {
    this.#ports.report({ type: 'event', event })
  }
}

function unpatch(leg: Leg): void {
  if (leg.peer === null) return
  leg.peer.peer = null
  leg.peer = null
}

function figuresOf(leg: Leg): LegFigures {
  const { received, lost, jitter } = leg.reception
  const { id, sent, foreign, dropped } = leg
  return { leg: id, received, sent, lost, jitterMs: Math.round(jitter / 0.8) / 10, foreign, dropped }
}

/** 120 ms of each key's two tones. */
function keyTones(): { pcma: Uint8Array[]; pcmu: Uint8Array[] } {
  const samples = Array.from({ length: 16 }, (_, code) => tone({ hz: tonesOf(code), ms: 120, level: 0.2, fadeMs: 5 }))
  return { pcma: samples.map(s => encode(s, 'pcma')), pcmu: samples.map(s => encode(s, 'pcmu')) }
}

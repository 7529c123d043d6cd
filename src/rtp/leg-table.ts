/** The legs of one media thread and their sockets: who is who by id and by index, and which ports of the range are taken next. */

import type { LegId } from '../lib/ids.ts'
import { addressText } from './address-number.ts'
import type { AudioFigures, LegFigures } from './bay.ts'
import type { MediaRequest } from './control.ts'
import type { ExchangePorts } from './exchange-ports.ts'
import { payloadTypeOf } from './g711.ts'
import { Leg } from './leg.ts'
import { note, takeUp } from './saved-leg.ts'
import { Timeline } from './timeline.ts'

type Opening = Extract<MediaRequest, { type: 'open' }>
type Adoption = Extract<MediaRequest, { type: 'adopt' }>

export class LegTable {
  readonly #ports: ExchangePorts
  readonly #legs = new Map<string, Leg>()
  /** A socket's token is twice the index, plus 1 for RTCP. */
  readonly #byIndex: (Leg | null)[] = []
  readonly #forgotten: (leg: Leg) => void
  #nextPort: number

  /** `forgotten` is told of a leg that is no more, before its index is given to another. */
  constructor(ports: ExchangePorts, forgotten: (leg: Leg) => void) {
    this.#ports = ports
    this.#forgotten = forgotten
    const { from, to } = ports.data.ports
    this.#nextPort = from + 2 * Math.floor((ports.random() * (to - from)) / 2)
  }

  get(id: string): Leg | undefined {
    return this.#legs.get(id)
  }

  /** The leg whose socket has this token. */
  ofToken(token: number): Leg | null | undefined {
    return this.#byIndex[token >> 1]
  }

  get size(): number {
    return this.#legs.size
  }

  all(): MapIterator<Leg> {
    return this.#legs.values()
  }

  open(opening: Opening, nowMs: number): void {
    const leg = this.#make(opening, nowMs)
    note(leg, nowMs)
    const { from, to } = this.#ports.data.ports
    this.#bind(leg, opening.address, Math.floor((to - from + 1) / 2))
  }

  /** A leg whose sockets are there already. */
  adopt(adoption: Adoption, nowMs: number): Leg {
    const { sockets, saved, standing } = adoption
    const leg = this.#make(adoption, nowMs)
    takeUp(leg, saved, standing.keys)
    const { wire } = this.#ports
    leg.isConnected = saved?.isConnected ?? false
    const peer = leg.isConnected ? { address: leg.remoteAddress, port: leg.remotePort } : null
    leg.rtpSocket = wire.adopt(sockets.rtp, leg.index * 2, peer)
    if (sockets.rtcp >= 0) leg.rtcpSocket = wire.adopt(sockets.rtcp, leg.index * 2 + 1, null)
    return leg
  }

  /** Another thread's from now on: what arrives waits in the sockets. */
  giveAway(leg: Leg): void {
    this.forget(leg)
    const { wire } = this.#ports
    if (leg.rtpSocket >= 0) wire.detach(leg.rtpSocket)
    if (leg.rtcpSocket >= 0) wire.detach(leg.rtcpSocket)
    leg.rtpSocket = leg.rtcpSocket = -1
  }

  #make({ leg: id, silenceMs, secure: spec, number, memory }: Opening | Adoption, nowMs: number): Leg {
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
    const leg = new Leg({ id: id as LegId, number, index, silenceMs, secure, timeline, memory, nowMs })
    if (spec) {
      leg.payloadType = payloadTypeOf[spec.parameters.codec]
      leg.dtmfPayloadType = spec.parameters.dtmfPayloadType ?? -1
      leg.maySend = leg.mayReceive = true
    }
    this.#byIndex[index] = leg
    this.#legs.set(leg.id, leg)
    return leg
  }

  /** Ports go round the whole range, so that late packets of a former call do not meet a new one. */
  #bind(leg: Leg, address: string, attempts: number): void {
    const { wire } = this.#ports
    if (attempts <= 0) return this.#refuse(leg, 'EADDRINUSE')
    const port = this.#takePort()
    wire.bind(address, port, leg.index * 2, (rtpSocket, problem) => {
      if (problem === 'EADDRINUSE') return this.#bind(leg, address, attempts - 1)
      if (problem !== null) return this.#refuse(leg, problem)
      leg.rtpSocket = rtpSocket
      if (leg.secure !== null) return this.#opened(leg, port)
      wire.bind(address, port + 1, leg.index * 2 + 1, (rtcpSocket, rtcpProblem) => {
        if (rtcpProblem === null) {
          leg.rtcpSocket = rtcpSocket
          return this.#opened(leg, port)
        }
        wire.close(rtpSocket)
        leg.rtpSocket = -1
        if (rtcpProblem === 'EADDRINUSE') this.#bind(leg, address, attempts - 1)
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
    const { wire } = this.#ports
    const sockets = {
      rtp: wire.descriptor(leg.rtpSocket),
      rtcp: leg.rtcpSocket < 0 ? -1 : wire.descriptor(leg.rtcpSocket),
    }
    const isOpen = this.#legs.get(leg.id) === leg
    if (!isOpen) this.closeSockets(leg)
    this.#ports.report({ type: 'opened', leg: leg.id, port, sockets, problem: isOpen ? null : 'closed meanwhile' })
  }

  #refuse(leg: Leg, problem: string): void {
    if (this.#legs.get(leg.id) === leg) this.forget(leg)
    this.#ports.report({ type: 'opened', leg: leg.id, port: 0, sockets: { rtp: -1, rtcp: -1 }, problem })
  }

  forget(leg: Leg): void {
    this.#forgotten(leg)
    this.#legs.delete(leg.id)
    this.#byIndex[leg.index] = null
  }

  closeSockets(leg: Leg): void {
    const { wire } = this.#ports
    if (leg.rtpSocket >= 0) wire.close(leg.rtpSocket)
    if (leg.rtcpSocket >= 0) wire.close(leg.rtcpSocket)
    leg.rtpSocket = leg.rtcpSocket = -1
  }
}

export function figuresOf(leg: Leg): LegFigures {
  const { received, lost, jitter } = leg.reception
  const { id, sent, early, foreign, dropped } = leg
  return {
    leg: id,
    received,
    sent,
    lost,
    jitterMs: Math.round(jitter / 0.8) / 10,
    early,
    foreign,
    dropped,
    audio: audioOf(leg),
  }
}

function audioOf(leg: Leg): AudioFigures {
  const { reception, voice, theirs, payloadType } = leg
  return {
    codec: payloadType === payloadTypeOf.pcma ? 'pcma' : 'pcmu',
    packetMs: leg.packetMs,
    received: reception.received,
    missing: reception.missing,
    reordered: reception.reordered,
    duplicates: reception.duplicates,
    late: reception.late,
    ssrcChanges: reception.ssrcChanges,
    rivals: reception.rivals,
    jitterSum: reception.jitterSum / 8,
    jitterCount: reception.jitterCount,
    sampled: voice.sampled,
    silent: voice.silent,
    power: voice.power,
    clipped: voice.clipped,
    reports: theirs.count,
    lossSum: theirs.lossSum,
    theirJitterSum: theirs.jitterSum,
    theirLost: theirs.lost,
    roundTrips: theirs.roundTrips,
    roundTripSum: theirs.roundTripSum,
    roundTripMax: theirs.roundTripMax,
    isDeaf: theirs.isDeaf,
    voip: theirs.voip,
    from: leg.remotePort === 0 ? '' : `${addressText(leg.remoteAddress)}:${leg.remotePort}`,
    named: leg.signalledPort < 0 ? '' : `${addressText(leg.signalledAddress)}:${leg.signalledPort}`,
    foreignFrom: leg.foreignAddress === 0 ? null : addressText(leg.foreignAddress),
  }
}

/**
 * What happens to one datagram, and to one frame that goes out. This is the hot path: 100 packets a second and call pass here, so nothing is
 * allocated, nothing waits, and no input may throw.
 */
import { addressText } from './address-number.ts'
import type { BayEvent } from './bay.ts'
import { payloadTypeOf, silenceOf, transcode } from './g711.ts'
import { isBeside, isForGood, isReporter, takesOver } from './latch.ts'
import { type Leg, rtcpPortBeside } from './leg.ts'
import { frameSamples } from './pacer.ts'
import { headerBytes, isRtcp, PacketView, readPacket, writeHeader } from './packet.ts'
import { agent, customer, framesPerMs } from './recording-ring.ts'
import { noteKey } from './saved-leg.ts'
import type { SrtpCipher } from './secure-leg.ts'
import { eventBytes, type KeyStep, keyOf, writeEvent } from './telephone-event.ts'
import { memoryBytes, type PacketMemory, type Wire } from './wire.ts'

/** RFC 3389 comfort noise: what it says is "silence", and so nothing needs to be done. */
const comfortNoiseType = 13

export type RelayPorts = {
  wire: Wire
  /** Octets of the tones of each key, in both laws: for far ends without telephone events. */
  keyTones: { pcma: Uint8Array[]; pcmu: Uint8Array[] }
  emit(event: BayEvent): void
  /** A DTLS record for the handshake thread. */
  onDtls(leg: Leg, packet: Uint8Array): void
  /** A well-framed RTCP packet in `bytes[0, length)`, decrypted. */
  onReport(leg: Leg, bytes: Uint8Array, length: number): void
}

/**
 * Packets of one leg in so long: forty times what a call sends, and what has piled up for eight seconds. Legs that a far end has told to send to each
 * other's ports (of ours) would pass a packet to and fro at the speed of the machine; beyond this it is dropped, and with it the loop.
 */
const [paceMax, paceMs] = [400, 200]

/** A kernel that refused to connect a socket is asked again after this; until then sources are looked at, and it is sent to by address. */
const refusedMs = 1000

/** A browser that was not heard for so long by the old way is sent to by the new one as soon as it asks for that. */
const wayGoneMs = 1000

export class Relay {
  /** ms; set by the loop before each batch. */
  nowMs = 0
  readonly #ports: RelayPorts
  readonly #wire: Wire
  /** Where the datagram of our own lies that is being made. */
  #out: PacketMemory
  readonly #view = new PacketView()

  constructor(ports: RelayPorts) {
    this.#ports = ports
    this.#wire = ports.wire
    this.#out = ports.wire.outbound()
  }

  /** A datagram on the leg's RTP socket. */
  receive(leg: Leg, length: number): void {
    if (leg.secure !== null) return this.#receiveSecure(leg, length)
    if (!this.#isAllowed(leg)) return
    const bytes = this.#wire.inbound.bytes
    const isReport = isRtcp(bytes, length)
    const clear = leg.srtp === null ? length : this.#decrypt(leg, leg.srtp, isReport, length)
    if (clear < 0) return
    if (!isReport) return this.#receiveMedia(leg, clear)
    leg.rtcpPort = leg.remotePort // it shares the port (RFC 5761), and so do we
    leg.reportedAt = this.nowMs
    this.#ports.onReport(leg, bytes, clear)
  }

  /** A datagram on the leg's RTCP socket. */
  receiveRtcp(leg: Leg, length: number): void {
    const bytes = this.#wire.inbound.bytes
    // This socket is never connected: whoever finds the port may send to it, also while the call's media is tied to its far end.
    if (!this.#isNamed(leg)) return
    const { sourceAddress, sourcePort } = this.#wire
    if (leg.srtp === null && !isReporter(leg, sourceAddress, sourcePort, this.nowMs)) {
      leg.reception.rivals++
      return
    }
    if (!isRtcp(bytes, length)) {
      leg.dropped++
      return
    }
    const clear = leg.srtp === null ? length : this.#decrypt(leg, leg.srtp, true, length)
    if (clear < 0) return
    leg.reportedAt = this.nowMs
    if (leg.latch && sourceAddress === leg.remoteAddress) leg.rtcpPort = sourcePort
    this.#ports.onReport(leg, bytes, clear)
  }

  /** In the inbound buffer; -1 and counted when it is not authentic, so that nobody without the key moves the latch. */
  #decrypt(leg: Leg, srtp: SrtpCipher, isReport: boolean, length: number): number {
    const { bytes } = this.#wire.inbound
    const clear = isReport ? srtp.unprotectRtcp(bytes, length) : srtp.unprotect(bytes, length)
    if (clear < 0) leg.dropped++
    return clear
  }

  /** Where the octets of a frame of our own go, at 12; `sendFrame` sends it. */
  freshFrame(): Uint8Array {
    this.#out = this.#wire.outbound()
    return this.#out.bytes
  }

  /** One 20 ms frame of our own, which lies in what `freshFrame` gave. */
  sendFrame(leg: Leg, fresh: boolean): void {
    leg.timeline.speak(frameSamples, this.nowMs, fresh)
    this.#send(leg, this.#out, leg.payloadType, leg.timeline.marker, headerBytes + frameSamples)
  }

  /** One frame of a mix, in the leg's law. */
  sendMixed(leg: Leg, octets: Uint8Array): void {
    this.freshFrame().set(octets, headerBytes)
    leg.timeline.carryOn(frameSamples, this.nowMs)
    this.#send(leg, this.#out, leg.payloadType, leg.timeline.marker, headerBytes + frameSamples)
  }

  sendSilence(leg: Leg): void {
    const octet = leg.payloadType === payloadTypeOf.pcma ? silenceOf.pcma : silenceOf.pcmu
    this.freshFrame().fill(octet, headerBytes, headerBytes + frameSamples)
    this.sendFrame(leg, true)
  }

  /** One step of a key: a telephone event, or the two tones where the far end knows no events. */
  sendKey(leg: Leg, step: KeyStep): void {
    if (leg.dtmfPayloadType < 0) return this.#sendKeyTones(leg, step)
    if (step.first) leg.timeline.speak(step.durationSamples, this.nowMs, true)
    else leg.timeline.repeat(step.durationSamples)
    writeEvent(this.freshFrame(), headerBytes, step.code, step.end, step.durationSamples)
    this.#send(leg, this.#out, leg.dtmfPayloadType, step.first, headerBytes + eventBytes)
  }

  /** RTCP that lies in `memory`, clear. */
  sendReport(leg: Leg, memory: PacketMemory, length: number): void {
    if (leg.secure !== null) {
      const sealed = leg.secure.protectRtcp(memory.bytes, length)
      if (sealed > 0) this.#transmit(leg, memory, sealed)
      return
    }
    const sealed = leg.srtp === null ? length : leg.srtp.protectRtcp(memory.bytes, length)
    if (sealed < 0) return
    if (leg.rtcpPort === leg.remotePort) this.#transmit(leg, memory, sealed)
    else this.#wire.sendTo(leg.rtcpSocket, memory, sealed, leg.remoteAddress, leg.rtcpPort)
  }

  /** RFC 7983: STUN, DTLS and SRTP on one port, told apart by the first octet. */
  #receiveSecure(leg: Leg, length: number): void {
    const { inbound } = this.#wire
    const first = inbound.bytes[0]!
    if (first >= 128 && first <= 191) {
      const isReport = isRtcp(inbound.bytes, length)
      const clear = isReport
        ? leg.secure!.unprotectRtcp(inbound.bytes, length)
        : leg.secure!.unprotect(inbound.bytes, length)
      if (clear < 0) {
        leg.dropped++
        return
      }
      this.#hearWay(leg)
      if (isReport) this.#ports.onReport(leg, inbound.bytes, clear)
      else this.#receiveMedia(leg, clear)
    } else if (first <= 3) this.#receiveStun(leg, length)
    // The handshake speaks only with the address that ICE has authenticated: an alert from elsewhere would end it.
    else if (first >= 20 && first <= 63 && this.#isFromRemote(leg))
      this.#ports.onDtls(leg, inbound.bytes.slice(0, length))
    else leg.dropped++
  }

  #isFromRemote(leg: Leg): boolean {
    const { sourceAddress, sourcePort } = this.#wire
    return leg.consentAt > 0 && sourceAddress === leg.remoteAddress && sourcePort === leg.remotePort
  }

  /** Authentic media came: from the remote, or by the way that the browser has asked to go on by. */
  #hearWay(leg: Leg): void {
    const { sourceAddress, sourcePort } = this.#wire
    if (leg.isConnected || this.#isFromRemote(leg)) leg.remoteAt = this.nowMs
    else if (leg.nextPort > 0 && sourceAddress === leg.nextAddress && sourcePort === leg.nextPort)
      this.#setRemote(leg, sourceAddress, sourcePort)
  }

  /**
   * A fresh check came. Whoever kept one from arriving could send it from elsewhere, and draw the browser's audio away: while the remote is heard it
   * stays, until media that only the browser can send comes by the new way too.
   */
  #checkWay(leg: Leg, isNominated: boolean): void {
    const { sourceAddress, sourcePort } = this.#wire
    if (this.#isFromRemote(leg)) leg.remoteAt = this.nowMs
    else if (leg.remotePort === 0) this.#setRemote(leg, sourceAddress, sourcePort)
    else if (isNominated && (!leg.isSecure || this.nowMs - leg.remoteAt >= wayGoneMs))
      this.#setRemote(leg, sourceAddress, sourcePort)
    else if (isNominated) {
      leg.nextAddress = sourceAddress
      leg.nextPort = sourcePort
    }
  }

  #receiveStun(leg: Leg, length: number): void {
    const { inbound, sourceAddress, sourcePort } = this.#wire
    const source = { address: addressText(sourceAddress), port: sourcePort }
    const verdict = leg.secure!.onStun(inbound.bytes.slice(0, length), source)
    if (verdict.reply === null) {
      leg.foreign++
      return
    }
    if (verdict.valid) {
      this.#checkWay(leg, verdict.nominated)
      leg.consentAt = this.nowMs
    }
    this.freshFrame().set(verdict.reply)
    if (leg.isConnected) this.#wire.send(leg.rtpSocket, this.#out, verdict.reply.length)
    else this.#wire.sendTo(leg.rtpSocket, this.#out, verdict.reply.length, sourceAddress, sourcePort)
  }

  /** No injection: media comes from an address the signalling named, and from one port of it at a time, or it is counted and dropped. */
  #isAllowed(leg: Leg): boolean {
    if (leg.isConnected) return true
    if (!this.#isNamed(leg)) return false
    const { sourceAddress, sourcePort } = this.#wire
    if (!isBeside(leg, sourceAddress, sourcePort, this.nowMs)) return true
    leg.reception.rivals++
    return false
  }

  #isNamed(leg: Leg): boolean {
    const { sourceAddress, sourcePort } = this.#wire
    for (let i = 0; i < leg.allowed.length; i++) if (leg.allowed[i] === sourceAddress) return true
    // Before an offer or answer named anybody nobody is foreign: a far end may speak as soon as it has answered, ahead of its own SDP (RFC 3264
    // section 5.1). What comes then is not heard either, since whose it is cannot be known.
    if (leg.signalledPort < 0) {
      leg.early++
      return false
    }
    if (leg.foreign++ === 0)
      this.#ports.emit({ type: 'leg.foreign', leg: leg.id, source: `${addressText(sourceAddress)}:${sourcePort}` })
    leg.foreignAddress = sourceAddress
    return false
  }

  /** RTP in the clear in the inbound buffer, from a source that is allowed or authentic. */
  #receiveMedia(leg: Leg, length: number): void {
    const { inbound } = this.#wire
    const view = this.#view
    if (!readPacket(inbound.bytes, length, view)) {
      leg.dropped++
      return
    }
    const isAudio = view.payloadType === payloadTypeOf.pcma || view.payloadType === payloadTypeOf.pcmu
    const isKey = !isAudio && view.payloadType === leg.dtmfPayloadType
    if (!isAudio && !isKey && view.payloadType !== comfortNoiseType) {
      leg.dropped++
      return
    }
    // A gateway may send keys as a source of their own, and says nothing meanwhile: they are not its new voice.
    const isRival = isKey
      ? leg.reception.isOther(view.ssrc)
      : !this.#takesOver(leg) && !leg.reception.admits(view.ssrc, this.nowMs)
    if (isRival && !isKey) return
    // Counted is what would be heard: a flood of others leaves the voice its place.
    if (this.nowMs - leg.paceAt >= paceMs) {
      leg.paceAt = this.nowMs
      leg.pace = 0
    }
    if (++leg.pace > paceMax) {
      leg.dropped++
      return
    }
    if (!leg.isConnected) this.#settle(leg)
    if (!isRival) leg.reception.count(view.ssrc, view.sequence, view.timestamp, this.nowMs, isAudio, view.marker)
    if (!leg.mayReceive) return
    leg.heardAt = this.nowMs
    leg.isSilent = false
    if (!leg.isHeard) {
      leg.isHeard = true
      this.#ports.emit({ type: 'leg.media', leg: leg.id })
    }
    if (isAudio) this.#hear(leg, view, inbound)
    else if (isKey) this.#hearKey(leg, view, inbound, isRival)
    else leg.peer?.timeline.interrupt() // its place is no loss to whom it does not go to
  }

  #takesOver(leg: Leg): boolean {
    const { sourceAddress, sourcePort } = this.#wire
    return !leg.isConnected && leg.secure === null && takesOver(leg, sourceAddress, sourcePort, this.nowMs)
  }

  /** Latching: where media comes from is where it goes to; and where it is there for good, the kernel keeps everyone else out. */
  #settle(leg: Leg): void {
    const { sourceAddress, sourcePort } = this.#wire
    const isRemote = sourceAddress === leg.remoteAddress && sourcePort === leg.remotePort
    if (!isRemote && (leg.secure !== null || !leg.latch)) return
    if (!isRemote) this.#setRemote(leg, sourceAddress, sourcePort)
    leg.remoteAt = this.nowMs
    if (leg.secure === null && !isForGood(leg, sourceAddress, sourcePort)) return
    if (this.nowMs < leg.connectableAt) return
    leg.isConnected = this.#wire.connect(leg.rtpSocket, sourceAddress, sourcePort)
    if (!leg.isConnected) leg.connectableAt = this.nowMs + refusedMs
  }

  #setRemote(leg: Leg, address: number, port: number): void {
    if (leg.remoteAddress === address && leg.remotePort === port) return
    if (leg.isConnected) this.#wire.disconnect(leg.rtpSocket)
    leg.isConnected = false
    leg.rtcpPort = leg.rtcpPort === leg.remotePort ? port : rtcpPortBeside(port)
    leg.remoteAddress = address
    leg.remotePort = port
    leg.remoteAt = this.nowMs
    leg.reportedAt = 0
    leg.nextPort = 0
  }

  #hear(leg: Leg, view: PacketView, memory: PacketMemory): void {
    const { payloadAt, payloadEnd, payloadType, ssrc, timestamp } = view
    if (payloadAt === payloadEnd) return
    leg.packetMs = (payloadEnd - payloadAt) / framesPerMs
    leg.voice.note(view.sequence, memory.bytes, payloadAt, payloadEnd, payloadType)
    if (leg.tap !== null)
      leg.tap.ring.write(customer, ssrc, timestamp, memory, payloadAt, payloadEnd, payloadType, this.nowMs)
    if (leg.ear !== null)
      leg.ear.write(customer, ssrc, timestamp, memory, payloadAt, payloadEnd, payloadType, this.nowMs)
    if (leg.input !== null) leg.input.put(ssrc, timestamp, memory.bytes, payloadAt, payloadEnd, payloadType, this.nowMs)
    const peer = leg.peer
    if (peer === null || peer.isOccupied) return
    if (payloadType !== peer.payloadType) transcode(memory.bytes, payloadAt, payloadEnd, peer.payloadType)
    if (peer.timeline.follow(ssrc, view.sequence, timestamp, payloadEnd - payloadAt, this.nowMs))
      this.#passOn(peer, view, memory, peer.payloadType)
  }

  /** `isAside`: of a source of its own. */
  #hearKey(leg: Leg, view: PacketView, memory: PacketMemory, isAside: boolean): void {
    const { ssrc, sequence, timestamp, payloadAt, payloadEnd } = view
    if (payloadEnd - payloadAt < eventBytes) {
      leg.dropped++
      return
    }
    const key = keyOf(memory.bytes, payloadAt, payloadEnd)
    const isNew = leg.keyDetector.isNew(ssrc, timestamp)
    if (isNew) noteKey(leg)
    if (isNew && key !== null)
      if (!leg.keys.take(this.nowMs)) leg.dropped++
      else this.#ports.emit({ type: 'leg.digit', leg: leg.id, digit: key })
    const peer = leg.peer
    if (peer === null || peer.isOccupied) return
    if (!leg.keepsKeys && peer.dtmfPayloadType >= 0) {
      if (peer.timeline.key(ssrc, sequence, timestamp, isNew, isAside, this.nowMs))
        this.#passOn(peer, view, memory, peer.dtmfPayloadType)
    } else if (!isAside) peer.timeline.interrupt() // the place of what is kept back is no loss to whom it would have gone to
  }

  /** The packet goes on from the buffer it came in, with the header of the leg it goes to. */
  #passOn(peer: Leg, view: PacketView, memory: PacketMemory, payloadType: number): void {
    const { payloadAt, payloadEnd } = view
    if (payloadAt !== headerBytes) memory.bytes.copyWithin(headerBytes, payloadAt, payloadEnd)
    const length = headerBytes + payloadEnd - payloadAt
    this.#send(peer, memory, payloadType, view.marker || peer.timeline.marker, length)
  }

  #sendKeyTones(leg: Leg, step: KeyStep): void {
    if (step.end) return
    const { pcma, pcmu } = this.#ports.keyTones
    const octets = (leg.payloadType === payloadTypeOf.pcma ? pcma : pcmu)[step.code]!
    this.freshFrame().set(octets.subarray(step.durationSamples - frameSamples, step.durationSamples), headerBytes)
    this.sendFrame(leg, step.first)
  }

  /** The payload lies at 12. The one place where media leaves: what is sent is what is recorded as heard by this leg. */
  #send(leg: Leg, memory: PacketMemory, payloadType: number, marker: boolean, length: number): void {
    if (!leg.maySend) return leg.timeline.withhold()
    const { sequence, timestamp, ssrc } = leg.timeline
    if (leg.tap !== null && payloadType === leg.payloadType)
      leg.tap.ring.write(agent, ssrc, timestamp, memory, headerBytes, length, payloadType, this.nowMs)
    if (leg.remotePort === 0) return leg.timeline.withhold()
    writeHeader(memory.bytes, payloadType, marker, sequence, timestamp, ssrc)
    leg.lastSentAt = this.nowMs
    let total = length
    const cipher = leg.secure ?? leg.srtp
    if (cipher !== null) {
      total = cipher.protect(memory.bytes, length)
      if (total < 0) return
    }
    leg.sent++
    leg.sentOctets += length - headerBytes
    this.#transmit(leg, memory, total)
  }

  #transmit(leg: Leg, memory: PacketMemory, length: number): void {
    if (leg.isConnected) this.#wire.send(leg.rtpSocket, memory, length)
    else if (leg.remotePort > 0) this.#wire.sendTo(leg.rtpSocket, memory, length, leg.remoteAddress, leg.remotePort)
  }

  /** DTLS back to the browser. */
  sendRaw(leg: Leg, packet: Uint8Array): void {
    if (packet.length > memoryBytes) return
    this.freshFrame().set(packet)
    this.#transmit(leg, this.#out, packet.length)
  }
}

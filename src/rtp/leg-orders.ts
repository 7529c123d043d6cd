/** What the main thread asks of a leg once it is open: where to send, with whom to be patched, what to play and which keys to press. */
import { addressNumber } from './address-number.ts'
import type { Member, RtpParameters, SupervisionMode } from './bay.ts'
import type { ClockWork } from './clock-work.ts'
import type { PromptOctets, Standing } from './control.ts'
import type { ExchangePorts } from './exchange-ports.ts'
import { payloadTypeOf } from './g711.ts'
import { goneAfterMs } from './latch.ts'
import { type Leg, rtcpPortBeside } from './leg.ts'
import { Player } from './player.ts'
import type { Relay } from './relay.ts'
import { roomLegsMax, type Seat } from './room.ts'
import { playerPlace, type SavedLeg, srtpPlace } from './saved-leg.ts'
import type { Seating } from './seating.ts'
import type { SrtpKeys } from './secure-leg.ts'

/** A speech of more parts is cut off: ten minutes of single digits. */
const speechPartsMax = 1000
/** What a member of a room may be made softer or louder by. */
const gainDbMin = -40
const gainDbMax = 12

export class LegOrders {
  readonly #ports: ExchangePorts
  readonly #relay: Relay
  readonly #clock: ClockWork
  readonly #seating: Seating

  constructor(ports: ExchangePorts, relay: Relay, clock: ClockWork, seating: Seating) {
    this.#ports = ports
    this.#relay = relay
    this.#clock = clock
    this.#seating = seating
  }

  /** All that was asked of a leg before it came to this thread. Its place in a prompt and its latch are kept. */
  stand(leg: Leg, { parameters, playing }: Standing, saved: SavedLeg | null): void {
    if (parameters !== null) {
      if (parameters.srtp && leg.secure === null) {
        leg.srtp = this.#ports.srtp(parameters.srtp)
        const place = srtpPlace(leg, saved)
        if (place !== null) leg.srtp.restore(place)
      }
      leg.mayReceive = parameters.receive
      this.configure(leg, parameters)
    }
    if (playing?.type === 'play') this.play(leg, playing.prompt, playing.loop)
    else if (playing?.type === 'say') this.say(leg, playing.speech, playing.parts)
    const place = playerPlace(leg, saved)
    if (place !== null) leg.player?.goTo(place)
    if (leg.keySender.isBusy) this.#clock.pace(leg)
  }

  configure(leg: Leg, parameters: RtpParameters): void {
    const { codec, dtmfPayloadType, remote, latch, allowedSources, send, receive } = parameters
    leg.payloadType = payloadTypeOf[codec]
    leg.dtmfPayloadType = dtmfPayloadType ?? -1
    leg.keepsKeys = parameters.keepsKeys ?? false
    leg.wantsVoip = parameters.wantsVoip ?? false
    if (!leg.isHeard) leg.packetMs = parameters.ptimeMs
    if (send !== leg.maySend || receive !== leg.mayReceive) leg.reception.beginAnew()
    leg.maySend = send
    if (receive && !leg.mayReceive) this.#listenAgain(leg)
    leg.mayReceive = receive
    this.#awaitFor(leg, parameters.silenceMs ?? leg.silenceMs)
    if (leg.secure !== null) return
    this.#encrypt(leg, parameters.srtp ?? null)
    leg.latch = latch
    const address = isNowhere(remote.address) ? 0 : (addressNumber(remote.address) ?? 0)
    const named = allowedSources.length > 0 ? allowedSources : [remote.address]
    leg.allowed = named.map(addressNumber).filter(source => source !== null)
    if (leg.signalledAddress === address && leg.signalledPort === remote.port) return
    leg.signalledAddress = address
    leg.signalledPort = remote.port
    if (leg.isConnected) this.#ports.wire.disconnect(leg.rtpSocket)
    leg.isConnected = false
    leg.remoteAddress = address
    leg.remotePort = address === 0 ? 0 : remote.port // c=0.0.0.0 is hold (RFC 3264 section 8.4)
    leg.rtcpPort = rtcpPortBeside(remote.port)
    leg.remoteAt = leg.reportedAt = 0
    leg.isHeard = false
    this.expectSound(leg)
  }

  /** There was a hold: who was not heard for so long as gives way to another port has a NAT, perhaps, that lets the sound out elsewhere now. */
  #listenAgain(leg: Leg): void {
    if (leg.isConnected && this.#relay.nowMs - leg.heardAt >= goneAfterMs(leg)) {
      this.#ports.wire.disconnect(leg.rtpSocket)
      leg.isConnected = false
    }
    this.expectSound(leg)
  }

  /** Who was allowed to be silent for longer is waited for anew when that is over. */
  #awaitFor(leg: Leg, silenceMs: number): void {
    if (silenceMs < leg.silentAfterMs) this.expectSound(leg)
    leg.silentAfterMs = silenceMs
  }

  /** Encryption may begin and change its keys in a call, and never ends before it: there is no way down to the clear. */
  #encrypt(leg: Leg, keys: SrtpKeys | null): void {
    if (keys === null) {
      if (leg.srtp !== null) leg.maySend = leg.mayReceive = false
    } else if (leg.srtp === null) leg.srtp = this.#ports.srtp(keys)
    else leg.srtp.rekey(keys)
  }

  expectSound(leg: Leg): void {
    leg.heardAt = this.#relay.nowMs
    leg.isSilent = false
  }

  patch(a: Leg, b: Leg): void {
    this.#seating.patch(a, b, this.#relay.nowMs)
  }

  unpatch(leg: Leg): void {
    this.#seating.unpatch(leg, this.#relay.nowMs)
  }

  mix(name: string, members: readonly Member[], legOf: (id: string) => Leg | undefined): void {
    const seats = members.flatMap(({ leg: id, hears, gainDb = 0 }): Seat[] => {
      const leg = legOf(id)
      return leg ? [{ leg, hears: hears.flatMap(other => legOf(other) ?? []), gain: gainOf(gainDb) }] : []
    })
    if (!this.#seating.mix(name, seats, this.#relay.nowMs)) this.#tooMany(members[0]!.leg, seats.length)
  }

  supervise(leg: Leg, target: Leg | null, mode: SupervisionMode, gainDb = 0): void {
    const how = { mode, gain: gainOf(gainDb) }
    if (!this.#seating.supervise(leg, target, how, this.#relay.nowMs)) this.#tooMany(leg.id, roomLegsMax + 1)
  }

  /** The leg is about to be closed: whoever heard it hears the others. */
  forget(leg: Leg): void {
    this.#seating.forget(leg, this.#relay.nowMs)
  }

  #tooMany(leg: string, legs: number): void {
    this.#ports.report({ type: 'fault', leg, words: `a room of ${legs} legs: at most ${roomLegsMax} are allowed` })
  }

  play(leg: Leg, prompt: string, loop: boolean): void {
    const octets = this.#ports.data.prompts[prompt]
    if (!octets) {
      this.#ports.report({ type: 'fault', leg: leg.id, words: `there is no prompt named ${prompt}` })
      return this.#ports.report({ type: 'event', event: { type: 'prompt.finished', leg: leg.id, prompt } })
    }
    leg.player = new Player({ prompt, speech: null, parts: [octets], loop })
    this.#clock.pace(leg)
  }

  say(leg: Leg, speech: number, names: string[]): void {
    const parts: PromptOctets[] = []
    for (const name of names.slice(0, speechPartsMax)) {
      const octets = this.#ports.data.prompts[name]
      if (octets) parts.push(octets)
      else this.#ports.report({ type: 'fault', leg: leg.id, words: `there is no prompt named ${name}` })
    }
    leg.player = new Player({ prompt: names[0] ?? '', speech, parts, loop: false })
    this.#clock.pace(leg)
  }

  stopPlay(leg: Leg): void {
    leg.player = null
    if (!leg.isOccupied) this.#clock.rest(leg)
  }

  sendDigits(leg: Leg, digits: string): void {
    if (leg.keySender.queue(digits) && leg.isOccupied) this.#clock.pace(leg)
  }
}

const isNowhere = (address: string) => address === '0.0.0.0' || address === '::'

/** A factor on samples; 1: as they come. */
function gainOf(db: number): number {
  return db === 0 ? 1 : 10 ** (Math.max(gainDbMin, Math.min(gainDbMax, db)) / 20)
}

/**
 * The patch field of one media worker: what comes from the wire goes to the relay, what the main thread asks goes to the table of legs, the
 * orders or the taps, and the clock's work is done between batches.
 */
import type { BayEvent } from './bay.ts'
import { ClockWork } from './clock-work.ts'
import type { MediaRequest } from './control.ts'
import type { ExchangePorts } from './exchange-ports.ts'
import { encode } from './g711.ts'
import { Heart } from './heart.ts'
import type { Leg } from './leg.ts'
import { tellFault } from './leg-fault.ts'
import { LegOrders } from './leg-orders.ts'
import { figuresOf, LegTable } from './leg-table.ts'
import { Relay } from './relay.ts'
import { Reporter } from './reporter.ts'
import { Rooms } from './rooms.ts'
import { note, save } from './saved-leg.ts'
import { Seating } from './seating.ts'
import { Taps } from './taps.ts'
import { tonesOf } from './telephone-event.ts'
import { tone } from './tone.ts'
import type { WireHandler } from './wire.ts'

export class Exchange implements WireHandler {
  readonly #ports: ExchangePorts
  readonly #heart: Heart
  readonly #legs: LegTable
  readonly #relay: Relay
  readonly #clock: ClockWork
  readonly #orders: LegOrders
  readonly #taps: Taps

  constructor(ports: ExchangePorts) {
    this.#ports = ports
    this.#heart = new Heart(ports.data.heart)
    this.#legs = new LegTable(ports, leg => this.#clock.rest(leg))
    const reporter = new Reporter(ports)
    this.#relay = new Relay({
      wire: ports.wire,
      keyTones: keyTones(),
      emit: event => this.#emit(event),
      onDtls: (leg, packet) => ports.report({ type: 'dtls.packet', leg: leg.id, packet }),
      onReport: (leg, bytes, length) => reporter.heard(leg, bytes, length, this.#relay.nowMs),
    })
    const rooms = new Rooms({
      send: (leg, octets) => this.#relay.sendMixed(leg, octets),
      fault: (leg, error) => tellFault(leg, error, ports.report),
    })
    this.#clock = new ClockWork(ports, { heart: this.#heart, legs: this.#legs, rooms, relay: this.#relay, reporter })
    this.#orders = new LegOrders(ports, this.#relay, this.#clock, new Seating(rooms))
    this.#taps = new Taps(ports.report)
  }

  onDatagram(token: number, length: number, nowMs: number): void {
    const leg = this.#legs.ofToken(token)
    if (!leg) return
    this.#heart.hold(leg.number)
    try {
      this.#relay.nowMs = nowMs
      if (token & 1) this.#relay.receiveRtcp(leg, length)
      else this.#relay.receive(leg, length)
    } catch (error) {
      tellFault(leg, error, this.#ports.report)
    } finally {
      this.#heart.hold(0)
    }
  }

  onTick(nowMs: number): number {
    this.#relay.nowMs = nowMs
    this.#heart.beat()
    return this.#clock.turn(nowMs)
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
        return this.#legs.open(request, this.#relay.nowMs)
      case 'release':
        return this.#with(request.leg, leg => this.#release(leg))
      case 'adopt':
        return this.#adopt(request)
      case 'configure':
        return this.#with(request.leg, leg => {
          this.#orders.configure(leg, request.parameters)
          note(leg, this.#relay.nowMs)
        })
      case 'patch':
        return this.#with(request.a, a => this.#with(request.b, b => this.#orders.patch(a, b)))
      case 'unpatch':
        return this.#with(request.leg, leg => this.#orders.unpatch(leg))
      case 'mix':
        return this.#orders.mix(request.room, request.members, id => this.#legs.get(id))
      case 'supervise':
        return this.#with(request.leg, leg =>
          this.#orders.supervise(leg, this.#legs.get(request.target ?? '') ?? null, request.mode),
        )
      case 'play':
        return this.#with(request.leg, leg => this.#orders.play(leg, request.prompt, request.loop))
      case 'say':
        return this.#with(request.leg, leg => this.#orders.say(leg, request.speech, request.parts))
      case 'learn':
        this.#ports.data.prompts[request.prompt] = request.octets
        return
      case 'stopPlay':
        return this.#with(request.leg, leg => this.#orders.stopPlay(leg))
      case 'expectSound':
        return this.#with(request.leg, leg => this.#orders.expectSound(leg))
      case 'sendDigits':
        return this.#with(request.leg, leg => this.#orders.sendDigits(leg, request.digits))
      case 'record':
        return this.#taps.begin(this.#legs.get(request.leg), request, this.#relay.nowMs)
      case 'stopRecording':
        return this.#taps.end(request.recording, this.#relay.nowMs)
      case 'listen':
        return this.#taps.listen(this.#legs.get(request.leg), request, this.#relay.nowMs)
      case 'stopListening':
        return this.#taps.stopListening(this.#legs.get(request.leg), request.leg)
      case 'close':
        return this.#with(request.leg, leg => this.#close(leg))
      case 'figures':
        return this.#ports.report({ type: 'figures', ask: request.ask, figures: this.#legs.figures(request.legs) })
      case 'dtls.packet':
        return this.#with(request.leg, leg => this.#relay.sendRaw(leg, request.packet))
      case 'ice.restart':
        return this.#with(request.leg, leg => leg.secure?.restart(request.credentials))
      case 'dtls.keys':
        return this.#with(request.leg, leg => {
          leg.secure?.setKeys(request.keys)
          this.#tellSecure(leg)
        })
      case 'dtls.lost':
        return this.#with(request.leg, leg => this.#clock.lose(leg, request.reason))
      case 'stop':
        for (const leg of [...this.#legs.all()]) this.#close(leg)
        this.#ports.wire.stop()
        return this.#ports.report({ type: 'stopped' })
      default:
        request satisfies never
    }
  }

  /** A leg that has ended meanwhile is no fault: the order was on its way. */
  #with(id: string, work: (leg: Leg) => void): void {
    const leg = this.#legs.get(id)
    if (!leg) return
    this.#heart.hold(leg.number)
    work(leg)
    this.#heart.hold(0)
  }

  #release(leg: Leg): void {
    const saved = save(leg, this.#relay.nowMs)
    if (leg.tap !== null) this.#taps.giveAway(leg.tap.recording)
    this.#orders.forget(leg)
    this.#legs.giveAway(leg)
    leg.secure?.close()
    leg.srtp?.close()
    this.#ports.report({ type: 'released', leg: leg.id, saved })
  }

  #adopt(request: Extract<MediaRequest, { type: 'adopt' }>): void {
    const { saved, standing } = request
    const { nowMs } = this.#relay
    const leg = this.#legs.adopt(request, nowMs)
    for (const credentials of standing.ice) leg.secure?.restart(credentials)
    if (standing.keys !== null) this.#tellSecure(leg)
    this.#orders.stand(leg, standing, saved)
    if (standing.tap !== null) this.#taps.goOn(leg, standing.tap, saved === null, nowMs)
    if (standing.ear !== null) this.#taps.listenOn(leg, standing.ear, nowMs)
    note(leg, nowMs)
  }

  #tellSecure(leg: Leg): void {
    if (!leg.isSecure) this.#emit({ type: 'leg.secure', leg: leg.id })
    leg.isSecure = true
  }

  #close(leg: Leg): void {
    if (leg.tap !== null) this.#taps.end(leg.tap.recording, this.#relay.nowMs)
    if (leg.ear !== null) this.#taps.stopListening(leg, leg.id)
    this.#emit({ type: 'leg.closed', leg: leg.id, figures: figuresOf(leg) })
    this.#orders.forget(leg)
    this.#legs.forget(leg)
    this.#legs.closeSockets(leg)
    leg.secure?.close()
    leg.srtp?.close()
  }

  #emit(event: BayEvent): void {
    this.#ports.report({ type: 'event', event })
  }
}

/** 120 ms of each key's two tones. */
function keyTones(): { pcma: Uint8Array[]; pcmu: Uint8Array[] } {
  const samples = Array.from({ length: 16 }, (_, code) => tone({ hz: tonesOf(code), ms: 120, level: 0.2, fadeMs: 5 }))
  return { pcma: samples.map(s => encode(s, 'pcma')), pcmu: samples.map(s => encode(s, 'pcmu')) }
}

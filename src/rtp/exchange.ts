/**
 * The patch field of one media worker: what comes from the wire goes to the relay, what the main thread asks goes to the table of legs, the
 * orders or the taps, and the clock's work is done between batches.
 */
import type { LegId } from '../lib/ids.ts'
import type { BayEvent, LegFigures } from './bay.ts'
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
      try {
        this.#perform(request)
      } catch (error) {
        this.#failed(request, error)
      } finally {
        this.#heart.hold(0)
      }
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
          this.#orders.supervise(leg, this.#legs.get(request.target ?? '') ?? null, request.mode, request.gainDb),
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
        return this.#ports.report({ type: 'figures', ask: request.ask, figures: this.#figures(request.legs) })
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

  /**
   * An order that threw (a fault in the program) costs its leg what was asked of it, or the leg, and the thread goes on with the others. Whoever
   * waits for an answer gets one.
   */
  #failed(request: MediaRequest, error: unknown): void {
    const { report } = this.#ports
    const reason = `a fault in the program: ${(error as Error).message}`
    for (const id of legsOf(request)) this.#tell(id, error)
    switch (request.type) {
      case 'open':
        this.#attempt(request.leg, leg => this.#drop(leg))
        return report({ type: 'opened', leg: request.leg, port: 0, sockets: { rtp: -1, rtcp: -1 }, problem: reason })
      case 'release': // as if this thread had died: what was noted last goes along
        this.#attempt(request.leg, leg => this.#giveAway(leg))
        return report({ type: 'released', leg: request.leg, saved: null })
      case 'adopt':
        return this.#notAdopted(request, reason)
      case 'configure':
      case 'dtls.keys':
        return this.#attempt(request.leg, leg => {
          leg.maySend = leg.mayReceive = false // it may lack its keys, and nothing goes out in the clear for that
          this.#clock.lose(leg, reason)
        })
      case 'play':
        this.#attempt(request.leg, leg => this.#orders.stopPlay(leg))
        return this.#emit({ type: 'prompt.finished', leg: request.leg as LegId, prompt: request.prompt })
      case 'say':
        this.#attempt(request.leg, leg => this.#orders.stopPlay(leg))
        return this.#emit({ type: 'speech.finished', leg: request.leg as LegId, speech: request.speech })
      case 'record':
        return this.#taps.fail(request.recording, reason)
      case 'stopRecording':
        return this.#taps.sayEnded(request.recording, this.#relay.nowMs)
      case 'listen':
      case 'stopListening':
        return this.#taps.stopListening(this.#legs.get(request.leg), request.leg)
      case 'figures':
        return report({ type: 'figures', ask: request.ask, figures: [] })
      case 'stop':
        return report({ type: 'stopped' })
      case 'patch':
      case 'unpatch':
      case 'mix':
      case 'supervise':
      case 'learn':
      case 'stopPlay':
      case 'expectSound':
      case 'sendDigits':
      case 'close':
      case 'dtls.packet':
      case 'ice.restart':
      case 'dtls.lost':
        return // nobody waits for a word on it
      default:
        request satisfies never
    }
  }

  /** What another thread gave away and this one could not take: nobody holds it, so its sockets are closed and its recording ends with what it has. */
  #notAdopted({ leg: id, sockets, standing }: Extract<MediaRequest, { type: 'adopt' }>, reason: string): void {
    const leg = this.#legs.get(id)
    const isTapped = leg !== undefined && leg.tap !== null
    if (leg === undefined || leg.rtpSocket < 0) this.#shut(sockets.rtp)
    if (leg === undefined || leg.rtcpSocket < 0) this.#shut(sockets.rtcp)
    if (leg !== undefined) this.#close(leg)
    const { tap, ear } = standing
    if (tap !== null && !isTapped)
      if (tap.begun === null) this.#taps.fail(tap.recording, reason)
      else this.#taps.sayEnded(tap.recording, this.#relay.nowMs)
    if (ear !== null) this.#taps.stopListening(undefined, id)
    this.#emit({ type: 'leg.lost', leg: id as LegId, reason })
  }

  /** A socket that belongs to no leg. */
  #shut(descriptor: number): void {
    const { wire } = this.#ports
    try {
      if (descriptor >= 0) wire.close(wire.adopt(descriptor, 0, null))
    } catch {} // then it is nobody's, and stays open
  }

  #attempt(id: string, work: (leg: Leg) => unknown): void {
    const leg = this.#legs.get(id)
    if (leg !== undefined) this.#try(leg, work)
  }

  #try(leg: Leg, work: (leg: Leg) => unknown): void {
    try {
      work(leg)
    } catch (error) {
      tellFault(leg, error, this.#ports.report)
    }
  }

  #tell(id: string, error: unknown): void {
    const leg = this.#legs.get(id)
    if (leg) tellFault(leg, error, this.#ports.report)
    else this.#ports.report({ type: 'fault', leg: id, words: (error as Error).stack ?? String(error) })
  }

  /** Of those legs that can be asked. */
  #figures(legs: readonly string[]): LegFigures[] {
    const figures: LegFigures[] = []
    for (const id of legs) this.#attempt(id, leg => figures.push(figuresOf(leg)))
    return figures
  }

  #release(leg: Leg): void {
    const saved = save(leg, this.#relay.nowMs)
    this.#giveAway(leg)
    this.#ports.report({ type: 'released', leg: leg.id, saved })
  }

  /** What fails of it keeps the rest from nothing; so it is with the end of a leg. */
  #giveAway(leg: Leg): void {
    this.#try(leg, ({ tap }) => tap !== null && this.#taps.giveAway(tap.recording))
    this.#try(leg, () => this.#orders.forget(leg))
    this.#try(leg, () => this.#legs.giveAway(leg))
    this.#try(leg, () => leg.secure?.close())
    this.#try(leg, () => leg.srtp?.close())
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
    this.#try(leg, ({ tap }) => tap !== null && this.#taps.end(tap.recording, this.#relay.nowMs))
    this.#try(leg, ({ ear }) => ear !== null && this.#taps.stopListening(leg, leg.id))
    this.#try(leg, () => this.#emit({ type: 'leg.closed', leg: leg.id, figures: figuresOf(leg) }))
    this.#drop(leg)
  }

  #drop(leg: Leg): void {
    this.#try(leg, () => this.#orders.forget(leg))
    this.#try(leg, () => this.#legs.forget(leg))
    this.#try(leg, () => this.#legs.closeSockets(leg))
    this.#try(leg, () => leg.secure?.close())
    this.#try(leg, () => leg.srtp?.close())
  }

  #emit(event: BayEvent): void {
    this.#ports.report({ type: 'event', event })
  }
}

/** Whom an order is about; for whoever reads the log, where it is about nobody. */
function legsOf(request: MediaRequest): string[] {
  if ('leg' in request) return [request.leg]
  if (request.type === 'patch') return [request.a, request.b]
  return request.type === 'mix' ? request.members.map(({ leg }) => leg) : [`of none (${request.type})`]
}

/** 120 ms of each key's two tones. */
function keyTones(): { pcma: Uint8Array[]; pcmu: Uint8Array[] } {
  const samples = Array.from({ length: 16 }, (_, code) => tone({ hz: tonesOf(code), ms: 120, level: 0.2, fadeMs: 5 }))
  return { pcma: samples.map(s => encode(s, 'pcma')), pcmu: samples.map(s => encode(s, 'pcmu')) }
}

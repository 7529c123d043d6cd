/**
 * The carrier simulator: a network and the people behind its numbers, on real SIP and RTP, built from the same user agent and patch bay as
 * the product. What a person does is decided in `people.ts`, by seed; here it is only carried out.
 */
import { isIPv6 } from 'node:net'
import { join } from 'node:path'
import { formatHost } from '../../lib/host.ts'
import type { LegId, RecordingId } from '../../lib/ids.ts'
import type { Random } from '../../lib/random.ts'
import { type Agreed, agree, answerTo, offerOf, rtpParameters } from '../../phone/offer.ts'
import { parseListenAddress } from '../../phone/sockets.ts'
import type { Bay, BayEvent } from '../../rtp/bay.ts'
import type { SessionId, UaEvent, UserAgentPort } from '../../sip/events.ts'
import { draw } from '../distribution.ts'
import { EchoPort } from './echo.ts'
import { anyVoice, personBehind, type Step, stepsOf } from './people.ts'
import type { Scenario } from './scenario.ts'

export type CarrierOptions = {
  scenario: Scenario
  ua: UserAgentPort
  bay: Bay
  random: Random
  now(): number
  /** Runs `task` once after `ms`; answers the cancellation. */
  after(ms: number, task: () => void): () => void
  flush(): void
  /** When set, each answered call is recorded here as `SESSION.wav`: left what we were told, right what our person said. */
  recordTo: string | null
  log(line: Record<string, unknown>): void
}

export type CarrierFigures = {
  offered: number
  ringing: number
  answered: number
  failed: number
  cancelled: number
  placed: number
  talking: number
}

type CallAtCarrier = {
  session: SessionId
  leg: LegId
  offer: string | null
  outgoing: boolean
  timers: (() => void)[]
  open: Promise<{ address: string; port: number }> | null
  port: number
  answered: boolean
  over: boolean
  /** Plays left until the announcement's final response. */
  announcement: { voice: string; left: number; sipStatus: number; q850: number } | null
  voice: string
  recording: RecordingId | null
  echo: EchoPort | null
}

const codecs = ['pcma', 'pcmu'] as const

export class Carrier {
  readonly figures: CarrierFigures = {
    offered: 0,
    ringing: 0,
    answered: 0,
    failed: 0,
    cancelled: 0,
    placed: 0,
    talking: 0,
  }
  readonly #options: CarrierOptions
  readonly #bySession = new Map<SessionId, CallAtCarrier>()
  readonly #byLeg = new Map<LegId, CallAtCarrier>()
  #nextLeg = 1
  #stopInbound: (() => void) | null = null

  constructor(options: CarrierOptions) {
    this.#options = options
  }

  /** Begins to place the scenario's inbound calls. */
  start(): void {
    if (this.#options.scenario.inbound) this.#planInbound()
  }

  /** Hangs up on everyone. */
  stop(): void {
    this.#stopInbound?.()
    for (const call of [...this.#bySession.values()]) {
      this.#options.ua.hangUp(call.session, 16, this.#options.now())
      this.#over(call)
    }
    this.#options.flush()
  }

  /** Calls that are not over. */
  get calls(): number {
    return this.#bySession.size
  }

  take(event: UaEvent): void {
    switch (event.type) {
      case 'incoming':
        return this.#offered(event)
      case 'accepted': {
        const call = this.#bySession.get(event.session)
        if (call) this.#answeredByThem(call, event.sdp)
        return
      }
      case 'reoffer': {
        const call = this.#bySession.get(event.session)
        if (!call) return
        this.#reoffered(call, event.sdp)
        return
      }
      case 'failed':
      case 'ended': {
        const call = this.#bySession.get(event.session)
        if (!call) return
        if (!call.answered) this.figures[event.type === 'failed' && !call.outgoing ? 'cancelled' : 'failed']++
        return this.#over(call)
      }
      default:
        return
    }
  }

  takeMedia(event: BayEvent): void {
    if (event.type !== 'prompt.finished') return
    const call = this.#byLeg.get(event.leg)
    const announcement = call?.announcement
    if (!call || !announcement || call.over) return
    announcement.left--
    if (announcement.left > 0) return this.#options.bay.play(call.leg, announcement.voice, false)
    this.#fail(call, announcement.sipStatus, announcement.q850)
  }

  // ---- calls to our people

  #offered(event: Extract<UaEvent, { type: 'incoming' }>): void {
    const { scenario, random, log } = this.#options
    this.figures.offered++
    const call = this.#call(event.session, event.sdp, false)
    const person = personBehind(event.to, scenario, random)
    log({ event: 'offered', to: event.to, from: event.from.user, person: person.kind })
    for (const step of stepsOf(person, scenario, random)) {
      call.timers.push(this.#options.after(step.atMs, () => this.#take(call, step)))
    }
  }

  #take(call: CallAtCarrier, step: Step): void {
    if (call.over) return
    const { ua, now, flush } = this.#options
    switch (step.do) {
      case 'ring':
        this.figures.ringing++
        ua.progress(call.session, 180, null, now())
        break
      case 'fail':
        this.#fail(call, step.sipStatus, step.q850)
        break
      case 'announce':
        call.announcement = { voice: step.voice, left: step.times, ...step.final }
        this.#withMedia(call, sdp => {
          ua.progress(call.session, 183, sdp, now())
          this.#options.bay.play(call.leg, step.voice, false)
        })
        break
      case 'echo':
        this.#echo(call)
        break
      case 'answer':
        this.#withMedia(call, sdp => {
          call.answered = true
          call.voice = step.voice
          this.figures.answered++
          this.figures.talking++
          ua.accept(call.session, sdp, now())
          this.#talk(call)
          if (step.hangUpAfterMs !== null)
            call.timers.push(this.#options.after(step.hangUpAfterMs, () => this.#hangUp(call)))
        })
        break
      default:
        step satisfies never
    }
    flush()
  }

  /** Opens the media port, answers the offer that came with the INVITE, and goes on. */
  #withMedia(call: CallAtCarrier, then: (sdp: string) => void): void {
    const { ua, now, flush } = this.#options
    this.#opened(call).then(
      local => {
        if (call.over) return
        if (call.offer === null) then(offerOf(codecs, { ...local, id: call.leg, version: 1 }))
        else {
          const answered = answerTo(call.offer, codecs, { ...local, id: call.leg, version: 1 })
          if (!answered) {
            ua.reject(call.session, 488, 65, now())
            this.#over(call)
          } else {
            this.#configure(call, answered.agreed)
            then(answered.sdp)
          }
        }
        flush()
      },
      () => this.#fail(call, 503, 34),
    )
  }

  #echo(call: CallAtCarrier): void {
    const { ua, now, flush, scenario } = this.#options
    EchoPort.open(scenario.mediaAddress).then(
      port => {
        if (call.over) return port.close()
        call.echo = port
        const side = { address: scenario.mediaAddress, port: port.port, id: call.leg, version: 1 }
        const answered = call.offer === null ? null : answerTo(call.offer, codecs, side)
        if (answered === null) return this.#fail(call, 488, 65)
        call.answered = true
        this.figures.answered++
        this.figures.talking++
        ua.accept(call.session, answered.sdp, now())
        flush()
      },
      () => this.#fail(call, 503, 34),
    )
  }

  #fail(call: CallAtCarrier, sipStatus: number, q850: number): void {
    if (call.over) return
    this.figures.failed++
    this.#options.ua.reject(call.session, sipStatus, q850, this.#options.now())
    this.#over(call)
    this.#options.flush()
  }

  #hangUp(call: CallAtCarrier): void {
    if (call.over) return
    this.#options.ua.hangUp(call.session, 16, this.#options.now())
    this.#over(call)
    this.#options.flush()
  }

  #reoffered(call: CallAtCarrier, sdp: string | null): void {
    const { ua, now } = this.#options
    this.#opened(call).then(local => {
      const mine = { ...local, id: call.leg, version: 2 }
      const answered = sdp === null ? null : answerTo(sdp, codecs, mine)
      if (sdp !== null && !answered) ua.answerReoffer(call.session, { status: 488 }, now())
      else ua.answerReoffer(call.session, { sdp: answered?.sdp ?? offerOf(codecs, mine) }, now())
      if (answered) this.#configure(call, answered.agreed)
      this.#options.flush()
    })
  }

  // ---- calls from our people

  #planInbound(): void {
    const { scenario, random, after } = this.#options
    const inbound = scenario.inbound!
    const gapMs = (-Math.log(1 - random()) * 60_000) / inbound.perMinute
    this.#stopInbound = after(gapMs, () => {
      this.#placeInbound()
      this.#planInbound()
    })
  }

  #placeInbound(): void {
    const { scenario, random, ua, now, log } = this.#options
    const inbound = scenario.inbound!
    const { transport, address, port } = parseListenAddress(inbound.target)
    const from = `+86139${String(Math.floor(random() * 1e8)).padStart(8, '0')}`
    const call = this.#call('' as SessionId, null, true)
    call.voice = inbound.voice ?? anyVoice(random)
    this.figures.placed++
    log({ event: 'placed', to: inbound.to, from })
    this.#opened(call).then(local => {
      if (call.over) return
      call.session = ua.invite(
        {
          target: `sip:${inbound.to}@${formatHost(address, port)}`,
          destination: { transport, address, port },
          from: `sip:${from}@${formatHost(local.address)}`,
          sdp: offerOf(codecs, { ...local, id: call.leg, version: 1 }),
        },
        now(),
      )
      this.#bySession.set(call.session, call)
      call.timers.push(
        this.#options.after(draw(inbound.patienceMs, random) + draw(inbound.talkMs, random), () => this.#hangUp(call)),
      )
      this.#options.flush()
    })
  }

  #answeredByThem(call: CallAtCarrier, sdp: string | null): void {
    const local = { address: this.#options.scenario.mediaAddress, port: call.port, id: call.leg, version: 1 }
    const agreed = sdp === null ? null : agree(sdp, codecs, local)
    if (!agreed) return this.#hangUp(call)
    call.answered = true
    this.figures.talking++
    this.#configure(call, agreed)
    this.#talk(call)
    this.#pressKeys(call)
  }

  /** What a caller does who has come to a voice menu. */
  #pressKeys(call: CallAtCarrier): void {
    const { scenario, random, after, bay } = this.#options
    const { keys, keysAfterMs } = scenario.inbound!
    const pressed = keys.length === 0 ? '' : keys[Math.floor(random() * keys.length)]!
    if (pressed === '') return
    call.timers.push(after(draw(keysAfterMs, random), () => bay.sendDigits(call.leg, pressed)))
  }

  // ---- one call

  #call(session: SessionId, offer: string | null, outgoing: boolean): CallAtCarrier {
    const call: CallAtCarrier = {
      session,
      leg: `carrier_${this.#nextLeg++}` as LegId,
      offer,
      outgoing,
      timers: [],
      open: null,
      port: 0,
      answered: false,
      over: false,
      announcement: null,
      voice: '',
      recording: null,
      echo: null,
    }
    if (session !== '') this.#bySession.set(session, call)
    this.#byLeg.set(call.leg, call)
    return call
  }

  #opened(call: CallAtCarrier): Promise<{ address: string; port: number }> {
    const { bay, scenario } = this.#options
    const address = scenario.mediaAddress
    call.open ??= bay
      .open(call.leg, { kind: 'rtp', silenceMs: 0, family: isIPv6(address) ? 6 : 4 })
      .then(local => ({ address, port: (call.port = local.port) }))
    return call.open
  }

  #configure(call: CallAtCarrier, agreed: Agreed): void {
    this.#options.bay.configure(call.leg, rtpParameters(agreed, false))
  }

  #talk(call: CallAtCarrier): void {
    const { bay, recordTo } = this.#options
    if (recordTo !== null) {
      call.recording = call.leg as string as RecordingId
      bay.record(call.recording, call.leg, join(recordTo, `${call.leg}.wav`))
    }
    if (call.voice !== '') bay.play(call.leg, call.voice, true)
  }

  #over(call: CallAtCarrier): void {
    if (call.over) return
    call.over = true
    if (call.answered) this.figures.talking--
    for (const cancel of call.timers) cancel()
    call.echo?.close()
    this.#bySession.delete(call.session)
    this.#byLeg.delete(call.leg)
    if (call.open)
      call.open.then(
        () => this.#options.bay.close(call.leg),
        () => undefined,
      )
  }
}

/**
 * The phone performs the centre's `phone.*` effects on real SIP and tells what comes of them as inputs. It decides nothing: it knows legs,
 * their sessions and their media ports. Everything that can fail here ends as a `leg.ended` or `station.down`, never as an exception.
 */
import { isIP } from 'node:net'
import type { Effect } from '../centre/effects.ts'
import { reasonTextMax } from '../centre/result-rules.ts'
import { rewritten } from '../centre/trunk-numbers.ts'
import { isOfTheNetwork, rulesOf, type TrunkRules } from '../centre/trunk-rules.ts'
import type { CallId, LegId, TrunkId, UserId } from '../lib/ids.ts'
import { maskNumber } from '../lib/mask.ts'
import type { BayEvent } from '../rtp/bay.ts'
import { audioAddressOf } from '../sdp/negotiate.ts'
import type { Binding, SessionId, UaEvent } from '../sip/events.ts'
import { Allowance } from './allowance.ts'
import { Keys } from './keys.ts'
import type { Leg } from './leg.ts'
import { Legs, type LegsOptions, trunkSilenceMs } from './legs.ts'
import { type Agreed, agree, answerTo, offerOf } from './offer.ts'
import { redirectOn } from './redirects.ts'
import { inviteOn } from './trunk-call.ts'

/** Time a nailed desk phone may ring until it picks up. */
const nailedRingMs = 30_000
/**
 * Calls that a trunk may bring: at least so many a second, or twice what we may place there, and five seconds' worth at once. Anyone who forges
 * a carrier's address on UDP can send INVITEs, and each becomes lines of the journal, for good.
 */
const offersPerSecondLeast = 20
const offersBurstS = 5
/** Alarms about guessed passwords: each is a line of the journal, for good. */
const locksBurst = 10
const locksPerSecond = 0.1

/** After a CANCEL the carrier's last word is waited for so long; it takes a round trip. */
const lateMs = 2_000
const noAnswerQ850 = 19
const rungOut = { by: 'system', cause: 'timeout', sipStatus: 487, q850: noAnswerQ850 } as const

export type PhoneEffect = Extract<Effect, { type: `phone.${string}` }>

export type PhoneOptions = LegsOptions & {
  extensionOf(agent: UserId): string | null
  agentAt(extension: string): UserId | null
  /** Whether a desk phone may dial this by itself. */
  isEmergency(dialled: string): boolean
  newLegId(): LegId
}

export class Phone {
  readonly #options: PhoneOptions
  readonly #legs: Legs
  #answeredTooLate = 0
  readonly #keys: Keys
  readonly #locks: Allowance
  readonly #offers = new Map<TrunkId, { perSecond: number; calls: Allowance; words: Allowance }>()

  constructor(options: PhoneOptions) {
    this.#options = options
    this.#legs = new Legs(options)
    this.#keys = new Keys(options)
    this.#locks = new Allowance({ burst: locksBurst, perSecond: locksPerSecond, now: options.now() })
  }

  /** Legs that are not over, for figures. */
  get size(): number {
    return this.#legs.size
  }

  /** Calls that the floor withdrew and that were picked up in that very moment: hung up at once, and no attempt's result. */
  get answeredTooLate(): number {
    return this.#answeredTooLate
  }

  perform(effect: PhoneEffect): void {
    switch (effect.type) {
      case 'phone.dial':
        this.#dial(effect.leg, effect.call, effect.trunk, effect.number, effect.callerId, effect.ringMs)
        break
      case 'phone.ring':
        this.#ring(effect.leg, effect.agent, effect.call, effect.from, effect.ringMs)
        break
      case 'phone.answer':
        this.#answer(effect.leg)
        break
      case 'phone.reject':
        this.#reject(effect.leg, effect.sipStatus)
        break
      case 'phone.hangUp':
        this.#hangUp(effect.leg, effect.q850)
        break
      case 'phone.sendDigits':
        {
          const leg = this.#legs.get(effect.leg)
          if (leg) this.#keys.send(leg, effect.digits, this.#options.now())
        }
        break
      case 'phone.answerTransfer':
        this.#answerTransfer(effect.leg, effect.refer, effect.status)
        break
      default:
        effect satisfies never
    }
    this.#options.flush()
  }

  /** Ring time-outs and nailed phones that are to be rung again. */
  advance(now: number): void {
    this.#keys.advance(now)
    for (const leg of this.#legs.all()) {
      if (leg.phase === 'calling' && leg.respondBy !== null && now >= leg.respondBy) {
        this.#giveUpOnTrunk(leg, now)
        continue
      }
      if (leg.ringUntil === null || now < leg.ringUntil) continue
      if (leg.phase === 'calling') {
        leg.ringUntil = null
        this.#rungEnough(leg, now)
      } else if (leg.phase === 'parted') {
        leg.ringUntil = null
        this.#callDesk(leg)
      }
    }
    this.#options.flush()
  }

  /**
   * Nothing came back, not even a 100, although the INVITE was repeated three times: the trunk is not there. Should its answer come after all,
   * the user agent cancels the call before it can ring for long, and no phone is rung by a repetition.
   */
  #giveUpOnTrunk(leg: Leg, now: number): void {
    if (leg.far.kind === 'trunk' && leg.target) this.#options.lines.failed(leg.far.trunk, leg.target)
    if (leg.session) this.#options.ua.hangUp(leg.session, 102, now)
    const silent = { by: 'timeout', status: null, q850: null, retryAfterS: null } as const
    if (this.#triesNext(leg, silent)) return
    this.#legs.over(leg, { by: 'system', cause: 'no_response', sipStatus: 408, q850: 102 })
  }

  /**
   * A customer who picks up just as we give up is somebody who was called and answered: the CANCEL that crosses the answer is for nothing then,
   * and the call is taken, or it would be a silent call that nobody counts.
   */
  #rungEnough(leg: Leg, now: number): void {
    const { ua } = this.#options
    if (leg.session && leg.far.kind === 'trunk' && leg.lateUntil === null) {
      ua.withdraw(leg.session, noAnswerQ850, now)
      leg.lateUntil = leg.ringUntil = now + lateMs
      return
    }
    if (leg.session) ua.hangUp(leg.session, noAnswerQ850, now)
    this.#legs.over(leg, rungOut)
  }

  take(event: UaEvent): void {
    if (this.#options.lines.take(event)) return
    switch (event.type) {
      case 'incoming':
        return this.#incoming(event)
      case 'bindingChanged':
        return this.#bindingChanged(event.extension, event.binding)
      case 'dropped':
        this.#options.log.warn({ source: event.source.address, count: event.count }, `SIP dropped: ${event.reason}`)
        return
      case 'lockedOut':
        return this.#lockedOut(event)
      case 'qualified':
      case 'registered':
      case 'unregistered':
      case 'registrationFailed':
        return
      default: {
        const leg = this.#legs.ofSession(event.session)
        if (leg) this.#takeForLeg(leg, event)
        else if (event.type === 'failed' && event.answered) this.#answeredTooLate++
      }
    }
  }

  takeMedia(event: BayEvent): void {
    switch (event.type) {
      case 'leg.digit': {
        const leg = this.#legs.get(event.leg)
        if (leg) this.#legs.key(leg, event.digit)
        return
      }
      case 'leg.silent': {
        const leg = this.#legs.get(event.leg)
        if (leg?.phase !== 'up') return
        if (leg.session) this.#options.ua.hangUp(leg.session, 27, this.#options.now())
        this.#legs.over(leg, { by: 'system', cause: 'rtp_timeout', sipStatus: null, q850: 27 })
        this.#options.flush()
        return
      }
      case 'worker.died':
        for (const id of event.legs) {
          const leg = this.#legs.get(id)
          if (!leg) continue
          if (leg.session) this.#options.ua.hangUp(leg.session, 38, this.#options.now())
          this.#legs.over(leg, { by: 'system', cause: 'fault', sipStatus: null, q850: 38 })
        }
        this.#options.flush()
        return
      default:
        return
    }
  }

  // ---- effects

  #dial(id: LegId, call: CallId, trunk: TrunkId, number: string, callerId: string, ringMs: number): void {
    const { lines } = this.#options
    const leg = this.#legs.make(id, call, { kind: 'trunk', trunk }, callerId, ringMs)
    const destination = lines.destination(trunk)
    const config = lines.trunk(trunk)
    if (!destination || !config) {
      this.#legs.over(leg, { by: 'system', cause: 'unreachable', sipStatus: null, q850: 38 })
      return
    }
    leg.invite = sdp => this.#invite(leg, { trunk, number, callerId, sdp })
    this.#legs.open(leg, destination.address, leg.invite)
  }

  /** To the target of the trunk that is the best now; null when there is none, or none that our media address is of use to. */
  #invite(
    leg: Leg,
    { trunk, number, callerId, sdp }: { trunk: TrunkId; number: string; callerId: string; sdp: string },
  ): SessionId | null {
    const { lines, ua } = this.#options
    const [destination, config, at] = [lines.destination(trunk), lines.trunk(trunk), lines.host(trunk)]
    if (!destination || !config || at === null) return null
    const host = this.#options.localAddress(destination.address)
    leg.target = destination
    const password = lines.password(trunk)
    const routes = lines.routes(trunk)
    const spec = inviteOn({ trunk: config, destination, at, routes, host, number, callerId, password, sdp })
    return ua.invite({ ...spec, redirect: redirectOn(config, spec, lines.addresses(trunk)) }, this.#options.now())
  }

  /** The next target of the same trunk, when this one could not be reached or says that it cannot now, and nobody was rung (RFC 3263 §4.3). */
  #triesNext(
    leg: Leg,
    event: Pick<Extract<UaEvent, { type: 'failed' }>, 'by' | 'status' | 'q850' | 'retryAfterS'>,
  ): boolean {
    const { target, invite } = leg
    if (leg.phase !== 'calling' || leg.far.kind !== 'trunk' || !target || !invite || leg.heard === 'progress')
      return false
    const saysNotHere = event.by === 'remote' && event.status === 503 && isOfTheNetwork(event.q850)
    if (event.by !== 'transport' && event.by !== 'timeout' && !saysNotHere) return false
    if (!this.#options.lines.failed(leg.far.trunk, target, event.retryAfterS)) return false
    const next = this.#options.lines.destination(leg.far.trunk)
    if (!next || isIP(next.address) !== isIP(target.address)) return false
    return this.#legs.inviteAgain(leg, invite)
  }

  #ring(id: LegId, agent: UserId, call: CallId | null, from: string, ringMs: number): void {
    const extension = this.#options.extensionOf(agent)
    const nailed = call === null
    const leg = this.#legs.make(
      id,
      call,
      { kind: 'desk', agent, extension: extension ?? '', nailed },
      from,
      nailed ? nailedRingMs : ringMs,
    )
    this.#callDesk(leg)
  }

  #callDesk(leg: Leg): void {
    const { ua, now, log } = this.#options
    if (leg.far.kind !== 'desk') return
    const { extension } = leg.far
    const found = extension === '' ? null : ua.binding(extension)
    const binding = found && this.#legs.mayRing(leg.far.agent, found.flow.transport) ? found : null
    if (found && !binding)
      log.warn({ extension }, 'a desk phone whose calls must be encrypted is registered without TLS, and is not called')
    if (!binding) {
      this.#legs.over(leg, { by: 'system', cause: 'fault', sipStatus: 480, q850: 20 })
      return
    }
    leg.phase = 'opening'
    const host = this.#options.localAddress(binding.flow.source.address)
    this.#legs.open(leg, binding.flow.source.address, sdp =>
      ua.inviteExtension(
        extension,
        {
          from: `sip:${leg.from === '' ? 'switchroom' : leg.from}@${literal(host)}`,
          sdp,
          symmetric: true,
          // The leg of a shift is one phone's; for a call all of them ring.
          toAll: leg.far.kind === 'desk' && !leg.far.nailed,
          // A phone that can picks up by itself when its leg is to stay up for the shift.
          headers:
            leg.far.kind === 'desk' && leg.far.nailed
              ? [
                  ['Call-Info', `<sip:${literal(host)}>;answer-after=0`],
                  ['Alert-Info', '<http://localhost>;info=alert-autoanswer;delay=0'],
                ]
              : [],
        },
        now(),
      ),
    )
  }

  #answer(id: LegId): void {
    const leg = this.#legs.get(id)
    if (leg?.phase !== 'offered') return
    const { bay, now } = this.#options
    const near = this.#peerOf(leg.far) ?? '127.0.0.1'
    // Where the audio is to go decides, not where the message came from: a carrier may signal by IPv6 and speak by IPv4.
    const media = (leg.offer && audioAddressOf(leg.offer)) ?? near
    const peer = isIP(media) === isIP(near) ? near : media
    bay.open(leg.id, { kind: 'rtp', silenceMs: trunkSilenceMs, family: isIP(peer) === 6 ? 6 : 4 }).then(
      local => {
        if (leg.phase !== 'offered' || !leg.session) return this.#legs.closeMedia(leg)
        this.#legs.place(leg, local.address, local.port, peer)
        const answered = leg.offer === null ? null : answerTo(leg.offer, this.#legs.codecs(leg), this.#legs.local(leg))
        if (leg.offer !== null && !answered) {
          this.#options.ua.reject(leg.session, 488, 65, now())
          this.#legs.over(leg, { by: 'system', cause: 'rejected', sipStatus: 488, q850: 65 })
        } else {
          if (answered) this.#legs.configure(leg, answered.agreed)
          this.#options.ua.accept(
            leg.session,
            answered?.sdp ?? offerOf(this.#legs.codecs(leg), this.#legs.local(leg)),
            now(),
          )
          leg.phase = 'up'
          this.#legs.post({ type: 'leg.answered', leg: leg.id }, leg)
        }
        this.#options.flush()
      },
      error => this.#legs.noMedia(leg, error),
    )
  }

  /** The address that our SDP should be seen from. */
  #peerOf(far: Leg['far']): string | undefined {
    if (far.kind === 'trunk') return this.#options.lines.destination(far.trunk)?.address
    return this.#options.ua.binding(far.extension)?.flow.source.address
  }

  #reject(id: LegId, sipStatus: number): void {
    const leg = this.#legs.get(id)
    if (leg?.phase !== 'offered' || !leg.session) return
    this.#options.ua.reject(leg.session, sipStatus, null, this.#options.now())
    this.#legs.over(leg, { by: 'near', cause: 'rejected', sipStatus, q850: null })
  }

  #hangUp(id: LegId, q850: number): void {
    const leg = this.#legs.get(id)
    if (!leg) return
    const { ua, now } = this.#options
    if (leg.phase === 'opening') {
      leg.hangUp = q850
      return
    }
    if (leg.session) {
      if (leg.phase === 'offered') ua.reject(leg.session, 480, q850, now())
      else ua.hangUp(leg.session, q850, now())
    }
    // The far end's answer to CANCEL or BYE changes nothing for the centre: the leg is over now. A 200 that crosses our CANCEL is
    // acknowledged and ended by the user agent itself (RFC 3261, section 9.1).
    this.#legs.over(leg, {
      by: 'near',
      cause: leg.phase === 'up' ? 'bye' : 'cancel',
      sipStatus: leg.phase === 'up' ? null : 487,
      q850,
    })
  }

  // ---- the user agent's word

  #incoming(event: Extract<UaEvent, { type: 'incoming' }>): void {
    const { ua, lines, now, log } = this.#options
    const { address } = event.flow.source
    if (event.replaces !== null) return this.#takesPlace(event, event.replaces)
    if (event.extension !== null && this.#options.isEmergency(event.to)) return this.#emergency(event, event.extension)
    const trunk = event.extension === null ? lines.trunkOf(event.flow) : null
    if (trunk === null) {
      // Desk phones are rung by us; outgoing calls start on the desk page, where the gate and the outcome form are.
      log.warn({ source: address, extension: event.extension }, 'call refused: it comes from no trunk of ours')
      ua.reject(event.session, 403, 21, now())
      return
    }
    if (!this.#mayOffer(trunk)) return ua.reject(event.session, 503, 42, now())
    // What the carrier asserts (RFC 3325) counts more than what the caller says of himself.
    const { numbersIn } = rulesOf(lines.trunk(trunk) ?? {})
    const from = rewritten(numbersIn, event.assertedIdentity ?? event.from.user).number
    const to = rewritten(numbersIn, event.to).number
    const leg = this.#legs.make(this.#options.newLegId(), null, { kind: 'trunk', trunk }, from, 0)
    leg.phase = 'offered'
    leg.offer = event.sdp
    this.#legs.bind(leg, event.session)
    ua.progress(event.session, 180, null, now())
    this.#legs.post({ type: 'leg.offered', leg: leg.id, trunk, from, to }, leg)
  }

  /** A desk phone, which has proved who it is, calls for help by itself. */
  #emergency(event: Extract<UaEvent, { type: 'incoming' }>, extension: string): void {
    const { ua, now, agentAt } = this.#options
    const user = agentAt(extension)
    if (user === null) return ua.reject(event.session, 403, 21, now())
    const leg = this.#legs.make(
      this.#options.newLegId(),
      null,
      { kind: 'desk', agent: user, extension, nailed: false },
      extension,
      0,
    )
    leg.phase = 'offered'
    leg.offer = event.sdp
    this.#legs.bind(leg, event.session)
    this.#legs.post({ type: 'desk.dialled', leg: leg.id, user, to: event.to }, leg)
  }

  /** Told at once, and not more often than a person can read. */
  #lockedOut({ extension, source }: Extract<UaEvent, { type: 'lockedOut' }>): void {
    const { log, now } = this.#options
    const claimed = /^\d{1,16}$/.test(extension) ? extension : 'no extension'
    log.warn({ source: source.address, extension: claimed }, 'a phone password is being guessed: locked for a while')
    if (!this.#locks.take(now())) return
    this.#options.post({ type: 'phones.guessed', extension: claimed, source: source.address }, 'system')
  }

  #earlyMediaOf({ far }: Leg): TrunkRules['earlyMedia'] {
    return far.kind === 'trunk' ? rulesOf(this.#options.lines.trunk(far.trunk) ?? {}).earlyMedia : 'pass'
  }

  #mayOffer(trunk: TrunkId): boolean {
    const { lines, now, log } = this.#options
    const perSecond = Math.max(offersPerSecondLeast, 2 * (lines.trunk(trunk)?.callsPerSecond ?? 0))
    let offers = this.#offers.get(trunk)
    if (offers?.perSecond !== perSecond) {
      const calls = new Allowance({ burst: offersBurstS * perSecond, perSecond, now: now() })
      const words = new Allowance({ burst: 1, perSecond: 0.1, now: now() })
      offers = { perSecond, calls, words }
      this.#offers.set(trunk, offers)
    }
    if (offers.calls.take(now())) return true
    if (offers.words.take(now()))
      log.warn({ trunk }, `calls refused: this trunk brings more than ${perSecond} a second; is its address forged?`)
    return false
  }

  #takeForLeg(
    leg: Leg,
    event: Exclude<
      UaEvent,
      {
        type:
          | 'incoming'
          | 'bindingChanged'
          | 'dropped'
          | 'lockedOut'
          | 'qualified'
          | 'registered'
          | 'unregistered'
          | 'registrationFailed'
      }
    >,
  ): void {
    const { ua, now, log } = this.#options
    switch (event.type) {
      case 'provisional':
        if (leg.phase !== 'calling') return
        leg.respondBy = null
        leg.heard = event.status === 100 && leg.heard !== 'progress' ? 'trying' : 'progress'
        if (event.sdp !== null) {
          const agreed = agree(event.sdp, this.#legs.codecs(leg), this.#legs.local(leg))
          if (!agreed) return
          this.#legs.configure(leg, agreed)
          const policy = this.#earlyMediaOf(leg)
          if (policy !== 'pass') {
            // The sound comes, and is not heard by who dials: ring-back of our own takes its place, or silence.
            if (policy === 'ringback' && !leg.ringing) {
              leg.ringing = true
              this.#legs.post({ type: 'leg.ringing', leg: leg.id }, leg)
            }
            return
          }
          if (leg.early) return
          leg.early = true
          this.#legs.post({ type: 'leg.early', leg: leg.id }, leg)
        } else if (event.status >= 180 && !leg.ringing) {
          leg.ringing = true
          this.#legs.post({ type: 'leg.ringing', leg: leg.id }, leg)
        }
        return
      case 'accepted': {
        const agreed = event.sdp === null ? null : agree(event.sdp, this.#legs.codecs(leg), this.#legs.local(leg))
        if (event.sdp !== null && !agreed) {
          log.warn(
            { leg: leg.id },
            'the answer has no audio that we can speak (A-law or µ-law, encrypted where that is required); the call is ended',
          )
          ua.hangUp(event.session, 65, now())
          this.#legs.over(leg, { by: 'system', cause: 'fault', sipStatus: 488, q850: 65 })
          return
        }
        if (agreed) this.#legs.configure(leg, agreed)
        leg.phase = 'up'
        leg.ringUntil = leg.lateUntil = null
        if (leg.far.kind === 'desk' && leg.far.nailed)
          this.#legs.post({ type: 'station.up', agent: leg.far.agent, leg: leg.id }, leg)
        else this.#legs.post({ type: 'leg.answered', leg: leg.id }, leg)
        return
      }
      case 'confirmed':
        return leg.offer === null ? this.#answeredLate(leg, event) : undefined
      case 'failed':
        if (leg.lateUntil !== null && event.by === 'local') return this.#legs.over(leg, rungOut)
        if (this.#triesNext(leg, event)) return
        this.#legs.over(leg, {
          by: event.by === 'remote' ? 'carrier' : event.by === 'local' ? 'near' : 'system',
          cause:
            leg.phase === 'offered'
              ? 'cancel'
              : event.by === 'remote'
                ? 'rejected'
                : event.by === 'timeout'
                  ? 'no_response'
                  : event.by === 'transport'
                    ? 'unreachable'
                    : 'fault',
          sipStatus: event.status ?? (event.by === 'timeout' ? 408 : 503),
          q850: event.q850,
          ...(event.by === 'remote' ? { text: printable(event.reason) } : {}),
        })
        return
      case 'reoffer': {
        const answered =
          event.sdp === null ? null : answerTo(event.sdp, this.#legs.codecs(leg), this.#legs.local(leg, true))
        if (event.sdp !== null && !answered) {
          ua.answerReoffer(event.session, { status: 488 }, now())
          return
        }
        ua.answerReoffer(
          event.session,
          { sdp: answered?.sdp ?? offerOf(this.#legs.codecs(leg), this.#legs.local(leg, true)) },
          now(),
        )
        if (answered) this.#mediaChanged(leg, answered.agreed)
        return
      }
      case 'reanswered': {
        const agreed = event.sdp === null ? null : agree(event.sdp, this.#legs.codecs(leg), this.#legs.local(leg))
        if (agreed) this.#mediaChanged(leg, agreed)
        return
      }
      case 'reinviteFailed':
        return
      case 'ended':
        this.#legs.over(leg, {
          by: event.by === 'remote' ? 'far' : event.by === 'local' ? 'near' : 'system',
          cause: event.by === 'remote' || event.by === 'local' ? 'bye' : 'fault',
          sipStatus: null,
          q850: event.q850,
        })
        return
      case 'digit':
        return this.#legs.key(leg, event.digit)
      case 'refer':
        return this.#transferAsked(leg, event)
      case 'referred':
        return // we ask no far end to transfer: calls go through us, where they are recorded and counted
      default:
        event satisfies never
    }
  }

  /** The offer was ours, so the ACK had to bring the answer. */
  #answeredLate(leg: Leg, { session, sdp }: Extract<UaEvent, { type: 'confirmed' }>): void {
    const { ua, now, log } = this.#options
    const agreed = sdp === null ? null : agree(sdp, this.#legs.codecs(leg), this.#legs.local(leg))
    if (agreed) return this.#legs.configure(leg, agreed)
    log.warn({ leg: leg.id }, 'the ACK has no answer to our offer, or no audio that we can speak; the call is ended')
    ua.hangUp(session, 65, now())
    this.#legs.over(leg, { by: 'system', cause: 'fault', sipStatus: 488, q850: 65 })
  }

  /** Before the answer nobody can be put on hold; it is early media that change. */
  #mediaChanged(leg: Leg, agreed: Agreed): void {
    if (leg.phase === 'up') this.#legs.remoteChanged(leg, agreed)
    else this.#legs.configure(leg, agreed)
  }

  /**
   * A call that takes the place of one of ours (RFC 3891): the same phone from another line or network, the same carrier by another gateway. To
   * the floor it stays the same leg. Nobody else may: who has overheard a dialog's tags could take a customer away.
   */
  #takesPlace(event: Extract<UaEvent, { type: 'incoming' }>, session: SessionId): void {
    const { ua, now, log, lines } = this.#options
    const leg = this.#legs.ofSession(session)
    const isSame =
      leg?.far.kind === 'desk'
        ? leg.far.extension === event.extension
        : leg !== undefined && event.extension === null && lines.trunkOf(event.flow) === leg.far.trunk
    if (leg?.phase !== 'up' || !isSame) {
      log.warn(
        { source: event.flow.source.address },
        'a call was refused: it wanted the place of one that is not its own',
      )
      return ua.reject(event.session, 403, 21, now())
    }
    const side = this.#legs.local(leg, true)
    const answered = event.sdp === null ? null : answerTo(event.sdp, this.#legs.codecs(leg), side)
    if (event.sdp !== null && !answered) return ua.reject(event.session, 488, 65, now())
    leg.offer = event.sdp
    this.#legs.rebind(leg, event.session)
    ua.accept(event.session, answered?.sdp ?? offerOf(this.#legs.codecs(leg), side), now())
    if (answered) this.#legs.remoteChanged(leg, answered.agreed)
  }

  /** Only desk phones have a transfer key that means anything; the centre decides, and an unknown other call is no call of ours. */
  #transferAsked(leg: Leg, { session, refer, to, replaces }: Extract<UaEvent, { type: 'refer' }>): void {
    const { ua, now, log } = this.#options
    const other = replaces?.session ? this.#legs.ofSession(replaces.session) : undefined
    const isOurs = replaces === null || (other !== undefined && isSamePhone(other, leg) && other !== leg)
    if (leg.far.kind !== 'desk' || leg.phase !== 'up' || !isOurs) {
      log.warn(
        { leg: leg.id, to: maskNumber(to.user) },
        'a transfer was refused: it was asked for by no desk phone of ours',
      )
      ua.answerRefer(session, refer, 403, now())
      return
    }
    this.#legs.post({ type: 'leg.transferAsked', leg: leg.id, refer, to: to.user, with: other?.id ?? null }, leg)
  }

  #answerTransfer(id: LegId, refer: string, status: number): void {
    const { ua, now } = this.#options
    const session = this.#legs.get(id)?.session
    if (!session) return
    ua.answerRefer(session, refer, status < 300 ? 202 : status, now())
    ua.notifyRefer(session, refer, status, now())
  }

  #bindingChanged(extension: string, binding: Binding | null): void {
    const { agentAt, log } = this.#options
    log.info(
      { extension, up: binding !== null, userAgent: binding?.userAgent ?? null },
      binding ? 'desk phone registered' : 'desk phone gone',
    )
    if (!binding || agentAt(extension) === null) return
    for (const leg of this.#legs.all()) {
      if (leg.phase === 'parted' && leg.far.kind === 'desk' && leg.far.extension === extension) {
        leg.ringUntil = null
        this.#callDesk(leg)
      }
    }
  }
}

function isSamePhone(one: Leg, other: Leg): boolean {
  return one.far.kind === 'desk' && other.far.kind === 'desk' && one.far.extension === other.far.extension
}

/** A carrier's words, for pages and the journal. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e\u00a0-\uffff]/g, '').slice(0, reasonTextMax)
}

function literal(address: string): string {
  return address.includes(':') ? `[${address}]` : address
}

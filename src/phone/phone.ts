/**
 * The phone performs the centre's `phone.*` effects on real SIP and tells what comes of them as inputs. It decides nothing: it knows legs,
 * their sessions and their media ports. The calls we place are in `outgoing.ts`, those that come in `incoming.ts`, what the far end does in
 * `far-ends.ts`. Everything that can fail here ends as a `leg.ended` or `station.down`, never as an exception.
 */
import type { PhoneEffect } from '../engine/ports.ts'
import { Allowance } from '../lib/allowance.ts'
import type { LegId, TrunkId } from '../lib/ids.ts'
import type { BayEvent } from '../rtp/bay.ts'
import type { UaEvent } from '../sip/events.ts'
import { FarEnds } from './far-ends.ts'
import { Incoming } from './incoming.ts'
import { Keys } from './keys.ts'
import { Legs } from './legs.ts'
import { Outgoing } from './outgoing.ts'
import type { PhoneOptions } from './phone-options.ts'
import { TransferKeys } from './transfer-keys.ts'
import { TurnedAway } from './turned-away.ts'

export type { PhoneOptions } from './phone-options.ts'

/** Normal clearing. */
const closedQ850 = 16
/** Alarms about guessed passwords: each is a line of the journal, for good. */
const locksBurst = 10
const locksPerSecond = 0.1

export class Phone {
  readonly #options: PhoneOptions
  readonly #legs: Legs
  readonly #outgoing: Outgoing
  readonly #incoming: Incoming
  readonly #transfers: TransferKeys
  readonly #farEnds: FarEnds
  #answeredTooLate = 0
  readonly #turnedAway: TurnedAway
  readonly #keys: Keys
  readonly #locks: Allowance
  #isClosed = false
  /** Which legs may still go out. */
  #mayGoOut: (leg: LegId) => boolean = () => true

  constructor(options: PhoneOptions) {
    this.#options = options
    this.#legs = new Legs(options)
    this.#outgoing = new Outgoing(options, this.#legs)
    this.#turnedAway = new TurnedAway(options)
    this.#incoming = new Incoming(options, this.#legs, this.#turnedAway)
    this.#transfers = new TransferKeys(options, this.#legs)
    this.#farEnds = new FarEnds(options, this.#legs, { outgoing: this.#outgoing, transfers: this.#transfers })
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

  /** Calls to numbers that nobody has, refused here because there were too many. */
  get refusedAsVacant(): number {
    return this.#incoming.refusedAsVacant
  }

  /** Callers who were turned away and are no call in the journal. */
  get turnedAway(): number {
    return this.#turnedAway.total
  }

  /** Whether a call that this trunk brings is looked at. */
  mayBring(trunk: TrunkId): boolean {
    return this.#incoming.mayBring(trunk)
  }

  /**
   * The house closes: every session ends, those too that the floor knows nothing of or cannot end now, and whoever calls is told so. Nobody is
   * called from here on, whatever was decided before and comes late.
   */
  close(): void {
    this.#isClosed = true
    this.#incoming.close()
    this.#turnedAway.close()
    this.#mayGoOut = () => false
    for (const leg of this.#legs.all()) if (leg.phase === 'opening') leg.hangUp ??= closedQ850
    this.#options.ua.hangUpAll(503, closedQ850, this.#options.now())
    this.#options.flush()
  }

  /** The house closes, and somebody calls for help: all other legs end, also of phones that ring here, and none but such a leg goes out. */
  closeBut(isForHelp: (leg: LegId) => boolean): void {
    if (this.#isClosed) return
    this.#mayGoOut = isForHelp
    for (const { id } of [...this.#legs.all()]) if (!isForHelp(id)) this.#hangUp(id, closedQ850)
    this.#options.flush()
  }

  perform(effect: PhoneEffect): void {
    if ((effect.type === 'phone.dial' || effect.type === 'phone.ring') && !this.#mayGoOut(effect.leg)) return
    switch (effect.type) {
      case 'phone.dial':
        this.#outgoing.dial(effect)
        break
      case 'phone.ring':
        this.#outgoing.ring(effect)
        break
      case 'phone.answer':
        this.#incoming.answer(effect.leg)
        break
      case 'phone.reject':
        if (effect.untold) this.#noteTurnedAway(effect.leg)
        this.#incoming.reject(effect.leg, effect.sipStatus)
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
        this.#transfers.answer(effect.leg, effect.refer, effect.status)
        break
      default:
        effect satisfies never
    }
    this.#options.flush()
  }

  /** Ring time-outs and nailed phones that are to be rung again. */
  advance(now: number): void {
    this.#keys.advance(now)
    this.#legs.advance()
    this.#outgoing.advance(now)
    this.#incoming.advance(now)
    this.#turnedAway.advance(now)
    this.#options.flush()
  }

  take(event: UaEvent): void {
    if (this.#options.lines.take(event)) return
    switch (event.type) {
      case 'incoming':
        if (this.#isClosed) return this.#options.ua.reject(event.session, 503, 41, this.#options.now())
        return this.#incoming.take(event)
      case 'bindingChanged':
        if (this.#isClosed) return
        return this.#outgoing.bindingChanged(event.extension, event.binding)
      case 'dropped':
        this.#options.log.warn({ source: event.source.address, count: event.count }, `SIP dropped: ${event.reason}`)
        return
      case 'lockedOut':
        return this.#lockedOut(event)
      case 'bindingRefreshed':
      case 'byeUnheard':
      case 'qualified':
      case 'registered':
      case 'unregistered':
      case 'registrationFailed':
        return
      default: {
        const leg = this.#legs.ofSession(event.session)
        if (leg) this.#farEnds.take(leg, event)
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
      case 'leg.lost':
        return this.#lost([event.leg])
      case 'worker.died':
        return this.#lost(event.legs)
      default:
        return
    }
  }

  #noteTurnedAway(id: LegId): void {
    const far = this.#legs.get(id)?.far
    if (far?.kind === 'trunk') this.#turnedAway.note(far.trunk)
  }

  /** Nobody hears these legs any more, or sends to them. */
  #lost(legs: readonly LegId[]): void {
    for (const id of legs) {
      const leg = this.#legs.get(id)
      if (!leg) continue
      if (leg.session) this.#options.ua.hangUp(leg.session, 38, this.#options.now())
      this.#legs.over(leg, { by: 'system', cause: 'fault', sipStatus: null, q850: 38 })
    }
    this.#options.flush()
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

  /** Told at once, and not more often than a person can read. */
  #lockedOut({ extension, source }: Extract<UaEvent, { type: 'lockedOut' }>): void {
    const { log, now } = this.#options
    const claimed = /^\d{1,16}$/.test(extension) ? extension : 'no extension'
    log.warn({ source: source.address, extension: claimed }, 'a phone password is being guessed: locked for a while')
    if (!this.#locks.take(now())) return
    this.#options.post({ type: 'phones.guessed', extension: claimed, source: source.address }, 'system')
  }
}

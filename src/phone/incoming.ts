/**
 * The calls that come to us: from a trunk within what it may bring, from a desk phone that calls for help, or to take the place of a call of
 * ours; and how they are answered or refused. Addresses of UDP are forged: a trunk's call over it counts as answered when our 200 is
 * acknowledged, so that nobody of ours is rung, and no sound sent, for who is not there.
 */
import { isIP } from 'node:net'
import type { Diverted } from '../centre/calls/diverted.ts'
import { type NumberRule, rewritten } from '../centre/trunks/trunk-numbers.ts'
import { rulesOf } from '../centre/trunks/trunk-rules.ts'
import { Allowance } from '../lib/allowance.ts'
import type { LegId, TrunkId } from '../lib/ids.ts'
import { audioAddressOf } from '../sdp/negotiate.ts'
import type { Diverted as SipDiverted } from '../sip/diverted.ts'
import type { SessionId, UaEvent } from '../sip/events.ts'
import type { Leg } from './leg.ts'
import { type Legs, trunkSilenceMs } from './legs.ts'
import { answerTo, offerOf } from './offer.ts'
import type { PhoneOptions } from './phone-options.ts'
import type { TurnedAway } from './turned-away.ts'
import { VacantNumbers } from './vacant-numbers.ts'

/**
 * Calls that a trunk may bring: at least so many a second, or twice what we may place there, and five seconds' worth at once. Anyone who forges
 * a carrier's address on UDP can send INVITEs, and each becomes lines of the journal, for good.
 */
const offersPerSecondLeast = 20
/** Calls of a trunk that are looked at at all, over those: whatever becomes of one, it is remembered for half a minute (RFC 3261, timer H). */
const looksPerOffer = 5
const offersBurstS = 5
const unallocatedQ850 = 1

type Offers = { perSecond: number; looks: Allowance; calls: Allowance; words: Allowance }

export class Incoming {
  readonly #options: PhoneOptions
  readonly #legs: Legs
  readonly #turnedAway: TurnedAway
  readonly #vacant: VacantNumbers
  readonly #offers = new Map<TrunkId, Offers>()

  constructor(options: PhoneOptions, legs: Legs, turnedAway: TurnedAway) {
    this.#options = options
    this.#legs = legs
    this.#turnedAway = turnedAway
    this.#vacant = new VacantNumbers(options)
  }

  /** Calls to numbers that nobody has and that the centre heard of by their number alone. */
  get refusedAsVacant(): number {
    return this.#vacant.refused
  }

  advance(now: number): void {
    this.#vacant.advance(now)
  }

  /** Nobody is let in from here on. */
  close(): void {
    this.#vacant.close()
  }

  take(event: Extract<UaEvent, { type: 'incoming' }>): void {
    const { ua, lines, now, log } = this.#options
    const { address } = event.flow.source
    if (event.replaces !== null) return this.#takesPlace(event, event.replaces)
    if (event.extension !== null) return this.#dialled(event, event.extension)
    const trunk = event.caller as TrunkId | null
    if (trunk === null) {
      log.warn({ source: address }, 'call refused: it comes from no trunk of ours')
      ua.reject(event.session, 403, 21, now())
      return
    }
    // What the carrier asserts (RFC 3325) counts more than what the caller says of himself.
    const { numbersIn } = rulesOf(lines.trunk(trunk) ?? {})
    const from = rewritten(numbersIn, event.assertedIdentity ?? event.from.user).number
    const to = this.#dialledNumber(event, numbersIn)
    const diverted = event.diverted && divertedBy(event.diverted, numbersIn)
    if (!this.#options.isOurNumber(to) && !this.#vacant.mayTell(trunk, to))
      return ua.reject(event.session, 404, unallocatedQ850, now())
    if (!this.#mayOffer(trunk)) {
      this.#turnedAway.note(trunk)
      return ua.reject(event.session, 503, 42, now())
    }
    const leg = this.#legs.make(this.#options.newLegId(), null, { kind: 'trunk', trunk }, from, 0)
    leg.phase = 'offered'
    leg.offer = event.sdp
    leg.unproved = event.flow.transport === 'udp'
    this.#legs.bind(leg, event.session)
    ua.progress(event.session, 180, null, now())
    const isProved = !leg.unproved || event.isProved === true
    this.#legs.post({ type: 'leg.offered', leg: leg.id, trunk, from, to, isProved, ...(diverted && { diverted }) }, leg)
  }

  /** Where To is of a number that was diverted to us, the one that we registered with is meant, if it is ours. */
  #dialledNumber(
    { to, registeredAs }: Extract<UaEvent, { type: 'incoming' }>,
    numbersIn: readonly NumberRule[],
  ): string {
    const { isOurNumber } = this.#options
    const dialled = rewritten(numbersIn, to).number
    if (registeredAs === undefined || isOurNumber(dialled)) return dialled
    const registered = rewritten(numbersIn, registeredAs).number
    return isOurNumber(registered) ? registered : dialled
  }

  /** A desk phone, which has proved who it is, calls for help by itself, a slot, or somebody on its second line; the centre knows which. */
  #dialled(event: Extract<UaEvent, { type: 'incoming' }>, extension: string): void {
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

  /** Whether a call of this trunk is looked at; else it is to be refused with nothing kept of it. */
  mayBring(trunk: TrunkId): boolean {
    if (this.#offersOf(trunk).looks.take(this.#options.now())) return true
    this.#turnedAway.note(trunk)
    this.#tellOfTooMany(trunk)
    return false
  }

  #mayOffer(trunk: TrunkId): boolean {
    if (this.#offersOf(trunk).calls.take(this.#options.now())) return true
    this.#tellOfTooMany(trunk)
    return false
  }

  #tellOfTooMany(trunk: TrunkId): void {
    const { perSecond, words } = this.#offersOf(trunk)
    const { log, now } = this.#options
    if (words.take(now()))
      log.warn({ trunk }, `calls refused: this trunk brings more than ${perSecond} a second; is its address forged?`)
  }

  #offersOf(trunk: TrunkId): Offers {
    const { lines, now } = this.#options
    const perSecond = Math.max(offersPerSecondLeast, 2 * (lines.trunk(trunk)?.callsPerSecond ?? 0))
    let offers = this.#offers.get(trunk)
    if (offers?.perSecond !== perSecond) {
      const often = (rate: number) => new Allowance({ burst: offersBurstS * rate, perSecond: rate, now: now() })
      const words = new Allowance({ burst: 1, perSecond: 0.1, now: now() })
      offers = { perSecond, looks: often(looksPerOffer * perSecond), calls: often(perSecond), words }
      this.#offers.set(trunk, offers)
    }
    return offers
  }

  /**
   * A call that takes the place of one of ours (RFC 3891): the same phone from another line or network, the same carrier by another gateway. To
   * the floor it stays the same leg. Nobody else may: who has overheard a dialog's tags could take a customer away.
   */
  #takesPlace(event: Extract<UaEvent, { type: 'incoming' }>, session: SessionId): void {
    const { ua, now, log } = this.#options
    const leg = this.#legs.ofSession(session)
    const isSame =
      leg?.far.kind === 'desk'
        ? leg.far.extension === event.extension
        : leg !== undefined && event.extension === null && event.caller !== null && this.#mayReplace(event.caller, leg)
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

  #mayReplace(caller: string, { far }: Leg): boolean {
    return far.kind === 'trunk' && this.#options.lines.callers.areOne(caller as TrunkId, far.trunk)
  }

  answer(id: LegId): void {
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
          if (answered) this.#legs.agreedOn(leg, answered.agreed)
          this.#options.ua.accept(
            leg.session,
            answered?.sdp ?? offerOf(this.#legs.codecs(leg), this.#legs.local(leg)),
            now(),
          )
          leg.phase = 'up'
          if (!leg.unproved) this.#legs.tellAnswered(leg)
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

  reject(id: LegId, sipStatus: number): void {
    const leg = this.#legs.get(id)
    if (leg?.phase !== 'offered' || !leg.session) return
    this.#options.ua.reject(leg.session, sipStatus, null, this.#options.now())
    this.#legs.over(leg, { by: 'near', cause: 'rejected', sipStatus, q850: null })
  }
}

function divertedBy({ user, reason }: SipDiverted, numbersIn: readonly NumberRule[]): Diverted {
  return { number: user === null ? null : rewritten(numbersIn, user).number, reason }
}

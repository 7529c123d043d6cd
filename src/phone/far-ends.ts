/**
 * What the far end of a leg does, from the first sign of it to its last: it rings, answers, changes the media, presses keys, hangs up. Each
 * becomes at most one input of the centre.
 */
import { reasonTextMax } from '../centre/calls/result-rules.ts'
import type { UaEvent } from '../sip/events.ts'
import { livesBy } from '../sip/qualify.ts'
import type { Leg } from './leg.ts'
import type { Legs } from './legs.ts'
import { type Agreed, agree, answerTo, offerOf } from './offer.ts'
import { type Outgoing, rungOut } from './outgoing.ts'
import type { PhoneOptions } from './phone-options.ts'
import type { TransferKeys } from './transfer-keys.ts'
import type { CallHeard } from './trunk-signs.ts'

/** What the user agent tells of a session that is a leg. */
export type EventOfLeg = Exclude<
  UaEvent,
  {
    type:
      | 'incoming'
      | 'bindingChanged'
      | 'bindingRefreshed'
      | 'byeUnheard'
      | 'dropped'
      | 'lockedOut'
      | 'qualified'
      | 'registered'
      | 'unregistered'
      | 'registrationFailed'
  }
>

export class FarEnds {
  readonly #options: PhoneOptions
  readonly #legs: Legs
  readonly #outgoing: Outgoing
  readonly #transfers: TransferKeys

  constructor(options: PhoneOptions, legs: Legs, others: { outgoing: Outgoing; transfers: TransferKeys }) {
    this.#options = options
    this.#legs = legs
    this.#outgoing = others.outgoing
    this.#transfers = others.transfers
  }

  take(leg: Leg, event: EventOfLeg): void {
    const { ua, now, log } = this.#options
    this.#noteHeard(leg, event)
    switch (event.type) {
      case 'provisional':
        if (leg.phase !== 'calling') return
        leg.respondBy = null
        leg.heard = event.status === 100 && leg.heard !== 'progress' ? 'trying' : 'progress'
        if (leg.heard === 'progress') leg.progressBy = null
        if (event.sdp !== null) {
          const agreed = agree(event.sdp, this.#legs.codecs(leg), this.#legs.local(leg))
          if (!agreed) return
          this.#legs.configure(leg, agreed)
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
        if (agreed) this.#legs.agreedOn(leg, agreed)
        this.#options.bay.expectSound(leg.id)
        leg.phase = 'up'
        leg.ringUntil = leg.lateUntil = null
        if (leg.far.kind === 'desk' && leg.far.nailed)
          this.#legs.post({ type: 'station.up', agent: leg.far.agent, leg: leg.id, phone: true }, leg)
        else this.#legs.post({ type: 'leg.answered', leg: leg.id }, leg)
        this.#legs.tellHeld(leg) // picked up on hold: a phone that was held as it rang, a PBX that plays its own music
        return
      }
      case 'confirmed':
        if (leg.offer === null && !this.#answeredLate(leg, event)) return
        if (leg.unproved) this.#legs.tellAnswered(leg)
        else this.#legs.tellHeld(leg)
        return
      case 'failed':
        if (leg.lateUntil !== null && event.by === 'local') return this.#legs.over(leg, rungOut)
        if (this.#outgoing.triesNext(leg, event)) return
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
        return this.#transfers.asked(leg, event)
      case 'referred':
        return // we ask no far end to transfer: calls go through us, where they are recorded and counted
      default:
        event satisfies never
    }
  }

  /** What a call on a trunk is answered until it makes progress says that somebody is there, and whether they take calls. */
  #noteHeard(leg: Leg, event: EventOfLeg): void {
    if (leg.phase !== 'calling' || leg.heard === 'progress' || leg.far.kind !== 'trunk' || leg.target === null) return
    const heard = heardBy(event)
    if (heard === null) return
    const { lines, now } = this.#options
    const isFirst = leg.heard === 'nothing' && leg.respondBy !== null
    if (isFirst && lines.responded(leg.far.trunk, now() - leg.invitedAt)) this.#legs.respondsLate(leg)
    lines.heard(leg.far.trunk, leg.target, heard)
  }

  /** The offer was ours, so the ACK had to bring the answer. False when it did not, and the call is over. */
  #answeredLate(leg: Leg, { session, sdp }: Extract<UaEvent, { type: 'confirmed' }>): boolean {
    const { ua, now, log } = this.#options
    const agreed = sdp === null ? null : agree(sdp, this.#legs.codecs(leg), this.#legs.local(leg))
    if (agreed) {
      this.#legs.agreedOn(leg, agreed)
      return true
    }
    log.warn({ leg: leg.id }, 'the ACK has no answer to our offer, or no audio that we can speak; the call is ended')
    ua.hangUp(session, 65, now())
    this.#legs.over(leg, { by: 'system', cause: 'fault', sipStatus: 488, q850: 65 })
    return false
  }

  /** Before the answer nobody can be put on hold; it is early media that change. */
  #mediaChanged(leg: Leg, agreed: Agreed): void {
    if (leg.phase === 'up') this.#legs.remoteChanged(leg, agreed)
    else this.#legs.configure(leg, agreed)
  }
}

/** What this says of who takes calls there; null: it is no response. A 100 says only that the next hop has the request (RFC 3261 §21.1.1). */
function heardBy(event: EventOfLeg): CallHeard | null {
  if (event.type === 'provisional') return event.status >= 180 ? 'taken' : 'trying'
  if (event.type === 'accepted') return 'taken'
  if (event.type !== 'failed' || event.by !== 'remote') return null
  return event.status !== null && livesBy(event.status) ? 'taken' : 'refused'
}

/** A carrier's words, for pages and the journal. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e\u00a0-\uffff]/g, '').slice(0, reasonTextMax)
}

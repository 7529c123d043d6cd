/** The transfer key of a desk phone (REFER): it asks, the centre decides, and the phone is told what came of it. */
import type { LegId } from '../lib/ids.ts'
import { maskNumber } from '../lib/mask.ts'
import type { UaEvent } from '../sip/events.ts'
import type { Leg } from './leg.ts'
import type { Legs } from './legs.ts'
import type { PhoneOptions } from './phone-options.ts'

export class TransferKeys {
  readonly #options: PhoneOptions
  readonly #legs: Legs

  constructor(options: PhoneOptions, legs: Legs) {
    this.#options = options
    this.#legs = legs
  }

  /** Only desk phones have a transfer key that means anything; the centre decides, and an unknown other call is no call of ours. */
  asked(leg: Leg, { session, refer, to, replaces }: Extract<UaEvent, { type: 'refer' }>): void {
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

  answer(id: LegId, refer: string, status: number): void {
    const { ua, now } = this.#options
    const session = this.#legs.get(id)?.session
    if (!session) return
    ua.answerRefer(session, refer, status < 300 ? 202 : status, now())
    ua.notifyRefer(session, refer, status, now())
  }
}

function isSamePhone(one: Leg, other: Leg): boolean {
  return one.far.kind === 'desk' && other.far.kind === 'desk' && one.far.extension === other.far.extension
}

/**
 * A text is a contact as a call is: the same gate says whether it may go now. Caps of calls hold it back as they hold a notice; it counts for those that
 * say so (`COUNTS=…+MESSAGE`), and for caps of the unit MESSAGE, which calls do not.
 */
import type { SentChannel } from '../../lender/message.ts'
import type { Business } from '../entities.ts'
import type { FloorState } from '../state.ts'
import { mayContact } from './compliance.ts'

export type Writing = {
  party: string
  /** The person's own; of an e-mail for the zone alone, and null where there is none. */
  number: string | null
  /** The person's, where no number tells it. */
  zone: string | null
  channel: SentChannel
  business: Business
  /** The party has taken back its consent to this channel, and given no other. */
  takenBack: boolean
}

export function whyNotWrite(
  state: FloorState,
  { party, number, zone, channel, business, takenBack }: Writing,
  now: number,
): { rule: string; words: string; retryAt: number | null } | null {
  const gate = mayContact(
    state,
    {
      ...{ party, number: number ?? '', relation: 'SELF', campaign: null, mode: 'notice' },
      text: { channel, business, takenBack, zones: number === null && zone !== null ? [zone] : null },
    },
    now,
  )
  if (gate.ok) return null
  const { rule, words, retryAt } = gate.refusal
  return { rule, words, retryAt }
}

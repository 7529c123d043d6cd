/** What the engine asks of the phone, the media and the lead store. `perform` returns at once and never throws; what comes of it is posted back. */
import type { Effect } from '../centre/effects.ts'
import type { Actor } from '../centre/facts.ts'
import type { Input } from '../centre/inputs.ts'

export type PhoneEffect = Extract<Effect, { type: `phone.${string}` }>
export type MediaEffect = Extract<Effect, { type: `media.${string}` }>
export type LeadsEffect = Extract<Effect, { type: `leads.${string}` }>

/** Effects of one decision are performed in their order, phone and media interleaved as decided. */
export type Ports = {
  phone: { perform(effect: PhoneEffect): void }
  media: { perform(effect: MediaEffect): void }
  leads: { perform(effect: LeadsEffect): void }
}

/** How ports answer: never refused, never lost while the process lives. */
export type Post = (input: Input, actor?: Actor) => void

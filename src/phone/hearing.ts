/**
 * What the ears of the patch bay are to listen for on each leg: what the centre wants to know of customers' lines, and keys as tones where the
 * far end agreed on no telephone events. What they hear is posted; what they do not know is handed to whoever keeps it.
 */
import type { Effect } from '../centre/effects.ts'
import type { Actor } from '../centre/facts.ts'
import type { Input } from '../centre/inputs.ts'
import type { CallId, LegId } from '../lib/ids.ts'
import { type Bay, type BayEvent, tonePlanOf } from '../rtp/bay.ts'

type Hear = Extract<Effect, { type: 'media.hear' }>
type Line = { what: Hear['what']; place: string; inBand: boolean }

export type HearingOptions = {
  bay: Bay
  post(input: Input, actor: Actor): void
  /** A key that was heard in the sound. */
  key(leg: LegId, digit: string): void
  /** Sound before an unanswered end that no recording explains: A-law. */
  unknown?(sound: Uint8Array, call: CallId | null): void
}

/** Legs whose call is still known when the ear thread tells what it could not explain, moments after their end. */
const callsMax = 4000

export class Hearing {
  readonly #options: HearingOptions
  readonly #lines = new Map<LegId, Line>()
  readonly #calls = new Map<LegId, CallId>()

  constructor(options: HearingOptions) {
    this.#options = options
  }

  perform({ leg, call, what, place }: Hear): void {
    this.#calls.delete(leg)
    this.#calls.set(leg, call)
    if (this.#calls.size > callsMax) this.#calls.delete(this.#calls.keys().next().value!)
    this.#change(leg, { what, place })
  }

  /** The far end of this leg agreed on no telephone events, or did so after all. */
  inBand(leg: LegId, isInBand: boolean): void {
    if (isInBand || this.#lines.has(leg)) this.#change(leg, { inBand: isInBand })
  }

  closed(leg: LegId): void {
    this.#lines.delete(leg)
  }

  take(event: BayEvent): void {
    const { post, key, unknown } = this.#options
    if (event.type === 'leg.unknown') return unknown?.(event.sound, this.#calls.get(event.leg) ?? null)
    if (event.type !== 'leg.heard') return
    const { leg, heard } = event
    if (heard.type === 'listened') this.#listened(leg)
    else if (heard.type === 'digit') key(leg, heard.digit)
    else post({ type: 'leg.heard', leg, heard }, 'system')
  }

  /** The call may be over meanwhile, or its leg be listened to for something else by now. */
  #listened(leg: LegId): void {
    const what = this.#lines.get(leg)?.what
    if (what === 'answerer' || what === 'fax') this.#change(leg, { what: 'nothing' })
  }

  #change(leg: LegId, change: Partial<Line>): void {
    const line: Line = { ...(this.#lines.get(leg) ?? { what: 'nothing', place: '', inBand: false }), ...change }
    this.#lines.set(leg, line)
    const carrier = line.what === 'carrier'
    const digits = line.inBand && !carrier // nobody presses keys before the answer
    const answerer = line.what === 'answerer'
    const fax = answerer || line.what === 'fax'
    const plan = tonePlanOf(line.place)
    this.#options.bay.listen(leg, carrier || digits || fax ? { carrier, answerer, fax, digits, plan } : null)
  }
}

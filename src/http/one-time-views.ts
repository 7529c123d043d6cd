/**
 * What a page shows once in answer to a form: a link, a token. It waits here for the page that the browser is sent to, so that a reload asks for
 * that page and does not send the form again. In memory only, for whoever is signed in by the session that sent the form, and for one look.
 */
import type { Clock } from '../lib/clock.ts'
import { secretText } from '../lib/random.ts'
import type { Ctx } from './deps.ts'

/** A browser that was sent on is there within moments. Where its line broke before it asked it may ask again; the page is answered once, arrived or not. */
const waitsMs = 2 * 60_000
/** Views that wait at once; the oldest goes first. */
const viewsMax = 200

/**
 * `isOver`: what the page was sent here to show cannot be shown any more. Nobody knows whether it was seen: it may have waited for too long, made room
 * for others, gone with the process, or be another session's.
 */
export type OneTime<T> = { value: T | null; isOver: boolean }

export class OneTimeViews<T> {
  readonly #clock: Clock
  readonly #waiting = new Map<string, { session: string; value: T; until: number }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** HTTP 303 to `path`, which takes it. */
  sendTo(c: Ctx, path: string, value: T): Response {
    this.#forget()
    if (this.#waiting.size >= viewsMax) this.#waiting.delete(this.#waiting.keys().next().value!)
    const ticket = secretText(16)
    this.#waiting.set(ticket, { session: c.var.sessionId, value, until: this.#clock.now() + waitsMs })
    return c.redirect(`${path}?once=${ticket}`, 303)
  }

  /** Of the page that is asked for, which shows it. */
  take(c: Ctx): OneTime<T> {
    const ticket = c.req.query('once')
    if (ticket === undefined) return { value: null, isOver: false }
    this.#forget()
    const view = this.#waiting.get(ticket)
    if (view === undefined || view.session !== c.var.sessionId) return { value: null, isOver: true }
    this.#waiting.delete(ticket)
    return { value: view.value, isOver: false }
  }

  #forget(): void {
    const now = this.#clock.now()
    for (const [ticket, { until }] of this.#waiting) if (until <= now) this.#waiting.delete(ticket)
  }
}

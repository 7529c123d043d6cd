/**
 * A trunk's registration: it holds for as long as the registrar granted, whatever becomes of refreshing it meanwhile (RFC 3261 §10.2.4). One that
 * took it back by itself is told by its calls.
 */
import type { Trouble } from '../centre/trunks/trunk-trouble.ts'
import type { RegistrationSeen } from '../centre/trunks/trunk-wire.ts'
import type { UaEvent } from '../sip/events.ts'

/** A registrar that grants less is asked no more often than if it granted this (sip/registration.ts), and believed for as long. */
const leastGrantedMs = 10_000

export class TrunkBinding {
  /** How the carrier wants our calls to go, as its answer to REGISTER said. */
  serviceRoute: string[] = []
  /** Somebody gave another password since: what it is refused with counts at once, since calls prove themselves by it too. */
  #isUntried = false
  #seen: RegistrationSeen | null = null
  #error: Trouble | null = null
  #failedInARow = 0

  passwordChanged(): void {
    this.#isUntried = true
  }

  /** Whether it ran out between these instants. */
  ranOut(since: number, now: number): boolean {
    return this.holds(since) && !this.holds(now)
  }

  holds(now: number): boolean {
    return this.#seen?.until != null && now < this.#seen.until
  }

  /** Refreshes in a row that failed since the last that was granted, while it holds. */
  get failedInARow(): number {
    return this.#failedInARow
  }

  /** Why no registration holds; null: one does. */
  trouble(now: number): Trouble | null {
    if (this.holds(now)) return null
    return this.#error ?? { why: 'registering', words: 'registering' }
  }

  seen(now: number): RegistrationSeen | null {
    const seen = this.#seen
    if (seen === null || seen.until === null || this.holds(now)) return seen
    const { reply, at, nextMs } = seen.refresh ?? { ...seen, reply: '' }
    return { state: 'refused', reply, at, contacts: 0, nextMs, until: null, refresh: null }
  }

  take(event: Extract<UaEvent, { registration: string }>, now: number): void {
    switch (event.type) {
      case 'registered': {
        const { contacts, expiresInMs: nextMs, serviceRoute } = event
        this.serviceRoute = serviceRoute
        this.#error = null
        this.#isUntried = false
        this.#failedInARow = 0
        const until = now + Math.max(leastGrantedMs, nextMs)
        this.#seen = { state: 'registered', reply: '200 OK', at: now, contacts, nextMs, until, refresh: null }
        return
      }
      case 'registrationFailed': {
        const { status, reason, retryInMs: nextMs } = event
        const reply = `${status ?? ''} ${reason}`.trim()
        const words = `registration refused: ${status ?? 'no answer'} ${reason}`.trim()
        this.#error = { why: status === null ? 'registration_silent' : 'registration_refused', words }
        const refresh = { reply, at: now, nextMs }
        const isGone = this.#isUntried && status !== null && status < 500
        if (this.#seen !== null && this.holds(now) && !isGone) {
          this.#seen = { ...this.#seen, refresh }
          this.#failedInARow++
        } else {
          this.#seen = { state: 'refused', ...refresh, contacts: 0, until: null, refresh: null }
          this.#failedInARow = 0
        }
        return
      }
      case 'unregistered':
        this.#failedInARow = 0
        this.#seen = null
        this.#error = null
        return
      default:
        event satisfies never
    }
  }
}

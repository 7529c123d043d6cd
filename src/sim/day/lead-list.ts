/** The leads of a simulated day: fresh ones as long as the list has some, and those that a retry rule brings back when they are due. */
import type { BufferedLead } from '../../centre/entities.ts'
import type { Fact } from '../../centre/facts.ts'
import type { LeadId } from '../../lib/ids.ts'
import { Agenda } from './agenda.ts'
import { indexOf, leadOf } from './setup.ts'

export class LeadList {
  readonly #size: number
  readonly #retried: boolean
  readonly #again = new Agenda()
  readonly #attempts = new Map<LeadId, number>()
  readonly #due: BufferedLead[] = []
  #fresh = 0

  /** `size`: leads there are, Infinity: as many as are dialled; `retried`: whether one may come back. */
  constructor(size: number, retried: boolean) {
    this.#size = size
    this.#retried = retried
  }

  get hasFresh(): boolean {
    return this.#fresh < this.#size
  }

  /** The next one that nobody has tried; ask `hasFresh` first. */
  takeFresh(): BufferedLead {
    return leadOf(this.#fresh++)
  }

  follow(fact: Fact): void {
    if (!this.#retried) return
    if (fact.type === 'call.dialed' && fact.lead !== null)
      this.#attempts.set(fact.lead, (this.#attempts.get(fact.lead) ?? 0) + 1)
    if (fact.type !== 'lead.released') return
    const { lead, state, dueAt, next = null } = fact
    // What is called back lies days ahead: an abandoned customer rests for 72 hours.
    if (state !== 'ready') return void this.#attempts.delete(lead)
    const attempts = this.#attempts.get(lead) ?? 0
    const due = dueAt ?? 0
    this.#again.add(due, () => this.#due.push({ ...leadOf(indexOf(lead)), attempts, dueAt: due, next }))
  }

  /** Up to `want`, those that were due longest first. */
  take(want: number, now: number): BufferedLead[] {
    while (this.#again.nextAt <= now) this.#again.take()?.run()
    const leads = this.#due.splice(0, want)
    while (leads.length < want && this.hasFresh) leads.push(this.takeFresh())
    return leads
  }
}

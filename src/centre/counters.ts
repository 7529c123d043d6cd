/**
 * Who was contacted, and how far it went: what caps are counted from. One entry an outgoing call, kept by number and by party, across
 * campaigns, for as long as the longest window in use looks back (`needMs`), so memory grows with the calls of that time and never with the
 * leads. It is filled by the facts of calls alone: an entry begins with `call.dialed`, in the decision that dials, which is the reservation; a
 * call under way counts as all that it may still become. After a start the store answers with the same entries from its table of calls.
 */
import type { CallId } from '../lib/ids.ts'
import type { CampaignMode } from './entities.ts'
import type { Fact } from './facts.ts'
import type { LimitKey, LimitUnit } from './policy/policy.ts'

/** Instants are Unix ms; `party` is the lender's reference of a person, `debt` of a loan; null: not known. */
export type Contact = {
  call: CallId
  number: string
  party: string | null
  debt: string | null
  mode: CampaignMode | null
  startedAt: number
  answeredAt: number | null
  connectedAt: number | null
  abandonedAt: number | null
  endedAt: number | null
}

const dayMs = 86_400_000
/** A call that began before the window may have been talked on within it. */
const longestCallMs = dayMs

export class Counters {
  /** How far back the policies in use look; 0: nothing is counted, nothing is kept. */
  needMs = 0
  /** All contacts from this instant on are here; what a window needs of before is not known, and not known is not allowed. */
  since = Number.NEGATIVE_INFINITY
  /** Asked of the store, not answered yet. */
  askedAt: number | null = null
  readonly #byNumber = new Map<string, Contact[]>()
  readonly #byParty = new Map<string, Contact[]>()
  readonly #live = new Map<CallId, Contact>()
  /** In order of their start, from `#first` on. */
  #all: Contact[] = []
  #first = 0

  /** Whether a window in use begins before what is here. */
  lacks(now: number): boolean {
    return this.needMs > 0 && this.since > now - this.needMs
  }

  get size(): number {
    return this.#all.length - this.#first
  }

  /** Contacts with this number or this party, each once, in no order. */
  of(number: string, party: string | null): readonly Contact[] {
    const same = this.#byNumber.get(number) ?? none
    if (party === null) return same
    const own = this.#byParty.get(party)
    if (own === undefined) return same
    if (same.length === 0) return own
    return [...own, ...same.filter(contact => contact.party !== party)]
  }

  /** What a fact about a call adds or changes. */
  follow(fact: Fact, at: number): void {
    if (fact.type === 'call.dialed') {
      if (this.needMs === 0) {
        this.since = at + 1 // nothing is kept: the past is the store's
        return
      }
      const { call, number, party, mode } = fact
      const contact: Contact = {
        ...{ call, number, party, debt: fact.debt ?? null, mode, startedAt: at },
        ...{ answeredAt: null, connectedAt: null, abandonedAt: null, endedAt: null },
      }
      this.#live.set(call, contact)
      this.#add(contact)
      this.#forget(at)
      return
    }
    if (!('call' in fact) || fact.call === null) return
    const contact = this.#live.get(fact.call)
    if (contact === undefined) return
    if (fact.type === 'call.answered') contact.answeredAt ??= at
    else if (fact.type === 'call.connected') contact.connectedAt ??= at
    else if (fact.type === 'call.abandoned') contact.abandonedAt ??= at
    else if (fact.type === 'call.ended') {
      contact.endedAt ??= at
      this.#live.delete(fact.call)
    }
  }

  /** What the store knows of the time from `since` until memory began; younger contacts are here already. */
  load(contacts: readonly Contact[], since: number, isLive: (call: CallId) => boolean): void {
    const older = contacts.filter(contact => contact.startedAt < this.since || this.since === Number.NEGATIVE_INFINITY)
    const younger = this.#all.slice(this.#first)
    this.#all = []
    this.#first = 0
    this.#byNumber.clear()
    this.#byParty.clear()
    for (const contact of [...older].sort((a, b) => a.startedAt - b.startedAt)) {
      if (contact.endedAt === null && isLive(contact.call)) this.#live.set(contact.call, contact)
      else if (contact.endedAt === null) settle(contact) // it ended while the store was being read: how is not known
      this.#add(contact)
    }
    for (const contact of younger) this.#add(contact)
    this.since = since
    this.askedAt = null
  }

  #add(contact: Contact): void {
    this.#all.push(contact)
    put(this.#byNumber, contact.number, contact)
    if (contact.party !== null) put(this.#byParty, contact.party, contact)
  }

  #forget(now: number): void {
    const before = now - this.needMs - longestCallMs
    for (; this.#first < this.#all.length; this.#first++) {
      const oldest = this.#all[this.#first]!
      if (oldest.startedAt >= before) break
      take(this.#byNumber, oldest.number, oldest)
      if (oldest.party !== null) take(this.#byParty, oldest.party, oldest)
    }
    if (this.since < before) this.since = before
    if (this.#first > 1024 && this.#first * 2 > this.#all.length) {
      this.#all = this.#all.slice(this.#first)
      this.#first = 0
    }
  }
}

const none: readonly Contact[] = []

/** Whether a contact is one of those that a limit with this key counts for a request; what is not known counts. */
export function isSame(
  contact: Contact,
  request: { number: string; party: string | null; debt: string | null },
  key: readonly LimitKey[],
): boolean {
  for (const part of key) {
    if (part === 'NUMBER' && contact.number !== request.number) return false
    if (part === 'PARTY' && contact.party !== null && request.party !== null && contact.party !== request.party)
      return false
    if (part === 'DEBT' && contact.debt !== null && request.debt !== null && contact.debt !== request.debt) return false
  }
  return true
}

/** When it counted as `unit`: an instant; `pending` while the call may still become one; null: it is none. */
export function countedAt(contact: Contact, unit: LimitUnit): number | 'pending' | null {
  const { startedAt, answeredAt, connectedAt, abandonedAt, endedAt } = contact
  switch (unit) {
    case 'ATTEMPT':
      return startedAt
    case 'UNANSWERED':
      return answeredAt === null ? startedAt : null
    case 'CONNECT':
      return answeredAt ?? (endedAt === null ? 'pending' : null)
    case 'CONVERSATION':
      return connectedAt ?? (endedAt === null ? 'pending' : null)
    case 'ABANDON':
      return abandonedAt ?? (endedAt === null && connectedAt === null ? 'pending' : null)
    default:
      return unit satisfies never
  }
}

/** What is not known of a call counts as all that it can have been. */
function settle(contact: Contact): void {
  contact.answeredAt ??= contact.startedAt
  contact.connectedAt ??= contact.answeredAt
  contact.endedAt = contact.connectedAt
}

function put(map: Map<string, Contact[]>, key: string, contact: Contact): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [contact])
  else list.push(contact)
}

/** The oldest goes first, so it is at the head of its lists. */
function take(map: Map<string, Contact[]>, key: string, contact: Contact): void {
  const list = map.get(key)
  if (list === undefined) return
  const at = list.indexOf(contact)
  if (at >= 0) list.splice(at, 1)
  if (list.length === 0) map.delete(key)
}

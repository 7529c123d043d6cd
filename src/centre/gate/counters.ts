/**
 * Who was contacted, and how far it went: what caps are counted from. One entry an outgoing call or text, found by number and by party, across
 * campaigns, for as long as the longest window in use looks back (`needMs`), so memory grows with the calls of that time and never with the
 * leads. It is filled by the facts of calls alone: an entry begins with `call.dialed`, in the decision that dials, which is the reservation; a
 * call under way counts as all that it may still become. After a start the store answers with the same entries from its table of calls.
 * Entries lie in columns of typed arrays (contact-columns.ts).
 */
import type { CallId } from '../../lib/ids.ts'
import type { Fact } from '../facts.ts'
import type { ContactMode, LimitKey, LimitUnit } from '../policy/policy.ts'
import {
  addTo,
  after,
  type Columns,
  type ContactPack,
  columnsAfter,
  copyTo,
  isEnded,
  isFull,
  markEnded,
  modeAt,
  numberKeyOf,
  placesOf,
  textKeyOf,
} from './contact-columns.ts'

/** Whom a cap is about, as entries have it; 0: not known. */
export type ContactKeys = { number: number; party: number; debt: number }
/** An entry as caps read it. */
export type Counted = ContactKeys & {
  mode: ContactMode | null
  startedAt: number
  answeredAt: number | null
  connectedAt: number | null
  abandonedAt: number | null
  isOver: boolean
}

export function keysOf(of: { number: string; party: string | null; debt: string | null }): ContactKeys {
  return { number: numberKeyOf(of.number), party: textKeyOf(of.party), debt: textKeyOf(of.debt) }
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
  /** Oldest first. */
  #chunks: Columns[] = []
  /** What was asked last: the caps of a policy ask about the same person one after the other. */
  #asked: { number: number; party: number; found: Counted[] } | null = null
  /** Calls that are not over, and where they stand. */
  readonly #live = new Map<CallId, { chunk: Columns; at: number }>()

  /** Whether a window in use begins before what is here. */
  lacks(now: number): boolean {
    return this.needMs > 0 && this.since > now - this.needMs
  }

  get size(): number {
    return this.#chunks.reduce((sum, { length }) => sum + length, 0)
  }

  /** Contacts with this number or this party, each once, in no order. */
  of({ number, party }: ContactKeys): readonly Counted[] {
    const last = this.#asked
    if (last !== null && last.number === number && last.party === party) return last.found
    const found: Counted[] = []
    for (const chunk of this.#chunks) placesOf(chunk, number, party, at => found.push(countedOf(chunk, at)))
    this.#asked = { number, party, found }
    return found
  }

  /** What a fact about a call adds or changes. */
  follow(fact: Fact, at: number): void {
    this.#asked = null
    if (fact.type === 'call.dialed') {
      if (this.needMs === 0) {
        this.since = at + 1 // nothing is kept: the past is the store's
        return
      }
      const { call, number, party, mode, debt = null } = fact
      const nothing = { answeredAt: null, connectedAt: null, abandonedAt: null, endedAt: null }
      const chunk = this.#room()
      const place = addTo(chunk, { number, party, debt, mode, startedAt: at, ...nothing })
      this.#live.set(call, { chunk, at: place })
      this.#forget(at)
      return
    }
    if (fact.type === 'message.sent') {
      if (fact.channel === undefined || fact.channel === 'letter') return
      if (this.needMs === 0) {
        this.since = at + 1
        return
      }
      const { number = null, party } = fact
      const gone = { startedAt: at, answeredAt: at, connectedAt: null, abandonedAt: null, endedAt: at }
      addTo(this.#room(), { number: number ?? '', party, debt: null, mode: 'message', ...gone })
      this.#forget(at)
      return
    }
    if (!('call' in fact) || fact.call === null) return
    const live = this.#live.get(fact.call)
    if (live === undefined) return
    const { chunk, at: place } = live
    const later = after(chunk.startedAt[place]!, at)
    if (fact.type === 'call.answered') first(chunk.answered, place, later)
    else if (fact.type === 'call.connected') first(chunk.connected, place, later)
    else if (fact.type === 'call.abandoned') first(chunk.abandoned, place, later)
    else if (fact.type === 'call.ended') {
      markEnded(chunk, place)
      this.#live.delete(fact.call)
    }
  }

  /** What the store knows of the time from `since` until memory began; younger contacts are here already. The pack is ours from then on. */
  load(pack: ContactPack, since: number, isLive: (call: CallId) => boolean): void {
    this.#asked = null
    const began = this.since
    const younger = this.#chunks
    const calls = [...this.#live]
    this.#chunks = []
    this.#live.clear()
    for (const [n, chunk] of pack.chunks.entries()) {
      const open = pack.open.filter(each => each.chunk === n)
      for (const { call, at } of open) if (!isLive(call)) settle(chunk, at)
      const isWhole = began === Number.NEGATIVE_INFINITY || chunk.latest < began
      if (isWhole) this.#chunks.push(chunk)
      const moved = isWhole ? null : this.#take(chunk, at => chunk.startedAt[at]! < began)
      for (const { call, at } of open) {
        const place = moved === null ? { chunk, at } : moved.get(at)
        if (place !== undefined && isLive(call)) this.#live.set(call, place)
      }
    }
    for (const chunk of younger) {
      const moved = this.#take(chunk, () => true)
      for (const [call, place] of calls) if (place.chunk === chunk) this.#live.set(call, moved.get(place.at)!)
    }
    this.since = since
    this.askedAt = null
  }

  /** Copies entries to the end; answers where those that are not over went. */
  #take(chunk: Columns, isWanted: (at: number) => boolean): Map<number, { chunk: Columns; at: number }> {
    const open = new Map<number, { chunk: Columns; at: number }>()
    for (let at = 0; at < chunk.length; at++) {
      if (!isWanted(at)) continue
      const room = this.#room()
      const place = copyTo(room, chunk, at)
      if (!isEnded(room, place)) open.set(at, { chunk: room, at: place })
    }
    return open
  }

  /** A chunk with room for one more. */
  #room(): Columns {
    const last = this.#chunks.at(-1)
    if (last !== undefined && !isFull(last)) return last
    const chunk = columnsAfter(last)
    this.#chunks.push(chunk)
    return chunk
  }

  /** The oldest chunk goes when all of it is older than any window. */
  #forget(now: number): void {
    const before = now - this.needMs - longestCallMs
    while (this.#chunks.length > 1 && this.#chunks[0]!.latest < before) {
      const { latest } = this.#chunks.shift()!
      this.since = Math.max(this.since, latest + 1)
    }
  }
}

function first(column: Int32Array, place: number, later: number): void {
  if (column[place] === -1) column[place] = later
}

/** What ended while the store was being read: how is not known, and counts as all that it can have been. */
function settle(chunk: Columns, at: number): void {
  first(chunk.answered, at, 0)
  first(chunk.connected, at, chunk.answered[at]!)
  markEnded(chunk, at)
}

function countedOf(chunk: Columns, at: number): Counted {
  const startedAt = chunk.startedAt[at]!
  const instant = (later: number) => (later < 0 ? null : startedAt + later)
  return {
    number: chunk.number[at]!,
    party: chunk.party[at]!,
    debt: chunk.debt[at]!,
    mode: modeAt(chunk, at),
    startedAt,
    answeredAt: instant(chunk.answered[at]!),
    connectedAt: instant(chunk.connected[at]!),
    abandonedAt: instant(chunk.abandoned[at]!),
    isOver: isEnded(chunk, at),
  }
}

/** Whether a contact is one of those that a limit with this key counts for a request; what is not known counts. */
export function isSame(contact: ContactKeys, request: ContactKeys, key: readonly LimitKey[]): boolean {
  for (const part of key) {
    if (part === 'NUMBER' && contact.number !== request.number) return false
    if (part === 'PARTY' && contact.party !== 0 && request.party !== 0 && contact.party !== request.party) return false
    if (part === 'DEBT' && contact.debt !== 0 && request.debt !== 0 && contact.debt !== request.debt) return false
  }
  return true
}

/** When it counted as `unit`: an instant; `pending` while the call may still become one; null: it is none. */
export function countedAt(contact: Counted, unit: LimitUnit): number | 'pending' | null {
  const { startedAt, answeredAt, connectedAt, abandonedAt, isOver } = contact
  switch (unit) {
    case 'ATTEMPT':
      return startedAt
    case 'UNANSWERED':
      return answeredAt === null ? startedAt : null
    case 'CONNECT':
      return answeredAt ?? (isOver ? null : 'pending')
    case 'CONVERSATION':
      return connectedAt ?? (isOver ? null : 'pending')
    case 'ABANDON':
      return abandonedAt ?? (!isOver && connectedAt === null ? 'pending' : null)
    case 'MESSAGE':
      return startedAt
    default:
      return unit satisfies never
  }
}

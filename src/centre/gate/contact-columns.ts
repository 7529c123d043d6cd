/**
 * Contacts in columns of typed arrays: 57 bytes each where an object with its strings took 520 (what a week takes stands in bench/RESULTS.md). A
 * chunk holds them in order of their start and has an index of its own, so that nothing is ever indexed anew or unlinked: the newest chunk is added
 * to, the oldest goes as a whole. Who a person or a loan is stands as a hash of 53 bits: two that share one are counted
 * as one, so that a cap may be reached too early and is never passed; that any two of a million people do has a chance of 1 in 18,000.
 */
import type { CallId } from '../../lib/ids.ts'
import { type ContactMode, contactModes } from '../policy/policy.ts'

/** An outgoing call as the store tells of it. Instants are Unix ms; `party` is the lender's reference of a person, `debt` of a loan; null: not known. */
export type Contact = {
  call: CallId
  number: string
  party: string | null
  debt: string | null
  mode: ContactMode | null
  startedAt: number
  answeredAt: number | null
  connectedAt: number | null
  abandonedAt: number | null
  endedAt: number | null
}

/** The first chunk is small, each one after it four times as large, up to this: a week of 300,000 calls a day is a dozen chunks to be asked. */
const sizeLeast = 1 << 10
const sizeMost = 1 << 18
/** Entries of an index slot, on average, in a chunk that is full. */
const entriesASlot = 1
/** What comes later than this after its call's start (24 days) counts as if it came then. */
const afterMax = 0x7fff_ffff
const endedFlag = 16
const modeBits = 15

/** One chunk. `party` 0 and `debt` 0: not known; answered, connected, abandoned: ms after the start, -1: not. */
export type Columns = {
  length: number
  number: Float64Array
  party: Float64Array
  debt: Float64Array
  startedAt: Float64Array
  answered: Int32Array
  connected: Int32Array
  abandoned: Int32Array
  /** The mode, counted from 1 (0: none), and whether the call is over. */
  flags: Uint8Array
  /** Slot → its newest entry, by number and by party; entry → the one before it in its slot; -1: none. */
  headNumber: Int32Array
  headParty: Int32Array
  nextNumber: Int32Array
  nextParty: Int32Array
  /** The latest start in it. */
  latest: number
}

/** What goes from the store's thread to the floor: chunks, and which entries are not over, by chunk and place. */
export type ContactPack = { chunks: Columns[]; open: { call: CallId; chunk: number; at: number }[] }

/** A chunk to follow `last`. */
export function columnsAfter(last: Columns | undefined): Columns {
  const size = last === undefined ? sizeLeast : Math.min(sizeMost, last.number.length * 4)
  const slots = size / entriesASlot
  return {
    length: 0,
    number: new Float64Array(size),
    party: new Float64Array(size),
    debt: new Float64Array(size),
    startedAt: new Float64Array(size),
    answered: new Int32Array(size),
    connected: new Int32Array(size),
    abandoned: new Int32Array(size),
    flags: new Uint8Array(size),
    headNumber: new Int32Array(slots).fill(-1),
    headParty: new Int32Array(slots).fill(-1),
    nextNumber: new Int32Array(size),
    nextParty: new Int32Array(size),
    latest: Number.NEGATIVE_INFINITY,
  }
}

export function isFull(chunk: Columns): boolean {
  return chunk.length === chunk.number.length
}

/** In order of their start. */
export function packContacts(contacts: Iterable<Contact>): ContactPack {
  const pack: ContactPack = { chunks: [], open: [] }
  for (const contact of contacts) {
    let chunk = pack.chunks.at(-1)
    if (chunk === undefined || isFull(chunk)) {
      chunk = columnsAfter(chunk)
      pack.chunks.push(chunk)
    }
    const at = addTo(chunk, contact)
    if (contact.endedAt === null) pack.open.push({ call: contact.call, chunk: pack.chunks.length - 1, at })
  }
  return pack
}

/** Answers its place. The chunk has room. */
export function addTo(chunk: Columns, contact: Omit<Contact, 'call'>): number {
  const at = chunk.length++
  const { startedAt } = contact
  chunk.number[at] = numberKeyOf(contact.number)
  chunk.party[at] = textKeyOf(contact.party)
  chunk.debt[at] = textKeyOf(contact.debt)
  chunk.startedAt[at] = startedAt
  chunk.answered[at] = after(startedAt, contact.answeredAt)
  chunk.connected[at] = after(startedAt, contact.connectedAt)
  chunk.abandoned[at] = after(startedAt, contact.abandonedAt)
  const mode = contact.mode === null ? 0 : contactModes.indexOf(contact.mode) + 1
  chunk.flags[at] = mode | (contact.endedAt === null ? 0 : endedFlag)
  return link(chunk, at)
}

/** The same entry in another chunk that has room; answers its place there. */
export function copyTo(chunk: Columns, from: Columns, place: number): number {
  const at = chunk.length++
  for (const name of copied) chunk[name][at] = from[name][place]!
  return link(chunk, at)
}

function link(chunk: Columns, at: number): number {
  chunk.latest = Math.max(chunk.latest, chunk.startedAt[at]!)
  const number = slotOf(chunk.number[at]!, chunk.headNumber.length)
  chunk.nextNumber[at] = chunk.headNumber[number]!
  chunk.headNumber[number] = at
  if (chunk.party[at] === 0) return at
  const party = slotOf(chunk.party[at]!, chunk.headParty.length)
  chunk.nextParty[at] = chunk.headParty[party]!
  chunk.headParty[party] = at
  return at
}

/** The places of a chunk's entries with this number, or this party (0: not known), each once. */
export function placesOf(chunk: Columns, number: number, party: number, found: (at: number) => void): void {
  for (let at = chunk.headNumber[slotOf(number, chunk.headNumber.length)]!; at >= 0; at = chunk.nextNumber[at]!)
    if (chunk.number[at] === number) found(at)
  if (party === 0) return
  for (let at = chunk.headParty[slotOf(party, chunk.headParty.length)]!; at >= 0; at = chunk.nextParty[at]!)
    if (chunk.party[at] === party && chunk.number[at] !== number) found(at)
}

/** `slots` is a power of two; keys are whole numbers of up to 53 bits and their sign. */
function slotOf(key: number, slots: number): number {
  const high = Math.floor(key / 0x1_0000_0000)
  let mixed = Math.imul((key - high * 0x1_0000_0000) ^ Math.imul(high, 0x9e3779b1), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) & (slots - 1)
}

const copied = ['number', 'party', 'debt', 'startedAt', 'answered', 'connected', 'abandoned', 'flags'] as const

export function markEnded(chunk: Columns, at: number): void {
  chunk.flags[at] = chunk.flags[at]! | endedFlag
}

export function isEnded(chunk: Columns, at: number): boolean {
  return (chunk.flags[at]! & endedFlag) !== 0
}

export function modeAt(chunk: Columns, at: number): ContactMode | null {
  return contactModes[(chunk.flags[at]! & modeBits) - 1] ?? null
}

/** ms after the start; -1: not. Clocks that were set back make it no earlier than the start. */
export function after(startedAt: number, at: number | null): number {
  return at === null ? -1 : Math.max(0, Math.min(afterMax, at - startedAt))
}

/** The digits of an E.164 number, which a double holds whole; what is no such number is hashed, below zero. */
export function numberKeyOf(number: string): number {
  return /^\+\d{1,15}$/.test(number) ? Number(number.slice(1)) : -textKeyOf(number)
}

/** 1 to 2^53 - 1; 0: not known. Two rounds of 32-bit multiplication with a shared tail, as in MurmurHash. */
export function textKeyOf(text: string | null): number {
  if (text === null || text === '') return 0
  let a = 0xdeadbeef
  let b = 0x41c6ce57
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    a = Math.imul(a ^ unit, 0x9e3779b1)
    b = Math.imul(b ^ unit, 0x5f356495)
  }
  a = Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2ae35)
  b = Math.imul(b ^ (b >>> 16), 0x85ebca6b) ^ Math.imul(a ^ (a >>> 13), 0xc2b2ae35)
  return (b >>> 0) * 0x20_0000 + (a >>> 11) || 1
}

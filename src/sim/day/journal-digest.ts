/**
 * The SHA-256 of a day's facts. A fact is written as bytes: each value with its kind, texts with their length, keys by the number under which
 * they were first met. At 600,000 facts an hour their JSON took longer than the dialler.
 */
import { createHash } from 'node:crypto'
import type { Recorded } from '../../centre/facts.ts'

const chunkBytes = 1 << 16
/** Facts hold what JSON can: nothing deeper than this. */
const depthMax = 100

const kinds = { nothing: 0, no: 1, yes: 2, number: 3, text: 4, list: 5, object: 6, end: 7, newKey: 8 } as const
/** Keys met before are one byte each above the kinds; those beyond are spelled each time. */
const keyFirst = 16
const keysMax = 0x100 - keyFirst
/** A letter that is not one byte: two follow. */
const wide = 0xff

export class JournalDigest {
  readonly #hash = createHash('sha256')
  readonly #keys = new Map<string, number>()
  readonly #chunk = new Uint8Array(chunkBytes)
  readonly #view = new DataView(this.#chunk.buffer)

  /** How far the chunk is filled is handed from one to the next: kept in a field it cost a third of the time. */
  #used = 0

  add({ at, actor, fact }: Recorded): void {
    let to = this.#number(this.#used, at)
    to = this.#text(to, actor)
    this.#used = this.#object(to, fact, 0)
  }

  /** Of all that was added so far; more may be. */
  hex(): string {
    this.#used = this.#flush(this.#used)
    return this.#hash.copy().digest('hex')
  }

  #value(to: number, value: unknown, depth: number): number {
    switch (typeof value) {
      case 'string':
        return this.#text(to, value)
      case 'number':
        return this.#number(to, value)
      case 'boolean':
        return this.#byte(to, value ? kinds.yes : kinds.no)
      case 'object':
        if (value === null) return this.#byte(to, kinds.nothing)
        return Array.isArray(value) ? this.#list(to, value, depth + 1) : this.#object(to, value, depth + 1)
      default:
        throw new TypeError(`a fact holds a ${typeof value}`)
    }
  }

  #list(to: number, list: readonly unknown[], depth: number): number {
    let at = this.#byte(to, kinds.list)
    for (let n = 0; n < list.length; n++) at = this.#value(at, list[n], depth)
    return this.#byte(at, kinds.end)
  }

  /** What is undefined is not there, as in JSON. */
  #object(to: number, value: object, depth: number): number {
    if (depth > depthMax) throw new RangeError(`a fact is nested deeper than ${depthMax}`)
    let at = this.#byte(to, kinds.object)
    for (const key in value) {
      const one: unknown = value[key as keyof typeof value]
      if (one === undefined) continue
      at = this.#key(at, key)
      if (typeof one === 'string') at = this.#text(at, one)
      else if (typeof one === 'number') at = this.#number(at, one)
      else at = this.#value(at, one, depth)
    }
    return this.#byte(at, kinds.end)
  }

  #key(to: number, key: string): number {
    const known = this.#keys.get(key)
    if (known !== undefined) return this.#byte(to, known)
    if (this.#keys.size < keysMax) this.#keys.set(key, keyFirst + this.#keys.size)
    return this.#text(this.#byte(to, kinds.newKey), key)
  }

  #number(to: number, value: number): number {
    const at = this.#room(to, 9)
    this.#chunk[at] = kinds.number
    this.#view.setFloat64(at + 1, value)
    return at + 9
  }

  #text(to: number, text: string): number {
    const { length } = text
    const chunk = this.#chunk
    let at = this.#room(to, 5)
    chunk[at] = kinds.text
    this.#view.setUint32(at + 1, length)
    at += 5
    for (let n = 0; n < length; n++) {
      if (at + 3 > chunkBytes) at = this.#flush(at)
      const code = text.charCodeAt(n)
      if (code < wide) chunk[at++] = code
      else {
        chunk[at++] = wide
        chunk[at++] = code & 0xff
        chunk[at++] = code >>> 8
      }
    }
    return at
  }

  #byte(to: number, byte: number): number {
    const at = this.#room(to, 1)
    this.#chunk[at] = byte
    return at + 1
  }

  /** Where so many bytes can be written. */
  #room(to: number, bytes: number): number {
    return to + bytes > chunkBytes ? this.#flush(to) : to
  }

  #flush(to: number): number {
    this.#hash.update(this.#chunk.subarray(0, to))
    return 0
  }
}

/**
 * The SHA-256 of a day's facts. A fact is written as bytes, each value with its kind and its length, keys by the number under which they were first
 * met: at a million facts an hour their JSON took longer than the dialler.
 */
import { createHash } from 'node:crypto'
import type { Recorded } from '../../centre/facts.ts'

const chunkBytes = 1 << 16
/** Keys that facts have, those of records included; fields of leads may add some. */
const keysMax = 10_000
/** Facts hold what JSON can: nothing deeper than this. */
const depthMax = 100

const kinds = { nothing: 0, no: 1, yes: 2, number: 3, text: 4, list: 5, object: 6, end: 7 } as const

export class JournalDigest {
  readonly #hash = createHash('sha256')
  readonly #keys = new Map<string, number>()
  readonly #number = new Float64Array(1)
  readonly #numberBytes = new Uint8Array(this.#number.buffer)
  readonly #chunk = new Uint8Array(chunkBytes)
  #used = 0

  add({ at, actor, fact }: Recorded): void {
    this.#writeNumber(at)
    this.#writeText(actor)
    this.#write(fact, 0)
  }

  /** Of all that was added so far; more may be. */
  hex(): string {
    this.#flush()
    return this.#hash.copy().digest('hex')
  }

  #write(value: unknown, depth: number): void {
    if (depth > depthMax) throw new RangeError(`a fact is nested deeper than ${depthMax}`)
    switch (typeof value) {
      case 'string':
        return this.#writeText(value)
      case 'number':
        return this.#writeNumber(value)
      case 'boolean':
        return this.#byte(value ? kinds.yes : kinds.no)
      case 'object':
        if (value === null) return this.#byte(kinds.nothing)
        if (Array.isArray(value)) {
          this.#byte(kinds.list)
          for (const one of value) this.#write(one, depth + 1)
        } else this.#writeObject(value, depth)
        return this.#byte(kinds.end)
      default:
        throw new TypeError(`a fact holds a ${typeof value}`)
    }
  }

  /** What is undefined is not there, as in JSON. */
  #writeObject(value: object, depth: number): void {
    this.#byte(kinds.object)
    for (const key in value) {
      const one: unknown = value[key as keyof typeof value]
      if (one === undefined) continue
      this.#writeKey(key)
      this.#write(one, depth + 1)
    }
  }

  #writeKey(key: string): void {
    const known = this.#keys.get(key)
    const number = known ?? this.#keys.size
    // Above the kinds, so that a key is never taken for an end. One that is new is spelled once.
    this.#byte(8 + (number & 0x7f))
    this.#byte(number >> 7)
    if (known !== undefined) return
    if (this.#keys.size < keysMax) this.#keys.set(key, number)
    this.#writeText(key)
  }

  #writeNumber(value: number): void {
    this.#need(9)
    this.#number[0] = value
    this.#chunk[this.#used++] = kinds.number
    for (let n = 0; n < 8; n++) this.#chunk[this.#used++] = this.#numberBytes[n]!
  }

  #writeText(text: string): void {
    const { length } = text
    this.#need(5)
    const chunk = this.#chunk
    let at = this.#used
    chunk[at++] = kinds.text
    for (let shift = 0; shift < 32; shift += 8) chunk[at++] = (length >>> shift) & 0xff
    for (let n = 0; n < length; n++) {
      if (at + 2 > chunkBytes) {
        this.#used = at
        this.#flush()
        at = 0
      }
      // One byte for Latin letters and digits; three for what needs two, behind a byte that is none of them.
      const code = text.charCodeAt(n)
      if (code < 0xff) chunk[at++] = code
      else {
        this.#used = at
        this.#need(3)
        at = this.#used
        chunk[at++] = 0xff
        chunk[at++] = code & 0xff
        chunk[at++] = code >>> 8
      }
    }
    this.#used = at
  }

  #byte(byte: number): void {
    this.#need(1)
    this.#chunk[this.#used++] = byte
  }

  #need(bytes: number): void {
    if (this.#used + bytes > chunkBytes) this.#flush()
  }

  #flush(): void {
    this.#hash.update(this.#chunk.subarray(0, this.#used))
    this.#used = 0
  }
}

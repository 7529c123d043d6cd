/**
 * A set of telephone numbers, each with an instant until which it holds (Infinity: for good). Open addressing over two Float64Arrays, since
 * 15 E.164 digits (and a leading 1) fit a double exactly: a million numbers take 32 MB instead of the 120 MB of a Map of strings.
 */
export class NumberSet {
  #keys: Float64Array
  #until: Float64Array
  #used = 0
  #size = 0

  constructor(capacity = 1024) {
    let slots = 16
    while (slots < capacity * 2) slots *= 2
    this.#keys = new Float64Array(slots)
    this.#until = new Float64Array(slots)
  }

  /** Numbers in the set, whether their time is over or not. */
  get size(): number {
    return this.#size
  }

  /** `number` is E.164 with `+`, or bare digits; at most 15 digits, else a RangeError. */
  add(number: string, until = Number.POSITIVE_INFINITY): void {
    if ((this.#used + 1) * 2 > this.#keys.length) this.#grow()
    const key = keyOf(number)
    const slot = this.#slot(key)
    if (this.#keys[slot] !== key) {
      this.#keys[slot] = key
      this.#used++
      this.#size++
    } else if (Number.isNaN(this.#until[slot])) this.#size++
    this.#until[slot] = until
  }

  delete(number: string): boolean {
    const key = keyOf(number)
    const slot = this.#slot(key)
    if (this.#keys[slot] !== key || Number.isNaN(this.#until[slot])) return false
    this.#until[slot] = Number.NaN // a tombstone: the key stays so that later keys are still found
    this.#size--
    return true
  }

  has(number: string, now: number): boolean {
    return this.until(number, now) !== null
  }

  /** Until when it holds; Infinity: for good; null: it is not in the set, or its time is over. */
  until(number: string, now: number): number | null {
    const key = keyOf(number)
    const slot = this.#slot(key)
    const until = this.#until[slot]!
    return this.#keys[slot] === key && until > now ? until : null
  }

  #slot(key: number): number {
    const mask = this.#keys.length - 1
    let slot = (Math.imul((key % 4294967296) | 0, 0x9e3779b1) ^ Math.imul((key / 4294967296) | 0, 0x85ebca6b)) >>> 7
    for (slot &= mask; this.#keys[slot] !== 0 && this.#keys[slot] !== key; slot = (slot + 1) & mask);
    return slot
  }

  #grow(): void {
    const keys = this.#keys
    const until = this.#until
    this.#keys = new Float64Array(keys.length * 2)
    this.#until = new Float64Array(keys.length * 2)
    this.#used = 0
    for (let at = 0; at < keys.length; at++) {
      if (keys[at] === 0 || Number.isNaN(until[at])) continue
      const slot = this.#slot(keys[at]!)
      this.#keys[slot] = keys[at]!
      this.#until[slot] = until[at]!
      this.#used++
    }
    this.#size = this.#used
  }
}

/** A leading 1 keeps leading zeros of local numbers apart: `010` is not `10`. */
function keyOf(number: string): number {
  const digits = number.startsWith('+') ? number.slice(1) : number
  if (!/^\d{1,15}$/.test(digits))
    throw new RangeError(`not a telephone number of 1 to 15 digits: ${digits.slice(0, 20)}`)
  return Number(`1${digits}`) // at most 2 × 10¹⁵, below 2⁵³
}

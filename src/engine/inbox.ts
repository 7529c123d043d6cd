/** First in, first out, in constant time, and bounded: whoever fills it is told. */
export class Inbox<T> {
  #items: (T | undefined)[] = []
  #head = 0
  readonly #max: number

  constructor(max: number) {
    this.#max = max
  }

  get length(): number {
    return this.#items.length - this.#head
  }

  /** What comes next. */
  get next(): T | undefined {
    return this.#items[this.#head]
  }

  /** false: it is full, and the item was not taken. */
  push(item: T): boolean {
    if (this.length >= this.#max) return false
    this.#items.push(item)
    return true
  }

  shift(): T | undefined {
    if (this.#head === this.#items.length) return undefined
    const item = this.#items[this.#head]
    this.#items[this.#head++] = undefined
    if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
    return item
  }

  /** Takes out, in order, what the claim is true of. */
  withdraw(claim: (item: T) => boolean): T[] {
    const items = this.#items.slice(this.#head) as T[]
    this.#items = items.filter(item => !claim(item))
    this.#head = 0
    return items.filter(claim)
  }
}

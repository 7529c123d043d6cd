/** A list that is filled anew at each look, without making garbage. */
export class Ages {
  #ms = new Float64Array(64)
  length = 0
  get ms(): Float64Array {
    return this.#ms
  }
  clear(): void {
    this.length = 0
  }
  push(ms: number): void {
    if (this.length === this.#ms.length) {
      const larger = new Float64Array(this.length * 2)
      larger.set(this.#ms)
      this.#ms = larger
    }
    this.#ms[this.length++] = ms
  }
}

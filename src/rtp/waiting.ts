/** Promises that a thread's answer settles, by what was asked. */
type Settle<Answer> = { resolve(answer: Answer): void; reject(error: Error): void }

export class Waiting<Key, Answer> {
  readonly #waiting = new Map<Key, Settle<Answer>>()

  wait(key: Key): Promise<Answer> {
    return new Promise((resolve, reject) => this.#waiting.set(key, { resolve, reject }))
  }

  /** Nothing happens when nobody waits any more. */
  resolve(key: Key, answer: Answer): void {
    this.#take(key)?.resolve(answer)
  }

  reject(key: Key, error: Error): void {
    this.#take(key)?.reject(error)
  }

  /** Nobody waits for an answer that cannot come. */
  rejectAll(error: Error): void {
    for (const key of [...this.#waiting.keys()]) this.reject(key, error)
  }

  #take(key: Key): Settle<Answer> | undefined {
    const settle = this.#waiting.get(key)
    this.#waiting.delete(key)
    return settle
  }
}

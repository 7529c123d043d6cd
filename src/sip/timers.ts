/** Something that wants to be woken. It has one deadline at a time; `null` sleeps for good. */
export type Sleeper = { wakeAt: number | null; queuedAt: number | null; wake(now: number): void }

/**
 * Deadlines of thousands of transactions in a binary heap. Moving a deadline later leaves its entry where it is, to be put back when it comes
 * up: the heap holds about one entry a sleeper, however often timers restart.
 */
export class Timers {
  #heap: { at: number; sleeper: Sleeper }[] = []

  set(sleeper: Sleeper, at: number | null): void {
    sleeper.wakeAt = at
    if (at === null || (sleeper.queuedAt !== null && sleeper.queuedAt <= at)) return
    sleeper.queuedAt = at
    this.#push({ at, sleeper })
  }

  /** When `advance` has something to do at the earliest; it may find nothing, which costs little. */
  next(): number | null {
    return this.#heap[0]?.at ?? null
  }

  /** Wakes everything due. A sleeper that asks for `now` again is woken in the same call. */
  advance(now: number): void {
    for (let top = this.#heap[0]; top !== undefined && top.at <= now; top = this.#heap[0]) {
      this.#pop()
      const { sleeper } = top
      if (sleeper.queuedAt !== top.at) continue // an earlier entry took its place
      sleeper.queuedAt = null
      if (sleeper.wakeAt === null) continue
      if (sleeper.wakeAt > now) {
        this.set(sleeper, sleeper.wakeAt)
        continue
      }
      sleeper.wakeAt = null
      sleeper.wake(now)
    }
  }

  #push(entry: { at: number; sleeper: Sleeper }): void {
    const heap = this.#heap
    let at = heap.length
    heap.push(entry)
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (heap[parent]!.at <= entry.at) break
      heap[at] = heap[parent]!
      at = parent
    }
    heap[at] = entry
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()!
    if (heap.length === 0) return
    let at = 0
    for (;;) {
      let child = at * 2 + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && heap[child + 1]!.at < heap[child]!.at) child++
      if (heap[child]!.at >= last.at) break
      heap[at] = heap[child]!
      at = child
    }
    heap[at] = last
  }
}

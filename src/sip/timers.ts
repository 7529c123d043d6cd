/** Something that wants to be woken. It has one deadline at a time; `null` sleeps for good. */
export type Sleeper = { wakeAt: number | null; queuedAt: number | null; wake(now: number): void }

type Entry = { at: number; sleeper: Sleeper }

/** Entries that nobody waits for any more, beside as many again as are waited for: then they are cleared away. */
const staleMax = 64

/**
 * Deadlines of thousands of transactions in a binary heap. Moving a deadline later leaves its entry where it is, to be put back when it comes
 * up: the heap holds about one entry a sleeper, however often timers restart. Entries of those who sleep for good go when they are many, or a
 * call's session timer would keep the whole call for half an hour.
 */
export class Timers {
  #heap: Entry[] = []
  #waiting = 0

  set(sleeper: Sleeper, at: number | null): void {
    this.#waiting += Number(at !== null) - Number(sleeper.wakeAt !== null)
    sleeper.wakeAt = at
    if (this.#heap.length > 2 * this.#waiting + staleMax) this.#clear()
    if (at === null || (sleeper.queuedAt !== null && sleeper.queuedAt <= at)) return
    sleeper.queuedAt = at
    this.#push({ at, sleeper })
  }

  /** When `advance` has something to do at the earliest; it may find nothing, which costs little. */
  next(): number | null {
    for (let top = this.#heap[0]; top !== undefined; top = this.#heap[0]) {
      if (isWaitedFor(top)) return top.at
      this.#drop(top)
      this.#pop()
    }
    return null
  }

  /** Entries held, for tests. */
  get size(): number {
    return this.#heap.length
  }

  #clear(): void {
    const held = this.#heap
    this.#heap = []
    for (const entry of held) {
      if (isWaitedFor(entry)) this.#push(entry)
      else this.#drop(entry)
    }
  }

  #drop({ at, sleeper }: Entry): void {
    if (sleeper.queuedAt === at) sleeper.queuedAt = null
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
      this.#waiting--
      sleeper.wake(now)
    }
  }

  #push(entry: Entry): void {
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

/** The one entry that stands for a sleeper with a deadline; an earlier one took the place of others. */
const isWaitedFor = ({ at, sleeper }: Entry) => sleeper.queuedAt === at && sleeper.wakeAt !== null

/** What is yet to happen, as a binary heap: earliest first, and at one instant in the order in which it was put down. */
type Entry = { at: number; seq: number; run: () => void }

export class Agenda {
  readonly #heap: Entry[] = []
  #seq = 0

  add(at: number, run: () => void): void {
    const entry = { at, seq: this.#seq++, run }
    const heap = this.#heap
    let hole = heap.length
    heap.push(entry)
    while (hole > 0) {
      const parent = (hole - 1) >> 1
      if (isBefore(heap[parent]!, entry)) break
      heap[hole] = heap[parent]!
      hole = parent
    }
    heap[hole] = entry
  }

  /** When the next thing happens; Infinity: nothing does. */
  get nextAt(): number {
    return this.#heap[0]?.at ?? Number.POSITIVE_INFINITY
  }

  /** Takes the next thing off; ask `nextAt` first. */
  take(): Entry | undefined {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (first === undefined || last === undefined || heap.length === 0) return first
    let hole = 0
    for (;;) {
      let child = hole * 2 + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++
      if (isBefore(last, heap[child]!)) break
      heap[hole] = heap[child]!
      hole = child
    }
    heap[hole] = last
    return first
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.seq < b.seq)
}

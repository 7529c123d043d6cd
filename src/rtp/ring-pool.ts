/**
 * The rings of recordings, lent and taken back. One per recording would be simpler, but shared memory is not counted by the garbage
 * collector, and three threads hold it: one that makes no other garbage would keep every ring it ever saw, 64 kB a call.
 */
import type { RecordingId } from '../lib/ids.ts'
import { type RingMemory, ringMemory } from './recording-ring.ts'

/** 32 MB kept for the next recordings, after a peak. */
const freeMax = 512

/** `Name` is what a ring is lent for. */
export class RingPool<Name extends string = RecordingId> {
  readonly #free: RingMemory[] = []
  readonly #lent = new Map<Name, RingMemory>()

  get lent(): number {
    return this.#lent.size
  }

  lend(name: Name): RingMemory {
    const memory = this.#free.pop() ?? ringMemory()
    this.#lent.set(name, memory)
    return memory
  }

  /** No thread touches this ring any more. */
  takeBack(name: Name): void {
    const memory = this.#lent.get(name)
    if (memory !== undefined && this.#free.length < freeMax) this.#free.push(memory)
    this.#lent.delete(name)
  }

  /** A thread may still write to it, so it is not lent again. */
  forget(name: Name): void {
    this.#lent.delete(name)
  }
}

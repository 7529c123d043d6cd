/**
 * The rings of recordings, lent and taken back. One per recording would be simpler, but shared memory is not counted by the garbage
 * collector, and three threads hold it: one that makes no other garbage would keep every ring it ever saw, 64 kB a call.
 */
import type { RecordingId } from '../lib/ids.ts'
import { type RingMemory, ringMemory } from './recording-ring.ts'

/** 32 MB kept for the next recordings, after a peak. */
const freeMax = 512

export class RingPool {
  readonly #free: RingMemory[] = []
  readonly #lent = new Map<RecordingId, RingMemory>()

  get lent(): number {
    return this.#lent.size
  }

  lend(recording: RecordingId): RingMemory {
    const memory = this.#free.pop() ?? ringMemory()
    this.#lent.set(recording, memory)
    return memory
  }

  /** No thread touches the ring of this recording any more. */
  takeBack(recording: RecordingId): void {
    const memory = this.#lent.get(recording)
    if (memory !== undefined && this.#free.length < freeMax) this.#free.push(memory)
    this.#lent.delete(recording)
  }

  /** A thread may still write to it, so it is not lent again. */
  forget(recording: RecordingId): void {
    this.#lent.delete(recording)
  }
}

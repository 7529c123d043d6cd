/**
 * Recordings whose calls have ended, on their way to being sealed. A disk may take long to say that it has a file, and many calls end in one
 * second when a shift does: the recording thread goes on with the calls that are still talked, while a few seals at a time are under way.
 */
import type { RecordingOnDisk } from './recorder.ts'
import type { Sealed } from './recording-file.ts'

/** Under way at once. Each waits in one of the threads that the whole process has for its files (`lib/file-threads.ts`), and the others must not wait for these. */
export const sealsAtOnce = 2
/** One that has waited so long shows a slow disk. */
const slowMs = 10_000

/** `answer` is called once, with what `seal` came to. */
type Waiting = { file: RecordingOnDisk; sinceMs: number; answer(sealed: Promise<Sealed>): void }

/** Bounded by the calls that end: each was counted and capped while it went on, and holds nothing here but its open file. */
export class Seals {
  readonly #waiting: Waiting[] = []
  readonly #underWay = new Set<Waiting>()

  /** Resolves when the file is on the disk, and rejects with the file system's error. */
  seal(file: RecordingOnDisk, nowMs: number): Promise<Sealed> {
    return new Promise<Sealed>(answer => {
      this.#waiting.push({ file, sinceMs: nowMs, answer })
      this.#next()
    })
  }

  /** Not sealed yet. */
  get count(): number {
    return this.#waiting.length + this.#underWay.size
  }

  isSlow(nowMs: number): boolean {
    const [oldest = this.#waiting[0]] = this.#underWay
    return oldest !== undefined && nowMs - oldest.sinceMs > slowMs
  }

  #next(): void {
    while (this.#underWay.size < sealsAtOnce && this.#waiting.length > 0) {
      const one = this.#waiting.shift()!
      this.#underWay.add(one)
      const sealed = one.file.seal()
      one.answer(sealed)
      const done = () => {
        this.#underWay.delete(one)
        this.#next()
      }
      sealed.then(done, done)
    }
  }
}

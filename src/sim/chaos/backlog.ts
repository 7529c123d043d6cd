/** The inbox of a chaotic floor. Now and then what phones say waits in it for seconds: the floor is told so, and hears it all in its turn. */
import type { Input } from '../../centre/inputs.ts'
import { type Random, seededRandom } from '../../lib/random.ts'
import { between, chance } from './people.ts'
import type { Scene } from './scene.ts'

/** Of the mishaps of a day. */
const share = 0.03

export class Backlog {
  readonly #scene: Scene
  readonly #random: Random
  #waiting: Input[] | null = null
  times = 0

  constructor(scene: Scene) {
    this.#scene = scene
    this.#random = seededRandom(scene.plan.seed ^ 0xb3417d)
  }

  /** Whether this waits. */
  takes(input: Input): boolean {
    if (this.#waiting === null || !input.type.startsWith('leg.')) return false
    this.#waiting.push(input)
    return true
  }

  /** Beside a disk that is slow as well, as it comes. */
  happen(): void {
    if (this.#waiting !== null || !chance(this.#random, share)) return
    const { monotonic: since, post, soon } = this.#scene
    const forMs = chance(this.#random, 0.5) ? between(this.#random, 900, 4_000) : between(this.#random, 4_000, 30_000)
    this.times++
    this.#waiting = []
    post({ type: 'floor.behind' })
    soon(forMs, () => {
      const waiting = this.#waiting ?? []
      this.#waiting = null
      for (const input of waiting) post(input)
      post({ type: 'floor.caughtUp', afterMs: this.#scene.monotonic - since })
    })
  }

  /** The process died: what waited was never heard. */
  forget(): void {
    this.#waiting = null
  }
}

/** The disk of a chaotic floor. Now and then it takes seconds, and what is decided meanwhile is heard and done when it has caught up. */
import type { Effect } from '../../centre/effects.ts'
import { between, chance } from './people.ts'
import type { Scene } from './scene.ts'

/** As the engine has it: a number that was to be dialled longer ago is dialled no more. */
const staleDialMs = 10_000

export class Disk {
  readonly #scene: Scene
  #late: { at: number; run: (isMeant: (effect: Effect) => boolean) => void }[] | null = null
  slowTimes = 0

  constructor(scene: Scene) {
    this.#scene = scene
  }

  /** Runs what waits for facts that were decided now; `isMeant` says which of the effects are still to be done. */
  written(run: (isMeant: (effect: Effect) => boolean) => void): void {
    if (this.#late === null) run(() => true)
    else this.#late.push({ at: this.#scene.monotonic, run })
  }

  slowDown(): void {
    if (this.#late !== null) return
    const { random, monotonic: since, post, soon } = this.#scene
    const forMs = chance(random, 0.5) ? between(random, 300, 4_000) : between(random, 4_000, 40_000)
    this.slowTimes++
    this.#late = []
    post({ type: 'disk.slow' })
    soon(forMs, () => {
      this.#catchUp()
      post({ type: 'disk.caughtUp', afterMs: this.#scene.monotonic - since })
    })
  }

  /** The process died: what waited was never done. */
  forget(): void {
    this.#late = null
  }

  #catchUp(): void {
    const late = this.#late ?? []
    this.#late = null
    for (const { at, run } of late) {
      const isFresh = this.#scene.monotonic - at < staleDialMs
      run(effect => {
        if (isFresh || effect.type !== 'phone.dial') return true
        const end = { by: 'system', sipStatus: null, q850: null, cause: 'cancel' } as const
        this.#scene.soon(0, () => this.#scene.post({ type: 'leg.ended', leg: effect.leg, ...end }))
        return false
      })
    }
  }
}

/** Where silence stands in a recording for sound that was lost. */
import { framesPerMs } from './recording-ring.ts'

/** Places that are told; what is lost beyond counts, and is not told where. */
const placesMax = 100

/** As it is told: so much in all, and where, in ms. */
export type LostToldMs = { lostMs: number; lost: [fromMs: number, forMs: number][] }

export class LostSound {
  readonly #places: { from: number; frames: number }[]
  #frames: number

  /** `before`: what was told of the same recording already. */
  constructor(before: LostToldMs = { lostMs: 0, lost: [] }) {
    this.#frames = before.lostMs * framesPerMs
    this.#places = before.lost.map(([fromMs, forMs]) => ({ from: fromMs * framesPerMs, frames: forMs * framesPerMs }))
  }

  /** What was counted already counts once: places that touch become one. */
  add(from: number, frames: number): void {
    if (frames <= 0) return
    let [begin, end, counted, first] = [from, from + frames, 0, this.#places.length]
    // From the last on: nearly always it is that one, or none.
    for (let n = this.#places.length - 1; n >= 0; n--) {
      const place = this.#places[n]!
      if (begin > place.from + place.frames || end < place.from) continue
      begin = Math.min(begin, place.from)
      end = Math.max(end, place.from + place.frames)
      counted += place.frames
      this.#places.splice(n, 1)
      first = n
    }
    this.#frames += end - begin - counted
    if (this.#places.length < placesMax) this.#places.splice(first, 0, { from: begin, frames: end - begin })
  }

  get frames(): number {
    return this.#frames
  }

  told(): LostToldMs {
    const ms = (frames: number) => Math.round(frames / framesPerMs)
    return {
      lostMs: this.#frames / framesPerMs,
      lost: this.#places.map(({ from, frames }) => [ms(from), Math.max(1, ms(frames))]),
    }
  }
}

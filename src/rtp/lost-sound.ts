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

  /** What was counted at the last place already counts once. */
  add(from: number, frames: number): void {
    if (frames <= 0) return
    const last = this.#places.at(-1)
    if (last !== undefined && from <= last.from + last.frames && from + frames >= last.from) {
      const begin = Math.min(from, last.from)
      const all = Math.max(from + frames, last.from + last.frames) - begin
      this.#frames += all - last.frames
      last.from = begin
      last.frames = all
      return
    }
    this.#frames += frames
    if (this.#places.length < placesMax) this.#places.push({ from, frames })
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

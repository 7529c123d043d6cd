/**
 * Call-progress tones of one country's plan: the cadence of the bursts on the line against those of the plan. A tone is named once its rhythm
 * can be no other of the plan: busy after three of its bursts and pauses, ring-back within its first pause.
 */
import { type Burst, type Bursts, burstsMax } from './bursts.ts'
import { frameMs } from './sound.ts'
import type { ToneName, ToneOfPlan, TonePlan } from './tone-plans.ts'

/** How far a burst may be off: E.180 allows 10 %, blocks of 10 ms add their own. */
const cadenceShare = 0.12
const cadenceMsMin = 30
/** A burst counts as a tone when this much of its power is in its frequencies: noise at 10 dB below leaves 0.9. */
const tonalMin = 0.8
/** Bursts and pauses that must fit, where no pause is long enough to tell by itself. */
const fitsMin = 3
/** A pause that is longer than any within a rhythm. */
const longPauseMs = 900
/** A tone that goes on for longer than this, and than any burst of the plan, is one without a cadence. */
const steadyMsMin = 2000
/** Between the two sides of a modulated tone: twice the 25 Hz, and what the windows add. */
const modulationHzMax = 70

export class ProgressTones {
  /** The tone on the line, or null; how sure, 0 to 1. */
  tone: ToneName | null = null
  confidence = 0
  readonly #plan: TonePlan
  readonly #steadyMs: number

  constructor(plan: TonePlan) {
    this.#plan = plan
    const longestOn = Math.max(0, ...plan.tones.flatMap(({ cadenceMs }) => cadenceMs.filter((_, i) => i % 2 === 0)))
    this.#steadyMs = Math.max(steadyMsMin, longestOn * (1 + cadenceShare) + 100)
  }

  /** After each frame; true when a tone was recognised that is not the one before. */
  push(bursts: Bursts): boolean {
    const isEdge = bursts.completed !== this.#seen
    this.#seen = bursts.completed
    const mayTell = isEdge || isAt(bursts.current, longPauseMs) || isAt(bursts.current, this.#steadyMs)
    if (!mayTell) return false
    let best: ToneOfPlan | null = null
    let bestFits = 0
    let bestConfidence = 0
    let isTold = false
    for (const tone of this.#plan.tones) {
      const fits = tone.cadenceMs.length === 0 ? this.#steady(bursts, tone) : this.#fits(bursts, tone)
      if (fits > 0 && fits === bestFits) isTold = false // until one of the two does not fit any more
      if (fits <= bestFits) continue
      best = tone
      bestFits = fits
      bestConfidence = this.#sureness
      isTold = this.#suffices
    }
    if (best === null || !isTold) return false
    const isNew = this.tone !== best.name
    this.tone = best.name
    this.confidence = bestConfidence
    return isNew
  }

  #seen = 0
  /** Of the last question to `#fits` or `#steady`: how sure, and whether what fits is enough to tell. */
  #sureness = 0
  #suffices = false

  /** Bursts and pauses that fit this tone's rhythm, in the turn that fits best. */
  #fits(bursts: Bursts, tone: ToneOfPlan): number {
    const { cadenceMs } = tone
    let most = 0
    for (let turn = 0; turn < cadenceMs.length; turn++) {
      if ((turn % 2 === 0) !== bursts.current.isOn) continue
      if (bursts.current.ms > longest(cadenceMs[turn]!)) continue
      if (bursts.current.isOn && bursts.current.hz > 0 && !this.#isTone(bursts.current, tone)) continue
      let fits = 0
      let off = 0
      let tonal = 1
      while (fits < burstsMax) {
        const burst = bursts.burst(fits + 1)
        const meant = cadenceMs[(turn + cadenceMs.length * burstsMax - fits - 1) % cadenceMs.length]!
        if (burst === undefined || burst.isCut || !isNear(burst.ms, meant)) break
        if (burst.isOn && !this.#isTone(burst, tone)) break
        if (burst.isOn) tonal = Math.min(tonal, burst.tonal)
        off += Math.abs(burst.ms - meant) / meant
        fits++
      }
      const isTold = !bursts.current.isOn && cadenceMs[turn]! >= longPauseMs && bursts.current.ms >= longPauseMs
      const needed = isTold ? cadenceMs.length - 1 : Math.max(fitsMin, Math.min(cadenceMs.length, 7))
      if (fits <= most) continue
      most = fits
      this.#suffices = fits >= needed
      this.#sureness = Math.min(0.99, tonal * (1 - off / fits) * (0.9 + 0.03 * Math.min(3, fits - 1)))
    }
    return most
  }

  #steady(bursts: Bursts, tone: ToneOfPlan): number {
    const { current } = bursts
    if (!current.isOn || current.ms < this.#steadyMs || !this.#isTone(current, tone)) return 0
    this.#sureness = Math.min(0.95, current.tonal)
    this.#suffices = true
    return 1
  }

  #isTone(burst: Burst, tone: ToneOfPlan): boolean {
    const { toleranceHz } = this.#plan
    if (burst.tonal < tonalMin) return false
    const [low, high] = tone.hz
    const { hz, otherHz } = burst
    if (high !== undefined) return Math.abs(hz - low!) <= toleranceHz && Math.abs(otherHz - high) <= toleranceHz
    // A carrier that its modulation takes away leaves two tones, as far below as above it.
    const carrier = otherHz === 0 ? hz : (hz + otherHz) / 2
    return Math.abs(carrier - low!) <= toleranceHz && (otherHz === 0 || otherHz - hz <= modulationHzMax)
  }
}

function longest(meantMs: number): number {
  return meantMs + Math.max(cadenceMsMin, meantMs * cadenceShare)
}

function isNear(ms: number, meantMs: number): boolean {
  return Math.abs(ms - meantMs) <= Math.max(cadenceMsMin, meantMs * cadenceShare)
}

/** True in the one frame in which a burst or pause reaches this length. */
function isAt(burst: Burst, ms: number): boolean {
  return burst.ms >= ms && burst.ms < ms + frameMs
}

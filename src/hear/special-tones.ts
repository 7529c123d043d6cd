/**
 * Special information tones (ITU-T E.180: three rising tones before an announcement that a call failed). Which failure, North American
 * networks say with the pitch and length of the first two (Telcordia GR-674); others send 950, 1400, 1800 Hz for any.
 */
import type { Bursts } from './bursts.ts'
import { frameMs } from './sound.ts'

export const specialClasses = ['intercept', 'vacant', 'reorder', 'no_circuit', 'ineffective', 'general'] as const
export type SpecialClass = (typeof specialClasses)[number]

/** What each of the three may sound like; E.180 allows 50 Hz around 950, 1400 and 1800. */
const bandsHz = [
  [880, 1020],
  [1330, 1470],
  [1730, 1850],
] as const
const lowHz = [913.8, 1370.6]
const highHz = [985.2, 1428.5]
const pitchHz = 16
/** Telcordia: short is 276 ms, long 380. */
const longMsMin = 328
const segmentMs = { min: 200, max: 460 }
/** Frames between two tones in which neither is heard: E.180 allows 30 ms of silence, the window is 64. */
const gapFramesMax = 4
const shareMin = 0.75

export class SpecialTones {
  heard: SpecialClass | null = null
  /** The tone that sounds, 0 to 2; -1: none yet. */
  #step = -1
  #gap = 0
  #isTold = false
  readonly #frames = [0, 0, 0]
  readonly #sumHz = [0, 0, 0]

  /** After each frame; true once for each sequence, at 200 ms of its third tone. */
  push({ hz, share }: Bursts): boolean {
    const tone = share < shareMin ? -1 : bandOf(hz)
    if (tone < 0) {
      if (this.#step >= 0 && ++this.#gap > gapFramesMax) this.#forget()
      return false
    }
    this.#gap = 0
    if (tone === this.#step + 1 && (tone === 0 || this.#isWhole(this.#step))) this.#step = tone
    else if (tone !== this.#step) {
      this.#forget()
      if (tone === 0) this.#step = 0
      else return false
    }
    this.#frames[tone]!++
    this.#sumHz[tone]! += hz
    if (tone < 2 || this.#isTold || this.#frames[2]! * frameMs < segmentMs.min) return false
    this.#isTold = true
    this.heard = this.#class()
    return true
  }

  #isWhole(step: number): boolean {
    const ms = this.#frames[step]! * frameMs
    return ms >= segmentMs.min && ms <= segmentMs.max
  }

  #forget(): void {
    this.#step = -1
    this.#gap = 0
    this.#isTold = false
    this.#frames.fill(0)
    this.#sumHz.fill(0)
  }

  #class(): SpecialClass {
    const first = this.#pitch(0)
    const second = this.#pitch(1)
    const areLong = `${this.#length(0)}${this.#length(1)}`
    switch (`${first}${second} ${areLong}`) {
      case 'LL SS':
        return 'intercept'
      case 'HL LS':
        return 'vacant'
      case 'LH SL':
      case 'HL SL':
        return 'reorder'
      case 'HH LL':
      case 'LL LL':
        return 'no_circuit'
      case 'LH LS':
        return 'ineffective'
      default:
        return 'general'
    }
  }

  #pitch(tone: 0 | 1): string {
    const hz = this.#sumHz[tone]! / this.#frames[tone]!
    if (Math.abs(hz - lowHz[tone]!) <= pitchHz) return 'L'
    return Math.abs(hz - highHz[tone]!) <= pitchHz ? 'H' : '?'
  }

  #length(tone: 0 | 1): string {
    return this.#frames[tone]! * frameMs >= longMsMin ? 'L' : 'S'
  }
}

function bandOf(hz: number): 0 | 1 | 2 | -1 {
  for (let band: 0 | 1 | 2 = 0; band < 3; band++) {
    if (hz >= bandsHz[band]![0] && hz <= bandsHz[band]![1]) return band as 0 | 1 | 2
  }
  return -1
}

/**
 * What machines say to each other: a calling fax (CNG, 1100 Hz, ITU-T T.30), a calling modem (1300 Hz, V.25), and what answers with 2100 Hz:
 * a fax (CED, T.30) where it is plain, a modem or a V.34 fax (ANSam, V.8) where its phase is turned round every 450 ms.
 */
import type { Burst, Bursts } from './bursts.ts'
import { frameMs, rateHz } from './sound.ts'

export const machineSignals = ['cng', 'ced', 'ansam', 'modem'] as const
export type MachineSignal = (typeof machineSignals)[number]

const shareMin = 0.8
/** T.30 4.3.3.1.2: half a second each three, give or take 15 %. */
const cng = { hz: 1100, toleranceHz: 40, ms: { min: 420, max: 580 }, pauseMs: { min: 2550, max: 3450 } }
const callingModem = { hz: 1300, toleranceHz: 25, ms: { min: 480, max: 720 } }
const answer = { hz: 2100, toleranceHz: 25 }
/** Long enough for two turns of the phase. */
const turnedMsMin = 1000
/** T.30 4.3.3.1.1 has CED last 2.6 to 4 s; the beep of a voicemail may be as pure, and a second long. */
const plainMsMin = 1600
/** A turn is half a cycle; the frequency's own drift has been taken off. */
const turnRadMin = 2.2
/** Two turns are 450 ms apart. */
const turnFramesMin = 15

export class MachineTones {
  heard: MachineSignal | null = null
  /** CNG came again after its pause: one alone may be the beep of an answering machine. */
  isRepeated = false
  #burstsSeen = 0
  #answerFrames = 0
  #turns = 0
  #sinceTurn = 0
  readonly #phases = new Float64Array(5)

  /** After each frame; true when a signal was recognised that is not the one before. */
  push(frame: Int16Array, bursts: Bursts): boolean {
    const heard = this.#answering(frame, bursts) ?? this.#calling(bursts)
    if (heard === null || heard === this.heard) return false
    this.heard = heard
    return true
  }

  #calling(bursts: Bursts): MachineSignal | null {
    if (bursts.completed === this.#burstsSeen) return null
    this.#burstsSeen = bursts.completed
    const burst = bursts.burst(1)
    if (burst === undefined || !burst.isOn || burst.isCut || burst.tonal < shareMin || burst.otherHz > 0) return null
    for (const [signal, meant] of [
      ['cng', cng],
      ['modem', callingModem],
    ] as const) {
      const isMeant = Math.abs(burst.hz - meant.hz) <= meant.toleranceHz
      if (!isMeant || burst.ms < meant.ms.min || burst.ms > meant.ms.max) continue
      if (signal === 'cng' && this.heard === 'cng' && isPauseOfCng(bursts.burst(2))) this.isRepeated = true
      return signal
    }
    return null
  }

  #answering(frame: Int16Array, { hz, share, current }: Bursts): MachineSignal | null {
    // A turned phase tears the spectrum of its window into two for three frames, so what counts is that the sound goes on.
    const isAnswer = share >= shareMin && Math.abs(hz - answer.hz) <= answer.toleranceHz
    if (!isAnswer && (this.#answerFrames === 0 || !current.isOn || Math.abs(hz - answer.hz) > 4 * answer.toleranceHz)) {
      this.#answerFrames = this.#turns = 0
      return null
    }
    const phases = this.#phases
    phases.copyWithin(1, 0, 4)
    phases[0] = phaseOf(frame)
    this.#answerFrames++
    this.#sinceTurn++
    if (this.#answerFrames > 5) {
      const turned = Math.abs(wrapped(phases[0]! - phases[2]! - (phases[2]! - phases[4]!)))
      if (turned > turnRadMin && this.#sinceTurn > turnFramesMin) {
        this.#turns++
        this.#sinceTurn = 0
      }
    }
    const ms = this.#answerFrames * frameMs
    if (this.#turns > 0) return ms < turnedMsMin ? null : 'ansam'
    return ms < plainMsMin ? null : 'ced'
  }
}

function isPauseOfCng(pause: Burst | undefined): boolean {
  const { min, max } = cng.pauseMs
  return pause !== undefined && !pause.isOn && pause.ms >= min && pause.ms <= max
}

const cosine = Float64Array.from({ length: 160 }, (_, i) => Math.cos((2 * Math.PI * answer.hz * i) / rateHz))
const sine = Float64Array.from({ length: 160 }, (_, i) => Math.sin((2 * Math.PI * answer.hz * i) / rateHz))

/** Of 2100 Hz within a frame; 20 ms are 42 whole cycles, so that a steady tone has the same in each. */
function phaseOf(frame: Int16Array): number {
  let re = 0
  let im = 0
  for (let i = 0; i < frame.length; i++) {
    re += frame[i]! * cosine[i]!
    im -= frame[i]! * sine[i]!
  }
  return Math.atan2(im, re)
}

function wrapped(radians: number): number {
  return radians - 2 * Math.PI * Math.round(radians / (2 * Math.PI))
}

/**
 * Who answered: a person, a machine, a fax, or nobody can say yet. A person says a word or three and waits; a machine goes on. What is not
 * clear within 2.5 s is `unsure`, and everything that the decision rests on is kept with it, so that it can be looked at later.
 */
import type { Bursts } from './bursts.ts'
import type { MachineSignal } from './machine-tones.ts'
import { frameMs, silentDbm0 } from './sound.ts'

export const verdicts = ['human', 'machine', 'fax', 'unsure'] as const
export type Verdict = (typeof verdicts)[number]

export const reasons = [
  'short_greeting',
  'long_greeting',
  'beep',
  'known_recording',
  'fax_tone',
  'silence',
  'steady_sound',
  'music',
  'undecided',
] as const
export type Reason = (typeof reasons)[number]

export type Features = {
  /** ms from the answer to the first voice; of the whole when there was none. */
  initialSilenceMs: number
  /** From the first voice to the end of the last. */
  greetingMs: number
  /** Stretches of voice with at least 120 ms between them. */
  words: number
  longestWordMs: number
  /** Quiet since the last voice. */
  quietMs: number
  /** dBm0 of what was loud, and how far it stood above what was not. */
  levelDbm0: number
  contrastDb: number
  /** Share of the greeting in which it was 14 dB below itself. */
  dipShare: number
  /** 0: none. */
  beepHz: number
  /** The recording that was recognised, if one was. */
  recording: string | null
}

export type Judgement = { verdict: Verdict; reason: Reason; confidence: number; afterMs: number; features: Features }

/** 2.5 s after the answer it is known outside: the sound is read 60 ms late, 40 ms at a time. */
export const decideMsMax = 2400
/** A person who said hello waits this long for an answer; a comma of a recorded voice is shorter. */
const waitMsMin = 700
/** "Hello, who is this please": a person's longest greeting. */
const personMsMax = 1500
/** Nobody who picks up a telephone talks on for longer. */
const machineMsMin = 1800
const wordMsMin = 60
const gapMsMin = 120
/** What stands out less than this from the rest is a sound that goes on: noise, a hum. */
const contrastDbMin = 9
const voiceDbm0Min = -42
/** A beep is one frequency for this long. */
const beepMsMin = 160
const beepHz = { from: 380, to: 2200 }
const beepShareMin = 0.92
/**
 * A calling fax's tone (CNG: T.30 4.3.3.1.2, at most 0.575 s of it) and an answering one's (CED). That it is a fax `MachineTones` says when it is
 * sure; until then such a tone, with nothing else to be heard, is not taken for the beep of a machine.
 */
const callingTone = { hz: 1100, toleranceHz: 40, msMax: 600 }
const answerTone = { hz: 2100, toleranceHz: 25 }
/** By how much what is loud by the frame may be longer than the burst that it is. */
const edgeMsMax = 200
/** Speech falls this far below itself for a tenth of the time and more, between its sounds; music with its chords does not. */
const dipDb = 14
const dipShareMin = 0.1
const framesMax = decideMsMax / frameMs

export class Answerer {
  judgement: Judgement | null = null
  readonly #levels = new Float64Array(framesMax)
  readonly #sorted = new Float64Array(framesMax)
  #frames = 0
  #beepMs = 0
  #beepHz = 0

  // What the frames so far come to.
  #first = -1
  #last = -1
  #words = 0
  #longest = 0
  #loud = silentDbm0
  #floor = silentDbm0
  #dips = 0

  /** After each frame since the answer; true once, when `judgement` is there. */
  push(bursts: Bursts, signal: MachineSignal | null, known: { id: string; confidence: number } | null): boolean {
    if (this.judgement !== null) return false
    const at = this.#frames++
    this.#levels[at] = bursts.level
    this.#beep(bursts)
    this.#survey()
    const { verdict, reason, confidence } = this.#decide(bursts, signal, known)
    if (verdict === null) return false
    this.judgement = {
      verdict,
      reason,
      confidence,
      afterMs: this.#frames * frameMs,
      features: this.#features(known?.id ?? null),
    }
    return true
  }

  #decide(
    bursts: Bursts,
    signal: MachineSignal | null,
    known: { id: string; confidence: number } | null,
  ): { verdict: Verdict | null; reason: Reason; confidence: number } {
    if (signal === 'ced' || signal === 'ansam') return said('fax', 'fax_tone', 0.97)
    if (signal === 'cng' && this.#isAlone(bursts)) return said('fax', 'fax_tone', 0.97)
    if (signal !== null) this.#beepIs(bursts)
    if (known !== null) return said('machine', 'known_recording', known.confidence)
    const isOver = this.#frames >= framesMax
    const greetingMs = this.#first < 0 ? 0 : (this.#last + 1 - this.#first) * frameMs
    const quietMs = this.#first < 0 ? 0 : (this.#frames - 1 - this.#last) * frameMs
    const hasContrast = this.#loud - this.#floor >= contrastDbMin
    if (this.#beepMs >= beepMsMin && !this.#mayBeFax(bursts)) return said('machine', 'beep', 0.9)
    const isMusic = this.#dips * frameMs < greetingMs * dipShareMin && greetingMs >= personMsMax
    if (hasContrast && this.#words > 0 && !isMusic) {
      const isShort = greetingMs <= personMsMax && this.#words <= 4
      if (isShort && quietMs >= waitMsMin) return said('human', 'short_greeting', greetingMs <= 1100 ? 0.92 : 0.8)
      if (greetingMs >= machineMsMin && quietMs < waitMsMin)
        return said('machine', 'long_greeting', Math.min(0.9, 0.7 + (greetingMs - machineMsMin) / 2000))
    }
    if (!isOver) return { verdict: null, reason: 'undecided', confidence: 0 }
    if (this.#first < 0) return said('unsure', 'silence', 0.5)
    if (!hasContrast) return said('unsure', 'steady_sound', 0.5)
    return said('unsure', isMusic ? 'music' : 'undecided', 0.5)
  }

  /** One steady frequency after which, or under which, nothing else is heard. */
  #beep({ hz, otherHz, share, isInner }: Bursts): void {
    const isBeep = share >= beepShareMin && otherHz === 0 && hz >= beepHz.from && hz <= beepHz.to
    if (!isBeep || (this.#beepMs > 0 && Math.abs(hz - this.#beepHz) > 12)) {
      if (this.#beepMs < beepMsMin) this.#beepMs = 0
      return
    }
    if (!isInner) return
    this.#beepHz = hz
    this.#beepMs += frameMs
  }

  /** A burst as a calling fax or modem sends them, and not as they do it: what is left is the beep of an answering machine. */
  #beepIs(bursts: Bursts): void {
    const { hz, ms } = bursts.burst(1)!
    this.#beepHz = hz
    this.#beepMs = ms
  }

  /** The tone that was heard may yet be a fax's: nothing was heard beside it, and it has not ended, nor gone on for too long, as no fax's does. */
  #mayBeFax(bursts: Bursts): boolean {
    const { current } = bursts
    if (!current.isOn || !this.#isAlone(bursts)) return false
    return isNear(this.#beepHz, answerTone) || (isNear(this.#beepHz, callingTone) && current.ms <= callingTone.msMax)
  }

  /** Nothing but the newest burst was heard since the answer: no greeting before it, nor words behind it. */
  #isAlone(bursts: Bursts): boolean {
    const newest = bursts.current.isOn ? bursts.current : bursts.burst(1)
    return this.#words <= 1 && (this.#last + 1 - this.#first) * frameMs <= (newest?.ms ?? 0) + edgeMsMax
  }

  /** All frames so far, by what is loud and what is not among them: what was noise is known only when a voice has been heard, too. */
  #survey(): void {
    const count = this.#frames
    const sorted = this.#sorted.subarray(0, count)
    sorted.set(this.#levels.subarray(0, count))
    sorted.sort()
    this.#floor = sorted[Math.floor(count * 0.1)]!
    this.#loud = sorted[Math.floor(count * 0.95)]!
    const bound = Math.max(voiceDbm0Min, this.#floor + Math.min(12, (this.#loud - this.#floor) * 0.45))
    this.#first = this.#last = -1
    this.#words = this.#longest = this.#dips = 0
    let run = 0
    let dips = 0
    for (let i = 0; i < count; i++) {
      if (this.#first >= 0 && this.#levels[i]! < this.#loud - dipDb) dips++
      if (this.#levels[i]! < bound) {
        run = 0
        continue
      }
      run++
      if (run * frameMs < wordMsMin) continue
      if (this.#first < 0) this.#first = i - run + 1
      if (run * frameMs === wordMsMin) {
        if ((this.#last < 0 ? framesMax : i - run - this.#last) * frameMs >= gapMsMin) this.#words++
      }
      this.#longest = Math.max(this.#longest, run)
      this.#last = i
      this.#dips = dips
    }
  }

  #features(recording: string | null): Features {
    const hasVoice = this.#first >= 0
    return {
      initialSilenceMs: (hasVoice ? this.#first : this.#frames) * frameMs,
      greetingMs: hasVoice ? (this.#last + 1 - this.#first) * frameMs : 0,
      words: this.#words,
      longestWordMs: this.#longest * frameMs,
      quietMs: hasVoice ? (this.#frames - 1 - this.#last) * frameMs : this.#frames * frameMs,
      levelDbm0: Math.round(this.#loud * 10) / 10,
      contrastDb: Math.round((this.#loud - this.#floor) * 10) / 10,
      dipShare: !hasVoice ? 0 : Math.round((100 * this.#dips) / (this.#last + 1 - this.#first)) / 100,
      beepHz: this.#beepMs >= beepMsMin ? Math.round(this.#beepHz) : 0,
      recording,
    }
  }
}

function isNear(hz: number, tone: { hz: number; toleranceHz: number }): boolean {
  return Math.abs(hz - tone.hz) <= tone.toleranceHz
}

function said(verdict: Verdict, reason: Reason, confidence: number) {
  return { verdict, reason, confidence: Math.round(confidence * 100) / 100 }
}

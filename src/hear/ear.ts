/** One line's ear: all that it is asked to listen for, on one history of its sound. Fed with frames of 20 ms; tells what it heard, once each. */
import { AnnouncementEar } from './announcement-ear.ts'
import type { Announcements } from './announcements.ts'
import { Answerer } from './answerer.ts'
import { Bursts } from './bursts.ts'
import type { Heard, Wants } from './heard.ts'
import { InBandDigits } from './in-band-digits.ts'
import { type MachineSignal, MachineTones } from './machine-tones.ts'
import { ProgressTones } from './progress-tones.ts'
import { frameSamples, History, samplesPerMs } from './sound.ts'
import { SpecialTones } from './special-tones.ts'
import { tonePlans } from './tone-plans.ts'

/** The longest window that anything here looks back over: that of a print. */
const historySamples = 1024
/** What nobody knows is kept from where it begins, for this long: enough to know it again, and to be listened to. */
export const unknownMsMax = 8000
/** Less of it is a click, a breath, the end of a word. */
const unknownMsMin = 1500
const unknownDbm0 = -40
const tonalMin = 0.92
/**
 * After the answer. T.30 (4.3.3.1.1) has CED begin 1.8 to 2.5 s after it, and 1.6 s of it are needed; CNG comes each 3.5 s (15 % more at most),
 * and two of them are needed: 8.1 s. The rest is for what comes late.
 */
export const faxMsMax = 8500

export class Ear {
  readonly #tell: (heard: Heard) => void
  readonly #history = new History(historySamples)
  readonly #bursts = new Bursts()
  #machines = new MachineTones()
  readonly #special = new SpecialTones()
  readonly #announcements: AnnouncementEar
  #progress: ProgressTones
  #wants: Wants
  #answerer: Answerer | null = null
  #digits: InBandDigits | null = null
  /** Since the answer; null: no fax is listened for. */
  #faxMs: number | null = null
  #known: { id: string; confidence: number } | null = null
  /** Sound that is no tone and no recording that is known. */
  #unknown: Int16Array | null = null
  #unknownSamples = 0
  #unknownLoudMs = 0

  constructor(wants: Wants, library: Announcements, tell: (heard: Heard) => void) {
    this.#tell = tell
    this.#announcements = new AnnouncementEar(library)
    this.#progress = new ProgressTones(tonePlans[wants.plan])
    this.#wants = wants
    this.want(wants)
  }

  get wants(): Wants {
    return this.#wants
  }

  /** From the next frame on; asked for who answers, it begins to judge with that frame. */
  want(wants: Wants): void {
    if (wants.plan !== this.#wants.plan) this.#progress = new ProgressTones(tonePlans[wants.plan])
    if (wants.answerer && this.#answerer === null) {
      this.#answerer = new Answerer()
      this.#known = null
    }
    if (wants.fax && !this.#wants.fax) this.#machines = new MachineTones()
    this.#faxMs = wants.fax ? (this.#faxMs ?? 0) : null
    this.#digits = wants.digits ? (this.#digits ?? new InBandDigits()) : null
    if (!wants.carrier) this.#unknown = null
    this.#wants = wants
  }

  use(library: Announcements): void {
    this.#announcements.use(library)
  }

  push(frame: Int16Array): void {
    if (this.#digits?.push(frame)) this.#tell({ type: 'digit', digit: this.#digits.digit })
    const { carrier, answerer, fax } = this.#wants
    if (!carrier && !answerer && !fax) return
    const bursts = this.#bursts
    this.#history.push(frame)
    bursts.push(frame, this.#history)
    const afterMs = bursts.nowMs
    if (carrier || (answerer && this.#answerer?.judgement === null)) this.#listenToWords(afterMs)
    const isSignal = this.#machines.push(frame, bursts)
    if (isSignal && carrier) this.#tell({ type: 'machine', signal: this.#machines.heard!, confidence: 0.97, afterMs })
    if (carrier) this.#listenToNetwork(frame, afterMs)
    const signal = fax ? this.#fax() : null
    if (signal !== null) this.#tell({ type: 'machine', signal, confidence: 0.97, afterMs: this.#faxMs! })
    if (answerer && this.#answerer?.push(bursts, isSignal ? this.#machines.heard : null, this.#known))
      this.#tell({ type: 'answerer', ...this.#answerer.judgement! })
    if (fax && (signal !== null || this.#faxMs! >= faxMsMax)) this.#stop()
  }

  /** Of a fax on the line, when it is sure. */
  #fax(): MachineSignal | null {
    this.#faxMs! += frameSamples / samplesPerMs
    const { heard, isRepeated } = this.#machines
    return heard === 'ced' || heard === 'ansam' || (heard === 'cng' && isRepeated) ? heard : null
  }

  /** Who answered is judged long before. */
  #stop(): void {
    this.#wants = { ...this.#wants, answerer: false, fax: false }
    this.#tell({ type: 'listened' })
  }

  #listenToWords(afterMs: number): void {
    if (this.#announcements.push(this.#history, this.#bursts.level)) {
      const { id, label } = this.#announcements.library.known[this.#announcements.entry]!
      this.#known = { id, confidence: this.#announcements.confidence }
      this.#tell({ type: 'announcement', label, ...this.#known, afterMs })
    }
    const { withdrawn } = this.#announcements
    if (withdrawn >= 0) {
      const { id } = this.#announcements.library.known[withdrawn]!
      this.#known = null
      this.#tell({ type: 'announcement', id, label: null, confidence: 0, afterMs })
    }
  }

  #listenToNetwork(frame: Int16Array, afterMs: number): void {
    const bursts = this.#bursts
    if (this.#progress.push(bursts)) {
      this.#tell({ type: 'tone', tone: this.#progress.tone!, confidence: round(this.#progress.confidence), afterMs })
    }
    if (this.#special.push(bursts)) {
      const isGeneral = this.#special.heard === 'general'
      this.#tell({ type: 'special', class: this.#special.heard!, confidence: isGeneral ? 0.8 : 0.95, afterMs })
    }
    this.#keepUnknown(frame)
  }

  #keepUnknown(frame: Int16Array): void {
    const { level, share } = this.#bursts
    if (this.#known !== null) return
    const isSound = level > unknownDbm0 && share < tonalMin
    if (this.#unknown === null) {
      if (!isSound) return
      this.#unknown = new Int16Array(unknownMsMax * samplesPerMs)
    }
    if (isSound) this.#unknownLoudMs += frameSamples / samplesPerMs
    if (this.#unknownSamples + frame.length > this.#unknown.length) return
    this.#unknown.set(frame, this.#unknownSamples)
    this.#unknownSamples += frame.length
  }

  /** What the network said that nobody knows, or null: to be kept, listened to and labelled. */
  unknown(): Int16Array | null {
    if (this.#unknown === null || this.#known !== null || this.#unknownLoudMs < unknownMsMin) return null
    return this.#unknown.subarray(0, this.#unknownSamples)
  }
}

function round(share: number): number {
  return Math.round(share * 1000) / 1000
}

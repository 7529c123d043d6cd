/**
 * Somebody tries their audio out, by way of the server: four seconds of what their leg says are recorded, measured, and played back on it. So it
 * has gone all the way that a call goes, and back. A call that comes has the leg at once. The sound is kept nowhere.
 */
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { legAudio } from '../centre/audio/leg-audio.ts'
import { faultsOf, type TriedOut } from '../centre/audio/try-out.ts'
import type { FloorState } from '../centre/state.ts'
import type { LegId, RecordingId, UserId } from '../lib/ids.ts'
import type { Bay, BayEvent } from '../rtp/bay.ts'
import { readStereo } from '../rtp/wav.ts'
import { countsOf } from './audio-watch.ts'
import type { MediaEffect } from './media.ts'

const listenMs = 4_000
/** From the end of the recording to its file; a disk that takes longer is not waited for. */
const sealedWithinMs = 5_000
/** At once; each has a sound of its own in the bay, of 64 KB. */
const atOnceMax = 8

type TryOut = {
  leg: LegId
  recording: RecordingId
  file: string
  /** The number of its sound among those of the bay. */
  sound: number
  step: 'listening' | 'sealing' | 'playing'
  /** Wakes who waits for the next step: with true when a call came. */
  goOn: (isCalled: boolean) => void
}

export type TryOutsOptions = {
  bay: Pick<Bay, 'record' | 'stopRecording' | 'learn' | 'play' | 'stopPlay' | 'figures'>
  floor(): FloorState
  now(): number
}

/** Why somebody's audio cannot be tried out now. */
export class TryOutRefused extends Error {
  override name = 'TryOutRefused'
  readonly rule: 'no_audio' | 'busy' | 'too_many'
  constructor(rule: 'no_audio' | 'busy' | 'too_many', words: string) {
    super(words)
    this.rule = rule
  }
}

export class TryOuts {
  readonly #options: TryOutsOptions
  readonly #folder = mkdtempSync(join(tmpdir(), 'switchroom-try-out-'))
  readonly #byLeg = new Map<LegId, TryOut>()

  constructor(options: TryOutsOptions) {
    this.#options = options
  }

  /** Resolves when the sound begins to play back, or a call has come. Rejects with TryOutRefused. */
  async begin(user: UserId): Promise<TriedOut> {
    const { bay, now } = this.#options
    const leg = this.#legFor(user)
    const tryOut = this.#enter(leg)
    try {
      const before = await this.#counts(leg)
      const since = now()
      bay.record(tryOut.recording, leg, tryOut.file)
      let isCalled = await this.#next(tryOut, listenMs)
      const ms = now() - since
      const audio = legAudio({ ms, counts: await this.#counts(leg), before })
      bay.stopRecording(tryOut.recording)
      if (!isCalled) {
        tryOut.step = 'sealing'
        isCalled = await this.#next(tryOut, sealedWithinMs)
      }
      if (!isCalled) await this.#playBack(tryOut)
      return { ended: isCalled ? 'call' : 'heard', audio, faults: faultsOf(audio) }
    } finally {
      if (tryOut.step !== 'playing') this.#byLeg.delete(leg)
      await rm(tryOut.file, { force: true })
    }
  }

  /** Answers whether the event was about a try-out, and is nobody else's. */
  take(event: BayEvent): boolean {
    switch (event.type) {
      case 'recording.closed':
      case 'recording.failed': {
        const tryOut = [...this.#byLeg.values()].find(({ recording }) => recording === event.recording)
        if (tryOut?.step === 'sealing') tryOut.goOn(false)
        return event.recording.startsWith(recordingPrefix)
      }
      case 'recording.lost':
        return event.recording.startsWith(recordingPrefix)
      case 'prompt.finished':
        if (!event.prompt.startsWith(soundPrefix)) return false
        if (this.#byLeg.get(event.leg)?.step === 'playing') this.#byLeg.delete(event.leg)
        return true
      case 'leg.closed':
        this.#end(event.leg)
        return false
      default:
        return false
    }
  }

  /** Something else is to be heard on these legs: called before it is ordered. */
  before(effect: MediaEffect): void {
    if (this.#byLeg.size === 0) return
    for (const leg of legsOf(effect)) {
      const isPlaying = this.#byLeg.get(leg)?.step === 'playing'
      this.#end(leg)
      if (isPlaying) this.#options.bay.stopPlay(leg)
    }
  }

  #end(leg: LegId): void {
    const tryOut = this.#byLeg.get(leg)
    this.#byLeg.delete(leg)
    tryOut?.goOn(true)
  }

  #legFor(user: UserId): LegId {
    const { agents, supervisions } = this.#options.floor()
    const agent = agents.get(user)
    const leg = agent?.stationLeg ?? null
    if (agent === undefined || leg === null)
      throw new TryOutRefused('no_audio', 'Your audio is not connected: check the microphone or desk phone.')
    const isFree = agent.phase !== 'talking' && agent.phase !== 'dialing' && agent.phase !== 'ringing'
    const before = this.#byLeg.get(leg)
    const isTried = before !== undefined && before.step !== 'playing'
    if (!isFree || supervisions.get(user)?.told != null || isTried)
      throw new TryOutRefused('busy', 'Your audio is in use now: try it out when you have no call.')
    return leg
  }

  #enter(leg: LegId): TryOut {
    const taken = new Set([...this.#byLeg.values()].map(({ sound }) => sound))
    const sound = Array.from({ length: atOnceMax }, (_, n) => n).find(n => !taken.has(n))
    if (sound === undefined) throw new TryOutRefused('too_many', `${atOnceMax} others try out their audio: a moment.`)
    if (this.#byLeg.get(leg)?.step === 'playing') this.#options.bay.stopPlay(leg)
    const recording = `${recordingPrefix}${randomUUID()}` as RecordingId
    const file = join(this.#folder, `${recording}.wav`)
    const tryOut: TryOut = { leg, recording, file, sound, step: 'listening', goOn: () => {} }
    this.#byLeg.set(leg, tryOut)
    return tryOut
  }

  async #playBack(tryOut: TryOut): Promise<void> {
    const [said] = readStereo(await readFile(tryOut.file))
    if (this.#byLeg.get(tryOut.leg) !== tryOut) return
    tryOut.step = 'playing'
    const name = `${soundPrefix}${tryOut.sound}`
    this.#options.bay.learn(name, said)
    this.#options.bay.play(tryOut.leg, name, false)
  }

  /** Until it is woken, or so long has passed. Answers whether a call came. */
  #next(tryOut: TryOut, mostMs: number): Promise<boolean> {
    return new Promise(done => {
      const timer = setTimeout(() => done(false), mostMs)
      tryOut.goOn = isCalled => {
        clearTimeout(timer)
        done(isCalled)
      }
    })
  }

  async #counts(leg: LegId) {
    const [figures] = await this.#options.bay.figures([leg])
    if (figures === undefined) throw new TryOutRefused('no_audio', 'Your audio was lost meanwhile.')
    return countsOf(figures)
  }

  [Symbol.dispose](): void {
    for (const leg of [...this.#byLeg.keys()]) this.#end(leg)
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

const recordingPrefix = 'try-out-'
const soundPrefix = 'try-out/'

function legsOf(effect: MediaEffect): LegId[] {
  switch (effect.type) {
    case 'media.patch':
      return [effect.a, effect.b]
    case 'media.mix':
      return effect.members.map(({ leg }) => leg)
    case 'media.supervise':
      return effect.target === null ? [] : [effect.leg]
    case 'media.play':
    case 'media.say':
      return [effect.leg]
    default:
      return []
  }
}

/** Which legs of a media thread are being recorded or listened to, and through what memory. */
import type { RecordingId } from '../lib/ids.ts'
import type { MediaReport, MediaRequest, StandingEar, StandingTap } from './control.ts'
import type { Leg } from './leg.ts'
import { RingWriter } from './recording-ring.ts'

export class Taps {
  readonly #legs = new Map<string, Leg>()
  readonly #report: (message: MediaReport) => void

  constructor(report: (message: MediaReport) => void) {
    this.#report = report
  }

  begin(leg: Leg | undefined, request: Extract<MediaRequest, { type: 'record' }>, startMs: number): void {
    const { recording, file, memory } = request
    const problem = !leg ? 'the leg has ended' : leg.tap !== null ? 'the leg is being recorded already' : null
    if (!leg || problem !== null) return this.#sayFailed(recording, 'leg', problem!)
    const { payloadType } = leg
    leg.tap = { recording, ring: RingWriter.begin(memory, payloadType, startMs) }
    this.#legs.set(recording, leg)
    this.#report({
      type: 'tap.begun',
      request: { type: 'record', recording, file, memory, payloadType, startMs },
    })
  }

  /** Goes on with a recording that another thread began; where that one died, sound may be missing since. */
  goOn(leg: Leg, tap: StandingTap, hasDied: boolean, nowMs: number): void {
    const { recording, memory, begun } = tap
    if (begun === null) return this.begin(leg, { type: 'record', leg: leg.id, ...tap }, nowMs)
    const ring = new RingWriter(memory, begun.payloadType, begun.startMs)
    leg.tap = { recording, ring }
    this.#legs.set(recording, leg)
    if (!hasDied) return
    ring.anchorAgentAnew()
    const lostMs = Math.round(ring.gapMs(nowMs))
    if (lostMs > 0) this.#report({ type: 'tap.missed', request: { type: 'missed', recording, lostMs, untilMs: nowMs } })
  }

  /** Another thread goes on with it. */
  giveAway(recording: string): void {
    this.#legs.delete(recording)
  }

  end(recording: string, endMs: number): void {
    const leg = this.#legs.get(recording)
    if (!leg) return
    leg.tap = null
    this.#legs.delete(recording)
    this.sayEnded(recording, endMs)
  }

  /** Nobody writes to it, so that it is sealed with what it has. */
  sayEnded(recording: string, endMs: number): void {
    this.#report({ type: 'tap.ended', request: { type: 'stop', recording, endMs } })
  }

  /** It could not be begun, for a fault of ours. */
  fail(recording: string, reason: string): void {
    const leg = this.#legs.get(recording)
    if (leg) leg.tap = null
    this.#legs.delete(recording)
    this.#sayFailed(recording, 'fault', reason)
  }

  /** A leg that has ended meanwhile, or has an ear already, is answered with the end of this one. */
  listen(leg: Leg | undefined, request: Extract<MediaRequest, { type: 'listen' }>, startMs: number): void {
    const { leg: id, memory } = request
    if (!leg || leg.ear !== null) return this.#report({ type: 'ear.ended', leg: id })
    leg.ear = RingWriter.begin(memory, leg.payloadType, startMs)
    this.#report({ type: 'ear.begun', leg: id, memory, payloadType: leg.payloadType, startMs })
  }

  /** Goes on with an ear that another thread gave the leg. */
  listenOn(leg: Leg, ear: StandingEar, nowMs: number): void {
    const { memory, begun } = ear
    if (begun === null) return this.listen(leg, { type: 'listen', leg: leg.id, memory }, nowMs)
    leg.ear = new RingWriter(memory, begun.payloadType, begun.startMs)
  }

  stopListening(leg: Leg | undefined, id: string): void {
    if (leg) leg.ear = null
    this.#report({ type: 'ear.ended', leg: id })
  }

  #sayFailed(recording: string, cause: 'leg' | 'fault', reason: string): void {
    const event = { type: 'recording.failed' as const, recording: recording as RecordingId, cause, reason }
    this.#report({ type: 'event', event })
  }
}

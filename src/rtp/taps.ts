/** Which legs of a media thread are being recorded or listened to, and through what memory. */
import type { RecordingId } from '../lib/ids.ts'
import type { MediaReport, MediaRequest } from './control.ts'
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
    if (!leg || problem !== null)
      return this.#report({
        type: 'event',
        event: { type: 'recording.failed', recording: recording as RecordingId, reason: problem! },
      })
    const { payloadType } = leg
    leg.tap = { recording, ring: new RingWriter(memory, payloadType, startMs) }
    this.#legs.set(recording, leg)
    this.#report({
      type: 'tap.begun',
      request: { type: 'record', recording, file, memory, payloadType, startMs },
    })
  }

  end(recording: string, endMs: number): void {
    const leg = this.#legs.get(recording)
    if (!leg) return
    leg.tap = null
    this.#legs.delete(recording)
    this.#report({ type: 'tap.ended', request: { type: 'stop', recording, endMs } })
  }

  /** A leg that has ended meanwhile, or has an ear already, is answered with the end of this one. */
  listen(leg: Leg | undefined, request: Extract<MediaRequest, { type: 'listen' }>, startMs: number): void {
    const { leg: id, memory } = request
    if (!leg || leg.ear !== null) return this.#report({ type: 'ear.ended', leg: id })
    leg.ear = new RingWriter(memory, leg.payloadType, startMs)
    this.#report({ type: 'ear.begun', leg: id, memory, payloadType: leg.payloadType, startMs })
  }

  stopListening(leg: Leg | undefined, id: string): void {
    if (leg) leg.ear = null
    this.#report({ type: 'ear.ended', leg: id })
  }
}

/**
 * Which legs of a bay are listened to, the memory each is heard through, and the thread that does it. An ear is no more than a second reader
 * of what the relay loop writes anyway: a leg costs the media thread one more copy of its octets while somebody listens.
 */
import type { Wants } from '../hear/heard.ts'
import type { LegId } from '../lib/ids.ts'
import { type BayEvent, type Identified, MediaError, type Recording } from './bay.ts'
import { BayThread } from './bay-thread.ts'
import type { EarReport, EarRequest, LegOrder, MediaReport } from './control.ts'
import { RingPool } from './ring-pool.ts'
import { Waiting } from './waiting.ts'

/** As many lines as may ring before the answer, and then some: an ear takes 0.2 % of a core. Further legs are not listened to. */
export const earsMax = 1500

export type EarsPorts = {
  entry: string | URL
  monotonic(): number
  /** To the leg's media thread. */
  tell(request: LegOrder): void
  emit(event: BayEvent): void
  fault(words: string): void
}

type Ear = {
  wants: Wants
  isBegun: boolean /** Nobody wants to know any more: it ends when both threads have let go. */
  isOver: boolean
  isAnswered: boolean
}

export class Ears {
  readonly #ports: EarsPorts
  readonly #thread: BayThread<EarRequest, EarReport>
  readonly #ears = new Map<LegId, Ear>()
  readonly #rings = new RingPool<LegId>()
  /** Legs whose keys came as telephone events: their tones are the same keys once more. */
  readonly #events = new Set<LegId>()
  #library: Recording[] = []
  readonly #asks = new Waiting<number, Identified | null>()
  #nextAsk = 1

  constructor(ports: EarsPorts) {
    this.#ports = ports
    this.#thread = new BayThread(
      { name: 'ear', entry: ports.entry, hear: report => this.#hear(report), died: reason => this.#died(reason) },
      ports.monotonic,
    )
  }

  get count(): number {
    return this.#ears.size
  }

  teach(library: readonly Recording[]): void {
    this.#library = [...library]
    this.#thread.post({ type: 'library', known: this.#library })
  }

  identify(sound: Uint8Array): Promise<Identified | null> {
    if (!this.#thread.isAlive) return Promise.reject(new MediaError('nothing is listened to: the ear thread is dead'))
    const ask = this.#nextAsk++
    const answer = this.#asks.wait(ask)
    this.#thread.post({ type: 'ask', ask, sound })
    return answer
  }

  /** null: no longer. */
  listen(leg: LegId, wants: Wants | null): void {
    const ear = this.#ears.get(leg)
    if (wants === null) return this.#end(leg)
    if (ear !== undefined) {
      if (ear.isOver) return // the media thread is letting go of it
      ear.isAnswered ||= wants.fax || (ear.wants.carrier && !wants.carrier)
      ear.wants = wants
      if (ear.isBegun) this.#thread.post({ type: 'want', leg, wants })
      return
    }
    if (!this.#thread.isAlive || this.#ears.size >= earsMax) return
    this.#ears.set(leg, { wants, isBegun: false, isOver: false, isAnswered: !wants.carrier })
    this.#ports.tell({ type: 'listen', leg, memory: this.#rings.lend(leg) })
  }

  /** The leg is closed: the media thread says so by itself. */
  closed(leg: LegId): void {
    this.#events.delete(leg)
    const ear = this.#ears.get(leg)
    if (ear !== undefined) ear.isOver = true
  }

  /** A key of this leg came as a telephone event. */
  keyed(leg: LegId): void {
    if (this.#ears.has(leg)) this.#events.add(leg)
  }

  begun({ leg: id, memory, payloadType, startMs }: Extract<MediaReport, { type: 'ear.begun' }>): void {
    const leg = id as LegId
    const ear = this.#ears.get(leg)
    if (ear === undefined) return
    ear.isBegun = true
    this.#thread.post({ type: 'listen', leg, memory, payloadType, startMs, wants: ear.wants })
  }

  ended(id: string): void {
    const leg = id as LegId
    const ear = this.#ears.get(leg)
    if (ear === undefined) return
    ear.isOver = true
    if (ear.isBegun && this.#thread.isAlive) this.#thread.post({ type: 'stop', leg, isAnswered: ear.isAnswered })
    else this.#forget(leg)
  }

  /** Legs that no thread has taken up are not heard any more. */
  mediaDied(isThere: (leg: LegId) => boolean): void {
    for (const leg of [...this.#ears.keys()]) if (!isThere(leg)) this.ended(leg)
  }

  terminate(): Promise<void> {
    this.#asks.rejectAll(new MediaError('the media threads are shutting down'))
    return this.#thread.terminate()
  }

  #end(leg: LegId): void {
    const ear = this.#ears.get(leg)
    if (ear === undefined || ear.isOver) return
    ear.isOver = ear.isAnswered = true
    this.#ports.tell({ type: 'stopListening', leg })
  }

  #hear(report: EarReport): void {
    if (report.type === 'answer') return this.#asks.resolve(report.ask, report.known)
    const leg = report.leg as LegId
    switch (report.type) {
      case 'heard':
        if (report.heard.type === 'digit' && this.#events.has(leg)) return
        return this.#ports.emit({ type: 'leg.heard', leg, heard: report.heard })
      case 'unknown':
        return this.#ports.emit({ type: 'leg.unknown', leg, sound: report.sound })
      case 'stopped':
        this.#rings.takeBack(leg)
        this.#ears.delete(leg)
        this.#events.delete(leg)
        return
      default:
        report satisfies never
    }
  }

  #forget(leg: LegId): void {
    this.#rings.forget(leg)
    this.#ears.delete(leg)
    this.#events.delete(leg)
  }

  /** Calls go on unheard; those that begin from now on are heard again. */
  #died(reason: string): void {
    this.#ports.fault(`the ear thread died: ${reason}`)
    this.#asks.rejectAll(new MediaError(`the ear thread died: ${reason}`))
    for (const leg of [...this.#ears.keys()]) {
      this.#ports.tell({ type: 'stopListening', leg })
      this.#forget(leg)
    }
    if (this.#thread.restart()) this.teach(this.#library)
    else this.#ports.fault('the ear thread dies again and again: nothing is listened to any more')
  }
}

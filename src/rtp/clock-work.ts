/** What a media thread does by the clock: rooms, prompts and keys every 20 ms, reports every 5 s, the watch over silence every 100 ms. */
import type { BayEvent } from './bay.ts'
import type { ExchangePorts } from './exchange-ports.ts'
import type { Heart } from './heart.ts'
import { goneAfterMs } from './latch.ts'
import type { Leg } from './leg.ts'
import { tellFault } from './leg-fault.ts'
import type { LegTable } from './leg-table.ts'
import { Pacer } from './pacer.ts'
import type { Relay } from './relay.ts'
import type { Reporter } from './reporter.ts'
import type { Rooms } from './rooms.ts'
import { note } from './saved-leg.ts'

const watchMs = 100
/** A leg to which nobody speaks hears a frame of silence this often: it keeps NATs, latching peers and desk phones content (RFC 6263). */
const idleMs = 1000
/** RFC 7675 section 5.1. */
const consentMs = 30_000

export type ClockParts = { heart: Heart; legs: LegTable; rooms: Rooms; relay: Relay; reporter: Reporter }

export class ClockWork {
  readonly #ports: ExchangePorts
  readonly #heart: Heart
  readonly #legs: LegTable
  readonly #rooms: Rooms
  readonly #relay: Relay
  readonly #reporter: Reporter
  readonly #pacer = new Pacer<Leg>()
  /** The round of the watch over all legs that is under way: since when, and how many have been seen. */
  #roundAt = 0
  #seen = 0
  #unseen: Iterator<Leg>

  constructor(ports: ExchangePorts, parts: ClockParts) {
    this.#ports = ports
    this.#heart = parts.heart
    this.#legs = parts.legs
    this.#rooms = parts.rooms
    this.#relay = parts.relay
    this.#reporter = parts.reporter
    this.#unseen = this.#legs.all()
  }

  /** Does all that is due, and answers ms until something is due again. */
  turn(now: number): number {
    this.#watchDue(now)
    const untilRoundMs = Math.max(0, Math.ceil(this.#roundAt + watchMs - now))
    if (!this.#pacer.isDue(now) && !this.#rooms.areDue(now))
      return this.#rooms.waitMs(now, this.#pacer.waitMs(now, untilRoundMs))
    this.#rooms.serve(now)
    this.#pacer.serve(now, this.#stepHeld)
    this.#heart.hold(0)
    const spent = this.#ports.monotonic()
    return this.#rooms.waitMs(spent, this.#pacer.waitMs(spent, untilRoundMs))
  }

  readonly #stepHeld = (leg: Leg): void => {
    this.#heart.hold(leg.number)
    try {
      this.#step(leg)
    } catch (error) {
      tellFault(leg, error, this.#ports.report)
    }
  }

  /** From now on the leg has its turn every 20 ms, until neither prompt nor key is left. */
  pace(leg: Leg): void {
    this.#pacer.add(leg, leg.index, this.#relay.nowMs)
  }

  rest(leg: Leg): void {
    this.#pacer.delete(leg, leg.index)
  }

  /** Every 20 ms while a prompt or keys are under way; a key interrupts the prompt. */
  #step(leg: Leg): void {
    if (leg.keySender.isBusy) {
      const step = leg.keySender.next()
      if (step !== null) this.#relay.sendKey(leg, step)
      if (leg.player !== null) leg.player.isFirst = true // time went on while the key was told again
    } else if (leg.player !== null) {
      const { player } = leg
      if (player.next(leg.payloadType, this.#relay.freshFrame(), 12)) {
        this.#relay.sendFrame(leg, player.isFirst)
        player.isFirst = false
      } else {
        leg.player = null
        const { speech, prompt } = player.playing
        if (speech === null) this.#emit({ type: 'prompt.finished', leg: leg.id, prompt })
        else this.#emit({ type: 'speech.finished', leg: leg.id, speech })
      }
    }
    if (!leg.isOccupied) this.rest(leg)
  }

  /**
   * Of a round its share: a thousand legs seen at once would keep packets waiting for a millisecond, and what has piled up meanwhile for several.
   * Where no packets come the loop turns once a round, and sees all.
   */
  #watchDue(now: number): void {
    const sinceMs = now - this.#roundAt
    const isOver = sinceMs >= watchMs
    const due = isOver ? Infinity : (this.#legs.size * sinceMs) / watchMs
    for (; this.#seen < due; this.#seen++) {
      const { value: leg, done } = this.#unseen.next()
      if (done) break
      this.#heart.hold(leg.number)
      try {
        this.#watch(leg, now)
        note(leg, now)
      } catch (error) {
        tellFault(leg, error, this.#ports.report)
      }
      this.#heart.hold(0)
    }
    if (!isOver) return
    this.#unseen = this.#legs.all()
    this.#roundAt = now
    this.#seen = 0
  }

  #watch(leg: Leg, now: number): void {
    const quietMs = now - leg.heardAt
    const isAwaited = leg.mayReceive && (leg.remotePort > 0 || leg.secure !== null)
    if (isAwaited && leg.silentAfterMs > 0 && quietMs >= leg.silentAfterMs && !leg.isSilent) {
      leg.isSilent = true
      this.#emit({ type: 'leg.silent', leg: leg.id })
    }
    if (leg.isConnected && quietMs >= goneAfterMs(leg) && leg.mayReceive) {
      this.#ports.wire.disconnect(leg.rtpSocket)
      leg.isConnected = false
    }
    if (leg.consentAt > 0 && now - leg.consentAt > consentMs) this.lose(leg, 'no consent from the browser for 30 s')
    if (!leg.isOccupied && leg.maySend && leg.remotePort > 0 && now - leg.lastSentAt >= idleMs)
      this.#relay.sendSilence(leg)
    if (now >= leg.reportDueAt && leg.remotePort > 0) {
      this.#relay.sendReport(leg, this.#reporter.memory, this.#reporter.write(leg, now))
    }
  }

  lose(leg: Leg, reason: string): void {
    if (leg.isLost) return
    leg.isLost = true
    this.#emit({ type: 'leg.lost', leg: leg.id, reason })
  }

  #emit(event: BayEvent): void {
    this.#ports.report({ type: 'event', event })
  }
}

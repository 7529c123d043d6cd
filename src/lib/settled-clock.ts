/**
 * Whether the time of this machine may be believed where something is destroyed by it. A clock that was set far, or that reads days later than when
 * this house last ran, may be wrong: it is believed when the house has run for a day since, without anything of the kind, in which somebody has seen
 * the alarm or NTP has put it right. The doubt outlives a restart, for what is written meanwhile bears the time that is in doubt; and the day is one of
 * running, since a machine that is switched off each night would never have another.
 */

import { type Clock, stepOf } from './clock.ts'
import type { ClockFile } from './clock-file.ts'

const stepMostMs = 3_600_000
/** A house that stood still for longer is in doubt for a day of running; nothing is lost by it. */
const gapMostMs = 2 * 86_400_000
const settlesInMs = 86_400_000
/** So much of the day of running is lost by a kill -9. */
const noteEveryMs = 300_000

export class SettledClock implements AsyncDisposable {
  readonly #clock: Clock
  readonly #file: Pick<ClockFile, 'note' | 'written'>
  readonly #step: () => number
  /** For how long the house has run in doubt; null: the clock is believed. */
  #doubtedMs: number | null
  #askedAt: number
  #notedAt = 0

  /** `lastAt`: Unix ms of the journal's last line before this start, for a house that has kept no note yet; 0: there is none. */
  constructor(clock: Clock, lastAt: number, file: Pick<ClockFile, 'read' | 'note' | 'written'>) {
    this.#clock = clock
    this.#file = file
    this.#step = stepOf(clock)
    this.#askedAt = clock.monotonic()
    const kept = file.read()
    // What the journal says may have been written by the wrong time; the note is from before it, or knows of the doubt.
    const ranAt = kept?.at ?? lastAt
    const isLate = ranAt > 0 && clock.now() - ranAt > gapMostMs
    this.#doubtedMs = isLate ? 0 : (kept?.doubtedMs ?? null)
    this.#note()
  }

  /** Asked at least once a minute or so, since it tells steps by the clock that never steps. */
  isSettled(): boolean {
    const now = this.#clock.monotonic()
    const before = this.#doubtedMs
    const hasStepped = Math.abs(this.#step()) > stepMostMs
    if (this.#doubtedMs !== null) this.#doubtedMs += now - this.#askedAt
    this.#askedAt = now
    if (hasStepped) this.#doubtedMs = 0
    else if (this.#doubtedMs !== null && this.#doubtedMs >= settlesInMs) this.#doubtedMs = null
    const isChanged = hasStepped || (before === null) !== (this.#doubtedMs === null)
    if (isChanged || now - this.#notedAt >= noteEveryMs) this.#note()
    return this.#doubtedMs === null
  }

  /** A last look: a step since the one before is no secret to the next start. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.isSettled()
    this.#note()
    await this.#file.written()
  }

  #note(): void {
    this.#notedAt = this.#clock.monotonic()
    this.#file.note({ at: this.#clock.now(), doubtedMs: this.#doubtedMs })
  }
}

/**
 * Callers who were turned away since too many came: whom nobody had proved to be there, while as many were on the way in already as the trunk has
 * lines free, and whoever came faster than the trunk may bring calls. A call each in the journal would be what a forger is after; that there were
 * so many is told by their number.
 */
import type { Input } from '../centre/inputs.ts'
import type { TrunkId } from '../lib/ids.ts'
import type { Logger } from '../lib/log.ts'

/** The first is told of at once, those that follow once a minute. */
const tellEveryMs = 60_000

export type TurnedAwayOptions = { post(input: Input, actor: 'system'): void; now(): number; log: Logger }

export class TurnedAway {
  readonly #options: TurnedAwayOptions
  readonly #untold = new Map<TrunkId, { calls: number; tellAt: number }>()
  #total = 0

  constructor(options: TurnedAwayOptions) {
    this.#options = options
  }

  get total(): number {
    return this.#total
  }

  note(trunk: TrunkId): void {
    this.#total++
    const untold = this.#untold.get(trunk)
    if (untold !== undefined) untold.calls++
    else this.#untold.set(trunk, { calls: 1, tellAt: this.#options.now() })
  }

  advance(now: number): void {
    for (const [trunk, untold] of this.#untold)
      if (untold.calls > 0 && now >= untold.tellAt) this.#tell(trunk, untold, now)
  }

  /** Nothing more comes: what is left is told now. */
  close(): void {
    this.advance(Number.POSITIVE_INFINITY)
  }

  #tell(trunk: TrunkId, untold: { calls: number; tellAt: number }, now: number): void {
    const { post, log } = this.#options
    const { calls } = untold
    log.warn({ trunk, calls }, 'callers were turned away: too many came at once')
    untold.calls = 0
    untold.tellAt = now + tellEveryMs
    post({ type: 'callers.turnedAway', trunk, calls }, 'system')
  }
}

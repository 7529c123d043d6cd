/**
 * Calls from trunks to numbers that nobody has. Each one that goes to the centre is lines of the journal, for good, and who scans numbers, or
 * forges a carrier's address, sends them without end: a few are let through, the others are refused here, counted, and told of by their number.
 */
import type { Input } from '../centre/inputs.ts'
import { Allowance } from '../lib/allowance.ts'
import type { TrunkId } from '../lib/ids.ts'
import type { Logger } from '../lib/log.ts'
import { maskNumber } from '../lib/mask.ts'

/** People who misdial: more at once than come by accident, and one a minute, of each trunk. */
const keptBurst = 30
const keptPerSecond = 1 / 60
/** The first are told of at once, those that follow once an hour. */
const tellEveryMs = 3600_000

export type VacantNumbersOptions = {
  post(input: Input, actor: 'system'): void
  now(): number
  log: Logger
}

type Tried = { kept: Allowance; untold: number; last: string; tellAt: number }

export class VacantNumbers {
  readonly #options: VacantNumbersOptions
  readonly #tried = new Map<TrunkId, Tried>()
  #refused = 0

  constructor(options: VacantNumbersOptions) {
    this.#options = options
  }

  /** Calls that are in the journal by their number alone. */
  get refused(): number {
    return this.#refused
  }

  /** A call of this trunk to a number that nobody has: false when it is refused here, and the centre hears of it with others. */
  mayTell(trunk: TrunkId, number: string): boolean {
    const now = this.#options.now()
    let tried = this.#tried.get(trunk)
    if (tried === undefined) {
      const kept = new Allowance({ burst: keptBurst, perSecond: keptPerSecond, now })
      tried = { kept, untold: 0, last: '', tellAt: now }
      this.#tried.set(trunk, tried)
    }
    if (tried.kept.take(now)) return true
    this.#refused++
    tried.untold++
    tried.last = maskNumber(number.slice(0, 40))
    return false
  }

  advance(now: number): void {
    for (const [trunk, tried] of this.#tried) if (tried.untold > 0 && now >= tried.tellAt) this.#tell(trunk, tried, now)
  }

  /** Nothing more comes: what is left is told now. */
  close(): void {
    this.advance(Number.POSITIVE_INFINITY)
  }

  #tell(trunk: TrunkId, tried: Tried, now: number): void {
    const { untold: calls, last } = tried
    tried.untold = 0
    tried.tellAt = now + tellEveryMs
    const { post, log } = this.#options
    log.warn({ trunk, calls, last }, 'calls to numbers that nobody has were refused, and not kept one by one')
    post({ type: 'numbers.tried', trunk, calls, last }, 'system')
  }
}

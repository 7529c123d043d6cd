/**
 * Who guesses passwords at sign-in is held off by `Attempts`; here it is noticed, so that somebody is told: once for each address and each account
 * in a window. Counted by what was typed, whether there is such a person or not, so that no answer takes longer for either.
 */
import { Allowance } from '../lib/allowance.ts'
import type { Clock } from '../lib/clock.ts'
import type { UserId } from '../lib/ids.ts'
import { sourceOf } from '../lib/source.ts'

/** `user`: whose account; null: it is the address (`sourceOf`) from which many are tried, as it was last. `tries`: within the window. */
export type Guessed = { user: UserId | null; address: string; tries: number; withinMs: number }

const hourMs = 3_600_000
const dayMs = 24 * hourMs
/** As many as lock an account twice. */
const ofAccount = [{ max: 10, windowMs: dayMs }]
/** Quick, and by and by. */
const ofAddress = [
  { max: 30, windowMs: hourMs },
  { max: 100, windowMs: dayMs },
]
/** Names and addresses remembered, each; the oldest goes first. */
const remembered = 10_000
/** Alarms, each of which is a line of the journal for good. */
const alarmsBurst = 10
const alarmsPerSecond = 0.1

type Window = { since: number; tries: number; isTold: boolean }

export class Guesses {
  readonly #clock: Clock
  readonly #userOf: (name: string) => UserId | undefined
  readonly #tell: (guessed: Guessed) => void
  readonly #names = new Map<string, Window[]>()
  readonly #addresses = new Map<string, Window[]>()
  readonly #alarms: Allowance
  #refused = 0
  #told = 0

  constructor(args: {
    clock: Clock
    userOf: (name: string) => UserId | undefined
    /** Must return at once. */
    tell: (guessed: Guessed) => void
  }) {
    this.#clock = args.clock
    this.#userOf = args.userOf
    this.#tell = args.tell
    this.#alarms = new Allowance({ burst: alarmsBurst, perSecond: alarmsPerSecond, now: args.clock.monotonic() })
  }

  /** A try that was refused, also while the name is locked or the address not listened to. */
  refused(name: string, address: string): void {
    this.#refused++
    const now = this.#clock.monotonic() // a clock that is set makes no window longer or shorter
    for (const { window, windowMs } of reached(this.#names, name.trim().toLowerCase().slice(0, 64), ofAccount, now)) {
      const user = this.#userOf(name.trim())
      if (user !== undefined) this.#alarm(window, { user, address, withinMs: windowMs })
      else window.isTold = true // of a name that nobody has its address is told, when it tries on; and it is not looked up longer than another
    }
    for (const { window, windowMs } of reached(this.#addresses, sourceOf(address), ofAddress, now))
      this.#alarm(window, { user: null, address, withinMs: windowMs })
  }

  /** Since the start: tries refused, and alarms told. */
  get figures(): { refused: number; told: number } {
    return { refused: this.#refused, told: this.#told }
  }

  /** One for which there is no room waits for the next try: whoever floods the alarms hides nobody behind them. */
  #alarm(window: Window, guessed: Omit<Guessed, 'tries'>): void {
    if (!this.#alarms.take(this.#clock.monotonic())) return
    window.isTold = true
    this.#told++
    this.#tell({ ...guessed, tries: window.tries })
  }
}

type Bound = { max: number; windowMs: number }

/** Counts one more, and answers the bounds that are reached and not told of in their window. */
function reached(
  counts: Map<string, Window[]>,
  key: string,
  bounds: Bound[],
  now: number,
): (Bound & { window: Window })[] {
  let windows = counts.get(key)
  if (windows === undefined) {
    windows = bounds.map(() => ({ since: now, tries: 0, isTold: false }))
    counts.set(key, windows)
    if (counts.size > remembered) counts.delete(counts.keys().next().value!)
  }
  return bounds.flatMap((bound, at) => {
    const window = windows[at]!
    if (now - window.since > bound.windowMs) Object.assign(window, { since: now, tries: 0, isTold: false })
    window.tries++
    return window.tries >= bound.max && !window.isTold ? [{ ...bound, window }] : []
  })
}

/**
 * The way out of the house: what is on disk, or is for help and goes ahead of it, is done by the ports and answered to its sender here and nowhere
 * else: in the order in which it came, one decision after the other, a slice at a time.
 */
import type { Effect } from '../centre/effects.ts'
import type { Refusal } from '../centre/entities.ts'
import type { Clock } from '../lib/clock.ts'
import type { Logger } from '../lib/log.ts'
import { act } from './act.ts'
import type { Release } from './batch.ts'
import { Inbox } from './inbox.ts'
import type { Ports, Post } from './ports.ts'
import type { Timers } from './timers.ts'

/** Effects leave for this long; then sockets and pages have their turn. */
const sliceMs = 4
/** A number that was to be dialled longer ago is dialled no more: the hour, or whoever was free for it, may be another. */
const staleDialMs = 10_000
/** A key that was pressed longer ago is sent no more: who pressed it heard nothing and has pressed again, and a PIN would arrive doubled. */
const staleKeyMs = 5_000
const keysLate: Refusal = {
  rule: 'keys_late',
  words: 'The disk was too slow, and these keys were not sent: press them again.',
}
type Keys = Extract<Effect, { type: 'phone.sendDigits' }>

/** `onSlice`: another slice has left, after the one that `add` let go itself. */
export type WayOutOptions = {
  ports: Ports
  post: Post
  clock: Pick<Clock, 'monotonic'>
  timers: Timers
  log: Logger
  onSlice: () => void
}

export class WayOut {
  readonly #options: WayOutOptions
  /** On disk, and waiting for its turn to leave the house. */
  readonly #durable = new Inbox<Release>(Number.POSITIVE_INFINITY)
  /** What is being done, and what came up meanwhile. */
  readonly #acts: Effect[][] = []
  #nextAsked = false

  constructor(options: WayOutOptions) {
    this.#options = options
  }

  get isEmpty(): boolean {
    return this.#durable.length === 0
  }

  /** These are on disk now: a slice leaves at once, unless one is due anyway. */
  add(releases: Release[]): void {
    for (const release of releases) this.#durable.push(release)
    if (!this.#nextAsked) this.#letSliceGo()
  }

  /** What goes ahead of the disk overtakes nothing that is on it, which would part what help has joined and be the last word. */
  letAllGo(): void {
    while (this.#letOneGo());
  }

  /** For help, and not on disk: it leaves before all that waits here. */
  goAhead(release: Release): void {
    this.#go(release)
  }

  #letSliceGo(): void {
    const { clock, timers, onSlice } = this.#options
    const until = clock.monotonic() + sliceMs
    while (this.#letOneGo() && clock.monotonic() < until);
    if (this.isEmpty) return
    this.#nextAsked = true
    timers.soon(() => {
      this.#nextAsked = false
      this.#letSliceGo()
      onSlice()
    })
  }

  /** false: nothing is on disk that has not left. */
  #letOneGo(): boolean {
    const release = this.#durable.shift()
    if (release === undefined) return false
    this.#go(release)
    return true
  }

  #go(release: Release): void {
    const unsent = this.#staleKeys(release)
    this.#act(this.#stillMeant(release).filter(effect => !unsent.includes(effect as Keys)))
    for (const { call, digits } of unsent) this.#options.post({ type: 'call.keysLate', call, keys: digits.length })
    release.reply?.resolve(unsent.length > 0 ? { ok: false, refusal: keysLate } : release.outcome)
  }

  #staleKeys({ effects, cameAt, isForHelp }: Release): Keys[] {
    if (isForHelp || this.#options.clock.monotonic() - cameAt < staleKeyMs) return []
    return effects.filter(effect => effect.type === 'phone.sendDigits')
  }

  /** One decision after the other, also where a port answers within one of them and help goes ahead on that. */
  #act(effects: Effect[]): void {
    this.#acts.push(effects)
    if (this.#acts.length > 1) return
    for (let next = this.#acts[0]; next !== undefined; next = this.#acts[0]) {
      act(next, this.#options)
      this.#acts.shift()
    }
  }

  /** A number is not dialled long after it was decided: its leg ends as a withdrawn one does. */
  #stillMeant({ effects, decidedAt, isForHelp }: Release): Effect[] {
    if (isForHelp || this.#options.clock.monotonic() - decidedAt < staleDialMs) return effects
    return effects.filter(effect => {
      if (effect.type !== 'phone.dial') return true
      const end = { by: 'system', sipStatus: null, q850: null, cause: 'cancel' } as const
      this.#options.post({ type: 'leg.ended', leg: effect.leg, ...end })
      return false
    })
  }
}

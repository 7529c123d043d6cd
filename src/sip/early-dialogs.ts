/** The early dialogs of a call of ours: one of each phone that answers provisionally (RFC 3261 §12.1), until one of them picks up. */
import type { Talk } from './talk.ts'

/** `agreed`: our offer or its has its answer. */
export type Early = { talk: Talk; rseq: number | null; agreed: boolean }

/** Phones that a forked call may ring at once and be told apart; the provisional answers of more are not acknowledged. */
const earlyMax = 16

export class EarlyDialogs {
  readonly #all = new Map<string, Early>()
  /** Whose offers are told and wait for our answer, in that order. */
  #asking: Talk[] = []

  /** Null when there are too many. */
  of(tag: string, make: () => Talk): Early | null {
    const known = this.#all.get(tag)
    if (known !== undefined || this.#all.size >= earlyMax) return known ?? null
    const early = { talk: make(), rseq: null, agreed: false }
    this.#all.set(tag, early)
    return early
  }

  /** It picks up, and is early no more. */
  take(tag: string): Early | null {
    const early = this.#all.get(tag) ?? null
    this.#all.delete(tag)
    return early
  }

  /** An offer of this one is told now. */
  asks(talk: Talk): void {
    this.#asking = [...this.#asking.filter(one => one !== talk), talk]
  }

  /** What is answered next is the offer that was told first: several phones may make one at once, and each means its own media. */
  asked(): Talk | null {
    while (this.#asking[0]?.isAsked === false) this.#asking.shift()
    return this.#asking[0] ?? [...this.#all.values()].at(-1)?.talk ?? null
  }

  /** None of them will have the call any more. */
  abandon(now: number): void {
    for (const { talk } of this.#all.values()) talk.abandon(now)
    this.#all.clear()
  }
}

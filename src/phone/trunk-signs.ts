/**
 * Whether anybody is at a trunk's target, by what is answered there. One that answers OPTIONS is down when it does so no more. Some gateways never
 * do, or no longer: of one that has not, and of one that takes calls meanwhile, calls tell. When they too get no response at all it is down, until
 * anything is answered. One whose OPTIONS are refused for want of anybody behind it is down unless calls are taken there.
 */
import type { Trouble } from '../centre/trunks/trunk-trouble.ts'

/** OPTIONS in a row without an answer until a trunk that used to answer is down; with a refusal, any trunk. */
export const missesUntilDown = 2
/** Calls in a row without any response, beside an OPTIONS that was not answered, until a trunk is down on which calls got through before. */
const silentCallsUntilDown = 2

/** `taken`: by somebody who takes calls there; `refused`: for want of anybody, for good; `trying`: the next hop has it, and no more is known. */
export type CallHeard = 'taken' | 'refused' | 'trying'

export class TrunkSigns {
  /** It has answered OPTIONS at this place, in this run or an earlier one, and took no call since while it did not. */
  answersOptions: boolean
  #misses = 0
  /** What OPTIONS was refused with since somebody was there; null: it was not. */
  #refusal: number | null = null
  #silentCalls = 0
  #tookCalls = false

  constructor(answersOptions: boolean) {
    this.answersOptions = answersOptions
  }

  /** OPTIONS was answered with `status`; null: it was not. */
  optionsTold(up: boolean, status: number | null): void {
    if (up) this.#well()
    else this.#misses++
    this.#refusal = up ? null : (status ?? this.#refusal)
    this.answersOptions ||= up
  }

  /** A call got a response; a proxy before nobody says 100 and 503. */
  callHeard(heard: CallHeard): void {
    this.#silentCalls = 0
    if (heard === 'refused') this.#tookCalls = false
    if (heard !== 'taken') return
    if (this.isLost) this.answersOptions = false
    this.#tookCalls = true
    this.#well()
  }

  /** A call got none, not even a 100. */
  callSilent(): void {
    this.#silentCalls++
  }

  /** Another target is in use: what was missed at the last one is not held against it, unless the trunk is down, nobody having been found anywhere. */
  moved(isDown: boolean): void {
    if (!isDown) this.#well()
    this.#tookCalls = false
  }

  get missed(): boolean {
    return this.#misses > 0
  }

  /** So many OPTIONS missed that another target may do better. */
  get isLost(): boolean {
    return this.#misses >= missesUntilDown
  }

  get trouble(): Trouble | null {
    const [misses, calls] = [this.#misses, this.#silentCalls]
    if (misses >= missesUntilDown && this.#refusal !== null && !this.#tookCalls)
      return { why: 'options_refused', words: `OPTIONS answered ${this.#refusal}: nobody takes calls there` }
    if (misses >= missesUntilDown && this.#refusal === null && this.answersOptions)
      return { why: 'options_silent', words: 'OPTIONS are answered no more' }
    if (misses > 0 && calls >= (this.#tookCalls ? silentCallsUntilDown : 1))
      return { why: 'calls_silent', words: 'neither OPTIONS nor calls get any response' }
    return null
  }

  #well(): void {
    this.#misses = 0
    this.#silentCalls = 0
    this.#refusal = null
  }
}

/** What the patch field of a media thread is given by its entry: the wire, the clock, chance, and the way to the main thread. */
import type { Random } from '../lib/random.ts'
import type { MediaReport, MediaRequest, MediaWorkerData } from './control.ts'
import type { SecureLegFactory, SrtpFactory } from './secure-leg.ts'
import type { Wire } from './wire.ts'

export type ExchangePorts = {
  data: MediaWorkerData
  wire: Wire
  /** ms of `processMonotonic`. */
  monotonic(): number
  unixNow(): number
  random: Random
  secureLeg: SecureLegFactory
  srtp: SrtpFactory
  report(message: MediaReport): void
  /** The next request of the main thread, or undefined. */
  nextRequest(): MediaRequest | undefined
}

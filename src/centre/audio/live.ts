/** How calls sound while they last, and how trunks have sounded since the start: what the telephone knows and pages show. */
import type { Histogram } from '../../lib/histogram.ts'
import type { OneWay } from './leg-audio.ts'

/** A call as it sounds now: the worst of its legs, over the last ten seconds. `mos` null: nothing was heard lately. */
export type LiveAudio = {
  mos: number | null
  loss: number
  jitterMs: number
  oneWay: OneWay | null
  /** Address of the far end that is meant. */
  at: string
  /** Packets that no one named sent to it. */
  outsiders: number
}

/** How a trunk's legs sounded since the start. */
export type TrunkAudio = {
  mos: Histogram
  loss: Histogram
  jitterMs: Histogram
  roundTripMs: Histogram
  /** Legs. */
  oneWay: Record<OneWay, number>
  /** Packets that no one named sent, and of second sources. */
  outsiders: number
}

/** What the main thread says to the ladder's thread, and what comes back. */
import type { SipNote } from '../store/telephony/ladder-file.ts'
import type { LadderBounds, LadderFigures } from './ladder-days.ts'
import type { OtherKind } from './sip-note.ts'

export type LadderWorkerData = { folder: string; bounds: LadderBounds }

/** Of message n, `marks` hold where it ends in `bytes`, its instant, and twice its place in `table`, plus 1 when it went out. */
export type LadderBatch = {
  type: 'batch'
  names: { callId: string; leg: string }[]
  bytes: Uint8Array
  marks: Float64Array
  table: { transport: string; local: string; remote: string }[]
}
export const marksEach = 3

export type LadderRequest =
  | LadderBatch
  | { type: 'prune'; now: number }
  | { type: 'legs'; ask: number; legs: string[]; from: number; to: number }
  | { type: 'others'; ask: number; kind: OtherKind; limit: number }
  | { type: 'close' }

export type LadderReport =
  | { type: 'taken'; figures: LadderFigures }
  | { type: 'notes'; ask: number; notes: SipNote[] }
  | { type: 'closed' }

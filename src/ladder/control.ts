/** What the main thread says to the ladder's thread, and what comes back. */
import type { SipNote } from '../store/ladder-file.ts'
import type { LadderBounds, LadderFigures } from './ladder-days.ts'
import type { OtherKind } from './sip-note.ts'

export type LadderWorkerData = { folder: string; bounds: LadderBounds }

/** Message n lies in `bytes` from `ends[n - 1]` to `ends[n]`; `flows[n]` and `outward[n]` say which way it went. */
export type LadderBatch = {
  type: 'batch'
  names: { callId: string; leg: string }[]
  bytes: Uint8Array
  ends: number[]
  at: number[]
  flows: number[]
  outward: boolean[]
  table: { transport: string; local: string; remote: string }[]
}

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

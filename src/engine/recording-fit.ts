/** What a file must be like to be the recording of its call, as the journal knows it: whoever may write on the share could lay another under its name. */
import type { Fit } from '../lib/fit.ts'

/** Signalling and media end apart by so much at most. */
const overMs = 5_000
/** The clock of a share is its own; and a share that hangs takes what was said when it comes round. */
const clockMs = 3_600_000
const writtenWithinMs = 86_400_000

/** No longer than its call, and written while that went on, or when its disk took it. `callEndedAt` null: it goes on, or its end is not known. */
export function fitOf({ openedAt, callEndedAt }: { openedAt: number; callEndedAt: number | null }, now: number): Fit {
  const until = callEndedAt ?? now
  return {
    mostMs: Math.max(0, until - openedAt) + overMs,
    writtenFrom: openedAt - clockMs,
    writtenUntil: Math.min(until + writtenWithinMs, now + clockMs),
  }
}

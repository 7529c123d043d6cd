/**
 * What a file must be like to be the recording of its call, as the journal knows it: whoever may write on the share could lay another under its name.
 * Its header says nothing of the call, and its own time is whatever somebody set (`touch -d`); when it was changed last on its disk no program sets, so
 * what is laid there, or altered, later than a day after the call is a misfit, also where it was copied honestly: a person says so (`misfits.ts`).
 * Not held off: who lays a file there within that day and within its length (nobody could tell it from what a share took late), whoever sets the clock of
 * the machine or of its share, or writes on the disk beneath the files. A file that we ourselves made whole and could not seal is known by `leftAt`
 * while the process lasts; killed in between, later than that day, it is left to a person too.
 */
import { type Fit, isMisfit, longestMs } from '../lib/fit.ts'
import type { CallId, RecordingId } from '../lib/ids.ts'
import type { Store } from '../store/store.ts'

/** Signalling and media end apart by so much at most. */
const overMs = 5_000
/** The clock of a share is its own; and a share that hangs takes what was said when it comes round. */
const clockMs = 3_600_000
const writtenWithinMs = 86_400_000

/**
 * No longer than its call, and written while that went on, or when its disk took it. `callEndedAt` null: it goes on, or its end is not known. Where
 * the clock was set back in between (`wasSetBack`, or the call ended before it was opened) nobody knows how long it was.
 */
export function fitOf(
  { openedAt, callEndedAt }: { openedAt: number; callEndedAt: number | null },
  now: number,
  wasSetBack = false,
): Fit {
  const until = callEndedAt ?? now
  if (wasSetBack || until < openedAt)
    return {
      mostMs: longestMs,
      writtenFrom: Math.min(openedAt, until) - clockMs,
      writtenUntil: Math.max(openedAt, until) + writtenWithinMs,
    }
  return {
    mostMs: Math.min(until - openedAt + overMs, longestMs),
    writtenFrom: openedAt - clockMs,
    writtenUntil: Math.min(until + writtenWithinMs, now + clockMs),
  }
}

type Left = { id: RecordingId; call: CallId; path: string; openedAt: number; callEndedAt: number | null }

/**
 * Makes whole what lies under its name where that fits; `known`: when we ourselves left it so. Rejects as `salvage` does: with Misfit where it does not, though no clock was set back.
 */
export async function salvageFitting<Sealed>(
  left: Left,
  of: { salvage(path: string, fit: Fit): Promise<Sealed>; store: Pick<Store, 'read'>; now: () => number },
  known: Pick<Fit, 'leftAt'> = {},
): Promise<Sealed> {
  const { id: recording, call, path } = left
  try {
    return await of.salvage(path, { ...fitOf(left, of.now()), ...known })
  } catch (error) {
    if (!isMisfit(error) || !(await of.store.read('journal.wasSetBack', { recording, call }))) throw error
  }
  return await of.salvage(path, { ...fitOf(left, of.now(), true), ...known })
}

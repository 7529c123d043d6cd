/**
 * What a file must be like to be the recording of its call, as the journal knows it: whoever may write on the share could lay another under its name.
 * Its header says nothing of the call, and its own time is whatever somebody set (`touch -d`); when it was changed last on its disk no program sets, so
 * what is laid there, or altered, later than a day after the call is a misfit, also where it was copied honestly: a person says so (`misfits.ts`).
 * Not held off: who lays a file there within that day and within its length (nobody could tell it from what a share took late), whoever sets the clock of
 * the machine or of its share, or writes on the disk beneath the files. A file that we ourselves made whole and could not seal is known by `leftAt`
 * while the process lasts; killed in between, later than that day, it is left to a person too.
 */
import { type Fit, fitByClock, isMisfit, longestMs } from '../lib/fit.ts'
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

/** How many ms the clock of the disk of the recordings is ahead of ours, and was at an instant. */
export type DiskClock = { readonly aheadMs: number; aheadAt(at: number): Promise<number> }

/**
 * The same by the clock of the disk as it was when the call ended, where it was set right since: `salvage` goes by how it is now. Null: it was no other.
 * What may have been laid there since, by the clock as it is now, is not taken for what was written by the other.
 */
export async function fitByFormer(
  fit: Fit,
  { openedAt, callEndedAt }: Pick<Left, 'openedAt' | 'callEndedAt'>,
  { clock, now }: { clock: DiskClock; now: number },
): Promise<{ fit: Fit; clockAheadMs: number } | null> {
  const clockAheadMs = await clock.aheadAt(callEndedAt ?? openedAt)
  const sinceMs = clockAheadMs - clock.aheadMs
  if (sinceMs === 0) return null
  const former = fitByClock(fit, sinceMs)
  const writtenFrom = sinceMs > 0 ? Math.max(former.writtenFrom, now + clockMs) : former.writtenFrom
  return { fit: { ...former, writtenFrom }, clockAheadMs }
}

type Left = { id: RecordingId; call: CallId; path: string; openedAt: number; callEndedAt: number | null }

type Of<Sealed> = {
  salvage(path: string, fit: Fit): Promise<Sealed>
  store: Pick<Store, 'read'>
  /** Left out: `salvage` goes by the clock of then. */
  clock?: DiskClock
  now: () => number
}

/**
 * Makes whole what lies under its name where that fits; `known`: when we ourselves left it so. Rejects as `salvage` does: with Misfit where it does not,
 * though no clock was set back, nor that of the disk set right. `clockAheadMs`: it fits by that one as it was then.
 */
export async function salvageFitting<Sealed extends object>(
  left: Left,
  of: Of<Sealed>,
  known: Pick<Fit, 'leftAt'> = {},
): Promise<Sealed & { clockAheadMs?: number }> {
  const { id: recording, call, path } = left
  const tried = (fit: Fit): Promise<Sealed | Error> => of.salvage(path, { ...fit, ...known }).catch(unlessMisfit)
  let fit = fitOf(left, of.now())
  let found = await tried(fit)
  if (!isMisfit(found)) return found
  if (await of.store.read('journal.wasSetBack', { recording, call })) {
    fit = fitOf(left, of.now(), true)
    found = await tried(fit)
    if (!isMisfit(found)) return found
  }
  const former = of.clock === undefined ? null : await fitByFormer(fit, left, { clock: of.clock, now: of.now() })
  if (former === null) throw found
  const then = await tried(former.fit)
  if (isMisfit(then)) throw found // what is told is by the clock as it is
  return { ...then, clockAheadMs: former.clockAheadMs }
}

function unlessMisfit(error: unknown): Error {
  if (isMisfit(error)) return error
  throw error
}

/** What a file must be like to be the one that is looked for: whoever may write in its folder can lay another under its name. */

/**
 * Of sound; and when it was written and changed last, Unix ms. `leftAt`: when it was changed last by ourselves, and not since; left out: we have not
 * touched it since it was recorded.
 */
export type Fit = { mostMs: number; writtenFrom: number; writtenUntil: number; leftAt?: number }

/**
 * `writtenAt` (mtime) is what whoever owns the file says; `changedAt` (ctime) is the word of the system that keeps it, and no program sets it: it is when the file was
 * written, copied there, moved, or given to somebody last.
 */
export type Found = { soundMs: number; writtenAt: number; changedAt: number }

/** What somebody looked at, and accepts as it lay there then, whatever it fits. */
export type Seen = { seen: string }

/** What lies there, `bytes` long; and what of it would be sealed: so many octets, the header among them, in the law of its payload type. */
export type Looked = Found & Seen & { bytes: number; sealedBytes: number; payloadType: number }

/** Of a file that was made whole, or changed in vain: when that changed it last (ctime, Unix ms), and by what it is known as it lies there since. */
export type Left = { leftAt?: number; leftSeen?: string }

/** Of sound in a recording: its header has four bytes for its size, and 16 bytes are a millisecond. */
export const longestMs = Math.floor((2 ** 32 - 64) / 16)

const code = 'MISFIT'
const otherCode = 'OTHER'

/** The file is left as it lies. */
export class Misfit extends Error {
  override name = 'Misfit'
  readonly code = code
}

/** Another file lies there than was looked at, or it was changed since. It is left as it lies. */
export class Other extends Error {
  override name = 'Other'
  readonly code = otherCode
}

/** Also of one that came from another thread, by its code alone. */
export function isMisfit(error: unknown): error is Error {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === code
}

export function isOther(error: unknown): error is Error {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === otherCode
}

export const misfits = ['length', 'written', 'changed'] as const
/** By what it does not fit. */
export type MisfitBy = (typeof misfits)[number]

/** [] where it fits. */
export function misfitsOf({ soundMs, writtenAt, changedAt }: Found, fit: Fit): MisfitBy[] {
  const isWithin = (at: number) => at >= fit.writtenFrom && at <= fit.writtenUntil
  const by: MisfitBy[] = []
  if (soundMs > fit.mostMs) by.push('length')
  if (!isWithin(writtenAt)) by.push('written')
  if (!isWithin(changedAt) && changedAt !== fit.leftAt) by.push('changed')
  return by
}

/** The same by a clock that is so far ahead. */
export function fitByClock(fit: Fit, aheadMs: number): Fit {
  return { ...fit, writtenFrom: fit.writtenFrom + aheadMs, writtenUntil: fit.writtenUntil + aheadMs }
}

/** Throws Misfit. */
export function mustFit(file: string, found: Found, fit: Fit): void {
  const [by] = misfitsOf(found, fit)
  if (by === undefined) return
  if (by === 'length')
    throw new Misfit(
      `${file} holds ${seconds(found.soundMs)} s of sound, of ${seconds(fit.mostMs)} s that there can be`,
    )
  const [what, at] = by === 'written' ? ['written last', found.writtenAt] : ['laid there or changed', found.changedAt]
  throw new Misfit(
    `${file} was ${what} at ${iso(at)}: not between ${iso(fit.writtenFrom)} and ${iso(fit.writtenUntil)}`,
  )
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1)
}

function iso(at: number): string {
  return new Date(Math.trunc(at)).toISOString()
}

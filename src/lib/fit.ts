/** What a file must be like to be the one that is looked for: whoever may write in its folder can lay another under its name. */

/** Of sound; and when it was written last, Unix ms. */
export type Fit = { mostMs: number; writtenFrom: number; writtenUntil: number }

/** Of sound in a recording: its header has four bytes for its size, and 16 bytes are a millisecond. */
export const longestMs = Math.floor((2 ** 32 - 64) / 16)

const code = 'MISFIT'

/** The file is left as it lies. */
export class Misfit extends Error {
  override name = 'Misfit'
  readonly code = code
}

/** Also of one that came from another thread, by its code alone. */
export function isMisfit(error: unknown): error is Error {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === code
}

/** Throws Misfit. */
export function mustFit(file: string, found: { soundMs: number; writtenAt: number }, fit: Fit): void {
  const { soundMs, writtenAt } = found
  const { mostMs, writtenFrom, writtenUntil } = fit
  if (soundMs > mostMs)
    throw new Misfit(`${file} holds ${seconds(soundMs)} s of sound, of ${seconds(mostMs)} s that there can be`)
  if (writtenAt < writtenFrom || writtenAt > writtenUntil)
    throw new Misfit(
      `${file} was written last at ${iso(writtenAt)}: not between ${iso(writtenFrom)} and ${iso(writtenUntil)}`,
    )
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1)
}

function iso(at: number): string {
  return new Date(Math.trunc(at)).toISOString()
}

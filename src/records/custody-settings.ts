/** The settings of what becomes of recordings: `recording.*` in the table of settings, with what holds where nothing is saved. */
import { type RecordingRules, recordingRules } from '../centre/recording-rules.ts'

export type CustodyRules = RecordingRules & {
  /** Hours after its end a recording is made into Ogg Opus too; null: never. */
  opusAfterHours: number | null
  /** Days after which a recording that has a smaller form goes; null: never, since it is the evidence. */
  sourceDays: number | null
  /** Days after which recordings of calls that nobody answered go; null: never. */
  unansweredDays: number | null
}

export const hoursMax = 24 * 365
export const daysMax = 3650

export const custodyKeys = {
  opusAfterHours: 'recording.opusAfterHours',
  sourceDays: 'recording.sourceDays',
  unansweredDays: 'recording.unansweredDays',
} as const

/** A value that nobody could have saved counts as none: nothing is removed by a slip of the pen. */
export function custodyOf(settings: Record<string, string>): CustodyRules {
  return {
    ...recordingRules(settings),
    opusAfterHours: wholeOf(settings[custodyKeys.opusAfterHours], 0, hoursMax),
    sourceDays: wholeOf(settings[custodyKeys.sourceDays], 1, daysMax),
    unansweredDays: wholeOf(settings[custodyKeys.unansweredDays], 1, daysMax),
  }
}

export function isWholeOrNone(value: string, from: number, to: number): boolean {
  return value === '' || wholeOf(value, from, to) !== null
}

function wholeOf(value: string | undefined, from: number, to: number): number | null {
  if (value === undefined || !/^\d{1,5}$/.test(value)) return null
  const number = Number(value)
  return number >= from && number <= to ? number : null
}

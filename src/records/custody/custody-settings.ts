/** The settings of what becomes of recordings: `recording.*` in the table of settings, with what holds where nothing is saved. */
import type { Business } from '../../centre/entities.ts'
import { type RecordingRules, recordingRules } from '../../centre/recording/recording-rules.ts'
import { keepYearsDefault, keepYearsMax } from '../../centre/recording/retention.ts'

export type CustodyRules = RecordingRules & {
  /** Hours after its end a recording is made into Ogg Opus too; null: never. */
  opusAfterHours: number | null
  /** Days after which a recording that has a smaller form goes; null: never, since it is the evidence. */
  sourceDays: number | null
  /** Days after which recordings of calls that nobody answered go; null: never. */
  unansweredDays: number | null
}

/** Whole years for which recordings of answered calls are kept; 0: for good. `other`: calls that are no campaign's. */
export type KeepYears = Record<Business | 'other', number>

export const hoursMax = 24 * 365
export const daysMax = 3650

export const custodyKeys = {
  opusAfterHours: 'recording.opusAfterHours',
  sourceDays: 'recording.sourceDays',
  unansweredDays: 'recording.unansweredDays',
} as const

export const keepYearsKeys: Record<keyof KeepYears, string> = {
  collections: 'recording.keepYears.collections',
  verification: 'recording.keepYears.verification',
  sales: 'recording.keepYears.sales',
  other: 'recording.keepYears.other',
}
export const keepYearsWords = `a whole number of years from 1 to ${keepYearsMax}; 0: kept for good`

/** A value that nobody could have saved keeps for good. */
export function keepYearsOf(settings: Record<string, string>): KeepYears {
  const read = (field: keyof KeepYears) => {
    const value = settings[keepYearsKeys[field]]
    return value === undefined ? keepYearsDefault[field] : (wholeOf(value, 0, keepYearsMax) ?? 0)
  }
  return {
    collections: read('collections'),
    verification: read('verification'),
    sales: read('sales'),
    other: read('other'),
  }
}

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

/**
 * What the centre does when no recording can be made, and which recordings of calls that nobody answered are kept.
 *
 * `whenFull` is `goOn` where nothing is saved: invariant 7 of the trade asks that every answered second be recorded *or its absence alarmed*, and
 * who calls in with a hardship must be heard also when a disk is full, or cannot be written. A lender whose regulator takes an unrecorded call for
 * a breach chooses `refuse`: then nobody is dialled and callers are turned away until it takes recordings again; emergency numbers pass always.
 */
import { fileFaults } from '../../lib/file-fault.ts'
import type { MisfitBy } from '../../lib/fit.ts'
import type { UserId } from '../../lib/ids.ts'

export type RecordingRules = {
  whenFull: 'goOn' | 'refuse'
  /** `heard`: where the network was understood to say something; an unanswered call's ring-back tones are nobody's evidence. */
  unanswered: 'heard' | 'all' | 'none'
}

/**
 * Why there is no audio. `not_ours`: what lies there is no recording; `thread`: the one that records died; `leg`: there was nothing to record any more;
 * `restarted`: the process went before it began; `misfit`: what was found under its name later cannot be of the call; `unsealed`: it was recorded, and its
 * file could not be sealed; `fault`: ours.
 */
export const missingCauses = [
  ...fileFaults,
  'not_ours',
  'thread',
  'leg',
  'restarted',
  'misfit',
  'unsealed',
  'fault',
] as const
export type MissingCause = (typeof missingCauses)[number]

/** Why a recording has no smaller form for good: its file is not what was sealed, is none of ours, is gone, or is not named as a recording. */
export const underivableCauses = ['changed', 'not_ours', 'absent', 'misnamed'] as const
export type UnderivableCause = (typeof underivableCauses)[number]

/**
 * Who took a misfit for the recording of its call, and why; and what did not fit: its length against the longest there can be, and when it was written and
 * changed last (Unix ms) against when that can have been. Its length is what was sealed.
 */
export type AcceptedMisfit = {
  by: UserId
  reason: string
  misfits: MisfitBy[]
  mostMs: number
  writtenAt: number
  changedAt: number
  writtenFrom: number
  writtenUntil: number
}

/** Of the recordings: `slow` is more than two seconds behind, `unwritable` refuses what is written: read-only, an error, gone. */
export type RecorderDisk = 'well' | 'slow' | 'full' | 'unwritable'

/** Nothing can be recorded on it now. */
export function takesNothing(disk: RecorderDisk): boolean {
  return disk === 'full' || disk === 'unwritable'
}

export const whenFullChoices = ['goOn', 'refuse'] as const
export const unansweredChoices = ['heard', 'all', 'none'] as const

export const recordingRuleKeys = { whenFull: 'recording.whenFull', unanswered: 'recording.unanswered' } as const

/** By the settings that were saved; what is not there, or is none of the choices, is the default. */
export function recordingRules(settings: Readonly<Record<string, string>>): RecordingRules {
  return {
    whenFull: whenFullChoices.find(one => one === settings[recordingRuleKeys.whenFull]) ?? 'goOn',
    unanswered: unansweredChoices.find(one => one === settings[recordingRuleKeys.unanswered]) ?? 'heard',
  }
}

/** With one setting saved anew; the same when it is none of these. */
export function changedRules(rules: RecordingRules, { key, value }: { key: string; value: string }): RecordingRules {
  const saved = Object.entries(recordingRuleKeys).map(([rule, name]) => [name, rules[rule as keyof RecordingRules]])
  return recordingRules({ ...Object.fromEntries(saved), [key]: value })
}

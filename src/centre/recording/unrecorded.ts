/**
 * Calls that go on although their recording failed: when each is recorded again, as a new part of it. What a recording failed of soon after it began
 * is likely there still, so the next is not begun sooner than ten seconds after the last was, and each that fails as soon doubles the wait: a disk
 * that stays bad makes no storm. Once the disk is told to be well, nobody waits for more than those ten seconds.
 */
import type { CallId } from '../../lib/ids.ts'
import { pushDue } from '../deadlines.ts'
import type { Note } from '../decision.ts'
import type { Fact } from '../facts.ts'
import type { FloorState } from '../state.ts'

/** `openedAt`: of the recording that failed last; `failures`: how many in a row failed soon; `at`: when the next is begun, null: it has been. */
export type Unrecorded = { openedAt: number; failures: number; at: number | null }

const [againMs, againMsMax] = [10_000, 300_000]

/** Asked before a recording that is missing leaves the state. */
export function followUnrecorded(state: FloorState, change: Fact | Note, at: number): void {
  switch (change.type) {
    case 'recording.missing': {
      const call = state.calls.get(change.call)
      const open = change.recording === null ? undefined : state.recordings.get(change.recording)
      if (call === undefined || open === undefined || call.recording !== change.recording || call.phase === 'ended')
        return
      const { openedAt } = open
      const isSoon = at - openedAt < againMs
      const failures = isSoon ? (state.unrecorded.get(call.id)?.failures ?? 0) + 1 : 0
      const waitMs = Math.min(againMsMax, againMs * 2 ** Math.max(0, failures - 1))
      return waitUntil(state, call.id, { openedAt, failures, at: openedAt + waitMs })
    }
    case 'recording.opened': {
      const one = state.unrecorded.get(change.call)
      if (one !== undefined && change.kind === undefined) one.at = null
      return
    }
    case 'recorder.diskChanged':
      if (change.disk !== 'well') return
      for (const [call, { openedAt, failures, at: next }] of state.unrecorded)
        if (next !== null) waitUntil(state, call, { openedAt, failures, at: Math.min(next, openedAt + againMs) })
      return
    case 'call.ended':
      state.unrecorded.delete(change.call)
      return
    default:
      return
  }
}

/** The clock of the machine was set. */
export function shiftRecordings(state: FloorState, byMs: number): void {
  for (const open of state.recordings.values()) open.openedAt += byMs
  for (const one of state.unrecorded.values()) {
    one.openedAt += byMs
    if (one.at !== null) one.at += byMs
  }
}

function waitUntil(state: FloorState, call: CallId, one: Unrecorded & { at: number }): void {
  state.unrecorded.set(call, one)
  pushDue(state, { at: one.at, of: 'recording', id: call })
}

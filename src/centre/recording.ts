/** The recorder's word: a file is whole and hashed, or audio is missing, which is an alarm. */
import type { Draft } from './draft.ts'
import type { Input } from './inputs.ts'

export function recordingClosed(d: Draft, input: Extract<Input, { type: 'recording.closed' }>): void {
  const open = d.state.recordings.get(input.recording)
  if (open === undefined) return d.refuse('recording_unknown', 'This recording is not open.')
  const { recording, sha256, bytes, durationMs, salvaged, lostMs = 0 } = input
  const lost = lostMs > 0 ? { lostMs: Math.round(lostMs) } : {}
  d.fact({ type: 'recording.sealed', recording, call: open.call, sha256, bytes, durationMs, salvaged, ...lost })
}

export function recordingFailed(d: Draft, input: Extract<Input, { type: 'recording.failed' }>): void {
  const open = d.state.recordings.get(input.recording)
  if (open === undefined) return d.refuse('recording_unknown', 'This recording is not open.')
  const { recording, reason } = input
  d.fact({ type: 'recording.missing', recording, call: open.call, reason: reason.slice(0, 200) })
}

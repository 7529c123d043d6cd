/** The recorder's word: a file is whole and hashed, or audio is missing, which is an alarm. */

import type { LegId } from '../../lib/ids.ts'
import { agentLegOf } from '../agents/settle.ts'
import type { Call } from '../call-state.ts'
import type { Draft } from '../draft.ts'
import type { RecordingKind } from '../facts.ts'
import type { Input } from '../inputs.ts'
import type { FloorState } from '../state.ts'
import { takesNothing } from './recording-rules.ts'

/** Of sound that is lost, told with a recording. */
const placesMax = 100
/** What is said to a colleague beside the call: a recording of it that fails sooner is not begun again, what it failed of is there still. */
const partAfterMs = 10_000

export function recordingClosed(d: Draft, input: Extract<Input, { type: 'recording.closed' }>): void {
  const open = d.state.recordings.get(input.recording)
  if (open === undefined) return d.refuse('recording_unknown', 'This recording is not open.')
  const { recording, sha256, bytes, durationMs, salvaged, lostMs = 0, lost = [] } = input
  const lacks = lostMs > 0 ? lackOf({ lostMs, lost }) : {}
  d.fact({ type: 'recording.sealed', recording, call: open.call, sha256, bytes, durationMs, salvaged, ...lacks })
}

export function recordingLost(d: Draft, input: Extract<Input, { type: 'recording.lost' }>): void {
  const open = d.state.recordings.get(input.recording)
  if (open === undefined) return d.refuse('recording_unknown', 'This recording is not open.')
  d.fact({ type: 'recording.soundLost', recording: input.recording, call: open.call, ...lackOf(input) })
}

function lackOf({ lostMs, lost }: Pick<Extract<Input, { type: 'recording.lost' }>, 'lostMs' | 'lost'>) {
  return { lostMs: Math.max(1, Math.round(lostMs)), lost: lost.slice(0, placesMax) }
}

/** What is still said on the call is recorded again: see unrecorded.ts. What is still said beside it, to a colleague, begins anew here. */
export function recordingFailed(d: Draft, input: Extract<Input, { type: 'recording.failed' }>): void {
  const open = d.state.recordings.get(input.recording)
  if (open === undefined) return d.refuse('recording_unknown', 'This recording is not open.')
  const { recording, cause, reason } = input
  const call = d.state.calls.get(open.call)
  const isPrivate = call?.consult?.recording === recording
  d.fact({ type: 'recording.missing', recording, call: open.call, cause, reason: reason.slice(0, 200) })
  if (!isPrivate || call.phase === 'ended' || d.now - open.openedAt < partAfterMs) return
  const own = call.consult?.own ?? agentLegOf(d, call)
  if (own !== null) openRecording(d, call, own, 'consultation')
}

/** The disk of the recordings changed. When it takes nothing, it is an alarm on a page; what else follows is a rule (recording-rules.ts). */
export function diskChanged(d: Draft, { disk }: Extract<Input, { type: 'recorder.disk' }>): void {
  if (disk === d.state.recorder.disk) return
  d.fact({ type: 'recorder.diskChanged', disk })
  if (disk !== 'full' && disk !== 'unwritable') return
  const [how, until] = disk === 'full' ? ['is full', 'there is room'] : ['cannot be written', 'it can']
  const words =
    d.state.recorder.rules.whenFull === 'goOn'
      ? `The disk of the recordings ${how}: calls go on, and what is said now may be lost. ${disk === 'full' ? 'Make room.' : 'See what is wrong with it.'}`
      : `The disk of the recordings ${how}: nobody is called and no call is taken until ${until}.`
  d.fact({ type: 'safety.alarmed', rule: `disk_${disk}`, user: null, call: null, number: '', words })
}

/** Whether no call may begin, since it could not be recorded and the lender wants none that is not. */
export function isUnrecordable(state: FloorState): boolean {
  return takesNothing(state.recorder.disk) && state.recorder.rules.whenFull === 'refuse'
}

/** A recording of a call begins: of the party's leg, or of the agent's own while a colleague is consulted. */
export function openRecording(d: Draft, call: Call, leg: LegId, kind?: RecordingKind): void {
  const recording = d.id<'recording'>('r')
  const path = `${folderOf(d.now)}/${recording}.wav`
  d.fact({ type: 'recording.opened', recording, call: call.id, path, ...(kind === undefined ? {} : { kind }) })
  if (kind === undefined) d.beginRecording(call.id, recording)
  d.effect({ type: 'media.record', recording, call: call.id, leg, path })
}

/** The folder of recordings is the day, in UTC: worked out once a day. */
let lastFolder = { day: Number.NaN, name: '' }
function folderOf(now: number): string {
  const day = Math.floor(now / 86_400_000)
  if (day !== lastFolder.day) lastFolder = { day, name: new Date(now).toISOString().slice(0, 10).replaceAll('-', '/') }
  return lastFolder.name
}

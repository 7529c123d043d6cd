/** What people said last of a file that lies under the name of a recording and cannot be of its call. */
import type { Actor } from '../centre/facts.ts'
import type { RecordingId } from '../lib/ids.ts'
import type { JournalLine } from '../store/journal/chain.ts'

/** What was decided on a misfit last, or that there is nothing left to decide since it was sealed. `as`: by whom nobody accepted it, since it fits after all. */
export type Decided = { seq: number; at: number; actor: Actor; as: 'accepted' | 'left' | 'sealed'; reason: string }

/** Null: nobody has decided yet. */
export function decidedIn(lines: readonly JournalLine[], id: RecordingId): Decided | null {
  const line = lines.findLast(({ type, body }) => decides.has(type) && toldOf(body).recording === id)
  if (line === undefined) return null
  const { seq, at, type, body } = line
  const { reason, accepted } = toldOf(body)
  const as = type === 'recording.misfitLeft' ? 'left' : accepted ? 'accepted' : 'sealed'
  return { seq, at, actor: line.actor as Actor, as, reason: accepted?.reason ?? reason ?? '' }
}

const decides: ReadonlySet<string> = new Set(['recording.misfitLeft', 'recording.sealed'])

function toldOf(body: string) {
  return JSON.parse(body) as { recording?: string; reason?: string; accepted?: { reason: string } }
}

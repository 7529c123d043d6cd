/**
 * Whether a call is told as lacking audio, by its parts: asked anew when the call ends and at each seal. Only recording.missing says that it
 * lacks some; this takes it back once all of it is there.
 */
import type { CallId } from '../../lib/ids.ts'
import { type Connection, sql } from '../db.ts'

/** A part that ends so long before the next one, or before its call, is not cut off: media go before the last word of the signalling. */
const wholeWithinMs = 5_000

type Part = {
  openedAt: number
  durationMs: number
  kind: string
  isSealed: 0 | 1
  wasMissing: 0 | 1
  missingReason: string | null
  missingCause: string | null
}

/** Why, in the system's words and by the name that pages have words for. */
type Lack = { reason: string; cause: string | null }

export function tellLackingAudio(db: Connection, id: CallId): void {
  const call = sql(
    db,
    'SELECT ended_at AS endedAt, recording_missing AS reason, recording_missing_cause AS cause FROM calls WHERE id = ?',
  ).get(id) as { endedAt: number | null; reason: string | null; cause: string | null } | undefined
  if (call === undefined || call.reason === null) return
  const parts = sql(
    db,
    `SELECT opened_at AS openedAt, coalesce(duration_ms, 0) AS durationMs, kind, sealed_at IS NOT NULL AS isSealed,
       was_missing AS wasMissing, missing_reason AS missingReason, missing_cause AS missingCause
     FROM recordings WHERE call = ? ORDER BY opened_at, id`,
  ).all(id) as Part[]
  const now = { reason: call.reason, cause: call.cause }
  const lack = lacks(parts, call.endedAt) ? (lackOf(parts) ?? now) : null
  if (lack?.reason === call.reason && lack.cause === call.cause) return
  sql(db, 'UPDATE calls SET recording_missing = ?, recording_missing_cause = ? WHERE id = ?').run(
    ...[lack?.reason ?? null, lack?.cause ?? null, id],
  )
}

/** What is not sealed yet may still turn out to be too short: the call lacks what it lacked until then. */
function lacks(parts: readonly Part[], endedAt: number | null): boolean {
  if (endedAt === null || parts.length === 0 || parts.some(({ isSealed }) => isSealed === 0)) return true
  const own = parts.filter(({ kind }) => kind === 'call')
  if (!own.some(({ wasMissing }) => wasMissing === 1)) return false // what was missing was another talk
  let reachedAt = own[0]!.openedAt
  for (const { openedAt, durationMs } of own) {
    if (openedAt - reachedAt > wholeWithinMs) return true
    reachedAt = Math.max(reachedAt, openedAt + durationMs)
  }
  return endedAt - reachedAt > wholeWithinMs
}

function lackOf(parts: readonly Part[]): Lack | null {
  const last = parts.findLast(({ missingReason }) => missingReason !== null)
  return last === undefined ? null : { reason: last.missingReason!, cause: last.missingCause }
}

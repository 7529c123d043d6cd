/** What lies under the name of a recording and cannot be of its call, as the page of the call shows it to whoever decides. */

import { type Filled, nothingFilled } from '../../../web/parts/form.ts'
import type { MisfitProps, Undecidable } from '../../../web/parts/misfit.ts'
import type { User } from '../../centre/entities.ts'
import { decidedIn } from '../../engine/misfit-decided.ts'
import type { RecordingId } from '../../lib/ids.ts'
import type { RecordingRow } from '../../store/calls/recordings.ts'
import type { JournalLine } from '../../store/journal/chain.ts'
import { actorName } from '../admin/journal.ts'
import { issueOpening } from '../audio-file.ts'
import type { Deps } from '../deps.ts'

/** What was typed about one of the recordings, and refused. */
export type MisfitFilled = { recording: RecordingId; filled: Filled }

/** Null: there is nothing to decide, or this person decides nothing; what lies there cannot be looked at now (`unseen`), or is accepted and being sealed. `lines`: the journal's of the call. */
export async function misfitProps(
  deps: Deps,
  viewer: User,
  recording: RecordingRow,
  { lines, typed }: { lines: readonly JournalLine[]; typed: MisfitFilled | null },
): Promise<MisfitProps | Undecidable | null> {
  const { id, sealedAt, missingCause } = recording
  if (viewer.role !== 'auditor' || sealedAt !== null || missingCause !== 'misfit') return null
  const found = (await deps.misfits?.look(id)) ?? null
  if (found === null || typeof found === 'string') return found
  const action = `/auditor/recordings/${id}/misfit`
  const left = decidedIn(lines, id)
  return {
    ...found,
    action,
    src: `${action}/audio?seen=${found.seen}&opening=${issueOpening(viewer.id, id)}`,
    left: left && { who: actorName(deps, left.actor), at: left.at, reason: left.reason },
    after: left?.seq ?? 0,
    filled: typed?.recording === id ? typed.filled : nothingFilled,
  }
}

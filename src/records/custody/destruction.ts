/** What can be said of a recording that is no more: from the journal and what its line there proves. */
import type { DestroyedBy } from '../../centre/records/record-facts.ts'
import type { CallId, RecordingId } from '../../lib/ids.ts'
import type { Store } from '../../store/store.ts'
import { NotFound } from '../errors.ts'

export type Destruction = {
  recording: RecordingId
  call: CallId
  openedAt: number
  sealedAt: number | null
  durationMs: number | null
  bytes: number | null
  sha256: string | null
  derivedSha256: string | null
  listens: number
  destroyedAt: number
  by: DestroyedBy | null
  erasedAt: number | null
  /** The line that tells it, and the hash of the chain there. */
  journal: { seq: number; hash: string }
}

/** Throws NotFound: no such recording, or it is not destroyed. */
export async function destructionOf(store: Pick<Store, 'read'>, recording: RecordingId): Promise<Destruction> {
  const [row, line] = await Promise.all([
    store.read('recordings.byId', { id: recording }),
    store.read('journal.destructionOf', { recording }),
  ])
  if (row === null || row.destroyedAt === null || line === null)
    throw new NotFound('certificate of destruction of recording', recording)
  const { call, openedAt, sealedAt, durationMs, bytes, sha256, derivedSha256, listens, destroyedAt, erasedAt } = row
  return {
    ...{ recording, call, openedAt, sealedAt, durationMs, bytes, sha256, derivedSha256, listens },
    ...{ destroyedAt, by: row.destroyedBy, erasedAt, journal: line },
  }
}

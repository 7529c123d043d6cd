import type { JournalCheckProps } from '../../../web/pages/auditor/journal-check.ts'
import type { Store } from '../../store/store.ts'

/** Walks the whole journal on a reader's thread, slice by slice, so that other readings come between. */
export async function checkChain(
  store: Pick<Store, 'read'>,
  head: { seq: number; hash: string },
): Promise<NonNullable<JournalCheckProps['result']>> {
  let at = { seq: 0, hash: '0'.repeat(64) }
  while (at.seq < head.seq) {
    const slice = await store.read('journal.walk', { after: at, to: head.seq })
    if (slice.fault !== null) return { whole: false, seq: slice.fault.seq }
    if (slice.seq === at.seq) return { whole: false, seq: at.seq + 1 } // lines are missing at the end
    at = { seq: slice.seq, hash: slice.hash }
  }
  return at.hash === head.hash ? { whole: true, lines: head.seq } : { whole: false, seq: head.seq }
}

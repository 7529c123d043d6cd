/** The demo's sums, counted in the database and on disk and not from what we think happened. */
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Store } from '../src/store/store.ts'

export type DemoSummary = {
  calls: number
  connected: number
  abandoned: number
  recordings: number
  utilisation: number
}

/** The header of a recording: a file that is no longer than that holds no sound. */
const headerBytes = 58

export async function summarise(store: Store, recordingsDir: string, utilisation: number): Promise<DemoSummary> {
  const calls = await all(cursor => store.read('calls.page', { limit: 200, cursor }))
  const recordings = await all(cursor => store.read('recordings.page', { limit: 200, cursor, sealedOnly: true }))
  const whole = recordings.filter(({ path }) => {
    const file = join(recordingsDir, path)
    return existsSync(file) && statSync(file).size > headerBytes
  })
  return {
    calls: calls.length,
    connected: calls.filter(call => call.connectedAt !== null).length,
    abandoned: calls.filter(call => call.ending?.cause === 'abandoned').length,
    recordings: whole.length,
    utilisation,
  }
}

async function all<Item>(
  read: (cursor: string | null) => Promise<{ items: Item[]; next: string | null }>,
): Promise<Item[]> {
  const items: Item[] = []
  for (let cursor: string | null = null; ; ) {
    const page = await read(cursor)
    items.push(...page.items)
    cursor = page.next
    if (cursor === null) return items
  }
}

/** A store with its records door and imports, for tests; no floor runs beside it. */
import path from 'node:path'
import { VirtualClock } from '../../../lib/clock.ts'
import type { CampaignId } from '../../../lib/ids.ts'
import { workerFile } from '../../../lib/places.ts'
import type { Store } from '../../../store/store.ts'
import { openStore, testFolder } from '../../../store/testing/people.ts'
import { createCampaign } from '../../campaigns/campaigns.ts'
import type { RecordsDoor } from '../../door.ts'
import { createUser } from '../../people/users.ts'
import { guessColumns } from '../../sheets/columns.ts'
import { createTrunk } from '../../telephony/trunks.ts'
import type { ImportView } from '../import-view.ts'
import { Imports } from '../imports.ts'

/** A Tuesday noon in Shanghai. */
export const noon = Date.parse('2026-11-24T12:00:00+08:00')

export type ImportHouse = AsyncDisposable & {
  door: RecordsDoor
  store: Store
  imports: Imports
  folder: string
  campaign: CampaignId
  /** Receives, guesses the columns, runs, and waits for the end. */
  run(
    kind: string,
    content: string | Buffer,
    more?: { columns?: string[]; unit?: string; saveAs?: string },
  ): Promise<ImportView>
  errors(view: ImportView): Promise<{ row: number; field: string; reason: string; cells: string[] }[]>
  facts(): Promise<number>
}

/** Those of a data folder, whoever opened its store. */
export function importsIn(folder: string, door: RecordsDoor): Imports {
  return new Imports({
    ...{ door, folder: path.join(folder, 'imports'), worker: workerFile('records/import/import-worker') },
    log: { error: () => {} },
  })
}

export async function openImportHouse(): Promise<ImportHouse> {
  const folder = testFolder()
  const store = await openStore(folder)
  const door: RecordsDoor = { store, clock: new VirtualClock(noon), tell: () => {}, passwordCost: 10 }
  const imports = importsIn(folder.path, door)
  const alice = await createUser(door, 'system', { name: 'alice', role: 'agent', password: 'correct horse battery' })
  const trunk = await createTrunk(door, 'system', { name: 'c', host: '127.0.0.1', callerIds: ['+861012345678'] })
  const campaign = await createCampaign(door, 'system', {
    ...{ name: 'due', business: 'collections', mode: 'manual', trunks: [trunk.id], agents: [alice.id], policy: 'UK' },
  })
  return {
    ...{ door, store, imports, folder: folder.path, campaign: campaign.id },
    async run(kind, content, more = {}) {
      const bytes = [typeof content === 'string' ? Buffer.from(content) : content]
      const received = await imports.receive(
        'system',
        { kind, campaign: campaign.id, name: 'file.csv' },
        streamOf(bytes),
      )
      const { headings, guess } = await imports.inspection(received.id)
      const columns = more.columns ?? guess ?? guessColumns(received.kind, headings, {})
      await imports.start('system', received.id, { ...more, columns })
      await imports.idle()
      return imports.view(received.id)
    },
    async errors(view) {
      const rows = []
      for await (const row of await imports.rejected(view.id)) rows.push(row)
      return rows
    },
    async facts() {
      return (await store.commit({ recorded: [] })).lastSeq
    },
    async [Symbol.asyncDispose]() {
      await imports[Symbol.asyncDispose]()
      await store[Symbol.asyncDispose]()
      folder[Symbol.dispose]()
    },
  }
}

export async function* streamOf(parts: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* parts
}

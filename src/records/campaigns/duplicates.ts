/** The same person in two lists: found by number, or by reference in another campaign, and told, marked or taken all the same. */
import type { Lead } from '../../centre/entities.ts'
import type { CampaignId, LeadId } from '../../lib/ids.ts'
import type { RecordsDoor } from '../door.ts'
import type { ImportOptions } from './lead-schemas.ts'

export type Row = { row: number; lead: Lead }

/** For one import: remembers the numbers of the file itself, of the leads that were taken. */
export class Duplicates {
  readonly #door: RecordsDoor
  readonly #options: ImportOptions
  readonly #seen = new Map<string, LeadId>()
  #campaigns: CampaignId[] | null = null

  constructor(door: RecordsDoor, options: ImportOptions) {
    this.#door = door
    this.#options = options
  }

  /** At most 500 rows. Answers those that are taken, some marked; the others go to `reject`. */
  async sort(
    campaign: CampaignId,
    rows: Row[],
    reject: (row: number, field: string, reason: string) => void,
  ): Promise<Row[]> {
    const { duplicates } = this.#options
    if (duplicates === 'keep') return rows
    this.#campaigns ??= await this.#campaignsOf(campaign)
    const asked = rows.map(({ lead }) => ({ ref: lead.ref, numbers: lead.phones.map(phone => phone.number) }))
    const known = await this.#door.store.read('leads.known', { campaigns: this.#campaigns, rows: asked })
    const taken: Row[] = []
    for (const [at, { row, lead }] of rows.entries()) {
      const inFile = lead.phones.map(phone => this.#seen.get(phone.number)).find(id => id !== undefined)
      const found = known[at] ?? (inFile === undefined ? null : { lead: inFile, by: 'number' as const })
      if (found !== null && duplicates === 'reject') {
        const field = found.by === 'ref' ? 'ref' : 'phones'
        reject(row, field, `the same ${found.by === 'ref' ? 'reference' : 'number'} stands in another list already`)
        continue
      }
      for (const phone of lead.phones) this.#seen.set(phone.number, lead.id)
      taken.push({ row, lead: found === null ? lead : { ...lead, duplicateOf: found.lead } })
    }
    return taken
  }

  async #campaignsOf(campaign: CampaignId): Promise<CampaignId[]> {
    if (this.#options.duplicatesIn === 'campaign') return [campaign]
    const all = await this.#door.store.read('campaigns.list', {})
    return [...new Set([campaign, ...all.filter(each => each.state === 'running').map(each => each.id)])]
  }
}

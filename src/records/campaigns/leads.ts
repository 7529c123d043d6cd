/**
 * Leads by the hundred thousand. Each row is judged for itself; the good ones are added in slices of 500, so that the floor and the disk
 * are never held up, and the same file sent twice changes nothing (a ref that the campaign has already is refused as a duplicate).
 */
import { setImmediate as breathe } from 'node:timers/promises'
import type { Lead } from '../../centre/entities.ts'
import type { Actor } from '../../centre/facts.ts'
import { type CampaignId, type ImportId, type LeadId, leadId } from '../../lib/ids.ts'
import { keep, keepPatiently, newId, type RecordsDoor } from '../door.ts'
import { InvalidInput, NotNow } from '../errors.ts'
import { problemsOf } from '../parse.ts'
import { leadInput } from '../schemas.ts'
import { campaignById } from './campaigns.ts'
import { Duplicates } from './duplicates.ts'
import { type LeadRow, leadRows } from './lead-file.ts'
import { type ImportOptions, importOptions } from './lead-schemas.ts'

export type RowProblem = { row: number; field: string; reason: string }
/** `row` counts the data rows from 1. `rejected` lists at most 1,000; `rejectedCount` counts them all. */
export type LeadReport = {
  accepted: number
  rejected: RowProblem[]
  rejectedCount: number
  /** The list that this import is. */
  list: ImportId
  /** Of those accepted: the same person as a lead that was there. */
  marked: number
}

const sliceRows = 500
const rejectedShown = 1000
/** Calls are signalled on this same thread: after so many rows (about 2 ms) they have their turn. */
const breatheRows = 20
export const rowsMax = 1_000_000
/** Each is a walk of its own when due leads are fetched. */
const segmentsMax = 200

export type LeadSource =
  | { kind: 'json'; rows: unknown }
  /** UTF-8 with or without BOM, or GB18030; `bytes` are read as they come. */
  | { kind: 'csv'; bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array> }

/** Throws NotFound, NotNow (closed campaign), InvalidInput when the file as a whole is not one; rows never throw. */
export async function importLeads(
  door: RecordsDoor,
  actor: Actor,
  given: {
    campaign: CampaignId
    source: LeadSource
    name: string
    options?: Partial<ImportOptions>
    onProgress?: (rows: number) => void
  },
): Promise<LeadReport> {
  const campaign = await campaignById(door, given.campaign)
  if (campaign.state === 'closed') throw new NotNow('campaign-closed', 'leads cannot be added to a closed campaign')
  const importId = newId<'import'>('i')
  const options = importOptions.parse(given.options ?? {})
  const duplicates = new Duplicates(door, options)
  const segments = new Set<string>()
  const report: LeadReport = { accepted: 0, rejected: [], rejectedCount: 0, list: importId, marked: 0 }
  const seen = new Map<string, number>()
  let slice: { row: number; lead: Lead }[] = []
  let rows = 0

  const reject = (row: number, field: string, reason: string) => {
    report.rejectedCount++
    if (report.rejected.length < rejectedShown) report.rejected.push({ row, field, reason })
  }
  const newList = () => ({
    id: importId,
    campaign: campaign.id,
    name: (options.list ?? given.name).slice(0, 200),
    priority: options.priority,
    weight: options.weight,
    paused: false,
  })
  const flush = async () => {
    const ready = slice
    slice = []
    if (ready.length === 0) return
    const refs = ready.map(({ lead }) => lead.ref)
    const taken = new Set(await door.store.read('leads.taken', { campaign: campaign.id, refs }))
    const fresh = ready.filter(({ row, lead }) => {
      if (taken.has(lead.ref)) reject(row, 'ref', `the campaign has a lead ${lead.ref} already`)
      return !taken.has(lead.ref)
    })
    const leads = await duplicates.sort(campaign.id, fresh, reject)
    if (leads.length > 0 && report.accepted === 0) await keep(door, actor, [{ type: 'list.saved', list: newList() }])
    if (leads.length > 0)
      await keepPatiently(door, actor, [
        { type: 'leads.added', campaign: campaign.id, import: importId, leads: leads.map(({ lead }) => lead) },
      ])
    report.accepted += leads.length
    report.marked += leads.filter(({ lead }) => lead.duplicateOf !== undefined).length
    given.onProgress?.(rows)
  }

  for await (const { row, value, problem } of rowsOf(given.source)) {
    if (rows % breatheRows === 0) await breathe()
    if (++rows > rowsMax) throw new InvalidInput([{ field: '', found: 'more rows', allowed: `at most ${rowsMax}` }])
    const lead =
      problem === null ? leadOf(value, campaign.id, leadId(importId, row), options) : { field: '', reason: problem }
    if ('reason' in lead) reject(row, lead.field, lead.reason)
    else if (seen.has(lead.ref)) reject(row, 'ref', `${lead.ref} stands in row ${seen.get(lead.ref)} already`)
    else if (isOneTooMany(segments, lead.segment ?? ''))
      reject(row, 'segment', `found one more segment; allowed: at most ${segmentsMax} in a list`)
    else {
      seen.set(lead.ref, row)
      slice.push({ row, lead })
      if (slice.length >= sliceRows) await flush()
    }
  }
  await flush()
  const { accepted, rejectedCount } = report
  await keep(door, actor, [
    {
      type: 'leads.imported',
      campaign: campaign.id,
      import: importId,
      source: given.name.slice(0, 200),
      accepted,
      rejected: rejectedCount,
    },
  ])
  report.rejected.sort((a, b) => a.row - b.row)
  return report
}

function rowsOf(source: LeadSource): AsyncIterable<LeadRow> | Iterable<LeadRow> {
  if (source.kind === 'csv') return leadRows(source.bytes)
  if (!Array.isArray(source.rows))
    throw new InvalidInput([{ field: '', found: typeof source.rows, allowed: 'an array of leads, or text/csv' }])
  return source.rows.map((value: unknown, at) => ({ row: at + 1, value, problem: null }))
}

/** Its id is the import's, which nobody can guess, and the row's. */
function leadOf(
  value: unknown,
  campaign: CampaignId,
  id: LeadId,
  options: ImportOptions,
): Lead | { field: string; reason: string } {
  const tooMuch = tooMuchIn(value)
  if (tooMuch !== null) return tooMuch
  const parsed = leadInput.safeParse(value, { reportInput: true })
  if (!parsed.success) {
    const [first] = problemsOf(parsed.error, value)
    return { field: first?.field ?? '', reason: `found ${first?.found}; allowed: ${first?.allowed}` }
  }
  const { phones, ...rest } = parsed.data
  const unique = phones.filter((phone, at) => phones.findIndex(other => other.number === phone.number) === at)
  const lead: Lead = { id, campaign, ...rest, phones: unique }
  const { segmentField, priorityField } = options
  if (segmentField !== undefined && lead.segment === undefined) lead.segment = textIn(lead, segmentField)
  const text = priorityField === undefined ? '' : textIn(lead, priorityField)
  if (text === '' || lead.priority !== undefined) return lead
  if (!/^[0-9]$/.test(text))
    return {
      field: `fields.${priorityField}`,
      reason: `found ${JSON.stringify(text)}; allowed: a whole number from 0 to 9`,
    }
  return { ...lead, priority: Number(text) }
}

/** Told before it is checked field by field, which takes seconds for hundreds of thousands. */
function tooMuchIn(value: unknown): { field: string; reason: string } | null {
  if (typeof value !== 'object' || value === null) return null
  const { fields, phones } = value as { fields?: unknown; phones?: unknown }
  const most = { fields: 100, phones: 20, '': 50 }
  for (const [field, of] of [
    ['fields', fields],
    ['phones', phones],
    ['', value],
  ] as const) {
    const count = typeof of === 'object' && of !== null ? Object.keys(of).length : 0
    if (count > most[field]) return { field, reason: `found ${count} entries; allowed: at most ${most[field]}` }
  }
  return null
}

function textIn(lead: Lead, field: string): string {
  return Object.hasOwn(lead.fields, field) ? lead.fields[field]!.trim().slice(0, 64) : ''
}

function isOneTooMany(segments: Set<string>, segment: string): boolean {
  if (!segments.has(segment) && segments.size >= segmentsMax) return true
  segments.add(segment)
  return false
}

/** Branded ids: a CallId is never passed where a LegId belongs. All are short ASCII strings, safe in a URL and a file name. */
declare const brand: unique symbol
export type Id<Noun extends string> = string & { readonly [brand]: Noun }

export type UserId = Id<'user'>
export type CallId = Id<'call'>
export type LegId = Id<'leg'>
export type RecordingId = Id<'recording'>
export type TrunkId = Id<'trunk'>
export type TrunkGroupId = Id<'trunkGroup'>
export type TeamId = Id<'team'>
export type AgencyId = Id<'agency'>
export type FilterId = Id<'filter'>
export type NumberId = Id<'number'>
export type QueueId = Id<'queue'>
export type MenuId = Id<'menu'>
export type CampaignId = Id<'campaign'>
export type LeadId = Id<'lead'>
export type CallbackId = Id<'callback'>
export type TokenId = Id<'token'>
/** Of a screen on the wall. */
export type WallId = Id<'wall'>
export type ApprovalId = Id<'approval'>
export type ExportId = Id<'export'>
export type ImportId = Id<'import'>
export type LegalHoldId = Id<'legalHold'>
/** Of the file itself; an `ImportId` is of the list that leads become. */
export type FileImportId = Id<'fileImport'>
/** Of a table of records; an `ExportId` is of evidence. */
export type TableExportId = Id<'tableExport'>

/** The shape every id has on the wire: `/^[A-Za-z0-9_-]{1,64}$/`. */
export const idPattern = /^[A-Za-z0-9_-]{1,64}$/

export function isId(text: unknown): text is string {
  return typeof text === 'string' && idPattern.test(text)
}

/**
 * Ids made inside a decision: deterministic, and unique across restarts because the epoch is (it is the boot's instant).
 * Example: `c_mfz3k1-2s`.
 */
export type IdSeries = { readonly epoch: string; next: number }

export function idSeries(bootAt: number): IdSeries {
  return { epoch: bootAt.toString(36), next: 1 }
}

export function nextId<Noun extends string>(series: IdSeries, prefix: string): Id<Noun> {
  return `${prefix}_${series.epoch}-${(series.next++).toString(36)}` as Id<Noun>
}

/** Of the `row` of a list, whose id nobody can guess. Of one length, so that leads stand in the order of their file, and each comes after all before it. */
export function leadId(list: ImportId, row: number): LeadId {
  return `l_${list.slice(2)}-${row.toString(36).padStart(5, '0')}` as LeadId
}

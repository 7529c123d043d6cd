/** A table of the records as a file, made as a job: what stands in it, for whose eyes, and what came of it. */
import type { TableExportId } from '../../lib/ids.ts'
import type { ImportEnd, ImportKind } from './file-import.ts'

/** What is written out can be read in again; applications come from the lender's own system, which has them. */
export const exportKinds = ['parties', 'loans', 'leads', 'repayments', 'suppressions'] as const satisfies ImportKind[]
export type ExportKind = (typeof exportKinds)[number]

export const exportForms = ['csv', 'xlsx'] as const
export type ExportForm = (typeof exportForms)[number]

/** What rows are chosen by, by kind. `from` and `to` are days of the centre, both of them within. */
export const exportFilters = {
  parties: ['flag', 'from', 'to'],
  loans: ['product', 'status', 'overdue', 'from', 'to'],
  leads: ['campaign', 'list', 'state'],
  repayments: ['party', 'from', 'to'],
  suppressions: ['from', 'to'],
} as const satisfies Record<ExportKind, readonly string[]>

export type ExportFilterKey = (typeof exportFilters)[ExportKind][number]
export type ExportFilter = Partial<Record<ExportFilterKey, string>>

export type TableExport = {
  id: TableExportId
  kind: ExportKind
  form: ExportForm
  /** Of its headings. */
  language: 'zh-CN' | 'en'
  filter: ExportFilter
  numbers: 'clear' | 'masked'
  /** Whether ID numbers and secret fields stand in it in clear. */
  secrets: boolean
  reason: string
}

/** `waiting`: for another export. */
export type TableExportState = 'waiting' | 'running' | ImportEnd | 'erased'

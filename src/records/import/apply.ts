/** The writing side of an import: a slice of checked rows into the records, by the door of their kind. */
import type { Lead, LeadList } from '../../centre/entities.ts'
import type { Actor } from '../../centre/facts.ts'
import type { ImportKind } from '../../centre/file-import.ts'
import { saveApplications } from '../applications.ts'
import type { RecordsDoor } from '../door.ts'
import type { Duplicates } from '../duplicates.ts'
import { addLeads } from '../lead-rows.ts'
import { saveLoans } from '../loans.ts'
import { saveParties } from '../parties.ts'
import { recordRepayments } from '../repayment-rows.ts'
import type { RowReport } from '../row-report.ts'
import { addSuppressions } from '../suppressions.ts'

export type Applier = (values: unknown[]) => Promise<RowReport>

/** `leads`: needed for leads alone. */
export function applierOf(
  kind: ImportKind,
  {
    door,
    actor,
    columns,
    leads,
  }: {
    door: RecordsDoor
    actor: Actor
    columns: readonly string[]
    leads: { list: LeadList; duplicates: Duplicates } | null
  },
): Applier {
  switch (kind) {
    case 'parties': {
      const told = new Set(columns)
      return values => saveParties(door, actor, values, told)
    }
    case 'applications': {
      const told = new Set(columns)
      return values => saveApplications(door, actor, values, told)
    }
    case 'loans':
      return values => saveLoans(door, actor, values)
    case 'repayments':
      return values => recordRepayments(door, actor, values)
    case 'suppressions':
      return values => addSuppressions(door, actor, values)
    case 'leads':
      // They come from our own thread, which checked them.
      return values => addLeads(door, actor, { ...leads!, leads: values as Lead[] })
    default:
      return kind satisfies never
  }
}

/** The writing side of an import: a slice of checked rows into the records, by the door of their kind. */
import type { Lead, LeadList } from '../../centre/entities.ts'
import type { Actor } from '../../centre/facts.ts'
import type { ImportKind } from '../../centre/records/file-import.ts'
import type { Duplicates } from '../campaigns/duplicates.ts'
import { LeadAdder } from '../campaigns/lead-rows.ts'
import { saveLoans } from '../collections/loans.ts'
import { recordRepayments } from '../collections/repayment-rows.ts'
import type { RecordsDoor } from '../door.ts'
import { addSuppressions } from '../gate/suppressions.ts'
import { saveParties } from '../parties/parties.ts'
import type { RowReport } from '../row-report.ts'
import { saveApplications } from '../verification/applications.ts'

/** `kept`: what was decided is on disk. The next slice may be given before that. */
export type Applier = (values: unknown[]) => Promise<{ report: RowReport; kept: Promise<unknown> }>

/** `leads`: needed for leads alone. */
export function applierOf(kind: ImportKind, given: ApplierGiven): Applier {
  if (kind === 'leads') {
    const adder = new LeadAdder(given.door, given.actor, given.leads!)
    return values => adder.add(values as Lead[]) // They come from our own thread, which checked them.
  }
  const save = saverOf(kind, given)
  return async values => ({ report: await save(values), kept: Promise.resolve() })
}

type ApplierGiven = {
  door: RecordsDoor
  actor: Actor
  columns: readonly string[]
  leads: { list: LeadList; duplicates: Duplicates } | null
}

function saverOf(
  kind: Exclude<ImportKind, 'leads'>,
  { door, actor, columns }: ApplierGiven,
): (values: unknown[]) => Promise<RowReport> {
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
    default:
      return kind satisfies never
  }
}

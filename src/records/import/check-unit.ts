/** What a thread that reads a file can check by itself: a unit against the schema of its kind, so that the records door is given good ones only. */
import type { z } from 'zod'
import type { Lead } from '../../centre/entities.ts'
import type { ImportKind } from '../../centre/records/file-import.ts'
import { type CampaignId, type ImportId, leadId } from '../../lib/ids.ts'
import { problemsOf } from '../parse.ts'
import { loanInput, partyInput, repaymentInput } from '../parties/lender-schemas.ts'
import { leadInput, suppressionInput } from '../schemas.ts'
import type { CellProblem } from '../sheets/row-reader.ts'
import { applicationInput } from '../verification/verification-schemas.ts'

export type Checked = { value: unknown; key: string } | { problem: CellProblem }

const schemas: Record<ImportKind, { schema: z.ZodType; key: string }> = {
  parties: { schema: partyInput, key: 'ref' },
  loans: { schema: loanInput, key: 'ref' },
  leads: { schema: leadInput, key: 'ref' },
  repayments: { schema: repaymentInput, key: 'id' },
  suppressions: { schema: suppressionInput, key: 'number' },
  applications: { schema: applicationInput, key: 'ref' },
}

/** `leads`: where they go. Their ids are the list's, which nobody can guess, and the row's. */
export function checkUnit(
  kind: ImportKind,
  {
    value,
    row,
    leads,
  }: { value: Record<string, unknown>; row: number; leads: { campaign: CampaignId; list: ImportId } | null },
): Checked {
  const { schema, key } = schemas[kind]
  const parsed = schema.safeParse(value, { reportInput: true })
  if (!parsed.success) {
    const [first] = problemsOf(parsed.error, value)
    return { problem: { field: first?.field ?? '', reason: reasonOf(first ?? { field: '', found: '', allowed: '' }) } }
  }
  const checked = parsed.data as Record<string, unknown>
  if (kind !== 'leads' || leads === null) return { value: checked, key: String(checked[key]) }
  const { phones, ...rest } = parsed.data as z.output<typeof leadInput>
  const unique = phones.filter((phone, at) => phones.findIndex(other => other.number === phone.number) === at)
  const id = leadId(leads.list, row)
  const lead: Lead = { id, campaign: leads.campaign, ...rest, phones: unique }
  return { value: lead, key: lead.ref }
}

/** What is sealed in the records is shown by its length alone. */
export function reasonOf({ field, found, allowed }: { field: string; found: string; allowed: string }): string {
  const shown = field === 'idNo' && found !== 'nothing' ? `a text of ${found.length} characters` : found
  return `found ${shown}; allowed: ${allowed}`
}

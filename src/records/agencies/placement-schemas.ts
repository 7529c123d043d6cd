/** What the records door takes of agencies and batches. Unknown fields are refused. */
import { z } from '@hono/zod-openapi'
import { agencyStates, caseQuotaMax, seatsMax } from '../../lender/agency.ts'
import { bucketsMax } from '../../lender/rules.ts'
import { idPattern, type UserId } from '../../lib/ids.ts'
import { date, money } from '../parties/lender-schemas.ts'
import { changeOf } from '../schemas.ts'
import { words } from '../words.ts'

const products = z.array(words(64)).max(50).default([])
const buckets = z.array(words(16)).max(bucketsMax).default([])

export const agencyInput = z
  .strictObject({
    name: words(64),
    state: z.enum(agencyStates).default('active'),
    suspendedFor: words(200).nullable().default(null).openapi({ description: 'Why it is suspended; asked for then' }),
    from: date,
    until: date,
    products: products.openapi({ description: 'That may be placed with it; empty: any' }),
    buckets: buckets.openapi({ description: 'That may be placed with it; empty: any' }),
    commissionPermille: z.int().min(0).max(1_000),
    seats: z.int().min(0).max(seatsMax),
    caseQuota: z.int().min(0).max(caseQuotaMax),
    lines: z.int().min(1).max(5_000).default(30).openapi({ description: 'Calls at once' }),
    lead: z
      .string()
      .regex(idPattern)
      .transform(id => id as UserId)
      .nullable()
      .default(null)
      .openapi({ description: 'Of its people the one who deals cases out among them' }),
  })
  .openapi('AgencyInput')
export const agencyChange = changeOf(agencyInput, 'AgencyChange')

const days = z.int().min(0).max(36_500)
export const placementFilter = z
  .strictObject({
    buckets,
    products,
    owedFrom: money(0).nullable().default(null),
    owedBelow: money(1).nullable().default(null),
    dpdFrom: days.nullable().default(null),
    dpdTo: days.nullable().default(null),
  })
  .openapi('PlacementFilter')

export const placementOrder = z
  .strictObject({
    name: words(64),
    until: date.openapi({ description: 'The last day; on the next the cases come back' }),
    filter: placementFilter,
    campaign: z.string().regex(idPattern).nullable().default(null).openapi({
      description: 'A campaign of the agency into which the cases go as leads; null: they are called by hand',
    }),
    plan: words(64).openapi({ description: 'The fingerprint of the dry run that was looked at' }),
  })
  .openapi('PlacementOrder')

export const recallOrder = z
  .strictObject({
    cases: z.array(words(64)).min(1).max(500).optional().openapi({ description: 'Left out: the whole batch' }),
    reason: words(200),
  })
  .openapi('RecallOrder')

export const batchExportInput = z
  .strictObject({ format: z.enum(['csv', 'xlsx']).default('csv'), reason: words(200) })
  .openapi('BatchExportInput')

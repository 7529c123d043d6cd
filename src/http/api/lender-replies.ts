/** What the API answers of the lender's records. */
import { z } from '@hono/zod-openapi'
import { caseStates, holdReasons } from '../../lender/case.ts'
import { fieldTypes } from '../../lender/fields.ts'
import { loanStatuses } from '../../lender/loan.ts'
import { components } from '../../lender/money.ts'
import { partyFlags, partyTypes, phoneRelations, phoneStatuses } from '../../lender/party.ts'
import { promiseStates } from '../../lender/promise.ts'

const instant = z.int().openapi({ description: 'Unix time, ms' })
const money = z.int().openapi({ description: 'Minor units' })
const orNull = <T extends z.ZodType>(schema: T) => schema.nullable()

export const partyReply = z
  .object({
    ref: z.string(),
    type: z.enum(partyTypes),
    name: z.string(),
    idNo: orNull(z.string()).openapi({ description: 'Masked; see POST /parties/{ref}/disclosures' }),
    zone: orNull(z.string()),
    language: orNull(z.enum(['zh-CN', 'en'])),
    flags: z.array(z.enum(partyFlags)),
    phones: z.array(
      z.object({
        number: z.string(),
        relation: z.enum(phoneRelations),
        name: z.string(),
        source: z.string(),
        legalBasis: z.string(),
        status: z.enum(phoneStatuses),
        attribution: z.string(),
        badReason: z.string(),
      }),
    ),
    fields: z.record(z.string(), z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))),
  })
  .openapi('Party')

export const consentReply = z
  .object({
    id: z.string(),
    party: z.string(),
    purpose: z.string(),
    channel: z.string(),
    basis: z.string(),
    evidence: z.string(),
    givenAt: instant,
    withdrawnAt: orNull(instant).default(null),
  })
  .openapi('Consent')

export const fieldsReply = z
  .object({
    business: z.string(),
    fields: z.array(
      z.object({
        key: z.string(),
        label: z.object({ 'zh-CN': z.string(), en: z.string() }),
        type: z.enum(fieldTypes),
        required: z.boolean(),
        min: orNull(z.number()),
        max: orNull(z.number()),
        choices: z.array(z.string()),
        shown: z.boolean(),
        searchable: z.boolean(),
      }),
    ),
  })
  .openapi('Fields')

const amounts = z.object({ fees: money, penalty: money, interest: money, principal: money })

export const loanReply = z
  .object({
    ref: z.string(),
    party: z.string(),
    product: z.string(),
    currency: z.string(),
    principal: money,
    ratePpm: z.int(),
    term: z.int(),
    status: z.enum(loanStatuses),
    startedOn: orNull(z.string()),
    plan: z.array(amounts.extend({ no: z.int(), dueOn: z.string(), paidBefore: money, owed: money })),
    oldestDueOn: orNull(z.string()),
    daysPastDue: z.int(),
    bucket: z.string(),
    overdue: amounts,
    overdueTotal: money,
    owedTotal: money,
  })
  .openapi('Loan')

export const repaymentReply = z
  .object({
    id: z.string(),
    party: z.string(),
    loan: orNull(z.string()),
    amount: money,
    currency: z.string(),
    paidAt: instant,
    channel: z.string(),
    leftOver: money.openapi({ description: 'Minor units that nothing was owed for' }),
    lines: z.array(z.object({ loan: z.string(), instalment: z.int(), component: z.enum(components), amount: money })),
    reversedAt: orNull(instant),
    reversedReason: orNull(z.string()),
  })
  .openapi('Repayment')

export const caseReply = z
  .object({
    id: z.string(),
    party: z.string(),
    state: z.enum(caseStates),
    before: orNull(z.enum(caseStates)).openapi({ description: 'Where HOLD was entered from' }),
    agent: orNull(z.string()),
    loans: z.array(z.string()),
    holdReason: orNull(z.enum(holdReasons)),
    reason: z.string().openapi({ description: 'Why it moved last' }),
    openedAt: instant,
    changedAt: instant,
    closedAt: orNull(instant),
    oldestDueOn: orNull(z.string()).openapi({ description: 'Of the oldest instalment of the party that is owed' }),
    owed: money,
    product: orNull(z.string()),
    rule: orNull(z.string()).openapi({ description: 'By which it was assigned last' }),
    group: orNull(z.string()),
    assignedAt: orNull(instant),
  })
  .openapi('Case')

export const promiseReply = z
  .object({
    id: z.string(),
    party: z.string(),
    case: orNull(z.string()),
    loan: orNull(z.string()),
    amount: money,
    currency: z.string(),
    dueOn: z.string(),
    madeOn: z.string(),
    agent: orNull(z.string()),
    call: orNull(z.string()),
    state: z.enum(promiseStates),
    paid: money,
    madeAt: instant,
    judgedAt: orNull(instant),
  })
  .openapi('Promise')

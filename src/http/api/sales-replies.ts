/** What the API answers of sales. */
import { z } from '@hono/zod-openapi'
import { repaymentWays } from '../../lender/offer.ts'
import { cancelReasons, intentGrades, orderStates, refusalReasons } from '../../lender/order.ts'
import { saidItems } from '../../lender/quote.ts'

const money = z.int().openapi({ description: 'Minor units' })
const share = z.number().nullable().openapi({ description: 'A share of one a year: 0.24 is 24 %' })
const instant = z.int().openapi({ description: 'Unix time, ms' })

export const productReply = z
  .object({
    ...{ id: z.string(), name: z.string(), currency: z.string(), amountMin: money, amountMax: money },
    ...{ terms: z.array(z.int()), ratePpm: z.int(), way: z.enum(repaymentWays), upfrontFeePpm: z.int() },
    ...{ monthlyFeePpm: z.int(), coolingDays: z.int(), active: z.boolean() },
    ...{ version: z.int().optional(), validFrom: z.string().nullish(), validUntil: z.string().nullish() },
  })
  .openapi('Product')
const totals = { financed: money, costTotal: money, paidTotal: money, aprEffective: share, aprNominal: share }
export const offerReply = z
  .object({
    ...totals,
    ...{ upfrontFee: money, interestTotal: money, feesTotal: money },
    instalments: z.array(
      z.object({
        ...{
          no: z.int(),
          dueOn: z.string(),
          principal: money,
          interest: money,
          fees: money,
          total: money,
          left: money,
        },
      }),
    ),
  })
  .openapi('Offer')
export const prospectReply = z
  .object({
    ...{ party: z.string(), limit: money.nullable(), limitUntil: z.string().nullable() },
    purchases: z.array(z.object({ on: z.string(), what: z.string(), amount: money })),
    ...{ grade: z.enum(intentGrades).nullable(), followUpAt: instant.nullable(), note: z.string() },
  })
  .openapi('Prospect')
export const prospectsReply = z
  .object({
    saved: z.int(),
    rejected: z.array(
      z.object({
        at: z.int(),
        problems: z.array(z.object({ field: z.string(), found: z.string(), allowed: z.string() })),
      }),
    ),
  })
  .openapi('ProspectsSaved')
export const orderReply = z
  .object({
    ...{ id: z.string(), party: z.string(), product: z.string(), currency: z.string(), state: z.enum(orderStates) },
    terms: z.object({
      ...{ amount: money, downPayment: money, term: z.int(), ratePpm: z.int(), way: z.enum(repaymentWays) },
      ...{ upfrontFeePpm: z.int(), monthlyFeePpm: z.int(), startedOn: z.string() },
    }),
    offer: z.object(totals),
    ...{ coolingDays: z.int(), coolingUntil: z.string().nullable(), agent: z.string(), call: z.string().nullable() },
    ...{ checker: z.string().nullable(), note: z.string(), openedAt: instant, changedAt: instant },
    productVersion: z.int().optional(),
    quote: z.string().nullish().openapi({ description: 'The offer of a call that it came of' }),
    heard: z.array(z.enum(saidItems)).optional().openapi({ description: 'What the check heard in the recording' }),
    reason: z
      .enum([...new Set([...refusalReasons, ...cancelReasons])])
      .nullish()
      .openapi({ description: 'Why it was refused or cancelled' }),
  })
  .openapi('Order')

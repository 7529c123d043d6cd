/** What the records door takes of sales. Amounts are whole minor units, rates parts of a million, days plain dates. Unknown fields are refused. */
import { z } from '@hono/zod-openapi'
import { amountMax, currencyDefault, currencyPattern } from '../../lender/money.ts'
import { repaymentWays, termMax } from '../../lender/offer.ts'
import { cancelReasons, intentGrades, purchasesMax, refusalReasons } from '../../lender/order.ts'
import { saidItems } from '../../lender/quote.ts'
import { date } from '../parties/lender-schemas.ts'
import { until } from '../schemas.ts'
import { words } from '../words.ts'

const money = (min: number) =>
  z.int().min(min).max(amountMax).openapi({ type: 'integer', description: 'Minor units: fen, cents' })
const ppm = (max: number) =>
  z.int().min(0).max(max).openapi({ type: 'integer', description: 'Parts of a million: 24 % is 240000' })
const text = (max: number) => z.union([words(max), z.literal('')]).default('')

export const productInput = z
  .strictObject({
    id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'small letters, digits and -, at most 40'),
    name: words(60),
    currency: z.string().regex(currencyPattern, 'three capital letters (ISO 4217)').default(currencyDefault),
    amountMin: money(1),
    amountMax: money(1),
    terms: z
      .array(z.int().min(1).max(termMax))
      .min(1, 'at least one number of instalments')
      .max(40)
      .transform(terms => [...new Set(terms)].sort((a, b) => a - b)),
    ratePpm: ppm(1_000_000),
    way: z.enum(repaymentWays).default('equal-instalment'),
    upfrontFeePpm: ppm(500_000).default(0),
    monthlyFeePpm: ppm(100_000).default(0),
    coolingDays: z.int().min(0).max(90).default(7),
    active: z.boolean().default(true),
    validFrom: date.nullable().default(null),
    validUntil: date.nullable().default(null),
  })
  .refine(each => each.amountMin <= each.amountMax, {
    path: ['amountMax'],
    error: 'at least the least amount',
  })
  .refine(each => each.validFrom === null || each.validUntil === null || each.validFrom <= each.validUntil, {
    path: ['validUntil'],
    error: 'not before the first day',
  })
  .openapi('ProductInput')

export const offerInput = z
  .strictObject({
    amount: money(1),
    downPayment: money(0).default(0),
    term: z.int().min(1).max(termMax),
    startedOn: date.optional(),
  })
  .openapi('OfferInput')

export const prospectInput = z
  .strictObject({
    party: words(64),
    limit: money(0).nullable().default(null),
    limitUntil: date.nullable().default(null),
    purchases: z
      .array(z.strictObject({ on: date, what: words(100), amount: money(0) }))
      .max(purchasesMax)
      .default([]),
    grade: z.enum(intentGrades).nullable().default(null),
    followUpAt: until.nullable().default(null),
    note: text(1000),
  })
  .openapi('ProspectInput')

export const orderInput = z
  .strictObject({
    party: words(64),
    product: words(40),
    amount: money(1),
    downPayment: money(0).default(0),
    term: z.int().min(1).max(termMax),
    /** The seller's user id. */
    agent: words(64),
    call: words(64).nullable().default(null),
  })
  .openapi('OrderInput')

export const quoteInput = z.strictObject({
  ...{ party: words(64), product: words(40), amount: money(1), downPayment: money(0).default(0) },
  term: z.int().min(1).max(termMax),
  call: words(64).nullable().default(null),
})

export const saidInput = z.strictObject({ item: z.enum(saidItems), call: words(64).nullable().default(null) })

const heard = z.array(z.enum(saidItems)).max(saidItems.length).default([])

export const orderCommand = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('submit') }),
    z.strictObject({ type: z.literal('check'), passes: z.boolean(), heard, note: text(1000) }),
    z.strictObject({ type: z.literal('refuse'), reason: z.enum(refusalReasons), heard, note: text(1000) }),
    z.strictObject({ type: z.literal('sign') }),
    z.strictObject({ type: z.literal('fulfil') }),
    z.strictObject({ type: z.literal('cancel'), reason: z.enum(cancelReasons).default('other'), note: text(1000) }),
  ])
  .openapi('OrderCommand')

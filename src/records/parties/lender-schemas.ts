/** What the records door takes of the lender's records. Amounts are whole minor units, days plain dates. Unknown fields are refused. */
import { z } from '@hono/zod-openapi'
import { awayStates, closedStates, holdReasons } from '../../lender/case.ts'
import { consentChannels, consentPurposes } from '../../lender/consent.ts'
import { isDate } from '../../lender/dates.ts'
import { definitionsMax, fieldBusinesses, fieldKeyPattern, fieldTypes } from '../../lender/fields.ts'
import { instalmentsMax, loanStatuses } from '../../lender/loan.ts'
import { amountMax, components, currencyDefault, currencyPattern } from '../../lender/money.ts'
import { partyFlags, partyTypes, phoneRelations, phoneStatuses } from '../../lender/party.ts'
import { bucketsMax } from '../../lender/rules.ts'
import { changeOf, isZone, phoneNumber, until } from '../schemas.ts'
import { words } from '../words.ts'

export const text = (max: number) => z.union([words(max), z.literal('')]).default('')
export const ref = words(64)
export const date = z
  .string()
  .refine(isDate, 'a date like 2026-11-24, from 1900 to 2199')
  .openapi({ type: 'string', format: 'date', example: '2026-11-24' })
export const money = (min: number) =>
  z.int().min(min).max(amountMax).openapi({ type: 'integer', description: 'Minor units: fen, cents' })
const currency = z.string().regex(currencyPattern, 'three capital letters (ISO 4217)').default(currencyDefault)
const instant = z.union([until, z.iso.datetime({ offset: true }).transform(at => Date.parse(at))])

export const partyPhoneInput = z.strictObject({
  number: phoneNumber,
  relation: z.enum(phoneRelations).default('SELF'),
  name: text(100),
  source: text(200),
  legalBasis: text(200),
  status: z.enum(phoneStatuses).default('UNTRIED'),
  attribution: text(100),
  badReason: text(200),
})

/** Values are checked against the definitions of their business. */
const fieldValues = z
  .partialRecord(z.enum(fieldBusinesses), z.record(z.string().max(64), z.unknown()))
  .default({})
  .openapi({ type: 'object' })

export const partyInput = z
  .strictObject({
    ref,
    type: z.enum(partyTypes).default('person'),
    name: words(100),
    /** Sealed before it is kept. */
    idNo: z
      .string()
      .trim()
      .regex(/^[0-9A-Za-z][0-9A-Za-z -]{3,39}$/, '4 to 40 letters, digits, spaces and hyphens')
      .nullable()
      .default(null),
    zone: z.string().max(64).refine(isZone, 'an IANA time zone, e.g. Asia/Shanghai').nullable().default(null),
    language: z.enum(['zh-CN', 'en']).nullable().default(null),
    flags: z
      .array(z.enum(partyFlags))
      .max(partyFlags.length)
      .transform(flags => [...new Set(flags)])
      .default([]),
    phones: z
      .array(partyPhoneInput)
      .max(50)
      .refine(phones => new Set(phones.map(({ number }) => number)).size === phones.length, 'each number once')
      .default([]),
    fields: fieldValues,
  })
  .openapi('PartyInput')
/** `ref` stays what it is. */
export const partyChange = changeOf(partyInput.omit({ ref: true }), 'PartyChange')

export const numberMark = z
  .strictObject({ number: phoneNumber, status: z.enum(phoneStatuses), reason: words(200) })
  .openapi('NumberMark')

/** `idNo`, or `BUSINESS.KEY` of a secret field. */
export const disclosureInput = z
  .strictObject({
    field: z.string().regex(/^(?:idNo|[a-z]+\.[a-z][a-z0-9_]*)$/, 'idNo, or BUSINESS.KEY'),
    reason: words(200),
  })
  .openapi('DisclosureInput')

export const consentInput = z
  .strictObject({
    party: ref,
    purpose: z.enum(consentPurposes),
    channel: z.enum(consentChannels).default('voice'),
    basis: words(100),
    evidence: words(500),
    /** Unix ms, or ISO 8601 with its offset; left out: now. */
    givenAt: instant.optional(),
  })
  .openapi('ConsentInput')
export const reasonInput = z.strictObject({ reason: words(200) }).openapi('Reason')

const bound = z.number().min(-amountMax).max(amountMax).nullable().default(null)
export const fieldDefinition = z
  .strictObject({
    key: z.string().regex(fieldKeyPattern, 'small letters, digits and _, at most 40'),
    label: z.strictObject({ 'zh-CN': words(60), en: words(60) }),
    type: z.enum(fieldTypes),
    required: z.boolean().default(false),
    min: bound,
    max: bound,
    choices: z.array(words(100)).max(200).default([]),
    shown: z.boolean().default(true),
    searchable: z.boolean().default(false),
  })
  .refine(({ type, choices }) => (type === 'choice') === choices.length > 0, {
    path: ['choices'],
    error: 'choices for the type choice, and for no other',
  })
  .refine(({ min, max }) => min === null || max === null || min <= max, {
    path: ['max'],
    error: 'min that is at most max',
  })
export const fieldsInput = z
  .strictObject({
    business: z.enum(fieldBusinesses),
    fields: z
      .array(fieldDefinition)
      .max(definitionsMax)
      .refine(all => new Set(all.map(({ key }) => key)).size === all.length, 'each key once'),
  })
  .openapi('FieldsInput')

const part = money(0).default(0)
const instalment = z.strictObject({
  no: z.int().min(1).max(instalmentsMax),
  dueOn: date,
  principal: part,
  interest: part,
  fees: part,
  penalty: part,
  paidBefore: part,
})

export const loanInput = z
  .strictObject({
    ref,
    party: ref,
    product: words(64),
    currency,
    principal: money(0),
    ratePpm: z
      .int()
      .min(0)
      .max(10_000_000)
      .openapi({ description: 'A year, parts of a million: 24 % is 240000' })
      .default(0),
    /** Left out: as many as the plan has. */
    term: z.int().min(1).max(instalmentsMax).optional(),
    status: z.enum(loanStatuses).default('ACTIVE'),
    startedOn: date.nullable().default(null),
    plan: z.array(instalment).min(1, 'at least one instalment').max(instalmentsMax),
  })
  .openapi('LoanInput')
export const loanChange = changeOf(
  loanInput.omit({ ref: true, party: true }).extend({
    /** Kept with the change, and shown with it. */
    reason: words(200).optional().openapi({
      description: 'Required where less is owed afterwards, or the loan is closed, written off or cancelled',
    }),
  }),
  'LoanChange',
)

export const repaymentInput = z
  .strictObject({
    /** The lender's own reference of the payment: told twice, it is recorded once. */
    id: words(64),
    party: ref.optional(),
    loan: ref.nullable().default(null),
    amount: money(1),
    currency,
    paidAt: instant,
    channel: text(64),
  })
  .refine(({ party, loan }) => party !== undefined || loan !== null, 'party or loan: whose money this is')
  .openapi('RepaymentInput')

export const caseInput = z
  .strictObject({
    party: ref,
    agent: words(64).nullable().default(null),
    /** Left out: all that are overdue. */
    loans: z.array(ref).min(1).max(200).optional(),
  })
  .openapi('CaseInput')

export const caseCommand = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('assign'), agent: words(64), reason: text(200) }),
    z.strictObject({ type: z.literal('work'), reason: text(200) }),
    z.strictObject({ type: z.literal('hold'), hold: z.enum(holdReasons), reason: text(200) }),
    z.strictObject({ type: z.literal('release'), reason: words(200) }),
    z.strictObject({ type: z.literal('close'), as: z.enum(closedStates), reason: words(200) }),
    z.strictObject({ type: z.literal('send'), to: z.enum(awayStates), reason: words(200) }),
    z.strictObject({ type: z.literal('recall'), reason: words(200) }),
    z.strictObject({ type: z.literal('reopen'), reason: words(200) }),
  ])
  .openapi('CaseCommand')

export const promiseInput = z
  .strictObject({
    party: ref,
    loan: ref.nullable().default(null),
    amount: money(1),
    currency,
    dueOn: date,
    agent: words(64).nullable().default(null),
    call: words(64).nullable().default(null),
  })
  .openapi('PromiseInput')

export const lenderRulesInput = z
  .strictObject({
    buckets: z
      .array(z.strictObject({ name: words(16), upTo: z.int().min(0).max(36_500).nullable() }))
      .min(1)
      .max(bucketsMax),
    order: z.array(z.enum(components)).length(components.length),
    by: z.enum(['instalment', 'component']),
    promiseGraceDays: z.int().min(0).max(30),
    promisePercent: z.int().min(1).max(100),
  })
  .openapi('LenderRules')

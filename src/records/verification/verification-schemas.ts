/** What the records door takes of verification. Amounts are whole minor units, days plain dates. Unknown fields are refused. */
import { z } from '@hono/zod-openapi'
import { contactRelations, contactsMax, lineSources } from '../../lender/application.ts'
import { answerKinds, answerMax, askedOf, itemsMax, offersMax } from '../../lender/checklist.ts'
import { compareRules } from '../../lender/compare.ts'
import {
  confirmationChannels,
  confirmedStates,
  emailTextMax,
  subjectMax,
  templatesMax,
  templateTextMax,
} from '../../lender/confirmation.ts'
import { fieldKeyPattern } from '../../lender/fields.ts'
import { instalmentsMax } from '../../lender/loan.ts'
import { amountMax, currencyDefault, currencyPattern } from '../../lender/money.ts'
import { reasonCodePattern, reasonsMax, reasonUses } from '../../lender/reasons.ts'
import { recallDefault, slotsMax } from '../../lender/recall.ts'
import { missingMax, proposals } from '../../lender/task.ts'
import { date } from '../parties/lender-schemas.ts'
import { changeOf, phoneNumber } from '../schemas.ts'
import { words } from '../words.ts'

const ref = words(64)
const text = (max: number) => z.union([words(max), z.literal('')]).default('')
const place = z
  .int()
  .min(0)
  .max(contactsMax - 1)
  .default(0)

export const applicationInput = z
  .strictObject({
    ref,
    party: ref,
    product: words(64),
    amount: z.int().min(1).max(amountMax).openapi({ type: 'integer', description: 'Minor units: fen, cents' }),
    currency: z.string().regex(currencyPattern, 'three capital letters (ISO 4217)').default(currencyDefault),
    term: z.int().min(1).max(instalmentsMax),
    employer: z
      .strictObject({
        name: words(100),
        statedNumber: phoneNumber.nullable().default(null),
        line: z
          .strictObject({ number: phoneNumber, source: z.enum(lineSources) })
          .nullable()
          .default(null),
      })
      .nullable()
      .default(null),
    contacts: z
      .array(z.strictObject({ name: words(100), number: phoneNumber, relation: z.enum(contactRelations) }))
      .max(contactsMax)
      .refine(all => new Set(all.map(({ number }) => number)).size === all.length, 'each number once')
      .default([]),
    fields: z.record(z.string().max(64), z.unknown()).default({}).openapi({ type: 'object' }),
  })
  .openapi('ApplicationInput')
export const applicationChange = changeOf(applicationInput.omit({ ref: true, party: true }), 'ApplicationChange')

const clock = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'a time of day like 08:30')
const recall = z
  .strictObject({
    perDay: z.int().min(1).max(slotsMax),
    gapMs: z.int().min(0).max(86_400_000),
    slots: z
      .array(z.strictObject({ from: clock, to: clock }))
      .min(1, 'at least one part of the day')
      .max(slotsMax),
    otherSlot: z.boolean(),
    days: z.int().min(1).max(30),
  })
  .default(recallDefault)

const item = z.strictObject({
  key: z.string().regex(fieldKeyPattern, 'small letters, digits and _, at most 40'),
  question: z.strictObject({ 'zh-CN': words(300), en: words(300) }),
  kind: z.enum(answerKinds).default('text'),
  choices: z.array(words(100)).max(50).default([]),
  expected: z
    .discriminatedUnion('type', [
      z.strictObject({ type: z.literal('field'), field: z.string().max(80) }),
      z.strictObject({ type: z.literal('fixed'), value: words(answerMax) }),
    ])
    .nullable()
    .default(null),
  offers: z.array(words(answerMax)).max(offersMax).default([]),
  compare: z
    .strictObject({ rule: z.enum(compareRules), percent: z.int().min(0).max(100).default(0) })
    .default({ rule: 'exact', percent: 0 }),
  asked: z.enum(askedOf).default('applicant'),
  required: z.boolean().default(true),
  weight: z.int().min(0).max(100).default(50),
})

export const checklistInput = z
  .strictObject({
    id: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'small letters, digits and -, at most 40'),
    name: words(60),
    product: words(64).nullable().default(null),
    skill: words(64).nullable().default(null),
    recall,
    contactOrder: z
      .array(z.enum(contactRelations))
      .transform(order => [...new Set([...order, ...contactRelations])])
      .default([...contactRelations]),
    items: z.array(item).min(1, 'at least one question').max(itemsMax),
  })
  .openapi('ChecklistInput')

const reasons = z.array(z.string().regex(reasonCodePattern, 'codes of /admin/checklists')).max(20).default([])
const note = text(1000)

/** What people do with a task, beside calling and answering. */
export const taskCommand = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('assign'), agent: words(64) }),
    z.strictObject({ type: z.literal('recall'), at: z.int().min(0).optional(), note }),
    z.strictObject({ type: z.literal('submit'), proposal: z.enum(proposals), reasons, note }),
    z.strictObject({ type: z.literal('review') }),
    z.strictObject({ type: z.literal('decide'), as: z.enum(['PASS', 'REJECT', 'FRAUD']), reasons, note }),
    z.strictObject({
      type: z.literal('supplement'),
      missing: z.array(words(200)).min(1, 'what is missing').max(missingMax),
      dueOn: date,
      note,
    }),
    z.strictObject({ type: z.literal('arrive'), note }),
    z.strictObject({ type: z.literal('cancel'), note: words(1000) }),
  ])
  .openapi('VerificationCommandOfPeople')

export const targetInput = z.strictObject({ who: z.enum(askedOf), place }).openapi('VerificationTarget')

/** `result` as the verifier says it; how an answer came out, its rule says. */
export const answerInput = z
  .strictObject({
    item: z.string().max(40),
    place,
    result: z.enum(['ANSWERED', 'REFUSED', 'NOT_ASKED']).default('ANSWERED'),
    said: text(answerMax),
    /** Counts only where nothing is expected. */
    judged: z.enum(['MATCH', 'MISMATCH']).nullable().default(null),
    note: text(500),
    /** The call on which it was said, where it is not one that was placed from the task. */
    call: words(64).nullable().default(null),
  })
  .openapi('ChecklistAnswerInput')

export const reasonsInput = z
  .strictObject({
    reasons: z
      .array(
        z.strictObject({
          code: z.string().regex(reasonCodePattern, 'capital letters, digits and _, at most 32'),
          use: z.enum(reasonUses),
          words: z.strictObject({ 'zh-CN': words(60), en: words(60) }),
          told: z
            .strictObject({ 'zh-CN': words(60), en: words(60) })
            .nullable()
            .default(null),
        }),
      )
      .max(reasonsMax)
      .refine(all => new Set(all.map(({ code }) => code)).size === all.length, 'each code once'),
  })
  .openapi('DecisionReasons')

const subject = words(subjectMax).refine(line => !/[\r\n]/.test(line), 'a text of one line')
const template = z
  .strictObject({
    as: z.enum(confirmedStates),
    product: words(64).nullable().default(null),
    channel: z.enum(confirmationChannels),
    subject: z
      .strictObject({ 'zh-CN': subject, en: subject })
      .optional()
      .openapi({ description: 'Of an e-mail, which has one' }),
    text: z.strictObject({ 'zh-CN': words(emailTextMax), en: words(emailTextMax) }),
  })
  .refine(({ channel, subject }) => (channel === 'email') === (subject !== undefined), {
    ...{ path: ['subject'], message: 'a subject of an e-mail, and none of a text message' },
  })
  .refine(
    ({ channel, text }) =>
      channel === 'email' || [text['zh-CN'], text.en].every(each => each.length <= templateTextMax),
    { path: ['text'], message: `at most ${templateTextMax} characters in a text message` },
  )
export const confirmationsInput = z
  .strictObject({
    needsConsent: z.boolean().default(true),
    templates: z
      .array(template)
      .max(templatesMax)
      .refine(
        all =>
          new Set(all.map(({ as, product, channel }) => JSON.stringify([as, product, channel]))).size === all.length,
        'one of each decision, product and channel',
      ),
  })
  .openapi('Confirmations')

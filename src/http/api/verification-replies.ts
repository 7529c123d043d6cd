/** What the API answers of verification. */
import { z } from '@hono/zod-openapi'
import { contactRelations, lineSources } from '../../lender/application.ts'
import { answerKinds, answerResults, askedOf } from '../../lender/checklist.ts'
import { compareRules } from '../../lender/compare.ts'
import { confirmationChannels, confirmedStates, unwrittenWhys } from '../../lender/confirmation.ts'
import { messageStates } from '../../lender/message.ts'
import { proposals, taskStates } from '../../lender/task.ts'

const instant = z.int().openapi({ description: 'Unix time, ms' })
const money = z.int().openapi({ description: 'Minor units' })
const orNull = <T extends z.ZodType>(schema: T) => schema.nullable()

export const applicationReply = z
  .object({
    ref: z.string(),
    party: z.string(),
    product: z.string(),
    amount: money,
    currency: z.string(),
    term: z.int(),
    employer: orNull(
      z.object({
        name: z.string(),
        statedNumber: orNull(z.string()),
        line: orNull(z.object({ number: z.string(), source: z.enum(lineSources) })),
      }),
    ),
    contacts: z.array(z.object({ name: z.string(), number: z.string(), relation: z.enum(contactRelations) })),
    fields: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  })
  .openapi('Application')

export const taskReply = z
  .object({
    id: z.string(),
    application: z.string(),
    party: z.string(),
    state: z.enum(taskStates),
    checklist: z.string(),
    version: z.int(),
    agent: orNull(z.string()),
    verifiers: z.array(z.string()),
    reviewer: orNull(z.string()),
    recallAt: orNull(instant),
    proposal: orNull(z.enum(proposals)),
    reasons: z.array(z.string()),
    note: z.string(),
    missing: z.array(z.string()),
    dueOn: orNull(z.string()),
    openedAt: instant,
    changedAt: instant,
    submittedAt: orNull(instant),
    decidedAt: orNull(instant),
  })
  .openapi('Verification')

export const taskAnswersReply = taskReply
  .extend({
    calls: z.array(
      z.object({
        call: z.string(),
        who: z.enum(askedOf),
        place: z.int(),
        by: z.string(),
        at: instant,
        reached: z.boolean(),
      }),
    ),
    answers: z.array(
      z.object({
        item: z.string(),
        no: z.int(),
        given: orNull(z.string()).openapi({ description: 'Masked where what was expected is a secret' }),
        offered: orNull(z.string()),
        result: z.enum(answerResults),
        why: z.string(),
        figure: orNull(z.number()),
        note: z.string(),
        by: z.string(),
        call: z.string(),
        offsetMs: z.int().openapi({ description: 'From the answer of the call' }),
        at: instant,
      }),
    ),
    confirmations: z
      .array(
        z.object({
          ...{
            as: z.enum(confirmedStates),
            at: instant,
            channel: z.enum(confirmationChannels),
            text: orNull(z.string()),
          },
          to: orNull(z.string()).openapi({ description: 'Masked for roles that may not see numbers' }),
          state: orNull(z.enum(messageStates)),
          reason: orNull(z.string()).openapi({ description: 'Of the message: why it waits, or was dropped' }),
          why: orNull(z.enum(unwrittenWhys)).openapi({ description: 'Why none was written' }),
          doneAt: orNull(instant),
        }),
      )
      .openapi({ description: 'What the applicant was told in writing, oldest first' }),
    flags: z.object({
      mismatches: z.array(z.string()),
      traps: z.array(z.string()),
      refused: z.array(z.string()),
      amended: z.array(z.string()),
      open: z.array(z.string()),
      weight: z.int(),
    }),
  })
  .openapi('VerificationWithAnswers')

export const checklistReply = z
  .object({
    id: z.string(),
    name: z.string(),
    version: z.int(),
    product: orNull(z.string()),
    skill: orNull(z.string()),
    recall: z.object({
      perDay: z.int(),
      gapMs: z.int(),
      slots: z.array(z.object({ from: z.string(), to: z.string() })),
      otherSlot: z.boolean(),
      days: z.int(),
    }),
    contactOrder: z.array(z.enum(contactRelations)),
    items: z.array(
      z.object({
        key: z.string(),
        question: z.object({ 'zh-CN': z.string(), en: z.string() }),
        kind: z.enum(answerKinds),
        choices: z.array(z.string()),
        expected: orNull(
          z.union([
            z.object({ type: z.literal('field'), field: z.string() }),
            z.object({ type: z.literal('fixed'), value: z.string() }),
          ]),
        ),
        offers: z.array(z.string()),
        compare: z.object({ rule: z.enum(compareRules), percent: z.number() }),
        asked: z.enum(askedOf),
        required: z.boolean(),
        weight: z.number(),
      }),
    ),
  })
  .openapi('Checklist')

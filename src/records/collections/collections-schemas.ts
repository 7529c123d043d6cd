/** What the records door takes of collections: assignment, daily work. Unknown fields are refused. */
import { z } from '@hono/zod-openapi'
import { callResults } from '../../centre/entities.ts'
import { assignmentRulesMax, groupsMax } from '../../lender/assignment.ts'
import { awayStates } from '../../lender/case.ts'
import { complaintKinds } from '../../lender/complaint.ts'
import { components } from '../../lender/money.ts'
import { bucketsMax } from '../../lender/rules.ts'
import { stepsMax } from '../../lender/strategy.ts'
import { caseCommand, date, money, ref, text } from '../parties/lender-schemas.ts'
import { words } from '../words.ts'

const percent = z.int().min(0).max(100)
const assignmentGroup = z.strictObject({
  name: words(40),
  percent: percent.default(100),
  /** Empty: every collector. */
  agents: z
    .array(z.strictObject({ agent: words(64), percent: percent.default(0) }))
    .max(500)
    .default([]),
})
const assignmentRule = z.strictObject({
  name: words(40),
  buckets: z.array(words(16)).max(bucketsMax).default([]),
  products: z.array(words(64)).max(50).default([]),
  owedFrom: money(0).nullable().default(null),
  owedBelow: money(1).nullable().default(null),
  skill: words(64).nullable().default(null),
  keepLast: z.boolean().default(true),
  share: z.enum(['load', 'percent']).default('load'),
  groups: z
    .array(assignmentGroup)
    .min(1)
    .max(groupsMax)
    .default([{ name: 'all', percent: 100, agents: [] }]),
})
const capacity = z.int().min(0).max(1_000_000)
export const assignmentInput = z
  .strictObject({
    seed: words(64).default('switchroom'),
    rules: z.array(assignmentRule).max(assignmentRulesMax),
    capacity: capacity.nullable().default(null),
    capacities: z
      .array(z.strictObject({ agent: words(64), capacity }))
      .max(5_000)
      .default([]),
  })
  .openapi('AssignmentRules')

/** `all`: those at work too, and not only those without a collector. */
export const assignmentScopes = ['unassigned', 'all'] as const
export const assignmentScope = z.enum(assignmentScopes).default('unassigned')
export const assignmentOrder = z.strictObject({ scope: assignmentScope, plan: words(64) }).openapi('AssignmentOrder')

export const dailyInput = z
  .strictObject({
    openCases: z.boolean(),
    /** From so many days past due, and so much owed, minor units. */
    fromDays: z.int().min(1).max(3_650),
    owedFrom: money(0),
    assign: z.boolean(),
  })
  .openapi('DailyWork')

export const caseMovesInput = z
  .strictObject({ ids: z.array(words(64)).min(1).max(500), move: caseCommand })
  .openapi('CaseMoves')

const message = words(500)
const campaignAction = z.strictObject({ type: z.literal('call'), campaign: words(64) })
const smsAction = z.strictObject({ type: z.literal('sms'), text: message })
const emailAction = z.strictObject({
  type: z.literal('email'),
  subject: words(200),
  text: z.string().min(1).max(5_000),
})
const stepAction = z.discriminatedUnion('type', [
  smsAction,
  emailAction,
  campaignAction,
  z.strictObject({
    type: z.literal('letter'),
    text: z.string().min(1).max(5_000),
  }),
  z.strictObject({ type: z.literal('send'), to: z.enum(awayStates) }),
])
const strategyStep = z.strictObject({
  name: words(40),
  day: z.int().min(1, 'from 1 on: on the due date nothing is overdue').max(3_650),
  action: stepAction,
  owedFrom: money(0).nullable().default(null),
  owedBelow: money(1).nullable().default(null),
  promise: z.boolean().nullable().default(null),
  lastResults: z.array(z.enum(callResults)).max(callResults.length).default([]),
  consent: z.boolean().default(false),
})
export const strategiesInput = z
  .strictObject({
    /** Told in answers; what is sent of it is not looked at. */
    version: z.int().optional(),
    strategies: z
      .array(
        z.strictObject({
          name: words(40).refine(name => name !== 'promise', 'another name: reminders have this one'),
          buckets: z.array(words(16)).min(1).max(bucketsMax),
          steps: z.array(strategyStep).max(stepsMax),
        }),
      )
      .max(bucketsMax),
    reminders: z
      .array(
        z.strictObject({
          name: words(40),
          daysBefore: z.int().min(0).max(30),
          action: z.discriminatedUnion('type', [smsAction, emailAction, campaignAction]),
        }),
      )
      .max(10)
      .default([]),
  })
  .openapi('Strategies')

export const senderInput = z
  .strictObject({
    url: z.union([z.literal(''), z.url({ protocol: /^https?$/ }).max(500)]),
    /** At least 16 characters; left out: as it was. */
    secret: z.string().min(16).max(200).optional(),
    /** What texts keep to, as campaigns name it; empty: what calls outside any campaign keep to; left out: as it was. */
    policy: z.string().trim().max(200).optional(),
  })
  .openapi('SenderInput')

export const waiverInput = z
  .strictObject({
    loan: ref,
    amount: money(1),
    components: z
      .array(z.enum(components))
      .min(1)
      .refine(all => new Set(all).size === all.length, 'each once')
      .default(['fees', 'penalty', 'interest']),
    reason: words(200),
  })
  .openapi('WaiverInput')
export const waiverDecision = z.strictObject({ approve: z.boolean(), reason: words(200) }).openapi('WaiverDecision')
export const waiverLimitsInput = z
  .strictObject({
    roles: z
      .array(z.strictObject({ role: z.enum(['supervisor', 'admin']), max: money(0) }))
      .max(2)
      .default([]),
    people: z
      .array(z.strictObject({ user: words(64), max: money(0) }))
      .max(500)
      .default([]),
  })
  .openapi('WaiverLimits')

export const complaintInput = z
  .strictObject({
    party: ref,
    kind: z.enum(complaintKinds),
    text: z.string().trim().min(1).max(2_000),
    source: text(100),
    /** Left out: today. */
    openedOn: date.optional(),
  })
  .openapi('ComplaintInput')
export const complaintExtension = z.strictObject({ dueOn: date, reason: words(200) }).openapi('ComplaintExtension')
export const complaintResolution = z
  .strictObject({ resolution: z.string().trim().min(1).max(2_000) })
  .openapi('ComplaintResolution')

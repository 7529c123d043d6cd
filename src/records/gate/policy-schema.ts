/** What a policy of the centre's own may say. */
import { z } from '@hono/zod-openapi'
import { businesses, campaignModes, relations } from '../../centre/entities.ts'
import { contactModes, limitKeys, limitUnits, rollUnits, windowDaysMax } from '../../centre/policy/policy.ts'
import { keepYearsMax } from '../../centre/recording/retention.ts'

const minute = z.int().min(0).max(1440)
const hours = z
  .strictObject({ from: minute, to: minute })
  .refine(({ from, to }) => from < to, 'from before to, in minutes since midnight')
/** The most that a window may hold of each unit: about three months. */
const rollMax = { MINUTE: windowDaysMax * 1440, HOUR: windowDaysMax * 24, DAY: windowDaysMax, MONTH: 3 }
const window = z.union([
  z.strictObject({ type: z.literal('DAY') }),
  z
    .strictObject({ type: z.literal('ROLL'), n: z.int().min(1), of: z.enum(rollUnits) })
    .refine(({ n, of }) => n <= rollMax[of], `at most ${windowDaysMax} days or 3 months`),
  z.strictObject({ type: z.literal('REST'), n: z.int().min(1).max(windowDaysMax) }),
])
const modes = z.array(z.enum(campaignModes)).min(1).max(campaignModes.length)
const counted = z.array(z.enum(contactModes)).min(1).max(contactModes.length)
const limit = z
  .strictObject({
    unit: z.enum(limitUnits),
    key: z.array(z.enum(limitKeys)).min(1).max(3),
    window,
    max: z.int().min(0).max(1000),
    effect: z.enum(['BLOCK', 'WARN']).default('BLOCK'),
    unlessAgreed: z.literal(true).optional(),
    modes: modes.optional(),
    counts: counted.optional(),
    note: z.string().max(500).optional(),
  })
  .refine(given => given.key.includes('PARTY') || given.key.includes('NUMBER'), 'a key with PARTY or NUMBER')

export const policyInput = z
  .strictObject({
    id: z.string().regex(/^[A-Z][A-Z0-9-]{1,47}$/, 'capitals, digits and -, 2 to 48'),
    source: z.string().trim().min(1).max(500),
    confidence: z.enum(['V', 'S', 'M', 'O']).default('O'),
    business: z.array(z.enum(businesses)).min(1).max(businesses.length),
    hours,
    hoursUnlessAgreed: z.literal(true).optional(),
    weekdays: z.array(z.int().min(0).max(6)).min(1).max(7).optional(),
    holidays: z
      .string()
      .regex(/^[A-Z]{2}$/, 'a calendar of two capitals, e.g. ID')
      .optional(),
    relations: z.array(z.enum(relations)).min(1).max(relations.length),
    consentFor: z.array(z.enum(businesses)).max(businesses.length).optional(),
    limits: z.array(limit).max(50).default([]),
    abandon: z.strictObject({ max: z.number().min(0).max(1), days: z.int().min(1).max(30) }).optional(),
    keep: z
      .strictObject({ n: z.int().min(1), of: z.enum(['DAY', 'YEAR']) })
      .refine(({ n, of }) => n <= keepYearsMax * (of === 'DAY' ? 365 : 1), `at most ${keepYearsMax} years`)
      .optional(),
    note: z.string().max(1000).optional(),
  })
  .openapi('PolicyInput')

/** What the records door takes as rules of one trunk; a field that is left out keeps its default. */
import { z } from '@hono/zod-openapi'
import { reasonTextMax, resultRulesMax } from '../../centre/calls/result-rules.ts'
import { callResults } from '../../centre/entities.ts'
import { callerIdForms, isPattern, isPrefix, numberRulesMax } from '../../centre/trunks/trunk-numbers.ts'
import {
  assertions,
  dtmfMethods,
  earlyMediaPolicies,
  overflowStatuses,
  redirectPolicies,
  toneChoices,
} from '../../centre/trunks/trunk-rules.ts'

const ms = (min: number, max: number) => z.int().min(min).max(max)

const numberRules = z
  .array(
    z.strictObject({
      pattern: z
        .string()
        .max(26)
        .refine(isPattern, 'digits, +, X, Z, N, and . at the end, e.g. +861XXXXXXXXXX or +86.'),
      strip: z.int().min(0).max(24),
      prefix: z.string().max(17).refine(isPrefix, 'digits, at most 16, with or without +').default(''),
    }),
  )
  .max(numberRulesMax)

/** What no attempt that failed can have come to: somebody answered, or we withdrew it. */
const signalledResults = callResults.filter(
  result => result !== 'ANSWERED' && result !== 'ABANDONED' && result !== 'CANCELLED',
)
const resultRules = z
  .array(
    z
      .strictObject({
        sip: z.int().min(300).max(699).optional(),
        q850: z.int().min(1).max(127).optional(),
        text: z
          .string()
          .min(2)
          .max(reasonTextMax)
          .regex(/^[^"\p{C}]+$/u, 'no quotation marks')
          .optional(),
        result: z.enum(signalledResults as [(typeof callResults)[number], ...(typeof callResults)[number][]]),
      })
      .refine(({ sip, q850, text }) => sip !== undefined || q850 !== undefined || text !== undefined, {
        message: 'at least one of sip, q850, text',
      }),
  )
  .max(resultRulesMax)

const ownNumber = z.string().regex(/^\+?\d{3,15}$/, 'a caller ID of this trunk')
const dialled = z.string().regex(/^\+?[0-9*#]{1,20}$/, 'a number as the gateway dials it: digits, * and #')

export const trunkRules = z
  .strictObject({
    overflowOn: z
      .array(
        z.int().refine(status => overflowStatuses.includes(status), {
          message: `a status that a network gives of itself: ${overflowStatuses.join(', ')}; others end the attempt`,
        }),
      )
      .max(overflowStatuses.length),
    responseMs: ms(1_000, 15_000),
    ringMinMs: ms(15_000, 60_000),
    ringMaxMs: ms(15_000, 120_000),
    numbersOut: numberRules,
    numbersIn: numberRules,
    callerIdForm: z.enum(callerIdForms),
    userPhone: z.boolean(),
    fromUser: z.enum(['auto', 'caller_id']),
    asserted: z.enum(assertions),
    withheld: z.boolean(),
    diversion: ownNumber.nullable(),
    forceRport: z.boolean(),
    dtmf: z.enum(dtmfMethods),
    earlyMedia: z.enum(earlyMediaPolicies),
    redirects: z.enum(redirectPolicies),
    results: resultRules,
    hearing: z.boolean(),
    tones: z.enum(toneChoices),
    machines: z.boolean(),
    echoNumber: dialled.nullable(),
  })
  .partial()
  .refine(({ ringMinMs = 15_000, ringMaxMs = 120_000 }) => ringMinMs <= ringMaxMs, {
    message: 'at least ringMinMs',
    path: ['ringMaxMs'],
  })
  .openapi('TrunkRules')

/** What the records door takes of campaigns: when and how they dial, what is tried again, what agents write down, what a notice says. Unknown fields are refused. */
import { z } from '@hono/zod-openapi'
import { normalisePattern, patternsMax } from '../../centre/calls/outside.ts'
import { businesses, callResults, campaignModes, machineUses, readAs } from '../../centre/entities.ts'
import type { AgencyId, TrunkGroupId, TrunkId, UserId } from '../../lib/ids.ts'
import { changeOf, id, isZone, ms, music, shownNumbers } from '../schemas.ts'
import { words } from '../words.ts'

const days = (n: number) => n * 86_400_000

const retry = z.strictObject({
  result: z.enum(callResults),
  delayMs: ms(60_000, days(30)),
  max: z.int().min(0).max(20),
  // biome-ignore lint/suspicious/noThenProperty: the word of the contract
  then: z.enum(['same', 'next_number']).optional(),
  otherSlot: z.boolean().optional(),
})
const quota = z.strictObject({
  segment: z.string().max(64).nullable().default(null),
  count: z.enum(['done', 'connected']),
  max: z.int().min(0).max(10_000_000),
})
const disposition = z.strictObject({
  code: z.string().regex(/^[a-z][a-z0-9_]{0,31}$/, 'small letters, digits and _, at most 32'),
  words: z.strictObject({ 'zh-CN': words(40), en: words(40) }),
  followUp: z.enum(['done', 'retry', 'callback', 'dnc']),
})

const clock = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'a time of the day, HH:MM')
const share01 = z.number().min(0).max(1)
const modeRule = z.strictObject({
  when: z
    .strictObject({
      from: clock.optional(),
      to: clock.optional(),
      zone: z.string().max(64).refine(isZone, 'an IANA time zone, e.g. Asia/Shanghai').optional(),
      agentsBelow: z.int().min(1).max(5000).optional(),
      agentsFrom: z.int().min(1).max(5000).optional(),
      answerRateBelow: share01.optional(),
      answerRateFrom: share01.optional(),
    })
    .refine(
      when => Object.keys(when).some(key => key !== 'zone'),
      'at least one of from, to, agentsBelow, agentsFrom, answerRateBelow, answerRateFrom',
    ),
  mode: z.enum(campaignModes),
})

const messagePart = z.union(
  [
    z.strictObject({
      prompt: z.string().regex(/^(own\/)?[a-z0-9][a-z0-9-]{0,39}$/, 'the name of a phrase, e.g. amount-due'),
    }),
    z.strictObject({ field: words(64), as: z.enum(readAs) }),
  ],
  '{prompt} or {field, as}',
)
export const modeRules = z.array(modeRule)
export const notice = z
  .strictObject({
    language: z.enum(['zh-CN', 'en']).default('zh-CN'),
    parts: z.array(messagePart).min(1, 'at least one part').max(60),
    maxLines: z.int().min(1).max(2000).default(30),
    waitMs: ms(5000, 300_000).default(30_000),
  })
  .openapi('Notice')

/** A number outside, or the beginning of such numbers with `*` behind. */
const transferNumber = z.string().transform((text, c) => {
  const pattern = normalisePattern(text.slice(0, 40))
  if (pattern === null) c.addIssue({ code: 'custom', message: 'a number, or its beginning with * behind: +8621*' })
  return pattern ?? z.NEVER
})

export const campaignInput = z
  .strictObject({
    name: words(64),
    business: z.enum(businesses),
    mode: z.enum(campaignModes),
    trunks: z.array(id<TrunkId>()).min(1, 'at least one trunk').max(100),
    trunkGroup: id<TrunkGroupId>().nullable().optional(),
    callerIds: shownNumbers,
    agents: z.array(id<UserId>()).max(5000).default([]),
    agency: id<AgencyId>().nullable().optional().openapi({
      description: 'The agency whose people its agents are, and whose placed cases its leads; collections only',
    }),
    policy: words(200),
    ringMs: ms(15_000, 120_000).default(30_000),
    wrapMs: ms(0, 60_000).default(15_000),
    previewMs: ms(9000, 120_000).default(30_000),
    abandonRateMax: z.number().min(0).max(0.03).default(0.03),
    occupancyMax: z.number().min(0.5).max(1).default(0.9),
    linesPerAgentMax: z.number().min(1).max(20).default(3),
    priority: z.int().min(1).max(9).default(5),
    share: z.int().min(1).max(100).default(1),
    modeRules: z.array(modeRule).max(20).default([]),
    reserved: z.boolean().default(false),
    abandoned: z.enum(['rest', 'callback']).default('rest'),
    notice: notice.nullable().default(null),
    announcements: z.enum(['note', 'retry', 'end']).default('note'),
    machines: z.enum(machineUses).default('off'),
    retries: z.array(retry).max(16).optional(),
    quotas: z.array(quota).max(200).optional(),
    order: z.enum(['oldest', 'newest']).optional(),
    bestTime: z.boolean().optional(),
    music,
    transferNumbers: z.array(transferNumber).max(patternsMax).default([]),
    dispositions: z
      .array(disposition)
      .min(1)
      .max(40)
      .refine(all => new Set(all.map(each => each.code)).size === all.length, 'each code once')
      .optional(),
  })
  .openapi('CampaignInput')
export const campaignChange = changeOf(campaignInput, 'CampaignChange')
export const campaignState = z.strictObject({ state: z.enum(['running', 'paused', 'closed']) }).openapi('CampaignState')

/**
 * What the records door takes, said once: the API, the admin forms and the command line check with these same schemas, and OpenAPI is made
 * from them. Unknown fields are refused. Text is trimmed, numbers become E.164. Campaigns, menus, and what is the lender's have files of their own.
 */
import { z } from '@hono/zod-openapi'
import { campaignModes, relations, roles, stationKinds } from '../centre/entities.ts'
import { stopKinds } from '../centre/gate/stops.ts'
import { shownNumbersMax } from '../centre/lines/shown-number.ts'
import { speechLanguages } from '../centre/speech/vocabulary.ts'
import { isEmergencyNumber } from '../centre/toll/rules.ts'
import { srtpUses } from '../centre/trunks/trunk-connection.ts'
import type { AgencyId, CampaignId, MenuId, QueueId, TeamId, TrunkGroupId, TrunkId, UserId } from '../lib/ids.ts'
import { idPattern } from '../lib/ids.ts'
import { normalNumber } from './numbers-e164.ts'
import { passwordMaxLength, passwordMinLength } from './people/password.ts'
import { connectionInput } from './telephony/trunk-connection.ts'
import { trunkRules } from './telephony/trunk-rule-schemas.ts'
import { words } from './words.ts'

export const id = <T extends string>() =>
  z
    .string()
    .regex(idPattern, 'an id: letters, digits, - and _, at most 64')
    .transform(text => text as T)
export const ms = (min: number, max: number) => z.int().min(min).max(max)
/** Unix ms, up to the year 2100: what is far beyond has no date that a page could show. */
export const until = z.int().min(0).max(4_102_444_800_000, 'Unix ms, at most 4102444800000 (the year 2100)')

/** An IANA time zone that this machine knows. */
export const isZone = (text: string) => {
  try {
    return Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/** A host name, an IPv4 or an IPv6 address without brackets. */
const host = z
  .string()
  .regex(/^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})|[0-9A-Fa-f:.]{2,45})$/, 'a host name or an IP address')

/** Any way a person writes a number; kept as E.164. Numbers without a country code are Chinese. */
export const phoneNumber = z
  .string()
  .max(40)
  .transform((text, context) => {
    const number = normalNumber(text)
    if (number !== null) return number
    context.addIssue({ code: 'custom', message: 'a telephone number, e.g. 13812345678, 010-62345678 or +85223456789' })
    return z.NEVER
  })
  .openapi({ type: 'string', example: '+8613812345678' })

/** What a person dials: a telephone number, or an emergency number, of which the floor knows whether it is one. */
const dialledNumber = z.union([
  z
    .string()
    .regex(/^\d{2,6}$/)
    .refine(isEmergencyNumber),
  phoneNumber,
])

/** Shown to customers: E.164, or a short number of the carrier's such as 95xxx and 400. */
const callerId = z
  .string()
  .trim()
  .regex(/^\+?\d{3,15}$/, '3 to 15 digits, with or without +')

export const password = z
  .string()
  .min(passwordMinLength, `at least ${passwordMinLength} characters`)
  .max(passwordMaxLength, `at most ${passwordMaxLength} characters`)
const sipPassword = z.string().min(8).max(100)
const userName = z
  .string()
  .trim()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}._@-]{0,63}$/u, '1 to 64 letters, digits, . _ @ -')

export const userInput = z
  .strictObject({
    name: userName,
    displayName: words(64).optional(),
    password,
    role: z.enum(roles),
    extension: z
      .string()
      .regex(/^\d{2,8}$/, '2 to 8 digits')
      .nullable()
      .default(null),
    sipPassword: sipPassword.optional(),
    /** Left out: the desk phone is rung when an extension and its password are given, else the browser. */
    station: z.enum(stationKinds).optional(),
    skills: z.array(words(40)).max(50).default([]),
    numbersMasked: z.boolean().default(true),
    language: z.enum(['zh-CN', 'en']).default('zh-CN'),
    enabled: z.boolean().default(true),
    trunkGroup: id<TrunkGroupId>().nullable().optional(),
    agency: id<AgencyId>()
      .nullable()
      .optional()
      .openapi({ description: 'The agency that this agent works for; stays as it was given' }),
    /** What the desk phone can; left out: what every phone can. */
    device: z.strictObject({ sha256: z.boolean().default(false), srtp: z.enum(srtpUses).default('off') }).optional(),
  })
  .openapi('UserInput')
export const userChange = changeOf(userInput, 'UserChange')

/** Of the calls that go out beside the others, 0 to 1. */
const trafficShares = {
  minShare: z.number().min(0).max(1).default(0),
  maxShare: z.number().min(0.01).max(1).default(1),
}

export const trunkInput = z
  .strictObject({
    name: words(64),
    host,
    port: z.int().min(1).max(65535).default(5060),
    transport: z.enum(['udp', 'tcp', 'tls']).default('udp'),
    connection: connectionInput.optional(),
    register: z.boolean().default(false),
    username: words(100).nullable().default(null),
    password: z.string().min(1).max(200).optional(),
    callerIds: z.array(callerId).min(1, 'at least one number of ours to show').max(1000),
    maxCalls: z.int().min(1).max(5000).default(30),
    callsPerSecond: z.number().min(0.1).max(100).default(5),
    codecs: z
      .array(z.enum(['pcma', 'pcmu']))
      .min(1)
      .max(2)
      .default(['pcma', 'pcmu']),
    enabled: z.boolean().default(true),
    rules: trunkRules.optional(),
    ...trafficShares,
    callerIdShares: z
      .array(z.strictObject({ callerId, minShare: trafficShares.minShare, maxShare: trafficShares.maxShare }))
      .max(20)
      .default([]),
  })
  .openapi('TrunkInput')
export const trunkChange = changeOf(trunkInput, 'TrunkChange')

export const trunkGroupInput = z
  .strictObject({
    name: words(64),
    trunks: z.array(id<TrunkId>()).min(1, 'at least one trunk').max(16),
    defaultFor: z.array(z.enum(roles)).max(roles.length).optional(),
  })
  .openapi('TrunkGroupInput')
export const trunkGroupChange = changeOf(trunkGroupInput, 'TrunkGroupChange')

const target = z.union([
  z.strictObject({ queue: id<QueueId>() }),
  z.strictObject({ user: id<UserId>() }),
  z.strictObject({ ivr: id<MenuId>() }).openapi({ description: 'A voice menu' }),
])
export const numberInput = z.strictObject({ number: callerId, target }).openapi('NumberInput')
export const numberChange = changeOf(numberInput, 'NumberChange')

/** The name of one of the lender's own recordings (`own/NAME` in messages); null: the music that is shipped. */
export const music = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'the name of an own recording, or null')
  .nullable()
  .default(null)

/** Our numbers that calls show; the records door holds them to what the trunks have. */
export const shownNumbers = z.array(callerId).max(shownNumbersMax).optional()

/** What is said to who waits in a queue, between the music. */
const announce = z
  .strictObject({
    language: z.enum(speechLanguages).default('zh-CN'),
    everyMs: ms(15_000, 600_000).default(60_000),
    estimate: z.boolean().default(true).openapi({ description: 'About how many minutes are left, too' }),
  })
  .nullable()
  .default(null)

export const queueInput = z
  .strictObject({
    name: words(64),
    strategy: z.enum(['longest-idle']).default('longest-idle'),
    members: z.array(id<UserId>()).max(5000).default([]),
    maxWaitMs: ms(5000, 3_600_000).default(360_000),
    serviceLevelMs: ms(1000, 600_000).default(20_000),
    callbackAfterMs: ms(0, 3_600_000).default(0),
    music,
    trunkGroup: id<TrunkGroupId>().nullable().optional(),
    callerIds: shownNumbers,
    announce,
  })
  .openapi('QueueInput')
export const queueChange = changeOf(queueInput, 'QueueChange')

export const leadInput = z
  .strictObject({
    ref: words(64),
    phones: z
      .array(z.strictObject({ number: phoneNumber, relation: z.enum(relations).default('SELF') }))
      .min(1, 'at least one number')
      .max(20),
    name: z.string().trim().max(100).default(''),
    fields: z
      .record(z.string().max(64), z.union([z.string().max(1000), z.number(), z.boolean()]).transform(String))
      .refine(fields => Object.keys(fields).length <= 100, 'at most 100 fields')
      .default({}),
    segment: z.string().trim().max(64).optional(),
    priority: z.int().min(0).max(9).optional(),
    /** Why the person may be called, and where that can be read again; sales need it. */
    consent: z
      .strictObject({ basis: words(100), evidence: words(500) })
      .nullable()
      .optional(),
    /** The lender's reference of the loan. */
    debt: words(64).nullable().optional(),
  })
  .openapi('LeadInput')

export const suppressionInput = z
  .strictObject({
    number: phoneNumber,
    reason: words(200),
    /** Unix ms; null: for good. */
    until: until.nullable().default(null),
  })
  .openapi('SuppressionInput')

/** `hold`: dispute, complaint, hardship, death … ; `do_not_call`: the person's own wish, whatever the number. */
export const stopInput = z
  .strictObject({
    party: words(64),
    kind: z.enum(stopKinds).default('hold'),
    reason: words(200),
    /** Unix ms; null: until it is released. */
    until: until.nullable().default(null),
  })
  .openapi('HoldInput')

/** May this number be called at this time? Left out: now, no campaign, by hand; the campaign's lead with this number is looked up. */
export const contactQuestion = z
  .strictObject({
    number: phoneNumber,
    campaign: id<CampaignId>().nullable().default(null),
    relation: z.enum(relations).nullable().default(null),
    party: words(64).nullable().default(null),
    debt: words(64).nullable().default(null),
    mode: z.enum(campaignModes).default('manual'),
    agreed: z.boolean().default(false),
    at: until.optional(),
  })
  .openapi('ContactQuestion')

export const tokenInput = z
  .strictObject({
    name: words(64),
    role: z.enum(roles),
    /** It sees and hears this team alone; of supervisors and quality. */
    team: id<TeamId>().nullable().default(null),
  })
  .openapi('TokenInput')

export const callInput = z
  .strictObject({
    agent: id<UserId>(),
    number: dialledNumber,
    party: words(64).nullable().default(null),
    campaign: id<CampaignId>().nullable().default(null),
    /** Why a rule that only warns is gone past; supervisors and administrators. */
    override: words(200).nullable().default(null),
  })
  .openapi('CallInput')

const instant = z.union([z.int().min(0), z.iso.datetime({ offset: true }).transform(text => Date.parse(text))])
export const exportInput = z
  .strictObject({
    from: instant.optional(),
    to: instant.optional(),
    filter: z
      .strictObject({
        agent: id<UserId>().optional(),
        campaign: id<CampaignId>().optional(),
        number: phoneNumber.optional(),
        /** Recordings chosen one by one. */
        recordings: z.array(z.string().regex(idPattern)).max(10_000).optional(),
        calls: z.array(z.string().regex(idPattern)).max(10_000).optional(),
      })
      .default({}),
    reason: words(500),
    /** Recordings as they were sealed, their smaller form where there is one, or both; what is not there is stood in for by the other. */
    audio: z.enum(['wav', 'opus', 'both']).default('wav'),
  })
  .refine(
    given => given.from !== undefined || given.filter.recordings !== undefined || given.filter.calls !== undefined,
    'from and to, or filter.recordings, or filter.calls: an export of everything is not offered',
  )
  .openapi('ExportInput')
export type ExportRequest = z.output<typeof exportInput>

/** Every field may be left out and then stays; the defaults of creation do not come back. */
export function changeOf<S extends z.ZodRawShape>(schema: z.ZodObject<S>, name: string) {
  const bare = Object.fromEntries(
    Object.entries(schema.shape).map(([key, field]) => [
      key,
      (field instanceof z.ZodDefault ? field.unwrap() : field) as z.ZodType,
    ]),
  )
  return (z.strictObject(bare) as unknown as z.ZodObject<S, z.core.$strict>).partial().openapi(name)
}

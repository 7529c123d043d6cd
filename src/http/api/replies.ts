/** What the API answers. A test holds the real answers against these, so that the OpenAPI document does not lie. */
import { z } from '@hono/zod-openapi'
import { diversionReasons } from '../../centre/calls/diverted.ts'
import { faxSignals } from '../../centre/calls/fax.ts'
import { answererVerdicts, heardBy, toldAnswerers, toldBy } from '../../centre/calls/heard.ts'
import {
  businesses,
  callResults,
  campaignModes,
  leadStates,
  machineUses,
  roles,
  stationKinds,
} from '../../centre/entities.ts'
import { srtpUses } from '../../centre/trunks/trunk-connection.ts'
import { trunkTroubles } from '../../centre/trunks/trunk-trouble.ts'
import { modeRules, notice } from '../../records/campaigns/campaign-schemas.ts'
import { connectionReply } from '../../records/telephony/trunk-connection.ts'
import { trunkRules } from '../../records/telephony/trunk-rule-schemas.ts'

const id = z.string()
const instant = z.int().openapi({ description: 'Unix time, ms' })
const orNull = <T extends z.ZodType>(schema: T) => schema.nullable()

export const problemReply = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    rule: z.string().optional(),
    errors: z.array(z.object({ field: z.string(), found: z.string(), allowed: z.string() })).optional(),
    instance: z.string().optional(),
  })
  .openapi('Problem')

/** `next` null: the last page; else the value of `cursor` for the next one. */
export const pageOf = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next: z.string().nullable() })

export const userReply = z
  .object({
    id,
    name: z.string(),
    displayName: z.string(),
    role: z.enum(roles),
    extension: orNull(z.string()),
    station: z.enum(stationKinds),
    skills: z.array(z.string()),
    numbersMasked: z.boolean(),
    language: z.enum(['zh-CN', 'en']),
    enabled: z.boolean(),
    trunkGroup: orNull(id).optional(),
    agency: orNull(id).optional(),
    device: z.object({ sha256: z.boolean(), srtp: z.enum(srtpUses) }).default({ sha256: false, srtp: 'off' }),
  })
  .openapi('User')

export const trunkReply = z
  .object({
    id,
    name: z.string(),
    host: z.string(),
    port: z.int(),
    transport: z.enum(['udp', 'tcp', 'tls']),
    connection: connectionReply,
    register: z.boolean(),
    username: orNull(z.string()),
    callerIds: z.array(z.string()),
    maxCalls: z.int(),
    callsPerSecond: z.number(),
    codecs: z.array(z.enum(['pcma', 'pcmu'])),
    enabled: z.boolean(),
    minShare: z.number().default(0),
    maxShare: z.number().default(1),
    callerIdShares: z.array(z.object({ callerId: z.string(), minShare: z.number(), maxShare: z.number() })).default([]),
    rules: trunkRules.optional(),
    wire: z
      .object({
        target: z.object({ address: z.string(), port: z.int() }).nullable(),
        registration: z
          .object({
            state: z.enum(['registered', 'refused']),
            reply: z.string(),
            at: z.int(),
            contacts: z.int(),
            nextMs: z.int(),
            until: z.int().nullable().openapi({ description: 'Until when it holds; null: it does not' }),
            refresh: z
              .object({ reply: z.string(), at: z.int(), nextMs: z.int() })
              .nullable()
              .openapi({ description: 'How refreshing it failed last, while it holds' }),
          })
          .nullable(),
        options: z
          .object({ up: z.boolean(), status: z.int().nullable(), rttMs: z.number().nullable(), at: z.int() })
          .nullable(),
        refusing: z
          .object({ why: z.enum(trunkTroubles), words: z.string() })
          .nullable()
          .openapi({ description: 'Why no call that comes from it is let in, up or not' }),
      })
      .nullable()
      .openapi({ description: 'What was seen of it on the wire last; null when it is switched off' }),
    up: z.boolean().openapi({ description: 'Whether the carrier answers now' }),
    reason: z.string(),
    calls: z.int().openapi({ description: 'Calls on it now, of `maxCalls`' }),
    tests: z.int().openapi({ description: 'Lines that tests of it have now, of `maxCalls` too; no calls' }),
    startedLastSecond: z.int(),
    fault: orNull(z.object({ at: instant, words: z.string() })).openapi({
      description: 'The last thing that went wrong on it since the start',
    }),
  })
  .openapi('Trunk')

export const trunkGroupReply = z
  .object({ id, name: z.string(), trunks: z.array(id), defaultFor: z.array(z.enum(roles)).optional() })
  .openapi('TrunkGroup')

export const numberReply = z
  .object({
    id,
    number: z.string(),
    target: z.union([z.object({ queue: id }), z.object({ user: id }), z.object({ ivr: id })]),
  })
  .openapi('Number')

export const queueReply = z
  .object({
    id,
    name: z.string(),
    strategy: z.string(),
    members: z.array(id),
    maxWaitMs: z.int(),
    serviceLevelMs: z.int(),
    callbackAfterMs: z.int(),
    music: z.string().nullish(),
    trunkGroup: orNull(id).optional(),
    callerIds: z.array(z.string()).optional(),
    announce: z.object({ language: z.string(), everyMs: z.int(), estimate: z.boolean() }).nullish(),
  })
  .openapi('Queue')

export const campaignReply = z
  .object({
    id,
    name: z.string(),
    business: z.enum(businesses),
    mode: z.enum(campaignModes),
    state: z.enum(['running', 'paused', 'closed']),
    trunks: z.array(id),
    trunkGroup: orNull(id).optional(),
    callerIds: z.array(z.string()).optional(),
    agents: z.array(id),
    policy: z.string(),
    ringMs: z.int(),
    wrapMs: z.int(),
    previewMs: z.int(),
    abandonRateMax: z.number(),
    occupancyMax: z.number().optional(),
    linesPerAgentMax: z.number().optional(),
    priority: z.int().optional(),
    share: z.int().optional(),
    modeRules: modeRules.optional(),
    reserved: z.boolean().optional(),
    abandoned: z.enum(['rest', 'callback']).optional(),
    notice: orNull(notice).optional(),
    announcements: z.enum(['note', 'retry', 'end']).optional(),
    machines: z.enum(machineUses).optional(),
    retries: z.array(
      z.object({
        result: z.enum(callResults),
        delayMs: z.int(),
        max: z.int(),
        // biome-ignore lint/suspicious/noThenProperty: the word of the contract
        then: z.enum(['same', 'next_number']).optional(),
        otherSlot: z.boolean().optional(),
      }),
    ),
    quotas: z
      .array(z.object({ segment: orNull(z.string()), count: z.enum(['done', 'connected']), max: z.int() }))
      .optional(),
    order: z.enum(['oldest', 'newest']).optional(),
    bestTime: z.boolean().optional(),
    transferNumbers: z.array(z.string()).optional(),
    music: z.string().nullish(),
    dispositions: z.array(
      z.object({ code: z.string(), words: z.record(z.string(), z.string()), followUp: z.string() }),
    ),
  })
  .openapi('Campaign')

export const statsReply = z
  .object({
    dialled: z.int(),
    answered: z.int(),
    connected: z.int(),
    abandoned: z.int(),
    abandonRate: z.number().openapi({ description: 'abandoned / answered, 0 to 1' }),
    utilisation: z.number().openapi({ description: '(talking + wrapping) / signed in, of its agents, 0 to 1' }),
    linesPerAgent: z.number().openapi({ description: 'calls in flight / agents who work, now' }),
    mode: z.enum(campaignModes).openapi({ description: 'In force now' }),
    modeRule: orNull(z.int()).openapi({ description: 'The rule that set it, counted from 1' }),
    why: orNull(z.string()).openapi({ description: 'Why it does not dial now; null while it does' }),
    from: instant,
    to: instant,
    leads: z.record(z.string(), z.int()),
  })
  .openapi('CampaignStats')

export const leadReply = z
  .object({
    id,
    ref: z.string(),
    name: z.string(),
    phones: z.array(z.object({ number: z.string(), relation: z.string() })),
    fields: z.record(z.string(), z.string()),
    state: z.enum(leadStates),
    attempts: z.int(),
    dueAt: orNull(instant),
    segment: z.string(),
    priority: z.int(),
    bad: orNull(z.array(z.string())).openapi({ description: 'numbers that are not there; never dialled again' }),
    duplicateOf: orNull(id),
  })
  .openapi('Lead')

export const leadReportReply = z
  .object({
    accepted: z.int(),
    rejected: z.array(z.object({ row: z.int(), field: z.string(), reason: z.string() })),
    rejectedCount: z.int(),
    list: z.string(),
    marked: z.int().openapi({ description: 'Accepted, and the same as a lead that was there' }),
  })
  .openapi('LeadReport')

export const callReply = z
  .object({
    id,
    direction: z.enum(['out', 'in']),
    mode: orNull(z.enum(campaignModes)),
    campaign: orNull(id),
    lead: orNull(id),
    agent: orNull(id),
    party: orNull(z.string()),
    name: orNull(z.string()),
    number: z.string(),
    ourNumber: orNull(z.string()),
    diverted: orNull(z.object({ number: orNull(z.string()), reason: z.enum(diversionReasons) })).openapi({
      description:
        'Who sent the call on before it came to us, as its carrier says (Diversion or History-Info). `number` null: withheld, or not said',
    }),
    trunk: orNull(id),
    queue: orNull(id),
    startedAt: instant,
    answeredAt: orNull(instant),
    connectedAt: orNull(instant),
    endedAt: orNull(instant),
    ending: orNull(
      z.object({
        by: z.string(),
        cause: z.string(),
        result: z.enum(callResults),
        sipStatus: orNull(z.int()),
        q850: orNull(z.int()),
        text: z.string().optional(),
        rule: z.string().optional().openapi({ description: 'The rule that made the result of what was signalled' }),
      }),
    ),
    announcement: orNull(z.string()).openapi({
      description:
        'What the network said before the answer: a result, or the name of what was heard. Kept apart from `ending`',
    }),
    announced: orNull(
      z.object({
        by: z.enum(heardBy),
        what: z.string(),
        result: orNull(z.enum(callResults)),
        confidence: z.number(),
        afterMs: z.number(),
      }),
    ),
    judged: orNull(
      z.object({
        verdict: z.enum(answererVerdicts),
        reason: z.string(),
        confidence: z.number(),
        afterMs: z.number(),
        features: z.record(z.string(), z.union([z.number(), z.string(), z.null()])),
      }),
    ).openapi({ description: 'Who answered, by the sound, where the campaign asks for it' }),
    fax: orNull(z.object({ signal: z.enum(faxSignals), confidence: z.number(), afterMs: z.number() })).openapi({
      description: 'A fax that was heard on the line in the first seconds after the answer: by CED, ANSam or CNG',
    }),
    told: orNull(
      z.object({ answerer: z.enum(toldAnswerers), by: z.enum(toldBy), at: instant, actor: z.string() }),
    ).openapi({ description: 'Who answered, as an agent or an auditor heard it' }),
    disposition: orNull(z.string()),
    note: orNull(z.string()),
    recording: orNull(id),
    ofCall: orNull(id).openapi({ description: 'The call that this one is the outside leg of' }),
    talks: z
      .array(
        z.object({
          agent: id,
          fromAt: instant,
          toAt: orNull(instant),
          passed: z.boolean(),
          disposition: orNull(z.string()),
          note: orNull(z.string()),
        }),
      )
      .optional()
      .openapi({ description: 'Of one call: who talked to the party, in order; `passed`: gave it away' }),
    tries: z
      .array(
        z.object({
          trunk: id,
          at: instant,
          why: z.enum(['refused', 'no_response', 'no_progress', 'unreachable']),
          sipStatus: orNull(z.int()),
          q850: orNull(z.int()),
        }),
      )
      .nullish()
      .openapi({ description: 'Trunks that could not take the call, before `trunk`' }),
    notice: orNull(z.object({ heardMs: z.int(), whole: z.boolean(), digit: orNull(z.enum(['1', '2'])) })).openapi({
      description: 'Robot notice: how much of it was heard, and the key pressed',
    }),
  })
  .openapi('Call')

export const sipReply = z
  .object({
    items: z.array(
      z.object({
        at: z.number().openapi({ description: 'Unix time, ms, with a fraction' }),
        direction: z.enum(['in', 'out']),
        transport: z.string(),
        local: z.string(),
        remote: z.string(),
        leg: orNull(id),
        text: z.string().openapi({ description: 'The message; numbers masked, secrets removed; bytes as Latin-1' }),
      }),
    ),
  })
  .openapi('SipMessages')

export const ringingReply = z
  .object({
    ringing: id.openapi({ description: 'The agent whose desk phone rings' }),
    call: id.openapi({
      description: 'The call that is dialled under this id when it is picked up; until then it is not found',
    }),
  })
  .openapi('Ringing')

export const suppressionReply = z
  .object({ number: z.string(), reason: z.string(), until: orNull(instant) })
  .openapi('Suppression')

export const tokenReply = z
  .object({
    id,
    name: z.string(),
    role: z.enum(roles),
    issuedAt: instant,
    revokedAt: orNull(instant),
    issuedBy: orNull(id),
    approvedBy: orNull(id),
    team: orNull(id),
  })
  .openapi('Token')
export const waitingTokenReply = z
  .object({ approval: id, name: z.string(), role: z.enum(roles) })
  .openapi('WaitingToken', { description: 'Waits for a second person; then POST /approvals/{approval}/token' })
export const issuedTokenReply = z
  .object({
    id,
    name: z.string(),
    role: z.enum(roles),
    secret: z.string().openapi({ description: 'Shown this once' }),
  })
  .openapi('IssuedToken')

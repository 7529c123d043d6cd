import { z } from 'zod'
import { distributionSchema } from '../distribution.ts'

/** What a called person or network does. Each kind is a real exchange of SIP and RTP, not a flag. */
const personSchema = z.discriminatedUnion('kind', [
  /** Rings, answers, talks with `voice`; hangs up after `talkMs`, or waits for the other side when null. */
  z.strictObject({
    kind: z.literal('answers'),
    weight: z.number().positive().default(1),
    ringMs: distributionSchema.default({ mean: 6000, cv: 0.5, min: 1000, max: 25_000 }),
    talkMs: distributionSchema.nullable().default({ mean: 40_000, cv: 0.8, min: 3000 }),
    voice: z.string().optional(),
  }),
  z.strictObject({ kind: z.literal('no_answer'), weight: z.number().positive().default(1) }),
  z.strictObject({
    kind: z.literal('busy'),
    weight: z.number().positive().default(1),
    afterMs: distributionSchema.default(800),
  }),
  z.strictObject({
    kind: z.literal('declines'),
    weight: z.number().positive().default(1),
    ringMs: distributionSchema.default(4000),
  }),
  z.strictObject({ kind: z.literal('congestion'), weight: z.number().positive().default(1) }),
  z.strictObject({ kind: z.literal('vacant'), weight: z.number().positive().default(1) }),
  /** 183 with early media that says why, then the final status. */
  z.strictObject({
    kind: z.literal('announcement'),
    weight: z.number().positive().default(1),
    voice: z.string().default('power-off-zh'),
    times: z.number().int().min(1).max(5).default(1),
    sipStatus: z.number().int().min(400).max(699).default(480),
    q850: z.number().int().min(1).max(127).default(20),
  }),
  z.strictObject({
    kind: z.literal('voicemail'),
    weight: z.number().positive().default(1),
    ringMs: distributionSchema.default(15_000),
    talkMs: distributionSchema.default(12_000),
  }),
  /** Answers at once and sends back what it hears, for tests of a trunk. */
  z.strictObject({ kind: z.literal('echo'), weight: z.number().positive().default(1) }),
  /** Answers and hangs up almost at once. */
  z.strictObject({
    kind: z.literal('hangs_up_early'),
    weight: z.number().positive().default(1),
    ringMs: distributionSchema.default(5000),
    talkMs: distributionSchema.default(1500),
  }),
])

export type Person = z.infer<typeof personSchema>

/** `udp:ADDRESS:PORT` or `tcp:ADDRESS:PORT`, an IPv6 address in brackets. */
const listenSchema = z
  .string()
  .regex(/^(udp|tcp):([0-9.]+|\[[0-9a-fA-F:.]+\]):\d{1,5}$/, 'expected udp:ADDRESS:PORT or tcp:ADDRESS:PORT')

export const scenarioSchema = z.strictObject({
  seed: z.number().int().min(0).default(1),
  listen: z.array(listenSchema).min(1).default(['udp:127.0.0.2:5080']),
  /** IPv4 or IPv6: its calls are of that family alone. */
  mediaAddress: z.union([z.ipv4(), z.ipv6()]).default('127.0.0.2'),
  mediaPorts: z
    .string()
    .regex(/^\d{1,5}-\d{1,5}$/)
    .default('40000-44999'),
  /** From the INVITE until the phone rings. */
  postDialMs: distributionSchema.default({ mean: 700, cv: 0.4, min: 150, max: 3000 }),
  /** Drawn by weight for every number that `numbers` does not name. */
  people: z.array(personSchema).min(1),
  /** What a given number does, whatever the draw: by E.164 number or by its last digits (`*07`). */
  numbers: z.record(z.string(), personSchema).default({}),
  /** When set, the carrier challenges every INVITE and expects this name and password. */
  auth: z.strictObject({ username: z.string(), password: z.string() }).nullable().default(null),
  /** Calls that the carrier places to us. */
  inbound: z
    .strictObject({
      to: z.string(),
      target: listenSchema,
      perMinute: z.number().positive().max(6000),
      talkMs: distributionSchema.default({ mean: 30_000, cv: 0.7, min: 3000 }),
      patienceMs: distributionSchema.default({ mean: 60_000, cv: 0.6, min: 2000 }),
      voice: z.string().optional(),
      /** What a caller presses to a voice menu: one of these is drawn; `''` presses nothing. */
      keys: z
        .array(z.string().regex(/^[0-9*#]{0,8}$/, 'at most 8 of 0-9, * and #'))
        .max(20)
        .default([]),
      /** From the answer to the first key. */
      keysAfterMs: distributionSchema.default({ mean: 3000, cv: 0.4, min: 1000, max: 8000 }),
    })
    .nullable()
    .default(null),
})

export type Scenario = z.infer<typeof scenarioSchema>

/** A mixture that looks like an evening of consumer-finance calling: about a third of the people answer. */
export const ordinaryPeople: z.input<typeof personSchema>[] = [
  { kind: 'answers', weight: 34 },
  { kind: 'no_answer', weight: 30 },
  { kind: 'busy', weight: 8 },
  { kind: 'declines', weight: 8 },
  { kind: 'announcement', weight: 6, voice: 'power-off-zh', sipStatus: 480, q850: 20 },
  { kind: 'announcement', weight: 4, voice: 'unreachable-zh', sipStatus: 480, q850: 18 },
  { kind: 'announcement', weight: 2, voice: 'vacant-zh', sipStatus: 404, q850: 1 },
  { kind: 'announcement', weight: 2, voice: 'suspended-zh', sipStatus: 480, q850: 27 },
  { kind: 'voicemail', weight: 3 },
  { kind: 'hangs_up_early', weight: 3 },
]

/** Voices of people who talk, in `assets/voices`. */
export const talkingVoices = ['zh-li-wei', 'zh-wang-fang', 'zh-zhang-min', 'zh-chen-bo', 'en-carl'] as const

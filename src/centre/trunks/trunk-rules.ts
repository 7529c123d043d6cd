/**
 * What is particular about one trunk: gateways and carriers differ in how they want numbers written, in what they mean by a status, in how
 * digits travel. Every field has a default, so that a trunk without rules behaves as RFC 3261 and the common gateway expect.
 */

import type { ResultRule } from '../calls/result-rules.ts'
import type { Campaign, Trunk } from '../entities.ts'
import type { CallerIdForm, NumberRule } from './trunk-numbers.ts'

export const assertions = ['none', 'pai', 'rpid', 'both'] as const
export const dtmfMethods = ['rfc4733', 'info', 'inband'] as const
export const earlyMediaPolicies = ['pass', 'ringback', 'ignore'] as const
export const redirectPolicies = ['refuse', 'follow'] as const
/** Countries whose tones a trunk may speak, whoever is called through it, and their calling codes; `callee`: those of the callee's country. */
export const tonesOf = {
  cn: '86',
  us: '1',
  uk: '44',
  etsi: '49',
  id: '62',
  in: '91',
  ph: '63',
  sg: '65',
  my: '60',
} as const
export const toneChoices = ['callee', 'cn', 'us', 'uk', 'etsi', 'id', 'in', 'ph', 'sg', 'my'] as const

export type TrunkRules = {
  /** Final statuses that say "not here": the next trunk of the route is tried. Others are the callee's answer and end the attempt. */
  overflowOn: number[]
  /** Without any response for so long, a 100 included, the trunk counts as silent (RFC 3261 §17.2.1: a 100 is due within 200 ms). */
  responseMs: number
  /** How long a callee's phone rings here, whatever the campaign says. */
  ringMinMs: number
  ringMaxMs: number
  /** What is dialled for a number of ours, and what we know for one that it tells. */
  numbersOut: NumberRule[]
  numbersIn: NumberRule[]
  callerIdForm: CallerIdForm
  /** Whether our URIs say of a number that it is one (`;user=phone`, RFC 3261 §19.1.1), which some carriers want. */
  userPhone: boolean
  /** From names the user that registers (where one does) or the caller ID. */
  fromUser: 'auto' | 'caller_id'
  /** Where the caller ID is asserted: P-Asserted-Identity (RFC 3325), Remote-Party-ID, both or nowhere. */
  asserted: (typeof assertions)[number]
  /** From is anonymous and `Privacy: id` asks the network to keep the asserted number to itself (RFC 3323, RFC 3325). */
  withheld: boolean
  /** One of the trunk's own caller IDs, named as who diverted the call (RFC 5806); null: nobody did. */
  diversion: string | null
  /**
   * Answers over UDP go to the port that a request came from, though its Via asks for that by no `rport` (RFC 3581): behind a NAT nobody is at the
   * port that it names.
   */
  forceRport: boolean
  /** How keys that we send travel. A far end that knows no events (RFC 4733) gets them as sound. */
  dtmf: (typeof dtmfMethods)[number]
  /** What the agent who dials hears before the answer: the network, our own ring-back tone, or nothing. */
  earlyMedia: (typeof earlyMediaPolicies)[number]
  /** A 3xx is a refusal, or is followed to another address of this trunk for the same number. */
  redirects: (typeof redirectPolicies)[number]
  /** What this carrier means by what it signals, before the common table. */
  results: ResultRule[]
  /** Whether tones and announcements before the answer are listened for; a gateway that plays its own would only mislead. */
  hearing: boolean
  /** Whose tones they are. A gateway that makes them itself makes its own country's. */
  tones: (typeof toneChoices)[number]
  /** Whether who answered is judged where the campaign wishes it; not where the gateway answers before the callee does. */
  machines: boolean
  /** A number that sends back what it hears, for tests of the trunk; null: none is known. */
  echoNumber: string | null
}

/** TCPA and Cisco: never shorter than this. */
export const ringMinMs = 15_000
const ringDefaultMs = 30_000
export const ringLongestMs = 120_000

export const defaultTrunkRules: TrunkRules = {
  overflowOn: [500, 502, 503, 504],
  responseMs: 4_000,
  ringMinMs,
  ringMaxMs: ringLongestMs,
  numbersOut: [],
  numbersIn: [],
  callerIdForm: 'as_written',
  userPhone: false,
  fromUser: 'auto',
  asserted: 'pai',
  withheld: false,
  diversion: null,
  forceRport: false,
  dtmf: 'rfc4733',
  earlyMedia: 'pass',
  redirects: 'refuse',
  results: [],
  hearing: true,
  tones: 'callee',
  machines: true,
  echoNumber: null,
}

/**
 * Statuses that may stand in `overflowOn`: what networks answer of themselves. The others are said of the callee (busy, declined, not there,
 * no answer) or belong to the protocol, and a number that gave such an answer is not dialled again through another trunk.
 */
export const overflowStatuses: readonly number[] = [403, 408, 500, 501, 502, 503, 504, 505, 513, 580]

export function rulesOf(trunk: Pick<Trunk, 'rules'>): TrunkRules {
  return trunk.rules === undefined ? defaultTrunkRules : { ...defaultTrunkRules, ...trunk.rules }
}

/** How long the callee's phone rings: as the campaign wants it, within what the trunk allows. */
export function ringMsOn(trunk: Pick<Trunk, 'rules'> | null, campaign: Pick<Campaign, 'ringMs'> | null): number {
  const { ringMinMs: least, ringMaxMs: most } = trunk === null ? defaultTrunkRules : rulesOf(trunk)
  return Math.max(ringMinMs, Math.min(most, Math.max(least, campaign?.ringMs ?? ringDefaultMs)))
}

/** Whether a cause that came with a refusal speaks of the network rather than of the callee; null: none came, and nothing speaks against it. */
export function isOfTheNetwork(q850: number | null): boolean {
  return q850 === null || ofTheNetwork.has(q850)
}

/** ITU-T Q.850 causes of the network rather than of the callee: no route, no circuit, out of order, congestion, interworking. */
const ofTheNetwork: ReadonlySet<number> = new Set([
  2, 3, 25, 34, 38, 39, 40, 41, 42, 43, 44, 46, 47, 49, 58, 63, 79, 95, 98, 101, 102, 111, 127,
])

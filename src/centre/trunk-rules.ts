/**
 * What is particular about one trunk: gateways and carriers differ in how they want numbers written, in what they mean by a status, in how
 * digits travel. Every field has a default, so that a trunk without rules behaves as RFC 3261 and the common gateway expect.
 */
import type { Campaign, Trunk } from './entities.ts'

export type TrunkRules = {
  /** Final statuses that say "not here": the next trunk of the route is tried. Others are the callee's answer and end the attempt. */
  overflowOn: number[]
  /** Without any response for so long, a 100 included, the trunk counts as silent (RFC 3261 §17.2.1: a 100 is due within 200 ms). */
  responseMs: number
  /** How long a callee's phone rings here, whatever the campaign says. */
  ringMinMs: number
  ringMaxMs: number
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

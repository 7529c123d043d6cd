/**
 * What an attempt came to, from what the carrier said. Signalling is a hint only: networks disagree, and the announcement in early media
 * is nearer the truth, so the SIP status and the Q.850 cause are kept beside the result. The tables are in result-rules.ts.
 */
import type { CallResult } from '../entities.ts'
import { resultBy } from './result-rules.ts'

/** By the common table. */
export function resultOf(sipStatus: number | null, q850: number | null): CallResult {
  return resultBy([], { sipStatus, q850 }).result
}

/** Results that come from the person or the person's phone rather than the network in between. */
export function isByParty(result: CallResult): boolean {
  return result === 'BUSY' || result === 'REJECTED' || result === 'NO_ANSWER' || result === 'ANSWERED'
}

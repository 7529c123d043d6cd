/**
 * What an attempt came to, from what the carrier said. Signalling is a hint only: networks disagree, and the announcement in early media
 * is nearer the truth, so the SIP status and the Q.850 cause are kept beside the result. Q.850 wins where it is specific.
 */
import type { CallResult } from './entities.ts'

/** ITU-T Q.850 cause → result. Cause 16 (normal) and 31 (unspecified) say nothing. */
const byQ850: Record<number, CallResult> = {
  1: 'VACANT',
  17: 'BUSY',
  18: 'UNREACHABLE',
  19: 'NO_ANSWER',
  20: 'POWER_OFF',
  21: 'REJECTED',
  22: 'NUMBER_CHANGED',
  27: 'UNREACHABLE',
  28: 'INVALID',
  34: 'CONGESTION',
  38: 'CONGESTION',
  41: 'CONGESTION',
  42: 'CONGESTION',
  47: 'CONGESTION',
  55: 'CALL_BARRED',
  57: 'CALL_BARRED',
}

/** SIP final status (RFC 3261 section 21, RFC 3398 section 8.2.6) → result. */
const bySip: Record<number, CallResult> = {
  403: 'CALL_BARRED',
  404: 'VACANT',
  408: 'NO_ANSWER',
  410: 'NUMBER_CHANGED',
  480: 'UNREACHABLE',
  484: 'INVALID',
  486: 'BUSY',
  487: 'NO_ANSWER',
  502: 'UNREACHABLE',
  503: 'CONGESTION',
  504: 'CONGESTION',
  600: 'BUSY',
  603: 'REJECTED',
  604: 'VACANT',
}

export function resultOf(sipStatus: number | null, q850: number | null): CallResult {
  const byCause = q850 === null ? undefined : byQ850[q850]
  return byCause ?? (sipStatus === null ? undefined : bySip[sipStatus]) ?? 'FAILED'
}

/** Results that come from the person or the person's phone rather than the network in between. */
export function isByParty(result: CallResult): boolean {
  return result === 'BUSY' || result === 'REJECTED' || result === 'NO_ANSWER' || result === 'ANSWERED'
}

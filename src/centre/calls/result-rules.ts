/**
 * What an attempt came to, from what the carrier signalled: an ordered table, a trunk's own rules before the common ones. Networks disagree (a
 * 480 is switched off here and barred there), so that each trunk may have its table, and an ending names the rule that it came by.
 */
import type { CallResult } from '../entities.ts'

/** All that it names must hold: the final status, the Q.850 cause, and text within the reason that came along (small and large letters alike). */
export type ResultRule = { sip?: number; q850?: number; text?: string; result: CallResult }

export type Signalled = { sipStatus: number | null; q850: number | null; text?: string | null }

/** Rules of one trunk, at most. */
export const resultRulesMax = 60
/** Of the reason's text so much is read and kept. */
export const reasonTextMax = 80

const byQ850: [cause: number, result: CallResult][] = [
  [1, 'VACANT'],
  [17, 'BUSY'],
  [18, 'UNREACHABLE'],
  [19, 'NO_ANSWER'],
  [20, 'POWER_OFF'],
  [21, 'REJECTED'],
  [22, 'NUMBER_CHANGED'],
  [27, 'UNREACHABLE'],
  [28, 'INVALID'],
  [34, 'CONGESTION'],
  [38, 'CONGESTION'],
  [41, 'CONGESTION'],
  [42, 'CONGESTION'],
  [47, 'CONGESTION'],
  [55, 'CALL_BARRED'],
  [57, 'CALL_BARRED'],
]

/** RFC 3261 section 21, RFC 3398 section 8.2.6. */
const bySip: [status: number, result: CallResult][] = [
  [403, 'CALL_BARRED'],
  [404, 'VACANT'],
  [408, 'NO_ANSWER'],
  [410, 'NUMBER_CHANGED'],
  [480, 'UNREACHABLE'],
  [484, 'INVALID'],
  [486, 'BUSY'],
  [487, 'NO_ANSWER'],
  [502, 'UNREACHABLE'],
  [503, 'CONGESTION'],
  [504, 'CONGESTION'],
  [600, 'BUSY'],
  [603, 'REJECTED'],
  [604, 'VACANT'],
]

/** ITU-T Q.850 wins where it is specific: causes 16 (normal) and 31 (unspecified) say nothing, and are in no rule. */
export const defaultResultRules: readonly ResultRule[] = [
  ...byQ850.map(([q850, result]) => ({ q850, result })),
  ...bySip.map(([sip, result]) => ({ sip, result })),
]

/** `rule`: `trunk 2: sip 480 q850 20`, `default: sip 486`, or `none`, when nothing fitted and the result is FAILED. */
export function resultBy(own: readonly ResultRule[], said: Signalled): { result: CallResult; rule: string } {
  const at = own.findIndex(rule => holds(rule, said))
  if (at >= 0) return { result: own[at]!.result, rule: `trunk ${at + 1}: ${conditionOf(own[at]!)}` }
  const common = defaultResultRules.find(rule => holds(rule, said))
  if (common !== undefined) return { result: common.result, rule: `default: ${conditionOf(common)}` }
  return { result: 'FAILED', rule: 'none' }
}

/** `sip 480 q850 20 text "switched off"`: as the form has it. */
export function conditionOf({ sip, q850, text }: ResultRule): string {
  const parts = []
  if (sip !== undefined) parts.push(`sip ${sip}`)
  if (q850 !== undefined) parts.push(`q850 ${q850}`)
  if (text !== undefined) parts.push(`text "${text}"`)
  return parts.join(' ')
}

function holds(rule: ResultRule, { sipStatus, q850, text = null }: Signalled): boolean {
  if (rule.sip !== undefined && rule.sip !== sipStatus) return false
  if (rule.q850 !== undefined && rule.q850 !== q850) return false
  return rule.text === undefined || (text ?? '').toLowerCase().includes(rule.text.toLowerCase())
}

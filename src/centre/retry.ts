/**
 * When a lead is tried again. The campaign's rules come first, then these defaults (domain.md: busy 10 min, no answer 2 h, three attempts a
 * day, after an abandoned call 72 h). Congestion is the network's fault: minutes later, and never the end of a lead.
 */
import type { BufferedLead, CallResult, Campaign, LeadState, RetryRule } from './entities.ts'

const minute = 60_000
const hour = 60 * minute
export const attemptsADay = 3

export const defaultRetries: readonly RetryRule[] = [
  { result: 'BUSY', delayMs: 10 * minute, max: 9 },
  { result: 'NO_ANSWER', delayMs: 2 * hour, max: 9 },
  { result: 'REJECTED', delayMs: 2 * hour, max: 6 },
  { result: 'UNREACHABLE', delayMs: 2 * hour, max: 9 },
  { result: 'POWER_OFF', delayMs: 4 * hour, max: 9 },
  { result: 'SUSPENDED', delayMs: 24 * hour, max: 3 },
  { result: 'CALL_BARRED', delayMs: 24 * hour, max: 3 },
  { result: 'VOICEMAIL', delayMs: 2 * hour, max: 6 },
  { result: 'ANSWERED', delayMs: 2 * hour, max: 9 },
  { result: 'ABANDONED', delayMs: 72 * hour, max: 9 },
  { result: 'CANCELLED', delayMs: 10 * minute, max: 9 },
  { result: 'CONGESTION', delayMs: 5 * minute, max: 1000 },
  { result: 'FAILED', delayMs: 10 * minute, max: 9 },
]

/** Never again: the number is not there. */
const final: ReadonlySet<CallResult> = new Set(['VACANT', 'INVALID', 'NUMBER_CHANGED'])

/**
 * `attempts` counts the one just made. Every third attempt rests until the next day (24 h), so that no day holds more than three.
 */
export function retryAfter(
  campaign: Campaign,
  lead: Pick<BufferedLead, 'attempts' | 'phones'>,
  result: CallResult,
  now: number,
): { state: LeadState; dueAt: number | null } {
  const others = lead.phones.filter(phone => phone.relation === 'SELF').length > 1
  if (final.has(result)) {
    // Another number of the same person may be good: each gets its turn once.
    if (others && lead.attempts < lead.phones.length) return { state: 'ready', dueAt: now + minute }
    return { state: 'exhausted', dueAt: null }
  }
  const rule =
    campaign.retries.find(rule => rule.result === result) ?? defaultRetries.find(rule => rule.result === result)
  if (rule === undefined || lead.attempts >= rule.max) return { state: 'exhausted', dueAt: null }
  const dayIsFull = result !== 'CONGESTION' && lead.attempts % attemptsADay === 0
  return { state: 'ready', dueAt: now + Math.max(rule.delayMs, dayIsFull ? 24 * hour : 0) }
}

/**
 * When a lead is tried again, and at which of its numbers. The campaign's rules come first, then these defaults (domain.md: busy 10 min, no answer 2 h, three attempts a
 * day, after an abandoned call 72 h). Congestion is the network's fault: minutes later, and never the end of a lead.
 */

import type { BufferedLead, CallResult, Campaign, LeadState, RetryRule } from '../entities.ts'
import { dayPart, inOtherPart } from '../numbers/day-part.ts'
import { placeOf, zoneOfPlace } from '../numbers/zone.ts'
import { candidatePhones } from './lead.ts'

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
  { result: 'FAX', delayMs: 24 * hour, max: 2 },
  { result: 'ANSWERED', delayMs: 2 * hour, max: 9 },
  { result: 'ABANDONED', delayMs: 72 * hour, max: 9 },
  { result: 'CANCELLED', delayMs: 10 * minute, max: 9 },
  { result: 'CONGESTION', delayMs: 5 * minute, max: 1000 },
  { result: 'FAILED', delayMs: 10 * minute, max: 9 },
]

/** Never again: the number is not there. */
const final: ReadonlySet<CallResult> = new Set(['VACANT', 'INVALID', 'NUMBER_CHANGED'])
/** Until another number of the same party is tried, when one turned out not to be there. */
const nextNumberMs = minute

type Tried = Pick<BufferedLead, 'attempts' | 'phones'> & Partial<Pick<BufferedLead, 'bad' | 'faxes'>>
/** `next`: the number that is tried first, null: the own ones take turns. `bad`: the one just dialled is not there, or a fax is. */
export type Back = { state: LeadState; dueAt: number | null; next: string | null; bad?: string }

/**
 * `attempts` counts the one just made. Every third attempt rests until the next day (24 h), so that no day holds more than three. One tone is no
 * proof of a fax: a line may serve a telephone too, and a voicemail beep as long. So of `FAX` `max` counts how often it was heard at that number,
 * whatever other attempts came to, and only the number is given up by it.
 */
export function retryAfter(
  campaign: Pick<Campaign, 'retries'>,
  lead: Tried,
  tried: { result: CallResult; number: string },
  now: number,
): Back {
  const { result, number } = tried
  if (final.has(result)) return withoutNumber(lead, number, now)
  const own = campaign.retries.find(rule => rule.result === result)
  const rule = own ?? defaultRetries.find(rule => rule.result === result)
  if (rule !== undefined && result === 'FAX') {
    if (heardAt(lead, number) + 1 >= rule.max) return withoutNumber(lead, number, now)
  } else if (rule === undefined || lead.attempts >= rule.max) return { state: 'exhausted', dueAt: null, next: null }
  const dayIsFull = result !== 'CONGESTION' && lead.attempts % attemptsADay === 0
  // A fax at one number says nothing of the others: unless the campaign says when, the next has its turn at once.
  const other = result === 'FAX' && own === undefined ? numberAfter(lead, number) : null
  const isElsewhere = other !== null && other !== number
  const earliest = now + Math.max(isElsewhere ? nextNumberMs : rule.delayMs, dayIsFull ? 24 * hour : 0)
  const next = isElsewhere ? other : nextNumber(rule, lead, number)
  const zone = rule.otherSlot ? zoneOfPlace(placeOf(next ?? number)) : null
  const dueAt = zone === null ? earliest : inOtherPart(zone, dayPart(zone, now), earliest)
  return { state: 'ready', dueAt, next }
}

/** How often a fax was heard there before. */
function heardAt({ faxes = [] }: Tried, number: string): number {
  return faxes.filter(each => each === number).length
}

/** Another number of the same party may be good: in the order of relation each gets its turn, and the bad one none any more. */
function withoutNumber(lead: Tried, number: string, now: number): Back {
  const left = candidatePhones({ ...lead, bad: [...(lead.bad ?? []), number] })
  const bad = { next: null, bad: number }
  if (left.length === 0) return { state: 'exhausted', dueAt: null, ...bad }
  return { state: 'ready', dueAt: now + nextNumberMs, ...bad }
}

function nextNumber(rule: RetryRule, lead: Tried, number: string): string | null {
  if (rule.then === undefined) return null
  return rule.then === 'same' ? number : numberAfter(lead, number)
}

function numberAfter(lead: Tried, number: string): string | null {
  const order = candidatePhones({ phones: lead.phones, attempts: 0, bad: lead.bad })
  const at = order.findIndex(phone => phone.number === number)
  return order[(at + 1) % order.length]?.number ?? null
}

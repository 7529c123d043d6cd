/**
 * Disputes and complaints, with their clocks: OPEN, due 15 days later → EXTENDED once, with a reason → RESOLVED. While one is open the party is on HOLD,
 * and no channel reaches it; the last that is resolved lifts that.
 */
import { addDays, daysBetween, type PlainDate } from './dates.ts'

export const complaintKinds = ['complaint', 'dispute'] as const
export type ComplaintKind = (typeof complaintKinds)[number]
export const complaintStates = ['OPEN', 'EXTENDED', 'RESOLVED'] as const
export type ComplaintState = (typeof complaintStates)[number]

/** From the day on which it came in. */
export const complaintDays = 15
/** Beyond the first due date, at most. */
export const extensionDaysMax = 30

export type Complaint = {
  id: string
  party: string
  kind: ComplaintKind
  text: string
  /** How it came in: a call, a letter, the regulator. */
  source: string
  openedOn: PlainDate
  dueOn: PlainDate
  state: ComplaintState
}

export function complaintDue(openedOn: PlainDate): PlainDate {
  return addDays(openedOn, complaintDays)
}

export function isOverdue({ state, dueOn }: Pick<Complaint, 'state' | 'dueOn'>, today: PlainDate): boolean {
  return state !== 'RESOLVED' && dueOn < today
}

/** null: it may be extended to that day. */
export function whyNotExtend(
  given: Pick<Complaint, 'state' | 'dueOn'>,
  to: PlainDate,
): { rule: string; words: string } | null {
  if (given.state === 'RESOLVED') return { rule: 'complaint-resolved', words: 'This one is resolved.' }
  if (given.state === 'EXTENDED')
    return { rule: 'complaint-extended', words: 'This one was extended already, which is done once.' }
  const days = daysBetween(given.dueOn, to)
  if (days < 1 || days > extensionDaysMax)
    return {
      rule: 'complaint-date',
      words: `From ${addDays(given.dueOn, 1)} to ${addDays(given.dueOn, extensionDaysMax)}.`,
    }
  return null
}

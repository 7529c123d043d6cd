/** A text is a contact as a call is: the same gate says whether it may go now. It counts for no cap of calls, which are of calls. */
import { mayContact } from './compliance.ts'
import type { FloorState } from './state.ts'

export function whyNotWrite(
  state: FloorState,
  { party, number }: { party: string; number: string },
  now: number,
): { rule: string; words: string; retryAt: number | null } | null {
  const request = { party, number, relation: 'SELF' as const, campaign: null, mode: 'notice' as const }
  const gate = mayContact(state, request, now)
  if (gate.ok) return null
  const { rule, words, retryAt } = gate.refusal
  return { rule, words, retryAt }
}

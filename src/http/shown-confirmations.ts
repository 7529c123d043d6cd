/** Confirmations as eyes may see them: the number or address that they went to masked for who may not see numbers. */
import { maskEmail, maskNumber, maskNumbersIn } from '../lib/mask.ts'
import type { ConfirmationRecord } from '../store/lender/verification.ts'

export function shownConfirmations(all: readonly ConfirmationRecord[], masked: boolean): ConfirmationRecord[] {
  if (!masked) return [...all]
  return all.map(each => ({
    ...each,
    to: each.to && (each.channel === 'email' ? maskEmail(each.to) : maskNumber(each.to)),
    subject: each.subject && maskNumbersIn(each.subject),
    text: each.text && maskNumbersIn(each.text),
  }))
}

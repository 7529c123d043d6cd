/** Confirmations as eyes may see them: the number that they went to masked for who may not see numbers. */
import { maskNumber, maskNumbersIn } from '../lib/mask.ts'
import type { ConfirmationRecord } from '../store/verification.ts'

export function shownConfirmations(all: readonly ConfirmationRecord[], masked: boolean): ConfirmationRecord[] {
  if (!masked) return [...all]
  return all.map(each => ({
    ...each,
    to: each.to && maskNumber(each.to),
    text: each.text && maskNumbersIn(each.text),
  }))
}

/** The transfer key of a desk phone. Calls are passed on from the desk page, where the gate and the roles are: the telephone is told no. */
import type { Draft } from './draft.ts'
import type { Input } from './inputs.ts'

const declineStatus = 603

export function transferAsked(d: Draft, { leg, refer }: Extract<Input, { type: 'leg.transferAsked' }>): void {
  d.effect({ type: 'phone.answerTransfer', leg, refer, status: declineStatus })
}

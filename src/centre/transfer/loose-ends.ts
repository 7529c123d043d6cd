/**
 * What an ending, or a phone that was not picked up, leaves to do for the other side of it. `evolve` notes it, and `proceed` asks here in the same
 * turn, when the floor shows the ending already: so no end of a leg is forgotten, whatever brought it about.
 */

import type { LooseEnd } from '../call-state.ts'
import { endWritten } from '../calls/disposition.ts'
import { endCall } from '../calls/ending.ts'
import type { Draft } from '../draft.ts'
import { releaseConsulted, takeBack } from './consultation.ts'
import { fallBack } from './transfer.ts'

export function tieUp(d: Draft, end: LooseEnd): void {
  d.note({ type: 'note.tiedUp' })
  switch (end.of) {
    case 'outside':
      return outsideOver(d, end)
    case 'call':
      return callOver(d, end)
    case 'unassigned': {
      const call = d.state.calls.get(end.call)
      if (call?.phase === 'waiting') fallBack(d, call, end.reason)
      return
    }
    default:
      end satisfies never
  }
}

/** The outside leg is gone. */
function outsideOver(d: Draft, { call: id, outside }: Extract<LooseEnd, { of: 'outside' }>): void {
  const call = d.state.calls.get(id)
  if (call === undefined || call.phase === 'ended') return
  const answered = outside.answeredAt !== null
  if (call.consult?.other === outside.id) return takeBack(d, call, answered ? 'left' : 'failed', outside.leg)
  if (call.other !== outside.id) return
  if (call.phase === 'passing') return fallBack(d, call, 'outside_failed')
  endCall(d, call, { by: 'party', cause: 'hangup', result: 'ANSWERED', sipStatus: null, q850: 16 })
}

/** The call is gone: whom its agent consulted, or whom it talked with outside, is let go; its lead gets what was written. */
function callOver(d: Draft, { call, consult }: Extract<LooseEnd, { of: 'call' }>): void {
  if (consult !== null) releaseConsulted(d, call, consult)
  const outside = call.other === null ? undefined : d.state.calls.get(call.other)
  if (outside !== undefined) {
    const answered = outside.answeredAt !== null
    const said = answered
      ? ({ cause: 'hangup', result: 'ANSWERED' } as const)
      : ({ cause: 'cancelled', result: 'CANCELLED' } as const)
    endCall(d, outside, { by: 'party', ...said, sipStatus: null, q850: 16 })
  }
  endWritten(d, call)
}

import type { CallId } from '../../lib/ids.ts'
import type { Draft } from '../draft.ts'
import { endCall } from './ending.ts'

/** A call by hand abroad has gone on for as long as one may. */
export function tollDue(d: Draft, id: CallId): void {
  const call = d.state.calls.get(id)
  if (call === undefined || call.phase === 'ended') return
  const words = `The call was ended after ${d.state.toll.rules.callMinutesMax} minutes abroad.`
  const user = d.state.toll.dialledBy(id)
  d.fact({ type: 'safety.alarmed', rule: 'toll_call', user, call: id, number: call.number, words })
  endCall(d, call, { by: 'system', cause: 'toll_limit', result: 'ANSWERED', sipStatus: null, q850: 16 })
}

/** The media plane's word on how a leg of a call sounded becomes a fact of that call. */
import type { CallId, LegId, TrunkId, UserId } from '../../lib/ids.ts'
import type { Draft } from '../draft.ts'
import type { LegAudio } from './leg-audio.ts'

export type Measured = {
  call: CallId
  leg: LegId
  /** Whose it is: a trunk's, or an agent's. */
  trunk: TrunkId | null
  agent: UserId | null
  audio: LegAudio
}

export function legMeasured(d: Draft, measured: Measured): void {
  d.fact({ type: 'leg.measured', ...measured })
}

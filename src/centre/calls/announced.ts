/** By which result an attempt is followed: what was signalled, or what the network said in words. */

import type { Call } from '../call-state.ts'
import type { Draft } from '../draft.ts'
import type { CallResult } from '../entities.ts'
import { campaignOf } from './give-back.ts'

/** What is not so sure is kept, and nothing is done by it. */
export const sureMin = 0.85

/** What the next attempt goes by: the announcement, where the campaign wants it and it is sure; else what was signalled. */
export function resultToRetry(d: Draft, call: Call, signalled: CallResult): CallResult {
  const { announced } = call
  if (announced === null || announced.result === null || announced.confidence < sureMin) return signalled
  if (call.answeredAt !== null || (campaignOf(d, call)?.announcements ?? 'note') === 'note') return signalled
  return announced.result
}

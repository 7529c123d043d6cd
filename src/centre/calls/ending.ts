/**
 * The one way a call ends. An ending is a value decided where it happened; here it becomes facts and effects: legs hung up, the recording
 * stopped, the lead given back by rule, the agent sent to wrap-up or back to where the agent came from. Whoever else hangs on it (a colleague or an
 * outside number that is consulted, a lead whose outcome is written already) is looked after in the same turn: see loose-ends.ts.
 */
import type { LegId } from '../../lib/ids.ts'
import { agentLegOf, agentOf, settle, wrapDefaultMs } from '../agents/settle.ts'
import type { Call } from '../call-state.ts'
import type { Draft } from '../draft.ts'
import type { Ending } from '../entities.ts'
import { heardOf, releaseOwed } from './after-call.ts'
import { resultToRetry } from './announced.ts'
import { campaignOf, giveBack } from './give-back.ts'

/** `goneLeg`: the leg that ended by itself and needs no hanging up. */
export function endCall(d: Draft, call: Call, decided: Ending, goneLeg: LegId | null = null): void {
  if (call.phase === 'ended') return
  const ending = withFax(d, call, decided)
  const agent = agentOf(d, call)
  const isMachine = ending.cause === 'machine' // there is nothing to write down of it
  const talkedOn = call.phase === 'talking' && agent !== null && agent.call === call.id && !isMachine
  if (call.phase === 'notice') d.fact({ type: 'call.noticeHeard', call: call.id, ...heardOf(call, d.now), digit: null })
  silence(d, call)
  d.fact({ type: 'call.ended', call: call.id, ending })
  endRecording(d, call)
  if (call.leg !== goneLeg)
    d.effect({ type: 'phone.hangUp', leg: call.leg, q850: ending.result === 'CONGESTION' ? 34 : 16 })
  if (call.agentLeg !== null && call.agentLeg !== goneLeg) {
    d.effect({ type: 'phone.hangUp', leg: call.agentLeg, q850: 16 })
  }
  if (!talkedOn && (isMachine || call.lastAgent === null) && !releaseOwed(d, call, ending.cause))
    giveBack(d, call, resultToRetry(d, call, ending.result))
  if (agent === null || agent.call !== call.id) return
  if (!talkedOn) return settle(d, agent, agent.before)
  const wrapMs = campaignOf(d, call)?.wrapMs ?? wrapDefaultMs
  const until = d.now + wrapMs
  const wrapping = { agent: agent.user.id, state: 'wrapping', reason: null, call: call.id, until } as const
  d.fact({ type: 'agent.stateChanged', ...wrapping })
}

/** A fax had answered, and nobody talked: that is what the attempt came to. */
function withFax(d: Draft, call: Call, ending: Ending): Ending {
  const isTalked = call.lastAgent !== null || agentOf(d, call) !== null || call.desk !== null || call.of !== null
  const isOther = call.direction === 'in' || isTalked || ending.result !== 'ANSWERED'
  return call.fax === undefined || isOther ? ending : { ...ending, result: 'FAX' }
}

/**
 * A recording begins with early media. Of a call that nobody answered it is kept by the rule for these (recording-rules.ts): where nothing else
 * is wanted, when the network was understood to say something (an announcement, a special tone), since ring-back tones of every unanswered
 * attempt would fill the disk with what nobody will listen to.
 */
function endRecording(d: Draft, call: Call): void {
  // Answered and over in one turn, as a call that comes to a closed menu which hangs up: the state does not know its recording yet.
  const begun = d.recordingOf(call.id)
  if (begun !== null) return d.effect({ type: 'media.stopRecording', recording: begun })
  const recording = call.recording
  const open = recording === null ? undefined : d.state.recordings.get(recording)
  if (recording === null || open === undefined) return
  const by = call.announced?.by ?? null
  const { unanswered } = d.state.recorder.rules
  const isHeard = by === 'recording' || by === 'special'
  const isKept = call.answeredAt !== null || unanswered === 'all' || (unanswered === 'heard' && isHeard)
  if (isKept) return d.effect({ type: 'media.stopRecording', recording })
  d.fact({ type: 'recording.discarded', recording, call: call.id })
  d.effect({ type: 'media.discardRecording', recording, path: open.path })
}

/** The agent's leg of the shift goes on after this call: take it out of the patch, and stop what it was hearing. */
function silence(d: Draft, call: Call): void {
  if (call.phase === 'talking') d.effect({ type: 'media.unpatch', leg: call.leg })
  const leg = agentLegOf(d, call)
  if (leg !== null && call.mode !== null && call.answeredAt === null) {
    if (call.early) d.effect({ type: 'media.unpatch', leg: call.leg })
    d.effect({ type: 'media.stopPlay', leg })
  }
}

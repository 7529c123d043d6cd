/** An instant has come that an agent, a call or a campaign named: what is decided then. Each answer moves or clears that instant. */

import { agentOf, takeState } from './agents/settle.ts'
import type { Call } from './call-state.ts'
import { wrapUpOver } from './calls/disposition.ts'
import { endCall } from './calls/ending.ts'
import { tollDue } from './calls/toll-due.ts'
import { stationLost, stationLostDialling } from './desk/station.ts'
import { noAgentCame, noticeDue } from './dialler/notice.ts'
import { timeOutPreview } from './dialler/preview.ts'
import { rungOutAt } from './dialling-due.ts'
import type { Draft } from './draft.ts'
import type { EndCause, Ending } from './entities.ts'
import { menuDue } from './menu/menu-call.ts'
import { placeDue } from './queues/queue-place.ts'
import { dismissedAs, waitedTooLong } from './queues/waiting.ts'
import { openRecording } from './recording/recording.ts'
import type { Agent, Due } from './state.ts'
import { phoneRefused } from './transfer/consultation.ts'
import { fallBack } from './transfer/transfer.ts'

export function decideDue(d: Draft, due: Due): void {
  if (due.of === 'campaign') {
    const held = d.state.campaigns.get(due.id)?.held ?? null
    return d.note({ type: 'note.campaignHeld', campaign: due.id, held, until: null })
  }
  if (due.of === 'callbacks') return d.note({ type: 'note.callbacksDue', campaign: due.id })
  if (due.of === 'agent') {
    const agent = d.state.agents.get(due.id)
    return agent === undefined ? undefined : agentDue(d, agent)
  }
  if (due.of === 'toll') return tollDue(d, due.id)
  const call = d.state.calls.get(due.id)
  if (due.of === 'recording') return call === undefined ? undefined : openRecording(d, call, call.leg) // what is still said
  if (due.of === 'place') return call === undefined ? undefined : placeDue(d, call)
  return call === undefined ? undefined : callDue(d, call)
}

function agentDue(d: Draft, agent: Agent): void {
  switch (agent.phase) {
    case 'wrapping':
      return wrapUpOver(d, agent)
    case 'preview':
      return timeOutPreview(d, agent)
    case 'ringing':
      return phoneRefused(d, agent, 'no_answer', false)
    case 'signed_off':
    case 'break':
    case 'ready':
    case 'dialing':
    case 'talking':
      return takeState(d, agent, 'break', 'bug') // these phases name no instant
    default:
      agent.phase satisfies never
  }
}

function callDue(d: Draft, call: Call): void {
  const silent = (cause: EndCause, result: Ending['result']) =>
    endCall(d, call, { by: 'system', cause, result, sipStatus: null, q850: null })
  if (call.dismissed !== null) return silent(call.dismissed, dismissedAs(call))
  const agent = agentOf(d, call)
  switch (call.phase) {
    case 'dialing':
    case 'ringing': // the phone layer should have spoken long ago, or the agent is away for too long
      if (agent?.stationLostAt != null && d.now < rungOutAt(d.state, call)) return stationLostDialling(d, call)
      return silent('ring_timeout', 'NO_ANSWER')
    case 'offered':
      return silent('trunk_fault', 'FAILED')
    case 'notice':
      return noticeDue(d, call)
    case 'menu':
      return menuDue(d, call)
    case 'waiting':
      if (call.passed !== null) return fallBack(d, call, 'waited_too_long')
      return call.notice === null ? waitedTooLong(d, call) : noAgentCame(d, call)
    case 'passing':
      return outsideSilent(d, call)
    case 'away':
      return silent('transfer_limit', 'ANSWERED')
    case 'talking':
      return agent?.stationLostAt != null ? stationLost(d, call, agent) : silent('bug', 'ANSWERED')
    case 'assigned':
    case 'ended':
      return silent('bug', 'ANSWERED') // these phases name no instant
    default:
      call.phase satisfies never
  }
}

/** The outside call should have ended long ago: nobody shall pick it up once its party is elsewhere. Its end gives the party back. */
function outsideSilent(d: Draft, call: Call): void {
  const outside = call.other === null ? undefined : d.state.calls.get(call.other)
  if (outside === undefined || outside.phase === 'ended') return fallBack(d, call, 'outside_failed')
  endCall(d, outside, { by: 'system', cause: 'ring_timeout', result: 'NO_ANSWER', sipStatus: null, q850: null })
}

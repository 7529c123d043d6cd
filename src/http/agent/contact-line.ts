/** A call as lists on the desk show it, in the words of its campaign. */
import type { ContactLine } from '../../../web/pages/agent/party-props.ts'
import type { Frame } from '../../../web/parts/frame.ts'
import type { Campaign, DispositionChoice } from '../../centre/entities.ts'
import type { FloorState } from '../../centre/state.ts'
import type { UserId } from '../../lib/ids.ts'
import type { CallRecord } from '../../store/calls/calls.ts'

/** A call that belongs to no campaign has these outcomes; the floor knows what `callback` and `dnc` mean there. */
export const inboundDispositions: DispositionChoice[] = [
  { code: 'resolved', words: { 'zh-CN': '已解决', en: 'Resolved' }, followUp: 'done' },
  { code: 'callback', words: { 'zh-CN': '约定回呼', en: 'Call back' }, followUp: 'callback' },
  { code: 'passed_on', words: { 'zh-CN': '转交处理', en: 'Passed on' }, followUp: 'done' },
  { code: 'complaint', words: { 'zh-CN': '投诉', en: 'Complaint' }, followUp: 'done' },
  { code: 'dnc', words: { 'zh-CN': '要求不再来电', en: 'Asks not to be called' }, followUp: 'dnc' },
]

export function contactLine(call: CallRecord, state: FloorState, frame: Frame): ContactLine {
  const choice = outcomeOf(state, call)
  return {
    at: call.startedAt,
    direction: call.direction,
    result: call.result,
    agent: nameOf(state, call.agent),
    talkMs: call.connectedAt !== null && call.endedAt !== null ? call.endedAt - call.connectedAt : null,
    outcome: choice?.words[frame.language] ?? call.disposition,
    note: call.note || null,
  }
}

export function outcomeOf(
  state: FloorState,
  call: Pick<CallRecord, 'campaign' | 'disposition'>,
): DispositionChoice | undefined {
  if (call.disposition === null) return undefined
  const choices = campaignOf(state, call.campaign)?.dispositions ?? inboundDispositions
  return choices.find(choice => choice.code === call.disposition)
}

export function nameOf(state: FloorState, user: UserId | null): string | null {
  return user === null ? null : (state.users.get(user)?.displayName ?? user)
}

export function campaignOf(state: FloorState, id: Campaign['id'] | null): Campaign | null {
  return (id && state.campaigns.get(id)?.campaign) || null
}

/** A supervisor who hears a call becomes its agent: the party talks to the supervisor from here on, and the agent writes up. */
import type { UserId } from '../../lib/ids.ts'
import { agentOf } from '../agents/settle.ts'
import { phoneHoldsWords } from '../agents/station-now.ts'
import type { Draft } from '../draft.ts'
import { giveAway, writeUp } from '../transfer/transfer.ts'
import { comeTo } from './appeal.ts'
import { aboutToTalkWords, isAboutToTalk, maySupervise, stopHearing, supervisorLeg } from './supervision.ts'

export function takeOver(d: Draft, by: UserId): void {
  const supervision = d.state.supervisions.get(by)
  const who = d.state.agents.get(by)
  if (supervision === undefined || who === undefined)
    return d.refuse('not_supervising', 'You are not listening to anybody.')
  if (!maySupervise(who.user.role, 'barge'))
    return d.refuse('not_supervisor', 'Supervisors listen, whisper and barge in; quality listens.')
  if (isAboutToTalk(who)) return d.refuse('busy', aboutToTalkWords)
  const call = supervision.heard === null ? undefined : d.state.calls.get(supervision.heard.call)
  const agent = call === undefined ? null : agentOf(d, call)
  if (call?.phase !== 'talking' || agent === null || agent.user.id !== supervision.agent)
    return d.refuse('not_talking', 'No agent talks on this call now.')
  if (call.desk !== null)
    return d.refuse('desk_call', 'This call for help was dialled on the telephone itself, and stays there: barge in.')
  if (call.consult !== null)
    return d.refuse('consulting', 'The agent is consulting somebody: wait until that is over, or barge in.')
  const leg = supervisorLeg(d, supervision)
  if (leg === null) return d.refuse('no_audio', 'Your audio is not connected: check the microphone or desk phone.')
  if (leg === who.stationLeg ? d.isStationHeld(by) : d.isLegHeld(leg)) return d.refuse('phone_holds', phoneHoldsWords)
  stopHearing(d, supervision, 'taken_over')
  d.fact({ type: 'supervision.ended', by, cause: 'taken_over' })
  comeTo(d, by, call.id)
  giveAway(d, call, agent)
  const from = agent.user.id
  d.fact({ type: 'call.transferred', call: call.id, from, target: { agent: by }, how: 'taken_over', other: null })
  writeUp(d, call, agent)
  if (who.phase === 'signed_off') d.fact({ type: 'agent.signedOn', agent: by })
  d.fact({ type: 'agent.stateChanged', agent: by, state: 'talking', reason: null, call: call.id, until: null })
  d.fact({ type: 'call.connected', call: call.id, agent: by, ...(supervision.leg === null ? {} : { leg }) })
  d.effect({ type: 'media.stopPlay', leg: call.leg })
  d.effect({ type: 'media.patch', a: call.leg, b: leg })
}

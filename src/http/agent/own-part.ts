/** Of a call that several talked on, what this agent's own part of it was. */
import type { Frame } from '../../../web/parts/frame.ts'
import type { FloorState } from '../../centre/state.ts'
import type { UserId } from '../../lib/ids.ts'
import type { CallRecord } from '../../store/calls/calls.ts'
import type { TalkRecord } from '../../store/calls/talks.ts'
import { nameOf, outcomeOf } from './contact-line.ts'

type OwnPart = { talkMs: number | null; outcome: string | null; note: string | null; passed: string | null }

/** Nothing, where the agent was the only one: the call's record says it all. */
export function ownPart(
  call: CallRecord,
  talks: readonly TalkRecord[],
  agent: UserId,
  state: FloorState,
  frame: Frame,
): Partial<OwnPart> & Pick<OwnPart, 'passed'> {
  const all = talks.filter(talk => talk.call === call.id)
  const mine = all.filter(talk => talk.agent === agent)
  const last = mine.at(-1)
  if (last === undefined || (mine.length === all.length && !last.passed)) return { passed: null }
  const { disposition, note, passed } = last
  const choice = outcomeOf(state, { campaign: call.campaign, disposition })
  const next = all[all.indexOf(last) + 1]
  return {
    talkMs: mine.reduce((sum, { fromAt, toAt }) => sum + ((toAt ?? fromAt) - fromAt), 0),
    outcome: choice?.words[frame.language] ?? disposition,
    note,
    passed: passed ? (nameOf(state, next?.agent ?? null) ?? '') : null,
  }
}

import type { CallId } from '../lib/ids.ts'
import { stopRinging } from './agents/ring.ts'
import { takeState } from './agents/settle.ts'
import type { Call } from './call-state.ts'
import { leaveUnwritten } from './calls/disposition.ts'
import { faultHold, keepHold } from './campaigns/hold.ts'
import type { Decision, Moment } from './decision.ts'
import { withdrawPreview } from './dialler/preview.ts'
import { Draft } from './draft.ts'
import { type AtHand, NotDecided } from './not-decided.ts'
import type { Agent, Due, FloorState } from './state.ts'
import { endAppeal } from './supervision/appeal.ts'
import { endSupervision } from './supervision/supervision.ts'

type Dropped = { decision: Decision; call: CallId | null }

/**
 * What follows by itself next could not be decided (a fault in the program): what `error` says that it was is put away, or the floor would meet it
 * again at every turn and do nothing else. The caller ends the call that it was about. null: nobody knows what it was.
 */
export function dropNext(state: FloorState, moment: Moment, error: unknown): Dropped | null {
  return error instanceof NotDecided ? drop(state, moment, error.at) : null
}

function drop(state: FloorState, moment: Moment, at: AtHand): Dropped | null {
  const d = new Draft(state, moment)
  const dropped = (call: CallId | null = null) => ({ decision: d.decision(), call })
  switch (at.of) {
    case 'loose': {
      const end = state.loose[0]
      if (end === undefined) return null
      d.note({ type: 'note.tiedUp' })
      return dropped(end.of === 'call' ? null : end.call)
    }
    case 'supervision': {
      const supervision = state.supervisions.get(at.by)
      if (supervision !== undefined) endSupervision(d, supervision, 'bug')
      return dropped()
    }
    case 'appeal':
      endAppeal(d, at.call, 'passed_on', null)
      return dropped()
    case 'due': {
      const agent = at.due.of === 'agent' ? state.agents.get(at.due.id) : undefined
      if (agent !== undefined) return dropAgent(state, moment, agent)
      d.note({ type: 'note.deferred' })
      return dropped(callOf(at.due))
    }
    case 'history':
      d.note({ type: 'note.historyAsked' })
      return dropped()
    case 'phone': {
      const agent = state.agents.get(at.agent)
      if (agent?.phase === 'ready') takeState(d, agent, 'break', 'bug') // or a customer would be kept waiting for it
      d.note({ type: 'note.phoneLooked', agent: at.agent, open: agent?.phoneOpen ?? false })
      return dropped()
    }
    case 'search': {
      const agent = at.agent === null ? undefined : state.agents.get(at.agent)
      if (agent === undefined) return dropped(at.call)
      takeState(d, agent, 'break', 'bug') // the call waits on, and is whoever's comes next
      return dropped()
    }
    case 'match':
      takeState(d, at.match.agent, 'break', 'bug') // who of the two is at fault nobody knows: the next call is another's
      return dropped(at.match.call.id)
    case 'campaign': {
      const floor = state.campaigns.get(at.id)
      if (floor !== undefined) keepHold(d, floor, faultHold(d.now))
      return dropped()
    }
    default:
      return at satisfies never
  }
}

/** A call abroad whose time is over ends, also where what else its end means cannot be decided. */
function callOf(due: Due): CallId | null {
  return due.of === 'call' || due.of === 'toll' ? due.id : null
}

/** The agent has a break. What is in hand beside a call is given back where that, at least, can be decided. */
function dropAgent(state: FloorState, moment: Moment, agent: Agent): Dropped {
  const call = agent.call === null ? undefined : state.calls.get(agent.call)
  const free = (giveBack: (d: Draft) => void) => {
    const d = new Draft(state, moment)
    d.note({ type: 'note.deferred' })
    giveBack(d)
    takeState(d, agent, 'break', 'bug')
    return d.decision()
  }
  const isInHand = call?.agent === agent.user.id || agent.phase === 'ringing' // else others talk on
  const ends = call !== undefined && call.phase !== 'ended' && isInHand ? call.id : null
  try {
    return { decision: free(d => letGo(d, agent, call)), call: ends }
  } catch {
    return { decision: free(() => {}), call: ends } // the same fault
  }
}

/** A phone that rings for a call is hung up by the end of that call. */
function letGo(d: Draft, agent: Agent, call: Call | undefined): void {
  if (agent.phase === 'preview') withdrawPreview(d, agent, 'bug')
  else if (agent.phase === 'ringing') stopRinging(d, agent)
  else if (agent.phase === 'wrapping' && call !== undefined) leaveUnwritten(d, agent, call)
}

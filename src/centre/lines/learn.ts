/** What facts say of the lines that calls went out on. Called by `evolve` before the change is applied. */

import type { Call } from '../call-state.ts'
import type { Note } from '../decision.ts'
import type { Fact } from '../facts.ts'
import { localTime } from '../numbers/zone.ts'
import type { FloorState } from '../state.ts'
import type { OutCall } from './line-book.ts'
import { shortCallMs } from './tally.ts'

export function learnLines(state: FloorState, change: Fact | Note, at: number): void {
  switch (change.type) {
    case 'call.dialed': {
      const callerIds = state.trunks.get(change.trunk)?.trunk.callerIds ?? []
      const { trunk, callerId, number } = change
      state.lines.dialled({ trunk, callerId, number, hour: hourOf(state, at) }, callerIds, at)
      return
    }
    case 'call.rerouted': {
      const call = outCall(state, change.call)
      if (call === undefined || call.phase === 'ended') return
      const left = lineOf(state, call, at)
      state.lines.outcome(left, false, at)
      state.lines.ended(left, 'CONGESTION', false, false, at)
      const { trunk, callerId } = change
      const callerIds = state.trunks.get(trunk)?.trunk.callerIds ?? []
      state.lines.dialled({ ...left, trunk, callerId }, callerIds, at)
      return
    }
    case 'call.ringing':
    case 'call.early':
    case 'call.answered': {
      const call = outCall(state, change.call)
      if (call === undefined || call.answeredAt !== null) return
      if (call.phase === 'dialing' && !call.early)
        state.lines.progressed(lineOf(state, call, at), Math.max(0, at - (call.tries.at(-1)?.at ?? call.startedAt)), at)
      if (change.type === 'call.answered') state.lines.outcome(lineOf(state, call, at), true, at)
      return
    }
    case 'call.ended': {
      const call = outCall(state, change.call)
      if (call === undefined || call.phase === 'ended') return
      const line = lineOf(state, call, at)
      const { result, cause } = change.ending
      if (call.answeredAt === null && saysSomething(result, cause)) state.lines.outcome(line, false, at)
      const connected = call.connectedAt !== null
      state.lines.ended(line, result, connected, connected && at - call.connectedAt! < shortCallMs, at)
      return
    }
    case 'system.clockStepped':
      state.lines.shift(change.byMs)
      return
    default:
      return
  }
}

/** Withdrawn by us, or ended by our own fault, says nothing of the line. `project-lines.ts` counts by the same rule. */
export function saysSomething(result: string, cause: string): boolean {
  return result !== 'CANCELLED' && cause !== 'restarted' && cause !== 'bug'
}

function outCall(state: FloorState, id: Call['id']): Call | undefined {
  const call = state.calls.get(id)
  return call?.direction === 'out' ? call : undefined
}

function lineOf(state: FloorState, call: Call, at: number): OutCall {
  return { trunk: call.trunk, callerId: call.ourNumber, number: call.number, hour: hourOf(state, at) }
}

function hourOf(state: FloorState, at: number): number {
  return Math.floor(localTime(state.zone, at).minute / 60)
}

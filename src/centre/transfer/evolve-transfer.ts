/** What facts about consultations, transfers and slots do to a call. */

import type { Call } from '../call-state.ts'
import { setDeadline } from '../deadlines.ts'
import type { Note } from '../decision.ts'
import type { Fact } from '../facts.ts'
import type { FloorState } from '../state.ts'

/** Beyond the outside call's own last instant, which another trunk that is tried moves (`rerouteWithinMs`). */
const passingGraceMs = 60_000

export function evolveTransfer(state: FloorState, call: Call, change: Fact | Note, at: number): void {
  switch (change.type) {
    case 'call.consulted': {
      const { target, to, leg, other, own = null, phoneHolds = false } = change
      const lines = { own, phoneHolds, otherWaits: false, recording: null }
      call.consult = { target, agent: to, leg, other, answered: false, with: 'other', ...lines }
      if (leg !== null) state.legs.set(leg, { call: call.id, side: 'consult' })
      if (own !== null) state.legs.set(own, { call: call.id, side: 'second' })
      break
    }
    case 'call.consultAnswered':
      if (call.consult !== null) call.consult.answered = true
      break
    case 'call.consultTurned':
      if (call.consult === null) break
      call.consult.with = change.to
      call.consult.otherWaits = change.otherWaits ?? false
      call.consult.phoneHolds = call.consult.own !== null && change.to === 'other'
      // Stopped, and sealed in a moment; on a line of its own the talk goes on.
      if (change.to !== 'other' && call.consult.own === null) call.consult.recording = null
      break
    case 'call.consultEnded':
      endConsult(state, call)
      break
    case 'call.transferred':
      leaveAgent(state, call)
      call.passed = { by: change.from, agentTried: false, queueTried: false }
      if (change.other === null) break
      call.phase = 'passing'
      call.other = change.other
      setDeadline(state, call, (state.calls.get(change.other)?.deadlineAt ?? at) + passingGraceMs)
      break
    case 'call.takenOn':
      call.phase = 'away'
      call.other = change.other
      setDeadline(state, call, change.until)
      break
    case 'call.fellBack':
      if (call.phase === 'talking') {
        const by = call.agent!
        leaveAgent(state, call)
        call.passed = { by, agentTried: true, queueTried: false }
      }
      call.other = null
      call.phase = 'waiting'
      break
    case 'call.disposed':
      if (change.kept !== undefined) call.written = { agent: change.agent, code: change.code, ...change.kept }
      break
    default:
      break
  }
}

/** The call goes on without its agent, until another fact says with whom. */
export function leaveAgent(state: FloorState, call: Call): void {
  if (call.agentLeg !== null) state.legs.delete(call.agentLeg)
  call.agent = null
  call.agentLeg = null
  call.heldBy = null
  call.parkedFor = null
  call.slot = null
  call.phase = 'waiting'
  setDeadline(state, call, null)
}

/** Before `call` is over: who has to be told, in this same turn. */
export function noteLooseEnd(state: FloorState, call: Call): void {
  const { consult } = call
  if (call.of !== null) state.loose.push({ of: 'outside', call: call.of, outside: call })
  const passedOn = call.lastAgent !== null && call.phase !== 'talking'
  if (consult !== null || call.other !== null || passedOn) state.loose.push({ of: 'call', call, consult })
  endConsult(state, call)
}

function endConsult(state: FloorState, call: Call): void {
  const leg = call.consult?.leg ?? null
  if (leg !== null && state.legs.get(leg)?.side === 'consult') state.legs.delete(leg)
  const own = call.consult?.own ?? null
  if (own !== null && state.legs.get(own)?.side === 'second') state.legs.delete(own)
  call.consult = null
}

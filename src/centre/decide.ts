/**
 * One input becomes facts and effects, or a refusal. Changes nothing: what was decided is applied by `evolve`, and what follows from it is
 * found by `proceed`. A throw here is a bug, and has left the floor as it was.
 */

import { legMeasured } from './audio/measured.ts'
import { mediaDied } from './audio/media-died.ts'
import { threadDied } from './audio/thread-died.ts'
import { dialByHand } from './calls/dial.ts'
import { dispose } from './calls/disposition.ts'
import { emergencyIntent } from './calls/emergency.ts'
import { agentMetMachine, legHeard } from './calls/heard.ts'
import type { Decision, Moment } from './decision.ts'
import { makeReady, signOff, signOn, takeBreak } from './desk/agent.ts'
import { endByOrder, hangUp, hold, keysLate, resume, sendDigits } from './desk/call.ts'
import { deskDialled, dialEmergency } from './desk/emergency-call.ts'
import { stationDown, stationUp } from './desk/station.ts'
import { acceptPreview, skipPreview } from './dialler/preview.ts'
import { Draft } from './draft.ts'
import type { Input } from './inputs.ts'
import { leadsLoaded } from './leads/leads.ts'
import { closeByHand } from './leads/promise.ts'
import {
  legAnswered,
  legDigit,
  legEarly,
  legEnded,
  legHeld,
  legOffered,
  legRespondedLate,
  legResumed,
  legRinging,
} from './leg.ts'
import { legPlayed } from './played.ts'
import { diskChanged, recordingClosed, recordingFailed, recordingLost } from './recording/recording.ts'
import { takeNote } from './records/record.ts'
import type { FloorState } from './state.ts'
import { appeal, closeAppeal, takeAppeal, withdrawAppeal } from './supervision/appeal.ts'
import { beginSupervision, changeSupervision, stopSupervision } from './supervision/supervision.ts'
import { takeOver } from './supervision/take-over.ts'
import { callersTurnedAway, numbersTried, phonesGuessed, signInsGuessed } from './toll/guard.ts'
import { consult, endConsult, turn } from './transfer/consultation.ts'
import { park, pickUp } from './transfer/slot.ts'
import { transfer } from './transfer/transfer.ts'
import { transferAsked } from './transfer/transfer-key.ts'
import { trunkChanged, trunkLapsing, trunkTested } from './trunks/trunk.ts'

export function decide(state: FloorState, input: Input, moment: Moment): Decision {
  const d = new Draft(state, moment)
  handle(d, input)
  return d.decision()
}

function handle(d: Draft, input: Input): void {
  switch (input.type) {
    case 'tick':
      return // `proceed` finds what is due
    case 'clock.stepped':
      return d.fact({ type: 'system.clockStepped', byMs: input.byMs })
    case 'floor.behind':
      return d.note({ type: 'note.behind' })
    case 'floor.caughtUp':
      return d.note({ type: 'note.caughtUp', afterMs: input.afterMs })
    case 'disk.slow':
      return d.note({ type: 'note.diskSlow' })
    case 'disk.caughtUp':
      return d.note({ type: 'note.diskCaughtUp', afterMs: input.afterMs })
    case 'house.closing':
      return d.note({ type: 'note.closing' })
    case 'records.committed':
      return takeNote(d, input.facts)
    case 'leads.loaded':
      return leadsLoaded(d, input)
    case 'contacts.loaded':
      return d.note({ type: 'note.contactsLoaded', contacts: input.contacts, since: input.since })
    case 'agent.signOn':
      return signOn(d, input.agent)
    case 'agent.signOff':
      return signOff(d, input.agent, input.reason)
    case 'agent.ready':
      return makeReady(d, input.agent)
    case 'agent.break':
      return takeBreak(d, input.agent, input.reason)
    case 'agent.dial': {
      const emergency = emergencyIntent(d.state, input.number)
      return emergency === null ? dialByHand(d, input) : dialEmergency(d, input.agent, emergency)
    }
    case 'agent.acceptPreview':
      return acceptPreview(d, input.agent, input.phone ?? null)
    case 'agent.skipPreview':
      return skipPreview(d, input.agent, input.reason)
    case 'agent.hangUp':
      return hangUp(d, input.agent, input.call)
    case 'agent.metMachine':
      return agentMetMachine(d, input)
    case 'agent.hold':
      return hold(d, input.agent, input.call)
    case 'agent.resume':
      return resume(d, input.agent, input.call)
    case 'agent.sendDigits':
      return sendDigits(d, input.agent, input.call, input.digits)
    case 'agent.consult':
      return consult(d, input)
    case 'agent.turn':
      return turn(d, input)
    case 'agent.endConsult':
      return endConsult(d, input)
    case 'agent.transfer':
      return transfer(d, input)
    case 'agent.park':
      return park(d, input)
    case 'agent.pickUp':
      return pickUp(d, input)
    case 'agent.dispose':
      return dispose(d, input)
    case 'callback.close':
      return closeByHand(d, input)
    case 'agent.appeal':
      return appeal(d, input)
    case 'agent.withdrawAppeal':
      return withdrawAppeal(d, input.agent, input.call)
    case 'supervisor.takeAppeal':
      return takeAppeal(d, input)
    case 'supervisor.closeAppeal':
      return closeAppeal(d, input.by, input.call)
    case 'supervisor.begin':
      return beginSupervision(d, input)
    case 'supervisor.change':
      return changeSupervision(d, input)
    case 'supervisor.takeOver':
      return takeOver(d, input.by)
    case 'supervisor.stop':
      return stopSupervision(d, input.by)
    case 'call.end':
      return endByOrder(d, input.call, input.by, input.user)
    case 'station.up':
      return stationUp(d, input)
    case 'station.down':
      return stationDown(d, input.agent, input.leg, input.reason, input.reason === 'hung_up')
    case 'leg.offered':
      return legOffered(d, input)
    case 'callers.turnedAway':
      return callersTurnedAway(d, input)
    case 'trunk.lapsing':
      return trunkLapsing(d, input)
    case 'phones.guessed':
      return phonesGuessed(d, input)
    case 'numbers.tried':
      return numbersTried(d, input)
    case 'signIns.guessed':
      return signInsGuessed(d, input)
    case 'desk.dialled':
      return deskDialled(d, input)
    case 'leg.respondedLate':
      return legRespondedLate(d, input)
    case 'leg.ringing':
      return legRinging(d, input)
    case 'leg.early':
      return legEarly(d, input)
    case 'leg.answered':
      return legAnswered(d, input)
    case 'leg.heard':
      return legHeard(d, input)
    case 'leg.ended':
      return legEnded(d, input)
    case 'leg.held':
      return legHeld(d, input)
    case 'leg.resumed':
      return legResumed(d, input)
    case 'leg.digit':
      return legDigit(d, input)
    case 'call.keysLate':
      return keysLate(d, input.call, input.keys)
    case 'leg.transferAsked':
      return transferAsked(d, input)
    case 'leg.measured':
      return legMeasured(d, input.measured)
    case 'leg.played':
      return legPlayed(d, input.leg, input.speech)
    case 'trunk.up':
      return trunkChanged(d, input, null)
    case 'trunk.down':
      return trunkChanged(d, input, { why: input.why ?? 'other', words: input.reason })
    case 'trunk.test':
      return trunkTested(d, input.trunk, input.isOver)
    case 'media.died':
      return mediaDied(d, input)
    case 'thread.died':
      return threadDied(d, input)
    case 'recording.closed':
      return recordingClosed(d, input)
    case 'recording.lost':
      return recordingLost(d, input)
    case 'recording.failed':
      return recordingFailed(d, input)
    case 'recorder.disk':
      return diskChanged(d, input)
    default:
      input satisfies never
  }
}

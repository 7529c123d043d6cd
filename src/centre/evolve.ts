/**
 * The only place that changes the floor. A change is a fact (journalled) or a note (memory only); whatever `decide` makes can be applied, so
 * nothing here throws, and a fact about something that is gone is passed over. Costs do not grow with the number of leads.
 */

import { evolveAgent } from './agents/evolve-agent.ts'
import { noteHelp } from './calls/help-silence.ts'
import { evolveMode, learnQuality } from './campaigns/evolve-mode.ts'
import { popDue, sweepDue } from './deadlines.ts'
import type { Note } from './decision.ts'
import { evolveCall } from './evolve-call.ts'
import { giveTime, shiftClock } from './evolve-clock.ts'
import type { Fact } from './facts.ts'
import { followAbandonment } from './gate/abandonment.ts'
import { evolveGate, limitAbandonment } from './gate/evolve-gate.ts'
import { evolveLead } from './leads/evolve-lead.ts'
import { noteEase } from './lines/ease.ts'
import { learnLines } from './lines/learn.ts'
import { noteStart } from './lines/line.ts'
import { localDay } from './numbers/zone.ts'
import { learn } from './pacing/learn.ts'
import { outlookOf } from './pacing/outlook.ts'
import { learnHandling } from './queues/queue-place.ts'
import { followUnrecorded } from './recording/unrecorded.ts'
import { evolveRecord } from './records/evolve-record.ts'
import type { CampaignFloor, FloorState } from './state.ts'
import { evolveAppeal } from './supervision/evolve-appeal.ts'
import { evolveSupervision } from './supervision/evolve-supervision.ts'
import { followToll } from './toll/follow.ts'
import { noteFaults } from './trunks/trunk-now.ts'
import { noteTrial } from './trunks/trunk-trial.ts'

export function evolve(state: FloorState, change: Fact | Note, at: number): void {
  learn(state, change, at)
  learnLines(state, change, at)
  learnHandling(state, change, at)
  noteFaults(state, change, at)
  noteEase(state, change, at)
  noteHelp(state, change, at)
  followAbandonment(state, change, at)
  followUnrecorded(state, change, at)
  evolveAppeal(state, change, at)
  switch (change.type) {
    case 'note.ids':
      state.ids.next = Math.max(state.ids.next, change.next)
      break
    case 'note.looked': {
      const floor = state.campaigns.get(change.campaign)
      if (floor !== undefined) look(state, floor, at)
      break
    }
    case 'note.tiedUp':
      state.loose.shift()
      break
    case 'note.record':
      evolveRecord(state, change.fact, at)
      break
    case 'system.clockStepped':
      shiftClock(state, change.byMs, at)
      break
    case 'note.diskSlow':
      state.isDiskSlow = true
      break
    case 'note.behind':
      state.isBehind = true
      break
    case 'note.caughtUp':
      state.isBehind = false
      giveTime(state, change.afterMs, at)
      break
    case 'note.deferred':
      popDue(state.deadlines)
      break
    case 'note.diskCaughtUp':
      state.isDiskSlow = false
      giveTime(state, change.afterMs, at)
      break
    case 'note.closing':
      state.isClosing = true
      break
    case 'note.trunkTested': {
      const floor = state.trunks.get(change.trunk)
      if (floor === undefined) break
      floor.tests = Math.max(0, floor.tests + (change.isOver ? -1 : 1))
      if (!change.isOver) noteStart(floor, at)
      break
    }
    case 'trunk.stateChanged': {
      const floor = state.trunks.get(change.trunk)
      if (floor !== undefined) {
        floor.up = change.state === 'up'
        floor.reason = change.reason
        floor.why = change.state === 'up' ? null : (change.why ?? 'other')
        if (change.answersAt !== undefined) floor.answersAt = change.answersAt
        noteTrial(floor, at)
      }
      break
    }
    case 'recording.opened': {
      state.recordings.set(change.recording, { call: change.call, path: change.path, openedAt: at })
      const call = state.calls.get(change.call)
      if (call === undefined) break
      if (change.kind === undefined) call.recording = change.recording
      else if (call.consult !== null) call.consult.recording = change.recording
      break
    }
    case 'recording.sealed':
    case 'recording.discarded':
    case 'recording.missing': {
      if (change.recording === null) break
      state.recordings.delete(change.recording)
      const consult = state.calls.get(change.call)?.consult
      if (consult?.recording === change.recording) consult.recording = null
      break
    }
    case 'recorder.diskChanged':
      state.recorder.disk = change.disk
      break
    case 'campaign.paced': {
      const floor = state.campaigns.get(change.campaign)
      if (floor === undefined) break
      floor.loggedAt = at
      floor.loggedDialled = floor.dialled
      break
    }
    case 'system.started':
    case 'system.stopped':
    case 'callback.scheduled': // callbacks wait in the store; a due one comes back with its lead
    case 'callback.tried':
    case 'callback.closed':
      break
    case 'note.historyAsked':
      state.counters.askedAt = at
      break
    case 'note.contactsLoaded':
      state.counters.load(change.contacts, change.since, call => state.calls.has(call))
      break
    default:
      if (change.type.startsWith('call.')) state.counters.follow(change as Fact, at)
      followToll(state, change, at)
      if (evolveSupervision(state, change, at)) break
      if (evolveMode(state, change, at)) break
      learnQuality(state, change)
      if (evolveGate(state, change)) break
      if (evolveAgent(state, change, at)) break
      if (evolveCall(state, change, at)) break
      if (evolveLead(state, change, at)) break
      evolveRecord(state, change, at)
  }
  sweepDue(state)
}

/** The dialler of a campaign looks at the floor; what it advises holds until something changes, and for a second at most. */
function look(state: FloorState, floor: CampaignFloor, at: number): void {
  const { outlook, limits } = outlookOf(state, floor, at)
  const day = localDay(state.zone, at)
  if (floor.day !== day) {
    floor.pacer.account.newDay()
    floor.day = day
    limitAbandonment(state, floor)
  }
  floor.advice = floor.pacer.advise(outlook, limits, at)
  floor.lookedAt = at
  floor.changed = false
}

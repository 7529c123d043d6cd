/**
 * The tables' side of the live floor's facts. They are true already and cannot be refused, so no statement here may fail on them: what is
 * there twice is ignored, what is not there is not changed.
 */
import type { Fact } from '../../centre/facts.ts'
import { endIfCaseIsOver, learnAnswer, rememberBad } from '../campaigns/project-leads.ts'
import { type Connection, sql } from '../db.ts'
import { beginTaskCall } from '../lender/project-verification.ts'
import { enterPhase, leaveAllPhases, leavePhase } from '../people/agent-time.ts'
import type { ProjectedLine } from '../project.ts'
import { tellLackingAudio } from './lacking-audio.ts'
import { projectLegAudio } from './leg-audio.ts'

/** false: not a fact of the floor. */
export function projectFloor(db: Connection, line: ProjectedLine): boolean {
  const { seq, at, fact } = line
  const run = (text: string, ...values: unknown[]) => void sql(db, text).run(...values)
  switch (fact.type) {
    case 'system.started':
      leaveAllPhases(db, line.previousAt)
      return true
    case 'system.stopped':
    case 'system.clockStepped':
    case 'agent.signedOn':
    case 'agent.stationChanged':
    case 'call.digit':
    case 'call.keysUnsent':
    case 'safety.alarmed':
    case 'campaign.modeChanged':
    case 'preview.offered':
    case 'preview.closed':
      return true
    case 'trunk.stateChanged':
      run(
        `UPDATE trunks SET state_at = CASE WHEN state IS ? AND state_reason IS ? THEN state_at ELSE ? END, state = ?, state_reason = ?,
           answers_at = CASE WHEN ? THEN ? ELSE answers_at END WHERE id = ?`,
        fact.state,
        fact.reason,
        at,
        fact.state,
        fact.reason,
        fact.answersAt === undefined ? 0 : 1,
        fact.answersAt ?? null,
        fact.trunk,
      )
      return true
    case 'agent.signedOff':
      leavePhase(db, fact.agent, at)
      return true
    case 'agent.stateChanged':
      enterPhase(db, { seq, at, agent: fact.agent, phase: fact.state, reason: fact.reason, call: fact.call })
      return true
    case 'campaign.paced':
      run(
        `INSERT INTO pacing_log (seq, at, campaign, agents, free, ringing, waiting, answer_chance, risk, theta, limiter, answered, abandoned,
           mode, dialled, lines, talking, wrapping, free_soon, within_s, held)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        seq,
        at,
        fact.campaign,
        fact.agents,
        fact.free,
        fact.ringing,
        fact.waiting,
        fact.answerChance,
        fact.risk,
        fact.theta,
        fact.limiter,
        fact.answered,
        fact.abandoned,
        fact.mode ?? null,
        fact.dialled ?? null,
        fact.lines ?? null,
        fact.talking ?? null,
        fact.wrapping ?? null,
        fact.freeSoon ?? null,
        fact.withinS ?? null,
        fact.held ?? null,
      )
      return true
    case 'lead.reserved':
      run("UPDATE leads SET state = 'in_call', agent = ?, changed_at = ? WHERE id = ?", fact.agent, at, fact.lead)
      return true
    case 'lead.released':
      run(
        'UPDATE leads SET state = ?, due_at = ?, reason = ?, agent = NULL, changed_at = ?, next_number = ? WHERE id = ?',
        fact.state,
        fact.dueAt ?? (fact.state === 'ready' || fact.state === 'callback' ? at : null),
        fact.reason,
        at,
        fact.next ?? null,
        fact.lead,
      )
      if (fact.bad !== undefined) rememberBad(db, fact.lead, fact.bad)
      if (fact.state === 'ready' || fact.state === 'callback') endIfCaseIsOver(db, fact.lead)
      return true
    case 'call.refused':
      run(
        `INSERT INTO attempts (seq, at, campaign, lead, agent, number, refused_rule, words, policy, version, refused_by)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        seq,
        at,
        fact.campaign,
        fact.lead,
        fact.agent,
        fact.number,
        fact.refusal.rule,
        fact.refusal.words,
        fact.under?.policy ?? null,
        fact.under?.version ?? null,
        fact.under?.by ?? null,
      )
      return true
    case 'callback.scheduled': {
      const { callback } = fact
      run(
        `INSERT INTO callbacks (id, at, number, agent, campaign, lead, queue, reason, scheduled_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT DO NOTHING`,
        callback.id,
        callback.at,
        callback.number,
        callback.agent,
        callback.campaign,
        callback.lead,
        callback.queue,
        callback.reason,
        at,
      )
      if (callback.lead !== null)
        run(
          'UPDATE leads SET callback = ?, callback_agent = ? WHERE id = ?',
          callback.id,
          callback.agent,
          callback.lead,
        )
      return true
    }
    case 'callback.tried':
      run(
        'UPDATE callbacks SET last_result = ?, next_at = ? WHERE id = ? AND closed_at IS NULL',
        fact.result,
        fact.nextAt,
        fact.callback,
      )
      return true
    case 'callback.closed':
      run(
        'UPDATE callbacks SET closed_at = ?, how = ?, close_reason = ? WHERE id = ? AND closed_at IS NULL',
        at,
        fact.how,
        fact.reason ?? null,
        fact.callback,
      )
      run('UPDATE leads SET callback = NULL, callback_agent = NULL WHERE callback = ?', fact.callback)
      return true
    default:
      return projectCall(db, line, fact) || projectRecording(db, line, fact)
  }
}

function projectCall(db: Connection, { seq, at, actor }: ProjectedLine, fact: Fact): boolean {
  const run = (text: string, ...values: unknown[]) => void sql(db, text).run(...values)
  switch (fact.type) {
    case 'call.dialed':
      run(
        `INSERT INTO calls (id, direction, mode, campaign, lead, party, name, relation, agent, trunk, number, our_number, started_at)
         VALUES (?, 'out', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
        fact.call,
        fact.mode,
        fact.campaign,
        fact.lead,
        fact.party,
        fact.name,
        fact.relation,
        fact.agent,
        fact.trunk,
        fact.number,
        fact.callerId,
        at,
      )
      if (fact.of) run('UPDATE calls SET of_call = ?, agent = ? WHERE id = ?', fact.of.call, fact.of.agent, fact.call)
      if (fact.debt) run('UPDATE calls SET debt = ? WHERE id = ?', fact.debt, fact.call)
      if (fact.task) beginTaskCall(db, fact.task, fact, at)
      if (fact.callback) run('UPDATE callbacks SET tries = tries + 1, next_at = NULL WHERE id = ?', fact.callback)
      run(
        'INSERT INTO attempts (seq, at, campaign, lead, agent, number, call, policy, version, rules, override) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
        seq,
        at,
        fact.campaign,
        fact.lead,
        fact.agent,
        fact.number,
        fact.call,
        fact.verdict.policy,
        fact.verdict.version,
        JSON.stringify(fact.verdict.rules),
        fact.verdict.override ?? null,
      )
      if (fact.lead !== null)
        run(
          'UPDATE leads SET attempts = attempts + 1, last_call = ?, changed_at = ? WHERE id = ?',
          fact.call,
          at,
          fact.lead,
        )
      return true
    case 'call.rerouted':
      run(
        `UPDATE calls SET trunk = ?, our_number = ?, trunk_tries = json_insert(coalesce(trunk_tries, '[]'), '$[#]', json(?)) WHERE id = ?`,
        fact.trunk,
        fact.callerId,
        JSON.stringify(fact.failed),
        fact.call,
      )
      return true
    case 'call.offered':
      run(
        `INSERT INTO calls (id, direction, trunk, number, our_number, started_at, diverted) VALUES (?, 'in', ?, ?, ?, ?, ?)
         ON CONFLICT DO NOTHING`,
        fact.call,
        fact.trunk,
        fact.from,
        fact.to,
        at,
        fact.diverted === undefined ? null : JSON.stringify(fact.diverted),
      )
      return true
    case 'call.ringing':
      run('UPDATE calls SET ringing_at = coalesce(ringing_at, ?) WHERE id = ?', at, fact.call)
      return true
    case 'call.early':
      run('UPDATE calls SET early_at = coalesce(early_at, ?) WHERE id = ?', at, fact.call)
      return true
    case 'call.announced': {
      const { call, type: _, ...announced } = fact
      const { result, by, what, confidence } = announced
      const named = confidence === 0 ? null : (result ?? what) // withdrawn: it only began like that recording
      run('UPDATE calls SET announcement = ?, announced = ? WHERE id = ?', named, JSON.stringify(announced), call)
      if (by === 'recording' && confidence > 0)
        run(
          'UPDATE announcements SET heard = heard + 1, heard_at = max(coalesce(heard_at, 0), ?) WHERE id = ?',
          at,
          what,
        )
      return true
    }
    case 'call.judged': {
      const { call, type: _, ...judged } = fact
      run('UPDATE calls SET judged = ? WHERE id = ?', JSON.stringify(judged), call)
      return true
    }
    case 'call.faxHeard': {
      const { call, type: _, ...fax } = fact
      run('UPDATE calls SET fax = ? WHERE id = ?', JSON.stringify(fax), call)
      return true
    }
    case 'call.answererTold': {
      const { answerer, by } = fact
      run('UPDATE calls SET told = ? WHERE id = ?', JSON.stringify({ answerer, by, at, actor }), fact.call)
      return true
    }
    case 'call.answered':
      run('UPDATE calls SET answered_at = coalesce(answered_at, ?) WHERE id = ?', at, fact.call)
      return true
    case 'call.queued':
      run('UPDATE calls SET queue = ?, queued_at = coalesce(queued_at, ?) WHERE id = ?', fact.queue, at, fact.call)
      return true
    case 'call.parked':
      run('UPDATE calls SET queued_at = coalesce(queued_at, ?) WHERE id = ?', at, fact.call)
      return true
    case 'call.unassigned':
      run(
        'UPDATE calls SET agent = (SELECT agent FROM talks WHERE call = ? ORDER BY from_at DESC LIMIT 1) WHERE id = ?',
        fact.call,
        fact.call,
      )
      return true
    case 'call.assigned':
      run('UPDATE calls SET agent = ? WHERE id = ?', fact.agent, fact.call)
      return true
    case 'call.connected':
      run(
        'UPDATE calls SET agent = ?, connected_at = coalesce(connected_at, ?) WHERE id = ?',
        fact.agent,
        at,
        fact.call,
      )
      return true
    case 'call.noticeBegan':
    case 'call.noticeSaid':
    case 'call.menuBegan':
    case 'call.menuSaid':
    case 'call.menuChose':
    case 'call.placeSaid':
    case 'call.consulted':
    case 'call.consultAnswered':
    case 'call.consultTurned':
    case 'call.consultEnded':
    case 'call.transferred':
    case 'call.takenOn':
    case 'call.fellBack':
    case 'call.slotted':
    case 'call.pickedUp':
      return true
    case 'call.noticeHeard': {
      const { heardMs, whole, digit } = fact
      run('UPDATE calls SET notice = ? WHERE id = ?', JSON.stringify({ heardMs, whole, digit }), fact.call)
      return true
    }
    case 'call.agentAsked':
      run('UPDATE calls SET queued_at = coalesce(queued_at, ?) WHERE id = ?', at, fact.call)
      return true
    case 'call.held':
      run('UPDATE calls SET held_at = coalesce(held_at, ?) WHERE id = ?', at, fact.call)
      return true
    case 'call.resumed':
      run(
        'UPDATE calls SET hold_ms = hold_ms + max(0, ? - held_at), held_at = NULL WHERE id = ? AND held_at IS NOT NULL',
        at,
        fact.call,
      )
      return true
    case 'call.abandoned':
      run(
        'UPDATE calls SET abandoned_at = coalesce(abandoned_at, ?), waited_ms = ? WHERE id = ?',
        at,
        Math.round(fact.waitedMs),
        fact.call,
      )
      return true
    case 'call.ended':
      learnAnswer(db, fact.call, fact.ending.result)
      run(
        'UPDATE calls SET hold_ms = hold_ms + max(0, ? - held_at), held_at = NULL WHERE id = ? AND held_at IS NOT NULL',
        at,
        fact.call,
      )
      run(
        'UPDATE calls SET ended_at = ?, ending = ?, result = ? WHERE id = ? AND ended_at IS NULL',
        at,
        JSON.stringify(fact.ending),
        fact.ending.result,
        fact.call,
      )
      tellLackingAudio(db, fact.call)
      return true
    case 'call.disposed':
      run(
        // Of several who talked, the outcome of the last one is the call's.
        `UPDATE calls SET disposition = ?, note = ?, fields = ?, disposed_at = ? WHERE id = ?
         AND coalesce((SELECT agent FROM talks WHERE call = ? ORDER BY from_at DESC LIMIT 1), ?) = ?`,
        fact.code,
        fact.note,
        JSON.stringify(fact.fields),
        at,
        fact.call,
        fact.call,
        fact.agent,
        fact.agent,
      )
      return true
    default:
      return false
  }
}

function projectRecording(db: Connection, { seq, at }: ProjectedLine, fact: Fact): boolean {
  const run = (text: string, ...values: unknown[]) => void sql(db, text).run(...values)
  switch (fact.type) {
    case 'recording.opened':
      run(
        'INSERT INTO recordings (id, call, path, opened_at, kind) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
        fact.recording,
        fact.call,
        fact.path,
        at,
        fact.kind ?? 'call',
      )
      if (fact.kind === undefined)
        run('UPDATE calls SET recording = coalesce(recording, ?) WHERE id = ?', fact.recording, fact.call)
      return true
    case 'leg.measured':
      projectLegAudio(db, seq, at, fact)
      return true
    case 'recording.sealed':
      run(
        `UPDATE recordings SET sealed_at = ?, sha256 = ?, bytes = ?, duration_ms = ?, salvaged = ?, missing_reason = NULL, missing_cause = NULL,
           was_missing = ?, found_after_ms = ?, lost_ms = ?, lost = ?, accepted = ?,
           unanswered = EXISTS (SELECT 1 FROM calls WHERE id = recordings.call AND answered_at IS NULL)
         WHERE id = ? AND sealed_at IS NULL`,
        at,
        fact.sha256,
        fact.bytes,
        Math.round(fact.durationMs),
        fact.salvaged ? 1 : 0,
        fact.wasMissing ? 1 : 0,
        Math.round(fact.foundAfterMs ?? 0),
        Math.round(fact.lostMs ?? 0),
        fact.lost === undefined ? null : JSON.stringify(fact.lost),
        fact.accepted === undefined ? null : JSON.stringify(fact.accepted),
        fact.recording,
      )
      tellLackingAudio(db, fact.call)
      return true
    case 'recording.soundLost':
      run(
        'UPDATE recordings SET lost_ms = ?, lost = ? WHERE id = ? AND sealed_at IS NULL',
        ...[Math.round(fact.lostMs), JSON.stringify(fact.lost), fact.recording],
      )
      return true
    case 'recording.discarded':
      run('DELETE FROM recordings WHERE id = ? AND sealed_at IS NULL', fact.recording)
      run('UPDATE calls SET recording = NULL WHERE id = ? AND recording = ?', fact.call, fact.recording)
      return true
    case 'recording.missing':
      if (fact.recording !== null)
        run(
          'UPDATE recordings SET missing_reason = ?, missing_cause = ? WHERE id = ? AND sealed_at IS NULL',
          ...[fact.reason, fact.cause ?? null, fact.recording],
        )
      run(
        'UPDATE calls SET recording_missing = ?, recording_missing_cause = ? WHERE id = ?',
        ...[fact.reason, fact.cause ?? null, fact.call],
      )
      return true
    default:
      return false
  }
}

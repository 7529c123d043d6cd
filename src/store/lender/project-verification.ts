/** The tables' side of verification's facts. */
import { isDecided, type VerificationTask } from '../../lender/task.ts'
import type { TaskCall } from '../../lender/verification-facts.ts'
import { type Connection, sql } from '../db.ts'
import type { ProjectedLine } from '../project.ts'

/** Answers whether the fact was one of verification's. */
export function projectVerification(
  db: Connection,
  { at, actor, fact }: Pick<ProjectedLine, 'at' | 'actor' | 'fact'>,
): boolean {
  const run = (text: string, ...values: unknown[]) => void sql(db, text).run(...values)
  switch (fact.type) {
    case 'applications.saved':
      for (const application of fact.applications)
        run(
          `INSERT INTO applications (ref, party, product, doc, added_at, changed_at) VALUES (?, ?, ?, ?, ?, ?)
           ON CONFLICT (ref) DO UPDATE SET party = excluded.party, product = excluded.product, doc = excluded.doc, changed_at = excluded.changed_at`,
          ...[application.ref, application.party, application.product, JSON.stringify(application), at, at],
        )
      return true
    case 'checklist.saved': {
      const { id, version, product } = fact.checklist
      run(
        `INSERT INTO checklists (id, version, product, doc, saved_at, saved_by) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (id, version) DO UPDATE SET product = excluded.product, doc = excluded.doc, saved_at = excluded.saved_at, saved_by = excluded.saved_by`,
        ...[id, version, product, JSON.stringify(fact.checklist), at, actor],
      )
      return true
    }
    case 'task.opened':
      saveTask(db, fact.task, at)
      return true
    case 'task.moved':
      saveTask(db, fact.task, at)
      if (fact.task.state === 'SUBMITTED')
        run('UPDATE verification_tasks SET submitted_at = ? WHERE id = ?', at, fact.task.id)
      return true
    case 'task.called':
      run(
        'INSERT INTO task_calls (task, call, who, place, by, at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
        ...[fact.task, fact.call, fact.who, fact.place, fact.by, at],
      )
      return true
    case 'task.answered': {
      const { item, no, call } = fact.answer
      run(
        'INSERT INTO task_answers (task, item, no, call, doc, at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
        ...[fact.task, item, no, call, JSON.stringify(fact.answer), at],
      )
      return true
    }
    case 'task.refused':
      run(
        'INSERT INTO task_refusals (task, place, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
        fact.task,
        fact.place,
        at,
      )
      return true
    case 'task.confirmed':
      run(
        'INSERT INTO task_confirmations (task, no, channel, state, message, why, at) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
        ...[fact.task, fact.no, fact.channel, fact.as, fact.message, fact.why, at],
      )
      return true
    default:
      return false
  }
}

/** A call was dialled from a task: from now on answers of this party belong to it, and whoever dialled has had a hand in the verification. */
export function beginTaskCall(
  db: Connection,
  { id, who, place }: TaskCall,
  { call, agent }: { call: string; agent: string | null },
  at: number,
): void {
  sql(
    db,
    'INSERT INTO task_calls (task, call, who, place, by, at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  ).run(id, call, who, place, agent ?? '', at)
  sql(
    db,
    `UPDATE verification_tasks SET verifiers = json_insert(verifiers, '$[#]', ?)
     WHERE id = ? AND agent = ? AND NOT EXISTS (SELECT 1 FROM json_each(verifiers) WHERE value = ?)`,
  ).run(agent, id, agent, agent)
}

function saveTask(db: Connection, task: VerificationTask, at: number): void {
  sql(
    db,
    `INSERT INTO verification_tasks (id, application, party, state, checklist, version, agent, verifiers, reviewer, recall_at, proposal,
       reasons, note, missing, due_on, opened_at, changed_at, decided_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET state = excluded.state, agent = excluded.agent, verifiers = excluded.verifiers, reviewer = excluded.reviewer,
       recall_at = excluded.recall_at, proposal = excluded.proposal, reasons = excluded.reasons, note = excluded.note, missing = excluded.missing,
       due_on = excluded.due_on, changed_at = excluded.changed_at, decided_at = excluded.decided_at`,
  ).run(
    ...[task.id, task.application, task.party, task.state, task.checklist, task.version, task.agent],
    ...[JSON.stringify(task.verifiers), task.reviewer, task.recallAt, task.proposal, JSON.stringify(task.reasons)],
    ...[task.note, JSON.stringify(task.missing), task.dueOn, at, at, isDecided(task.state) ? at : null],
  )
}

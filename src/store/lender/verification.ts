import type { Asked, Checklist, ChecklistAnswer } from '../../lender/checklist.ts'
import type { ConfirmationChannel, ConfirmedState, UnwrittenWhy } from '../../lender/confirmation.ts'
import type { MessageState } from '../../lender/message.ts'
import { decidedStates, type TaskState } from '../../lender/task.ts'
import { type Db, sql } from '../db.ts'
import { and, asc, desc, eq, inArray } from '../drizzle.cjs'
import { type NoArgs, type Page, type PageArgs, pageLimit, readCursor, toPage } from '../page.ts'
import { applications, checklists, taskAnswers, verificationTasks } from '../schema.ts'

export type ApplicationRecord = typeof applications.$inferSelect
export type TaskRecord = typeof verificationTasks.$inferSelect
export type ChecklistRecord = typeof checklists.$inferSelect
export type AnswerRecord = ChecklistAnswer & { at: number }
/** `reached`: somebody talked on it. */
export type TaskCallRecord = {
  call: string
  who: Asked
  place: number
  by: string
  at: number
  reached: boolean
  answeredAt: number | null
  endedAt: number | null
}

/** With the message as it stands now; `message` null: none was written, `why` says why. */
export type ConfirmationRecord = {
  task: string
  no: number
  as: ConfirmedState
  at: number
  why: UnwrittenWhy | null
  message: string | null
  channel: ConfirmationChannel
  to: string | null
  /** Of an e-mail. */
  subject: string | null
  text: string | null
  state: MessageState | null
  reason: string | null
  doneAt: number | null
}
/** What the sending of a confirmation asks: whether what it says is still so. */
export type ConfirmationStanding = {
  message: string
  as: ConfirmedState
  no: number
  state: TaskState
  last: number
  isLatest: number
}

export type TaskFilter = PageArgs & { state?: TaskState; agent?: string; party?: string; application?: string }

const decided = decidedStates.map(state => `'${state}'`).join(', ')

export const verificationQueries = {
  'applications.byRef': (db: Db, args: { ref: string }): ApplicationRecord | null =>
    db.select().from(applications).where(eq(applications.ref, args.ref)).get() ?? null,
  /** At most 500; in no certain order. */
  'applications.byRefs': (db: Db, args: { refs: string[] }): ApplicationRecord[] =>
    db
      .select()
      .from(applications)
      .where(inArray(applications.ref, args.refs.slice(0, 500)))
      .all(),
  'applications.page': (db: Db, args: PageArgs & { party?: string }): Page<ApplicationRecord> => {
    const limit = pageLimit(args)
    const [after = ''] = (readCursor(args.cursor, ['string']) ?? []) as string[]
    const of = args.party === undefined ? '' : 'AND party = ?'
    const rows = sql(db.$client, `SELECT ref FROM applications WHERE ref > ? ${of} ORDER BY ref LIMIT ?`).all(
      ...[after, ...(args.party === undefined ? [] : [args.party]), limit + 1],
    ) as { ref: string }[]
    const { items, next } = toPage(rows, limit, row => [row.ref])
    return { items: items.map(({ ref }) => verificationQueries['applications.byRef'](db, { ref })!), next }
  },
  /** The last version of each, by id. */
  'checklists.list': (db: Db, _args: NoArgs): ChecklistRecord[] =>
    db
      .select()
      .from(checklists)
      .orderBy(asc(checklists.id), desc(checklists.version))
      .all()
      .filter((each, at, all) => all[at - 1]?.id !== each.id),
  'checklists.versions': (db: Db, args: { id: string }): ChecklistRecord[] =>
    db.select().from(checklists).where(eq(checklists.id, args.id)).orderBy(desc(checklists.version)).limit(200).all(),
  'checklists.byVersion': (db: Db, args: { id: string; version: number }): Checklist | null =>
    db
      .select()
      .from(checklists)
      .where(and(eq(checklists.id, args.id), eq(checklists.version, args.version)))
      .get()?.doc ?? null,
  'tasks.byId': (db: Db, args: { id: string }): TaskRecord | null =>
    db.select().from(verificationTasks).where(eq(verificationTasks.id, args.id)).get() ?? null,
  /** At most 500; in no certain order. */
  'tasks.byIds': (db: Db, args: { ids: string[] }): TaskRecord[] =>
    db
      .select()
      .from(verificationTasks)
      .where(inArray(verificationTasks.id, args.ids.slice(0, 500)))
      .all(),
  'tasks.ofApplication': (db: Db, args: { application: string }): TaskRecord[] =>
    db
      .select()
      .from(verificationTasks)
      .where(eq(verificationTasks.application, args.application))
      .orderBy(desc(verificationTasks.openedAt))
      .limit(100)
      .all(),
  /** Open tasks of a party, newest first: what a call with it may be about. */
  'tasks.openOfParty': (db: Db, args: { party: string }): TaskRecord[] =>
    (
      sql(
        db.$client,
        `SELECT id FROM verification_tasks WHERE party = ? AND state NOT IN (${decided}) ORDER BY opened_at DESC LIMIT 20`,
      ).all(args.party) as { id: string }[]
    ).map(({ id }) => verificationQueries['tasks.byId'](db, { id })!),
  /** By id; of a state, an agent, a party or an application. */
  'tasks.page': (db: Db, args: TaskFilter): Page<TaskRecord> => {
    const limit = pageLimit(args)
    const [after = ''] = (readCursor(args.cursor, ['string']) ?? []) as string[]
    const given = [
      ['state', args.state],
      ['agent', args.agent],
      ['party', args.party],
      ['application', args.application],
    ] as const
    const set = given.filter(([, value]) => value !== undefined)
    const where = ['id > ?', ...set.map(([name]) => `${name} = ?`)].join(' AND ')
    const rows = sql(db.$client, `SELECT id FROM verification_tasks WHERE ${where} ORDER BY id LIMIT ?`).all(
      ...[after, ...set.map(([, value]) => value), limit + 1],
    ) as { id: string }[]
    const { items, next } = toPage(rows, limit, row => [row.id])
    return { items: items.map(({ id }) => verificationQueries['tasks.byId'](db, { id })!), next }
  },
  /** What a verifier has open: those who are to be called again first when it is time, then the oldest. At most 200. */
  'tasks.worklist': (db: Db, args: { agent: string; now: number }): TaskRecord[] =>
    (
      sql(
        db.$client,
        `SELECT id FROM verification_tasks WHERE agent = ? AND state IN ('ASSIGNED', 'CALLING', 'RECALL')
         ORDER BY CASE WHEN recall_at IS NULL THEN 1 WHEN recall_at <= ? THEN 0 ELSE 2 END, coalesce(recall_at, opened_at), id LIMIT 200`,
      ).all(args.agent, args.now) as { id: string }[]
    ).map(({ id }) => verificationQueries['tasks.byId'](db, { id })!),
  /** How many tasks are open with each verifier, and how many in each state. */
  'tasks.loads': (db: Db, _args: NoArgs): { agent: string; open: number }[] =>
    sql(
      db.$client,
      `SELECT agent, count(*) AS open FROM verification_tasks WHERE agent IS NOT NULL AND state IN ('ASSIGNED', 'CALLING', 'RECALL') GROUP BY agent`,
    ).all() as { agent: string; open: number }[],
  'tasks.counts': (db: Db, _args: NoArgs): { state: TaskState; tasks: number }[] =>
    sql(db.$client, 'SELECT state, count(*) AS tasks FROM verification_tasks GROUP BY state').all() as {
      state: TaskState
      tasks: number
    }[],
  /** Oldest first. */
  'tasks.calls': (db: Db, args: { task: string }): TaskCallRecord[] =>
    (
      sql(
        db.$client,
        `SELECT c.call, c.who, c.place, c.by, c.at, k.connected_at, k.answered_at, k.ended_at
         FROM task_calls c LEFT JOIN calls k ON k.id = c.call WHERE c.task = ? ORDER BY c.at, c.call LIMIT 500`,
      ).all(args.task) as (Omit<TaskCallRecord, 'reached' | 'answeredAt' | 'endedAt'> & {
        connected_at: number | null
        answered_at: number | null
        ended_at: number | null
      })[]
    ).map(({ connected_at, answered_at, ended_at, ...call }) => ({
      ...call,
      reached: connected_at !== null,
      answeredAt: answered_at,
      endedAt: ended_at,
    })),
  /** Of which tasks a call is part. */
  'tasks.ofCall': (db: Db, args: { call: string }): { task: string; who: Asked; place: number }[] =>
    sql(db.$client, 'SELECT task, who, place FROM task_calls WHERE call = ? LIMIT 20').all(args.call) as {
      task: string
      who: Asked
      place: number
    }[],
  /** In the order in which they were given. */
  'tasks.answers': (db: Db, args: { task: string }): AnswerRecord[] =>
    db
      .select()
      .from(taskAnswers)
      .where(eq(taskAnswers.task, args.task))
      .orderBy(asc(taskAnswers.at), asc(taskAnswers.item), asc(taskAnswers.no))
      .all()
      .map(({ doc, at }) => ({ ...doc, at })),
  /** What was answered on a call, of every task. */
  'tasks.answersOfCall': (db: Db, args: { call: string }): (AnswerRecord & { task: string })[] =>
    db
      .select()
      .from(taskAnswers)
      .where(eq(taskAnswers.call, args.call))
      .orderBy(asc(taskAnswers.at))
      .limit(500)
      .all()
      .map(({ doc, at, task }) => ({ ...doc, at, task })),
  /** Places of contacts who refused. */
  'tasks.refusals': (db: Db, args: { task: string }): number[] =>
    (
      sql(db.$client, 'SELECT place FROM task_refusals WHERE task = ? ORDER BY place').all(args.task) as {
        place: number
      }[]
    ).map(({ place }) => place),
  /** In the order in which they were written. */
  'tasks.confirmations': (db: Db, args: { task: string }): ConfirmationRecord[] =>
    sql(
      db.$client,
      `SELECT c.task, c.no, c.state AS "as", c.at, c.why, c.message, c.channel, m.recipient AS "to", nullif(m.subject, '') AS subject, m.text, m.state, m.reason, m.done_at AS doneAt
       FROM task_confirmations c LEFT JOIN messages m ON m.id = c.message WHERE c.task = ? ORDER BY c.no, c.channel LIMIT 100`,
    ).all(args.task) as ConfirmationRecord[],
  /** Of those of at most 500 messages that are confirmations. */
  'confirmations.standing': (db: Db, args: { messages: string[] }): ConfirmationStanding[] =>
    sql(
      db.$client,
      `SELECT c.message, c.state AS "as", c.no, t.state AS state, (SELECT max(no) FROM task_confirmations l WHERE l.task = c.task) AS last,
         NOT EXISTS (SELECT 1 FROM verification_tasks n WHERE n.application = t.application AND n.rowid > t.rowid) AS isLatest
       FROM task_confirmations c JOIN verification_tasks t ON t.id = c.task WHERE c.message IN (SELECT value FROM json_each(?))`,
    ).all(JSON.stringify(args.messages.slice(0, 500))) as ConfirmationStanding[],
}

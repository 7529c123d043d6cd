/**
 * Who changed what of the settings, field by field: the facts of people, trunks, campaigns and the like, each beside the one before of the same thing; and
 * of loans that no import told.
 */
import type { Actor, Fact } from '../../centre/facts.ts'
import type { Loan } from '../../lender/loan.ts'
import { type LoanByHand, loanDoc } from '../../lender/loan-change.ts'
import { amountTyped } from '../../lender/money.ts'
import { type ChangeKind, changedFields, type FieldChange } from '../../lib/changed-fields.ts'
import { type Connection, type Db, sql } from '../db.ts'
import { makeCursor, type Page, type PageArgs, pageLimit, readCursor } from '../page.ts'
import type { ProjectedLine } from '../project.ts'

export type ChangeRecord = {
  seq: number
  at: number
  actor: Actor
  kind: ChangeKind
  /** A kind and what of it: `trunk:t_1`, `setting:centre.zone`. */
  subject: string
  /** What people call it. */
  name: string
  fields: FieldChange[]
}

/** `subject` that ends in a dot: of all that begin so, `setting:recording.`; `kind` alone asks for all of it. */
export type ChangesArgs = PageArgs & { subject?: string; kind?: string }

const loanChangesMax = 50

/** Of these kinds other settings name one by its id. */
const namedKinds = ['user', 'trunk', 'trunkGroup', 'queue', 'menu', 'team', 'campaign'] as const

type Row = {
  seq: number
  at: number
  actor: Actor
  kind: ChangeKind
  subject: string
  name: string | null
  fields: string
}

export const changeQueries = {
  /** Newest first. */
  'changes.page': (db: Db, args: ChangesArgs): Page<ChangeRecord> => {
    const limit = pageLimit(args)
    const [before = Number.MAX_SAFE_INTEGER] = (readCursor(args.cursor, ['number']) ?? []) as number[]
    const [where, values] =
      args.subject !== undefined
        ? args.subject.endsWith('.')
          ? ['changes.subject >= ? AND changes.subject < ? AND', [args.subject, `${args.subject.slice(0, -1)}/`]]
          : ['changes.subject = ? AND', [args.subject]]
        : args.kind !== undefined
          ? ['changes.subject >= ? AND changes.subject < ? AND', [`${args.kind}:`, `${args.kind};`]]
          : ['', []]
    const rows = sql(
      db.$client,
      `SELECT seq, at, actor, kind, changes.subject AS subject, name, fields FROM changes
       LEFT JOIN change_heads ON change_heads.subject = changes.subject WHERE ${where} seq < ? ORDER BY seq DESC LIMIT ?`,
    ).all(...values, before, limit + 1) as Row[]
    const items = rows.slice(0, limit).map(opened)
    return { items, next: rows.length > limit ? makeCursor([items.at(-1)!.seq]) : null }
  },
  /** Of these loans by hand, the newest 50 first. */
  'changes.ofLoans': (db: Db, args: { refs: string[] }): ChangeRecord[] =>
    (
      sql(
        db.$client,
        `SELECT seq, at, actor, kind, subject, NULL AS name, fields FROM changes
         WHERE subject IN (SELECT 'loan:' || value FROM json_each(?)) ORDER BY seq DESC LIMIT ${loanChangesMax}`,
      ).all(JSON.stringify(args.refs)) as Row[]
    ).map(opened),
  /** What things with these ids are or were called, at most 500; those that nobody knows are left out. */
  'changes.names': (db: Db, args: { ids: string[] }): Record<string, string> => {
    const names: Record<string, string> = {}
    const find = sql(db.$client, 'SELECT name FROM change_heads WHERE subject = ?')
    for (const id of args.ids.slice(0, 500))
      for (const kind of namedKinds) {
        const row = find.get(`${kind}:${id}`) as { name: string } | undefined
        if (row !== undefined) names[id] = row.name
      }
    return names
  },
}

function opened({ name, fields, ...row }: Row): ChangeRecord {
  return {
    ...row,
    name: name ?? row.subject.slice(row.subject.indexOf(':') + 1),
    fields: JSON.parse(fields) as FieldChange[],
  }
}

type Said = { subject: string; name: string } & ({ doc: object } | { removed: true } | { secret: string })

export function projectChange(
  db: Connection,
  { seq, at, actor, fact }: Pick<ProjectedLine, 'seq' | 'at' | 'actor' | 'fact'>,
): void {
  const insert = (subject: string, kind: ChangeKind, fields: FieldChange[]) =>
    void sql(db, 'INSERT INTO changes (seq, subject, at, actor, kind, fields) VALUES (?, ?, ?, ?, ?, ?)').run(
      ...[seq, subject, at, actor, kind, JSON.stringify(fields)],
    )
  if (fact.type === 'loans.saved') {
    const [loan] = fact.loans
    if (fact.byHand === undefined || loan === undefined) return
    const row = sql(db, 'SELECT doc FROM loans WHERE ref = ?').get(loan.ref) as { doc: string } | undefined
    const fields = fieldsOfLoan(row === undefined ? null : (JSON.parse(row.doc) as Loan), loan, fact.byHand)
    return fields.length === 0 ? undefined : insert(`loan:${loan.ref}`, row === undefined ? 'made' : 'changed', fields)
  }
  const said = saidBy(fact)
  if (said === null) return
  const { subject, name } = said
  const add = (kind: ChangeKind, fields: FieldChange[]) => insert(subject, kind, fields)
  if ('secret' in said) return add('secret', [{ field: said.secret, before: null, after: null }])
  if ('removed' in said) return add('removed', []) // its head stays: what it was called is still told
  const head = sql(db, 'SELECT doc FROM change_heads WHERE subject = ?').get(subject) as { doc: string } | undefined
  const fields = changedFields(head === undefined ? {} : (JSON.parse(head.doc) as object), said.doc)
  if (head !== undefined && fields.length === 0) return
  sql(
    db,
    `INSERT INTO change_heads (subject, name, doc) VALUES (?, ?, ?)
     ON CONFLICT (subject) DO UPDATE SET name = excluded.name, doc = excluded.doc`,
  ).run(subject, name, JSON.stringify(said.doc))
  add(head === undefined ? 'made' : 'changed', fields)
}

/** Beside how it is kept before this is; why and what it does to the debt come first. */
function fieldsOfLoan(before: Loan | null, after: Loan, { reason, owedBefore, owedAfter }: LoanByHand): FieldChange[] {
  const fields = changedFields(before === null ? {} : loanDoc(before), loanDoc(after))
  if (fields.length === 0) return []
  const owed = { field: 'owed', before: amountTyped(owedBefore, (before ?? after).currency) }
  return [
    ...(reason === null ? [] : [{ field: 'reason', before: null, after: reason }]),
    ...(owedBefore === owedAfter ? [] : [{ ...owed, after: amountTyped(owedAfter, after.currency) }]),
    ...fields,
  ]
}

function saidBy(fact: Fact): Said | null {
  const of = (kind: string, doc: { id: string; name?: string }, name = doc.name ?? doc.id): Said => ({
    subject: `${kind}:${doc.id}`,
    name,
    doc,
  })
  const gone = (kind: string, id: string): Said => ({ subject: `${kind}:${id}`, name: id, removed: true })
  switch (fact.type) {
    case 'user.saved':
      return of('user', fact.user)
    case 'user.passwordSet':
      return { subject: `user:${fact.user}`, name: fact.user, secret: 'password' }
    case 'user.sipPasswordSet':
      return { subject: `user:${fact.user}`, name: fact.user, secret: 'sipPassword' }
    case 'agency.saved':
      return of('agency', fact.agency)
    case 'agency.removed':
      return gone('agency', fact.agency)
    case 'trunk.saved':
      return of('trunk', fact.trunk)
    case 'trunk.passwordSet':
      return { subject: `trunk:${fact.trunk}`, name: fact.trunk, secret: 'password' }
    case 'trunk.removed':
      return gone('trunk', fact.trunk)
    case 'trunkGroup.saved':
      return of('trunkGroup', fact.group)
    case 'trunkGroup.removed':
      return gone('trunkGroup', fact.group)
    case 'queue.saved':
      return of('queue', fact.queue)
    case 'queue.removed':
      return gone('queue', fact.queue)
    case 'menu.saved':
      return of('menu', fact.menu)
    case 'menu.removed':
      return gone('menu', fact.menu)
    case 'team.saved':
      return of('team', fact.team)
    case 'team.removed':
      return gone('team', fact.team)
    case 'number.saved':
      return of('number', fact.number, fact.number.number)
    case 'number.removed':
      return gone('number', fact.number)
    case 'campaign.saved':
      return of('campaign', fact.campaign)
    case 'product.saved':
      return of('product', fact.product)
    case 'policy.saved':
      return of('policy', fact.policy)
    case 'lines.rulesSaved':
      return { subject: 'rules:lines', name: 'lines', doc: fact.rules }
    case 'toll.rulesSaved':
      return { subject: 'rules:toll', name: 'toll', doc: fact.rules }
    case 'fields.defined':
      return {
        subject: `fields:${fact.business}`,
        name: fact.business,
        doc: Object.fromEntries(
          fact.fields.map(({ key, label, ...field }, at) => [
            key,
            { ...field, label: `${label['zh-CN']} · ${label.en}`, place: at + 1 },
          ]),
        ),
      }
    case 'setting.saved':
      return { subject: `setting:${fact.key}`, name: fact.key, doc: settingDoc(fact.value) }
    default:
      return null
  }
}

/** Settings that are objects are told by their keys. */
function settingDoc(value: string): object {
  if (!/^[[{]/.test(value)) return { value }
  try {
    return JSON.parse(value) as object
  } catch {
    return { value }
  }
}

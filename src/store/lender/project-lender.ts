/** The tables' side of the lender's facts. Of a loan the oldest due date and what is owed are kept beside it: days past due follow from a date alone. */
import type { Fact } from '../../centre/facts.ts'
import type { AllocationLine } from '../../lender/allocation.ts'
import { isClosed, stopsCalls } from '../../lender/case.ts'
import { type FieldDefinition, searchText } from '../../lender/fields.ts'
import type { Loan } from '../../lender/loan.ts'
import { payKey, standingOf } from '../../lender/overdue.ts'
import { type Party, type PartyPhone, partyFlags } from '../../lender/party.ts'
import { endLeadsOf } from '../campaigns/project-leads.ts'
import { type Connection, sql } from '../db.ts'
import type { ProjectedLine } from '../project.ts'
import { saveNameParts } from './party-names.ts'

/** Answers whether the fact was one of the lender's. */
export function projectLender(db: Connection, { at, fact }: Pick<ProjectedLine, 'at' | 'fact'>): boolean {
  const run = (text: string, ...values: unknown[]) => void sql(db, text).run(...values)
  switch (fact.type) {
    case 'parties.saved': {
      const searched = searchedFields(db)
      for (const party of fact.parties) saveParty(db, party, searched, at)
      return true
    }
    case 'party.numberMarked': {
      const row = sql(db, 'SELECT doc FROM party_phones WHERE party = ? AND number = ?').get(fact.party, fact.number)
      if (row === undefined) return true
      const phone: PartyPhone = {
        ...(JSON.parse((row as { doc: string }).doc) as PartyPhone),
        status: fact.status,
        badReason: fact.reason,
      }
      run(
        'UPDATE party_phones SET status = ?, doc = ? WHERE party = ? AND number = ?',
        ...[fact.status, JSON.stringify(phone), fact.party, fact.number],
      )
      return true
    }
    case 'call.identified':
      run(
        'UPDATE calls SET party = ?, name = ?, relation = ? WHERE id = ?',
        ...[fact.party, fact.name, fact.relation, fact.call],
      )
      return true
    case 'party.secretShown':
      return true // stands in the journal alone
    case 'consent.given': {
      const { id, party, purpose, channel, basis, evidence, givenAt } = fact.consent
      run(
        `INSERT INTO consents (id, party, purpose, channel, basis, evidence, given_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
        ...[id, party, purpose, channel, basis, evidence, givenAt],
      )
      return true
    }
    case 'consent.withdrawn':
      run(
        'UPDATE consents SET withdrawn_at = coalesce(withdrawn_at, ?), withdrawn_reason = coalesce(withdrawn_reason, ?) WHERE id = ?',
        ...[at, fact.reason, fact.consent],
      )
      return true
    case 'fields.defined':
      run(
        `INSERT INTO field_definitions (business, doc, saved_at) VALUES (?, ?, ?)
         ON CONFLICT (business) DO UPDATE SET doc = excluded.doc, saved_at = excluded.saved_at`,
        ...[fact.business, JSON.stringify(fact.fields), at],
      )
      return true
    case 'loans.saved':
      for (const loan of fact.loans) saveLoan(db, loan, at)
      return true
    case 'repayment.recorded': {
      const { id, party, loan, amount, currency, paidAt, channel } = fact.repayment
      run(
        `INSERT INTO repayments (id, party, loan, amount, currency, paid_at, channel, left_over, recorded_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        ...[id, party, loan, amount, currency, paidAt, channel, amount, at],
      )
      return true
    }
    case 'repayment.allocated':
      allocate(db, fact.repayment, fact.lines)
      run('UPDATE repayments SET left_over = ? WHERE id = ?', fact.left, fact.repayment)
      return true
    case 'repayment.reversed':
      allocate(db, fact.repayment, [])
      run(
        'UPDATE repayments SET reversed_at = coalesce(reversed_at, ?), reversed_reason = coalesce(reversed_reason, ?) WHERE id = ?',
        ...[at, fact.reason, fact.repayment],
      )
      return true
    case 'case.opened':
    case 'case.moved':
    case 'case.loansChanged':
      projectCase(db, fact, at)
      return true
    case 'lender.dayDone':
      run(
        `INSERT INTO lender_days (day, opened, judged, settled, assigned, done_at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (day) DO NOTHING`,
        ...[fact.day, fact.opened, fact.judged, fact.settled, fact.assigned, at],
      )
      return true
    case 'waiver.asked':
    case 'waiver.refused':
    case 'waiver.approved':
    case 'complaint.opened':
    case 'complaint.extended':
    case 'complaint.resolved':
      projectClaim(db, fact, at)
      return true
    case 'case.stepped':
      run(
        `INSERT INTO case_steps (case_id, strategy, step, party, version, how, why, lead, message, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT DO NOTHING`,
        ...[
          fact.case,
          fact.strategy,
          fact.step,
          fact.party,
          fact.version,
          fact.how,
          fact.why,
          fact.lead,
          fact.message,
          at,
        ],
      )
      return true
    case 'message.queued':
    case 'message.sent':
    case 'message.failed':
    case 'message.deferred':
    case 'message.dropped':
      projectMessage(run, fact, at)
      return true
    case 'promise.made': {
      const { promise } = fact
      run(
        `INSERT INTO promises (id, party, case_id, loan, amount, currency, due_on, made_on, agent, call, state, paid, made_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'OPEN', 0, ?)`,
        ...[promise.id, promise.party, promise.case, promise.loan, promise.amount, promise.currency],
        ...[promise.dueOn, promise.madeOn, promise.agent, promise.call, at],
      )
      markBroken(db, promise.party)
      return true
    }
    case 'promise.judged':
      run(
        'UPDATE promises SET state = ?, paid = ?, judged_at = ? WHERE id = ?',
        ...[fact.state, fact.paid, at, fact.promise],
      )
      markBroken(db, fact.party)
      return true
    case 'promise.cancelled':
      run("UPDATE promises SET state = 'CANCELLED', judged_at = ? WHERE id = ?", at, fact.promise)
      markBroken(db, fact.party)
      return true
    default:
      return false
  }
}

function saveParty(db: Connection, party: Party, searched: Map<string, string[]>, at: number): void {
  const { phones, ...doc } = party
  const former = sql(db, 'SELECT name FROM parties WHERE ref = ?').get(party.ref) as { name: string } | undefined
  sql(
    db,
    `INSERT INTO parties (ref, type, name, id_hash, doc, added_at, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (ref) DO UPDATE SET type = excluded.type, name = excluded.name, id_hash = excluded.id_hash, doc = excluded.doc,
       changed_at = excluded.changed_at`,
  ).run(party.ref, party.type, party.name, party.idNo?.hash ?? null, JSON.stringify(doc), at, at)
  saveNameParts(db, party.ref, former?.name ?? null, party.name)
  saveFlags(db, party, former === undefined)
  sql(db, 'DELETE FROM party_phones WHERE party = ?').run(party.ref)
  for (const [position, phone] of phones.entries())
    sql(
      db,
      `INSERT INTO party_phones (party, number, position, relation, status, doc) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    ).run(party.ref, phone.number, position, phone.relation, phone.status, JSON.stringify(phone))
  sql(db, 'DELETE FROM party_fields WHERE party = ?').run(party.ref)
  for (const [business, keys] of searched)
    for (const key of keys) {
      const value = party.fields[business as keyof Party['fields']]?.[key]
      if (value !== undefined)
        sql(db, 'INSERT INTO party_fields (party, business, key, value) VALUES (?, ?, ?, ?)').run(
          ...[party.ref, business, key, searchText(value)],
        )
    }
}

function saveFlags(db: Connection, { ref, flags }: Party, isNew: boolean): void {
  if (!isNew)
    for (const flag of partyFlags) sql(db, 'DELETE FROM party_flags WHERE flag = ? AND party = ?').run(flag, ref)
  for (const flag of flags) sql(db, 'INSERT OR IGNORE INTO party_flags (flag, party) VALUES (?, ?)').run(flag, ref)
}

/** Keys of the fields that parties are found by, of each business. A field that becomes searchable is so for parties saved from then on. */
function searchedFields(db: Connection): Map<string, string[]> {
  const rows = sql(db, 'SELECT business, doc FROM field_definitions').all() as { business: string; doc: string }[]
  return new Map(
    rows.map(({ business, doc }) => [
      business,
      (JSON.parse(doc) as FieldDefinition[]).filter(({ searchable }) => searchable).map(({ key }) => key),
    ]),
  )
}

function saveLoan(db: Connection, loan: Loan, at: number): void {
  sql(
    db,
    `INSERT INTO loans (ref, party, product, status, doc, owed, added_at, changed_at) VALUES (?, ?, ?, ?, ?, 0, ?, ?)
     ON CONFLICT (ref) DO UPDATE SET party = excluded.party, product = excluded.product, status = excluded.status, doc = excluded.doc,
       changed_at = excluded.changed_at`,
  ).run(loan.ref, loan.party, loan.product, loan.status, JSON.stringify(loan), at, at)
  reckon(db, loan.ref)
}

/** In place of what was allocated of this repayment; every loan of before and after is reckoned anew. */
function allocate(db: Connection, repayment: string, lines: readonly AllocationLine[]): void {
  const before = sql(db, 'SELECT DISTINCT loan FROM allocations WHERE repayment = ?').all(repayment) as {
    loan: string
  }[]
  sql(db, 'DELETE FROM allocations WHERE repayment = ?').run(repayment)
  for (const { loan, instalment, component, amount } of lines)
    sql(
      db,
      `INSERT INTO allocations (repayment, loan, instalment, component, amount) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET amount = amount + excluded.amount`,
    ).run(repayment, loan, instalment, component, amount)
  for (const loan of new Set([...before, ...lines].map(line => line.loan))) reckon(db, loan)
}

/** No date of today is needed: what is owed in all, and since when, does not change with the day. */
function reckon(db: Connection, ref: string): void {
  const row = sql(db, 'SELECT doc FROM loans WHERE ref = ?').get(ref) as { doc: string } | undefined
  if (row === undefined) return
  const loan = JSON.parse(row.doc) as Loan
  const { oldestDueOn, owedTotal } = standingOf(loan, paidOf(db, ref), '0000-01-01')
  sql(db, 'UPDATE loans SET oldest_due_on = ?, owed = ? WHERE ref = ?').run(oldestDueOn, owedTotal, ref)
  standCases(db, loan.party)
}

/** What cases are listed by, of all of a party's loans together. */
function standCases(db: Connection, party: string): void {
  sql(
    db,
    `UPDATE cases SET oldest_due_on = (SELECT min(oldest_due_on) FROM loans WHERE loans.party = cases.party),
       owed = coalesce((SELECT sum(owed) FROM loans WHERE loans.party = cases.party), 0),
       product = (SELECT product FROM loans WHERE loans.party = cases.party AND oldest_due_on IS NOT NULL ORDER BY oldest_due_on, ref LIMIT 1)
     WHERE party = ?`,
  ).run(party)
}

/** What repayments paid of a loan, by instalment and component. */
export function paidOf(db: Connection, loan: string): Map<string, number> {
  const rows = sql(
    db,
    'SELECT instalment, component, sum(amount) AS amount FROM allocations WHERE loan = ? GROUP BY instalment, component',
  ).all(loan) as { instalment: number; component: string; amount: number }[]
  return new Map(rows.map(({ instalment, component, amount }) => [payKey(instalment, component), amount]))
}

type CaseFact = Extract<Fact, { type: 'case.opened' | 'case.moved' | 'case.loansChanged' }>

function projectCase(db: Connection, fact: CaseFact, at: number): void {
  switch (fact.type) {
    case 'case.opened': {
      const { id, party, state, before, agent, loans, holdReason } = fact.case
      sql(
        db,
        `INSERT INTO cases (id, party, state, state_before, agent, loans, hold_reason, reason, opened_at, changed_at, closed_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, '', ?, ?, ?)`,
      ).run(id, party, state, before, agent, JSON.stringify(loans), holdReason, at, at, isClosed(state) ? at : null)
      standCases(db, party)
      markBroken(db, party)
      return
    }
    case 'case.moved':
      sql(
        db,
        `UPDATE cases SET state = ?, state_before = ?, agent = ?, hold_reason = ?, reason = ?, changed_at = ?, agency = ?, placed = ?, rule = coalesce(?, rule),
           rule_group = coalesce(?, rule_group), assigned_at = CASE WHEN ? IS NULL THEN assigned_at ELSE ? END,
           closed_at = CASE WHEN ? THEN coalesce(closed_at, ?) ELSE NULL END WHERE id = ?`,
      ).run(
        ...[fact.to, fact.before, fact.agent, fact.holdReason, fact.reason, at],
        ...[fact.placed?.agency ?? null, fact.placed ? JSON.stringify(fact.placed) : null],
        ...[fact.by?.rule ?? null, fact.by?.group ?? null, fact.by?.rule ?? null, at],
        ...[isClosed(fact.to) ? 1 : 0, at, fact.case],
      )
      // Also of what an agency had for it: after the recall it calls no more.
      if ((stopsCalls(fact.to) && fact.to !== 'HOLD') || fact.left) endLeadsOf(db, fact.party, at)
      return
    case 'case.loansChanged':
      sql(db, 'UPDATE cases SET loans = ?, changed_at = ? WHERE id = ?').run(JSON.stringify(fact.loans), at, fact.case)
      return
    default:
      fact satisfies never
  }
}

type MessageFact = Extract<
  Fact,
  { type: 'message.queued' | 'message.sent' | 'message.failed' | 'message.deferred' | 'message.dropped' }
>

function projectMessage(run: (text: string, ...values: unknown[]) => void, fact: MessageFact, at: number): void {
  switch (fact.type) {
    case 'message.queued': {
      const { id, party, case: of, why, channel, to, text, subject = '', promise = null } = fact.message
      const { purpose = 'collections' } = fact.message
      run(
        `INSERT INTO messages (id, party, case_id, why, channel, recipient, text, subject, purpose, promise, state, tries, next_at, queued_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting', 0, ?, ?)`,
        ...[id, party, of, why, channel, to, text, subject, purpose, promise, at, at],
      )
      return
    }
    case 'message.sent':
      run(
        "UPDATE messages SET state = 'sent', way = ?, ref = ?, next_at = NULL, reason = NULL, tries = tries + 1, done_at = ? WHERE id = ?",
        ...[fact.way, fact.ref, at, fact.message],
      )
      return
    case 'message.failed':
      run(
        `UPDATE messages SET tries = tries + 1, reason = ?, next_at = ?, state = CASE WHEN ? IS NULL THEN 'dropped' ELSE state END,
           done_at = CASE WHEN ? IS NULL THEN ? ELSE done_at END WHERE id = ?`,
        ...[fact.reason, fact.nextAt, fact.nextAt, fact.nextAt, at, fact.message],
      )
      return
    case 'message.deferred':
      run('UPDATE messages SET reason = ?, next_at = ? WHERE id = ?', fact.reason, fact.until, fact.message)
      return
    case 'message.dropped':
      run(
        "UPDATE messages SET state = 'dropped', reason = ?, next_at = NULL, done_at = ? WHERE id = ?",
        ...[fact.reason, at, fact.message],
      )
      return
    default:
      fact satisfies never
  }
}

/** A function of the party's promises alone, so that it can be made anew. */
function markBroken(db: Connection, party: string): void {
  sql(
    db,
    `UPDATE cases SET broken_at = (SELECT max(judged_at) FROM promises AS p WHERE p.party = cases.party AND p.state IN ('BROKEN', 'PARTIAL')
       AND NOT EXISTS (SELECT 1 FROM promises AS later WHERE later.party = p.party AND later.id <> p.id AND later.made_at >= p.judged_at)) WHERE party = ?`,
  ).run(party)
}

type ClaimFact = Extract<Fact, { type: `waiver.${string}` | `complaint.${string}` }>

function projectClaim(db: Connection, fact: ClaimFact, at: number): void {
  const run = (text: string, ...values: unknown[]) => void sql(db, text).run(...values)
  switch (fact.type) {
    case 'waiver.asked': {
      const { id, party, loan, amount, currency, components, reason, by } = fact.waiver
      run(
        `INSERT INTO waivers (id, party, loan, amount, currency, components, reason, asked_by, state, asked_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'ASKED', ?)`,
        ...[id, party, loan, amount, currency, JSON.stringify(components), reason, by, at],
      )
      return
    }
    case 'waiver.refused':
    case 'waiver.approved':
      run(
        'UPDATE waivers SET state = ?, decided_by = ?, decided_reason = ?, decided_at = ? WHERE id = ?',
        ...[fact.type === 'waiver.approved' ? 'APPROVED' : 'REFUSED', fact.by, fact.reason, at, fact.waiver],
      )
      if (fact.type === 'waiver.approved') allocate(db, fact.waiver, fact.lines)
      return
    case 'complaint.opened': {
      const { id, party, kind, text, source, openedOn, dueOn, state } = fact.complaint
      run(
        `INSERT INTO complaints (id, party, kind, text, source, opened_on, due_on, state, opened_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        ...[id, party, kind, text, source, openedOn, dueOn, state, at],
      )
      return
    }
    case 'complaint.extended':
      run(
        "UPDATE complaints SET state = 'EXTENDED', due_on = ?, extended_reason = ? WHERE id = ?",
        ...[fact.dueOn, fact.reason, fact.complaint],
      )
      return
    case 'complaint.resolved':
      run(
        "UPDATE complaints SET state = 'RESOLVED', resolution = ?, resolved_at = ? WHERE id = ?",
        ...[fact.resolution, at, fact.complaint],
      )
      return
    default:
      fact satisfies never
  }
}

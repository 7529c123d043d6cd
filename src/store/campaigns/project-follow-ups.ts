/** What agents write down of a sale is known of the prospect: the grade of intent, and when somebody follows it up. */
import type { Prospect } from '../../lender/order.ts'
import { grades, gradesByOutcome } from '../../lender/write-up.ts'
import { type Connection, sql } from '../db.ts'
import type { ProjectedLine } from '../project.ts'

export function projectFollowUp(db: Connection, { at, fact }: Pick<ProjectedLine, 'at' | 'fact'>): void {
  switch (fact.type) {
    case 'call.disposed': {
      const chosen = grades.find(each => each === fact.fields['grade'])
      const grade = chosen ?? (Object.hasOwn(gradesByOutcome, fact.code) ? gradesByOutcome[fact.code] : undefined)
      const party = grade === undefined ? null : partyOfSale(db, fact.call)
      if (grade === undefined || party === null) return
      const doc: Prospect = {
        ...{ party, limit: null, limitUntil: null, purchases: [], grade, followUpAt: null, note: '' },
      }
      sql(
        db,
        `INSERT INTO prospects (party, grade, follow_up_at, doc, added_at, changed_at) VALUES (?, ?, NULL, ?, ?, ?)
         ON CONFLICT (party) DO UPDATE SET grade = excluded.grade, changed_at = excluded.changed_at,
         doc = json_set(prospects.doc, '$.grade', excluded.grade)`,
      ).run(party, grade, JSON.stringify(doc), at, at)
      return
    }
    case 'callback.scheduled': {
      const { callback } = fact
      if (callback.reason !== 'agreed' || !sells(db, callback.campaign)) return
      const party = partyOfCallback(db, callback)
      if (party !== null) follow(db, party, callback.at, at)
      return
    }
    case 'callback.closed': {
      const callback = sql(db, 'SELECT at, lead, number FROM callbacks WHERE id = ?').get(fact.callback) as
        | { at: number; lead: string | null; number: string }
        | undefined
      const party = callback === undefined ? null : partyOfCallback(db, callback)
      // Another one may have been agreed since.
      if (party !== null && followedUpAt(db, party) === callback!.at) follow(db, party, null, at)
      return
    }
    default:
      return
  }
}

function sells(db: Connection, campaign: string | null): boolean {
  const found = sql(db, `SELECT json_extract(doc, '$.business') AS business FROM campaigns WHERE id = ?`).get(
    campaign,
  ) as { business: string } | undefined
  return found?.business === 'sales'
}

/** Of a call that sold to the party itself, whom the lender knows: what somebody else said grades nobody. */
function partyOfSale(db: Connection, call: string): string | null {
  const found = sql(
    db,
    `SELECT p.ref, c.campaign FROM calls c LEFT JOIN leads l ON l.id = c.lead JOIN parties p ON p.ref = coalesce(c.party, l.ref) WHERE c.id = ? AND c.relation = 'SELF'`,
  ).get(call) as { ref: string; campaign: string | null } | undefined
  return found !== undefined && sells(db, found.campaign) ? found.ref : null
}

/** Its lead's; of one without a lead the party that was last talked to at this number. */
function partyOfCallback(db: Connection, { lead, number }: { lead: string | null; number: string }): string | null {
  const found = (
    lead === null
      ? sql(
          db,
          'SELECT party AS ref FROM calls WHERE number = ? AND party IS NOT NULL ORDER BY started_at DESC, id DESC LIMIT 1',
        ).get(number)
      : sql(db, 'SELECT ref FROM leads WHERE id = ?').get(lead)
  ) as { ref: string } | undefined
  return found?.ref ?? null
}

function followedUpAt(db: Connection, party: string): number | null {
  const found = sql(db, 'SELECT follow_up_at FROM prospects WHERE party = ?').get(party) as
    | { follow_up_at: number | null }
    | undefined
  return found?.follow_up_at ?? null
}

function follow(db: Connection, party: string, followUpAt: number | null, at: number): void {
  sql(
    db,
    `UPDATE prospects SET follow_up_at = ?, changed_at = ?, doc = json_set(doc, '$.followUpAt', ?) WHERE party = ?`,
  ).run(followUpAt, at, followUpAt, party)
}

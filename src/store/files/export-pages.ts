/**
 * What an export walks through, by kind: pages in the order of their key, each a walk of one index from after the last one, so that the millionth
 * costs what the first does. For a thread with a connection of its own; no read lasts longer than a page.
 */
import type { ExportFilter } from '../../centre/records/table-export.ts'
import type { Loan } from '../../lender/loan.ts'
import type { Repayment } from '../../lender/repayment.ts'
import { type LeadRecord, leadPage } from '../campaigns/lead-pages.ts'
import { type Db, sql } from '../db.ts'
import type { SuppressionRecord } from '../gate/suppressions.ts'
import { loadParties, type PartyRecord } from '../lender/parties.ts'

export type ExportRows = {
  parties: PartyRecord
  loans: Loan
  leads: LeadRecord
  repayments: Repayment
  suppressions: SuppressionRecord
}

/** `from` at or after, `to` before: Unix ms; days of loans as plain dates in `filter`. */
export type ExportChoice = { filter: ExportFilter; from: number; to: number; now: number; today: string }

/** `walked`: how many rows were looked at, chosen or not. */
export type ExportPage<Row> = { rows: Row[]; walked: number }

const pageRows = 500

type Walk<Row> = {
  /** About how many there are to be looked at. */
  count(db: Db, choice: ExportChoice): number
  pages(db: Db, choice: ExportChoice): Generator<ExportPage<Row>>
}

export const exportWalks: { [Kind in keyof ExportRows]: Walk<ExportRows[Kind]> } = {
  parties: {
    count: (db, { filter }) =>
      filter.flag === undefined
        ? counted(db, 'SELECT count(*) AS n FROM parties')
        : counted(db, 'SELECT count(*) AS n FROM party_flags WHERE flag = ?', filter.flag),
    *pages(db, { filter, from, to }) {
      const walk = walked(after =>
        filter.flag === undefined
          ? all(db, 'SELECT ref AS key FROM parties WHERE ref > ? ORDER BY ref LIMIT ?', after, pageRows)
          : all(
              db,
              'SELECT party AS key FROM party_flags WHERE flag = ? AND party > ? ORDER BY party LIMIT ?',
              ...[filter.flag, after, pageRows],
            ),
      )
      for (const keys of walk) {
        const rows = loadParties(
          db,
          keys.map(({ key }) => key),
        )
        yield { rows: rows.filter(({ addedAt }) => addedAt >= from && addedAt < to), walked: keys.length }
      }
    },
  },
  loans: {
    count: db => counted(db, 'SELECT count(*) AS n FROM loans'),
    *pages(db, { filter, today }) {
      const walk = walked(after =>
        all<{ doc: string; oldestDueOn: string | null }>(
          db,
          'SELECT ref AS key, doc, oldest_due_on AS oldestDueOn FROM loans WHERE ref > ? ORDER BY ref LIMIT ?',
          ...[after, pageRows],
        ),
      )
      for (const found of walk) {
        const rows = found.flatMap(({ doc, oldestDueOn }) => {
          const loan = JSON.parse(doc) as Loan
          const isOverdue = oldestDueOn !== null && oldestDueOn < today
          const { product = loan.product, status = loan.status, from, to } = filter
          const startedOn = loan.startedOn ?? ''
          const isIn =
            (from === undefined || startedOn >= from) && (to === undefined || (startedOn !== '' && startedOn <= to))
          const isMeant = filter.overdue === undefined || isOverdue === (filter.overdue === 'yes')
          return loan.product === product && loan.status === status && isIn && isMeant ? [loan] : []
        })
        yield { rows, walked: found.length }
      }
    },
  },
  leads: {
    count: (db, { filter }) => counted(db, 'SELECT count(*) AS n FROM leads WHERE campaign = ?', filter.campaign),
    *pages(db, { filter }) {
      let cursor: string | null = null
      do {
        const page: ReturnType<typeof leadPage> = leadPage(db, {
          ...{ campaign: filter.campaign as LeadRecord['campaign'], cursor, limit: pageRows },
        })
        const { list, state } = filter
        const rows = page.items.filter(
          lead => (list === undefined || lead.import === list) && (state === undefined || lead.state === state),
        )
        yield { rows, walked: page.items.length }
        cursor = page.next
      } while (cursor !== null)
    },
  },
  /** Those that stand. */
  repayments: {
    count: db => counted(db, 'SELECT count(*) AS n FROM repayments'),
    *pages(db, { filter, from, to }) {
      const walk = walked(after =>
        all<Repayment & { reversedAt: number | null }>(
          db,
          `SELECT id AS key, id, party, loan, amount, currency, paid_at AS paidAt, channel, reversed_at AS reversedAt FROM repayments
           WHERE id > ? ORDER BY id LIMIT ?`,
          ...[after, pageRows],
        ),
      )
      for (const found of walk) {
        const rows = found.filter(
          ({ party, paidAt, reversedAt }) =>
            reversedAt === null && paidAt >= from && paidAt < to && (filter.party ?? party) === party,
        )
        yield { rows, walked: found.length }
      }
    },
  },
  /** Those that hold now. */
  suppressions: {
    count: db => counted(db, 'SELECT count(*) AS n FROM suppressions'),
    *pages(db, { from, to, now }) {
      const walk = walked(after =>
        all<SuppressionRecord>(
          db,
          `SELECT number AS key, number, reason, until, added_at AS addedAt FROM suppressions
           WHERE number > ? ORDER BY number LIMIT ?`,
          ...[after, pageRows],
        ),
      )
      for (const found of walk) {
        const rows = found.filter(
          ({ until, addedAt }) => (until === null || until > now) && addedAt >= from && addedAt < to,
        )
        yield { rows, walked: found.length }
      }
    },
  },
}

/** How many numbers the party with the most has. */
export function partyNumbersMax(db: Db): number {
  return counted(db, 'SELECT coalesce(max(position), -1) + 1 AS n FROM party_phones')
}

function* walked<Row extends { key: string }>(next: (after: string) => Row[]): Generator<Row[]> {
  for (let after = ''; ; ) {
    const rows = next(after)
    if (rows.length > 0) yield rows
    if (rows.length < pageRows) return
    after = rows.at(-1)!.key
  }
}

function all<Row = object>(db: Db, text: string, ...values: unknown[]): (Row & { key: string })[] {
  return sql(db.$client, text).all(...values) as (Row & { key: string })[]
}

function counted(db: Db, text: string, ...values: unknown[]): number {
  return (sql(db.$client, text).get(...values) as { n: number }).n
}

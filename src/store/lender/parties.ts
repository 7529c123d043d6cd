/** Parties, and how they are found: each way is a walk of one index, so that it costs the same among a hundred and among a million. */
import type { KeptConsent } from '../../lender/consent.ts'
import type { FieldBusiness, FieldDefinition } from '../../lender/fields.ts'
import { type LoanStatus, loanStatuses } from '../../lender/loan.ts'
import type { Party, PartyFlag, PartyPhone } from '../../lender/party.ts'
import { type Db, sql } from '../db.ts'
import { asc, eq, inArray } from '../drizzle.cjs'
import { makeCursor, type NoArgs, type Page, type PageArgs, pageLimit, readCursor } from '../page.ts'
import { consents, fieldDefinitions, parties } from '../schema.ts'

export type PartyRecord = Party & { addedAt: number; changedAt: number }

/** What one loan of the party must be, all of it at once. */
type LoanAsked = { loanStatus?: LoanStatus; product?: string }

/** `hash`: of the same text as a secret, which the caller has the key for. */
export type PartySearch = PageArgs & LoanAsked & { text?: string; hash?: string; flag?: PartyFlag }

/** Found by each way at most; who finds so many types more. */
const hitsMax = 200

export const partyQueries = {
  'parties.byRef': (db: Db, args: { ref: string }): PartyRecord | null => loadParties(db, [args.ref])[0] ?? null,
  /** Those that there are, for an import, at most 500 at a time; in no certain order. */
  'parties.byRefs': (db: Db, args: { refs: string[] }): PartyRecord[] => loadParties(db, args.refs.slice(0, 500)),
  /** Which of these there are, at most 500 at a time. */
  'parties.known': (db: Db, args: { refs: string[] }): string[] =>
    column(
      sql(db.$client, 'SELECT ref FROM parties WHERE ref IN (SELECT value FROM json_each(?))').all(
        JSON.stringify(args.refs.slice(0, 500)),
      ),
    ),
  /**
   * By the beginning of the ref, any part of the name, the beginning of a number or four of its last digits and more, an ID number or a searchable
   * field as a whole; all without `text`. `flag`, `loanStatus`, `product`: of those, or of all, who has it, and who has a loan that is both.
   */
  'parties.page': (db: Db, args: PartySearch): Page<PartyRecord> => {
    const limit = pageLimit(args)
    const [after = ''] = (readCursor(args.cursor, ['string']) ?? []) as string[]
    const refs = args.text
      ? withLoan(db, withFlag(db, found(db, args.text.slice(0, 100), args.hash), args.flag), args).filter(
          ref => ref > after,
        )
      : args.flag
        ? walkFlag(db, args.flag, after, args, limit)
        : asksLoan(args)
          ? walkLoans(db, after, args, limit)
          : walk(db, 'SELECT ref FROM parties WHERE ref > ? ORDER BY ref', [after], limit)
    const shown = refs.slice(0, limit)
    const next = refs.length > limit ? makeCursor([shown.at(-1)!]) : null
    return { items: loadParties(db, shown), next }
  },
  /** Whose number this is, at most 50: one number may stand with several. */
  'parties.byNumber': (db: Db, args: { number: string }): string[] =>
    column(
      sql(db.$client, 'SELECT party AS ref FROM party_phones WHERE number = ? ORDER BY party LIMIT 50').all(
        args.number,
      ),
    ),
  /** Those whose own number it is, at most two: of more than one nobody knows who is meant. */
  'parties.owners': (db: Db, args: { number: string }): string[] =>
    column(
      sql(
        db.$client,
        "SELECT party AS ref FROM party_phones WHERE number = ? AND relation = 'SELF' ORDER BY party LIMIT 20",
      ).all(args.number),
    ),
  /** The person's own numbers, as the party and its leads have them; at most 100. */
  'parties.ownNumbers': (db: Db, args: { ref: string }): string[] => ownNumbers(db, args.ref),
  'parties.count': (db: Db, _args: NoArgs): number =>
    (sql(db.$client, 'SELECT count(*) AS n FROM parties').get() as { n: number }).n,
  'fields.all': (db: Db, _args: NoArgs): Partial<Record<FieldBusiness, FieldDefinition[]>> =>
    Object.fromEntries(
      db
        .select()
        .from(fieldDefinitions)
        .all()
        .map(row => [row.business, row.doc]),
    ),
  'consents.ofParty': (db: Db, args: { party: string }): (KeptConsent & { withdrawnReason: string | null })[] =>
    db.select().from(consents).where(eq(consents.party, args.party)).orderBy(asc(consents.givenAt)).limit(500).all(),
  /** All of up to 500 parties. */
  'consents.ofParties': (db: Db, args: { parties: string[] }): KeptConsent[] =>
    db
      .select()
      .from(consents)
      .where(inArray(consents.party, args.parties.slice(0, 500)))
      .all(),
  'consents.byId': (db: Db, args: { id: string }): KeptConsent | null =>
    db.select().from(consents).where(eq(consents.id, args.id)).get() ?? null,
}

export function ownNumbers(db: Db, ref: string): string[] {
  const own = sql(db.$client, "SELECT number FROM party_phones WHERE party = ? AND relation = 'SELF' ORDER BY position")
  const ofLeads = sql(
    db.$client,
    `SELECT DISTINCT json_extract(phone.value, '$.number') AS number FROM campaigns
     JOIN leads ON leads.campaign = campaigns.id AND leads.ref = ? JOIN json_each(leads.phones) AS phone
     WHERE json_extract(phone.value, '$.relation') = 'SELF' LIMIT 100`,
  )
  const rows = [...own.all(ref), ...ofLeads.all(ref)] as { number: string }[]
  return [...new Set(rows.map(({ number }) => number))].slice(0, 100)
}

/** Parties that have taken back a consent to sales calls, and have no other that holds. */
export function unsoldParties(db: Db): string[] {
  const forSales = (name: string) => `${name}.purpose IN ('sales', 'any') AND ${name}.channel IN ('voice', 'any')`
  return column(
    sql(
      db.$client,
      `SELECT DISTINCT party AS ref FROM consents AS gone WHERE withdrawn_at IS NOT NULL AND ${forSales('gone')}
         AND NOT EXISTS (SELECT 1 FROM consents AS held WHERE held.party = gone.party AND held.withdrawn_at IS NULL AND ${forSales('held')})`,
    ).all(),
  )
}

/** In the order of the refs given. */
export function loadParties(db: Db, refs: readonly string[]): PartyRecord[] {
  if (refs.length === 0) return []
  const rows = new Map(
    db
      .select()
      .from(parties)
      .where(inArray(parties.ref, [...refs]))
      .all()
      .map(row => [row.ref, row]),
  )
  const phones = sql(db.$client, 'SELECT doc FROM party_phones WHERE party = ? ORDER BY position')
  return refs.flatMap(ref => {
    const row = rows.get(ref)
    if (row === undefined) return []
    const numbers = (phones.all(ref) as { doc: string }[]).map(({ doc }) => JSON.parse(doc) as PartyPhone)
    return [{ ...row.doc, phones: numbers, addedAt: row.addedAt, changedAt: row.changedAt }]
  })
}

/** Refs in their order, each once. */
function found(db: Db, text: string, hash: string | undefined): string[] {
  const refs = new Set<string>()
  const take = (statement: string, ...values: unknown[]) => {
    for (const ref of column(sql(db.$client, `${statement} LIMIT ${hitsMax}`).all(...values))) refs.add(ref)
  }
  const from = (beginning: string) => [beginning, `${beginning}\u{10ffff}`]
  for (const beginning of new Set([text, text.toLowerCase(), text.toUpperCase(), capitalised(text)])) {
    take('SELECT ref FROM parties WHERE ref >= ? AND ref < ? ORDER BY ref', ...from(beginning))
    take('SELECT party AS ref FROM party_fields WHERE value = ?', beginning)
  }
  const name = text.toLowerCase()
  take('SELECT party AS ref FROM party_name_parts WHERE part >= ? AND part < ? ORDER BY part, party', ...from(name))
  const digits = text.replace(/[\s-]/g, '')
  if (/^\+?\d{3,15}$/.test(digits))
    for (const number of digits.startsWith('+') ? [digits] : [digits, `+86${digits.replace(/^0/, '')}`])
      take('SELECT party AS ref FROM party_phones WHERE number >= ? AND number < ? ORDER BY number', ...from(number))
  if (/^\d{4,15}$/.test(digits))
    take(
      'SELECT party AS ref FROM party_phones WHERE substr(number, -4) = ? AND substr(number, ?) = ? ORDER BY party',
      ...[digits.slice(-4), -digits.length, digits],
    )
  if (hash !== undefined) {
    take('SELECT ref FROM parties WHERE id_hash = ?', hash)
    take('SELECT party AS ref FROM party_fields WHERE value = ?', hash)
  }
  return [...refs].sort()
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1).toLowerCase()
}

/** One more than a page, so that it is known whether there is a next one. */
function walk(db: Db, statement: string, values: string[], limit: number): string[] {
  return column(sql(db.$client, `${statement} LIMIT ?`).all(...values, limit + 1))
}

/** Who has the flag are few beside all, and of each of them a loan is one look. */
function walkFlag(db: Db, flag: PartyFlag, after: string, asked: LoanAsked, limit: number): string[] {
  const loan = loanOf('party_flags.party', asked)
  return walk(
    db,
    `SELECT party AS ref FROM party_flags WHERE flag = ? AND party > ? ${loan.and} ORDER BY party`,
    [flag, after, ...loan.values],
    limit,
  )
}

/** By the order of an index; of a product in any state as many walks as there are states, which SQLite merges as it goes. */
function walkLoans(db: Db, after: string, { loanStatus, product }: LoanAsked, limit: number): string[] {
  if (product === undefined)
    return walk(
      db,
      'SELECT DISTINCT party AS ref FROM loans WHERE status = ? AND party > ? ORDER BY party',
      [loanStatus!, after],
      limit,
    )
  const states = loanStatus === undefined ? loanStatuses : [loanStatus]
  const each = states.map(
    () => 'SELECT DISTINCT party AS ref FROM loans WHERE product = ? AND status = ? AND party > ?',
  )
  return walk(
    db,
    `${each.join(' UNION ')} ORDER BY ref`,
    states.flatMap(status => [product, status, after]),
    limit,
  )
}

function withLoan(db: Db, refs: string[], asked: LoanAsked): string[] {
  if (!asksLoan(asked)) return refs
  const { and, values } = loanOf('found.value', asked)
  const having = sql(db.$client, `SELECT value AS ref FROM json_each(?) AS found WHERE true ${and}`)
  return column(having.all(JSON.stringify(refs), ...values))
}

function asksLoan({ loanStatus, product }: LoanAsked): boolean {
  return loanStatus !== undefined || product !== undefined
}

/** Of the party that `column` names. The signs + keep SQLite from the loans of all parties: nobody has so many as a state or a product. */
function loanOf(column: string, { loanStatus, product }: LoanAsked): { and: string; values: string[] } {
  const asked = [
    ...(loanStatus === undefined ? [] : [{ is: '+loans.status = ?', value: loanStatus }]),
    ...(product === undefined ? [] : [{ is: '+loans.product = ?', value: product }]),
  ]
  if (asked.length === 0) return { and: '', values: [] }
  return {
    and: `AND EXISTS (SELECT 1 FROM loans WHERE loans.party = ${column} AND ${asked.map(({ is }) => is).join(' AND ')})`,
    values: asked.map(({ value }) => value),
  }
}

function withFlag(db: Db, refs: string[], flag: PartyFlag | undefined): string[] {
  if (flag === undefined) return refs
  const marked = sql(
    db.$client,
    'SELECT party AS ref FROM party_flags WHERE flag = ? AND party IN (SELECT value FROM json_each(?)) ORDER BY party',
  )
  return column(marked.all(flag, JSON.stringify(refs)))
}

function column(rows: unknown[]): string[] {
  return (rows as { ref: string }[]).map(row => row.ref)
}

/** What was offered, and how pages of sales read orders, prospects and products; what facts make of the tables stands in `sales.ts`. */
import type { Actor } from '../../centre/facts.ts'
import type { KeptConsent } from '../../lender/consent.ts'
import type { IntentGrade, OrderState, Product, Prospect } from '../../lender/order.ts'
import type { Quote } from '../../lender/quote.ts'
import { type Db, sql } from '../db.ts'
import { type NoArgs, type Page, type PageArgs, pageLimit, readCursor, toPage } from '../page.ts'
import { partyQueries } from './parties.ts'
import { type OrderRecord, salesQueries } from './sales.ts'

export type QuoteRecord = Quote & { madeAt: number }

/** All that a desk shows of selling to one party, read at one moment. */
export type DeskSales = {
  consents: KeptConsent[]
  prospect: Prospect | null
  /** Newest first. */
  quotes: QuoteRecord[]
  orders: OrderRecord[]
  products: Product[]
}

export type OrderMoveRow = {
  at: number
  actor: Actor
  from: OrderState | null
  state: OrderState
  reason: string | null
  note: string
}

export type OrderRow = OrderRecord & { name: string }

export type ProspectRow = Prospect & {
  name: string
  /** Consent to be sold to by telephone that holds. */
  consented: boolean
}

export type ProspectListArgs = PageArgs & {
  grade?: IntentGrade | 'none'
  consented?: boolean
  /** Has an order of it, or was offered it. */
  product?: string
  dueBy?: number
  now: number
}

/** More than an agent looks through while somebody talks. */
const lastMax = 5

export const quoteQueries = {
  'sales.ofParty': (db: Db, { party, last = lastMax }: { party: string; last?: number }): DeskSales => {
    const newest = (table: 'quotes' | 'orders', order: string) =>
      (
        sql(db.$client, `SELECT id FROM ${table} WHERE party = ? ORDER BY ${order} DESC, id LIMIT ?`).all(
          ...[party, Math.min(last, 100)],
        ) as { id: string }[]
      ).map(({ id }) => id)
    return {
      consents: partyQueries['consents.ofParty'](db, { party }),
      prospect: salesQueries['prospects.byParty'](db, { party }),
      quotes: newest('quotes', 'made_at').map(id => quoteQueries['quotes.byId'](db, { id })!),
      orders: newest('orders', 'opened_at').map(id => salesQueries['orders.byId'](db, { id })!),
      products: salesQueries['products.list'](db, {}),
    }
  },
  'quotes.byId': (db: Db, { id }: { id: string }): QuoteRecord | null => {
    const row = sql(db.$client, 'SELECT doc, made_at, order_id FROM quotes WHERE id = ?').get(id) as
      | { doc: string; made_at: number; order_id: string | null }
      | undefined
    return row === undefined ? null : { ...(JSON.parse(row.doc) as Quote), order: row.order_id, madeAt: row.made_at }
  },
  /** Those that changed last first; of a state the one that has waited longest. */
  'orders.list': (db: Db, args: PageArgs & { state?: OrderState; agent?: string }): Page<OrderRow> => {
    const limit = pageLimit(args)
    const waits = args.state !== undefined
    const [at, id] = (readCursor(args.cursor, ['number', 'string']) ?? [waits ? 0 : Number.MAX_SAFE_INTEGER, '']) as [
      number,
      string,
    ]
    const given = [
      ['o.state', args.state],
      ['o.agent', args.agent],
    ].filter((each): each is [string, string] => each[1] !== undefined)
    const rows = sql(
      db.$client,
      `SELECT o.id, o.changed_at AS at, coalesce(p.name, '') AS name FROM orders o LEFT JOIN parties p ON p.ref = o.party
       WHERE (o.changed_at, o.id) ${waits ? '>' : '<'} (?, ?) ${given.map(([column]) => `AND ${column} = ?`).join(' ')}
       ORDER BY o.changed_at ${waits ? '' : 'DESC'}, o.id ${waits ? '' : 'DESC'} LIMIT ?`,
    ).all(at, id, ...given.map(([, value]) => value), limit + 1) as { id: string; at: number; name: string }[]
    const { items, next } = toPage(rows, limit, row => [row.at, row.id])
    return {
      items: items.map(row => ({ ...salesQueries['orders.byId'](db, { id: row.id })!, name: row.name })),
      next,
    }
  },
  'orders.counts': (db: Db, _args: NoArgs): { state: OrderState; orders: number }[] =>
    sql(db.$client, 'SELECT state, count(*) AS orders FROM orders GROUP BY state').all() as {
      state: OrderState
      orders: number
    }[],
  'orders.moves': (db: Db, { id }: { id: string }): OrderMoveRow[] =>
    sql(
      db.$client,
      'SELECT at, actor, from_state AS "from", state, reason, note FROM order_moves WHERE order_id = ? ORDER BY seq LIMIT 200',
    ).all(id) as OrderMoveRow[],
  /** How many orders each product has. */
  'products.orders': (db: Db, _args: NoArgs): { product: string; orders: number }[] =>
    sql(
      db.$client,
      `SELECT json_extract(doc, '$.product') AS product, count(*) AS orders FROM orders GROUP BY json_extract(doc, '$.product')`,
    ).all() as { product: string; orders: number }[],
  /** By party; those to follow up soonest first when they are asked for by that. */
  'prospects.list': (db: Db, args: ProspectListArgs): Page<ProspectRow> => {
    const limit = pageLimit(args)
    const byDue = args.dueBy !== undefined
    const [at, party] = (readCursor(args.cursor, ['number', 'string']) ?? [-1, '']) as [number, string]
    const where: string[] = []
    const values: (string | number)[] = []
    const and = (text: string, ...more: (string | number)[]) => {
      where.push(text)
      values.push(...more)
    }
    const key = byDue ? 's.follow_up_at' : '0'
    if (byDue) and('s.follow_up_at IS NOT NULL AND s.follow_up_at <= ?', args.dueBy!)
    if (args.grade === 'none') and('s.grade IS NULL')
    else if (args.grade !== undefined) and('s.grade = ?', args.grade)
    const consented = `EXISTS (SELECT 1 FROM consents c WHERE c.party = s.party AND c.purpose IN ('sales', 'any') AND c.channel IN ('voice', 'any')
      AND c.given_at <= ? AND (c.withdrawn_at IS NULL OR c.withdrawn_at > ?))`
    if (args.consented !== undefined) and(`${args.consented ? '' : 'NOT '}${consented}`, args.now, args.now)
    if (args.product !== undefined)
      and(
        `(EXISTS (SELECT 1 FROM orders o WHERE o.party = s.party AND json_extract(o.doc, '$.product') = ?)
          OR EXISTS (SELECT 1 FROM quotes q WHERE q.party = s.party AND json_extract(q.doc, '$.product') = ?))`,
        ...[args.product, args.product],
      )
    const rows = sql(
      db.$client,
      `SELECT s.party, ${key} AS at, coalesce(p.name, '') AS name, ${consented} AS consented FROM prospects s LEFT JOIN parties p ON p.ref = s.party
       WHERE ${where.map(text => `${text} AND `).join('')}${byDue ? '(s.follow_up_at, s.party) > (?, ?)' : 's.party > ?'} ORDER BY ${byDue ? 's.follow_up_at, ' : ''}s.party LIMIT ?`,
    ).all(args.now, args.now, ...values, ...(byDue ? [at, party] : [party]), limit + 1) as {
      party: string
      at: number
      name: string
      consented: number
    }[]
    const { items, next } = toPage(rows, limit, row => [row.at, row.party])
    return {
      items: items.map(({ party: ref, name, consented: has }) => ({
        ...salesQueries['prospects.byParty'](db, { party: ref })!,
        ...{ name, consented: has === 1 },
      })),
      next,
    }
  },
}

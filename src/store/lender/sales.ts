/** Products, prospects and orders: what their facts make of the tables, and how they are read. */
import {
  type IntentGrade,
  type Order,
  type OrderState,
  type Product,
  type Prospect,
  versionOf,
} from '../../lender/order.ts'
import { type Connection, type Db, sql } from '../db.ts'
import { asc, eq } from '../drizzle.cjs'
import { type NoArgs, type Page, type PageArgs, pageLimit, readCursor, toPage } from '../page.ts'
import type { ProjectedLine } from '../project.ts'
import { orders, products, prospects } from '../schema.ts'

export type OrderRecord = Order & { openedAt: number; changedAt: number }

/** Answers whether the fact was one of sales. */
export function projectSales(db: Connection, { seq, at, actor, fact }: ProjectedLine): boolean {
  const run = (text: string, ...values: unknown[]) => void sql(db, text).run(...values)
  switch (fact.type) {
    case 'product.saved':
      run(
        'INSERT INTO products (id, doc, saved_at) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET doc = excluded.doc, saved_at = excluded.saved_at',
        ...[fact.product.id, JSON.stringify(fact.product), at],
      )
      run(
        `INSERT INTO product_versions (id, version, doc, saved_at, saved_by) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (id, version) DO UPDATE SET doc = excluded.doc, saved_at = excluded.saved_at, saved_by = excluded.saved_by`,
        ...[fact.product.id, versionOf(fact.product), JSON.stringify(fact.product), at, actor],
      )
      return true
    case 'quote.made':
    case 'quote.said': {
      const { id, party, agent, order } = fact.quote
      run(
        `INSERT INTO quotes (id, party, agent, order_id, doc, made_at, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET doc = excluded.doc, changed_at = excluded.changed_at`,
        ...[id, party, agent, order, JSON.stringify(fact.quote), at, at],
      )
      return true
    }
    case 'prospects.saved':
      for (const prospect of fact.prospects)
        run(
          `INSERT INTO prospects (party, grade, follow_up_at, doc, added_at, changed_at) VALUES (?, ?, ?, ?, ?, ?)
           ON CONFLICT (party) DO UPDATE SET grade = excluded.grade, follow_up_at = excluded.follow_up_at, doc = excluded.doc, changed_at = excluded.changed_at`,
          ...[prospect.party, prospect.grade, prospect.followUpAt, JSON.stringify(prospect), at, at],
        )
      return true
    case 'order.opened':
    case 'order.moved': {
      const { id, party, state, agent } = fact.order
      run(
        `INSERT INTO orders (id, party, state, agent, doc, opened_at, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET state = excluded.state, agent = excluded.agent, doc = excluded.doc, changed_at = excluded.changed_at`,
        ...[id, party, state, agent, JSON.stringify(fact.order), at, at],
      )
      if (fact.order.quote != null) run('UPDATE quotes SET order_id = ? WHERE id = ?', id, fact.order.quote)
      const from = fact.type === 'order.moved' ? fact.from : null
      run(
        'INSERT INTO order_moves (order_id, seq, at, actor, from_state, state, reason, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
        ...[id, seq, at, actor, from, state, fact.order.reason ?? null, fact.order.note],
      )
      return true
    }
    default:
      return false
  }
}

function recordOf(row: typeof orders.$inferSelect): OrderRecord {
  return { ...row.doc, openedAt: row.openedAt, changedAt: row.changedAt }
}

export const salesQueries = {
  'products.list': (db: Db, _args: NoArgs): Product[] =>
    db
      .select()
      .from(products)
      .orderBy(asc(products.id))
      .limit(500)
      .all()
      .map(({ doc }) => doc),
  'prospects.byParty': (db: Db, args: { party: string }): Prospect | null =>
    db.select().from(prospects).where(eq(prospects.party, args.party)).get()?.doc ?? null,
  'prospects.ofParties': (db: Db, args: { parties: readonly string[] }): Prospect[] =>
    args.parties.flatMap(party => salesQueries['prospects.byParty'](db, { party }) ?? []),
  /** By party; of a grade, or those to follow up until an instant. */
  'prospects.page': (db: Db, args: PageArgs & { grade?: IntentGrade; dueBy?: number }): Page<Prospect> => {
    const limit = pageLimit(args)
    const [after = ''] = (readCursor(args.cursor, ['string']) ?? []) as string[]
    const grade = args.grade === undefined ? [] : [args.grade]
    const due = args.dueBy === undefined ? [] : [args.dueBy]
    const rows = sql(
      db.$client,
      `SELECT party FROM prospects WHERE party > ? ${grade.length > 0 ? 'AND grade = ?' : ''} ${due.length > 0 ? 'AND follow_up_at <= ?' : ''} ORDER BY party LIMIT ?`,
    ).all(after, ...grade, ...due, limit + 1) as { party: string }[]
    const { items, next } = toPage(rows, limit, row => [row.party])
    return { items: items.map(({ party }) => salesQueries['prospects.byParty'](db, { party })!), next }
  },
  'orders.byId': (db: Db, args: { id: string }): OrderRecord | null => {
    const row = db.select().from(orders).where(eq(orders.id, args.id)).get()
    return row === undefined ? null : recordOf(row)
  },
  /** By id; of a party, an agent, a state. */
  'orders.page': (
    db: Db,
    args: PageArgs & { party?: string; agent?: string; state?: OrderState },
  ): Page<OrderRecord> => {
    const limit = pageLimit(args)
    const [after = ''] = (readCursor(args.cursor, ['string']) ?? []) as string[]
    const given = [
      ['party', args.party],
      ['agent', args.agent],
      ['state', args.state],
    ] as const
    const set = given.filter(([, value]) => value !== undefined)
    const where = ['id > ?', ...set.map(([name]) => `${name} = ?`)].join(' AND ')
    const rows = sql(db.$client, `SELECT id FROM orders WHERE ${where} ORDER BY id LIMIT ?`).all(
      ...[after, ...set.map(([, value]) => value), limit + 1],
    ) as { id: string }[]
    const { items, next } = toPage(rows, limit, row => [row.id])
    return { items: items.map(({ id }) => salesQueries['orders.byId'](db, { id })!), next }
  },
}

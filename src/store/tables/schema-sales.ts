/** Tables of sales. Of tables in general see `schema.ts`. */
import type { IntentGrade, Order, OrderState, Product, Prospect } from '../../lender/order.ts'
import type { Quote } from '../../lender/quote.ts'
import { index, integer, primaryKey, sqliteTable, text } from '../drizzle.cjs'

export const products = sqliteTable('products', {
  id: text().primaryKey(),
  doc: text({ mode: 'json' }).$type<Product>().notNull(),
  savedAt: integer('saved_at').notNull(),
})

export const prospects = sqliteTable(
  'prospects',
  {
    party: text().primaryKey(),
    grade: text().$type<IntentGrade>(),
    followUpAt: integer('follow_up_at'),
    doc: text({ mode: 'json' }).$type<Prospect>().notNull(),
    addedAt: integer('added_at').notNull(),
    changedAt: integer('changed_at').notNull(),
  },
  table => [
    index('prospects_grade').on(table.grade, table.party),
    index('prospects_follow_up').on(table.followUpAt, table.party),
  ],
)

export const orders = sqliteTable(
  'orders',
  {
    id: text().primaryKey(),
    party: text().notNull(),
    state: text().$type<OrderState>().notNull(),
    agent: text().notNull(),
    doc: text({ mode: 'json' }).$type<Order>().notNull(),
    openedAt: integer('opened_at').notNull(),
    changedAt: integer('changed_at').notNull(),
  },
  table => [
    index('orders_party').on(table.party, table.openedAt),
    index('orders_state').on(table.state, table.id),
    index('orders_agent').on(table.agent, table.state, table.id),
    index('orders_changed').on(table.state, table.changedAt, table.id),
  ],
)

export const quotes = sqliteTable(
  'quotes',
  {
    id: text().primaryKey(),
    party: text().notNull(),
    agent: text().notNull(),
    orderId: text('order_id'),
    doc: text({ mode: 'json' }).$type<Quote>().notNull(),
    madeAt: integer('made_at').notNull(),
    changedAt: integer('changed_at').notNull(),
  },
  table => [index('quotes_party').on(table.party, table.madeAt), index('quotes_order').on(table.orderId)],
)

export const productVersions = sqliteTable(
  'product_versions',
  {
    id: text().notNull(),
    version: integer().notNull(),
    doc: text({ mode: 'json' }).$type<Product>().notNull(),
    savedAt: integer('saved_at').notNull(),
    savedBy: text('saved_by').notNull(),
  },
  table => [primaryKey({ columns: [table.id, table.version] })],
)

/** Each step of an order, for people to read. */
export const orderMoves = sqliteTable(
  'order_moves',
  {
    orderId: text('order_id').notNull(),
    seq: integer().notNull(),
    at: integer().notNull(),
    actor: text().notNull(),
    fromState: text('from_state').$type<OrderState>(),
    state: text().$type<OrderState>().notNull(),
    reason: text(),
    note: text().notNull(),
  },
  table => [primaryKey({ columns: [table.orderId, table.seq] })],
)

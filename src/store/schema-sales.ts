/** Tables of sales. Of tables in general see `schema.ts`. */
import type { IntentGrade, Order, OrderState, Product, Prospect } from '../lender/order.ts'
import { index, integer, sqliteTable, text } from './drizzle.cjs'

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
  ],
)

/** Tables of telephony: trunks and their groups, inbound numbers, queues. Of tables in general see `schema.ts`. */
import type { InboundNumber, Queue, Trunk, TrunkGroup } from '../../centre/entities.ts'
import type { Menu } from '../../centre/menu/menu.ts'
import type { MenuId, NumberId, QueueId, TrunkGroupId, TrunkId } from '../../lib/ids.ts'
import { integer, sqliteTable, text, uniqueIndex } from '../drizzle.cjs'

export const trunks = sqliteTable(
  'trunks',
  {
    id: text().$type<TrunkId>().primaryKey(),
    name: text().notNull(),
    doc: text({ mode: 'json' }).$type<Trunk>().notNull(),
    /** Last state the floor saw. */
    state: text().$type<'up' | 'down'>(),
    stateReason: text('state_reason'),
    stateAt: integer('state_at'),
    /** The place where it has answered OPTIONS. */
    answersAt: text('answers_at'),
    passwordSetAt: integer('password_set_at'),
    savedAt: integer('saved_at').notNull(),
  },
  table => [uniqueIndex('trunks_name').on(table.name)],
)

export const trunkGroups = sqliteTable('trunk_groups', {
  id: text().$type<TrunkGroupId>().primaryKey(),
  name: text().notNull(),
  doc: text({ mode: 'json' }).$type<TrunkGroup>().notNull(),
  savedAt: integer('saved_at').notNull(),
})

export const numbers = sqliteTable(
  'numbers',
  {
    id: text().$type<NumberId>().primaryKey(),
    number: text().notNull(),
    doc: text({ mode: 'json' }).$type<InboundNumber>().notNull(),
    savedAt: integer('saved_at').notNull(),
  },
  table => [uniqueIndex('numbers_number').on(table.number)],
)

export const menus = sqliteTable(
  'menus',
  {
    id: text().$type<MenuId>().primaryKey(),
    name: text().notNull(),
    doc: text({ mode: 'json' }).$type<Menu>().notNull(),
    savedAt: integer('saved_at').notNull(),
  },
  table => [uniqueIndex('menus_name').on(table.name)],
)

export const queues = sqliteTable(
  'queues',
  {
    id: text().$type<QueueId>().primaryKey(),
    name: text().notNull(),
    doc: text({ mode: 'json' }).$type<Queue>().notNull(),
    savedAt: integer('saved_at').notNull(),
  },
  table => [uniqueIndex('queues_name').on(table.name)],
)

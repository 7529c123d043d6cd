/** Trunks, dialled numbers and queues: short lists that are read whole. */

import type { InboundNumber, Queue, Trunk, TrunkGroup } from '../../centre/entities.ts'
import type { Menu } from '../../centre/menu/menu.ts'
import type { MenuId, NumberId, QueueId, TrunkGroupId, TrunkId } from '../../lib/ids.ts'
import type { Db } from '../db.ts'
import { eq } from '../drizzle.cjs'
import type { NoArgs } from '../page.ts'
import { menus, numbers, queues, trunkGroups, trunks } from '../schema.ts'

/** With the last state the floor saw. */
export type TrunkRecord = Trunk & {
  state: 'up' | 'down' | null
  stateReason: string | null
  stateAt: number | null
  passwordSetAt: number | null
}

export const telephonyQueries = {
  'trunks.list': (db: Db, _args: NoArgs): TrunkRecord[] =>
    db.select().from(trunks).orderBy(trunks.name).all().map(trunkOf),
  'trunks.byId': (db: Db, args: { id: TrunkId }): TrunkRecord | null => {
    const row = db.select().from(trunks).where(eq(trunks.id, args.id)).get()
    return row ? trunkOf(row) : null
  },
  'trunkGroups.list': (db: Db, _args: NoArgs): TrunkGroup[] =>
    db
      .select()
      .from(trunkGroups)
      .orderBy(trunkGroups.name)
      .all()
      .map(row => row.doc),
  'trunkGroups.byId': (db: Db, args: { id: TrunkGroupId }): TrunkGroup | null =>
    db.select().from(trunkGroups).where(eq(trunkGroups.id, args.id)).get()?.doc ?? null,
  'numbers.list': (db: Db, _args: NoArgs): InboundNumber[] =>
    db
      .select()
      .from(numbers)
      .orderBy(numbers.number)
      .all()
      .map(row => row.doc),
  'numbers.byId': (db: Db, args: { id: NumberId }): InboundNumber | null =>
    db.select().from(numbers).where(eq(numbers.id, args.id)).get()?.doc ?? null,
  'menus.list': (db: Db, _args: NoArgs): Menu[] =>
    db
      .select()
      .from(menus)
      .orderBy(menus.name)
      .all()
      .map(row => row.doc),
  'menus.byId': (db: Db, args: { id: MenuId }): Menu | null =>
    db.select().from(menus).where(eq(menus.id, args.id)).get()?.doc ?? null,
  'queues.list': (db: Db, _args: NoArgs): Queue[] =>
    db
      .select()
      .from(queues)
      .orderBy(queues.name)
      .all()
      .map(row => row.doc),
  'queues.byId': (db: Db, args: { id: QueueId }): Queue | null =>
    db.select().from(queues).where(eq(queues.id, args.id)).get()?.doc ?? null,
}

function trunkOf(row: typeof trunks.$inferSelect): TrunkRecord {
  const { state, stateReason, stateAt, passwordSetAt } = row
  return { ...row.doc, state, stateReason, stateAt, passwordSetAt }
}

/** Tables of people and of what opens doors to them: users, tokens, screens on the wall, sessions, secrets. Of tables in general see `schema.ts`. */
import type { Role, User } from '../../centre/entities.ts'
import type { TeamId, TokenId, UserId, WallId } from '../../lib/ids.ts'
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from '../drizzle.cjs'

export const users = sqliteTable(
  'users',
  {
    id: text().$type<UserId>().primaryKey(),
    name: text().notNull(),
    extension: text(),
    role: text().$type<Role>().notNull(),
    enabled: integer({ mode: 'boolean' }).notNull(),
    doc: text({ mode: 'json' }).$type<User>().notNull(),
    failedSignIns: integer('failed_sign_ins').notNull(),
    lockedUntil: integer('locked_until'),
    passwordSetAt: integer('password_set_at'),
    sipPasswordSetAt: integer('sip_password_set_at'),
    savedAt: integer('saved_at').notNull(),
  },
  table => [uniqueIndex('users_name').on(table.name), uniqueIndex('users_extension').on(table.extension)],
)

export const tokens = sqliteTable('tokens', {
  id: text().$type<TokenId>().primaryKey(),
  name: text().notNull(),
  role: text().$type<Role>().notNull(),
  issuedAt: integer('issued_at').notNull(),
  revokedAt: integer('revoked_at'),
  /** Who answers for it; null: whoever has a shell on this machine. */
  issuedBy: text('issued_by').$type<UserId>(),
  approvedBy: text('approved_by').$type<UserId>(),
  team: text().$type<TeamId>(),
})

export const walls = sqliteTable('walls', {
  id: text().$type<WallId>().primaryKey(),
  name: text().notNull(),
  team: text().$type<TeamId>(),
  madeBy: text('made_by').$type<UserId>().notNull(),
  madeAt: integer('made_at').notNull(),
  linkedAt: integer('linked_at').notNull(),
  openedAt: integer('opened_at'),
  openedFrom: text('opened_from'),
  revokedAt: integer('revoked_at'),
})

// Not projections: they hold what must not, or need not, be in the journal.

export const secrets = sqliteTable(
  'secrets',
  { owner: text().notNull(), kind: text().notNull(), value: text().notNull() },
  table => [primaryKey({ columns: [table.owner, table.kind] }), index('secrets_value').on(table.kind, table.value)],
)

export const sessions = sqliteTable(
  'sessions',
  {
    /** SHA-256 of the cookie's token, hex: a stolen file opens no session. */
    tokenHash: text('token_hash').primaryKey(),
    user: text().$type<UserId>().notNull(),
    createdAt: integer('created_at').notNull(),
    seenAt: integer('seen_at').notNull(),
    address: text().notNull(),
  },
  table => [index('sessions_user').on(table.user)],
)

export const wallSeen = sqliteTable('wall_seen', {
  wall: text().$type<WallId>().primaryKey(),
  seenAt: integer('seen_at').notNull(),
  address: text().notNull(),
})

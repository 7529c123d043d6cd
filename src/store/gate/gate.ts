/** What the gate keeps: the centre's own policies, people whom no channel may reach, and who was contacted. */

import type { Actor } from '../../centre/facts.ts'
import { type Contact, type ContactPack, packContacts } from '../../centre/gate/contact-columns.ts'
import type { Stop } from '../../centre/gate/stops.ts'
import type { Policy } from '../../centre/policy/policy.ts'
import { staleMs } from '../../lender/message.ts'
import type { CallId } from '../../lib/ids.ts'
import { type Db, sql } from '../db.ts'
import { ownNumbers } from '../lender/parties.ts'
import { type NoArgs, type Page, type PageArgs, pageLimit, readCursor, toPage } from '../page.ts'

export type PolicyVersion = { policy: Policy; savedAt: number; savedBy: string }
export type CalendarRow = { code: string; value: string; savedAt: number }
export type CalendarVersion = { version: number; at: number; actor: Actor; value: string }
export type StopRecord = Stop & { addedAt: number }

export const gateQueries = {
  /** Each own policy in its newest version. */
  'policies.list': (db: Db, _args: NoArgs): Policy[] => newestPolicies(db),
  /** All versions of one, newest first, at most 100. */
  'policies.versions': (db: Db, args: { id: string }): PolicyVersion[] =>
    (
      sql(
        db.$client,
        `SELECT doc, saved_at AS savedAt, saved_by AS savedBy FROM policies WHERE id = ? ORDER BY CAST(version AS INTEGER) DESC LIMIT 100`,
      ).all(args.id) as { doc: string; savedAt: number; savedBy: string }[]
    ).map(({ doc, ...saved }) => ({ policy: JSON.parse(doc) as Policy, ...saved })),
  /** Calendars that an administrator wrote; one that was removed has an empty text. */
  'calendars.list': (db: Db, _args: NoArgs): CalendarRow[] =>
    sql(
      db.$client,
      `SELECT substr(key, 10) AS code, value, saved_at AS savedAt FROM settings WHERE key LIKE 'calendar.%' ORDER BY key`,
    ).all() as CalendarRow[],
  /** Each save of one, newest first, at most 100; `version` counts from 1. */
  'calendars.versions': (db: Db, args: { code: string }): CalendarVersion[] =>
    sql(
      db.$client,
      `SELECT row_number() OVER (ORDER BY seq) AS version, at, actor, json_extract(body, '$.value') AS value FROM journal
       WHERE type = 'setting.saved' AND json_extract(body, '$.key') = ? ORDER BY seq DESC LIMIT 100`,
    ).all(`calendar.${args.code}`) as CalendarVersion[],
  'stops.page': (db: Db, args: PageArgs): Page<StopRecord> => {
    const limit = pageLimit(args)
    const after = readCursor(args.cursor, ['string', 'string'])
    const rows = sql(
      db.$client,
      `SELECT party, kind, reason, until, added_at AS addedAt FROM party_stops WHERE (party, kind) > (?, ?) ORDER BY party, kind LIMIT ?`,
    ).all(after?.[0] ?? '', after?.[1] ?? '', limit + 1) as StopRecord[]
    return toPage(rows, limit, row => [row.party, row.kind])
  },
  'stops.of': (db: Db, args: { party: string }): StopRecord[] =>
    sql(db.$client, 'SELECT party, kind, reason, until, added_at AS addedAt FROM party_stops WHERE party = ?').all(
      args.party,
    ) as StopRecord[],
  /** Numbers that the stops of a party were told with. */
  'stops.numbers': (db: Db, args: { party: string }): string[] =>
    (
      sql(
        db.$client,
        'SELECT DISTINCT number.value AS number FROM party_stops JOIN json_each(numbers) AS number WHERE party = ?',
      ).all(args.party) as { number: string }[]
    ).map(({ number }) => number),
  'contacts.since': (db: Db, args: { since: number }): ContactPack => contactsSince(db, args.since),
}

export function newestPolicies(db: Db): Policy[] {
  const rows = sql(
    db.$client,
    `SELECT doc, max(CAST(version AS INTEGER)) FROM policies GROUP BY id ORDER BY id`,
  ).all() as { doc: string }[]
  return rows.map(row => JSON.parse(row.doc) as Policy)
}

/** With the numbers that they were told with, which the person may have dropped since, and those that the person has now. */
export function stopsAt(db: Db, now: number): Stop[] {
  const rows = sql(
    db.$client,
    'SELECT party, kind, reason, until, numbers FROM party_stops WHERE until IS NULL OR until > ?',
  ).all(now) as (Omit<Stop, 'numbers'> & { numbers: string })[]
  return rows.map(({ numbers: told, ...stop }) => {
    const numbers = [...new Set([...(JSON.parse(told) as string[]), ...ownNumbers(db, stop.party)])]
    return numbers.length === 0 ? stop : { ...stop, numbers }
  })
}

/** Outgoing calls that began at `since` or later, and texts that went: the projection that the counters of the gate are. */
export function contactsSince(db: Db, since: number): ContactPack {
  const texts = sql(
    db.$client,
    `SELECT id AS call, CASE channel WHEN 'sms' THEN recipient ELSE '' END AS number, party, done_at AS at FROM messages
     WHERE state = 'sent' AND channel <> 'letter' AND queued_at >= ? AND done_at >= ? ORDER BY done_at`,
  ).all(since - waitedMaxMs, since) as { call: CallId; number: string; party: string; at: number }[]
  const calls = sql(
    db.$client,
    `SELECT id AS call, number, party, debt, mode, started_at AS startedAt, answered_at AS answeredAt, connected_at AS connectedAt,
       abandoned_at AS abandonedAt, ended_at AS endedAt
     FROM calls WHERE direction = 'out' AND started_at >= ? ORDER BY started_at`,
  ).iterate(since) as IterableIterator<Contact>
  return packContacts(inOrder(calls, texts.map(textAsContact)))
}

/** A text that waited for so long is not sent any more; a day to spare. */
const waitedMaxMs = staleMs + 86_400_000

function textAsContact({
  call,
  number,
  party,
  at,
}: {
  call: CallId
  number: string
  party: string
  at: number
}): Contact {
  const gone = { startedAt: at, answeredAt: at, connectedAt: null, abandonedAt: null, endedAt: at }
  return { call, number, party, debt: null, mode: 'message', ...gone }
}

function* inOrder(calls: Iterable<Contact>, texts: readonly Contact[]): Generator<Contact> {
  let next = 0
  for (const call of calls) {
    while (next < texts.length && texts[next]!.startedAt < call.startedAt) yield texts[next++]!
    yield call
  }
  yield* texts.slice(next)
}

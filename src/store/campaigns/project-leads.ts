/** The tables' side of leads and lists: how they come in, what is learned of when people answer, what is made ready again. */
import type { Ending, Lead, LeadList } from '../../centre/entities.ts'
import { localTime, placeOf, zoneOfPlace } from '../../centre/numbers/zone.ts'
import type { CallId, CampaignId, ImportId, LeadId } from '../../lib/ids.ts'
import { type Connection, sql } from '../db.ts'

/** Attempts that say nothing about the person: we took them back, or the network did not carry them. */
const unsaid: ReadonlySet<Ending['result']> = new Set(['CANCELLED', 'CONGESTION', 'FAILED'])

/** A list exists from its first leads on; `list.saved` says more of it. */
export function startList(db: Connection, id: ImportId, campaign: CampaignId, at: number): void {
  sql(db, `INSERT INTO lists (id, campaign, name, added_at) VALUES (?, ?, '', ?) ON CONFLICT DO NOTHING`).run(
    id,
    campaign,
    at,
  )
}

export function nameList(db: Connection, id: ImportId, name: string): void {
  sql(db, "UPDATE lists SET name = ? WHERE id = ? AND name = ''").run(name, id)
}

export function saveList(db: Connection, list: LeadList, at: number): void {
  sql(
    db,
    `INSERT INTO lists (id, campaign, name, priority, weight, paused, added_at) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET name = excluded.name, priority = excluded.priority, weight = excluded.weight, paused = excluded.paused`,
  ).run(list.id, list.campaign, list.name, list.priority, list.weight, list.paused ? 1 : 0, at)
}

/** A slice of a list: counted together, and its numbers in their order, so that the walk of their index goes one way. */
export function addLeads(
  db: Connection,
  { leads, list }: { leads: readonly Lead[]; list: ImportId },
  at: number,
): void {
  const insert = sql(
    db,
    `INSERT INTO leads (id, campaign, ref, name, phones, fields, state, due_at, import, added_at, changed_at, priority, segment, place,
       duplicate_of, consent, debt) VALUES (?, ?, ?, ?, ?, ?, 'ready', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const counts = new Map<string, { like: Lead; place: string; leads: number }>()
  const numbers: [number: string, lead: LeadId][] = []
  for (const lead of leads) {
    const { id, campaign, ref, name, phones, fields, priority = 5, segment = '', consent, debt } = lead
    const place = placeOf(phones[0]?.number ?? '')
    insert.run(
      ...[id, campaign, ref, name, JSON.stringify(phones), JSON.stringify(fields), at, list, at, at],
      ...[priority, segment, place, lead.duplicateOf ?? null],
      ...[consent ? JSON.stringify(consent) : null, debt ?? null],
    )
    const kind = `${priority} ${place} ${campaign} ${segment}`
    const count = counts.get(kind)
    if (count === undefined) counts.set(kind, { like: lead, place, leads: 1 })
    else count.leads++
    for (const { number } of phones) numbers.push([number, id])
  }
  const index = sql(db, 'INSERT INTO lead_phones (number, lead) VALUES (?, ?) ON CONFLICT DO NOTHING')
  numbers.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  for (const [number, lead] of numbers) index.run(number, lead)
  const counted = sql(
    db,
    `INSERT INTO lead_counts (campaign, list, state, priority, place, segment, reason, leads) VALUES (?, ?, 'ready', ?, ?, ?, '', ?)
     ON CONFLICT (list, state, priority, place, segment, reason) DO UPDATE SET leads = leads + excluded.leads`,
  )
  for (const { like, place, leads } of counts.values())
    counted.run(like.campaign, list, like.priority ?? 5, place, like.segment ?? '', leads)
}

/** Leads that are over are ready as on their first day; of numbers that were not there only those stay so that did not end the lead. */
export function recycle(db: Connection, leads: LeadId[], at: number): void {
  const ready = sql(
    db,
    `UPDATE leads SET state = 'ready', due_at = ?, attempts = 0, next_number = NULL, reason = 'recycled', changed_at = ?,
       bad = CASE WHEN reason IN ('VACANT', 'INVALID', 'NUMBER_CHANGED', 'FAX') THEN NULL ELSE bad END
     WHERE id = ? AND state IN ('done', 'exhausted')`,
  )
  for (const lead of leads) ready.run(at, at, lead)
}

/** The number that is not there is remembered with the lead. */
export function rememberBad(db: Connection, lead: LeadId, number: string): void {
  sql(db, "UPDATE leads SET bad = json_insert(coalesce(bad, '[]'), '$[#]', ?) WHERE id = ?").run(number, lead)
}

/**
 * A closed case, or one that others work on, ends the leads of its party in every campaign about debts, and the callbacks that were owed with them:
 * nobody calls about what is paid.
 */
export function endLeadsOf(db: Connection, party: string, at: number): void {
  const campaigns = sql(db, "SELECT id FROM campaigns WHERE json_extract(doc, '$.business') = 'collections'").all()
  for (const { id } of campaigns as { id: string }[]) {
    sql(
      db,
      `UPDATE callbacks SET closed_at = ?, how = 'cancelled', close_reason = 'case_closed' WHERE closed_at IS NULL
         AND id = (SELECT callback FROM leads WHERE campaign = ? AND ref = ? AND state IN ('ready', 'callback'))`,
    ).run(at, id, party)
    sql(
      db,
      `UPDATE leads SET state = 'done', due_at = NULL, reason = 'case_closed', callback = NULL, callback_agent = NULL, changed_at = ?
       WHERE campaign = ? AND ref = ? AND state IN ('ready', 'callback')`,
    ).run(at, id, party)
  }
}

/** A lead that comes back from a call to be dialled again, while the newest case of its party has been closed or sent away since it was added, is over. */
export function endIfCaseIsOver(db: Connection, lead: LeadId): void {
  sql(
    db,
    `UPDATE leads SET state = 'done', due_at = NULL, reason = 'case_closed' WHERE id = ? AND state IN ('ready', 'callback')
       AND (SELECT changed_at >= leads.added_at AND state IN ('CURED', 'SETTLED', 'RETURNED', 'WRITTEN_OFF', 'OUTSOURCED', 'LEGAL')
            AND (agency IS NULL OR agency IS NOT (SELECT json_extract(doc, '$.agency') FROM campaigns WHERE id = leads.campaign))
            FROM cases WHERE party = leads.ref ORDER BY opened_at DESC, id DESC LIMIT 1)
       AND (SELECT json_extract(doc, '$.business') FROM campaigns WHERE id = leads.campaign) = 'collections'`,
  ).run(lead)
}

/** To be told of a call's first ending, before the call's row is. */
export function learnAnswer(db: Connection, call: CallId, result: Ending['result']): void {
  if (unsaid.has(result)) return
  const row = sql(
    db,
    `SELECT calls.campaign, calls.number, calls.started_at AS startedAt, answered_at AS answeredAt, connected_at AS connectedAt, segment
     FROM calls JOIN leads ON leads.id = calls.lead WHERE calls.id = ? AND calls.ended_at IS NULL AND calls.campaign IS NOT NULL`,
  ).get(call) as AttemptRow | undefined
  const zone = row === undefined ? null : zoneOfPlace(placeOf(row.number))
  if (row === undefined || zone === null) return
  sql(
    db,
    `INSERT INTO answer_hours (campaign, segment, hour, dialled, answered, connected) VALUES (?, ?, ?, 1, ?, ?)
     ON CONFLICT (campaign, segment, hour) DO UPDATE SET dialled = dialled + 1, answered = answered + excluded.answered,
       connected = connected + excluded.connected`,
  ).run(
    row.campaign,
    row.segment,
    Math.floor(localTime(zone, row.startedAt).minute / 60),
    row.answeredAt === null ? 0 : 1,
    row.connectedAt === null ? 0 : 1,
  )
}

type AttemptRow = {
  campaign: string
  number: string
  startedAt: number
  answeredAt: number | null
  connectedAt: number | null
  segment: string
}

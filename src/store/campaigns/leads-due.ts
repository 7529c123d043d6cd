/**
 * What the floor may dial next. Callbacks that are due come first, by time; then the lists, of the highest priority first and mixed by weight
 * where it is the same; within a list by the lead's own priority, by how good the hour is for its segment where it is (see best-time.ts), and
 * by due time. For each list, priority, place and segment that has ready leads there is one walk of the index leads_ready from its beginning,
 * and `lead_counts` says which there are: so the cost grows with what is fetched and not with the lists.
 */

import type { BufferedLead, Campaign, LeadOutlook, Promised } from '../../centre/entities.ts'
import { type AnswerHour, bestTime } from '../../centre/leads/best-time.ts'
import { localTime, zoneOfPlace } from '../../centre/numbers/zone.ts'
import type { CampaignId, ImportId, LeadId } from '../../lib/ids.ts'
import { type Db, sql } from '../db.ts'
import { listsMax } from './lists.ts'

const wantMax = 5_000
/** Walks of one list in one fetch at most: priorities × places × segments that have ready leads. */
const walksMax = 1_000
/** Hours of segments that are read at most. */
const hoursMax = 24_000

export type DueArgs = {
  campaign: CampaignId
  now: number
  want: number
  /** What the floor has already. */
  except: LeadId[]
  callbacksOnly?: boolean
  /** Places where no call is allowed now. */
  closed?: string[]
  /** Segments whose quota is reached. */
  full?: string[]
}
export type DueAnswer = { leads: BufferedLead[]; exhausted: boolean; outlook: LeadOutlook }

type List = { id: ImportId; priority: number; weight: number }
/** A lead as the index knows it: where its row is, and what it is chosen by. Rows are read for those that are sent alone. */
type Pick = { row: number; id: LeadId; dueAt: number; rank: number }
type Walk = { priority: number; place: string; segment: string; lift: number }
type Fetch = {
  db: Db
  now: number
  newest: boolean
  except: Set<LeadId>
  closed: Set<string>
  full: Set<string>
  score: ReturnType<typeof bestTime>
}

export const dueQueries = {
  'leads.due': (db: Db, args: DueArgs): DueAnswer => {
    const want = Math.max(0, Math.min(wantMax, Math.trunc(args.want)))
    const campaign = campaignOf(db, args.campaign)
    const of: Fetch = {
      db,
      now: args.now,
      newest: campaign?.order === 'newest',
      except: new Set(args.except),
      closed: new Set(args.closed),
      full: new Set(args.full),
      score: bestTime(campaign?.bestTime === false ? [] : answerHours(db, args.campaign)),
    }
    const leads = callbacks(of, args.campaign, want)
    if (!args.callbacksOnly) leads.push(...loaded(db, ready(of, args.campaign, want - leads.length)))
    return { leads, exhausted: leads.length < want, outlook: outlookOf(db, args, campaign) }
  },
  /** Calls, answers and talks by segment and hour of the callee's day. */
  'leads.answerHours': (db: Db, args: { campaign: CampaignId }): AnswerHour[] => answerHours(db, args.campaign),
}

function campaignOf(db: Db, id: CampaignId): Campaign | null {
  const row = sql(db.$client, 'SELECT doc FROM campaigns WHERE id = ?').get(id) as { doc: string } | undefined
  return row === undefined ? null : (JSON.parse(row.doc) as Campaign)
}

function answerHours(db: Db, campaign: CampaignId): AnswerHour[] {
  return sql(
    db.$client,
    'SELECT segment, hour, dialled, answered FROM answer_hours WHERE campaign = ? ORDER BY segment, hour LIMIT ?',
  ).all(campaign, hoursMax) as AnswerHour[]
}

const columns = `leads.consent, leads.debt, leads.id, leads.campaign, leads.ref, leads.name, leads.phones, leads.fields, leads.attempts, leads.due_at AS dueAt,
  leads.callback, leads.callback_agent AS callbackAgent, leads.import AS list, leads.segment, leads.priority, leads.bad,
  (SELECT json_group_array(number) FROM party_phones WHERE party = leads.ref AND status = 'BAD') AS marked,
  CASE WHEN leads.attempts > 0 THEN (SELECT json_group_array(number) FROM calls WHERE lead = leads.id AND result = 'FAX') END AS faxes,
  leads.next_number AS next, callbacks.number AS callbackNumber, callbacks.tries, callbacks.reason AS owed,
  CASE callbacks.reason WHEN 'agreed' THEN callbacks.at END AS agreedAt`

function callbacks({ db, now, except }: Fetch, campaign: CampaignId, want: number): BufferedLead[] {
  const rows = sql(
    db.$client,
    `SELECT ${columns}, lists.priority AS rank FROM leads INDEXED BY leads_due
     LEFT JOIN callbacks ON callbacks.id = leads.callback JOIN lists ON lists.id = leads.import
     WHERE leads.campaign = ? AND leads.state = 'callback' AND leads.due_at <= ? AND lists.paused = 0 ORDER BY leads.due_at, leads.id`,
  ).iterate(campaign, now) as Iterable<DueRow>
  return take(rows, want, except)
}

function ready(of: Fetch, campaign: CampaignId, want: number): Pick[] {
  const lists = sql(
    of.db.$client,
    `SELECT id, priority, weight FROM lists WHERE campaign = ? AND paused = 0
       AND EXISTS (SELECT 1 FROM lead_counts WHERE list = lists.id AND state = 'ready' AND leads > 0)
     ORDER BY priority DESC, added_at, id LIMIT ?`,
  ).all(campaign, listsMax) as List[]
  const found: Pick[] = []
  for (let from = 0; from < lists.length && found.length < want; ) {
    const { priority } = lists[from]!
    const same = lists.slice(from).filter(list => list.priority === priority)
    from += same.length
    found.push(...mixed(of, same, want - found.length))
  }
  return found
}

/** Lists of one priority: each gives its share by weight, and where one has less the others fill up. */
function mixed(of: Fetch, lists: List[], want: number): Pick[] {
  const total = lists.reduce((sum, list) => sum + list.weight, 0)
  const share = (list: List) => (lists.length === 1 ? want : Math.ceil((want * list.weight) / total))
  const parts = lists.map(list => ({ list, leads: ofList(of, list, share(list)), credit: 0 }))
  let missing = want - parts.reduce((sum, part) => sum + part.leads.length, 0)
  for (const part of parts) {
    if (missing <= 0 || part.leads.length < share(part.list)) continue
    const before = part.leads.length
    part.leads = ofList(of, part.list, before + missing)
    missing -= part.leads.length - before
  }
  const merged: Pick[] = []
  const next = new Map(parts.map(part => [part, 0]))
  while (merged.length < want) {
    const open = parts.filter(part => next.get(part)! < part.leads.length)
    if (open.length === 0) break
    for (const part of open) part.credit += part.list.weight
    const best = open.reduce((a, b) => (b.credit > a.credit ? b : a))
    best.credit -= open.reduce((sum, part) => sum + part.list.weight, 0)
    merged.push(best.leads[next.get(best)!]!)
    next.set(best, next.get(best)! + 1)
  }
  return merged
}

function ofList(of: Fetch, list: List, want: number): Pick[] {
  const walks = (
    sql(
      of.db.$client,
      `SELECT priority, place, segment FROM lead_counts WHERE list = ? AND state = 'ready' AND leads > 0
       ORDER BY priority DESC LIMIT ?`,
    ).all(list.id, walksMax) as Omit<Walk, 'lift'>[]
  )
    .filter(walk => !of.closed.has(walk.place) && !of.full.has(walk.segment))
    .map(walk => ({ ...walk, lift: liftOf(of, walk) }))
    .sort((a, b) => b.priority - a.priority || b.lift - a.lift)
  const found: Pick[] = []
  for (let from = 0; from < walks.length && found.length < want; ) {
    const first = walks[from]!
    let to = from
    while (to < walks.length && walks[to]!.priority === first.priority && walks[to]!.lift === first.lift) to++
    found.push(...together(of, list, walks.slice(from, to), want - found.length))
    from = to
  }
  return found
}

/** Walks that are worth the same, merged by due time. */
function together(of: Fetch, list: List, walks: Walk[], want: number): Pick[] {
  if (walks.length === 1) return ofWalk(of, list, walks[0]!, want)
  const share = Math.max(20, Math.ceil((want * 2) / walks.length))
  let parts = walks.map(walk => ({ walk, leads: ofWalk(of, list, walk, Math.min(want, share)) }))
  const count = parts.reduce((sum, part) => sum + part.leads.length, 0)
  if (count < want && share < want)
    parts = parts.map(part =>
      part.leads.length < share ? part : { ...part, leads: ofWalk(of, list, part.walk, want) },
    )
  const all = parts.flatMap(part => part.leads)
  const step = of.newest ? -1 : 1
  all.sort((a, b) => step * (a.dueAt - b.dueAt || (a.id < b.id ? -1 : 1)))
  return all.slice(0, want)
}

function ofWalk({ db, now, newest, except }: Fetch, list: List, walk: Walk, want: number): Pick[] {
  if (want <= 0) return []
  const found: Pick[] = []
  const { priority, place, segment } = walk
  const entries = sql(db.$client, readyWalk(newest)).iterate(list.id, priority, place, segment, now)
  for (const entry of entries as Iterable<Omit<Pick, 'rank'>>) {
    if (except.has(entry.id)) continue
    found.push({ ...entry, rank: list.priority })
    if (found.length >= want) break
  }
  return found
}

/** Exported for the test that asks SQLite how it means to do this: by the index alone, no row is read. */
export function readyWalk(newest: boolean): string {
  const order = newest ? 'due_at DESC, id DESC' : 'due_at, id'
  return `SELECT rowid AS row, id, due_at AS dueAt FROM leads INDEXED BY leads_ready
    WHERE state = 'ready' AND import = ? AND priority = ? AND place = ? AND segment = ? AND due_at <= ? ORDER BY ${order}`
}

/** Their rows, in the order in which they were picked. */
function loaded(db: Db, picks: Pick[]): BufferedLead[] {
  const row = sql(
    db.$client,
    `SELECT ${columns} FROM leads LEFT JOIN callbacks ON callbacks.id = leads.callback WHERE leads.rowid = ?`,
  )
  return picks.flatMap(({ row: at, rank }) => {
    const found = row.get(at) as DueRow | undefined
    return found === undefined ? [] : [{ ...leadOf(found), rank }]
  })
}

type DueRow = Omit<BufferedLead, 'phones' | 'fields' | 'bad' | 'faxes' | 'consent' | 'promised'> & {
  tries: number | null
  owed: Promised['reason'] | null
  phones: string
  fields: string
  bad: string | null
  /** What people marked as no good for this party. */
  marked: string
  /** null: it was not tried yet, or begins anew. */
  faxes: string | null
  consent: string | null
}

function take(rows: Iterable<DueRow>, want: number, except: Set<LeadId>): BufferedLead[] {
  const found: BufferedLead[] = []
  if (want <= 0) return found
  for (const row of rows) {
    if (except.has(row.id)) continue
    found.push(leadOf(row))
    if (found.length >= want) break
  }
  return found
}

function leadOf(row: DueRow): BufferedLead {
  const { phones, fields, bad, marked, faxes, consent, tries, owed, ...rest } = row
  const known: string[] = [...(bad === null ? [] : JSON.parse(bad)), ...JSON.parse(marked)]
  const lists = { phones: JSON.parse(phones), fields: JSON.parse(fields), bad: known }
  const heard: string[] = faxes === null ? [] : JSON.parse(faxes)
  const promised = owed === null ? null : { tries: tries ?? 0, reason: owed }
  const found = heard.length === 0 ? lists : { ...lists, faxes: heard }
  return { ...rest, ...found, promised, consent: consent === null ? null : JSON.parse(consent) }
}

function liftOf({ score, now }: Fetch, { place, segment }: { place: string; segment: string }): number {
  const zone = zoneOfPlace(place)
  return zone === null ? 1 : score(segment, Math.floor(localTime(zone, now).minute / 60)).lift
}

function outlookOf(db: Db, { campaign, now }: DueArgs, doc: Campaign | null): LeadOutlook {
  const next = sql(
    db.$client,
    `SELECT min(due_at) AS at FROM leads INDEXED BY leads_due WHERE campaign = ? AND state = 'callback' AND due_at > ?`,
  ).get(campaign, now) as { at: number | null }
  const { places } = sql(
    db.$client,
    `SELECT count(DISTINCT place) AS places FROM lead_counts WHERE campaign = ? AND state = 'ready' AND leads > 0`,
  ).get(campaign) as { places: number }
  return { nextCallbackAt: next.at, places, reached: (doc?.quotas ?? []).length === 0 ? [] : reachedOf(db, campaign) }
}

/** For quotas: leads done and leads talked to, by segment. */
export function reachedOf(db: Db, campaign: CampaignId): LeadOutlook['reached'] {
  return sql(
    db.$client,
    `SELECT segment, sum(done) AS done, sum(connected) AS connected FROM (
       SELECT segment, leads AS done, 0 AS connected FROM lead_counts WHERE campaign = ? AND state = 'done'
       UNION ALL SELECT segment, 0, connected FROM answer_hours WHERE campaign = ?
     ) GROUP BY segment ORDER BY segment`,
  ).all(campaign, campaign) as LeadOutlook['reached']
}

/** What a start reads: how the floor is set up, and what was under way when the process went. */

import { leaderlessSetting } from '../centre/agents/team.ts'
import { supervisionModes, type TrunkTry } from '../centre/entities.ts'
import type { Fact } from '../centre/facts.ts'
import { normaliseNumber } from '../centre/numbers/number.ts'
import { zoneOr } from '../centre/numbers/zone.ts'
import { manualStack, reachOf, textPolicyKey } from '../centre/policy/policy.ts'
import { policyPresets } from '../centre/policy/presets.ts'
import type { Setup } from '../centre/records/setup.ts'
import type { CallbackId, CallId, CampaignId, LeadId, TrunkId, UserId } from '../lib/ids.ts'
import { type LeftRecording, type UnsealedRow, unsealed } from './calls/recordings.ts'
import { abandonQuarters } from './campaigns/abandonment.ts'
import { modesOf } from './campaigns/modes.ts'
import { type Db, sql } from './db.ts'
import { isNull, sql as literal } from './drizzle.cjs'
import { contactsSince, newestPolicies, stopsAt } from './gate/gate.ts'
import { tollOf } from './gate/toll.ts'
import { unsoldParties } from './lender/parties.ts'
import { agenciesIn, placedParties } from './lender/placements.ts'
import type { NoArgs } from './page.ts'
import { teamsIn } from './people/teams.ts'
import { calls, campaigns, menus, numbers, queues, suppressions, trunkGroups, trunks, users } from './schema.ts'
import { linesOf } from './telephony/lines.ts'
import { phrasesInUse } from './telephony/phrases.ts'

/** Under way at the last line of the journal. After a clean stop all four are empty. */
export type InFlight = {
  /**
   * `isOwed`: a callback was promised since the call began, and is not kept yet. `backAt`: since when a caller waits again whose agent was lost in
   * mid-call; null: nobody was, or somebody talks.
   */
  calls: (typeof calls.$inferSelect & { isOwed: boolean; backAt: number | null })[]
  leads: LeadInFlight[]
  recordings: LeftRecording[]
  agents: UserId[]
}

/**
 * `owedAt`: when it was to be called back; `trying`: that callback, when the call under way was to keep it; `written`: the outcome that the agent
 * who talked last has written of that call, which went on without the agent.
 */
export type LeadInFlight = {
  id: LeadId
  campaign: CampaignId
  lastCall: CallId | null
  answered: boolean
  owedAt: number | null
  trying: CallbackId | null
  written?: { number: string; outcome: Written } | null
}
type Written = Pick<Extract<Fact, { type: 'call.disposed' }>, 'agent' | 'code'> &
  NonNullable<Extract<Fact, { type: 'call.disposed' }>['kept']>

export const loadQueries = {
  'load.setup': (db: Db, args: { now: number }): Setup => ({
    users: db
      .select()
      .from(users)
      .all()
      .map(row => row.doc),
    trunks: db
      .select()
      .from(trunks)
      .all()
      .map(row => row.doc),
    answering: db
      .select({ trunk: trunks.id, answersAt: trunks.answersAt })
      .from(trunks)
      .all()
      .flatMap(({ trunk, answersAt }) => (answersAt === null ? [] : [{ trunk, answersAt }])),
    trunkGroups: db
      .select()
      .from(trunkGroups)
      .all()
      .map(row => row.doc),
    teams: teamsIn(db),
    starts: startsSince(db, args.now - startsReachMs),
    numbers: db
      .select()
      .from(numbers)
      .all()
      .map(row => row.doc),
    queues: db
      .select()
      .from(queues)
      .all()
      .map(row => row.doc),
    menus: db
      .select()
      .from(menus)
      .all()
      .map(row => row.doc),
    campaigns: db
      .select()
      .from(campaigns)
      .all()
      .map(row => row.doc),
    suppressed: db
      .select({ number: suppressions.number, until: suppressions.until })
      .from(suppressions)
      .where(literal`until IS NULL OR until > ${args.now}`)
      .all(),
    zone: zoneOf(db),
    ...tollOf(db, zoneOf(db), args.now),
    allowed: { phones: settingOf(db, 'allow.phones'), staff: settingOf(db, 'allow.staff') },
    abandonment: abandonQuarters(db.$client, args.now),
    ...gateOf(db, args.now),
    ...linesOf(db, args.now),
    agencies: agenciesIn(db),
    placed: placedParties(db),
    supervision: supervisionOf(db),
    transfers: settingsUnder(db, 'transfer.'),
    recordingRules: settingsUnder(db, 'recording.'),
    modes: modesOf(db),
    phrases: phrasesInUse(db),
  }),
  'load.inFlight': (db: Db, _args: NoArgs): InFlight => ({
    calls: db
      .select()
      .from(calls)
      .where(isNull(calls.endedAt))
      .all()
      .map(call => ({ ...call, isOwed: isOwed(db, call), backAt: backAt(db, call.id) })),
    leads: (
      sql(
        db.$client,
        `SELECT leads.id, leads.campaign, last_call AS lastCall, calls.answered_at IS NOT NULL AS answered,
           callbacks.at AS owedAt, CASE WHEN tries > 0 AND next_at IS NULL THEN callbacks.id END AS trying,
           calls.number, (SELECT body FROM journal
             WHERE json_extract(body, '$.call') = +last_call AND json_extract(body, '$.call') IS NOT NULL
               AND (type = 'call.connected' OR (type = 'call.disposed' AND json_extract(body, '$.kept') IS NOT NULL))
             ORDER BY seq DESC LIMIT 1) AS lastWord
         FROM leads LEFT JOIN calls ON calls.id = last_call LEFT JOIN callbacks ON callbacks.id = leads.callback
         WHERE leads.state = 'in_call' ORDER BY leads.id`,
      ).all() as (Omit<LeadInFlight, 'answered'> & {
        answered: number
        number: string | null
        lastWord: string | null
      })[]
    ).map(({ number, lastWord, ...row }) => ({
      ...row,
      answered: row.answered === 1,
      written: writtenIn(number, lastWord),
    })),
    recordings: (
      sql(
        db.$client,
        `SELECT recordings.id, call, path, lost_ms AS lostMs, lost, opened_at AS openedAt, calls.ended_at AS callEndedAt
         FROM recordings LEFT JOIN calls ON calls.id = recordings.call
         WHERE sealed_at IS NULL AND missing_reason IS NULL ORDER BY recordings.id`,
      ).all() as (UnsealedRow & Pick<LeftRecording, 'openedAt' | 'callEndedAt'>)[]
    ).map(({ openedAt, callEndedAt, ...row }) => ({ ...unsealed(row), openedAt, callEndedAt })),
    agents: (
      sql(db.$client, 'SELECT DISTINCT agent FROM agent_states WHERE to_at IS NULL ORDER BY agent').all() as {
        agent: UserId
      }[]
    ).map(row => row.agent),
  }),
}

/** A callback names its party by the number that can be dialled, a call by what the line showed. */
function isOwed(db: Db, { number, startedAt }: { number: string; startedAt: number }): boolean {
  const found = sql(
    db.$client,
    'SELECT 1 FROM callbacks WHERE closed_at IS NULL AND scheduled_at >= ? AND number IN (?, ?) LIMIT 1',
  ).get(startedAt, number, normaliseNumber(number) ?? number)
  return found !== undefined
}

/** Whoever talked last talks no more, and has not passed the call on. */
function backAt(db: Db, call: CallId): number | null {
  const last = sql(
    db.$client,
    'SELECT to_at AS toAt, passed FROM talks WHERE call = ? ORDER BY to_at IS NULL DESC, from_at DESC LIMIT 1',
  ).get(call) as { toAt: number | null; passed: number } | undefined
  return last === undefined || last.passed === 1 ? null : last.toAt
}

function writtenIn(number: string | null, lastWord: string | null): NonNullable<LeadInFlight['written']> | null {
  const fact = lastWord === null ? null : (JSON.parse(lastWord) as Fact)
  if (number === null || fact?.type !== 'call.disposed' || fact.kept === undefined) return null
  return { number, outcome: { agent: fact.agent, code: fact.code, ...fact.kept } }
}

function settingOf(db: Db, key: string): string {
  const row = sql(db.$client, 'SELECT value FROM settings WHERE key = ?').get(key) as { value: string } | undefined
  return row?.value ?? ''
}

/** Those whose key begins so. */
function settingsUnder(db: Db, beginning: 'transfer.' | 'recording.'): Record<string, string> {
  const rows = sql(db.$client, 'SELECT key, value FROM settings WHERE substr(key, 1, ?) = ?').all(
    beginning.length,
    beginning,
  ) as {
    key: string
    value: string
  }[]
  return Object.fromEntries(rows.map(({ key, value }) => [key, value]))
}

/** The slowest trunk starts one call in ten seconds (0.1 a second). */
const startsReachMs = 10_000

/** Each try of a call is a start on its trunk: the first at the start of the call, the next when the one before failed. */
function startsSince(db: Db, since: number): NonNullable<Setup['starts']> {
  const rows = sql(
    db.$client,
    `SELECT trunk, started_at AS startedAt, trunk_tries AS tries FROM calls
     WHERE direction = 'out' AND trunk IS NOT NULL AND started_at > ? ORDER BY started_at, id`,
  ).all(since) as { trunk: TrunkId; startedAt: number; tries: string | null }[]
  const starts = rows.flatMap(({ trunk, startedAt, tries }) => {
    const failed = tries === null ? [] : (JSON.parse(tries) as TrunkTry[])
    return [...failed.map(each => each.trunk), trunk].map((id, n) => ({
      trunk: id,
      at: n === 0 ? startedAt : failed[n - 1]!.at,
    }))
  })
  return starts.sort((a, b) => a.at - b.at)
}

/** What agents see of supervisors, and supervisors without a team of agents, where a setting was saved. */
function supervisionOf(db: Db): Record<string, string> {
  const keys = [...supervisionModes.map(mode => `supervision.shown.${mode}`), leaderlessSetting]
  return Object.fromEntries(keys.map(key => [key, settingOf(db, key)]))
}

export function zoneOf(db: Db): string {
  return zoneOr(settingOf(db, 'centre.zone'))
}

/** What the gate needs from the start: own policies, calendars, stopped people, and who was contacted as far back as the policies in use look. */
function gateOf(
  db: Db,
  now: number,
): Pick<Setup, 'policies' | 'textPolicy' | 'calendars' | 'stops' | 'unsold' | 'history'> {
  const own = newestPolicies(db)
  const policies = new Map([...policyPresets, ...own.map(policy => [policy.id, policy] as const)])
  const used = sql(
    db.$client,
    "SELECT DISTINCT json_extract(doc, '$.policy') AS policy FROM campaigns WHERE state <> 'closed'",
  ).all() as { policy: string }[]
  const textPolicy = settingOf(db, textPolicyKey)
  const texts = textPolicy === '' ? [] : [textPolicy]
  const since = now - reachOf(policies, [manualStack, ...texts, ...used.map(row => row.policy)])
  const settings = sql(db.$client, "SELECT key, value FROM settings WHERE key LIKE 'calendar.%'").all() as {
    key: string
    value: string
  }[]
  return {
    policies: own,
    textPolicy,
    calendars: Object.fromEntries(settings.map(({ key, value }) => [key.slice('calendar.'.length), value])),
    stops: stopsAt(db, now),
    unsold: unsoldParties(db),
    history: { contacts: contactsSince(db, since), since },
  }
}

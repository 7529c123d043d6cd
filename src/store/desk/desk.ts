/** All that a desk shows of one party, read at one moment and in one question: a call that connects waits for one answer of the store. */
import type { CaseState } from '../../lender/case.ts'
import type { PhoneRelation } from '../../lender/party.ts'
import type { CallId, LeadId } from '../../lib/ids.ts'
import { type CallRecord, callQueries } from '../calls/calls.ts'
import { type Db, sql } from '../db.ts'
import { gateQueries } from '../gate/gate.ts'
import { type CaseRecord, caseQueries } from '../lender/cases.ts'
import { type LoanRecord, loanQueries } from '../lender/loans.ts'
import { type PartyRecord, partyQueries } from '../lender/parties.ts'
import { type PromiseRecord, promiseQueries } from '../lender/promises.ts'
import { type RepaymentRecord, repaymentQueries } from '../lender/repayments.ts'

/** `party`: whose call it is; null: by `number`, where one party alone has it. */
export type DeskAsks = { party: string | null; number: string | null; lead: LeadId | null }

/** Somebody who may be calling: the number stands with this party, in this relation. */
export type Caller = { ref: string; name: string; relation: PhoneRelation }

export type DeskRead = {
  party: PartyRecord | null
  /** Several have the number: whose call it is a person must say. */
  callers: Caller[]
  loans: LoanRecord[]
  case: CaseRecord | null
  promises: PromiseRecord[]
  repayments: RepaymentRecord[]
  stops: { kind: string; reason: string; until: number | null }[]
  /** Newest first. */
  calls: CallRecord[]
}

/** Whom an agent may look at without a call: of its own open case, or talked to today. */
export type Near = { ref: string; name: string; why: 'case' | 'call'; state: CaseState | null }

/** More than an agent looks through while somebody talks. */
export const deskCallsMax = 60
const repaymentsMax = 30
const callersMax = 20
const nearMax = 12

export const deskQueries = {
  'desk.read': (db: Db, asks: DeskAsks): DeskRead => {
    const callers = asks.party === null && asks.number !== null ? callersOf(db, asks.number) : []
    const ref = asks.party ?? (callers.length === 1 ? callers[0]!.ref : null)
    const party = ref === null ? null : partyQueries['parties.byRef'](db, { ref })
    if (party === null)
      return {
        ...{ party, callers, loans: [], case: null, promises: [], repayments: [], stops: [] },
        calls: callsOf(db, asks),
      }
    return {
      party,
      callers,
      loans: loanQueries['loans.ofParty'](db, { party: party.ref }),
      case: caseQueries['cases.openOf'](db, { party: party.ref }),
      promises: promiseQueries['promises.ofParty'](db, { party: party.ref }),
      repayments: repaymentQueries['repayments.ofParty'](db, { party: party.ref, limit: repaymentsMax }).items,
      stops: gateQueries['stops.of'](db, { party: party.ref }),
      calls: callsOfParty(db, party),
    }
  },
  'desk.near': (db: Db, args: { agent: string; since: number }): Near[] => nearOf(db, args),
  'desk.isNear': (db: Db, args: { agent: string; since: number; party: string }): boolean => isNear(db, args),
  'desk.find': (db: Db, args: { text: string; number: string | null; hash: string }): string[] => whole(db, args),
}

/** Its open cases first, those that moved last at the top; then who was on a call with this agent since then. */
function nearOf(db: Db, { agent, since }: { agent: string; since: number }): Near[] {
  const cases = sql(
    db.$client,
    `SELECT p.ref, p.name, 'case' AS why, c.state FROM cases c JOIN parties p ON p.ref = c.party
     WHERE c.agent = ? AND c.closed_at IS NULL ORDER BY c.changed_at DESC LIMIT ?`,
  ).all(agent, nearMax) as Near[]
  const calls = sql(
    db.$client,
    `SELECT p.ref, p.name, 'call' AS why, NULL AS state FROM calls c JOIN parties p ON p.ref = c.party
     WHERE c.agent = ? AND c.started_at >= ? GROUP BY p.ref ORDER BY max(c.started_at) DESC LIMIT ?`,
  ).all(agent, since, nearMax) as Near[]
  const near = new Map<string, Near>()
  for (const each of [...cases, ...calls]) if (!near.has(each.ref)) near.set(each.ref, each)
  return [...near.values()].slice(0, nearMax)
}

/** By its own open case, a call since then, or a callback that it owes. */
function isNear(db: Db, { agent, since, party }: { agent: string; since: number; party: string }): boolean {
  return (
    sql(
      db.$client,
      `SELECT 1 WHERE EXISTS (SELECT 1 FROM cases WHERE party = ? AND agent = ? AND closed_at IS NULL)
       OR EXISTS (SELECT 1 FROM calls WHERE party = ? AND agent = ? AND started_at >= ?)
       OR EXISTS (SELECT 1 FROM callbacks b JOIN leads l ON l.id = b.lead WHERE b.agent = ? AND b.closed_at IS NULL AND l.ref = ?)`,
    ).get(party, agent, party, agent, since, agent, party) !== undefined
  )
}

/** By the whole ref, a whole number (E.164) or an ID number's hash: who does not know one of these finds nobody. */
function whole(db: Db, { text, number, hash }: { text: string; number: string | null; hash: string }): string[] {
  return (
    sql(
      db.$client,
      `SELECT ref FROM parties WHERE ref = ? UNION SELECT party FROM party_phones WHERE number = ? UNION SELECT ref FROM parties WHERE id_hash = ? LIMIT ?`,
    ).all(text, number ?? '', hash, callersMax) as { ref: string }[]
  ).map(({ ref }) => ref)
}

function callersOf(db: Db, number: string): Caller[] {
  return sql(
    db.$client,
    `SELECT p.ref, p.name, n.relation FROM party_phones n JOIN parties p ON p.ref = n.party WHERE n.number = ? ORDER BY p.ref LIMIT ?`,
  ).all(number, callersMax) as Caller[]
}

function callsOf(db: Db, { lead, number }: DeskAsks): CallRecord[] {
  if (lead !== null) return callQueries['calls.ofLead'](db, { lead, limit: deskCallsMax })
  return number === null ? [] : callQueries['calls.ofNumber'](db, { number, limit: deskCallsMax })
}

/** Its own calls, and those of its numbers that nobody has said whose they were. */
function callsOfParty(db: Db, party: PartyRecord): CallRecord[] {
  const calls = new Map<CallId, CallRecord>()
  for (const call of callQueries['calls.ofParty'](db, { party: party.ref, limit: deskCallsMax }))
    calls.set(call.id, call)
  for (const { number } of party.phones)
    for (const call of callQueries['calls.ofNumber'](db, { number, limit: deskCallsMax }))
      if (call.party === null) calls.set(call.id, call)
  return [...calls.values()].sort((a, b) => b.startedAt - a.startedAt || (a.id < b.id ? 1 : -1)).slice(0, deskCallsMax)
}

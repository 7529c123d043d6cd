/**
 * The second door for writes: what the lender and the centre keep (users, trunks, campaigns, leads …). A plain transaction that appends
 * to the same journal; when it is on disk, the floor is told.
 */
import type { Actor } from '../centre/facts.ts'
import type { Writing } from '../centre/gate/writing.ts'
import type { RecordFact } from '../centre/records/record-facts.ts'
import type { Clock } from '../lib/clock.ts'
import type { Id } from '../lib/ids.ts'
import { secretText } from '../lib/random.ts'
import type { Committed, SecretWrite, Transaction } from '../store/port.ts'
import type { Store } from '../store/store.ts'

export type RecordsDoor = {
  store: Store
  clock: Clock
  /**
   * Tells the floor of facts that are on disk, and resolves when it has taken note; does nothing where no floor runs beside (command line).
   * Must not reject: what is on disk is kept, whatever the floor says.
   */
  tell: (facts: RecordFact[], actor: Actor) => Promise<void> | void
  /**
   * Asks the gate whether a party may be written to now; null: yes. Left out where no floor runs beside: then nothing is sent, since what is not known
   * is not allowed.
   */
  ask?: (of: Writing) => { rule: string; words: string; retryAt: number | null } | null
  /** log2 of scrypt's N; lower in tests. */
  passwordCost?: number
}

/** Nothing on the floor depends on these. */
const quiet = [
  'applications.',
  'approval.',
  'audit.',
  'call.answererTold',
  'batch.',
  'callback.passed',
  'checklist.',
  'export.',
  'fields.',
  'filter.',
  'import.',
  'legalHold.',
  'loans.',
  'mapping.',
  'order.',
  'parties.',
  'product.',
  'promise.',
  'prospects.',
  'quote.',
  'recording.',
  'script.',
  'session.',
  'tableExport.',
  'task.',
  'token.',
  'wall.',
  'writeUp.',
  'party.secretShown',
]

/** The same of what follows from strategies, waivers and complaints: what the floor must know of these is said by facts of cases, stops and leads; caps count `message.sent`. */
const aboutCases = [
  'case.stepped',
  'complaint.',
  'message.queued',
  'message.failed',
  'message.deferred',
  'message.dropped',
  'waiver.',
]

/** Rejects with StoreError. The floor hears of it only after it is durable, and an answer to a person comes only then too. */
export function keep(
  door: RecordsDoor,
  actor: Actor,
  facts: RecordFact[],
  secrets: SecretWrite[] = [],
): Promise<Committed> {
  return commit(door, actor, facts, { secrets })
}

/** Of up to 500 rows at once: what the floor decides meanwhile is on disk first. */
export function keepPatiently(door: RecordsDoor, actor: Actor, facts: RecordFact[]): Promise<Committed> {
  return commit(door, actor, facts, { isPatient: true })
}

async function commit(
  door: RecordsDoor,
  actor: Actor,
  facts: RecordFact[],
  more: Pick<Transaction, 'secrets' | 'isPatient'>,
): Promise<Committed> {
  const at = door.clock.now()
  const committed = await door.store.commit({ recorded: facts.map(fact => ({ at, actor, fact })), ...more })
  const news = facts.filter(fact => !startsWithOneOf(quiet, fact.type) && !startsWithOneOf(aboutCases, fact.type))
  if (news.length > 0) await door.tell(news, actor)
  return committed
}

function startsWithOneOf(starts: string[], type: string): boolean {
  return starts.some(start => type.startsWith(start))
}

/** An unguessable id: `u_` and 15 characters of base64url (90 bits). */
export function newId<Noun extends string>(prefix: string): Id<Noun> {
  return `${prefix}_${secretText(11)}` as Id<Noun>
}

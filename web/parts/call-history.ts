/**
 * What the journal says of a call, for people: of each fact those fields that mean something to a reader, in words, with names for ids. Every
 * field of every fact that names a call stands here; null: it is not shown (ids of legs and files, numbers that the head of the page shows).
 */

import { hiddenKey } from '../../src/centre/calls/hidden-key.ts'
import type { TransferTarget } from '../../src/centre/entities.ts'
import type { Fact } from '../../src/centre/facts.ts'
import type { MenuTarget } from '../../src/centre/menu/menu.ts'
import { maskNumbersIn } from '../../src/lib/mask.ts'
import type { Words } from '../words/words.ts'
import { divertedBy, shownDiverted } from './diverted.ts'
import type { Frame } from './frame.ts'
import { percent, shownNumber, size } from './numbers.ts'
import { pauseWord } from './state.ts'
import { clockOf, duration, exactly } from './time.ts'

/** What ids are called; null: nobody knows any more. */
export type CallNames = {
  user(id: string): string | null
  queue(id: string): string | null
  campaign(id: string): string | null
  trunk(id: string): string | null
  menu(id: string): string | null
  outcome(code: string): string | null
  /** Of what was written down beside the outcome. */
  field(key: string): string | null
}

type Telling = { names: CallNames; frame: Frame; w: Words; masked: boolean }

type AnyKey<T> = T extends unknown ? keyof T : never
type AnyValue<T, K extends PropertyKey> = T extends { [key in K]?: infer V } ? V : never
/** Facts that name a call, so that its page shows them. */
export type CallFact = Extract<Fact, { call: unknown }>
type Of<T extends CallFact['type']> = Extract<CallFact, { type: T }>
/** Null: nothing to say of this value. */
type Teller<V> = (value: V, telling: Telling) => string | null
type Tellers = {
  [T in CallFact['type']]: {
    [K in Exclude<AnyKey<Of<T>>, 'type' | 'call'>]-?: Teller<NonNullable<AnyValue<Of<T>, K>>> | null
  }
}

const named =
  (of: Exclude<keyof CallNames, 'field' | 'outcome'>): Teller<string> =>
  (id, { names, w }) =>
    names[of](id) ?? w.auditor.call.values.gone
const user = named('user')
const queue = named('queue')
const campaign = named('campaign')
const trunk = named('trunk')
const menu = named('menu')
const until: Teller<number> = (at, { frame }) => clockOf(at, frame)
const dayAndTime: Teller<number> = (at, { frame }) => exactly(at, frame)
const span: Teller<number> = ms => duration(ms)
const afterMs: Teller<number> = (ms, { w }) => w.announcements.afterMs((ms / 1000).toFixed(1))
const asIs: Teller<string> = text => (text === '' ? null : text)
/** Free text: people write numbers into it. */
const written: Teller<string> = (text, { masked }) => (text === '' ? null : masked ? maskNumbersIn(text) : text)
const count: Teller<number> = n => String(n)
const again: Teller<number> = n => (n > 1 ? String(n) : null)
const yes: Teller<boolean> = (is, { w }) => (is ? w.auditor.call.values.yes : null)
const list: Teller<string[]> = all => (all.length === 0 ? null : all.join(', '))
const sure: Teller<number> = share => percent(share)

/** Of a value that has a word in one of the tables; one without is left out, and stands in the journal. */
const word =
  <V extends string>(table: (w: Words) => Partial<Record<V, string>>): Teller<V> =>
  (value, { w }) =>
    table(w)[value] ?? null
/** A code that was words, or had another name, in older lines: those are shown as they stand there. */
const coded =
  <V extends string>(table: (w: Words) => Record<V, string>): Teller<V> =>
  (value, telling) =>
    (table(telling.w) as Partial<Record<string, string>>)[value] ?? asIs(value, telling)
const values = <V extends string>(of: keyof Words['auditor']['call']['values']): Teller<V> =>
  word(w => w.auditor.call.values[of] as Partial<Record<V, string>>)

const mode = word(w => w.domain.mode)
const relation = word(w => w.domain.relation)
const result = word(w => w.domain.callResult)
const cause = word(w => w.domain.endCause)
const supervised = word(w => w.supervision.mode)
const whySupervised: Teller<string> = (reason, telling) =>
  (telling.w.supervision.reasons as Record<string, string>)[reason] ?? written(reason, telling)
const menuWhy = values('menuWhy')
const holder = values<'agent' | 'party'>('side')

const target: Teller<TransferTarget | MenuTarget> = (to, telling) => {
  if ('agent' in to) return user(to.agent, telling)
  if ('user' in to) return user(to.user, telling)
  if ('queue' in to) return queue(to.queue, telling)
  if ('ivr' in to) return menu(to.ivr, telling)
  if ('act' in to) return telling.w.menus.acts[to.act]
  return shownNumber(to.number, telling.masked)
}

const digit: Teller<string> = (key, { w }) => (key === hiddenKey ? w.auditor.call.values.hidden : key)

const onScript = { agent: user, script: null, version: null, offsetMs: span } as const

const tellers: Tellers = {
  'agent.rung': { agent: user, leg: null, intent: null },
  'agent.stateChanged': {
    agent: user,
    state: word(w => w.domain.agentPhase),
    reason: (reason, { w }) => pauseWord(reason, w),
    until,
  },
  'call.dialed': {
    ...{ mode, campaign, agent: user, trunk, relation, desk: user, owedBy: queue, attempts: again },
    ...{ lead: null, party: null, name: null, number: null, callerId: null, leg: null, agentLeg: null },
    ...{ debt: null, verdict: null, callback: null },
    promised: ({ reason }, { w }) => w.callbacks.reasons[reason],
    task: ({ who }, { w }) => w.verification.asked[who],
    of: ({ agent, why }, telling) =>
      [telling.w.auditor.call.values.of[why], agent && user(agent, telling)].filter(Boolean).join(' · '),
  },
  'call.rerouted': {
    failed: ({ trunk: id, why, sipStatus }, telling) =>
      `${trunk(id, telling)}: ${telling.w.trunkRules.why[why]}${sipStatus === null ? '' : ` · SIP ${sipStatus}`}`,
    ...{ trunk, callerId: null, leg: null },
  },
  'call.offered': {
    ...{ trunk, leg: null, from: null, to: null },
    diverted: (by, { masked, w }) => divertedBy(shownDiverted(by, masked)!, w),
  },
  'call.ringing': {},
  'call.early': {},
  'call.announced': {
    by: word(w => w.announcements.heardBy),
    ...{ what: null, result, confidence: sure, afterMs },
  },
  'call.answered': {},
  'call.judged': {
    verdict: word(w => w.announcements.verdicts),
    reason: word(w => w.announcements.reasons),
    ...{ confidence: sure, afterMs, features: null },
  },
  'call.faxHeard': { signal: word(w => w.announcements.faxSignals), confidence: sure, afterMs },
  'call.answererTold': { answerer: word(w => w.announcements.verdicts), by: word(w => w.announcements.told) },
  'call.queued': { queue, until },
  'call.appealed': { agent: user, reason: written },
  'call.appealTaken': { by: user, waitedMs: span },
  'call.appealEnded': { how: word(w => w.appeals.ends), by: user, lastedMs: span },
  'call.parked': { agent: user, until },
  'call.assigned': { agent: user, ringing: (rings, { w }) => (rings ? w.auditor.call.values.rings : null), leg: null },
  'call.unassigned': { agent: user, reason: coded(w => w.auditor.call.values.notTaken) },
  'call.connected': { agent: user, leg: null },
  'call.noticeBegan': { speech: again, own: list },
  'call.noticeSaid': {},
  'call.noticeHeard': { heardMs: span, whole: yes, digit },
  'call.agentAsked': { until },
  'call.menuBegan': { menu, hop: again, speech: again, why: menuWhy, until: null, own: list },
  'call.menuSaid': { until },
  'call.menuChose': { menu, why: menuWhy, key: digit, target, other: null, hop: null },
  'call.placeSaid': { queue, place: count, minutes: count, speech: null },
  'call.held': { by: holder },
  'call.resumed': { by: holder },
  'call.digit': { from: holder, digit },
  'call.keysUnsent': { keys: count },
  'call.abandoned': { campaign, queue, waitedMs: span },
  'call.consulted': { agent: user, target, ...{ to: null, leg: null, other: null, own: null, phoneHolds: null } },
  'call.consultAnswered': {},
  'call.consultTurned': { to: values('turned'), otherWaits: null },
  'call.consultEnded': { how: values('consultEnded') },
  'call.transferred': { from: user, target, how: values('passed'), other: null },
  'call.takenOn': { other: null, until },
  'call.fellBack': { reason: coded(w => w.auditor.call.values.fellBack) },
  'call.slotted': { agent: user, slot: asIs, until },
  'call.pickedUp': { agent: user, from: values('pickedUp') },
  'call.overtaken': { agent: user, by: values('overtaken') },
  'call.dismissed': { cause, until },
  'call.ended': {
    ending: ({ by, cause: why, result: came, sipStatus }, telling) =>
      [
        telling.w.domain.endedBy[by],
        cause(why, telling),
        result(came, telling),
        sipStatus === null ? null : `SIP ${sipStatus}`,
      ]
        .filter(Boolean)
        .join(' · '),
  },
  'call.disposed': {
    agent: user,
    code: (code, { names }) => names.outcome(code) ?? code,
    note: written,
    fields: (fields, telling) => {
      const filled = Object.entries(fields).map(
        ([key, value]) => `${telling.names.field(key) ?? key}: ${written(String(value), telling) ?? ''}`,
      )
      return list(filled, telling)
    },
    kept: ({ callbackAt }, telling) => (callbackAt === null ? null : dayAndTime(callbackAt, telling)),
  },
  'call.monitored': { agent: user, by: user, mode: supervised, reason: whySupervised },
  'call.unmonitored': { by: user, cause: word(w => w.supervision.ends) },
  'supervision.began': {
    ...{ by: user, agent: user, mode: supervised, stays: null, reason: whySupervised, leg: null },
    gainDb: null,
  },
  'leg.measured': { leg: null, trunk, agent: user, audio: null },
  'callback.tried': { callback: null, result, nextAt: dayAndTime },
  'recording.opened': { recording: null, path: null, kind: values('recordingKind') },
  'recording.sealed': {
    ...{ recording: null, durationMs: span, bytes: bytes => size(bytes), sha256: asIs, lost: null },
    ...{ lostMs: afterMs, salvaged: yes, wasMissing: yes },
    foundAfterMs: span,
    clockAheadMs: ms => `${ms < 0 ? '−' : '+'}${duration(Math.abs(ms))}`,
    accepted: ({ reason }, telling) => written(reason, telling),
  },
  'recording.misfitLeft': { recording: null, reason: written },
  'recording.soundLost': { recording: null, lostMs: afterMs, lost: null },
  'recording.missing': {
    recording: null,
    cause: (why, { w }) => w.custody.missing[why] ?? w.custody.missing.unknown,
    reason: null,
  },
  'recording.discarded': { recording: null },
  'recording.derived': { recording: null, path: null, source: null, sha256: asIs, bytes: bytes => size(bytes) },
  'recording.underivable': {
    recording: null,
    cause: (why, { w }) => (why === undefined ? null : w.custody.underivables[why]),
    reason: null,
  },
  'recording.sourceRemoved': { recording: null, days: count },
  'recording.destroyed': {
    recording: null,
    reason: values('destroyed'),
    days: count,
    business: word(w => w.domain.business),
    kept: ({ n, of }, { w }) => w.retention.period(n, of),
    policy: asIs,
  },
  'recording.erased': { recording: null },
  'legalHold.placed': { hold: null, kind: word(w => w.retention.kinds), target: null, reason: written },
  'legalHold.lifted': { hold: null, kind: word(w => w.retention.kinds), reason: written },
  'safety.alarmed': {
    rule: word(w => w.safety.rules),
    ...{ user, words: null, address: null, trunk, calls: null, goOn: null, cut: null },
    number: (number, { masked }) => (number === '' ? null : shownNumber(number, masked)),
  },
  'call.identified': { agent: user, party: asIs, name: asIs, relation },
  'task.called': { task: null, party: null, who: word(w => w.verification.asked), place: null, by: user },
  'script.turned': { ...onScript, to: null, from: null, answer: null },
  'script.read': {
    ...onScript,
    sentence: null,
    read: (read, { w }) => w.auditor.call.values.read[read ? 'yes' : 'no'],
  },
}

/** A field that means something else in one fact than in the others has its words there as `fact field`. */
export function keyOf(keys: Record<string, string>, type: string, field: string): string | undefined {
  return keys[`${type} ${field}`] ?? keys[field]
}

/** For tests: which fields of which facts are told. */
export const toldOfCalls: { type: string; fields: string[] }[] = Object.entries(tellers).map(([type, fields]) => ({
  type,
  fields: Object.entries(fields).flatMap(([field, teller]) => (teller === null ? [] : [field])),
}))

/** Whether what is shown of a fact names this person as who did it. */
export function saysWho(body: string, user: string): boolean {
  const fact = JSON.parse(body) as { type: string } & Record<string, unknown>
  const known = tellers[fact.type as keyof Tellers] as Record<string, Teller<unknown> | null> | undefined
  const shown = (field: string) => fact[field] === user && known?.[field]
  return Boolean(shown('by') || shown('user') || (shown('agent') && !fact['by'] && !fact['user']))
}

/** One line of the journal, as it stands there: what is shown beside the name of the fact. Unknown facts and fields say nothing. */
export function tellFact(body: string, telling: Telling): string {
  const { type, ...rest } = JSON.parse(body) as { type: string } & Record<string, unknown>
  const known = tellers[type as keyof Tellers] as Record<string, Teller<unknown> | null> | undefined
  const { keys } = telling.w.auditor.call
  return Object.entries(known ?? {})
    .map(([field, teller]) => {
      const value = rest[field]
      const said = teller === null || value === undefined || value === null ? null : teller(value, telling)
      return said === null ? null : `${keyOf(keys, type, field)}: ${said}`
    })
    .filter(said => said !== null)
    .join(' · ')
}

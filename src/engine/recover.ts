/**
 * What a start makes good: calls, leads, agents and recordings that were in hand when the process went. Each is closed by a fact exactly once;
 * killed half-way, the next start closes what is left.
 */

import { abandonedRestMs } from '../centre/calls/after-call.ts'
import type { Ending } from '../centre/entities.ts'
import { abandonAfterMs } from '../centre/evolve-call.ts'
import type { Fact, Recorded } from '../centre/facts.ts'
import { isCounted } from '../centre/gate/abandonment.ts'
import { fileFaultOf } from '../lib/file-fault.ts'
import { type Fit, isMisfit } from '../lib/fit.ts'
import type { CallbackId, CallId } from '../lib/ids.ts'
import type { Logger } from '../lib/log.ts'
import type { InFlight, LeadInFlight } from '../store/load.ts'
import type { Store } from '../store/store.ts'
import { salvageFitting } from './recording-fit.ts'

/** Makes the file whole; `path` is relative to the recordings folder. Rejects when there is nothing to make whole, with Misfit where it does not fit. */
export type Salvage = (path: string, fit?: Fit) => Promise<{ sha256: string; bytes: number; durationMs: number }>

/** A number that was not reached rings again soon; one that was is left alone for a while. */
const unansweredRetryMs = 60_000
const answeredRetryMs = 2 * 3_600_000
const salvagesAtOnce = 4

/** Of what was in flight, as much as its closing asks for. */
export type InHand = Omit<InFlight, 'calls'> & { calls: CallInFlight[] }
type CallInFlight = Pick<
  InFlight['calls'][number],
  | 'id'
  | 'direction'
  | 'mode'
  | 'campaign'
  | 'lead'
  | 'queue'
  | 'number'
  | 'answeredAt'
  | 'queuedAt'
  | 'connectedAt'
  | 'abandonedAt'
  | 'notice'
  | 'recording'
  | 'passedAt'
  | 'isOwed'
  | 'backAt'
>

const restarted: Ending = { by: 'system', cause: 'restarted', result: 'FAILED', sipStatus: null, q850: null }

/** `lastAt`: Unix ms of the last line of the run that left them; left out: now. Commits `started` with all closings in one transaction. Answers what was closed; its recordings are left to `sealLeft`. */
export async function closeInFlight(of: {
  store: Pick<Store, 'inFlight' | 'commit'>
  started: Fact
  now: () => number
  lastAt?: number
}): Promise<InFlight> {
  const inFlight = await of.store.inFlight()
  const at = of.now()
  const facts = [of.started, ...closings(inFlight, at, of.lastAt)]
  await of.store.commit({ recorded: facts.map((fact): Recorded => ({ at, actor: 'system', fact })) })
  return inFlight
}

/** `lastAt`: Unix ms of the last line of the run that left them. */
export type Sealing = {
  store: Pick<Store, 'commit' | 'read'>
  salvage: Salvage
  now: () => number
  lastAt: number
  log: Logger
}

/**
 * Makes whole and seals what the last run left open, each in a transaction of its own: when `signal` ends it half-way, the next start finds the
 * rest. Five hundred calls of some minutes are gigabytes to read, so nobody should wait for it.
 */
export async function sealLeft(recordings: InFlight['recordings'], of: Sealing, signal: AbortSignal): Promise<void> {
  const left = [...recordings]
  const work = async () => {
    for (let next = left.shift(); next !== undefined && !signal.aborted; next = left.shift()) await seal(next, of)
  }
  await Promise.all(Array.from({ length: salvagesAtOnce }, work))
}

/** The facts that end what was in hand, recordings apart. `lastAt`: who waited did so until then. */
export function closings(inFlight: InHand, at: number, lastAt = at): Fact[] {
  const abandoned = new Set<CallId>()
  const asked = new Set<CallId>()
  const facts: Fact[] = []
  for (const call of inFlight.calls) {
    const cut = wasCutOff(call)
    if (call.direction === 'out' && (cut || call.abandonedAt !== null)) abandoned.add(call.id)
    if (isAsker(call)) asked.add(call.id)
    facts.push(...closingOf(call, cut, at, Math.min(at, lastAt)))
  }
  for (const lead of inFlight.leads) {
    const last = lead.lastCall ?? ('' as CallId)
    facts.push(...givenBack(lead, { abandoned: abandoned.has(last), asked: asked.has(last) }, at))
  }
  for (const agent of inFlight.agents) facts.push({ type: 'agent.signedOff', agent, reason: 'restarted' })
  return facts
}

/** Answered, waiting for a person, and hung up on by our own end: whoever did it, the customer heard nobody. */
function wasCutOff(call: CallInFlight): boolean {
  if (call.answeredAt === null || call.connectedAt !== null || call.abandonedAt !== null || !isCounted(call))
    return false
  return call.mode !== 'notice' || isAsker(call)
}

/** Who asked a robot for a person and got none is called back by one. */
function isAsker(call: CallInFlight): boolean {
  return call.direction === 'out' && call.connectedAt === null && call.notice?.digit === '1'
}

/** Since when a caller has waited for a person in a queue, or for one: who came to nobody, or is back after an agent was lost. null: nobody waits. */
function stoodSince({ direction, answeredAt, queuedAt, connectedAt, passedAt, backAt }: CallInFlight): number | null {
  if (direction === 'out' || answeredAt === null || passedAt !== null) return null
  return connectedAt === null ? queuedAt : backAt
}

function closingOf(call: CallInFlight, cut: boolean, at: number, lastAt: number): Fact[] {
  const facts: Fact[] = []
  if (cut) {
    // When the process went is not known: it was within the two seconds after which the floor itself would have said so.
    const waitedMs = Math.max(0, Math.min(abandonAfterMs, at - (call.answeredAt ?? at)))
    facts.push({ type: 'call.abandoned', call: call.id, campaign: call.campaign, queue: null, waitedMs })
  }
  const since = stoodSince(call)
  // As when the house closes; of one who was told that we call back it was said that the wait was over.
  if (since !== null && !call.isOwed && call.abandonedAt === null) {
    const waitedMs = Math.max(0, lastAt - since)
    facts.push({ type: 'call.abandoned', call: call.id, campaign: null, queue: call.queue, waitedMs })
  }
  // Who was talked to and told that we call back was not abandoned (`dismissedAs`).
  const hasStood = since !== null && !(call.connectedAt !== null && call.isOwed)
  const isAbandoned = cut || hasStood || call.abandonedAt !== null
  const result = call.answeredAt === null ? 'FAILED' : isAbandoned ? 'ABANDONED' : 'ANSWERED'
  facts.push({ type: 'call.ended', call: call.id, ending: { ...restarted, result } })
  if (call.connectedAt !== null && call.recording === null) {
    const reason = 'restarted before the recording began'
    facts.push({ type: 'recording.missing', recording: null, call: call.id, cause: 'restarted', reason })
  }
  // Who has been told "we call you back" is owed that one call, and not another for having heard it as the process went.
  const isBack = call.backAt !== null || call.passedAt !== null
  const waited = (call.direction === 'in' && call.connectedAt === null) || isBack
  const askedFor = isAsker(call)
  if (!((waited && !call.isOwed) || askedFor) || !/^\+?\d{3,15}$/.test(call.number)) return facts
  const { number, queue } = call
  const whose = askedFor ? { campaign: call.campaign, lead: call.lead } : { campaign: null, lead: null }
  const callback = { id: `cb_${call.id}` as CallbackId, at, number, agent: null, ...whose, queue }
  facts.push({ type: 'callback.scheduled', callback: { ...callback, reason: askedFor ? 'overflow' : 'abandoned' } })
  return facts
}

/** A promise stays one, and whom we abandoned rests, as it would have been without the restart. */
function givenBack(lead: LeadInFlight, of: { abandoned: boolean; asked: boolean }, at: number): Fact[] {
  const asWritten = followUp(lead, at)
  if (asWritten !== null) return asWritten
  const { id, campaign, lastCall, trying } = lead
  const soon = at + (lead.answered && !of.asked ? answeredRetryMs : unansweredRetryMs)
  const owedAt = lead.owedAt ?? 0
  const rests = of.abandoned && !of.asked && owedAt <= at
  const dueAt = rests ? at + abandonedRestMs : Math.max(soon, owedAt)
  const state = lead.owedAt !== null || of.asked ? 'callback' : 'ready'
  const released: Fact = { type: 'lead.released', lead: id, campaign, state, dueAt, reason: 'restarted' }
  if (trying === null || lastCall === null) return [released]
  const result = of.abandoned ? 'ABANDONED' : lead.answered ? 'ANSWERED' : 'FAILED'
  return [{ type: 'callback.tried', callback: trying, call: lastCall, result, nextAt: dueAt }, released]
}

/** What its agent had written of a call that went on is done now that the call is over; null: it leaves the lead to be tried again. */
function followUp({ id: lead, campaign, lastCall, trying, written }: LeadInFlight, at: number): Fact[] | null {
  if (!written || lastCall === null) return null
  const { number, outcome } = written
  const { agent, code, followUp: then, callbackAt, callbackMine } = outcome
  if (then === 'none' || then === 'retry') return null
  const kept: Fact[] = trying === null ? [] : [{ type: 'callback.closed', callback: trying, how: 'kept' }]
  const release = (dueAt: number | null): Fact => ({
    type: 'lead.released',
    ...{ lead, campaign, state: then, dueAt, reason: code },
  })
  if (then !== 'callback') return [...kept, release(null)] // a number that is called no more was barred when it was written
  const dueAt = Math.max(callbackAt ?? at, at)
  const about = { at: dueAt, number, agent: callbackMine ? agent : null, campaign, lead, queue: null } as const
  const callback = { id: `cb_${lastCall}_agreed` as CallbackId, ...about, reason: 'agreed' } as const
  return [...kept, { type: 'callback.scheduled', callback }, release(dueAt)]
}

async function seal(recording: InFlight['recordings'][number], of: Sealing): Promise<void> {
  const { id, call, path, lack } = recording
  let fact: Fact
  try {
    const { sha256, bytes, durationMs } = await salvageLeft(recording, of)
    fact = { type: 'recording.sealed', recording: id, call, sha256, bytes, durationMs, salvaged: true, ...lack }
  } catch (error) {
    of.log.error({ err: error, recording: id, path }, 'a recording could not be salvaged')
    // Whatever the disk says now: it may say something else soon, and then the second look seals it.
    const cause = isMisfit(error) ? 'misfit' : (fileFaultOf(error) ?? 'not_ours')
    const reason = `not salvaged: ${String(error).slice(0, 200)}`
    fact = { type: 'recording.missing', recording: id, call, cause, reason }
  }
  await of.store.commit({ recorded: [{ at: of.now(), actor: 'system', fact }] })
}

/** Where the clock was set back since, for how long a call went on is not known. Evidence is not left out for a wrong clock. */
function salvageLeft(recording: InFlight['recordings'][number], of: Sealing): ReturnType<Salvage> {
  return of.now() < of.lastAt ? of.salvage(recording.path) : salvageFitting(recording, of)
}

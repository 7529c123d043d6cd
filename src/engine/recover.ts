/**
 * What a start makes good: calls, leads, agents and recordings that were in hand when the process went. Each is closed by a fact exactly once;
 * killed half-way, the next start closes what is left.
 */
import type { Ending } from '../centre/entities.ts'
import type { Fact, Recorded } from '../centre/facts.ts'
import type { CallbackId } from '../lib/ids.ts'
import type { Logger } from '../lib/log.ts'
import type { InFlight } from '../store/load.ts'
import type { Store } from '../store/store.ts'

/** Makes the file whole; `path` is relative to the recordings folder. Throws when there is nothing to make whole. */
export type Salvage = (path: string) => Promise<{ sha256: string; bytes: number; durationMs: number }>

/** A number that was not reached rings again soon; one that was is left alone for a while. */
const unansweredRetryMs = 60_000
const answeredRetryMs = 2 * 3_600_000
const salvagesAtOnce = 4

const restarted: Ending = { by: 'system', cause: 'restarted', result: 'FAILED', sipStatus: null, q850: null }

/** Commits `started` with all closings in one transaction, then seals recordings one by one. Answers what was closed. */
export async function closeInFlight(of: {
  store: Pick<Store, 'inFlight' | 'commit'>
  started: Fact
  salvage: Salvage
  now: () => number
  log: Logger
}): Promise<InFlight> {
  const inFlight = await of.store.inFlight()
  const at = of.now()
  const facts = [of.started, ...closings(inFlight, at)]
  await of.store.commit({ recorded: facts.map((fact): Recorded => ({ at, actor: 'system', fact })) })
  const left = [...inFlight.recordings]
  const work = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await seal(next, of)
  }
  await Promise.all(Array.from({ length: salvagesAtOnce }, work))
  return inFlight
}

/** The facts that end what was in hand, recordings apart. */
export function closings(inFlight: InFlight, at: number): Fact[] {
  const facts: Fact[] = []
  for (const call of inFlight.calls) {
    facts.push({
      type: 'call.ended',
      call: call.id,
      ending: { ...restarted, result: call.answeredAt === null ? 'FAILED' : 'ANSWERED' },
    })
    if (call.connectedAt !== null && call.recording === null)
      facts.push({
        type: 'recording.missing',
        recording: null,
        call: call.id,
        reason: 'restarted before the recording began',
      })
    if (call.direction === 'in' && call.connectedAt === null && /^\+?\d{3,15}$/.test(call.number))
      facts.push({
        type: 'callback.scheduled',
        callback: {
          id: `cb_${call.id}` as CallbackId,
          at,
          number: call.number,
          agent: null,
          campaign: null,
          lead: null,
          queue: call.queue,
          reason: 'abandoned',
        },
      })
  }
  for (const lead of inFlight.leads)
    facts.push({
      type: 'lead.released',
      lead: lead.id,
      campaign: lead.campaign,
      state: lead.owed ? 'callback' : 'ready', // a promise stays one
      dueAt: at + (lead.answered ? answeredRetryMs : unansweredRetryMs),
      reason: 'restarted',
    })
  for (const agent of inFlight.agents) facts.push({ type: 'agent.signedOff', agent, reason: 'restarted' })
  return facts
}

async function seal(
  recording: InFlight['recordings'][number],
  of: { store: Pick<Store, 'commit'>; salvage: Salvage; now: () => number; log: Logger },
): Promise<void> {
  const { id, call, path } = recording
  let fact: Fact
  try {
    const { sha256, bytes, durationMs } = await of.salvage(path)
    fact = { type: 'recording.sealed', recording: id, call, sha256, bytes, durationMs, salvaged: true }
  } catch (error) {
    of.log.error({ err: error, recording: id, path }, 'a recording could not be salvaged')
    fact = { type: 'recording.missing', recording: id, call, reason: `not salvaged: ${String(error).slice(0, 200)}` }
  }
  await of.store.commit({ recorded: [{ at: of.now(), actor: 'system', fact }] })
}

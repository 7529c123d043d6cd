/** Callbacks that are owed: as pages show them, and closing one by hand. */
import type { OpenCallback } from '../../web/pages/supervisor/callbacks.ts'
import { shownNumber } from '../../web/parts/numbers.ts'
import type { User } from '../centre/entities.ts'
import type { Actor } from '../centre/facts.ts'
import { promiseOverdueMs } from '../centre/leads/promise.ts'
import type { FloorState } from '../centre/state.ts'
import type { Outcome } from '../engine/port.ts'
import { type CallbackId, isId, type UserId } from '../lib/ids.ts'
import { NotFound } from '../records/errors.ts'
import type { CallbackRecord } from '../store/campaigns/callbacks.ts'
import type { Deps } from './deps.ts'

export function openCallback(
  { id, at, agent, number, campaign, queue, reason, tries, lastResult, nextAt }: CallbackRecord,
  of: { state: FloorState; user: Pick<User, 'numbersMasked'>; now: number },
): OpenCallback {
  const { state } = of
  const place =
    (campaign && state.campaigns.get(campaign)?.campaign.name) || (queue && state.queues.get(queue)?.queue.name) || null
  return {
    id,
    at,
    due: at <= of.now,
    overdue: at + promiseOverdueMs <= of.now,
    agent: agent === null ? null : (state.users.get(agent)?.displayName ?? agent),
    number: shownNumber(number, of.user.numbersMasked),
    campaign: place,
    reason,
    tries,
    lastResult,
    nextAt,
  }
}

/** One that is open, and with `ownedBy` that person's; NotFound else. */
export async function callbackById(deps: Pick<Deps, 'store'>, id: string, ownedBy?: UserId): Promise<CallbackRecord> {
  const found = isId(id) ? await deps.store.read('callbacks.byId', { id: id as CallbackId }) : null
  if (found === null || found.closedAt !== null) throw new NotFound('callback', id)
  if (ownedBy !== undefined && found.agent !== ownedBy) throw new NotFound('callback', id)
  return found
}

/** Its lead is over too, if this is what it still waits for. */
export async function closeCallback(
  deps: Pick<Deps, 'store' | 'engine'>,
  actor: Actor,
  callback: CallbackRecord,
  reason: string,
): Promise<Outcome> {
  const lead = callback.lead === null ? null : await deps.store.read('leads.byId', { id: callback.lead })
  const waits = lead?.callback === callback.id && lead.state !== 'dnc' && lead.state !== 'done'
  const about = { campaign: waits ? lead.campaign : null, lead: waits ? lead.id : null }
  return deps.engine.dispatch({ type: 'callback.close', callback: callback.id, ...about, reason }, actor)
}

/** How many are owed and overdue, for the wallboard. */
export function callbackCounts(
  { store }: Pick<Deps, 'store'>,
  now: number,
): Promise<{ open: number; overdue: number }> {
  return store.read('callbacks.counts', { overdueAt: now - promiseOverdueMs })
}

/** The search for recordings: as it stands in the URL, as the store understands it, and the page of what was found. */
import { type RecordingRow, type RecordingSearch, recordingsPage } from '../../../web/pages/auditor/recordings.ts'
import type { Frame } from '../../../web/parts/frame.ts'
import { shownNumber } from '../../../web/parts/numbers.ts'
import { readLocal } from '../../../web/parts/time.ts'
import { isEmergency } from '../../centre/calls/emergency.ts'
import type { User } from '../../centre/entities.ts'
import { normaliseNumber } from '../../centre/numbers/number.ts'
import { type CampaignId, isId, type UserId } from '../../lib/ids.ts'
import type { RecordingRecord } from '../../store/calls/recordings.ts'
import { nameOf, outcomeOf } from '../agent/contact-line.ts'
import type { Ctx, Deps } from '../deps.ts'
import { frameOf } from '../live/frame.ts'
import { savedFiltersOf } from '../saved-filters.ts'
import { agentsSeen } from '../seen-calls.ts'

export function searchOf(value: (name: string) => string | undefined): RecordingSearch {
  const text = (name: string) => (value(name) ?? '').trim().slice(0, 64)
  return {
    from: text('from'),
    to: text('to'),
    agent: text('agent'),
    number: text('number'),
    campaign: text('campaign'),
  }
}

/** What the search asks for. A number that is none finds nothing rather than everything. */
function filterOf(search: RecordingSearch) {
  return {
    ...(isId(search.agent) ? { agent: search.agent as UserId } : {}),
    ...(isId(search.campaign) ? { campaign: search.campaign as CampaignId } : {}),
    ...(search.number ? { number: normaliseNumber(search.number) ?? search.number } : {}),
  }
}

function times(search: RecordingSearch, frame: Frame): { from?: number; to?: number } {
  const from = readLocal(search.from, frame.zone)
  const to = readLocal(search.to, frame.zone)
  return { ...(from === null ? {} : { from }), ...(to === null ? {} : { to }) }
}

/** The same search for an export of all that it finds; without a beginning it begins with the first recording. */
export function searchRange(search: RecordingSearch, frame: Frame) {
  const { from = 0, to } = times(search, frame)
  return { from, ...(to === undefined ? {} : { to }), filter: filterOf(search) }
}

export async function recordingsAnswer(
  c: Ctx,
  deps: Deps,
  asked: { search: RecordingSearch; cursor: string | null; reason: { value: string; error: string } | null },
  status: 200 | 422 = 200,
): Promise<Response> {
  const frame = { ...(await frameOf(c, deps)), path: '/auditor' }
  const { search } = asked
  const [page, users, campaigns] = await Promise.all([
    deps.store.read('recordings.page', {
      ...{ ...times(search, frame), ...filterOf(search), cursor: asked.cursor },
      agents: agentsSeen(deps, c.var.user),
    }),
    deps.store.read('users.list', { role: 'agent' }),
    deps.store.read('campaigns.list', {}),
  ])
  const next = page.next && `/auditor?${new URLSearchParams({ ...search, cursor: page.next })}`
  return c.html(
    recordingsPage({
      frame,
      rows: page.items.map(item => rowOf(deps, item, c.var.user, frame)),
      search,
      agents: users.map(user => ({ value: user.id, word: user.displayName })),
      campaigns: campaigns.map(campaign => ({ value: campaign.id, word: campaign.name })),
      next,
      filters: await savedFiltersOf(c, deps, '/auditor'),
      mayExport: c.var.user.role === 'auditor',
      reason: asked.reason,
    }),
    status,
  )
}

function rowOf(deps: Deps, recording: RecordingRecord, viewer: User, frame: Frame): RecordingRow {
  const { state } = deps.engine
  const call = recording.callRecord
  return {
    call: recording.call,
    at: recording.openedAt,
    direction: call?.direction ?? null,
    name: call?.name ?? null,
    isForHelp: call?.direction === 'out' && isEmergency(state, call.number),
    number: call ? shownNumber(call.number, viewer.numbersMasked) : '',
    agent: nameOf(state, call?.agent ?? null),
    campaign: (call?.campaign && state.campaigns.get(call.campaign)?.campaign.name) || null,
    result: call?.result ?? null,
    outcome: call ? (outcomeOf(state, call)?.words[frame.language] ?? call.disposition) : null,
    durationMs: recording.durationMs,
    state: stateOf(recording),
  }
}

export function stateOf(recording: {
  sealedAt: number | null
  salvaged: boolean
  missingReason: string | null
  accepted: unknown
}): RecordingRow['state'] {
  if (recording.sealedAt !== null && recording.accepted !== null) return 'accepted'
  if (recording.sealedAt !== null) return recording.salvaged ? 'salvaged' : 'sealed'
  return recording.missingReason !== null ? 'missing' : 'open'
}

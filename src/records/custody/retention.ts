/**
 * Which recordings of answered calls have been kept for long enough: the centre's years by business, never less than a policy states that the
 * campaign names, or named when it dialled; and nothing that a hold keeps or an export is being made of.
 */

import { type Business, businesses, type Campaign } from '../../centre/entities.ts'
import type { Actor } from '../../centre/facts.ts'
import { zoneOr } from '../../centre/numbers/zone.ts'
import { manualStack, type Policy, stackNames, stackOf } from '../../centre/policy/policy.ts'
import { policyPresets } from '../../centre/policy/presets.ts'
import { keptUntil, longest, mayGoBefore, type Period } from '../../centre/recording/retention.ts'
import type { DestroyedBy } from '../../centre/records/record-facts.ts'
import type { CallId, CampaignId, RecordingId } from '../../lib/ids.ts'
import { keptSinceOf, type RecordingRow } from '../../store/calls/recordings.ts'
import { keep, type RecordsDoor } from '../door.ts'
import { InvalidInput } from '../errors.ts'
import { saveSettings } from '../settings.ts'
import { inTurn } from '../turn.ts'
import { type KeepYears, keepYearsKeys, keepYearsOf } from './custody-settings.ts'
import { callsUnderExport } from './exports.ts'

/** What holds for the recordings of one campaign, or with null for those of none. `policy`: whose minimum `kept` is, null: the centre's rule. */
export type Retention = { campaign: CampaignId | null; business: Business | null; kept: Period; policy: string | null }

export type Expired = {
  /** Told as destroyed; their files are still there. */
  destroyed: RecordingRow[]
  /** Would have been, but must wait: until then (a policy's minimum at the time), or null: for an export. */
  waiting: { recording: RecordingId; until: number | null }[]
  /** Where the next slice begins; null: this one was the last. */
  next: ExpiredFrom | null
}
export type ExpiredFrom = { keptSince: number; id: RecordingId }

/** One slice, the oldest first: what must go is told as destroyed, in one transaction, and nobody can place a hold meanwhile. */
export function destroyExpired(
  door: RecordsDoor,
  of: { limit: number; after?: ExpiredFrom | null; isPassedOver(recording: RecordingId): boolean },
): Promise<Expired> {
  return inTurn(door, async () => {
    const now = door.clock.now()
    const { zone, policies, retentions } = await retentionOf(door)
    const rules = [...retentions.values()].map(({ campaign, kept }) => ({
      campaign,
      before: mayGoBefore(now, kept, zone),
    }))
    const expired = await door.store.read('recordings.expired', { rules, limit: of.limit, after: of.after ?? null })
    const rows = expired.filter(({ id }) => !of.isPassedOver(id))
    const last = expired.length < of.limit ? undefined : expired.at(-1)
    const next = last === undefined ? null : { keptSince: keptSinceOf(last), id: last.id }
    const found: Expired = { destroyed: [], waiting: [], next }
    if (rows.length === 0) return found
    const exported = await callsUnderExport(door)
    const facts = []
    for (const { campaign, ...row } of rows) {
      const { business, ...rule } = retentions.get(campaign)!
      const then = await minimumThen(door, { call: row.call, business, policies, now, zone })
      const until = then === null || row.sealedAt === null ? 0 : keptUntil(keptSinceOf(row), then, zone)
      if (until > now) found.waiting.push({ recording: row.id, until })
      else if (exported.has(row.call)) found.waiting.push({ recording: row.id, until: null })
      else {
        const by: DestroyedBy = { reason: 'retention', business, kept: rule.kept, policy: rule.policy }
        facts.push({ type: 'recording.destroyed' as const, recording: row.id, call: row.call, ...by })
        found.destroyed.push(row)
      }
    }
    if (facts.length > 0) await keep(door, 'system', facts)
    return found
  })
}

/** The minimum of the policies that the call was dialled under, as they stand today. */
async function minimumThen(
  door: RecordsDoor,
  about: { call: CallId; business: Business | null; policies: ReadonlyMap<string, Policy>; now: number; zone: string },
): Promise<Period | null> {
  const { call, business, policies, now, zone } = about
  const dialed = (await door.store.read('journal.ofCall', { call })).find(({ type }) => type === 'call.dialed')
  const { verdict } = JSON.parse(dialed?.body ?? '{}') as { verdict?: { policy?: string } }
  const named = stackNames(verdict?.policy ?? '').flatMap(name => policies.get(name) ?? [])
  const concerned = business === null ? named : named.filter(policy => policy.business.includes(business))
  return longest(
    concerned.flatMap(policy => policy.keep ?? []),
    now,
    zone,
  )
}

/** The rules by campaign; a campaign that is kept for good has none. */
async function retentionOf(door: RecordsDoor) {
  const settings = await door.store.read('settings.all', {})
  const zone = zoneOr(settings['centre.zone'])
  const years = keepYearsOf(settings)
  const policies = await policiesOf(door)
  const campaigns = await door.store.read('campaigns.list', {})
  const retentions = new Map<CampaignId | null, Retention>()
  for (const of of [null, ...campaigns]) {
    const business = of?.business ?? null
    const own = years[business ?? 'other']
    if (own === 0) continue
    const minimum = minimumOf(policies, of, { now: door.clock.now(), zone })
    const rule: Period = { n: own, of: 'YEAR' }
    const kept = longest(minimum === null ? [rule] : [rule, minimum.period], door.clock.now(), zone)!
    const policy = kept === rule ? null : minimum!.policy
    retentions.set(of?.id ?? null, { campaign: of?.id ?? null, business, kept, policy })
  }
  return { zone, policies, retentions }
}

/** The longest that a policy of the campaign's stack states for its business. */
function minimumOf(
  policies: ReadonlyMap<string, Policy>,
  campaign: Pick<Campaign, 'policy' | 'business'> | null,
  { now, zone }: { now: number; zone: string },
): { period: Period; policy: string } | null {
  const stack = stackOf(policies, campaign?.policy ?? manualStack, campaign?.business ?? null)
  if (typeof stack === 'string') return null
  const stated = stack.flatMap(({ id, keep: period }) => (period === undefined ? [] : [{ period, policy: id }]))
  const most = longest(
    stated.map(({ period }) => period),
    now,
    zone,
  )
  return stated.find(({ period }) => period === most) ?? null
}

async function policiesOf(door: RecordsDoor): Promise<ReadonlyMap<string, Policy>> {
  const own = await door.store.read('policies.list', {})
  return new Map([...policyPresets, ...own.map(policy => [policy.id, policy] as const)])
}

/** By business: the longest minimum of its campaigns, and whose; of those without a campaign, of the policies that hold for them. */
export async function minimaOf(
  door: RecordsDoor,
): Promise<Partial<Record<keyof KeepYears, { period: Period; policy: string }>>> {
  const settings = await door.store.read('settings.all', {})
  const at = { now: door.clock.now(), zone: zoneOr(settings['centre.zone']) }
  const policies = await policiesOf(door)
  const campaigns = await door.store.read('campaigns.list', {})
  const minima: Partial<Record<keyof KeepYears, { period: Period; policy: string }>> = {}
  for (const field of [...businesses, 'other'] as const) {
    const mine = field === 'other' ? [null] : campaigns.filter(({ business }) => business === field)
    const stated = mine.flatMap(of => minimumOf(policies, of, at) ?? [])
    const most = longest(
      stated.map(({ period }) => period),
      at.now,
      at.zone,
    )
    const found = stated.find(({ period }) => period === most)
    if (found !== undefined) minima[field] = found
  }
  return minima
}

/** Settings of recordings; years under a policy's minimum are refused with its name, though they would never be gone by. */
export async function saveRecordingRules(
  door: RecordsDoor,
  actor: Actor,
  values: Record<string, string>,
): Promise<void> {
  const minima = await minimaOf(door)
  const problems = Object.entries(keepYearsKeys).flatMap(([field, key]) => {
    const minimum = minima[field as keyof KeepYears]
    const years = Number(values[key] ?? 0)
    if (minimum === undefined || !(years > 0)) return []
    const least = minimum.period.of === 'YEAR' ? minimum.period.n : Math.ceil(minimum.period.n / 365)
    if (years >= least) return []
    return [{ field: key, found: `${values[key]}`, allowed: `at least ${least} (${minimum.policy}), or 0: for good` }]
  })
  if (problems.length > 0) throw new InvalidInput(problems)
  await saveSettings(door, actor, values)
}

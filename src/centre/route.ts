/**
 * A route: the trunks that a call may go out on, in steps. The trunks of one step are weighed against each other (lines/score.ts); a step is
 * asked when none of the step before it may take a call, or could not when it was tried. A trunk group is a route of one trunk a step.
 */
import type { CampaignId, TrunkId, UserId } from '../lib/ids.ts'
import type { TrunkGroup } from './entities.ts'
import { type Line, pickLine } from './line.ts'
import type { FloorState } from './state.ts'

/** An empty step means any trunk. */
export type Route = readonly (readonly TrunkId[])[]

/** Any trunk that there is, for calls outside campaigns. */
const anyTrunk: Route = [[]]

/** A campaign's calls take its way; a person's own calls that person's. */
export function routeOf(state: FloorState, of: { campaign: CampaignId | null; agent: UserId | null }): Route {
  const campaign = of.campaign === null ? undefined : state.campaigns.get(of.campaign)?.campaign
  if (campaign !== undefined) return throughGroup(state, campaign.trunkGroup) ?? [campaign.trunks]
  const user = of.agent === null ? undefined : state.users.get(of.agent)
  return throughGroup(state, user?.trunkGroup) ?? anyTrunk
}

/** The best line of the first step that has one, past trunks that were tried already. */
export function pickOnRoute(
  state: FloorState,
  route: Route,
  now: number,
  number: string | null,
  tried: readonly TrunkId[] = [],
): Line {
  let no = null as Extract<Line, { ok: false }> | null
  for (const step of route) {
    const left = tried.length === 0 ? step : [...(step.length > 0 ? step : state.trunks.keys())].filter(isLeft)
    if (tried.length > 0 && left.length === 0) continue // nothing left here, which `pickLine` would take for "any"
    const line = pickLine(state, left, now, number)
    if (line.ok) return line
    const retryAt: number | null = no?.retryAt == null ? line.retryAt : Math.min(no.retryAt, line.retryAt ?? no.retryAt)
    no = { ok: false, refusal: line.refusal, retryAt }
  }
  return no ?? { ok: false, refusal: { rule: 'no_trunk', words: 'No trunk is set up for this call.' }, retryAt: null }

  function isLeft(id: TrunkId): boolean {
    return !tried.includes(id)
  }
}

function throughGroup(state: FloorState, id: TrunkGroup['id'] | null | undefined): Route | null {
  const group = id == null ? undefined : state.trunkGroups.get(id)
  return group === undefined ? null : group.trunks.map(trunk => [trunk])
}

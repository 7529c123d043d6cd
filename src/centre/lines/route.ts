/**
 * A route: the trunks that a call may go out on, in steps, and which numbers of ours it shows there. The trunks of one step are weighed against
 * each other (lines/score.ts); a step is asked when none of the step before it may take a call, or could not when it was tried. A trunk group is
 * a route of one trunk a step.
 */
import type { CampaignId, QueueId, TrunkId, UserId } from '../../lib/ids.ts'
import type { Call } from '../call-state.ts'
import { closing } from '../closing.ts'
import type { TrunkGroup } from '../entities.ts'
import { isUnrecordable } from '../recording/recording.ts'
import type { FloorState } from '../state.ts'
import { type Line, pickLine } from './line.ts'

export type Route = {
  /** An empty step means any trunk. */
  steps: readonly (readonly TrunkId[])[]
  /** Numbers of ours, of which a trunk shows those that are its own; []: whatever it has. */
  shows: readonly string[]
}

/** Any trunk that there is, for calls outside campaigns. */
const anyTrunk: Route['steps'] = [[]]

export type RouteOf = { campaign: CampaignId | null; agent: UserId | null; queue?: QueueId | null }

/** A campaign's calls take its way, the outbound work of a queue the queue's, and a person's own calls that person's or the one of the role. */
export function routeOf(state: FloorState, of: RouteOf): Route {
  const campaign = of.campaign === null ? undefined : state.campaigns.get(of.campaign)?.campaign
  if (campaign !== undefined)
    return { steps: throughGroup(state, campaign.trunkGroup) ?? [campaign.trunks], shows: campaign.callerIds ?? [] }
  const queue = of.queue == null ? undefined : state.queues.get(of.queue)?.queue
  const user = of.agent === null ? undefined : state.users.get(of.agent)
  const steps =
    throughGroup(state, queue?.trunkGroup) ??
    throughGroup(state, user?.trunkGroup) ??
    (user && stepsOf([...state.trunkGroups.values()].find(group => group.defaultFor?.includes(user.role)))) ??
    anyTrunk
  return { steps, shows: queue?.callerIds ?? [] }
}

/** The queue whose outbound work a call is: it came through it, or is to keep a callback that the queue owes. */
export function queueOf(call: Pick<Call, 'queue' | 'owedBy'>): QueueId | null {
  return call.queue ?? call.owedBy
}

const unrecordable = {
  rule: 'no_recording',
  words:
    'The disk of the recordings takes nothing now, and no call is made that cannot be recorded: tell the administrator.',
}

/** The best line of the first step that has one, past trunks that were tried already. */
export function pickOnRoute(
  state: FloorState,
  { steps, shows }: Route,
  now: number,
  number: string | null,
  tried: readonly TrunkId[] = [],
): Line {
  if (state.isClosing) return { ok: false, refusal: closing, retryAt: null }
  if (isUnrecordable(state)) return { ok: false, refusal: unrecordable, retryAt: null }
  let no = null as Extract<Line, { ok: false }> | null
  for (const step of steps) {
    const left = tried.length === 0 ? step : [...(step.length > 0 ? step : state.trunks.keys())].filter(isLeft)
    if (tried.length > 0 && left.length === 0) continue // nothing left here, which `pickLine` would take for "any"
    const line = pickLine(state, left, now, number, shows)
    if (line.ok) return line
    const retryAt: number | null = no?.retryAt == null ? line.retryAt : Math.min(no.retryAt, line.retryAt ?? no.retryAt)
    no = { ok: false, refusal: line.refusal, retryAt }
  }
  return no ?? { ok: false, refusal: { rule: 'no_trunk', words: 'No trunk is set up for this call.' }, retryAt: null }

  function isLeft(id: TrunkId): boolean {
    return !tried.includes(id)
  }
}

function throughGroup(state: FloorState, id: TrunkGroup['id'] | null | undefined): Route['steps'] | null {
  return id == null ? null : stepsOf(state.trunkGroups.get(id))
}

function stepsOf(group: TrunkGroup | undefined): Route['steps'] | null {
  return group === undefined ? null : group.trunks.map(trunk => [trunk])
}

/** The live floor as props of the supervisor's pages. Read in one go: nothing of the floor is kept across an await. */

import type { AgentTile, CampaignRow, FloorProps, LiveCall } from '../../../web/pages/supervisor/floor-props.ts'
import { shownDiverted } from '../../../web/parts/diverted.ts'
import type { Frame } from '../../../web/parts/frame.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import { shownNumber } from '../../../web/parts/numbers.ts'
import type { Words } from '../../../web/words/words.ts'
import { type Sight, seesAgent, seesCall, sightOf } from '../../centre/agents/team.ts'
import type { LiveAudio } from '../../centre/audio/live.ts'
import { isCallForHelp } from '../../centre/calls/emergency.ts'
import type { User } from '../../centre/entities.ts'
import type { Agent, CampaignFloor, FloorState, QueueFloor } from '../../centre/state.ts'
import type { CallId, TeamId } from '../../lib/ids.ts'
import { type CampaignCounts, noCounts } from '../../store/campaigns/campaign-minutes.ts'
import type { Deps } from '../deps.ts'
import { heldWords } from '../live/held-words.ts'
import { trunkSeen } from '../trunk-seen.ts'
import { appealsOf } from './appeals.ts'
import type { FloorStored } from './floor-stored.ts'
import { teamChoice } from './team-choice.ts'

const liveCallsMax = 300
const hourMs = 3_600_000

/** As much of it as the viewer's teams are of. */
export function floorOf(
  { engine: { state }, trunkWire }: Pick<Deps, 'engine' | 'trunkWire'>,
  viewer: User,
  frame: Frame,
  { missing, lostMs, callbacks, complaints, today, appeals: asked }: FloorStored,
  team: TeamId | null = null,
): FloorProps {
  const sight = sightOf(state, viewer, team)
  const w = textsOf(frame)
  const { appeals } = appealsOf(state, viewer, frame)
  const agents = [...state.agents.values()].filter(
    ({ user }) => user.enabled && user.role === 'agent' && seesAgent(sight, user.id),
  )
  const count = (phase: Agent['phase']) => agents.reduce((n, agent) => n + Number(agent.phase === phase), 0)
  const campaigns = [...state.campaigns.values()].filter(
    ({ campaign }) => campaign.state !== 'closed' && (sight === null || sight.campaigns.has(campaign.id)),
  )
  const sum = (key: 'dialled' | 'answered' | 'abandoned') =>
    campaigns.reduce((n, { campaign }) => n + (today.get(campaign.id)?.[key] ?? 0), 0)
  const queues = [...state.queues.values()]
    .filter(({ queue }) => sight === null || sight.queues.has(queue.id))
    .map(queue => queueRow(queue, state))
  const waits = queues.flatMap(queue => queue.longestWaitSince ?? [])
  const limits = campaigns
    .filter(floor => floor.campaign.state === 'running')
    .map(floor => floor.campaign.abandonRateMax)
  return {
    frame,
    choice: teamChoice(state, viewer, team),
    figures: {
      agentsOn: agents.length - count('signed_off'),
      agents: agents.length,
      talking: count('talking'),
      ready: count('ready'),
      waiting: queues.reduce((n, queue) => n + queue.waiting, 0),
      longestWaitSince: waits.length === 0 ? null : Math.min(...waits),
      answered: sum('answered'),
      abandoned: sum('abandoned'),
      dialled: sum('dialled'),
      abandonRateMax: limits.length === 0 ? null : Math.min(...limits),
      recordingsMissing: missing,
      recordingsLostMs: lostMs,
      recordingsDisk: state.recorder.disk,
      alarms: state.toll.alarmsSince(frame.now - hourMs),
      callbacks,
      complaints,
      appeals: appealFigures(asked, appeals, sight),
    },
    appeals,
    agents: agents.map(agent => agentTile(agent, state)),
    campaigns: campaigns.map(floor => campaignRow(floor, today.get(floor.campaign.id) ?? noCounts, w)),
    queues,
    trunks: [...state.trunks.values()]
      .filter(floor => floor.trunk.enabled)
      .map(floor => ({
        ...trunkSeen(floor, trunkWire, frame.now),
        id: floor.trunk.id,
        name: floor.trunk.name,
        calls: floor.calls,
        maxCalls: floor.trunk.maxCalls,
      })),
  }
}

/** Of agents whom the page is about. */
function appealFigures(
  today: FloorStored['appeals'],
  open: FloorProps['appeals'],
  sight: Sight,
): FloorProps['figures']['appeals'] {
  const seen = today.filter(({ agent }) => seesAgent(sight, agent))
  const taken = seen.reduce((n, each) => n + each.taken, 0)
  const waitedMs = seen.reduce((sum, { taken, waitedMs }) => sum + taken * (waitedMs ?? 0), 0)
  return {
    open: open.filter(({ takenBy }) => takenBy === null).length,
    asked: seen.reduce((n, each) => n + each.asked, 0),
    waitedMs: taken === 0 ? null : waitedMs / taken,
  }
}

function agentTile(agent: Agent, state: FloorState): AgentTile {
  const call = agent.call === null ? undefined : state.calls.get(agent.call)
  const needsAudio = agent.phase !== 'signed_off' && agent.user.station !== 'phone-rung'
  return {
    id: agent.user.id,
    displayName: agent.user.displayName,
    phase: agent.phase,
    since: agent.phaseSince,
    reason: agent.reason,
    noAudio: needsAudio && agent.stationLeg === null,
    party: agent.phase === 'talking' || agent.phase === 'dialing' ? (call?.name ?? null) : null,
    consult:
      call?.consult == null
        ? null
        : call.consult.agent === agent.user.id
          ? 'asked'
          : call.agent === agent.user.id
            ? 'consulting'
            : null,
  }
}

function campaignRow(floor: CampaignFloor, today: Omit<CampaignCounts, 'campaign'>, w: Words): CampaignRow {
  const { campaign } = floor
  const { dialled, answered, connected, abandoned } = today
  return {
    id: campaign.id,
    name: campaign.name,
    mode: floor.mode,
    state: campaign.state,
    why: heldWords(floor, w),
    agents: campaign.agents.length,
    ...{ dialled, answered, connected, abandoned },
    abandonRateMax: campaign.abandonRateMax,
    buffer: floor.buffer.length,
  }
}

function queueRow({ queue, waiting, ready }: QueueFloor, state: FloorState): FloorProps['queues'][number] {
  const oldest = waiting[0] === undefined ? undefined : state.calls.get(waiting[0])
  return {
    id: queue.id,
    name: queue.name,
    waiting: waiting.length,
    longestWaitSince: oldest?.queuedAt ?? null,
    free: ready.size,
  }
}

/** Calls under way of the viewer's teams, oldest first; at most 300, which is more than a screen shows. */
export function liveCallsOf(
  state: FloorState,
  viewer: User,
  sound?: ReadonlyMap<CallId, LiveAudio>,
  team: TeamId | null = null,
): LiveCall[] {
  const calls: LiveCall[] = []
  const sight = sightOf(state, viewer, team)
  const heard = [...state.supervisions.values()].filter(({ heard }) => heard !== null)
  for (const call of state.calls.values()) {
    if (call.phase === 'ended' || !seesCall(sight, call)) continue
    if (calls.length === liveCallsMax) break
    calls.push({
      id: call.id,
      phase: call.phase,
      direction: call.direction,
      name: call.name,
      isForHelp: isCallForHelp(state, call.id),
      number: shownNumber(call.number, viewer.numbersMasked),
      diverted: shownDiverted(call.diverted, viewer.numbersMasked),
      slot: call.slot,
      parkedBy:
        call.slot !== null && call.passed !== null ? (state.users.get(call.passed.by)?.displayName ?? '') : null,
      agent: call.agent === null ? null : (state.users.get(call.agent)?.displayName ?? null),
      campaign:
        (call.campaign && state.campaigns.get(call.campaign)?.campaign.name) ||
        (call.queue && state.queues.get(call.queue)?.queue.name) ||
        null,
      trunk: state.trunks.get(call.trunk)?.trunk.name ?? '',
      since: call.connectedAt ?? call.startedAt,
      mayHear:
        call.phase === 'talking' &&
        call.agent !== null &&
        state.agents.get(call.agent)?.user.role === 'agent' &&
        seesAgent(sight, call.agent),
      supervisors: heard
        .filter(one => one.heard!.call === call.id)
        .map(({ by, mode }) => ({ name: state.users.get(by)?.displayName ?? '', mode })),
      sound: sound?.get(call.id) ?? null,
    })
  }
  return calls
}

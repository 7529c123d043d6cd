/** The floor as one campaign's dialler sees it: its agents by what they do, its lines, and who else wants the same agents. */
import type { CampaignId, QueueId, UserId } from '../../lib/ids.ts'
import { hasStation } from '../agents/station-now.ts'
import type { Campaign } from '../entities.ts'
import type { Agent, CampaignFloor, FloorState } from '../state.ts'
import { Ages } from './ages.ts'
import type { Limits, Outlook, Rival } from './pacer.ts'

/** Lines that ring for each agent at most, where the campaign says nothing (MightyCall, Genesys: 3). */
export const linesPerAgentDefault = 3
/** People need to breathe: busy for nine tenths of their time at most, where the campaign says nothing. */
export const occupancyDefault = 0.9

/** Filled anew at each look: looks are taken one after the other, several times a second. */
const outlook: Outlook = {
  free: 0,
  waiting: 0,
  talking: new Ages(),
  wrapping: new Ages(),
  ringing: new Ages(),
  rivals: [],
}

/** The outlook is good until the next look. */
export function outlookOf(state: FloorState, floor: CampaignFloor, now: number): { outlook: Outlook; limits: Limits } {
  const { campaign } = floor
  const { talking, wrapping, ringing } = outlook
  talking.clear()
  wrapping.clear()
  ringing.clear()
  let present = 0
  const shared = new Map<string, number>()
  for (const agent of teamOf(state, floor)) {
    if (!isAtWork(agent)) continue
    present++
    if (agent.campaigns.length > 1)
      for (const other of agent.campaigns) if (other !== campaign.id) shared.set(other, (shared.get(other) ?? 0) + 1)
    if (agent.queues.length > 0) for (const queue of agent.queues) shared.set(queue, (shared.get(queue) ?? 0) + 1)
    if (agent.next !== null) continue // not about to be free: a break or the end of the shift comes next
    if (agent.phase === 'wrapping' && !hasStation(agent)) continue // nor before the phone is taken up
    if (agent.phase === 'talking') talking.push(now - agent.phaseSince)
    else if (agent.phase === 'wrapping') wrapping.push(now - agent.phaseSince)
  }
  for (const call of floor.lines.values()) if (call.answeredAt === null) ringing.push(now - call.startedAt)
  outlook.free = floor.free.size
  outlook.waiting = floor.waiting.length
  outlook.rivals = []
  floor.sharesWith = []
  for (const [id, agents] of shared) {
    if (state.campaigns.has(id as CampaignId)) floor.sharesWith.push(id as CampaignId)
    const rival = rivalOf(state, id, agents, now)
    if (rival === null) continue
    outlook.waiting += rival.waiting
    outlook.rivals.push(rival)
  }
  const linesMax = Math.max(1, Math.floor((campaign.linesPerAgentMax ?? linesPerAgentDefault) * present))
  const limits = { agents: present, linesMax, occupancyMax: campaign.occupancyMax ?? occupancyDefault }
  return { outlook, limits }
}

/** Another campaign, or a queue, that `agents` of ours serve too: of what it asks for, their share will come to ours. */
function rivalOf(state: FloorState, id: string, agents: number, now: number): (Rival & { waiting: number }) | null {
  const campaign = state.campaigns.get(id as CampaignId)
  if (campaign !== undefined) {
    const share = agents / Math.max(agents, working(state, campaign.campaign.agents))
    const ringing = new Ages()
    for (const { claim, answeredAt, startedAt } of campaign.lines.values()) {
      // A line that was started for one free agent takes that one, who is not counted as free.
      if (claim === null && answeredAt === null) ringing.push(now - startedAt)
    }
    if (ringing.length === 0 && campaign.waiting.length === 0) return null
    return { answers: campaign.pacer.answers, ringing, perS: 0, share, waiting: campaign.waiting.length * share }
  }
  const queue = state.queues.get(id as QueueId)
  if (queue === undefined) return null
  const share = agents / Math.max(agents, working(state, queue.queue.members))
  const waiting = queue.waiting.length * share
  const perS = queue.arrivals.perS(now)
  if (perS === 0 && waiting === 0) return null
  return { answers: null, ringing: new Ages(), perS, share, waiting }
}

/**
 * The agents of a campaign, found once and not by name at each look: half of a look's time at 500 agents. Agents are added and never removed,
 * and a campaign that is saved is a new value.
 */
const teams = new WeakMap<CampaignFloor, { campaign: Campaign; agents: number; team: Agent[] }>()

function teamOf(state: FloorState, floor: CampaignFloor): readonly Agent[] {
  const known = teams.get(floor)
  if (known !== undefined && known.campaign === floor.campaign && known.agents === state.agents.size) return known.team
  const team: Agent[] = []
  for (const id of floor.campaign.agents) {
    const agent = state.agents.get(id)
    if (agent !== undefined) team.push(agent)
  }
  teams.set(floor, { campaign: floor.campaign, agents: state.agents.size, team })
  return team
}

function working(state: FloorState, people: readonly UserId[]): number {
  let count = 0
  for (const id of people) {
    const agent = state.agents.get(id)
    if (agent !== undefined && isAtWork(agent)) count++
  }
  return count
}

function isAtWork({ phase }: Agent): boolean {
  return phase !== 'signed_off' && phase !== 'break'
}

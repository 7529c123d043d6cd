/**
 * Teams say whom a supervisor sees, hears, and picks up for: the members of the teams that they lead. Who leads none sees everybody, unless a
 * setting says nobody. Administrators and auditors are not asked: teams are about the work, not about the records.
 *
 * A team is none of the groups that work is shared out by: a queue or a campaign lends an agent's time, a team is whom the agent answers to.
 */
import type { CampaignId, QueueId, TeamId, UserId } from '../../lib/ids.ts'
import type { Call } from '../call-state.ts'
import type { Role, Team } from '../entities.ts'
import type { Agent, FloorState } from '../state.ts'

/** Of a centre; every look of a supervisor goes through them. */
export const teamsMax = 500
export const teamMembersMax = 1_000
export const teamLeadersMax = 50
/** Saved as `true` or `false`; anything else, or nothing: true. */
export const leaderlessSetting = 'teams.leaderlessSeeAll'

export const leadingRoles: readonly Role[] = ['supervisor', 'quality']

/** What one person may see of the floor; null: all of it. Good for as long as nothing changes. */
export type Sight = {
  agents: ReadonlySet<UserId>
  queues: ReadonlySet<QueueId>
  campaigns: ReadonlySet<CampaignId>
} | null

/** `team`: of what they see only this team; one that they do not lead narrows nothing. */
export function sightOf(state: FloorState, viewer: { id: UserId; role: Role }, team: TeamId | null = null): Sight {
  const chosen = team === null ? undefined : teamsSeen(state, viewer).find(({ id }) => id === team)
  if (chosen !== undefined) return sightOn(state, chosen.members)
  if (!leadingRoles.includes(viewer.role)) return null
  const led = [...state.teams.values()].filter(team => team.leaders.includes(viewer.id))
  if (led.length === 0 && state.leaderlessSeeAll) return null
  return sightOn(state, [viewer.id, ...led.flatMap(team => team.members)])
}

/** Those among which a person may choose, by name: of who sees everybody all, else those that they lead. */
export function teamsSeen(state: FloorState, viewer: { id: UserId; role: Role }): Team[] {
  const isLeading = leadingRoles.includes(viewer.role)
  const led = [...state.teams.values()].filter(({ leaders }) => leaders.includes(viewer.id))
  const seen = isLeading && (led.length > 0 || !state.leaderlessSeeAll) ? led : [...state.teams.values()]
  return seen.sort((a, b) => a.name.localeCompare(b.name))
}

/** What a program sees that was bound to a team; of one that is gone: nothing. */
export function teamSight(state: FloorState, team: TeamId): NonNullable<Sight> {
  return sightOn(state, state.teams.get(team)?.members ?? [])
}

export function seesAgent(sight: Sight, agent: UserId): boolean {
  return sight === null || sight.agents.has(agent)
}

/** By whoever has it, had it last, or is waited for; a call that is nobody's yet, by those whom it may come to. */
export function seesCall(sight: Sight, call: Call): boolean {
  if (sight === null) return true
  const named = [call.agent, call.consult?.agent, call.parkedFor, call.passed?.by, call.lastAgent, call.desk]
  const whose = named.filter(agent => agent != null)
  if (whose.length > 0) return whose.some(agent => sight.agents.has(agent))
  if (call.queue !== null && sight.queues.has(call.queue)) return true
  return call.campaign !== null && sight.campaigns.has(call.campaign)
}

/** Of a person, as member or leader. */
export function teamsOf(state: FloorState, user: UserId): Team[] {
  return [...state.teams.values()].filter(team => team.members.includes(user) || team.leaders.includes(user))
}

/**
 * Whether one may take what comes for the other: they share a team. Who is in no team has colleagues by work, a queue or a campaign in common;
 * and who has neither shares with everybody, since nobody is nearer.
 */
export function areColleagues(state: FloorState, owner: UserId, agent: Agent): boolean {
  const teams = teamsOf(state, owner)
  if (teams.length > 0)
    return teams.some(({ members, leaders }) => members.includes(agent.user.id) || leaders.includes(agent.user.id))
  const other = state.agents.get(owner)
  if (other === undefined || (other.queues.length === 0 && other.campaigns.length === 0)) return true
  return (
    other.queues.some(queue => agent.queues.includes(queue)) ||
    other.campaigns.some(campaign => agent.campaigns.includes(campaign))
  )
}

/** A setting of another name is passed over. */
export function setLeaderless(state: FloorState, key: string, value: string): void {
  if (key === leaderlessSetting) state.leaderlessSeeAll = value !== 'false'
}

function sightOn(state: FloorState, ids: readonly UserId[]): NonNullable<Sight> {
  const agents = new Set(ids)
  const [queues, campaigns] = [new Set<QueueId>(), new Set<CampaignId>()]
  for (const id of agents) {
    const agent = state.agents.get(id)
    for (const queue of agent?.queues ?? []) queues.add(queue)
    for (const campaign of agent?.campaigns ?? []) campaigns.add(campaign)
  }
  return { agents, queues, campaigns }
}

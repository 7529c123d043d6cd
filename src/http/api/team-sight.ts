/** What a token sees that is bound to a team. */
import { type Sight, teamSight } from '../../centre/agents/team.ts'
import type { CallId, UserId } from '../../lib/ids.ts'
import type { Ctx, Deps } from '../deps.ts'
import { OtherTeam } from '../guard.ts'
import { agentsIn, checkWithin } from '../seen-calls.ts'

/** Filter of a list; undefined: of everybody. */
export function agentsOf(c: Ctx, deps: Deps): UserId[] | undefined {
  return agentsIn(sightOfToken(c, deps))
}

export function checkAgent(c: Ctx, deps: Deps, agent: UserId): void {
  if (agentsOf(c, deps)?.includes(agent) === false)
    throw new OtherTeam(c.var.client.role, `${agent} is not of the team that this token is bound to`)
}

/** Who listens for a team's program leads that team. */
export function checkLeader(c: Ctx, deps: Deps, supervisor: UserId): void {
  const { team, role } = c.var.client
  if (team !== null && deps.engine.state.teams.get(team)?.leaders.includes(supervisor) !== true)
    throw new OtherTeam(role, `${supervisor} does not lead the team that this token is bound to`)
}

/** Throws NotFound. */
export function checkCall(c: Ctx, deps: Deps, id: CallId): Promise<void> {
  return checkWithin(deps, sightOfToken(c, deps), id)
}

function sightOfToken(c: Ctx, deps: Deps): Sight {
  const { team } = c.var.client
  return team === null ? null : teamSight(deps.engine.state, team)
}

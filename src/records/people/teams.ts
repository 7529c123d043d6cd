import { z } from '@hono/zod-openapi'
import { leadingRoles, teamLeadersMax, teamMembersMax, teamsMax } from '../../centre/agents/team.ts'
import type { Team } from '../../centre/entities.ts'
import type { Actor } from '../../centre/facts.ts'
import type { TeamId, UserId } from '../../lib/ids.ts'
import { idPattern } from '../../lib/ids.ts'
import { keep, newId, type RecordsDoor } from '../door.ts'
import { InvalidInput, NotFound, NotNow } from '../errors.ts'
import { parseInput } from '../parse.ts'
import { inTurn } from '../turn.ts'

const user = z
  .string()
  .regex(idPattern)
  .transform(id => id as UserId)

export const teamInput = z
  .strictObject({
    name: z.string().trim().min(1).max(64),
    members: z.array(user).max(teamMembersMax).default([]).openapi({ description: 'Agents' }),
    leaders: z.array(user).max(teamLeadersMax).default([]).openapi({ description: 'Supervisors, and quality' }),
  })
  .openapi('TeamInput')
export const teamChange = z
  .strictObject({
    name: teamInput.shape.name.optional(),
    members: z.array(user).max(teamMembersMax).optional(),
    leaders: z.array(user).max(teamLeadersMax).optional(),
  })
  .openapi('TeamChange')

export function createTeam(door: RecordsDoor, actor: Actor, given: unknown): Promise<Team> {
  return inTurn(door, async () => {
    const team: Team = { id: newId<'team'>('tm'), ...parseInput(teamInput, given) }
    if ((await door.store.read('teams.list', {})).length >= teamsMax)
      throw new NotNow('teams-full', `there are ${teamsMax} teams already`)
    return save(door, actor, team)
  })
}

export function changeTeam(door: RecordsDoor, actor: Actor, id: TeamId, given: unknown): Promise<Team> {
  return inTurn(door, async () => {
    const change = Object.entries(parseInput(teamChange, given)).filter(([, value]) => value !== undefined)
    return save(door, actor, { ...(await teamById(door, id)), ...Object.fromEntries(change) })
  })
}

export async function removeTeam(door: RecordsDoor, actor: Actor, id: TeamId): Promise<void> {
  await teamById(door, id)
  await keep(door, actor, [{ type: 'team.removed', team: id }])
}

export async function teamById(door: RecordsDoor, id: TeamId): Promise<Team> {
  const team = await door.store.read('teams.byId', { id })
  if (team === null) throw new NotFound('team', id)
  return team
}

async function save(door: RecordsDoor, actor: Actor, given: Team): Promise<Team> {
  const team = { ...given, members: [...new Set(given.members)], leaders: [...new Set(given.leaders)] }
  const people = new Map((await door.store.read('users.list', {})).map(({ id, role }) => [id, role]))
  const problems = [
    ...wrong('members', team.members, id => people.get(id) === 'agent', 'the id of an agent'),
    ...wrong('leaders', team.leaders, id => isLeading(people.get(id)), 'the id of a supervisor or of quality'),
  ]
  if (problems.length > 0) throw new InvalidInput(problems)
  await keep(door, actor, [{ type: 'team.saved', team }])
  return team
}

function isLeading(role: Parameters<typeof leadingRoles.includes>[0] | undefined): boolean {
  return role !== undefined && leadingRoles.includes(role)
}

function wrong(field: string, ids: UserId[], isRight: (id: UserId) => boolean, allowed: string) {
  const found = ids.filter(id => !isRight(id))
  return found.length === 0 ? [] : [{ field, found: found.slice(0, 5).join(', '), allowed }]
}

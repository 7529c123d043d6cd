import { Hono } from 'hono'
import { teamFormPage, teamsPage } from '../../../web/pages/admin/teams.ts'
import type { Filled } from '../../../web/parts/form.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import { leaderlessSetting, leadingRoles } from '../../centre/agents/team.ts'
import type { Team } from '../../centre/entities.ts'
import type { TeamId } from '../../lib/ids.ts'
import { changeTeam, createTeam, removeTeam, teamById } from '../../records/people/teams.ts'
import { saveSettings } from '../../records/settings.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'
import { refusedFor } from '../refused.ts'
import { isChecked, listOf, type Typed, textOf, typedOf } from '../typed.ts'
import { withNewer, withSeen } from '../untouched.ts'
import { agentChoices } from './agent-choices.ts'

/** `/admin/teams`: who works together and who leads them, and what supervisors without a team see. */
export function teamRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()
  const idOf = (c: Ctx) => c.req.param('id') as TeamId

  route.get('/admin/teams', allow('admin'), async c => {
    const [teams, users] = await Promise.all([deps.store.read('teams.list', {}), deps.store.read('users.list', {})])
    const names = new Map(users.map(user => [user.id, user.displayName]))
    const rows = teams.map(({ id, name, members, leaders }) => ({
      ...{ id, name, members: members.length },
      leaders: leaders.slice(0, 8).map(leader => names.get(leader) ?? leader),
    }))
    const saved = c.req.query('saved') === '1'
    const { leaderlessSeeAll } = deps.engine.state
    return c.html(teamsPage({ frame: await frameOf(c, deps), teams: rows, leaderlessSeeAll, saved }))
  })
  route.get('/admin/teams/new', allow('admin'), c => form(c, null, { values: {}, errors: {} }))
  route.get('/admin/teams/:id', allow('admin'), async c => {
    const team = await teamById(deps.records, idOf(c))
    return form(c, team, { values: withSeen(valuesOf(team)), errors: {} })
  })
  route.post('/admin/teams', allow('admin'), c => save(c, null))
  route.post('/admin/teams/:id', allow('admin'), async c => save(c, await teamById(deps.records, idOf(c))))
  route.post('/admin/teams/:id/removal', allow('admin'), async c => {
    await removeTeam(deps.records, actorOf(c), idOf(c))
    return c.redirect('/admin/teams?saved=1', 303)
  })
  route.post('/admin/leaderless', allow('admin'), async c => {
    const seeAll = isChecked(await typedOf(c), 'seeAll')
    await saveSettings(deps.records, actorOf(c), { [leaderlessSetting]: String(seeAll) })
    return c.redirect('/admin/teams?saved=1', 303)
  })

  async function save(c: Ctx, team: Team | null): Promise<Response> {
    const sent = await typedOf(c)
    const typed = team === null ? sent : withNewer(sent, valuesOf(team))
    const given = givenBy(typed)
    try {
      if (team === null) await createTeam(deps.records, actorOf(c), given)
      else await changeTeam(deps.records, actorOf(c), team.id, given)
    } catch (error) {
      return form(
        c,
        team,
        { values: typed, errors: refusedFor(error, textsOf(await frameOf(c, deps)), { typed }) },
        422,
      )
    }
    return c.redirect('/admin/teams?saved=1', 303)
  }

  async function form(c: Ctx, team: Team | null, filled: Filled, status: 200 | 422 = 200): Promise<Response> {
    const frame = await frameOf(c, deps)
    const users = await deps.store.read('users.list', {})
    const w = textsOf(frame)
    const members = agentChoices(users, team?.members ?? [], w)
    const leaders = users
      .filter(user => (user.enabled && leadingRoles.includes(user.role)) || team?.leaders.includes(user.id))
      .map(user => ({ value: user.id, word: `${user.displayName} · ${w.domain.role[user.role]}` }))
    return c.html(teamFormPage({ frame, team, members, leaders, filled }), status)
  }

  return route
}

function valuesOf({ name, members, leaders }: Team): Filled['values'] {
  return { name, members, leaders }
}

function givenBy(typed: Typed): Record<string, unknown> {
  return { name: textOf(typed, 'name'), members: listOf(typed, 'members'), leaders: listOf(typed, 'leaders') }
}

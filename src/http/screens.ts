import { Hono } from 'hono'
import { renderSVG } from 'uqr'
import { type WallsProps, wallsPage } from '../../web/pages/walls.ts'
import { type Filled, nothingFilled } from '../../web/parts/form.ts'
import { textsOf } from '../../web/parts/frame.ts'
import { teamsSeen } from '../centre/agents/team.ts'
import { wallFall, wallRoles } from '../centre/supervision/wall.ts'
import type { WallId } from '../lib/ids.ts'
import { NotFound, NotNow } from '../records/errors.ts'
import { linkWall, makeWall, revokeWall } from '../records/people/walls.ts'
import type { WallRecord } from '../store/people/walls.ts'
import { actorOf, type Ctx, type Deps, type Env } from './deps.ts'
import { allow } from './guard.ts'
import { frameOf } from './live/frame.ts'
import { type OneTime, OneTimeViews } from './one-time-views.ts'
import { refusedFor } from './refused.ts'
import { textOf, typedOf } from './typed.ts'

/** The link of a screen, which is not kept. */
type Link = { name: string; key: string }

const none = { value: null, isOver: false }

/** `/walls`: screens on the wall. A supervisor has those that they made; administrators and security see all, and end any. */
export function screenRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()
  const { records, store, walls } = deps
  const links = new OneTimeViews<Link>(deps.clock)

  route.get('/walls', allow('supervisor', 'admin', 'security'), c => page(c, links.take(c), nothingFilled))

  route.post('/walls', allow('supervisor', 'admin'), async c => {
    const typed = await typedOf(c)
    const { user } = c.var
    const teams = teamsSeen(deps.engine.state, user).map(({ id }) => id)
    const given = { name: textOf(typed, 'name'), team: textOf(typed, 'team') || null }
    try {
      if (wallFall(deps.engine.state, { madeBy: user.id, team: null }) !== null)
        throw new NotNow('wall_no_team', 'a screen of who leads no team would show nobody')
      const wall = await makeWall(records, { actor: actorOf(c), person: user.id, teams }, given)
      return links.sendTo(c, '/walls', { name: given.name, key: walls.link(wall) })
    } catch (error) {
      const errors = refusedFor(error, textsOf(await frameOf(c, deps)), { typed })
      return page(c, none, { values: typed, errors }, 422)
    }
  })

  route.post('/walls/:id/link', allow('supervisor', 'admin'), async c => {
    const { id, name } = await ofViewer(c)
    await linkWall(records, actorOf(c), id)
    return links.sendTo(c, '/walls', { name, key: walls.link(id) })
  })

  route.post('/walls/:id/revocation', allow('supervisor', 'admin', 'security'), async c => {
    await revokeWall(records, actorOf(c), (await ofViewer(c)).id)
    return c.redirect('/walls', 303)
  })

  /** One that this person may look after; those of others are to a supervisor as if they were not. */
  async function ofViewer(c: Ctx): Promise<WallRecord> {
    const id = c.req.param('id') as WallId
    const wall = await store.read('walls.byId', { id })
    if (wall === null || !isTheirs(c, wall)) throw new NotFound('screen', id)
    return wall
  }

  function isTheirs(c: Ctx, wall: WallRecord): boolean {
    return c.var.user.role !== 'supervisor' || wall.madeBy === c.var.user.id
  }

  async function page(
    c: Ctx,
    { value: made, isOver }: OneTime<Link>,
    filled: Filled,
    status: 200 | 422 = 200,
  ): Promise<Response> {
    const { state } = deps.engine
    const frame = await frameOf(c, deps)
    const all = await store.read('walls.list', {})
    const url = made === null ? null : `${new URL(c.req.url).origin}/wall/open/${made.key}`
    const props: WallsProps = {
      frame,
      walls: all
        .filter(wall => isTheirs(c, wall))
        .map(wall => ({
          ...walls.withSeen(wall),
          standing: walls.standing(wall),
          isShowing: walls.isShowing(wall.id),
          by: state.users.get(wall.madeBy)?.displayName ?? wall.madeBy,
          team: wall.team === null ? null : (state.teams.get(wall.team)?.name ?? textsOf(frame).walls.removedTeam),
        })),
      teams: teamsSeen(state, c.var.user).map(({ id, name }) => ({ id, name })),
      mayMake: wallRoles.includes(c.var.user.role),
      link: made === null || url === null ? null : { ...made, url, qr: renderSVG(url, { ecc: 'M', border: 2 }) },
      isLinkOver: isOver,
      filled,
    }
    return c.html(wallsPage(props), status)
  }

  return route
}

import { Hono } from 'hono'
import { setCookie } from 'hono/cookie'
import { type WallProps, wallGatePage, wallPage, wallRegions } from '../../web/pages/wall.ts'
import type { Frame } from '../../web/parts/frame.ts'
import { seesAgent, sightOf } from '../centre/agents/team.ts'
import { wallIdleMs } from '../centre/supervision/wall.ts'
import { addressOf } from './address.ts'
import type { Ctx, Deps, Env } from './deps.ts'
import { allowWall, open, seatOf, wallCookieName } from './guard.ts'
import { frameOf } from './live/frame.ts'
import { liveStream } from './live/stream.ts'
import { floorOf } from './supervisor/floor-props.ts'
import { floorStored } from './supervisor/floor-stored.ts'
import { textOf, typedOf } from './typed.ts'
import type { WallSeat } from './walls.ts'

const floorEveryMs = 1000
const appealsMax = 20

/**
 * `/wall`: the wallboard on a screen where nobody is signed in; `/wall/open/KEY`: its link, which does nothing by itself, since whoever passes a
 * link on (a chat, a scanner) looks into it; `POST /wall/session`: opens it. `/live/wall`: its stream.
 */
export function wallRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()

  route.get('/wall', open('a screen without a session of its kind is asked for its link'), async c => {
    const frame = await frameOf(c, deps)
    const seat = await seatOf(c, deps)
    c.header('Cache-Control', 'no-store')
    if (seat === null) return c.html(wallGatePage({ frame, key: '', isRefused: false }), 401)
    keepCookie(c, seat.token)
    return c.html(wallPage(await propsOf(seat, frame)))
  })

  route.get('/wall/open/:key', open('a link for a screen, of which the key is good once'), async c => {
    c.header('Cache-Control', 'no-store')
    return c.html(wallGatePage({ frame: await frameOf(c, deps), key: c.req.param('key'), isRefused: false }))
  })

  route.post('/wall/session', open('a screen that has the key of its link'), async c => {
    const key = textOf(await typedOf(c), 'key')
    const token = await deps.walls.open(key, addressOf(c))
    // Always a fresh cookie: one that was planted before is worth nothing. The key that was wrong is not shown: it may be seen on the wall.
    if (token === null) return c.html(wallGatePage({ frame: await frameOf(c, deps), key: '', isRefused: true }), 403)
    keepCookie(c, token)
    return c.redirect('/wall', 303)
  })

  route.get('/live/wall', allowWall(), async c => {
    const { seat } = c.var
    const frame = await frameOf(c, deps)
    keepCookie(c, seat.token)
    return liveStream(c, deps, {
      seat: {
        ...{ id: seat.wall.id, role: null },
        hold: onEnd => deps.walls.hold(seat, onEnd),
        stands: () => deps.walls.stands(seat),
      },
      regions: async () => wallRegions(await propsOf(seat, { ...frame, now: deps.clock.now() })),
      concerns: () => true,
      everyMs: floorEveryMs,
    })
  })

  /** Anew with each page and stream, so that a screen that is used keeps it. */
  function keepCookie(c: Ctx, token: string): void {
    const cookie = { httpOnly: true, secure: deps.config.tls, sameSite: 'Strict', path: '/' } as const
    setCookie(c, wallCookieName(deps), token, { ...cookie, maxAge: wallIdleMs / 1000 })
  }

  /** Named one by one: what a supervisor's board has more of (whom an agent talks to, numbers, reasons) does not come onto a wall. */
  async function propsOf({ wall, maker }: WallSeat, frame: Frame): Promise<WallProps> {
    const stored = await floorStored(deps, frame.now, frame.zone)
    const board = floorOf(deps, maker, frame, stored, wall.team)
    const { campaigns, queues, trunks } = board
    const { state } = deps.engine
    const team = wall.team === null ? undefined : state.teams.get(wall.team)
    const sight = sightOf(state, maker, wall.team)
    const asking = [...state.appeals.values()].filter(({ agent }) => seesAgent(sight, agent))
    const open = asking.filter(({ takenBy }) => takenBy === null).length
    return {
      ...{ frame, campaigns, queues, trunks },
      figures: { ...board.figures, appeals: { ...board.figures.appeals, open } },
      name: wall.name,
      team: team?.name ?? null,
      agents: board.agents.map(agent => ({ ...agent, party: null })),
      appeals: asking.slice(0, appealsMax).map(({ agent, askedAt, takenBy }) => ({
        agent: state.users.get(agent)?.displayName ?? '',
        askedAt,
        comes: takenBy === null ? null : (state.users.get(takenBy)?.displayName ?? ''),
      })),
    }
  }

  return route
}

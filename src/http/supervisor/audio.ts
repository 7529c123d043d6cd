import { Hono } from 'hono'
import { type AudioRow, audioPage } from '../../../web/pages/supervisor/audio.ts'
import { localValue, readLocal, startOfDay } from '../../../web/parts/time.ts'
import type { TrunkId, UserId } from '../../lib/ids.ts'
import type { AudioSum } from '../../store/leg-audio.ts'
import type { Deps, Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'

const dayMs = 86_400_000

/** `/supervisor/audio`: how a day's calls sounded, by trunk and by agent. A day that cannot be read is today. */
export function audioRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()
  route.get('/supervisor/audio', allow('supervisor', 'quality', 'admin'), async c => {
    const frame = await frameOf(c, deps)
    const asked = readLocal((c.req.query('day') ?? '').slice(0, 10), frame.zone)
    const from = startOfDay(asked ?? frame.now, frame.zone)
    const to = startOfDay(from + 1.5 * dayMs, frame.zone) // a day of 23 or 25 hours ends at its midnight too
    const [trunks, agents] = await Promise.all([
      deps.store.read('audio.byTrunk', { from, to }),
      deps.store.read('audio.byAgent', { from, to }),
    ])
    const { state } = deps.engine
    return c.html(
      audioPage({
        frame,
        day: localValue(from, frame).slice(0, 10),
        trunks: trunks.map(sum => rowOf(sum, state.trunks.get(sum.of as TrunkId)?.trunk.name)),
        agents: agents.map(sum => rowOf(sum, state.users.get(sum.of as UserId)?.displayName)),
      }),
    )
  })
  return route
}

function rowOf({ of, ...sum }: AudioSum, name: string | undefined): AudioRow {
  return { ...sum, name: name ?? of }
}

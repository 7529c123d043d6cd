import { Hono } from 'hono'
import { type AudioRow, audioPage } from '../../../web/pages/supervisor/audio.ts'
import { localValue, readLocal, startOfDay } from '../../../web/parts/time.ts'
import { seesAgent, sightOf } from '../../centre/agents/team.ts'
import type { TrunkId, UserId } from '../../lib/ids.ts'
import type { AudioSum } from '../../store/calls/leg-audio.ts'
import type { Deps, Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'
import { teamChoice, teamIn } from './team-choice.ts'

const dayMs = 86_400_000

/** `/supervisor/audio`: how a day's calls sounded, by trunk, team and agent; agents and teams are those whom the viewer sees. A day that cannot be read is today. */
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
    const team = teamIn(c)
    const sight = sightOf(state, c.var.user, team)
    const seen = agents.filter(({ of }) => seesAgent(sight, of as UserId))
    const teams = [...state.teams.values()].flatMap(({ name, members }) => {
      const sum = sumOf(seen.filter(({ of }) => members.includes(of as UserId)))
      return sum === null ? [] : [{ ...sum, name }]
    })
    return c.html(
      audioPage({
        frame,
        choice: teamChoice(state, c.var.user, team),
        day: localValue(from, frame).slice(0, 10),
        trunks: trunks.map(sum => rowOf(sum, state.trunks.get(sum.of as TrunkId)?.trunk.name)),
        teams,
        agents: seen.map(sum => rowOf(sum, state.users.get(sum.of as UserId)?.displayName)),
      }),
    )
  })
  return route
}

function rowOf({ of, ...sum }: AudioSum, name: string | undefined): AudioRow {
  return { ...sum, name: name ?? of }
}

/** Of several agents; shares and means by their legs. null: of none. */
function sumOf(sums: AudioSum[]): Omit<AudioRow, 'name'> | null {
  const add = (key: 'legs' | 'poor' | 'oneWay' | 'outsiders') => sums.reduce((total, sum) => total + sum[key], 0)
  const legs = add('legs')
  if (legs === 0) return null
  const mean = (key: 'mos' | 'loss' | 'jitterMs' | 'theirLoss' | 'roundTripMs') => {
    const known = sums.filter(sum => sum[key] !== null)
    const weight = known.reduce((total, sum) => total + sum.legs, 0)
    return weight === 0 ? null : known.reduce((total, sum) => total + sum[key]! * sum.legs, 0) / weight
  }
  const worst = sums.flatMap(sum => sum.worst ?? [])
  return {
    ...{ legs, poor: add('poor'), oneWay: add('oneWay'), outsiders: add('outsiders'), mos: mean('mos') },
    worst: worst.length === 0 ? null : Math.min(...worst),
    ...{ loss: mean('loss') ?? 0, jitterMs: mean('jitterMs') ?? 0 },
    ...{ theirLoss: mean('theirLoss'), roundTripMs: mean('roundTripMs') },
  }
}

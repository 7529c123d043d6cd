import { Hono } from 'hono'
import { textsOf } from '../../../web/parts/frame.ts'
import type { Words } from '../../../web/words/words.ts'
import { jitterOf, lossOf, type TriedOut } from '../../centre/audio/try-out.ts'
import type { Deps, Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'
import { titled } from '../problem.ts'

/**
 * `POST /agent/audio/try-out`: four seconds of what the person says go to the server, are measured and come back as sound; the answer says in
 * words what is wrong with it. 409 while the audio is in use, or is not there.
 */
export function tryOutRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()
  route.post('/agent/audio/try-out', allow('agent', 'supervisor', 'quality'), async c => {
    const w = textsOf(await frameOf(c, deps))
    try {
      const tried = await deps.stations.tryOut(c.var.user.id)
      return c.json({ ended: tried.ended, faults: tried.faults, words: wordsOf(tried, w) })
    } catch (error) {
      const rule = (error as { rule?: unknown }).rule
      if (typeof rule !== 'string') throw error
      return c.json(titled(409, 'No try-out', w.tryOut.refused[rule] ?? (error as Error).message), 409)
    }
  })
  return route
}

function wordsOf({ ended, audio, faults }: TriedOut, w: Words): string {
  const words = w.tryOut
  if (ended === 'call') return words.call
  const said = faults.length === 0 ? [words.good] : faults.map(fault => words.faults[fault])
  if (audio.received === 0) return said.join(' ')
  const trip = audio.roundTripMs === null ? '—' : audio.roundTripMs.toFixed(0)
  const [loss, jitter] = [lossOf(audio).toFixed(1), jitterOf(audio).toFixed(0)]
  return [...said, words.figures(String(audio.levelDb ?? '—'), loss, jitter, trip)].join(' ')
}

import { Hono } from 'hono'
import { z } from 'zod'
import type { Deps, Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { titled } from '../problem.ts'

/** SDP of one audio connection is 2 to 6 kB; the limit leaves room for many candidates. */
const sdpMax = 64 * 1024
const offer = z.strictObject({ sdp: z.string().min(10).max(sdpMax), restart: z.boolean().default(false) })

/**
 * `POST /agent/audio`: the browser's offer, of an agent or of somebody who supervises, answered for the whole shift, or with `restart` for the
 * connection that is there; `DELETE`: the audio is closed.
 */
export function audioRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()

  route.post('/agent/audio', allow('agent', 'supervisor', 'quality'), async c => {
    const parsed = offer.safeParse(await c.req.json().catch(() => null))
    if (!parsed.success) return c.json(titled(422, 'Not valid', 'This is not an offer of audio.'), 422)
    try {
      const { sdp, restart } = parsed.data
      const { id } = c.var.user
      return c.json(restart ? deps.stations.restart(id, sdp) : await deps.stations.answer(id, sdp))
    } catch (error) {
      // A browser that finds nothing to go on with connects anew.
      if (parsed.data.restart) return c.json(titled(409, 'No audio', (error as Error).message), 409)
      deps.log.warn({ err: error, agent: c.var.user.id }, 'a browser’s audio was not answered')
      return c.json(titled(409, 'No audio', error instanceof Error ? error.message : String(error)), 409)
    }
  })

  route.delete('/agent/audio', allow('agent', 'supervisor', 'quality'), c => {
    deps.stations.close(c.var.user.id)
    return c.body(null, 204)
  })

  return route
}

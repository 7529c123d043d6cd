import { Hono } from 'hono'
import type { Deps, Env } from './deps.ts'
import { open } from './guard.ts'

/** One thing that must work before calls may come: null while it does, else what is wrong, in words. Must answer within 2 s. */
export type Probe = { name: string; check: () => Promise<string | null> }

const patienceMs = 2000

/** `/healthz`: the process lives. `/readyz`: every probe is well; 503 with the list otherwise. No secrets, so no sign-in. */
export function healthRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()
  route.get('/healthz', open('says only that the process lives'), c => c.text('ok\n'))
  route.get('/readyz', open('asked by load balancers and systemd, names no person'), async c => {
    const results = await Promise.all(deps.probes.map(probe => ask(probe)))
    if (deps.engine.trouble !== null) results.push({ name: 'engine', trouble: deps.engine.trouble })
    const ready = results.every(result => result.trouble === null)
    return c.json({ ready, version: deps.version, checks: results }, ready ? 200 : 503)
  })
  return route
}

async function ask(probe: Probe): Promise<{ name: string; trouble: string | null }> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<string>(resolve => {
    timer = setTimeout(() => resolve(`no answer within ${patienceMs} ms`), patienceMs)
  })
  try {
    return { name: probe.name, trouble: await Promise.race([probe.check(), late]) }
  } catch (error) {
    return { name: probe.name, trouble: error instanceof Error ? error.message : String(error) }
  } finally {
    clearTimeout(timer)
  }
}

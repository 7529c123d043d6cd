import type { Hono } from 'hono'
import type { Deps, Env } from './deps.ts'

/** The routers of the pages by role; each names its full paths. */
export type Pages = { routers: ((deps: Deps) => Hono<Env>)[] }

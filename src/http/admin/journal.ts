import { Hono } from 'hono'
import { journalNouns, journalPage } from '../../../web/pages/admin/journal.ts'
import type { Piece } from '../../../web/parts/html.ts'
import type { Actor } from '../../centre/facts.ts'
import type { UserId } from '../../lib/ids.ts'
import { maskingNumbers } from '../../lib/mask.ts'
import type { JournalLine } from '../../store/journal/chain.ts'
import type { Ctx, Deps, Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'

/** `/admin/journal`: everything that happened, newest first. */
export function journalRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()
  route.get('/admin/journal', allow('admin', 'security'), c => journalAnswer(c, deps, '/admin/journal', null))
  return route
}

export async function journalAnswer(c: Ctx, deps: Deps, path: string, check: Piece): Promise<Response> {
  const asked = c.req.query('type')
  const noun = journalNouns.find(each => `${each}.` === asked) ?? null
  const page = await deps.store.read('journal.page', {
    cursor: c.req.query('cursor') ?? null,
    ...(noun ? { type: `${noun}.` as const } : {}),
  })
  const masked = c.var.user.numbersMasked
  const query = new URLSearchParams({ ...(noun ? { type: `${noun}.` } : {}), cursor: page.next ?? '' })
  return c.html(
    journalPage({
      frame: await frameOf(c, deps),
      path,
      lines: page.items.map(line => ({
        ...line,
        actor: actorName(deps, line.actor as Actor),
        detail: detailOf(line, { masked }),
      })),
      type: noun && `${noun}.`,
      next: page.next && `${path}?${query}`,
      check,
    }),
  )
}

/** `user:u_1` → the person's name; others as they are. */
export function actorName(deps: Deps, actor: Actor): string {
  if (!actor.startsWith('user:')) return actor
  const id = actor.slice('user:'.length) as UserId
  return deps.engine.state.users.get(id)?.displayName ?? actor
}

const detailMax = 400

/** The fact without its type, as `name: value` pairs; nested values as JSON. `masked`: for eyes that may not see telephone numbers. */
export function detailOf(line: Pick<JournalLine, 'body'>, { masked }: { masked: boolean }): string {
  const { type, ...rest } = JSON.parse(line.body, masked ? maskingNumbers : undefined) as Record<string, unknown>
  const text = Object.entries(rest)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' · ')
  return text.length <= detailMax ? text : `${text.slice(0, detailMax)}…`
}

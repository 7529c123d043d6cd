import { Hono } from 'hono'
import { changesPage } from '../../../web/pages/admin/changes.ts'
import type { ChangeRow } from '../../../web/parts/changes.ts'
import type { UserId } from '../../lib/ids.ts'
import { maskNumbersIn } from '../../lib/mask.ts'
import type { ChangeRecord } from '../../store/journal/changes.ts'
import type { Deps, Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'
import { programNames } from '../who.ts'
import { actorName } from './journal.ts'

const kindPattern = /^[a-zA-Z]{1,20}$/

/** `/admin/changes`: who changed what of the settings, of all of them, of a kind (`?kind=trunk`) or of one thing (`?of=trunk:t_1`). */
export function changeRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()
  route.get('/admin/changes', allow('admin', 'security'), async c => {
    const masked = c.var.user.numbersMasked
    const subject = c.req.query('of')?.slice(0, 200) || null
    const asked = c.req.query('kind') ?? ''
    const kind = subject === null && kindPattern.test(asked) ? asked : null
    const page = await deps.store.read('changes.page', {
      cursor: c.req.query('cursor') ?? null,
      ...(subject === null ? (kind === null ? {} : { kind }) : { subject }),
    })
    const query = new URLSearchParams({
      ...(subject === null ? (kind === null ? {} : { kind }) : { of: subject }),
      cursor: page.next ?? '',
    })
    return c.html(
      changesPage({
        frame: await frameOf(c, deps),
        rows: await shownChanges(deps, page.items, masked),
        subject,
        kind,
        next: page.next && `/admin/changes?${query}`,
      }),
    )
  })
  return route
}

/** With names in place of ids; `masked`: for eyes that may not see telephone numbers. */
export async function shownChanges(deps: Deps, changes: ChangeRecord[], masked: boolean): Promise<ChangeRow[]> {
  const names = await namesIn(deps, changes)
  const seen = (text: string | null) => {
    const named = text?.replace(idsIn, id => names.get(id) ?? id) ?? null
    return named !== null && masked ? maskNumbersIn(named) : named
  }
  return changes.map(item => ({
    ...item,
    actor: names.get(item.actor) ?? actorName(deps, item.actor),
    name: seen(item.name) ?? '',
    fields: item.fields.map(({ field, before, after }) => ({ field, before: seen(before), after: seen(after) })),
  }))
}

const idsIn = /\b[a-z]{1,3}_[A-Za-z0-9_-]+/g

/** People, trunks, campaigns and their like by the ids that values have, tokens by `token:ID`. What is gone is still called what it was. */
async function namesIn({ store, engine }: Deps, changes: ChangeRecord[]): Promise<Map<string, string>> {
  const texts = changes.flatMap(({ fields }) => fields.flatMap(({ before, after }) => [before ?? '', after ?? '']))
  const ids = [...new Set(texts.flatMap(text => text.match(idsIn) ?? []))]
  const names = new Map(Object.entries(ids.length === 0 ? {} : await store.read('changes.names', { ids })))
  for (const id of ids) {
    const user = engine.state.users.get(id as UserId)
    if (user !== undefined) names.set(id, user.displayName)
  }
  const actors = changes.map(({ actor }) => actor)
  return new Map([...names, ...(await programNames({ store }, actors))])
}

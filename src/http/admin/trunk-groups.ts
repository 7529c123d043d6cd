import { Hono } from 'hono'
import { trunkGroupFormPage, trunkGroupsPage } from '../../../web/pages/admin/trunk-groups.ts'
import type { Choice, Filled } from '../../../web/parts/form.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import type { TrunkGroup } from '../../centre/entities.ts'
import type { TrunkGroupId } from '../../lib/ids.ts'
import { InvalidInput, NotNow } from '../../records/errors.ts'
import {
  changeTrunkGroup,
  createTrunkGroup,
  removeTrunkGroup,
  trunkGroupById,
} from '../../records/telephony/trunk-groups.ts'
import type { TrunkRecord } from '../../store/telephony/telephony.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'
import { refusedFor } from '../refused.ts'
import { linesOf, listOf, type Typed, textOf, typedOf } from '../typed.ts'
import { withNewer, withSeen } from '../untouched.ts'

/** `/admin/trunk-groups`: in which order a call tries trunks. The form names trunks one a line, in that order. */
export function trunkGroupRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()
  const idOf = (c: Ctx) => c.req.param('id') as TrunkGroupId
  const trunks = () => deps.store.read('trunks.list', {})

  route.get('/admin/trunk-groups', allow('admin'), c => list(c, null))
  route.get('/admin/trunk-groups/new', allow('admin'), c => form(c, null, { values: {}, errors: {} }))
  route.get('/admin/trunk-groups/:id', allow('admin'), async c => {
    const group = await trunkGroupById(deps.records, idOf(c))
    return form(c, group, { values: withSeen(valuesOf(group, await trunks())), errors: {} })
  })
  route.post('/admin/trunk-groups', allow('admin'), c => save(c, null))
  route.post('/admin/trunk-groups/:id', allow('admin'), async c => save(c, await trunkGroupById(deps.records, idOf(c))))
  route.post('/admin/trunk-groups/:id/removal', allow('admin'), async c => {
    try {
      await removeTrunkGroup(deps.records, actorOf(c), idOf(c))
    } catch (error) {
      if (!(error instanceof NotNow)) throw error
      return list(c, refusedFor(error, textsOf(await frameOf(c, deps)))[''] ?? '', 409)
    }
    return c.redirect('/admin/trunk-groups?saved=1', 303)
  })

  async function list(c: Ctx, refused: string | null, status: 200 | 409 = 200): Promise<Response> {
    const w = textsOf(await frameOf(c, deps))
    const [groups, known, campaigns, users, queues] = await Promise.all([
      deps.store.read('trunkGroups.list', {}),
      trunks(),
      deps.store.read('campaigns.list', {}),
      deps.store.read('users.list', {}),
      deps.store.read('queues.list', {}),
    ])
    const rows = groups.map(({ id, name, trunks, defaultFor = [] }) => ({
      id,
      name,
      trunks: trunks.map(trunk => nameOf(trunk, known)),
      usedBy: [
        ...campaigns.filter(each => each.trunkGroup === id).map(each => each.name),
        ...queues.filter(each => each.trunkGroup === id).map(each => each.name),
        ...defaultFor.map(role => w.trunkRules.groups.byHandOf(w.domain.role[role])),
        ...users.filter(each => each.trunkGroup === id).map(each => each.displayName),
      ].slice(0, 8),
    }))
    const saved = c.req.query('saved') === '1'
    return c.html(trunkGroupsPage({ frame: await frameOf(c, deps), groups: rows, saved, refused }), status)
  }

  async function save(c: Ctx, group: TrunkGroup | null): Promise<Response> {
    const sent = await typedOf(c)
    const known = await trunks()
    const typed = group === null ? sent : withNewer(sent, valuesOf(group, known))
    try {
      if (group === null) await createTrunkGroup(deps.records, actorOf(c), givenBy(typed, known))
      else await changeTrunkGroup(deps.records, actorOf(c), group.id, givenBy(typed, known))
    } catch (error) {
      const errors = refusedFor(error, textsOf(await frameOf(c, deps)), { typed, fields: { trunks: 'groupTrunks' } })
      return form(c, group, { values: typed, errors }, 422)
    }
    return c.redirect('/admin/trunk-groups?saved=1', 303)
  }

  async function form(c: Ctx, group: TrunkGroup | null, filled: Filled, status: 200 | 422 = 200): Promise<Response> {
    return c.html(trunkGroupFormPage({ frame: await frameOf(c, deps), group, filled }), status)
  }

  return route
}

/** Groups as the forms of campaigns and people choose them. */
export async function trunkGroupChoices(deps: Deps): Promise<Choice[]> {
  return (await deps.store.read('trunkGroups.list', {})).map(({ id, name }) => ({ value: id, word: name }))
}

/** What a form that may choose a group sent; a form of before there were any sends nothing, and changes nothing. */
export function trunkGroupGiven(typed: Typed): { trunkGroup?: string | null } {
  return typed['trunkGroup'] === undefined ? {} : { trunkGroup: textOf(typed, 'trunkGroup') || null }
}

function valuesOf(group: TrunkGroup, known: readonly TrunkRecord[]): Filled['values'] {
  return {
    name: group.name,
    defaultFor: group.defaultFor ?? [],
    groupTrunks: group.trunks.map(trunk => nameOf(trunk, known)).join('\n'),
  }
}

function givenBy(typed: Typed, known: readonly TrunkRecord[]): Record<string, unknown> {
  const ids = linesOf(typed, 'groupTrunks').map(line => {
    const trunk = known.find(({ name, id }) => name === line || id === line)
    if (trunk === undefined)
      throw new InvalidInput([{ field: 'trunks', found: line.slice(0, 64), allowed: 'the name of a trunk there is' }])
    return trunk.id
  })
  return { name: textOf(typed, 'name'), trunks: ids, defaultFor: listOf(typed, 'defaultFor') }
}

function nameOf(id: string, known: readonly TrunkRecord[]): string {
  return known.find(trunk => trunk.id === id)?.name ?? id
}

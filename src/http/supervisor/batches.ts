import { Hono } from 'hono'
import { batchPage } from '../../../web/pages/supervisor/batch.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import { commissionOf, placementStates } from '../../lender/placement.ts'
import { agencyById } from '../../records/agencies/agencies.ts'
import { exportBatch } from '../../records/agencies/placement-export.ts'
import { batchById } from '../../records/agencies/placements.ts'
import { recallBatch } from '../../records/agencies/recalls.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'
import { refusedFor } from '../refused.ts'
import { isChecked, listOf, textOf, typedOf } from '../typed.ts'

const readers = ['admin', 'supervisor', 'auditor', 'quality'] as const
const placers = ['admin', 'supervisor'] as const
const path = '/supervisor/batches/:id'
type Said = { tone: 'green' | 'red'; words: string } | null

/** `/supervisor/batches/:id`: what became of its cases, what came in, recall, and files for the agency. */
export function batchRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()
  const { store, records } = deps
  const idOf = (c: Ctx) => c.req.param('id') ?? ''

  route.get(path, allow(...readers), c => page(c, null))

  route.post(`${path}/recall`, allow(...placers), async c => {
    const typed = await typedOf(c)
    const w = textsOf(await frameOf(c, deps))
    const cases = listOf(typed, 'cases').slice(0, 500)
    const all = isChecked(typed, 'all')
    if (!all && cases.length === 0) return page(c, { tone: 'red', words: w.placement.chooseFirst }, 422)
    try {
      const given = { reason: textOf(typed, 'reason'), ...(all ? {} : { cases }) }
      const { recalled } = await recallBatch(records, actorOf(c), idOf(c), given)
      return page(c, { tone: 'green', words: w.placement.recalled(recalled) })
    } catch (error) {
      return page(c, { tone: 'red', words: Object.values(refusedFor(error, w, { typed })).join(' ') }, 422)
    }
  })

  route.post(`${path}/export`, allow('admin'), async c => {
    const typed = await typedOf(c)
    try {
      const given = { format: textOf(typed, 'format') || 'csv', reason: textOf(typed, 'reason') }
      const file = await exportBatch(records, actorOf(c), idOf(c), given)
      return c.body(new Uint8Array(file.bytes), 200, {
        'Content-Type': file.type,
        'Content-Disposition': `attachment; filename="${file.name}"`,
        'Cache-Control': 'no-store',
      })
    } catch (error) {
      const w = textsOf(await frameOf(c, deps))
      return page(c, { tone: 'red', words: Object.values(refusedFor(error, w, { typed })).join(' ') }, 422)
    }
  })

  async function page(c: Ctx, said: Said, status: 200 | 422 = 200): Promise<Response> {
    const batch = await batchById(records, idOf(c))
    const state = placementStates.find(each => each === c.req.query('state')) ?? null
    const cursor = c.req.query('cursor') ?? null
    const [frame, agency, figures, rows, files] = await Promise.all([
      frameOf(c, deps),
      agencyById(records, batch.agency),
      store.read('batches.figures', { batch: batch.id }),
      store.read('placements.page', { batch: batch.id, cursor, ...(state === null ? {} : { state }) }),
      store.read('batches.exports', { batch: batch.id }),
    ])
    const { users, campaigns } = deps.engine.state
    const nameOf = (id: string) => users.get(id.replace(/^user:/, '') as never)?.displayName ?? id
    const { doc, until, openedBy, openedAt, listed, unlisted, unlistedWhy } = batch
    const { waiting, placed, ended, refused, sums } = figures
    const { role } = c.var.user
    const query = new URLSearchParams({ ...(state === null ? {} : { state }), cursor: rows.next ?? '' })
    return c.html(
      batchPage({
        ...{ frame, state, said, next: rows.next && `/supervisor/batches/${batch.id}?${query}` },
        batch: {
          ...{ id: batch.id, name: doc.name, state: batch.state, until, openedAt, openedBy: nameOf(openedBy) },
          agency: { id: agency.id, name: agency.name },
          commissionPermille: doc.commissionPermille,
          unlisted: unlistedWhy === null ? null : { cases: unlisted, why: unlistedWhy },
          unlistedYet: batch.state === 'ENDED' ? 0 : Math.max(0, doc.cases - listed - unlisted),
          campaign:
            doc.campaign === null ? null : (campaigns.get(doc.campaign as never)?.campaign.name ?? doc.campaign),
        },
        counts: { waiting, placed, ended, refused },
        sums: sums.map(sum => ({ ...sum, commission: commissionOf(sum.recovered, doc.commissionPermille) })),
        rows: rows.items.map(row => ({ ...row, agent: row.agent === null ? null : nameOf(row.agent) })),
        exports: files.map(({ format, rows: count, sha256, actor, reason, at }) => ({
          ...{ format, rows: count, sha256, reason, at, by: nameOf(actor) },
        })),
        mayPlace: role === 'admin' || role === 'supervisor',
        mayExport: role === 'admin',
      }),
      status,
    )
  }

  return route
}

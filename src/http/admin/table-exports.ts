import { Hono } from 'hono'
import {
  type ExportProps,
  type ExportRow,
  tableExportPage,
  tableExportsPage,
} from '../../../web/pages/admin/table-exports.ts'
import { type Filled, nothingFilled } from '../../../web/parts/form.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import type { TableExportId } from '../../lib/ids.ts'
import { NotNow } from '../../records/errors.ts'
import { keptMs, type Sight, type TableExportView } from '../../records/table-export/table-exports.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { tableResponse } from '../download.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'
import { refusedFor } from '../refused.ts'
import { mayShowSecrets } from '../shown-party.ts'
import { type Typed, textOf, typedOf } from '../typed.ts'
import { whoOf } from '../who.ts'

/** `/admin/exports`: tables of the records as files. */
export function tableExportRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()
  const { tableExports } = deps
  const idIn = (c: Ctx) => c.req.param('id') as TableExportId

  route.get('/admin/exports', allow('admin'), c => listPage(c, nothingFilled))

  route.post('/admin/exports', allow('admin'), async c => {
    const typed = await typedOf(c)
    const { language } = await frameOf(c, deps)
    try {
      const { id } = await tableExports.request(actorOf(c), sightOf(c), { ...asked(typed), language })
      return c.redirect(`/admin/exports/${id}`, 303)
    } catch (error) {
      const w = textsOf(await frameOf(c, deps))
      return listPage(c, { values: typed, errors: refusedFor(error, w, { typed, fields, words }) }, 422)
    }
  })

  route.get('/admin/exports/:id', allow('admin'), async c =>
    c.html(tableExportPage(await tableExportProps(c, deps, idIn(c)))),
  )

  route.post('/admin/exports/:id/cancelling', allow('admin'), c => acted(c, () => tableExports.cancel(idIn(c))))

  route.get('/admin/exports/:id/file', allow('admin'), c =>
    acted(c, () =>
      tableResponse(c, {
        about: () => tableExports.about(sightOf(c), idIn(c)),
        fetch: () => tableExports.download(actorOf(c), sightOf(c), idIn(c)),
      }),
    ),
  )

  async function acted(c: Ctx, act: () => Promise<unknown>): Promise<Response> {
    try {
      const done = await act()
      return done instanceof Response ? done : c.redirect(`/admin/exports/${idIn(c)}`, 303)
    } catch (error) {
      if (!(error instanceof NotNow)) throw error
      const props = await tableExportProps(c, deps, idIn(c))
      const errors = refusedFor(error, textsOf(props.frame))
      return c.html(tableExportPage({ ...props, filled: { values: {}, errors } }), 409)
    }
  }

  async function listPage(c: Ctx, filled: Filled, status: 200 | 422 = 200): Promise<Response> {
    const frame = await frameOf(c, deps)
    const [{ items, next }, campaigns] = await Promise.all([
      tableExports.page({ cursor: c.req.query('cursor') ?? null }),
      deps.store.read('campaigns.list', {}),
    ])
    const rows = items.map(item => rowOf(deps, item))
    const more = next && `/admin/exports?${new URLSearchParams({ cursor: next })}`
    const masked = c.var.user.numbersMasked
    return c.html(tableExportsPage({ frame, rows, campaigns, masked, next: more, filled }), status)
  }

  return route
}

export async function tableExportProps(c: Ctx, deps: Deps, id: TableExportId): Promise<ExportProps> {
  const [frame, view] = await Promise.all([frameOf(c, deps), deps.tableExports.view(id)])
  return { frame, export: rowOf(deps, view), filled: nothingFilled }
}

function rowOf(deps: Deps, view: TableExportView): ExportRow {
  const { requestedBy, endedAt, ...rest } = view
  const keptUntil = view.state === 'finished' && endedAt !== null ? endedAt + keptMs : null
  return { ...rest, by: whoOf(deps, requestedBy), keptUntil }
}

function sightOf(c: Ctx): Sight {
  const { numbersMasked, role } = c.var.user
  return { numbers: !numbersMasked, secrets: mayShowSecrets.some(each => each === role) }
}

const filters = ['campaign', 'from', 'to', 'flag', 'status', 'overdue', 'party'] as const

function asked(typed: Typed): Record<string, unknown> {
  const chosen = filters.map(name => [name, textOf(typed, name)] as const).filter(([, text]) => text !== '')
  return {
    ...{ kind: textOf(typed, 'kind'), form: textOf(typed, 'form') || 'csv', reason: textOf(typed, 'reason') },
    filter: Object.fromEntries(chosen),
    ...(textOf(typed, 'masked') === 'true' ? { numbers: 'masked' } : {}),
    secrets: textOf(typed, 'secrets') === 'true',
  }
}

const fields = Object.fromEntries(filters.map(name => [`filter.${name}`, name]))
const words = {
  ...{ kind: 'exportChoice', form: 'exportChoice', campaign: 'exportCampaign', from: 'exportDay', to: 'exportDay' },
  ...{ flag: 'exportOfParties', status: 'exportOfLoans', overdue: 'exportOfLoans', party: 'exportOfRepayments' },
  ...{ reason: 'exportReason', secrets: 'exportSecrets' },
}

import { Readable } from 'node:stream'
import { Hono } from 'hono'
import { type ImportProps, importPage } from '../../../web/pages/admin/import.ts'
import { importsPage } from '../../../web/pages/admin/imports.ts'
import { type Filled, nothingFilled } from '../../../web/parts/form.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import { mappingWord } from '../../../web/parts/import-columns.ts'
import { columnWord, reasonWord } from '../../../web/parts/import-report.ts'
import type { FileImportId } from '../../lib/ids.ts'
import { InvalidInput, NotNow } from '../../records/errors.ts'
import type { ImportView } from '../../records/import/import-view.ts'
import { sealedTargets, targetsOf } from '../../records/sheets/columns.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { errorsCsv, firstErrors, maskedCell } from '../import-errors.ts'
import { frameOf } from '../live/frame.ts'
import { partsOf, textOfPart } from '../multipart.ts'
import { BadRequest } from '../problem.ts'
import { refusedFor } from '../refused.ts'
import { type Typed, textOf, typedOf } from '../typed.ts'
import { whoOf } from '../who.ts'

const errorsShown = 100

/** `/admin/imports`: files that are read into the records. */
export function importRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()
  const { imports } = deps
  const idIn = (c: Ctx) => c.req.param('id') as FileImportId

  route.get('/admin/imports', allow('admin'), c => listPage(c, nothingFilled))

  route.post('/admin/imports', allow('admin'), async c => {
    try {
      const { id } = await receive(c)
      return c.redirect(`/admin/imports/${id}`, 303)
    } catch (error) {
      const w = textsOf(await frameOf(c, deps))
      const errors = error instanceof BadRequest ? { file: w.imports.fileHelp } : refusedFor(error, w)
      return listPage(c, { values: {}, errors }, 422)
    }
  })

  route.get('/admin/imports/:id', allow('admin'), async c => c.html(importPage(await importProps(c, deps, idIn(c)))))

  route.post('/admin/imports/:id/runs', allow('admin'), async c => {
    const typed = await typedOf(c)
    return acted(c, typed, () => imports.start(actorOf(c), idIn(c), { columns: columnsIn(typed), ...given(typed) }))
  })

  route.post('/admin/imports/:id/resuming', allow('admin'), c =>
    acted(c, {}, () => imports.resume(actorOf(c), idIn(c))),
  )

  route.post('/admin/imports/:id/cancelling', allow('admin'), c => acted(c, {}, () => imports.cancel(idIn(c))))

  route.get('/admin/imports/:id/errors.csv', allow('admin'), async c => {
    const w = textsOf(await frameOf(c, deps))
    const { row, field, reason } = w.imports.columnsOf
    const text = errorsCsv(await imports.rejected(idIn(c)), {
      heads: [row, field, reason],
      headings: await imports.headings(idIn(c)),
      shown: c.var.user.numbersMasked ? maskedCell : text => text,
      hidden: c.var.user.numbersMasked ? await imports.sealedColumns(idIn(c)) : new Set(),
      words: each => ({ field: columnWord(each.field, w), reason: reasonWord(each.field, each.reason, w) }),
    })
    return c.body(Readable.toWeb(Readable.from(text)) as ReadableStream, 200, {
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Disposition': `attachment; filename="errors-${idIn(c)}.csv"`,
    })
  })

  /** The form has what the file is about before the file. */
  async function receive(c: Ctx): Promise<ImportView> {
    const fields: Record<string, string> = {}
    const body = c.req.raw.body
    if (body === null) throw new BadRequest(400, 'found no body; allowed: a form with a file')
    for await (const part of partsOf(
      body as unknown as AsyncIterable<Uint8Array>,
      c.req.header('content-type') ?? '',
    )) {
      if (part.fileName === null) fields[part.name] = await textOfPart(part)
      else {
        const about = { kind: fields['kind'] ?? '', campaign: fields['campaign'] || null, name: part.fileName }
        return await imports.receive(actorOf(c), about, part.bytes)
      }
    }
    throw new BadRequest(400, 'found no file; allowed: a form with a file')
  }

  async function acted(c: Ctx, typed: Typed, act: () => Promise<unknown>): Promise<Response> {
    try {
      await act()
      return c.redirect(`/admin/imports/${idIn(c)}`, 303)
    } catch (error) {
      const props = await importProps(c, deps, idIn(c))
      const w = textsOf(props.frame)
      const about = {
        headings: props.mapping?.headings ?? [],
        own: props.mapping?.own ?? {},
        w,
        language: props.frame.language,
      }
      const isMapping = error instanceof InvalidInput && error.problems.some(({ field }) => field.startsWith('columns'))
      const errors: Filled['errors'] = isMapping
        ? { '': error.problems.map(problem => mappingWord(problem, about)).join(' ') }
        : refusedFor(error, w, { typed })
      const mapping = props.mapping && { ...props.mapping, columns: columnsIn(typed) }
      return c.html(
        importPage({ ...props, mapping, filled: { values: typed, errors } }),
        error instanceof NotNow ? 409 : 422,
      )
    }
  }

  async function listPage(c: Ctx, filled: Filled, status: 200 | 422 = 200): Promise<Response> {
    const frame = await frameOf(c, deps)
    const [{ items, next }, campaigns] = await Promise.all([
      imports.page({ cursor: c.req.query('cursor') ?? null }),
      deps.store.read('campaigns.list', {}),
    ])
    const rows = items.map(item => ({
      ...item,
      campaign: campaigns.find(({ id }) => id === item.campaign)?.name ?? item.campaign,
      by: whoOf(deps, item.receivedBy),
    }))
    const open = campaigns.filter(({ state }) => state !== 'closed')
    const more = next && `/admin/imports?${new URLSearchParams({ cursor: next })}`
    return c.html(importsPage({ frame, rows, campaigns: open, next: more, filled }), status)
  }

  return route
}

/** As a page shows it. A page that runs has no mapping: what is under way is not changed. */
export async function importProps(c: Ctx, deps: Deps, id: FileImportId): Promise<ImportProps> {
  const { imports, store } = deps
  const frame = await frameOf(c, deps)
  const view = await imports.view(id)
  const masked = c.var.user.numbersMasked
  const shown = (text: string) => (masked ? maskedCell(text) : text)
  const errors = await firstErrors(await imports.rejected(id), errorsShown)
  const isOver = view.state === 'running' || view.state === 'waiting' || view.state === 'finished'
  const inspection = isOver ? null : await imports.inspection(id).catch(gone)
  const own = await store.read('fields.all', {})
  return {
    frame,
    import: view,
    errors: errors.map(error => ({ ...error, reason: shown(error.reason) })),
    masked,
    mapping: inspection && {
      form: inspection.form,
      headings: inspection.headings,
      rows: inspection.rows.map(row => row.map(shown)),
      columns: inspection.guess,
      targets: targetsOf(view.kind, own, inspection.guess),
      own,
      hidden: sealedTargets(own),
    },
    filled: nothingFilled,
  }
}

function gone(error: unknown): null {
  if (error instanceof NotNow) return null
  throw error
}

function columnsIn(typed: Typed): string[] {
  const columns: string[] = []
  for (let at = 0; typed[`column${at}`] !== undefined; at++) columns.push(textOf(typed, `column${at}`))
  return columns
}

const settings = ['unit', 'list', 'duplicates', 'duplicatesIn', 'saveAs'] as const

/** Fields left empty take their defaults. */
function given(typed: Typed): Record<string, unknown> {
  const texts = settings.map(name => [name, textOf(typed, name)]).filter(([, text]) => text !== '')
  const numbers = ['priority', 'weight']
    .map(name => [name, textOf(typed, name)] as const)
    .filter(([, text]) => text !== '')
  return { ...Object.fromEntries(texts), ...Object.fromEntries(numbers.map(([name, text]) => [name, Number(text)])) }
}

import { Hono } from 'hono'
import { checklistFormPage, checklistsPage } from '../../../web/pages/admin/checklists.ts'
import { checklistValues } from '../../../web/parts/checklist-values.ts'
import type { Filled } from '../../../web/parts/form.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import { type Checklist, checklistDefault, itemsMax } from '../../lender/checklist.ts'
import type { DecisionReason } from '../../lender/reasons.ts'
import { NotFound } from '../../records/errors.ts'
import {
  allChecklists,
  checklistById,
  decisionReasons,
  saveChecklist,
  saveReasons,
} from '../../records/verification/checklists.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'
import { refusedFor } from '../refused.ts'
import { isChecked, linesOf, numberOf, type Typed, textOf, typedOf } from '../typed.ts'

/** `/admin/checklists`: the questions of verification by version, and the reasons of decisions. */
export function checklistRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()
  const { records } = deps

  route.get('/admin/checklists', allow('admin'), async c => list(c, await reasonsFilled()))

  route.post('/admin/checklists/reasons', allow('admin'), async c => {
    const typed = await typedOf(c)
    const reasons = linesOf(typed, 'reasons').map(line => {
      const [code = '', use = '', zh = '', en = '', toldZh = '', toldEn = ''] = line.split('|').map(part => part.trim())
      const told = toldZh === '' && toldEn === '' ? null : { 'zh-CN': toldZh, en: toldEn }
      return { code, use, words: { 'zh-CN': zh, en }, told }
    })
    try {
      await saveReasons(records, actorOf(c), { reasons })
    } catch (error) {
      const errors = refusedFor(error, textsOf(await frameOf(c, deps)), {
        ...{ typed, words: { reasons: 'decisionReasons' } },
      })
      return list(c, { values: typed, errors }, 422)
    }
    return c.redirect('/admin/checklists?saved=1', 303)
  })

  route.get('/admin/checklists/new', allow('admin'), c => {
    const values = { ...checklistValues({ ...checklistDefault, items: [] }), name: '' }
    return form(c, { id: null, version: 0, items: 3, filled: { values, errors: {} } })
  })
  route.get('/admin/checklists/:id', allow('admin'), async c => {
    const found = await checklistById(records, c.req.param('id'))
    const { id, version, items } = found
    return form(c, { id, version, items: items.length, filled: { values: checklistValues(found), errors: {} } })
  })
  route.post('/admin/checklists', allow('admin'), c => save(c, null))
  route.post('/admin/checklists/:id', allow('admin'), async c =>
    save(c, await checklistById(records, c.req.param('id'))),
  )

  async function save(c: Ctx, known: Checklist | null): Promise<Response> {
    const typed = await typedOf(c)
    const count = Math.min(itemsMax, Number(/^\d{1,2}$/.exec(textOf(typed, 'count'))?.[0] ?? 0))
    const seen = Number(/^\d{1,6}$/.exec(textOf(typed, 'seen'))?.[0] ?? 0)
    const again = { id: known?.id ?? null, version: seen, items: count }
    if (isChecked(typed, 'add'))
      return form(c, { ...again, items: Math.min(itemsMax, count + 1), filled: { values: typed, errors: {} } })
    const { contactOrder } = known ?? checklistDefault
    const id = known?.id ?? textOf(typed, 'checklistId')
    try {
      if (known === null && (await allChecklists(records)).some(each => each.id === id && each.version > 0))
        throw new NotFound('checklist that is new', id)
      await saveChecklist(records, actorOf(c), { ...givenBy(typed, count), id, contactOrder }, seen)
    } catch (error) {
      const w = textsOf(await frameOf(c, deps))
      const errors =
        error instanceof NotFound
          ? { checklistId: w.verification.allowed.checklistId }
          : refusedFor(error, w, {
              fields: {
                id: 'checklistId',
                'recall.perDay': 'perDay',
                'recall.gapMs': 'gapMinutes',
                'recall.days': 'days',
                ...slotFields,
              },
              words: { product: 'checklistProduct', skill: 'name' },
            })
      return form(c, { ...again, filled: { values: typed, errors } }, 422)
    }
    return c.redirect('/admin/checklists?saved=1', 303)
  }

  async function form(
    c: Ctx,
    props: { id: string | null; version: number; items: number; filled: Filled },
    status: 200 | 422 = 200,
  ): Promise<Response> {
    const frame = { ...(await frameOf(c, deps)), path: '/admin/checklists' }
    return c.html(checklistFormPage({ frame, ...props }), status)
  }

  async function list(c: Ctx, reasons: Filled, status: 200 | 422 = 200): Promise<Response> {
    const frame = { ...(await frameOf(c, deps)), path: '/admin/checklists' }
    const rows = await allChecklists(records)
    const counts = Object.fromEntries(rows.map(({ id, items }) => [id, items.length]))
    return c.html(checklistsPage({ frame, rows, counts, reasons, saved: c.req.query('saved') === '1' }), status)
  }

  async function reasonsFilled(): Promise<Filled> {
    const line = ({ code, use, words, told }: DecisionReason) =>
      [code, use, words['zh-CN'], words.en, ...(told === null ? [] : [told['zh-CN'], told.en])].join(' | ')
    return { values: { reasons: (await decisionReasons(records)).map(line).join('\n') }, errors: {} }
  }

  return route
}

const slotFields = Object.fromEntries(
  ['recall', 'recall.slots', ...Array.from({ length: 13 }, (_, at) => `recall.slots.${at}`)].flatMap(field => [
    [field, 'slots'],
    [`${field}.from`, 'slots'],
    [`${field}.to`, 'slots'],
  ]),
)

/** A question without a key and words is one that was added and left empty. */
function givenBy(typed: Typed, count: number): Record<string, unknown> {
  const items = Array.from({ length: count }, (_, at) => {
    const text = (field: string) => textOf(typed, `${field}-${at}`)
    if (text('key') === '' && text('zh') === '' && text('en') === '') return []
    const wanted = text('expected')
    const expected =
      wanted === ''
        ? null
        : wanted === 'fixed'
          ? { type: 'fixed', value: text('value') }
          : { type: 'field', field: wanted === 'custom' ? `fields.${text('value')}` : wanted }
    return [
      {
        ...{
          key: text('key'),
          question: { 'zh-CN': text('zh'), en: text('en') },
          kind: text('kind'),
          asked: text('asked'),
        },
        ...{ choices: linesOf(typed, `choices-${at}`), offers: linesOf(typed, `offers-${at}`), expected },
        compare: { rule: text('rule'), percent: numberOf(typed, `percent-${at}`) || 0 },
        ...{ required: isChecked(typed, `required-${at}`), weight: numberOf(typed, `weight-${at}`) || 0 },
      },
    ]
  }).flat()
  const slots = linesOf(typed, 'slots').map(line => {
    const [from = '', to = ''] = line.split(/[-–~]/).map(each => each.trim())
    return { from, to }
  })
  return {
    ...{
      name: textOf(typed, 'name'),
      product: textOf(typed, 'product') || null,
      skill: textOf(typed, 'skill') || null,
    },
    recall: {
      ...{
        perDay: numberOf(typed, 'perDay'),
        gapMs: numberOf(typed, 'gapMinutes', 60_000),
        days: numberOf(typed, 'days'),
      },
      ...{ slots, otherSlot: isChecked(typed, 'otherSlot') },
    },
    items,
  }
}

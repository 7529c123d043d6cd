import { Hono } from 'hono'
import { fieldFormPage, fieldsPage } from '../../../web/pages/admin/fields.ts'
import type { Filled } from '../../../web/parts/form.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import { type FieldBusiness, type FieldDefinition, fieldBusinesses } from '../../lender/fields.ts'
import { amountOf, amountTyped, currencyDefault } from '../../lender/money.ts'
import { NotFound } from '../../records/errors.ts'
import { fieldsOf, removeField, saveField } from '../../records/parties/field-definitions.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'
import { refusedFor } from '../refused.ts'
import { isChecked, linesOf, type Typed, textOf, typedOf } from '../typed.ts'
import { withNewer, withSeen } from '../untouched.ts'

/** `/admin/fields`: what a lender keeps of its parties besides what every lender does, by business and in the order in which it is shown. */
export function fieldRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()
  const { records, store } = deps

  route.get('/admin/fields', allow('admin'), async c =>
    c.html(
      fieldsPage({
        frame: await frameOf(c, deps),
        definitions: await store.read('fields.all', {}),
        saved: c.req.query('saved') === '1',
      }),
    ),
  )
  route.get('/admin/fields/:business/new', allow('admin'), async c => {
    const all = await fieldsOf(records, businessOf(c))
    return form(c, null, { values: { type: 'text', shown: 'true', place: String(all.length + 1) }, errors: {} })
  })
  route.post('/admin/fields/:business', allow('admin'), c => save(c, null))
  route.get('/admin/fields/:business/:key', allow('admin'), async c => {
    const { field, place } = await fieldOf(c)
    return form(c, field, { values: withSeen(valuesOf(field, place)), errors: {} })
  })
  route.post('/admin/fields/:business/:key', allow('admin'), async c => save(c, await fieldOf(c)))
  route.post('/admin/fields/:business/:key/removal', allow('admin'), async c => {
    await removeField(records, actorOf(c), businessOf(c), c.req.param('key'))
    return c.redirect('/admin/fields?saved=1', 303)
  })

  type Placed = { field: FieldDefinition; place: number }

  async function fieldOf(c: Ctx): Promise<Placed> {
    const all = await fieldsOf(records, businessOf(c))
    const at = all.findIndex(({ key }) => key === c.req.param('key'))
    if (at === -1) throw new NotFound('field', c.req.param('key')!)
    return { field: all[at]!, place: at + 1 }
  }

  async function save(c: Ctx, kept: Placed | null): Promise<Response> {
    const sent = await typedOf(c)
    const typed = kept === null ? sent : withNewer(sent, valuesOf(kept.field, kept.place))
    const place = Number(/^\d{1,3}$/.exec(textOf(typed, 'place'))?.[0] ?? 1000)
    const of = { business: businessOf(c), key: kept?.field.key ?? null, place }
    try {
      await saveField(records, actorOf(c), of, givenBy(typed, kept?.field ?? null))
    } catch (error) {
      const errors = refusedFor(error, textsOf(await frameOf(c, deps)), { typed, ...named })
      return form(c, kept?.field ?? null, { values: typed, errors }, 422)
    }
    return c.redirect('/admin/fields?saved=1', 303)
  }

  async function form(
    c: Ctx,
    field: FieldDefinition | null,
    filled: Filled,
    status: 200 | 422 = 200,
  ): Promise<Response> {
    const frame = { ...(await frameOf(c, deps)), path: '/admin/fields' }
    return c.html(fieldFormPage({ frame, business: businessOf(c), field, filled }), status)
  }

  return route
}

const named = {
  fields: { 'label.zh-CN': 'labelZh', 'label.en': 'labelEn' },
  words: {
    labelZh: 'fieldLabel',
    labelEn: 'fieldLabel',
    key: 'fieldKey',
    min: 'fieldBound',
    max: 'fieldBound',
    type: 'fieldType',
  },
}

function businessOf(c: Ctx): FieldBusiness {
  const business = fieldBusinesses.find(each => each === c.req.param('business'))
  if (business === undefined) throw new NotFound('business', c.req.param('business') ?? '')
  return business
}

/** Key and type of a field that there is are its own. */
function givenBy(typed: Typed, kept: FieldDefinition | null) {
  const type = kept?.type ?? textOf(typed, 'type')
  return {
    key: kept?.key ?? textOf(typed, 'key'),
    type,
    label: { 'zh-CN': textOf(typed, 'labelZh'), en: textOf(typed, 'labelEn') || textOf(typed, 'labelZh') },
    required: isChecked(typed, 'required'),
    min: boundOf(textOf(typed, 'min'), type),
    max: boundOf(textOf(typed, 'max'), type),
    choices: type === 'choice' ? linesOf(typed, 'choices') : [],
    shown: isChecked(typed, 'shown'),
    searchable: isChecked(typed, 'searchable'),
  }
}

/** Of an amount in its currency; what cannot be read stays a text. */
function boundOf(text: string, type: string): number | string | null {
  if (text === '' || !['text', 'secret', 'number', 'money'].includes(type)) return null
  if (type === 'money') return amountOf(text, currencyDefault) ?? text
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
}

function valuesOf(
  { key, type, label, required, min, max, choices, shown, searchable }: FieldDefinition,
  place: number,
) {
  const bound = (value: number | null) =>
    value === null ? '' : type === 'money' ? amountTyped(value, currencyDefault) : String(value)
  return {
    ...{ key, type, labelZh: label['zh-CN'], labelEn: label.en, choices: choices.join('\n'), place: String(place) },
    ...{ min: bound(min), max: bound(max) },
    ...{ required: String(required), shown: String(shown), searchable: String(searchable) },
  }
}

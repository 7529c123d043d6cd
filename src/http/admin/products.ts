import { Hono } from 'hono'
import {
  type ExampleRow,
  exampleId,
  examplePart,
  type OnSale,
  type ProductRow,
  productFormPage,
  productsPage,
} from '../../../web/pages/admin/products.ts'
import type { Filled } from '../../../web/parts/form.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import { partials } from '../../../web/parts/html.ts'
import { amountTyped, currencyDefault } from '../../lender/money.ts'
import { isSold, type Product, versionOf } from '../../lender/order.ts'
import { InvalidInput, NotNow } from '../../records/errors.ts'
import { reckoningOf } from '../../records/parties/lender.ts'
import { offered, productById, readProduct, saveProduct } from '../../records/sales/sales.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'
import { refusedFor } from '../refused.ts'
import { isChecked, minorOf, numberOf, type Typed, textOf, typedOf } from '../typed.ts'

/** An example is of ten thousand, or of what of it the product allows. */
const exampleAmount = 1_000_000
const examplesMax = 6

/** `/admin/products`: what is sold on instalments; each save is a new version, and orders keep theirs. */
export function productRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()
  const { records, store } = deps

  route.get('/admin/products', allow('admin'), async c => {
    const frame = { ...(await frameOf(c, deps)), path: '/admin/products' }
    const [products, counts, { today }] = await Promise.all([
      store.read('products.list', {}),
      store.read('products.orders', {}),
      reckoningOf(records),
    ])
    const rows = products.map((product): ProductRow => {
      const rates = (examplesOf(product, today) ?? []).flatMap(({ aprNominal }) => aprNominal ?? [])
      return {
        ...product,
        ...{ version: versionOf(product), sale: saleOf(product, today) },
        orders: counts.find(each => each.product === product.id)?.orders ?? 0,
        rates: rates.length === 0 ? null : [Math.min(...rates), Math.max(...rates)],
      }
    })
    return c.html(productsPage({ frame, rows, saved: c.req.query('saved') === '1' }))
  })

  route.get('/admin/products/new', allow('admin'), c => form(c, null, { values: newValues, errors: {} }))
  route.get('/admin/products/:id', allow('admin'), async c => {
    const product = await productById(records, c.req.param('id'))
    return form(c, product, { values: valuesOf(product), errors: {} })
  })

  /** What would follow from what is typed, before anything is kept. */
  route.post('/admin/products/example', allow('admin'), async c => {
    const frame = await frameOf(c, deps)
    const { today } = await reckoningOf(records)
    const example = exampleBy(await typedOf(c), today)
    return c.html(partials([{ id: exampleId, body: examplePart(example, frame) }]))
  })

  route.post('/admin/products', allow('admin'), c => save(c, null))
  route.post('/admin/products/:id', allow('admin'), async c => save(c, await productById(records, c.req.param('id'))))

  async function save(c: Ctx, known: Product | null): Promise<Response> {
    const typed = await typedOf(c)
    if (textOf(typed, 'do') === 'example') return form(c, known, { values: typed, errors: {} })
    const seen = known === null ? 0 : Number(/^\d{1,6}$/.exec(textOf(typed, 'seen'))?.[0] ?? -1)
    try {
      await saveProduct(records, actorOf(c), givenBy(typed, known), seen)
    } catch (error) {
      const w = textsOf(await frameOf(c, deps))
      const taken = known === null && error instanceof NotNow && error.rule === 'product-changed'
      const errors = taken ? { saleId: w.products.allowed.saleId } : refusedFor(error, w, { typed, fields: formFields })
      return form(c, known, { values: typed, errors }, error instanceof NotNow && !taken ? 409 : 422)
    }
    return c.redirect('/admin/products?saved=1', 303)
  }

  async function form(c: Ctx, known: Product | null, filled: Filled, status: 200 | 409 | 422 = 200): Promise<Response> {
    const frame = { ...(await frameOf(c, deps)), path: '/admin/products' }
    const [counts, { today }] = await Promise.all([store.read('products.orders', {}), reckoningOf(records)])
    return c.html(
      productFormPage({
        ...{ frame, filled, id: known?.id ?? null, version: known === null ? 0 : versionOf(known) },
        orders: counts.find(each => each.product === known?.id)?.orders ?? 0,
        example: exampleBy(filled.values, today),
      }),
      status,
    )
  }

  return route
}

const formFields = {
  ...{ id: 'saleId', name: 'saleName', currency: 'saleCurrency', ratePpm: 'ratePercent' },
  ...{ upfrontFeePpm: 'upfrontPercent', monthlyFeePpm: 'monthlyPercent' },
}

const newValues = {
  ...{ terms: '3, 6, 12', way: 'equal-instalment', coolingDays: '7', active: 'true', saleCurrency: currencyDefault },
  ...{ upfrontPercent: '0', monthlyPercent: '0' },
}

function valuesOf(product: Product): Record<string, string> {
  const percent = (ppm: number) => String(ppm / 10_000)
  const { currency, terms, way, coolingDays, active, validFrom, validUntil } = product
  return {
    ...{ saleName: product.name, saleCurrency: currency, terms: terms.join(', '), way },
    ...{ amountMin: amountTyped(product.amountMin, currency), amountMax: amountTyped(product.amountMax, currency) },
    ...{ ratePercent: percent(product.ratePpm), upfrontPercent: percent(product.upfrontFeePpm) },
    ...{ monthlyPercent: percent(product.monthlyFeePpm), coolingDays: String(coolingDays), active: String(active) },
    ...{ validFrom: validFrom ?? '', validUntil: validUntil ?? '' },
  }
}

function givenBy(typed: Typed, known: Product | null): Record<string, unknown> {
  const ppm = (name: string) => (textOf(typed, name) === '' ? 0 : numberOf(typed, name, 10_000))
  const currency = textOf(typed, 'saleCurrency').toUpperCase() || currencyDefault
  const amount = (name: string) => minorOf(textOf(typed, name), currency) ?? textOf(typed, name)
  const terms = textOf(typed, 'terms')
    .split(/[,，、;\s]+/)
    .filter(each => each !== '')
    .slice(0, 100)
  return {
    ...{ id: known?.id ?? textOf(typed, 'saleId'), name: textOf(typed, 'saleName') },
    ...{ amountMin: amount('amountMin'), amountMax: amount('amountMax'), way: textOf(typed, 'way') },
    terms: terms.map(each => (/^\d{1,4}$/.test(each) ? Number(each) : each)),
    ...{ ratePpm: textOf(typed, 'ratePercent') === '' ? '' : ppm('ratePercent') },
    ...{ upfrontFeePpm: ppm('upfrontPercent'), monthlyFeePpm: ppm('monthlyPercent') },
    ...{ coolingDays: numberOf(typed, 'coolingDays'), active: isChecked(typed, 'active') },
    ...{ validFrom: textOf(typed, 'validFrom') || null, validUntil: textOf(typed, 'validUntil') || null },
    currency,
  }
}

function saleOf(product: Product, today: string): OnSale {
  if (isSold(product, today)) return 'on'
  if (!product.active) return 'stopped'
  return product.validFrom != null && today < product.validFrom ? 'not-yet' : 'over'
}

/** null while what is typed is no product yet. The id and the name do not matter for it. */
function exampleBy(typed: Typed, today: string): ExampleRow[] | null {
  try {
    return examplesOf(readProduct({ ...givenBy(typed, null), id: 'example', name: 'example' }), today)
  } catch (error) {
    if (error instanceof InvalidInput) return null
    throw error
  }
}

function examplesOf(product: Product, today: string): ExampleRow[] | null {
  const amount = Math.min(Math.max(exampleAmount, product.amountMin), product.amountMax)
  try {
    return product.terms.slice(0, examplesMax).map(term => {
      const { offer } = offered(product, { amount, downPayment: 0, term, startedOn: today })
      const { costTotal, paidTotal, aprNominal, aprEffective } = offer
      const { currency } = product
      return {
        term,
        amount,
        currency,
        first: offer.instalments[0]!.total,
        costTotal,
        paidTotal,
        aprNominal,
        aprEffective,
      }
    })
  } catch (error) {
    if (error instanceof InvalidInput) return null
    throw error
  }
}

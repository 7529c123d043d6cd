import { type RepaymentWay, repaymentWays } from '../../../src/lender/offer.ts'
import { changesOf } from '../../parts/changes.ts'
import { checkField, type Filled, notice, selectField, textField } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { layout } from '../../parts/layout.ts'
import { money } from '../../parts/money.ts'
import { chip } from '../../parts/state.ts'
import { rateOf } from '../../parts/sums.ts'
import { heading, table } from '../../parts/table.ts'
import type { Words } from '../../words/words.ts'

export type OnSale = 'on' | 'stopped' | 'not-yet' | 'over'

export type ProductRow = {
  id: string
  name: string
  currency: string
  amountMin: number
  amountMax: number
  terms: number[]
  way: RepaymentWay
  coolingDays: number
  version: number
  orders: number
  sale: OnSale
  /** The lowest and the highest annual rate of its terms. */
  rates: [number, number] | null
}

export type ProductsProps = { frame: Frame; rows: ProductRow[]; saved: boolean }

export function productsPage(props: ProductsProps): Html {
  const w = textsOf(props.frame)
  const words = w.products
  return layout(props.frame, {
    title: words.products,
    main: html`${heading({
      ...{ title: words.products, about: words.productsAbout },
      actions: html`<a class="button primary" href="/admin/products/new">${icon('plus')}${words.newProduct}</a>`,
    })}
${props.saved ? notice('green', words.saved) : null}
${table({
  caption: words.products,
  rows: props.rows,
  empty: words.productsEmpty,
  columns: [
    {
      head: words.productName,
      cell: row =>
        html`<a href="/admin/products/${row.id}"><b>${row.name}</b></a> <span class="mono muted">${row.id}</span>`,
    },
    { head: w.lender.status, cell: row => saleChip(row.sale, w) },
    { head: w.sales.apr, kind: 'figure', cell: row => ratesOf(row.rates) },
    { head: words.termsField, cell: row => row.terms.join(', ') },
    {
      head: words.amounts,
      kind: 'figure',
      cell: row => `${money(row.amountMin, row.currency)} – ${money(row.amountMax, row.currency)}`,
    },
    { head: words.way, cell: row => words.ways[row.way] },
    { head: words.cooling, kind: 'figure', cell: row => row.coolingDays },
    {
      head: words.version,
      cell: row => html`<span class="muted">${words.versionLine(row.version, row.orders)}</span>`,
    },
  ],
})}`,
  })
}

function ratesOf(rates: [number, number] | null): string {
  if (rates === null) return '—'
  const [low, high] = rates.map(rateOf)
  return low === high ? low! : `${low} – ${high}`
}

function saleChip(sale: OnSale, w: Words): Html {
  const { onSale, stopped, notYet, over } = w.products
  if (sale === 'on') return chip('green', 'circle-check', onSale)
  return chip(
    sale === 'not-yet' ? 'blue' : 'grey',
    'circle-pause',
    sale === 'not-yet' ? notYet : sale === 'over' ? over : stopped,
  )
}

/** What a customer would hear, for each number of instalments. */
export type ExampleRow = {
  term: number
  amount: number
  currency: string
  first: number
  costTotal: number
  paidTotal: number
  aprNominal: number | null
  aprEffective: number | null
}

export type ProductFormProps = {
  frame: Frame
  /** null: a new one. */
  id: string | null
  version: number
  orders: number
  filled: Filled
  example: ExampleRow[] | null
}

export function productFormPage(props: ProductFormProps): Html {
  const w = textsOf(props.frame)
  const words = w.products
  const { id, filled } = props
  const path = `/admin/products${id === null ? '' : `/${id}`}`
  const ways = repaymentWays.map(value => ({ value, word: words.ways[value] }))
  return layout(props.frame, {
    title: id === null ? words.newProduct : id,
    main: html`${heading({
      title: id === null ? words.newProduct : `${words.products} ${id}`,
      ...(id === null ? {} : { count: words.versionLine(props.version, props.orders) }),
      actions: html`<a class="button" href="/admin/products">${icon('chevron-left')}${words.products}</a>`,
    })}
${filled.errors[''] ? notice('red', filled.errors['']) : null}${props.orders > 0 ? notice('blue', words.orderedTerms) : null}
<div class="wide-narrow"><form id="product" class="panel form wide" method="post" action="${path}" novalidate>
<input type="hidden" name="seen" value="${props.version}">
<div class="two">${
      id === null
        ? textField(
            {
              name: 'saleId',
              label: words.productId,
              help: words.productIdHelp,
              required: true,
              maxlength: 40,
              figure: true,
            },
            filled,
          )
        : null
    }${textField({ name: 'saleName', label: words.productName, required: true, maxlength: 60 }, filled)}
${textField({ name: 'amountMin', label: words.amountMin, required: true, figure: true, maxlength: 16 }, filled)}
${textField({ name: 'amountMax', label: words.amountMax, required: true, figure: true, maxlength: 16 }, filled)}
${textField({ name: 'terms', label: words.termsField, help: words.termsHelp, required: true, figure: true, maxlength: 200 }, filled)}
${selectField({ name: 'way', label: words.way, choices: ways }, filled)}
${textField({ name: 'ratePercent', label: words.rate, required: true, figure: true, maxlength: 10 }, filled)}
${textField({ name: 'coolingDays', label: words.cooling, required: true, figure: true, maxlength: 4 }, filled)}
${textField({ name: 'upfrontPercent', label: words.upfront, help: words.upfrontHelp, figure: true, maxlength: 10 }, filled)}
${textField({ name: 'monthlyPercent', label: words.monthly, help: words.monthlyHelp, figure: true, maxlength: 10 }, filled)}
${textField({ name: 'validFrom', label: words.validFrom, help: words.validHelp, type: 'date' }, filled)}
${textField({ name: 'validUntil', label: words.validUntil, help: words.validHelp, type: 'date' }, filled)}
${textField({ name: 'saleCurrency', label: words.currency, figure: true, maxlength: 3 }, filled)}</div>
${checkField({ name: 'active', label: words.active }, filled)}
<div class="buttons"><button class="button primary">${icon('check')}${words.save}</button><button class="button" name="do" value="example">${w.sales.reckon}</button></div></form>
<section class="panel" hx-post="/admin/products/example" hx-trigger="input delay:400ms from:#product" hx-include="#product" hx-swap="none"><h2>${words.example}</h2><p class="muted">${words.exampleAbout}</p>${examplePart(props.example, props.frame)}</section></div>
${id === null ? null : changesOf(props.frame, { of: `product:${id}` })}`,
  })
}

export const exampleId = 'example'

export function examplePart(example: ExampleRow[] | null, frame: Frame): Html {
  const w = textsOf(frame)
  const words = w.products
  return html`<div id="${exampleId}" aria-live="polite">${
    example === null
      ? html`<p class="muted">${words.exampleNone}</p>`
      : example.map(
          row => html`<h3>${words.exampleLine(money(row.amount, row.currency), w.sales.months(row.term))}</h3>
<dl class="facts"><dt>${w.sales.apr}</dt><dd><b class="figure">${rateOf(row.aprNominal)}</b></dd><dt>${w.sales.aprEffective}</dt><dd class="figure">${rateOf(row.aprEffective)}</dd><dt>${w.sales.firstInstalment}</dt><dd class="figure">${money(row.first, row.currency)}</dd><dt>${w.sales.costTotal}</dt><dd class="figure">${money(row.costTotal, row.currency)}</dd><dt>${w.sales.paidTotal}</dt><dd class="figure">${money(row.paidTotal, row.currency)}</dd></dl>`,
        )
  }</div>`
}

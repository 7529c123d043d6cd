/** Selling on the desk: what is known of the prospect, what an instalment plan comes to, and what must be said before it is ordered. */
import { cancelReasons, isOver } from '../../../src/lender/order.ts'
import { errorOf } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html, type Piece } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { money } from '../../parts/money.ts'
import { coolingLine, orderChip } from '../../parts/order.ts'
import { planTable, rateOf, sumsList } from '../../parts/sums.ts'
import { clockOf, duration, instant } from '../../parts/time.ts'
import type { Words } from '../../words/words.ts'
import type { DeskOrder, DeskProspect, DeskQuote, DeskSales } from './sales-props.ts'

type Open = Extract<DeskSales, { type: 'open' }>

/** Beside who it is: consent, limit, what was bought, intent, orders. */
export function prospectPart(sales: DeskSales | null | undefined, frame: Frame): Piece {
  if (sales == null || sales.type !== 'open') return null
  const w = textsOf(frame)
  const words = w.sales
  return html`<h3 id="prospect-title">${words.prospect}</h3>${consent(sales, w)}
${sales.prospect === null ? null : prospect(sales.prospect, sales.today, frame, w)}
${sales.orders.length === 0 ? null : html`<h3>${words.ordersOf}</h3><ul class="promises">${sales.orders.map(order => orderLine(order, sales.today, frame, w))}</ul>`}`
}

function consent({ consent: given }: Open, w: Words): Html {
  const words = w.sales
  if (given === null)
    return html`<p class="notice red" role="alert">${icon('circle-x')}<span>${words.consentNone}</span></p>`
  return html`<p class="notice green">${icon('circle-check')}<span><b>${words.consent}</b> ${words.consentLine(given.basis, given.evidence)}</span></p>`
}

function prospect(given: DeskProspect, today: string, frame: Frame, w: Words): Html {
  const words = w.sales
  const { limit, limitUntil, currency, purchases, grade, followUpAt, note } = given
  const until =
    limitUntil === null
      ? null
      : limitUntil < today
        ? html` <b>${words.limitOver(limitUntil)}</b>`
        : html` <span class="muted">${words.limitUntil(limitUntil)}</span>`
  return html`<dl class="facts"><dt>${words.limit}</dt><dd>${limit === null ? words.limitNone : html`<b class="figure">${money(limit, currency)}</b>${until}`}</dd>
<dt>${words.grade}</dt><dd>${grade === null ? words.gradeNone : html`<b>${words.grades[grade]}</b>`}</dd>
<dt>${words.followUp}</dt><dd>${followUpAt === null ? words.followUpNone : html`${instant(followUpAt, frame)}${followUpAt <= frame.now ? html` <b class="due">${words.followUpDue}</b>` : null}`}</dd>
<dt>${words.purchases}</dt><dd>${purchases.length === 0 ? words.purchasesNone : purchases.map(each => html`<div><span class="figure muted">${each.on}</span> ${each.what} <span class="figure">${money(each.amount, currency)}</span></div>`)}</dd>
${note === '' ? null : html`<dt>${words.note}</dt><dd>${note}</dd>`}</dl>`
}

function orderLine(order: DeskOrder, today: string, frame: Frame, w: Words): Html {
  return html`<li>${icon('file-text')}<span>${order.product} <span class="figure">${money(order.amount, order.currency)}</span> ${orderChip(order.state, w)} <span class="muted">${instant(order.openedAt, frame)}</span> ${coolingLine(order, today, w)}</span>${mayCancel(order, today) ? cancellation(order, w) : null}</li>`
}

/** Until its last day to think, or before it began. */
function mayCancel({ state, coolingUntil }: DeskOrder, today: string): boolean {
  return !isOver(state) && (state !== 'COOLING' || coolingUntil === null || today <= coolingUntil)
}

function cancellation({ id }: DeskOrder, w: Words): Html {
  const words = w.sales
  return html`<details><summary>${words.cancel}</summary><form class="form" hx-post="/agent/sales/orders/${id}/cancellation" hx-swap="none" data-drafts="${id}" novalidate>
<p class="help">${words.cancelAbout}</p>
<div class="field"><label for="cancel-reason-${id}">${words.cancelReason}</label><select id="cancel-reason-${id}" name="reason"><option value="">${words.chooseReason}</option>${cancelReasons.map(each => html`<option value="${each}">${words.cancelReasons[each]}</option>`)}</select></div>
<div class="field"><label for="cancel-note-${id}">${words.cancelNote}</label><input id="cancel-note-${id}" name="note" maxlength="1000" autocomplete="off"></div>
<div class="buttons"><button class="button danger">${icon('circle-x')}${words.cancel}</button></div></form></details>`
}

/** The root's id; a calculation paints it anew by itself. */
export const salesId = 'sales'

/** Below what to say: the calculator, and the offers with the sentences that must be said. */
export function salesPart(sales: DeskSales | null | undefined, frame: Frame): Html {
  const w = textsOf(frame)
  const words = w.sales
  const body =
    sales == null
      ? null
      : sales.type !== 'open'
        ? html`<p class="notice amber">${icon('triangle-alert')}<span>${sales.type === 'unknown' ? words.unknownParty : words.notSelf}</span></p>`
        : sales.consent === null
          ? null
          : html`${calculator(sales, w)}${offers(sales, frame, w)}`
  return html`<div id="${salesId}"${sales == null ? html` hidden` : null}>${body}</div>`
}

function calculator(sales: Open, w: Words): Html {
  const words = w.sales
  const { values, errors } = sales.calculator
  if (sales.products.length === 0)
    return html`<h2>${icon('shopping-basket')}${words.desk}</h2><p class="muted">${words.productsNone}</p>`
  const value = (name: string) => String(values[name] ?? '')
  const text = (name: 'amount' | 'downPayment', label: string) =>
    html`<div class="field"><label for="sale-${name}">${label}</label><input id="sale-${name}" name="${name}" inputmode="decimal" autocomplete="off" maxlength="14" class="figure" value="${value(name)}"${errors[name] ? html` aria-invalid="true" aria-describedby="e-sale-${name}"` : null}>${errorOf(`sale-${name}`, errors[name])}</div>`
  const option = (each: string, word: string, chosen: string) =>
    html`<option value="${each}"${each === chosen ? html` selected` : null}>${word}</option>`
  return html`<form id="calculator" class="calculator" hx-put="/agent/sales/sums" hx-trigger="input delay:400ms, change, submit" hx-swap="none" novalidate>
<h2>${icon('shopping-basket')}${words.desk}</h2><input type="hidden" name="party" value="${sales.party}">
<div class="two"><div class="field"><label for="sale-product">${words.product}</label><select id="sale-product" name="product">${[{ value: '', word: words.chooseProduct }, ...sales.products].map(each => option(each.value, each.word, value('product')))}</select></div>
<div class="field"><label for="sale-term">${words.term}</label><select id="sale-term" name="term">${sales.terms.map(term => option(String(term), words.months(term), value('term')))}</select>${errorOf('sale-term', errors['term'])}</div>
${text('amount', words.amount)}${text('downPayment', words.downPayment)}</div>
<div id="sale-sums" aria-live="polite">${
    sales.sums === null
      ? null
      : html`${sumsList(sales.sums, w)}${planTable(sales.sums, w)}<button class="button primary" type="button" hx-post="/agent/sales/offers" hx-include="#calculator" hx-swap="none">${icon('plus')}${words.offer}</button>`
  }</div></form>`
}

function offers({ quotes, live }: Open, frame: Frame, w: Words): Piece {
  if (quotes.length === 0) return null
  const words = w.sales
  const now = quotes.find(({ state }) => state === 'open' || state === 'again')
  return html`<h2>${icon('file-text')}${words.lastOffers}</h2>${now === undefined ? null : offer(now, live, frame, w)}
<ol class="history">${quotes.filter(each => each !== now).map(each => html`<li>${icon(each.state === 'ordered' ? 'circle-check' : 'history')}<div><span>${title(each, w)}</span><span class="small muted">${instant(each.madeAt, frame)} · ${words.apr} ${rateOf(each.aprNominal)} · ${words.costTotal} ${money(each.costTotal, each.currency)}</span></div></li>`)}</ol>`
}

function title({ product, amount, currency, term }: DeskQuote, w: Words): string {
  return `${product} · ${money(amount, currency)} · ${w.sales.months(term)}`
}

/** Each sentence is ticked as it is read, with the place where that is heard. */
function offer(quote: DeskQuote, live: boolean, frame: Frame, w: Words): Html {
  const words = w.sales
  const path = `/agent/sales/offers/${quote.id}`
  const missing = quote.sentences.some(({ read }) => read === null)
  return html`<section class="offer" aria-label="${words.offered}"><p><b>${title(quote, w)}</b> <span class="small muted">${instant(quote.madeAt, frame)}</span></p>
<div class="must" role="group" aria-label="${words.said}"><h3>${words.said}</h3><p class="small">${words.saidHelp}</p>${quote.sentences.map(
    ({ item, text, read }) => {
      const again = quote.state === 'again' && read !== null
      const id = `said-${quote.id}-${item}-${read?.at ?? 0}`
      return html`<label class="check" for="${id}"><input type="checkbox" id="${id}" data-stays="said-${item}"${read && !again ? html` checked disabled` : live ? html` hx-put="${path}/sentences/${item}" hx-trigger="change" hx-swap="none"` : html` disabled`}><span>${text}${read === null ? null : html` <span class="small muted">${words.saidAt(clockOf(read.at, frame), read.offsetMs === null ? null : duration(read.offsetMs))}</span>`}</span></label>`
    },
  )}</div>
${quote.state === 'again' ? null : html`<button class="button primary" hx-post="${path}/orders" hx-swap="none"${missing ? html` disabled aria-describedby="order-hint"` : null}>${icon('check')}${words.order}</button>${missing ? html`<p class="help" id="order-hint">${words.orderHint}</p>` : null}`}</section>`
}

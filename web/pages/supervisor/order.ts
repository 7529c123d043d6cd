import { daysBetween } from '../../../src/lender/dates.ts'
import { cancelReasons, type OrderState, refusalReasons } from '../../../src/lender/order.ts'
import type { SaidItem } from '../../../src/lender/quote.ts'
import { areaField, type Filled, notice, selectField, textField } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { players } from '../../parts/heard-answers.ts'
import { type Html, html, type Piece } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { layout } from '../../parts/layout.ts'
import { coolingLine, orderChip } from '../../parts/order.ts'
import { planTable, type Sums, sumsList } from '../../parts/sums.ts'
import { heading, table } from '../../parts/table.ts'
import { clockOf, duration, instant } from '../../parts/time.ts'
import type { Words } from '../../words/words.ts'

export type SaidRow = {
  item: SaidItem
  /** As the agent had it before them. */
  sentence: string
  at: number | null
  /** Where it is heard; null: nothing to play. */
  heard: { recording: string; atMs: number } | null
}

export type OrderProps = {
  frame: Frame
  today: string
  order: {
    id: string
    state: OrderState
    party: string
    name: string
    product: string
    note: string
    coolingDays: number
    coolingUntil: string | null
    heard: SaidItem[]
    openedAt: number
  }
  way: string
  term: number
  agent: string
  checker: string | null
  sums: Sums
  said: SaidRow[]
  recordings: { id: string; src: string; label: string }[]
  moves: { at: number; who: string; state: OrderState; reason: string | null; note: string }[]
  /** Sold it or typed it in: does not check it. */
  sold: boolean
  /** May sign, put in force and cancel. */
  maySupervise: boolean
  filled: Filled
  told: { tone: 'green' | 'red'; words: string } | null
}

/** One order for whoever checks it: what was agreed, what was said and where that is heard, and what may be done with it now. */
export function orderPage(props: OrderProps): Html {
  const w = textsOf(props.frame)
  const words = w.sales
  const { order } = props
  return layout(props.frame, {
    title: `${words.orders} ${order.id}`,
    scripts: ['plays.js'],
    main: html`${heading({
      title: `${order.name || order.party} · ${order.product}`,
      about: `${words.orderNo} ${order.id} · ${words.seller} ${props.agent}${props.checker === null ? '' : ` · ${words.checker} ${props.checker}`}`,
      actions: html`${orderChip(order.state, w)} ${coolingLine(order, props.today, w)}<a class="button" href="/supervisor/orders">${icon('chevron-left')}${words.orders}</a>`,
    })}
${props.told === null ? null : notice(props.told.tone, props.told.words)}
${order.note === '' ? null : notice('amber', `${order.state === 'CANCELLED' ? words.cancelNote : words.checkFound}: ${order.note}`)}
<div class="wide-narrow"><div class="stack">${checkPanel(props, w)}
<section><h2>${words.history}</h2>${historyTable(props, w)}</section></div>
<div class="stack">${steps(props, w)}<section class="panel"><h2>${words.terms}</h2><dl class="facts"><dt>${words.term}</dt><dd>${words.months(props.term)}</dd><dt>${w.products.way}</dt><dd>${props.way}</dd><dt>${w.products.cooling}</dt><dd class="figure">${order.coolingDays}</dd></dl>${sumsList(props.sums, w)}${planTable(props.sums, w)}</section></div></div>`,
  })
}

/** Each sentence beside where it is heard; with a tick for it where this person checks. */
function checkPanel(props: OrderProps, w: Words): Html {
  const words = w.sales
  const { order } = props
  const checks = order.state === 'QC' && !props.sold
  const chosen = [props.filled.values['heard'] ?? []].flat()
  const rows = html`<ol class="heard-answers checklist">${props.said.map(
    row => html`<li><p class="question"><b>${words.item[row.item]}</b> <span class="muted">${row.sentence}</span></p>
<p class="outcome-line">${row.at === null ? html`<span class="chip amber">${icon('triangle-alert')}<span>${words.notTicked}</span></span>` : html`<span class="muted">${clockOf(row.at, props.frame)}</span>`} ${
      row.heard === null
        ? html`<span class="muted">${words.noRecording}</span>`
        : html`<button class="button small" type="button" data-plays="audio-${row.heard.recording}" data-at="${row.heard.atMs / 1000}" aria-label="${words.playFrom} ${duration(row.heard.atMs)}: ${words.item[row.item]}">${icon('play')}${duration(row.heard.atMs)}</button>`
    }${
      checks
        ? html` <label class="check"><input type="checkbox" name="heard" value="${row.item}"${chosen.includes(row.item) ? html` checked` : null}><span>${words.heard}</span></label>`
        : order.heard.includes(row.item)
          ? html` <span class="chip green">${icon('circle-check')}<span>${words.heard}</span></span>`
          : null
    }</p></li>\n`,
  )}</ol>`
  const body = html`<h2>${words.check}</h2>${rows}${players(props.recordings)}`
  if (!checks)
    return html`<section class="panel">${body}${order.state === 'QC' ? notice('amber', words.fourEyes) : null}</section>`
  const reasons = refusalReasons.map(value => ({ value, word: words.refusalReason[value] }))
  return html`<form class="panel form wide" method="post" action="/supervisor/orders/${order.id}/check" novalidate><p class="muted">${words.checkAbout}</p>${body}
${areaField({ name: 'checkNote', label: words.checkNote, help: words.checkNoteHelp, maxlength: 1000, rows: 2 }, props.filled)}
<div class="buttons"><button class="button primary" name="as" value="pass">${icon('check')}${words.pass}</button><button class="button" name="as" value="back">${icon('chevron-left')}${words.back}</button></div>
<details${props.filled.errors['refusal'] ? html` open` : null}><summary>${words.refuse}</summary>${selectField({ name: 'refusal', label: words.refuseReason, choices: [{ value: '', word: words.chooseReason }, ...reasons] }, props.filled)}<div class="buttons"><button class="button danger" name="as" value="refuse">${icon('circle-x')}${words.refuse}</button></div></details></form>`
}

function steps(props: OrderProps, w: Words): Piece {
  const { order, maySupervise } = props
  const over = order.state === 'FULFILLED' || order.state === 'CANCELLED'
  if (!maySupervise || over) return null
  const words = w.sales
  const path = `/supervisor/orders/${order.id}`
  const late = order.coolingUntil !== null && daysBetween(props.today, order.coolingUntil) < 0
  const step =
    order.state === 'CONFIRMED'
      ? html`<p class="muted">${words.signAbout}</p><form method="post" action="${path}/signature"><button class="button primary">${icon('pencil')}${words.sign}</button></form>`
      : order.state === 'COOLING' && (late || order.coolingDays === 0)
        ? html`<form method="post" action="${path}/fulfilment"><button class="button primary">${icon('check')}${words.fulfil}</button></form>`
        : order.state === 'COOLING'
          ? html`<p class="muted">${words.fulfilLater}</p>`
          : null
  if (order.state === 'COOLING' && late) return html`<section class="panel"><h2>${w.sales.step}</h2>${step}</section>`
  const reasons = cancelReasons.map(value => ({ value, word: words.cancelReasons[value] }))
  const wrong = props.filled.errors['cancelReason'] || props.filled.errors['cancelNote']
  return html`<section class="panel"><h2>${words.step}</h2>${step}<details${wrong ? html` open` : null}><summary>${words.cancel}</summary><p class="muted">${words.cancelAbout}</p><form class="form" method="post" action="${path}/cancellation" data-asks="${words.cancelAsk(order.id)}" novalidate>
${selectField({ name: 'cancelReason', label: words.cancelReason, required: true, choices: [{ value: '', word: words.chooseReason }, ...reasons] }, props.filled)}${textField({ name: 'cancelNote', label: words.cancelNote, maxlength: 1000 }, props.filled)}
<div class="buttons"><button class="button danger">${icon('circle-x')}${words.cancel}</button></div></form></details></section>`
}

function historyTable(props: OrderProps, w: Words): Html {
  const words = w.sales
  return table({
    caption: words.history,
    rows: props.moves,
    empty: '',
    columns: [
      { head: words.when, cell: row => instant(row.at, props.frame) },
      { head: words.step, cell: row => orderChip(row.state, w) },
      { head: words.who, cell: row => row.who },
      { head: words.note, cell: row => [row.reason ?? '', row.note].filter(each => each !== '').join(' · ') },
    ],
  })
}

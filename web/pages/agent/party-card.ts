/** The lender's record of a party on the desk: what must be known first, its numbers, what is owed, what was promised. */
import { textsOf } from '../../parts/frame.ts'
import { type Html, html, type Piece } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { money } from '../../parts/money.ts'
import { chip } from '../../parts/state.ts'
import { instant } from '../../parts/time.ts'
import type { Words } from '../../words/words.ts'
import { flagChips } from '../supervisor/parties.ts'
import type { DeskProps } from './desk-props.ts'
import type { DeskDebts, DeskNumber, DeskRecord } from './party-props.ts'

export function recordCard(record: DeskRecord, props: DeskProps): Html {
  const w = textsOf(props.frame)
  const stops = [...new Set(record.stops)].map(reason => w.lender.flag[reason as never] ?? reason)
  return html`${record.flags.length === 0 ? null : html`<p class="flags">${flagChips(record.flags, w)}</p>`}
${stops.length === 0 ? null : html`<p class="notice red">${icon('circle-x')}<span>${w.agent.who.stopped}${stops.join(w.agent.who.and)}</span></p>`}
${record.debts === null ? null : debts(record.debts, w)}
${numbers(record, props, w)}
${record.fields.length === 0 ? null : html`<dl class="facts">${record.fields.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`}`
}

function debts({ case: open, loans, promises }: DeskDebts, w: Words): Html {
  const words = w.lender
  return html`${
    open === null
      ? null
      : html`<p class="case">${chip(open.state === 'HOLD' ? 'red' : open.state === 'PTP' ? 'green' : 'blue', open.state === 'HOLD' ? 'circle-pause' : 'file-text', words.caseState[open.state])}${open.holdReason === null ? null : html` <b>${words.holdReason[open.holdReason]}</b>`} <span class="muted">${open.agent ?? ''}</span></p>`
  }${
    loans.length === 0
      ? null
      : html`<ul class="loans" aria-label="${words.loans}">${loans.map(
          loan =>
            html`<li><span><b>${loan.bucket}</b> · ${w.agent.who.days(loan.daysPastDue)}</span><b class="figure">${words.overdue} ${money(loan.overdueTotal, loan.currency)}</b>
<span class="small muted"><span class="figure">${loan.ref}</span> · ${loan.product}</span><span class="small muted figure">${words.owed} ${money(loan.owedTotal, loan.currency)}</span></li>`,
        )}</ul>`
  }${
    promises.length === 0
      ? null
      : html`<ul class="promises" aria-label="${words.promises}">${promises.map(
          each =>
            html`<li>${icon('calendar-clock')}<span>${w.agent.who.promised(money(each.amount, each.currency), each.dueOn)}${each.paid > 0 ? html` <span class="muted">${words.paid} ${money(each.paid, each.currency)}</span>` : null}</span></li>`,
        )}</ul>`
  }`
}

function numbers(record: DeskRecord, props: DeskProps, w: Words): Html {
  return html`<h3 id="numbers-title">${w.lender.numbers}</h3>
<ul class="numbers" aria-labelledby="numbers-title">${record.numbers.map(phone => number(phone, record, props, w))}</ul>`
}

function number(phone: DeskNumber, record: DeskRecord, props: DeskProps, w: Words): Html {
  const who = `${w.domain.relation[phone.relation]}${phone.whose === '' ? '' : ` · ${phone.whose}`}`
  const last =
    phone.last === null
      ? w.agent.who.untried
      : html`${phone.last.result === null ? '' : w.domain.callResult[phone.last.result]} ${instant(phone.last.at, props.frame)}`
  return html`<li><div><span><b class="figure">${phone.number}</b> ${who}${phone.current ? html` ${chip('blue', 'phone-call', w.agent.who.calling)}` : null}</span>
<span class="small muted">${phone.place} · ${last}</span>${status(phone, w)}</div>
<div class="row">${dial(phone, record, w)}${mark(phone, record, w)}</div></li>`
}

function status({ status: is, badReason }: DeskNumber, w: Words): Piece {
  if (is === 'UNTRIED') return null
  const tone = is === 'REACHED' ? 'green' : is === 'BAD' ? 'amber' : 'red'
  const sign = is === 'REACHED' ? 'circle-check' : is === 'BAD' ? 'triangle-alert' : 'phone-off'
  const words = w.lender.phoneStatus[is]
  return html`<span>${chip(tone, sign, badReason === '' || is === 'REACHED' ? words : `${words} · ${badReason}`)}</span>`
}

function dial({ dial: how, handle, number: shown }: DeskNumber, { ref }: DeskRecord, w: Words): Piece {
  if (how === null) return null
  const label = `${w.agent.call.dial}: ${shown}`
  return how === 'hand'
    ? html`<button class="button small" hx-post="/agent/calls" hx-include="#dial-campaign" hx-vals='${JSON.stringify({ party: ref, phone: handle })}' hx-swap="none" aria-label="${label}">${icon('phone')}${w.agent.call.dial}</button>`
    : html`<button class="button small" hx-put="/agent/preview" hx-vals='{"how":"accepted","phone":"${how.preview}"}' hx-swap="none" aria-label="${label}">${icon('phone')}${w.agent.call.dial}</button>`
}

/** What the number turned out to be. A wrong mark is taken back the same way. */
function mark({ handle, number: shown, status: is }: DeskNumber, { ref }: DeskRecord, w: Words): Html {
  const words = w.agent.who
  const at = `/agent/parties/${encodeURIComponent(ref)}/marks`
  const choices = is === 'BAD' || is === 'REFUSED' ? ({ works: words.marks.works } as const) : words.marks
  const one = (why: string, says: string) =>
    html`<button class="button quiet" hx-post="${at}" hx-vals='${JSON.stringify({ phone: handle, why })}' hx-swap="none" popovertarget="mark-${handle}" popovertargetaction="hide">${says}</button>`
  return html`<button class="button quiet small" type="button" popovertarget="mark-${handle}" aria-label="${words.mark}: ${shown}">${words.mark}${icon('chevron-down')}</button>
<div id="mark-${handle}" class="menu" popover role="group" aria-label="${words.mark}">${Object.entries(choices).map(([why, says]) => one(why, says))}</div>`
}

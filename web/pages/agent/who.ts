import { phoneRelations } from '../../../src/lender/party.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html, type Piece } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { partyName } from '../../parts/names.ts'
import { instant } from '../../parts/time.ts'
import type { Words } from '../../words/words.ts'
import { closing, nextOf, stateOf, triesOf } from '../supervisor/callbacks.ts'
import type { DeskCallback, DeskParty, DeskProps, NearParty } from './desk-props.ts'
import { historyList } from './history.ts'
import { recordCard } from './party-card.ts'
import { prospectPart } from './sales.ts'

/** Who is on the line, in the preview or looked at, and every contact with them, newest first. Else: the agent's own callbacks and parties. */
export function whoColumn(props: DeskProps): Html {
  const w = textsOf(props.frame)
  return html`<section id="who" class="column" tabindex="0" aria-label="${w.agent.who.title}">
<h2 tabindex="-1">${icon('user-round')}${w.agent.who.title}</h2>
${props.party ? card(props.party, props, w) : html`<p class="muted">${w.agent.who.none}</p>`}
<h2>${icon('history')}${props.party ? w.agent.history.title : w.agent.callbacks.title}</h2>
${props.party ? historyList(props.history, props.frame) : callbackList(props, props.callbacks.slice(0, 8), w)}
${props.party || props.near.length === 0 ? null : nearList(props.near, w)}
</section>`
}

function card(party: DeskParty, props: DeskProps, w: Words): Html {
  const words = w.agent.who
  const { record } = party
  return html`<div class="card"><b class="name">${partyName({ name: party.name, direction: props.call?.direction ?? 'out' }, w)}</b>${party.ref ? html` <span class="figure muted">${party.ref}</span>` : null}${
    party.opened
      ? html`<button class="button quiet small" hx-put="/agent/party" hx-vals='{"ref":""}' hx-swap="none" data-key="escape">${words.putAway}<kbd>Esc</kbd></button>`
      : null
  }</div>
${identify(party, props, w)}${overtaken(party, props, w)}
${party.fields === null ? html`<p class="notice amber">${icon('triangle-alert')}<span>${words.noDebt}</span></p>` : null}
<dl class="facts">
${party.campaign ? html`<dt>${words.campaign}</dt><dd>${party.campaign}${party.attempts === null ? null : html` <span class="muted">· ${words.attempts(party.attempts)}</span>`}</dd>` : null}
${party.queue ? html`<dt>${words.queue}</dt><dd>${party.queue}</dd>` : null}
${party.menus.length === 0 ? null : html`<dt>${words.menus}</dt><dd>${party.menus.map(({ name, why, key }) => html`<div>${name} <span class="muted">· ${words.menuWhy[why](key ?? '')}</span></div>`)}</dd>`}
${record !== null || party.numbers.length === 0 ? null : html`<dt>${words.numbers}</dt><dd>${party.numbers.map(phone => html`<div><span class="figure">${phone.number}</span> <span class="muted">${w.domain.relation[phone.relation]}${phone.current ? html` · ${words.calling}` : null}</span></div>`)}</dd>`}
${party.fields?.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}
</dl>
${record === null ? null : recordCard(record, props)}${prospectPart(props.sales, props.frame)}`
}

/** What is said now may no longer be true. On a call to who is not the debtor nothing is said of payments and cases. */
function overtaken({ fields }: DeskParty, { call }: DeskProps, w: Words): Piece {
  const by = call?.overtaken ?? null
  if (by === null || (fields === null && (by === 'party_paid' || by === 'case_closed'))) return null
  return html`<p class="notice ${by === 'party_paid' ? 'green' : 'red'}" role="alert">${icon(by === 'party_paid' ? 'circle-check' : 'circle-x')}<span>${w.agent.who.overtaken[by]}</span></p>`
}

/** A caller whom the number does not name: chosen among those who have it, or looked for; never guessed. */
function identify({ identified: { how, callers } }: DeskParty, { call }: DeskProps, w: Words): Piece {
  const words = w.agent.identify
  if (call === null || how === 'known') return null
  if (how === 'by_number') return html`<p class="small muted">${words.byNumber}</p>`
  const path = `/agent/calls/${call.id}/party`
  return html`<div class="identify"><p><b>${how === 'choose' ? words.choose : words.unknown}</b></p>
${callers.map(
  caller =>
    html`<button class="button" hx-put="${path}" hx-vals='${JSON.stringify({ ref: caller.ref })}' hx-swap="none">${icon('user-round')}${caller.name} · ${w.domain.relation[caller.relation]} <span class="figure muted">${caller.ref}</span></button>`,
)}
<form class="row" hx-put="${path}" hx-swap="none" data-drafts="${call.id}"><label class="unseen" for="find-${call.id}">${words.find}</label>
<input id="find-${call.id}" name="find" type="search" maxlength="64" autocomplete="off" placeholder="${words.find}">
<button class="button">${icon('search')}${words.findIt}</button></form>
<p class="help">${words.findHelp}</p>
<details><summary>${words.add}</summary><form class="form" hx-post="${path}" hx-swap="none" data-drafts="${call.id}"><div class="row"><div class="field"><label for="new-name-${call.id}">${w.lender.name}</label>
<input id="new-name-${call.id}" name="name" maxlength="100" required autocomplete="off"></div>
<div class="field"><label for="new-relation-${call.id}">${words.whose}</label><select id="new-relation-${call.id}" name="relation">${phoneRelations.map(each => html`<option value="${each}">${w.domain.relation[each]}</option>`)}</select></div></div>
<p class="help">${words.addHelp(call.number)}</p><div class="buttons"><button class="button">${icon('plus')}${words.addIt}</button></div></form></details></div>`
}

function nearList(near: NearParty[], w: Words): Html {
  const words = w.agent.near
  return html`<h2>${icon('user-round')}${words.title}</h2><ol class="history">${near.map(
    each =>
      html`<li>${icon(each.why === 'case' ? 'file-text' : 'phone')}<div><span>${each.name} <span class="figure muted">${each.ref}</span></span>
<span class="small muted">${words[each.why]}${each.state === null ? '' : ` · ${w.lender.caseState[each.state]}`}</span></div>
<button class="button small" hx-put="/agent/party" hx-vals='${JSON.stringify({ ref: each.ref })}' hx-swap="none" aria-label="${words.open}: ${each.name}">${words.open}</button></li>`,
  )}</ol>`
}

function tried(callback: DeskCallback, frame: Frame, w: Words): Piece {
  const words = triesOf(callback, w)
  if (words === null) return null
  return html`<span class="small muted">${words} · ${w.callbacks.next}: ${nextOf(callback, frame, w)}</span>`
}

/** `closes`: with a form to close those that are the agent's own. */
export function callbackList(
  props: Pick<DeskProps, 'frame'>,
  callbacks: DeskCallback[],
  w: Words,
  closes = false,
): Piece {
  if (callbacks.length === 0) return html`<p class="muted">${w.agent.callbacks.none}</p>`
  return html`<ol class="history">${callbacks.map(
    callback =>
      html`<li>${icon('calendar-clock')}<div><span>${instant(callback.at, props.frame)} ${stateOf(callback, w)}</span>
<span>${callback.name === null ? null : html`<b>${callback.name}</b> `}<span class="figure">${callback.number}</span>${callback.whose === null ? null : html` <span class="muted">(${callback.whose})</span>`}</span>
<span class="small muted">${callback.campaign ?? ''} ${w.agent.callbacks.reason[callback.reason]}</span>
${tried(callback, props.frame, w)}${closes && callback.mine ? closing(`/agent/callbacks/${callback.id}/closing`, callback, w) : null}</div>
<button class="button small" hx-post="/agent/calls" hx-vals='{"callback":"${callback.id}"}' hx-swap="none" aria-label="${w.agent.callbacks.dial}: ${callback.name ?? ''} ${callback.number}">${icon('phone')}${w.agent.callbacks.dial}</button></li>`,
  )}</ol>`
}

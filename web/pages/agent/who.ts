import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html, type Piece } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { duration, instant } from '../../parts/time.ts'
import type { Words } from '../../words/words.ts'
import { closing, nextOf, stateOf, triesOf } from '../supervisor/callbacks.ts'
import type { ContactLine, DeskCallback, DeskParty, DeskProps } from './desk-props.ts'

/** Who is on the line, or in the preview, and every contact with them, newest first. Without a party: the agent's own callbacks. */
export function whoColumn(props: DeskProps): Html {
  const w = textsOf(props.frame)
  return html`<section id="who" class="column" tabindex="0" aria-label="${w.agent.who.title}">
<h2>${icon('user-round')}${w.agent.who.title}</h2>
${props.party ? card(props.party, w) : html`<p class="muted">${w.agent.who.none}</p>`}
<h2>${icon('history')}${props.party ? w.agent.history.title : w.agent.callbacks.title}</h2>
${props.party ? history(props, w) : callbackList(props, props.callbacks.slice(0, 8), w)}
</section>`
}

function card(party: DeskParty, w: Words): Html {
  const words = w.agent.who
  return html`<dl class="facts">
${party.ref ? html`<dt>${words.ref}</dt><dd class="figure">${party.ref}</dd>` : null}
${party.campaign ? html`<dt>${words.campaign}</dt><dd>${party.campaign}${party.attempts === null ? null : html` <span class="muted">· ${words.attempts(party.attempts)}</span>`}</dd>` : null}
${party.queue ? html`<dt>${words.queue}</dt><dd>${party.queue}</dd>` : null}
${party.numbers.length === 0 ? null : html`<dt>${words.numbers}</dt><dd>${party.numbers.map(phone => html`<div><span class="figure">${phone.number}</span> <span class="muted">${w.domain.relation[phone.relation]}${phone.current ? html` · ${words.calling}` : null}</span></div>`)}</dd>`}
${party.fields?.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}
</dl>
${party.fields === null ? html`<p class="notice amber">${icon('triangle-alert')}<span>${words.noDebt}</span></p>` : null}`
}

function history(props: DeskProps, w: Words): Html {
  if (props.history.length === 0) return html`<p class="muted">${w.agent.history.none}</p>`
  return html`<ol class="history">${props.history.map(line => contact(line, props, w))}</ol>`
}

function contact(line: ContactLine, props: DeskProps, w: Words): Html {
  const result = line.outcome ?? (line.result ? w.domain.callResult[line.result] : '')
  return html`<li>${icon(line.direction === 'in' ? 'phone-incoming' : 'phone-outgoing')}<div><span>${instant(line.at, props.frame)} <b>${result}</b></span>
<span class="small muted">${line.agent ?? ''}${line.talkMs === null ? null : html` · <span class="figure">${duration(line.talkMs)}</span>`}</span>
${line.note ? html`<span class="note">${line.note}</span>` : null}</div></li>`
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
<span>${callback.name ?? ''} <span class="figure">${callback.number}</span></span>
<span class="small muted">${callback.campaign ?? ''} ${w.agent.callbacks.reason[callback.reason]}</span>
${tried(callback, props.frame, w)}${closes && callback.mine ? closing(`/agent/callbacks/${callback.id}/closing`, callback, w) : null}</div>
<button class="button small" hx-post="/agent/calls" hx-vals='{"callback":"${callback.id}"}' hx-swap="none" aria-label="${w.agent.callbacks.dial}: ${callback.number}">${icon('phone')}${w.agent.callbacks.dial}</button></li>`,
  )}</ol>`
}

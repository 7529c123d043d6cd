/** The part of the call bar about other people: whom the call is passed on to, who is consulted, and what there is to pick up. */

import type { AgentPhase } from '../../../src/centre/facts.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html, type Piece } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { chip } from '../../parts/state.ts'
import { timer } from '../../parts/time.ts'
import type { Words } from '../../words/words.ts'
import type { DeskCall } from './desk-props.ts'

export type Targets = {
  frame: Frame
  agents: { id: string; name: string; phase: AgentPhase }[]
  queues: { id: string; name: string; waiting: number; free: number }[]
  menus: { id: string; name: string }[]
  /** Some outside number is allowed. */
  outside: boolean
  /** It is done by the keys of a desk phone too. */
  byPhone: boolean
  call: string
}

export type PickUps = {
  frame: Frame
  byPhone: boolean
  calls: { id: string; name: string | null; number: string; where: string; since: number; by: string | null }[]
}

/** Opens the picker; whom there is to choose from is asked for at that moment. */
export function passOnButton(call: DeskCall, w: Words): Html {
  const words = w.transfer
  return html`<button class="button" type="button" popovertarget="pass-on" hx-get="/agent/calls/${call.id}/targets" hx-swap="none" aria-haspopup="dialog" data-key="alt+t">${icon('phone-forwarded')}${words.open}<kbd>Alt T</kbd></button>
<div id="pass-on" class="menu pass-on" popover role="dialog" aria-label="${words.title}"><div id="pass-on-targets" hx-morph-skip></div></div>`
}

/** What the picker shows once it is asked. */
export function targetPicker(props: Targets): Html {
  const w = textsOf(props.frame)
  const words = w.transfer
  const path = `/agent/calls/${props.call}`
  const some = props.agents.length + props.queues.length + props.menus.length > 0
  const hide = html` hx-swap="none" popovertarget="pass-on" popovertargetaction="hide"`
  return html`<form id="pass-on-form" data-drafts="${props.call}">
${
  some
    ? html`<label class="field"><span>${words.target}</span><select name="target" size="8">
${props.agents.length > 0 ? html`<optgroup label="${words.agents}">${props.agents.map(({ id, name, phase }) => html`<option value="agent ${id}">${name} · ${w.domain.agentPhase[phase]}</option>`)}</optgroup>` : null}
${props.queues.length > 0 ? html`<optgroup label="${words.queues}">${props.queues.map(({ id, name, waiting, free }) => html`<option value="queue ${id}">${name} · ${words.free(free)} · ${words.waiting(waiting)}</option>`)}</optgroup>` : null}
${props.menus.length > 0 ? html`<optgroup label="${words.menus}">${props.menus.map(({ id, name }) => html`<option value="ivr ${id}">${name}</option>`)}</optgroup>` : null}
</select></label>`
    : html`<p class="muted">${words.none}</p>`
}
${props.outside ? html`<label class="field"><span>${words.outside}</span><input id="pass-number-${props.call}" class="figure" type="tel" name="number" maxlength="24" autocomplete="off" placeholder="${words.outsideHint}"></label>` : null}
<div class="buttons"><button class="button primary" type="button" hx-post="${path}/consultations"${hide}>${icon('headset')}${words.consult}</button>
<button class="button" type="button" hx-post="${path}/transfers"${hide}>${icon('phone-forwarded')}${words.blind}</button></div>
<label class="field"><span>${words.parkSlot}</span><input id="pass-slot-${props.call}" name="slot" maxlength="12" autocomplete="off"></label>
<div class="buttons"><button class="button" type="button" hx-post="${path}/parkings"${hide}>${icon('circle-parking')}${words.park}</button></div>
${props.byPhone ? html`<p class="help">${words.parkByPhone}</p>` : null}
</form>`
}

/** Instead of the usual buttons, while somebody is consulted. */
export function consultControls(call: DeskCall, w: Words): Piece {
  const { consult } = call
  if (consult === null) return null
  const words = w.transfer
  const path = `/agent/calls/${call.id}`
  if (consult.side === 'asked')
    return html`<button class="button danger" hx-put="${path}/ending" hx-swap="none" data-key="alt+e">${icon('phone-off')}${words.leave}<kbd>Alt E</kbd></button>`
  const turn = (to: string, key: string, words: string, title: string, name: 'arrow-left-right' | 'users') =>
    html`<button class="button" hx-put="${path}/consultation" hx-vals='{"to":"${to}"}' hx-swap="none" title="${title}" data-key="alt+${key.toLowerCase()}">${icon(name)}${words}<kbd>Alt ${key}</kbd></button>`
  const isThere = consult.state !== 'called'
  return html`${isThere ? html`<button class="button primary" hx-post="${path}/transfers" hx-vals='{"target":"consulted"}' hx-swap="none" data-key="alt+t">${icon('phone-forwarded')}${words.complete}<kbd>Alt T</kbd></button>` : null}
${isThere ? turn(consult.state === 'other' ? 'party' : 'other', 'W', words.swap, consult.state === 'other' ? words.toParty : words.toOther, 'arrow-left-right') : null}
${isThere && consult.state !== 'both' ? turn('both', 'J', words.join, words.join, 'users') : null}
<button class="button danger" hx-delete="${path}/consultation" hx-swap="none" title="${words.endConsult}" data-key="alt+x">${icon('x')}${words.end}<kbd>Alt X</kbd></button>`
}

/** Who is consulted, and whom the agent hears. */
export function consultState(call: DeskCall, w: Words): Piece {
  const { consult } = call
  if (consult === null) return null
  const words = w.transfer
  if (consult.side === 'asked') return chip('blue', 'headset', words.consulted(consult.name))
  return html`<span role="status">${chip(consult.state === 'called' ? 'grey' : 'blue', 'headset', html`${words.consulting} ${consult.name} · ${words.state[consult.state]}`)}</span>`
}

/** Who parked it or passed it on takes it back, instead of writing it up. */
export function takeBackButton(call: DeskCall, w: Words): Html {
  return html`<button class="button" hx-post="/agent/calls/${call.id}/pick-ups" hx-swap="none" data-key="alt+p">${icon('phone-incoming')}${w.transfer.pickUp}<kbd>Alt P</kbd></button>`
}

/** A free agent sees what waits, and takes it. */
export function pickUpButton(w: Words): Html {
  const words = w.transfer
  return html`<button class="button" type="button" popovertarget="pick-ups" hx-get="/agent/pick-ups" hx-swap="none" aria-haspopup="dialog" data-key="alt+p">${icon('phone-incoming')}${words.pickUp}<kbd>Alt P</kbd></button>
<div id="pick-ups" class="menu" popover role="dialog" aria-label="${words.pickUps}"><div id="pick-up-list" hx-morph-skip></div></div>`
}

export function pickUpList({ frame, byPhone, calls }: PickUps): Html {
  const w = textsOf(frame)
  const words = w.transfer
  return html`${
    calls.length === 0
      ? html`<p class="muted">—</p>`
      : calls.map(
          call =>
            html`<button class="button quiet" hx-post="/agent/calls/${call.id}/pick-ups" hx-swap="none" popovertarget="pick-ups" popovertargetaction="hide">${icon('phone-incoming')}<b>${call.name ?? call.number}</b> ${call.where} ${timer(call.since, frame)}${call.by === null ? null : html` · ${words.parkedBy(call.by)}`}</button>`,
        )
  }${byPhone ? html`<p class="help">${words.pickUpByPhone}</p>` : null}`
}

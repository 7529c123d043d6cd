/** The part of the call bar by which the agent asks the supervisors to come. */
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html, type Piece } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { chip } from '../../parts/state.ts'
import { timer } from '../../parts/time.ts'
import type { Words } from '../../words/words.ts'
import type { DeskCall } from './desk-props.ts'

/** Whether somebody was asked, and who comes. */
export function appealState({ appeal }: DeskCall, frame: Frame): Piece {
  if (!appeal) return null
  const words = textsOf(frame).appeals
  return html`<span role="status">${
    appeal.by === null
      ? chip('amber', 'life-buoy', html`${words.asked} <span aria-hidden="true">${timer(appeal.askedAt, frame)}</span>`)
      : chip('green', 'life-buoy', words.coming(appeal.by))
  }</span>`
}

export function appealButton({ id, appeal, mayAppeal }: DeskCall, w: Words): Piece {
  const words = w.appeals
  const path = `/agent/calls/${id}/appeal`
  if (appeal)
    return html`<button class="button" aria-pressed="true" hx-delete="${path}" hx-swap="none" title="${words.withdraw}" data-key="alt+q">${icon('life-buoy')}<span class="unseen">${words.withdraw}</span><kbd>Alt Q</kbd></button>`
  return mayAppeal ? picker(path, id, w) : null
}

function picker(path: string, call: string, w: Words): Html {
  const words = w.appeals
  return html`<button class="button" type="button" popovertarget="appeal" title="${words.askTitle}" aria-haspopup="dialog" data-key="alt+q">${icon('life-buoy')}${words.ask}<kbd>Alt Q</kbd></button>
<div id="appeal" class="menu" popover role="dialog" aria-label="${words.askTitle}"><form hx-post="${path}" hx-swap="none">
<label class="field"><span>${words.reason}</span><input id="appeal-reason-${call}" name="reason" maxlength="100" autocomplete="off"></label>
<button class="button primary">${icon('life-buoy')}${words.send}</button></form></div>`
}

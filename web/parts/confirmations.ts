/** What an applicant was told of decisions in writing, and what became of each text. */
import type { ConfirmedState, UnwrittenWhy } from '../../src/lender/confirmation.ts'
import type { MessageState } from '../../src/lender/message.ts'
import { type Frame, textsOf } from './frame.ts'
import { type Html, html, type Piece } from './html.ts'
import { icon } from './icons.ts'
import { chip, type Tone } from './state.ts'
import { instant } from './time.ts'

export type ConfirmationRow = {
  as: ConfirmedState
  at: number
  doneAt: number | null
  to: string | null
  /** Of an e-mail. */
  subject?: string | null
  text: string | null
  /** null: none was written. */
  state: MessageState | null
  why: UnwrittenWhy | null
  reason: string | null
}

const looks: Record<MessageState, [Tone, 'hourglass' | 'circle-check' | 'circle-x']> = {
  waiting: ['amber', 'hourglass'],
  sent: ['green', 'circle-check'],
  dropped: ['red', 'circle-x'],
}

export function confirmationsPart(rows: readonly ConfirmationRow[], frame: Frame): Html {
  const words = textsOf(frame).confirmation
  const row = ({ as, at, doneAt, to, subject = null, text, state, why, reason }: ConfirmationRow): Piece => {
    const rule = reason?.split(':')[0] ?? ''
    const said = why === null ? (reason === null ? null : (words.dropped[rule] ?? reason)) : words.why[why]
    return html`<li><p><b>${words.as[as]}</b> ${state === null ? html`<span class="chip grey">${icon('ban')}<span>${words.state.dropped}</span></span>` : chip(...looks[state], words.state[state])} <span class="muted">${instant(doneAt ?? at, frame)}${to === null ? null : html` · <span class="figure">${to}</span>`}</span></p>${text === null ? null : html`<p>${subject === null ? null : html`<b>${subject}</b><br>`}${lines(text)}</p>`}${said === null ? null : html`<p class="muted">${said}</p>`}</li>\n`
  }
  return html`<section class="panel confirmations"><h2>${words.title}</h2>${rows.length === 0 ? html`<p class="muted">${words.none}</p>` : html`<ul class="plain">${rows.map(row)}</ul>`}</section>`
}

/** An e-mail has lines of its own. */
export function lines(text: string): Html[] {
  return text.split('\n').map((line, at) => html`${at === 0 ? null : html`<br>`}${line}`)
}

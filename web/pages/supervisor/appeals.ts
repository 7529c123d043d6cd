import { notice } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html, type Piece, type Region } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { chip } from '../../parts/state.ts'
import { timer } from '../../parts/time.ts'
import type { Words } from '../../words/words.ts'
import { supportButtons } from './supervision.ts'

/** An agent who asks for help, as a supervisor sees it. */
export type OpenAppeal = {
  call: string
  agent: string
  reason: string
  askedAt: number
  /** Of the call. */
  party: string | null
  number: string
  since: number
  /** Who comes; null: nobody yet. */
  takenBy: { id: string; name: string; isMe: boolean } | null
  /** This supervisor hears the call already. */
  isHeard: boolean
}

/** Longest asked first, at most so many. */
export type AppealsProps = { frame: Frame; appeals: OpenAppeal[] }

/** Where the page says what became of an order. */
export function appealsSaid(said: { tone: 'green' | 'red'; words: string } | null): Region {
  const body = html`<div id="appeals-said" aria-live="polite">${said === null ? null : notice(said.tone, said.words)}</div>`
  return { id: 'appeals-said', body }
}

/** Over the live calls and the wallboard: there is nothing to see while nobody asks. The title of the window says it too (appeals.js). */
export function appealsRegion({ frame, appeals }: AppealsProps): Region {
  const w = textsOf(frame)
  const words = w.appeals
  const open = appeals.filter(({ takenBy }) => takenBy === null).length
  const body = html`<section id="appeals" class="panel appeals" aria-label="${words.title}" aria-live="polite" data-open="${open}" data-title="${open === 0 ? '' : words.titleOf(open)}"${appeals.length === 0 ? html` hidden` : null}>
<header><h2>${words.title}</h2></header>
<ul>${appeals.map((appeal, at) => row(appeal, at === firstOpen(appeals), frame, w))}</ul></section>`
  return { id: 'appeals', body }
}

/** The one that the key takes. */
function firstOpen(appeals: OpenAppeal[]): number {
  return appeals.findIndex(({ takenBy }) => takenBy === null)
}

function row(appeal: OpenAppeal, isFirst: boolean, frame: Frame, w: Words): Html {
  const words = w.appeals
  const { takenBy } = appeal
  return html`<li id="appeal-${appeal.call}" class="${takenBy === null ? 'red' : 'blue'}"><div><span><b>${appeal.agent}</b> ${words.asks} <b class="figure" aria-hidden="true">${timer(appeal.askedAt, frame)}</b>${appeal.reason === '' ? null : html` · ${appeal.reason}`}</span>
<span class="small muted">${appeal.party ?? w.agent.who.unknown} · <span class="figure">${appeal.number}</span> <span aria-hidden="true">· ${words.talks} ${timer(appeal.since, frame)}</span></span></div>
${takenBy === null ? null : chip('blue', 'user-round', words.comes(takenBy.name))}
<div class="buttons">${takeButton(appeal, isFirst, w)}${appeal.isHeard ? null : supportButtons(appeal.agent, appeal.call, w)}
<button class="button small" hx-delete="/supervisor/calls/${appeal.call}/appeal" hx-swap="none" aria-label="${words.of(words.done, appeal.agent)}">${icon('check')}${words.done}</button></div></li>`
}

function takeButton({ call, agent, takenBy }: OpenAppeal, isFirst: boolean, w: Words): Piece {
  const words = w.appeals
  if (takenBy?.isMe) return null
  const says = takenBy === null ? words.come : words.comeInstead
  return html`<button class="button small${takenBy === null ? ' primary' : ''}" hx-put="/supervisor/calls/${call}/appeal" hx-vals='${JSON.stringify({ from: takenBy?.id ?? '' })}' hx-swap="none" aria-label="${words.of(says, agent)}"${isFirst ? html` data-key="alt+q"` : null}>${icon('life-buoy')}${says}${isFirst ? html`<kbd>Alt Q</kbd>` : null}</button>`
}

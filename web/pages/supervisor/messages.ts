import { type MessageChannel, type MessageState, type MessageWay, messageStates } from '../../../src/lender/message.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html, type Piece } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { layout } from '../../parts/layout.ts'
import { chip } from '../../parts/state.ts'
import { heading, pager, table } from '../../parts/table.ts'
import { instant } from '../../parts/time.ts'
import type { Words } from '../../words/words.ts'

/** `to` as it may be seen. */
export type MessageRow = {
  id: string
  party: string
  channel: MessageChannel
  to: string
  text: string
  why: string
  state: MessageState
  way: MessageWay | null
  tries: number
  reason: string | null
  queuedAt: number
}

export type MessagesProps = {
  frame: Frame
  rows: MessageRow[]
  state: MessageState | ''
  next: string | null
  mayExport: boolean
}

const path = '/supervisor/messages'

export function messagesPage(props: MessagesProps): Html {
  const w = textsOf(props.frame)
  const words = w.strategies
  const link = (state: MessageState | '', word: string) =>
    html`<a class="button small" href="${path}${state === '' ? '' : `?state=${state}`}"${state === props.state ? html` aria-current="true"` : null}>${word}</a> `
  const actions: Piece = props.mayExport
    ? html`<form method="post" action="${path}/exports"><button class="button" data-asks="${words.exportQuestion}">${icon('download')}${words.export}</button></form>`
    : null
  return layout(props.frame, {
    title: words.messages,
    main: html`${heading({ title: words.messages, about: words.messagesAbout, actions })}
<nav class="toolbar filters" aria-label="${words.state}">${link('', w.frame.list.all)}${messageStates.map(state => link(state, words.messageStates[state]))}</nav>
${messagesTable(props.rows, props.frame, w)}${pager(props.frame, { previous: null, next: props.next })}`,
  })
}

export function messagesTable(rows: readonly MessageRow[], frame: Frame, w: Words): Html {
  const words = w.strategies
  return table({
    caption: words.messages,
    rows,
    empty: words.noMessages,
    columns: [
      { head: words.queued, cell: row => instant(row.queuedAt, frame) },
      {
        head: w.collections.cases.party,
        cell: row =>
          html`<a class="figure" href="/supervisor/parties/${encodeURIComponent(row.party)}">${row.party}</a>`,
      },
      { head: words.channel, cell: row => words.channels[row.channel] },
      { head: words.to, cell: row => html`<span class="figure">${row.to}</span>` },
      {
        head: words.text,
        cell: row =>
          html`<span class="two"><span>${row.text.slice(0, 120)}</span><span class="small muted">${row.why}</span></span>`,
      },
      {
        head: words.state,
        cell: row =>
          html`${chip(row.state === 'sent' ? 'green' : row.state === 'waiting' ? 'blue' : 'grey', row.state === 'sent' ? 'circle-check' : 'info', words.messageStates[row.state])}${row.way ? html` ${words.ways[row.way]}` : null}${row.reason ? html`<div class="small muted">${row.tries > 0 ? `${words.tries(row.tries)} · ` : ''}${reasonWords(row.reason, w)}</div>` : null}`,
      },
      {
        head: w.frame.list.actions,
        kind: 'action',
        cell: row =>
          row.channel === 'letter' && row.state !== 'dropped'
            ? html`<form method="post" action="/supervisor/letters/${row.id}"><button class="button small">${icon('file-text')}${words.print}</button></form>`
            : null,
      },
    ],
  })
}

export type LetterProps = { frame: Frame; to: string; ref: string; text: string; date: string }

/** The letter alone under the frame; the frame does not print. */
export function letterPage(props: LetterProps): Html {
  const w = textsOf(props.frame)
  return layout(props.frame, {
    title: `${w.strategies.channels.letter} · ${props.to}`,
    main: html`${heading({ title: props.frame.centre || w.frame.short, count: props.date, about: w.strategies.printed })}
<article class="panel"><p><b>${props.to}</b> <span class="muted figure">${props.ref}</span></p>${props.text.split(/\n+/).map(paragraph => html`<p>${paragraph}</p>`)}</article>`,
  })
}

/** A rule of ours and what it found, or what a gateway said. */
function reasonWords(reason: string, w: Words): string {
  const rule = reason.split(':')[0]!
  for (const words of [w.strategies.dropped, w.domain.rules]) if (Object.hasOwn(words, rule)) return words[rule]!
  return reason
}

import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html, type Piece } from '../../parts/html.ts'
import { layout } from '../../parts/layout.ts'
import { heading, pager, table } from '../../parts/table.ts'
import { instant } from '../../parts/time.ts'

export type JournalLineRow = { seq: number; at: number; actor: string; type: string; detail: string }

export type JournalProps = {
  frame: Frame
  /** Where the page is: `/admin/journal` or `/auditor/journal`. */
  path: string
  lines: JournalLineRow[]
  /** A noun with a dot (`call.`), or none. */
  type: string | null
  next: string | null
  /** The auditor's check of the chain stands above the list. */
  check: Piece
}

/** The nouns that facts begin with. */
export const journalNouns = [
  'call',
  'agent',
  'recording',
  'export',
  'user',
  'session',
  'campaign',
  'list',
  'lead',
  'leads',
  'callback',
  'suppression',
  'party',
  'policy',
  'trunk',
  'lines',
  'attribution',
  'queue',
  'number',
  'token',
  'wall',
  'setting',
  'system',
] as const

export function journalPage(props: JournalProps): Html {
  const w = textsOf(props.frame)
  const words = w.admin.journal
  const link = (noun: string | null, word: string) =>
    html`<a href="${props.path}${noun ? `?type=${noun}.` : ''}"${props.type === (noun && `${noun}.`) ? html` aria-current="true"` : null}>${word}</a>`
  return layout(props.frame, {
    title: words.title,
    main: html`${heading({ title: words.title, about: words.about })}${props.check}
<div class="toolbar"><nav class="filters" aria-label="${words.types}">${link(null, w.frame.list.all)}${journalNouns.map(noun => link(noun, noun))}</nav></div>
${table({
  caption: words.title,
  rows: props.lines,
  empty: words.none,
  columns: [
    { head: words.seq, kind: 'figure', cell: line => line.seq },
    { head: words.at, cell: line => instant(line.at, props.frame) },
    { head: words.actor, cell: line => (line.actor === 'system' ? words.system : line.actor) },
    { head: words.type, cell: line => html`<span class="mono">${line.type}</span>` },
    { head: words.detail, cell: line => html`<span class="mono detail">${line.detail}</span>` },
  ],
})}${pager(props.frame, { previous: null, next: props.next })}`,
  })
}

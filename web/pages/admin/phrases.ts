import { areaField, type Filled, notice, textField } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html, type Piece } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { layout } from '../../parts/layout.ts'
import { chip } from '../../parts/state.ts'
import { heading, table } from '../../parts/table.ts'
import { duration, instant } from '../../parts/time.ts'
import type { Words } from '../../words/words.ts'
import { problems } from './users.ts'

export type PhraseRow = {
  name: string
  version: number
  words: string
  sha256: string
  durationMs: number
  savedAt: number
  usedAt: number | null
  inUse: boolean
}

export type PhrasesProps = { frame: Frame; rows: PhraseRow[]; filled: Filled; saved: boolean }

export function phrasesPage({ frame, rows, filled, saved }: PhrasesProps): Html {
  const w = textsOf(frame)
  const words = w.phrases
  return layout(frame, {
    title: words.title,
    main: html`${heading({ title: words.title, about: words.about })}
${saved ? notice('green', w.frame.form.saved) : null}
<div class="stack"><div>${table({
      caption: words.title,
      rows,
      empty: words.none,
      columns: [
        {
          head: words.name,
          cell: row =>
            html`<span class="two"><b class="figure">own/${row.name}</b><span class="small muted">${words.version(row.version)} · ${duration(row.durationMs)}</span></span>`,
        },
        { head: words.words, cell: row => row.words },
        {
          head: words.added,
          cell: row => html`<span title="SHA-256 ${row.sha256}">${instant(row.savedAt, frame)}</span>`,
        },
        {
          head: words.listen,
          cell: row =>
            html`<audio controls preload="none" src="/admin/phrases/${row.name}/${row.version}/sound.wav" aria-label="${words.listen}: ${row.name} ${row.version}"></audio>`,
        },
        { head: words.state, kind: 'action', cell: row => stateOf(row, w) },
      ],
    })}</div>
<section class="panel"><h2>${words.add}</h2>${problems(filled, w)}<form class="form" method="post" action="/admin/phrases" enctype="multipart/form-data">
${textField({ name: 'name', label: words.name, help: words.nameHelp, required: true, figure: true, maxlength: 40 }, filled)}
${areaField({ name: 'words', label: words.words, help: words.wordsHelp, required: true, rows: 3, maxlength: 1000 }, filled)}
${textField({ name: 'file', label: words.file, help: words.fileHelp, type: 'file', required: true }, filled)}
<div class="buttons"><button class="button primary">${icon('upload')}${words.send}</button></div></form></section></div>`,
  })
}

function stateOf(row: PhraseRow, { phrases: words }: Words): Piece {
  if (row.inUse) return chip('green', 'circle-check', words.inUse)
  return html`<form method="post" action="/admin/phrases/${row.name}/${row.version}/use"><button class="button small" title="${words.useHelp}" aria-label="${words.use}: ${row.name} ${row.version}">${words.use}</button></form>`
}

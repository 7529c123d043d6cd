/** Recordings of what networks announce: what waits for a label, the library, and what a file would be recognised as. */
import { errorOf, type Filled, notice, textField } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { layout } from '../../parts/layout.ts'
import { heading, table } from '../../parts/table.ts'
import { duration, instant } from '../../parts/time.ts'
import type { Words } from '../../words/words.ts'
import { problems } from './users.ts'

export type AnnouncementRow = {
  id: string
  label: string | null
  language: string
  words: string
  durationMs: number
  call: string | null
  savedAt: number
  heard: number
  heardAt: number | null
}

export type AnnouncementsProps = {
  frame: Frame
  rows: AnnouncementRow[]
  labels: readonly string[]
  languages: readonly ('zh-CN' | 'en' | 'other')[]
  filled: Filled
  saved: boolean
  /** What the file that was tried is; `none`: nothing was tried. */
  tried: 'none' | 'unknown' | { label: string | null; confidence: number; afterMs: number }
}

export function announcementsPage(props: AnnouncementsProps): Html {
  const { frame, rows, filled, saved } = props
  const w = textsOf(frame)
  const words = w.announcements
  const waiting = rows.filter(row => row.label === null)
  return layout(frame, {
    title: words.title,
    main: html`${heading({ title: words.title, about: words.about })}
${saved ? notice('green', words.saved) : null}${problems(filled, w)}
<h2>${words.unlabelled}</h2><p class="help">${words.unlabelledAbout}</p>
${list(waiting, true, props, w)}
<h2>${words.library}</h2>
${list(
  rows.filter(row => row.label !== null),
  false,
  props,
  w,
)}
<div class="stack"><section class="panel"><h2>${words.add}</h2><form class="form" method="post" action="/admin/announcements" enctype="multipart/form-data">
${textField({ name: 'file', label: words.file, help: words.fileHelp, type: 'file', required: true }, filled)}${labelFields(props, filled, w)}
<div class="buttons"><button class="button primary">${icon('upload')}${words.send}</button></div></form></section>
<section class="panel"><h2>${words.fromCall}</h2><p class="help">${words.fromCallHelp}</p><form class="form" method="post" action="/admin/announcements/from-call">
${textField({ name: 'call', label: words.callId, required: true, figure: true, maxlength: 60 }, filled)}
<div class="row">${textField({ name: 'fromS', label: words.fromS, type: 'number', min: 0, max: 600, figure: true, required: true }, filled)}
${textField({ name: 'toS', label: words.toS, type: 'number', min: 1, max: 600, figure: true, required: true }, filled)}</div>${labelFields(props, filled, w)}
<div class="buttons"><button class="button primary">${words.take}</button></div></form></section>
<section class="panel"><h2>${words.test}</h2><p class="help">${words.testAbout}</p>${triedWords(props, w)}<form class="form" method="post" action="/admin/announcements/try" enctype="multipart/form-data">
${textField({ name: 'sample', label: words.file, type: 'file', required: true }, filled)}
<div class="buttons"><button class="button">${words.tryIt}</button></div></form></section></div>`,
  })
}

function list(rows: AnnouncementRow[], isNew: boolean, props: AnnouncementsProps, w: Words): Html {
  const words = w.announcements
  const { frame } = props
  return html`<div>${table({
    caption: isNew ? words.unlabelled : words.library,
    rows,
    empty: isNew ? words.noneUnlabelled : words.none,
    columns: [
      {
        head: words.label,
        cell: row => (row.label === null ? words.unlabelled : labelWord(row.label, w)),
      },
      {
        head: words.words,
        cell: row =>
          html`<span class="two"><span>${row.words || '–'}</span><span class="small muted">${duration(row.durationMs)}</span></span>`,
      },
      { head: words.heard, kind: 'figure', cell: row => String(row.heard) },
      {
        head: words.from,
        cell: row =>
          html`<span class="two"><span>${row.call === null ? words.sent : html`${words.call} <span class="figure">${row.call}</span>`}</span><span class="small muted">${instant(row.savedAt, frame)}</span></span>`,
      },
      {
        head: words.listen,
        cell: row =>
          html`<audio controls preload="none" src="/admin/announcements/${row.id}/sound.wav" aria-label="${words.listen}: ${row.id}"></audio>`,
      },
      { head: '', kind: 'action', cell: row => actions(row, props, w) },
    ],
  })}</div>`
}

function actions(row: AnnouncementRow, props: AnnouncementsProps, w: Words): Html {
  const words = w.announcements
  const values = { label: row.label ?? 'POWER_OFF', language: row.language, words: row.words }
  const id = `label-${row.id}`
  return html`<button class="button small" type="button" popovertarget="${id}" aria-haspopup="dialog" aria-label="${words.labelWhat(row.id)}">${icon('pencil')}${words.labelIt}</button>
<div id="${id}" class="sheet" popover role="dialog" aria-label="${words.labelWhat(row.id)}"><form class="form" method="post" action="/admin/announcements/${row.id}/label">
${labelFields(props, { values, errors: {} }, w)}<div class="buttons"><button class="button small primary">${words.save}</button></div></form>
<form method="post" action="/admin/announcements/${row.id}/remove" data-asks="${w.frame.form.confirmRemove(row.words || row.id)}"><button class="button small danger" aria-label="${words.removeWhat(row.id)}">${words.remove}</button></form></div>`
}

/** Several forms of the page have these fields, so each label holds its own: ids would be there more than once. */
function labelFields({ labels, languages }: AnnouncementsProps, filled: Filled, w: Words): Html {
  const words = w.announcements
  const chosen = (name: string) => String(filled.values[name] ?? '')
  const choice = (name: 'label' | 'language', label: string, choices: readonly (readonly [string, string])[]) =>
    html`<div class="field"><label>${label} <select name="${name}">${choices.map(([value, word]) => html`<option value="${value}"${value === chosen(name) ? html` selected` : null}>${word}</option>`)}</select></label>${errorOf(name, filled.errors[name])}</div>`
  return html`<div class="row">${choice(
    'label',
    words.label,
    labels.map(value => [value, labelWord(value, w)] as const),
  )}${choice(
    'language',
    words.language,
    languages.map(value => [value, words.languages[value]] as const),
  )}</div><div class="field"><label>${words.words} <input name="words" maxlength="400" value="${chosen('words')}"></label><p class="help">${words.wordsHelp}</p>${errorOf('words', filled.errors.words)}</div>`
}

function triedWords({ tried }: AnnouncementsProps, w: Words): Html | null {
  const words = w.announcements
  if (tried === 'none') return null
  if (tried === 'unknown') return notice('amber', words.unknown)
  const { label, confidence, afterMs } = tried
  const what = label === null ? words.unlabelled : labelWord(label, w)
  return notice('green', words.known(what, `${Math.round(confidence * 100)} %`, (afterMs / 1000).toFixed(1)))
}

function labelWord(label: string, { announcements, domain }: Words): string {
  if (label === 'NONE') return announcements.noResult
  return (domain.callResult as Record<string, string>)[label] ?? label
}

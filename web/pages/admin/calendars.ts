import type { Holiday } from '../../../src/centre/policy/holidays.ts'
import { areaField, type Filled, selectField, textField } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html, type Piece } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { table } from '../../parts/table.ts'
import { instant } from '../../parts/time.ts'
import { problems } from './users.ts'

export type CalendarRow = {
  code: string
  days: Holiday[]
  /** There is one that comes with the product. */
  shipped: boolean
  /** What is in force was written here. */
  own: boolean
  savedAt: number | null
  policies: string[]
  /** Names of campaigns that keep to it now. */
  campaigns: string[]
}
export type CalendarProps = {
  frame: Frame
  calendars: CalendarRow[]
  /** The one whose days are shown. */
  open: (CalendarRow & { versions: { version: number; at: number; by: string; days: number }[] }) | null
  calendar: Filled
}

/** Days without contact: which calendars there are, who keeps to them, and the days of one. */
export function calendarSection(props: CalendarProps): Html {
  const w = textsOf(props.frame)
  const words = w.policies.calendars
  const year = new Date(props.frame.now).getUTCFullYear()
  return html`<section class="panel stack" id="calendars"><h2>${words.title}</h2><p class="help">${words.about}</p>
${table({
  caption: words.title,
  rows: props.calendars,
  empty: words.none,
  columns: [
    {
      head: words.code,
      cell: row => html`<a href="/admin/policies?calendar=${row.code}#calendars"><b class="figure">${row.code}</b></a>`,
    },
    { head: words.years, cell: row => years(row, year, props) },
    {
      head: words.state,
      cell: row =>
        html`${row.own ? words.own : words.shipped}${row.savedAt === null ? null : html`<br>${instant(row.savedAt, props.frame)}`}`,
    },
    {
      head: words.usedBy,
      cell: row =>
        html`${row.policies.length === 0 ? words.nobody : html`<span class="figure">${row.policies.join(', ')}</span>`}${row.campaigns.length === 0 ? null : html`<br><span class="muted">${words.campaigns} ${row.campaigns.join(', ')}</span>`}`,
    },
    {
      head: w.frame.list.actions,
      kind: 'action',
      cell: row => (row.own ? removal(row, null, words.removeQuestion(row.code, row.shipped), props) : null),
    },
  ],
})}${props.open === null ? null : days(props.open, props)}${form(props)}</section>`
}

/** `2026 (17)`; a year to come that is not known stops every call of those who keep to the calendar. */
function years({ days }: CalendarRow, now: number, { frame }: CalendarProps): Piece {
  const words = textsOf(frame).policies.calendars
  const counts = new Map<string, number>()
  for (const { date } of days) counts.set(date.slice(0, 4), (counts.get(date.slice(0, 4)) ?? 0) + 1)
  const known = [...counts].map(([year, count]) => `${year} (${count})`).join(', ')
  const missing = [now, now + 1].filter(year => !counts.has(String(year)))
  return html`<span class="figure">${known}</span>${missing.length === 0 ? null : html`<br><span class="chip ${missing.includes(now) ? 'red' : 'amber'}">${icon('triangle-alert')}${words.missing(missing.join(', '))}</span>`}`
}

function days(open: NonNullable<CalendarProps['open']>, props: CalendarProps): Html {
  const w = textsOf(props.frame)
  const words = w.policies.calendars
  const weekday = (date: string) => words.weekdays[new Date(`${date}T00:00:00Z`).getUTCDay()]
  return html`<h3>${words.daysOf(open.code, open.days.length)}</h3>
${table({
  caption: words.daysOf(open.code, open.days.length),
  rows: open.days,
  empty: words.none,
  columns: [
    {
      head: words.date,
      cell: day => html`<span class="figure">${day.date}</span> <span class="muted">${weekday(day.date)}</span>`,
    },
    { head: words.name, cell: day => day.name || '—' },
    {
      head: w.frame.list.actions,
      kind: 'action',
      cell: day => removal(open, day.date, words.removeDay(day.date), props),
    },
  ],
})}
${open.versions.length === 0 ? null : html`<h3>${words.versions}</h3><dl class="facts">${open.versions.map(({ version, at, by, days: count }) => html`<dt class="figure">${version}</dt><dd>${instant(at, props.frame)} · ${by} · ${count === 0 ? words.removed : words.count(count)}</dd>`)}</dl>`}`
}

function removal({ code }: CalendarRow, date: string | null, asks: string, { frame }: CalendarProps): Html {
  const w = textsOf(frame)
  return html`<form method="post" action="/admin/policies/calendars/${code}/removal" data-asks="${asks}">${date === null ? null : html`<input type="hidden" name="date" value="${date}">`}<button class="button small danger" aria-label="${w.frame.form.remove} ${date ?? code}">${icon('trash-2')}${w.frame.form.remove}</button></form>`
}

function form({ frame, calendar }: CalendarProps): Html {
  const w = textsOf(frame)
  const words = w.policies.calendars
  const how = [
    { value: 'add', word: words.add },
    { value: 'replace', word: words.replace },
  ]
  return html`<h3>${words.write}</h3>${problems(calendar, w)}<form class="form" method="post" action="/admin/policies/calendars" enctype="multipart/form-data">
${textField({ name: 'code', label: words.code, help: words.codeHelp, required: true, figure: true, maxlength: 2 }, calendar)}
${areaField({ name: 'dates', label: words.dates, help: words.datesHelp, rows: 4, figure: true }, calendar)}
${textField({ name: 'file', label: words.file, help: words.fileHelp, type: 'file' }, calendar)}
${selectField({ name: 'how', label: words.how, choices: how }, calendar)}
<div class="buttons"><button class="button primary">${w.frame.form.save}</button></div></form>`
}

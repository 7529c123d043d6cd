/** The part of the leads page about lists: each with its priority, weight and pause; and how many leads each filter takes away now. */
import type { LeadState } from '../../../src/centre/entities.ts'
import { type Filled, notice, selectField, textField } from '../../parts/form.ts'
import type { Frame } from '../../parts/frame.ts'
import { textsOf } from '../../parts/frame.ts'
import { type Html, html, type Piece } from '../../parts/html.ts'
import { thousands } from '../../parts/numbers.ts'
import { table } from '../../parts/table.ts'
import { instant } from '../../parts/time.ts'
import type { Words } from '../../words/words.ts'

export type ListRow = {
  id: string
  name: string
  priority: number
  weight: number
  paused: boolean
  leads: number
  counts: Record<LeadState, number>
}

export type FilterProps = {
  notDue: { leads: number; more: boolean; nextAt: number | null }
  callbacks: { leads: number; nextAt: number | null }
  pausedLists: number
  overQuota: number
  closed: number
  inHand: number
  doNotCall: number
  exhausted: { reason: string; leads: number }[]
}

export type ListsProps = {
  lists: ListRow[]
  filters: FilterProps
  recycled: number | null
  /** What was typed for one of them, and why it was not taken. */
  refused: { list: string; typed: Filled['values']; errors: Filled['errors'] } | null
}

export function listsPart(frame: Frame, path: string, props: ListsProps): Html {
  const w = textsOf(frame)
  const words = w.lists
  return html`<section class="panel"><h2>${words.title}</h2><p class="about">${words.about}</p>
${props.recycled === null ? null : html`<p class="notice green" role="status"><span>${words.recycled(props.recycled)}</span></p>`}
${props.refused === null ? null : refusal(props, props.refused, w)}
${table({
  caption: words.title,
  rows: props.lists,
  empty: words.none,
  columns: [
    { head: words.name, cell: list => list.name || html`<span class="figure">${list.id}</span>` },
    { head: words.leads, kind: 'figure', cell: list => thousands(list.leads) },
    { head: words.ready, kind: 'figure', cell: list => thousands(list.counts.ready) },
    { head: words.over, kind: 'figure', cell: list => thousands(list.counts.exhausted + list.counts.done) },
    { head: w.admin.campaigns.settings, cell: list => settings(`${path}/lists/${list.id}`, typedFor(list, props), w) },
    { head: words.recycle, cell: list => recycle(`${path}/lists/${list.id}/recycle`, list, props.filters, w) },
  ],
})}</section>
<section class="panel"><h2>${words.why}</h2>${filtersTable(frame, props.filters, w)}</section>`
}

/** Which list, which of its fields, what is allowed and what was found. */
function refusal({ lists }: ListsProps, { list, errors }: NonNullable<ListsProps['refused']>, w: Words): Html {
  const labels: Record<string, string> = {
    priority: w.lists.priority,
    weight: w.lists.weight,
    reasons: w.lists.recycle,
  }
  const each = Object.entries(errors).map(([field, error]) => [labels[field], error].filter(Boolean).join(': '))
  const name = lists.find(({ id }) => id === list)?.name || list
  return notice('red', html`<b>${name}</b> ${each.join(' ')}`)
}

/** What is kept of a list; after a refusal what was typed. */
function typedFor(list: ListRow, { refused }: ListsProps): { priority: string; weight: string; paused: boolean } {
  const { typed } = refused?.list === list.id ? refused : { typed: {} as Filled['values'] }
  if (typed.priority === undefined)
    return { priority: String(list.priority), weight: String(list.weight), paused: list.paused }
  return { priority: String(typed.priority), weight: String(typed.weight ?? ''), paused: typed.paused === 'true' }
}

function settings(action: string, typed: ReturnType<typeof typedFor>, w: Words): Html {
  const words = w.lists
  const figure = (name: 'priority' | 'weight', min: number, max: number) =>
    html`<label title="${words[name]}">${words.short[name]} <input type="number" name="${name}" min="${min}" max="${max}" value="${typed[name]}" class="figure"></label>`
  return html`<form class="inline" method="post" action="${action}">${figure('priority', 0, 9)}${figure('weight', 1, 100)}
<label class="check"><input type="checkbox" name="paused" value="true"${typed.paused ? html` checked` : null}><span>${words.paused}</span></label>
<button class="button small">${words.save}</button></form>`
}

function recycle(action: string, list: ListRow, { exhausted }: FilterProps, w: Words): Piece {
  if (list.counts.exhausted === 0 || exhausted.length === 0) return null
  const words = w.lists
  return html`<form class="inline" method="post" action="${action}"><select name="reasons" aria-label="${words.recycleReason}">${exhausted.map(
    ({ reason }) => html`<option value="${reason}">${reasonWord(reason, w)}</option>`,
  )}</select><button class="button small" data-asks="${words.recycleQuestion(list.name || list.id)}">${words.recycle}</button></form>`
}

export function filtersTable(frame: Frame, given: FilterProps, w: Words): Html {
  const words = w.lists.filters
  const first = (at: number | null) =>
    at === null ? null : html` <span class="muted">${w.lists.next('')}${instant(at, frame)}</span>`
  const rows: { word: string; figure: string; more: Piece }[] = [
    {
      word: words.notDue,
      figure: `${thousands(given.notDue.leads)}${given.notDue.more ? '+' : ''}`,
      more: first(given.notDue.nextAt),
    },
    { word: words.callbacks, figure: thousands(given.callbacks.leads), more: first(given.callbacks.nextAt) },
    { word: words.closed, figure: thousands(given.closed), more: null },
    { word: words.pausedLists, figure: thousands(given.pausedLists), more: null },
    { word: words.overQuota, figure: thousands(given.overQuota), more: null },
    { word: words.inHand, figure: thousands(given.inHand), more: null },
    { word: words.doNotCall, figure: thousands(given.doNotCall), more: null },
    ...given.exhausted.map(({ reason, leads }) => ({
      word: `${words.exhausted}: ${reasonWord(reason, w)}`,
      figure: thousands(leads),
      more: null,
    })),
  ]
  return table({
    caption: w.lists.why,
    rows,
    empty: '',
    columns: [
      { head: w.lists.reason, cell: row => html`${row.word}${row.more}` },
      { head: w.lists.leads, kind: 'figure', cell: row => row.figure },
    ],
  })
}

function reasonWord(reason: string, w: Words): string {
  return (w.domain.callResult as Record<string, string>)[reason] ?? w.domain.rules[reason] ?? reason
}

/** How the file just being sent is read. */
export function importFields({ lists: words }: Words, filled: Filled): Html {
  const of = (given: Record<string, string>) => Object.entries(given).map(([value, word]) => ({ value, word }))
  return html`${textField({ name: 'list', label: words.name, help: words.nameHelp, maxlength: 200 }, filled)}
${textField({ name: 'priority', label: words.priority, type: 'number', min: 0, max: 9 }, withDefault(filled, 'priority', '5'))}
${textField({ name: 'weight', label: words.weight, type: 'number', min: 1, max: 100 }, withDefault(filled, 'weight', '1'))}
${selectField({ name: 'duplicates', label: words.duplicates, choices: of(words.duplicateWays) }, filled)}
${selectField({ name: 'duplicatesIn', label: words.duplicatesIn, choices: of(words.duplicatePlaces) }, filled)}
${textField({ name: 'segmentField', label: words.segmentField, help: words.segmentFieldHelp, maxlength: 64 }, filled)}
${textField({ name: 'priorityField', label: words.priorityField, help: words.priorityFieldHelp, maxlength: 64 }, filled)}`
}

function withDefault(filled: Filled, name: string, value: string): Filled {
  return name in filled.values ? filled : { ...filled, values: { ...filled.values, [name]: value } }
}

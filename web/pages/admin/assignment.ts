import type { UnplacedReason } from '../../../src/lender/assignment.ts'
import { currencyDefault } from '../../../src/lender/money.ts'
import { changesOf } from '../../parts/changes.ts'
import {
  areaField,
  type Choice,
  checkField,
  checksField,
  type Filled,
  notice,
  selectField,
  textField,
} from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html, type Piece } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { layout } from '../../parts/layout.ts'
import { money } from '../../parts/money.ts'
import { heading, table } from '../../parts/table.ts'
import { instant } from '../../parts/time.ts'
import type { Words } from '../../words/words.ts'
import { problems } from './users.ts'

const path = '/admin/assignment'

/** `when` and `groups` in words that are ready. */
export type RuleRow = { name: string; when: string[]; share: 'load' | 'percent'; keepLast: boolean; groups: string[] }
export type DayRow = { day: string; opened: number; judged: number; settled: number; assigned: number; doneAt: number }
export type GroupRow = { rule: string; group: string; cases: number; cured: number; owed: number; repaid: number }

export type AssignmentProps = {
  frame: Frame
  rules: RuleRow[]
  /** Bounds and seed; and the daily work. */
  bounds: Filled
  daily: Filled
  days: DayRow[]
  groups: GroupRow[]
  saved: boolean
}

export function assignmentPage(props: AssignmentProps): Html {
  const w = textsOf(props.frame)
  const words = w.collections.assignment
  const add = html`<a class="button primary" href="${path}/rules/new">${icon('plus')}${words.add}</a>`
  return layout(props.frame, {
    title: words.title,
    main: html`${heading({
      title: words.title,
      about: words.about,
      actions: html`<a class="button" href="${path}/plan">${words.plan}</a> ${add}`,
    })}
${props.saved ? notice('green', w.frame.form.saved) : null}${problems(props.bounds, w)}${problems(props.daily, w)}
<div class="stack"><section><h2>${words.rules}</h2>${rulesTable(props, w, add)}</section>
<section><h2>${words.results}</h2>${groupsTable(props.groups, w)}</section>
<div class="wide-narrow"><section><h2>${words.days}</h2>${daysTable(props, w)}</section>
<div class="stack"><form class="form panel" method="post" action="${path}/daily"><h2>${words.daily}</h2><p class="help">${words.dailyHelp}</p>
${checkField({ name: 'openCases', label: words.openCases }, props.daily)}
${textField({ name: 'fromDays', label: words.fromDays, type: 'number', min: 1, max: 3650, required: true }, props.daily)}
${textField({ name: 'owedFrom', label: words.dailyOwedFrom, figure: true, required: true, maxlength: 12 }, props.daily)}
${checkField({ name: 'assign', label: words.assignDaily }, props.daily)}
<div class="buttons"><button class="button primary">${w.frame.form.save}</button></div></form>
<form class="form panel" method="post" action="${path}/bounds"><h2>${words.bounds}</h2>
${textField({ name: 'capacity', label: words.capacity, help: words.capacityHelp, type: 'number', min: 0 }, props.bounds)}
${areaField({ name: 'capacities', label: words.capacities, help: words.capacitiesHelp, figure: true }, props.bounds)}
${textField({ name: 'seed', label: words.seed, help: words.seedHelp, required: true, maxlength: 64 }, props.bounds)}
<div class="buttons"><button class="button primary">${w.frame.form.save}</button></div></form></div></div></div>${changesOf(props.frame, { of: 'setting:lender.assignment' })}`,
  })
}

function rulesTable(props: AssignmentProps, w: Words, add: Html): Html {
  const words = w.collections.assignment
  return table({
    caption: words.rules,
    rows: props.rules.map((rule, at) => ({ ...rule, at })),
    empty: html`<p>${words.none}</p>${add}`,
    columns: [
      { head: '#', kind: 'figure', cell: rule => rule.at + 1 },
      { head: words.name, cell: rule => html`<a href="${path}/rules/${rule.at}"><b>${rule.name}</b></a>` },
      {
        head: words.when,
        cell: rule =>
          (rule.when.length === 0 ? words.anyCase : rule.when.map(each => html`<div>${each}</div>`)) as Html,
      },
      {
        head: words.share,
        cell: rule =>
          html`${words.shares[rule.share]}${rule.keepLast ? html`<div class="small muted">${words.keepLast}</div>` : null}`,
      },
      { head: words.groups, cell: rule => html`${rule.groups.map(each => html`<div>${each}</div>`)}` },
      {
        head: w.frame.list.actions,
        kind: 'action',
        cell: rule =>
          html`${rule.at === 0 ? null : html`<form method="post" action="${path}/rules/${rule.at}/rise"><button class="button small" aria-label="${words.up}: ${rule.name}">${words.up}</button></form>`} <form method="post" action="${path}/rules/${rule.at}/removal"><button class="button small danger" data-asks="${words.removeQuestion(rule.name)}">${icon('trash-2')}${w.frame.form.remove}</button></form>`,
      },
    ],
  })
}

function groupsTable(rows: GroupRow[], w: Words): Html {
  const words = w.collections.assignment
  return table({
    caption: words.results,
    rows,
    empty: words.noResults,
    columns: [
      { head: words.rules, cell: row => row.rule },
      { head: words.groups, cell: row => row.group },
      { head: words.cases, kind: 'figure', cell: row => row.cases },
      {
        head: words.cured,
        kind: 'figure',
        cell: row => `${row.cured} · ${row.cases === 0 ? '—' : ((row.cured * 100) / row.cases).toFixed(1)} %`,
      },
      { head: words.owed, kind: 'figure', cell: row => money(row.owed, currencyDefault) },
      { head: words.repaid, kind: 'figure', cell: row => money(row.repaid, currencyDefault) },
    ],
  })
}

function daysTable(props: AssignmentProps, w: Words): Html {
  const words = w.collections.assignment
  return table({
    caption: words.days,
    rows: props.days,
    empty: words.noDays,
    columns: [
      { head: words.day, cell: row => html`<span class="figure">${row.day}</span>` },
      { head: words.opened, kind: 'figure', cell: row => row.opened },
      { head: words.judged, kind: 'figure', cell: row => row.judged },
      { head: words.settled, kind: 'figure', cell: row => row.settled },
      { head: words.assigned, kind: 'figure', cell: row => row.assigned },
      { head: w.collections.cases.changed, cell: row => instant(row.doneAt, props.frame) },
    ],
  })
}

/** `at` null: a new one. */
export type RuleFormProps = { frame: Frame; at: number | null; name: string; buckets: Choice[]; filled: Filled }

export function ruleFormPage(props: RuleFormProps): Html {
  const w = textsOf(props.frame)
  const words = w.collections.assignment
  const { filled, at } = props
  const title = at === null ? words.add : words.edit(props.name)
  return layout(props.frame, {
    title,
    main: html`${heading({ title })}${problems(filled, w)}
<form class="form panel" method="post" action="${path}/rules${at === null ? '' : `/${at}`}">
${textField({ name: 'name', label: words.name, required: true, maxlength: 40 }, filled)}
${checksField({ name: 'buckets', label: words.buckets, choices: props.buckets, empty: words.anyCase }, filled)}
${textField({ name: 'products', label: words.products, help: words.productsHelp, maxlength: 2000 }, filled)}
${textField({ name: 'owedFrom', label: words.owedFrom, figure: true, maxlength: 12 }, filled)}
${textField({ name: 'owedBelow', label: words.owedBelow, figure: true, maxlength: 12 }, filled)}
${textField({ name: 'skill', label: words.skill, maxlength: 64 }, filled)}
${checkField({ name: 'keepLast', label: words.keepLast }, filled)}
${selectField({ name: 'share', label: words.share, choices: (['load', 'percent'] as const).map(value => ({ value, word: words.shares[value] })) }, filled)}
${areaField({ name: 'groups', label: words.groups, help: words.groupsHelp, rows: 4, required: true }, filled)}
<div class="buttons"><button class="button primary">${w.frame.form.save}</button><a class="button" href="${path}">${w.frame.form.cancel}</a></div></form>`,
  })
}

export type PlanProps = {
  frame: Frame
  scope: 'unassigned' | 'all'
  fingerprint: string
  totals: { agent: string; before: number; gets: number; after: number; owed: number }[]
  /** Of all that would be dealt; `rows` are the first of them. */
  placed: number
  rows: { case: string; party: string; agent: string; rule: string; group: string; why: 'kept' | 'load' | 'percent' }[]
  unplaced: Partial<Record<UnplacedReason, number>>
  more: boolean
  said: { tone: 'green' | 'red'; words: string } | null
}

export function planPage(props: PlanProps): Html {
  const w = textsOf(props.frame)
  const words = w.collections.assignment
  const scopes = (['unassigned', 'all'] as const).map(
    scope =>
      html`<a class="button small" href="${path}/plan?scope=${scope}"${scope === props.scope ? html` aria-current="true"` : null}>${words.scopes[scope]}</a> `,
  )
  const apply: Piece =
    props.placed === 0
      ? null
      : html`<form method="post" action="${path}/runs"><input type="hidden" name="scope" value="${props.scope}"><input type="hidden" name="plan" value="${props.fingerprint}"><button class="button primary" data-asks="${words.applyQuestion(props.placed)}">${words.apply(props.placed)}</button></form>`
  const unplaced = Object.entries(props.unplaced) as [UnplacedReason, number][]
  return layout(props.frame, {
    title: words.plan,
    main: html`${heading({ title: words.plan, about: words.planAbout, actions: html`<a class="button" href="${path}">${icon('chevron-left')}${words.title}</a> ${apply}` })}
${props.said ? notice(props.said.tone, props.said.words) : null}${props.more ? notice('amber', words.more) : null}
<nav class="toolbar filters" aria-label="${words.plan}">${scopes}</nav>
${unplaced.map(([why, count]) => notice('amber', `${words.unplaced}: ${count} · ${words.unplacedWhy[why]}`))}
<div class="stack">${table({
      caption: words.collector,
      rows: props.totals,
      empty: words.nothing,
      columns: [
        { head: words.collector, cell: row => html`<b>${row.agent}</b>` },
        { head: words.before, kind: 'figure', cell: row => row.before },
        { head: words.gets, kind: 'figure', cell: row => row.gets },
        { head: words.afterwards, kind: 'figure', cell: row => row.after },
        { head: words.owed, kind: 'figure', cell: row => money(row.owed, currencyDefault) },
      ],
    })}
<section><h2>${words.placed}</h2>${props.placed > props.rows.length ? html`<p class="muted">${words.shown(props.rows.length, props.placed)}</p>` : null}${table(
      {
        caption: words.placed,
        rows: props.rows,
        empty: words.nothing,
        columns: [
          {
            head: w.collections.cases.party,
            cell: row => html`<a class="figure" href="/supervisor/cases/${row.case}">${row.party}</a>`,
          },
          { head: words.collector, cell: row => row.agent },
          { head: words.rules, cell: row => `${row.rule} · ${row.group}` },
          { head: words.why, cell: row => words.whys[row.why] },
        ],
      },
    )}</section></div>`,
  })
}

import { relations } from '../../../src/centre/entities.ts'
import type { Asked } from '../../../src/centre/gate/compliance.ts'
import { type Choice, type Filled, notice, selectField, textField } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html, type Piece } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { layout } from '../../parts/layout.ts'
import { heading, table } from '../../parts/table.ts'
import { instant } from '../../parts/time.ts'
import { type CalendarProps, calendarSection } from './calendars.ts'
import { type PolicyFormProps, policyForm } from './policy-form.ts'
import { problems } from './users.ts'

export type PolicyRow = {
  id: string
  version: string
  source: string
  confidence: string
  /** `08:00–22:00`, as the gate says it. */
  hours: string
  limits: string[]
  holidays: string | null
  consent: boolean
  note: string | null
  /** 0 Sunday to 6; null: all. */
  weekdays: readonly number[] | null
  /** Contact at any hour that the party agreed on. */
  agreed: boolean
  abandon: { max: number; days: number } | null
  /** Of the centre's own: to edit; the others are copied. */
  own: boolean
}
export type Attempt = {
  at: number
  /** null: nothing was dialled. */
  call: string | null
  policy: string | null
  version: string | null
  refusedRule: string | null
  refusedBy: string | null
  words: string | null
  override: string | null
}
export type Verdict = {
  allowed: boolean
  words: string
  retryAt: number | null
  asked: Asked[]
  /** What the gate said of this number before. */
  attempts: Attempt[]
}
export type PoliciesProps = {
  frame: Frame
  rows: PolicyRow[]
  stacks: { name: string; of: readonly string[] }[]
  campaigns: Choice[]
  bench: Filled
  verdict: Verdict | null
  own: Filled
  versions: PolicyFormProps['versions']
  calendars: CalendarProps['calendars']
  open: CalendarProps['open']
  calendar: Filled
  saved: boolean
}

export function policiesPage(props: PoliciesProps): Html {
  const w = textsOf(props.frame)
  const words = w.policies
  return layout(props.frame, {
    title: words.title,
    main: html`${heading({ title: words.title, count: String(props.rows.length), about: words.about })}
${props.saved ? notice('green', w.frame.form.saved) : null}
<div class="stack"><div class="wide-narrow"><div class="stack">${bench(props)}
${calendarSection(props)}</div>
${policyForm({ ...props, codes: props.calendars.map(({ code }) => code) })}</div>
${table({
  caption: words.title,
  rows: props.rows,
  empty: w.frame.list.none,
  columns: [
    { head: words.policy, cell: row => html`<b>${row.id}</b><br><span class="muted figure">${row.version}</span>` },
    { head: words.hours, cell: row => html`<span class="figure">${row.hours}</span>${extras(row, props)}` },
    {
      head: words.limits,
      cell: row => html`${row.limits.map(capOf)}`,
    },
    {
      head: words.source,
      cell: row => html`${row.source}${row.note ? html`<br><span class="muted">${row.note}</span>` : null}`,
    },
    { head: words.confidence, cell: row => confidenceOf(row, props) },
    {
      head: w.frame.list.actions,
      kind: 'action',
      cell: row =>
        html`<a class="button small" href="/admin/policies?policy=${row.id}#own">${icon('pencil')}${row.own ? w.frame.form.edit : words.copy}</a>`,
    },
  ],
})}
${props.stacks.map(({ name, of }) => html`<p><b>${words.stacks}: ${name}</b> = <span class="figure">${of.join(' + ')}</span></p>`)}</div>`,
  })
}

/** Maximum, unit, key, window and effect on one line; what goes beyond them on another. */
function capOf(line: string): Html {
  const words = line.split(' ')
  const more = words.slice(5)
  return html`<span class="figure">${words.slice(0, 5).join(' ')}</span><br>${more.length === 0 ? null : html`<span class="muted small">${more.join(' ')}</span><br>`}`
}

/** `S/O` → both in words. */
function confidenceOf({ confidence }: PolicyRow, { frame }: PoliciesProps): string {
  const words = textsOf(frame).policies.confidences
  return confidence
    .split('/')
    .map(letter => words[letter] ?? letter)
    .join(' / ')
}

function extras(row: PolicyRow, { frame }: PoliciesProps): Piece {
  const words = textsOf(frame).policies
  const { weekdays, abandon } = row
  const lines = [
    weekdays === null ? '' : weekdays.map(day => words.calendars.weekdays[day]).join(' '),
    row.agreed ? words.orAgreed : '',
    row.holidays ? `${words.holidays} ${row.holidays}` : '',
    row.consent ? words.consent : '',
    abandon === null ? '' : words.abandon(+(abandon.max * 100).toFixed(2), abandon.days),
  ]
  return html`${lines.filter(line => line !== '').map(line => html`<br>${line}`)}`
}

function bench(props: PoliciesProps): Html {
  const w = textsOf(props.frame)
  const words = w.policies
  const anyone = [
    { value: '', word: words.unknown },
    ...relations.map(value => ({ value, word: w.domain.relation[value] })),
  ]
  const campaigns = [{ value: '', word: words.noCampaign }, ...props.campaigns]
  return html`<section class="panel stack"><h2>${words.bench}</h2>${problems(props.bench, w)}<form class="form" method="post" action="/admin/policies/verdict">
${textField({ name: 'number', label: words.number, type: 'tel', required: true, figure: true, maxlength: 24 }, props.bench)}
${selectField({ name: 'campaign', label: words.campaign, choices: campaigns }, props.bench)}
${selectField({ name: 'relation', label: words.relation, choices: anyone }, props.bench)}
${textField({ name: 'party', label: words.party, help: words.partyHelp, maxlength: 64 }, props.bench)}
${textField({ name: 'at', label: words.at, type: 'datetime-local', help: words.atHelp }, props.bench)}
<div class="buttons"><button class="button primary">${words.ask}</button></div></form>
${props.verdict === null ? null : verdict(props, props.verdict)}</section>`
}

function verdict({ frame }: PoliciesProps, given: Verdict): Html {
  const w = textsOf(frame)
  const words = w.policies
  const rule = (asked: Asked) => w.domain.rules[asked.rule] ?? asked.rule
  const tone = { yes: 'green', no: 'red', overridden: 'amber' } as const
  const [before = '', after = ''] = words.retryAt('|').split('|')
  return html`${notice(given.allowed ? 'green' : 'red', html`<b>${given.allowed ? words.yes : words.no}</b> ${given.words}${given.retryAt === null ? null : html` ${before}${instant(given.retryAt, frame)}${after}`}`)}
${table({
  caption: words.bench,
  rows: given.asked,
  empty: w.frame.list.none,
  columns: [
    {
      head: words.rule,
      cell: row => html`<span class="figure">${row.rule}</span>${row.answer === 'yes' ? null : html`<br>${rule(row)}`}`,
    },
    { head: words.policy, cell: row => row.policy },
    {
      head: words.answer,
      cell: row => html`<span class="chip ${tone[row.answer]}">${words.answers[row.answer]}</span>`,
    },
    { head: words.count, kind: 'figure', cell: row => (row.max === undefined ? null : `${row.used} / ${row.max}`) },
  ],
})}
<h3>${words.lately}</h3>${lately(given.attempts, frame)}`
}

/** Allowed or refused, each with the policies and versions it was judged by. */
function lately(attempts: Attempt[], frame: Frame): Html {
  const w = textsOf(frame)
  const words = w.policies
  const versions = ({ policy, version }: Attempt) => {
    const each = version?.split('+') ?? []
    return (policy ?? '').split('+').map((id, at) => html`${at > 0 ? html`<br>` : null}${id} ${each[at]}`)
  }
  const answer = ({ call, override }: Attempt) =>
    call === null
      ? (['red', words.answers.no] as const)
      : override
        ? (['amber', words.answers.overridden] as const)
        : (['green', words.answers.yes] as const)
  return table({
    caption: words.lately,
    rows: attempts,
    empty: words.never,
    columns: [
      { head: words.at, cell: row => instant(row.at, frame) },
      {
        head: words.answer,
        cell: row => {
          const [tone, word] = answer(row)
          const why = row.refusedRule === null ? row.override : (w.domain.rules[row.refusedRule] ?? row.words)
          return html`<span class="chip ${tone}">${word}</span>${why ? html`<br>${why}` : null}${row.refusedBy ? html` <span class="figure">${row.refusedBy}</span>` : null}`
        },
      },
      { head: words.judgedBy, cell: row => html`<span class="figure">${versions(row)}</span>` },
    ],
  })
}

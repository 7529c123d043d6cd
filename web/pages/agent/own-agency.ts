/** For who leads an agency: its quota, its people and their day, and the placed cases, which are dealt out among them. No number stands here. */
import type { AgentPhase } from '../../../src/centre/facts.ts'
import { currencyDefault } from '../../../src/lender/money.ts'
import { notice } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html } from '../../parts/html.ts'
import { layout } from '../../parts/layout.ts'
import { money } from '../../parts/money.ts'
import { heading, table } from '../../parts/table.ts'
import { duration } from '../../parts/time.ts'
import type { Words } from '../../words/words.ts'

export type OwnAgencyProps = {
  frame: Frame
  agency: {
    name: string
    until: string
    placed: number
    caseQuota: number
    lines: number
    linesNow: number
    seats: number
  }
  people: {
    id: string
    name: string
    phase: AgentPhase
    cases: number
    calls: number
    connected: number
    talkMs: number
  }[]
  /** `agent` null: nobody who may sign in has it. */
  cases: {
    id: string
    party: string
    name: string
    agent: string | null
    owed: number
    product: string | null
    days: number
    bucket: string
  }[]
  /** Cases that nobody who may sign in has. */
  nobodys: number
  /** Whose cases are shown: a person's id, `-` nobody's, empty all. */
  of: string
  said: { tone: 'green' | 'red'; words: string } | null
}

const path = '/agent/agency'

export function ownAgencyPage(props: OwnAgencyProps): Html {
  const w = textsOf(props.frame)
  const words = w.placement
  const { agency } = props
  return layout(props.frame, {
    title: agency.name,
    main: html`${heading({ title: agency.name, count: words.staying(agency.placed), about: words.leadAbout })}
${props.said ? notice(props.said.tone, props.said.words) : null}${props.nobodys === 0 ? null : notice('amber', words.nobodys(props.nobodys))}
<div class="wide-narrow"><div class="stack">${filters(props, w)}${caseTable(props, w)}
${props.people.length === 0 ? null : dealing(props, w)}</div>
<div class="stack"><section class="panel"><h2>${words.contract}</h2><dl class="facts">
${line(words.until, agency.until)}${line(words.placed, words.seatsTaken(agency.placed, agency.caseQuota))}
${line(words.lines, words.seatsTaken(agency.linesNow, agency.lines))}${line(words.seats, words.seatsTaken(props.people.length, agency.seats))}</dl></section>
<section class="panel"><h2>${words.people}</h2>${peopleTable(props, w)}</section></div></div>`,
  })
}

function line(name: string, value: string): Html {
  return html`<div><dt>${name}</dt><dd class="figure">${value}</dd></div>`
}

function filters({ of, people }: OwnAgencyProps, w: Words): Html {
  const words = w.placement
  const all = [['', w.frame.list.all], ...people.map(({ id, name }) => [id, name]), ['-', words.nobody]] as const
  return html`<nav class="toolbar filters" aria-label="${words.agent}">${all.map(
    ([value, word]) =>
      html`<a class="button small" href="${path}${value === '' ? '' : `?of=${encodeURIComponent(value!)}`}"${value === of ? html` aria-current="true"` : null}>${word}</a> `,
  )}</nav>`
}

function caseTable({ cases }: OwnAgencyProps, w: Words): Html {
  const words = w.placement
  const lists = w.collections.cases
  return table({
    caption: words.cases,
    rows: cases,
    empty: words.noPlaced,
    columns: [
      {
        head: words.choose,
        kind: 'action',
        cell: row =>
          html`<input type="checkbox" name="ids" value="${row.id}" form="deal" aria-label="${words.choose} ${row.name}">`,
      },
      {
        head: words.party,
        cell: row =>
          html`<span class="two"><b>${row.name}</b><span class="small muted figure">${row.party}</span></span>`,
      },
      { head: words.agent, cell: row => row.agent ?? html`<span class="muted">${words.nobody}</span>` },
      { head: lists.bucket, cell: row => row.bucket },
      { head: lists.days, kind: 'figure', cell: row => row.days },
      { head: words.owedNow, kind: 'figure', cell: row => money(row.owed, currencyDefault) },
      { head: lists.product, cell: row => row.product ?? '—' },
    ],
  })
}

function dealing({ people }: OwnAgencyProps, w: Words): Html {
  const words = w.placement
  return html`<form class="toolbar panel" id="deal" method="post" action="${path}/cases"><div class="field"><label for="f-to">${words.dealTo}</label><select id="f-to" name="to">${people.map(({ id, name, cases }) => html`<option value="${id}">${name} (${cases})</option>`)}</select></div>
<button class="button primary">${words.deal}</button></form>`
}

function peopleTable({ people }: OwnAgencyProps, w: Words): Html {
  const words = w.placement
  return table({
    caption: words.people,
    rows: people,
    empty: words.peopleNone,
    columns: [
      {
        head: words.person,
        cell: row =>
          html`<span class="two"><b>${row.name}</b><span class="small muted">${w.domain.agentPhase[row.phase]}</span></span>`,
      },
      { head: words.cases, kind: 'figure', cell: row => row.cases },
      { head: words.callsToday, kind: 'figure', cell: row => words.seatsTaken(row.connected, row.calls) },
      { head: words.talkToday, kind: 'figure', cell: row => duration(row.talkMs) },
    ],
  })
}

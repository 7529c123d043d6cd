/** One batch: what became of its cases, what came in and what the agency is owed, recall, and files for the agency. */
import type { BatchState, PlacementState, UnlistedWhy } from '../../../src/lender/placement.ts'
import { notice } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html, type Piece } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { layout } from '../../parts/layout.ts'
import { money } from '../../parts/money.ts'
import { chip, type Tone } from '../../parts/state.ts'
import { heading, pager, table } from '../../parts/table.ts'
import { instant } from '../../parts/time.ts'
import type { Words } from '../../words/words.ts'
import { agenciesPath } from './agencies.ts'
import { batchChip } from './agency.ts'

export type PlacementView = {
  case: string
  party: string
  name: string | null
  state: PlacementState
  agent: string | null
  owed: number
  owedNow: number
  currency: string
  why: string | null
  endedAt: number | null
}
export type BatchProps = {
  frame: Frame
  batch: {
    id: string
    name: string
    agency: { id: string; name: string }
    state: BatchState
    until: string
    openedBy: string
    openedAt: number
    commissionPermille: number
    campaign: string | null
    /** Cases of the plan that never were listed; null: all were. */
    unlisted: { cases: number; why: UnlistedWhy } | null
    /** That are still to be listed. */
    unlistedYet: number
  }
  counts: Record<'waiting' | 'placed' | 'ended' | 'refused', number>
  sums: { currency: string; owed: number; recovered: number; repayments: number; commission: number }[]
  rows: PlacementView[]
  state: PlacementState | null
  next: string | null
  exports: { format: string; rows: number; sha256: string; by: string; reason: string; at: number }[]
  mayPlace: boolean
  mayExport: boolean
  said: { tone: 'green' | 'red'; words: string } | null
}

export function batchPage(props: BatchProps): Html {
  const w = textsOf(props.frame)
  const words = w.placement
  const { batch, counts } = props
  const path = `/supervisor/batches/${batch.id}`
  return layout(props.frame, {
    title: batch.name,
    main: html`${heading({
      title: batch.name,
      count: words.staying(counts.placed + counts.ended),
      actions: html`<a class="button" href="${agenciesPath}/${batch.agency.id}">${icon('chevron-left')}${batch.agency.name}</a>`,
    })}
${props.said ? notice(props.said.tone, props.said.words) : null}${
  batch.unlisted === null ? null : notice('amber', words.unlisted[batch.unlisted.why](batch.unlisted.cases))
}${batch.unlistedYet === 0 ? null : notice('amber', words.unlistedYet(batch.unlistedYet))}
<div class="wide-narrow"><div class="stack">${stateLinks(props, path, w)}${caseTable(props, w)}${pager(props.frame, { previous: null, next: props.next })}
${props.mayPlace && counts.placed > 0 ? recall(path, w) : null}</div>
<div class="stack"><section class="panel"><h2>${words.batches}</h2><dl class="facts">
${line(words.state, batchChip(batch.state, w))}${line(words.batchUntil, html`<span class="figure">${batch.until}</span>`)}
${line(words.placed, String(counts.placed))}${line(words.ended, String(counts.ended))}${counts.refused > 0 ? line(words.caseStates.REFUSED, String(counts.refused)) : null}
${line(words.commission, String(batch.commissionPermille))}${line(words.campaign, batch.campaign ?? words.byHand)}
${line(words.opened, instant(batch.openedAt, props.frame))}${line(words.openedBy, batch.openedBy)}</dl></section>
<section class="panel"><h2>${words.recovered}</h2><dl class="facts">${props.sums.map(
      sum => html`${line(words.owed, amount(sum.owed, sum.currency))}${line(words.recovered, amount(sum.recovered, sum.currency))}
${line(words.repayments, String(sum.repayments))}${line(words.earned, html`<b>${amount(sum.commission, sum.currency)}</b>`)}`,
    )}</dl><p class="help">${words.recoveredHelp}</p></section>
${files(props, path, w)}</div></div>`,
  })
}

function line(name: string, value: Html | string): Html {
  return html`<div><dt>${name}</dt><dd>${value}</dd></div>`
}

function amount(minor: number, currency: string): Html {
  return html`<span class="figure">${money(minor, currency)}</span>`
}

const tones: Record<PlacementState, Tone> = { WAITING: 'blue', PLACED: 'green', ENDED: 'grey', REFUSED: 'amber' }

function stateLinks(props: BatchProps, path: string, w: Words): Html {
  const words = w.placement
  const all: [string, string, PlacementState | null][] = [
    ['', w.frame.list.all, null],
    ...(['PLACED', 'ENDED', 'REFUSED', 'WAITING'] as const).map((state): [string, string, PlacementState] => [
      `?state=${state}`,
      words.caseStates[state],
      state,
    ]),
  ]
  return html`<nav class="toolbar filters" aria-label="${words.state}"><span class="muted">${words.state}</span> ${all.map(
    ([query, word, state]) =>
      html`<a class="button small" href="${path}${query}"${state === props.state ? html` aria-current="true"` : null}>${word}</a> `,
  )}</nav>`
}

function caseTable({ frame, rows, mayPlace }: BatchProps, w: Words): Html {
  const words = w.placement
  return table({
    caption: words.cases,
    rows,
    empty: w.frame.list.none,
    columns: [
      ...(mayPlace
        ? [
            {
              head: words.choose,
              kind: 'action' as const,
              cell: (row: PlacementView): Piece & (Html | null) =>
                row.state === 'PLACED'
                  ? html`<input type="checkbox" name="cases" value="${row.case}" form="recall" aria-label="${words.choose} ${row.name ?? row.party}">`
                  : null,
            },
          ]
        : []),
      {
        head: words.party,
        cell: row =>
          html`<a href="/supervisor/cases/${row.case}"><span class="two"><b>${row.name ?? '—'}</b><span class="small muted figure">${row.party}</span></span></a>`,
      },
      {
        head: words.state,
        cell: row =>
          chip(tones[row.state], row.state === 'PLACED' ? 'circle-check' : 'info', words.caseStates[row.state]),
      },
      { head: words.agent, cell: row => row.agent ?? html`<span class="muted">${words.nobody}</span>` },
      { head: words.owed, kind: 'figure', cell: row => money(row.owed, row.currency) },
      { head: words.owedNow, kind: 'figure', cell: row => money(row.owedNow, row.currency) },
      {
        head: words.ended,
        cell: row =>
          row.endedAt === null
            ? '—'
            : html`<span class="two"><span>${instant(row.endedAt, frame)}</span><span class="small muted">${whyWords(row, w)}</span></span>`,
      },
    ],
  })
}

/** A refusal, a state that it went to, a reason of ours, or what a person wrote. */
function whyWords({ state, why }: PlacementView, w: Words): string {
  const words = w.placement
  if (why === null) return ''
  if (state === 'REFUSED') return words.whys[why as keyof typeof words.whys] ?? why
  if (why.startsWith('hold: ')) {
    const reason = why.slice('hold: '.length)
    return `${words.held} · ${w.lender.holdReason[reason as keyof typeof w.lender.holdReason] ?? reason}`
  }
  return words.endings[why] ?? why
}

function recall(path: string, w: Words): Html {
  const words = w.placement
  return html`<form class="toolbar panel" id="recall" method="post" action="${path}/recall"><div class="field"><label for="f-reason">${words.recallReason}<span class="needed" aria-hidden="true">*</span></label><input id="f-reason" name="reason" required maxlength="200"></div>
<button class="button">${words.recallChosen}</button><button class="button danger" name="all" value="true">${words.recallAll}</button></form>`
}

function files(props: BatchProps, path: string, w: Words): Html {
  const words = w.placement
  const list = table({
    caption: words.exports,
    rows: props.exports,
    empty: words.exportsNone,
    columns: [
      {
        head: words.at,
        cell: row =>
          html`<span class="two"><span>${instant(row.at, props.frame)}</span><span class="small muted">${row.by} · ${row.reason}</span></span>`,
      },
      { head: words.rows, kind: 'figure', cell: row => row.rows },
      {
        head: 'SHA-256',
        cell: row =>
          html`<span class="figure small" title="${row.sha256}">${row.format} ${row.sha256.slice(0, 12)}…</span>`,
      },
    ],
  })
  const form = html`<form class="form" method="post" action="${path}/export"><div class="field"><label for="f-why">${words.exportReason}<span class="needed" aria-hidden="true">*</span></label><input id="f-why" name="reason" required maxlength="200"></div>
<div class="buttons"><button class="button" name="format" value="csv">${words.exportCsv}</button><button class="button" name="format" value="xlsx">${words.exportXlsx}</button></div></form>`
  return html`<section class="panel"><h2>${words.exports}</h2><p class="help">${words.exportsAbout}</p>${list}${props.mayExport && props.counts.placed > 0 ? form : null}</section>`
}

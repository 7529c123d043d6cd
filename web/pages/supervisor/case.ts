import type { StopKind } from '../../../src/centre/gate/stops.ts'
import type { CaseState, HoldReason } from '../../../src/lender/case.ts'
import { currencyDefault } from '../../../src/lender/money.ts'
import type { PartyFlag } from '../../../src/lender/party.ts'
import type { StepVerdict } from '../../../src/lender/strategy.ts'
import { notice } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { layout } from '../../parts/layout.ts'
import { money } from '../../parts/money.ts'
import { chip, type Tone } from '../../parts/state.ts'
import { heading, table } from '../../parts/table.ts'
import { exactly, instant } from '../../parts/time.ts'
import type { Words } from '../../words/words.ts'
import { caseChip } from './cases.ts'
import { type MessageRow, messagesTable } from './messages.ts'

export type CaseProps = {
  frame: Frame
  case: {
    id: string
    party: string
    name: string | null
    state: CaseState
    holdReason: HoldReason | null
    reason: string
    agent: string | null
    bucket: string
    days: number
    owed: number
    product: string | null
    group: string | null
    openedAt: number
    changedAt: number
    /** With which agency it is, and by which batch; null: none. */
    placed: { agency: { id: string; name: string }; batch: { id: string; name: string } } | null
  }
  /** Why no channel reaches the party now; `until` null: until it is released. */
  stops: { kind: StopKind; reason: string; until: number | null }[]
  strategy: { name: string; version: number } | null
  steps: {
    name: string
    day: number
    action: string
    state: StepVerdict['state']
    why: string | null
    on: string | null
  }[]
  messages: MessageRow[]
}

export function casePage(props: CaseProps): Html {
  const w = textsOf(props.frame)
  const words = w.strategies
  const of = props.case
  const lists = w.collections.cases
  const line = (name: string, value: Html | string | number) => html`<dt>${name}</dt><dd>${value}</dd>`
  return layout(props.frame, {
    title: `${words.case} · ${of.name ?? of.party}`,
    main: html`${heading({
      title: of.name ?? of.party,
      count: of.party,
      actions: html`<a class="button" href="/supervisor/cases">${icon('chevron-left')}${lists.title}</a> <a class="button" href="/supervisor/parties/${encodeURIComponent(of.party)}">${icon('user-round')}${words.party}</a>`,
    })}
${stopsOf(props).map(stop => notice('red', stopWords(stop, props.frame, w)))}
<div class="wide-narrow"><div class="stack"><section><h2>${words.next}${props.strategy ? html` <span class="muted small">${props.strategy.name} · ${words.version(props.strategy.version)}</span>` : null}</h2>${stepsTable(props, w)}</section>
<section><h2>${words.messages}</h2>${messagesTable(props.messages, props.frame, w)}</section></div>
<section class="panel"><h2>${words.case}</h2><dl class="facts">
${line(lists.state, html`${caseChip(of.state, w)}${of.holdReason ? html` ${w.lender.holdReason[of.holdReason]}` : null}`)}
${line(lists.bucket, of.bucket)}${line(lists.days, of.days)}${line(lists.owed, money(of.owed, currencyDefault))}
${of.placed === null ? null : line(w.placement.placedWith, html`<a href="/supervisor/agencies/${of.placed.agency.id}">${of.placed.agency.name}</a> · <a href="/supervisor/batches/${of.placed.batch.id}">${of.placed.batch.name}</a>`)}
${line(lists.product, of.product ?? '—')}${line(lists.collector, of.agent ?? lists.nobody)}${line(lists.group, of.group ?? '—')}
${line(lists.reason, of.reason === of.holdReason && of.holdReason ? w.lender.holdReason[of.holdReason] : of.reason || '—')}${line(lists.changed, instant(of.changedAt, props.frame))}</dl></section></div>`,
  })
}

/** A case on HOLD says so also where no stop of its party is kept. */
function stopsOf({ stops, case: { state, holdReason } }: CaseProps): CaseProps['stops'] {
  if (state !== 'HOLD' || stops.some(({ kind }) => kind === 'hold')) return stops
  return [...stops, { kind: 'hold', reason: holdReason ?? '', until: null }]
}

function stopWords({ kind, reason, until }: CaseProps['stops'][number], frame: Frame, w: Words): string {
  const words = w.strategies.stopped
  const why = w.lender.flag[reason as PartyFlag] ?? reason
  return words[kind](why, until === null ? null : exactly(until, frame))
}

const tones: Record<StepVerdict['state'], Tone> = {
  done: 'green',
  skipped: 'grey',
  waiting: 'blue',
  due: 'amber',
  not_now: 'amber',
  missed: 'grey',
  stopped: 'red',
}

function stepsTable(props: CaseProps, w: Words): Html {
  const words = w.strategies
  return table({
    caption: words.next,
    rows: props.steps,
    empty: words.noStrategy,
    columns: [
      { head: words.step, cell: row => html`<b>${row.name}</b>` },
      { head: words.day, kind: 'figure', cell: row => row.day },
      { head: words.on, cell: row => html`<span class="figure">${row.on ?? '—'}</span>` },
      { head: words.action, cell: row => row.action },
      {
        head: words.state,
        cell: row => chip(tones[row.state], row.state === 'done' ? 'circle-check' : 'info', words.states[row.state]),
      },
      { head: words.why, cell: row => (row.why === null ? '—' : (words.whys[row.why] ?? row.why)) },
    ],
  })
}

import type { CallResult, Direction } from '../../../src/centre/entities.ts'
import type { CaseState, HoldReason } from '../../../src/lender/case.ts'
import {
  type ConsentChannel,
  type ConsentPurpose,
  consentChannels,
  consentPurposes,
} from '../../../src/lender/consent.ts'
import type { LoanStatus } from '../../../src/lender/loan.ts'
import { type Amounts, components } from '../../../src/lender/money.ts'
import type { PartyFlag, PartyPhone, PartyType } from '../../../src/lender/party.ts'
import type { PromiseState } from '../../../src/lender/promise.ts'
import { type ChangeRow, changeCell } from '../../parts/changes.ts'
import { type Filled, notice, selectField, textField } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html, type Piece } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { layout } from '../../parts/layout.ts'
import { money } from '../../parts/money.ts'
import { heading, table } from '../../parts/table.ts'
import { exactly, instant } from '../../parts/time.ts'
import type { Words } from '../../words/words.ts'
import { problems } from '../admin/users.ts'
import { flagChips } from './parties.ts'

/** Everything as this reader may see it: numbers masked where they must be, what is sealed always. */
export type PartyProps = {
  frame: Frame
  party: {
    ref: string
    type: PartyType
    name: string
    idNo: string | null
    zone: string | null
    language: string | null
    flags: PartyFlag[]
    phones: PartyPhone[]
    addedAt: number
    changedAt: number
  }
  /** Custom fields: the business, and each field in its own words. `secret`: its name, where it may be looked at. */
  fields: {
    business: 'verification' | 'sales' | 'collections'
    values: { label: string; value: string; secret: string | null }[]
  }[]
  /** A sealed field that was just looked at. */
  shown: { field: string; value: string } | null
  /** Look behind masks, and change what is kept. */
  mayShow: boolean
  stops: { kind: string; reason: string; until: number | null }[]
  consents: {
    id: string
    purpose: ConsentPurpose
    channel: ConsentChannel
    basis: string
    evidence: string
    givenAt: number
    withdrawnAt: number | null
  }[]
  loans: LoanView[]
  /** By hand, the newest first. */
  loanChanges: ChangeRow[]
  cases: {
    id: string
    state: CaseState
    agent: string | null
    holdReason: HoldReason | null
    reason: string
    openedAt: number
    changedAt: number
  }[]
  promises: {
    id: string
    amount: number
    paid: number
    currency: string
    dueOn: string
    state: PromiseState
    madeAt: number
  }[]
  repayments: {
    id: string
    loan: string | null
    amount: number
    leftOver: number
    currency: string
    paidAt: number
    channel: string
    reversedAt: number | null
  }[]
  contacts: {
    id: string
    at: number
    direction: Direction
    number: string
    result: CallResult | null
    agent: string | null
    disposition: string | null
    note: string | null
  }[]
  filled: Filled
}

export type LoanView = {
  ref: string
  product: string
  currency: string
  principal: number
  ratePpm: number
  status: LoanStatus
  daysPastDue: number
  bucket: string
  overdueTotal: number
  owedTotal: number
  plan: (Amounts & { no: number; dueOn: string; owed: number })[]
}

export function partyPage(props: PartyProps): Html {
  const w = textsOf(props.frame)
  const words = w.lender
  const { party } = props
  const at = `/supervisor/parties/${encodeURIComponent(party.ref)}`
  const section = (title: string, body: Piece) => html`<section><h2>${title}</h2>${body}</section>\n`
  return layout(props.frame, {
    title: `${party.name} · ${party.ref}`,
    main: html`${heading({ title: party.name, count: party.ref, actions: html`${flagChips(party.flags, w)}${props.mayShow ? html`<a class="button" href="${at}/change">${icon('pencil')}${words.edit}</a>` : null}` })}
${props.stops.map(stop => notice('red', `${words.stops}: ${words.flag[stop.reason as PartyFlag] ?? stop.reason}${stop.until === null ? '' : ` · ${words.stopUntil(exactly(stop.until, props.frame))}`}`))}
${problems(props.filled, w)}
<div class="stack"><div class="wide-narrow"><div class="stack">
${section(words.numbers, numbersTable(props, w))}
${section(words.cases, casesTable(props, w))}
${section(words.promises, promisesTable(props, w))}
</div>${card(props, w)}</div>
${section(words.loans, html`${loansTable(props, w)}${loanChanges(props, w)}${props.mayShow ? html`<p><a class="button" href="${at}/loans/new">${icon('plus')}${words.addLoan}</a></p>` : null}`)}
${section(words.repayments, repaymentsTable(props, w))}
${section(words.consents, html`${consentsTable(props, w)}${props.mayShow ? consentForm(props, w) : null}`)}
${section(words.history, contactsTable(props, w))}
</div>`,
  })
}

function card(props: PartyProps, w: Words): Html {
  const words = w.lender
  const { party, shown } = props
  const line = (name: string, value: Piece | string) => html`<dt>${name}</dt><dd>${value}</dd>`
  const sealed = (field: string, masked: string) =>
    shown?.field === field ? html`<b class="figure">${shown.value}</b>` : html`<span class="figure">${masked}</span>`
  const secrets = [
    ...(party.idNo === null ? [] : [{ value: 'idNo', word: words.idNo }]),
    ...props.fields.flatMap(({ values }) =>
      values.flatMap(({ label, secret }) => (secret === null ? [] : [{ value: secret, word: label }])),
    ),
  ]
  return html`<section class="panel"><h2>${words.card}</h2><dl class="facts">
${line(words.type, words.partyType[party.type])}
${line(words.idNo, party.idNo === null ? '—' : sealed('idNo', party.idNo))}
${line(words.zone, party.zone ?? '—')}
${line(words.language, party.language ?? '—')}
${line(words.added, instant(party.addedAt, props.frame))}
${line(words.changed, instant(party.changedAt, props.frame))}
</dl>${props.fields.map(
    ({ business, values }) =>
      html`<h3>${w.domain.business[business]}</h3><dl class="facts">${values.map(({ label, value, secret }) => line(label, secret === null ? value : sealed(secret, value)))}</dl>`,
  )}${
    props.mayShow && secrets.length > 0
      ? html`<form class="form" method="post" action="/supervisor/parties/${encodeURIComponent(party.ref)}/disclosures">
<div class="field"><label for="f-field">${words.show}</label><select id="f-field" name="field">${secrets.map(({ value, word }) => html`<option value="${value}">${word}</option>`)}</select></div>
${textField({ name: 'reason', label: words.showReason, required: true, maxlength: 200 }, props.filled)}
<div class="buttons"><button class="button">${icon('eye')}${words.show}</button></div></form>`
      : null
  }</section>`
}

function consentForm({ party, filled }: PartyProps, w: Words): Html {
  const words = w.lender
  return html`<details${filled.errors['evidence'] || filled.errors['basis'] ? html` open` : null}><summary>${words.giveConsent}</summary>
<form class="form" method="post" action="/supervisor/parties/${encodeURIComponent(party.ref)}/consents"><div class="halves">
${selectField({ name: 'purpose', label: words.purpose, choices: consentPurposes.map(value => ({ value, word: words.consentPurpose[value] })) }, filled)}
${selectField({ name: 'channel', label: words.channel, choices: consentChannels.map(value => ({ value, word: words.consentChannel[value] })) }, filled)}
${textField({ name: 'basis', label: words.basis, required: true, maxlength: 100 }, filled)}
${textField({ name: 'evidence', label: words.evidence, required: true, maxlength: 500 }, filled)}</div>
<div class="buttons"><button class="button">${words.giveConsent}</button></div></form></details>`
}

function consentsTable({ consents, frame, party, mayShow }: PartyProps, w: Words): Html {
  const words = w.lender
  return table({
    caption: words.consents,
    rows: consents,
    empty: words.noConsents,
    columns: [
      { head: words.purpose, cell: row => words.consentPurpose[row.purpose] },
      { head: words.channel, cell: row => words.consentChannel[row.channel] },
      { head: words.evidence, cell: row => `${row.basis} · ${row.evidence}` },
      { head: words.given, cell: row => instant(row.givenAt, frame) },
      {
        head: words.withdrawn,
        cell: row =>
          row.withdrawnAt !== null
            ? instant(row.withdrawnAt, frame)
            : mayShow
              ? html`<form class="inline" method="post" action="/supervisor/parties/${encodeURIComponent(party.ref)}/consents/${row.id}/withdrawal"><input name="reason" required maxlength="200" aria-label="${words.withdrawReason}" placeholder="${words.withdrawReason}"><button class="button small">${words.withdraw}</button></form>`
              : '—',
      },
    ],
  })
}

function numbersTable({ party }: PartyProps, w: Words): Html {
  const words = w.lender
  return table({
    caption: words.numbers,
    rows: party.phones,
    empty: '—',
    columns: [
      { head: words.number, cell: row => html`<b class="figure">${row.number}</b>` },
      { head: words.relation, cell: row => w.domain.relation[row.relation] },
      { head: words.whose, cell: row => row.name || '—' },
      { head: words.source, cell: row => row.source || '—' },
      { head: words.basis, cell: row => row.legalBasis || '—' },
      {
        head: words.status,
        cell: row => `${words.phoneStatus[row.status]}${row.badReason === '' ? '' : ` · ${row.badReason}`}`,
      },
    ],
  })
}

function loansTable({ loans, party, mayShow }: PartyProps, w: Words): Html {
  const words = w.lender
  const all = table({
    caption: words.loans,
    rows: loans,
    empty: words.noLoans,
    columns: [
      { head: words.forLoan, cell: row => html`<b class="figure">${row.ref}</b>` },
      { head: words.product, cell: row => row.product },
      { head: words.status, cell: row => words.loanStatus[row.status] },
      { head: words.principal, kind: 'figure', cell: row => money(row.principal, row.currency) },
      { head: words.rate, kind: 'figure', cell: row => `${(row.ratePpm / 10_000).toFixed(2)} %` },
      { head: words.dpd, kind: 'figure', cell: row => row.daysPastDue },
      { head: words.bucket, cell: row => row.bucket },
      { head: words.overdue, kind: 'figure', cell: row => money(row.overdueTotal, row.currency) },
      { head: words.owed, kind: 'figure', cell: row => money(row.owedTotal, row.currency) },
      ...(mayShow
        ? [
            {
              head: w.frame.list.actions,
              kind: 'action' as const,
              cell: (row: LoanView) =>
                html`<a class="button small" href="/supervisor/parties/${encodeURIComponent(party.ref)}/loans/${encodeURIComponent(row.ref)}/change" aria-label="${words.loanForm.edit(row.ref)}">${icon('pencil')}${words.edit}</a>`,
            },
          ]
        : []),
    ],
  })
  return html`${all}${loans.map(loan => html`<details><summary>${loan.ref} · ${words.plan(loan.plan.length)}</summary>${planTable(loan, w)}</details>`)}`
}

function loanChanges({ loanChanges: rows, frame }: PartyProps, w: Words): Html | null {
  if (rows.length === 0) return null
  const words = w.lender
  const list = table({
    caption: words.loanChanges,
    rows,
    empty: '',
    columns: [
      { head: words.when, cell: row => instant(row.at, frame) },
      { head: w.changes.who, cell: row => (row.actor === 'system' ? w.changes.system : row.actor) },
      { head: words.forLoan, cell: row => html`<b class="figure">${row.name}</b>` },
      { head: w.changes.how, cell: row => changeCell(row, w) },
    ],
  })
  return html`<details class="changes"><summary>${icon('history')}${words.loanChanges}</summary>${list}</details>`
}

/** The first hundred and twenty instalments: ten years of months. */
function planTable({ ref, plan, currency }: LoanView, w: Words): Html {
  const words = w.lender
  return table({
    caption: `${ref} · ${words.plan(plan.length)}`,
    rows: plan.slice(0, 120),
    empty: '—',
    columns: [
      { head: words.instalment, kind: 'figure', cell: row => row.no },
      { head: words.due, cell: row => html`<span class="figure">${row.dueOn}</span>` },
      ...components.toReversed().map(component => ({
        head: words.component[component],
        kind: 'figure' as const,
        cell: (row: LoanView['plan'][number]) => money(row[component], currency),
      })),
      { head: words.owed, kind: 'figure', cell: row => money(row.owed, currency) },
    ],
  })
}

function casesTable({ cases, frame }: PartyProps, w: Words): Html {
  const words = w.lender
  return table({
    caption: words.cases,
    rows: cases,
    empty: words.noCases,
    columns: [
      { head: words.case, cell: row => html`<span class="figure">${row.id}</span>` },
      {
        head: words.status,
        cell: row =>
          `${words.caseState[row.state]}${row.holdReason === null ? '' : ` · ${words.holdReason[row.holdReason]}`}`,
      },
      { head: words.agent, cell: row => row.agent ?? '—' },
      { head: words.opened, cell: row => instant(row.openedAt, frame) },
      { head: words.moved, cell: row => instant(row.changedAt, frame) },
      { head: words.why, cell: row => whyMoved(row.reason, w) },
    ],
  })
}

/** The house's own reasons in words; a person's as they were written. */
function whyMoved(reason: string, { lender: { ownReason } }: Words): string {
  if (Object.hasOwn(ownReason, reason)) return ownReason[reason]!
  return reason || '—'
}

function promisesTable({ promises, frame }: PartyProps, w: Words): Html {
  const words = w.lender
  return table({
    caption: words.promises,
    rows: promises,
    empty: words.noPromises,
    columns: [
      { head: words.dueOn, cell: row => html`<span class="figure">${row.dueOn}</span>` },
      { head: words.amount, kind: 'figure', cell: row => money(row.amount, row.currency) },
      { head: words.paid, kind: 'figure', cell: row => money(row.paid, row.currency) },
      { head: words.status, cell: row => words.promiseState[row.state] },
      { head: words.made, cell: row => instant(row.madeAt, frame) },
    ],
  })
}

function repaymentsTable({ repayments, frame }: PartyProps, w: Words): Html {
  const words = w.lender
  return table({
    caption: words.repayments,
    rows: repayments,
    empty: words.noRepayments,
    columns: [
      { head: words.repayment, cell: row => html`<span class="figure">${row.id}</span>` },
      { head: words.paidAt, cell: row => instant(row.paidAt, frame) },
      { head: words.amount, kind: 'figure', cell: row => money(row.amount, row.currency) },
      { head: words.left, kind: 'figure', cell: row => money(row.leftOver, row.currency) },
      { head: words.forLoan, cell: row => row.loan ?? '—' },
      { head: words.channel, cell: row => row.channel || '—' },
      { head: words.status, cell: row => (row.reversedAt === null ? '' : words.reversed) },
    ],
  })
}

function contactsTable({ contacts, frame }: PartyProps, w: Words): Html {
  const words = w.lender
  return table({
    caption: words.history,
    rows: contacts,
    empty: words.noHistory,
    columns: [
      { head: words.when, cell: row => instant(row.at, frame) },
      { head: words.direction, cell: row => w.domain.direction[row.direction] },
      { head: words.number, cell: row => html`<span class="figure">${row.number}</span>` },
      { head: words.result, cell: row => (row.result === null ? '—' : w.domain.callResult[row.result]) },
      { head: words.agent, cell: row => row.agent ?? '—' },
      { head: words.outcome, cell: row => row.disposition ?? '—' },
      { head: words.note, cell: row => row.note ?? '—' },
    ],
  })
}

import type { Role } from '../../src/centre/entities.ts'
import type { Approval, ApprovalKind, ApprovalState, SecondPersonSetting } from '../../src/centre/records/approval.ts'
import type { Filled } from '../parts/form.ts'
import { type Frame, textsOf } from '../parts/frame.ts'
import { type Html, html, type Piece } from '../parts/html.ts'
import { icon } from '../parts/icons.ts'
import { layout } from '../parts/layout.ts'
import { chip } from '../parts/state.ts'
import { heading, table } from '../parts/table.ts'
import { instant } from '../parts/time.ts'
import type { Words } from '../words/words.ts'
import { secretOf } from './admin/tokens.ts'
import { problems } from './admin/users.ts'

export type ApprovalRow = {
  id: string
  kind: ApprovalKind
  about: Approval['about']
  subject: string
  reason: string
  /** Names; `by` null: whoever has a shell on this machine. */
  by: string | null
  byProgram: boolean
  agent: string | null
  campaign: string | null
  team: string | null
  askedAt: number
  expiresAt: number
  state: ApprovalState | 'expired'
  decidedBy: string | null
  why: string | null
  /** What this person may do about it. */
  may: 'decide' | 'withdraw' | 'take' | null
}

export type ApprovalsProps = {
  frame: Frame
  waiting: ApprovalRow[]
  lately: ApprovalRow[]
  /** null: not for this person to set. */
  rules: { setting: SecondPersonSetting; on: boolean }[] | null
  /** Just fetched: shown this once. */
  secret: string | null
  isSecretOver: boolean
  filled: Filled
}

export function approvalsPage(props: ApprovalsProps): Html {
  const { frame } = props
  const w = textsOf(frame)
  const words = w.approvals
  const about = [
    { head: words.kind, cell: (row: ApprovalRow) => words.kinds[row.kind] },
    { head: words.what, cell: (row: ApprovalRow) => whatOf(row, frame, w) },
    { head: words.reason, cell: (row: ApprovalRow) => row.reason },
    {
      head: words.by,
      cell: (row: ApprovalRow) =>
        html`<span class="two"><span>${row.by === null ? words.shell : row.byProgram ? words.program(row.by) : row.by}</span><span class="small muted">${instant(row.askedAt, frame)}</span></span>`,
    },
  ]
  return layout(frame, {
    title: words.title,
    main: html`${heading({ title: words.title, count: w.frame.list.count(props.waiting.length), about: words.about })}
${secretOf(props, w)}
${problems(props.filled, w)}
${table({
  caption: words.title,
  rows: props.waiting,
  empty: words.none,
  columns: [
    ...about,
    { head: words.until, cell: row => instant(row.expiresAt, frame) },
    { head: w.frame.list.actions, cell: row => actions(row, w) },
  ],
})}
${props.rules ? rules(props.rules, w) : null}
<h2>${words.decidedTitle}</h2>
${table({
  caption: words.decidedTitle,
  rows: props.lately,
  empty: words.noDecided,
  columns: [
    ...about,
    { head: words.state, cell: row => state(row, w) },
    {
      head: words.decidedBy,
      cell: row =>
        row.decidedBy === null
          ? ''
          : html`<span class="two"><span>${row.decidedBy}</span><span class="small muted">${row.why ?? ''}</span></span>`,
    },
    { head: w.frame.list.actions, kind: 'action', cell: row => actions(row, w) },
  ],
})}`,
  })
}

function whatOf(row: ApprovalRow, frame: Frame, w: Words): Html {
  const words = w.approvals
  const { about } = row
  switch (row.kind) {
    case 'setting':
      return html`${words.settings[row.subject as SecondPersonSetting] ?? row.subject}`
    case 'token':
      return html`${words.token(String(about['name'] ?? ''), w.domain.role[about['role'] as Role] ?? String(about['role']))}${row.team === null ? null : ` · ${row.team}`}`
    case 'export': {
      const from = about['from']
      const parts = [
        about['chosen'] ? words.exportChosen : null,
        row.agent === null ? null : words.exportAgent(row.agent),
        row.campaign === null ? null : words.exportCampaign(row.campaign),
        about['byNumber'] ? words.exportNumber : null,
      ].filter(part => part !== null)
      const range =
        typeof from === 'number' ? html`${instant(from, frame)} – ${instant(Number(about['to']), frame)}` : null
      return html`<span class="two"><span>${words.export(Number(about['calls']))}</span><span class="small muted">${range} ${parts.join(' · ')}</span></span>`
    }
  }
  row.kind satisfies never
}

function actions(row: ApprovalRow, w: Words): Piece {
  const words = w.approvals
  const form = (approve: boolean, label: string) =>
    html`<form class="inline" method="post" action="/approvals/${row.id}/decision"><input type="hidden" name="approve" value="${String(approve)}"><input name="reason" required maxlength="200" aria-label="${words.reason}: ${label}" placeholder="${words.reason}"><button class="button small${approve ? '' : ' danger'}">${label}</button></form>`
  switch (row.may) {
    case 'decide':
      return html`${form(true, words.approve)}${form(false, words.refuse)}`
    case 'withdraw':
      return html`<p class="small muted">${words.own}</p>${form(false, words.withdraw)}`
    case 'take':
      return html`<form method="post" action="/approvals/${row.id}/token"><button class="button small primary">${icon('copy')}${words.take}</button></form>`
    case null:
      return null
  }
  row.may satisfies never
}

function state(row: ApprovalRow, w: Words): Html {
  const word = w.approvals.states[row.state]
  if (row.state === 'approved' || row.state === 'used') return chip('green', 'circle-check', word)
  return row.state === 'waiting' ? chip('amber', 'hourglass', word) : chip('grey', 'ban', word)
}

function rules(rows: NonNullable<ApprovalsProps['rules']>, w: Words): Html {
  const words = w.approvals
  return html`<section class="panel"><h2>${words.rules}</h2><p class="help">${words.rulesHelp}</p>${table({
    caption: words.rules,
    rows,
    empty: '',
    columns: [
      { head: words.what, cell: row => words.settings[row.setting] },
      {
        head: words.state,
        cell: row => (row.on ? chip('green', 'shield-check', words.isOn) : chip('grey', 'user-round', words.isOff)),
      },
      {
        head: w.frame.list.actions,
        cell: row =>
          html`<form class="inline" method="post" action="/approvals/rules"><input type="hidden" name="setting" value="${row.setting}"><input type="hidden" name="on" value="${String(!row.on)}">${
            row.on
              ? html`<input name="reason" required maxlength="200" aria-label="${words.reason}: ${words.settings[row.setting]}" placeholder="${words.reason}">`
              : null
          }<button class="button small">${row.on ? words.askOff : words.turnOn}</button></form>`,
      },
    ],
  })}</section>`
}

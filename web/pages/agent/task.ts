import type { Asked, TaskFlags } from '../../../src/lender/checklist.ts'
import type { DecisionReason } from '../../../src/lender/reasons.ts'
import type { TargetState } from '../../../src/lender/targets.ts'
import { proposals, type TaskState } from '../../../src/lender/task.ts'
import { type ChecklistProps, checklistPart } from '../../parts/checklist.ts'
import { areaField, type Choice, checksField, type Filled, notice, selectField } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html, type Piece } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { layout } from '../../parts/layout.ts'
import { heading, table } from '../../parts/table.ts'
import { applicationCard, flagsOfTask, type Seen, taskChip } from '../../parts/task.ts'
import { instant } from '../../parts/time.ts'
import type { Words } from '../../words/words.ts'

export type TargetRow = {
  who: Asked
  place: number
  /** null: hidden until it was asked. */
  name: string | null
  /** Of a contact. */
  relation: string | null
  /** Masked where it must be; null: there is none. */
  number: string | null
  state: TargetState
  attempts: number
}

export type TaskProps = {
  frame: Frame
  task: { id: string; state: TaskState; note: string; recallAt: number | null; missing: string[] }
  application: string
  seen: Seen[]
  flags: TaskFlags
  targets: TargetRow[]
  checklist: ChecklistProps
  campaigns: Choice[]
  reasons: DecisionReason[]
  filled: Filled
  said: { tone: 'green' | 'red'; words: string } | null
}

/** One task of a verifier: whom to call, what to ask, and what the verifier proposes in the end. */
export function taskPage(props: TaskProps): Html {
  const w = textsOf(props.frame)
  const words = w.verification
  const { task } = props
  const open = task.state === 'ASSIGNED' || task.state === 'CALLING' || task.state === 'RECALL'
  return layout(props.frame, {
    title: `${words.application} ${props.application}`,
    scripts: ['drafts.js'],
    main: html`${heading({
      title: `${words.application} ${props.application}`,
      actions: html`${taskChip(task.state, w)} ${flagsOfTask(props.flags, w)}<a class="button" href="/agent">${icon('headset')}${w.agent.desk}</a>`,
    })}
${props.said === null ? null : notice(props.said.tone, props.said.words)}
${task.note === '' ? null : notice('blue', task.note)}
<div class="wide-narrow"><div class="stack"><section><h2>${words.calls}</h2>${targetsTable(props, open, w)}</section>
<section class="panel">${checklistPart(props.checklist)}</section></div>
<div class="stack">${applicationCard(words.application, props.seen, w)}${open ? submitForm(props, w) : null}</div></div>`,
  })
}

function targetsTable(props: TaskProps, open: boolean, w: Words): Html {
  const words = w.verification
  return table({
    caption: words.calls,
    rows: props.targets,
    empty: words.callsNone,
    columns: [
      {
        head: words.whom,
        cell: row =>
          html`<b>${words.asked[row.who]}</b>${row.relation === null ? null : html` <span class="muted">${row.relation}</span>`}${row.name === null ? null : html` ${row.name}`}`,
      },
      { head: w.lender.number, cell: row => html`<span class="figure">${row.number ?? '—'}</span>` },
      {
        head: words.state,
        cell: ({ state }) =>
          state.type === 'later'
            ? html`${words.target.later} ${instant(state.at, props.frame)}`
            : words.target[state.type],
      },
      { head: words.calls, kind: 'figure', cell: row => (row.attempts === 0 ? '' : words.attempts(row.attempts)) },
      { head: words.call, kind: 'action', cell: row => (open ? targetActions(row, props, w) : null) },
    ],
  })
}

function targetActions(row: TargetRow, { task, campaigns }: TaskProps, w: Words): Piece {
  const words = w.verification
  const may = row.state.type === 'open' || row.state.type === 'reached'
  const hidden = html`<input type="hidden" name="who" value="${row.who}"><input type="hidden" name="place" value="${row.place}">`
  const [first] = campaigns
  const which =
    campaigns.length > 1
      ? html`<select name="campaign" aria-label="${words.campaign}">${campaigns.map(({ value, word }) => html`<option value="${value}">${word}</option>`)}</select>`
      : html`<input type="hidden" name="campaign" value="${first?.value ?? ''}">`
  return html`<span class="buttons">${may ? html`<form method="post" action="/agent/tasks/${task.id}/calls">${hidden}${which}<button class="button">${icon('phone-outgoing')}${words.call}</button></form>` : null}${
    row.who === 'contact' && row.attempts > 0 && row.state.type !== 'refused'
      ? html`<form method="post" action="/agent/tasks/${task.id}/refusals">${hidden}<button class="button quiet">${icon('ban')}${words.refuse}</button></form>`
      : null
  }</span>`
}

function submitForm(props: TaskProps, w: Words): Html {
  const words = w.verification
  const { task, frame, filled } = props
  if (task.state === 'ASSIGNED') return html``
  return html`<section class="panel"><h2>${words.submit}</h2><form class="form" method="post" action="/agent/tasks/${task.id}/submission" data-drafts="${task.id}" novalidate>
${selectField({ name: 'proposal', label: words.proposal, required: true, choices: [{ value: '', word: words.choose }, ...proposals.map(value => ({ value, word: words.proposals[value] }))] }, filled)}
${checksField({ name: 'reasons', label: words.reasons, choices: props.reasons.map(({ code, words: each, use }) => ({ value: code, word: `${words.reasonUse[use]}: ${each[frame.language]}` })), empty: words.noneOf }, filled)}
${areaField({ name: 'note', label: words.note, maxlength: 1000 }, filled)}
<div class="buttons"><button class="button primary">${icon('check')}${words.submit}</button></div></form>
<form method="post" action="/agent/tasks/${task.id}/recall"><button class="button">${icon('calendar-clock')}${words.recall}</button></form></section>`
}

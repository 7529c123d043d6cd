import type { TaskFlags } from '../../../src/lender/checklist.ts'
import type { DecisionReason } from '../../../src/lender/reasons.ts'
import type { Proposal, TaskState } from '../../../src/lender/task.ts'
import { type ConfirmationRow, confirmationsPart } from '../../parts/confirmations.ts'
import { areaField, type Choice, checksField, type Filled, notice, selectField, textField } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type HeardAnswer, heardAnswers, players } from '../../parts/heard-answers.ts'
import { type Html, html, type Piece } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { layout } from '../../parts/layout.ts'
import { heading, table } from '../../parts/table.ts'
import { applicationCard, flagsOfTask, type Seen, taskChip } from '../../parts/task.ts'
import { instant } from '../../parts/time.ts'
import type { Words } from '../../words/words.ts'

export type ReviewProps = {
  frame: Frame
  task: {
    id: string
    state: TaskState
    proposal: Proposal | null
    reasons: string[]
    note: string
    missing: string[]
    dueOn: string | null
  }
  application: string
  verifier: string | null
  reviewer: string | null
  /** Had a hand in the verification: does not review. */
  verified: boolean
  /** Reviews this task now. */
  reviews: boolean
  maySupervise: boolean
  seen: Seen[]
  flags: TaskFlags
  answers: HeardAnswer[]
  calls: { id: string; whom: string; by: string; at: number; reached: boolean }[]
  recordings: { id: string; src: string; label: string }[]
  confirmations: ConfirmationRow[]
  /** Whether another task may be opened for the application: this one is decided, and the last of it. */
  mayReopen: boolean
  verifiers: Choice[]
  reasons: DecisionReason[]
  filled: Filled
  said: { tone: 'green' | 'red'; words: string } | null
}

/** One verification for the person who decides: what was answered and heard, what did not match, and the decision. */
export function reviewPage(props: ReviewProps): Html {
  const w = textsOf(props.frame)
  const words = w.verification
  const { task } = props
  return layout(props.frame, {
    title: `${words.review} ${props.application}`,
    scripts: ['plays.js'],
    main: html`${heading({
      title: `${words.application} ${props.application}`,
      actions: html`${taskChip(task.state, w)} ${flagsOfTask(props.flags, w)}<a class="button" href="/supervisor/tasks">${icon('chevron-left')}${words.title}</a>`,
    })}
${props.said === null ? null : notice(props.said.tone, props.said.words)}
${task.proposal === null ? null : notice('blue', `${words.verifierSays}: ${words.proposals[task.proposal]}${reasonWords(props)}${task.note === '' ? '' : ` — ${task.note}`}`)}
${task.missing.length === 0 ? null : notice('amber', `${words.supplement}: ${task.missing.join('; ')} · ${task.dueOn ?? ''}`)}
<div class="wide-narrow"><div class="stack"><section class="panel"><h2>${words.answers}</h2>${heardAnswers(props.answers, w)}${players(props.recordings)}</section>
<section><h2>${words.calls}</h2>${callsTable(props, w)}</section></div>
<div class="stack">${applicationCard(words.application, props.seen, w)}${actions(props, w)}${confirmationsPart(props.confirmations, props.frame)}</div></div>`,
  })
}

function reasonWords({ task, reasons, frame }: ReviewProps): string {
  const said = task.reasons.map(code => reasons.find(each => each.code === code)?.words[frame.language] ?? code)
  return said.length === 0 ? '' : ` (${said.join(', ')})`
}

function callsTable(props: ReviewProps, w: Words): Html {
  const words = w.verification
  return table({
    caption: words.calls,
    rows: props.calls,
    empty: words.callsNone,
    columns: [
      { head: words.whom, cell: row => row.whom },
      { head: w.lender.status, cell: row => (row.reached ? words.target.reached : '—') },
      { head: words.verifier, cell: row => row.by },
      { head: w.auditor.columns.time, cell: row => instant(row.at, props.frame) },
    ],
  })
}

function actions(props: ReviewProps, w: Words): Piece {
  const words = w.verification
  const { task } = props
  const path = `/supervisor/tasks/${task.id}`
  const note = (name: string, label: string) => areaField({ name, label, maxlength: 1000, rows: 2 }, props.filled)
  if (task.state === 'SUBMITTED' || (task.state === 'REVIEW' && !props.reviews))
    return html`<section class="panel"><h2>${words.review}</h2>${
      props.verified
        ? notice('amber', words.fourEyes)
        : html`<form method="post" action="${path}/review"><button class="button primary">${icon('eye')}${words.toReview}</button></form>`
    }${props.maySupervise ? cancelForm(path, props, w) : null}</section>`
  if (task.state === 'REVIEW') return decision(props, path, w)
  if (task.state === 'SUPPLEMENT')
    return html`<section class="panel"><h2>${words.supplement}</h2><form class="form" method="post" action="${path}/arrival">${note('arriveNote', words.arriveNote)}<div class="buttons"><button class="button primary">${words.arrive}</button></div></form>${props.maySupervise ? cancelForm(path, props, w) : null}</section>`
  if (task.state === 'NEW' || task.state === 'ASSIGNED' || task.state === 'CALLING' || task.state === 'RECALL')
    return props.maySupervise
      ? html`<section class="panel"><h2>${words.assign}</h2><form class="form" method="post" action="${path}/assignment">${selectField({ name: 'agent', label: words.verifier, choices: props.verifiers }, props.filled)}<div class="buttons"><button class="button">${words.assign}</button></div></form>${cancelForm(path, props, w)}</section>`
      : null
  return props.mayReopen
    ? html`<section class="panel"><h2>${words.reopen}</h2><p class="help">${words.reopenAbout}</p><form method="post" action="${path}/reopening"><button class="button">${icon('refresh-cw')}${words.reopen}</button></form></section>`
    : null
}

function decision(props: ReviewProps, path: string, w: Words): Html {
  const words = w.verification
  const reasons = props.reasons.map(({ code, words: each, use }) => ({
    value: code,
    word: `${words.reasonUse[use]}: ${each[props.frame.language]}`,
  }))
  const choices = (['PASS', 'REJECT', 'FRAUD'] as const).map(value => ({ value, word: words.taskState[value] }))
  return html`<section class="panel"><h2>${words.decide}</h2><form class="form" method="post" action="${path}/decision" novalidate>
${selectField({ name: 'as', label: words.decide, required: true, choices: [{ value: '', word: words.choose }, ...choices] }, props.filled)}
${checksField({ name: 'reasons', label: words.reasons, choices: reasons, empty: words.noneOf }, props.filled)}
${areaField({ name: 'note', label: words.note, maxlength: 1000, rows: 2 }, props.filled)}
<div class="buttons"><button class="button primary">${icon('check')}${words.decide}</button></div></form>
<details><summary>${words.supplement}</summary><form class="form" method="post" action="${path}/supplement" novalidate>
${areaField({ name: 'missing', label: words.missing, rows: 3 }, props.filled)}${textField({ name: 'dueOn', label: words.due, type: 'date' }, props.filled)}
<div class="buttons"><button class="button">${words.supplement}</button></div></form></details>
<form method="post" action="${path}/recall"><button class="button">${icon('calendar-clock')}${words.recall}</button></form></section>`
}

function cancelForm(path: string, props: ReviewProps, w: Words): Html {
  const words = w.verification
  return html`<details><summary>${words.cancel}</summary><form class="form" method="post" action="${path}/cancellation">${textField({ name: 'cancelNote', label: words.cancelNote, maxlength: 1000 }, props.filled)}<div class="buttons"><button class="button">${words.cancel}</button></div></form></details>`
}

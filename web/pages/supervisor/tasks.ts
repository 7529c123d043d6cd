import { type TaskState, taskStates } from '../../../src/lender/task.ts'
import { notice } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { layout } from '../../parts/layout.ts'
import { heading, pager, table } from '../../parts/table.ts'
import { taskChip } from '../../parts/task.ts'
import { instant } from '../../parts/time.ts'

export type TasksProps = {
  frame: Frame
  rows: {
    id: string
    application: string
    party: string
    state: TaskState
    agent: string | null
    reviewer: string | null
    changedAt: number
    dueOn: string | null
  }[]
  counts: Partial<Record<TaskState, number>>
  state: TaskState | null
  /** May give tasks to people. */
  maySupervise: boolean
  next: string | null
  said: { tone: 'green' | 'red'; words: string } | null
}

/** All verifications, by state. */
export function tasksPage(props: TasksProps): Html {
  const w = textsOf(props.frame)
  const words = w.verification
  const share = html`<form method="post" action="/supervisor/tasks/assignment"><button class="button primary">${icon('users')}${words.share}</button></form>`
  const link = (state: TaskState | null) =>
    html`<a class="chip${state === props.state ? ' blue' : ''}" href="/supervisor/tasks${state === null ? '' : `?state=${state}`}"${state === props.state ? html` aria-current="true"` : null}>${state === null ? words.all : words.taskState[state]}${state === null ? null : html` <span class="figure">${props.counts[state] ?? 0}</span>`}</a> `
  return layout(props.frame, {
    title: words.title,
    main: html`${heading({ title: words.title, about: words.allAbout, actions: props.maySupervise ? share : null })}
${props.said === null ? null : notice(props.said.tone, props.said.words)}
<div class="toolbar" role="group" aria-label="${words.state}">${link(null)}${taskStates.map(link)}</div>
${table({
  caption: words.title,
  rows: props.rows,
  empty: words.noneOf,
  columns: [
    { head: words.state, cell: row => taskChip(row.state, w) },
    {
      head: words.application,
      cell: row => html`<a class="figure" href="/supervisor/tasks/${row.id}"><b>${row.application}</b></a>`,
    },
    { head: words.party, cell: row => html`<span class="figure">${row.party}</span>` },
    { head: words.verifier, cell: row => row.agent ?? words.nobody },
    { head: words.reviewer, cell: row => row.reviewer ?? '' },
    { head: words.due, cell: row => row.dueOn ?? '' },
    { head: words.changed, cell: row => instant(row.changedAt, props.frame) },
  ],
})}${pager(props.frame, { previous: null, next: props.next })}`,
  })
}

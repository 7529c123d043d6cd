import { type TaskState, taskStates } from '../../../src/lender/task.ts'
import { notice } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { layout } from '../../parts/layout.ts'
import { filter, heading, pager, table } from '../../parts/table.ts'
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
  return layout(props.frame, {
    title: words.title,
    main: html`${heading({ title: words.title, about: words.allAbout, actions: props.maySupervise ? share : null })}
${props.said === null ? null : notice(props.said.tone, props.said.words)}
<div class="toolbar">${filter(props.frame, {
      ...{ path: '/supervisor/tasks', name: 'state', label: words.state, chosen: props.state, counts: props.counts },
      choices: Object.fromEntries(taskStates.map(state => [state, words.taskState[state]])),
    })}</div>
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

import type { TaskState } from '../../../src/lender/task.ts'
import { notice } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { layout } from '../../parts/layout.ts'
import { heading, table } from '../../parts/table.ts'
import { taskChip } from '../../parts/task.ts'
import { instant } from '../../parts/time.ts'

export type WorkRow = {
  id: string
  application: string
  product: string
  state: TaskState
  recallAt: number | null
  openedAt: number
}

export type WorklistProps = { frame: Frame; rows: WorkRow[]; said: { tone: 'green' | 'red'; words: string } | null }

/** A verifier's own tasks. Nothing of what an application says stands here: it is asked first. */
export function worklistPage(props: WorklistProps): Html {
  const w = textsOf(props.frame)
  const words = w.verification
  const take = html`<form method="post" action="/agent/tasks"><button class="button primary">${icon('plus')}${words.take}</button></form>`
  return layout(props.frame, {
    title: words.mine,
    scripts: ['drafts.js'],
    main: html`${heading({ title: words.mine, count: String(props.rows.length), about: words.mineAbout, actions: take })}
${props.said === null ? null : notice(props.said.tone, props.said.words)}
${table({
  caption: words.mine,
  rows: props.rows,
  empty: words.none,
  columns: [
    { head: words.state, cell: row => taskChip(row.state, w) },
    {
      head: words.application,
      cell: row => html`<a class="figure" href="/agent/tasks/${row.id}"><b>${row.application}</b></a>`,
    },
    { head: words.recallAt, cell: row => (row.recallAt === null ? '' : instant(row.recallAt, props.frame)) },
    { head: words.opened, cell: row => instant(row.openedAt, props.frame) },
  ],
})}`,
  })
}

import type { answererVerdicts, Judged, Told } from '../../../src/centre/calls/heard.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html } from '../../parts/html.ts'
import { layout } from '../../parts/layout.ts'
import { percent } from '../../parts/numbers.ts'
import { heading, table } from '../../parts/table.ts'
import { instant } from '../../parts/time.ts'
import type { Words } from '../../words/words.ts'

type Count = { verdict: (typeof answererVerdicts)[number] | null; calls: number; machine: number; human: number }

export type AnswerersProps = {
  frame: Frame
  days: number
  choices: readonly number[]
  counts: Count[]
  mistakes: { call: string; at: number; campaign: string | null; agent: string | null; judged: Judged; told: Told }[]
}

/** What the sound was judged to be against what people say, and every call on which the two disagree. */
export function answerersPage(props: AnswerersProps): Html {
  const { frame, counts } = props
  const w = textsOf(frame)
  const words = w.announcements
  return layout(frame, {
    title: words.measured,
    main: html`${heading({ title: words.measured, about: words.measuredAbout })}
<div class="stack"><nav class="filters" aria-label="${words.measuredSpan}">${props.choices.map(days => html`<a class="button small" href="/auditor/answerers?days=${days}"${days === props.days ? html` aria-current="true"` : null}>${words.measuredDays(days)}</a>`)}</nav>
<section class="panel"><div class="stack"><p>${missed(counts, w)}</p><p>${mistaken(counts, w)}</p>
${table({
  caption: words.measured,
  rows: counts,
  empty: words.noMistakes,
  columns: [
    { head: words.verdictColumn, cell: row => (row.verdict === null ? words.notJudged : words.verdicts[row.verdict]) },
    { head: words.judgedCalls, kind: 'figure', cell: row => row.calls },
    { head: words.toldMachine, kind: 'figure', cell: row => row.machine },
    { head: words.toldHuman, kind: 'figure', cell: row => row.human },
    { head: words.untold, kind: 'figure', cell: row => row.calls - row.machine - row.human },
  ],
})}</div></section>
<section class="panel"><h2>${words.mistakes}</h2>${disagreements(props, w)}</section></div>`,
  })
}

/** Of the machines that people met and the sound listened to, those it did not find. */
function missed(counts: readonly Count[], w: Words): string {
  const judged = counts.filter(({ verdict }) => verdict !== null)
  const all = sum(judged.map(({ machine }) => machine))
  const found = sum(judged.filter(isMachine).map(({ machine }) => machine))
  return w.announcements.missedShare(all - found, all, percent(all === 0 ? 0 : (all - found) / all))
}

function mistaken(counts: readonly Count[], w: Words): string {
  const machines = counts.filter(isMachine)
  const people = sum(machines.map(({ human }) => human))
  const all = people + sum(machines.map(({ machine }) => machine))
  return w.announcements.falseShare(people, all, percent(all === 0 ? 0 : people / all))
}

function disagreements({ frame, mistakes }: AnswerersProps, w: Words): Html {
  const words = w.announcements
  const columns = w.auditor.columns
  return table({
    caption: words.mistakes,
    rows: mistakes,
    empty: words.noMistakes,
    columns: [
      { head: columns.time, cell: row => html`<a href="/auditor/calls/${row.call}">${instant(row.at, frame)}</a>` },
      { head: columns.campaign, cell: row => row.campaign },
      { head: columns.agent, cell: row => row.agent },
      {
        head: words.verdictColumn,
        cell: ({ judged }) =>
          `${words.verdicts[judged.verdict]} · ${percent(judged.confidence)} · ${words.reasons[judged.reason] ?? judged.reason}`,
      },
      {
        head: words.personSays,
        cell: ({ told }) => `${words.verdicts[told.answerer]} · ${words.told[told.by]}`,
      },
      { head: words.rests, cell: ({ judged }) => html`<span class="mono small">${featuresOf(judged)}</span>` },
    ],
  })
}

function featuresOf({ features }: Judged): string {
  return Object.entries(features)
    .flatMap(([name, value]) => (value === null ? [] : [`${name} ${value}`]))
    .join(', ')
}

const isMachine = ({ verdict }: Count) => verdict === 'machine' || verdict === 'fax'

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)

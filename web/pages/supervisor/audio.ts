/** Which trunk and which desk sounds badly: a day's calls summed up, worst first. */
import { audioChip, figure, share } from '../../parts/audio.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html } from '../../parts/html.ts'
import { layout } from '../../parts/layout.ts'
import { thousands } from '../../parts/numbers.ts'
import { heading, table } from '../../parts/table.ts'
import { type TeamChoice, teamChooser } from '../../parts/team-chooser.ts'
import type { Words } from '../../words/words.ts'

export type AudioRow = {
  name: string
  legs: number
  mos: number | null
  worst: number | null
  poor: number
  loss: number
  jitterMs: number
  theirLoss: number | null
  roundTripMs: number | null
  oneWay: number
  outsiders: number
}

export type AudioPageProps = {
  choice: TeamChoice
  frame: Frame /** `2026-11-26` */
  day: string
  trunks: AudioRow[]
  teams: AudioRow[]
  agents: AudioRow[]
}

export function audioPage(props: AudioPageProps): Html {
  const { frame, day } = props
  const w = textsOf(frame)
  const words = w.audio
  return layout(frame, {
    title: words.title,
    main: html`${heading({ title: words.title, about: words.about })}${teamChooser(frame, props.choice, { day })}
<div class="stack"><form class="form panel" method="get" action="${frame.path}"><div class="row"><label class="field"><span>${words.day}</span><input type="date" name="day" value="${day}" required></label></div>${props.choice.chosen === null ? null : html`<input type="hidden" name="team" value="${props.choice.chosen}">`}<div class="buttons"><button class="button primary">${words.show}</button></div></form>
<section class="panel"><header><h2>${words.byTrunk}</h2></header>${sums(words.byTrunk, words.trunk, props.trunks, w)}</section>
${props.teams.length === 0 ? null : html`<section class="panel"><header><h2>${w.teams.byTeam}</h2></header>${sums(w.teams.byTeam, w.teams.team, props.teams, w)}</section>`}
<section class="panel"><header><h2>${words.byAgent}</h2></header>${sums(words.byAgent, words.agent, props.agents, w)}</section></div>`,
  })
}

function sums(caption: string, head: string, rows: readonly AudioRow[], w: Words): Html {
  const words = w.audio
  return table({
    caption,
    rows,
    empty: words.nothing,
    columns: [
      { head, cell: row => row.name },
      { head: words.head, cell: row => audioChip({ mos: row.mos, oneWay: null }, w) },
      { head: words.legs, kind: 'figure', cell: row => thousands(row.legs) },
      { head: words.mos, kind: 'figure', cell: row => figure(row.mos, 2) },
      { head: words.worst, kind: 'figure', cell: row => figure(row.worst, 2) },
      { head: words.poor, kind: 'figure', cell: row => thousands(row.poor) },
      { head: words.loss, kind: 'figure', cell: row => share(row.loss, 2) },
      { head: words.jitter, kind: 'figure', cell: row => `${figure(row.jitterMs, 1)} ms` },
      {
        head: words.roundTrip,
        kind: 'figure',
        cell: row => (row.roundTripMs === null ? '—' : `${row.roundTripMs.toFixed(0)} ms`),
      },
      { head: words.oneWayCount, kind: 'figure', cell: row => thousands(row.oneWay) },
      { head: words.strangers, kind: 'figure', cell: row => thousands(row.outsiders) },
    ],
  })
}

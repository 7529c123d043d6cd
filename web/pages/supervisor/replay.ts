/** A past day again with other settings: the form, and the three days side by side. */
import type {
  Rehearsal,
  RehearsalChange,
  RehearsalFigures,
  RehearsalRefusal,
} from '../../../src/centre/campaigns/rehearsal.ts'
import { type Filled, selectField, textField } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html, type Piece } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { layout } from '../../parts/layout.ts'
import { percent, thousands } from '../../parts/numbers.ts'
import { heading, table } from '../../parts/table.ts'
import { exactly } from '../../parts/time.ts'
import type { Words } from '../../words/words.ts'
import { progressOf, refusal } from './occupancy.ts'

export const replayModes = ['predictive', 'progressive', 'preview', 'manual'] as const

export type ReplayFormProps = {
  frame: Frame
  campaign: { id: string; name: string }
  filled: Filled
  refused: RehearsalRefusal | 'too_many' | null
}
export type ReplayProps = { frame: Frame; campaign: { id: string; name: string }; replay: Rehearsal }

export function replayFormPage({ frame, campaign, filled, refused }: ReplayFormProps): Html {
  const w = textsOf(frame)
  const words = w.rehearsal
  const path = `/supervisor/campaigns/${campaign.id}`
  return layout(frame, {
    title: `${words.replay} · ${campaign.name}`,
    main: html`${heading({ title: words.replay, count: campaign.name, about: words.replayAbout, actions: back(path, w) })}
${refusal(refused, w)}
<form class="form panel" method="post" action="${path}/replay">
<div class="row">${textField({ name: 'day', label: words.day, help: words.dayHelp, type: 'date', required: true }, filled)}
${selectField({ name: 'mode', label: words.mode, choices: replayModes.map(value => ({ value, word: w.domain.mode[value] })) }, filled)}</div>
<div class="row">${textField({ name: 'occupancyMax', label: words.occupancy, type: 'number', min: 50, max: 100, step: 'any', figure: true, required: true }, filled)}
${textField({ name: 'abandonRateMax', label: words.abandon, type: 'number', min: 0.1, max: 3, step: 'any', figure: true, required: true }, filled)}
${textField({ name: 'linesPerAgentMax', label: words.lines, type: 'number', min: 1, max: 20, step: 'any', figure: true, required: true }, filled)}</div>
<div class="buttons"><button class="button primary">${icon('refresh-cw')}${words.start}</button></div></form>`,
  })
}

export function replayPage(props: ReplayProps): Html {
  const { frame, campaign } = props
  const w = textsOf(frame)
  const path = `/supervisor/campaigns/${campaign.id}`
  return layout(frame, {
    title: `${w.rehearsal.replay} · ${campaign.name}`,
    main: html`${heading({ title: w.rehearsal.replay, count: campaign.name, actions: back(path, w) })}
${replayPart(props)}
<p><a class="button" href="${path}/replay">${w.rehearsal.again}</a></p>`,
  })
}

/** Painted anew each second until it is through. */
export function replayPart({ frame, campaign, replay }: ReplayProps): Html {
  const w = textsOf(frame)
  const words = w.rehearsal
  const path = `/supervisor/campaigns/${campaign.id}`
  const isOpen = replay.state === 'running' || replay.state === 'waiting'
  const poll = html` hx-get="${path}/replay/${replay.id}" hx-select="#replay" hx-trigger="every 1s" hx-swap="outerMorph"`
  return html`<section id="replay" class="panel"${isOpen ? poll : null}><header><h2>${replay.day === null ? '' : exactly(replay.day.from, frame).slice(0, 10)}</h2><span class="muted">${changeWords(replay, w)}</span></header>
${progressOf(replay, `${path}/rehearsals/${replay.id}/cancel`, w)}
${days(replay, w)}
<p class="help">${words.compare}</p>
<ul class="plain help">${replay.notes.map(({ note, share }) => html`<li>${words.notes[note](percent(share))}</li>`)}<li>${words.trunksNow}</li></ul></section>`
}

function back(path: string, w: Words): Html {
  return html`<a class="button" href="${path}">${icon('chevron-left')}${w.campaign.back}</a>`
}

/** `Occupancy ceiling 90.0 % → 75.0 %`, each setting that was changed. */
function changeWords({ asWas, change, parts }: Rehearsal, w: Words): string {
  const { names, same } = w.rehearsal
  if (!parts.some(({ name }) => name === 'changed')) return same
  const shown = (settings: RehearsalChange): Record<keyof RehearsalChange, string | null> => ({
    mode: settings.mode === undefined ? null : w.domain.mode[settings.mode],
    occupancyMax: settings.occupancyMax === undefined ? null : percent(settings.occupancyMax),
    abandonRateMax: settings.abandonRateMax === undefined ? null : percent(settings.abandonRateMax),
    linesPerAgentMax: settings.linesPerAgentMax === undefined ? null : String(settings.linesPerAgentMax),
  })
  const [before, after] = [shown(asWas), shown(change)]
  return (['mode', 'occupancyMax', 'abandonRateMax', 'linesPerAgentMax'] as const)
    .filter(key => after[key] !== null && after[key] !== before[key])
    .map(key => `${names[key]} ${before[key]} → ${after[key]}`)
    .join(' · ')
}

type Line = { name: string; value: (figures: RehearsalFigures) => number | null; words: (value: number) => string }

function days(replay: Rehearsal, w: Words): Piece {
  const words = w.rehearsal
  if (replay.day === null) return null
  const real = [replay.day.real]
  const runsOf = (part: string) => replay.parts.find(({ name }) => name === part)?.runs ?? []
  const lines: Line[] = [
    { name: words.utilisation, value: figures => figures.utilisation, words: share },
    { name: words.abandoned, value: figures => figures.abandonRate, words: share },
    { name: words.worst, value: figures => figures.worst15MinAbandonRate, words: share },
    { name: words.idle, value: figures => figures.idleMsMean, words: ms => `${(ms / 1000).toFixed(1)} s` },
    { name: words.perHour, value: figures => figures.connectedPerHour, words: thousands },
    { name: words.dialled, value: figures => figures.dialled, words: thousands },
    { name: words.answered, value: figures => figures.answered, words: thousands },
    { name: words.connected, value: figures => figures.connected, words: thousands },
    { name: words.linesMost, value: figures => figures.linesPeak, words: thousands },
  ]
  return table({
    caption: words.replay,
    rows: lines,
    empty: '',
    columns: [
      { head: words.figure, cell: line => html`<b>${line.name}</b>` },
      { head: words.real, kind: 'figure', cell: line => between(real, line) },
      { head: words.asWas, kind: 'figure', cell: line => between(runsOf('as_was'), line) },
      { head: words.changed, kind: 'figure', cell: line => between(runsOf('changed'), line) },
    ],
  })
}

/** Of several runs the least and the most. */
function between(runs: readonly RehearsalFigures[], { value, words }: Line): string {
  const known = runs.flatMap(run => value(run) ?? [])
  if (known.length === 0) return '—'
  const [least, most] = [words(Math.min(...known)), words(Math.max(...known))]
  return least === most ? least : `${least} – ${most}`
}

function share(of: number): string {
  return `${(of * 100).toFixed(2)} %`
}

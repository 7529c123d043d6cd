/** The slider of the occupancy ceiling, and beside it what each ceiling would bring as far as a simulation can tell. */
import type {
  Rehearsal,
  RehearsalFigures,
  RehearsalPart,
  RehearsalRefusal,
} from '../../../src/centre/campaigns/rehearsal.ts'
import { notice } from '../../parts/form.ts'
import { type Html, html, type Piece } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { percent, thousands } from '../../parts/numbers.ts'
import { table } from '../../parts/table.ts'
import type { Words } from '../../words/words.ts'

export type OccupancyProps = {
  id: string
  /** Where the slider stands, and what the campaign has; 0.5 to 1. */
  chosen: number
  saved: number
  /** With how many agents a prediction would reckon, and whether those are present or all there are. */
  agents: { count: number; arePresent: boolean }
  prediction: Rehearsal | null
  refused: RehearsalRefusal | 'too_many' | null
}

type Metric = 'utilisation' | 'abandonRate' | 'idleMsMean' | 'connectedPerHour'
/** `spread`: half of how far the runs lie apart; null: there was one only. */
export type Predicted = { value: number; spread: number | null }

export function occupancyPart(props: OccupancyProps, w: Words): Html {
  const words = w.rehearsal
  const path = `/supervisor/campaigns/${props.id}`
  const value = Math.round(props.chosen * 100)
  return html`<section id="occupancy" class="panel"><header><h2>${words.slider}</h2><span class="muted">${words.now(percent(props.saved))}</span></header><p class="about">${words.sliderAbout}</p>
<form class="slider" method="post" action="${path}/occupancy"><label for="occupancy-max">${words.atCeiling}</label>
<input id="occupancy-max" type="range" name="occupancyMax" min="50" max="100" step="1" value="${value}" aria-describedby="predicted" hx-get="${path}/predicted" hx-target="#predicted" hx-swap="outerMorph" hx-trigger="input changed delay:120ms" hx-include="#occupancy-max">
<button class="button">${words.save}</button></form>
${predictedPart(props, w)}</section>`
}

/** Painted anew when the slider moves, and each second while a prediction is being worked out. */
export function predictedPart(props: OccupancyProps, w: Words): Html {
  const { id, chosen, prediction } = props
  const path = `/supervisor/campaigns/${id}`
  const isOpen = prediction !== null && (prediction.state === 'running' || prediction.state === 'waiting')
  const poll = html` hx-get="${path}/predicted" hx-trigger="every 1s" hx-swap="outerMorph" hx-include="#occupancy-max"`
  return html`<div id="predicted" aria-live="polite"${isOpen ? poll : null}>${refusal(props.refused, w)}
${prediction === null ? html`<p class="help">${w.rehearsal.notYet}</p>` : html`${progressOf(prediction, `${path}/rehearsals/${prediction.id}/cancel`, w)}${figures(prediction, chosen, w)}`}
${isOpen ? null : button(props, path, w)}</div>`
}

function button({ agents, prediction }: OccupancyProps, path: string, w: Words): Html {
  const words = w.rehearsal
  const name = prediction === null ? words.predict(agents.count) : words.predictAgain(agents.count)
  return html`<div class="buttons"><button class="button" type="button" hx-post="${path}/prediction" hx-target="#predicted" hx-swap="outerMorph" hx-include="#occupancy-max"${agents.count === 0 ? html` disabled` : null}>${icon('flask-conical')}${name}</button>${agents.arePresent ? null : html`<span class="help">${words.nobodyHere}</span>`}</div>`
}

function figures(prediction: Rehearsal, chosen: number, w: Words): Piece {
  const words = w.rehearsal
  const known = prediction.parts.filter(({ runs }) => runs.length > 0)
  if (known.length === 0) return null
  const of = (metric: Metric) => predictedAt(known, chosen, metric)
  const { agents, hours, warmHours, answerChance, talkMsMean, wrapMsMean } = prediction
  const measured = (hours - warmHours).toFixed(1)
  return html`<dl class="facts figures inline"><div><dt>${words.atCeiling}</dt><dd>${percent(chosen)}</dd></div>
<div><dt>${words.abandoned}</dt><dd>${said(of('abandonRate'), share)}</dd></div>
<div><dt>${words.idle}</dt><dd>${said(of('idleMsMean'), seconds)}</dd></div>
<div><dt>${words.perHour}</dt><dd>${said(of('connectedPerHour'), thousands)}</dd></div>
<div><dt>${words.utilisation}</dt><dd>${said(of('utilisation'), share)}</dd></div></dl>
<p class="help">${words.basis(agents, measured, percent(answerChance), seconds(talkMsMean), seconds(wrapMsMean))} ${words.honest}</p>
<details><summary>${words.allCeilings}</summary>${table({
    caption: words.allCeilings,
    rows: known,
    empty: '',
    columns: [
      { head: words.atCeiling, cell: part => percent(Number(part.name)) },
      { head: words.abandoned, kind: 'figure', cell: part => said(meanOf(part.runs, 'abandonRate'), share) },
      { head: words.idle, kind: 'figure', cell: part => said(meanOf(part.runs, 'idleMsMean'), seconds) },
      { head: words.perHour, kind: 'figure', cell: part => said(meanOf(part.runs, 'connectedPerHour'), thousands) },
      { head: words.utilisation, kind: 'figure', cell: part => said(meanOf(part.runs, 'utilisation'), share) },
    ],
  })}</details>`
}

/** Between the two ceilings that were simulated on either side; beyond them nothing is said. */
export function predictedAt(parts: readonly RehearsalPart[], ceiling: number, metric: Metric): Predicted | null {
  const points = parts
    .flatMap(({ name, runs }) => {
      const mean = meanOf(runs, metric)
      return mean === null ? [] : [{ at: Number(name), ...mean }]
    })
    .sort((a, b) => a.at - b.at)
  const below = points.findLast(({ at }) => at <= ceiling)
  const above = points.find(({ at }) => at >= ceiling)
  if (below === undefined || above === undefined) return null
  const weight = above.at === below.at ? 0 : (ceiling - below.at) / (above.at - below.at)
  const spread = below.spread === null || above.spread === null ? null : Math.max(below.spread, above.spread)
  return { value: below.value + weight * (above.value - below.value), spread }
}

function meanOf(runs: readonly RehearsalFigures[], metric: Metric): Predicted | null {
  const values = runs.flatMap(run => run[metric] ?? [])
  if (values.length === 0) return null
  const value = values.reduce((sum, each) => sum + each, 0) / values.length
  return { value, spread: values.length === 1 ? null : (Math.max(...values) - Math.min(...values)) / 2 }
}

function said(predicted: Predicted | null, words: (value: number) => string): string {
  if (predicted === null) return '—'
  return predicted.spread === null
    ? `≈ ${words(predicted.value)}`
    : `${words(predicted.value)} ± ${words(predicted.spread)}`
}

/** A simulation under way, with its way out; or how it ended, when that was not well. */
export function progressOf({ state, progress }: Rehearsal, cancelPath: string, w: Words): Piece {
  const words = w.rehearsal
  switch (state) {
    case 'done':
      return null
    case 'cancelled':
      return notice('amber', words.cancelled)
    case 'failed':
      return notice('red', words.failed)
    case 'waiting':
    case 'running': {
      const name = state === 'waiting' ? words.waiting : words.running(`${Math.round(progress * 100)} %`)
      return html`<form class="slider" method="post" action="${cancelPath}"><span>${name}</span><progress max="1" value="${progress.toFixed(2)}" aria-label="${name}"></progress><button class="button small">${icon('x')}${words.cancel}</button></form>`
    }
  }
  return state satisfies never
}

export function refusal(refused: RehearsalRefusal | 'too_many' | null, w: Words): Piece {
  if (refused === null) return null
  const words = w.rehearsal
  return notice(
    'amber',
    refused === 'too_many' ? words.tooMany : words.refusals[refused.rule](refused.found, refused.needed),
  )
}

function share(of: number): string {
  return `${(of * 100).toFixed(of < 0.01 ? 2 : 1)} %`
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}

/**
 * A ladder: who takes part stands at the top, each message is an arrow between two of them, and unfolds to its text. Drawn row by row, each
 * row a small SVG of fixed width, so that lanes stand under each other however many rows lie unfolded between; no script, no inline style.
 */
import { type Html, html, type Piece } from './html.ts'

export type Participant = { name: string; address: string }

export type Step = {
  /** Places in the list of participants. */
  from: number
  to: number
  /** `INVITE`, `200 OK` */
  label: string
  /** What stands small under the arrow: of what it is the answer, which media it names. */
  detail: string
  /** Answers are coloured; their number says the same. */
  tone: 'request' | 'progress' | 'success' | 'redirect' | 'failure'
  again: boolean
  /** `12:00:01.234` and `+0.120` */
  clock: string
  since: string
  /** For who hears the page. */
  spoken: string
  text: string
}

const laneWidth = 250
const edge = 110
const rowHeight = 46
const arrowAt = 22
const labelMax = 34
const detailMax = 40

export function ladder(
  participants: readonly Participant[],
  steps: readonly Step[],
  options: { open: boolean; again: string; time: string },
): Html {
  const width = edge * 2 + laneWidth * Math.max(1, participants.length - 1)
  return html`<div class="ladder scroll" tabindex="0" role="region" aria-label="${options.time}">
<div class="rung head"><span class="when muted">${options.time}</span>${heads(participants, width)}</div>
${steps.map(
  step => html`<details class="rung"${options.open ? html` open` : null}><summary><span class="when figure"><b>${step.clock}</b><span class="muted">${step.since}</span></span>${row(participants.length, step, width, options.again)}</summary>
<pre tabindex="0" aria-label="${step.spoken}">${step.text}</pre></details>\n`,
)}</div>`
}

function heads(participants: readonly Participant[], width: number): Html {
  return html`<svg class="lanes" width="${width}" height="52" viewBox="0 0 ${width} 52" role="img" aria-label="${participants.map(one => `${one.name} ${one.address}`).join(' · ')}">${participants.map(
    (one, at) =>
      html`<rect class="who" x="${x(at) - 104}" y="2" width="208" height="46" rx="6"/><text class="name" x="${x(at)}" y="21" text-anchor="middle">${short(one.name, 26)}</text><text class="address" x="${x(at)}" y="39" text-anchor="middle">${short(one.address, 34)}</text>`,
  )}</svg>`
}

function row(count: number, step: Step, width: number, again: string): Html {
  const [from, to] = [x(step.from), x(step.to)]
  const inward = to > from ? -1 : 1
  const tip = to + inward * 2
  const middle = (from + to) / 2
  return html`<svg class="lanes ${step.tone}${step.again ? ' again' : ''}" width="${width}" height="${rowHeight}" viewBox="0 0 ${width} ${rowHeight}" role="img" aria-label="${step.spoken}">${Array.from(
    { length: count },
    (_, at) => html`<line class="lane" x1="${x(at)}" x2="${x(at)}" y1="0" y2="${rowHeight}"/>`,
  )}<line class="arrow" x1="${from}" x2="${tip}" y1="${arrowAt}" y2="${arrowAt}"/><path class="tip" d="M${tip} ${arrowAt}l${inward * 9} -5v10z"/><text class="label" x="${middle}" y="${arrowAt - 6}" text-anchor="middle">${short(step.label, labelMax)}${note(step, again)}</text><text class="detail" x="${middle}" y="${arrowAt + 16}" text-anchor="middle">${short(step.detail, detailMax)}</text></svg>`
}

function note(step: Step, again: string): Piece {
  return step.again ? html`<tspan class="detail"> · ${again}</tspan>` : null
}

const x = (at: number) => edge + at * laneWidth

function short(text: string, max: number): string {
  const letters = [...text]
  return letters.length <= max ? text : `${letters.slice(0, max - 1).join('')}…`
}

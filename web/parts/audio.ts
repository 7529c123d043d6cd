/** How a call sounds: a colour, an icon and a word; and the figures of its legs. */
import { type AudioWord, audioWord, type LegAudio, type OneWay, worseOf } from '../../src/centre/audio/leg-audio.ts'
import type { Words } from '../words/words.ts'
import { type Html, html, type Piece } from './html.ts'
import { icon } from './icons.ts'
import { chip, type Tone } from './state.ts'
import { table } from './table.ts'

const tones: Record<AudioWord, Tone> = { good: 'green', fair: 'blue', poor: 'amber', bad: 'red' }

/** Null: nothing was heard, and nothing is wrong. */
export function audioChip(audio: { mos: number | null; oneWay: OneWay | null } | null, w: Words): Piece {
  if (audio === null) return null
  if (audio.oneWay !== null) return chip('red', 'circle-alert', w.audio.oneWayShort)
  const word = audioWord(audio.mos)
  if (word === null) return null
  return chip(
    tones[word],
    word === 'good' ? 'volume-2' : 'triangle-alert',
    html`${w.audio.word[word]} <span class="figure">${audio.mos!.toFixed(1)}</span>`,
  )
}

export type LegRow = { id: string; name: string; audio: LegAudio }

/** Both directions of each leg, and above them in words what is wrong. */
export function legSounds(legs: readonly LegRow[], w: Words): Html {
  const words = w.audio
  return html`${legs.map(leg => troubles(leg, w))}
${table({
  caption: words.head,
  rows: legs,
  empty: words.none,
  columns: [
    {
      head: words.leg,
      cell: leg =>
        html`${leg.name}<div class="small muted">${leg.audio.codec === 'pcma' ? 'G.711 A' : 'G.711 µ'}</div>`,
    },
    { head: words.head, cell: leg => audioChip({ mos: worseOf(leg.audio), oneWay: leg.audio.oneWay }, w) },
    { head: words.mosIn, kind: 'figure', cell: leg => figure(leg.audio.mosIn, 2) },
    { head: words.loss, kind: 'figure', cell: leg => share(leg.audio.loss) },
    { head: words.jitter, kind: 'figure', cell: leg => `${figure(leg.audio.jitterMs, 1)} ms` },
    {
      head: words.level,
      kind: 'figure',
      cell: leg => (leg.audio.levelDb === null ? words.none : `${leg.audio.levelDb.toFixed(0)} dB`),
    },
    {
      head: words.silence,
      kind: 'figure',
      cell: leg => (leg.audio.silence === null ? words.none : share(leg.audio.silence, 0)),
    },
    { head: words.mosOut, kind: 'figure', cell: leg => figure(leg.audio.mosOut, 2) },
    {
      head: words.loss,
      kind: 'figure',
      cell: leg => (leg.audio.theirLoss === null ? words.none : share(leg.audio.theirLoss)),
    },
    {
      head: words.roundTrip,
      kind: 'figure',
      cell: leg => (leg.audio.roundTripMs === null ? words.none : `${leg.audio.roundTripMs.toFixed(0)} ms`),
    },
    {
      head: words.from,
      cell: ({ audio }) =>
        html`<span class="mono">${audio.from || words.none}</span>${audio.named !== '' && audio.named !== audio.from ? html`<div class="small muted">${words.named(audio.named)}</div>` : null}<div class="small muted">${words.details(audio.reordered, audio.duplicates, audio.ssrcChanges)}</div>${audio.voip === undefined ? null : html`<div class="small muted">${words.theirs(share(audio.voip.loss + audio.voip.discarded), figure(audio.voip.mosListening, 1), audio.voip.bufferMs)}</div>`}`,
    },
  ],
})}`
}

function troubles({ name, audio }: LegRow, w: Words): Piece {
  const words = w.audio
  const found = [
    audio.oneWay === null
      ? null
      : words.oneWay[audio.oneWay](audio.oneWay === 'nothing_from' ? audio.named : audio.from),
    audio.foreign + audio.rivals === 0 ? null : words.outsiders(audio.foreign + audio.rivals, audio.foreignFrom ?? ''),
  ].filter(one => one !== null)
  return found.length === 0
    ? null
    : html`${found.map(one => html`<p class="notice red">${icon('circle-alert')}<span>${name}: ${one}</span></p>`)}`
}

export function figure(value: number | null, digits: number): string {
  return value === null ? '—' : value.toFixed(digits)
}

export function share(value: number, digits = 1): string {
  return `${(value * 100).toFixed(digits)} %`
}

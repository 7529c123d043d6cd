import { raw } from 'hono/html'
import type { WallStanding } from '../../src/centre/supervision/wall.ts'
import { type Filled, notice, selectField, textField } from '../parts/form.ts'
import { type Frame, textsOf } from '../parts/frame.ts'
import { type Html, html } from '../parts/html.ts'
import { icon } from '../parts/icons.ts'
import { layout } from '../parts/layout.ts'
import { chip, type Tone } from '../parts/state.ts'
import { heading, table } from '../parts/table.ts'
import { instant } from '../parts/time.ts'
import type { Words } from '../words/words.ts'
import { problems } from './admin/users.ts'

export type WallRow = {
  id: string
  name: string
  /** The name of the team that it shows; null: all that its maker sees. */
  team: string | null
  by: string
  madeAt: number
  seenAt: number | null
  seenFrom: string | null
  standing: WallStanding
  /** Its stream is open now. */
  isShowing: boolean
}

export type WallsProps = {
  frame: Frame
  walls: WallRow[]
  /** Those that the viewer may choose from. */
  teams: { id: string; name: string }[]
  mayMake: boolean
  /** Just made: shown this once. `qr`: an SVG of ours. */
  link: { name: string; url: string; key: string; qr: string } | null
  /** Of a page that was to show one, and does no more. */
  isLinkOver: boolean
  filled: Filled
}

/** `/walls`: screens on the wall. */
export function wallsPage(props: WallsProps): Html {
  const w = textsOf(props.frame)
  const words = w.walls
  return layout(props.frame, {
    title: words.title,
    main: html`${heading({ title: words.title, count: w.frame.list.count(props.walls.length), about: words.about })}
${props.isLinkOver ? notice('amber', words.linkOver) : null}${props.link === null ? null : linkOf(props.link, w)}
<div class="wide-narrow">${table({
      caption: words.title,
      rows: props.walls,
      empty: words.none,
      columns: [
        { head: words.name, cell: row => html`<b>${row.name}</b>` },
        { head: words.shows, cell: row => row.team ?? words.all },
        {
          head: words.by,
          cell: row => html`${row.by}<div class="small muted">${instant(row.madeAt, props.frame)}</div>`,
        },
        { head: words.state, cell: row => stateOf(row, w) },
        {
          head: words.seen,
          cell: row =>
            row.seenAt === null
              ? '—'
              : html`${row.isShowing ? words.now : instant(row.seenAt, props.frame)}<div class="small figure">${row.seenFrom ?? ''}</div>`,
        },
        { head: w.frame.list.actions, kind: 'action', cell: row => actions(row, props.mayMake, w) },
      ],
    })}
${props.mayMake ? form(props, w) : null}</div>`,
  })
}

function linkOf({ name, url, key, qr }: NonNullable<WallsProps['link']>, w: Words): Html {
  const words = w.walls
  return html`<section class="panel phone-address" data-once><div class="qr">${raw(qr)}</div><div><h2>${words.linkOf(name)}</h2>
<p>${words.linkHow}</p>
<p><code class="figure">${url}</code> <button class="button small quiet" type="button" data-copies="${url}">${icon('copy')}${w.admin.tokens.copy}</button></p>
<p>${words.linkTyped} <b class="figure">${key}</b></p>
<p class="small muted">${words.linkOnce}</p></div></section>`
}

const tones: Record<WallStanding, Tone> = {
  linked: 'blue',
  lapsed: 'amber',
  open: 'green',
  idle: 'amber',
  revoked: 'grey',
  makerDisabled: 'red',
  makerRole: 'red',
  teamRemoved: 'red',
  teamNotLed: 'red',
  noTeamLed: 'red',
}

function stateOf({ standing, isShowing }: WallRow, w: Words): Html {
  const word = standing === 'open' && !isShowing ? w.walls.off : w.walls.states[standing]
  const tone = standing === 'open' && !isShowing ? 'grey' : tones[standing]
  return chip(tone, tone === 'green' ? 'circle-check' : tone === 'red' ? 'ban' : 'circle', word)
}

function actions({ id, name, standing }: WallRow, mayMake: boolean, w: Words): Html | null {
  const words = w.walls
  if (standing === 'revoked') return null
  return html`${mayMake && tones[standing] !== 'red' ? html`<form method="post" action="/walls/${id}/link"><button class="button small">${words.link}</button></form> ` : null}<form method="post" action="/walls/${id}/revocation" data-asks="${words.revokeQuestion(name)}"><button class="button small danger">${icon('ban')}${words.revoke}</button></form>`
}

function form({ teams, filled }: WallsProps, w: Words): Html {
  const words = w.walls
  const choices = [{ value: '', word: words.all }, ...teams.map(({ id, name }) => ({ value: id, word: name }))]
  return html`<section class="panel"><h2>${words.add}</h2>${problems(filled, w)}<form class="form" method="post" action="/walls">
${textField({ name: 'name', label: words.name, help: words.nameHelp, required: true, maxlength: 64 }, filled)}
${selectField({ name: 'team', label: words.shows, help: words.allHelp, choices }, filled)}
<div class="buttons"><button class="button primary">${words.make}</button></div></form></section>`
}

import { notice, textField } from '../parts/form.ts'
import { type Frame, textsOf } from '../parts/frame.ts'
import { type Html, html, type Region } from '../parts/html.ts'
import { icon } from '../parts/icons.ts'
import { layout } from '../parts/layout.ts'
import { chip } from '../parts/state.ts'
import { heading } from '../parts/table.ts'
import { timer } from '../parts/time.ts'
import type { AgentTile, BoardProps } from './supervisor/floor-props.ts'
import { boardRegions } from './supervisor/wallboard.ts'

/** What stands on a wall is seen by whoever walks past: no party's name, no number, no reason, and nothing to press. */
export type WallProps = BoardProps & {
  name: string
  /** null: all that its maker sees. */
  team: string | null
  agents: (AgentTile & { party: null })[]
  /** Who asks for help since when; `comes`: who helps, null: nobody yet. */
  appeals: { agent: string; askedAt: number; comes: string | null }[]
}

/** `/wall`: the wallboard for a screen where nobody is signed in. */
export function wallPage(props: WallProps): Html {
  const w = textsOf(props.frame)
  return layout(props.frame, {
    title: props.name,
    scripts: ['wall.js'],
    onWall: true,
    main: html`${heading({ title: props.team ?? w.supervisor.wallboard, about: props.name })}
<div id="wall-stream" hx-sse:connect="/live/wall" hx-config="sse.pauseOnBackground:false" hidden></div>
<div class="stack">${wallRegions(props).map(region => region.body)}</div>`,
  })
}

export function wallRegions(props: WallProps): Region[] {
  return [appeals(props), ...boardRegions(props, 'as a picture')]
}

function appeals({ frame, appeals }: WallProps): Region {
  const words = textsOf(frame).appeals
  const body = html`<section id="appeals" class="panel appeals" aria-label="${words.title}"${appeals.length === 0 ? html` hidden` : null}>
<header><h2>${words.title}</h2></header>
<ul>${appeals.map(
    ({ agent, askedAt, comes }) =>
      html`<li class="${comes === null ? 'red' : 'blue'}"><div><span><b>${agent}</b> ${words.asks} <b class="figure">${timer(askedAt, frame)}</b></span></div>${comes === null ? null : chip('blue', 'user-round', words.comes(comes))}</li>`,
  )}</ul></section>`
  return { id: 'appeals', body }
}

/** `key` of the link that was opened; '': it is typed. `isRefused`: it was not good. */
export type WallGateProps = { frame: Frame; key: string; isRefused: boolean }

/** A screen that shows nothing (any more): how it comes to show something. */
export function wallGatePage({ frame, key, isRefused }: WallGateProps): Html {
  const w = textsOf(frame)
  const words = w.walls
  const field =
    key === ''
      ? textField(
          {
            name: 'key',
            label: words.key,
            required: true,
            maxlength: 20,
            autocomplete: 'off',
            figure: true,
            autofocus: true,
          },
          { values: {}, errors: {} },
        )
      : html`<input type="hidden" name="key" value="${key}">`
  return layout(frame, {
    title: words.screen,
    scripts: key === '' ? ['wall-gate.js'] : [],
    main: html`<div class="gate"><section class="panel"><h1>${words.screen}</h1>
${isRefused ? notice('red', words.refused) : null}
<p>${key === '' ? words.gate : words.gateLink}</p>
<form class="form" method="post" action="/wall/session">${field}
<button class="button primary"${key === '' ? null : html` autofocus`}>${icon('layout-dashboard')}${words.open}</button></form></section>
<p class="foot">${words.gateFoot}</p></div>`,
  })
}

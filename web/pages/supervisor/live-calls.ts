import { audioChip } from '../../parts/audio.ts'
import { divertedSentence } from '../../parts/diverted.ts'
import { notice } from '../../parts/form.ts'
import { type Frame, textsOf } from '../../parts/frame.ts'
import { type Html, html, type Region } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { layout } from '../../parts/layout.ts'
import { partyName } from '../../parts/names.ts'
import { callChip, chip } from '../../parts/state.ts'
import { heading, table } from '../../parts/table.ts'
import { type TeamChoice, teamChooser, withTeam } from '../../parts/team-chooser.ts'
import { timer } from '../../parts/time.ts'
import type { Words } from '../../words/words.ts'
import { audioPanel } from '../agent/audio-panel.ts'
import { audioTexts } from '../agent/audio-texts.ts'
import { type AppealsProps, appealsRegion, appealsSaid } from './appeals.ts'
import type { LiveCall } from './floor-props.ts'
import { beginButtons, modeIcons, type SupervisionProps, supervisionPanel } from './supervision.ts'

export type LiveCallsProps = {
  frame: Frame
  choice: TeamChoice
  calls: LiveCall[]
  supervision: SupervisionProps
  appeals: AppealsProps['appeals']
  said: { tone: 'green' | 'red'; words: string } | null
}

export function liveCallsPage(props: LiveCallsProps): Html {
  const words = textsOf(props.frame).supervisor.calls
  return layout(props.frame, {
    title: words.title,
    scripts: ['appeals.js'],
    modules: ['agent-audio.js'],
    main: html`${heading({ title: words.title, about: words.about })}${teamChooser(props.frame, props.choice)}
<div id="calls-stream" hx-sse:connect="${withTeam('/live/calls', props.choice)}" hx-config="sse.pauseOnBackground:false" hidden></div>${appealsSaid(null).body}
<div id="calls-said" aria-live="polite">${props.said ? notice(props.said.tone, props.said.words) : null}</div>
<p id="audio-words" class="notice amber" role="status" ${audioTexts(textsOf(props.frame))}></p>
${liveCallsRegions(props).map(region => region.body)}${props.supervision.audio.startsWith('browser') ? audioPanel(textsOf(props.frame)) : null}`,
  })
}

export function liveCallsRegions(props: Pick<LiveCallsProps, 'frame' | 'calls' | 'supervision' | 'appeals'>): Region[] {
  const w = textsOf(props.frame)
  const words = w.supervisor.calls
  const body = html`<div id="live-calls">${table({
    caption: words.title,
    rows: props.calls,
    rowId: call => `call-${call.id}`,
    empty: words.none,
    columns: [
      { head: words.state, cell: call => (call.slot === null ? callChip(call.phase, w) : parkedChip(call, w)) },
      { head: words.time, cell: call => timer(call.since, props.frame) },
      { head: words.direction, cell: call => w.domain.direction[call.direction] },
      { head: words.party, cell: call => partyName(call, w) },
      {
        head: words.number,
        cell: call =>
          html`<span class="figure">${call.number}</span>${call.diverted ? html`<br><span class="small muted">${divertedSentence(call.diverted, w)}</span>` : null}`,
      },
      {
        head: words.agent,
        cell: call =>
          html`${call.agent ?? (call.parkedBy === null ? '—' : w.transfer.parkedBy(call.parkedBy))}${call.supervisors.map(one => html` ${chip('blue', modeIcons[one.mode], one.name)}`)}`,
      },
      { head: words.campaign, cell: call => call.campaign ?? '—' },
      { head: words.trunk, cell: call => call.trunk },
      { head: w.audio.head, cell: call => audioChip(call.sound ?? null, w) },
      {
        head: words.end,
        kind: 'action',
        cell: call =>
          html`${call.mayHear && call.id !== props.supervision.now?.call?.id ? beginButtons(call.agent ?? '', { call: call.id }, w) : null}${props.frame.person?.role !== 'supervisor' ? null : html`<button class="button small danger" hx-put="/supervisor/calls/${call.id}/ending" hx-swap="none" hx-confirm="${words.endQuestion(call.name ?? call.number)}" aria-label="${words.end}: ${call.name ?? call.number}">${icon('phone-off')}${words.end}</button>`}`,
      },
    ],
  })}</div>`
  return [
    appealsRegion(props),
    { id: 'supervision', body: supervisionPanel(props.frame, props.supervision) },
    { id: 'live-calls', body },
  ]
}

function parkedChip({ slot }: LiveCall, w: Words): Html {
  return chip('amber', 'circle-parking', w.transfer.slot(slot ?? ''))
}

import { takesNothing } from '../../../src/centre/recording/recording-rules.ts'
import { textsOf } from '../../parts/frame.ts'
import { type Html, html, type Region } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { layout } from '../../parts/layout.ts'
import { percent, thousands } from '../../parts/numbers.ts'
import { agentLooks, campaignNow, chip, pauseWord, type Tone } from '../../parts/state.ts'
import { heading, table } from '../../parts/table.ts'
import { teamChooser, withTeam } from '../../parts/team-chooser.ts'
import { timer } from '../../parts/time.ts'
import { trunkState } from '../../parts/trunk-state.ts'
import { appealsRegion, appealsSaid } from './appeals.ts'
import type { AgentTile, BoardProps, FloorProps } from './floor-props.ts'
import { beginButtons } from './supervision.ts'

export function wallboardPage(props: FloorProps): Html {
  const w = textsOf(props.frame)
  return layout(props.frame, {
    title: w.supervisor.wallboard,
    scripts: ['appeals.js'],
    main: html`${heading({ title: w.supervisor.wallboard })}${teamChooser(props.frame, props.choice)}
<div id="floor-stream" hx-sse:connect="${withTeam('/live/floor', props.choice)}" hx-config="sse.pauseOnBackground:false" hidden></div>${appealsSaid(null).body}
<div class="stack">${wallboardRegions(props).map(region => region.body)}</div>`,
  })
}

/** Each part is painted anew by itself, at most once a second. */
export function wallboardRegions(props: FloorProps): Region[] {
  return [appealsRegion(props), ...boardRegions(props, 'for a person')]
}

/** `as a picture`: nobody sits before it, so nothing on it leads on or can be pressed. */
type Use = 'for a person' | 'as a picture'

export function boardRegions(props: BoardProps, use: Use): Region[] {
  return [
    { id: 'tiles', body: tiles(props, use) },
    { id: 'agents', body: agentGrid(props, use) },
    { id: 'campaigns', body: campaigns(props, use) },
    { id: 'lines', body: lines(props) },
  ]
}

function tiles(props: BoardProps, use: Use): Html {
  const { figures } = props
  const { callbacks, claims, custody, safety, trunkRules, trunkTroubles } = textsOf(props.frame)
  const down = props.trunks.filter(trunk => !trunk.up)
  const words = textsOf(props.frame).supervisor.tiles
  const rate = figures.answered === 0 ? null : figures.abandoned / figures.answered
  const limit = figures.abandonRateMax
  const over = rate !== null && limit !== null && rate > limit
  return html`<section id="tiles" class="tiles" aria-label="${words.today}">
${tile(words.agents, String(figures.agentsOn), words.ofAgents(figures.agents))}
${tile(words.talking, String(figures.talking), '')}
${tile(words.ready, String(figures.ready), '')}
${tile(
  words.waiting,
  String(figures.waiting),
  figures.longestWaitSince === null ? '' : html`${words.longest} ${timer(figures.longestWaitSince, props.frame)}`,
  figures.waiting > 0 ? 'amber' : undefined,
)}
${tile(words.abandonment, percent(rate), html`${words.ofAnswered(figures.abandoned, figures.answered)}${limit === null ? null : html` · ${words.limit(percent(limit))}`}`, over ? 'red' : undefined)}
${tile(words.connectRate, percent(figures.dialled === 0 ? null : figures.answered / figures.dialled), words.ofAnswered(figures.answered, figures.dialled))}
${tile(callbacks.tile, thousands(figures.callbacks.overdue), leading('/supervisor/callbacks', callbacks.tileOf(thousands(figures.callbacks.open)), use), figures.callbacks.overdue > 0 ? 'amber' : undefined)}
${figures.complaints.overdue === 0 ? null : tile(claims.tile, thousands(figures.complaints.overdue), leading('/supervisor/complaints', claims.tileOf(thousands(figures.complaints.open)), use), 'red')}
${figures.appeals.asked === 0 ? null : appealsTile(props)}
${tile(words.missing, String(figures.recordingsMissing), words.today, figures.recordingsMissing > 0 ? 'red' : undefined)}
${figures.recordingsLostMs === 0 ? null : tile(custody.tile, `${(figures.recordingsLostMs / 1000).toFixed(1)} s`, words.today, 'red')}
${figures.recordingsDisk === 'well' ? null : tile(custody.disk, custody.disks[figures.recordingsDisk], '', takesNothing(figures.recordingsDisk) ? 'red' : 'amber')}
${
  down.length === 0
    ? null
    : tile(
        trunkRules.alarm,
        `${down.length} / ${props.trunks.length}`,
        down
          .slice(0, 3)
          .map(({ name, why }) => (why === null ? name : `${name}: ${trunkTroubles.why[why]}`))
          .join('; '),
        'red',
      )
}
${figures.alarms === 0 ? null : tile(safety.title, String(figures.alarms), safety.wallboard(figures.alarms), 'red')}
</section>`
}

function leading(path: string, words: Html | string, use: Use): Html | string {
  return use === 'for a person' ? html`<a href="${path}">${words}</a>` : words
}

/** How often help was asked for today, and how soon somebody came. */
function appealsTile({ frame, figures: { appeals } }: BoardProps): Html {
  const words = textsOf(frame).appeals
  const below =
    appeals.waitedMs === null
      ? words.tileOf(appeals.asked)
      : `${words.tileOf(appeals.asked)} · ${words.tileWaited((appeals.waitedMs / 1000).toFixed(0))}`
  return tile(words.tile, String(appeals.open), below, appeals.open > 0 ? 'red' : undefined)
}

function tile(name: string, value: string, below: Html | string, tone?: Tone): Html {
  return html`<div class="tile ${tone ?? ''}"><span class="what">${name}</span><span class="value">${tone ? icon('triangle-alert') : null}${value}</span><span class="below">${below}</span></div>`
}

/** Who needs attention stands first: lost audio, then long wrap-up, breaks, and so on; those who are off stand last. */
const order: AgentTile['phase'][] = [
  'wrapping',
  'ringing',
  'break',
  'talking',
  'dialing',
  'preview',
  'ready',
  'signed_off',
]

function agentGrid(props: BoardProps, use: Use): Html {
  const w = textsOf(props.frame)
  const sorted = [...props.agents].sort(
    (a, b) =>
      Number(b.noAudio) - Number(a.noAudio) || order.indexOf(a.phase) - order.indexOf(b.phase) || a.since - b.since,
  )
  return html`<section id="agents" class="panel"><header><h2>${w.supervisor.agents.title}</h2></header>
${sorted.length === 0 ? html`<p class="muted">${w.supervisor.agents.none}</p>` : html`<ul class="people">${sorted.map(agent => person(agent, props, use))}</ul>`}</section>`
}

function person(agent: AgentTile, props: BoardProps, use: Use): Html {
  const w = textsOf(props.frame)
  const looks = agentLooks[agent.phase]
  const tone = agent.noAudio ? 'red' : looks.tone
  const reason = agent.noAudio
    ? w.supervisor.agents.noAudio
    : agent.phase === 'break' && agent.reason
      ? pauseWord(agent.reason, w)
      : agent.party
  return html`<li class="${tone}"><b>${agent.displayName}</b>
<span class="is">${icon(agent.noAudio ? 'mic-off' : looks.icon)}${w.domain.agentPhase[agent.phase]} ${agent.phase === 'signed_off' ? null : timer(agent.since, props.frame)}</span>
<span class="small muted">${agent.consult === null ? null : html`${icon('headset')}${w.transfer.onFloor[agent.consult]} `}${reason ?? ''}</span>${agent.phase === 'talking' && use === 'for a person' ? beginButtons(agent.displayName, { agent: agent.id, stays: 'true' }, w) : null}</li>`
}

function campaigns(props: BoardProps, use: Use): Html {
  const w = textsOf(props.frame)
  const words = w.supervisor.campaigns
  return html`<section id="campaigns" class="panel"><header><h2>${words.title}</h2></header>
${table({
  caption: words.title,
  rows: props.campaigns,
  empty: words.none,
  columns: [
    {
      head: words.name,
      cell: row =>
        use === 'for a person'
          ? html`<a class="name" href="/supervisor/campaigns/${row.id}"><b>${row.name}</b></a>`
          : html`<b>${row.name}</b>`,
    },
    { head: words.mode, cell: row => html`<span class="keep">${w.domain.mode[row.mode]}</span>` },
    {
      head: words.state,
      cell: row => campaignNow(row, w),
    },
    { head: words.agents, kind: 'figure', cell: row => row.agents },
    { head: words.buffer, kind: 'figure', cell: row => row.buffer },
    { head: words.dialled, kind: 'figure', cell: row => thousands(row.dialled) },
    { head: words.answered, kind: 'figure', cell: row => thousands(row.answered) },
    { head: words.connected, kind: 'figure', cell: row => thousands(row.connected) },
    {
      head: words.rate,
      kind: 'figure',
      cell: row => {
        const rate = row.answered === 0 ? null : row.abandoned / row.answered
        const over = rate !== null && rate > row.abandonRateMax
        return over ? chip('red', 'triangle-alert', percent(rate)) : percent(rate)
      },
    },
  ],
})}</section>`
}

function lines(props: BoardProps): Html {
  const w = textsOf(props.frame)
  const queues = w.supervisor.queues
  const trunks = w.supervisor.trunks
  return html`<div id="lines" class="halves"><section class="panel"><header><h2>${queues.title}</h2></header>
${table({
  caption: queues.title,
  rows: props.queues,
  empty: queues.none,
  columns: [
    { head: queues.name, cell: row => html`<b>${row.name}</b>` },
    {
      head: queues.waiting,
      kind: 'figure',
      cell: row => (row.waiting === 0 ? '0' : chip('amber', 'hourglass', String(row.waiting))),
    },
    {
      head: queues.longest,
      kind: 'figure',
      cell: row => (row.longestWaitSince === null ? '—' : timer(row.longestWaitSince, props.frame)),
    },
    { head: queues.members, kind: 'figure', cell: row => row.free },
  ],
})}</section>
<section class="panel"><header><h2>${trunks.title}</h2></header>
<ul class="meters">${props.trunks.map(
    trunk => html`<li><span><b>${trunk.name}</b> ${trunkState(trunk, w)}</span>
<span class="figure">${trunk.calls} / ${trunk.maxCalls} ${trunks.use}</span><progress max="${trunk.maxCalls}" value="${trunk.calls}" aria-label="${trunk.name}"></progress></li>`,
  )}</ul></section></div>`
}

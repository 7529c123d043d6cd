/** A campaign as it is now, repainted by itself: why it dials or does not, its people and lines, its day in charts, the log of pacing. */
import { textsOf } from '../../parts/frame.ts'
import { type Html, html, type Region } from '../../parts/html.ts'
import { icon } from '../../parts/icons.ts'
import { layout } from '../../parts/layout.ts'
import { percent, thousands } from '../../parts/numbers.ts'
import { campaignChip, chip, type Tone } from '../../parts/state.ts'
import { heading } from '../../parts/table.ts'
import { clockOf } from '../../parts/time.ts'
import type { Words } from '../../words/words.ts'
import { filtersTable } from '../admin/lists.ts'
import { chartsPart } from './campaign-charts.ts'
import type { CampaignNow, CampaignPageProps, CampaignToday } from './campaign-props.ts'
import { occupancyPart } from './occupancy.ts'
import { logTable } from './pacing-log.ts'

export function campaignPage(props: CampaignPageProps): Html {
  const { frame, now } = props
  const w = textsOf(frame)
  const path = `/supervisor/campaigns/${now.id}`
  return layout(frame, {
    title: now.name,
    main: html`${heading({ title: now.name, count: w.domain.mode[now.mode], actions: actions(props, w) })}
<div id="campaign-stream" hx-sse:connect="/live/campaigns/${now.id}" hidden></div>
<div class="stack">${campaignRegions(props).map(region => region.body)}
<p><a class="button" href="${path}/pacing">${icon('scroll-text')}${w.campaign.wholeLog}</a> <a class="button" href="${path}/best-times">${icon('clock')}${w.order.best}</a></p>
${props.occupancy === null ? null : occupancyPart(props.occupancy, w)}</div>`,
  })
}

/** Each part is painted anew by itself; charts and log change once a minute. */
export function campaignRegions(props: CampaignPageProps, charts = chartsRegion(props)): Region[] {
  const { frame } = props
  const w = textsOf(frame)
  const words = w.campaign
  return [
    { id: 'campaign-why', body: why(props.now, w) },
    { id: 'campaign-tiles', body: tiles(props, w) },
    charts,
    {
      id: 'campaign-filters',
      body: html`<section id="campaign-filters" class="panel"><h2>${words.filters}</h2>${filtersTable(frame, props.filters, w)}</section>`,
    },
    {
      id: 'campaign-log',
      body: html`<section id="campaign-log" class="panel"><h2>${words.log}</h2><p class="about">${words.logAbout}</p>${logTable(frame, props.log)}</section>`,
    },
  ]
}

/** Costs more than all the rest together, and is another only once a minute: who paints often keeps it. */
export function chartsRegion(props: CampaignPageProps): Region {
  return { id: 'campaign-charts', body: chartsPart(props) }
}

function actions({ frame, now, replays }: CampaignPageProps, w: Words): Html {
  const words = w.admin.campaigns
  const isRunning = now.state === 'running'
  const button = isRunning
    ? html`<input type="hidden" name="state" value="paused"><button class="button">${icon('pause')}${words.pause}</button>`
    : html`<input type="hidden" name="state" value="running"><button class="button primary">${icon('play')}${words.start}</button>`
  return html`${replays ? html`<a class="button" href="/supervisor/campaigns/${now.id}/replay">${icon('history')}${w.rehearsal.replay}</a>` : null}
${now.state === 'closed' ? null : html`<form method="post" action="/supervisor/campaigns/${now.id}/state">${button}</form>`}
${frame.person?.role === 'admin' ? html`<a class="button" href="/admin/campaigns/${now.id}">${icon('settings')}${w.campaign.settings}</a><a class="button" href="/admin/campaigns/${now.id}/leads">${words.leads}</a>` : null}`
}

function why(now: CampaignNow, w: Words): Html {
  const words = w.campaign
  return html`<section id="campaign-why" class="panel why" aria-live="off"><div class="said">${sentence(now, w)}</div>${isPaced(now) && now.look !== null ? look(now.look, w) : null}</section>`

  function sentence({ state, why }: CampaignNow, w: Words): Html {
    if (state !== 'running') return campaignChip(state, w)
    if (why === null) return html`${chip('green', 'circle-play', words.dialling)} ${words.noReason}`
    return why.paced
      ? html`${chip('green', 'circle-play', words.dialling)} <span class="muted">${words.pace}</span> ${why.words}`
      : html`${chip('amber', 'hourglass', words.held)} <b>${why.words}</b>`
  }
}

/** What another rule holds is not held by the dialler's reckoning, and its figures would mislead. */
function isPaced({ state, why }: CampaignNow): boolean {
  return state === 'running' && (why === null || why.paced)
}

function look(given: NonNullable<CampaignNow['look']>, w: Words): Html {
  const words = w.campaign
  const over = given.risk > given.theta
  return html`<dl class="facts figures inline" aria-label="${words.looked}"><div><dt>${words.limiter}</dt><dd>${words.limiters[given.limiter] ?? given.limiter}</dd></div>
<div><dt>${words.risk}</dt><dd>${percent(given.risk)} ${over ? '>' : '≤'} ${percent(given.theta)}</dd></div>
<div><dt>${words.answerChance}</dt><dd>${percent(given.answerChance)}</dd></div>
<div><dt>${words.agents}</dt><dd>${words.freeSoon(Math.max(0, Math.round(given.freeSoon)), Math.round(given.withinS))}</dd></div></dl>`
}

function tiles({ frame, now, today }: CampaignPageProps, w: Words): Html {
  const words = w.campaign
  const { agents, lines } = now
  const over = today.abandonRate !== null && today.abandonRate > now.abandonRateMax
  const busy = agents.talking + agents.wrapping
  const rest = [
    `${words.wrapping} ${agents.wrapping}`,
    `${words.idle} ${agents.idle}`,
    ...(agents.dialing > 0 ? [`${words.dialing} ${agents.dialing}`] : []),
    `${words.onBreak} ${agents.onBreak}`,
    `${words.signedOff} ${agents.signedOff}`,
  ].join(' · ')
  const most = lines.most === null ? '' : ` · ${words.linesMost(lines.most)}`
  return html`<section id="campaign-tiles" class="tiles four" aria-label="${words.now}">
${tile(words.busy, `${busy} / ${agents.all - agents.signedOff}`, rest)}
${tile(words.lines, String(lines.ringing + lines.waiting + lines.talking), `${words.linesBelow(lines.ringing, lines.waiting, lines.talking)}${most}`)}
${tile(words.calls, thousands(today.dialled), words.callsBelow(thousands(today.answered), thousands(today.connected)))}
${tile(words.abandoned, percent(today.abandonRate), `${words.ofAnswered(today.abandoned, today.answered)} · ${words.limit(percent(now.abandonRateMax))}`, over ? 'red' : undefined)}
${tile(words.utilisation, percent(today.utilisation), words.utilisationBelow)}
${tile(words.idleTime, seconds(today.idleMsMean), words.idleBelow)}
${tile(words.patch, patchValue(today.patch), today.patch === null ? words.noPatch : words.patchBelow(millis(today.patch.ownP99)))}
${tile(
  words.worst,
  percent(today.worst?.rate ?? null),
  today.worst === null ? words.noWorst : clockOf(today.worst.at, frame).slice(0, 5),
  worstTone(today, now),
)}
</section>`
}

function worstTone({ worst }: CampaignToday, { abandonRateMax }: CampaignNow): Tone | undefined {
  return worst !== null && worst.rate > abandonRateMax ? 'amber' : undefined
}

function tile(name: string, value: string, below: string, tone?: Tone): Html {
  return html`<div class="tile ${tone ?? ''}"><span class="what">${name}</span><span class="value">${tone ? icon('triangle-alert') : null}${value}</span><span class="below">${below}</span></div>`
}

export function seconds(ms: number | null): string {
  return ms === null ? '—' : `${(ms / 1000).toFixed(1)} s`
}

function patchValue(patch: CampaignToday['patch']): string {
  return patch === null ? '—' : millis(patch.p99)
}

/** Percentiles are known up to a bound; above the last one only that. */
export function millis(ms: number): string {
  return Number.isFinite(ms) ? `≤ ${ms} ms` : '> 5 s'
}

/** A campaign's page from the live floor, the store's minutes and its log. The floor is read in one go: nothing of it is kept across an await. */
import type {
  CampaignCharts,
  CampaignNow,
  CampaignPageProps,
  CampaignToday,
  LogRow,
  PatchPoint,
} from '../../../web/pages/supervisor/campaign-props.ts'
import type { Frame } from '../../../web/parts/frame.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import { startOfDay } from '../../../web/parts/time.ts'
import type { Words } from '../../../web/words/words.ts'
import type { Campaign } from '../../centre/entities.ts'
import { linesPerAgentDefault, occupancyDefault } from '../../centre/pacing/outlook.ts'
import type { FloorState } from '../../centre/state.ts'
import { type CampaignMinute, dayFigures, grouped, quarterMs } from '../../store/campaigns/campaign-minutes.ts'
import type { PacingEntry } from '../../store/campaigns/pacing-log.ts'
import type { Deps } from '../deps.ts'
import { type FiltersNow, leadFilters } from '../lead-filters.ts'
import { heldWords } from '../live/held-words.ts'
import { occupancyOf } from './rehearsal-props.ts'

/** Of the log on the campaign's own page. */
const logRows = 15
const minuteMs = 60_000
/** More points than this are wider than the picture has pixels to show, and make the page heavy. */
const pointsMax = 360
const stepsMinutes = [1, 2, 5, 10]

/** What is read from the store. Read at `readAt`; a page that is painted every second may use it again for a while. */
export type CampaignReads = {
  readAt: number
  minutes: CampaignMinute[]
  log: PacingEntry[]
  filters: FiltersNow
}

export async function campaignReads(deps: Deps, campaign: Campaign, frame: Frame): Promise<CampaignReads> {
  const { now } = frame
  const [minutes, log, filters] = await Promise.all([
    deps.store.read('campaigns.minutes', { campaign: campaign.id, from: startOfDay(now, frame.zone), to: now, now }),
    deps.store.read('pacing.page', { campaign: campaign.id, limit: logRows }),
    leadFilters(deps, campaign),
  ])
  return { readAt: now, minutes, log: log.items, filters }
}

export function campaignPropsOf(
  deps: Deps,
  campaign: Campaign,
  frame: Frame,
  { minutes, log, filters, readAt }: CampaignReads,
): CampaignPageProps {
  const w = textsOf(frame)
  const dayStartAt = startOfDay(readAt, frame.zone)
  return {
    frame,
    now: campaignNow(deps.engine.state, campaign, w),
    today: todayOf(deps, campaign, minutes),
    filters,
    charts: chartsOf(minutes, { dayStartAt, now: readAt }, patchesOf(deps, campaign, dayStartAt)),
    log: log.map(entry => logRow(entry, w)),
    occupancy: occupancyOf(deps, campaign, null, null),
    replays: deps.rehearsals !== undefined && campaign.mode !== 'notice',
  }
}

export function campaignNow(state: FloorState, saved: Campaign, w: Words): CampaignNow {
  const floor = state.campaigns.get(saved.id)
  const campaign = floor?.campaign ?? saved
  const mode = floor?.mode ?? campaign.mode
  const advice = mode === 'predictive' ? (floor?.advice ?? null) : null
  const agents = agentsOf(state, campaign)
  const occupancyMax = campaign.occupancyMax ?? occupancyDefault
  const present = agents.all - agents.signedOff - agents.onBreak
  const most = Math.floor((campaign.linesPerAgentMax ?? linesPerAgentDefault) * present)
  return {
    id: campaign.id,
    name: campaign.name,
    mode,
    state: campaign.state,
    why: floor === undefined ? null : heldWords(floor, w),
    look:
      floor === undefined || advice === null
        ? null
        : {
            limiter: advice.limiter,
            risk: advice.risk,
            theta: advice.theta,
            answerChance: floor.pacer.answers.chance,
            freeSoon: advice.freeSoon,
            withinS: advice.withinS,
          },
    agents,
    lines: { ...linesOf(state, campaign), most: mode === 'predictive' ? most : null },
    abandonRateMax: campaign.abandonRateMax,
    occupancyMax: mode === 'predictive' && occupancyMax < 1 ? occupancyMax : null,
  }
}

function agentsOf(state: FloorState, campaign: Campaign): CampaignNow['agents'] {
  const count = { all: 0, talking: 0, wrapping: 0, idle: 0, dialing: 0, onBreak: 0, signedOff: 0 }
  const names = {
    signed_off: 'signedOff',
    break: 'onBreak',
    ready: 'idle',
    preview: 'dialing',
    dialing: 'dialing',
    ringing: 'dialing',
    talking: 'talking',
    wrapping: 'wrapping',
  } as const
  for (const id of campaign.agents) {
    const agent = state.agents.get(id)
    if (agent === undefined || !agent.user.enabled) continue
    count.all++
    count[names[agent.phase]]++
  }
  return count
}

function linesOf(state: FloorState, campaign: Campaign): Pick<CampaignNow['lines'], 'ringing' | 'waiting' | 'talking'> {
  const lines = { ringing: 0, waiting: 0, talking: 0 }
  for (const call of state.calls.values()) {
    if (call.campaign !== campaign.id || call.phase === 'ended') continue
    if (call.connectedAt !== null || call.phase === 'notice') lines.talking++
    else if (call.answeredAt !== null) lines.waiting++
    else lines.ringing++
  }
  return lines
}

export function todayOf(deps: Pick<Deps, 'answerTimes'>, campaign: Campaign, minutes: CampaignMinute[]): CampaignToday {
  const { dialled, answered, connected, abandoned, abandonRate, worst, utilisation, idleMsMean } = dayFigures(minutes)
  const times = deps.answerTimes?.().get(campaign.id)
  const patch =
    times === undefined || times.whole.count === 0
      ? null
      : { p50: times.whole.quantile(0.5)!, p99: times.whole.quantile(0.99)!, ownP99: times.own.quantile(0.99)! }
  return { dialled, answered, connected, abandoned, abandonRate, worst, utilisation, idleMsMean, patch }
}

function patchesOf(deps: Pick<Deps, 'answerTimes'>, campaign: Campaign, from: number): PatchPoint[] {
  const lately = deps.answerTimes?.().get(campaign.id)?.lately ?? []
  return lately
    .filter(({ at, whole }) => at >= from && whole.count > 0)
    .map(({ at, whole }) => ({ at, p50: whole.quantile(0.5)!, p99: whole.quantile(0.99)! }))
}

/** The minute that is still running is left out: it would be painted anew with every call. */
export function chartsOf(
  minutes: readonly CampaignMinute[],
  { dayStartAt, now }: { dayStartAt: number; now: number },
  patches: readonly PatchPoint[],
): CampaignCharts {
  const runningAt = Math.floor(now / minuteMs) * minuteMs
  const whole = minutes.filter(({ minuteAt }) => minuteAt < runningAt)
  const first = whole[0]?.minuteAt ?? now
  const spanMinutes = Math.max(0, (now - first) / minuteMs)
  const stepMinutes = stepsMinutes.find(step => spanMinutes / step <= pointsMax) ?? stepsMinutes.at(-1)!
  const points = grouped(whole, stepMinutes * minuteMs)
  return { points, stepMinutes, quarters: grouped(whole, quarterMs), patches, dayStartAt }
}

export function logRow(entry: PacingEntry, w: Words): LogRow {
  const { at, agents, free, talking, wrapping, ringing, lines, dialled, risk, theta } = entry
  return { at, agents, free, talking, wrapping, ringing, lines, dialled, risk, theta, why: whyOf(entry, w) }
}

/** What held the next call of a minute: the rule, or the dialler's own limiter. */
function whyOf(entry: PacingEntry, w: Words): string {
  const { held, limiter, freeSoon, withinS } = entry
  if (held !== null && (held === 'pacing_starting' || !held.startsWith('pacing_')))
    return w.domain.rules[held] ?? w.campaign.heldBy[held] ?? held
  if (entry.theta === 0) return w.campaign.noReason // a mode that does not reckon with risks
  const say = (w.domain.pacing as Record<string, (typeof w.domain.pacing)['risk']>)[limiter]
  if (say === undefined || freeSoon === null || withinS === null) return w.campaign.limiters[limiter] ?? limiter
  return say({ ...entry, freeSoon, withinS })
}

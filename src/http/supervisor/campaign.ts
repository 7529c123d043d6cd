import { Hono } from 'hono'
import { campaignPage } from '../../../web/pages/supervisor/campaign.ts'
import { pacingPage } from '../../../web/pages/supervisor/pacing-log.ts'
import type { Frame } from '../../../web/parts/frame.ts'
import { textsOf } from '../../../web/parts/frame.ts'
import { readLocal, startOfDay } from '../../../web/parts/time.ts'
import type { CampaignId } from '../../lib/ids.ts'
import { campaignById, setCampaignState } from '../../records/campaigns/campaigns.ts'
import { InvalidInput } from '../../records/errors.ts'
import { csvOf, csvResponse } from '../csv.ts'
import { actorOf, type Ctx, type Deps, type Env } from '../deps.ts'
import { allow } from '../guard.ts'
import { frameOf } from '../live/frame.ts'
import { oneOf, textOf, typedOf } from '../typed.ts'
import { campaignPropsOf, campaignReads, logRow } from './campaign-props.ts'

/** Rows of a day's log: one a minute, and some more after restarts. */
const csvRowsMax = 3_000
const pageRows = 500

/** `/supervisor/campaigns/:id`: one campaign live, its log of pacing, and both as files. */
export function campaignPageRoutes(deps: Deps): Hono<Env> {
  const route = new Hono<Env>()
  const campaignOf = (c: Ctx) => campaignById(deps.records, c.req.param('id') as CampaignId)

  route.get('/supervisor/campaigns/:id', allow('supervisor', 'admin'), async c => {
    const campaign = await campaignOf(c)
    const frame = placed(await frameOf(c, deps))
    return c.html(campaignPage(campaignPropsOf(deps, campaign, frame, await campaignReads(deps, campaign, frame))))
  })

  route.post('/supervisor/campaigns/:id/state', allow('supervisor', 'admin'), async c => {
    const campaign = await campaignOf(c)
    const state = oneOf(textOf(await typedOf(c), 'state'), ['running', 'paused'])
    await setCampaignState(deps.records, actorOf(c), campaign.id, { state })
    return c.redirect(`/supervisor/campaigns/${campaign.id}`, 303)
  })

  route.get('/supervisor/campaigns/:id/pacing', allow('supervisor', 'admin'), async c => {
    const { id, name } = await campaignOf(c)
    const frame = placed(await frameOf(c, deps))
    const typed = (c.req.query('day') ?? '').slice(0, 20)
    const span = typed === '' ? {} : dayOf(typed, frame)
    const found =
      span === null
        ? { items: [], next: null }
        : await deps.store.read('pacing.page', { campaign: id, ...span, cursor: c.req.query('cursor') ?? null })
    const w = textsOf(frame)
    const day = span === null ? '' : typed
    const query = new URLSearchParams({ ...(day === '' ? {} : { day }), cursor: found.next ?? '' })
    const next = found.next && `/supervisor/campaigns/${id}/pacing?${query}`
    const log = found.items.map(entry => logRow(entry, w))
    return c.html(
      pacingPage({ frame, campaign: { id, name }, day, wrong: span === null, log, next }),
      span === null ? 422 : 200,
    )
  })

  route.get('/supervisor/campaigns/:id/pacing.csv', allow('supervisor', 'admin'), async c => {
    const { id } = await campaignOf(c)
    const frame = await frameOf(c, deps)
    const { day, from, to } = askedDay(c, frame)
    const w = textsOf(frame)
    const rows: (string | number | null)[][] = []
    for (let cursor: string | null = null; rows.length < csvRowsMax; ) {
      const page: Awaited<ReturnType<typeof readPage>> = await readPage(id, { from, to, cursor })
      for (const entry of page.items)
        rows.push([new Date(entry.at).toISOString(), ...logColumns.map(name => entry[name]), logRow(entry, w).why])
      if (page.next === null) break
      cursor = page.next
    }
    return csvResponse(c, `pacing-${day}.csv`, csvOf(['at', ...logColumns, 'why'], rows))
  })

  route.get('/supervisor/campaigns/:id/minutes.csv', allow('supervisor', 'admin'), async c => {
    const { id } = await campaignOf(c)
    const frame = await frameOf(c, deps)
    const { day, from, to } = askedDay(c, frame)
    const minutes = await deps.store.read('campaigns.minutes', { campaign: id, from, to, now: frame.now })
    const rows = minutes.map(minute => [
      new Date(minute.minuteAt).toISOString(),
      ...minuteColumns.map(name => minute[name]),
    ])
    return csvResponse(c, `minutes-${day}.csv`, csvOf(['minuteAt', ...minuteColumns], rows))
  })

  function readPage(campaign: CampaignId, given: { from: number; to: number; cursor: string | null }) {
    return deps.store.read('pacing.page', { campaign, ...given, limit: pageRows })
  }

  return route
}

const logColumns = [
  'mode',
  'agents',
  'talking',
  'wrapping',
  'free',
  'ringing',
  'waiting',
  'lines',
  'dialled',
  'answerChance',
  'risk',
  'theta',
  'limiter',
  'held',
  'answered',
  'abandoned',
] as const
const minuteColumns = [
  'dialled',
  'answered',
  'connected',
  'abandoned',
  'lines',
  'busyMs',
  'readyMs',
  'presentMs',
  'idleMs',
  'idles',
] as const

/** The navigation has no entry for one campaign: the list it stands in is marked. */
export function placed(frame: Frame): Frame {
  return { ...frame, path: frame.person?.role === 'admin' ? '/admin/campaigns' : '/supervisor' }
}

/** A day of the centre's zone that has begun; null: it is none. */
function dayOf(text: string, frame: Frame): { from: number; to: number } | null {
  const from = /^\d{4}-\d\d-\d\d$/.test(text) ? readLocal(text, frame.zone) : null
  if (from === null || from > frame.now) return null
  return { from, to: startOfDay(from + 30 * 3_600_000, frame.zone) } // also where a day has 23 or 25 hours
}

/** `?day=`, by default today. */
function askedDay(c: Ctx, frame: Frame): { day: string; from: number; to: number } {
  const typed = c.req.query('day') ?? new Intl.DateTimeFormat('en-CA', { timeZone: frame.zone }).format(frame.now)
  const span = dayOf(typed, frame)
  if (span === null)
    throw new InvalidInput([{ field: 'day', found: typed.slice(0, 20), allowed: 'YYYY-MM-DD, not later than today' }])
  return { day: typed, ...span }
}
